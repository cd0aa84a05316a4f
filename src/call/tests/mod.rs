//! A call reads like a story, and its promises hold whatever comes.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::domain::attempt::{FinalWord, Finished, HungUpBy};
use crate::domain::verdict::{Heard, Verdict};
use crate::domain::{
    Announcement, Channel, Currency, DebtKind, Disposition, Fault, Grade, Language, Money, Outcome,
    PhoneNumber,
};
use crate::ivr::{CallFacts, Flow, Policy, PromptNo};

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
            language: Language::Ru,
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

#[test]
fn a_person_left_in_silence_is_abandoned() {
    let (_, end) = drive(&[(2, Input::Ringing), (5, Input::Answered), (6, bye())]);
    assert_eq!(end.expect("an end").outcome, Outcome::Abandoned);
}

#[test]
fn a_machine_gets_the_message_after_its_beep() {
    let machine = |at_ms| Heard::Verdict { verdict: Verdict::Machine, at_ms, confidence: 0.9 };
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
    Input::Heard(Heard::Verdict { verdict, at_ms: 900, confidence: 0.9 })
}

const CAME: Input = Input::AgentConnected(Seat::First);
const SECOND_CAME: Input = Input::AgentConnected(Seat::Second);

fn with_agent(rest: &[(u64, Input)]) -> (Vec<String>, Finished) {
    let mut script =
        vec![(5, Input::Answered), (6, verdict(Verdict::Human)), (6, CAME), (6, Input::FirstAudio)];
    script.extend_from_slice(rest);
    let (log, end) = drive_plan(agents_plan(), &script);
    (log, end.expect("an end"))
}

#[test]
fn a_person_talks_to_an_agent_as_soon_as_he_is_known_to_be_one() {
    let (log, end) = with_agent(&[(60, bye())]);
    let find = "6s FindAgent { seat: First, whom: Queue(\"collectors\"), wait: 2s }";
    let over = ["60s Wire -", "60s Release(First)", "60s Release(Second)", "60s Finished answered"];
    assert_eq!(log[..4], ["0s Place", find, "6s StartRecording", "6s Wire 1"]);
    assert_eq!(log[4..], over);
    assert_eq!((end.outcome, end.channel), (Outcome::Answered, Channel::AgentCall));
}

#[test]
fn who_finds_nobody_free_hears_the_neutral_flow_and_counts_as_abandoned_all_the_same() {
    let script = [(5, Input::Answered), (6, verdict(Verdict::Human)), (8, Input::FirstAudio), (20, CAME)];
    let (log, end) = drive_plan(agents_plan(), &script);
    let end = end.expect("an end");
    assert!(log.contains(&"8s Play".to_owned()), "within the deadline: {log:?}");
    assert!(log.contains(&"12s HangUp".to_owned()), "{log:?}");
    assert_eq!((end.outcome, end.disposition), (Outcome::Abandoned, Some(Disposition::CallbackBooked)));
}

#[test]
fn an_agent_who_comes_too_late_is_let_go() {
    let script = [(5, Input::Answered), (6, verdict(Verdict::Human)), (9, CAME), (30, bye())];
    let (log, _) = drive_plan(agents_plan(), &script);
    assert!(log.contains(&"9s Release(First)".to_owned()), "{log:?}");
    assert!(!log.iter().any(|line| line.contains("Wire 1")), "{log:?}");
}

#[test]
fn who_is_not_judged_in_time_is_taken_for_a_person() {
    let (log, _) = drive_plan(agents_plan(), &[(5, Input::Answered), (30, bye())]);
    assert!(log.iter().any(|line| line.starts_with("9s FindAgent")), "{log:?}");
}

#[test]
fn a_machine_gets_its_message_and_no_agent() {
    let script = [
        (5, Input::Answered),
        (7, verdict(Verdict::Machine)),
        (12, Input::Heard(Heard::BeepEnded { at_ms: 7000 })),
        (30, bye()),
    ];
    let (log, end) = drive_plan(agents_plan(), &script);
    let end = end.expect("an end");
    assert_eq!((end.outcome, end.disposition), (Outcome::Machine, Some(Disposition::VoicemailLeft)));
    assert!(!log.iter().any(|line| line.contains("FindAgent")), "{log:?}");
}

