//! Whose account is whose, and what came of each agent's talks.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::domain::{AgentId, CampaignId, Currency};
use crate::stats::{Holds, Key, TALK, assign};
use crate::store::engine::conn::{Conn, Fault, Row, values};
use crate::store::engine::dialect::owed;
use crate::store::tally::Reading;
use crate::store::{Period, Store, StoreError};

/// What an agent was given, and what his talks brought, in one currency. A call that two agents talked in is of both; a
/// payment is his when his was the last talk on the debt before it, within the window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AgentResult {
    /// Accounts he has now that are not done, and what they owe.
    pub accounts: u64,
    pub value_minor: i64,
    pub talks: u64,
    pub right_party: u64,
    pub promises: u64,
    pub kept: u64,
    pub broken: u64,
    pub complaints: u64,
    /// Debts with a payment of his, and the sum of those payments.
    pub paid: u64,
    pub paid_minor: i64,
}

/// What each agent has got of a campaign, by currency: accounts, and what they owe.
pub type Assigned = BTreeMap<(AgentId, Currency), (u64, i64)>;

impl Store {
    /// Divides the campaign's accounts that are nobody's, or of somebody who is not in `staff`, among the agents, fairly by
    /// number and value of all that each has in any campaign, each currency by itself; those that are done are left out.
    /// Returns what each of them has of the campaign now.
    ///
    /// # Errors
    /// When the database fails; nobody was given anything then.
    pub async fn assign_accounts(
        &self,
        campaign: CampaignId,
        agents: Vec<AgentId>,
        staff: Vec<AgentId>,
        now: Timestamp,
    ) -> Result<Assigned, StoreError> {
        let written = self.write(move |conn| {
            Box::pin(async move { assign_all(conn, campaign, (&agents, &staff), now).await })
        });
        written.await.map_err(|source| StoreError::Assign { campaign, source })
    }

    /// Every agent's accounts, what his talks in calls that began in the period brought, and what was paid in it, by currency.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn agent_results(
        &self,
        period: Period,
    ) -> Result<BTreeMap<(AgentId, Currency), AgentResult>, StoreError> {
        let read = self.read(move |conn| Box::pin(async move { results(conn, period).await }));
        read.await.map_err(|source| StoreError::Report { report: "agents", source })
    }
}

async fn assign_all(
    conn: &mut Conn,
    campaign: CampaignId,
    (agents, staff): (&[AgentId], &[AgentId]),
    now: Timestamp,
) -> Result<Assigned, Fault> {
    for row in conn.all(HOLDERS, values![campaign]).await? {
        let gone = row.text(0)?;
        if !staff.iter().any(|agent| agent.as_str() == gone) {
            conn.run(NOTE_GONE, values![campaign, gone.as_str(), now]).await?;
            conn.run(TAKE_BACK, values![campaign, gone]).await?;
        }
    }
    let names: Vec<AgentId> = agents.iter().collect::<BTreeSet<_>>().into_iter().cloned().collect();
    let held = held(conn, None).await?;
    let mut free: BTreeMap<Currency, Vec<(i64, i64)>> = BTreeMap::new();
    for row in conn.all(FREE, values![campaign]).await? {
        let currency = row.code(2, "currency", Currency::parse)?;
        free.entry(currency).or_default().push((row.int(0)?, row.int(1)?));
    }
    let mut totals: BTreeMap<&AgentId, u64> = BTreeMap::new();
    for ((agent, _), (accounts, _)) in &held {
        if let Some(name) = names.iter().find(|name| *name == agent) {
            *totals.entry(name).or_default() += accounts;
        }
    }
    for (currency, accounts) in free {
        let has = |name: &AgentId| {
            let (accounts, value_minor) = held.get(&(name.clone(), currency)).copied().unwrap_or_default();
            let all = totals.get(name).copied().unwrap_or_default();
            Holds { accounts, value_minor, elsewhere: all - accounts }
        };
        let values: Vec<i64> = accounts.iter().map(|(_, value)| *value).collect();
        let whose = assign(&values, &names.iter().map(has).collect::<Vec<_>>());
        for ((contact, _), whose) in accounts.into_iter().zip(whose) {
            *totals.entry(&names[whose]).or_default() += 1;
            conn.run(GIVE, values![contact, names[whose].as_str(), now]).await?;
        }
    }
    let mut given = self::held(conn, Some(campaign)).await?;
    given.retain(|(agent, _), _| names.contains(agent));
    Ok(given)
}

