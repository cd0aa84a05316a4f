//! What a debtor did in a contact that another system had with him, as that system tells it.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// A promise of a later day than this after its contact is a slip of the pen: the debt would rest until then.
pub const FURTHEST_DAYS: i64 = 180;

/// Reactions to one contact; by default none is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ToldReaction {
    pub complaint: bool,
    pub dispute: bool,
    /// He asked not to be called.
    pub opt_out: bool,
    pub promise: bool,
    /// The last day on which he would pay.
    pub promised_on: Option<Date>,
    /// In minor units of the debt's currency, what is above all that he owed then left out; absent: all that.
    pub promised_minor: Option<i64>,
}

impl ToldReaction {
    /// The words of the four.
    pub const WORDS: [&'static str; 4] = ["complaint", "dispute", "opt_out", "promise"];

    /// Takes one by its word; whether it is one.
    pub fn take(&mut self, word: &str) -> bool {
        match word {
            "complaint" => self.complaint = true,
            "dispute" => self.dispute = true,
            "opt_out" => self.opt_out = true,
            "promise" => self.promise = true,
            _ => return false,
        }
        true
    }

    /// The words of what is told.
    pub fn words(&self) -> impl Iterator<Item = &'static str> + use<> {
        let told = [self.complaint, self.dispute, self.opt_out, self.promise];
        Self::WORDS.into_iter().zip(told).filter_map(|(word, told)| told.then_some(word))
    }

    pub fn is_none(&self) -> bool {
        self.words().next().is_none()
    }

    /// Whether the promise may be one: a day without a promise is none, nor is a sum without a day, nothing, or a day that
    /// was over everywhere when he named it, or is further off than [`FURTHEST_DAYS`].
    pub fn promise_is_sound(&self, at: Timestamp) -> bool {
        let today = at.to_zoned_datetime(TimeZone::UTC).date();
        let days = today.saturating_sub(1.day())..=today.saturating_add(FURTHEST_DAYS.days());
        let day = self.promised_on.is_none_or(|on| self.promise && days.contains(&on));
        day && self.promised_minor.is_none_or(|minor| self.promised_on.is_some() && minor > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_has_a_day_that_is_not_over_and_a_sum_only_with_it() {
        let at = "2026-03-10T09:00:00Z".parse().expect("a timestamp");
        let on = |day| Some(jiff::civil::date(2026, 3, day));
        let promise = ToldReaction { promise: true, ..ToldReaction::default() };
        assert!(promise.promise_is_sound(at));
        assert!(
            ToldReaction { promised_on: on(9), ..promise }.promise_is_sound(at),
            "somewhere it is the ninth"
        );
        assert!(!ToldReaction { promised_on: on(8), ..promise }.promise_is_sound(at));
        let furthest = jiff::civil::date(2026, 3, 10).saturating_add(FURTHEST_DAYS.days());
        assert!(ToldReaction { promised_on: Some(furthest), ..promise }.promise_is_sound(at));
        let further = furthest.tomorrow().expect("a day");
        assert!(!ToldReaction { promised_on: Some(further), ..promise }.promise_is_sound(at));
        assert!(!ToldReaction { promised_on: on(12), ..ToldReaction::default() }.promise_is_sound(at));
        assert!(!ToldReaction { promised_minor: Some(5), ..promise }.promise_is_sound(at));
        assert!(
            !ToldReaction { promised_on: on(12), promised_minor: Some(0), ..promise }.promise_is_sound(at)
        );
    }
}
