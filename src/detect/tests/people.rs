//! People and machines, by what they say and where they pause.

use super::*;

#[test]
fn a_word_and_a_wait_is_a_person_soon_after_the_word() {
    for hello in HELLO {
        let word = Call::default().quiet(600).says(hello);
        let said_ms = 20 * word.0.len() as u32;
        let heard = word.quiet(2000).heard();
        let [Heard::Verdict { verdict: Verdict::Human, at_ms, .. }] = heard[..] else { panic!("{heard:?}") };
        assert!(at_ms < said_ms + 600, "{at_ms} after {said_ms}");
    }
}

#[test]
fn a_verdict_tells_what_it_rested_on() {
    let verdicts = |call: &Call| {
        let of = |heard| match heard {
            Heard::Verdict { verdict, features, .. } => Some((verdict, features)),
            Heard::Announced { .. } | Heard::BeepEnded { .. } | Heard::BeepStarted { .. } => None,
            Heard::FellSilent { .. } | Heard::SpokeAgain { .. } => None,
        };
        call.heard().into_iter().filter_map(of).collect::<Vec<_>>()
    };
    let [(Verdict::Human, of)] = verdicts(&Call::default().quiet(600).says(HELLO[0]).quiet(2000))[..] else {
        panic!("one verdict")
    };
    let first_word_ms = of.first_word_ms.expect("he spoke");
    assert!((600..900).contains(&first_word_ms), "{of:?}");
    assert_eq!((of.by, of.utterances, of.longest_pause_ms), (Ear::Speech, Some(1), None), "{of:?}");
    assert_eq!(of.first_utterance_ms, of.longest_utterance_ms);
    assert!(of.pause_ms >= Some(100) && of.tone_hz.is_none(), "{of:?}");
    let busy =
        (0..4).fold(Call::default().quiet(400), |call, _| call.tone(&[(425.0, 5000.0)], 350).quiet(350));
    let (verdict, of) = verdicts(&busy)[0];
    assert_eq!((verdict, of.by, of.first_word_ms), (Verdict::Busy, Ear::Tones, None), "{of:?}");
    assert!(of.tone_hz.is_some_and(|hertz| hertz.abs_diff(425) < 5), "{of:?}");
    assert_eq!(verdicts(&Call::default().quiet(6000))[0], (Verdict::Silence, Features::default()));
}

#[test]
fn hum_and_an_offset_of_the_line_change_nothing() {
    for (hertz, peak, offset) in [(50.0, 300.0, 0), (60.0, 300.0, 0), (100.0, 150.0, 0), (50.0, 0.0, 260)] {
        let upon = |mut call: Call| {
            for (n, frame) in call.0.iter_mut().enumerate() {
                let hum = sum_of_tones(&[(hertz, peak)], n * FRAME);
                *frame = std::array::from_fn(|n| frame[n].saturating_add(hum[n] + offset));
            }
            call
        };
        let case = format!("{hertz} Hz of {peak}, offset {offset}");
        for hello in HELLO {
            let person = upon(Call::default().quiet(600).says(hello).quiet(5000));
            assert_eq!(person.verdicts(), [Verdict::Human], "{case}");
        }
        let machine = Call::default().quiet(300).says(LONG[0]).says(LONG[1]).quiet(300);
        let machine = upon(machine.tone(&[(1000.0, 5000.0)], 400).quiet(2000));
        assert_eq!(
            (machine.verdicts().last(), machine.beeps().len()),
            (Some(&Verdict::Machine), 2),
            "{case}"
        );
        assert_eq!(upon(Call::default().quiet(9000)).verdicts(), [Verdict::Silence], "{case}");
    }
}

#[test]
fn who_goes_on_by_himself_after_a_pause_was_a_machine_and_who_says_a_word_more_a_person() {
    for (hello, long) in [(HELLO[0], LONG[0]), (HELLO[1], LONG[2])] {
        for pause in [900, 1200, 2000] {
            let greeting = || Call::default().quiet(500).says(hello).quiet(pause);
            assert_eq!(
                greeting().says(long).quiet(1500).verdicts(),
                [Verdict::Human, Verdict::Machine],
                "{pause}"
            );
            assert_eq!(greeting().says(hello).quiet(4000).verdicts(), [Verdict::Human], "{pause}");
        }
    }
}

