//! The beep of an answering machine: any steady tone of 70 ms to 1.5 s that is no tone of the network, of a fax or of a key.

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
    /// Somebody had spoken before that tone.
    spoken: bool,
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
            let certain_ms = if is_of_the_line(run) { LINE_TONE_MS } else { CERTAIN_MS };
            let sure = spoken
                && !self.told
                && run.length_ms() >= certain_ms
                && is_beep(run, spoken)
                && !runs.is_melody(run);
            self.told |= sure;
            return [sure.then_some(Heard::BeepStarted { at_ms: run.since_ms }), None];
        }
        let (quiet, fell_quiet) = (sound.level < run.level - DROP, self.quiet_ms >= QUIET_MS);
        self.quiet_ms = if quiet { self.quiet_ms + FRAME_MS } else { 0 };
        if !fell_quiet {
            self.spoken = spoken;
        }
        let spoken_since = spoken && !self.spoken;
        let late = if fell_quiet { !quiet || spoken_since } else { now_ms - run.until_ms > LATEST_MS };
        if self.quiet_ms < quiet_after(run, &runs.past, self.spoken) && !late {
            return [None, None];
        }
        self.settled_ms = Some(run.since_ms);
        if late || !is_beep(run, spoken) || runs.is_melody(run) {
            return [None, None];
        }
        let start = (!self.told).then_some(Heard::BeepStarted { at_ms: run.since_ms });
        [start, Some(Heard::BeepEnded { at_ms: run.until_ms })]
    }

    /// Since when the tone sounded that has just ended and may turn out to be a beep, though nobody has spoken: it was no word.
    pub fn waits_since(&self) -> Option<u32> {
        let waits = self.quiet_ms >= QUIET_MS && self.quiet_ms <= ECHO_MS && !self.spoken;
        let tone = self.tone.filter(|tone| waits && self.settled_ms != Some(tone.since_ms))?;
        is_beep(&tone, false).then_some(tone.since_ms)
    }
}

fn is_beep(run: &Run, spoken: bool) -> bool {
    let length = run.length_ms();
    if !(SHORTEST_MS..=LONGEST_MS).contains(&length) || run.level < FAINTEST {
        return false;
    }
    if is_key(run) || !spoken && run.noisy_gap_ms > FRAME_MS {
        return false;
    }
    if length >= PLAIN_MS {
        let steady = run.is_steady(if run.is_pair() { 4.0 } else { 3.0 });
        return steady && run.purity >= 0.93 && run.wander <= 12.0;
    }
    // Vowels are as long, but not so pure, nor do they begin and end in quiet.
    run.from_quiet && !run.is_pair() && run.is_even(1.5) && run.purity >= 0.98 && run.wander <= 3.0
}

/// For how long it must be quiet after a beep. The tones of the network (busy and ringing in most countries, the first of
/// the special information signal) and of faxes sound at such pitches, too, but are followed by others.
fn quiet_after(run: &Run, past: &[Run], spoken: bool) -> u32 {
    let near = |of: f32| (run.hertz[0] - of).abs() < 25.0;
    let of_calls = |run: &Run| (385.0..495.0).contains(&run.hertz[0]);
    let rings = || {
        let before = past.iter().any(|other| of_calls(other) && other.since_ms != run.since_ms);
        before || run.length_ms() >= RING_MS || run.since_ms <= CUT_MS
    };
    match run.hertz[0] {
        _ if spoken && is_of_the_line(run) && run.length_ms() < LINE_TONE_MS => BUSY_PAUSE_MS,
        _ if spoken => QUIET_MS,
        _ if of_calls(run) && rings() => RINGING_PAUSE_MS,
        _ if of_calls(run) => BUSY_PAUSE_MS,
        _ if near(1100.0) => FAX_PAUSE_MS,
        890.0..1010.0 => SIT_PAUSE_MS,
        _ if near(2100.0) => SIT_PAUSE_MS,
        _ => QUIET_MS,
    }
}

/// At a pitch of the tones that tell, again and again, that somebody has hung up.
fn is_of_the_line(run: &Run) -> bool {
    let [low, high] = run.hertz;
    let north_american = (465.0..495.0).contains(&low) && (600.0..640.0).contains(&high);
    north_american || !run.is_pair() && (385.0..495.0).contains(&low)
}

/// The two tones of a key.
fn is_key(run: &Run) -> bool {
    let one_of = |hertz: f32, keys: [f32; 4]| keys.iter().any(|key| (hertz - key).abs() < 0.02 * key);
    one_of(run.hertz[0], [697.0, 770.0, 852.0, 941.0])
        && one_of(run.hertz[1], [1209.0, 1336.0, 1477.0, 1633.0])
}

const SHORTEST_MS: u32 = 60;
/// Longer ones are plain.
const PLAIN_MS: u32 = 160;
const LONGEST_MS: u32 = 1700;
/// A beep of this length is told of while it sounds.
const CERTAIN_MS: u32 = 200;
/// The tones of a busy line are shorter.
const LINE_TONE_MS: u32 = 700;
const QUIET_MS: u32 = 40;
/// The features of a frame reach so far back.
const ECHO_MS: u32 = 140;
/// Ringing tones last longer than busy tones.
const RING_MS: u32 = 560;
/// What sounds so early may have begun before.
const CUT_MS: u32 = 60;
/// Longer than the pauses between tones that ring, that are busy, that call for a fax, and of the information signal.
const RINGING_PAUSE_MS: u32 = 5200;
const BUSY_PAUSE_MS: u32 = 800;
const FAX_PAUSE_MS: u32 = 3400;
const SIT_PAUSE_MS: u32 = 300;
/// When the quiet must have come.
const LATEST_MS: u32 = 160;
const DROP: f32 = 10.0;
const FAINTEST: f32 = -36.0;
