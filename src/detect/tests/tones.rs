//! Beeps, melodies, faxes and the tones of the network.

use super::*;

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
fn a_beep_before_any_word_is_a_machines_whatever_its_pitch_and_length() {
    for hertz in [350.0, 425.0, 440.0, 480.0, 600.0, 950.0, 1000.0, 1100.0, 1400.0, 2100.0] {
        for ms in [80, 100, 200, 300, 800, 1400] {
            let call = Call::default().quiet(1000).tone(&[(hertz, 5000.0)], ms).quiet(6000);
            let [Heard::BeepStarted { .. }, Heard::BeepEnded { at_ms }] = call.beeps()[..] else {
                panic!("{hertz} Hz of {ms} ms: {:?}", call.heard())
            };
            assert!(at_ms.abs_diff(1000 + ms as u32) <= FRAME_MS, "{hertz} Hz of {ms} ms: {at_ms}");
            let verdicts = call.verdicts();
            assert!(
                verdicts.last() == Some(&Verdict::Machine) && !verdicts.contains(&Verdict::Human),
                "{hertz} Hz of {ms} ms: {verdicts:?}"
            );
        }
    }
}

#[test]
fn who_speaks_after_a_ringing_tone_is_heard_and_it_was_no_beep() {
    for hertz in [425.0, 1000.0] {
        let call =
            Call::default().quiet(500).tone(&[(hertz, 9000.0)], 1000).quiet(100).says(HELLO[0]).quiet(2000);
        assert_eq!(call.beeps(), [], "{hertz}");
        assert_eq!(call.verdicts().last(), Some(&Verdict::Human), "{hertz}");
    }
    let late =
        Call::default().quiet(500).tone(&[(425.0, 9000.0)], 1000).quiet(2500).says(HELLO[0]).quiet(4000);
    assert_eq!((late.beeps(), late.verdicts().last()), (Vec::new(), Some(&Verdict::Human)));
}

