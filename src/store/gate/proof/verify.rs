//! Proof: the chains of decisions are whole, row by row, and so are the texts of the rules behind them.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::super::record::{CHAINS, Record, RulesInForce, link};
use crate::domain::{DecisionId, PersonId};
use crate::store::engine::conn::{Conn, Fault, Row, moment, values};
use crate::store::{Store, StoreError};

/// What a walk along one chain found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Verified {
    pub chain: i64,
    /// Records looked at.
    pub records: i64,
    /// The places that do not fit, by sequence; empty: the chain is whole. At most [`BROKEN`] are kept.
    pub broken: Vec<Broken>,
}

/// Places kept of one chain.
pub const BROKEN: usize = 100;

/// A place of a chain that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Broken {
    pub seq: i64,
    /// Absent where there is no such row.
    pub decision: Option<DecisionId>,
    pub person: Option<PersonId>,
    pub at: Option<Timestamp>,
    pub wrong: Wrong,
}

/// What does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wrong {
    /// The record is not what its hash was made of.
    Record,
    /// It does not name the hash of the record before it.
    Link,
    /// Records are gone before this one, or this one is gone.
    Missing,
    /// A column of the row says otherwise than the record.
    Columns,
    /// The head of the chain says otherwise than its last record.
    Head,
}

impl Wrong {
    /// The code in files.
    pub fn code(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Link => "link",
            Self::Missing => "missing",
            Self::Columns => "columns",
            Self::Head => "head",
        }
    }
}

/// Records read at once.
const PAGE: i64 = 500;

impl Store {
    /// Walks every chain from its beginning; `told` is given the number of records after each step.
    ///
    /// # Errors
    /// When the database fails. A broken chain is a value.
    pub async fn verify_decisions(&self, mut told: impl FnMut(u64)) -> Result<Vec<Verified>, StoreError> {
        let mut all = Vec::new();
        for chain in 0..CHAINS {
            let walked = self.verify_chain(chain, &mut told).await;
            all.push(walked.map_err(|source| StoreError::Verify { chain, source })?);
        }
        Ok(all)
    }

    /// Walks the chains that hold decisions about these persons; a record that is gone can't say whose it was.
    ///
    /// # Errors
    /// When the database fails. A broken chain is a value.
    pub async fn verify_decisions_of(&self, persons: &[PersonId]) -> Result<Vec<Verified>, StoreError> {
        let chains: BTreeSet<_> = persons.iter().map(|person| person.0.rem_euclid(CHAINS)).collect();
        let mut all = Vec::new();
        for chain in chains {
            let walked = self.verify_chain(chain, &mut |_| ()).await;
            all.push(walked.map_err(|source| StoreError::Verify { chain, source })?);
        }
        Ok(all)
    }

    /// The hashes of rule sets whose text is not the text of their hash, or whose name is not the one in the text.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn verify_rules(&self) -> Result<Vec<String>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let mut changed = Vec::new();
                for row in conn.all("SELECT hash, body, name FROM rule_set ORDER BY hash", Vec::new()).await?
                {
                    let (hash, name) = (row.text(0)?, row.text(2)?);
                    let read = RulesInForce::read(&hash, &row.text(1)?);
                    if read.is_none_or(|rules| rules.preset.name != name) {
                        changed.push(hash);
                    }
                }
                Ok(changed)
            })
        });
        read.await.map_err(|source| StoreError::Verify { chain: 0, source })
    }

    async fn verify_chain(&self, chain: i64, told: &mut impl FnMut(u64)) -> Result<Verified, Fault> {
        // The head first: what is appended meanwhile lies beyond it.
        let head = self.read(move |conn| Box::pin(async move { Head::load(conn, chain).await })).await?;
        let mut walk = Walk::new(chain);
        loop {
            let after = walk.seq;
            let values = values![chain, after, head.seq, PAGE];
            let rows =
                self.read(move |conn| Box::pin(async move { conn.all(RECORDS, values).await })).await?;
            for row in &rows {
                walk.take(row)?;
            }
            told(rows.len() as u64);
            if rows.is_empty() {
                return Ok(walk.end(&head));
            }
        }
    }
}

