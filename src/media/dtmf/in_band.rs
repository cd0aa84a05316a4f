//! Keys in the sound itself (ITU-T Q.23, Q.24): the eight tones measured in blocks of 12.75 ms.

use std::f32::consts::{PI, TAU};
use std::sync::LazyLock;

use super::{HIGH, LAYOUT, LOW};

/// Listens to one side's sound, in blocks of 12.75 ms. A key is two equal blocks in a row, so 40 ms always suffice
/// and 20 ms never do. Of speech, next to no block has so much of its energy in two such exact tones.
#[derive(Clone, Debug)]
pub struct ToneReceiver {
    block: [f32; BLOCK],
    filled: usize,
    last: Option<Candidate>,
    /// The key held down, and the blocks since it was last heard.
    down: Option<(u8, u8)>,
}

/// A block that may be a key.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    low: Tone,
    high: Tone,
    energy: f32,
}

#[derive(Clone, Copy, Debug)]
struct Tone {
    /// Index in its group of four.
    at: usize,
    /// Energy of the block's part at this frequency, comparable with the block's whole.
    energy: f32,
    /// The block's product with the tone's wave; its angle is the phase at the block's beginning.
    re: f32,
    im: f32,
}

impl Default for ToneReceiver {
    fn default() -> Self {
        Self { block: [0.0; BLOCK], filled: 0, last: None, down: None }
    }
}

impl ToneReceiver {
    /// Takes sound in, 8 kHz; gives the RFC 4733 code of a key where one was found.
    pub fn feed(&mut self, samples: &[i16]) -> Option<u8> {
        let (mut found, mut samples) = (None, samples);
        while !samples.is_empty() {
            let (now, later) = samples.split_at(samples.len().min(BLOCK - self.filled));
            let place = &mut self.block[self.filled..self.filled + now.len()];
            place.iter_mut().zip(now).for_each(|(x, sample)| *x = f32::from(*sample));
            self.filled += now.len();
            samples = later;
            if self.filled == BLOCK {
                self.filled = 0;
                found = found.or(self.judge());
            }
        }
        found
    }

    fn judge(&mut self) -> Option<u8> {
        let candidate = analyse(&self.block);
        let last = std::mem::replace(&mut self.last, candidate);
        let code = candidate.as_ref().map(Candidate::code);
        if let Some((held, missed)) = self.down {
            if code == Some(held) {
                self.down = Some((held, 0));
                return None;
            }
            self.down = (missed + 1 < RELEASE).then_some((held, missed + 1));
        }
        if !confirms(&last?, &candidate?) {
            return None;
        }
        self.down = code.map(|held| (held, 0));
        code
    }
}

impl Candidate {
    fn code(&self) -> u8 {
        LAYOUT[self.low.at * 4 + self.high.at]
    }
}

fn analyse(block: &[f32; BLOCK]) -> Option<Candidate> {
    let energy = energy(block);
    if energy < 2.0 * QUIETEST * BLOCK as f32 {
        return None;
    }
    let tones = filter(block);
    let loudest = |group: &[Tone]| group.iter().copied().max_by(|a, b| a.energy.total_cmp(&b.energy));
    let (low, high) = (loudest(&tones[..4])?, loudest(&tones[4..])?);
    let audible = low.energy.min(high.energy) > QUIETEST * BLOCK as f32;
    let level =
        is_level(low.energy, high.energy * ROUGH_LOSS) || is_level(low.energy * ROUGH_LOSS, high.energy);
    let clear = low.energy + high.energy > ROUGH_SHARE * energy;
    (audible && level && clear).then_some(Candidate { low, high, energy })
}

/// Whether neither tone is too far above the other.
fn is_level(low: f32, high: f32) -> bool {
    high <= low * TWIST && low <= high * REVERSE_TWIST
}

/// In six sums, which a compiler may keep in one vector; a sum of floats in order it may not.
fn energy(block: &[f32; BLOCK]) -> f32 {
    let mut sums = [0.0_f32; 6];
    for part in block.as_chunks::<6>().0 {
        sums.iter_mut().zip(part).for_each(|(sum, x)| *sum += x * x);
    }
    sums.iter().sum()
}

