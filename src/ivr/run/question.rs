//! Questions: keys, numbers, silence, and asking again.

use std::sync::Arc;
use std::time::Instant;

use jiff::ToSpan;
use jiff::civil::Date;

use super::state::{Number, State};
use super::{FlowRun, PROMPT_LIMIT, Says};
use crate::domain::Grade;
use crate::ivr::step::{DigitsMean, Plays, Question, Reactions, StepNo, Target};
use crate::ivr::wording::Entered;
use crate::ivr::{IdentifiedBy, Output};

impl FlowRun {
    /// The question that `step` asks.
    pub(super) fn question(&self, step: StepNo) -> &Question {
        match &self.step(step).plays {
            Plays::Ask { question, .. } | Plays::Enter { question, .. } => question,
            Plays::Connect { .. } | Plays::Pass { .. } | Plays::Say { .. } => {
                unreachable!("only a step that asks is ever waited on")
            }
        }
    }

    /// Says the question, once more.
    pub(super) fn ask(&mut self, now: Instant, step: StepNo) {
        self.progress.asked += 1;
        self.progress.read = 0;
        let flow = Arc::clone(&self.flow);
        let question = match &flow.steps[step].plays {
            Plays::Ask { question, .. } | Plays::Enter { question, .. } => question,
            Plays::Connect { .. } | Plays::Pass { .. } | Plays::Say { .. } => return,
        };
        let offers = flow.steps[step].offers(self.language, &self.facts.untold);
        if let Some(prompt) = self.say(&question.prompt, question.barge_in, Says::Question(offers)) {
            self.set(now, State::Asking { step, prompt }, PROMPT_LIMIT);
        }
    }

    pub(super) fn wait_for_key(&mut self, now: Instant, step: StepNo) {
        let wait = self.question(step).wait;
        self.set(now, State::Waiting { step }, wait);
    }

    /// The digits that come now are a number's.
    pub(super) fn enters_number(&self) -> bool {
        match self.state {
            State::Asking { step, .. } | State::Entering { step, .. } | State::Waiting { step } => {
                matches!(self.step(step).plays, Plays::Enter { .. })
            }
            State::Saying { then: Target::Step(step), asks_again: true, .. } => {
                matches!(self.step(step).plays, Plays::Enter { .. })
            }
            State::Confirming { .. } | State::Connecting { .. } | State::Done | State::Greeting { .. } => {
                false
            }
            State::Idle | State::Leaving { .. } | State::Reading { .. } | State::Saying { .. } => false,
        }
    }

    /// Takes a key as the answer to the question.
    pub(super) fn answer(&mut self, now: Instant, step: StepNo, key: char) {
        let flow = Arc::clone(&self.flow);
        match &flow.steps[step].plays {
            Plays::Ask { question, keys } => match keys.get(&key) {
                Some(goes) => {
                    // He who would hear nothing in the other language goes on in this one.
                    if let Some(language) = goes.language.filter(|other| !self.facts.untold.contains(other)) {
                        self.language = language;
                    }
                    // Who was not called by his name has not said that he is the debtor, where that is asked for.
                    let then = if flow.marks(goes.then) && !self.asks_enough(question) {
                        question.no_input.otherwise
                    } else {
                        goes.then
                    };
                    self.note_repeat(then);
                    self.follow(now, then, None);
                }
                None => self.wrong_key(now, step, question),
            },
            Plays::Enter { question, digits, .. } => {
                let mut number = match self.state {
                    State::Entering { number, .. } => number,
                    _ => Number::default(),
                };
                if digits.end == Some(key) {
                    return self.take_number(now, step, number);
                }
                let Some(digit) = key.to_digit(10).and_then(|digit| u8::try_from(digit).ok()) else {
                    return self.wrong_key(now, step, question);
                };
                number = Number { value: number.value * 10 + digit, digits: number.digits + 1 };
                if number.digits >= digits.max {
                    return self.take_number(now, step, number);
                }
                self.set(now, State::Entering { step, number }, question.wait);
            }
            Plays::Connect { .. } | Plays::Pass { .. } | Plays::Say { .. } => {}
        }
    }

    /// Whether the question is one whose answer tells who listens, and has been heard.
    fn asks_enough(&self, question: &Question) -> bool {
        let voiced = self.facts.name.as_ref().and_then(|name| name.in_language(self.language));
        match self.facts.identified_by {
            IdentifiedBy::Name => {
                self.progress.heard && voiced.is_some() && question.prompt.calls_by_name(self.language)
            }
            IdentifiedBy::Number => true,
        }
    }

    /// Whether the key would make him the debtor who presses it before he has heard the name that makes him so. Every other key
    /// of the question counts at once.
    pub(super) fn is_too_early(&self, step: StepNo, key: char) -> bool {
        let Plays::Ask { keys, .. } = &self.step(step).plays else { return false };
        let marks = keys.get(&key).is_some_and(|goes| self.flow.marks(goes.then));
        marks && !self.progress.heard && self.facts.identified_by == IdentifiedBy::Name
    }

