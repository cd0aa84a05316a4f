//! A call reads like a story, and its promises hold whatever comes.

mod agents;
mod properties;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::date;

use super::*;
use crate::domain::attempt::{FinalWord, Finished, HungUpBy};
use crate::domain::verdict::{Features, Heard, Noted, Verdict};
use crate::domain::{
    Announcement, Channel, Currency, DebtKind, Disposition, Fault, Grade, Language, Money, Outcome,
    PhoneNumber,
};
use crate::ivr::{CallFacts, Flow, IdentifiedBy, Policy, PromptNo};

/// Says a notice, asks who it is, says the sum, and takes one key for a promise of nothing but goodwill.
const FLOW: &str = r#"
flow: little
version: 1
languages: [ru]
hours: campaign
defaults: { wait: 5s, tries: 1, barge_in: true, record: after_notice, limit: 2m }
start: hello
steps:
  hello: { notice: [robot, recording], say: { ru: "Это робот. Разговор записывается." }, barge_in: false, then: who }
  who:
    ask: { ru: "Это вы? Если да, нажмите один. Если нет, нажмите ноль." }
    keys: { 1: verified, 0: stop }
    else: silent_end
  verified: { mark: right_party, then: due }
  due: { requires: right_party, say: { ru: "Сумма: {{ debt.amount | money }}." }, then: thanks }
  thanks: { outcome: reminded, say: { ru: "Спасибо." }, then: hangup }
  stop: { outcome: stop_requested, say: { ru: "До свидания." }, then: hangup }
  silent_end: { outcome: not_identified, say: { ru: "До свидания." }, then: hangup }
voicemail:
  enabled: true
  say: { ru: "Пожалуйста, перезвоните." }
  outcome: voicemail_left
"#;

/// Says that nobody is free, or that the agent is lost.
const SORRY: &str = r#"
flow: sorry
version: 1
languages: [ru]
hours: campaign
start: hello
steps:
  hello: { notice: [robot, recording], say: { ru: "Это робот. Разговор записывается." }, barge_in: false, then: later }
  later: { do: { schedule_call: next_window }, outcome: callback_booked, say: { ru: "Мы перезвоним." }, then: hangup }
voicemail:
  enabled: true
  say: { ru: "Пожалуйста, перезвоните." }
  outcome: voicemail_left
"#;

/// A menu whose key 1 asks for an agent.
const MENU: &str = r#"
flow: menu
version: 1
languages: [ru]
hours: campaign
start: hello
steps:
  hello: { notice: [robot, recording], say: { ru: "Это робот. Разговор записывается." }, barge_in: false, then: ask }
  ask:
    ask: { ru: "Специалист: один. Жалоба: ноль." }
    keys: { 1: operator, 0: stop }
    else: bye
  operator: { connect: { queue: collectors, wait: 30s, music: hold }, no_agent: bye }
  stop: { outcome: stop_requested, say: { ru: "До свидания." }, then: hangup }
  bye: { outcome: not_identified, say: { ru: "До свидания." }, then: hangup }
"#;

fn flow(text: &str) -> Arc<Flow> {
    let file = crate::ivr::read(text).expect("a flow file");
    let checked = Flow::check(&file, &Policy::default(), &std::collections::BTreeSet::new());
    Arc::new(checked.expect("a sound flow"))
}

/// A call that begins with a flow.
fn plan() -> CallPlan {
    plan_of(FLOW, AgentPlan::default())
}

/// A call meant for an agent.
fn agents_plan() -> CallPlan {
    plan_of(SORRY, agents(Some("collectors".to_owned())))
}

fn agents(first: Option<String>) -> AgentPlan {
    AgentPlan { first, apology: Some(flow(SORRY)), ..AgentPlan::default() }
}

fn plan_of(text: &str, agent: AgentPlan) -> CallPlan {
    CallPlan {
        flow: flow(text),
        agent,
        facts: CallFacts {
            name: None,
            identified_by: IdentifiedBy::Number,
            language: Language::Ru,
            untold: Vec::new(),
            creditor: "Водоканал".to_owned(),
            amount: Money::new(100_000, Currency::Rub),
            due: date(2026, 3, 1),
            kind: DebtKind::Overdue,
            callback: PhoneNumber::parse("+78000000000").expect("E.164"),
            today: date(2026, 3, 3),
        },
        limits: CallLimits::default(),
        record: true,
    }
}

/// Drives a call through a script of seconds and inputs; every prompt ends 2 s after it began, unless cut.
/// Gives the timeline, and how the call ended.
fn drive(script: &[(u64, Input)]) -> (Vec<String>, Option<Finished>) {
    drive_plan(plan(), script)
}

