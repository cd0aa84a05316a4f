//! A rule: to which contacts it applies, and what it asks.

use std::fmt;
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::rules::coded::{Set, coded};
use crate::rules::consent::ConsentKind;
use crate::rules::event::EventKind;
use crate::rules::facts::{CliStatus, DialMode, PhoneType, Relation, WayKind};
use crate::rules::hold::HoldKind;

/// A rule's name, such as `ru.call.day`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(Arc<str>);

impl RuleId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for RuleId {
    fn from(id: &str) -> Self {
        Self(id.into())
    }
}

impl fmt::Debug for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for RuleId {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RuleId {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self(String::deserialize(from)?.into()))
    }
}

coded! {
    /// What must be the same in an event, hold or consent and in the request.
    ScopePart {
        Person = "person",
        Debt = "debt",
        Phone = "phone",
        Creditor = "creditor",
    }
}

/// The parts of a scope.
pub type Scope = Set<ScopePart>;

/// For how long an event counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// To the end of its local date.
    CalendarDay,
    /// To the end of its local week, which starts on Monday.
    CalendarWeek,
    /// To the end of its local month.
    CalendarMonth,
    /// On its local date and the following n-1 dates.
    RollingDays(u16),
    /// For an elapsed time, which never touches local clocks.
    Elapsed(SignedDuration),
    /// For ever.
    Lifetime,
}

impl Window {
    /// The longest that an event counts.
    pub fn longest(self) -> SignedDuration {
        let days = |days: i64| SignedDuration::from_hours(days * 24 + 1);
        match self {
            Self::CalendarDay => days(1),
            Self::CalendarWeek => days(7),
            Self::CalendarMonth => days(31),
            Self::RollingDays(n) => days(n.into()),
            Self::Elapsed(time) => time,
            Self::Lifetime => SignedDuration::MAX,
        }
    }
}

/// A set that filters: absent means no restriction.
pub type Filter<T> = Option<Set<T>>;

/// The requests a rule is for. Requests outside pass.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applies {
    pub channels: Filter<WayKind>,
    pub relations: Filter<Relation>,
    pub phone_types: Filter<PhoneType>,
    pub dial_modes: Filter<DialMode>,
    /// The first local date on which the rule is in force.
    pub effective_from: Option<Date>,
}

/// Which past events a rule counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    pub kinds: Set<EventKind>,
    pub scope: Scope,
    pub window: Window,
    pub phone_types: Filter<PhoneType>,
    pub dial_modes: Filter<DialMode>,
    /// Leave out events that a consent took out of the count.
    pub honour_excluded: bool,
}

/// Opening hours of a day in minutes after local midnight: `opens` included, `closes` (at most 1440) not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayHours {
    pub opens: u16,
    pub closes: u16,
}

/// The hours of a week, by column: Monday to Sunday, then holidays; absent is closed all day.
pub type WeekHours = [Option<DayHours>; 8];

/// Opening hours with the calendar that tells the days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    pub week: WeekHours,
    /// The calendar's name; absent: no day is a holiday.
    pub calendar: Option<String>,
    /// A weekend day made a working day has Monday's hours.
    pub literal_weekends: bool,
}

/// What a rule asks. A rule passes when its sentence is true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RuleKind {
    /// No active, unsuspended hold of these kinds matches in scope.
    Hold { hold: Set<HoldKind>, scope: Scope },
    /// Every one of these consents is active.
    Consent { needs: Set<ConsentKind> },
    /// The number shown has one of these statuses.
    CallerId { allow: Set<CliStatus> },
    /// No other leg to the person is live; a lease that is not renewed ends.
    InFlight { lease: SignedDuration },
    /// The local time is within the hours in every zone.
    Window { hours: Hours },
    /// It is at least this long before closing in every zone.
    EndGuard { minutes: u16 },
    /// The local time is outside the ranges this person ruled out, in every zone.
    Pref,
    /// Abandoned calls are not above `max_ppm` millionths of those answered; predictive calls only.
    Ratio { max_ppm: u32, period: SignedDuration },
    /// No trigger event over another exact channel counts in the window.
    ChannelLock { trigger: Counted },
    /// No trigger event counts any more, or the dial mode is one of `unless`.
    Cooldown { trigger: Counted, unless: Set<DialMode>, suspended_by: Option<ConsentKind> },
    /// Fewer events than the limit count.
    Cap { count: Counted, limit: u32, suspended_by: Option<ConsentKind> },
}

impl RuleKind {
    /// The place of the type in reports.
    pub fn report_place(&self) -> u8 {
        match self {
            Self::Hold { .. } => 0,
            Self::Consent { .. } => 1,
            Self::CallerId { .. } => 2,
            Self::InFlight { .. } => 3,
            Self::Window { .. } => 4,
            Self::EndGuard { .. } => 5,
            Self::Pref => 6,
            Self::Ratio { .. } => 7,
            Self::ChannelLock { .. } => 8,
            Self::Cooldown { .. } => 9,
            Self::Cap { .. } => 10,
        }
    }

    /// The type's word in files.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Hold { .. } => "hold",
            Self::Consent { .. } => "consent",
            Self::CallerId { .. } => "caller_id",
            Self::InFlight { .. } => "in_flight",
            Self::Window { .. } => "window",
            Self::EndGuard { .. } => "end_guard",
            Self::Pref => "pref",
            Self::Ratio { .. } => "ratio",
            Self::ChannelLock { .. } => "channel_lock",
            Self::Cooldown { .. } => "cooldown",
            Self::Cap { .. } => "cap",
        }
    }
}

/// A rule of a flattened preset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    pub id: RuleId,
    pub applies: Applies,
    pub kind: RuleKind,
}
