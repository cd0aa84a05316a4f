//! Numbers: one that was taken for dead, or for another person's, is usable again when somebody says so by hand.

use jiff::Timestamp;

use super::ByHand;
use super::deed::note_deed;
use crate::domain::{PersonId, PhoneNumber};
use crate::store::engine::conn::values;
use crate::store::engine::dialect;
use crate::store::{Store, StoreError};

/// The deed.
pub(in crate::store) const PHONE_USABLE: &str = "phone_usable";

impl Store {
    /// Takes a number of the person's for usable again, until a call says otherwise, and lets his contacts that ended for
    /// want of a number look again. Holds stay. `false`: he has no such number, or it is usable.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn make_phone_usable(
        &self,
        person: PersonId,
        number: &PhoneNumber,
        by: ByHand,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let number = number.as_e164().to_owned();
        let written = self.write(move |conn| {
            Box::pin(async move {
                dialect::lock_person(conn, person).await?;
                let Some(row) = conn.first(MAKE_USABLE, values![person, number]).await? else {
                    return Ok(false);
                };
                note_deed(conn, person, (PHONE_USABLE, row.int(0)?), &by, now).await?;
                conn.run(LOOK_AGAIN, values![person, now]).await?;
                Ok(true)
            })
        });
        written.await.map_err(|source| StoreError::Phone { person, source })
    }
}

const MAKE_USABLE: &str =
    "UPDATE phone SET state = 'usable' WHERE person_id = $1 AND e164 = $2 AND state <> 'usable' RETURNING id";
const LOOK_AGAIN: &str = "UPDATE contact SET state = 'waiting', next_at = $2 WHERE person_id = $1 \
    AND state = 'done' AND why = 'no_phone'";