/// What each agent has of a campaign, or of all.
async fn held(conn: &mut Conn, campaign: Option<CampaignId>) -> Result<Assigned, Fault> {
    let rows = conn.all(HELD, values![campaign]).await?;
    let read = rows.iter().map(|row| {
        let key = (agent(row, 0)?, row.code(1, "currency", Currency::parse)?);
        Ok((key, (row.int(2)?.unsigned_abs(), row.int(3)?)))
    });
    read.collect()
}

fn agent(row: &Row, column: usize) -> Result<AgentId, Fault> {
    AgentId::parse(&row.text(column)?).ok_or(Fault::Unreadable { what: "agent" })
}

async fn results(
    conn: &mut Conn,
    period: Period,
) -> Result<BTreeMap<(AgentId, Currency), AgentResult>, Fault> {
    let mut all: BTreeMap<(AgentId, Currency), AgentResult> = BTreeMap::new();
    let key = |row: &Row| Ok::<_, Fault>((agent(row, 0)?, row.code(1, "currency", Currency::parse)?));
    let count = |row: &Row, column| row.int(column).map(i64::unsigned_abs);
    for row in conn.all(ACCOUNTS, Vec::new()).await? {
        let mine = all.entry(key(&row)?).or_default();
        (mine.accounts, mine.value_minor) = (count(&row, 2)?, row.int(3)?);
    }
    let whose = |keys: &[Key]| match keys {
        [Key::Code(agent), Key::Code(currency)] => AgentId::parse(agent).zip(Currency::parse(currency)),
        _ => None,
    };
    let unreadable = Fault::Unreadable { what: "agent's currency" };
    let mut reading = Reading::of(conn, period).await?;
    for (keys, sums) in reading.sums(conn, &TALK, &["agent", "currency"], false).await? {
        let Some(key) = whose(&keys) else { return Err(unreadable) };
        let mine = all.entry(key).or_default();
        let counts: Vec<u64> = sums.iter().map(|sum| sum.max(&0).unsigned_abs()).collect();
        let &[talks, right_party, promises, kept, broken, complaints] = &counts[..] else { continue };
        *mine = AgentResult { talks, right_party, promises, kept, broken, complaints, ..*mine };
    }
    for (keys, sums) in reading.agent_paid(conn).await? {
        let Some(key) = whose(&keys) else { return Err(unreadable) };
        let mine = all.entry(key).or_default();
        (mine.paid, mine.paid_minor) = (sums[0].max(0).unsigned_abs(), sums[1]);
    }
    Ok(all)
}

const HELD: &str = concat!(
    "SELECT s.agent, d.currency, COUNT(*), CAST(COALESCE(SUM(",
    owed!(),
    "), 0) AS BIGINT) FROM assignment s JOIN contact c ON c.id = s.contact_id JOIN debt d ON d.id = c.debt_id \
     WHERE c.campaign_id = COALESCE(CAST($1 AS BIGINT), c.campaign_id) AND c.state <> 'done' GROUP BY s.agent, d.currency"
);
const FREE: &str = concat!(
    "SELECT c.id, ",
    owed!(),
    ", d.currency FROM contact c JOIN debt d ON d.id = c.debt_id WHERE c.campaign_id = $1 AND c.state <> 'done' \
     AND NOT EXISTS (SELECT 1 FROM assignment s WHERE s.contact_id = c.id) ORDER BY c.id"
);
const HOLDERS: &str = "SELECT DISTINCT s.agent FROM assignment s JOIN contact c ON c.id = s.contact_id \
    WHERE c.campaign_id = $1 AND c.state <> 'done'";
const NOTE_GONE: &str = "INSERT INTO assignment_past (contact_id, agent, given_at, taken_at) \
    SELECT s.contact_id, s.agent, s.at, CAST($3 AS BIGINT) FROM assignment s JOIN contact c ON c.id = s.contact_id \
    WHERE c.campaign_id = $1 AND c.state <> 'done' AND s.agent = $2";
const TAKE_BACK: &str = "DELETE FROM assignment WHERE agent = $2 AND contact_id IN (SELECT id FROM contact \
    WHERE campaign_id = $1 AND state <> 'done')";
const GIVE: &str =
    "INSERT INTO assignment (contact_id, agent, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
const ACCOUNTS: &str = concat!(
    "SELECT s.agent, d.currency, COUNT(*), CAST(SUM(",
    owed!(),
    ") AS BIGINT) FROM assignment s JOIN contact c ON c.id = s.contact_id JOIN debt d ON d.id = c.debt_id \
     WHERE c.state <> 'done' GROUP BY s.agent, d.currency"
);
