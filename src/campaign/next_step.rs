//! What follows an attempt: another one later, or the contact's end.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::hours::{Hour, hour};
use super::plan::{CampaignPlan, Hours, RetryClass};
use crate::domain::{Disposition, Outcome};

/// How a contact ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DoneWhy {
    /// No attempt is left of the budget.
    BudgetSpent,
    /// The campaign is over: its last moment has passed.
    CampaignOver,
    /// No phone of the person is in service, or his.
    NoPhone,
    /// The debt is paid.
    Paid,
    /// The person was reached and the flow came to its end.
    Reached,
    /// He disputes the debt or says it is paid: that is the creditor's to answer first.
    Disputed,
    /// He asked not to be called, or the rules stop the contact for good.
    Stopped,
    /// This outcome is not tried again by this campaign.
    NotRetried,
    /// Not of the campaign's types, kinds or creditors any more.
    OffTarget,
}

impl DoneWhy {
    pub const ALL: [Self; 9] = [
        Self::BudgetSpent,
        Self::CampaignOver,
        Self::NoPhone,
        Self::Paid,
        Self::Reached,
        Self::Disputed,
        Self::Stopped,
        Self::NotRetried,
        Self::OffTarget,
    ];

    /// The code in the database and in "why not called".
    pub fn code(self) -> &'static str {
        match self {
            Self::BudgetSpent => "budget_spent",
            Self::CampaignOver => "campaign_over",
            Self::Disputed => "disputed",
            Self::NoPhone => "no_phone",
            Self::NotRetried => "not_retried",
            Self::OffTarget => "off_target",
            Self::Paid => "paid",
            Self::Reached => "reached",
            Self::Stopped => "stopped",
        }
    }
}

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    Done(DoneWhy),
    /// Another attempt, not before this moment; the gate decides again then.
    Wait(Timestamp),
    /// A live agent takes over: this channel has done its part.
    Hold,
}

/// The attempt that ended, and those before it on the same contact.
#[derive(Debug, Clone, Copy)]
pub struct Tried<'a> {
    pub outcome: Outcome,
    pub disposition: Option<Disposition>,
    /// Attempts in all, this one among them.
    pub total: u8,
    /// Attempts whose outcome was of this one's class, this one among them.
    pub of_class: u8,
    /// When each attempt began, this one among them.
    pub began: &'a [Timestamp],
    /// Another phone of the person may still be tried.
    pub other_phone: bool,
}

/// What follows an attempt that ended at `now`. `zones` is where the debtor may be.
pub fn next_step(plan: &CampaignPlan, tried: Tried<'_>, zones: &[TimeZone], now: Timestamp) -> NextStep {
    if let Some(ends) = ends(tried) {
        return ends;
    }
    if tried.total >= plan.retries.budget {
        return NextStep::Done(DoneWhy::BudgetSpent);
    }
    let at = match RetryClass::of(tried.outcome, tried.disposition) {
        Some(class) => plan.retries.delay(class, tried.of_class).map(|delay| {
            SignedDuration::try_from(delay)
                .ok()
                .and_then(|d| now.checked_add(d).ok())
                .unwrap_or(Timestamp::MAX)
        }),
        // We took it back; if that was for a payment or a hold, the store and the gate say so themselves.
        None if tried.outcome == Outcome::Cancelled => now.checked_add(AFTER_CANCEL).ok(),
        // The phone, not the person, came to its end: the next one may be tried at once.
        None if tried.other_phone => Some(now),
        None => None,
    };
    let Some(at) = at else { return NextStep::Done(DoneWhy::NotRetried) };
    let at = match RetryClass::of(tried.outcome, tried.disposition) {
        // A fault says nothing of the person's day, and a busy line that he is there: both are tried again soon.
        Some(RetryClass::Busy | RetryClass::Fault) => at,
        _ => spread(plan, tried.began, zones, at),
    };
    match hour(&plan.calendar, zones, at) {
        Hour::Open => NextStep::Wait(at),
        Hour::OpensAt(opens) => NextStep::Wait(opens),
        Hour::Over => NextStep::Done(DoneWhy::CampaignOver),
    }
}

/// How long a contact rests whose call we took back.
const AFTER_CANCEL: SignedDuration = SignedDuration::from_mins(5);

