//! Attempts by what came of them, and by where they went.

use std::collections::BTreeMap;

use super::effects::{code, named, names};
use super::{Period, count};
use crate::domain::{CampaignId, Channel, Disposition, Outcome};
use crate::stats::{CALL, Key};
use crate::store::counted::counts;
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::tally::sums;
use crate::store::{Store, StoreError};

/// Attempts that are no actions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct LeftOut {
    /// We took them back before an answer: a payment, a hold, the kill switch, a stop.
    pub taken_back: u64,
    /// Not closed yet.
    pub open: u64,
}

/// Attempts of one outcome and disposition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeLine {
    pub outcome: Outcome,
    pub disposition: Option<Disposition>,
    pub attempts: u64,
}

/// A campaign's attempts over one trunk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttemptsLine {
    pub campaign: String,
    pub trunk: String,
    pub attempts: u64,
    /// Not closed yet.
    pub open: u64,
    pub answered: u64,
    /// The trunk's faults and ours.
    pub failed: u64,
    /// From the answer to the end, in seconds, over the answered.
    pub talk_s: u64,
    /// Millionths of a unit of the carrier's currency.
    pub cost_micro: i64,
}

/// What a campaign's calls out came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DayCalls {
    /// Those that have ended, but for those we took back and those that the trunk or we spoiled.
    pub attempts: u64,
    /// Somebody or something answered.
    pub connected: u64,
    /// People who were served, and people who were not in time.
    pub served: u64,
    pub abandoned: u64,
}

impl Store {
    /// What the calls out of each campaign came to that were dialled in the period.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn calls_of(&self, period: Period) -> Result<BTreeMap<CampaignId, DayCalls>, StoreError> {
        let read = self.read(move |conn| Box::pin(async move { calls_of(conn, period).await }));
        read.await.map_err(|source| StoreError::Report { report: "calls", source })
    }

    /// The attempts that the channel report leaves out: they are no actions yet, or never became one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn left_out(&self, period: Period) -> Result<LeftOut, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let mut left_out = LeftOut::default();
                for (keys, sums) in sums(conn, &CALL, period, &["outcome"], false).await? {
                    if code(&keys[0], "outcome", Outcome::parse)? == Outcome::Cancelled {
                        left_out.taken_back += sums[0].unsigned_abs();
                    }
                }
                left_out.open = open(conn, period).await?.values().sum();
                Ok(left_out)
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "channels", source })
    }

    /// Closed attempts by outcome and disposition, the most first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outcomes_report(&self, period: Period) -> Result<Vec<OutcomeLine>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let mut lines = Vec::new();
                for (keys, sums) in sums(conn, &CALL, period, &["outcome", "disposition"], false).await? {
                    let none = keys[1] == Key::from("");
                    let disposition = match none {
                        true => None,
                        false => Some(code(&keys[1], "disposition", Disposition::parse)?),
                    };
                    lines.push(OutcomeLine {
                        outcome: code(&keys[0], "outcome", Outcome::parse)?,
                        disposition,
                        attempts: sums[0].unsigned_abs(),
                    });
                }
                lines.sort_by_key(|line| (std::cmp::Reverse(line.attempts), line.outcome.code()));
                Ok(lines)
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "outcomes", source })
    }

    /// Attempts by campaign and trunk.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn attempts_report(&self, period: Period) -> Result<Vec<AttemptsLine>, StoreError> {
        let read = self.read(move |conn| Box::pin(async move { attempts(conn, period).await }));
        read.await.map_err(|source| StoreError::Report { report: "attempts", source })
    }

    /// A campaign's calls answered by a person in a period, for the rules' ratio: abandoned, and served.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answered_in(&self, campaign: CampaignId, period: Period) -> Result<(u64, u64), StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let row = conn.one(ABANDONED, values![campaign, period.from, period.to]).await?;
                Ok((count(&row, 0)?, count(&row, 1)?))
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "abandoned calls", source })
    }
}

