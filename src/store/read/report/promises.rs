//! Promises and what became of them.

use super::Period;
use super::effects::{code, named, names};
use crate::domain::{Currency, DebtorType, Money};
use crate::stats::EFFECT;
use crate::store::counted::counts;
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::tally::sums;
use crate::store::{Store, StoreError};

/// Promises made in a campaign to debtors of one type, in one currency; those that money from before the promise had
/// settled are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromiseLine {
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

impl PromiseLine {
    /// Of the same campaign, type and currency.
    fn is_beside(&self, other: &Self) -> bool {
        self.campaign == other.campaign
            && self.debtor_type == other.debtor_type
            && self.promised.currency == other.promised.currency
    }

    fn add(&mut self, other: &Self) {
        self.made += other.made;
        self.open += other.open;
        self.kept += other.kept;
        self.broken += other.broken;
        self.promised.minor = self.promised.minor.saturating_add(other.promised.minor);
        self.kept_sum.minor = self.kept_sum.minor.saturating_add(other.kept_sum.minor);
    }
}

/// Promises of people who called us: the sums of the reports are of calls that we made. Such calls are few, so they come
/// first: a cross join keeps SQLite from turning it round.
const CALLED_BACK: &str = concat!(
    "SELECT a.campaign_id, a.debtor_type, p.currency, COUNT(*), ",
    "CAST(SUM(CASE WHEN p.state = 'kept' THEN 1 ELSE 0 END) AS BIGINT), ",
    "CAST(SUM(CASE WHEN p.state = 'broken' THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(p.amount_minor) AS BIGINT), ",
    "CAST(SUM(CASE WHEN p.state = 'kept' THEN p.amount_minor ELSE 0 END) AS BIGINT) FROM attempt a ",
    "CROSS JOIN promise p WHERE p.attempt_id = a.id AND p.state <> 'void' AND a.channel = 'inbound_call' AND a.reserved_at >= $1 ",
    "AND a.reserved_at < $2 AND ",
    counts!("a"),
    " GROUP BY a.campaign_id, a.debtor_type, p.currency",
);

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
    for row in conn.all(CALLED_BACK, values![period.from, period.to]).await? {
        let currency = row.code(2, "currency", Currency::parse)?;
        let count = |column| row.int(column).map(|count| count.max(0).unsigned_abs());
        let (made, kept, broken) = (count(3)?, count(4)?, count(5)?);
        let line = PromiseLine {
            campaign: campaigns.get(&row.int(0)?).cloned().unwrap_or_default(),
            debtor_type: row.code(1, "debtor type", DebtorType::parse)?,
            made,
            open: made.saturating_sub(kept + broken),
            kept,
            broken,
            promised: Money::new(row.int(6)?, currency),
            kept_sum: Money::new(row.int(7)?, currency),
        };
        match lines.iter_mut().find(|known| known.is_beside(&line)) {
            Some(known) => known.add(&line),
            None => lines.push(line),
        }
    }
    lines.sort_by(|one, two| {
        let key = |line: &PromiseLine| {
            (line.campaign.clone(), line.debtor_type.code(), line.promised.currency.code())
        };
        key(one).cmp(&key(two))
    });
    Ok(lines)
}
