//! Decides what follows from a disposition.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::form::{Form, FormNo, FormPart, PromiseBounds, PromiseForm, Takes, check_callback, check_promise};
use super::plan::{DispositionPlan, Dispositions, Flag};
use crate::campaign::{Agreed, CampaignPlan, NextStep, Tried, next_step};
use crate::domain::attempt::Finished;
use crate::domain::{AttemptId, DebtorType, Disposition, Outcome};
use crate::rules::{Called, EventKind, Hold, HoldKind, event_kinds, holds_from};

/// What is known of the call the form is about.
#[derive(Clone, Copy, Debug)]
pub struct Talk<'a> {
    pub attempt: AttemptId,
    pub plan: &'a CampaignPlan,
    pub called: Called,
    /// The debtor said who he is before the agent came, or to him.
    pub identified: bool,
    pub bounds: PromiseBounds,
    /// Where the debtor may be.
    pub zones: &'a [TimeZone],
    /// From when on, at or after the call that the form agrees, the rules and the campaign allow one; absent where it agrees
    /// none, and where they never do.
    pub lawful: Option<Timestamp>,
    /// This attempt and those before it; its disposition is not looked at.
    pub tried: Tried<'a>,
}

/// Everything that follows, to be written in one transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct Follows {
    pub disposition: Disposition,
    /// The right person was on the line.
    pub identified: bool,
    /// What the ledger is to call the talk.
    pub kind: EventKind,
    pub holds: Vec<Hold>,
    pub next: NextStep,
    pub promise: Option<PromiseForm>,
    pub callback: Option<Agreed>,
    pub debtor_type: Option<DebtorType>,
    pub complaint: bool,
    /// What other systems are asked for.
    pub asks: Vec<String>,
}

/// An agreed call that nobody made for so long is not it any more.
const CALLBACK_LASTS: SignedDuration = SignedDuration::from_hours(1);

/// What follows from `form`, or every reason why it is not taken.
///
/// # Errors
/// When the form lacks something, or says what policy does not allow.
pub fn follow(
    kinds: &Dispositions,
    form: &Form,
    talk: &Talk<'_>,
    now: Timestamp,
) -> Result<Follows, Vec<FormNo>> {
    let Some(kind) = kinds.kind(&form.code) else { return Err(vec![FormNo::NoSuchDisposition]) };
    let mut no = not_taken(kind, form, talk.identified);
    let promise = form.promise.filter(|_| kind.has(Flag::Promise));
    match promise {
        Some(promise) => no.extend(check_promise(promise, &talk.bounds).into_iter().map(FormNo::Promise)),
        None if kind.has(Flag::Promise) => no.push(FormNo::PromiseWanted),
        None => {}
    }
    let due = form.callback.filter(|_| kind.has(Flag::Callback));
    match due.map(|due| check_callback((due, talk.lawful), &talk.plan.calendar, talk.zones, now)) {
        Some(Err(why)) => no.push(FormNo::Callback(why)),
        None if kind.has(Flag::Callback) => no.push(FormNo::CallbackWanted),
        Some(Ok(())) | None => {}
    }
    if form.reason.as_ref().is_some_and(|reason| kinds.reason(reason).is_none()) {
        no.push(FormNo::NoSuchReason);
    }
    if !no.is_empty() {
        return Err(no);
    }
    let (disposition, identified) = (kind.disposition(talk.identified), identifies(kind, talk.identified));
    let finished = came_to(kind, talk.identified, promise);
    let evidence = format!("attempt {}", talk.attempt);
    let mut holds = holds_from(&finished, talk.called, now, &evidence);
    let complaint = kind.has(Flag::Complaint);
    if complaint {
        let hold = Hold::new(HoldKind::ComplaintOpen, talk.called.person, now);
        holds.push(Hold { evidence: Some(evidence), ..hold });
    }
    Ok(Follows {
        disposition,
        identified,
        kind: event_kinds(&finished)[0],
        holds,
        next: next(kind.has(Flag::Hardship), disposition, talk, now),
        promise,
        callback: due.map(|due| {
            let expires = due.saturating_add(CALLBACK_LASTS).unwrap_or(due);
            Agreed { due, expires, moved: false }
        }),
        debtor_type: form.debtor_type,
        complaint,
        asks: asks(complaint, kind.has(Flag::Hardship), disposition),
    })
}

