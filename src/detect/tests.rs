//! Calls made of generated tones and of the prompts we ship, through the whole detector.

use std::f32::consts::TAU;

use proptest::prelude::*;

use super::*;

/// A call's sound, piece by piece, over faint line noise.
#[derive(Debug, Default)]
struct Call(Vec<[i16; FRAME]>);

impl Call {
    fn quiet(mut self, ms: usize) -> Self {
        let from = self.0.len() as u32;
        self.0.extend((0..ms as u32 / FRAME_MS).map(|n| noise(from + n + 1, 20)));
        self
    }

    fn tone(mut self, parts: &[(f32, f32)], ms: usize) -> Self {
        self.0.extend((0..ms / 20).map(|n| tones(parts, n * FRAME)));
        self
    }

    /// One of our prompts, as somebody's speech.
    fn says(mut self, wav: &[u8]) -> Self {
        let samples: Vec<i16> =
            wav[44..].as_chunks::<2>().0.iter().map(|pair| i16::from_le_bytes(*pair)).collect();
        let from = self.0.len() as u32;
        for (n, frame) in (from..).zip(samples.as_chunks::<FRAME>().0) {
            let line = noise(n + 1, 20);
            self.0.push(std::array::from_fn(|n| frame[n].saturating_add(line[n])));
        }
        self
    }

    fn heard(&self) -> Vec<Heard> {
        let mut detector = Detector::new(&DetectorPlan::default());
        self.0.iter().filter_map(|frame| detector.feed(frame)).collect()
    }

    fn verdicts(&self) -> Vec<Verdict> {
        let verdict = |heard| match heard {
            Heard::Verdict { verdict, .. } => Some(verdict),
            Heard::Announced { .. }
            | Heard::BeepEnded { .. }
            | Heard::BeepStarted { .. }
            | Heard::FellSilent { .. }
            | Heard::SpokeAgain { .. } => None,
        };
        self.heard().into_iter().filter_map(verdict).collect()
    }

    fn beeps(&self) -> Vec<Heard> {
        self.heard()
            .into_iter()
            .filter(|heard| matches!(heard, Heard::BeepEnded { .. } | Heard::BeepStarted { .. }))
            .collect()
    }
}

const HELLO: [&[u8]; 2] = [
    include_bytes!("../../prompts/ru/zdravstvujte-end.wav"),
    include_bytes!("../../prompts/en/hello-end.wav"),
];

