//! Who answered: 8 kHz frames in; human, machine, beep, network tones, fax, silence out. Floor 1, sans-IO.
//!
//! Three listeners share the frames: [`tone`](self) finds steady tones, `cadence` reads their pattern, `talk` reads
//! the timing of speech. Nothing looks ahead: a verdict stands on the sound up to it.

mod beep;
mod cadence;
mod talk;
mod tone;

use std::collections::VecDeque;

use crate::domain::verdict::{Heard, Verdict};
use beep::BeepEar;
use cadence::CadenceEar;
use talk::TalkEar;
pub use talk::TalkPlan;

/// Samples of a frame: 20 ms at 8 kHz.
pub const FRAME: usize = 160;

/// What a detector listens for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DetectorPlan {
    /// The timing that tells a person from a machine.
    pub talk: TalkPlan,
}

/// One call's ears, from early media to the end.
#[derive(Clone, Debug)]
pub struct Detector {
    /// Milliseconds of media so far, since the start or since the answer.
    at_ms: u32,
    talk: TalkEar,
    beep: BeepEar,
    cadence: CadenceEar,
    verdict: Option<Verdict>,
    found: VecDeque<Heard>,
}

impl Detector {
    pub fn new(plan: &DetectorPlan) -> Self {
        Self {
            at_ms: 0,
            talk: TalkEar::new(plan.talk.clone()),
            beep: BeepEar::default(),
            cadence: CadenceEar::default(),
            verdict: None,
            found: VecDeque::new(),
        }
    }

    /// The call was answered: what was heard before was early media, and media time begins anew.
    pub fn answered(&mut self) {
        self.at_ms = 0;
        self.talk.restart();
        self.beep = BeepEar::default();
        self.cadence = CadenceEar::default();
        self.verdict = None;
    }

    /// Takes the next 20 ms in; at most one finding a frame, the rest follow with the next frames.
    pub fn feed(&mut self, frame: &[i16; FRAME]) -> Option<Heard> {
        let sound = tone::analyse(frame);
        let at_ms = self.at_ms;
        self.at_ms += FRAME_MS;
        if let Some(verdict) = self.cadence.hear(at_ms, &sound) {
            self.say(verdict, 0.95);
        }
        for heard in self.beep.hear(at_ms, &sound).into_iter().flatten() {
            self.found.push_back(heard);
            if matches!(heard, Heard::BeepEnded { .. }) {
                // People do not beep.
                self.say(Verdict::Machine, 0.95);
            }
        }
        if let Some((verdict, confidence)) = self.talk.hear(&sound) {
            self.say(verdict, confidence);
        }
        self.found.pop_front()
    }

    /// Keeps a verdict that is news. A tone or a beep is certain; what the timing of speech tells does not overrule it.
    fn say(&mut self, verdict: Verdict, confidence: f32) {
        let settled = match self.verdict {
            None | Some(Verdict::Human | Verdict::Silence | Verdict::Unsure) => false,
            Some(Verdict::Machine) => !is_network(verdict),
            Some(_) => !is_network(verdict),
        };
        if settled || self.verdict == Some(verdict) {
            return;
        }
        self.verdict = Some(verdict);
        self.found.push_back(Heard::Verdict { verdict, at_ms: self.at_ms, confidence });
    }
}

/// Verdicts that come from tones of the network or of a fax.
fn is_network(verdict: Verdict) -> bool {
    match verdict {
        Verdict::Busy | Verdict::Congestion | Verdict::Fax | Verdict::Ringback | Verdict::Sit => true,
        Verdict::Human | Verdict::Machine | Verdict::Music | Verdict::Silence | Verdict::Unsure => false,
    }
}

const FRAME_MS: u32 = 20;

#[cfg(test)]
mod tests {
    use super::tone::tests::{noise, tones};
    use super::*;

    /// A call's sound, piece by piece, over faint line noise.
    #[derive(Default)]
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

        /// Speech by its timing: noise that swells and fades with the syllables.
        fn voice(mut self, ms: usize) -> Self {
            self.0.extend(
                (0..ms as u32 / FRAME_MS).map(|n| noise(n + 77, if n % 10 < 8 { 9000 } else { 900 })),
            );
            self
        }

