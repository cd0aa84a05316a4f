//! Calls page by page, the newest first, for whoever looks through a million of them.

use jiff::Timestamp;

use crate::domain::{
    AttemptId, CampaignId, Channel, Currency, DebtKind, DebtorType, DecisionId, Disposition, Outcome,
    PersonId, PhoneNumber,
};
use crate::store::counted::counts;
use crate::store::engine::conn::{Conn, Fault, Row, Value, moment, moment_opt, values};
use crate::store::list::number;
use crate::store::{Store, StoreError};

/// A call in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallLine {
    pub id: AttemptId,
    pub campaign: String,
    /// The person's id in the lists.
    pub person: String,
    pub phone: PhoneNumber,
    pub trunk: String,
    pub node: String,
    pub channel: Channel,
    pub reserved_at: Timestamp,
    pub answer_at: Option<Timestamp>,
    pub end_at: Option<Timestamp>,
    /// Absent while the call is open.
    pub outcome: Option<Outcome>,
    pub disposition: Option<Disposition>,
    pub sip_code: Option<u16>,
    pub identified: bool,
}

/// Which calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallFilter {
    pub campaign: Option<CampaignId>,
    pub trunk: Option<String>,
    pub outcome: Option<Outcome>,
    /// His id in the lists, or his number (`+…`).
    pub person: Option<String>,
    /// Reserved at or after this.
    pub from: Option<Timestamp>,
    /// Reserved before this.
    pub to: Option<Timestamp>,
    /// Only those whose recording is there.
    pub recorded: bool,
    pub channel: Option<Channel>,
    /// As it was at the call, like the next one.
    pub debtor_type: Option<DebtorType>,
    pub debt_kind: Option<DebtKind>,
    /// He talked in it.
    pub agent: Option<String>,
    pub currency: Option<Currency>,
    /// Only those that a report counts.
    pub counted: Option<CountedAs>,
}

/// What a report counts calls as: of debts that count, and over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountedAs {
    /// Neither spoilt nor taken back.
    Action,
    /// Whatever came of it; an agent talked in it.
    Talk,
}

impl CountedAs {
    /// By its code in an address.
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "action" => Some(Self::Action),
            "talk" => Some(Self::Talk),
            _ => None,
        }
    }
}

/// A page of calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallPage {
    pub lines: Vec<CallLine>,
    /// Where the next page begins: calls before this one. `None`: there are no more.
    pub before: Option<AttemptId>,
}

/// A call's keys to what is kept about it elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallKeys {
    pub person: PersonId,
    pub decision: Option<DecisionId>,
}

/// Calls on a page.
pub const CALLS_A_PAGE: usize = 100;
/// However rare what is looked for, one page looks at no more calls than this: the next page looks on.
const LOOKED_AT: i64 = 50_000;
/// Nodes write side by side, so ids and moments may be out of step by so many calls.
const OUT_OF_STEP: i64 = 1_000;

macro_rules! calls {
    ($tail:literal) => {
        concat!(
            "SELECT a.id, g.name, p.external_id, a.phone, a.trunk, a.node, a.channel, a.reserved_at, a.answer_at, ",
            "a.end_at, a.outcome, a.disposition, a.sip_code, a.identified FROM attempt a ",
            "JOIN campaign g ON g.id = a.campaign_id JOIN person p ON p.id = a.person_id ",
            $tail
        )
    };
}

