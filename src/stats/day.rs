//! A day of the house in steps of five minutes, as a chart shows it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::stats::{Key, STEP_S, step_begins, step_of};

/// What happened in a step. Lines and agents are means over the step, of as much of it as is over.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct DayStep {
    /// Calls out that were begun, but for those we took back.
    pub dials: u64,
    /// Those of them that a person answered, as far as they are over.
    pub people: u64,
    /// Those of the people whom nobody served in time.
    pub abandoned: u64,
    /// The same from the day's beginning to the end of the step.
    pub people_so_far: u64,
    pub abandoned_so_far: u64,
    pub lines: f64,
    /// Talk, with those who wait in it.
    pub talk: f64,
    pub wrap_up: f64,
    /// Ready, with those for whom a call is being made.
    pub ready: f64,
    /// At a pause, or without sound.
    pub away: f64,
}

/// A day's steps, by campaign; what is of no campaign has the number 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DaySteps {
    from: Timestamp,
    to: Timestamp,
    now: Timestamp,
    calls: BTreeMap<(i64, i64), [i64; 4]>,
    states: BTreeMap<(i64, i64), [i64; 4]>,
}

impl DaySteps {
    /// Of the day between two moments, as it looks now.
    pub fn new(from: Timestamp, to: Timestamp, now: Timestamp) -> Self {
        Self { from, to, now, ..Self::default() }
    }

    /// Adds the sums of [`STEP`](crate::stats::STEP) under its key.
    pub fn add_calls(&mut self, keys: &[Key], sums: &[i64]) {
        if let ([Key::Number(step), Key::Number(campaign)], &[dials, people, abandoned, line_us]) =
            (keys, sums)
        {
            let mine = self.calls.entry((*step, *campaign)).or_default();
            plus(mine, [dials, people, abandoned, line_us]);
        }
    }

    /// Adds the sum of [`STATE_STEP`](crate::stats::STATE_STEP) under its key.
    pub fn add_states(&mut self, keys: &[Key], sums: &[i64]) {
        if let ([Key::Number(step), Key::Code(state), Key::Number(campaign)], &[spent]) = (keys, sums) {
            let [mut talk, mut wrap_up, mut ready, mut away] = [0; 4];
            match state.as_ref() {
                "talking" | "hold" => talk = spent,
                "wrap_up" => wrap_up = spent,
                "ready" | "reserved" | "ringing" => ready = spent,
                // `away` and `no_audio`; whoever is logged out has no time.
                _ => away = spent,
            }
            plus(self.states.entry((*step, *campaign)).or_default(), [talk, wrap_up, ready, away]);
        }
    }

    /// Campaigns that something happened in.
    pub fn campaigns(&self) -> Vec<i64> {
        let mut found: Vec<i64> = self.calls.keys().chain(self.states.keys()).map(|(_, of)| *of).collect();
        found.sort_unstable();
        found.dedup();
        found.retain(|campaign| *campaign != 0);
        found
    }

    /// The steps in which anything happened, of a campaign or of the whole house, and those between them; each with its first
    /// moment.
    pub fn of(&self, campaign: Option<i64>) -> Vec<(Timestamp, DayStep)> {
        let asked = |of: i64| campaign.is_none_or(|campaign| campaign == of);
        let mut steps: BTreeMap<i64, ([i64; 4], [i64; 4])> = BTreeMap::new();
        for ((step, _), sums) in self.calls.iter().filter(|((_, of), _)| asked(*of)) {
            plus(&mut steps.entry(*step).or_default().0, *sums);
        }
        for ((step, _), sums) in self.states.iter().filter(|((_, of), _)| asked(*of)) {
            plus(&mut steps.entry(*step).or_default().1, *sums);
        }
        let in_day = step_of(self.from)..step_of(self.to);
        steps.retain(|step, (calls, states)| in_day.contains(step) && (*calls, *states) != ([0; 4], [0; 4]));
        let (Some(first), Some(last)) = (steps.keys().next(), steps.keys().next_back()) else {
            return Vec::new();
        };
        let (mut people_so_far, mut abandoned_so_far) = (0, 0);
        let step = |step: i64| {
            let (calls, states) = steps.get(&step).copied().unwrap_or_default();
            let [dials, people, abandoned] =
                [calls[0], calls[1], calls[2]].map(|count| count.max(0).unsigned_abs());
            people_so_far += people;
            abandoned_so_far += abandoned;
            let mean = |us: i64| us as f64 / self.lasted_us(step);
            let [talk, wrap_up, ready, away] = states.map(mean);
            let lines = mean(calls[3]);
            let told = DayStep {
                dials,
                people,
                abandoned,
                people_so_far,
                abandoned_so_far,
                lines,
                talk,
                wrap_up,
                ready,
                away,
            };
            (step_begins(step), told)
        };
        (*first..=*last).map(step).collect()
    }

