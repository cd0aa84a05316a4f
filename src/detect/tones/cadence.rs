//! Tones of the network and of faxes, by frequency and rhythm (Russia, Europe, North America).

use super::runs::{Run, RunEar};
use crate::detect::FRAME_MS;
use crate::domain::verdict::Verdict;

/// A signal by its frequencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signal {
    /// 480 + 620 Hz: busy and reorder in North America.
    BusyUs,
    /// 400–480 Hz, alone or beating: busy, congestion and ringing in Russia and Europe, ringing elsewhere.
    Call,
    /// 2100 Hz, a fax that answers.
    Ced,
    /// 1100 Hz, a fax that calls.
    Cng,
    Other,
    /// The tones of the special information signal, low, middle and high.
    Sit(u8),
}

/// What the rhythm of the tones says at `now_ms`; `spoken` when somebody has spoken before.
pub(in crate::detect) fn judge(runs: &RunEar, now_ms: u32, spoken: bool) -> Option<Verdict> {
    if let Some(now) = &runs.current {
        return while_sounding(now, &runs.past, spoken);
    }
    let pause_ms = runs.pause_ms(now_ms)?;
    (!spoken && runs.noisy_pause_ms() <= 2 * FRAME_MS).then(|| in_pause(&runs.past, pause_ms)).flatten()
}

fn while_sounding(now: &Run, past: &[Run], spoken: bool) -> Option<Verdict> {
    let signal = name(now);
    match signal {
        Signal::Ced => (now.length_ms() >= CED_MS).then_some(Verdict::Fax),
        Signal::Cng => match past {
            [.., before] if name(before) == Signal::Cng && is_cng(before) && pause(before, now) >= 2000 => {
                (now.length_ms() >= 200).then_some(Verdict::Fax)
            }
            _ => None,
        },
        Signal::Sit(2) => match past {
            [.., low, middle] if is_sit(low, middle, now) => Some(Verdict::Sit),
            _ => None,
        },
        Signal::BusyUs | Signal::Call => busy(signal, now, past, spoken),
        Signal::Other | Signal::Sit(_) => None,
    }
}

/// The third tone has begun, the first two were of the usual length.
fn is_sit(low: &Run, middle: &Run, high: &Run) -> bool {
    let usual = |run: &Run| (140..=650).contains(&run.length_ms());
    let in_order = name(low) == Signal::Sit(0) && name(middle) == Signal::Sit(1);
    in_order
        && usual(low)
        && usual(middle)
        && high.length_ms() >= 100
        && pause(low, middle) <= 140
        && pause(middle, high) <= 140
}

/// Tone and pause of one length, and the tone again. Slow rhythms must show it twice, since Britain rings twice before
/// its long pause; after speech three times, since machines beep twice, too.
fn busy(signal: Signal, now: &Run, past: &[Run], spoken: bool) -> Option<Verdict> {
    let wanted = if spoken { 3 } else { 2 };
    let alike = |a: u32, b: u32| a.abs_diff(b) <= a.max(b) / 4 + 40;
    let mut next = now;
    let (mut cycles, mut length_ms) = (0, 0);
    for run in past.iter().rev().take(wanted) {
        let (tone, silence) = (run.length_ms(), pause(run, next));
        if name(run) != signal || !alike(tone, silence) || next.noisy_gap_ms > 2 * FRAME_MS {
            break;
        }
        (cycles, length_ms) = (cycles + 1, length_ms + tone + silence);
        next = run;
    }
    if cycles == 0 || now.length_ms() < 60 {
        return None;
    }
    // A tone that sounded before the call was heard may have been longer: a ring.
    let one_will_do = !spoken && next.since_ms > EARLY_MS;
    // What the edges of frames take from the tone they give to the pause.
    match length_ms / (2 * cycles as u32) {
        120..=230 if cycles == wanted || one_will_do => Some(Verdict::Congestion),
        231..=289 if cycles == wanted => Some(Verdict::Congestion),
        290..=600 if cycles == wanted => Some(Verdict::Busy),
        _ => None,
    }
}

fn in_pause(past: &[Run], pause_ms: u32) -> Option<Verdict> {
    let last = past.last()?;
    match name(last) {
        Signal::Call if (600..=2600).contains(&last.length_ms()) && pause_ms >= RING_PAUSE_MS => {
            Some(Verdict::Ringback)
        }
        // Britain rings twice.
        Signal::Call if pause_ms >= RING_PAUSE_MS => match past {
            [.., first, second] if name(first) == Signal::Call && is_double(first, second) => {
                Some(Verdict::Ringback)
            }
            _ => None,
        },
        Signal::Cng if is_cng(last) && pause_ms >= CNG_PAUSE_MS => Some(Verdict::Fax),
        _ => None,
    }
}

fn is_double(first: &Run, second: &Run) -> bool {
    let ring = |run: &Run| (250..=600).contains(&run.length_ms());
    ring(first) && ring(second) && (100..=320).contains(&pause(first, second))
}

/// Half a second (ITU-T T.30: 15 % more or less), and what frames add or take.
fn is_cng(run: &Run) -> bool {
    (400..=580).contains(&run.length_ms())
}

fn pause(before: &Run, after: &Run) -> u32 {
    after.since_ms.saturating_sub(before.until_ms)
}

fn name(run: &Run) -> Signal {
    let near = |hertz: f32, of: f32, within: f32| (hertz - of).abs() <= within;
    let [low, high] = run.hertz;
    if run.is_pair() {
        return if near(low, 480.0, 15.0) && near(high, 620.0, 20.0) {
            Signal::BusyUs
        } else {
            Signal::Other
        };
    }
    match low {
        395.0..=485.0 => Signal::Call,
        _ if near(low, 1100.0, 38.0) => Signal::Cng,
        _ if near(low, 2100.0, 25.0) => Signal::Ced,
        895.0..=1005.0 => Signal::Sit(0),
        1345.0..=1455.0 => Signal::Sit(1),
        1740.0..=1840.0 => Signal::Sit(2),
        _ => Signal::Other,
    }
}

/// What sounds so early, or was known so soon, may have begun before.
const EARLY_MS: u32 = 160;
/// Beeps are shorter.
const CED_MS: u32 = 1740;
/// Longer than any pause of busy and of Britain's double ring.
const RING_PAUSE_MS: u32 = 1000;
const CNG_PAUSE_MS: u32 = 1200;
