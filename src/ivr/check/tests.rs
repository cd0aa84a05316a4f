//! What the checker refuses: each case breaks a sound flow in one place.

use std::collections::BTreeSet;

use super::*;
use crate::domain::Notice;
use crate::ivr::{read, read_all};

const SOUND: &str = r##"
flow: small
version: 3
languages: [en]
start: hello
steps:
  hello:
    notice: [robot, recording]
    say: { en: "A robot calls. It is recorded." }
    barge_in: false
    then: who
  who:
    ask: { en: "Is this {{ debtor.name }}?" }
    without_name: { en: "Is this you?" }
    keys: { 1: verified, 2: stranger, 0: stop }
    no_input: { 1: { say: { en: "Nothing was heard." } }, else: stranger }
    else: stranger
  verified: { mark: right_party, then: due }
  due:
    requires: right_party
    say: { en: "You owe {{ debt.amount | money }} to {{ debt.creditor }}." }
    then: promise
  promise:
    requires: right_party
    ask: { en: "Which day?" }
    digits: { min: 1, max: 2, end: "#", as: day_of_month, within: 14d }
    confirm: { en: "{{ input | date }}?" }
    outcome: promise_to_pay
    else: bye
    then: bye
  stop: { do: { complaint: open }, outcome: stop_requested, then: hangup }
  stranger: { outcome: wrong_person, say: { en: "Sorry." }, then: hangup }
  bye: { say: { en: "Bye." }, then: hangup }
voicemail:
  say: { en: "Call {{ campaign.callback | phone }}." }
"##;

fn check_text(text: &str) -> Result<Flow, Vec<Mistake>> {
    let (file, mut mistakes) = read_all(text);
    let Some(file) = file else { return Err(mistakes) };
    match Flow::check(&file, &Policy::default(), &BTreeSet::from(["hello.wav".to_owned()])) {
        Ok(flow) if mistakes.is_empty() => return Ok(flow),
        Ok(_) => {}
        Err(more) => mistakes.extend(more),
    }
    Err(mistakes)
}

