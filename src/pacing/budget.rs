//! How many people may still be abandoned: the cap, the window it holds in, those lost to detection.

use std::collections::VecDeque;
use std::time::Duration;

/// The time over which the share of abandoned calls is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The campaign's day: begins anew with each.
    Day,
    /// The last so many hours or days, whatever the hour.
    Rolling(Duration),
}

/// What the budget holds to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cap {
    /// Most that may be abandoned, as a share of people who answered.
    pub share: f64,
    pub window: Window,
    /// Share of people who answer and are taken for machines; nobody sees them, they count as abandoned.
    pub lost_to_detection: f64,
}

/// People met some time ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earlier {
    pub ago: Duration,
    pub answered: u64,
    /// Of these.
    pub abandoned: u64,
}

/// People answered and abandoned within the window. Times are seconds.
#[derive(Clone, Debug)]
pub struct Budget {
    cap: Cap,
    slices: VecDeque<Slice>,
    day: Slice,
    /// People of this day whom another process met, before a restart.
    carried: Slice,
    shift: f64,
    /// Answers per second of a usual day, and how many seconds of this day that is worth.
    usual: f64,
    usual_worth: f64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slice {
    from: f64,
    answered: f64,
    abandoned: f64,
}

/// A rolling window is kept in so many slices; it forgets one at a time.
const SLICES: f64 = 96.0;
/// An agent hears a person about this often, in seconds, until a day has shown better.
const SECONDS_AN_ANSWER: f64 = 200.0;
/// Seconds of a day after which its own pace of answers weighs as much as that guess, and as yesterday's pace:
/// a morning foretells the afternoon no better than yesterday did.
const GUESS_WORTH: f64 = 900.0;
const YESTERDAY_WORTH: f64 = 14_400.0;
/// Standard deviations kept free for people lost to detection, whose number nobody sees.
const UNSEEN_SIGMAS: f64 = 1.7;

impl Budget {
    pub fn new(cap: Cap, agents: u32, shift: Duration) -> Self {
        let (day, shift) = (Slice::default(), shift.as_secs_f64());
        let usual = f64::from(agents) / SECONDS_AN_ANSWER;
        let (slices, carried) = (VecDeque::new(), Slice::default());
        Self { cap, slices, day, carried, shift, usual, usual_worth: GUESS_WORTH }
    }

    pub fn begin_day(&mut self, now: f64) {
        // Yesterday's pace is today's expectation, if yesterday was one.
        let lasted = (now - self.day.from).min(self.shift);
        if self.day.answered >= 50.0 && lasted > 0.0 {
            (self.usual, self.usual_worth) = (self.day.answered / lasted, YESTERDAY_WORTH);
        }
        self.day = Slice { from: now, ..Slice::default() };
        self.carried = Slice::default();
    }

    /// People whom the day or the window has met before this process: the oldest first, each with the seconds since then.
    pub fn carry(&mut self, now: f64, earlier: &[Earlier]) {
        for &Earlier { ago, answered, abandoned } in earlier {
            let from = now - ago.as_secs_f64();
            let (answered, abandoned) = (answered as f64, abandoned as f64);
            self.slices.push_back(Slice { from, answered, abandoned });
            self.carried.answered += answered;
            self.carried.abandoned += abandoned;
        }
    }

    /// Yesterday's pace, in answers a second.
    pub fn expect(&mut self, pace: f64) {
        (self.usual, self.usual_worth) = (pace, YESTERDAY_WORTH);
    }

    /// A person answered.
    pub fn answered(&mut self, now: f64) {
        self.day.answered += 1.0;
        self.slice(now).answered += 1.0;
    }

    /// A person was abandoned.
    pub fn abandoned(&mut self, now: f64) {
        self.day.abandoned += 1.0;
        self.slice(now).abandoned += 1.0;
    }

    /// People answered and abandoned within the window, those lost to detection not counted.
    pub fn counts(&self, now: f64) -> (f64, f64) {
        let window = self.since(now);
        (window.answered, window.abandoned)
    }

    /// Seconds until the shift ends.
    pub fn left(&self, now: f64) -> f64 {
        (self.day.from + self.shift - now).max(0.0)
    }

    /// People expected to answer within the next `seconds` of this shift.
    pub fn expected(&self, now: f64, seconds: f64) -> f64 {
        let lasted = (now - self.day.from).max(0.0);
        let pace = (self.usual * self.usual_worth + self.day.answered) / (self.usual_worth + lasted);
        pace * seconds.max(0.0)
    }

    /// People who may still be abandoned if `coming` more answer: at this moment, and by the end of the shift,
    /// when the oldest answers have left a rolling window.
    pub fn spendable(&self, now: f64, coming: f64) -> f64 {
        let of = |slice: Slice| {
            let people = (slice.answered + coming) / (1.0 - self.cap.lost_to_detection);
            let unseen = people * self.cap.lost_to_detection;
            let margin = UNSEEN_SIGMAS * (unseen * (1.0 - self.cap.lost_to_detection)).sqrt();
            self.cap.share * people - unseen - margin - slice.abandoned
        };
        of(self.since(now)).min(of(self.since(now + self.left(now))))
    }

