//! Decision records: what was asked, by which rules, on what history, and the verdict of every rule, in a chain.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::{ContactId, DecisionId, PersonId};
use crate::rules::{Calendars, Caution, Consent, Decision, Event, Facts, Hold, Preset};
use crate::store::engine::conn::{Conn, Fault, moment, values};
use crate::store::engine::dialect;
use crate::store::gate::history::{Kin, Loaded};
use crate::store::gate::proof::{Sealed, seal};

/// Chains there are; a person's decisions stand in one of them. More than one, so that nodes seldom wait.
pub(super) const CHAINS: i64 = 8;

/// A preset and the calendars, with the hash they are known by. Made once a reload.
#[derive(Debug, Clone)]
pub struct RulesInForce {
    pub preset: Arc<Preset>,
    pub calendars: Arc<Calendars>,
    /// SHA-256 of both as JSON, hex.
    pub hash: Arc<str>,
    /// Both as JSON: what the hash is of, and what a replay needs.
    pub(super) body: Arc<str>,
}

impl RulesInForce {
    pub fn new(preset: Arc<Preset>, calendars: Arc<Calendars>) -> Self {
        let body = serde_json::json!({ "preset": &*preset, "calendars": &*calendars }).to_string();
        let hash = sha256(&[&body]);
        Self { preset, calendars, hash: hash.into(), body: body.into() }
    }

    /// Preset and calendars as JSON, as they are kept.
    pub fn text(&self) -> &str {
        &self.body
    }

    /// The rules whose text was kept beside the decisions made by them; absent when it is not the text of that hash.
    pub(super) fn read(hash: &str, body: &str) -> Option<Self> {
        if sha256(&[body]) != hash {
            return None;
        }
        let KeptRules { preset, calendars } = serde_json::from_str(body).ok()?;
        Some(Self {
            preset: Arc::new(preset),
            calendars: Arc::new(calendars),
            hash: hash.into(),
            body: body.into(),
        })
    }
}

#[derive(Deserialize)]
struct KeptRules {
    preset: Preset,
    calendars: Calendars,
}

/// Everything a decision rested on, as the record keeps it.
#[derive(Debug, Serialize)]
pub(super) struct Basis<'a> {
    pub node: &'a str,
    pub contact: ContactId,
    pub rules: &'a str,
    pub config: &'a str,
    pub facts: &'a Facts,
    /// The ledger was read up to this event.
    pub upto: i64,
    pub events: usize,
    /// SHA-256 of the events that were read.
    pub events_hash: String,
    pub holds: &'a [Hold],
    pub consents: &'a [Consent],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub kin: &'a [Kin],
    /// What the rules were warned of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caution: Option<Caution>,
    pub decision: &'a Decision,
}

impl<'a> Basis<'a> {
    /// The evidence as the record keeps it.
    pub fn of(loaded: &'a Loaded, facts: &'a Facts, decision: &'a Decision, by: Author<'a>) -> Self {
        let events = loaded.history.events();
        Self {
            node: by.node,
            contact: by.contact,
            rules: by.rules,
            config: by.config,
            facts,
            upto: loaded.upto,
            events: events.len(),
            events_hash: events_hash(events),
            holds: loaded.history.holds(),
            consents: loaded.history.consents(),
            kin: &loaded.kin,
            caution: by.caution,
            decision,
        }
    }

    fn sameness(&self) -> String {
        let of = Sameness {
            contact: self.contact,
            rules: self.rules,
            facts: self.facts,
            upto: self.upto,
            holds: self.holds,
            consents: self.consents,
            kin: self.kin,
        };
        of.with(self.decision)
    }
}

/// A record as it is read back.
#[derive(Debug, Deserialize)]
pub(super) struct Record {
    pub contact: ContactId,
    pub rules: String,
    pub config: String,
    pub facts: Facts,
    pub upto: i64,
    pub events: usize,
    pub events_hash: String,
    pub holds: Vec<Hold>,
    pub consents: Vec<Consent>,
    #[serde(default)]
    pub kin: Vec<Kin>,
    pub decision: Decision,
}

impl Record {
    /// What the row's `basis` must be.
    pub fn sameness(&self) -> String {
        let of = Sameness {
            contact: self.contact,
            rules: &self.rules,
            facts: &self.facts,
            upto: self.upto,
            holds: &self.holds,
            consents: &self.consents,
            kin: &self.kin,
        };
        of.with(&self.decision)
    }
}