#[test]
fn a_person_taken_for_a_machine_gets_an_agent_after_all() {
    let script = [
        (5, Input::Answered),
        (7, verdict(Verdict::Machine)),
        (9, verdict(Verdict::Human)),
        (9, CAME),
        (30, bye()),
    ];
    let (log, end) = drive_plan(agents_plan(), &script);
    assert!(log.contains(&"9s Wire 1".to_owned()), "{log:?}");
    assert_eq!(end.expect("an end").outcome, Outcome::Answered);
}

#[test]
fn a_key_of_the_flow_leads_to_an_agent_past_music() {
    let plan = plan_of(MENU, agents(None));
    let script =
        [(5, Input::Answered), (5, Input::FirstAudio), (8, Input::Digit('1')), (20, CAME), (400, bye())];
    let (log, end) = drive_plan(plan, &script);
    assert!(log.contains(&"8s Wire m".to_owned()) && log.contains(&"20s Wire 1".to_owned()), "{log:?}");
    let end = end.expect("an end");
    assert_eq!((end.outcome, end.disposition), (Outcome::Answered, Some(Disposition::Connected)));
    assert_eq!(end.hung_up_by, HungUpBy::Callee, "a talk with an agent has a limit of its own");
}

#[test]
fn without_an_agent_the_flow_goes_on_and_the_music_ends() {
    let plan = plan_of(MENU, agents(None));
    let script = [(5, Input::Answered), (5, Input::FirstAudio), (8, Input::Digit('1'))];
    let (log, _) = drive_plan(plan, &script);
    let silent =
        log.iter().position(|line| line == "43s Wire -").expect("the flow's own limit ends the wait");
    assert!(log[silent..].contains(&"43s Play".to_owned()), "{log:?}");
}

#[test]
fn who_is_on_hold_hears_music_until_the_agent_is_back() {
    let (log, _) = with_agent(&[
        (10, Input::Desk(Seat::First, Desk::Hold)),
        (20, Input::Desk(Seat::First, Desk::Resume)),
        (30, bye()),
    ]);
    assert!(log.contains(&"10s Wire m".to_owned()) && log.contains(&"20s Wire 1".to_owned()), "{log:?}");
}

#[test]
fn an_agent_lost_in_a_talk_is_apologised_for_and_a_call_is_booked() {
    let (log, end) = with_agent(&[(10, Input::AgentGone { seat: Seat::First, lost: true })]);
    assert!(log.contains(&"10s Wire -".to_owned()) && log.contains(&"10s Play".to_owned()), "{log:?}");
    assert_eq!((end.outcome, end.disposition), (Outcome::Answered, Some(Disposition::CallbackBooked)));
    assert_eq!(end.channel, Channel::AgentCall);
}

#[test]
fn who_has_talked_to_an_agent_is_no_machine_whatever_is_heard_during_the_apology() {
    let machine = Heard::Verdict { verdict: Verdict::Machine, at_ms: 5000, confidence: 0.9 };
    let (_, end) = with_agent(&[
        (10, Input::AgentGone { seat: Seat::First, lost: true }),
        (11, Input::Heard(machine)),
        (11, Input::Heard(Heard::BeepEnded { at_ms: 5500 })),
    ]);
    assert_eq!((end.outcome, end.disposition), (Outcome::Answered, Some(Disposition::CallbackBooked)));
}

#[test]
fn an_agent_who_hangs_up_his_phone_ends_the_call() {
    let (log, end) = with_agent(&[(10, Input::AgentGone { seat: Seat::First, lost: false }), (11, bye())]);
    assert!(log.contains(&"10s HangUp".to_owned()), "{log:?}");
    assert_eq!((end.hung_up_by, end.disposition), (HungUpBy::Us, Some(Disposition::Connected)));
}

#[test]
fn a_second_agent_is_asked_joins_and_takes_over() {
    let consult = Desk::Consult(Whom::Agent("olga".to_owned()));
    let (log, _) = with_agent(&[
        (10, Input::Desk(Seat::First, consult)),
        (12, SECOND_CAME),
        (20, Input::Desk(Seat::First, Desk::Join)),
        (30, Input::Desk(Seat::First, Desk::Complete)),
        (40, bye()),
    ]);
    let wires: Vec<_> = log.iter().filter(|line| !line.contains("FindAgent")).skip(2).collect();
    let told = [
        "6s Wire 1",
        "10s Wire m",
        "12s Wire 12+m",
        "20s Wire 1+2+12",
        "30s Wire m",
        "30s Release(First)",
        "30s Promote",
        "30s Wire 1",
        "40s Wire -",
        "40s Release(First)",
        "40s Release(Second)",
        "40s Finished answered",
    ];
    assert_eq!(wires, told);
}

