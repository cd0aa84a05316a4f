//! Presets: named sets of rules, read from files and flattened.

mod file;
mod flatten;
mod rule;
mod russian;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use toml::Table;

pub use file::RuleMistake;
pub use rule::{
    Applies, Counted, DayHours, Filter, Hours, Rule, RuleId, RuleKind, Scope, ScopePart, WeekHours, Window,
};
pub use russian::shape_in_russian;

use super::calendar::{Calendar, Calendars};
use super::shipped::Caution;
use super::spot::Spot;
use crate::domain::Notice;

/// A flattened preset: what the engine evaluates. All its rules must pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preset {
    /// Its name; composed ones are joined by `+`.
    pub name: String,
    /// In flattened order.
    pub rules: Vec<Rule>,
    /// What a flow must tell first.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub notices: BTreeSet<Notice>,
    /// Shown wherever it is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caution: Option<Caution>,
}

impl Preset {
    /// The same with the house's rule that a person's recorded wish is kept, where no rule of its own keeps it for every
    /// contact: most laws are silent on wishes, and one that we wrote down is not ignored.
    #[must_use]
    pub fn with_wishes(mut self) -> Self {
        let everywhere = Applies::default();
        if !self.rules.iter().any(|rule| rule.kind == RuleKind::Pref && rule.applies == everywhere) {
            let id = RuleId::from(WISHES);
            self.rules.push(Rule { id, applies: everywhere, kind: RuleKind::Pref });
        }
        self
    }
}

/// The house's rule on wishes.
const WISHES: &str = "house.pref";

/// What is wrong with a file of presets, or with the name asked for.
#[derive(Debug, thiserror::Error)]
pub enum PresetError {
    #[error("reading presets: {source}")]
    Read { source: toml::de::Error },
    #[error("preset {name:?} is defined twice")]
    PresetTwice { name: String },
    #[error("calendar {name:?} is defined twice")]
    CalendarTwice { name: String },
    #[error("no preset {name:?}; there are: {known}")]
    NoPreset { name: String, known: String },
    #[error("preset {name:?} extends itself")]
    Circle { name: String },
    #[error("preset {preset:?}: a rule has no id")]
    NoId { preset: String },
    #[error("preset {preset:?} patches {rule:?}, which no parent has")]
    PatchOfNothing { preset: String, rule: String },
    #[error("preset {preset:?}, rule {rule:?}: {source}")]
    Rule { preset: String, rule: String, source: RuleMistake },
    #[error("preset {preset:?} goes by the calendar {calendar:?}, which is not there")]
    NoCalendar { preset: String, calendar: String },
}

impl PresetError {
    /// The key of the rule or patch that is wrong; empty where it is the table as a whole.
    pub fn key(&self) -> String {
        match self {
            Self::NoId { .. } | Self::PatchOfNothing { .. } => "id".to_owned(),
            Self::Rule { source, .. } => source.key(),
            Self::Read { .. }
            | Self::PresetTwice { .. }
            | Self::CalendarTwice { .. }
            | Self::NoPreset { .. }
            | Self::Circle { .. }
            | Self::NoCalendar { .. } => String::new(),
        }
    }
}

/// Presets and calendars as the files write them.
#[derive(Clone, Debug, Default)]
pub struct Presets {
    presets: BTreeMap<String, PresetFile>,
    calendars: Calendars,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    calendar: BTreeMap<String, Calendar>,
    #[serde(default)]
    preset: BTreeMap<String, PresetFile>,
}

/// One preset as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PresetFile {
    #[serde(default)]
    extends: Vec<String>,
    calendar: Option<String>,
    working_weekend: Option<WorkingWeekend>,
    /// What a flow must tell first, beside what the parents ask for.
    #[serde(default)]
    notices: BTreeSet<Notice>,
    /// Absent: a part, to be composed with others.
    reading: Option<Reading>,
    #[serde(default)]
    patches: Vec<Table>,
    #[serde(default)]
    rules: Vec<Table>,
}

/// How a preset reads the law of its market.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// Less than the letter may be read to say: for use after written legal advice only.
    Lenient,
    Whole,
}

/// Whose hours a weekend day made a working day has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WorkingWeekend {
    AsWeekend,
    AsWorkday,
}

/// The presets that are built in: the files of `config/rules/`.
const SHIPPED: [&str; 5] = [
    include_str!("../../../config/rules/core.toml"),
    include_str!("../../../config/rules/ru.toml"),
    include_str!("../../../config/rules/us.toml"),
    include_str!("../../../config/rules/uk.toml"),
    include_str!("../../../config/rules/other-markets.toml"),
];