fn drive_plan(plan: CallPlan, script: &[(u64, Input)]) -> (Vec<String>, Option<Finished>) {
    let (mut log, mut end) = (Vec::new(), None);
    let began = std::time::Duration::ZERO;
    let zero = instant();
    let mut call = Call::new(plan, zero, "2026-03-03T09:00:00Z".parse().expect("a time"));
    let mut script: VecDeque<_> =
        script.iter().map(|(s, input)| (began + Duration::from_secs(*s), input.clone())).collect();
    // When it ends, which it is, and how much of it will have been sent.
    let mut prompt: Option<(Duration, PromptNo, u8)> = None;
    let mut now = Duration::ZERO;
    for _ in 0..1000 {
        while let Some(output) = call.poll() {
            let note = |what: &str| format!("{}s {what}", now.as_secs());
            match output {
                Output::Play { prompt: no, .. } => {
                    prompt = Some((now + Duration::from_secs(2), no, 100));
                    log.push(note("Play"));
                }
                Output::StopPlay => {
                    let cut = now + Duration::from_millis(20);
                    prompt = prompt.map(|(at, no, _)| if cut < at { (cut, no, 30) } else { (at, no, 100) });
                    log.push(note("StopPlay"));
                }
                Output::Wire(wiring) => log.push(note(&format!("Wire {}", shown(wiring)))),
                Output::Finished(finished) => {
                    log.push(note(&format!("Finished {}", finished.outcome.code())));
                    end = Some(*finished);
                }
                other => log.push(note(&format!("{other:?}"))),
            }
        }
        let timer = call.next_timer().map(|at| at - zero);
        let next_input = script.front().map(|(at, _)| *at);
        let prompt_end = prompt.map(|(at, ..)| at);
        let Some(at) = timer.into_iter().chain(next_input).chain(prompt_end).min() else { break };
        now = now.max(at);
        if prompt_end.is_some_and(|end| end <= now) {
            let (_, no, percent) = prompt.take().expect("a prompt plays");
            let ended = Input::PlayEnded { prompt: no, percent, length: Duration::from_secs(2) };
            call.handle(zero + now, ended);
        } else if next_input.is_some_and(|at| at <= now) {
            let (_, input) = script.pop_front().expect("an input is due");
            call.handle(zero + now, input);
        } else {
            call.handle_timers(zero + now);
        }
    }
    (log, end)
}

#[expect(
    clippy::disallowed_methods,
    reason = "an Instant can't be made otherwise; only differences are used"
)]
fn instant() -> Instant {
    Instant::now()
}

fn word(code: u16) -> FinalWord {
    FinalWord { sip_code: Some(code), reason: None, q850: None }
}

fn bye() -> Input {
    Input::Ended(FinalWord::default())
}

#[test]
fn an_answer_that_crosses_our_cancel_is_hung_up_and_counts_as_abandoned() {
    let (log, end) = drive(&[(3, Input::Ringing), (41, Input::Answered), (42, bye())]);
    assert_eq!(log, ["0s Place", "40s Cancel", "41s HangUp", "42s Finished abandoned"]);
    assert!(end.expect("an end").stamps.answer.is_some());
}

#[test]
fn a_trunk_that_swallows_the_call_is_at_fault() {
    let (log, _) = drive(&[(1, Input::Trying), (21, Input::Refused(word(487)))]);
    assert_eq!(log, ["0s Place", "20s Cancel", "21s Finished failed_trunk"]);
}

#[test]
fn nobody_answers_and_the_carrier_never_confirms_our_cancel() {
    let (log, _) = drive(&[(2, Input::Ringing)]);
    assert_eq!(log, ["0s Place", "40s Cancel", "73s Finished no_answer"]);
}

#[test]
fn the_right_person_hears_the_sum() {
    let script = [
        (2, Input::Ringing),
        (5, Input::Answered),
        (5, Input::FirstAudio),
        (8, Input::Digit('1')),
        (20, bye()),
    ];
    let (log, end) = drive(&script);
    let end = end.expect("an end");
    assert_eq!(end.outcome, Outcome::Answered);
    assert_eq!(end.disposition, Some(Disposition::Reminded));
    assert!(end.identified);
    assert!(end.grades.contains(&Grade::AmountHeard), "{:?} in {log:?}", end.grades);
    assert!(log.contains(&"7s StartRecording".to_owned()), "recording begins after the notice: {log:?}");
}

