//! The beep of an answering machine: any steady tone of 70 ms to 1.5 s that is no tone of the network or of a fax.

use super::FRAME_MS;
use super::tone::{Kind, Sound};
use crate::domain::verdict::Heard;

/// Follows one tone at a time.
#[derive(Clone, Debug, Default)]
pub(super) struct BeepEar {
    tone: Option<Steady>,
}

#[derive(Clone, Copy, Debug)]
struct Steady {
    hertz: f32,
    level: f32,
    since_ms: u32,
    /// Where the last frame of it ended.
    until_ms: u32,
    told: bool,
    /// It followed another tone at once: a melody or an information signal, no beep.
    chained: bool,
}

impl BeepEar {
    /// Takes a frame that begins at `at_ms`.
    pub fn hear(&mut self, at_ms: u32, sound: &Sound) -> [Option<Heard>; 2] {
        if let Some(tone) = self.tone.as_mut().filter(|tone| tone.goes_on(sound)) {
            tone.until_ms = at_ms + FRAME_MS;
            if tone.length() >= SHORTEST_MS
                && !tone.told
                && !tone.chained
                && !is_known(tone.hertz)
                && !may_be_sit(tone.hertz)
            {
                tone.told = true;
                return [Some(Heard::BeepStarted { at_ms: tone.since_ms }), None];
            }
            return [None, None];
        }
        if let Some(tone) = &self.tone
            && at_ms < tone.until_ms + PATIENCE_MS
        {
            return [None, None];
        }
        let ended = self.tone.take();
        if let Kind::Tone(hertz) = sound.kind {
            let (chained, level) = (ended.is_some_and(|tone| tone.length() >= SHORTEST_MS), sound.level);
            let until_ms = at_ms + FRAME_MS;
            self.tone = Some(Steady { hertz, level, since_ms: at_ms, until_ms, told: false, chained });
            return [None, None];
        }
        let Some(tone) = ended.filter(|tone| (SHORTEST_MS..=LONGEST_MS).contains(&tone.length())) else {
            return [None, None];
        };
        let end = Some(Heard::BeepEnded { at_ms: tone.until_ms });
        match (tone.told, tone.chained || !may_be_sit(tone.hertz)) {
            (true, _) => [end, None],
            (false, false) => [Some(Heard::BeepStarted { at_ms: tone.since_ms }), end],
            (false, true) => [None, None],
        }
    }
}

impl Steady {
    fn length(&self) -> u32 {
        self.until_ms - self.since_ms
    }

    fn goes_on(&self, sound: &Sound) -> bool {
        let Kind::Tone(hertz) = sound.kind else { return false };
        (hertz - self.hertz).abs() < 0.012 * self.hertz && (sound.level - self.level).abs() < 4.0
    }
}

/// The first tone of a special information signal (ITU-T E.180): whether it is a beep shows when it ends.
fn may_be_sit(hertz: f32) -> bool {
    (900.0..992.0).contains(&hertz)
}

/// Tones of the network (the dial, busy and ringing tones of most countries) and of faxes.
fn is_known(hertz: f32) -> bool {
    let near = |of: f32| (hertz - of).abs() < 15.0;
    (385.0..465.0).contains(&hertz) || near(1100.0) || near(2100.0)
}

const SHORTEST_MS: u32 = 100;
const LONGEST_MS: u32 = 1600;
/// A codec may spoil one frame of a tone.
const PATIENCE_MS: u32 = 20;
