//! Whose account is whose, and what came of each agent's talks.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::domain::{AgentId, CampaignId, Currency};
use crate::stats::assign;
use crate::store::engine::conn::{Conn, Fault, Row, values};
use crate::store::engine::dialect::owed;
use crate::store::{Period, Store, StoreError};

/// What an agent was given, and what his talks brought, in one currency. A payment is his when his was the last talk on
/// the debt before it, within the window.
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
    /// Divides the campaign's accounts that are nobody's among the agents, fairly by number and value of all that each has
    /// in any campaign, each currency by itself; those that are done are left out. Returns what each of them has of the
    /// campaign now.
    ///
    /// # Errors
    /// When the database fails; nobody was given anything then.
    pub async fn assign_accounts(
        &self,
        campaign: CampaignId,
        agents: Vec<AgentId>,
        now: Timestamp,
    ) -> Result<Assigned, StoreError> {
        let written =
            self.write(move |conn| Box::pin(async move { assign_all(conn, campaign, &agents, now).await }));
        written.await.map_err(|source| StoreError::Assign { campaign, source })
    }

    /// Every agent's accounts, and what his talks in the period brought, by currency.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn agent_results(
        &self,
        period: Period,
    ) -> Result<BTreeMap<(AgentId, Currency), AgentResult>, StoreError> {
        let windows = self.windows().await?;
        let window = windows.of(crate::domain::Channel::AgentCall);
        let window = i64::try_from(window.as_micros()).unwrap_or(i64::MAX);
        let read = self.read(move |conn| Box::pin(async move { results(conn, period, window).await }));
        read.await.map_err(|source| StoreError::Report { report: "agents", source })
    }
}

async fn assign_all(
    conn: &mut Conn,
    campaign: CampaignId,
    agents: &[AgentId],
    now: Timestamp,
) -> Result<Assigned, Fault> {
    let names: Vec<AgentId> = agents.iter().collect::<BTreeSet<_>>().into_iter().cloned().collect();
    let held = held(conn, None).await?;
    let mut free: BTreeMap<Currency, Vec<(i64, i64)>> = BTreeMap::new();
    for row in conn.all(FREE, values![campaign]).await? {
        let currency = row.code(2, "currency", Currency::parse)?;
        free.entry(currency).or_default().push((row.int(0)?, row.int(1)?));
    }
    for (currency, accounts) in free {
        let has = |name: &AgentId| held.get(&(name.clone(), currency)).copied().unwrap_or_default();
        let values: Vec<i64> = accounts.iter().map(|(_, value)| *value).collect();
        let whose = assign(&values, &names.iter().map(has).collect::<Vec<_>>());
        for ((contact, _), whose) in accounts.into_iter().zip(whose) {
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
    window: i64,
) -> Result<BTreeMap<(AgentId, Currency), AgentResult>, Fault> {
    let mut all: BTreeMap<(AgentId, Currency), AgentResult> = BTreeMap::new();
    let key = |row: &Row| Ok::<_, Fault>((agent(row, 0)?, row.code(1, "currency", Currency::parse)?));
    let count = |row: &Row, column| row.int(column).map(i64::unsigned_abs);
    for row in conn.all(ACCOUNTS, Vec::new()).await? {
        let mine = all.entry(key(&row)?).or_default();
        (mine.accounts, mine.value_minor) = (count(&row, 2)?, row.int(3)?);
    }
    for row in conn.all(TALKS, values![period.from, period.to]).await? {
        let mine = all.entry(key(&row)?).or_default();
        (mine.talks, mine.right_party) = (count(&row, 2)?, count(&row, 3)?);
        (mine.promises, mine.kept, mine.broken) = (count(&row, 4)?, count(&row, 5)?, count(&row, 6)?);
        mine.complaints = count(&row, 7)?;
    }
    for row in conn.all(PAID, values![period.from, period.to, window]).await? {
        let mine = all.entry(key(&row)?).or_default();
        (mine.paid, mine.paid_minor) = (count(&row, 2)?, row.int(3)?);
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
const GIVE: &str =
    "INSERT INTO assignment (contact_id, agent, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
const ACCOUNTS: &str = concat!(
    "SELECT s.agent, d.currency, COUNT(*), CAST(SUM(",
    owed!(),
    ") AS BIGINT) FROM assignment s JOIN contact c ON c.id = s.contact_id JOIN debt d ON d.id = c.debt_id \
     WHERE c.state <> 'done' GROUP BY s.agent, d.currency"
);
/// A call that two agents talked in is of both.
const TALKS: &str = "SELECT t.agent, a.currency, COUNT(*), CAST(SUM(a.identified) AS BIGINT), COUNT(p.id), \
    CAST(SUM(CASE WHEN p.state = 'kept' THEN 1 ELSE 0 END) AS BIGINT), \
    CAST(SUM(CASE WHEN p.state = 'broken' THEN 1 ELSE 0 END) AS BIGINT), \
    CAST(SUM(CASE WHEN EXISTS (SELECT 1 FROM reaction r WHERE r.debt_id = a.debt_id AND r.kind = 'complaint' \
    AND r.attempt_id = a.id) THEN 1 ELSE 0 END) AS BIGINT) \
    FROM (SELECT agent, attempt_id FROM agent_state WHERE state = 'talking' AND attempt_id IS NOT NULL AND at >= $1 \
    AND at < $2 GROUP BY agent, attempt_id) t JOIN attempt a ON a.id = t.attempt_id \
    LEFT JOIN promise p ON p.attempt_id = a.id AND p.state <> 'void' GROUP BY t.agent, a.currency";
/// Talks come first, for they are fewer than payments and calls; of those before a payment the last one has it.
const PAID: &str = "SELECT w.agent, w.currency, COUNT(DISTINCT w.debt_id), CAST(SUM(w.amount_minor) AS BIGINT) FROM \
    (SELECT s.agent, y.debt_id, y.currency, y.amount_minor, \
    ROW_NUMBER() OVER (PARTITION BY y.id ORDER BY s.at DESC, s.id DESC) AS nth \
    FROM agent_state s CROSS JOIN attempt a CROSS JOIN payment y WHERE s.attempt_id IS NOT NULL \
    AND s.state = 'talking' AND a.id = s.attempt_id AND y.debt_id = a.debt_id AND s.at <= y.paid_at \
    AND s.at > y.paid_at - CAST($3 AS BIGINT) AND y.paid_at >= $1 AND y.paid_at < $2) w \
    WHERE w.nth = 1 GROUP BY w.agent, w.currency";
