//! Reports: what was done, what came of it, and how the two stand to each other, in numbers to divide.

mod experiment;
mod kpi;
mod paid;
mod promises;
mod wear;

use std::collections::BTreeMap;

use jiff::Timestamp;

pub use experiment::ExperimentLine;
pub use promises::PromiseLine;
pub use wear::Reacted;

use crate::domain::{CampaignId, Channel, Currency, DebtKind, DebtorType, Disposition, Money, Outcome};
use crate::stats::ActionRow;
use crate::store::engine::conn::{Fault, Row, values};
use crate::store::{Store, StoreError};

/// A stretch of time, half-open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub from: Timestamp,
    pub to: Timestamp,
}

/// Reactions of one kind to one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReactionLine {
    pub channel: Channel,
    pub debtor_type: DebtorType,
    pub kind: DebtKind,
    /// `answered`, `right_party`, `promise`, `payment`, `dispute`, `complaint` or `opt_out`.
    pub reaction: String,
    pub count: u64,
    /// Of a payment the money that came in, of the others the money owed.
    pub money: Money,
}

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
#[derive(Debug, Clone, PartialEq, Eq)]
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

type Cell = (Channel, DebtorType, DebtKind, Currency);

impl Store {
    /// Actions and what they brought by channel, debtor type, kind of debt and currency, for the statistics to
    /// divide. Calls that we took back are no actions.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn channels_report(&self, period: Period) -> Result<Vec<ActionRow>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let actions = conn.all(ACTIONS, values![period.from, period.to]).await?;
                let debts = conn.all(DEBTS, values![period.from, period.to]).await?;
                join(&actions, &debts)
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "channels", source })
    }

    /// The attempts that the channel report leaves out: they are no actions yet, or never became one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn left_out(&self, period: Period) -> Result<LeftOut, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let row = conn.one(LEFT_OUT, values![period.from, period.to]).await?;
                Ok(LeftOut { taken_back: count(&row, 0)?, open: count(&row, 1)? })
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "channels", source })
    }

    /// Reactions of every kind by channel, debtor type, kind of debt and currency.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reactions_report(&self, period: Period) -> Result<Vec<ReactionLine>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(REACTIONS, values![period.from, period.to]).await?;
                let read = rows.iter().map(|row| {
                    let (channel, debtor_type, kind, currency) = cell(row)?;
                    Ok(ReactionLine {
                        channel,
                        debtor_type,
                        kind,
                        reaction: row.text(4)?,
                        count: count(row, 5)?,
                        money: Money::new(row.int(6)?, currency),
                    })
                });
                read.collect()
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "reactions", source })
    }

    /// Closed attempts by outcome and disposition.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outcomes_report(&self, period: Period) -> Result<Vec<OutcomeLine>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(OUTCOMES, values![period.from, period.to]).await?;
                let read = rows.iter().map(|row| {
                    Ok(OutcomeLine {
                        outcome: row.code(0, "outcome", Outcome::parse)?,
                        disposition: row.code_opt(1, "disposition", Disposition::parse)?,
                        attempts: count(row, 2)?,
                    })
                });
                read.collect()
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "outcomes", source })
    }

    /// Attempts by campaign and trunk.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn attempts_report(&self, period: Period) -> Result<Vec<AttemptsLine>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(ATTEMPTS, values![period.from, period.to]).await?;
                let read = rows.iter().map(|row| {
                    Ok(AttemptsLine {
                        campaign: row.text(0)?,
                        trunk: row.text(1)?,
                        attempts: count(row, 2)?,
                        open: count(row, 3)?,
                        answered: count(row, 4)?,
                        failed: count(row, 5)?,
                        talk_s: count(row, 6)? / 1_000_000,
                        cost_micro: row.int(7)?,
                    })
                });
                read.collect()
            })
        });
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

fn join(actions: &[Row], debts: &[Row]) -> Result<Vec<ActionRow>, Fault> {
    let mut by_cell = BTreeMap::new();
    for row in debts {
        by_cell.insert(cell(row)?, row);
    }
    let mut lines = Vec::with_capacity(actions.len());
    for row in actions {
        let cell = cell(row)?;
        let debts = by_cell.get(&cell).ok_or(Fault::Unreadable { what: "debts of a channel" })?;
        let (channel, debtor_type, kind, currency) = cell;
        lines.push(ActionRow {
            channel,
            debtor_type,
            kind,
            currency,
            attempts: count(row, 4)?,
            faults: count(row, 5)?,
            answered: count(row, 6)?,
            right_party: count(row, 7)?,
            amount_heard: count(row, 8)?,
            promises: count(row, 9)?,
            refused: count(row, 10)?,
            debts: count(debts, 4)?,
            debts_paid: count(debts, 5)?,
            owed_minor: debts.int(6)?,
            paid_minor: debts.int(7)?,
        });
    }
    Ok(lines)
}

