//! What holds whatever comes.

use proptest::prelude::*;

use super::*;

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
        Just(Input::Heard(Heard::Verdict {
            verdict: Verdict::Machine,
            at_ms: 1,
            confidence: 1.0,
            features: Features::default()
        })),
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