impl Store {
    /// Calls before `before`, or the newest ones. A page may have fewer lines than it could, and others behind it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn calls(&self, filter: CallFilter, before: Option<AttemptId>) -> Result<CallPage, StoreError> {
        let read = self.read(move |conn| Box::pin(async move { page(conn, &filter, before).await }));
        read.await.map_err(act)
    }

    /// Every call that is open, the oldest first, at most a thousand.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_calls(&self) -> Result<Vec<CallLine>, StoreError> {
        let sql = calls!("WHERE a.outcome IS NULL ORDER BY +a.id LIMIT 1000");
        let read = self.read(move |conn| {
            Box::pin(async move { conn.all(sql, Vec::new()).await?.iter().map(call_line).collect() })
        });
        read.await.map_err(act)
    }

    /// Who talked in a call, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn call_agents(&self, attempt: AttemptId) -> Result<Vec<String>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(AGENTS, values![attempt]).await?;
                rows.iter().map(|row| row.text(0)).collect()
            })
        });
        read.await.map_err(act)
    }

    /// The steps of its flow that a call went through; empty where none is kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn flow_trail(&self, attempt: AttemptId) -> Result<Vec<(Timestamp, String)>, StoreError> {
        let sql = "SELECT trail FROM attempt WHERE id = $1";
        let read = self.read(move |conn| {
            Box::pin(async move {
                let row = conn.first(sql, values![attempt]).await?;
                let text = row.map(|row| row.text_opt(0)).transpose()?.flatten();
                let steps: Vec<(i64, String)> = match text {
                    Some(text) => {
                        serde_json::from_str(&text).map_err(|_| Fault::Unreadable { what: "trail" })?
                    }
                    None => Vec::new(),
                };
                steps.into_iter().map(|(at, step)| Ok((moment(at)?, step))).collect()
            })
        });
        read.await.map_err(act)
    }

    /// Where else something is kept about a call; `None`: there is no such call.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn call_keys(&self, attempt: AttemptId) -> Result<Option<CallKeys>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let row = conn.first(KEYS, values![attempt]).await?;
                let keys = |row: Row| {
                    let decision = row.int_opt(1)?.map(DecisionId);
                    Ok(CallKeys { person: PersonId(row.int(0)?), decision })
                };
                row.map(keys).transpose()
            })
        });
        read.await.map_err(act)
    }
}

fn act(source: Fault) -> StoreError {
    StoreError::Export { after: AttemptId(0), source }
}

async fn page(conn: &mut Conn, filter: &CallFilter, before: Option<AttemptId>) -> Result<CallPage, Fault> {
    let newest = conn.one("SELECT COALESCE(MAX(id), 0) FROM attempt", Vec::new()).await?.int(0)?;
    let mut begin = before.map_or(newest + 1, |before| before.0.min(newest + 1));
    if let Some(to) = filter.to {
        let last = conn.first(LAST_BEFORE, values![to]).await?.map_or(Ok(0), |row| row.int(0))?;
        begin = begin.min(last + OUT_OF_STEP);
    }
    let mut floor = 0;
    if let Some(from) = filter.from {
        let first = conn.first(FIRST_FROM, values![from]).await?.map_or(Ok(newest), |row| row.int(0))?;
        floor = first - OUT_OF_STEP;
    }
    // One person's calls have their own index.
    let end = if filter.person.is_some() { floor } else { floor.max(begin - LOOKED_AT) };
    let (sql, values) = built(filter, begin, end);
    let rows = conn.all_built(sql, values).await?;
    let full = rows.len() > CALLS_A_PAGE;
    let lines: Vec<CallLine> = rows.iter().take(CALLS_A_PAGE).map(call_line).collect::<Result<_, _>>()?;
    let before = match lines.last() {
        Some(last) if full => Some(last.id),
        _ if end > 0 && end > floor => Some(AttemptId(end)),
        _ => None,
    };
    Ok(CallPage { lines, before })
}

