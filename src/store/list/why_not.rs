//! Why contacts are not called: totals that add up to all of a campaign's contacts.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::CampaignId;
use crate::domain::contact::ContactState;
use crate::store::engine::conn::{moment, values};
use crate::store::{Store, StoreError};

/// Contacts of one state and reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhyNot {
    pub state: ContactState,
    /// A rule, an outcome, the campaign's own reason; empty for those that may be called or are being called.
    pub why: String,
    pub contacts: u64,
}

impl Store {
    /// The campaign's contacts by state and reason; the sum is all of them. Counted from one index.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn why_not(&self, campaign: CampaignId) -> Result<Vec<WhyNot>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(TOTALS, values![campaign]).await?;
                let read = rows.iter().map(|row| {
                    Ok(WhyNot {
                        state: row.code(0, "contact state", ContactState::parse)?,
                        why: row.text(1)?,
                        contacts: row.int(2)?.unsigned_abs(),
                    })
                });
                read.collect()
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "why-not totals", source })
    }

    /// When the first contact of each reason comes back to the queue, of the `limit` that do so first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_waiting(
        &self,
        campaign: CampaignId,
        limit: u32,
    ) -> Result<BTreeMap<String, Timestamp>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(NEXT, values![campaign, i64::from(limit)]).await?;
                let mut first = BTreeMap::new();
                for row in &rows {
                    let at = moment(row.int(1)?)?;
                    first.entry(row.text(0)?).or_insert(at);
                }
                Ok(first)
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "why-not times", source })
    }
}

/// Contacts that wait, those that come back first before the others.
const NEXT: &str = "SELECT why, next_at FROM contact WHERE campaign_id = $1 AND state = 'waiting' AND next_at IS NOT NULL \
    ORDER BY next_at LIMIT $2";

/// What made a queued contact wait last time is no reason any more.
const TOTALS: &str = "SELECT t.state, t.reason, CAST(SUM(t.n) AS BIGINT) FROM (SELECT state, \
    CASE WHEN state IN ('queued', 'in_flight') THEN '' ELSE why END AS reason, COUNT(*) AS n FROM contact \
    WHERE campaign_id = $1 GROUP BY state, why) t GROUP BY t.state, t.reason ORDER BY t.state, t.reason";
