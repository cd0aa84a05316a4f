//! Replay: every decision made again from what its record says, and compared bit for bit.

use jiff::Timestamp;
use serde::Deserialize;

use super::history::{Kin, load_events};
use super::record::{RulesInForce, events_hash, json};
use crate::domain::{DecisionId, PersonId};
use crate::rules::{Consent, Decision, Facts, History, Hold, decide};
use crate::store::engine::conn::{Conn, Fault, Row, moment, values};
use crate::store::{Period, Store, StoreError};

/// A decision made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    pub decision: DecisionId,
    pub at: Timestamp,
    pub person: PersonId,
    pub same: Same,
}

/// How the second decision stands to the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Same {
    /// Bit for bit.
    Yes,
    /// It differs: the program, the zone data or the record has changed.
    No,
    /// The ledger no longer has the events it rested on.
    EventsDiffer,
    /// Nobody has the rules of this hash.
    NoRules { hash: String },
}

/// A record as it is read back.
#[derive(Deserialize)]
struct Record {
    rules: String,
    facts: Facts,
    upto: i64,
    events: usize,
    events_hash: String,
    holds: Vec<Hold>,
    consents: Vec<Consent>,
    #[serde(default)]
    kin: Vec<Kin>,
    decision: Decision,
}

/// Decisions made again in one step.
const PAGE: i64 = 200;

impl Store {
    /// Makes every decision of the period again and tells `told` of each. `find` gives the rules of a hash; it is
    /// asked once for each hash, with the text that was kept beside the decisions.
    ///
    /// # Errors
    /// When the database fails. A decision that differs is a value.
    pub async fn replay_decisions(
        &self,
        period: Period,
        mut find: impl FnMut(&str, &str) -> Option<RulesInForce>,
        mut told: impl FnMut(Replayed),
    ) -> Result<(), StoreError> {
        let act = |source| StoreError::Replay { source };
        let mut rules: Vec<(String, Option<RulesInForce>)> = Vec::new();
        let mut after = DecisionId(0);
        loop {
            let page = self.read(|conn| Box::pin(async move { page(conn, after, period).await }));
            let page = page.await.map_err(act)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.id;
            for made in &page {
                let hash = &made.record.rules;
                if !rules.iter().any(|(known, _)| known == hash) {
                    let body = self.rule_set(hash).await?;
                    rules.push((hash.clone(), body.and_then(|body| find(hash, &body))));
                }
                let in_force = rules.iter().find(|(known, _)| known == hash).and_then(|(_, r)| r.as_ref());
                let same = match in_force {
                    None => Same::NoRules { hash: hash.clone() },
                    Some(rules) => made.again(rules),
                };
                told(Replayed { decision: made.id, at: made.at, person: made.record.facts.person, same });
            }
        }
    }

    /// The text of the rules of a hash, as JSON.
    async fn rule_set(&self, hash: &str) -> Result<Option<String>, StoreError> {
        let values = values![hash];
        let read = self.read(|conn| {
            Box::pin(async move {
                let row = conn.first("SELECT body FROM rule_set WHERE hash = $1", values).await?;
                row.map(|row| row.text(0)).transpose()
            })
        });
        read.await.map_err(|source| StoreError::Replay { source })
    }
}

/// A decision with what it rested on.
struct Made {
    id: DecisionId,
    at: Timestamp,
    record: Record,
    history: Option<History>,
}

impl Made {
    async fn load(conn: &mut Conn, row: &Row) -> Result<Self, Fault> {
        let record: Record =
            serde_json::from_str(&row.text(2)?).map_err(|_| Fault::Unreadable { what: "decision record" })?;
        let facts = &record.facts;
        let events =
            load_events(conn, facts.person, Some(facts.phone.number), &record.kin, record.upto).await?;
        let history = History::new(events, record.holds.clone(), record.consents.clone());
        let whole =
            history.events().len() == record.events && events_hash(history.events()) == record.events_hash;
        Ok(Self {
            id: DecisionId(row.int(0)?),
            at: moment(row.int(1)?)?,
            history: whole.then_some(history),
            record,
        })
    }

    fn again(&self, rules: &RulesInForce) -> Same {
        let Some(history) = &self.history else { return Same::EventsDiffer };
        let decision = decide(&rules.preset, &rules.calendars, &self.record.facts, history, self.at);
        if json(&decision) == json(&self.record.decision) { Same::Yes } else { Same::No }
    }
}

async fn page(conn: &mut Conn, after: DecisionId, period: Period) -> Result<Vec<Made>, Fault> {
    let rows = conn.all(RECORDS, values![after, period.from, period.to, PAGE]).await?;
    let mut page = Vec::with_capacity(rows.len());
    for row in &rows {
        page.push(Made::load(conn, row).await?);
    }
    Ok(page)
}

const RECORDS: &str =
    "SELECT id, at, record FROM decision WHERE id > $1 AND at >= $2 AND at < $3 ORDER BY id LIMIT $4";