#[test]
fn a_debt_that_cannot_be_said_ends_the_call_as_our_fault_and_no_menu_follows() {
    let script = [
        (2, Input::Ringing),
        (5, Input::Answered),
        (5, Input::FirstAudio),
        (8, Input::Digit('1')),
        (9, Input::Unsaid { prompt: PromptNo(3) }),
        (9, bye()),
    ];
    let (log, end) = drive(&script);
    let end = end.expect("an end");
    assert_eq!(log.last().expect("a line"), "9s Finished failed_us", "{log:?}");
    assert!(log.contains(&"9s HangUp".to_owned()), "{log:?}");
    assert_eq!((end.disposition, end.identified), (Some(Disposition::CutOff), true));
    assert!(!end.grades.contains(&Grade::AmountHeard));
}

/// The prompts end 7, 9, 10 and 12 s after the INVITE: the notice, the cut question, the sum, the thanks.
#[test]
fn the_last_word_is_let_to_sound_and_keys_and_stops_change_nothing_meanwhile() {
    let script = |last: Vec<(u64, Input)>| {
        let begin = vec![(5, Input::Answered), (5, Input::FirstAudio), (8, Input::Digit('1'))];
        let limits = CallLimits { tail: Duration::from_secs(2), ..CallLimits::default() };
        drive_plan(CallPlan { limits, ..plan() }, &[begin, last].concat())
    };
    let (log, end) = script(vec![(13, Input::Digit('0')), (13, Input::Stop(StopReason::Paid)), (20, bye())]);
    let from = log.iter().rposition(|line| line.ends_with("Play")).expect("the thanks");
    assert_eq!(log[from..], ["10s Play", "14s HangUp", "20s Finished answered"]);
    let end = end.expect("an end");
    assert_eq!((end.disposition, end.hung_up_by), (Some(Disposition::Reminded), HungUpBy::Us));
    let (log, end) = script(vec![(13, bye())]);
    assert_eq!(log.last().expect("a line"), "13s Finished answered", "{log:?}");
    let end = end.expect("an end");
    assert_eq!((end.disposition, end.hung_up_by), (Some(Disposition::Reminded), HungUpBy::Callee));
}

#[test]
fn a_person_left_in_silence_is_abandoned() {
    let (_, end) = drive(&[(2, Input::Ringing), (5, Input::Answered), (6, bye())]);
    assert_eq!(end.expect("an end").outcome, Outcome::Abandoned);
}

#[test]
fn a_machine_gets_the_message_after_its_beep() {
    let machine = |at_ms| Heard::Verdict {
        verdict: Verdict::Machine,
        at_ms,
        confidence: 0.9,
        features: Features::default(),
    };
    let script = [
        (5, Input::Answered),
        (5, Input::FirstAudio),
        (7, Input::Heard(machine(2000))),
        (12, Input::Heard(Heard::BeepEnded { at_ms: 7000 })),
        (30, bye()),
    ];
    let (_, end) = drive(&script);
    let end = end.expect("an end");
    assert_eq!((end.outcome, end.disposition), (Outcome::Machine, Some(Disposition::VoicemailLeft)));
    assert_eq!(end.channel, crate::domain::Channel::Voicemail);
    assert!(!end.identified);
}

#[test]
fn what_was_heard_is_told_at_the_end_with_what_came_before_the_answer_apart() {
    let heard = |input: &Input| match input {
        Input::Heard(heard) => *heard,
        other => panic!("{other:?}"),
    };
    let told = [verdict(Verdict::Ringback), verdict(Verdict::Human), verdict(Verdict::Machine)];
    let [ringing, human, machine] = told.clone();
    let script = [(2, Input::EarlyMedia), (3, ringing), (5, Input::Answered), (5, Input::FirstAudio)];
    let end = drive(&[&script[..], &[(6, human), (8, machine), (9, bye())]].concat()).1.expect("an end");
    let noted = [true, false, false]
        .into_iter()
        .zip(&told)
        .map(|(early, input)| Noted { early, heard: heard(input) });
    assert_eq!(end.heard, noted.collect::<Vec<_>>());
    let beeps = vec![(6, Input::Heard(Heard::BeepEnded { at_ms: 1 })); 300];
    let end = drive(&[&script[..], &beeps, &[(9, bye())]].concat()).1.expect("an end");
    assert_eq!(end.heard.len(), 100, "a line that beeps for ever");
}

fn announced(says: Announcement) -> Input {
    Input::Heard(Heard::Announced { says, at_ms: 2000 })
}

