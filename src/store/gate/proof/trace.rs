//! Decisions as they stand in the log, with all that is needed to say them in words or to make them otherwise.

use jiff::Timestamp;

use super::super::record::{Record, RulesInForce, link};
use super::replay::Made;
use crate::domain::{AttemptId, DecisionId, Language, PersonId};
use crate::rules::explain::{Explanation, Grounds, explain};
use crate::rules::{Decision, Facts, History, Override};
use crate::store::engine::conn::{Conn, Fault, Row, moment_opt, values};
use crate::store::{Period, Store, StoreError};

/// A decision in the log.
#[derive(Debug, Clone)]
pub struct Traced {
    pub id: DecisionId,
    pub chain: i64,
    pub seq: i64,
    /// Its place in the chain fits its record.
    pub fits: bool,
    /// The campaign it was asked for.
    pub campaign: String,
    /// The dial it allowed.
    pub attempt: Option<AttemptId>,
    /// The record as it was written: JSON.
    pub record: String,
    pub prev_hash: String,
    pub hash: String,
    /// How often it was given again while nothing had changed, and when last.
    pub repeated: u64,
    pub last_repeated: Option<Timestamp>,
    /// Absent where the record can't be read.
    pub said: Option<Said>,
}

/// What a record says.
#[derive(Debug, Clone)]
pub struct Said {
    pub facts: Facts,
    pub decision: Decision,
    /// Hash of the rules it was made by.
    pub rules: String,
    /// Version of the configuration.
    pub config: String,
    /// Absent where the ledger has other events now.
    pub history: Option<History>,
}

impl Said {
    /// The decision in words, by the rules it was made by.
    pub fn explain(&self, rules: &RulesInForce, language: Language) -> Explanation {
        let none = History::default();
        let grounds = Grounds {
            preset: &rules.preset,
            calendars: &rules.calendars,
            facts: &self.facts,
            history: self.history.as_ref().unwrap_or(&none),
        };
        explain(&self.decision, &grounds, language)
    }
}

/// The rules a campaign went by at some time.
#[derive(Debug, Clone)]
pub struct RulesThen {
    pub rules: RulesInForce,
    /// The approved exceptions from them.
    pub overrides: Vec<Override>,
    /// Version of the configuration.
    pub config: String,
    /// When the decision was made that tells it.
    pub decided_at: Timestamp,
}

/// Decisions read at once.
const PAGE: i64 = 200;

impl Store {
    /// The person's decisions after `after`, at most two hundred, the oldest first; empty at the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn trace_person(&self, person: PersonId, after: DecisionId) -> Result<Vec<Traced>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(OF_PERSON, values![after, PAGE, person]).await?;
                trace(conn, rows).await
            })
        });
        read.await.map_err(|source| StoreError::Replay { source })
    }

    /// What the campaign went by at `at`: the rules of the last decision made for it by then; absent where there is none,
    /// or the rules' text is not kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rules_at(&self, campaign: &str, at: Timestamp) -> Result<Option<RulesThen>, StoreError> {
        let values = values![campaign, at];
        let read = self.read(move |conn| {
            Box::pin(async move {
                let row = conn.first(LAST_FOR, values).await?;
                row.map(|row| row.text(0)).transpose()
            })
        });
        let text = read.await.map_err(|source| StoreError::Replay { source })?;
        let Some(record) = text.and_then(|text| serde_json::from_str::<Record>(&text).ok()) else {
            return Ok(None);
        };
        let rules = self.rules_of(&record.rules).await?;
        Ok(rules.map(|rules| RulesThen {
            rules,
            overrides: record.facts.overrides,
            config: record.config,
            decided_at: record.decision.at,
        }))
    }

    /// Everybody's decisions of a period after `after`, as `trace_person` gives them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn trace_period(&self, period: Period, after: DecisionId) -> Result<Vec<Traced>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(OF_PERIOD, values![after, PAGE, period.from, period.to]).await?;
                trace(conn, rows).await
            })
        });
        read.await.map_err(|source| StoreError::Replay { source })
    }
}

async fn trace(conn: &mut Conn, rows: Vec<Row>) -> Result<Vec<Traced>, Fault> {
    let mut all = Vec::with_capacity(rows.len());
    for row in &rows {
        let Made { id, record, history, .. } = Made::load(conn, row).await?;
        let (chain, seq, text) = (row.int(4)?, row.int(5)?, row.text(2)?);
        let (prev_hash, hash) = (row.text(6)?, row.text(7)?);
        all.push(Traced {
            id,
            chain,
            seq,
            fits: link(&prev_hash, chain, seq, &text) == hash,
            campaign: row.text_opt(8)?.unwrap_or_default(),
            attempt: row.int_opt(9)?.map(AttemptId),
            record: text,
            prev_hash,
            hash,
            repeated: row.int_opt(10)?.map_or(0, i64::unsigned_abs),
            last_repeated: moment_opt(row.int_opt(11)?)?,
            said: record.map(|record| Said {
                facts: record.facts,
                decision: record.decision,
                rules: record.rules,
                config: record.config,
                history,
            }),
        });
    }
    Ok(all)
}

macro_rules! decisions {
    ($where:literal) => {
        concat!(
            "SELECT d.id, d.at, d.record, d.person_id, d.chain, d.seq, d.prev_hash, d.hash, g.name, ",
            "(SELECT MIN(a.id) FROM attempt a WHERE a.person_id = d.person_id AND a.decision_id = d.id), ",
            "r.times, r.last_at FROM decision d LEFT JOIN contact c ON c.id = d.contact_id ",
            "LEFT JOIN campaign g ON g.id = c.campaign_id LEFT JOIN denial_repeat r ON r.decision_id = d.id ",
            $where,
            " ORDER BY d.id LIMIT $2"
        )
    };
}

const LAST_FOR: &str = "SELECT d.record FROM decision d JOIN contact c ON c.id = d.contact_id \
    JOIN campaign g ON g.id = c.campaign_id WHERE g.name = $1 AND d.at <= $2 ORDER BY d.at DESC, d.id DESC LIMIT 1";
const OF_PERSON: &str = decisions!("WHERE d.person_id = $3 AND d.id > $1");
const OF_PERIOD: &str = decisions!("WHERE d.id > $1 AND d.at >= $3 AND d.at < $4");
