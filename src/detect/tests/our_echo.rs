//! Our own voice that comes back, and who speaks over it.

use super::*;

/// What the far end hears of us and sends back so many ms later and dB louder, over what it says itself, through A-law.
fn with_our_echo(far: &Call, ours: &Call, later_ms: usize, db: f32) -> Vec<Heard> {
    let samples = |call: &Call| call.0.iter().flatten().copied().collect::<Vec<i16>>();
    let (far, ours) = (samples(far), samples(ours));
    let gain = 10_f32.powf(db / 20.0);
    let mut detector = Detector::new(&DetectorPlan::default());
    let mut heard = Vec::new();
    for (n, frame) in far.as_chunks::<FRAME>().0.iter().enumerate() {
        let line: [i16; FRAME] = std::array::from_fn(|k| {
            let sent = (FRAME * n + k).checked_sub(8 * later_ms).and_then(|at| ours.get(at));
            alaw(frame[k].saturating_add((gain * f32::from(sent.copied().unwrap_or(0))) as i16))
        });
        heard.extend(detector.feed(&line));
        let sent = ours.as_chunks::<FRAME>().0.get(n);
        detector.sent(sent.unwrap_or(&[0; FRAME]));
    }
    heard
}

/// A sample as A-law brings it: four bits behind the highest.
fn alaw(sample: i16) -> i16 {
    let magnitude = i32::from(sample).abs().min(32_635);
    let step = 1 << (magnitude.max(256).ilog2() - 4);
    let near = (magnitude / step * step + step / 2) as i16;
    if sample < 0 { -near } else { near }
}

/// What we say from the answer on: two sentences of a pack, again and again.
fn ours(first: usize) -> Call {
    let said = |call: Call| call.quiet(40).says(LONG[first]).quiet(240).says(LONG[first + 1]).quiet(240);
    said(said(Call::default()))
}

fn last_verdict(heard: &[Heard]) -> Option<Verdict> {
    heard.iter().rev().find_map(|heard| match heard {
        Heard::Verdict { verdict, .. } => Some(*verdict),
        Heard::Announced { .. }
        | Heard::BeepEnded { .. }
        | Heard::BeepStarted { .. }
        | Heard::FellSilent { .. }
        | Heard::SpokeAgain { .. } => None,
    })
}

#[test]
fn our_own_prompt_coming_back_is_neither_a_person_nor_a_machine() {
    for first in [0, 2] {
        for later_ms in [20, 90, 170, 250, 400] {
            for db in [-6.0, -12.0, -20.0, -30.0] {
                let heard = with_our_echo(&Call::default().quiet(9000), &ours(first), later_ms, db);
                let said = heard.iter().any(|heard| {
                    matches!(heard, Heard::Verdict { verdict: Verdict::Human | Verdict::Machine, .. })
                });
                assert!(!said, "prompt {first}, {later_ms} ms, {db} dB: {heard:?}");
            }
        }
    }
}

#[test]
fn who_speaks_over_our_echo_is_heard() {
    for (hello, first) in [(HELLO[0], 2), (HELLO[1], 0)] {
        for later_ms in [20, 170, 400] {
            for db in [-6.0, -12.0, -20.0, -30.0] {
                let far = Call::default().quiet(1500).says(hello).quiet(7000);
                let heard = with_our_echo(&far, &ours(first), later_ms, db);
                assert_eq!(last_verdict(&heard), Some(Verdict::Human), "{later_ms} ms, {db} dB: {heard:?}");
            }
        }
    }
}

#[test]
fn without_an_echo_what_we_say_changes_no_verdict() {
    for hello in HELLO {
        let far = Call::default().quiet(600).says(hello).quiet(2000).says(LONG[1]).quiet(3000);
        let verdicts = |ours: &Call| {
            let heard = with_our_echo(&far, ours, 0, -200.0);
            let verdict = |heard: &Heard| match heard {
                Heard::Verdict { verdict, at_ms, .. } => Some((*verdict, *at_ms)),
                _ => None,
            };
            heard.iter().filter_map(verdict).collect::<Vec<_>>()
        };
        let (speaking, silent) = (verdicts(&ours(2)), verdicts(&Call::default()));
        assert_eq!(speaking.len(), silent.len(), "{speaking:?} {silent:?}");
        for ((verdict, at_ms), (same, soonest_ms)) in speaking.into_iter().zip(silent) {
            assert_eq!(verdict, same);
            assert!(at_ms <= soonest_ms + 600, "{at_ms} and {soonest_ms}");
        }
    }
}