    /// Takes the number as entered and reads it back, if it means something.
    pub(super) fn take_number(&mut self, now: Instant, step: StepNo, number: Number) {
        let flow = Arc::clone(&self.flow);
        let Plays::Enter { question, digits, .. } = &flow.steps[step].plays else { return };
        let meant = (number.digits >= digits.min)
            .then(|| meaning(digits.meaning, number.value, self.facts.today))
            .flatten();
        match meant {
            Some(entered) => self.read_back(now, step, entered),
            None => self.wrong_key(now, step, question),
        }
    }

    fn read_back(&mut self, now: Instant, step: StepNo, entered: Entered) {
        self.progress.read += 1;
        let flow = Arc::clone(&self.flow);
        let Plays::Enter { confirm, .. } = &flow.steps[step].plays else { return };
        if let Some(prompt) = self.say(confirm, true, Says::ReadBack(entered)) {
            self.set(now, State::Reading { step, entered, prompt }, PROMPT_LIMIT);
        }
    }

    /// A key after a number was read back: 1 confirms it, 2 enters it anew.
    pub(super) fn confirm_key(&mut self, now: Instant, step: StepNo, entered: Entered, key: char) {
        let flow = Arc::clone(&self.flow);
        let Plays::Enter { question, digits, then, .. } = &flow.steps[step].plays else { return };
        if digits.end == Some(key) {
            // It ends the number that was long enough without it.
            return;
        }
        self.stop_saying();
        match key {
            '1' => {
                if let Entered::Day(day) = entered {
                    self.outputs.push_back(Output::Promised(day));
                }
                self.act(&flow.steps[step], Some(entered));
                self.follow(now, *then, None);
            }
            '2' if self.progress.asked < question.tries => self.ask(now, step),
            '2' => self.follow(now, question.no_match.otherwise, None),
            _ => self.confirm_again(now, step, entered),
        }
    }

    /// Reads the number back once more, or gives up: a promise not confirmed is none.
    pub(super) fn confirm_again(&mut self, now: Instant, step: StepNo, entered: Entered) {
        if self.progress.read < self.question(step).tries {
            self.read_back(now, step, entered);
        } else {
            let otherwise = self.question(step).no_input.otherwise;
            self.follow(now, otherwise, None);
        }
    }

    /// No key came.
    pub(super) fn no_answer(&mut self, now: Instant, step: StepNo) {
        self.progress.silences += 1;
        let flow = Arc::clone(&self.flow);
        if let Plays::Ask { question, .. } | Plays::Enter { question, .. } = &flow.steps[step].plays {
            self.react(now, step, &question.no_input, self.progress.silences);
        }
    }

    fn wrong_key(&mut self, now: Instant, step: StepNo, question: &Question) {
        self.progress.wrong_keys += 1;
        self.react(now, step, &question.no_match, self.progress.wrong_keys);
    }

    fn react(&mut self, now: Instant, step: StepNo, reactions: &Reactions, count: u8) {
        if self.progress.asked >= self.question(step).tries {
            return self.follow(now, reactions.otherwise, None);
        }
        let Some((prompt, then)) = reactions.by_count.get(&count) else { return self.ask(now, step) };
        let asks_again = *then == Target::Step(step);
        if let Some(prompt) = self.say(prompt, true, Says::Text) {
            let state = State::Saying { prompt, barge_in: true, then: *then, asks_again };
            self.set(now, state, PROMPT_LIMIT);
        }
    }

    /// A key that leads back to what was told of the debt asks to hear it again.
    fn note_repeat(&mut self, then: Target) {
        if let Target::Step(step) = then
            && self.step(step).reads_debt()
            && self.journal.visited(step)
        {
            self.grade(Grade::RepeatAsked);
        }
    }
}

/// What a number means; nothing when it is out of its bounds.
fn meaning(meaning: DigitsMean, value: u8, today: Date) -> Option<Entered> {
    match meaning {
        DigitsMean::Day { within_days } => nearest_day(today, value, within_days).map(Entered::Day),
        DigitsMean::Hour { from, to } => (from..=to).contains(&value).then_some(Entered::Hour(value)),
    }
}

/// The first date from `today` to `within_days` later that is the `day`-th of its month.
fn nearest_day(today: Date, day: u8, within_days: u16) -> Option<Date> {
    let last = today.checked_add(i64::from(within_days).days()).ok()?;
    let mut dates = today.series(1.day()).take_while(|date| *date <= last);
    dates.find(|date| i16::from(date.day()) == i16::from(day))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_of_the_month_is_the_nearest_one_within_the_policy() {
        let today = date(2026, 2, 20);
        assert_eq!(nearest_day(today, 20, 14), Some(today));
        assert_eq!(nearest_day(today, 28, 14), Some(date(2026, 2, 28)));
        assert_eq!(nearest_day(today, 6, 14), Some(date(2026, 3, 6)));
        assert_eq!(nearest_day(today, 7, 14), None);
        assert_eq!(nearest_day(today, 29, 14), None, "February 2026 has no 29th");
        assert_eq!(nearest_day(today, 0, 14), None);
    }
}