/// What of the form this disposition does not take: it would be lost without a word.
fn not_taken(kind: &DispositionPlan, form: &Form, identified: bool) -> Vec<FormNo> {
    let takes = Takes {
        callback: kind.has(Flag::Callback),
        promise: kind.has(Flag::Promise),
        reason: identifies(kind, identified),
    };
    let parts = [
        (FormPart::Promise, form.promise.is_some() && !takes.promise),
        (FormPart::Callback, form.callback.is_some() && !takes.callback),
        (FormPart::Reason, form.reason.is_some() && !takes.reason),
    ];
    let parts = parts.into_iter().filter(|(_, lost)| *lost);
    let mut no: Vec<_> = parts.map(|(part, _)| FormNo::NotTaken { part, takes }).collect();
    if identified && !kind.may_be_of(identified) {
        no.push(FormNo::WasIdentified);
    }
    no
}

/// What the ledger is to call a talk that is written up so; `None`: there is no such disposition.
pub fn talk_kind(kinds: &Dispositions, code: &str, identified: bool) -> Option<EventKind> {
    let kind = kinds.kind(code)?;
    Some(event_kinds(&came_to(kind, identified, None))[0])
}

fn identifies(kind: &DispositionPlan, identified: bool) -> bool {
    kind.has(Flag::RightParty) || (identified && !kind.has(Flag::WrongPerson))
}

/// The call as the rules would read it had it come to this by itself.
fn came_to(kind: &DispositionPlan, identified: bool, promise: Option<PromiseForm>) -> Finished {
    Finished {
        disposition: Some(kind.disposition(identified)),
        identified: identifies(kind, identified),
        promised_on: promise.map(|promise| promise.on),
        ..Finished::untold(Outcome::Answered)
    }
}

fn next(hardship: bool, disposition: Disposition, talk: &Talk<'_>, now: Timestamp) -> NextStep {
    // He can't pay, and has not promised either: a person has to offer him terms.
    if hardship && matches!(disposition, Disposition::Connected | Disposition::Refused) {
        return NextStep::Hold;
    }
    let tried = Tried { outcome: Outcome::Answered, disposition: Some(disposition), ..talk.tried };
    next_step(talk.plan, tried, talk.zones, now)
}

/// The message that somebody who wants a link is sent, by its template's name.
pub const PAY_LINK: &str = "pay_link";

