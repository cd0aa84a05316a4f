//! What a promise came to: by what was paid, and when it was paid.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// A promise of a debt, in minor units of the debt's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    pub promised: i64,
    /// When the call or the contact began in which he promised.
    pub called: Timestamp,
    /// When its last day is over.
    pub ends: Timestamp,
    /// The last day and its grace are over everywhere on Earth.
    pub is_over: bool,
}

/// A payment on the debt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Money {
    pub minor: i64,
    pub paid_at: Timestamp,
    pub received_at: Timestamp,
    /// Nothing was owed any more after it.
    pub settles: bool,
}

/// What became of a promise, and what was paid on its debt: in time, and after its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Judged {
    pub verdict: Verdict,
    pub in_time: i64,
    pub late: i64,
}

/// What became of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Broken,
    Kept,
    Open,
    /// Money from before the promise settled what was promised: it was neither kept nor broken.
    Void,
}

impl Verdict {
    /// The code in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Kept => "kept",
            Self::Open => "open",
            Self::Void => "void",
        }
    }
}

/// Judges all promises of a debt together: money is used up by the promise that ends first, so that none keeps two.
pub(super) fn judge(promises: &[Asked], payments: &[Money]) -> Vec<Judged> {
    let mut left: Vec<i64> = payments.iter().map(|payment| payment.minor).collect();
    let mut order: Vec<usize> = (0..promises.len()).collect();
    order.sort_by_key(|&nth| promises[nth].ends);
    let mut judged = vec![Judged { verdict: Verdict::Open, in_time: 0, late: 0 }; promises.len()];
    for nth in order {
        judged[nth] = one(promises[nth], payments, &mut left);
    }
    judged
}

/// `left`: what earlier promises have left of each payment.
fn one(promise: Asked, payments: &[Money], left: &mut [i64]) -> Judged {
    let is_in_time = |it: &Money| (promise.called..promise.ends).contains(&it.paid_at);
    let sum = |of: &dyn Fn(&Money) -> bool| {
        payments.iter().filter(|it| of(it)).fold(0_i64, |sum, it| sum.saturating_add(it.minor))
    };
    // Paid before the call, and told after it had begun: he owed less than both thought.
    let is_earlier = |it: &Money| it.paid_at < promise.called && it.received_at >= promise.called;
    let is_late = |it: &Money| it.paid_at >= promise.ends;
    // By the end nothing was owed any more, though it may be less than he promised: a list has lowered the debt since.
    let is_settled = payments.iter().any(|it| {
        let alone = || !payments.iter().any(|late| is_late(late) && late.received_at <= it.received_at);
        it.settles && (is_in_time(it) || is_earlier(it)) && alone()
    });
    let mut used = 0_i64;
    for (_, left) in payments.iter().zip(left).filter(|(payment, _)| is_in_time(payment)) {
        let part = (*left).min(promise.promised - used);
        (*left, used) = (*left - part, used + part);
    }
    let (in_time, earlier) = (sum(&is_in_time), sum(&is_earlier));
    let verdict = if used >= promise.promised || (is_settled && used > 0) {
        Verdict::Kept
    } else if is_settled || (earlier > 0 && used.saturating_add(earlier) >= promise.promised) {
        Verdict::Void
    } else if promise.is_over {
        Verdict::Broken
    } else {
        Verdict::Open
    };
    Judged { verdict, in_time, late: sum(&is_late) }
}

/// The moment at which a day is over everywhere: in the last zone of all, twelve hours behind UTC.
pub(super) fn end_of(day: Date) -> Timestamp {
    let next = day.saturating_add(1.days()).at(12, 0, 0, 0);
    next.to_zoned_datetime(TimeZone::UTC).map_or(Timestamp::MAX, |end| end.timestamp())
}

