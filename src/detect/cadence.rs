//! Tones of the network and of faxes, by frequency and rhythm (Russia, Europe, North America).

use super::FRAME_MS;
use super::tone::{Kind, Sound};
use crate::domain::verdict::Verdict;

/// Reads the rhythm of one signal at a time.
#[derive(Clone, Debug, Default)]
pub(super) struct CadenceEar {
    current: Option<Run>,
    /// Runs that have ended, oldest first.
    past: Vec<Run>,
}

/// A stretch of one signal or of none.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Run {
    signal: Signal,
    since_ms: u32,
    until_ms: u32,
}

/// A signal by its frequencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signal {
    /// 400–450 Hz: busy, congestion and ringing in Russia and most of Europe.
    Call,
    /// 2100 Hz, a fax that answers.
    Ced,
    /// 1100 Hz, a fax that calls.
    Cng,
    Pause,
    /// 440 + 480 Hz.
    RingUs,
    /// The tones of the special information signal, low, middle and high.
    Sit(u8),
    /// 480 + 620 Hz.
    BusyUs,
    Other,
}

impl CadenceEar {
    /// Takes a frame that begins at `at_ms`; gives a verdict as soon as the rhythm is plain.
    pub fn hear(&mut self, at_ms: u32, sound: &Sound) -> Option<Verdict> {
        let signal = name(sound);
        let until_ms = at_ms + FRAME_MS;
        match &mut self.current {
            Some(run) if run.signal == signal => run.until_ms = until_ms,
            current => {
                let ended = current.replace(Run { signal, since_ms: at_ms, until_ms });
                self.past.extend(ended.filter(|run| run.length() > BLINK_MS));
                self.join();
                if self.past.len() > KEPT {
                    self.past.remove(0);
                }
            }
        }
        self.judge()
    }

    /// Two runs of one signal are one where only a blink was between them.
    fn join(&mut self) {
        if let [.., before, last] = &mut self.past[..]
            && before.signal == last.signal
        {
            before.until_ms = last.until_ms;
            self.past.pop();
        }
    }

    fn judge(&self) -> Option<Verdict> {
        let now = self.current?;
        match now.signal {
            Signal::Ced if now.length() >= 900 => return Some(Verdict::Fax),
            Signal::Sit(2) if now.length() >= 100 => {
                let before: Vec<_> =
                    self.past.iter().rev().map(|run| run.signal).filter(|s| *s != Signal::Pause).collect();
                return before.starts_with(&[Signal::Sit(1), Signal::Sit(0)]).then_some(Verdict::Sit);
            }
            Signal::Pause | Signal::Ced | Signal::Cng | Signal::Sit(_) | Signal::Call => {}
            Signal::RingUs | Signal::BusyUs | Signal::Other => {}
        }
        if now.signal == Signal::Cng && (400..=600).contains(&now.length()) && self.repeats(Signal::Cng, 2000)
        {
            return Some(Verdict::Fax);
        }
        self.rhythm(now)
    }

    fn repeats(&self, signal: Signal, pause_ms: u32) -> bool {
        matches!(self.past[..], [.., tone, pause] if tone.signal == signal
            && pause.signal == Signal::Pause && pause.length() >= pause_ms)
    }

    /// The rhythm of tones and pauses before the present run.
    fn rhythm(&self, now: Run) -> Option<Verdict> {
        let [.., tone, pause] = self.past[..] else { return self.ringing(now) };
        if now.signal != tone.signal || pause.signal != Signal::Pause {
            return self.ringing(now);
        }
        let alike = |of: u32, with: u32| of.abs_diff(with) <= with / 4 + FRAME_MS;
        let even = alike(tone.length(), pause.length());
        match tone.signal {
            Signal::Call | Signal::BusyUs if even && tone.length() < 300 => Some(Verdict::Congestion),
            Signal::Call | Signal::BusyUs if even && tone.length() < 650 => Some(Verdict::Busy),
            Signal::Call | Signal::RingUs if tone.length() >= 600 && pause.length() >= 1800 => {
                Some(Verdict::Ringback)
            }
            _ => None,
        }
    }

    /// One long tone of the ringing kind and a long pause are enough.
    fn ringing(&self, now: Run) -> Option<Verdict> {
        let tone = self.past.last()?;
        let ring =
            matches!(tone.signal, Signal::Call | Signal::RingUs) && (600..=2600).contains(&tone.length());
        // After speech the same tone is a machine's beep.
        let spoken = self.past.iter().any(|run| run.signal == Signal::Other);
        (ring && !spoken && now.signal == Signal::Pause && now.length() >= 1500).then_some(Verdict::Ringback)
    }
}

impl Run {
    fn length(self) -> u32 {
        self.until_ms - self.since_ms
    }
}

fn name(sound: &Sound) -> Signal {
    let near = |hertz: f32, of: f32| (hertz - of).abs() < 0.03 * of;
    match sound.kind {
        Kind::Quiet => Signal::Pause,
        Kind::Tone(hertz) if (400.0..455.0).contains(&hertz) => Signal::Call,
        Kind::Tone(hertz) if near(hertz, 1100.0) => Signal::Cng,
        Kind::Tone(hertz) if near(hertz, 2100.0) => Signal::Ced,
        Kind::Tone(hertz) if (895.0..1005.0).contains(&hertz) => Signal::Sit(0),
        Kind::Tone(hertz) if (1350.0..1450.0).contains(&hertz) => Signal::Sit(1),
        Kind::Tone(hertz) if (1750.0..1830.0).contains(&hertz) => Signal::Sit(2),
        Kind::TwoTones(low, high) if near(low, 480.0) && near(high, 620.0) => Signal::BusyUs,
        Kind::TwoTones(low, high) if near(low, 440.0) && near(high, 480.0) => Signal::RingUs,
        Kind::TwoTones(low, high) if near(low, 400.0) && near(high, 450.0) => Signal::Call,
        Kind::Rough if sound.level < PAUSE_LEVEL => Signal::Pause,
        Kind::Rough | Kind::Tone(_) | Kind::TwoTones(..) => Signal::Other,
    }
}

/// Shorter runs are the edges of longer ones.
const BLINK_MS: u32 = 40;
const KEPT: usize = 8;
/// Line noise between tones.
const PAUSE_LEVEL: f32 = -42.0;
