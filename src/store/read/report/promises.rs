//! Promises and what became of them.

use super::Period;
use super::effects::{code, named, names};
use crate::domain::{Currency, DebtorType, Money};
use crate::stats::EFFECT;
use crate::store::engine::conn::{Conn, Fault};
use crate::store::tally::sums;
use crate::store::{Store, StoreError};

/// Promises made in a campaign, or told by other systems, to debtors of one type, in one currency; those that money from before the promise had
/// settled are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromiseLine {
    /// Empty: other systems told of them.
    pub campaign: String,
    pub debtor_type: DebtorType,
    pub made: u64,
    /// The day is not over yet.
    pub open: u64,
    pub kept: u64,
    pub broken: u64,
    /// What all of them promised, and those that were kept.
    pub promised: Money,
    pub kept_sum: Money,
}

impl Store {
    /// Promises made in calls that began within the period, by campaign, type at the time, and currency.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn promises_report(&self, period: Period) -> Result<Vec<PromiseLine>, StoreError> {
        let read = self.read(move |conn| Box::pin(async move { promises(conn, period).await }));
        read.await.map_err(|source| StoreError::Report { report: "promises", source })
    }
}

async fn promises(conn: &mut Conn, period: Period) -> Result<Vec<PromiseLine>, Fault> {
    let campaigns = names(conn, true, "SELECT id, name FROM campaign").await?;
    let mut lines = Vec::new();
    let by = ["campaign_id", "debtor_type", "currency"];
    for (keys, sums) in sums(conn, &EFFECT, period, &by, false).await? {
        let sum = |column: &str| EFFECT.sum(column).map_or(0, |place| sums[place]);
        let count = |column| sum(column).max(0).unsigned_abs();
        let (made, kept, broken) = (count("dated"), count("kept"), count("broken"));
        if made == 0 {
            continue;
        }
        let currency = code(&keys[2], "currency", Currency::parse)?;
        lines.push(PromiseLine {
            campaign: named(&campaigns, keys.first()),
            debtor_type: code(&keys[1], "debtor type", DebtorType::parse)?,
            made,
            open: made.saturating_sub(kept + broken),
            kept,
            broken,
            promised: Money::new(sum("dated_minor"), currency),
            kept_sum: Money::new(sum("kept_minor"), currency),
        });
    }
    lines.sort_by(|one, two| {
        let key = |line: &PromiseLine| {
            (line.campaign.clone(), line.debtor_type.code(), line.promised.currency.code())
        };
        key(one).cmp(&key(two))
    });
    Ok(lines)
}
