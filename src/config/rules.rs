//! `rules/*.toml`: presets and calendars, the built-in ones where there is no such folder; and `limits.toml` over them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::plan::RulesConfig;
use super::read::{Clause, Environment, Mistake, Place, Problems, Reading, Source};
use crate::campaign::CampaignPlan;
use crate::rules::limits::{Limited, Limits, LimitsError};
use crate::rules::preset::PresetError;
use crate::rules::shipped::{Caution, Looser, caution, looser_than_shipped};
use crate::rules::{Calendars, Presets};

/// The presets of a folder and the limits over them, to ask for any preset's rules.
#[derive(Debug)]
pub struct Lawbook {
    presets: Presets,
    limits: Limits,
}

impl Lawbook {
    /// Reads `rules/` and `limits.toml` of the folder `dir`.
    ///
    /// # Errors
    /// Every mistake of these files.
    pub fn read(dir: &Path, environment: &Environment) -> Result<Self, Problems> {
        let reading = Reading::new(dir, environment);
        let (presets, limits) = (presets(&reading), limits(&reading));
        reading.end_part()?;
        Ok(Self { presets, limits })
    }

    /// Takes the text of another limits file in the place of the folder's.
    ///
    /// # Errors
    /// When it is not such a file, or means a preset or a rule that nobody knows.
    pub fn replace_limits(&mut self, text: &str) -> Result<(), LimitsError> {
        let limits = Limits::read(text)?;
        match limits.strangers(&self.presets).into_iter().next() {
            Some(stranger) => Err(stranger),
            None => {
                self.limits = limits;
                Ok(())
            }
        }
    }

    /// The rules of a preset, with the limits over it.
    ///
    /// # Errors
    /// Every reason to refuse the limits, or that there is no such preset.
    pub fn rules(&self, preset: &str, now: Timestamp) -> Result<Limited, Vec<LimitsError>> {
        let mut limited = self.limits.over(&self.presets, preset, now)?;
        limited.preset.caution = caution(&limited.preset);
        Ok(limited)
    }

    pub fn calendars(&self) -> &Calendars {
        self.presets.calendars()
    }
}

/// The presets there are.
pub fn presets(reading: &Reading<'_>) -> Presets {
    if !reading.resolve("rules").is_dir() {
        return Presets::shipped();
    }
    let (mut presets, mut sources) = (Presets::default(), Vec::new());
    for path in reading.list("rules", &["toml"]) {
        let Some(source) = reading.source(&path) else { continue };
        if let Err(fault) = presets.add(&source.text) {
            let line = match &fault {
                PresetError::Read { source: toml } => toml.span().map(|span| source.line_of(span.start)),
                _ => None,
            };
            let said = match &fault {
                PresetError::Read { source } => source.message().trim().to_owned(),
                _ => fault.to_string(),
            };
            reading.note(Place::File { path, line }, String::new(), Mistake::Foreign { code: "rules", said });
        }
        sources.push(source);
    }
    for looser in looser_than_shipped(&presets) {
        let (section, name, what) = match looser {
            Looser::Rule { preset, rule } => ("preset", preset, rule.to_string()),
            Looser::Notice { preset, notice } => ("preset", preset, format!("notices, {}", notice.code())),
            Looser::Calendar { calendar, days } => ("calendar", calendar, days.to_string()),
        };
        let place = place_of(&sources, section, &name, &what);
        reading.note(place, format!("{section}.{name}"), Mistake::Looser { what, name });
    }
    presets
}

/// The line of `what` in the section `name`, or else the section's own.
fn place_of(sources: &[Source], section: &str, name: &str, what: &str) -> Place {
    let heads = [format!("[{section}.{name}]"), format!("[{section}.\"{name}\"]")];
    let found = sources.iter().find_map(|source| {
        let head = heads.iter().find_map(|head| source.text.find(head.as_str()))?;
        let key = what.split(',').next().unwrap_or(what);
        let own = &source.text[head..];
        let end = own.find("\n[").unwrap_or(own.len());
        let within = own[..end].find(key).unwrap_or(0);
        Some(Place::File { path: source.path.clone(), line: Some(source.line_of(head + within)) })
    });
    found.unwrap_or_else(|| Place::File { path: "rules".to_owned(), line: None })
}

/// Flattens what the campaigns go by, with the supervisor's limits over it; a refusal is noted once a preset.
pub fn flatten(reading: &Reading<'_>, presets: &Presets, campaigns: &[Arc<CampaignPlan>]) -> RulesConfig {
    let limits = limits(reading);
    let (mut flat, mut overrides) = (BTreeMap::new(), BTreeMap::new());
    for stranger in limits.strangers(presets) {
        reading.note_file(LIMITS, Mistake::Foreign { code: "limits", said: stranger.to_string() });
    }
    for plan in campaigns {
        if flat.contains_key(&plan.preset) {
            continue;
        }
        // Without a clock here no override counts as expired; the engine lets each end by itself.
        match limits.over(presets, &plan.preset, Timestamp::MIN) {
            Ok(mut limited) => {
                limited.preset.caution = caution(&limited.preset);
                if limited.preset.caution == Some(Caution::Own) {
                    let place = Place::File { path: format!("campaigns/{}.toml", plan.name), line: None };
                    reading.note(place, format!("campaign.{}.preset", plan.name), OUTSIDE_THE_LAW);
                }
                flat.insert(plan.preset.clone(), Arc::new(limited.preset));
                overrides.insert(plan.preset.clone(), limited.overrides);
            }
            Err(refused) => {
                for fault in refused {
                    let said = fault.to_string();
                    reading.note_file(LIMITS, Mistake::Foreign { code: "limits", said });
                }
            }
        }
    }
    RulesConfig { presets: flat, overrides, calendars: Arc::new(presets.calendars().clone()) }
}

/// A preset that is looser than every law would switch the law off in two lines.
const OUTSIDE_THE_LAW: Mistake = Mistake::Contradiction(Clause {
    en: "looser than the law of every market that is shipped: name a shipped preset, or extend one and tighten it",
    ru: "мягче закона любого из поставленных рынков: назовите поставленный набор или расширьте его и ужесточите",
});

const LIMITS: &str = "limits.toml";

/// The file may be missing: no limits beside the presets'.
fn limits(reading: &Reading<'_>) -> Limits {
    if !reading.resolve(LIMITS).exists() {
        return Limits::default();
    }
    let Some(source) = reading.source(LIMITS) else { return Limits::default() };
    Limits::read(&source.text).unwrap_or_else(|fault| {
        let (line, said) = match &fault {
            LimitsError::Read { source: toml } => {
                (toml.span().map(|span| source.line_of(span.start)), toml.message().trim().to_owned())
            }
            other => (None, other.to_string()),
        };
        let place = Place::File { path: LIMITS.to_owned(), line };
        reading.note(place, String::new(), Mistake::Foreign { code: "limits", said });
        Limits::default()
    })
}