/// The mistakes after `from` was replaced by `to`, one a line.
fn broken(from: &str, to: &str) -> String {
    assert!(SOUND.contains(from), "{from}");
    let Err(mistakes) = check_text(&SOUND.replacen(from, to, 1)) else { return "none".to_owned() };
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_sentence_with_the_name_holds_no_other_slot() {
    let said =
        broken("Is this {{ debtor.name }}?", "Will {{ debtor.name }} call {{ campaign.callback | phone }}?");
    assert!(said.contains("synthesised beforehand"), "{said}");
    assert_eq!(
        broken(
            "Is this {{ debtor.name }}?",
            "Is this {{ debtor.name }}? Or {{ campaign.callback | phone }}?"
        ),
        "none"
    );
}

#[test]
fn the_sound_flow_passes() {
    assert_eq!(check_text(SOUND).expect("sound").label(), "small@3");
    check_text(&SOUND.replace("A robot calls. It is recorded.", "hello.wav")).expect("a file that is there");
}

#[test]
fn each_mistake_is_found_and_named() {
    let cases = [
        // Steps and ways.
        ("then: who", "then: whoo", "steps.hello.then: there is no step whoo; did you mean who?"),
        ("start: hello", "start: helo", "start: there is no step helo; did you mean hello?"),
        (
            "else: bye\n    then: bye",
            "else: hangup\n    then: hangup",
            "steps.bye: is never reached from hello",
        ),
        (
            "verified: { mark: right_party, then: due }",
            "verified: { mark: right_party }",
            "steps.verified.then: is missing",
        ),
        (
            "say: { en: \"Bye.\" }, then: hangup",
            "say: { en: \"Bye.\" }, then: bye",
            "steps.bye: no way out of here ends the call",
        ),
        ("outcome: stop_requested, then", "then", "steps.stop: may end the call without an outcome"),
        // Disclosure.
        (
            "1: verified",
            "1: due",
            "steps.due: may be reached without mark: right_party, by hello → who → due",
        ),
        (
            "2: stranger,",
            "2: promise,",
            "steps.promise: may be reached without mark: right_party, by hello → who → promise",
        ),
        ("due:\n    requires: right_party", "due:", "steps.due: reads debt.* without requires: right_party"),
        (
            "say: { en: \"Sorry.\" }",
            "say: { en: \"{{ debt.creditor }} is sorry.\" }",
            "steps.stranger: reads debt.*",
        ),
        (
            "\"Nothing was heard.\"",
            "\"{{ debt.creditor }} calls.\"",
            "steps.who: may be reached without mark",
        ),
        ("else: stranger\n  verified", "else: verified\n  verified", "who leads here without a key"),
        (
            "Call {{ campaign.callback | phone }}.",
            "You owe {{ debt.amount | money }}.",
            "voicemail.say.en: a message may be heard by anybody",
        ),
        (
            "Call {{ campaign.callback | phone }}.",
            "Call {{ debt.creditor }}.",
            "voicemail.say.en: a message may be heard by anybody",
        ),
        (
            "stranger: { outcome",
            "stranger: { do: { sms: pay_link }, outcome",
            "steps.stranger: tells of the debt to a person who is not the debtor",
        ),
        (
            "stop: { do: { complaint: open }",
            "stop: { do: { complaint: open, sms: pay_link }",
            "steps.stop: sends a message about the debt to one who may not be the debtor, by hello → who → stop",
        ),
        (
            "1: verified, 2: stranger",
            "1: verified, 2: verified",
            "steps.who: several keys lead to mark: right_party",
        ),
        (
            "stop: { do: { complaint: open }, outcome: stop_requested, then: hangup }",
            "stop: { mark: right_party, do: { complaint: open }, outcome: stop_requested, then: due }",
            "steps.stop: marks right_party though he asked not to be called",
        ),
        (
            "1: verified, 2",
            "1: verified, 8: { lang: en, then: verified }, 2",
            "steps.verified: marks right_party though key 8 of who only chooses a language",
        ),
        (
            "1: verified, 2",
            "1: verified, 8: { lang: en, then: who, offer: { en: \"For English, press 8.\" } }, 2",
            "steps.who.keys.8.offer.en: who hears this language is not offered it",
        ),
        (
            "1: verified, 2",
            "1: verified, 8: { then: who, offer: { en: \"Call {{ campaign.callback | phone }}.\" } }, 2",
            "steps.who.keys.8.offer: only a language is offered: lang is missing",
        ),
        (
            "1: verified, 2",
            "1: verified, 8: { then: who, offer: { en: \"Call {{ campaign.callback | phone }}.\" } }, 2",
            "steps.who.keys.8.offer.en: an offer is fixed words",
        ),
        (
            "do: { complaint: open }",
            "do: { complaint: open, sms: \"Debt {{ debt.amount }} of Ivanov\" }",
            "steps.stop.do.sms: the name of a message's template is made of letters, digits and _",
        ),
        // Duties.
        ("barge_in: false", "barge_in: true", "steps.hello: a key would skip this notice"),
        (
            "notice: [robot, recording]",
            "notice: [robot]",
            "the notice recording must be told before the first question",
        ),
        (", 0: stop", ", 0: stranger", "steps.who: this menu has no key to stop"),
        (
            "within: 14d",
            "within: 15d",
            "steps.promise.digits.within: a promise may be for a day within 14d by policy",
        ),
        // Texts.
        ("languages: [en]", "languages: [en, ru]", "steps.hello.say: the text in ru is missing"),
        ("without_name: { en: \"Is this you?\" }", "wait: 5s", "debtor.name cannot always be spoken"),
        (
            "| money",
            "| date",
            "steps.due.say.en: {{ debt.amount | date }} has not the type of debt.amount: money",
        ),
        ("input | date", "input | date: accusative", "cannot be read in case \"accusative\""),
        ("input | date", "input | time", "a day is read as {{ input | date }}"),
        ("A robot calls. It is recorded.", "other.wav", "the sound file other.wav is missing"),
        // Steps by themselves.
        ("  hello:\n    notice", "  hello:\n    tries: 2\n    notice", "steps.hello.tries: means nothing"),
        ("keys: { 1:", "keys: { 11: stop, 1:", "a key is one of 0 to 9"),
        ("no_input: { 1:", "no_input: { 2:", "is never said: the question is asked 2 times"),
        ("outcome: promise_to_pay\n", "outcome: refused\n", "a day of the month is a promise"),
        ("digits: { min: 1, max: 2, end: \"#\"", "digits: { min: 1, max: 2, end: \"5\"", "is * or #"),
        // Writing.
        ("requires: right_party", "require: right_party", "unknown field"),
        ("outcome: wrong_person", "outcome: wrong_persn", "wrong_persn"),
    ];
    let mut missed = Vec::new();
    for (from, to, expected) in cases {
        let mistakes = broken(from, to);
        if !mistakes.contains(expected) {
            missed.push(format!("{from} -> {to}:\nexpected {expected}\ngot {mistakes}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n\n"));
}

#[test]
fn a_flow_that_declares_no_notice_lacks_all_of_them() {
    let mistakes = check_text(&SOUND.replace("    notice: [robot, recording]\n", "")).expect_err("none");
    let lacking: Vec<_> = mistakes.iter().map(|mistake| mistake.text.en.as_str()).collect();
    assert_eq!(
        lacking,
        ["robot", "recording"]
            .map(|notice| format!("the notice {notice} must be told before the first question"))
    );
}

#[test]
fn a_number_not_entered_goes_the_way_of_those_entered() {
    check_text(&SOUND.replace("    else: bye\n", "")).expect("then serves for else");
}

#[test]
fn a_mistake_has_the_line_of_its_step() {
    let file = SOUND.replacen("within: 14d", "within: 99d", 1);
    let mistakes = check_text(&file).expect_err("too far");
    let line = file.lines().position(|line| line.contains("  promise:")).expect("the step") + 1;
    let at = mistakes[0].line.expect("a line") as usize;
    assert!(at == line || at == line + 1, "{at} is not beside {line}");
}

#[test]
fn every_mistake_of_a_file_is_shown_at_once() {
    let file = SOUND
        .replace("within: 14d", "within: 99d")
        .replace("then: due", "then: duw")
        .replace("2: stranger", "2: strange");
    assert_eq!(check_text(&file).expect_err("three mistakes").len(), 3);
}

#[test]
fn mistakes_of_writing_of_steps_and_of_ways_are_shown_together_and_none_that_follows_from_another() {
    let file = SOUND
        .replace("start: hello", "start: helo")
        .replace("barge_in: false", "bargein: false")
        .replace("outcome: wrong_person", "outcome: wrong_persn")
        .replace("within: 14d", "within: 99d")
        .replace(", 0: stop", ", 0: stranger")
        .replace("due:\n    requires: right_party", "due:");
    let mistakes = check_text(&file).expect_err("six mistakes");
    let told: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
    let expected = [
        "did you mean barge_in?",
        "did you mean wrong_person?",
        "did you mean hello?",
        "within 14d",
        "no key to stop",
        "without requires",
        // Nothing leads to the step that stops any more: no mistake of another's making.
        "steps.stop: is never reached",
    ];
    for one in expected {
        assert!(told.iter().any(|line| line.contains(one)), "{one} is not in {told:#?}");
    }
    assert_eq!(told.len(), expected.len(), "{told:#?}");
}

#[test]
fn a_way_that_leads_nobody_knows_where_makes_no_false_alarm_and_hides_no_debt_told_too_early() {
    let file = SOUND.replace("0: stop }", "0: elsewhere }").replace("1: verified", "1: due");
    let told: Vec<_> = check_text(&file).expect_err("two").iter().map(ToString::to_string).collect();
    for one in ["there is no step elsewhere", "steps.due: may be reached", "steps.promise: may be reached"] {
        assert!(told.iter().any(|line| line.contains(one)), "{one} is not in {told:#?}");
    }
    assert_eq!(told.len(), 3, "{told:#?}");
}

#[test]
fn policy_decides_which_notices_and_keys_are_asked_for() {
    let file =
        SOUND.replace("notice: [robot, recording]", "notice: [robot]").replace(", 0: stop", ", 0: stranger");
    let file =
        file.replace("  stop: { do: { complaint: open }, outcome: stop_requested, then: hangup }\n", "");
    assert!(check_text(&file).is_err());
    let policy = Policy { notices: vec![Notice::Robot], stop_key: false, ..Policy::default() };
    let file = read(&file).expect("a flow file");
    Flow::check(&file, &policy, &BTreeSet::new()).expect("allowed by policy");
}

#[test]
fn every_mistake_is_told_in_russian_too() {
    let is_russian = |text: &str| text.chars().any(|c| ('а'..='я').contains(&c));
    let file = SOUND
        .replace("start: hello", "start: helo")
        .replace("barge_in: false", "bargein: false")
        .replace("within: 14d", "within: 99d")
        .replace(", 0: stop", ", 0: stranger")
        .replace("{{ debt.creditor }}", "{{ debt.creditor | money }}")
        .replace("due:\n    requires: right_party", "due:");
    let mistakes = check_text(&file).expect_err("six mistakes");
    assert!(mistakes.len() > 5, "{mistakes:#?}");
    for Mistake { text, .. } in mistakes {
        assert!(is_russian(&text.ru) && !is_russian(&text.en), "{text:?}");
    }
}

/// A flow in which whoever said that he is not the debtor may go on to where the debt is told.
const AFTER_ALL: &str =
    "then: again }\n  again: { ask: { en: \"Press one.\" }, keys: { 1: verified, 0: stop }, else: stop }";

#[test]
fn who_is_not_the_debtor_is_told_nothing_in_the_same_call_whatever_he_says_later() {
    let stranger = "stranger: { outcome: wrong_person, say: { en: \"Sorry.\" }, then: hangup }";
    let straight = broken(stranger, &stranger.replace("hangup", "due"));
    let expected = "steps.due: may be reached after the outcome wrong_person: nobody is the debtor any more in this call, by hello → who → stranger → due";
    assert!(straight.contains(expected), "{straight}");
    let by_a_key = broken(stranger, &stranger.replace("then: hangup }", AFTER_ALL));
    assert!(by_a_key.contains("by hello → who → stranger → again → verified → due"), "{by_a_key}");
    let out_of_the_menu = SOUND
        .replace("then: promise\n", "then: menu\n  menu: { requires: right_party, ask: { en: \"Two?\" }, keys: { 1: promise, 2: denial, 0: stop }, else: bye }\n  denial: { outcome: not_identified, then: due }\n");
    let mistakes = check_text(&out_of_the_menu).expect_err("a debt is told to a stranger");
    let told: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
    let path = "after the outcome not_identified: nobody is the debtor any more in this call, by hello → who → verified → due → menu → denial → due";
    assert!(told.iter().any(|line| line.contains("steps.due:") && line.contains(path)), "{told:#?}");
}

#[test]
fn a_service_call_speaks_of_no_debt() {
    let policy = Policy { no_debt: true, ..Policy::default() };
    let told = |text: &str| {
        let file = read(text).expect("a flow");
        let mistakes = Flow::check(&file, &policy, &BTreeSet::new()).err().unwrap_or_default();
        mistakes.iter().map(|mistake| mistake.text.en.clone()).collect::<Vec<_>>()
    };
    let service = r##"
flow: service
version: 1
languages: [en, ru]
start: hello
steps:
  hello:
    notice: [robot, recording]
    say: { en: "A robot calls. It is recorded.", ru: "Звонит робот. Разговор записывается." }
    barge_in: false
    then: ask
  ask:
    ask: { en: "Is all well with the service?", ru: "Всё ли хорошо со связью?" }
    keys: { 1: bye, 0: stop }
    else: bye
  stop: { do: { complaint: open }, outcome: stop_requested, then: hangup }
  bye: { outcome: reminded, say: { en: "Thank you.", ru: "Спасибо." }, then: hangup }
"##;
    assert_eq!(told(service), Vec::<String>::new());
    let debt = "a service call speaks of no debt: this text does";
    assert_eq!(told(&service.replace("Всё ли хорошо", "О задолженности: всё ли хорошо")), [debt]);
    assert!(
        told(&service.replace("Thank you.", "You owe {{ debt.amount | money }}.")).contains(&debt.to_owned())
    );
    let ends = "a service call ends in nothing that is of a debt";
    let disputes = service.replace("outcome: stop_requested", "outcome: dispute");
    assert!(told(&disputes).contains(&ends.to_owned()), "{:?}", told(&disputes));
}