impl Presets {
    /// The presets that are built in.
    ///
    /// # Panics
    /// Never: a test reads them all.
    pub fn shipped() -> Self {
        let mut presets = Self::default();
        for text in SHIPPED {
            presets.add(text).expect("the shipped presets are sound");
        }
        presets
    }

    /// Reads the text of one file and adds its presets and calendars.
    ///
    /// # Errors
    /// When it is not such a file, or a name is there already. Rules are checked when a preset is flattened.
    pub fn add(&mut self, text: &str) -> Result<(), PresetError> {
        let file: File = toml::from_str(text).map_err(|source| PresetError::Read { source })?;
        for (name, calendar) in file.calendar {
            if self.calendars.0.insert(name.clone(), calendar).is_some() {
                return Err(PresetError::CalendarTwice { name });
            }
        }
        for (name, preset) in file.preset {
            if self.presets.insert(name.clone(), preset).is_some() {
                return Err(PresetError::PresetTwice { name });
            }
        }
        Ok(())
    }

    /// The names of the presets.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.presets.keys().map(String::as_str)
    }

    /// What keeps presets from being flattened, or from ever opening, each with its place in the file.
    pub fn mistakes(&self) -> Vec<(Spot, PresetError)> {
        let mut found = flatten::mistakes(&self.presets);
        for (preset, file) in &self.presets {
            if let Some(calendar) =
                file.calendar.as_ref().filter(|name| !self.calendars.0.contains_key(*name))
            {
                let at = Spot::default().then("preset").then(preset.as_str()).then("calendar");
                let (preset, calendar) = (preset.clone(), calendar.clone());
                found.push((at, PresetError::NoCalendar { preset, calendar }));
            }
        }
        found
    }

    /// The names of the presets that read their law in this way.
    pub fn of_reading(&self, reading: Reading) -> impl Iterator<Item = &str> {
        let of_it = self.presets.iter().filter(move |(_, preset)| preset.reading == Some(reading));
        of_it.map(|(name, _)| name.as_str())
    }

    /// The calendars read so far.
    pub fn calendars(&self) -> &Calendars {
        &self.calendars
    }

    /// Flattens a preset, or several joined by `+`: their rules in order, each once.
    ///
    /// # Errors
    /// When a name is unknown or a rule is wrong.
    pub fn flatten(&self, name: &str) -> Result<Preset, PresetError> {
        self.flatten_with(name, &[], &[])
    }

    /// Flattens as `flatten` does, with `patches` laid over its rules and rules `added` at the end.
    ///
    /// # Errors
    /// When a name is unknown, a rule is wrong, or a patch names a rule that is not there.
    pub fn flatten_with(
        &self,
        name: &str,
        patches: &[Table],
        added: &[Table],
    ) -> Result<Preset, PresetError> {
        flatten::flatten(&self.presets, name, patches, added)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_kept_by_every_preset_a_campaign_goes_by_and_ruled_on_once() {
        let presets = Presets::shipped();
        let limits = crate::rules::limits::Limits::default();
        for name in presets.names() {
            let limited = limits.over(&presets, name, jiff::Timestamp::MIN).expect("shipped");
            let rules = limited.preset.rules.iter().filter(|rule| rule.kind == RuleKind::Pref);
            assert_eq!(rules.count(), 1, "{name}");
        }
    }

    #[test]
    fn what_is_known_of_a_telephone_holds_it_by_every_preset() {
        let presets = Presets::shipped();
        for name in presets.names().filter(|name| *name != "phone-review") {
            let preset = presets.flatten(name).expect("shipped");
            for kind in crate::rules::HoldKind::OF_TELEPHONES {
                let holds = |rule: &Rule| {
                    matches!(&rule.kind, RuleKind::Hold { hold, scope }
                    if hold.contains(kind) && scope.contains(ScopePart::Phone))
                };
                assert!(preset.rules.iter().any(holds), "{name}: {kind:?}");
            }
        }
    }

    #[test]
    fn a_preset_that_was_kept_as_json_is_the_preset() {
        let presets = Presets::shipped();
        for name in presets.names() {
            let preset = presets.flatten(name).expect("shipped");
            let text = serde_json::to_string(&preset).expect("JSON");
            assert_eq!(serde_json::from_str::<Preset>(&text).expect(name), preset);
        }
    }
}