#[test]
fn who_is_asked_beside_hangs_up_his_own_leg_alone() {
    let consult = Desk::Consult(Whom::Agent("olga".to_owned()));
    let (log, _) = with_agent(&[
        (10, Input::Desk(Seat::First, consult)),
        (12, SECOND_CAME),
        (20, Input::Desk(Seat::First, Desk::Join)),
        (25, Input::Desk(Seat::Second, Desk::Mute(true))),
        (30, Input::Desk(Seat::Second, Desk::HangUp)),
        (40, bye()),
    ]);
    let after: Vec<_> = log.iter().skip_while(|line| !line.starts_with("25s")).collect();
    let told = [
        "25s Mute(Second, true)",
        "30s Release(Second)",
        "30s Wire 1",
        "40s Wire -",
        "40s Release(First)",
        "40s Release(Second)",
        "40s Finished answered",
    ];
    assert_eq!(after, told);
}

#[test]
fn a_second_agent_whose_phone_is_gone_is_let_go_and_who_is_on_hold_stays_so() {
    let consult = Desk::Consult(Whom::Agent("olga".to_owned()));
    let (log, _) = with_agent(&[
        (10, Input::Desk(Seat::First, consult)),
        (12, SECOND_CAME),
        (20, Input::Desk(Seat::First, Desk::Join)),
        (25, Input::Desk(Seat::First, Desk::Hold)),
        (30, Input::AgentGone { seat: Seat::Second, lost: false }),
        (40, bye()),
    ]);
    let after: Vec<_> = log.iter().skip_while(|line| !line.starts_with("30s")).take(2).collect();
    assert_eq!(after, ["30s Release(Second)", "30s Wire m"]);
}

/// A call in a talk, with or without a second agent who is asked.
fn talking(second: bool) -> (Call, Instant) {
    let (began, mut now) = (instant(), instant());
    let mut call = Call::new(agents_plan(), began, jiff::Timestamp::UNIX_EPOCH);
    let consult = Input::Desk(Seat::First, Desk::Consult(Whom::Agent("olga".to_owned())));
    let mut script = vec![Input::Answered, verdict(Verdict::Human), CAME];
    script.extend([consult, SECOND_CAME].into_iter().filter(|_| second));
    for input in script {
        now += Duration::from_secs(1);
        call.handle(now, input);
    }
    while call.poll().is_some() {}
    (call, now)
}

#[test]
fn a_wish_that_is_not_done_says_why_and_nothing_happens() {
    let olga = || Whom::Agent("olga".to_owned());
    for (second, seat, wish, no) in [
        (false, Seat::First, Desk::Complete, WishNo::NotNow),
        (false, Seat::First, Desk::Join, WishNo::NotNow),
        (false, Seat::First, Desk::Return, WishNo::NotNow),
        (false, Seat::Second, Desk::HangUp, WishNo::NotNow),
        (true, Seat::First, Desk::Resume, WishNo::NotNow),
        (true, Seat::First, Desk::Transfer(olga()), WishNo::SecondThere),
        (true, Seat::First, Desk::Consult(olga()), WishNo::SecondThere),
        (true, Seat::Second, Desk::Hold, WishNo::NotFirst),
        (true, Seat::Second, Desk::Resume, WishNo::NotFirst),
        (true, Seat::Second, Desk::Complete, WishNo::NotFirst),
        (true, Seat::Second, Desk::Transfer(olga()), WishNo::NotFirst),
        (true, Seat::Second, Desk::Record(false), WishNo::NotFirst),
    ] {
        let (mut call, now) = talking(second);
        assert_eq!(call.wish(now, seat, wish.clone()), Err(no), "{seat:?} {wish:?}, second there: {second}");
        assert_eq!(call.poll(), None, "{seat:?} {wish:?}");
    }
    let mut call = Call::new(agents_plan(), instant(), jiff::Timestamp::UNIX_EPOCH);
    assert_eq!(call.wish(instant(), Seat::First, Desk::HangUp), Err(WishNo::NotNow), "nobody talks yet");
}

