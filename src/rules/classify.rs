//! What a finished attempt means to the rules: the ledger's kinds of event, and the holds that follow at once.

use jiff::Timestamp;

use super::event::PhoneKey;
use super::{EventKind, Hold, HoldKind};
use crate::domain::attempt::{Finished, HungUpBy};
use crate::domain::{DebtId, Disposition, Fault, Outcome, PersonId};

/// The kinds of event an attempt is recorded as, the main one first.
///
/// In doubt the kind that more rules count: a human over a machine, a machine over no answer, no answer over
/// unconnected. A machine we hung up on is also `AmdDisconnect`, and a message left on one is also `Message`; a rule
/// that counts both counts the attempt once.
pub fn event_kinds(finished: &Finished) -> Vec<EventKind> {
    let main = main_kind(finished);
    let mut kinds = vec![main];
    if main == EventKind::Voicemail {
        if finished.disposition == Some(Disposition::VoicemailLeft) {
            kinds.push(EventKind::Message);
        } else if finished.hung_up_by == HungUpBy::Us {
            kinds.push(EventKind::AmdDisconnect);
        }
    }
    kinds
}

fn main_kind(finished: &Finished) -> EventKind {
    if finished.identified || finished.disposition.is_some_and(only_the_right_person_can) {
        return EventKind::Conversation;
    }
    if finished.disposition == Some(Disposition::WrongPerson) {
        return EventKind::ThirdParty;
    }
    let stamps = &finished.stamps;
    // 183 without 180 is how many networks ring.
    let rang = stamps.ringing.is_some() || stamps.early_media.is_some();
    match finished.outcome {
        Outcome::Abandoned => EventKind::Abandoned,
        Outcome::Answered | Outcome::Failed(Fault::Lost) => EventKind::AnsweredUnknown,
        // No machine presses keys: human over machine.
        Outcome::Machine if !finished.keys.is_empty() => EventKind::AnsweredUnknown,
        Outcome::Machine => EventKind::Voicemail,
        // A machine over no answer: something has taken the call, and no person's voice or key.
        Outcome::Busy | Outcome::InvalidNumber | Outcome::NoAnswer if finished.was_answered_by_the_line() => {
            EventKind::Voicemail
        }
        // Some networks never tell that it rings, so silence until our cancel is taken for ringing.
        Outcome::NoAnswer | Outcome::Rejected | Outcome::Unwanted => EventKind::AttemptNoAnswer,
        Outcome::Busy
        | Outcome::Cancelled
        | Outcome::Failed(Fault::Blocked | Fault::Trunk | Fault::Us)
        | Outcome::InvalidNumber => match (stamps.answer.is_some(), rang) {
            (true, _) => EventKind::AnsweredUnknown,
            // Busy after ringing is a callee who pressed the call away.
            (false, true) => EventKind::AttemptNoAnswer,
            (false, false) => EventKind::AttemptUnconnected,
        },
    }
}

/// Dispositions that nobody else can set, whether or not the flow asked who is speaking.
fn only_the_right_person_can(disposition: Disposition) -> bool {
    match disposition {
        Disposition::AlreadyPaid
        | Disposition::BankruptcyClaimed
        | Disposition::Connected
        | Disposition::Dispute
        | Disposition::LinkSent
        | Disposition::PromiseToPay
        | Disposition::Refused
        | Disposition::Reminded => true,
        Disposition::CallbackBooked
        | Disposition::CutOff
        | Disposition::HungUp
        | Disposition::NotIdentified
        | Disposition::OperatorAsked
        | Disposition::StopRequested
        | Disposition::VoicemailLeft
        | Disposition::WrongPerson => false,
    }
}

/// Whom an attempt was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Called {
    pub person: PersonId,
    pub phone: PhoneKey,
    pub debt: DebtId,
}

/// The holds that follow from a finished attempt, from `at` until a human lifts them. `evidence` names the attempt.
pub fn holds_from(finished: &Finished, called: Called, at: Timestamp, evidence: &str) -> Vec<Hold> {
    let hold = |kind| Hold { evidence: Some(evidence.to_owned()), ..Hold::new(kind, called.person, at) };
    let mut holds = match finished.disposition {
        // Claimed is enough to stop; a human looks into the register and lifts it where nothing is there.
        Some(Disposition::BankruptcyClaimed) => vec![hold(HoldKind::Bankruptcy)],
        // Whether the money came is the creditor's to say.
        Some(Disposition::AlreadyPaid | Disposition::Dispute) => {
            vec![Hold { debt: Some(called.debt), ..hold(HoldKind::DisputeOpen) }]
        }
        Some(Disposition::StopRequested) => holds_of_stop(called.person, Some(called.phone), at, evidence),
        Some(Disposition::WrongPerson) => {
            vec![Hold { phone: Some(called.phone), ..hold(HoldKind::PhoneUnderReview) }]
        }
        Some(
            Disposition::CallbackBooked
            | Disposition::Connected
            | Disposition::CutOff
            | Disposition::HungUp
            | Disposition::LinkSent
            | Disposition::NotIdentified
            | Disposition::OperatorAsked
            | Disposition::PromiseToPay
            | Disposition::Refused
            | Disposition::Reminded
            | Disposition::VoicemailLeft,
        )
        | None => Vec::new(),
    };
    if finished.outcome == Outcome::Unwanted {
        holds.push(Hold { phone: Some(called.phone), ..hold(HoldKind::Unwanted) });
    }
    holds
}

