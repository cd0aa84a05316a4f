//! What debtor, agents and the flow do to each other once an agent comes in.

use super::*;
use crate::pacing::Clock;

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
fn the_time_for_an_agent_to_come_may_count_from_the_answer_or_from_a_greeting() {
    let wait = |clock| {
        let mut plan = agents_plan();
        plan.agent.clock = clock;
        let script = [(5, Input::Answered), (6, verdict(Verdict::Human)), (30, bye())];
        let (log, _) = drive_plan(plan, &script);
        let find = log.iter().find(|line| line.contains("FindAgent")).expect("one is sought").clone();
        find.split("wait: ").nth(1).expect("a time").to_owned()
    };
    assert_eq!(wait(Clock::Answer), "1s }");
    assert_eq!(wait(Clock::Verdict), "2s }");
    assert_eq!(wait(Clock::GreetingEnd(Duration::from_secs(3))), "5s }");
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
    let machine = Heard::Verdict {
        verdict: Verdict::Machine,
        at_ms: 5000,
        confidence: 0.9,
        features: Features::default(),
    };
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
