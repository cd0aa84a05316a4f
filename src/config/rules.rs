//! `rules/*.toml`: presets and calendars; the built-in ones where there is no such folder.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::plan::RulesConfig;
use super::read::{Mistake, Place, Reading};
use crate::campaign::CampaignPlan;
use crate::rules::Presets;
use crate::rules::preset::PresetError;

/// The presets there are.
pub fn presets(reading: &Reading<'_>) -> Presets {
    if !reading.resolve("rules").is_dir() {
        return Presets::shipped();
    }
    let mut presets = Presets::default();
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
    }
    presets
}

/// Flattens what the campaigns go by; a preset that can't be is noted once.
pub fn flatten(reading: &Reading<'_>, presets: &Presets, campaigns: &[Arc<CampaignPlan>]) -> RulesConfig {
    let mut flat = BTreeMap::new();
    for plan in campaigns {
        if flat.contains_key(&plan.preset) {
            continue;
        }
        match presets.flatten(&plan.preset) {
            Ok(preset) => {
                flat.insert(plan.preset.clone(), Arc::new(preset));
            }
            Err(fault) => {
                reading.note_file("rules", Mistake::Foreign { code: "rules", said: fault.to_string() });
            }
        }
    }
    RulesConfig { presets: flat, calendars: Arc::new(presets.calendars().clone()) }
}