#[test]
fn an_announcement_before_the_answer_ends_the_call_with_what_it_says() {
    for (says, outcome) in [
        (Announcement::Busy, Outcome::Busy),
        (Announcement::NotInService, Outcome::InvalidNumber),
        (Announcement::SwitchedOff, Outcome::NoAnswer),
    ] {
        let (log, end) =
            drive(&[(2, Input::EarlyMedia), (4, announced(says)), (5, Input::Refused(word(487)))]);
        assert_eq!(log, ["0s Place", "4s Cancel", &format!("5s Finished {}", outcome.code())]);
        assert_eq!(end.expect("an end").outcome, outcome);
        // The answer may cross our CANCEL: it is still the network that speaks.
        let (log, end) =
            drive(&[(2, Input::EarlyMedia), (4, announced(says)), (4, Input::Answered), (5, bye())]);
        assert!(log.contains(&"4s HangUp".to_owned()), "{log:?}");
        assert_eq!(end.expect("an end").outcome, outcome);
    }
}

#[test]
fn an_announcement_after_the_answer_is_hung_up_on_unless_a_key_has_proved_a_person() {
    let says = announced(Announcement::NotInService);
    let answered = [(5, Input::Answered), (5, Input::FirstAudio)];
    let (log, end) = drive(&[&answered[..], &[(8, says.clone()), (9, bye())]].concat());
    assert!(log.contains(&"8s HangUp".to_owned()), "{log:?}");
    assert_eq!(end.expect("an end").outcome, Outcome::InvalidNumber);
    let (log, end) =
        drive(&[&answered[..], &[(7, Input::Digit('1')), (8, says.clone()), (9, bye())]].concat());
    assert!(!log.contains(&"8s HangUp".to_owned()), "{log:?}");
    assert_eq!(end.expect("an end").outcome, Outcome::Answered);
    let (log, end) = drive_plan(agents_plan(), &[(5, Input::Answered), (8, says), (9, bye())]);
    assert!(!log.iter().any(|line| line.contains("FindAgent")), "{log:?}");
    assert_eq!(end.expect("an end").outcome, Outcome::InvalidNumber);
}

#[test]
fn a_busy_tone_before_any_word_is_a_busy_number_and_after_one_he_has_hung_up() {
    let answered = [(5, Input::Answered), (5, Input::FirstAudio)];
    for busy in [Verdict::Busy, Verdict::Congestion] {
        let (log, end) = drive(&[&answered[..], &[(8, verdict(busy)), (9, bye())]].concat());
        assert!(log.contains(&"8s HangUp".to_owned()), "{log:?}");
        assert_eq!(end.expect("an end").outcome, Outcome::Busy);
        for first in [verdict(Verdict::Human), Input::Digit('1')] {
            let (log, end) = drive(&[&answered[..], &[(7, first), (8, verdict(busy)), (9, bye())]].concat());
            assert!(log.contains(&"8s HangUp".to_owned()), "{log:?}");
            let end = end.expect("an end");
            assert_eq!((end.outcome, end.hung_up_by), (Outcome::Answered, HungUpBy::Callee));
        }
        let (_, end) = drive(
            &[
                &answered[..],
                &[(7, verdict(Verdict::Machine)), (12, Input::Heard(Heard::BeepEnded { at_ms: 7000 }))],
                &[(13, verdict(busy)), (14, bye())],
            ]
            .concat(),
        );
        let end = end.expect("an end");
        assert_eq!((end.outcome, end.disposition), (Outcome::Machine, Some(Disposition::NotIdentified)));
    }
}

#[test]
fn a_fax_ends_the_number_information_tones_are_no_answer_and_silence_is_taken_for_a_person() {
    let answered = [(5, Input::Answered), (5, Input::FirstAudio)];
    // ITU-T T.30: 2100 Hz is the fax that answers. 1100 Hz calls, and so do beeps of machines sound.
    for (heard, hertz, outcome, disposition) in [
        (Verdict::Fax, 2100, Outcome::InvalidNumber, None),
        (Verdict::Fax, 1100, Outcome::Machine, Some(Disposition::CutOff)),
        (Verdict::Sit, 1800, Outcome::NoAnswer, None),
    ] {
        let ends = |before: &[(u64, Input)]| {
            let script = [&answered[..], before, &[(8, toned(heard, Some(hertz))), (9, bye())]].concat();
            let (log, end) = drive(&script);
            (log.contains(&"8s HangUp".to_owned()), end.expect("an end"))
        };
        let (at_once, end) = ends(&[]);
        assert_eq!((at_once, end.outcome, end.disposition), (true, outcome, disposition), "{heard:?}");
        // Whoever has spoken before is what the call came to; a key has proved a person.
        let (at_once, end) = ends(&[(6, verdict(Verdict::Machine))]);
        assert_eq!((at_once, end.outcome), (true, Outcome::Machine), "{heard:?}");
        let (at_once, end) = ends(&[(6, verdict(Verdict::Human))]);
        assert_eq!((at_once, end.outcome), (true, Outcome::Answered), "{heard:?}");
        let (at_once, end) = ends(&[(6, Input::Digit('1'))]);
        assert_eq!((at_once, end.outcome), (false, Outcome::Answered), "{heard:?}");
        let (log, end) =
            drive_plan(agents_plan(), &[(5, Input::Answered), (8, toned(heard, Some(hertz))), (9, bye())]);
        assert!(!log.iter().any(|line| line.contains("FindAgent")), "{log:?}");
        assert_eq!(end.expect("an end").outcome, outcome, "{heard:?}");
    }
    let (_, end) = drive(&[&answered[..], &[(8, verdict(Verdict::Silence)), (60, bye())]].concat());
    let end = end.expect("an end");
    assert_eq!((end.outcome, end.disposition), (Outcome::Answered, Some(Disposition::NotIdentified)));
}