fn cell(row: &Row) -> Result<Cell, Fault> {
    Ok((
        row.code(0, "channel", Channel::parse)?,
        row.code(1, "debtor type", DebtorType::parse)?,
        row.code(2, "kind of debt", DebtKind::parse)?,
        row.code(3, "currency", Currency::parse)?,
    ))
}

fn count(row: &Row, column: usize) -> Result<u64, Fault> {
    Ok(row.int(column)?.unsigned_abs())
}

/// How many rows of a group fulfil a condition.
macro_rules! counted {
    ($condition:literal) => {
        concat!("CAST(SUM(CASE WHEN ", $condition, " THEN 1 ELSE 0 END) AS BIGINT)")
    };
}

const ACTIONS: &str = concat!(
    "SELECT channel, debtor_type, debt_kind, currency, COUNT(*), ",
    counted!("outcome LIKE 'failed%'"),
    ", ",
    counted!("outcome = 'answered'"),
    ", ",
    counted!("identified = 1"),
    ", ",
    counted!("grades LIKE '%\"amount_heard\"%'"),
    ", ",
    counted!("disposition IN ('promise_to_pay', 'link_sent')"),
    ", ",
    counted!("disposition IN ('refused', 'dispute', 'stop_requested')"),
    " FROM attempt WHERE reserved_at >= $1 AND reserved_at < $2 AND outcome <> 'cancelled' ",
    "GROUP BY channel, debtor_type, debt_kind, currency ORDER BY channel, debtor_type, debt_kind, currency"
);
/// The most a debt owed at an action, and what was paid on it from then to the period's end.
const DEBTS: &str = "SELECT w.channel, w.debtor_type, w.debt_kind, w.currency, COUNT(*), \
    CAST(SUM(CASE WHEN w.paid > 0 THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(w.owed) AS BIGINT), \
    CAST(SUM(w.paid) AS BIGINT) FROM (SELECT a.channel, a.debtor_type, a.debt_kind, a.currency, a.debt_id, \
    MAX(a.amount_minor) AS owed, (SELECT COALESCE(SUM(p.amount_minor), 0) FROM payment p \
    WHERE p.debt_id = a.debt_id AND p.currency = a.currency AND p.paid_at >= MIN(a.reserved_at) \
    AND p.paid_at < $2) AS paid FROM attempt a WHERE a.reserved_at >= $1 AND a.reserved_at < $2 \
    AND a.outcome <> 'cancelled' GROUP BY a.channel, a.debtor_type, a.debt_kind, a.currency, a.debt_id) w \
    GROUP BY w.channel, w.debtor_type, w.debt_kind, w.currency";
const REACTIONS: &str = "SELECT channel, debtor_type, debt_kind, currency, kind, COUNT(*), \
    CAST(SUM(amount_minor) AS BIGINT) FROM reaction WHERE at >= $1 AND at < $2 AND channel IS NOT NULL \
    GROUP BY channel, debtor_type, debt_kind, currency, kind ORDER BY channel, debtor_type, debt_kind, currency, kind";
const LEFT_OUT: &str = "SELECT CAST(COALESCE(SUM(CASE WHEN outcome = 'cancelled' THEN 1 ELSE 0 END), 0) AS BIGINT), \
    CAST(COALESCE(SUM(CASE WHEN outcome IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) FROM attempt \
    WHERE reserved_at >= $1 AND reserved_at < $2";
const OUTCOMES: &str = "SELECT outcome, disposition, COUNT(*) AS n FROM attempt WHERE reserved_at >= $1 \
    AND reserved_at < $2 AND outcome IS NOT NULL GROUP BY outcome, disposition ORDER BY n DESC, outcome";
const ATTEMPTS: &str = "SELECT g.name, a.trunk, COUNT(*), \
    CAST(SUM(CASE WHEN a.outcome IS NULL THEN 1 ELSE 0 END) AS BIGINT), \
    CAST(SUM(CASE WHEN a.answer_at IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT), \
    CAST(SUM(CASE WHEN a.outcome LIKE 'failed%' THEN 1 ELSE 0 END) AS BIGINT), \
    CAST(COALESCE(SUM(a.end_at - a.answer_at), 0) AS BIGINT), \
    CAST(COALESCE(SUM(a.cost_micro), 0) AS BIGINT) \
    FROM attempt a JOIN campaign g ON g.id = a.campaign_id WHERE a.reserved_at >= $1 AND a.reserved_at < $2 \
    GROUP BY g.name, a.trunk ORDER BY g.name, a.trunk";
const ABANDONED: &str = "SELECT CAST(COALESCE(SUM(CASE WHEN outcome = 'abandoned' THEN 1 ELSE 0 END), 0) AS BIGINT), \
    CAST(COALESCE(SUM(CASE WHEN outcome = 'answered' THEN 1 ELSE 0 END), 0) AS BIGINT) FROM attempt \
    WHERE campaign_id = $1 AND reserved_at >= $2 AND reserved_at < $3";
