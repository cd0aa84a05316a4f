//! A supervisor's limits over the presets: tightening is free, loosening needs evidence, an end and two people.

mod error;
mod loosening;
mod russian;

use std::collections::BTreeSet;

use jiff::Timestamp;
use toml::{Table, Value};

pub use error::{LimitsError, Slip};
pub use loosening::{Loosening, two_people};

use super::preset::{Preset, Presets, RuleKind};
use super::spot::Spot;
use super::{Override, tighter};
use crate::domain::nearest;

/// `config/limits.toml` as written.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// Keys laid over a rule: its `id`, the keys that change, and `preset` where not every preset is meant.
    tighten: Vec<Table>,
    /// Whole rules that come on top, with `preset` where not every preset is meant.
    rule: Vec<Table>,
    /// Higher limits for a time.
    overrides: Vec<Loosening>,
}

/// A preset with the limits over it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limited {
    pub preset: Preset,
    /// For every request's facts; each ends by itself.
    pub overrides: Vec<Override>,
}

impl Limits {
    /// Reads the text of the file.
    ///
    /// # Errors
    /// Every mistake of writing.
    pub fn read(text: &str) -> Result<Self, Vec<Slip>> {
        let (limits, slips) = Self::read_all(text);
        if slips.is_empty() { Ok(limits) } else { Err(slips) }
    }

    /// What of the text is sound, and every mistake of writing in the rest.
    pub fn read_all(text: &str) -> (Self, Vec<Slip>) {
        let (mut limits, mut slips) = (Self::default(), Vec::new());
        let root: Table = match toml::from_str(text) {
            Ok(root) => root,
            Err(source) => {
                let fault = LimitsError::Read { source };
                return (limits, vec![Slip { at: Spot::default(), fault }]);
            }
        };
        for (part, value) in root {
            let at = Spot::default().then(part.as_str());
            if !PARTS.contains(&part.as_str()) {
                let close = nearest(&part, PARTS).map(str::to_owned);
                slips.push(Slip { at, fault: LimitsError::UnknownKey { close } });
                continue;
            }
            let Some(tables) = tables(value) else {
                slips.push(Slip { at, fault: LimitsError::NotTables { part } });
                continue;
            };
            match part.as_str() {
                TIGHTEN => limits.tighten = tables,
                RULE => limits.rule = tables,
                _ => {
                    let read = tables.into_iter().enumerate();
                    let read = read.filter_map(|(place, table)| loosening::read(place, table, &mut slips));
                    limits.overrides = read.collect();
                }
            }
        }
        (limits, slips)
    }

    /// The presets that are named, known or not.
    pub fn presets(&self) -> impl Iterator<Item = &str> {
        let written = self.tighten.iter().chain(&self.rule).filter_map(|table| table.get("preset")?.as_str());
        written.chain(self.overrides.iter().filter_map(|one| one.preset.as_deref()))
    }

    /// What the file means and no preset has: a mistyped limit would limit nothing, and nobody would know.
    pub fn strangers(&self, presets: &Presets) -> Vec<Slip> {
        let flat: Vec<_> = presets.names().filter_map(|name| presets.flatten(name).ok()).collect();
        let names: BTreeSet<&str> = presets.names().collect();
        let rules = || flat.iter().flat_map(|preset| &preset.rules);
        let ids: BTreeSet<&str> = rules().map(|rule| rule.id.as_str()).collect();
        let is_cap = |kind: &RuleKind| matches!(kind, RuleKind::Cap { .. });
        let caps: BTreeSet<&str> =
            rules().filter(|rule| is_cap(&rule.kind)).map(|rule| rule.id.as_str()).collect();
        let mut found = Vec::new();
        for (at, preset) in self.named() {
            if presets.flatten(preset).is_err() {
                let fault = LimitsError::NoPreset { preset: preset.to_owned(), close: close(preset, &names) };
                found.push(Slip { at, fault });
            }
        }
        for (place, table) in self.tighten.iter().enumerate() {
            let at = Spot::default().then(TIGHTEN).then(place);
            let fault = match table.get("id").and_then(Value::as_str) {
                None => LimitsError::NoId,
                Some(id) if ids.contains(id) => continue,
                Some(id) => LimitsError::NoRule { rule: id.to_owned(), close: close(id, &ids) },
            };
            found.push(Slip { at: at.then("id"), fault });
        }
        for one in self.overrides.iter().filter(|one| !caps.contains(one.rule.as_str())) {
            let rule = one.rule.as_str();
            let fault = LimitsError::NoCapAnywhere { rule: rule.to_owned(), close: close(rule, &caps) };
            found.push(one.slip("rule", fault));
        }
        found
    }

    /// Where a preset is named, and what is written there.
    fn named(&self) -> Vec<(Spot, &str)> {
        let in_tables =
            [(TIGHTEN, &self.tighten), (RULE, &self.rule)].into_iter().flat_map(|(part, tables)| {
                tables.iter().enumerate().filter_map(move |(place, table)| {
                    let at = Spot::default().then(part).then(place).then("preset");
                    Some((at, table.get("preset")?.as_str().unwrap_or_default()))
                })
            });
        let in_overrides =
            self.overrides.iter().filter_map(|one| Some((one.at("preset"), one.preset.as_deref()?)));
        in_tables.chain(in_overrides).collect()
    }