#[test]
fn a_second_agent_who_does_not_come_leaves_the_two_as_they_were() {
    let consult = || Input::Desk(Seat::First, Desk::Consult(Whom::Queue("lawyers".to_owned())));
    let (log, _) = with_agent(&[(10, consult()), (50, bye())]);
    assert!(
        log.contains(&"30s Release(Second)".to_owned()) && log.contains(&"30s Wire 1".to_owned()),
        "{log:?}"
    );
    let (log, _) = with_agent(&[(10, consult()), (12, Input::NoAgent(Seat::Second)), (50, bye())]);
    assert!(log.contains(&"12s Wire 1".to_owned()), "{log:?}");
}

#[test]
fn who_is_handed_on_and_finds_nobody_hears_the_apology() {
    let transfer = Desk::Transfer(Whom::Queue("lawyers".to_owned()));
    let (log, end) = with_agent(&[(10, Input::Desk(Seat::First, transfer))]);
    assert!(
        log.contains(&"10s Release(First)".to_owned()) && log.contains(&"10s Wire m".to_owned()),
        "{log:?}"
    );
    assert!(log.contains(&"30s Wire -".to_owned()) && log.contains(&"30s Play".to_owned()), "{log:?}");
    assert_eq!(end.disposition, Some(Disposition::CallbackBooked));
}

#[test]
fn a_debtor_whom_the_trunk_has_moved_is_let_go() {
    let branch = PhoneNumber::parse("+78000000050").expect("E.164");
    let transfer = Input::Desk(Seat::First, Desk::Transfer(Whom::Outside(branch)));
    let (log, end) = with_agent(&[(10, transfer), (14, Input::Referred), (15, bye())]);
    assert!(log.contains(&"14s HangUp".to_owned()), "{log:?}");
    assert_eq!((end.outcome, end.hung_up_by), (Outcome::Answered, HungUpBy::Us));
    // Whoever was left to somebody asked beside, too: the driver says it only where it has asked the trunk.
    let (log, _) = with_agent(&[(10, Input::Referred), (30, bye())]);
    assert!(log.contains(&"10s HangUp".to_owned()), "{log:?}");
}

#[test]
fn a_payment_does_not_cut_a_talk_with_an_agent() {
    let (log, _) = with_agent(&[(10, Input::Stop(StopReason::Paid)), (30, bye())]);
    assert!(!log.contains(&"10s HangUp".to_owned()), "{log:?}");
}

#[test]
fn a_recording_paused_for_a_card_goes_on_when_the_agent_says_so_or_has_left() {
    let record = |on| Input::Desk(Seat::First, Desk::Record(on));
    let (log, _) = with_agent(&[(10, record(false)), (20, record(true)), (50, bye())]);
    let told =
        |log: &[String]| log.iter().filter(|line| line.contains("Record(")).cloned().collect::<Vec<_>>();
    assert_eq!(told(&log), ["10s Record(Paused)", "20s Record(Resumed)"]);
    let transfer = Input::Desk(Seat::First, Desk::Transfer(Whom::Queue("lawyers".to_owned())));
    let (log, _) = with_agent(&[(10, record(false)), (12, transfer), (13, CAME), (50, bye())]);
    assert_eq!(told(&log), ["10s Record(Paused)", "12s Record(AgentLeft)"]);
}

#[test]
fn a_forgotten_pause_of_the_recording_ends_by_its_limit() {
    let record = |on| Input::Desk(Seat::First, Desk::Record(on));
    let (log, _) = with_agent(&[(10, record(false)), (15, record(false)), (140, record(true)), (150, bye())]);
    let told: Vec<_> = log.iter().filter(|line| line.contains("Record(")).collect();
    assert_eq!(told, ["10s Record(Paused)", "130s Record(RanOut)"], "asked twice, it is no longer");
}