    /// What remains of the window at `moment`, now or later.
    fn since(&self, moment: f64) -> Slice {
        let Window::Rolling(length) = self.cap.window else {
            let (answered, abandoned) = (self.carried.answered, self.carried.abandoned);
            return Slice {
                from: self.day.from,
                answered: self.day.answered + answered,
                abandoned: self.day.abandoned + abandoned,
            };
        };
        let from = moment - length.as_secs_f64();
        self.slices.iter().filter(|slice| slice.from >= from).fold(Slice::default(), |sum, slice| Slice {
            from,
            answered: sum.answered + slice.answered,
            abandoned: sum.abandoned + slice.abandoned,
        })
    }

    fn slice(&mut self, now: f64) -> &mut Slice {
        let length = match self.cap.window {
            Window::Day => self.shift,
            Window::Rolling(length) => length.as_secs_f64(),
        };
        while self.slices.front().is_some_and(|slice| slice.from + length < now) {
            self.slices.pop_front();
        }
        if self.slices.back().is_none_or(|slice| slice.from + length / SLICES <= now) {
            self.slices.push_back(Slice { from: now, ..Slice::default() });
        }
        let last = self.slices.len() - 1;
        &mut self.slices[last]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(window: Window, lost_to_detection: f64) -> Budget {
        let cap = Cap { share: 0.03, window, lost_to_detection };
        let mut budget = Budget::new(cap, 5, Duration::from_secs(28_800));
        budget.begin_day(0.0);
        budget
    }

    #[test]
    fn whom_a_process_before_this_one_met_counts_in_the_day_and_in_a_window_until_he_is_too_old() {
        let hour = |hours: u64| Duration::from_secs(3_600 * hours);
        let earlier = [
            Earlier { ago: hour(23), answered: 100, abandoned: 5 },
            Earlier { ago: hour(1), answered: 200, abandoned: 6 },
        ];
        let mut day = budget(Window::Day, 0.0);
        let pace = day.expected(0.0, 3_600.0);
        day.carry(0.0, &earlier[1..]);
        assert_eq!((day.counts(60.0), day.spendable(60.0, 0.0)), ((200.0, 6.0), 0.0));
        assert_eq!(day.expected(0.0, 3_600.0), pace, "he was met in a time that is not counted either");
        day.begin_day(28_800.0);
        assert_eq!(day.counts(28_801.0), (0.0, 0.0));
        let mut rolling = budget(Window::Rolling(hour(24)), 0.0);
        rolling.carry(0.0, &earlier);
        assert_eq!(rolling.counts(0.0), (300.0, 11.0));
        assert_eq!(rolling.counts(2.0 * 3_600.0), (200.0, 6.0));
    }

    #[test]
    fn a_day_begins_with_nothing_abandoned_and_a_rolling_window_remembers() {
        let mut day = budget(Window::Day, 0.0);
        let mut rolling = budget(Window::Rolling(Duration::from_secs(86_400)), 0.0);
        for budget in [&mut day, &mut rolling] {
            (0..100).for_each(|nth| budget.answered(f64::from(nth)));
            (0..3).for_each(|nth| budget.abandoned(f64::from(nth)));
            assert!(budget.spendable(200.0, 0.0).abs() < 1e-9);
            budget.begin_day(80_000.0);
        }
        assert_eq!(day.counts(80_000.0), (0.0, 0.0));
        assert_eq!(rolling.counts(80_000.0), (100.0, 3.0));
        assert_eq!(rolling.counts(90_000.0), (0.0, 0.0));
    }

    #[test]
    fn a_rolling_window_counts_on_no_answer_that_leaves_it_before_the_shift_ends() {
        let mut budget = budget(Window::Rolling(Duration::from_secs(86_400)), 0.0);
        (0..100).for_each(|_| budget.answered(0.0));
        budget.begin_day(80_000.0);
        assert!(budget.spendable(80_000.0, 0.0) < 1e-9);
        assert!(budget.spendable(80_000.0, 100.0) > 2.9);
    }

    #[test]
    fn people_lost_to_detection_and_a_margin_come_off_the_budget() {
        let mut exact = budget(Window::Day, 0.0);
        let mut losing = budget(Window::Day, 0.01);
        for budget in [&mut exact, &mut losing] {
            (0..990).for_each(|_| budget.answered(0.0));
        }
        assert!((exact.spendable(1.0, 0.0) - 29.7).abs() < 1e-9);
        let margin = UNSEEN_SIGMAS * (10.0_f64 * 0.99).sqrt();
        assert!((losing.spendable(1.0, 0.0) - (30.0 - 10.0 - margin)).abs() < 1e-9);
    }
}
