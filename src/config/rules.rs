//! `rules/*.toml`: presets and calendars, the built-in ones where there is no such folder; and `limits.toml` over them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::load::Listed;
use super::plan::RulesConfig;
use super::read::{Clause, Environment, Mistake, Place, Problems, Reading, Source};
use crate::rules::limits::{Limited, Limits, LimitsError, Slip};
use crate::rules::preset::{PresetError, shape_in_russian};
use crate::rules::shipped::{Caution, Looser, caution, looser_than_shipped};
use crate::rules::spot::Spot;
use crate::rules::{Calendars, Preset, Presets};

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
    pub fn replace_limits(&mut self, text: &str) -> Result<(), Vec<Slip>> {
        let limits = Limits::read(text)?;
        let strangers = limits.strangers(&self.presets);
        if strangers.is_empty() {
            self.limits = limits;
            Ok(())
        } else {
            Err(strangers)
        }
    }

    /// The rules of a preset, with the limits over it.
    ///
    /// # Errors
    /// Every reason to refuse the limits, or that there is no such preset.
    pub fn rules(&self, preset: &str, now: Timestamp) -> Result<Limited, Vec<Slip>> {
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
            note_preset(reading, &source, &fault);
        }
        sources.push(source);
    }
    for (spot, fault) in presets.mistakes() {
        // The first two steps name the preset, which stands in one file.
        let path = sources.iter().find(|source| source.has(&spot.0[..2])).map(|source| source.path.as_str());
        let mistake = Mistake::Foreign { code: "rules", en: fault.to_string(), ru: fault.russian() };
        reading.note_spot(path.unwrap_or("rules"), "", &spot, mistake);
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

/// Notes why a file of presets could not be taken.
fn note_preset(reading: &Reading<'_>, source: &Source, fault: &PresetError) {
    let foreign = || Mistake::Foreign { code: "rules", en: fault.to_string(), ru: fault.russian() };
    let twice = |section: &str, name: &str| {
        let spot = Spot::default().then(section).then(name);
        reading.note_spot(&source.path, "", &spot, foreign());
    };
    match fault {
        PresetError::PresetTwice { name } => twice("preset", name),
        PresetError::CalendarTwice { name } => twice("calendar", name),
        PresetError::Read { source: toml } => note_toml(reading, source, toml, "rules"),
        _ => reading.note_file(&source.path, foreign()),
    }
}

/// Notes what a reader of TOML says of a file, with the line and the key it says it of.
fn note_toml(reading: &Reading<'_>, source: &Source, fault: &toml::de::Error, code: &'static str) {
    let at = fault.span().map(|span| span.start);
    let place = Place::File { path: source.path.clone(), line: at.map(|at| source.line_of(at)) };
    let key = at.map(|at| source.key_at(at)).unwrap_or_default();
    let said = fault.message().trim();
    reading.note(place, key, Mistake::Foreign { code, en: said.to_owned(), ru: shape_in_russian(said) });
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

/// Flattens what the campaigns go by, with the supervisor's limits over it; a refusal is noted once.
pub fn flatten(reading: &Reading<'_>, presets: &Presets, campaigns: &[Listed]) -> RulesConfig {
    let limits = limits(reading);
    let (mut flat, mut overrides) = (BTreeMap::new(), BTreeMap::new());
    let mut slips = limits.strangers(presets);
    let go_by = campaigns.iter().map(|listed| listed.plan.preset.as_str());
    let mut names: BTreeSet<&str> = go_by.clone().chain(limits.presets()).collect();
    // What can't be flattened by itself is noted in its own file.
    names.retain(|name| presets.flatten(name).is_ok());
    for name in names {
        // Without a clock here no override counts as expired; the engine lets each end by itself.
        match limits.over(presets, name, Timestamp::MIN) {
            Ok(mut limited) if go_by.clone().any(|known| known == name) => {
                limited.preset.caution = caution(&limited.preset);
                flat.insert(name.to_owned(), Arc::new(limited.preset));
                overrides.insert(name.to_owned(), limited.overrides);
            }
            Ok(_) => {}
            Err(refused) => slips.extend(refused),
        }
    }
    note_slips(reading, &slips);
    let mut told = BTreeSet::new();
    for Listed { path, plan } in campaigns {
        let caution = flat.get(&plan.preset).and_then(|preset: &Arc<Preset>| preset.caution);
        if caution == Some(Caution::Own) && told.insert(&plan.preset) {
            let key = format!("campaign.{}", plan.name);
            reading.note_spot(path, &key, &Spot::default().then("preset"), OUTSIDE_THE_LAW);
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
    if !reading.has(LIMITS) {
        return Limits::default();
    }
    let Some(source) = reading.source(LIMITS) else { return Limits::default() };
    let (limits, slips) = Limits::read_all(&source.text);
    for slip in &slips {
        match &slip.fault {
            LimitsError::Read { source: toml } => note_toml(reading, &source, toml, "limits"),
            _ => note_slips(reading, std::slice::from_ref(slip)),
        }
    }
    limits
}

/// Notes each slip once, though several presets may have it.
fn note_slips(reading: &Reading<'_>, slips: &[Slip]) {
    let mut told = Vec::new();
    for slip in slips {
        let said = slip.to_string();
        // One patch may loosen the same rule of several presets, one rule be wrong in each.
        let about = match &slip.fault {
            LimitsError::Loosens { rule, .. } => rule.to_string(),
            LimitsError::TakenId { rule, .. } => rule.clone(),
            LimitsError::Preset(PresetError::Rule { source, .. }) => source.to_string(),
            _ => said.clone(),
        };
        if !told.contains(&(slip.at.clone(), about.clone())) {
            told.push((slip.at.clone(), about));
            let mistake = Mistake::Foreign { code: "limits", en: said, ru: slip.fault.russian() };
            reading.note_spot(LIMITS, "", &slip.at, mistake);
        }
    }
}