fn agents_input() -> impl Strategy<Value = Input> {
    let seat = || prop_oneof![3 => Just(Seat::First), 2 => Just(Seat::Second)];
    let whom = || Whom::Queue("lawyers".to_owned());
    let wish = prop::sample::select(vec![
        Desk::Complete,
        Desk::Consult(whom()),
        Desk::HangUp,
        Desk::Hold,
        Desk::Join,
        Desk::Mute(true),
        Desk::Record(false),
        Desk::Resume,
        Desk::Return,
        Desk::Transfer(whom()),
    ]);
    prop_oneof![
        4 => seat().prop_map(Input::AgentConnected),
        1 => seat().prop_map(Input::NoAgent),
        1 => (seat(), any::<bool>()).prop_map(|(seat, lost)| Input::AgentGone { seat, lost }),
        6 => (seat(), wish).prop_map(|(seat, wish)| Input::Desk(seat, wish)),
        1 => Just(Input::Referred),
        1 => Just(verdict(Verdict::Human)),
    ]
}

/// A call that has come to a talk with an agent, and then anything.
fn talks() -> impl Strategy<Value = Vec<(u64, Input)>> {
    let later = proptest::collection::vec((7_u64..90, agents_input()), 0..25);
    (later, inputs()).prop_map(|(later, any)| {
        let mut script = vec![(5, Input::Answered), (6, verdict(Verdict::Human)), (6, CAME)];
        script.extend(later);
        script.extend(any.into_iter().filter(|(at, _)| *at > 30));
        script.sort_by_key(|(at, _)| *at);
        script
    })
}

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

fn inputs() -> impl Strategy<Value = Vec<(u64, Input)>> {
    let input = prop_oneof![
        Just(Input::Trying),
        Just(Input::Ringing),
        Just(Input::EarlyMedia),
        Just(Input::Answered),
        Just(Input::FirstAudio),
        Just(Input::MediaLost),
        Just(Input::NoMedia),
        agents_input(),
        Just(bye()),
        Just(Input::Broken(Fault::Trunk)),
        (300_u16..700).prop_map(|code| Input::Refused(word(code))),
        "[0-9*#]".prop_map(|key| Input::Digit(key.chars().next().expect("one key"))),
        Just(Input::Heard(Heard::Verdict { verdict: Verdict::Machine, at_ms: 1, confidence: 1.0 })),
        Just(Input::Heard(Heard::BeepEnded { at_ms: 2 })),
        Just(announced(Announcement::SwitchedOff)),
        prop_oneof![
            Just(StopReason::Counted),
            Just(StopReason::Paid),
            Just(StopReason::KillSwitch),
            Just(StopReason::Drain)
        ]
        .prop_map(Input::Stop),
    ];
    proptest::collection::vec((0_u64..120, input), 0..30).prop_map(|mut script| {
        script.sort_by_key(|(at, _)| *at);
        script
    })
}

proptest! {
    #[test]
    fn every_call_finishes_exactly_once_and_last(script in inputs()) {
        let (log, _) = drive(&script);
        prop_assert_eq!(log.iter().filter(|line| line.contains("Finished")).count(), 1, "{:?}", log);
        prop_assert!(log.last().is_some_and(|line| line.contains("Finished")), "{:?}", log);
    }

    #[test]
    fn a_call_with_agents_finishes_once_with_nobody_left_on_the_line(script in talks(), first in any::<bool>()) {
        let plan = if first { agents_plan() } else { plan_of(MENU, agents(None)) };
        let (log, _) = drive_plan(plan, &script);
        prop_assert_eq!(log.iter().filter(|line| line.contains("Finished")).count(), 1, "{:?}", log);
        prop_assert!(log.last().is_some_and(|line| line.contains("Finished")), "{:?}", log);
        let wired = log.iter().rev().find(|line| line.contains("Wire"));
        prop_assert!(wired.is_none_or(|line| line.ends_with("Wire -")), "{:?}", log);
    }

    #[test]
    fn whoever_was_sought_is_let_go_in_the_end(script in talks()) {
        let (log, _) = drive_plan(agents_plan(), &script);
        let last = |what: &str| log.iter().rposition(|line| line.contains(what));
        for seat in ["First", "Second"] {
            let sought = last(&format!("FindAgent {{ seat: {seat}"));
            prop_assert!(sought <= last(&format!("Release({seat})")), "{:?}", log);
        }
    }

    #[test]
    fn nothing_is_said_before_the_answer(script in inputs()) {
        let (log, end) = drive(&script);
        let answered = end.is_some_and(|end| end.stamps.answer.is_some());
        prop_assert!(answered || !log.iter().any(|line| line.contains("Play")), "{:?}", log);
    }
}
