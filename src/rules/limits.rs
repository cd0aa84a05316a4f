//! A supervisor's limits over the presets: tightening is free, loosening needs evidence, an end and two people.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use toml::Table;

use super::preset::{Preset, PresetError, Presets, RuleId, RuleKind};
use super::{Override, tighter};
use crate::domain::nearest;

/// `config/limits.toml` as written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Keys laid over a rule: its `id`, the keys that change, and `preset` where not every preset is meant.
    #[serde(default)]
    tighten: Vec<Table>,
    /// Whole rules that come on top, with `preset` where not every preset is meant.
    #[serde(default)]
    rule: Vec<Table>,
    /// Higher limits for a time.
    #[serde(default, rename = "override")]
    overrides: Vec<Loosening>,
}

/// A higher limit of a cap, for a time and with its reasons.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Loosening {
    /// Absent: wherever the rule is.
    pub preset: Option<String>,
    pub rule: RuleId,
    pub limit: u32,
    /// The document behind it.
    pub evidence: String,
    /// It is in force from this day (UTC) on, and at most a year.
    pub approved_on: Date,
    pub expires: Timestamp,
    pub approved_by: String,
    pub second_approver: String,
}

/// A preset with the limits over it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limited {
    pub preset: Preset,
    /// For every request's facts; each ends by itself.
    pub overrides: Vec<Override>,
}

/// Why limits are refused.
#[derive(Debug, thiserror::Error)]
pub enum LimitsError {
    #[error("reading limits: {source}")]
    Read { source: toml::de::Error },
    #[error(transparent)]
    Preset(PresetError),
    #[error(
        "limits loosen {rule} of {preset}: choose another preset, or write an [[override]] with evidence, expiry and a \
         second approver"
    )]
    Loosens { preset: String, rule: RuleId },
    #[error("the override of {rule} names no evidence: a document, in three letters or digits at least")]
    NoEvidence { rule: RuleId },
    #[error("the override of {rule} ends on {expires}, before it begins on {approved_on}")]
    EndsFirst { rule: RuleId, approved_on: Date, expires: Timestamp },
    #[error("the override of {rule} has the limit {limit}: more than {HIGHEST} is taken for a mistake")]
    TooHigh { rule: RuleId, limit: u32 },
    #[error("the override of {rule} needs two different people to approve it")]
    OnePerson { rule: RuleId },
    #[error(
        "the override of {rule} is meant to last more than a year from {approved_on}: approve it again then"
    )]
    TooLong { rule: RuleId, approved_on: Date },
    #[error("the override of {rule} has expired on {expired}")]
    Expired { rule: RuleId, expired: Timestamp },
    #[error("the override of {rule}: {preset} has no such cap")]
    NoCap { preset: String, rule: RuleId },
    #[error("there is no preset {preset}{}", near(.close))]
    NoPreset { preset: String, close: Option<String> },
    #[error("a [[tighten]] is of {rule}, and no preset has a rule of that id{}", near(.close))]
    NoRule { rule: String, close: Option<String> },
    #[error("a [[override]] is of {rule}, and no preset has a cap of that id{}", near(.close))]
    NoCapAnywhere { rule: String, close: Option<String> },
    #[error("a [[tighten]] does not say by its id which rule it means")]
    NoId,
}

impl Limits {
    /// Reads the text of the file.
    ///
    /// # Errors
    /// When it is not such a file.
    pub fn read(text: &str) -> Result<Self, LimitsError> {
        toml::from_str(text).map_err(|source| LimitsError::Read { source })
    }

    /// What the file means and no preset has: a mistyped limit would limit nothing, and nobody would know.
    pub fn strangers(&self, presets: &Presets) -> Vec<LimitsError> {
        let flat: Vec<_> = presets.names().filter_map(|name| presets.flatten(name).ok()).collect();
        let names: BTreeSet<&str> = presets.names().collect();
        let rules = || flat.iter().flat_map(|preset| &preset.rules);
        let ids: BTreeSet<&str> = rules().map(|rule| rule.id.as_str()).collect();
        let is_cap = |kind: &RuleKind| matches!(kind, RuleKind::Cap { .. });
        let caps: BTreeSet<&str> =
            rules().filter(|rule| is_cap(&rule.kind)).map(|rule| rule.id.as_str()).collect();
        let mut found = Vec::new();
        let written = self.tighten.iter().chain(&self.rule).filter_map(|table| table.get("preset"));
        let meant = written.map(|preset| preset.as_str().unwrap_or_default());
        for preset in meant.chain(self.overrides.iter().filter_map(|one| one.preset.as_deref())) {
            if presets.flatten(preset).is_err() {
                found.push(LimitsError::NoPreset { preset: preset.to_owned(), close: close(preset, &names) });
            }
        }
        for table in &self.tighten {
            match table.get("id").and_then(toml::Value::as_str) {
                None => found.push(LimitsError::NoId),
                Some(id) if ids.contains(id) => {}
                Some(id) => {
                    found.push(LimitsError::NoRule { rule: id.to_owned(), close: close(id, &ids) });
                }
            }
        }
        for one in self.overrides.iter().filter(|one| !caps.contains(one.rule.as_str())) {
            let rule = one.rule.as_str();
            found.push(LimitsError::NoCapAnywhere { rule: rule.to_owned(), close: close(rule, &caps) });
        }
        found
    }

