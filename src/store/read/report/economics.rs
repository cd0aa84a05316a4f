//! What each creditor brought and cost, month by month.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::{SignedDuration, Timestamp};

use super::Period;
use super::effects::{code, named, names};
use crate::domain::{Channel, Currency};
use crate::stats::{Basis, EFFECT, Key, MonthFacts, PAYMENT, month_of};
use crate::store::counted::counts;
use crate::store::engine::conn::{Conn, Fault, moment, values};
use crate::store::tally::{self, Reading};
use crate::store::{Store, StoreError};

/// The months of a period on the house's clock, by their first day (days since 1970).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EconomicsFacts {
    /// By month and creditor.
    pub creditors: BTreeMap<(i64, String), MonthFacts>,
    /// Actions of the months that lie in those days, of the whole months, whatever part of them was asked for: what the
    /// overheads are shared by.
    pub month_actions: BTreeMap<(i64, String), u64>,
    /// Every creditor's first month with an action of all.
    pub first_months: BTreeMap<String, i64>,
    /// The days that were counted (since 1970, the last excluded): those that began in the period and are not to come.
    pub days: Range<i64>,
    /// The agents' paid time in seconds, by month: all but unpaid pauses.
    pub agent_paid_s: BTreeMap<i64, u64>,
    /// Uses and payments in other currencies, which are left out.
    pub left_out: u64,
}

impl Store {
    /// What was done for each creditor and what came in, in one currency, by months; of a month that lies in the period in
    /// part, that part.
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
    let mut reading = Reading::of(conn, period).await?;
    for (keys, sums) in reading.sums(conn, &EFFECT, &by, true).await? {
        let [Key::Number(month), creditor, channel, of] = &keys[..] else { continue };
        let sum = |column| EFFECT.sum(column).map_or(0, |place| sums[place]);
        if code(of, "currency", Currency::parse)? != currency {
            found.left_out += sum("actions").unsigned_abs();
            continue;
        }
        let facts = found.creditors.entry((*month, named(&creditors, Some(creditor)))).or_default();
        add(facts, code(channel, "channel", Channel::parse)?, &sum);
    }
    for (keys, sums) in reading.sums(conn, &PAYMENT, &["creditor_id", "currency"], true).await? {
        let [Key::Number(month), creditor, of] = &keys[..] else { continue };
        if code(of, "currency", Currency::parse)? != currency {
            found.left_out += sums[0].unsigned_abs();
            continue;
        }
        let key = (*month, named(&creditors, Some(creditor)));
        found.creditors.entry(key).or_default().repaid_minor += sums[1];
    }
    for row in conn.all(COMPLAINTS, values![period.from, period.to]).await? {
        let name = named(&creditors, Some(&Key::Number(row.int(0)?)));
        let at = moment(row.int(1)?.saturating_mul(900_000_000))?;
        let facts = found.creditors.entry((month_of(reading.basis().day(at)), name)).or_default();
        facts.complaints += row.int(2)?.unsigned_abs();
    }
    found.days = days_of(&period, now, |at| reading.basis().day(at));
    let months = whole_months(&found.days, reading.basis());
    found.month_actions = month_actions(conn, months, currency, &creditors).await?;
    for row in conn.all(FIRST, Vec::new()).await? {
        let (name, month) = (named(&creditors, Some(&Key::Number(row.int(0)?))), row.int(1)?);
        let is_asked = found.days.contains(&row.int(2)?);
        if let Some(facts) = found.creditors.get_mut(&(month, name.clone())) {
            facts.is_first = is_asked;
        }
        found.first_months.insert(name, month);
    }
    agents(conn, &mut reading, (&creditors, currency, period.to.min(now)), &mut found).await?;
    Ok(found)
}