#[test]
fn who_talks_on_to_our_prompt_stays_a_person_and_who_talks_on_to_nobody_does_not() {
    let prompt = [LONG[2], LONG[3], LONG[2], LONG[3]].into_iter().fold(Call::default(), Call::says);
    let begins = Call::default().quiet(500).says(HELLO[0]).0.len() + 20;
    let mut call = Call::default().quiet(500).says(HELLO[0]).quiet(7000);
    let most = call.0.len() + 160;
    call = call.says(LONG[0]).says(LONG[1]);
    call.0.truncate(most);
    let call = call.quiet(1000);
    let verdicts = |we_speak: bool| {
        let mut detector = Detector::new(&DetectorPlan::default());
        let mut verdicts = Vec::new();
        for (n, frame) in call.0.iter().enumerate() {
            if let Some(Heard::Verdict { verdict, .. }) = detector.feed(frame) {
                verdicts.push(verdict);
            }
            let says = n.checked_sub(begins).and_then(|n| prompt.0.get(n)).filter(|_| we_speak);
            detector.sent(says.unwrap_or(&[0; FRAME]));
        }
        verdicts
    };
    assert_eq!(verdicts(true), [Verdict::Human]);
    assert_eq!(verdicts(false), [Verdict::Human, Verdict::Machine]);
}

#[test]
fn speech_that_goes_on_is_a_machine() {
    for [one, two] in [[LONG[0], LONG[1]], [LONG[2], LONG[3]]] {
        let call = Call::default().quiet(300).says(one).says(two).quiet(2000);
        assert_eq!(call.verdicts().last(), Some(&Verdict::Machine));
    }
}

#[test]
fn a_greeting_that_goes_on_after_a_pause_is_told_of_and_so_is_its_end() {
    let told = |call: &Call| -> Vec<&str> {
        let pauses = call.heard().into_iter().filter_map(|heard| match heard {
            Heard::FellSilent { .. } => Some("silent"),
            Heard::SpokeAgain { .. } => Some("again"),
            _ => None,
        });
        pauses.collect()
    };
    let greeting = || Call::default().quiet(300).says(LONG[0]).says(LONG[1]).quiet(3500);
    assert_eq!(told(&greeting()), ["silent"]);
    assert_eq!(told(&greeting().says(LONG[0]).quiet(1000)), ["silent", "again"]);
    assert_eq!(told(&greeting().says(LONG[0]).quiet(4000)), ["silent", "again", "silent"]);
    assert_eq!(
        told(&greeting().tone(&[(1000.0, 5000.0)], 400).quiet(6000)),
        ["silent"],
        "a beep is no speech"
    );
}

#[test]
fn a_machine_that_falls_silent_is_told_of_once_and_only_then() {
    let told =
        |call: &Call| call.heard().iter().filter(|heard| matches!(heard, Heard::FellSilent { .. })).count();
    let greeting = || Call::default().quiet(300).says(LONG[0]).says(LONG[1]);
    assert_eq!(told(&greeting().quiet(1500)), 0);
    assert_eq!(told(&greeting().quiet(6000)), 1);
    assert_eq!(told(&greeting().quiet(300).tone(&[(1000.0, 5000.0)], 400).quiet(6000)), 0);
    assert_eq!(told(&Call::default().quiet(500).says(HELLO[0]).quiet(6000)), 0);
}

#[test]
fn a_beep_after_a_word_was_a_machine_after_all() {
    let call = Call::default().quiet(500).says(HELLO[0]).quiet(700).tone(&[(1000.0, 5000.0)], 400).quiet(400);
    assert_eq!(call.verdicts(), [Verdict::Human, Verdict::Machine]);
}

#[test]
fn a_long_beep_tells_of_a_machine_while_it_sounds() {
    let call =
        Call::default().quiet(500).says(HELLO[0]).quiet(700).tone(&[(1000.0, 5000.0)], 1000).quiet(400);
    let machine = call.heard().into_iter().find_map(|heard| match heard {
        Heard::Verdict { verdict: Verdict::Machine, at_ms, .. } => Some(at_ms),
        _ => None,
    });
    let ends = 20 * call.0.len() as u32 - 400;
    assert!(machine.is_some_and(|at_ms| at_ms < ends - 500), "{machine:?}, the beep ends at {ends}");
}

#[test]
fn nothing_said_is_silence_and_never_a_person() {
    assert_eq!(Call::default().quiet(9000).verdicts(), [Verdict::Silence]);
}

#[test]
fn the_answer_begins_media_time_anew() {
    let mut detector = Detector::new(&DetectorPlan::default());
    let ringing = Call::default().tone(&[(425.0, 5000.0)], 1000).quiet(4000);
    assert!(ringing.0.iter().any(|frame| detector.feed(frame).is_some()));
    detector.answered();
    let hello = Call::default().quiet(400).says(HELLO[0]).quiet(800);
    let heard: Vec<_> = hello.0.iter().filter_map(|frame| detector.feed(frame)).collect();
    let [Heard::Verdict { verdict: Verdict::Human, at_ms, .. }] = heard[..] else { panic!("{heard:?}") };
    assert!(at_ms < 20 * hello.0.len() as u32, "{at_ms}");
}