    /// The preset `name` with these limits over it.
    ///
    /// # Errors
    /// Every reason to refuse them.
    pub fn over(&self, presets: &Presets, name: &str, now: Timestamp) -> Result<Limited, Vec<LimitsError>> {
        let wrong = |fault| vec![LimitsError::Preset(fault)];
        let own = presets.flatten(name).map_err(wrong)?;
        let known = |patch: &&Table| {
            let id = patch.get("id").and_then(toml::Value::as_str);
            patch.contains_key("preset") || own.rules.iter().any(|rule| Some(rule.id.as_str()) == id)
        };
        let patches: Vec<_> = of_preset(&self.tighten, name).filter(known).map(without_preset).collect();
        let added: Vec<_> = of_preset(&self.rule, name).map(without_preset).collect();
        let preset = presets.flatten_with(name, &patches, &added).map_err(wrong)?;
        let loosened = tighter::loosened(&own, &preset).into_iter();
        let mut refused: Vec<_> =
            loosened.map(|rule| LimitsError::Loosens { preset: name.to_owned(), rule }).collect();
        let mut overrides = Vec::new();
        for loosening in self.overrides.iter().filter(|one| one.preset.as_deref().is_none_or(|p| p == name)) {
            match loosening.check(&preset, now) {
                Ok(Some(exception)) => overrides.push(exception),
                Ok(None) => {}
                Err(why) => refused.push(why),
            }
        }
        if refused.is_empty() { Ok(Limited { preset, overrides }) } else { Err(refused) }
    }
}

impl Loosening {
    /// The exception the engine knows. Absent when it is meant for every preset and this one has no such cap.
    fn check(&self, preset: &Preset, now: Timestamp) -> Result<Option<Override>, LimitsError> {
        let rule = self.rule.clone();
        let (first, second) = (self.approved_by.trim(), self.second_approver.trim());
        let is_cap = |kind: &RuleKind| matches!(kind, RuleKind::Cap { .. });
        if self.evidence.chars().filter(|c| c.is_alphanumeric() && !UNSEEN.contains(c)).count() < 3 {
            return Err(LimitsError::NoEvidence { rule });
        }
        let (one, other) = (words(first), words(second));
        if one.is_empty() || other.is_empty() || one == other || letters(&one) == letters(&other) {
            return Err(LimitsError::OnePerson { rule });
        }
        if self.limit > HIGHEST {
            return Err(LimitsError::TooHigh { rule, limit: self.limit });
        }
        let from = self
            .approved_on
            .to_datetime(Time::midnight())
            .to_zoned_datetime(TimeZone::UTC)
            .map_or(Timestamp::MAX, |day| day.timestamp());
        if self.expires <= from {
            return Err(LimitsError::EndsFirst {
                rule,
                approved_on: self.approved_on,
                expires: self.expires,
            });
        }
        if self.expires.duration_since(from) > LONGEST {
            return Err(LimitsError::TooLong { rule, approved_on: self.approved_on });
        }
        if self.expires <= now {
            return Err(LimitsError::Expired { rule, expired: self.expires });
        }
        if !preset.rules.iter().any(|known| known.id == rule && is_cap(&known.kind)) {
            let Some(named) = self.preset.clone() else { return Ok(None) };
            return Err(LimitsError::NoCap { preset: named, rule });
        }
        let evidence = format!("{} ({first}, {second})", self.evidence.trim());
        Ok(Some(Override { rule, limit: self.limit, evidence, from: Some(from), until: Some(self.expires) }))
    }
}

/// How long an exception may last.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 366);

/// The highest limit that is no slip of the finger.
const HIGHEST: u32 = 1_000;

/// Letters by their class that no eye sees: fillers of other scripts.
const UNSEEN: [char; 4] = ['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}'];