/// The block's part at each of the eight tones: what Goertzel's filters give, as sums over ready waves, which run in
/// a quarter of the time because no step waits for the one before.
fn filter(block: &[f32; BLOCK]) -> [Tone; 8] {
    let mut sums = [0.0_f32; 16];
    for (x, wave) in block.iter().zip(WAVES.iter()) {
        sums.iter_mut().zip(wave).for_each(|(sum, w)| *sum += x * w);
    }
    std::array::from_fn(|k| {
        let (re, im) = (sums[k], -sums[8 + k]);
        Tone { at: k % 4, energy: (re * re + im * im) * 2.0 / BLOCK as f32, re, im }
    })
}

/// For each sample of a block the cosines of the eight tones, then their sines.
static WAVES: LazyLock<[[f32; 16]; BLOCK]> = LazyLock::new(|| {
    let angle = |n: usize, k: usize| TAU * hertz(k % 8) * n as f32 / RATE;
    std::array::from_fn(|n| {
        std::array::from_fn(|k| if k < 8 { angle(n, k).cos() } else { angle(n, k).sin() })
    })
});

fn hertz(k: usize) -> f32 {
    if k < 4 { LOW[k] } else { HIGH[k - 4] }
}

/// Whether two blocks in a row are one steady key. How far the phase moved between them tells each tone's exact
/// frequency; with that, what the filter loses beside its middle can be given back, and the twist and the share judged
/// sharply.
fn confirms(last: &Candidate, now: &Candidate) -> bool {
    if last.code() != now.code() {
        return false;
    }
    let off_low = off_by(&last.low, &now.low, LOW[now.low.at]);
    let off_high = off_by(&last.high, &now.high, HIGH[now.high.at]);
    let near = |off: f32, hertz: f32| off.abs() <= FREQUENCY * TAU * hertz / RATE * BLOCK as f32;
    let clear = |block: &Candidate| {
        let (low, high) = (block.low.energy / kept(off_low), block.high.energy / kept(off_high));
        is_level(low, high) && low + high > SHARE * block.energy
    };
    near(off_low, LOW[now.low.at]) && near(off_high, HIGH[now.high.at]) && clear(last) && clear(now)
}

/// Radians a block by which a tone runs ahead of its nominal frequency, in -π..π.
fn off_by(last: &Tone, now: &Tone, hertz: f32) -> f32 {
    let moved = now.im.atan2(now.re) - last.im.atan2(last.re) - TAU * hertz / RATE * BLOCK as f32;
    moved - TAU * (moved / TAU).round()
}

/// The share of a tone's energy that the filter keeps when it is off by so many radians a block.
fn kept(off: f32) -> f32 {
    let x = off / 2.0;
    if x.abs() < 1e-3 { 1.0 } else { (x.sin() / x).powi(2) }
}

