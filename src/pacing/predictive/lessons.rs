//! What a pacer has learned, kept over night and over a restart: observations, without the first guesses.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::learn::Ages;

/// What was learned in some time, such as one hour of the day. Lessons add up; old ones weigh less.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lessons {
    /// Of each kind of duration: bins, and how many ended in each.
    durations: BTreeMap<String, Vec<(u16, f32)>>,
    /// People who answered, and the dials they are measured against.
    people: f64,
    exposure: f64,
    /// Time that agents were logged in.
    agent_seconds: f64,
    /// The chance that who has finished goes away, summed over `people`.
    goes_away: f64,
}

/// The kinds of durations that compete: one call ends in one way. Each of the others stands for itself.
pub(super) const CALLS: [&str; 3] = ["ring", "machine_ring", "unanswered"];

/// Observations of one kind, on the mean, that all lessons together are worth at most: what comes today soon outweighs them.
const MOST_WORTH: f32 = 60.0;
/// From fewer people nothing is concluded about the answer rate.
const LEAST_PEOPLE: f64 = 5.0;
/// What has faded to less than this is left out.
const FAINT: f32 = 0.05;

impl Lessons {
    pub(super) fn note(&mut self, kind: &str, ages: &mut Ages) {
        self.durations.insert(kind.to_owned(), ages.take_fresh());
    }

    pub(super) fn note_people(&mut self, (people, exposure): (f64, f64), agent_seconds: f64, goes_away: f64) {
        (self.people, self.exposure, self.agent_seconds) = (people, exposure, agent_seconds);
        self.goes_away = goes_away * people;
    }

    /// Nothing was learned.
    pub fn is_empty(&self) -> bool {
        self.exposure <= 0.0 && self.durations.values().all(Vec::is_empty)
    }

    /// These lessons at a share of their weight, together with those.
    #[must_use]
    pub fn faded_and(mut self, share: f64, fresh: &Self) -> Self {
        for bins in self.durations.values_mut() {
            bins.iter_mut().for_each(|(_, count)| *count *= share as f32);
            bins.retain(|(_, count)| *count > FAINT);
        }
        for (kind, bins) in &fresh.durations {
            let mut sum: BTreeMap<u16, f32> =
                self.durations.get(kind).into_iter().flatten().copied().collect();
            bins.iter().for_each(|(bin, count)| *sum.entry(*bin).or_default() += count);
            self.durations.insert(kind.clone(), sum.into_iter().collect());
        }
        self.people = self.people * share + fresh.people;
        self.exposure = self.exposure * share + fresh.exposure;
        self.agent_seconds = self.agent_seconds * share + fresh.agent_seconds;
        self.goes_away = self.goes_away * share + fresh.goes_away;
        self
    }

    /// Gives the observations of kinds that compete back, all at the same share.
    pub(super) fn give<const KINDS: usize>(&self, kinds: [&str; KINDS], to: [&mut Ages; KINDS]) {
        let count = |kind: &&str| -> f32 {
            self.durations.get(*kind).into_iter().flatten().map(|(_, count)| count).sum()
        };
        let whole: f32 = kinds.iter().map(count).sum();
        let share = (MOST_WORTH * KINDS as f32 / whole.max(1.0)).min(1.0);
        for (kind, ages) in kinds.into_iter().zip(to) {
            for (bin, count) in self.durations.get(kind).into_iter().flatten() {
                ages.recall(usize::from(*bin), f64::from(count * share));
            }
        }
    }

    /// Share of the dials that people answered, and how many people that rests on.
    pub(super) fn rate(&self) -> Option<(f64, f64)> {
        (self.people >= LEAST_PEOPLE && self.exposure > self.people)
            .then(|| (self.people / self.exposure, self.people))
    }

    /// Answers per second of one agent logged in.
    pub(super) fn pace(&self) -> Option<f64> {
        (self.people >= LEAST_PEOPLE && self.agent_seconds > 0.0).then(|| self.people / self.agent_seconds)
    }

    /// The chance that who has finished goes away.
    pub(super) fn goes_away(&self) -> Option<f64> {
        (self.people >= LEAST_PEOPLE).then(|| self.goes_away / self.people)
    }
}

#[cfg(test)]
mod tests {
    use super::super::learn::{log_normal, settle};
    use super::*;

    fn talks() -> Ages {
        Ages::new(2.0, 900, 40.0, log_normal(75.0, 1.0))
    }

    fn learned(count: usize, length: f64) -> Lessons {
        let (mut lessons, mut ages) = (Lessons::default(), talks());
        (0..count).for_each(|_| ages.learn(length));
        lessons.note("talk", &mut ages);
        lessons.note_people((count as f64, 4.0 * count as f64), 100.0 * count as f64, 0.1);
        lessons
    }

    #[test]
    fn what_was_kept_as_text_is_known_again_and_is_soon_outweighed() {
        let text = serde_json::to_string(&learned(5_000, 300.5)).expect("it is written");
        let lessons: Lessons = serde_json::from_str(&text).expect("it is read");
        assert_eq!(lessons, learned(5_000, 300.5));
        assert_eq!(
            (lessons.rate(), lessons.pace(), lessons.goes_away()),
            (Some((0.25, 5_000.0)), Some(0.01), Some(0.1))
        );
        let mut today = talks();
        lessons.give(["talk"], [&mut today]);
        settle([&mut today], std::iter::empty());
        assert!((today.quantile(0.7) - 300.5).abs() < 2.0, "{}", today.quantile(0.7));
        (0..300).for_each(|_| today.learn(30.5));
        settle([&mut today], std::iter::empty());
        assert!((today.quantile(0.5) - 30.5).abs() < 2.0, "{}", today.quantile(0.5));
    }

    #[test]
    fn old_lessons_fade_and_add_up_with_new_ones() {
        let both = learned(100, 300.5).faded_and(0.5, &learned(50, 30.5));
        assert_eq!(both.durations["talk"], [(15, 50.0), (150, 50.0)]);
        assert_eq!((both.people, both.exposure), (100.0, 400.0));
        let gone = (0..12).fold(both, |old, _| old.faded_and(0.5, &Lessons::default()));
        assert!(gone.durations["talk"].is_empty() && gone.rate().is_none(), "{gone:?}");
    }

    #[test]
    fn a_lesson_is_told_once() {
        let (mut lessons, mut ages) = (Lessons::default(), talks());
        ages.learn(10.0);
        lessons.note("talk", &mut ages);
        assert!(!lessons.is_empty());
        lessons.note("talk", &mut ages);
        assert!(lessons.is_empty());
    }
}