/// A name's words in the order of the alphabet: Ivan Petrov is Petrov Ivan.
fn words(name: &str) -> Vec<String> {
    let parts = name.split(|c: char| c.is_whitespace() || matches!(c, '.' | ',' | ';' | '/'));
    let mut words: Vec<_> = parts.map(bare).filter(|word| !word.is_empty()).collect();
    words.sort();
    words.dedup();
    words
}

/// The letters of words that somebody wrote apart or together.
fn letters(words: &[String]) -> Vec<char> {
    let mut letters: Vec<char> = words.iter().flat_map(|word| word.chars()).collect();
    letters.sort_unstable();
    letters
}

/// A word without what the eye does not see: case, marks, and letters that look alike in Latin and Cyrillic.
fn bare(name: &str) -> String {
    const ALIKE: [(char, char); 19] = [
        ('а', 'a'),
        ('в', 'b'),
        ('е', 'e'),
        ('ё', 'e'),
        ('з', '3'),
        ('і', 'i'),
        ('ј', 'j'),
        ('к', 'k'),
        ('м', 'm'),
        ('н', 'h'),
        ('о', 'o'),
        ('р', 'p'),
        ('с', 'c'),
        ('т', 't'),
        ('у', 'y'),
        ('х', 'x'),
        ('ѕ', 's'),
        ('0', 'o'),
        ('1', 'l'),
    ];
    let letters = name.chars().flat_map(char::to_lowercase);
    let letters = letters.filter(|c| c.is_alphanumeric() && !UNSEEN.contains(c));
    letters.map(|c| ALIKE.iter().find(|(from, _)| *from == c).map_or(c, |&(_, to)| to)).collect()
}

/// The known name that a mistyped one comes nearest to, if it is near.
fn close(wrong: &str, known: &BTreeSet<&str>) -> Option<String> {
    nearest(wrong, known.iter().copied()).map(str::to_owned)
}

fn near(close: &Option<String>) -> String {
    close.as_ref().map(|name| format!("; did you mean {name}?")).unwrap_or_default()
}

fn of_preset<'a>(tables: &'a [Table], name: &'a str) -> impl Iterator<Item = &'a Table> {
    tables.iter().filter(move |table| table.get("preset").is_none_or(|preset| preset.as_str() == Some(name)))
}