    /// How much of a step is over, in microseconds; never nothing.
    fn lasted_us(&self, step: i64) -> f64 {
        let over = self.now.as_microsecond() - step_begins(step).as_microsecond();
        over.clamp(1, STEP_S * 1_000_000) as f64
    }
}

fn plus(mine: &mut [i64; 4], more: [i64; 4]) {
    mine.iter_mut().zip(more).for_each(|(mine, more)| *mine += more);
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use jiff::SignedDuration;

    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    fn call(day: &mut DaySteps, step: i64, campaign: i64, sums: [i64; 4]) {
        day.add_calls(&[Key::Number(step), Key::Number(campaign)], &sums);
    }

    fn state(day: &mut DaySteps, step: i64, state: &'static str, campaign: i64, minutes: i64) {
        let keys = [Key::Number(step), Key::Code(Cow::Borrowed(state)), Key::Number(campaign)];
        day.add_states(&keys, &[minutes * 60_000_000]);
    }

    #[test]
    fn a_campaigns_day_is_its_own_and_the_houses_is_all_of_it() {
        let mut day = DaySteps::new(at(0), at(24 * 60), at(24 * 60));
        call(&mut day, 2, 7, [10, 4, 1, 600_000_000]);
        call(&mut day, 2, 8, [5, 1, 0, 0]);
        call(&mut day, 4, 7, [1, 1, 1, 0]);
        state(&mut day, 3, "ready", 0, 10);
        state(&mut day, 3, "hold", 7, 5);
        state(&mut day, 3, "talking", 7, 5);
        let house = day.of(None);
        assert_eq!(house.iter().map(|(begins, _)| *begins).collect::<Vec<_>>(), [at(10), at(15), at(20)]);
        let so_far: Vec<_> =
            house.iter().map(|(_, step)| (step.dials, step.people_so_far, step.abandoned_so_far)).collect();
        assert_eq!(so_far, [(15, 5, 1), (0, 5, 1), (1, 6, 2)]);
        assert_eq!((house[0].1.lines, house[1].1.talk, house[1].1.ready), (2.0, 2.0, 2.0));
        let own = day.of(Some(7));
        assert_eq!((own[1].1.talk, own[1].1.ready), (2.0, 0.0), "whoever is ready is of no campaign");
        assert_eq!(day.of(Some(8)).len(), 1);
        assert_eq!(day.of(Some(9)), []);
        assert_eq!(day.campaigns(), [7, 8]);
    }

    #[test]
    fn a_step_that_goes_on_is_divided_by_what_is_over_of_it() {
        let mut day = DaySteps::new(at(0), at(24 * 60), at(11));
        state(&mut day, 2, "away", 0, 1);
        assert!((day.of(None)[0].1.away - 1.0).abs() < 1e-9, "one agent all of its one minute");
    }

    #[test]
    fn what_is_of_another_day_is_left_out() {
        let mut day = DaySteps::new(at(60), at(120), at(500));
        for step in [11, 12, 23, 24] {
            call(&mut day, step, 7, [1, 0, 0, 0]);
        }
        assert_eq!(day.of(None).iter().map(|(_, step)| step.dials).sum::<u64>(), 2);
    }
}
