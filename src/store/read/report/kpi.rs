//! What each campaign counted, for the field's figures.

use std::collections::BTreeMap;

use super::Period;
use super::effects::{code, named, names};
use crate::domain::{Channel, Currency, Outcome};
use crate::stats::{CALL, Counts, EFFECT, Key, WAIT};
use crate::store::counted::counts;
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::tally::Reading;
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
    let campaigns = names(conn, true, "SELECT id, name FROM campaign").await?;
    accounts(conn, &campaigns, &mut all).await?;
    let mut reading = Reading::of(conn, period).await?;
    calls(conn, &mut reading, &campaigns, &mut all).await?;
    promises(conn, &mut reading, &campaigns, &mut all).await?;
    agents(conn, &mut reading, &campaigns, &mut all).await?;
    money(conn, &mut reading, &campaigns, &mut all).await?;
    Ok(all)
}

/// Every campaign's accounts. An index tells how many there are; of which currency they are is looked up only for those of another
/// one than the newest debt's, and for those that do not count.
async fn accounts(conn: &mut Conn, campaigns: &Names, all: &mut All) -> Result<(), Fault> {
    let Some(usual) = conn.first(USUAL, Vec::new()).await? else { return Ok(()) };
    let usual = usual.code(0, "currency", Currency::parse)?;
    let mut of_usual: BTreeMap<i64, i64> = BTreeMap::new();
    for row in conn.all(CONTACTS, Vec::new()).await? {
        of_usual.insert(row.int(0)?, row.int(1)?);
    }
    for row in conn.all(UNUSUAL, values![usual.code()]).await? {
        let (campaign, number) = (row.int(0)?, row.int(3)?);
        *of_usual.entry(campaign).or_default() -= number;
        if row.int(2)? != 0 {
            let currency = row.code(1, "currency", Currency::parse)?;
            let name = named(campaigns, Some(&Key::Number(campaign)));
            all.entry((name, currency)).or_default().accounts = number.unsigned_abs();
        }
    }
    for (campaign, number) in of_usual.into_iter().filter(|(_, number)| *number > 0) {
        let name = named(campaigns, Some(&Key::Number(campaign)));
        all.entry((name, usual)).or_default().accounts = number.unsigned_abs();
    }
    Ok(())
}

/// The campaign, which stands first in a key, and the currency, which stands last.
fn of(campaigns: &Names, keys: &[Key]) -> Result<(String, Currency), Fault> {
    let currency = keys.last().ok_or(Fault::Unreadable { what: "currency" })?;
    Ok((named(campaigns, keys.first()), code(currency, "currency", Currency::parse)?))
}

type Names = BTreeMap<i64, String>;

async fn calls(
    conn: &mut Conn,
    reading: &mut Reading,
    campaigns: &Names,
    all: &mut All,
) -> Result<(), Fault> {
    let by = ["campaign_id", "channel", "outcome", "currency"];
    for (keys, sums) in reading.sums(conn, &CALL, &by, false).await? {
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

async fn promises(
    conn: &mut Conn,
    reading: &mut Reading,
    campaigns: &Names,
    all: &mut All,
) -> Result<(), Fault> {
    for (keys, sums) in reading.sums(conn, &EFFECT, &["campaign_id", "channel", "currency"], false).await? {
        // What other systems did stands outside every campaign, and the figures are of calls that we made.
        if keys[0] == Key::Number(0) || keys[1] == Key::from(Channel::InboundCall.code()) {
            continue;
        }
        let counts = all.entry(of(campaigns, &keys)?).or_default();
        let sum = |column| EFFECT.sum(column).map_or(0, |place| sums[place].unsigned_abs());
        counts.promises += sum("dated");
        counts.kept += sum("kept");
        counts.broken += sum("broken");
    }
    Ok(())
}

async fn agents(
    conn: &mut Conn,
    reading: &mut Reading,
    campaigns: &Names,
    all: &mut All,
) -> Result<(), Fault> {
    for (keys, sums) in reading.sums(conn, &WAIT, &["campaign_id", "currency"], false).await? {
        let counts = all.entry(of(campaigns, &keys)?).or_default();
        let &[talks, wait_us, in_time] = &sums[..] else { continue };
        (counts.talks, counts.in_time) = (talks.unsigned_abs(), in_time.unsigned_abs());
        counts.wait_s = wait_us.unsigned_abs() / 1_000_000;
    }
    // A stretch that has not ended yet is not counted.
    let mut handled: BTreeMap<(String, Currency), i64> = BTreeMap::new();
    for (keys, sums) in reading.states(conn, &["campaign_id", "state", "currency"], false, None).await? {
        let is_handling = ["talking", "hold", "wrap_up"].into_iter().any(|state| keys[1] == Key::from(state));
        if is_handling && keys[0] != Key::Number(0) {
            *handled.entry(of(campaigns, &keys)?).or_default() += sums[1];
        }
    }
    for (key, spent_us) in handled {
        all.entry(key).or_default().handle_s = spent_us.unsigned_abs() / 1_000_000;
    }
    Ok(())
}

async fn money(
    conn: &mut Conn,
    reading: &mut Reading,
    campaigns: &Names,
    all: &mut All,
) -> Result<(), Fault> {
    for (keys, sums) in reading.accounts(conn).await? {
        let counts = all.entry(of(campaigns, &keys)?).or_default();
        counts.accounts_called = sums[0].unsigned_abs();
        (counts.owed_minor, counts.paid_minor) = (sums[1], sums[2]);
    }
    Ok(())
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

const USUAL: &str = "SELECT currency FROM debt ORDER BY id DESC LIMIT 1";
const CONTACTS: &str = "SELECT campaign_id, COUNT(*) FROM contact GROUP BY campaign_id";
/// The debts first: there are few of these among them.
const UNUSUAL: &str = concat!(
    "SELECT w.campaign_id, w.currency, w.counts, COUNT(*) FROM (SELECT c.campaign_id, d.currency, ",
    "CAST(CASE WHEN ",
    counts!("d"),
    " THEN 1 ELSE 0 END AS BIGINT) AS counts FROM debt d CROSS JOIN contact c WHERE c.debt_id = d.id AND (d.currency <> $1 OR NOT ",
    counts!("d"),
    ")) w GROUP BY w.campaign_id, w.currency, w.counts"
);