async fn calls_of(conn: &mut Conn, period: Period) -> Result<BTreeMap<CampaignId, DayCalls>, Fault> {
    let mut days: BTreeMap<CampaignId, DayCalls> = BTreeMap::new();
    for (keys, sums) in sums(conn, &CALL, period, &["campaign_id", "channel", "outcome"], false).await? {
        let Some(Key::Number(campaign)) = keys.first() else { continue };
        let outcome = code(&keys[2], "outcome", Outcome::parse)?;
        // As the figures' calls: a fault says nothing of the debtor.
        let is_spoiled = matches!(outcome, Outcome::Cancelled | Outcome::Failed(_));
        if keys[1] == Key::from(Channel::InboundCall.code()) || is_spoiled {
            continue;
        }
        let day = days.entry(CampaignId(*campaign)).or_default();
        let [attempts, connected, ..] = sums[..] else { continue };
        day.attempts += attempts.unsigned_abs();
        day.connected += connected.unsigned_abs();
        match outcome {
            Outcome::Answered => day.served += attempts.unsigned_abs(),
            Outcome::Abandoned => day.abandoned += attempts.unsigned_abs(),
            _ => {}
        }
    }
    Ok(days)
}

async fn attempts(conn: &mut Conn, period: Period) -> Result<Vec<AttemptsLine>, Fault> {
    let campaigns = names(conn, true, "SELECT id, name FROM campaign").await?;
    let mut lines: BTreeMap<(String, String), AttemptsLine> = BTreeMap::new();
    for (keys, sums) in sums(conn, &CALL, period, &["campaign_id", "trunk", "outcome"], false).await? {
        let trunk = code(&keys[1], "trunk", |name| Some(name.to_owned()))?;
        let line = lines.entry((named(&campaigns, keys.first()), trunk)).or_default();
        let [attempts, connected, _, talk_us, _, cost_micro] = sums[..] else { continue };
        line.attempts += attempts.unsigned_abs();
        line.answered += connected.unsigned_abs();
        line.talk_s += talk_us.max(0).unsigned_abs();
        line.cost_micro += cost_micro;
        if matches!(code(&keys[2], "outcome", Outcome::parse)?, Outcome::Failed(_)) {
            line.failed += attempts.unsigned_abs();
        }
    }
    for ((campaign, trunk), open) in open(conn, period).await? {
        let line = lines.entry((named(&campaigns, Some(&Key::Number(campaign))), trunk)).or_default();
        line.attempts += open;
        line.open += open;
    }
    let named = |((campaign, trunk), line): ((String, String), AttemptsLine)| AttemptsLine {
        campaign,
        trunk,
        talk_s: line.talk_s / 1_000_000,
        ..line
    };
    Ok(lines.into_iter().map(named).collect())
}

/// Attempts that are not closed yet, by campaign and trunk.
async fn open(conn: &mut Conn, period: Period) -> Result<BTreeMap<(i64, String), u64>, Fault> {
    let rows = conn.all(OPEN, values![period.from, period.to]).await?;
    rows.iter().map(|row| Ok(((row.int(0)?, row.text(1)?), count(row, 2)?))).collect()
}

/// The open ones are few and have an index; each plus keeps the planner from those of times and campaigns, which have all.
const OPEN: &str = concat!(
    "SELECT +campaign_id, trunk, COUNT(*) FROM attempt WHERE outcome IS NULL ",
    "AND +reserved_at >= $1 AND +reserved_at < $2 AND ",
    counts!("attempt"),
    " GROUP BY +campaign_id, trunk",
);
const ABANDONED: &str = "SELECT CAST(COALESCE(SUM(CASE WHEN outcome = 'abandoned' THEN 1 ELSE 0 END), 0) AS BIGINT), \
    CAST(COALESCE(SUM(CASE WHEN outcome = 'answered' THEN 1 ELSE 0 END), 0) AS BIGINT) FROM attempt \
    WHERE channel <> 'inbound_call' AND campaign_id = $1 AND reserved_at >= $2 AND reserved_at < $3";