#[test]
fn a_payment_takes_a_ringing_call_back() {
    let (log, end) =
        drive(&[(2, Input::Ringing), (4, Input::Stop(StopReason::Paid)), (5, Input::Refused(word(487)))]);
    assert_eq!(log, ["0s Place", "4s Cancel", "5s Finished cancelled"]);
    assert_eq!(end.expect("an end").hung_up_by, HungUpBy::Us);
}

/// `1` and `2` for the agents whom the debtor hears, `12` for agents who hear each other, `m` for music.
fn shown(wiring: Wiring) -> String {
    let parts = [(wiring.first, "1"), (wiring.second, "2"), (wiring.between, "12"), (wiring.music, "m")];
    let on: Vec<_> = parts.into_iter().filter_map(|(on, name)| on.then_some(name)).collect();
    if on.is_empty() { "-".to_owned() } else { on.join("+") }
}

fn verdict(verdict: Verdict) -> Input {
    toned(verdict, None)
}

fn toned(verdict: Verdict, tone_hz: Option<u32>) -> Input {
    let features = Features { tone_hz, ..Features::default() };
    Input::Heard(Heard::Verdict { verdict, at_ms: 900, confidence: 0.9, features })
}

const CAME: Input = Input::AgentConnected(Seat::First);

/// Picked up and spoken to, the debtor has said who he is, and then, in the middle of the sum, `last`.
fn ends_in_the_middle_of_the_sum(last: Input) -> Finished {
    let script = [(5, Input::Answered), (5, Input::FirstAudio), (8, Input::Digit('1')), (9, last)];
    drive(&script).1.expect("an end")
}

#[test]
fn a_talk_that_we_or_the_network_cut_short_is_not_the_debtors_hanging_up() {
    let (stop, network) = (Input::Stop(StopReason::Drain), Input::MediaLost);
    for (last, by, disposition) in [
        (bye(), HungUpBy::Callee, Disposition::HungUp),
        (stop, HungUpBy::Us, Disposition::CutOff),
        (network, HungUpBy::Network, Disposition::CutOff),
        (Input::Broken(Fault::Trunk), HungUpBy::Network, Disposition::CutOff),
    ] {
        let end = ends_in_the_middle_of_the_sum(last.clone());
        assert_eq!((end.hung_up_by, end.disposition), (by, Some(disposition)), "{last:?}");
    }
}

#[test]
fn an_answer_without_any_sound_is_the_trunks_fault_unless_a_person_showed_himself() {
    let silent = [(5, Input::Answered), (5, Input::FirstAudio), (8, Input::NoMedia)];
    let end = drive(&silent).1.expect("an end");
    assert_eq!((end.outcome, end.disposition), (Outcome::Failed(Fault::Trunk), None));
    assert_eq!(end.hung_up_by, HungUpBy::Us);
    assert!(end.stamps.answer.is_some(), "the rules count it as answered");
    let end = ends_in_the_middle_of_the_sum(Input::NoMedia);
    assert_eq!((end.outcome, end.hung_up_by), (Outcome::Answered, HungUpBy::Us), "he pressed a key");
}

#[test]
fn a_prompt_cut_by_the_end_leads_nowhere() {
    let end = ends_in_the_middle_of_the_sum(bye());
    assert!(!end.grades.contains(&Grade::AmountHeard), "{:?}", end.grades);
    // The step after the sum would have set it.
    assert_ne!(end.disposition, Some(Disposition::Reminded));
    // Cut in the notice, before he was asked anything.
    let script = [(5, Input::Answered), (5, Input::FirstAudio), (6, Input::Stop(StopReason::Hold))];
    assert_eq!(drive(&script).1.expect("an end").disposition, Some(Disposition::CutOff));
}