        fn heard(&self) -> Vec<Heard> {
            let mut detector = Detector::new(&DetectorPlan::default());
            self.0.iter().filter_map(|frame| detector.feed(frame)).collect()
        }

        fn verdicts(&self) -> Vec<Verdict> {
            let verdict = |heard| match heard {
                Heard::Verdict { verdict, .. } => Some(verdict),
                Heard::BeepStarted { .. } | Heard::BeepEnded { .. } => None,
            };
            self.heard().into_iter().filter_map(verdict).collect()
        }

        fn beeps(&self) -> Vec<Heard> {
            self.heard().into_iter().filter(|heard| !matches!(heard, Heard::Verdict { .. })).collect()
        }
    }

    #[test]
    fn a_word_and_a_wait_is_a_person() {
        assert_eq!(Call::default().quiet(600).voice(500).quiet(1000).verdicts(), [Verdict::Human]);
    }

    #[test]
    fn the_verdict_on_a_person_stands_half_a_second_after_the_word() {
        let heard = Call::default().quiet(600).voice(500).quiet(1000).heard();
        let [Heard::Verdict { at_ms, .. }] = heard[..] else { panic!("{heard:?}") };
        assert!((1550..1700).contains(&at_ms), "{at_ms}");
    }

    #[test]
    fn speech_that_goes_on_is_a_machine() {
        let call = Call::default().quiet(300).voice(1400).quiet(200).voice(3000);
        assert_eq!(call.verdicts(), [Verdict::Machine]);
    }

    #[test]
    fn a_person_who_goes_on_and_on_was_a_machine_after_all() {
        let call = Call::default().voice(600).quiet(900).voice(4000);
        assert_eq!(call.verdicts(), [Verdict::Human, Verdict::Machine]);
    }

    #[test]
    fn nothing_said_is_silence_and_never_a_person() {
        assert_eq!(Call::default().quiet(9000).verdicts(), [Verdict::Silence]);
    }

    #[test]
    fn the_end_of_a_beep_is_found_whatever_its_pitch_and_length() {
        for hertz in [550.0, 800.0, 1000.0, 1400.0, 2000.0] {
            for ms in [160, 400, 1000] {
                let call = Call::default().voice(3000).quiet(300).tone(&[(hertz, 5000.0)], ms).quiet(600);
                let [Heard::BeepStarted { at_ms: start }, Heard::BeepEnded { at_ms: end }] = call.beeps()[..]
                else {
                    panic!("{hertz} Hz of {ms} ms: {:?}", call.beeps())
                };
                assert_eq!((start, end), (3300, 3300 + ms as u32), "{hertz} Hz of {ms} ms");
            }
        }
    }

    #[test]
    fn a_beep_alone_makes_a_machine() {
        let call = Call::default().voice(700).quiet(700).tone(&[(1000.0, 5000.0)], 400).quiet(400);
        assert_eq!(call.verdicts(), [Verdict::Human, Verdict::Machine]);
    }

    #[test]
    fn speech_and_network_tones_do_not_beep() {
        assert_eq!(Call::default().voice(9000).beeps(), []);
        assert_eq!(Call::default().tone(&[(425.0, 5000.0)], 1000).quiet(2000).beeps(), []);
        assert_eq!(Call::default().tone(&[(1100.0, 5000.0)], 500).quiet(2000).beeps(), []);
        assert_eq!(Call::default().tone(&[(1000.0, 5000.0)], 3000).quiet(500).beeps().len(), 1);
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
        for [low, middle, high] in [[950.0, 1400.0, 1800.0], [913.8, 1370.6, 1776.7], [985.2, 1428.5, 1776.7]]
        {
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
        let hello = Call::default().quiet(400).voice(500).quiet(800);
        let heard: Vec<_> = hello.0.iter().filter_map(|frame| detector.feed(frame)).collect();
        let [Heard::Verdict { verdict: Verdict::Human, at_ms, .. }] = heard[..] else { panic!("{heard:?}") };
        assert!(at_ms < 1600, "{at_ms}");
    }
}