/// The holds of a request to stop, said or written. Which of them it is in law, a human says when lifting it. Where it was said
/// at a telephone, nobody else is called there either.
pub fn holds_of_stop(person: PersonId, phone: Option<PhoneKey>, at: Timestamp, evidence: &str) -> Vec<Hold> {
    let hold = |kind| Hold { evidence: Some(evidence.to_owned()), ..Hold::new(kind, person, at) };
    let mut holds = vec![hold(HoldKind::RefusalOfInteraction), hold(HoldKind::StopRequested)];
    if phone.is_some() {
        holds.push(Hold { phone, ..hold(HoldKind::NeverCall) });
    }
    holds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::attempt::{FinalWord, Stamps};
    use crate::domain::verdict::{Features, Heard, Noted, Verdict};
    use crate::domain::{Announcement, Channel};
    use crate::rules::{Presets, RuleKind};

    fn finished(outcome: Outcome, disposition: Option<Disposition>) -> Finished {
        Finished {
            outcome,
            disposition,
            grades: Vec::new(),
            channel: Channel::Ivr,
            stamps: Stamps::default(),
            last_word: FinalWord::default(),
            hung_up_by: HungUpBy::Callee,
            heard_percent: None,
            keys: String::new(),
            trail: Vec::new(),
            heard: Vec::new(),
            promised_on: None,
            identified: false,
        }
    }

    fn kinds(outcome: Outcome, disposition: Option<Disposition>) -> Vec<EventKind> {
        event_kinds(&finished(outcome, disposition))
    }

    #[test]
    fn what_never_reached_the_line_is_unconnected_and_what_rang_is_not() {
        for outcome in
            [Outcome::Busy, Outcome::InvalidNumber, Outcome::Failed(Fault::Trunk), Outcome::Cancelled]
        {
            let mut dial = finished(outcome, None);
            assert_eq!(event_kinds(&dial), [EventKind::AttemptUnconnected], "{outcome:?}");
            dial.stamps.early_media = Some(Timestamp::UNIX_EPOCH);
            assert_eq!(event_kinds(&dial), [EventKind::AttemptNoAnswer], "{outcome:?}");
            dial.stamps.answer = Some(Timestamp::UNIX_EPOCH);
            assert_eq!(event_kinds(&dial), [EventKind::AnsweredUnknown], "{outcome:?}");
        }
    }

    #[test]
    fn a_fax_and_the_networks_own_voice_on_an_answered_line_are_machines() {
        let verdict =
            |verdict| Heard::Verdict { verdict, at_ms: 900, confidence: 0.95, features: Features::default() };
        let announced = Heard::Announced { says: Announcement::SwitchedOff, at_ms: 2400 };
        for (outcome, heard) in [
            (Outcome::InvalidNumber, verdict(Verdict::Fax)),
            (Outcome::NoAnswer, verdict(Verdict::Sit)),
            (Outcome::NoAnswer, announced),
        ] {
            let kinds = |early| {
                let heard = vec![Noted { early, heard }];
                let mut dial = Finished { heard, hung_up_by: HungUpBy::Us, ..finished(outcome, None) };
                dial.stamps.ringing = Some(Timestamp::UNIX_EPOCH);
                event_kinds(&dial)
            };
            assert_eq!(kinds(false), [EventKind::Voicemail, EventKind::AmdDisconnect], "{outcome:?}");
            assert_eq!(kinds(true), [EventKind::AttemptNoAnswer], "{outcome:?} before the answer");
        }
        // A busy tone may be all that tells of a person who picked up and hung up.
        let heard = vec![Noted { early: false, heard: verdict(Verdict::Busy) }];
        let mut dial = Finished { heard, ..finished(Outcome::Busy, None) };
        dial.stamps.answer = Some(Timestamp::UNIX_EPOCH);
        assert_eq!(event_kinds(&dial), [EventKind::AnsweredUnknown]);
    }

    #[test]
    fn silence_until_our_cancel_is_taken_for_ringing() {
        assert_eq!(kinds(Outcome::NoAnswer, None), [EventKind::AttemptNoAnswer]);
    }

    #[test]
    fn an_answered_call_is_a_conversation_once_the_person_is_known() {
        assert_eq!(kinds(Outcome::Answered, Some(Disposition::HungUp)), [EventKind::AnsweredUnknown]);
        let mut known = finished(Outcome::Answered, Some(Disposition::HungUp));
        known.identified = true;
        assert_eq!(event_kinds(&known), [EventKind::Conversation]);
    }

    #[test]
    fn a_promise_proves_the_right_person_even_on_what_was_taken_for_a_machine() {
        assert_eq!(kinds(Outcome::Machine, Some(Disposition::PromiseToPay)), [EventKind::Conversation]);
    }

    #[test]
    fn a_machine_we_hang_up_on_and_one_we_speak_to_are_logged_twice() {
        let mut machine = finished(Outcome::Machine, None);
        assert_eq!(event_kinds(&machine), [EventKind::Voicemail]);
        machine.hung_up_by = HungUpBy::Us;
        assert_eq!(event_kinds(&machine), [EventKind::Voicemail, EventKind::AmdDisconnect]);
        machine.disposition = Some(Disposition::VoicemailLeft);
        assert_eq!(event_kinds(&machine), [EventKind::Voicemail, EventKind::Message]);
    }

    #[test]
    fn a_machine_that_presses_keys_was_a_human() {
        let pressed = Finished { keys: "2".into(), ..finished(Outcome::Machine, None) };
        assert_eq!(event_kinds(&pressed), [EventKind::AnsweredUnknown]);
    }

    #[test]
    fn every_shipped_rule_that_counts_the_lesser_kind_counts_the_one_taken_in_doubt() {
        let doubts = [
            (EventKind::AttemptUnconnected, EventKind::AttemptNoAnswer),
            (EventKind::AttemptNoAnswer, EventKind::Voicemail),
            (EventKind::Voicemail, EventKind::AnsweredUnknown),
            (EventKind::AnsweredUnknown, EventKind::Conversation),
        ];
        let presets = Presets::shipped();
        for name in presets.names() {
            for rule in presets.flatten(name).expect("shipped").rules {
                let (RuleKind::Cap { count, .. } | RuleKind::Cooldown { trigger: count, .. }) = rule.kind
                else {
                    continue;
                };
                for (lesser, taken) in doubts {
                    let both = !count.kinds.contains(lesser) || count.kinds.contains(taken);
                    assert!(both, "{name}: {} counts {lesser:?} and not {taken:?}", rule.id);
                }
            }
        }
    }

    #[test]
    fn a_call_lost_in_a_crash_counts_as_answered() {
        assert_eq!(kinds(Outcome::Failed(Fault::Lost), None), [EventKind::AnsweredUnknown]);
    }

    #[test]
    fn what_was_said_holds_the_person_and_a_stranger_holds_the_phone() {
        let called = Called { person: PersonId(1), phone: PhoneKey::new(79_991_234_567), debt: DebtId(2) };
        let holds = |disposition| {
            let finished = finished(Outcome::Answered, Some(disposition));
            holds_from(&finished, called, Timestamp::UNIX_EPOCH, "attempt 7")
        };
        let stopped = holds(Disposition::StopRequested);
        assert!(stopped.iter().any(|hold| hold.kind == HoldKind::StopRequested && hold.phone.is_none()));
        let there = |hold: &Hold| hold.kind == HoldKind::NeverCall && hold.phone == Some(called.phone);
        assert!(stopped.iter().any(there), "nobody else is called at that telephone");
        let stranger = &holds(Disposition::WrongPerson)[0];
        assert_eq!((stranger.kind, stranger.phone), (HoldKind::PhoneUnderReview, Some(called.phone)));
        assert_eq!(stranger.evidence.as_deref(), Some("attempt 7"));
        let bankrupt = &holds(Disposition::BankruptcyClaimed)[0];
        assert_eq!((bankrupt.kind, bankrupt.phone, bankrupt.debt), (HoldKind::Bankruptcy, None, None));
        assert_eq!(holds(Disposition::PromiseToPay), []);
    }

    #[test]
    fn an_unwanted_call_holds_the_person() {
        let called = Called { person: PersonId(1), phone: PhoneKey::new(79_991_234_567), debt: DebtId(2) };
        let holds =
            holds_from(&finished(Outcome::Unwanted, None), called, Timestamp::UNIX_EPOCH, "attempt 7");
        assert_eq!(holds[0].kind, HoldKind::Unwanted);
    }
}
