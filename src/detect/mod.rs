//! Who answered: 8 kHz frames in; human, machine, beep, network tones, fax, music, silence out. Floor 1, sans-IO.
//!
//! Each frame becomes a [`Sound`](sound::Sound). `tones` follows the steady ones, reads their
//! rhythm and waits for the quiet after a beep. `voice` tells speech from noise, `talk` judges the timing of speech by a small
//! trained [`Model`], `music` hears what is neither. Nothing looks ahead: a verdict stands on the sound up to it.

mod announce;
mod echo;
mod model;
mod music;
mod sound;
mod talk;
#[cfg(test)]
mod tests;
mod tones;
mod voice;

use std::collections::VecDeque;
use std::sync::Arc;

use crate::domain::Announcement;
use crate::domain::verdict::{Ear, Features, Heard, Verdict};
use announce::AnnouncementEar;
pub use announce::{EVIDENCE, Entry, Library, LibraryError};
use echo::{EchoEar, Hears};
pub use model::{Model, ModelError, Tree};
pub use music::MUSIC_FEATURES;
use music::MusicEar;
use sound::Listener;
use talk::{Beside, TalkEar};
pub use talk::{TALK_FEATURES, TalkPlan, names as talk_feature_names};
use tones::beep::BeepEar;
use tones::cadence;
use tones::runs::RunEar;
pub use voice::VOICE_FEATURES;

/// Samples of a frame: 20 ms at 8 kHz.
pub const FRAME: usize = 160;

/// What a detector listens for.
#[derive(Clone, Debug, PartialEq)]
pub struct DetectorPlan {
    /// When speech is a person's or a machine's.
    pub talk: TalkPlan,
    pub model: Arc<Model>,
    /// Announcements of operators to know again.
    pub library: Arc<Library>,
}

impl Default for DetectorPlan {
    fn default() -> Self {
        Self { talk: TalkPlan::default(), model: Model::shipped(), library: Arc::default() }
    }
}

/// One call's ears, from early media to the end.
#[derive(Clone, Debug)]
pub struct Detector {
    model: Arc<Model>,
    /// Milliseconds of media so far, since the start or since the answer.
    at_ms: u32,
    library: Arc<Library>,
    listener: Listener,
    echo: EchoEar,
    announcement: AnnouncementEar,
    runs: RunEar,
    beep: BeepEar,
    music: MusicEar,
    talk: TalkEar,
    verdict: Option<Verdict>,
    announced: Option<Announcement>,
    /// A beep has been heard.
    beeped: bool,
    /// The start of one was told, and not its end.
    beeps: bool,
    /// Music was told by notes alone.
    notes_alone: bool,
    /// The present silence of a machine was told of.
    silence_told: bool,
    /// Speech since that was told, in a row or nearly so, ms.
    spoken_again_ms: u32,
    found: VecDeque<Heard>,
    /// Samples that do not yet fill a frame.
    rest: Vec<i16>,
}

impl Detector {
    pub fn new(plan: &DetectorPlan) -> Self {
        Self {
            model: Arc::clone(&plan.model),
            at_ms: 0,
            library: Arc::clone(&plan.library),
            listener: Listener::default(),
            echo: EchoEar::default(),
            announcement: AnnouncementEar::default(),
            runs: RunEar::default(),
            beep: BeepEar::default(),
            music: MusicEar::default(),
            talk: TalkEar::new(plan.talk.clone()),
            verdict: None,
            announced: None,
            beeped: false,
            beeps: false,
            notes_alone: false,
            silence_told: false,
            spoken_again_ms: 0,
            found: VecDeque::new(),
            rest: Vec::with_capacity(FRAME),
        }
    }

    /// The call was answered: what was heard before was early media, and media time begins anew.
    pub fn answered(&mut self) {
        self.at_ms = 0;
        self.rest.clear();
        self.talk.restart();
        self.runs = RunEar::default();
        self.beep = BeepEar::default();
        self.music = MusicEar::default();
        (self.verdict, self.announced) = (None, None);
        (self.beeped, self.beeps, self.notes_alone) = (false, false, false);
        (self.silence_told, self.spoken_again_ms) = (false, 0);
    }

