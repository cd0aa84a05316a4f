//! What a campaign is asked to do: the shape `config/campaigns/*.toml` is read into.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};

use super::Dialling;
use crate::domain::{Channel, DebtKind, DebtorType, Disposition, Language, Outcome, PhoneNumber};
use crate::ivr::IdentifiedBy;

/// A campaign's plan. A running campaign keeps the one it was given until a reload hands it another.
#[derive(Clone, Debug, PartialEq)]
pub struct CampaignPlan {
    /// Service calls before any debt: its contacts come from an early warning (`import spending`) and from no list, and
    /// its flow speaks of no debt.
    pub is_service: bool,
    /// Unique among the campaigns; it stands in the database and in metrics.
    pub name: Arc<str>,
    /// `Ivr` or `AgentCall`; contacts of another channel are held.
    pub channel: Channel,
    pub dialling: Dialling,
    /// The flow that a debtor hears whose agent is lost in the talk; without one he is hung up on.
    pub apology: Option<String>,
    /// The flow's name.
    pub flow: String,
    /// Flows of kinds of debt that have one of their own: a debt's kind changes with the clock.
    pub flow_by_kind: Vec<(DebtKind, String)>,
    /// What makes whoever answers a robot the debtor.
    pub identity: IdentifiedBy,
    /// The language where the debtor's own is not known.
    pub language: Language,
    pub targets: Targets,
    /// The rules preset, such as `ru-230fz-safe`.
    pub preset: String,
    /// Trunks it may use by name, never empty.
    pub trunks: Vec<Arc<str>>,
    /// Numbers it may show; empty: any the trunk has.
    pub caller_ids: Vec<PhoneNumber>,
    pub calendar: Calendar,
    pub retries: Retries,
    pub score: ScoreWeights,
    pub limits: Limits,
    pub promises: PromisePolicy,
}

impl CampaignPlan {
    /// The flow for a debt of `kind`.
    pub fn flow_for(&self, kind: DebtKind) -> &str {
        let own = self.flow_by_kind.iter().find(|(of, _)| *of == kind);
        own.map_or(&self.flow, |(_, flow)| flow)
    }

    /// Every flow it may play.
    pub fn flows(&self) -> impl Iterator<Item = &str> {
        let by_kind = self.flow_by_kind.iter().map(|(_, flow)| flow.as_str());
        [self.flow.as_str()].into_iter().chain(by_kind).chain(self.apology.as_deref())
    }
}

/// Whose debts the campaign calls about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Targets {
    /// Creditors as the lists name them; empty: all.
    pub creditors: Vec<String>,
    /// Never empty; other types are held.
    pub debtor_types: Vec<DebtorType>,
    /// Never empty.
    pub kinds: Vec<DebtKind>,
    /// Years overdue from which a debt is `collectible`.
    pub collectible_years: u8,
}

/// When the campaign dials: narrower than the rules' window or equal, never wider in effect, since both are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Debtor's local time, Monday first; `None`: no calls that day.
    pub hours: [Option<Hours>; 7],
    /// Days the campaign rests.
    pub off: Vec<Date>,
    pub not_before: Option<Timestamp>,
    /// No dial begins at or after this moment; contacts left over are done.
    pub not_after: Option<Timestamp>,
}

impl Calendar {
    /// Hours of the debtor's own `date`; `None`: a day of rest.
    pub fn hours_on(&self, date: Date) -> Option<Hours> {
        if self.off.contains(&date) { None } else { self.hours[monday_first(date.weekday())] }
    }

    /// The same calendar, of each day only what lies within `part`.
    pub fn within(&self, part: Hours) -> Self {
        let both = |hours: Hours| {
            let common = Hours { opens: hours.opens.max(part.opens), closes: hours.closes.min(part.closes) };
            Some(common).filter(|common| common.opens < common.closes)
        };
        Self { hours: self.hours.map(|hours| hours.and_then(both)), ..self.clone() }
    }
}

fn monday_first(day: Weekday) -> usize {
    usize::try_from(day.to_monday_zero_offset()).expect("0 to 6")
}

/// A part of a day, `opens` in it, `closes` not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    pub opens: Time,
    pub closes: Time,
}

impl Hours {
    pub fn contains(self, time: Time) -> bool {
        (self.opens..self.closes).contains(&time)
    }
}

/// What an attempt without a result is followed by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retries {
    /// Attempts a contact gets in all, the first among them, over every class and phone.
    pub budget: u8,
    /// One entry a class; a class that is absent is not tried again.
    pub delays: Vec<(RetryClass, Delays)>,
    /// Parts of the debtor's day. A retry goes to a part not tried yet, where there is one.
    pub day_parts: Vec<Hours>,
}