/// The agents' paid time, and what of it they talked for each creditor: in calls of ours and in the debtors' own, on hold too.
/// Talk with callers whom nobody knows is of no creditor.
async fn agents(
    conn: &mut Conn,
    reading: &mut Reading,
    (creditors, currency, until): (&BTreeMap<i64, String>, Currency, Timestamp),
    found: &mut EconomicsFacts,
) -> Result<(), Fault> {
    let by = ["state", "billable", "creditor_id", "currency"];
    let mut talked: BTreeMap<(i64, String), u64> = BTreeMap::new();
    for (keys, sums) in reading.states(conn, &by, true, Some(until)).await? {
        let [Key::Number(month), state, Key::Number(billable), creditor, of] = &keys[..] else { continue };
        let spent_us = sums[1].unsigned_abs();
        if *state != Key::from("away") || *billable == 1 {
            *found.agent_paid_s.entry(*month).or_default() += spent_us;
        }
        let talks = [Key::from("talking"), Key::from("hold")].contains(state);
        if talks && *creditor != Key::Number(0) && *of == Key::from(currency.code()) {
            *talked.entry((*month, named(creditors, Some(creditor)))).or_default() += spent_us;
        }
    }
    for spent in found.agent_paid_s.values_mut() {
        *spent /= 1_000_000;
    }
    for (key, spent_us) in talked {
        found.creditors.entry(key).or_default().agent_talk_s = spent_us / 1_000_000;
    }
    Ok(())
}

fn add(facts: &mut MonthFacts, channel: Channel, sum: &dyn Fn(&'static str) -> i64) {
    let count = |column| sum(column).max(0).unsigned_abs();
    facts.kept += count("kept");
    facts.actions += count("actions");
    facts.complaints += count("complaint");
    facts.trunks_micro += sum("cost_micro");
    match facts.uses.iter_mut().find(|(it, _)| *it == channel) {
        Some((_, uses)) => *uses += count("actions"),
        None => facts.uses.push((channel, count("actions"))),
    }
}

/// A day is of the period in which it begins, so that periods that follow one another share none.
fn days_of(period: &Period, now: Timestamp, day: impl Fn(Timestamp) -> i64) -> Range<i64> {
    let first = |at: Timestamp| {
        let before = at.checked_sub(SignedDuration::from_micros(1));
        before.map_or_else(|_| day(at), |before| day(before) + 1)
    };
    first(period.from)..first(period.to.min(now))
}

/// The months that these days lie in.
fn whole_months(days: &Range<i64>, basis: &Basis) -> Period {
    let end = month_of(month_of(days.end.max(days.start + 1) - 1) + 31);
    Period { from: basis.begins(month_of(days.start)), to: basis.begins(end) }
}

async fn month_actions(
    conn: &mut Conn,
    months: Period,
    currency: Currency,
    creditors: &BTreeMap<i64, String>,
) -> Result<BTreeMap<(i64, String), u64>, Fault> {
    let mut actions = BTreeMap::new();
    for (keys, sums) in tally::sums(conn, &EFFECT, months, &["creditor_id", "currency"], true).await? {
        let [Key::Number(month), creditor, of] = &keys[..] else { continue };
        let count = EFFECT.sum("actions").map_or(0, |place| sums[place].max(0).unsigned_abs());
        if *of == Key::from(currency.code()) && count > 0 {
            *actions.entry((*month, named(creditors, Some(creditor)))).or_default() += count;
        }
    }
    Ok(actions)
}

/// Complaints that came of no action: of the creditor whose debt they name, else of the one to whom the person owes the newest (a
/// service call is of no debt). By quarters of an hour, which begin with the days of every zone.
const COMPLAINTS: &str = concat!(
    "SELECT w.creditor_id, w.quarter, COUNT(*) FROM (SELECT c.received_at / 900000000 AS quarter, \
    (SELECT MAX(d.creditor_id) FROM debt d WHERE d.id = COALESCE(c.debt_id, (SELECT MAX(o.id) FROM debt o \
    WHERE o.person_id = c.person_id AND ",
    counts!("o"),
    "))) AS creditor_id FROM case_file c WHERE c.dispute = 0 AND c.of_attempt_id IS NULL \
    AND c.of_event_id IS NULL \
    AND c.received_at >= $1 AND c.received_at < $2) w WHERE w.creditor_id IS NOT NULL GROUP BY w.creditor_id, w.quarter"
);
const FIRST: &str = "SELECT e.creditor_id, e.month, MIN(e.day) FROM (SELECT creditor_id, MIN(month) AS month FROM tally_effect \
    WHERE level = 2 GROUP BY creditor_id) f JOIN tally_effect e ON e.level = 1 AND e.month = f.month \
    AND e.creditor_id = f.creditor_id GROUP BY e.creditor_id, e.month";
