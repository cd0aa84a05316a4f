//! A person or a machine, by how it speaks: a person says a word or two and waits, a machine goes on.

mod features;
mod speech;

use super::FRAME_MS;
use super::model::Model;
use super::sound::Sound;
use super::voice::VoiceEar;
use crate::domain::verdict::{Features, Verdict};
pub use features::{TALK_FEATURES, names};
use speech::Speech;

/// When what the model says is a verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct TalkPlan {
    /// A person, when a machine is at most so likely (0..=1) in a pause.
    pub human_below: f32,
    /// A person, pause or none, when a machine is at most so likely and somebody has spoken for a while.
    pub human_surely_below: f32,
    /// The pause for the former, in milliseconds; the less likely a machine is, the shorter.
    pub wait_ms: u32,
    /// A machine, when it is at least so likely at first.
    pub machine_above: f32,
    /// So likely, once speech has gone on for longer than people's greetings do.
    pub machine_late_above: f32,
    /// The verdict on a person is taken back when a machine is at least so likely.
    pub machine_after_all: f32,
    /// The verdict on a machine is taken back when a machine is at most so likely in a pause.
    pub human_after_all: f32,
    /// Nothing said for so long is silence.
    pub silence_ms: u32,
}

impl Default for TalkPlan {
    fn default() -> Self {
        Self {
            human_below: 0.42,
            human_surely_below: 0.18,
            wait_ms: 180,
            machine_above: 0.97,
            machine_late_above: 0.52,
            machine_after_all: 0.9,
            human_after_all: 0.6,
            silence_ms: 5000,
        }
    }
}

impl TalkPlan {
    /// For calls that wait in silence for an agent, who is given whom the first verdict calls a person: a little
    /// more of silence keeps machines from him, and leaves two thirds of the people their verdict within 2 s (`docs/detector.md`).
    pub fn for_agents() -> Self {
        Self { wait_ms: 240, ..Self::default() }
    }
}

/// What is known of a frame that is no speech.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beside {
    /// Since when a steady tone sounds.
    pub tone: Option<u32>,
    /// It is an echo of ours.
    pub own: bool,
    /// Whether our voice comes back is not known yet.
    pub open: bool,
    /// We speak, or have just spoken.
    pub we_speak: bool,
    /// It is likely music.
    pub music: bool,
}

/// Follows what is said on one call.
#[derive(Clone, Debug)]
pub(super) struct TalkEar {
    plan: TalkPlan,
    voice: VoiceEar,
    pub voice_features: [f32; super::voice::VOICE_FEATURES],
    speech: Speech,
    /// A tone sounds, or has just ended and still colours the features.
    deaf_until_ms: u32,
    verdict: Option<Verdict>,
    /// Since when the last verdict stands.
    judged_ms: u32,
    /// A machine that had only paused: nothing that it says takes that back.
    went_on: bool,
    /// When we spoke last.
    we_spoke_ms: Option<u32>,
}

impl TalkEar {
    pub fn new(plan: TalkPlan) -> Self {
        Self {
            plan,
            voice: VoiceEar::default(),
            voice_features: [0.0; super::voice::VOICE_FEATURES],
            speech: Speech::default(),
            deaf_until_ms: 0,
            verdict: None,
            judged_ms: 0,
            went_on: false,
            we_spoke_ms: None,
        }
    }

    /// Begins anew; what is known of the line's noise stays.
    pub fn restart(&mut self) {
        *self = Self { voice: self.voice.clone(), ..Self::new(self.plan.clone()) };
    }

    /// Somebody has spoken.
    pub fn has_spoken(&self) -> bool {
        self.speech.voiced_ms() >= SPOKEN_MS
    }

    /// The quiet since the last word.
    pub fn pause_ms(&self) -> u32 {
        self.speech.pause_ms()
    }

    /// What sounded from `ms` on was not the far end's voice.
    pub fn forget_from(&mut self, ms: u32) {
        self.speech.forget_from(ms);
        if self.speech.onset_ms().is_none() {
            self.voice.forget_speaker();
            (self.verdict, self.went_on) = (None, false);
        }
    }

