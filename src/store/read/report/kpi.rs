//! What each campaign counted, for the field's figures.

use std::collections::BTreeMap;

use super::effects::{code, named, names};
use super::{Period, count};
use crate::domain::{Channel, Currency, Outcome};
use crate::stats::{ACCOUNT, CALL, Counts, EFFECT, Key, SERVICE_LEVEL_S};
use crate::store::counted::counts;
use crate::store::engine::conn::{Conn, Fault, Row, values};
use crate::store::tally::{is_whole, sums};
use crate::store::{Store, StoreError};

type All = BTreeMap<(String, Currency), Counts>;

impl Store {
    /// The counts of every campaign by the currency of its debts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kpi_report(&self, period: Period) -> Result<All, StoreError> {
        let read = self.read(move |conn| Box::pin(async move { kpi(conn, period).await }));
        read.await.map_err(|source| StoreError::Report { report: "kpi", source })
    }
}

async fn kpi(conn: &mut Conn, period: Period) -> Result<All, Fault> {
    let mut all = All::new();
    for row in conn.all(ACCOUNTS, Vec::new()).await? {
        all.entry(key(&row)?).or_default().accounts = count(&row, 2)?;
    }
    let campaigns = names(conn, true, "SELECT id, name FROM campaign").await?;
    calls(conn, period, &campaigns, &mut all).await?;
    promises(conn, period, &campaigns, &mut all).await?;
    agents(conn, period, &mut all).await?;
    money(conn, period, &campaigns, &mut all).await?;
    Ok(all)
}

/// The campaign, which stands first in a key, and the currency, which stands last.
fn of(campaigns: &Names, keys: &[Key]) -> Result<(String, Currency), Fault> {
    let currency = keys.last().ok_or(Fault::Unreadable { what: "currency" })?;
    Ok((named(campaigns, keys.first()), code(currency, "currency", Currency::parse)?))
}

type Names = BTreeMap<i64, String>;

async fn calls(conn: &mut Conn, period: Period, campaigns: &Names, all: &mut All) -> Result<(), Fault> {
    let by = ["campaign_id", "channel", "outcome", "currency"];
    for (keys, sums) in sums(conn, &CALL, period, &by, false).await? {
        let outcome = code(&keys[2], "outcome", Outcome::parse)?;
        // A call: its INVITE left, and neither the trunk nor we spoiled it.
        if matches!(outcome, Outcome::Cancelled | Outcome::Failed(_)) {
            continue;
        }
        let counts = all.entry(of(campaigns, &keys)?).or_default();
        add_calls(counts, outcome, &sums);
        if outcome == Outcome::Answered && keys[1] == Key::from(Channel::AgentCall.code()) {
            counts.passed += sums[0].unsigned_abs();
        }
    }
    for counts in all.values_mut() {
        counts.talk_s /= 1_000_000;
        counts.cost_minor /= 10_000;
    }
    Ok(())
}

async fn promises(conn: &mut Conn, period: Period, campaigns: &Names, all: &mut All) -> Result<(), Fault> {
    for (keys, sums) in sums(conn, &EFFECT, period, &["campaign_id", "currency"], false).await? {
        // What other systems did stands outside every campaign.
        if keys[0] == Key::Number(0) {
            continue;
        }
        let counts = all.entry(of(campaigns, &keys)?).or_default();
        let sum = |column| EFFECT.sum(column).map_or(0, |place| sums[place].unsigned_abs());
        (counts.promises, counts.kept, counts.broken) = (sum("dated"), sum("kept"), sum("broken"));
    }
    Ok(())
}

async fn agents(conn: &mut Conn, period: Period, all: &mut All) -> Result<(), Fault> {
    let service = i64::try_from(SERVICE_LEVEL_S).unwrap_or(i64::MAX) * 1_000_000;
    for row in conn.all(WAITED, values![period.from, period.to, service]).await? {
        let counts = all.entry(key(&row)?).or_default();
        (counts.talks, counts.in_time) = (count(&row, 2)?, count(&row, 4)?);
        counts.wait_s = count(&row, 3)? / 1_000_000;
    }
    for row in conn.all(HANDLED, values![period.from, period.to]).await? {
        all.entry(key(&row)?).or_default().handle_s = count(&row, 2)? / 1_000_000;
    }
    Ok(())
}