impl Retries {
    /// The delay before the attempt after `nth` (1, 2, …) attempts of the class; `None`: not tried again.
    pub fn delay(&self, class: RetryClass, nth: u8) -> Option<Duration> {
        let (_, delays) = self.delays.iter().find(|(of, _)| *of == class)?;
        delays.after(nth)
    }
}

/// Delays of one class, first to last, never empty. The last one repeats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delays(pub Vec<Duration>);

impl Delays {
    fn after(&self, nth: u8) -> Option<Duration> {
        let at = usize::from(nth.saturating_sub(1)).min(self.0.len().checked_sub(1)?);
        self.0.get(at).copied()
    }
}

/// Outcomes that are retried alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RetryClass {
    /// A person was there and the reminder did not reach its end.
    Answered,
    Busy,
    /// The trunk's fault or ours.
    Fault,
    Machine,
    NoAnswer,
    Rejected,
}

impl RetryClass {
    pub const ALL: [Self; 6] =
        [Self::Answered, Self::Busy, Self::Fault, Self::Machine, Self::NoAnswer, Self::Rejected];

    /// The code in files.
    pub fn code(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Busy => "busy",
            Self::Fault => "fault",
            Self::Machine => "machine",
            Self::NoAnswer => "no_answer",
            Self::Rejected => "rejected",
        }
    }

    /// The class of what came of an attempt; `None`: nothing follows from it by itself. A dead number and a
    /// refusal to be called end the contact; a lost attempt counts and is never redialled.
    pub fn of(outcome: Outcome, disposition: Option<Disposition>) -> Option<Self> {
        use crate::domain::Fault;
        match outcome {
            Outcome::Abandoned => Some(Self::Answered),
            Outcome::Answered => match disposition {
                None | Some(Disposition::CutOff | Disposition::HungUp | Disposition::NotIdentified) => {
                    Some(Self::Answered)
                }
                Some(_) => None,
            },
            Outcome::Busy => Some(Self::Busy),
            Outcome::Failed(Fault::Blocked | Fault::Trunk | Fault::Us) => Some(Self::Fault),
            Outcome::Machine => Some(Self::Machine),
            Outcome::NoAnswer => Some(Self::NoAnswer),
            Outcome::Rejected => Some(Self::Rejected),
            Outcome::Cancelled
            | Outcome::Failed(Fault::Lost)
            | Outcome::InvalidNumber
            | Outcome::Unwanted => None,
        }
    }
}

/// How a contact's expected value is weighed: amount to the power `amount`, times the chance to the power
/// `chance`, times the factor of the debtor's type and of the kind of debt.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreWeights {
    /// 0 leaves the amount out, 1 takes it as it is.
    pub amount: f64,
    /// 0 leaves the chance of an answer out.
    pub chance: f64,
    /// Factor above 0 by debtor type; an absent type has 1.
    pub by_type: Vec<(DebtorType, f64)>,
    /// Factor above 0 by kind of debt; an absent kind has 1.
    pub by_kind: Vec<(DebtKind, f64)>,
}

/// Bounds of one campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls of the campaign at once, over all trunks.
    pub max_concurrent: u32,
    /// Share of persons that are never called, to measure what calls bring; 0..=20 percent.
    pub hold_out_percent: u8,
    /// A promise may name a date at most so many days ahead.
    pub promise_within_days: u8,
    /// Both sides of every call are recorded.
    pub record: bool,
}

/// What follows when a promised day is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromisePolicy {
    /// Days after the promised one that a payment may still take to arrive.
    pub grace_days: u8,
    /// Who broke his promise comes back into the queue.
    pub call_again: bool,
    /// The least share of the debt that an agent may take a promise for, in percent.
    pub least_percent: u8,
}

impl Default for PromisePolicy {
    fn default() -> Self {
        Self { grace_days: 2, call_again: true, least_percent: 10 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_delay_of_a_class_repeats() {
        let delays = Delays(vec![Duration::from_secs(60), Duration::from_secs(600)]);
        let retries = Retries { budget: 5, delays: vec![(RetryClass::Busy, delays)], day_parts: Vec::new() };
        let after = |nth| retries.delay(RetryClass::Busy, nth).map(|d| d.as_secs());
        assert_eq!([after(1), after(2), after(9)], [Some(60), Some(600), Some(600)]);
        assert_eq!(retries.delay(RetryClass::Machine, 1), None);
    }

    #[test]
    fn a_dead_number_a_refusal_and_a_lost_attempt_are_not_tried_again() {
        for outcome in Outcome::ALL {
            let ends = matches!(outcome.code(), "cancelled" | "failed_lost" | "invalid_number" | "unwanted");
            assert_eq!(RetryClass::of(outcome, None).is_none(), ends, "{}", outcome.code());
        }
    }
}