struct Head {
    seq: i64,
    hash: String,
    at: i64,
    /// The last sequence there is.
    last: i64,
}

impl Head {
    async fn load(conn: &mut Conn, chain: i64) -> Result<Self, Fault> {
        let row = conn.one(HEAD, values![chain]).await?;
        Ok(Self { seq: row.int(0)?, hash: row.text(1)?, at: row.int(2)?, last: row.int(3)? })
    }
}

/// A walk along one chain: how far it has come.
struct Walk {
    found: Verified,
    seq: i64,
    hash: String,
    /// The latest time so far.
    at: i64,
}

impl Walk {
    fn new(chain: i64) -> Self {
        let found = Verified { chain, records: 0, broken: Vec::new() };
        Self { found, seq: 0, hash: String::new(), at: 0 }
    }

    fn take(&mut self, row: &Row) -> Result<(), Fault> {
        let (seq, text, previous, own) = (row.int(0)?, row.text(1)?, row.text(2)?, row.text(3)?);
        let record: Option<Record> = serde_json::from_str(&text).ok();
        let wrong = if seq != self.seq + 1 {
            Some(Wrong::Missing)
        } else if own != link(&previous, self.found.chain, seq, &text) {
            Some(Wrong::Record)
        } else if previous != self.hash {
            Some(Wrong::Link)
        } else if !columns_fit(row, record.as_ref())? {
            Some(Wrong::Columns)
        } else {
            None
        };
        let at = record.map_or(row.int(5)?, |record| record.decision.at.as_microsecond());
        if let Some(wrong) = wrong {
            let (decision, person) = (Some(DecisionId(row.int(4)?)), Some(PersonId(row.int(6)?)));
            self.note(Broken { seq, decision, person, at: moment(at).ok(), wrong });
        }
        self.at = self.at.max(at);
        self.found.records += 1;
        (self.seq, self.hash) = (seq, own);
        Ok(())
    }

    fn end(mut self, head: &Head) -> Verified {
        let gone =
            Broken { seq: self.seq + 1, decision: None, person: None, at: None, wrong: Wrong::Missing };
        if self.seq < head.seq {
            self.note(gone);
        // A head has the latest time of its chain.
        } else if self.hash != head.hash || self.at != head.at || head.last != head.seq {
            self.note(Broken { seq: head.seq, wrong: Wrong::Head, ..gone });
        }
        self.found
    }

    fn note(&mut self, broken: Broken) {
        if self.found.broken.len() < BROKEN {
            self.found.broken.push(broken);
        }
    }
}

/// The columns that reports and searches read say what the record says.
fn columns_fit(row: &Row, kept: Option<&Record>) -> Result<bool, Fault> {
    let Some(kept) = kept else { return Ok(false) };
    let decision = &kept.decision;
    Ok(row.int(5)? == decision.at.as_microsecond()
        && row.int(6)? == kept.facts.person.0
        && row.int_opt(7)? == Some(kept.contact.0)
        && (row.int(8)? != 0) == decision.allow
        && row.text_opt(9)?.as_deref() == decision.deny.as_ref().map(|rule| rule.as_str())
        && row.int_opt(10)? == decision.next_allowed.map(Timestamp::as_microsecond)
        && row.text(11)? == kept.sameness())
}

const HEAD: &str = "SELECT c.seq, c.hash, c.at, COALESCE((SELECT MAX(d.seq) FROM decision d WHERE d.chain = c.id), 0) \
    FROM chain c WHERE c.id = $1";
const RECORDS: &str = "SELECT seq, record, prev_hash, hash, id, at, person_id, contact_id, allow, deny_rule, \
    next_allowed, basis FROM decision WHERE chain = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4";
