//! What each creditor brought and cost, month by month.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Period;
use super::effects::{code, named, names};
use crate::domain::{Channel, Currency};
use crate::stats::{EFFECT, Key, MonthFacts, day_of, month_of};
use crate::store::counted::counts;
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::tally::sums;
use crate::store::{Store, StoreError};

/// The months of a period, by their first day (days since 1970, UTC).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EconomicsFacts {
    /// By month and creditor.
    pub creditors: BTreeMap<(i64, String), MonthFacts>,
    /// The agents' paid time in seconds, by month: all but unpaid pauses, a stretch in the month it began in.
    pub agent_paid_s: BTreeMap<i64, u64>,
    /// Uses and payments in other currencies, which are left out.
    pub left_out: u64,
}

impl Store {
    /// What was done for each creditor and what came in, in one currency, by months. The months of the period are meant
    /// whole.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn economics_report(
        &self,
        period: Period,
        currency: Currency,
        now: Timestamp,
    ) -> Result<EconomicsFacts, StoreError> {
        let read =
            self.read(move |conn| Box::pin(async move { economics(conn, period, currency, now).await }));
        read.await.map_err(|source| StoreError::Report { report: "economics", source })
    }
}

async fn economics(
    conn: &mut Conn,
    period: Period,
    currency: Currency,
    now: Timestamp,
) -> Result<EconomicsFacts, Fault> {
    let creditors = names(conn, true, "SELECT id, name FROM creditor").await?;
    let mut found = EconomicsFacts::default();
    let by = ["creditor_id", "channel", "currency"];
    for (keys, sums) in sums(conn, &EFFECT, period, &by, true).await? {
        let [Key::Number(month), creditor, channel, of] = &keys[..] else { continue };
        let sum = |column| EFFECT.sum(column).map_or(0, |place| sums[place]);
        if code(of, "currency", Currency::parse)? != currency {
            found.left_out += sum("actions").unsigned_abs();
            continue;
        }
        let facts = found.creditors.entry((*month, named(&creditors, Some(creditor)))).or_default();
        add(facts, code(channel, "channel", Channel::parse)?, &sum);
    }
    for row in conn.all(REPAID, values![period.from, period.to]).await? {
        let month = month_of(row.int(2)?);
        if row.code(1, "currency", Currency::parse)? != currency {
            found.left_out += row.int(4)?.unsigned_abs();
            continue;
        }
        let name = named(&creditors, Some(&Key::Number(row.int(0)?)));
        found.creditors.entry((month, name)).or_default().repaid_minor += row.int(3)?;
    }
    for row in conn.all(COMPLAINTS, values![period.from, period.to]).await? {
        let name = named(&creditors, Some(&Key::Number(row.int(0)?)));
        let facts = found.creditors.entry((month_of(row.int(1)?), name)).or_default();
        facts.complaints += row.int(2)?.unsigned_abs();
    }
    for row in conn.all(FIRST, Vec::new()).await? {
        let name = named(&creditors, Some(&Key::Number(row.int(0)?)));
        if let Some(facts) = found.creditors.get_mut(&(row.int(1)?, name)) {
            facts.is_first = true;
        }
    }
    for row in conn.all(PAID_TIME, values![period.from, period.to.min(now)]).await? {
        *found.agent_paid_s.entry(month_of(row.int(0)?)).or_default() +=
            row.int(1)?.unsigned_abs() / 1_000_000;
    }
    // A creditor has his fixed fee and his overheads in every month from his first to the last of all.
    fill_gaps(&mut found, day_of(period.from), day_of(period.to.min(now)));
    Ok(found)
}

fn add(facts: &mut MonthFacts, channel: Channel, sum: &dyn Fn(&'static str) -> i64) {
    let count = |column| sum(column).max(0).unsigned_abs();
    facts.kept += count("kept");
    facts.actions += count("actions");
    facts.complaints += count("complaint");
    facts.trunks_micro += sum("cost_micro");
    if channel == Channel::AgentCall {
        facts.agent_talk_s += count("talk_us") / 1_000_000;
    }
    match facts.uses.iter_mut().find(|(it, _)| *it == channel) {
        Some((_, uses)) => *uses += count("actions"),
        None => facts.uses.push((channel, count("actions"))),
    }
}

fn fill_gaps(found: &mut EconomicsFacts, from: i64, to: i64) {
    let mut firsts: BTreeMap<String, i64> = BTreeMap::new();
    for (month, creditor) in found.creditors.keys() {
        firsts.entry(creditor.clone()).or_insert(*month);
    }
    for (creditor, first) in firsts {
        let mut month = first.max(month_of(from));
        while month < to {
            found.creditors.entry((month, creditor.clone())).or_default();
            month = month_of(month + 31);
        }
    }
}

/// By days, whose months are told apart here: both engines divide whole numbers alike.
const REPAID: &str = concat!(
    "SELECT w.creditor_id, w.currency, w.day, CAST(SUM(w.amount_minor) AS BIGINT), COUNT(*) FROM ",
    "(SELECT d.creditor_id, y.currency, y.paid_at / 86400000000 AS day, y.amount_minor FROM payment ",
    "y JOIN debt d ON d.id = y.debt_id WHERE y.paid_at >= $1 AND y.paid_at < $2 AND ",
    counts!("d"),
    ") w GROUP BY w.creditor_id, w.currency, w.day",
);
/// Complaints that came of no call: of the creditor whose debt they name, else of the one to whom the person owes the newest.
const COMPLAINTS: &str = "SELECT w.creditor_id, w.day, COUNT(*) FROM (SELECT c.received_at / 86400000000 AS day, \
    (SELECT MAX(d.creditor_id) FROM debt d WHERE d.id = COALESCE(c.debt_id, (SELECT MAX(o.id) FROM debt o \
    WHERE o.person_id = c.person_id))) AS creditor_id FROM case_file c WHERE c.dispute = 0 AND c.of_attempt_id IS NULL \
    AND c.received_at >= $1 AND c.received_at < $2) w WHERE w.creditor_id IS NOT NULL GROUP BY w.creditor_id, w.day";
const FIRST: &str = "SELECT creditor_id, MIN(month) FROM tally_effect WHERE level = 2 GROUP BY creditor_id";
const PAID_TIME: &str = "WITH span AS (SELECT state, billable, at, \
    COALESCE(LEAD(at) OVER (PARTITION BY agent ORDER BY id), $2) AS ends FROM agent_state WHERE at < $2) \
    SELECT day, CAST(SUM(spent) AS BIGINT) FROM (SELECT at / 86400000000 AS day, ends - at AS spent FROM span \
    WHERE at >= $1 AND ends > at AND state <> 'logged_out' AND NOT (state = 'away' AND billable = 0)) w GROUP BY day";