    /// Takes the next 20 ms in; at most one finding a frame, the rest follow with the next frames.
    pub fn feed(&mut self, frame: &[i16; FRAME]) -> Option<Heard> {
        let sound = self.listener.hear(frame);
        let at_ms = self.at_ms;
        self.at_ms += FRAME_MS;
        if !self.library.is_empty() && self.announced.is_none() {
            self.announced = self.announcement.hear(self.listener.power(), &self.library);
            if let Some(says) = self.announced {
                self.found.push_back(Heard::Announced { says, at_ms: self.at_ms });
                self.say(Verdict::Sit, 0.99, Ear::Announcement);
            }
        }
        self.runs.hear(at_ms, &sound);
        let tone = self.runs.current.as_ref().filter(|run| run.is_tone()).map(|run| run.since_ms);
        let own = self.own_voice(at_ms);
        self.music.hear(at_ms, &sound, tone.is_some() || own, &self.model);
        let (open, we_speak) = (self.echo.is_open(), self.echo.we_speak());
        let beside = Beside { tone, own, open, we_speak, music: self.music.likely >= MAYBE_MUSIC };
        let talk = self.talk.hear(at_ms, &sound, beside, &self.model);
        let spoken = self.talk.has_spoken();
        if let Some(verdict) = cadence::judge(&self.runs, self.at_ms, spoken) {
            self.say(verdict, self.runs.purity(), Ear::Tones);
        }
        let music = self.music.is_slow();
        let beep = self.beep.hear(at_ms, &sound, &self.runs, spoken);
        if let Some(since_ms) = self.beep.waits_since() {
            self.talk.forget_from(since_ms);
        }
        // Busy lines do not beep, and the notes of a melody are none; but a machine may play one behind its greeting.
        let maybe_music = self.music.likely >= MAYBE_MUSIC && self.verdict != Some(Verdict::Machine);
        let no_beep = music || maybe_music || self.is_network();
        for heard in self.beep_of_a_machine(beep, no_beep).into_iter().flatten() {
            self.found.push_back(heard);
            if let Heard::BeepEnded { .. } = heard {
                // The quiet after it is known of: what is said then is news.
                (self.beeped, self.silence_told, self.spoken_again_ms) = (true, true, 0);
            }
            // People do not beep, nor does music.
            self.say(Verdict::Machine, self.runs.purity(), Ear::Beep);
        }
        if let Some((verdict, confidence)) = talk {
            self.say(verdict, confidence, Ear::Speech);
        }
        // Slow voices sound like it: what is known for a voice is no music, but at first and where it is plain.
        let voice = matches!(self.verdict, Some(Verdict::Human | Verdict::Machine));
        let most = if at_ms < FIRST_MS { LIKE_MUSIC } else { PLAIN_MUSIC };
        if music && (!voice || self.music.pace() < most) {
            self.say(Verdict::Music, 0.9, Ear::Music);
        }
        // Machines play music behind their greetings, and tones are told by their rhythm.
        let unknown = matches!(self.verdict, None | Some(Verdict::Silence | Verdict::Unsure));
        let open = self.verdict == Some(Verdict::Human) || unknown && at_ms >= FIRST_MS;
        if open && self.music.is_sure() {
            self.say(Verdict::Music, self.music.likely, Ear::Music);
        }
        if self.runs.plays_on() && self.verdict != Some(Verdict::Machine) {
            self.notes_alone |= self.verdict != Some(Verdict::Music);
            self.say(Verdict::Music, self.runs.purity(), Ear::Music);
        }
        self.note_silence();
        self.found.pop_front()
    }

    /// Takes the 20 ms that were sent to the far end since the last frame was fed: their echo is nobody's speech.
    pub fn sent(&mut self, frame: &[i16; FRAME]) {
        self.echo.sent(frame);
    }

    /// Whether the frame is an echo of our own.
    fn own_voice(&mut self, at_ms: u32) -> bool {
        match self.echo.hear(self.listener.power()) {
            Hears::More => return false,
            Hears::Own => {}
            Hears::OwnSince(frames) => self.talk.forget_from(at_ms.saturating_sub(frames * FRAME_MS)),
        }
        true
    }

    /// Takes samples as they come, in packets of any length; gives all that was found.
    pub fn listen(&mut self, samples: &[i16]) -> Vec<Heard> {
        let mut found = Vec::new();
        for sample in samples {
            self.rest.push(*sample);
            if let Some(frame) = self.rest.as_array::<FRAME>().copied() {
                self.rest.clear();
                found.extend(self.feed(&frame));
                found.append(&mut self.found.drain(..).collect());
            }
        }
        found
    }

    /// What tells whether the last frame was speech, for training.
    pub fn voice_evidence(&self) -> [f32; VOICE_FEATURES] {
        self.talk.voice_features
    }