#[test]
fn a_key_is_no_beep() {
    for parts in [[(697.0, 4000.0), (1209.0, 4000.0)], [(941.0, 4000.0), (1477.0, 4000.0)]] {
        let pressed = Call::default().quiet(1000).tone(&parts, 200).quiet(2000);
        assert_eq!(pressed.beeps(), [], "{parts:?}");
        assert!(!pressed.verdicts().contains(&Verdict::Machine), "{parts:?}");
        let after = Call::default().says(HELLO[0]).quiet(400).tone(&parts, 200).quiet(600);
        assert_eq!(after.beeps(), [], "{parts:?}");
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
            call.0.push(sum_of_tones(&parts, n * FRAME));
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
        assert_eq!(call.beeps(), [], "{parts:?} {on} {off}");
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
    // The line opens in the middle of a ring.
    let cut = Call::default().tone(&russian, 300).quiet(4000).tone(&russian, 1000).quiet(4000);
    assert_eq!((cut.beeps(), cut.verdicts().last()), (Vec::new(), Some(&Verdict::Ringback)));
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
fn a_tone_of_1100_hz_that_is_too_long_for_a_fax_is_a_beep() {
    let call = Call::default().quiet(1200).tone(&[(1100.0, 5000.0)], 600).quiet(6000);
    assert_eq!((call.verdicts().last(), call.beeps().len()), (Some(&Verdict::Machine), 2));
    assert!(!call.verdicts().contains(&Verdict::Fax));
}

/// The call with noise of -28 dBm0 upon it.
fn noisy(mut call: Call) -> Call {
    for (n, frame) in call.0.iter_mut().enumerate() {
        let line = noise(7000 + n as u32, 770);
        *frame = std::array::from_fn(|n| frame[n].saturating_add(line[n]));
    }
    call
}

#[test]
fn britains_ring_cut_short_by_the_answer_is_no_congestion() {
    let british = [(400.0, 2000.0), (450.0, 2000.0)];
    for ms in [260, 280, 300, 320] {
        let first = Call::default().tone(&british, ms).quiet(200).tone(&british, 400).quiet(2000);
        let call = noisy(first.tone(&british, 400).quiet(200).tone(&british, 400).quiet(2000));
        let verdicts = call.verdicts();
        assert_eq!(verdicts.last(), Some(&Verdict::Ringback), "{ms}: {verdicts:?}");
        assert!(!verdicts.contains(&Verdict::Congestion), "{ms}: {verdicts:?}");
    }
}

#[test]
fn noise_ten_db_below_hides_no_tone_of_the_network() {
    let russian = [(425.0, 2000.0)];
    let signals: [Signal<'_>; 6] = [
        (&russian, (360, 340), Verdict::Busy),
        (&russian, (180, 180), Verdict::Congestion),
        (&russian, (1000, 4000), Verdict::Ringback),
        (&[(480.0, 2000.0), (620.0, 2000.0)], (500, 500), Verdict::Busy),
        (&[(480.0, 2000.0), (620.0, 2000.0)], (240, 240), Verdict::Congestion),
        (&[(440.0, 2000.0), (480.0, 2000.0)], (2000, 4000), Verdict::Ringback),
    ];
    for (parts, (on, off), verdict) in signals {
        let call = noisy(repeated(Call::default().quiet(200), parts, (on, off), 9000 / (on + off)));
        assert_eq!(call.verdicts().last(), Some(&verdict), "{parts:?} {on} {off}: {:?}", call.heard());
        assert!(!call.verdicts().contains(&Verdict::Human), "{parts:?} {on} {off}: {:?}", call.heard());
    }
}

#[test]
fn a_high_beep_that_swells_and_fades_as_gsm_sends_it_is_found() {
    for (hertz, ms, db) in
        [(2000.0, 300, 4.0), (2400.0, 600, 10.0), (1400.0, 1000, 8.0), (2400.0, 1400, 10.0)]
    {
        let mut call = Call::default().says(LONG[0]).quiet(400);
        for n in 0..ms / 20 {
            let peak = 6000.0 * 10_f32.powf(db / 40.0 * (0.7 * n as f32).sin());
            call.0.push(sum_of_tones(&[(hertz, peak)], n * FRAME));
        }
        let call = call.quiet(800);
        assert_eq!(call.beeps().len(), 2, "{hertz} Hz of {ms} ms, {db} dB: {:?}", call.heard());
    }
}

#[test]
fn the_notes_of_a_melody_are_no_beeps() {
    for pause in [60, 100, 240] {
        let notes = [660.0, 740.0, 880.0, 990.0, 740.0, 1175.0, 880.0, 660.0, 990.0];
        let melody = notes
            .iter()
            .fold(Call::default().quiet(200), |call, hertz| call.tone(&[(*hertz, 5000.0)], 300).quiet(pause));
        // The first is told from a beep by nothing.
        assert!(melody.beeps().len() <= 4, "{pause}: {:?}", melody.heard());
        assert!(!melody.verdicts().contains(&Verdict::Human), "{pause}: {:?}", melody.heard());
    }
}

#[test]
fn a_machine_may_play_a_chime_before_its_greeting() {
    let notes = [660.0, 880.0, 990.0, 1175.0];
    let chime =
        notes.iter().fold(Call::default().quiet(200), |call, hertz| call.tone(&[(*hertz, 5000.0)], 300));
    assert!(chime.verdicts().contains(&Verdict::Music), "{:?}", chime.heard());
    let greeting = LONG.iter().fold(chime.quiet(300), |call, wav| call.says(wav).quiet(200));
    let call = greeting.tone(&[(1000.0, 5000.0)], 500).quiet(1000);
    assert_eq!(call.verdicts().last(), Some(&Verdict::Machine), "{:?}", call.heard());
    assert!(!call.beeps().is_empty(), "{:?}", call.heard());
}

/// Frequencies and peaks, tone and pause in ms, and what it says.
type Signal<'a> = (&'a [(f32, f32)], (usize, usize), Verdict);

/// Tone and pause, again and again.
fn repeated(mut call: Call, parts: &[(f32, f32)], (on, off): (usize, usize), times: usize) -> Call {
    for _ in 0..times {
        call = call.tone(parts, on).quiet(off);
    }
    call
}

#[test]
fn whoever_has_spoken_and_hung_up_is_known_by_the_busy_tone_and_it_is_no_beep() {
    let (russian, american) = ([(425.0, 6000.0)], [(480.0, 4000.0), (620.0, 4000.0)]);
    let signals: [Signal<'_>; 5] = [
        (&russian, (360, 340), Verdict::Busy),
        (&russian, (480, 480), Verdict::Busy),
        (&russian, (180, 180), Verdict::Congestion),
        (&american, (500, 500), Verdict::Busy),
        (&american, (240, 240), Verdict::Congestion),
    ];
    for (parts, rhythm, verdict) in signals {
        for pause in [300, 1500, 4000] {
            let call = repeated(Call::default().quiet(400).says(HELLO[0]).quiet(pause), parts, rhythm, 8);
            assert_eq!(
                call.verdicts().last(),
                Some(&verdict),
                "{rhythm:?} after {pause}: {:?}",
                call.heard()
            );
            assert_eq!(call.beeps(), [], "{rhythm:?} after {pause}");
        }
        let machine = Call::default().says(LONG[0]).quiet(300).tone(&[(1000.0, 5000.0)], 400).quiet(3000);
        let call = repeated(machine, parts, rhythm, 8);
        assert_eq!(
            (call.verdicts().last(), call.beeps().len()),
            (Some(&verdict), 2),
            "{rhythm:?} of a machine"
        );
    }
}

#[test]
fn a_machines_beep_at_the_pitch_of_a_busy_tone_is_found_after_a_while() {
    for (hertz, ms) in [(425.0, 300), (440.0, 500), (440.0, 1000)] {
        let call = Call::default().says(LONG[0]).quiet(300).tone(&[(hertz, 5000.0)], ms).quiet(2000);
        assert_eq!(call.beeps().len(), 2, "{hertz} Hz of {ms} ms: {:?}", call.heard());
    }
}

#[test]
fn what_is_said_after_a_beep_is_told() {
    let again =
        |call: &Call| call.heard().iter().filter(|heard| matches!(heard, Heard::SpokeAgain { .. })).count();
    let beep = || Call::default().says(LONG[0]).quiet(300).tone(&[(1000.0, 5000.0)], 400);
    assert_eq!(again(&beep().quiet(9000)), 0);
    assert_eq!(again(&beep().quiet(1500).says(LONG[1]).quiet(4000)), 1);
    let blip = Call::default().quiet(300).tone(&[(1400.0, 5000.0)], 200).quiet(700).says(LONG[0]).quiet(1000);
    assert_eq!(again(&blip), 1, "{:?}", blip.heard());
}
