//! The timing of speech: a person says a word or two and waits, a machine goes on.

use super::FRAME_MS;
use super::tone::{Kind, Sound};
use crate::domain::verdict::Verdict;

/// The timing that tells a person from a machine, in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TalkPlan {
    /// Speech up to this, then a wait, is a person.
    pub longest_greeting_ms: u32,
    /// The wait that ends a first utterance.
    pub wait_ms: u32,
    /// Speech of this much without such a wait is a machine.
    pub machine_ms: u32,
    /// Nothing said for so long is silence.
    pub silence_ms: u32,
}

impl Default for TalkPlan {
    fn default() -> Self {
        Self { longest_greeting_ms: 1700, wait_ms: 500, machine_ms: 2400, silence_ms: 5000 }
    }
}

/// Follows the level of speech above that of the line.
#[derive(Clone, Debug)]
pub(super) struct TalkEar {
    plan: TalkPlan,
    /// The line's noise, in dBm0.
    floor: f32,
    heard_ms: u32,
    /// Voice in the present utterance, and quiet since its last voice.
    voice_ms: u32,
    span_ms: u32,
    quiet_ms: u32,
    /// Voice since a person was taken to have spoken.
    after_ms: u32,
    verdict: Option<Verdict>,
}

impl TalkEar {
    pub fn new(plan: TalkPlan) -> Self {
        Self {
            plan,
            floor: -60.0,
            heard_ms: 0,
            voice_ms: 0,
            span_ms: 0,
            quiet_ms: 0,
            after_ms: 0,
            verdict: None,
        }
    }

    /// Begins anew; what is known of the line's noise stays.
    pub fn restart(&mut self) {
        *self = Self { floor: self.floor, ..Self::new(self.plan.clone()) };
    }

    /// Takes a frame; gives a verdict that is new.
    pub fn hear(&mut self, sound: &Sound) -> Option<(Verdict, f32)> {
        self.heard_ms += FRAME_MS;
        if self.is_voice(sound) {
            self.voice_ms += FRAME_MS;
            self.after_ms += FRAME_MS;
            self.span_ms += self.quiet_ms + FRAME_MS;
            self.quiet_ms = 0;
        } else if self.span_ms > 0 {
            self.quiet_ms += FRAME_MS;
        }
        let (verdict, confidence) = self.judge()?;
        if self.verdict == Some(verdict) {
            return None;
        }
        self.verdict = Some(verdict);
        self.after_ms = 0;
        Some((verdict, confidence))
    }

    fn is_voice(&mut self, sound: &Sound) -> bool {
        // The floor falls at once and rises 3 dB a second, so that speech does not lift it.
        self.floor = (self.floor + 0.06).min(sound.level).max(-70.0);
        let tone = matches!(sound.kind, Kind::Tone(_) | Kind::TwoTones(..));
        sound.level > (self.floor + ABOVE_FLOOR).max(FAINTEST) && !tone
    }

    fn judge(&mut self) -> Option<(Verdict, f32)> {
        let plan = &self.plan;
        if self.quiet_ms >= plan.wait_ms {
            let (voice, span) = (self.voice_ms, self.span_ms);
            (self.voice_ms, self.span_ms, self.quiet_ms) = (0, 0, 0);
            // A click or a breath is nobody's greeting.
            let greeting = voice >= SHORTEST_MS && span <= plan.longest_greeting_ms;
            return (greeting && self.verdict != Some(Verdict::Machine)).then_some((Verdict::Human, 0.8));
        }
        if self.span_ms >= plan.machine_ms && self.voice_ms * 2 > self.span_ms {
            return Some((Verdict::Machine, 0.8));
        }
        let silent = self.verdict.is_none() && self.heard_ms >= plan.silence_ms && self.voice_ms == 0;
        silent.then_some((Verdict::Silence, 0.9))
    }
}

/// Decibels by which speech stands out.
const ABOVE_FLOOR: f32 = 12.0;
const FAINTEST: f32 = -46.0;
const SHORTEST_MS: u32 = 100;