    /// What tells who speaks, for training; `None` before anything was said.
    pub fn talk_evidence(&self) -> Option<[f32; TALK_FEATURES]> {
        self.talk.features()
    }

    /// What tells music from speech, for training; `None` until enough has sounded.
    pub fn music_evidence(&self) -> Option<[f32; MUSIC_FEATURES]> {
        self.music.evidence()
    }

    /// The start and the end that are told: both or none, but for a start that turns out to be a note.
    fn beep_of_a_machine(&mut self, [start, end]: [Option<Heard>; 2], no_beep: bool) -> [Option<Heard>; 2] {
        if start.is_some() {
            self.beeps = !no_beep;
        }
        let is_end = self.beeps && !no_beep;
        if end.is_some() {
            self.beeps = false;
        }
        [start.filter(|_| !no_beep), end.filter(|_| is_end)]
    }

    /// A greeting without a beep ends in silence, which is told once; speech after that or after a beep is told, and its end too.
    fn note_silence(&mut self) {
        let pause_ms = self.talk.pause_ms();
        let waited_for = self.verdict == Some(Verdict::Machine);
        if !waited_for || pause_ms >= MACHINE_SILENCE_MS {
            self.spoken_again_ms = 0;
            if waited_for && !self.silence_told {
                self.found.push_back(Heard::FellSilent { at_ms: self.at_ms });
            }
            self.silence_told = waited_for;
        } else if self.silence_told && pause_ms == 0 {
            self.spoken_again_ms += FRAME_MS;
            if self.spoken_again_ms >= SPOKE_AGAIN_MS {
                self.found.push_back(Heard::SpokeAgain { at_ms: self.at_ms });
                self.silence_told = false;
            }
        } else if pause_ms >= SPOKE_AGAIN_MS {
            self.spoken_again_ms = 0;
        }
    }

    fn is_network(&self) -> bool {
        matches!(self.verdict, Some(Verdict::Busy | Verdict::Congestion | Verdict::Fax | Verdict::Sit))
    }

    /// Keeps a verdict that is news. A tone or a beep is certain; what the timing of speech tells does not overrule it.
    fn say(&mut self, verdict: Verdict, confidence: f32, by: Ear) {
        let by_talk = matches!(verdict, Verdict::Human | Verdict::Machine | Verdict::Silence);
        let settled = match self.verdict {
            None | Some(Verdict::Human | Verdict::Silence | Verdict::Unsure) => false,
            // A machine that beeps hangs up, too.
            Some(Verdict::Machine) => self.beeped && !matches!(verdict, Verdict::Busy | Verdict::Congestion),
            // A machine may play a chime before its greeting.
            Some(Verdict::Music) if self.notes_alone && verdict == Verdict::Machine => self.music.is_sure(),
            Some(Verdict::Music) => by_talk && !self.beeped,
            Some(Verdict::Ringback) => verdict == Verdict::Silence,
            Some(Verdict::Busy | Verdict::Congestion | Verdict::Fax | Verdict::Sit) => true,
        };
        if settled || self.verdict == Some(verdict) {
            return;
        }
        self.verdict = Some(verdict);
        let features = self.features(by);
        self.found.push_back(Heard::Verdict { verdict, at_ms: self.at_ms, confidence, features });
    }

    /// What is known by now, in figures that people understand.
    fn features(&self, by: Ear) -> Features {
        let told_by_tone = matches!(by, Ear::Beep | Ear::Tones);
        let tone = self.runs.current.as_ref().or(self.runs.past.last()).filter(|_| told_by_tone);
        let (music_percent, change_permille) = self.music.told();
        Features {
            by,
            music_percent,
            change_permille,
            tone_hz: tone.map(|tone| tone.hertz[0].round() as u32),
            tone_ms: tone.map(|tone| tone.length_ms()),
            ..self.talk.told(tone.map(|tone| tone.since_ms))
        }
    }
}

const FRAME_MS: u32 = 20;
/// Pauses within greetings and before beeps are shorter.
const MACHINE_SILENCE_MS: u32 = 2600;
/// How slowly at most a voice's spectrum must change to be music after all, within this time from the answer and later.
const FIRST_MS: u32 = 3000;
const LIKE_MUSIC: f32 = 0.103;
const PLAIN_MUSIC: f32 = 0.08;
/// A pause in what is so likely music is no person's.
const MAYBE_MUSIC: f32 = 0.5;
/// A click, a breath and the first of our own echo are shorter.
const SPOKE_AGAIN_MS: u32 = 400;
