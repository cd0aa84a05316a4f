//! A dispute is a question to the creditor: is this owed? It goes out with the case, and his silence is loud.

use jiff::Timestamp;

use super::open::note_act;
use crate::cases::{ActCode, Kind, Number, Terms};
use crate::domain::{DebtId, PersonId};
use crate::store::counted::counts;
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::told::{Told, tell};

/// Asks about the debt in dispute, or where none is named about each open one of the person, those of test calls left out.
pub(super) async fn ask(
    conn: &mut Conn,
    (number, kind): (Number, Kind),
    (person, debt): (Option<PersonId>, Option<DebtId>),
    terms: &Terms,
    now: Timestamp,
) -> Result<(), Fault> {
    let Some(due) = terms.creditor_due(kind, now) else { return Ok(()) };
    let rows = conn.all(ABOUT, values![person, debt]).await?;
    if rows.is_empty() {
        return Ok(());
    }
    conn.run(ASKED, values![number.0, due]).await?;
    note_act(conn, number, (ActCode::Asked, "obzvon", ""), now).await?;
    for row in &rows {
        let (debt, creditor) = (row.text(1)?, row.text(2)?);
        let told = Told::Dispute {
            case: number.to_string(),
            kind: kind.code(),
            debt: &debt,
            creditor: &creditor,
            question: "owed",
            answer_by: due,
        };
        tell(conn, DebtId(row.int(0)?), &told, now).await?;
    }
    Ok(())
}

const ABOUT: &str = concat!(
    "SELECT d.id, d.external_id, k.name FROM debt d JOIN creditor k ON k.id = d.creditor_id ",
    "WHERE (d.id = CAST($2 AS BIGINT) OR (CAST($2 AS BIGINT) IS NULL AND d.person_id = CAST($1 AS BIGINT) ",
    "AND d.state = 'open')) AND ",
    counts!("d"),
    " ORDER BY d.id"
);
const ASKED: &str =
    "UPDATE case_file SET asked_due_at = $2, creditor_said = NULL, creditor_said_at = NULL WHERE id = $1";