async fn money(conn: &mut Conn, period: Period, campaigns: &Names, all: &mut All) -> Result<(), Fault> {
    if is_whole(period) {
        for (keys, sums) in sums(conn, &ACCOUNT, period, &["campaign_id", "currency"], false).await? {
            let counts = all.entry(of(campaigns, &keys)?).or_default();
            counts.accounts_called = sums[0].unsigned_abs();
            (counts.owed_minor, counts.paid_minor) = (sums[1], sums[2]);
        }
        return Ok(());
    }
    // An account called in two months is one account: what is in a part of all time can't be added up from cells.
    for row in conn.all(MONEY, values![period.from, period.to]).await? {
        let counts = all.entry(key(&row)?).or_default();
        counts.accounts_called = count(&row, 2)?;
        (counts.owed_minor, counts.paid_minor) = (row.int(3)?, row.int(4)?);
    }
    Ok(())
}

fn key(row: &Row) -> Result<(String, Currency), Fault> {
    Ok((row.text(0)?, row.code(1, "currency", Currency::parse)?))
}

/// Times in microseconds and costs in millionths, until all are added up.
fn add_calls(counts: &mut Counts, outcome: Outcome, sums: &[i64]) {
    let &[attempts, connected, identified, _, served_us, cost_micro] = sums else { return };
    let attempts = attempts.unsigned_abs();
    counts.calls += attempts;
    counts.connected += connected.unsigned_abs();
    counts.right_party += identified.unsigned_abs();
    counts.talk_s += served_us.max(0).unsigned_abs();
    counts.cost_minor += cost_micro;
    match outcome {
        Outcome::Answered => counts.human += attempts,
        Outcome::Abandoned => counts.abandoned += attempts,
        _ => {}
    }
}

const ACCOUNTS: &str = concat!(
    "SELECT g.name, w.currency, w.n FROM (SELECT c.campaign_id, d.currency, COUNT(*) AS n ",
    "FROM contact c JOIN debt d ON d.id = c.debt_id WHERE ",
    counts!("d"),
    " GROUP BY c.campaign_id, d.currency) w JOIN campaign g ON g.id = w.campaign_id",
);
/// The first moment an agent talked in each call, against the call's answer.
const WAITED: &str = concat!(
    "SELECT g.name, a.currency, COUNT(*), CAST(SUM(CASE WHEN t.at > a.answer_at THEN t.at - ",
    "a.answer_at ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN t.at - a.answer_at <= $3 THEN 1 ELSE 0 ",
    "END) AS BIGINT) FROM (SELECT attempt_id, MIN(at) AS at FROM agent_state WHERE state = 'talking' ",
    "AND attempt_id IS NOT NULL AND at >= $1 AND at < $2 GROUP BY attempt_id) t JOIN attempt a ON ",
    "a.id = t.attempt_id JOIN campaign g ON g.id = a.campaign_id WHERE a.answer_at IS NOT NULL AND ",
    counts!("a"),
    " GROUP BY g.name, a.currency",
);
/// A stretch that has not ended yet is not counted.
const HANDLED: &str = concat!(
    "WITH span AS (SELECT attempt_id, state, at, LEAD(at) OVER (PARTITION BY agent ORDER BY id) AS ",
    "ends FROM agent_state WHERE at >= $1 AND at < $2) SELECT g.name, a.currency, CAST(SUM(s.ends - ",
    "s.at) AS BIGINT) FROM span s JOIN attempt a ON a.id = s.attempt_id JOIN campaign g ON g.id = ",
    "a.campaign_id WHERE s.state IN ('talking', 'hold', 'wrap_up') AND s.ends > s.at AND ",
    counts!("a"),
    " GROUP BY g.name, a.currency",
);
/// A debt owes at its calls the most that their rows say.
const MONEY: &str = concat!(
    "SELECT w.name, w.currency, COUNT(*), CAST(SUM(w.owed) AS BIGINT), CAST(SUM(w.paid) AS BIGINT) ",
    "FROM (SELECT g.name, a.currency, a.debt_id, MAX(a.amount_minor) AS owed, (SELECT ",
    "COALESCE(SUM(p.amount_minor), 0) FROM payment p WHERE p.debt_id = a.debt_id AND p.currency = ",
    "a.currency AND p.paid_at >= MIN(a.reserved_at) AND p.paid_at < $2) AS paid FROM attempt a JOIN ",
    "campaign g ON g.id = a.campaign_id WHERE a.reserved_at >= $1 AND a.reserved_at < $2 AND ",
    "a.outcome IS NOT NULL AND a.outcome <> 'cancelled' AND a.outcome NOT LIKE 'failed%' AND ",
    counts!("a"),
    " GROUP BY g.name, a.currency, a.debt_id) w GROUP BY w.name, w.currency",
);
