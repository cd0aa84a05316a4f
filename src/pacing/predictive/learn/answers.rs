//! How often a dial is answered by a person, now: several memories, from short to long, each trusted as far as
//! it foretold what came.

/// Answers over exposure, under several speeds of forgetting. A dial's exposure is the share of the people who would
/// have answered by its age, whatever became of it: one refused at once says no more, and no sooner, than one that
/// still rings.
#[derive(Clone, Debug)]
pub struct AnswerRate {
    memories: [Memory; SPANS.len()],
    /// People who answered since the memories last learned.
    people: f64,
    /// Exposure the memories know of.
    learned: f64,
}

/// A chance, and how low and how high it may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    pub usual: f64,
    pub low: f64,
    pub high: f64,
}

#[derive(Clone, Copy, Debug)]
struct Memory {
    people: f64,
    exposure: f64,
    /// Logarithm of how well it foretold, of late.
    trust: f64,
}

/// Exposure that each memory holds, in dials.
const SPANS: [f64; 4] = [150.0, 500.0, 1500.0, 5000.0];
/// The memories of a new day begin at the mean of these two.
const OVERNIGHT: [usize; 2] = [2, 3];
/// Exposure learned at a time; from less the memories can't be judged.
const BLOCK: f64 = 10.0;
/// What a memory's trust keeps from block to block.
const TRUST_KEPT: f64 = 0.97;
/// A fall is believed for good when this memory knows of it: some dozens of dials without an answer may be chance,
/// and who dials twice as much for it loses a row of people when it ends.
const LONGER: usize = 1;
/// The rate never leaves these, so that it may divide.
const LIMITS: (f64, f64) = (0.005, 0.98);

impl AnswerRate {
    /// `rate` is the first guess, worth `people` answers.
    pub fn new(rate: f64, people: f64) -> Self {
        let memory = Memory { people, exposure: people / rate, trust: 0.0 };
        Self { memories: [memory; SPANS.len()], people: 0.0, learned: 0.0 }
    }

    /// A person answered.
    pub fn answered(&mut self) {
        self.people += 1.0;
    }

    /// Learns from what came since; `exposure` is that of all dials of the day.
    pub fn settle(&mut self, exposure: f64) {
        let fresh = exposure - self.learned;
        if fresh < BLOCK {
            return;
        }
        self.learned += fresh;
        let best = self.best();
        for (memory, span) in self.memories.iter_mut().zip(SPANS) {
            let rate = memory.people / memory.exposure;
            let foretold = self.people * rate.ln() - rate * fresh;
            memory.trust = (memory.trust - best) * TRUST_KEPT + foretold;
            let kept = (-fresh / span).exp();
            memory.people = memory.people * kept + self.people;
            memory.exposure = memory.exposure * kept + fresh;
        }
        self.people = 0.0;
    }

    /// Chance that a dial made now is answered by a person.
    pub fn rate(&self, exposure: f64) -> Rate {
        let fresh = (exposure - self.learned).max(0.0);
        let best = self.best();
        let (mut sum, mut people, mut weights) = (0.0, 0.0, 0.0);
        for memory in &self.memories {
            let weight = (memory.trust - best).exp();
            sum += weight * (memory.people + self.people) / (memory.exposure + fresh);
            people += weight * memory.people;
            weights += weight;
        }
        let off = (weights / people).sqrt().min(0.9);
        let usual = (sum / weights).clamp(LIMITS.0, LIMITS.1);
        let longer = &self.memories[LONGER];
        let before = (longer.people + self.people) / (longer.exposure + fresh);
        let high = (usual * (1.0 + off)).max(before).min(LIMITS.1);
        Rate { usual, low: usual * (1.0 - off), high }
    }

    /// A new day: yesterday's rate is worth `people` answers; its calls are void. Before the first nothing changes.
    pub fn begin_day(&mut self, people: f64) {
        if self.learned == 0.0 {
            return;
        }
        let rates = OVERNIGHT.map(|nth| self.memories[nth].people / self.memories[nth].exposure);
        let mean = (rates[0] * rates[1]).sqrt();
        *self = Self::new(mean.clamp(LIMITS.0, LIMITS.1), people);
    }

    fn best(&self) -> f64 {
        self.memories.iter().map(|memory| memory.trust).fold(f64::NEG_INFINITY, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Dials of which every `nth` is answered, on top of `before`; returns how many were made.
    fn dials(rate: &mut AnswerRate, before: f64, count: u32, nth: u32) -> f64 {
        for dial in 0..count {
            if dial % nth == 0 {
                rate.answered();
            }
            rate.settle(before + f64::from(dial + 1));
        }
        before + f64::from(count)
    }

    #[test]
    fn the_rate_is_learned_and_a_change_is_noticed_within_two_hundred_dials() {
        let mut rate = AnswerRate::new(0.2, 3.0);
        let made = dials(&mut rate, 0.0, 5_000, 10);
        assert!((rate.rate(made).usual - 0.1).abs() < 0.01, "{}", rate.rate(made).usual);
        let made = dials(&mut rate, made, 200, 4);
        assert!(rate.rate(made).usual > 0.17, "{}", rate.rate(made).usual);
    }

    #[test]
    fn one_dial_without_an_answer_hardly_lowers_the_rate() {
        let mut rate = AnswerRate::new(0.2, 3.0);
        let made = dials(&mut rate, 0.0, 1_000, 5);
        let before = rate.rate(made).usual;
        assert!((rate.rate(made + 1.0).usual - before).abs() < 0.01);
    }

    #[test]
    fn a_row_of_dials_without_an_answer_may_be_chance() {
        let mut rate = AnswerRate::new(0.2, 3.0);
        let made = dials(&mut rate, 0.0, 2_000, 10);
        (1..=80).for_each(|dial| rate.settle(made + f64::from(dial)));
        let Rate { usual, high, .. } = rate.rate(made + 80.0);
        assert!(usual < 0.085 && high > 0.083, "{usual} {high}");
        (1..=1_500).for_each(|dial| rate.settle(made + 80.0 + f64::from(dial)));
        assert!(rate.rate(made + 1_580.0).high < 0.02, "{:?}", rate.rate(made + 1_580.0));
    }
}
