//! Calls in which an agent marked that something set the debtor off: somebody should look before he complains.

use jiff::Timestamp;

use crate::cases::{AngryCall, Number};
use crate::domain::AttemptId;
use crate::store::engine::conn::{Fault, Row, moment, values};
use crate::store::{Store, StoreError};

/// Calls in the list at most.
const MOST: i64 = 200;

impl Store {
    /// The calls in which a trigger was marked since then, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn angry_calls(&self, since: Timestamp) -> Result<Vec<AngryCall>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move { conn.all(ANGRY, values![since, MOST]).await?.iter().map(call).collect() })
        });
        read.await.map_err(|source| StoreError::Case { source })
    }
}

fn call(row: &Row) -> Result<AngryCall, Fault> {
    Ok(AngryCall {
        attempt: AttemptId(row.int(0)?),
        marked: moment(row.int(1)?)?,
        marks: row.int(2)?.unsigned_abs(),
        agent: row.text(3)?,
        campaign: row.text(4)?,
        person: row.text(5)?,
        case: row.int_opt(6)?.map(Number),
        recorded: row.int(7)? != 0,
    })
}

/// A case of the call, or one that the person has begun since.
const ANGRY: &str = "SELECT a.id, t.at, t.marks, t.agent, g.name, p.external_id, (SELECT MAX(c.id) FROM case_file c \
    WHERE c.attempt_id = a.id OR (c.person_id = a.person_id AND c.received_at >= t.at)), \
    (SELECT COUNT(*) FROM recording r WHERE r.attempt_id = a.id AND r.deleted_at IS NULL) FROM \
    (SELECT attempt_id, MAX(at) AS at, COUNT(*) AS marks, MAX(agent) AS agent FROM call_mark WHERE kind = 'trigger' \
    AND at >= $1 GROUP BY attempt_id) t JOIN attempt a ON a.id = t.attempt_id JOIN campaign g ON g.id = a.campaign_id \
    JOIN person p ON p.id = a.person_id ORDER BY t.at DESC, a.id DESC LIMIT $2";
