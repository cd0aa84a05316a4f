//! Flattens a preset: core and parents first, then its own patches and rules.

use std::collections::{BTreeMap, BTreeSet};

use toml::Table;

use super::file::{Days, read_rule};
use super::{Preset, PresetError, PresetFile, Rule, WorkingWeekend};
use crate::domain::Notice;
use crate::rules::spot::Spot;

/// A rule as written, with what its patches changed, and the days it goes by.
#[derive(Clone)]
struct Draft {
    table: Table,
    days: Days,
}

/// Flattens `name`, whose parts are joined by `+`, from left to right; then `patches` and the rules `added`.
pub(super) fn flatten(
    presets: &BTreeMap<String, PresetFile>,
    name: &str,
    patches: &[Table],
    added: &[Table],
) -> Result<Preset, PresetError> {
    let (mut drafts, mut days) = (Vec::new(), Days::default());
    for part in name.split('+') {
        let (more, part_days) = self::drafts(presets, part, &mut Vec::new())?;
        drafts.extend(more);
        days = part_days;
    }
    patch(name, patches, &mut drafts)?;
    drafts.extend(added.iter().map(|table| Draft { table: table.clone(), days: days.clone() }));
    let mut rules: Vec<Rule> = Vec::new();
    for draft in drafts {
        let id = id_of(name, &draft.table)?;
        let rule = read_rule(draft.table, &draft.days).map_err(|source| {
            let preset = name.to_owned();
            PresetError::Rule { preset, rule: id, source }
        })?;
        // The same rule once. Two versions under one id both stay, so that composing never loosens.
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    let notices = name.split('+').flat_map(|part| notices(presets, part)).collect();
    Ok(Preset { name: name.to_owned(), rules, notices, caution: None })
}

/// What a preset and its parents want told first. Called once the parents are known to form no circle.
fn notices(presets: &BTreeMap<String, PresetFile>, name: &str) -> BTreeSet<Notice> {
    let Some(file) = presets.get(name) else { return BTreeSet::new() };
    let inherited = file.extends.iter().flat_map(|parent| notices(presets, parent));
    inherited.chain(file.notices.iter().copied()).collect()
}

/// The rules of one preset as drafts, and the days that its own rules go by: what it does not say its last parent does.
fn drafts(
    presets: &BTreeMap<String, PresetFile>,
    name: &str,
    above: &mut Vec<String>,
) -> Result<(Vec<Draft>, Days), PresetError> {
    let file = presets.get(name).ok_or_else(|| PresetError::NoPreset {
        name: name.to_owned(),
        known: presets.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
    })?;
    if above.iter().any(|seen| seen == name) {
        return Err(PresetError::Circle { name: name.to_owned() });
    }
    above.push(name.to_owned());
    let (mut drafts, mut days) = inherited(presets, file, above)?;
    above.pop();
    patch(name, &file.patches, &mut drafts)?;
    for days in drafts.iter_mut().map(|draft| &mut draft.days).chain([&mut days]) {
        if file.calendar.is_some() {
            days.calendar.clone_from(&file.calendar);
        }
        if let Some(word) = file.working_weekend {
            days.literal_weekends = word == WorkingWeekend::AsWorkday;
        }
    }
    drafts.extend(file.rules.iter().map(|table| Draft { table: table.clone(), days: days.clone() }));
    Ok((drafts, days))
}

/// The rules of a preset's parents, each once.
fn inherited(
    presets: &BTreeMap<String, PresetFile>,
    file: &PresetFile,
    above: &mut Vec<String>,
) -> Result<(Vec<Draft>, Days), PresetError> {
    let (mut drafts, mut days) = (Vec::<Draft>::new(), Days::default());
    for parent in &file.extends {
        let (inherited, parent_days) = self::drafts(presets, parent, above)?;
        days = parent_days;
        for draft in inherited {
            if !drafts.iter().any(|known| known.table == draft.table && known.days == draft.days) {
                drafts.push(draft);
            }
        }
    }
    Ok((drafts, days))
}

/// What keeps each preset from being flattened, in its place; what a parent has is told there.
pub(super) fn mistakes(presets: &BTreeMap<String, PresetFile>) -> Vec<(Spot, PresetError)> {
    let mut found = Vec::new();
    for (name, file) in presets {
        let at = |part: &str| Spot::default().then("preset").then(name.as_str()).then(part);
        for (place, parent) in
            file.extends.iter().enumerate().filter(|(_, name)| !presets.contains_key(*name))
        {
            let known = presets.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            found.push((at("extends").then(place), PresetError::NoPreset { name: parent.clone(), known }));
        }
        for (place, table) in file.rules.iter().enumerate() {
            if let Err(fault) = sound(name, table) {
                found.push((at("rules").then(place).then(fault.key().as_str()), fault));
            }
        }
        match inherited(presets, file, &mut vec![name.clone()]) {
            Ok((drafts, _)) => {
                for (place, patch) in file.patches.iter().enumerate() {
                    if let Err(fault) = fits(name, patch, &drafts) {
                        found.push((at("patches").then(place).then(fault.key().as_str()), fault));
                    }
                }
            }
            Err(fault @ PresetError::Circle { .. }) => found.push((at("extends"), fault)),
            Err(_) => {}
        }
    }
    found
}

/// Whether a table reads as a rule.
fn sound(preset: &str, table: &Table) -> Result<(), PresetError> {
    let rule = id_of(preset, table)?;
    let read = read_rule(table.clone(), &Days::default());
    read.map(drop).map_err(|source| PresetError::Rule { preset: preset.to_owned(), rule, source })
}

/// Whether a patch has rules to be laid over, and leaves each of them a rule.
fn fits(preset: &str, patch: &Table, inherited: &[Draft]) -> Result<(), PresetError> {
    let same = |draft: &&Draft| draft.table.get("id") == patch.get("id");
    let mut drafts: Vec<_> = inherited.iter().filter(same).cloned().collect();
    self::patch(preset, std::slice::from_ref(patch), &mut drafts)?;
    let was_sound = inherited.iter().filter(same).map(|draft| sound(preset, &draft.table).is_ok());
    let mut patched = drafts.iter().zip(was_sound).filter(|(_, was_sound)| *was_sound);
    patched.try_for_each(|(draft, _)| sound(preset, &draft.table))
}

/// Lays the keys of each patch over the rule it names.
fn patch(preset: &str, patches: &[Table], drafts: &mut [Draft]) -> Result<(), PresetError> {
    for patch in patches {
        let rule = id_of(preset, patch)?;
        let mut found = false;
        for draft in drafts.iter_mut().filter(|draft| draft.table.get("id") == patch.get("id")) {
            draft.table.extend(patch.clone());
            found = true;
        }
        if !found {
            return Err(PresetError::PatchOfNothing { preset: preset.to_owned(), rule });
        }
    }
    Ok(())
}

fn id_of(preset: &str, table: &Table) -> Result<String, PresetError> {
    let id = table.get("id").and_then(toml::Value::as_str);
    id.map(str::to_owned).ok_or_else(|| PresetError::NoId { preset: preset.to_owned() })
}
