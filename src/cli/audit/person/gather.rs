//! All that the file of a complaint is made of, read together.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use jiff::Timestamp;
use serde::Serialize;

use super::archive::checksum;
use crate::config::Config;
use crate::daemon::recording_path;
use crate::domain::{AttemptId, DecisionId};
use crate::rules::{Consent, Hold, ZoneSet};
use crate::store::{Access, AttemptRow, LedgerRow, PersonFile, RulesInForce, Store, Traced};

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
    pub holds: Vec<Hold>,
    pub consents: Vec<Consent>,
    pub accesses: Vec<Access>,
    /// Texts of the configuration's versions that stand in attempts.
    pub texts: BTreeMap<String, Vec<(String, String)>>,
    pub recordings: Vec<Recording>,
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
        let person = file.id;
        let mut decisions = Vec::new();
        loop {
            let after = decisions.last().map_or(DecisionId(0), |last: &Traced| last.id);
            let page = store.trace_person(person, after).await?;
            if page.is_empty() {
                break;
            }
            decisions.extend(page);
        }
        let mut rules = BTreeMap::new();
        for said in decisions.iter().filter_map(|traced| traced.said.as_ref()) {
            if !rules.contains_key(&said.rules)
                && let Some(found) = store.rules_of(&said.rules).await?
            {
                rules.insert(said.rules.clone(), found);
            }
        }
        let attempts = store.attempts_of(person).await?;
        let mut texts = BTreeMap::new();
        for attempt in &attempts {
            let version = &attempt.config_version;
            if !texts.contains_key(version) {
                texts.insert(version.clone(), store.kept_texts(version).await?);
            }
        }
        let recordings = recordings(&config.daemon.data_dir, &attempts)?;
        let (holds, consents) = store.standing(person).await?;
        Ok(Self {
            made_at,
            decisions,
            rules,
            attempts,
            ledger: store.ledger_rows(person).await?,
            holds,
            consents,
            accesses: store.accesses(person).await?,
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