const LONG: [&[u8]; 4] = [
    include_bytes!("../../prompts/ru/chtoby-ne-poluchat-takie-zvonki-ili-osta-52c64a0b-end.wav"),
    include_bytes!("../../prompts/ru/vvedite-chas-ot-devyati-do-devyatnadcati-c24ae08c-end.wav"),
    include_bytes!("../../prompts/en/to-stop-these-calls-or-to-complain-press-d51325ae-end.wav"),
    include_bytes!("../../prompts/en/enter-an-hour-from-nine-to-nineteen-then-9a2367cd-end.wav"),
];

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
fn hum_and_an_offset_of_the_line_change_nothing() {
    for (hertz, peak, offset) in [(50.0, 300.0, 0), (60.0, 300.0, 0), (100.0, 150.0, 0), (50.0, 0.0, 260)] {
        let upon = |mut call: Call| {
            for (n, frame) in call.0.iter_mut().enumerate() {
                let hum = tones(&[(hertz, peak)], n * FRAME);
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
fn the_end_of_a_beep_is_found_whatever_its_pitch_and_length() {
    for hertz in [550.0, 800.0, 1000.0, 1400.0, 2000.0] {
        for ms in [160, 400, 1000] {
            let call = Call::default().says(LONG[0]).quiet(300).tone(&[(hertz, 5000.0)], ms).quiet(600);
            let [Heard::BeepStarted { at_ms: start }, Heard::BeepEnded { at_ms: end }] = call.beeps()[..]
            else {
                panic!("{hertz} Hz of {ms} ms: {:?}", call.beeps())
            };
            let begins = 20 * Call::default().says(LONG[0]).quiet(300).0.len() as u32;
            let near = |found: u32, truth: u32| found.abs_diff(truth) <= FRAME_MS;
            assert!(
                near(start, begins) && near(end, begins + ms as u32),
                "{hertz} Hz of {ms} ms: {start} {end}"
            );
        }
    }
}

#[test]
fn a_short_beep_counts_when_quiet_is_around_it() {
    for hertz in [700.0, 1000.0, 1400.0] {
        let call = Call::default().says(LONG[1]).quiet(300).tone(&[(hertz, 5000.0)], 80).quiet(600);
        assert_eq!(call.beeps().len(), 2, "{hertz} Hz: {:?}", call.heard());
    }
}

#[test]
fn two_tones_may_be_a_beep() {
    let call =
        Call::default().says(LONG[1]).quiet(300).tone(&[(620.0, 4000.0), (1209.0, 4000.0)], 500).quiet(600);
    assert_eq!(call.beeps().len(), 2, "{:?}", call.heard());
}

/// A tune on a reed: each note with its overtones and a soft beginning.
fn tune(notes: &[(f32, usize)]) -> Call {
    let mut call = Call::default();
    for (hertz, frames) in notes.iter().cycle().take(40) {
        for n in 0..*frames {
            let loud = 1.0 / (1.0 + (n as f32 - *frames as f32 / 3.0).abs() / 6.0);
            let parts: Vec<(f32, f32)> =
                (1..5).map(|k| (hertz * k as f32, 5000.0 * loud / k as f32)).collect();
            call.0.push(tones(&parts, n * FRAME));
        }
    }
    call
}

#[test]
fn a_melody_is_music_and_never_a_person_nor_a_beep() {
    for notes in [
        [(262.0, 15), (330.0, 15), (392.0, 30), (523.0, 20)],
        [(440.0, 12), (494.0, 12), (587.0, 24), (440.0, 40)],
        [(196.0, 20), (220.0, 10), (247.0, 10), (294.0, 35)],
    ] {
        let call = tune(&notes);
        assert_eq!(call.verdicts().last(), Some(&Verdict::Music), "{notes:?}");
        assert!(!call.verdicts().contains(&Verdict::Human), "{notes:?}");
        assert_eq!(call.beeps(), [], "{notes:?}");
    }
}

#[test]
fn speech_and_network_tones_do_not_beep() {
    for long in LONG {
        assert_eq!(Call::default().says(long).quiet(500).says(long).beeps(), []);
    }
    assert_eq!(Call::default().tone(&[(425.0, 5000.0)], 1000).quiet(2000).beeps(), []);
    assert_eq!(Call::default().tone(&[(1100.0, 5000.0)], 500).quiet(2000).beeps(), []);
}

#[test]
fn tones_of_the_network_are_known_by_their_rhythm() {
    let rhythm = |parts: &[(f32, f32)], on: usize, off: usize| {
        let call = (0..4).fold(Call::default().quiet(200), |call, _| call.tone(parts, on).quiet(off));
        call.verdicts()
    };
    let russian = [(425.0, 5000.0)];
    assert_eq!(rhythm(&russian, 360, 360), [Verdict::Busy]);
    assert_eq!(rhythm(&russian, 480, 480), [Verdict::Busy]);
    assert_eq!(rhythm(&russian, 180, 180), [Verdict::Congestion]);
    assert_eq!(rhythm(&russian, 1000, 4000), [Verdict::Ringback]);
    assert_eq!(rhythm(&[(480.0, 4000.0), (620.0, 4000.0)], 500, 500), [Verdict::Busy]);
    assert_eq!(rhythm(&[(480.0, 4000.0), (620.0, 4000.0)], 240, 240), [Verdict::Congestion]);
    assert_eq!(rhythm(&[(440.0, 4000.0), (480.0, 4000.0)], 2000, 4000), [Verdict::Ringback]);
}

#[test]
fn the_special_information_signal_is_three_rising_tones() {
    for [low, middle, high] in [[950.0, 1400.0, 1800.0], [913.8, 1370.6, 1776.7], [985.2, 1428.5, 1776.7]] {
        let call = Call::default()
            .quiet(200)
            .tone(&[(low, 5000.0)], 340)
            .tone(&[(middle, 5000.0)], 340)
            .tone(&[(high, 5000.0)], 340)
            .quiet(300);
        assert_eq!(call.verdicts().first(), Some(&Verdict::Sit), "{low}");
    }
}

#[test]
fn faxes_are_known_answering_and_calling() {
    let answering = Call::default().quiet(500).tone(&[(2100.0, 5000.0)], 3000);
    assert_eq!(answering.verdicts(), [Verdict::Fax]);
    let calling = (0..3).fold(Call::default(), |call, _| call.tone(&[(1100.0, 5000.0)], 500).quiet(3000));
    assert_eq!(calling.verdicts(), [Verdict::Fax]);
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

/// Any call that pieces make.
fn calls() -> impl Strategy<Value = Vec<i16>> {
    let piece = prop_oneof![
        (20usize..1500).prop_map(|ms| Call::default().quiet(ms)),
        (0usize..2).prop_map(|n| Call::default().says(HELLO[n])),
        (0usize..4).prop_map(|n| Call::default().says(LONG[n])),
        (300.0f32..3000.0, 40usize..1500)
            .prop_map(|(hertz, ms)| Call::default().tone(&[(hertz, 5000.0)], ms)),
        (1usize..6).prop_map(|n| {
            (0..n).fold(Call::default(), |call, _| call.tone(&[(425.0, 5000.0)], 360).quiet(360))
        }),
    ];
    proptest::collection::vec(piece, 1..6)
        .prop_map(|pieces| pieces.into_iter().flat_map(|call| call.0).flatten().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_length_of_packets_changes_nothing(samples in calls(), sizes in proptest::collection::vec(80usize..=480, 1..9)) {
        let whole = Detector::new(&DetectorPlan::default()).listen(&samples);
        let mut detector = Detector::new(&DetectorPlan::default());
        let (mut found, mut rest) = (Vec::new(), &samples[..]);
        for size in sizes.iter().cycle() {
            let (packet, later) = rest.split_at(*size.min(&rest.len()));
            found.extend(detector.listen(packet));
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(found, whole);
    }

    #[test]
    fn each_verdict_stands_on_the_sound_up_to_its_time(samples in calls()) {
        let whole = Detector::new(&DetectorPlan::default()).listen(&samples);
        let verdicts: Vec<(usize, u32)> = whole
            .iter()
            .enumerate()
            .filter_map(|(n, heard)| match heard {
                Heard::Verdict { at_ms, .. } => Some((n, *at_ms)),
                Heard::Announced { .. } | Heard::BeepEnded { .. } | Heard::BeepStarted { .. } | Heard::FellSilent { .. } => None,
                Heard::SpokeAgain { .. } => None,
            })
            .collect();
        for (n, at_ms) in verdicts {
            let cut = &samples[..8 * at_ms as usize];
            let found = Detector::new(&DetectorPlan::default()).listen(cut);
            prop_assert_eq!(&found[..=n.min(found.len() - 1)], &whole[..=n]);
        }
    }

    #[test]
    fn no_sound_breaks_the_detector(samples in proptest::collection::vec(any::<i16>(), 0..20_000)) {
        Detector::new(&DetectorPlan::default()).listen(&samples);
    }
}

/// A sum of tones (Hz, peak) with a phase that runs on from `start` samples.
fn tones(parts: &[(f32, f32)], start: usize) -> [i16; FRAME] {
    std::array::from_fn(|n| {
        let t = (start + n) as f32 / 8000.0;
        parts.iter().map(|(hertz, peak)| peak * (TAU * hertz * t).sin()).sum::<f32>() as i16
    })
}

/// Noise of a seed and peak, the same every time.
fn noise(seed: u32, peak: i32) -> [i16; FRAME] {
    let mut state = seed.wrapping_mul(2_654_435_761).max(1);
    std::array::from_fn(|_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        ((state >> 8) as i32 % (2 * peak + 1) - peak) as i16
    })
}

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
