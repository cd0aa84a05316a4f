//! What the agent fills in, and why it may be refused.

use std::sync::Arc;

use jiff::civil::{Date, DateTime, DateTimeRound};
use jiff::tz::TimeZone;
use jiff::{RoundMode, SignedDuration, Timestamp, ToSpan, Unit};

use crate::campaign::{Calendar, Hour, hour};
use crate::domain::{DebtorType, Money};

/// A disposition as the agent writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    pub code: String,
    pub promise: Option<PromiseForm>,
    /// When to call again.
    pub callback: Option<Timestamp>,
    /// The call that was agreed is to be his own.
    pub callback_is_mine: bool,
    /// Why it was not paid.
    pub reason: Option<Arc<str>>,
    /// The debtor's type as the talk showed it; absent: as it was.
    pub debtor_type: Option<DebtorType>,
}

/// A promise to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromiseForm {
    pub on: Date,
    pub amount: Money,
}

/// Why a form is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormNo {
    Callback(CallbackNo),
    /// The disposition says that a call was agreed, and the form does not say when.
    CallbackWanted,
    NoSuchDisposition,
    NoSuchReason,
    /// The form has something that this disposition does not take.
    NotTaken {
        part: FormPart,
        takes: Takes,
    },
    Promise(PromiseNo),
    /// The disposition says that he promised, and the form does not say what.
    PromiseWanted,
    /// The disposition says that nobody has said who he is, and somebody has.
    WasIdentified,
}

/// What a form has beside its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormPart {
    Callback,
    Promise,
    Reason,
}

/// What a disposition takes beside its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Takes {
    pub callback: bool,
    pub promise: bool,
    /// Why it was not paid: only the debtor himself gives a reason.
    pub reason: bool,
}

impl FormNo {
    /// A stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Callback(no) => no.code(),
            Self::CallbackWanted => "callback_wanted",
            Self::NoSuchDisposition => "no_such_disposition",
            Self::NoSuchReason => "no_such_reason",
            Self::NotTaken { part: FormPart::Callback, .. } => "callback_not_taken",
            Self::NotTaken { part: FormPart::Promise, .. } => "promise_not_taken",
            Self::NotTaken { part: FormPart::Reason, .. } => "reason_not_taken",
            Self::Promise(no) => no.code(),
            Self::PromiseWanted => "promise_wanted",
            Self::WasIdentified => "was_identified",
        }
    }
}

/// What a promise is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromiseBounds {
    /// The debtor's own date.
    pub today: Date,
    pub within_days: u8,
    pub owed: Money,
    /// The least share of the debt, in percent.
    pub least_percent: u8,
    /// The debt is open.
    pub open: bool,
}

impl PromiseBounds {
    /// The last day a promise may name.
    pub fn last(&self) -> Date {
        self.today.saturating_add(i64::from(self.within_days).days())
    }

    /// The least sum, rounded up.
    pub fn least(&self) -> Money {
        let part = i128::from(self.owed.minor) * i128::from(self.least_percent);
        let minor = i64::try_from((part + 99) / 100).unwrap_or(self.owed.minor);
        Money::new(minor.clamp(1, self.owed.minor.max(1)), self.owed.currency)
    }
}

/// Why a promise is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromiseNo {
    /// The debt is paid or closed: there is nothing to promise.
    NothingOwed,
    OtherCurrency,
    Past {
        today: Date,
    },
    TooLate {
        last: Date,
    },
    TooLittle {
        least: Money,
    },
    TooMuch {
        owed: Money,
    },
}

impl PromiseNo {
    /// A stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NothingOwed => "nothing_owed",
            Self::OtherCurrency => "other_currency",
            Self::Past { .. } => "promise_in_the_past",
            Self::TooLate { .. } => "promise_too_late",
            Self::TooLittle { .. } => "promise_too_little",
            Self::TooMuch { .. } => "promise_too_much",
        }
    }
}

/// Everything that keeps a promise from being taken; empty when it may be.
pub fn check_promise(promise: PromiseForm, bounds: &PromiseBounds) -> Vec<PromiseNo> {
    if !bounds.open || bounds.owed.minor <= 0 {
        return vec![PromiseNo::NothingOwed];
    }
    let mut no = Vec::new();
    if promise.on < bounds.today {
        no.push(PromiseNo::Past { today: bounds.today });
    }
    if promise.on > bounds.last() {
        no.push(PromiseNo::TooLate { last: bounds.last() });
    }
    if promise.amount.currency != bounds.owed.currency {
        no.push(PromiseNo::OtherCurrency);
    } else if promise.amount.minor < bounds.least().minor {
        no.push(PromiseNo::TooLittle { least: bounds.least() });
    } else if promise.amount.minor > bounds.owed.minor {
        no.push(PromiseNo::TooMuch { owed: bounds.owed });
    }
    no
}

/// Why a call is not agreed for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallbackNo {
    /// The campaign does not call then. `from` is here and below the earliest time that may be agreed instead, by his first
    /// clock.
    Closed {
        from: Option<DateTime>,
    },
    Past {
        from: Option<DateTime>,
    },
    /// By his first clock.
    TooFar {
        last: DateTime,
    },
    /// The rules do not let him be called then.
    Unlawful {
        from: Option<DateTime>,
    },
}

impl CallbackNo {
    /// A stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Closed { .. } => "callback_closed",
            Self::Past { .. } => "callback_in_the_past",
            Self::TooFar { .. } => "callback_too_far",
            Self::Unlawful { .. } => "callback_unlawful",
        }
    }
}

/// How far ahead a call may be agreed.
const CALLBACK_WITHIN: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Whether a call may be agreed for `due`, by the campaign's hours and by the rules: `lawful` is the earliest moment from `due`,
/// or from now where that has passed, at which both let him be called. The gate decides again when it is due.
pub(super) fn check_callback(
    (due, lawful): (Timestamp, Option<Timestamp>),
    calendar: &Calendar,
    zones: &[TimeZone],
    now: Timestamp,
) -> Result<(), CallbackNo> {
    let last = now.saturating_add(CALLBACK_WITHIN).unwrap_or(Timestamp::MAX);
    let zone = zones.first().cloned().unwrap_or(TimeZone::UTC);
    let from = lawful.map(|from| up_to_the_minute(zone.to_datetime(from)));
    // A time that would be too far is none to name.
    let near = from.filter(|_| lawful.is_some_and(|from| from <= last));
    if due <= now {
        return Err(CallbackNo::Past { from: near });
    }
    if due > last {
        return Err(CallbackNo::TooFar { last: zone.to_datetime(last) });
    }
    match hour(calendar, zones, due) {
        Hour::Open if lawful == Some(due) => Ok(()),
        Hour::Open => Err(CallbackNo::Unlawful { from }),
        Hour::OpensAt(_) | Hour::Over => Err(CallbackNo::Closed { from: near }),
    }
}

/// Times are told and typed by the minute: a part of one would be told as a minute that is still too early.
fn up_to_the_minute(at: DateTime) -> DateTime {
    let up = DateTimeRound::new().smallest(Unit::Minute).mode(RoundMode::Ceil);
    at.round(up).unwrap_or(at)
}
