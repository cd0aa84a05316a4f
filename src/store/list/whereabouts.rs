//! Where a person may be, as his ids in the lists tell it.

use super::number;
use crate::domain::{PersonId, PhoneNumber};
use crate::rules::zone::Whereabouts;
use crate::store::engine::conn::{Conn, Fault, values};

/// Of the id itself first, then of those that are one with it.
pub(in crate::store) async fn whereabouts(
    conn: &mut Conn,
    person: PersonId,
) -> Result<Vec<Whereabouts>, Fault> {
    let own = phones_of(conn, person).await?;
    let mut all = Vec::new();
    for row in conn.all(WHEREABOUTS, values![person]).await? {
        let phones = phones_of(conn, PersonId(row.int(0)?)).await?;
        // Without a number of its own, an id still tells where the numbers' owner is.
        let phones = if phones.is_empty() { own.clone() } else { phones };
        all.push(Whereabouts { time_zone: row.text_opt(1)?, region: row.text_opt(2)?, phones });
    }
    Ok(all)
}

/// The numbers of an id, in the list's order.
async fn phones_of(conn: &mut Conn, person: PersonId) -> Result<Vec<PhoneNumber>, Fault> {
    let sql = "SELECT e164 FROM phone WHERE person_id = $1 ORDER BY rank, id";
    conn.all(sql, values![person]).await?.iter().map(|row| number(&row.text(0)?)).collect()
}

const WHEREABOUTS: &str = "SELECT p.id, p.time_zone, p.region FROM person p WHERE p.id = $1 OR p.id IN \
    (SELECT other_id FROM kin WHERE person_id = $1 AND upto_event IS NULL) ORDER BY CASE WHEN p.id = $1 THEN 0 \
    ELSE 1 END, p.id";
