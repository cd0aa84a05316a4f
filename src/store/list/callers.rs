//! Whom agents would talk to, as far as the queue tells callers apart: by language, type and creditor. What an agent can't
//! do then keeps him from some callers, and nobody else from him.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::claim::{ClaimedContact, LEASE, is_running};
use crate::agents::Caller;
use crate::domain::{CampaignId, ContactId, DebtorType, Language};
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::engine::dialect;
use crate::store::{Store, StoreError};

/// A caller of whom there is one in the queue at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedCaller {
    /// What [`Store::claim_callers`] knows him by.
    pub key: Arc<str>,
    pub caller: Caller,
}

/// More are not told apart: the cost of a look grows with them.
pub(in crate::store) const MOST: i64 = 1_000;

impl Store {
    /// Whom somebody in the campaign's queue is. The cost grows with their number, not with the queue.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queued_callers(&self, campaign: CampaignId) -> Result<Vec<QueuedCaller>, StoreError> {
        let read = self.read(move |conn| Box::pin(async move { callers(conn, campaign).await }));
        read.await.map_err(|source| StoreError::Report { report: "callers in a queue", source })
    }

    /// As [`claim`](Store::claim), of these callers alone. The cost grows with `limit` and their number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_callers(
        &self,
        campaign: CampaignId,
        callers: Vec<Arc<str>>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<ClaimedContact>, StoreError> {
        let act = |source| StoreError::Claim { campaign, limit, source };
        let lease_ends = now.checked_add(LEASE).unwrap_or(now);
        let claimed = self.write(move |conn| {
            Box::pin(async move {
                if !is_running(conn, campaign).await? {
                    return Ok(Vec::new());
                }
                let ids = best_of(conn, campaign, &callers, limit, now).await?;
                for &id in &ids {
                    conn.run(LEASED, values![id, lease_ends]).await?;
                }
                Ok(ids)
            })
        });
        self.claimed(claimed.await.map_err(act)?).await
    }
}

/// The best of them all: of each caller's best.
async fn best_of(
    conn: &mut Conn,
    campaign: CampaignId,
    callers: &[Arc<str>],
    limit: u32,
    now: Timestamp,
) -> Result<Vec<ContactId>, Fault> {
    let sql = dialect::best_of_caller(conn);
    let mut best = Vec::new();
    for caller in callers {
        for row in conn.all(sql, values![campaign, now, &**caller, i64::from(limit)]).await? {
            best.push((std::cmp::Reverse(row.int(1)?), row.int(2)?, row.int(0)?));
        }
    }
    best.sort_unstable();
    best.truncate(limit as usize);
    Ok(best.into_iter().map(|(.., id)| ContactId(id)).collect())
}

async fn callers(conn: &mut Conn, campaign: CampaignId) -> Result<Vec<QueuedCaller>, Fault> {
    let keys = conn.all(CALLERS, values![campaign, MOST]).await?;
    let creditors = creditors(conn).await?;
    keys.iter().map(|row| queued(&row.text(0)?, &creditors)).collect()
}

/// Creditors' names by their numbers, as a key has them.
pub(in crate::store) async fn creditors(conn: &mut Conn) -> Result<HashMap<String, Arc<str>>, Fault> {
    let rows = conn.all("SELECT id, name FROM creditor", Vec::new()).await?;
    rows.iter().map(|row| Ok((row.int(0)?.to_string(), row.text(1)?.into()))).collect()
}

/// Whom a key of the column `caller` means.
pub(in crate::store) fn queued(
    key: &str,
    creditors: &HashMap<String, Arc<str>>,
) -> Result<QueuedCaller, Fault> {
    let caller = parse(key, creditors).ok_or(Fault::Unreadable { what: "caller" })?;
    Ok(QueuedCaller { key: key.into(), caller })
}

/// How the column `caller` names whom an agent would talk to.
pub(super) fn key(language: &str, debtor_type: &str, creditor: i64) -> String {
    format!("{language} {debtor_type} {creditor}")
}

fn parse(key: &str, creditors: &HashMap<String, Arc<str>>) -> Option<Caller> {
    let mut parts = key.split(' ');
    let (language, debtor_type) = (Language::parse(parts.next()?)?, DebtorType::parse(parts.next()?)?);
    let creditor = Some(creditors.get(parts.next()?)?.clone());
    Some(Caller { language, creditor, debtor_type, promised_to: None })
}

const LEASED: &str = "UPDATE contact SET claimed_until = $2 WHERE id = $1";
/// From each to the next in the index, so that nobody is looked at whose caller is known already.
const CALLERS: &str = "WITH RECURSIVE known (caller) AS (SELECT MIN(caller) FROM contact WHERE campaign_id = $1 \
    AND state = 'queued' UNION ALL SELECT (SELECT MIN(c.caller) FROM contact c WHERE c.campaign_id = $1 \
    AND c.state = 'queued' AND c.caller > known.caller) FROM known WHERE known.caller IS NOT NULL) \
    SELECT caller FROM known WHERE caller IS NOT NULL LIMIT $2";
