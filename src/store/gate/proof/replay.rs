//! Replay: every decision made again from what its record says, and compared bit for bit.

use jiff::Timestamp;

use super::super::history::load_events;
use super::super::record::{Record, RulesInForce, events_hash, json};
use crate::domain::{DecisionId, PersonId};
use crate::rules::{Decision, History, decide};
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
    /// All but the name of the zone data's release: this program knows another one and decides alike by it.
    OtherZoneData,
    /// It differs: the program, the zone data or the record has changed.
    No,
    /// The ledger no longer has the events it rested on.
    EventsDiffer,
    /// Nobody has the rules of this hash, or their text was changed.
    NoRules { hash: String },
    /// The record can't be read.
    Unreadable,
}

impl Same {
    /// The code in files.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Yes => "same",
            Self::OtherZoneData => "other_zone_data",
            Self::No => "differs",
            Self::EventsDiffer => "events_differ",
            Self::NoRules { .. } => "no_rules",
            Self::Unreadable => "unreadable",
        }
    }

    /// The decision was reproduced.
    pub fn holds(&self) -> bool {
        matches!(self, Self::Yes | Self::OtherZoneData)
    }
}

/// Decisions made again in one step.
const PAGE: i64 = 200;

impl Store {
    /// How many decisions the period has.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_decisions(&self, period: Period) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) FROM decision WHERE at >= $1 AND at < $2";
        let values = values![period.from, period.to];
        let read = self.read(move |conn| Box::pin(async move { conn.one(sql, values).await?.int(0) }));
        read.await.map(i64::unsigned_abs).map_err(|source| StoreError::Replay { source })
    }

    /// Makes every decision of the period again, by the rules that were kept beside it, and tells `told` of each.
    ///
    /// # Errors
    /// When the database fails. A decision that differs is a value.
    pub async fn replay_decisions(
        &self,
        period: Period,
        mut told: impl FnMut(Replayed),
    ) -> Result<(), StoreError> {
        let act = |source| StoreError::Replay { source };
        let mut rules: Vec<(String, Option<RulesInForce>)> = Vec::new();
        let mut after = DecisionId(0);
        loop {
            let page = self.read(move |conn| Box::pin(async move { page(conn, after, period).await }));
            let page = page.await.map_err(act)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.id;
            for made in page {
                let same = match &made.record {
                    None => Same::Unreadable,
                    Some(record) => {
                        let hash = &record.rules;
                        if !rules.iter().any(|(known, _)| known == hash) {
                            rules.push((hash.clone(), self.rules_of(hash).await?));
                        }
                        let found = rules.iter().find(|(known, _)| known == hash);
                        match found.and_then(|(_, rules)| rules.as_ref()) {
                            None => Same::NoRules { hash: hash.clone() },
                            Some(rules) => made.again(record, rules),
                        }
                    }
                };
                told(Replayed { decision: made.id, at: made.at, person: made.person, same });
            }
        }
    }

    /// The rules of a hash, if their text is there and is what the hash was made of.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rules_of(&self, hash: &str) -> Result<Option<RulesInForce>, StoreError> {
        let values = values![hash];
        let read = self.read(move |conn| {
            Box::pin(async move {
                let row = conn.first("SELECT body FROM rule_set WHERE hash = $1", values).await?;
                row.map(|row| row.text(0)).transpose()
            })
        });
        let body = read.await.map_err(|source| StoreError::Replay { source })?;
        Ok(body.and_then(|body| RulesInForce::read(hash, &body)))
    }
}

/// A decision with what it rested on.
pub(super) struct Made {
    pub id: DecisionId,
    pub at: Timestamp,
    pub person: PersonId,
    /// Absent where it can't be read.
    pub record: Option<Record>,
    /// Absent where the ledger has other events now.
    pub history: Option<History>,
}

impl Made {
    /// Reads a row that begins with id, time, record and person.
    pub async fn load(conn: &mut Conn, row: &Row) -> Result<Self, Fault> {
        let record: Option<Record> = serde_json::from_str(&row.text(2)?).ok();
        let mut made = Self {
            id: DecisionId(row.int(0)?),
            at: moment(row.int(1)?)?,
            person: PersonId(row.int(3)?),
            record: None,
            history: None,
        };
        let Some(record) = record else { return Ok(made) };
        let facts = &record.facts;
        let events =
            load_events(conn, facts.person, Some(facts.phone.number), &record.kin, record.upto).await?;
        let history = History::new(events, record.holds.clone(), record.consents.clone());
        let whole =
            history.events().len() == record.events && events_hash(history.events()) == record.events_hash;
        made.history = whole.then_some(history);
        made.record = Some(record);
        Ok(made)
    }

    fn again(&self, record: &Record, rules: &RulesInForce) -> Same {
        let Some(history) = &self.history else { return Same::EventsDiffer };
        let first = &record.decision;
        let second = decide(&rules.preset, &rules.calendars, &record.facts, history, first.at);
        if json(&second) == json(first) {
            return Same::Yes;
        }
        let with_first_data = Decision { zone_data: first.zone_data.clone(), ..second };
        if json(&with_first_data) == json(first) { Same::OtherZoneData } else { Same::No }
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

const RECORDS: &str = "SELECT id, at, record, person_id FROM decision WHERE id > $1 AND at >= $2 AND at < $3 \
    ORDER BY id LIMIT $4";