fn without_preset(table: &Table) -> Table {
    let mut table = table.clone();
    table.remove("preset");
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(text: &str) -> Result<Limited, Vec<String>> {
        let now = "2026-03-03T07:00:00Z".parse().expect("a time");
        let limits = Limits::read(text).expect("limits");
        let told = |refused: Vec<LimitsError>| refused.iter().map(ToString::to_string).collect();
        limits.over(&Presets::shipped(), "ru-230fz-safe", now).map_err(told)
    }

    #[test]
    fn a_smaller_limit_and_one_more_rule_are_taken() {
        let limited = over(
            "[[tighten]]\nid = \"ru.call.week\"\nlimit = 1\n\
             [[tighten]]\nid = \"us.regf.7in7\"\nlimit = 3\n\
             [[rule]]\nid = \"house.quiet\"\ntype = \"end_guard\"\nminutes = 30\n",
        );
        let preset = limited.expect("tighter").preset;
        let week = preset.rules.iter().find(|rule| rule.id.as_str() == "ru.call.week").expect("there");
        assert!(matches!(week.kind, RuleKind::Cap { limit: 1, .. }));
        assert_eq!(preset.rules.last().map(|rule| rule.id.as_str()), Some("house.quiet"));
    }

    #[test]
    fn a_mistyped_rule_or_preset_is_told_with_what_was_likely_meant() {
        let strangers = |text: &str| {
            let found = Limits::read(text).expect("limits").strangers(&Presets::shipped());
            found.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let sound = "[[tighten]]\nid = \"ru.call.week\"\nlimit = 1\n\
                     [[tighten]]\nid = \"us.regf.7in7\"\nlimit = 3\npreset = \"us-regf+us-ma\"\n";
        assert_eq!(strangers(sound), Vec::<String>::new());
        assert_eq!(
            strangers("[[tighten]]\nid = \"ru.call.wek\"\npreset = \"ru-230fz-saef\"\nlimit = 1\n"),
            [
                "there is no preset ru-230fz-saef; did you mean ru-230fz-safe?",
                "a [[tighten]] is of ru.call.wek, and no preset has a rule of that id; did you mean ru.call.week?",
            ]
        );
        assert_eq!(strangers("[[tighten]]\nlimit = 1\n").len(), 1);
        let window = "[[override]]\nrule = \"ru.window\"\nlimit = 3\nevidence = \"17\"\napproved_on = \"2026-03-01\"\n\
                      expires = \"2026-06-01T00:00:00Z\"\napproved_by = \"a\"\nsecond_approver = \"b\"\n";
        assert_eq!(strangers(window), ["a [[override]] is of ru.window, and no preset has a cap of that id"]);
    }

    #[test]
    fn a_higher_limit_is_refused() {
        let refused = over("[[tighten]]\nid = \"ru.call.week\"\nlimit = 3\n").expect_err("looser");
        assert_eq!(refused.len(), 1);
        assert!(refused[0].starts_with("limits loosen ru.call.week of ru-230fz-safe"), "{}", refused[0]);
    }

    #[test]
    fn an_override_needs_evidence_an_end_and_two_people() {
        let text = |evidence, expires, second| {
            format!(
                "[[override]]\nrule = \"ru.call.week\"\nlimit = 3\nevidence = \"{evidence}\"\napproved_on = \"2026-03-01\"\nexpires = \"{expires}\"\n\
                 approved_by = \"head\"\nsecond_approver = \"{second}\"\n"
            )
        };
        let limited = over(&text("agreement 17", "2026-06-01T00:00:00Z", "counsel")).expect("sound");
        assert_eq!(limited.overrides[0].limit, 3);
        assert_eq!(limited.overrides[0].evidence, "agreement 17 (head, counsel)");
        for (evidence, expires, second) in [
            (" ", "2026-06-01T00:00:00Z", "counsel"),
            ("agreement 17", "2026-03-03T07:00:00Z", "counsel"),
            ("agreement 17", "2026-06-01T00:00:00Z", "Head"),
            ("agreement 17", "2026-06-01T00:00:00Z", "h e a d."),
            ("agreement 17", "2026-06-01T00:00:00Z", "Hеаd"),
            ("agreement 17", "2027-06-01T00:00:00Z", "counsel"),
            ("agreement 17", "2026-02-28T00:00:00Z", "counsel"),
            ("\u{200b}\u{200b}\u{200b}", "2026-06-01T00:00:00Z", "counsel"),
            ("№ 7!", "2026-06-01T00:00:00Z", "counsel"),
            ("agreement 17", "2026-06-01T00:00:00Z", "\u{200b}"),
        ] {
            assert_eq!(over(&text(evidence, expires, second)).expect_err("refused").len(), 1);
        }
    }

    #[test]
    fn one_name_in_another_order_is_one_person_and_a_limit_beyond_reason_a_mistake() {
        let text = |limit: u32, first, second| {
            format!(
                "[[override]]\nrule = \"ru.call.week\"\nlimit = {limit}\nevidence = \"agreement 17\"\napproved_on = \"2026-03-01\"\n\
                 expires = \"2026-06-01T00:00:00Z\"\napproved_by = \"{first}\"\nsecond_approver = \"{second}\"\n"
            )
        };
        assert!(over(&text(1_000, "Ivan Petrov", "Ivan Sidorov")).is_ok());
        for second in [
            "Petrov Ivan",
            "PETROV, Ivan",
            "Petrov\u{200b} ivan",
            "Рetrov Ivаn",
            "IvanPetrov",
            "Petrov Ivan Ivan",
        ] {
            let refused = over(&text(3, "Ivan Petrov", second)).expect_err("one person");
            assert!(refused[0].contains("two different people"), "{second}: {}", refused[0]);
        }
        let refused = over(&text(1_001, "Ivan Petrov", "Ivan Sidorov")).expect_err("a mistake");
        assert!(refused[0].contains("more than 1000 is taken for a mistake"), "{}", refused[0]);
    }

    #[test]
    fn the_shipped_sample_is_sound_as_it_stands_and_without_its_comment_marks() {
        let sample = include_str!("../../config/limits.toml");
        let as_it_stands = Limits::read(sample).expect("sound");
        assert_eq!((as_it_stands.tighten.len(), as_it_stands.overrides.len()), (0, 0));
        let keys = |line: &str| {
            line.starts_with("[[") || line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '))
        };
        let bare: String = sample
            .lines()
            .filter_map(|line| line.strip_prefix("# "))
            .filter(|line| keys(line))
            .map(|line| format!("{line}\n"))
            .collect();
        let limits = Limits::read(&bare).expect("sound");
        assert_eq!((limits.tighten.len(), limits.rule.len(), limits.overrides.len()), (1, 1, 1));
        let limited = limits.over(&Presets::shipped(), "ru-230fz-safe", Timestamp::MIN).expect("not refused");
        assert!(limited.preset.rules.iter().any(|rule| rule.id.as_str() == "house.hours"));
        assert_eq!(limited.overrides.len(), 1);
    }
}