/// The outcomes after which this contact is not called again, whatever the budget.
fn ends(tried: Tried<'_>) -> Option<NextStep> {
    match (tried.outcome, tried.disposition) {
        (Outcome::Unwanted, _) => Some(NextStep::Done(DoneWhy::Stopped)),
        (Outcome::InvalidNumber, _) if !tried.other_phone => Some(NextStep::Done(DoneWhy::NoPhone)),
        (Outcome::Answered | Outcome::Machine | Outcome::Abandoned, Some(disposition)) => match disposition {
            Disposition::StopRequested => Some(NextStep::Done(DoneWhy::Stopped)),
            Disposition::AlreadyPaid | Disposition::BankruptcyClaimed | Disposition::Dispute => {
                Some(NextStep::Done(DoneWhy::Disputed))
            }
            Disposition::WrongPerson if !tried.other_phone => Some(NextStep::Done(DoneWhy::NoPhone)),
            Disposition::CallbackBooked | Disposition::OperatorAsked => Some(NextStep::Hold),
            Disposition::Connected
            | Disposition::LinkSent
            | Disposition::PromiseToPay
            | Disposition::Refused
            | Disposition::Reminded => Some(NextStep::Done(DoneWhy::Reached)),
            Disposition::CutOff
            | Disposition::HungUp
            | Disposition::NotIdentified
            | Disposition::VoicemailLeft
            | Disposition::WrongPerson => None,
        },
        _ => None,
    }
}

/// Moves a retry into a part of the day not tried yet, where there is one within the next day.
fn spread(plan: &CampaignPlan, began: &[Timestamp], zones: &[TimeZone], at: Timestamp) -> Timestamp {
    let (Some(zone), parts) = (zones.first(), &plan.retries.day_parts) else { return at };
    let part_of = |when: Timestamp| {
        let local = when.to_zoned_datetime(zone.clone()).time();
        parts.iter().position(|part| part.contains(local))
    };
    let tried: Vec<usize> = began.iter().filter_map(|&when| part_of(when)).collect();
    let fresh = |part: Option<usize>| part.is_some_and(|part| !tried.contains(&part));
    if parts.is_empty() || fresh(part_of(at)) {
        return at;
    }
    let openings = parts.iter().enumerate().filter(|(part, _)| !tried.contains(part));
    openings.filter_map(|(_, part)| next_opening(*part, zone, at)).min().unwrap_or(at)
}

/// The next time the part of the day opens at or after `at`.
fn next_opening(part: Hours, zone: &TimeZone, at: Timestamp) -> Option<Timestamp> {
    let local = at.to_zoned_datetime(zone.clone());
    let today = local.date().to_datetime(part.opens).to_zoned_datetime(zone.clone()).ok()?.timestamp();
    if today >= at {
        return Some(today);
    }
    let tomorrow = local.date().tomorrow().ok()?;
    Some(tomorrow.to_datetime(part.opens).to_zoned_datetime(zone.clone()).ok()?.timestamp())
}

#[cfg(test)]
pub(in crate::campaign) mod tests {
    use std::time::Duration;

    use jiff::civil::time;
    use proptest::prelude::*;

    use super::*;
    use crate::campaign::plan::{Calendar, Delays, Limits, PromisePolicy, Retries, ScoreWeights, Targets};
    use crate::domain::{Channel, DebtKind, DebtorType, Language};

    fn hours(opens: i8, closes: i8) -> Hours {
        Hours { opens: time(opens, 0, 0, 0), closes: time(closes, 0, 0, 0) }
    }