/// What must be the same for a denial to be the same denial, beside its rules and its release.
#[derive(Serialize)]
struct Sameness<'a> {
    contact: ContactId,
    rules: &'a str,
    facts: &'a Facts,
    upto: i64,
    holds: &'a [Hold],
    consents: &'a [Consent],
    kin: &'a [Kin],
}

impl Sameness<'_> {
    fn with(&self, decision: &Decision) -> String {
        let denials: Vec<_> = decision.verdicts.iter().filter(|v| !v.pass).map(|v| &v.rule).collect();
        sha256(&[&json(&(self, denials, decision.next_allowed))])[..16].to_owned()
    }
}

/// Who asked, and by which rules and configuration.
#[derive(Debug, Clone, Copy)]
pub(super) struct Author<'a> {
    pub node: &'a str,
    pub contact: ContactId,
    pub rules: &'a str,
    pub config: &'a str,
    pub caution: Option<Caution>,
}

/// SHA-256 of events as JSON; empty where there are none.
pub(super) fn events_hash(events: &[Event]) -> String {
    if events.is_empty() { String::new() } else { sha256(&[&json(&events)]) }
}

/// A chain's head, held until the transaction ends.
#[derive(Debug)]
pub(super) struct Head {
    chain: i64,
    seq: i64,
    hash: String,
    /// The last time any chain has seen.
    pub at: Timestamp,
    /// The last time this one has.
    own_at: Timestamp,
}

/// Takes the chain of `person`.
pub(super) async fn take_head(conn: &mut Conn, person: PersonId) -> Result<Head, Fault> {
    let chain = person.0.rem_euclid(CHAINS);
    let sql = dialect::chain_head(conn);
    let row = conn.one(sql, values![chain]).await?;
    let (at, own_at) = (moment(row.int(2)?)?, moment(row.int(3)?)?);
    Ok(Head { chain, seq: row.int(0)?, hash: row.text(1)?, at, own_at })
}

/// Appends the record to its chain. A denial that repeats the contact's last one is counted beside it instead.
pub(super) async fn append(conn: &mut Conn, head: Head, basis: &Basis<'_>) -> Result<DecisionId, Fault> {
    let (decision, person) = (basis.decision, basis.facts.person);
    let sameness = basis.sameness();
    if !decision.allow
        && let Some(last) = conn.first(LAST, values![person, basis.contact]).await?
        && last.text(1)? == sameness
    {
        let id = DecisionId(last.int(0)?);
        conn.run(REPEAT, values![id, decision.at]).await?;
        seal(conn, (Sealed::DenialRepeat, id.0), person, decision.at).await?;
        return Ok(id);
    }
    let record = json(basis);
    let (seq, at) = (head.seq + 1, decision.at.max(head.own_at));
    let hash = link(&head.hash, head.chain, seq, &record);
    conn.run(
        "UPDATE chain SET seq = $2, hash = $3, at = $4 WHERE id = $1",
        values![head.chain, seq, &hash, at],
    )
    .await?;
    let row = conn.one(
        INSERT,
        values![
            head.chain,
            seq,
            decision.at,
            person,
            basis.contact,
            decision.allow,
            decision.deny.as_ref().map(|rule| rule.as_str()),
            decision.next_allowed,
            sameness,
            record,
            head.hash,
            hash,
        ],
    );
    Ok(DecisionId(row.await?.int(0)?))
}

const LAST: &str =
    "SELECT id, basis FROM decision WHERE person_id = $1 AND contact_id = $2 ORDER BY id DESC LIMIT 1";
const REPEAT: &str = "INSERT INTO denial_repeat (decision_id, times, last_at) VALUES ($1, 1, $2) \
    ON CONFLICT (decision_id) DO UPDATE SET times = denial_repeat.times + 1, last_at = excluded.last_at";
const INSERT: &str = "INSERT INTO decision (chain, seq, at, person_id, contact_id, allow, deny_rule, next_allowed, \
    basis, record, prev_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id";

/// The hash of a record at its place in the chain.
pub(super) fn link(previous: &str, chain: i64, seq: i64, record: &str) -> String {
    sha256(&[previous, &chain.to_string(), &seq.to_string(), record])
}

/// SHA-256 of the parts, each with its length before it, in hex.
pub(super) fn sha256(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hex::encode(hasher.finalize())
}

pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("codes, numbers and text")
}
