//! What he has promised rests: until his day and its grace are over nobody is called about it but as its campaign says.

use jiff::Timestamp;

use crate::domain::{ContactId, DebtId};
use crate::store::desk::cancel_for_promise;
use crate::store::engine::conn::{Conn, Fault, values};

/// Ends what waits to be called about the debt, in whichever campaign, but for `own`, the contact of the call in which he
/// promised: what becomes of that one is its campaign's to say. A call agreed before the promise was begun, at `begun`, is off;
/// one agreed in it stands.
///
/// # Errors
/// The database's.
pub(in crate::store) async fn rest(
    conn: &mut Conn,
    (debt, own): (DebtId, Option<ContactId>),
    begun: Timestamp,
    now: Timestamp,
) -> Result<(), Fault> {
    cancel_for_promise(conn, debt, begun, now).await?;
    conn.run(REST, values![debt, own]).await.map(|_| ())
}

/// A call that reached nobody ends with no further one where he promised meanwhile, to other systems: told since it was `begun`.
///
/// # Errors
/// The database's.
pub(in crate::store) async fn rest_after_call(
    conn: &mut Conn,
    contact: ContactId,
    begun: Timestamp,
) -> Result<(), Fault> {
    conn.run(REST_AFTER, values![contact, begun]).await.map(|_| ())
}

const REST_AFTER: &str = "UPDATE contact SET state = 'done', why = 'reached', next_at = NULL, claimed_until = 0 \
    WHERE id = $1 AND state = 'waiting' AND EXISTS (SELECT 1 FROM promise p JOIN event e ON e.id = p.event_id \
    WHERE p.debt_id = contact.debt_id AND p.state = 'open' AND e.written_at >= $2)";
const REST: &str = "UPDATE contact SET state = 'done', why = 'reached', next_at = NULL, claimed_until = 0 \
    WHERE debt_id = $1 AND state IN ('queued', 'waiting') AND id <> COALESCE(CAST($2 AS BIGINT), 0)";
