//! All that the file of a complaint is made of, read together.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::super::words::{broken_line, broken_row_line};
use super::archive::checksum;
use crate::config::Config;
use crate::daemon::recording_path;
use crate::domain::{AttemptId, DecisionId, PersonId};
use crate::rules::{RuleKind, ZoneSet};
use crate::store::{
    Access, AttemptRow, BesideRow, BrokenRow, ConsentRow, DeedRow, HoldRow, KinRow, LedgerRow, LinkRow,
    PaymentRow, PersonFile, PromiseRow, RowName, RulesInForce, Sharer, Store, Traced, TypeChangeRow,
    Verified,
};

/// A person's whole file.
pub struct Dossier {
    pub made_at: Timestamp,
    pub file: PersonFile,
    /// The oldest first.
    pub decisions: Vec<Traced>,
    /// The rules they were made by, by hash; a hash is missing where the text is not kept or was changed.
    pub rules: BTreeMap<String, RulesInForce>,
    /// The oldest first.
    pub attempts: Vec<AttemptRow>,
    pub ledger: Vec<LedgerRow>,
    pub holds: Vec<HoldRow>,
    pub consents: Vec<ConsentRow>,
    /// Other ids of the lists whose rows are in this file, and how that was found out.
    pub kin: Vec<KinRow>,
    pub links: Vec<LinkRow>,
    /// Other ids of the lists that have a number of his and are not taken for him.
    pub sharers: Vec<Sharer>,
    /// What was done for others on his numbers, as far back as a rule of his decisions counts.
    pub beside: Vec<BesideRow>,
    /// What was kept and is not the text of its hash any more, by name: nothing can be shown by it.
    pub changed: Vec<String>,
    /// What of the record does not stand as it was written, in the chains that hold his rows.
    pub damage: Damage,
    pub promises: Vec<PromiseRow>,
    pub payments: Vec<PaymentRow>,
    /// How his type changed.
    pub types: Vec<TypeChangeRow>,
    /// What was done by hand to holds, consents and preferences.
    pub deeds: Vec<DeedRow>,
    pub accesses: Vec<Access>,
    /// Texts of the configuration's versions that stand in attempts.
    pub texts: BTreeMap<String, Vec<(String, String)>>,
    pub recordings: Vec<Recording>,
}

/// What of the record does not stand.
#[derive(Debug, Serialize)]
pub struct Damage {
    pub decisions: Vec<Verified>,
    pub rows: Vec<BrokenRow>,
}

impl Damage {
    async fn find(store: &Store, persons: &[PersonId]) -> anyhow::Result<Self> {
        let decisions = store.verify_decisions_of(persons).await?;
        Ok(Self { decisions, rows: store.verify_rows_of(persons).await?.broken })
    }

    /// Everything stands as it was written.
    pub fn is_none(&self) -> bool {
        self.rows.is_empty() && self.decisions.iter().all(|chain| chain.broken.is_empty())
    }

    /// What does not, a line each.
    pub fn lines(&self, ru: bool) -> Vec<String> {
        let decisions = self.decisions.iter();
        let decisions = decisions
            .flat_map(|chain| chain.broken.iter().map(move |broken| broken_line(chain.chain, broken, ru)));
        decisions.chain(self.rows.iter().map(|broken| broken_row_line(broken, ru))).collect()
    }

    /// The row of the table stands, as far as it was found out.
    pub fn spares(&self, table: &str, id: i64) -> bool {
        let is_it = |row: &RowName| row.table == table && row.id == id;
        !self.rows.iter().any(|broken| broken.row.as_ref().is_some_and(is_it))
    }

    /// The decision does.
    pub fn spares_decision(&self, id: DecisionId) -> bool {
        let mut broken = self.decisions.iter().flat_map(|chain| &chain.broken);
        self.spares("decision", id.0) && !broken.any(|broken| broken.decision == Some(id))
    }
}

/// A recording that is kept.
#[derive(Debug, Serialize)]
pub struct Recording {
    pub attempt: AttemptId,
    /// Its path in the data folder.
    pub file: String,
    pub bytes: usize,
    pub sha256: String,
}