fn asks(complaint: bool, hardship: bool, disposition: Disposition) -> Vec<String> {
    let mut asks = Vec::new();
    if complaint {
        asks.push("complaint".to_owned());
    }
    if hardship {
        asks.push("hardship".to_owned());
    }
    if disposition == Disposition::LinkSent {
        asks.push(format!("sms:{PAY_LINK}"));
    }
    asks
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::super::{CallbackNo, NonPayment, PromiseNo};
    use super::*;
    use crate::campaign::next_step::tests::plan;
    use crate::domain::{Currency, DebtId, Money, PersonId, Words};
    use crate::rules::PhoneKey;

    fn kinds() -> Dispositions {
        let kind = |code: &str, flags: &[Flag]| DispositionPlan {
            code: code.into(),
            key: None,
            words: Words { en: code.to_owned(), ru: code.to_owned() },
            flags: flags.iter().copied().collect(),
        };
        let words = || Words { en: "lost his job".to_owned(), ru: "потерял работу".to_owned() };
        Dispositions {
            kinds: vec![
                kind("promise", &[Flag::RightParty, Flag::Promise]),
                kind("hardship", &[Flag::RightParty, Flag::Hardship]),
                kind("callback", &[Flag::Callback]),
                kind("complaint", &[Flag::RightParty, Flag::Complaint, Flag::Stop]),
                kind("angry", &[Flag::Complaint]),
                kind("stranger", &[Flag::WrongPerson]),
                kind("silence", &[]),
                kind("dispute", &[Flag::RightParty, Flag::Dispute]),
            ],
            reasons: vec![NonPayment { code: "job".into(), words: words() }],
        }
    }

    fn roubles(major: i64) -> Money {
        Money::new(major * 100, Currency::Rub)
    }

    fn moscow() -> Vec<TimeZone> {
        vec![jiff::tz::TimeZoneDatabase::bundled().get("Europe/Moscow").expect("a zone")]
    }

    /// A Tuesday noon in Moscow.
    fn now() -> Timestamp {
        "2026-03-03T09:00:00Z".parse().expect("a timestamp")
    }

    fn bounds() -> PromiseBounds {
        PromiseBounds {
            today: date(2026, 3, 3),
            within_days: 14,
            owed: roubles(1_000),
            least_percent: 10,
            open: true,
        }
    }

    fn said(form: &Form) -> Result<Follows, Vec<FormNo>> {
        said_where(form, form.callback)
    }

    /// What follows where the rules allow the call that was agreed from `lawful` on.
    fn said_where(form: &Form, lawful: Option<Timestamp>) -> Result<Follows, Vec<FormNo>> {
        let (plan, zones, began) = (plan(), moscow(), [now()]);
        let tried = Tried {
            outcome: Outcome::Answered,
            disposition: None,
            total: 1,
            of_class: 1,
            began: &began,
            other_phone: false,
        };
        let called = Called { person: PersonId(1), phone: PhoneKey::new(79_991_234_567), debt: DebtId(2) };
        let talk = Talk {
            attempt: AttemptId(7),
            plan: &plan,
            called,
            identified: false,
            bounds: bounds(),
            zones: &zones,
            lawful,
            tried,
        };
        follow(&kinds(), form, &talk, now())
    }

    fn form(code: &str) -> Form {
        Form { code: code.to_owned(), ..Form::default() }
    }

    #[test]
    fn a_promise_ends_the_contact_and_is_a_conversation() {
        let promise = PromiseForm { on: date(2026, 3, 10), amount: roubles(500) };
        let follows = said(&Form { promise: Some(promise), ..form("promise") }).expect("taken");
        assert_eq!((follows.disposition, follows.kind), (Disposition::PromiseToPay, EventKind::Conversation));
        assert_eq!((follows.promise, follows.identified), (Some(promise), true));
        assert!(matches!(follows.next, NextStep::Done(_)) && follows.holds.is_empty());
    }

    #[test]
    fn every_reason_against_a_promise_is_told_at_once() {
        assert_eq!(said(&form("promise")), Err(vec![FormNo::PromiseWanted]));
        let promise = PromiseForm { on: date(2026, 3, 18), amount: roubles(99) };
        let last = date(2026, 3, 17);
        assert_eq!(
            said(&Form { promise: Some(promise), ..form("promise") }),
            Err(vec![
                FormNo::Promise(PromiseNo::TooLate { last }),
                FormNo::Promise(PromiseNo::TooLittle { least: roubles(100) }),
            ])
        );
        let paid = PromiseBounds { open: false, ..bounds() };
        assert_eq!(check_promise(promise, &paid), [PromiseNo::NothingOwed]);
        let foreign = PromiseForm { amount: Money::new(50_000, Currency::Usd), ..promise };
        assert!(check_promise(foreign, &bounds()).contains(&PromiseNo::OtherCurrency));
    }

    #[test]
    fn what_a_disposition_does_not_take_is_refused_with_what_it_takes() {
        let promise = Some(PromiseForm { on: date(2026, 3, 10), amount: roubles(500) });
        let callback = Some("2026-03-04T10:00:00Z".parse().expect("a timestamp"));
        let all = |code| Form { promise, callback, reason: Some("job".into()), ..form(code) };
        let refused = |part, [promise, callback, reason]: [bool; 3]| FormNo::NotTaken {
            part,
            takes: Takes { callback, promise, reason },
        };
        let takes = [false, false, false];
        let none = [FormPart::Promise, FormPart::Callback, FormPart::Reason].map(|part| refused(part, takes));
        assert_eq!(said(&all("silence")), Err(none.to_vec()));
        let takes = [true, false, true];
        assert_eq!(said(&all("promise")), Err(vec![refused(FormPart::Callback, takes)]));
        let takes = [false, true, false];
        let no = [FormPart::Promise, FormPart::Reason].map(|part| refused(part, takes));
        assert_eq!(said(&all("callback")), Err(no.to_vec()), "a stranger gives no reason for not paying");
    }

    #[test]
    fn nobody_is_unknown_who_has_said_who_he_is() {
        let of = |code: &str, identified| {
            let kinds = kinds();
            let kind = kinds.kind(code).expect("one of ours");
            (kind.may_be_of(identified), not_taken(kind, &form(code), identified))
        };
        assert_eq!(of("silence", true), (false, vec![FormNo::WasIdentified]));
        assert_eq!(of("silence", false), (true, Vec::new()));
        assert_eq!(of("stranger", true), (true, Vec::new()), "he had said so by mistake");
        assert_eq!(of("hardship", true), (true, Vec::new()));
        // Whoever complains may have said who he is, or not.
        let kinds = kinds();
        let angry = kinds.kind("angry").expect("one of ours");
        assert_eq!((of("angry", true), of("angry", false)), ((true, Vec::new()), (true, Vec::new())));
        assert_eq!(angry.disposition(true), Disposition::Connected);
        assert_eq!(angry.disposition(false), Disposition::NotIdentified);
    }

    #[test]
    fn a_call_is_agreed_within_the_campaigns_hours_only() {
        let at = |text: &str| Form { callback: Some(text.parse().expect("a timestamp")), ..form("callback") };
        let follows = said(&at("2026-03-04T10:00:00Z")).expect("an open hour");
        assert_eq!(follows.next, NextStep::Hold);
        assert_eq!(follows.callback.expect("agreed").expires.to_string(), "2026-03-04T11:00:00Z");
        // Refused, it names the earliest time that may be agreed, up to the whole minute, by his own clock.
        let refused = |wish: &str, lawful: Option<&str>| {
            let lawful = lawful.map(|text| text.parse().expect("a timestamp"));
            said_where(&at(wish), lawful).expect_err("refused")
        };
        let from = Some(date(2026, 3, 4).at(9, 1, 0, 0));
        let opens = Some("2026-03-04T06:00:20Z");
        let past = FormNo::Callback(CallbackNo::Past { from });
        assert_eq!(refused("2026-03-03T08:00:00Z", opens), [past]);
        assert_eq!(
            refused("2026-03-04T01:00:00Z", opens),
            [FormNo::Callback(CallbackNo::Closed { from })],
            "night"
        );
        let closed = FormNo::Callback(CallbackNo::Closed { from: None });
        for never in [None, Some("2026-05-04T10:00:00Z")] {
            assert_eq!(refused("2026-03-04T01:00:00Z", never), [closed], "none that would be taken");
        }
        assert!(matches!(
            said(&at("2026-05-04T10:00:00Z")).expect_err("far")[..],
            [FormNo::Callback(CallbackNo::TooFar { .. })]
        ));
        assert_eq!(said(&form("callback")), Err(vec![FormNo::CallbackWanted]));
    }

    #[test]
    fn a_call_is_not_agreed_for_a_time_at_which_the_rules_keep_him_from_calls() {
        let wish =
            Form { callback: Some("2026-03-04T10:00:00Z".parse().expect("a timestamp")), ..form("callback") };
        let refused = |lawful: Option<&str>| {
            let lawful = lawful.map(|text| text.parse().expect("a timestamp"));
            said_where(&wish, lawful).expect_err("the rules")
        };
        let from = Some(date(2026, 3, 5).at(9, 0, 0, 0));
        let no = |from| vec![FormNo::Callback(CallbackNo::Unlawful { from })];
        assert_eq!(refused(Some("2026-03-05T06:00:00Z")), no(from), "by his own clock");
        assert_eq!(refused(None), no(None));
    }

    #[test]
    fn a_call_is_agreed_on_what_the_ledger_will_have_of_this_talk() {
        let kind = |code, identified| talk_kind(&kinds(), code, identified);
        assert_eq!(kind("callback", false), Some(EventKind::AnsweredUnknown));
        assert_eq!(kind("callback", true), Some(EventKind::Conversation), "he had said who he is");
        assert_eq!(kind("hardship", false), Some(EventKind::Conversation), "the agent says so");
        assert_eq!(kind("bogus", true), None);
    }

    #[test]
    fn a_complaint_holds_the_person_and_opens_a_case() {
        let follows = said(&form("complaint")).expect("taken");
        let kinds: Vec<_> = follows.holds.iter().map(|hold| hold.kind).collect();
        assert!(kinds.contains(&HoldKind::ComplaintOpen) && kinds.contains(&HoldKind::StopRequested));
        assert!(follows.complaint && follows.asks == ["complaint"]);
    }

    #[test]
    fn a_stranger_holds_the_phone_and_is_no_conversation_with_the_debtor() {
        let follows = said(&form("stranger")).expect("taken");
        assert_eq!((follows.kind, follows.identified), (EventKind::ThirdParty, false));
        assert_eq!(follows.holds[0].kind, HoldKind::PhoneUnderReview);
        assert_eq!(said(&form("silence")).expect("taken").kind, EventKind::AnsweredUnknown);
    }

    #[test]
    fn who_can_not_pay_waits_for_a_person_with_terms() {
        let reason = Some("job".into());
        let follows = said(&Form { reason, ..form("hardship") }).expect("taken");
        assert_eq!((follows.next, follows.asks), (NextStep::Hold, vec!["hardship".to_owned()]));
        let unknown = Form { reason: Some("dog".into()), ..form("hardship") };
        assert_eq!(said(&unknown), Err(vec![FormNo::NoSuchReason]));
        assert_eq!(said(&form("bogus")), Err(vec![FormNo::NoSuchDisposition]));
    }

    #[test]
    fn flags_that_contradict_each_other_are_no_disposition() {
        let with = |flags: &[Flag]| DispositionPlan {
            flags: flags.iter().copied().collect(),
            ..kinds().kinds[0].clone()
        };
        assert!(kinds().kinds.iter().all(DispositionPlan::is_sound));
        for flags in [
            &[Flag::Promise][..],
            &[Flag::RightParty, Flag::WrongPerson],
            &[Flag::RightParty, Flag::Promise, Flag::Dispute],
        ] {
            assert!(!with(flags).is_sound(), "{flags:?}");
        }
    }

    proptest! {
        #[test]
        fn a_promise_that_is_taken_is_within_policy(days in -20_i64..40, minor in -5_000_i64..200_000) {
            use jiff::ToSpan;
            let on = date(2026, 3, 3).saturating_add(days.days());
            let promise = PromiseForm { on, amount: Money::new(minor, Currency::Rub) };
            let taken = said(&Form { promise: Some(promise), ..form("promise") }).is_ok();
            let within = (0..=14).contains(&days) && (10_000..=100_000).contains(&minor);
            prop_assert_eq!(taken, within);
        }
    }
}
