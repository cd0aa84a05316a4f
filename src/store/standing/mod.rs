//! What stands about a person until somebody changes it: holds, consents, times he asked not to be called at.
//!
//! Whatever a person of ours does to them by hand is written down beside it, with who did it and on what evidence.

mod consent;
mod deed;
mod hold;
mod phone;
mod preference;

use jiff::Timestamp;

use crate::domain::PersonId;
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::engine::dialect;
use crate::store::gate::{Sealed, seal};
use crate::store::{Store, StoreError};

pub use consent::ConsentRow;
pub use deed::{ByHand, DeedRow};
pub use hold::{HoldRow, Suspended};
pub use preference::{Preference, PreferenceRow};

use deed::note_change;
pub(in crate::store) use deed::{last_deed, note_deed};
pub(in crate::store) use hold::{insert_hold, insert_hold_after, lift_hold};
pub(in crate::store) use phone::PHONE_USABLE;
pub(in crate::store) use preference::{blocked_at, of_person as preferences_of};

/// A row of the person's, or of an id that is one with him.
macro_rules! his {
    () => {
        "(person_id = $1 OR person_id IN (SELECT other_id FROM kin WHERE person_id = $1 AND upto_event IS NULL))"
    };
}
use his;

/// Whether what stands from a moment to another stands at `at`; an absent end is open.
fn stands(from: Option<Timestamp>, until: Option<Timestamp>, at: Timestamp) -> bool {
    from.is_none_or(|from| from <= at) && until.is_none_or(|until| at < until)
}

/// How a row of the person's is ended.
#[derive(Clone, Copy)]
struct Ending {
    /// Takes person, row and moment, and returns whose row it is: an id that is one with the person's may have it.
    sql: &'static str,
    deed: &'static str,
    of: Sealed,
}

/// Ends a row of the person's by hand from `now` on, and writes the deed down. `false`: he has no such one that has not
/// ended.
async fn end_by_hand(
    store: &Store,
    (person, id): (PersonId, i64),
    ending: Ending,
    by: ByHand,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let written = store.write(move |conn| {
        Box::pin(async move {
            // Before the chain: a dial that is being decided has the person first, too.
            dialect::lock_person(conn, person).await?;
            let Some(row) = conn.first(ending.sql, values![person, id, now]).await? else { return Ok(false) };
            let owner = PersonId(row.int(0)?);
            note_change(conn, (person, owner), (ending.deed, id), &by, now).await?;
            seal(conn, (ending.of, id), owner, now).await?;
            look_again(conn, person, now).await?;
            Ok(true)
        })
    });
    written.await.map_err(|source| StoreError::Hold { person, source })
}

/// Lets contacts of the person, and of the ids that are one with him, look again that wait or ended because of a rule.
pub(in crate::store) async fn look_again(
    conn: &mut Conn,
    person: PersonId,
    at: Timestamp,
) -> Result<(), Fault> {
    conn.run(LOOK_AGAIN, values![person, at]).await.map(|_| ())
}

/// Rule ids have a dot in them; the campaign's own reasons have none.
const LOOK_AGAIN: &str = concat!(
    "UPDATE contact SET state = 'waiting', next_at = $2 WHERE ",
    his!(),
    " AND (state = 'waiting' OR state = 'done') AND why LIKE '%.%'"
);
