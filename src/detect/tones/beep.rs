//! The beep of an answering machine: any steady tone of 70 ms to 1.5 s that is no tone of the network or of a fax.

use super::runs::{Run, RunEar};
use crate::detect::FRAME_MS;
use crate::detect::sound::Sound;
use crate::domain::verdict::Heard;

/// Waits for the quiet after a tone: a melody goes on, a beep does not.
#[derive(Clone, Debug, Default)]
pub(in crate::detect) struct BeepEar {
    /// The tone that sounded last, until it is settled whether it was a beep.
    tone: Option<Run>,
    /// Its start was told of.
    told: bool,
    /// The start of the tone that was settled last.
    settled_ms: Option<u32>,
    quiet_ms: u32,
}

impl BeepEar {
    /// Takes a frame that begins at `at_ms`, after `runs` took it; `spoken` when somebody has spoken before.
    pub fn hear(&mut self, at_ms: u32, sound: &Sound, runs: &RunEar, spoken: bool) -> [Option<Heard>; 2] {
        let now_ms = at_ms + FRAME_MS;
        let latest = runs.current.as_ref().or(runs.past.last());
        let Some(run) = latest.filter(|run| self.settled_ms != Some(run.since_ms)) else {
            return [None, None];
        };
        if self.tone.is_none_or(|tone| tone.since_ms != run.since_ms) {
            (self.told, self.quiet_ms) = (false, 0);
        }
        self.tone = Some(*run);
        if run.until_ms == now_ms {
            self.quiet_ms = 0;
            let sure = spoken && !self.told && run.length_ms() >= CERTAIN_MS && is_beep(run, spoken);
            self.told |= sure;
            return [sure.then_some(Heard::BeepStarted { at_ms: run.since_ms }), None];
        }
        self.quiet_ms = if sound.level < run.level - DROP { self.quiet_ms + FRAME_MS } else { 0 };
        let late = now_ms - run.until_ms > LATEST_MS;
        if self.quiet_ms < QUIET_MS && !late {
            return [None, None];
        }
        self.settled_ms = Some(run.since_ms);
        if late || !is_beep(run, spoken) {
            return [None, None];
        }
        let start = (!self.told).then_some(Heard::BeepStarted { at_ms: run.since_ms });
        [start, Some(Heard::BeepEnded { at_ms: run.until_ms })]
    }
}

fn is_beep(run: &Run, spoken: bool) -> bool {
    let length = run.length_ms();
    if !(SHORTEST_MS..=LONGEST_MS).contains(&length) || run.level < FAINTEST {
        return false;
    }
    if !spoken && (is_known(run) || run.noisy_gap_ms > FRAME_MS) {
        return false;
    }
    if length >= PLAIN_MS {
        let even = run.is_even(if run.is_pair() { 4.0 } else { 3.0 });
        return even && run.purity >= 0.93 && run.wander <= 12.0;
    }
    // Vowels are as long, but not so pure, nor do they begin and end in quiet.
    run.from_quiet && !run.is_pair() && run.is_even(1.5) && run.purity >= 0.98 && run.wander <= 3.0
}

/// Tones of the network (the dial, busy and ringing tones of most countries) and of faxes.
fn is_known(run: &Run) -> bool {
    let near = |of: f32| (run.hertz[0] - of).abs() < 25.0;
    (385.0..495.0).contains(&run.hertz[0])
        || near(1100.0)
        || near(2100.0)
        || (890.0..1010.0).contains(&run.hertz[0])
}

const SHORTEST_MS: u32 = 60;
/// Longer ones are plain.
const PLAIN_MS: u32 = 160;
const LONGEST_MS: u32 = 1700;
/// A beep of this length is told of while it sounds.
const CERTAIN_MS: u32 = 200;
const QUIET_MS: u32 = 40;
/// When the quiet must have come.
const LATEST_MS: u32 = 160;
const DROP: f32 = 10.0;
const FAINTEST: f32 = -36.0;