const RATE: f32 = 8000.0;
/// 12.75 ms: two whole blocks fit in the shortest valid key, 40 ms, wherever it begins.
const BLOCK: usize = 102;
/// Blocks without the key until it is up: an interruption of 10 ms spoils two, a pause of 40 ms three.
const RELEASE: u8 = 3;
/// Mean square of the faintest tone, about -31 dBm0 (Q.24 asks for -25 to -29).
const QUIETEST: f32 = 2.0e5;
/// The high tone may be 4 dB above the low one, the low 8 dB above the high (Q.24 table A-1, AT&T), and 2 to 2.5 dB
/// more: so far the louder tone spills into the other's filter.
const TWIST: f32 = 4.0;
const REVERSE_TWIST: f32 = 11.5;
/// What the filter may lose of a tone off its middle, before that is known: 4.3 dB at the widest.
const ROUGH_LOSS: f32 = 2.7;
/// Share of two tones in a candidate, before the frequency is known.
const ROUGH_SHARE: f32 = 0.5;
/// And when it is: a block with 20 of its 102 samples empty fails.
const SHARE: f32 = 0.82;
/// Between ±1.5 % + 2 Hz, which must be taken, and ±3.5 %, which must not.
const FREQUENCY: f32 = 0.025;
const _: () = assert!(FREQUENCY * 1633.0 * 2.0 * PI / RATE * (BLOCK as f32) < 3.3);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Codec;
    use crate::media::dtmf::{KEYS, key_of, tones_of};
    use crate::media::g711;

    /// Builds sound piece by piece.
    #[derive(Default)]
    struct Sound(Vec<i16>);

    impl Sound {
        fn silence(mut self, samples: usize) -> Self {
            self.0.extend(std::iter::repeat_n(0, samples));
            self
        }

        /// Two tones with levels in dBm0 (0 dBm0 is a peak of 22,380).
        fn tones(mut self, (low, low_db): (f32, f32), (high, high_db): (f32, f32), samples: usize) -> Self {
            let peak = |db: f32| 22380.0 * 10.0_f32.powf(db / 20.0);
            self.0.extend((0..samples).map(|n| {
                let t = n as f32 / RATE;
                (peak(low_db) * (TAU * low * t).sin() + peak(high_db) * (TAU * high * t + 1.0).sin()) as i16
            }));
            self
        }

        fn key(self, code: u8, samples: usize) -> Self {
            let (low, high) = tones_of(code);
            self.tones((low, -10.0), (high, -8.0), samples)
        }

        fn keys(&self) -> String {
            let mut ears = ToneReceiver::default();
            self.0.chunks(160).filter_map(|frame| ears.feed(frame)).filter_map(key_of).collect()
        }
    }

    #[test]
    fn every_key_of_40_ms_is_heard_once_wherever_it_begins() {
        for code in 0..16 {
            for start in (0..BLOCK).step_by(3) {
                let sound = Sound::default().silence(400 + start).key(code, 320).silence(400);
                assert_eq!(sound.keys(), KEYS[usize::from(code)].to_string(), "key {code} at {start}");
            }
        }
    }

    #[test]
    fn twenty_milliseconds_are_no_key() {
        for start in 0..BLOCK {
            let sound = Sound::default().silence(400 + start).key(5, 160).silence(400);
            assert_eq!(sound.keys(), "", "at {start}");
        }
    }

    #[test]
    fn a_pause_of_40_ms_parts_two_presses_and_a_break_of_10_ms_does_not() {
        for start in 0..BLOCK {
            let twice = Sound::default().silence(start).key(7, 400).silence(320).key(7, 400).silence(400);
            assert_eq!(twice.keys(), "77", "at {start}");
            let once = Sound::default().silence(start).key(7, 400).silence(80).key(7, 400).silence(400);
            assert_eq!(once.keys(), "7", "at {start}");
        }
    }

    #[test]
    fn frequencies_are_taken_within_a_percent_and_a_half_and_refused_from_three_and_a_half() {
        for code in 0..16 {
            let (low, high) = tones_of(code);
            for sign in [-1.0, 1.0] {
                let near = |f: f32| f + sign * (0.015 * f + 2.0);
                let far = |f: f32| f * (1.0 + sign * 0.035);
                let heard = |low, high| {
                    Sound::default().silence(37).tones((low, -10.0), (high, -10.0), 480).silence(400).keys()
                };
                assert_eq!(
                    heard(near(low), near(high)),
                    KEYS[usize::from(code)].to_string(),
                    "key {code} near {sign}"
                );
                assert_eq!(heard(far(low), high), "", "key {code} low far {sign}");
                assert_eq!(heard(low, far(high)), "", "key {code} high far {sign}");
            }
        }
    }

    /// Level, twist, length (40 ms) and how far off the tones are (1.5 % and 2 Hz), together.
    #[test]
    fn a_key_at_every_limit_of_q24_at_once_is_heard_wherever_it_begins() {
        let mut missed = Vec::new();
        for (low_db, high_db) in
            [(-10.0, -18.0), (-14.0, -10.0), (0.0, 0.0), (-25.0, -25.0), (0.0, -8.0), (-4.0, 0.0)]
        {
            for (low_off, high_off) in [(0.0, 0.0), (1.0, 1.0), (-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0)] {
                let off = |f: f32, sign: f32| f + sign * (0.015 * f + 2.0);
                let mut not = 0;
                for code in 0..16 {
                    let (low, high) = tones_of(code);
                    for start in (0..BLOCK).step_by(2) {
                        let tones = ((off(low, low_off), low_db), (off(high, high_off), high_db));
                        let sound =
                            Sound::default().silence(400 + start).tones(tones.0, tones.1, 320).silence(400);
                        not += usize::from(sound.keys() != KEYS[usize::from(code)].to_string());
                    }
                }
                if not > 0 {
                    missed.push(format!("{low_db} and {high_db} dBm0, {low_off} {high_off}: {not} of 816"));
                }
            }
        }
        assert!(missed.is_empty(), "{missed:#?}");
    }

    #[test]
    fn levels_from_0_to_minus_25_and_the_twists_of_q24_are_taken() {
        let (low, high) = tones_of(6);
        let heard = |low_db: f32, high_db: f32| {
            Sound::default().silence(50).tones((low, low_db), (high, high_db), 400).silence(400).keys()
        };
        for db in [0.0, -10.0, -25.0] {
            assert_eq!(heard(db, db), "6", "{db} dBm0");
        }
        assert_eq!(heard(-14.0, -10.0), "6");
        assert_eq!(heard(-10.0, -18.0), "6");
        assert_eq!(heard(-20.0, -10.0), "", "a high tone 10 dB above the low one");
        assert_eq!(heard(-55.0, -55.0), "", "a whisper of crosstalk");
    }

    #[test]
    fn one_tone_is_no_key() {
        for hertz in LOW.iter().chain(&HIGH).chain(&[425.0, 1100.0, 2100.0]) {
            let sound = Sound::default().tones((*hertz, -10.0), (50.0, -90.0), 8000);
            assert_eq!(sound.keys(), "", "{hertz} Hz");
        }
    }

    /// Talk-off on real speech: every recording of the shipped packs, over A-law, at three levels.
    #[test]
    fn the_speech_of_the_packs_presses_no_key() {
        let packs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts");
        let (mut seconds, mut pressed) = (0.0, Vec::new());
        for language in ["ru", "en"] {
            for entry in std::fs::read_dir(packs.join(language)).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_none_or(|extension| extension != "wav") {
                    continue;
                }
                let mut wav = hound::WavReader::open(&path).unwrap();
                let clip: Vec<i16> = wav.samples::<i16>().map(Result::unwrap).collect();
                for gain_db in [0.0_f32, -12.0, 8.0] {
                    let gain = 10.0_f32.powf(gain_db / 20.0);
                    let on_the_line = |sample: &i16| {
                        let sample = (f32::from(*sample) * gain).clamp(-32768.0, 32767.0) as i16;
                        g711::decode(Codec::Pcma, g711::encode(Codec::Pcma, sample))
                    };
                    let keys = Sound(clip.iter().map(on_the_line).collect()).keys();
                    if !keys.is_empty() {
                        pressed.push(format!("{} at {gain_db} dB: {keys}", path.display()));
                    }
                    seconds += clip.len() as f32 / RATE;
                }
            }
        }
        println!("{:.1} minutes of speech, pressed: {pressed:?}", seconds / 60.0);
        assert!(seconds > 1000.0 && pressed.is_empty(), "{pressed:?}");
    }

    /// A voice by its parts: a gliding pitch with its harmonics under three gliding formants.
    #[test]
    fn a_voice_presses_no_key() {
        for base in [95.0_f32, 120.0, 175.0, 240.0] {
            let mut phases = [0.0_f32; 16];
            let voice: Vec<i16> = (0..10 * 8000)
                .map(|n| {
                    let t = n as f32 / RATE;
                    let pitch = base * (1.0 + 0.12 * (TAU * 0.7 * t).sin() + 0.03 * (TAU * 4.3 * t).sin());
                    let formants = [
                        550.0 + 300.0 * (TAU * 1.7 * t).sin(),
                        1500.0 + 600.0 * (TAU * 1.1 * t).cos(),
                        2600.0 + 200.0 * (TAU * 0.9 * t).sin(),
                    ];
                    let loud = (TAU * 2.1 * t).sin().max(0.0);
                    let sum: f32 = phases
                        .iter_mut()
                        .enumerate()
                        .map(|(k, phase)| {
                            let f = pitch * (k + 1) as f32;
                            *phase = (*phase + TAU * f / RATE) % TAU;
                            let near = |formant: f32| 1.0 / (1.0 + ((f - formant) / 90.0).powi(2));
                            phase.sin() * formants.iter().map(|formant| near(*formant)).sum::<f32>()
                        })
                        .sum();
                    (9000.0 * loud * sum).clamp(-32000.0, 32000.0) as i16
                })
                .collect();
            assert_eq!(Sound(voice).keys(), "", "a voice at {base} Hz");
        }
    }
}