    /// Takes a frame that begins at `at_ms`.
    pub fn hear(
        &mut self,
        at_ms: u32,
        sound: &Sound,
        Beside { tone, own, open, we_speak, music }: Beside,
        model: &Model,
    ) -> Option<(Verdict, f32)> {
        // Behind our own voice there is the line.
        let line = Sound { level: self.voice.floor(), ..Sound::default() };
        let sound = if own { &line } else { sound };
        self.voice_features = self.voice.hear(sound, tone.is_some());
        if let Some(since_ms) = tone {
            self.speech.forget_from(since_ms);
            self.deaf_until_ms = at_ms + ECHO_MS;
        }
        let deaf = own || at_ms < self.deaf_until_ms || self.voice.is_faint();
        let odds = if deaf { -5.0 } else { model.speech(&self.voice_features) };
        self.speech.take(at_ms, sound, odds);
        if we_speak {
            self.we_spoke_ms = Some(at_ms);
        }
        if open && self.speech.onset_ms().is_some_and(|onset_ms| at_ms < onset_ms + OPEN_MS) {
            return None;
        }
        self.went_on |= self.goes_on_alone();
        let (verdict, confidence) =
            if self.went_on { (Verdict::Machine, TALK_SURE) } else { self.judge(model)? };
        if self.verdict == Some(verdict) || (music && verdict == Verdict::Human) {
            return None;
        }
        (self.verdict, self.judged_ms) = (Some(verdict), at_ms);
        Some((verdict, confidence))
    }

    /// What the model judges by; `None` before anything was said.
    pub fn features(&self) -> Option<[f32; TALK_FEATURES]> {
        features::read(&self.speech, self.voice.floor(), self.voice.peak)
    }

    /// The same in figures that people understand; what sounded from `tone_ms` on was no word.
    pub fn told(&self, tone_ms: Option<u32>) -> Features {
        let mut speech = self.speech.clone();
        if let Some(tone_ms) = tone_ms {
            speech.forget_from(tone_ms);
        }
        features::told(&speech)
    }

    fn judge(&self, model: &Model) -> Option<(Verdict, f32)> {
        let plan = &self.plan;
        let now_ms = self.speech.now_ms;
        let Some(onset_ms) = self.speech.onset_ms() else {
            let silent = self.verdict.is_none() && now_ms >= plan.silence_ms;
            return silent.then_some((Verdict::Silence, 0.9));
        };
        let since_ms = now_ms - onset_ms;
        if now_ms <= self.deaf_until_ms
            || since_ms > LATEST_MS
            || !now_ms.is_multiple_of(EVERY_MS)
            || self.speech.voiced_ms() < SHORTEST_MS
        {
            return None;
        }
        let known = self.verdict == Some(Verdict::Machine);
        if known && self.speech.speaking && self.speech.faded_ms()[1] == 0 {
            // Only a pause could take that back.
            return None;
        }
        let likely = model.machine(&self.features()?);
        if self.speech.voiced_ms() >= SPOKEN_MS
            && self.machine_threshold(since_ms).is_some_and(|least| likely >= least)
        {
            return Some((Verdict::Machine, likely));
        }
        if !known && likely >= TALK_LIKELY && self.talks_on(since_ms) {
            return Some((Verdict::Machine, likely.max(TALK_SURE)));
        }
        if self.is_person(likely, since_ms) {
            return Some((Verdict::Human, 1.0 - likely));
        }
        // The last moment the model knows about.
        let late = self.verdict.is_none() && since_ms + EVERY_MS > LATEST_MS;
        let word = if likely >= 0.5 { (Verdict::Machine, likely) } else { (Verdict::Unsure, 0.5) };
        late.then_some(word)
    }

    /// Somebody speaks in a pause, or surely a person where noise leaves none.
    fn is_person(&self, likely: f32, since_ms: u32) -> bool {
        let plan = &self.plan;
        let known = self.verdict == Some(Verdict::Machine);
        let (most, least_ms) =
            if known { (plan.human_after_all, AFTER_ALL_MS) } else { (plan.human_below, 0) };
        // Where others talk in the background, what is much fainter than the voice was is the pause.
        let pause_ms = self.speech.pause_ms().max(self.speech.faded_ms()[1].saturating_sub(FADING_MS));
        let waited = likely <= most && pause_ms >= self.wait_ms(likely / most).max(least_ms);
        waited || !known && likely <= plan.human_surely_below && since_ms >= SOON_SURE_MS
    }

    /// On a line without noise somebody has been speaking for longer than people's greetings do.
    fn talks_on(&self, since_ms: u32) -> bool {
        let voiced_ms = self.speech.voiced_ms();
        self.speech.speaking && voiced_ms >= TALK_MS && 5 * voiced_ms >= 3 * since_ms && self.is_clear()
    }