/// Promises of an earlier day than this are to be judged.
pub(super) fn last_day(now: Timestamp, grace_days: u8) -> Date {
    let there = now.saturating_sub(SignedDuration::from_hours(12)).expect("hours, not months");
    there.to_zoned_datetime(TimeZone::UTC).date().saturating_sub(i64::from(grace_days).days())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i8) -> Timestamp {
        jiff::civil::date(2026, 3, day)
            .at(9, 0, 0, 0)
            .to_zoned_datetime(TimeZone::UTC)
            .expect("a time")
            .timestamp()
    }

    /// 100 by the tenth, promised on the third.
    fn asked() -> Asked {
        Asked { promised: 100, called: at(3), ends: at(10), is_over: false }
    }

    fn over() -> Asked {
        Asked { is_over: true, ..asked() }
    }

    /// Told when it was paid.
    fn paid(minor: i64, day: i8) -> Money {
        Money { minor, paid_at: at(day), received_at: at(day), settles: false }
    }

    /// Told on the fourth.
    fn told_late(minor: i64, day: i8) -> Money {
        Money { received_at: at(4), ..paid(minor, day) }
    }

    fn verdicts(promises: &[Asked], payments: &[Money]) -> Vec<Verdict> {
        judge(promises, payments).iter().map(|judged| judged.verdict).collect()
    }

    #[test]
    fn a_promise_is_judged_by_when_it_was_paid() {
        assert_eq!(verdicts(&[asked()], &[]), [Verdict::Open]);
        assert_eq!(verdicts(&[over()], &[]), [Verdict::Broken]);
        assert_eq!(verdicts(&[over()], &[paid(60, 4), paid(40, 9)]), [Verdict::Kept]);
        assert_eq!(verdicts(&[over()], &[paid(99, 9), paid(50, 10)]), [Verdict::Broken]);
        assert_eq!(verdicts(&[asked()], &[told_late(100, 2)]), [Verdict::Void]);
        assert_eq!(verdicts(&[over()], &[paid(40, 4), told_late(60, 2)]), [Verdict::Void]);
        assert_eq!(
            verdicts(&[over()], &[paid(100, 2)]),
            [Verdict::Broken],
            "both knew of it when he promised"
        );
        let judged = judge(&[over()], &[paid(120, 4), paid(30, 11)])[0];
        assert_eq!((judged.in_time, judged.late), (120, 30), "all that was paid is told");
    }

    #[test]
    fn whoever_owes_nothing_any_more_has_kept_a_promise_of_more() {
        let settles = |it: Money| Money { settles: true, ..it };
        assert_eq!(verdicts(&[over()], &[settles(paid(40, 5))]), [Verdict::Kept]);
        assert_eq!(verdicts(&[over()], &[settles(told_late(40, 2))]), [Verdict::Void]);
        assert_eq!(verdicts(&[over()], &[settles(paid(40, 11))]), [Verdict::Broken], "too late");
        let told_after = Money { received_at: at(12), ..settles(paid(40, 9)) };
        assert_eq!(verdicts(&[over()], &[paid(60, 11), told_after]), [Verdict::Broken], "late money helped");
    }

    #[test]
    fn money_keeps_one_promise() {
        let second = Asked { called: at(5), ends: at(20), ..asked() };
        let promises = [second, over()];
        assert_eq!(verdicts(&promises, &[paid(100, 6)]), [Verdict::Open, Verdict::Kept]);
        assert_eq!(verdicts(&promises, &[paid(100, 6), paid(100, 12)]), [Verdict::Kept; 2]);
        assert_eq!(verdicts(&promises, &[paid(100, 12)]), [Verdict::Kept, Verdict::Broken]);
        // Put off, the same debt is promised twice: paid in full, the second promise is no promise any more.
        let all = Money { settles: true, ..paid(100, 6) };
        assert_eq!(verdicts(&promises, &[all]), [Verdict::Void, Verdict::Kept]);
    }

    #[test]
    fn a_day_is_over_when_it_is_over_everywhere() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a timestamp");
        let tenth = jiff::civil::date(2026, 3, 10);
        assert_eq!(last_day(at("2026-03-11T11:59:59Z"), 0), tenth, "in the last zone it is still the tenth");
        assert_eq!(last_day(at("2026-03-11T12:00:00Z"), 0), tenth.tomorrow().expect("a day"));
        assert_eq!(last_day(at("2026-03-13T12:00:00Z"), 2), tenth.tomorrow().expect("a day"));
        assert_eq!(end_of(tenth), at("2026-03-11T12:00:00Z"));
    }
}