impl Dossier {
    /// Reads it.
    ///
    /// # Errors
    /// When the store or a recording can't be read.
    pub async fn gather(
        store: &Store,
        config: &Config,
        file: PersonFile,
        made_at: Timestamp,
    ) -> anyhow::Result<Self> {
        let kin = store.kin(file.id).await?;
        let mut rows = Rows::default();
        rows.take(store, file.id, None).await?;
        for other in &kin {
            rows.take(store, other.person, Some(other)).await?;
        }
        let Rows { decisions, attempts, ledger, holds, consents, links, promises, payments, deeds } =
            rows.in_order();
        let mut rules = BTreeMap::new();
        for said in decisions.iter().filter_map(|traced| traced.said.as_ref()) {
            if !rules.contains_key(&said.rules)
                && let Some(found) = store.rules_of(&said.rules).await?
            {
                rules.insert(said.rules.clone(), found);
            }
        }
        let lost = store.verify_rules().await?.into_iter();
        let ours = |hash: &String| {
            decisions.iter().any(|traced| traced.said.as_ref().is_some_and(|said| said.rules == *hash))
        };
        let mut changed: Vec<_> = lost.filter(ours).map(|hash| format!("rules/{hash}.json")).collect();
        let mut texts = BTreeMap::new();
        for attempt in &attempts {
            let version = &attempt.config_version;
            if !texts.contains_key(version) {
                texts.insert(version.clone(), store.kept_texts(version).await?);
                let files = store.changed_texts(version).await?.into_iter();
                changed.extend(files.map(|file| format!("config/{version}/{file}")));
            }
        }
        let since = counted_since(&decisions, &rules, made_at);
        let (mut sharers, mut beside) = (Vec::new(), Vec::new());
        for id in [file.id].into_iter().chain(kin.iter().map(|kin| kin.person)) {
            sharers.extend(store.sharers(id).await?);
            beside.extend(store.beside_rows(id, since).await?);
        }
        let his = |id: &str| id == file.external_id || kin.iter().any(|kin| kin.external_id == id);
        sharers.retain(|sharer| !his(&sharer.person));
        sharers.sort();
        sharers.dedup();
        beside.retain(|row| !his(&row.person));
        beside.sort_by_key(|row| row.id);
        beside.dedup_by_key(|row| row.id);
        let persons: Vec<_> = [file.id].into_iter().chain(kin.iter().map(|kin| kin.person)).collect();
        let damage = Damage::find(store, &persons).await?;
        let recordings = recordings(&config.daemon.data_dir, &attempts)?;
        Ok(Self {
            made_at,
            decisions,
            rules,
            attempts,
            ledger,
            holds,
            consents,
            kin,
            links,
            sharers,
            beside,
            changed,
            damage,
            promises,
            payments,
            deeds,
            types: store.type_changes(file.id).await?,
            accesses: store.accesses(file.id).await?,
            texts,
            recordings,
            file,
        })
    }

    /// Where the person may be, as the last decision had it.
    pub fn zones(&self) -> ZoneSet {
        let said = self.decisions.iter().rev().find_map(|traced| traced.said.as_ref());
        said.map_or_else(|| ZoneSet::resolve(["UTC"], "none"), |said| said.facts.zones.clone())
    }

    /// The text of an attempt's flow, if it is kept.
    pub fn flow_text(&self, attempt: &AttemptRow) -> Option<&str> {
        let texts = self.texts.get(&attempt.config_version)?;
        let mut flows = texts.iter().filter(|(file, _)| file.starts_with("flows/"));
        let is_it = |text: &str| {
            crate::ivr::read(text)
                .is_ok_and(|flow| format!("{}@{}", flow.flow, flow.version) == attempt.flow_version)
        };
        flows.find(|(_, text)| is_it(text)).map(|(_, text)| text.as_str())
    }
}

/// As far back as a rule of the first decision could count: by the longest window of all.
fn counted_since(
    decisions: &[Traced],
    rules: &BTreeMap<String, RulesInForce>,
    made_at: Timestamp,
) -> Timestamp {
    let first = decisions.iter().filter_map(|traced| Some(traced.said.as_ref()?.decision.at)).min();
    let kinds = rules.values().flat_map(|rules| &rules.preset.rules).map(|rule| &rule.kind);
    let longest = kinds.filter_map(|kind| match kind {
        RuleKind::Cap { count: counted, .. }
        | RuleKind::ChannelLock { trigger: counted }
        | RuleKind::Cooldown { trigger: counted, .. } => Some(counted.window.longest()),
        _ => None,
    });
    // Without rules that count, a month, as far back as people ask.
    let longest = longest.max().unwrap_or(SignedDuration::from_hours(31 * 24));
    first.unwrap_or(made_at).checked_sub(longest).unwrap_or(Timestamp::MIN)
}