    pub(in crate::campaign) fn plan() -> CampaignPlan {
        let minutes = |m: u64| Delays(vec![Duration::from_secs(m * 60)]);
        CampaignPlan {
            is_service: false,
            name: "reminders".into(),
            channel: Channel::Ivr,
            dialling: crate::campaign::Dialling::Agentless,
            apology: None,
            flow: "reminder_overdue".into(),
            flow_by_kind: Vec::new(),
            identity: crate::ivr::IdentifiedBy::Number,
            language: Language::Ru,
            targets: Targets {
                creditors: Vec::new(),
                debtor_types: vec![DebtorType::Forgetful],
                kinds: vec![DebtKind::Overdue],
                collectible_years: 3,
            },
            preset: "ru-230fz-safe".into(),
            trunks: vec!["main".into()],
            caller_ids: Vec::new(),
            calendar: Calendar {
                hours: [Some(hours(9, 20)); 7],
                off: Vec::new(),
                not_before: None,
                not_after: Some(at("2026-03-10T00:00:00Z")),
            },
            retries: Retries {
                budget: 4,
                delays: vec![
                    (RetryClass::Busy, minutes(10)),
                    (RetryClass::NoAnswer, minutes(180)),
                    (RetryClass::Machine, minutes(20)),
                ],
                day_parts: vec![hours(9, 12), hours(12, 17), hours(17, 20)],
            },
            score: ScoreWeights { amount: 1.0, chance: 1.0, by_type: Vec::new(), by_kind: Vec::new() },
            promises: PromisePolicy::default(),
            limits: Limits { max_concurrent: 10, hold_out_percent: 0, promise_within_days: 14, record: true },
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    fn moscow() -> Vec<TimeZone> {
        vec![jiff::tz::TimeZoneDatabase::bundled().get("Europe/Moscow").expect("a zone")]
    }

    fn tried(outcome: Outcome, began: &[Timestamp]) -> Tried<'_> {
        let total = u8::try_from(began.len()).expect("few");
        Tried { outcome, disposition: None, total, of_class: total, began, other_phone: false }
    }

    #[test]
    fn a_retry_goes_to_a_part_of_the_day_not_tried_yet() {
        let morning = [at("2026-03-03T06:30:00Z")];
        let step =
            |outcome| next_step(&plan(), tried(outcome, &morning), &moscow(), at("2026-03-03T06:31:00Z"));
        let noon = NextStep::Wait(at("2026-03-03T09:00:00Z"));
        assert_eq!(step(Outcome::Machine), noon, "09:51 in Moscow is the part that was tried: noon is next");
        let later = NextStep::Wait(at("2026-03-03T09:31:00Z"));
        assert_eq!(step(Outcome::NoAnswer), later, "three hours later is a new part already");
        let soon = NextStep::Wait(at("2026-03-03T06:41:00Z"));
        assert_eq!(step(Outcome::Busy), soon, "who speaks is there");
    }

    #[test]
    fn one_budget_serves_every_class() {
        let four = [at("2026-03-03T06:30:00Z"); 4];
        let step = next_step(&plan(), tried(Outcome::Busy, &four), &moscow(), at("2026-03-03T07:00:00Z"));
        assert_eq!(step, NextStep::Done(DoneWhy::BudgetSpent));
    }

    #[test]
    fn a_dead_phone_leaves_the_others() {
        let began = [at("2026-03-03T06:30:00Z")];
        let now = at("2026-03-03T06:31:00Z");
        let dead = tried(Outcome::InvalidNumber, &began);
        assert_eq!(next_step(&plan(), dead, &moscow(), now), NextStep::Done(DoneWhy::NoPhone));
        let other = Tried { other_phone: true, ..dead };
        assert!(matches!(next_step(&plan(), other, &moscow(), now), NextStep::Wait(_)));
    }

    #[test]
    fn who_was_reached_is_not_called_again_and_who_asked_for_a_person_waits_for_one() {
        let began = [at("2026-03-03T06:30:00Z")];
        let now = at("2026-03-03T06:31:00Z");
        let step = |disposition| {
            let answered = Tried { disposition: Some(disposition), ..tried(Outcome::Answered, &began) };
            next_step(&plan(), answered, &moscow(), now)
        };
        assert_eq!(step(Disposition::PromiseToPay), NextStep::Done(DoneWhy::Reached));
        assert_eq!(step(Disposition::StopRequested), NextStep::Done(DoneWhy::Stopped));
        assert_eq!(step(Disposition::Dispute), NextStep::Done(DoneWhy::Disputed));
        assert_eq!(step(Disposition::OperatorAsked), NextStep::Hold);
    }

    #[test]
    fn nothing_is_planned_after_the_campaigns_end() {
        let began = [at("2026-03-09T14:00:00Z")];
        let step =
            next_step(&plan(), tried(Outcome::NoAnswer, &began), &moscow(), at("2026-03-09T16:59:00Z"));
        assert_eq!(step, NextStep::Done(DoneWhy::CampaignOver));
    }

    proptest! {
        #[test]
        fn a_retry_is_later_than_now_and_within_hours(minute in 0_i64..7 * 1440, tries in 1_usize..4, which in 0_usize..13) {
            let now = at("2026-03-03T00:00:00Z") + SignedDuration::from_mins(minute);
            let began = vec![now; tries];
            let step = next_step(&plan(), tried(Outcome::ALL[which], &began), &moscow(), now);
            if let NextStep::Wait(until) = step {
                prop_assert!(until >= now);
                prop_assert_eq!(hour(&plan().calendar, &moscow(), until), Hour::Open);
            }
        }
    }
}