    /// The preset `name` with these limits over it.
    ///
    /// # Errors
    /// Every reason to refuse them.
    pub fn over(&self, presets: &Presets, name: &str, now: Timestamp) -> Result<Limited, Vec<Slip>> {
        let whole = |fault| vec![Slip { at: Spot::default(), fault: LimitsError::Preset(fault) }];
        let own = presets.flatten(name).map_err(whole)?;
        let known = |(_, patch): &(usize, &Table)| {
            let id = patch.get("id").and_then(Value::as_str);
            patch.contains_key("preset") || own.rules.iter().any(|rule| Some(rule.id.as_str()) == id)
        };
        let patches: Vec<_> = of_preset(&self.tighten, name).filter(known).collect();
        let added: Vec<_> = of_preset(&self.rule, name).collect();
        let mut refused = Vec::new();
        for (place, patch) in &patches {
            let at = Spot::default().then(TIGHTEN).then(*place);
            match presets.flatten_with(name, &[without_preset(patch)], &[]) {
                Err(fault) => refused.push(Slip::of_preset(at, fault)),
                Ok(laid) => {
                    let loosens = |rule| LimitsError::Loosens { preset: name.to_owned(), rule };
                    let loosened = tighter::loosened(&own, &laid).into_iter().map(loosens);
                    let at = at.then(only_change(patch));
                    refused.extend(loosened.map(|fault| Slip { at: at.clone(), fault }));
                }
            }
        }
        for (nth, (place, rule)) in added.iter().enumerate() {
            let id = rule.get("id");
            let inherited =
                own.rules.iter().any(|known| Some(known.id.as_str()) == id.and_then(Value::as_str));
            if inherited || (id.is_some() && added[..nth].iter().any(|(_, before)| before.get("id") == id)) {
                let rule = id.and_then(Value::as_str).unwrap_or_default().to_owned();
                let fault = LimitsError::TakenId { preset: name.to_owned(), rule };
                refused.push(Slip { at: Spot::default().then(RULE).then(*place).then("id"), fault });
            }
            if let Err(fault) = presets.flatten_with(name, &[], &[without_preset(rule)]) {
                refused.push(Slip::of_preset(Spot::default().then(RULE).then(*place), fault));
            }
        }
        let laid = presets.flatten_with(name, &bare(&patches), &bare(&added));
        let preset = match laid {
            Ok(preset) => preset.with_wishes(),
            Err(fault) if refused.is_empty() => return Err(whole(fault)),
            Err(_) => own.clone(),
        };
        if refused.is_empty() {
            let together = tighter::loosened(&own, &preset).into_iter();
            refused.extend(together.map(|rule| {
                let fault = LimitsError::Loosens { preset: name.to_owned(), rule };
                Slip { at: Spot::default().then(TIGHTEN), fault }
            }));
        }
        let mut overrides = Vec::new();
        for loosening in self.overrides.iter().filter(|one| one.preset.as_deref().is_none_or(|p| p == name)) {
            match loosening.check(&preset, now) {
                Ok(Some(exception)) => overrides.push(exception),
                Ok(None) => {}
                Err(why) => refused.extend(why),
            }
        }
        if refused.is_empty() { Ok(Limited { preset, overrides }) } else { Err(refused) }
    }
}

const TIGHTEN: &str = "tighten";
const RULE: &str = "rule";
const OVERRIDE: &str = "override";
const PARTS: [&str; 3] = [TIGHTEN, RULE, OVERRIDE];

/// A list of tables; nothing when it is anything else.
fn tables(value: Value) -> Option<Vec<Table>> {
    let Value::Array(list) = value else { return None };
    let tables = list.into_iter().map(|one| if let Value::Table(table) = one { Some(table) } else { None });
    tables.collect()
}

/// The key a patch changes, where it is one alone; else nothing.
fn only_change(patch: &Table) -> &str {
    let mut changed = patch.keys().filter(|key| !["id", "preset"].contains(&key.as_str()));
    match (changed.next(), changed.next()) {
        (Some(key), None) => key,
        _ => "",
    }
}

/// The known name that a mistyped one comes nearest to, if it is near.
fn close(wrong: &str, known: &BTreeSet<&str>) -> Option<String> {
    nearest(wrong, known.iter().copied()).map(str::to_owned)
}

/// The tables meant for a preset, each with its place in the file.
fn of_preset<'a>(tables: &'a [Table], name: &'a str) -> impl Iterator<Item = (usize, &'a Table)> {
    let meant = move |table: &Table| table.get("preset").is_none_or(|preset| preset.as_str() == Some(name));
    tables.iter().enumerate().filter(move |(_, table)| meant(table))
}

fn bare(tables: &[(usize, &Table)]) -> Vec<Table> {
    tables.iter().map(|(_, table)| without_preset(table)).collect()
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
        let told = |refused: Vec<Slip>| refused.iter().map(ToString::to_string).collect();
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
    fn two_rules_of_one_id_are_refused() {
        let rule = |id: &str| format!("[[rule]]\nid = \"{id}\"\ntype = \"end_guard\"\nminutes = 30\n");
        let refused = over(&rule("ru.call.day")).expect_err("the preset has it");
        assert!(refused[0].starts_with("ru-230fz-safe has a rule ru.call.day already"), "{refused:?}");
        let twice = rule("house.quiet") + &rule("house.quiet");
        let limits = Limits::read(&twice).expect("limits");
        let slips = limits.over(&Presets::shipped(), "ru-230fz-safe", Timestamp::MIN).expect_err("twice");
        assert_eq!((slips.len(), slips[0].at.to_string().as_str()), (1, "rule.2.id"));
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
        let sample = include_str!("../../../config/limits.toml");
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