/// What several ids of one person left, before it is laid out.
#[derive(Default)]
struct Rows {
    decisions: Vec<Traced>,
    attempts: Vec<AttemptRow>,
    ledger: Vec<LedgerRow>,
    holds: Vec<HoldRow>,
    consents: Vec<ConsentRow>,
    links: Vec<LinkRow>,
    promises: Vec<PromiseRow>,
    payments: Vec<PaymentRow>,
    deeds: Vec<DeedRow>,
}

impl Rows {
    /// Takes the rows of one id; of another id than the file's own what counts for it.
    async fn take(&mut self, store: &Store, person: PersonId, kin: Option<&KinRow>) -> anyhow::Result<()> {
        let counts = |at: Timestamp| kin.is_none_or(|kin| kin.counts(at));
        let mut after = DecisionId(0);
        loop {
            let page = store.trace_person(person, after).await?;
            let Some(last) = page.last() else { break };
            after = last.id;
            let made_at = |traced: &Traced| traced.said.as_ref().map(|said| said.decision.at);
            self.decisions.extend(page.into_iter().filter(|traced| made_at(traced).is_none_or(counts)));
        }
        let upto = kin.and_then(|kin| kin.upto).map_or(i64::MAX, |(last, _)| last);
        let attempts = store.attempts_of(person).await?.into_iter();
        self.attempts.extend(attempts.filter(|attempt| counts(attempt.reserved_at)));
        self.ledger.extend(store.ledger_rows(person).await?.into_iter().filter(|row| row.id <= upto));
        let holds = store.holds(person).await?.into_iter();
        self.holds.extend(holds.filter(|hold| hold.from.is_none_or(counts)));
        self.consents.extend(store.consents(person).await?);
        self.links.extend(store.person_links(person).await?);
        let promises = store.promises_of(person).await?.into_iter();
        self.promises.extend(promises.filter(|promise| counts(promise.made_at)));
        let payments = store.payments_of(person).await?.into_iter();
        self.payments.extend(payments.filter(|payment| counts(payment.received_at)));
        self.deeds.extend(store.deeds(person).await?.into_iter().filter(|deed| counts(deed.at)));
        Ok(())
    }

    /// By time, each once.
    fn in_order(mut self) -> Self {
        self.decisions.sort_by_key(|traced| traced.id);
        self.attempts.sort_by_key(|attempt| attempt.id);
        self.ledger.sort_by_key(|row| row.id);
        self.holds.sort_by_key(|hold| hold.id);
        self.holds.dedup_by_key(|hold| hold.id);
        self.consents.sort_by_key(|consent| consent.id);
        self.links.sort_by(|one, other| {
            (one.at, &one.person, &one.other, &one.act).cmp(&(
                other.at,
                &other.person,
                &other.other,
                &other.act,
            ))
        });
        self.links.dedup();
        self.promises.sort_by_key(|promise| promise.made_at);
        self.payments.sort_by_key(|payment| payment.received_at);
        self.deeds.sort_by_key(|deed| deed.at);
        self
    }
}

/// A recording lies in the folder of the day its call began.
fn recordings(data: &Path, attempts: &[AttemptRow]) -> anyhow::Result<Vec<Recording>> {
    let mut found = Vec::new();
    for attempt in attempts {
        let begun = [attempt.stamps.invite, Some(attempt.reserved_at)].into_iter().flatten();
        let mut paths = begun.map(|at| recording_path(data, at, attempt.id));
        let Some(path) = paths.find(|path| path.is_file()) else { continue };
        let bytes = std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        found.push(Recording {
            attempt: attempt.id,
            file: path.strip_prefix(data).unwrap_or(&path).display().to_string(),
            bytes: bytes.len(),
            sha256: checksum(&bytes),
        });
    }
    Ok(found)
}