/// The statement for what is asked, and nothing of the asker's in its text.
fn built(filter: &CallFilter, begin: i64, end: i64) -> (String, Vec<Value>) {
    let (mut sql, mut values) = (calls!("WHERE a.id < $1 AND a.id >= $2").to_owned(), values![begin, end]);
    let mut also = |column: &str, value: Value| {
        values.push(value);
        sql += &format!(" AND {column} ${}", values.len());
    };
    let CallFilter { campaign, trunk, outcome, person, from, to, recorded, .. } = filter;
    if let Some(campaign) = campaign {
        // The plus keeps the walk by id: by the campaign's index all its calls would be sorted.
        also("+a.campaign_id =", (*campaign).into());
    }
    if let Some(trunk) = trunk {
        also("a.trunk =", trunk.into());
    }
    if let Some(outcome) = outcome {
        also("a.outcome =", outcome.code().into());
    }
    if let Some(from) = from {
        also("a.reserved_at >=", (*from).into());
    }
    if let Some(to) = to {
        also("a.reserved_at <", (*to).into());
    }
    if let Some(person) = person.as_ref().filter(|person| !person.starts_with('+')) {
        also("p.external_id =", person.into());
    }
    if let Some(channel) = filter.channel {
        also("a.channel =", channel.code().into());
    }
    if let Some(debtor_type) = filter.debtor_type {
        also("a.debtor_type =", debtor_type.code().into());
    }
    if let Some(kind) = filter.debt_kind {
        also("a.debt_kind =", kind.code().into());
    }
    if let Some(currency) = filter.currency {
        also("a.currency =", currency.code().into());
    }
    if let Some(number) = person.as_ref().filter(|person| person.starts_with('+')) {
        values.push(number.into());
        sql += &format!(" AND a.person_id IN ({WHOSE}${})", values.len());
    }
    if let Some(agent) = &filter.agent {
        values.push(agent.into());
        sql += &format!(" AND a.id IN ({TALKED}${})", values.len());
    }
    if let Some(counted) = filter.counted {
        sql += COUNTED;
        if counted == CountedAs::Action {
            sql += " AND a.outcome <> 'cancelled' AND a.outcome NOT LIKE 'failed%'";
        }
    }
    if *recorded {
        sql += RECORDED;
    }
    sql += &format!(" ORDER BY a.id DESC LIMIT {}", CALLS_A_PAGE + 1);
    (sql, values)
}

fn call_line(row: &Row) -> Result<CallLine, Fault> {
    Ok(CallLine {
        id: AttemptId(row.int(0)?),
        campaign: row.text(1)?,
        person: row.text(2)?,
        phone: number(&row.text(3)?)?,
        trunk: row.text(4)?,
        node: row.text(5)?,
        channel: row.code(6, "channel", Channel::parse)?,
        reserved_at: moment(row.int(7)?)?,
        answer_at: moment_opt(row.int_opt(8)?)?,
        end_at: moment_opt(row.int_opt(9)?)?,
        outcome: row.code_opt(10, "outcome", Outcome::parse)?,
        disposition: row.code_opt(11, "disposition", Disposition::parse)?,
        sip_code: row.int_opt(12)?.and_then(|code| u16::try_from(code).ok()),
        identified: row.int(13)? != 0,
    })
}

const AGENTS: &str =
    "SELECT DISTINCT agent FROM agent_state WHERE attempt_id = $1 AND state = 'talking' ORDER BY agent";
const KEYS: &str = "SELECT person_id, decision_id FROM attempt WHERE id = $1";
const RECORDED: &str =
    " AND EXISTS (SELECT 1 FROM recording r WHERE r.attempt_id = a.id AND r.deleted_at IS NULL)";
const COUNTED: &str = concat!(" AND a.outcome IS NOT NULL AND a.debt_id IS NOT NULL AND ", counts!("a"));
const WHOSE: &str = "SELECT h.person_id FROM phone h WHERE h.e164 = ";
const TALKED: &str = "SELECT t.attempt_id FROM agent_state t WHERE t.state = 'talking' AND t.attempt_id IS NOT NULL AND t.agent = ";
const LAST_BEFORE: &str = "SELECT id FROM attempt WHERE reserved_at < $1 ORDER BY reserved_at DESC LIMIT 1";
const FIRST_FROM: &str = "SELECT id FROM attempt WHERE reserved_at >= $1 ORDER BY reserved_at LIMIT 1";