    /// Somebody taken for a person has begun to speak again by himself and does not stop: who was answered waits, or says a
    /// word more; a machine had only paused. While we speak a person talks longer.
    fn goes_on_alone(&self) -> bool {
        let speech = &self.speech;
        let hears = speech.speaking && speech.now_ms > self.deaf_until_ms && self.is_clear();
        // Others in the background are fainter.
        if self.verdict != Some(Verdict::Human) || !hears || speech.faded_ms()[0] > FADING_MS {
            return false;
        }
        let Some(last) = speech.joined(BREATH_MS).pop() else { return false };
        let alone = self.we_spoke_ms.is_none_or(|ms| ms + ANSWER_MS < last.since_ms);
        let least_ms = if alone { ALONE_MS } else { TOGETHER_MS };
        last.since_ms >= self.judged_ms && last.length_ms() >= least_ms
    }

    /// The voice stands well out of the line's noise.
    fn is_clear(&self) -> bool {
        self.voice.peak - self.voice.floor() >= CLEAR
    }

    /// How likely a machine must be: the less, the longer somebody has been speaking. `None` when no likelihood will do: noise
    /// sounds like a machine that goes on.
    fn machine_threshold(&self, since_ms: u32) -> Option<f32> {
        let plan = &self.plan;
        if self.verdict == Some(Verdict::Human) {
            return self.is_clear().then_some(plan.machine_after_all);
        }
        let passed = since_ms.saturating_sub(SOON_MS) as f32 / (LONG_MS - SOON_MS) as f32;
        Some(plan.machine_above + (plan.machine_late_above - plan.machine_above) * passed.min(1.0))
    }

    /// The pause to wait for, by how near the doubt is to the most that is taken (0..=1).
    fn wait_ms(&self, doubt: f32) -> u32 {
        let most = self.plan.wait_ms;
        let slow = self.speech.pace() < SLOW && doubt > SLOW_DOUBT;
        let leaps = self.speech.voice.means()[8] > LEAP && doubt >= LEAP_DOUBT;
        if slow || leaps {
            // A long vowel, or the notes of a melody, which soon goes on.
            return most.max(NOTE_MS);
        }
        if self.speech.voiced_ms() < SPOKEN_MS {
            return most.max(BRIEF_MS);
        }
        let doubt = if doubt < LITTLE_DOUBT { 0.0 } else { doubt };
        let least = LEAST_WAIT_MS.min(most);
        least + ((most - least) as f32 * doubt) as u32
    }
}

/// The model is asked so often, a multiple of frames, and was trained at these moments.
pub(super) const EVERY_MS: u32 = 2 * FRAME_MS;
/// The model was trained on so much of a call after the first word.
pub(super) const LATEST_MS: u32 = 6000;
/// Speech changes faster from frame to frame.
const SLOW: f32 = 0.105;
const SLOW_DOUBT: f32 = 0.12;
/// Octaves: the pitch of a voice deviates less.
const LEAP: f32 = 0.9;
const LEAP_DOUBT: f32 = 0.3;
const NOTE_MS: u32 = 900;
/// A machine must be most likely until here; until `LONG_MS` the threshold falls: whole sentences of people who answer are
/// rarely longer.
const SOON_MS: u32 = 700;
const LONG_MS: u32 = 4200;
/// Shares of the doubt that is taken.
const LITTLE_DOUBT: f32 = 0.3;
const LEAST_WAIT_MS: u32 = 40;
/// So little speech may be the first note or the first syllable.
const BRIEF_MS: u32 = 300;
/// So much of a voice shows whether it is our own.
const OPEN_MS: u32 = 600;
/// So much speech (of which `TALK_SURE` is a machine's, if it is so likely at all) within so many dB of quiet is more than a
/// greeting.
const TALK_MS: u32 = 2800;
const TALK_LIKELY: f32 = 0.3;
const TALK_SURE: f32 = 0.9;
const CLEAR: f32 = 36.0;
/// So much speech on end after a pause is more than a person says whom nobody has answered, or who talks with us; pauses up
/// to `BREATH_MS` end nothing.
const ALONE_MS: u32 = 2200;
const TOGETHER_MS: u32 = 4500;
const BREATH_MS: u32 = 700;
/// What begins so soon after our last word may answer it.
const ANSWER_MS: u32 = 3000;
/// Machines pause between sentences.
const AFTER_ALL_MS: u32 = 600;
/// First syllables of machines sound like people's.
const SOON_SURE_MS: u32 = 1100;
/// A voice may fade for so long without a pause.
const FADING_MS: u32 = 220;
/// A click or a breath is nobody's greeting.
const SHORTEST_MS: u32 = 120;
const SPOKEN_MS: u32 = 240;
/// The features of a frame reach so far back.
const ECHO_MS: u32 = 140;
