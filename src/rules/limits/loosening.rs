//! A higher limit of a cap: what an approved exception must have.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use toml::Table;

use super::{LimitsError, OVERRIDE, Slip};
use crate::domain::nearest;
use crate::rules::Override;
use crate::rules::preset::{Preset, RuleId, RuleKind};
use crate::rules::spot::Spot;

/// A higher limit of a cap, for a time and with its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loosening {
    /// Its place among the file's, from 0.
    pub place: usize,
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

/// Reads one table, the `place`th of the file; `None` means that the slips say why not.
pub(super) fn read(place: usize, table: Table, slips: &mut Vec<Slip>) -> Option<Loosening> {
    let mut keys = Keys { at: Spot::default().then(OVERRIDE).then(place), table, slips };
    let preset = keys.may("preset");
    let (rule, limit) = (keys.must::<RuleId>("rule"), keys.must("limit"));
    let (evidence, approved_on) = (keys.must("evidence"), keys.must("approved_on"));
    let (expires, approved_by) = (keys.must("expires"), keys.must("approved_by"));
    let second_approver = keys.must("second_approver");
    keys.finish();
    Some(Loosening {
        place,
        preset: preset.ok()?,
        rule: rule?,
        limit: limit?,
        evidence: evidence?,
        approved_on: approved_on?,
        expires: expires?,
        approved_by: approved_by?,
        second_approver: second_approver?,
    })
}

/// A table taken key by key, so that no mistake hides another.
struct Keys<'s> {
    at: Spot,
    table: Table,
    slips: &'s mut Vec<Slip>,
}

const KEYS: [&str; 8] =
    ["preset", "rule", "limit", "evidence", "approved_on", "expires", "approved_by", "second_approver"];

impl Keys<'_> {
    /// `Err` means noted.
    fn may<T: DeserializeOwned>(&mut self, key: &str) -> Result<Option<T>, ()> {
        let Some(value) = self.table.remove(key) else { return Ok(None) };
        value.try_into().map(Some).map_err(|source| self.note(key, LimitsError::Shape { source }))
    }

    fn must<T: DeserializeOwned>(&mut self, key: &str) -> Option<T> {
        let read = self.may(key).ok()?;
        if read.is_none() {
            self.note(key, LimitsError::Missing);
        }
        read
    }

    fn finish(&mut self) {
        for (key, _) in std::mem::take(&mut self.table) {
            let close = nearest(&key, KEYS).map(str::to_owned);
            self.note(&key, LimitsError::UnknownKey { close });
        }
    }

    fn note(&mut self, key: &str, fault: LimitsError) {
        self.slips.push(Slip { at: self.at.clone().then(key), fault });
    }
}

impl Loosening {
    /// Where `key` of it stands.
    pub(super) fn at(&self, key: &str) -> Spot {
        Spot::default().then(OVERRIDE).then(self.place).then(key)
    }

    pub(super) fn slip(&self, key: &str, fault: LimitsError) -> Slip {
        Slip { at: self.at(key), fault }
    }

    /// The exception the engine knows. Absent when it is meant for every preset and this one has no such cap.
    pub(super) fn check(&self, preset: &Preset, now: Timestamp) -> Result<Option<Override>, Vec<Slip>> {
        let rule = || self.rule.clone();
        let slips = self.slips(now);
        if !slips.is_empty() {
            return Err(slips);
        }
        let is_cap = |kind: &RuleKind| matches!(kind, RuleKind::Cap { .. });
        if !preset.rules.iter().any(|known| known.id == self.rule && is_cap(&known.kind)) {
            let Some(preset) = self.preset.clone() else { return Ok(None) };
            return Err(vec![self.slip("rule", LimitsError::NoCap { preset, rule: rule() })]);
        }
        let (first, second) = (self.approved_by.trim(), self.second_approver.trim());
        let evidence = format!("{} ({first}, {second})", self.evidence.trim());
        let (from, until) = (Some(self.from()), Some(self.expires));
        Ok(Some(Override { rule: rule(), limit: self.limit, evidence, from, until }))
    }

    /// The moment it begins.
    fn from(&self) -> Timestamp {
        let day = self.approved_on.to_datetime(Time::midnight()).to_zoned_datetime(TimeZone::UTC);
        day.map_or(Timestamp::MAX, |day| day.timestamp())
    }

    /// Everything that is wrong with it, whatever it is laid over.
    fn slips(&self, now: Timestamp) -> Vec<Slip> {
        let rule = || self.rule.clone();
        let mut slips = Vec::new();
        let mut note = |key, fault| slips.push(self.slip(key, fault));
        if self.evidence.chars().filter(|c| c.is_alphanumeric() && !UNSEEN.contains(c)).count() < 3 {
            note("evidence", LimitsError::NoEvidence { rule: rule() });
        }
        if !two_people(&self.approved_by, &self.second_approver) {
            note("second_approver", LimitsError::OnePerson { rule: rule() });
        }
        if self.limit > HIGHEST {
            note("limit", LimitsError::TooHigh { rule: rule(), limit: self.limit });
        }
        let (approved_on, from) = (self.approved_on, self.from());
        if self.expires <= from {
            note("expires", LimitsError::EndsFirst { rule: rule(), approved_on, expires: self.expires });
        } else if self.expires.duration_since(from) > LONGEST {
            note("expires", LimitsError::TooLong { rule: rule(), approved_on });
        } else if self.expires <= now {
            note("expires", LimitsError::Expired { rule: rule(), expired: self.expires });
        }
        slips
    }
}

/// How long an exception may last.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 366);

/// The highest limit that is no slip of the finger.
pub(super) const HIGHEST: u32 = 1_000;

/// Letters by their class that no eye sees: fillers of other scripts.
const UNSEEN: [char; 4] = ['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}'];

/// Whether two names are of two people, as far as their letters tell.
pub fn two_people(one: &str, other: &str) -> bool {
    let (one, other) = (words(one.trim()), words(other.trim()));
    !one.is_empty() && !other.is_empty() && one != other && letters(&one) != letters(&other)
}

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
