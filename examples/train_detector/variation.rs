//! A recording as other lines and other tongues would have brought it.

use std::f32::consts::TAU;

use obzvon::domain::Codec;
use obzvon::media::g711;

/// The recording varied, with the way from its old times to its new ones.
#[derive(Clone, Debug)]
pub struct Varied {
    pub samples: Vec<i16>,
    speed: f64,
    later_s: f64,
}

impl Varied {
    /// The recording as it is for copy 0; others are faster or slower, later, louder or fainter, and with noise, some of it
    /// people talking (`crowd`).
    pub fn of(samples: &[i16], copy: u32, seed: u32, crowd: &[f32]) -> Self {
        if copy == 0 {
            return Self { samples: samples.to_vec(), speed: 1.0, later_s: 0.0 };
        }
        let mut chance = Chance::new(seed, copy);
        let speed = if copy.is_multiple_of(2) { 1.0 } else { chance.between(0.88, 1.14) };
        let gain = 10_f32.powf(chance.between(-9.0, 5.0) / 20.0);
        let later = chance.between(0.0, 8.0) as usize * 20;
        let mut sound = vec![0.0; later];
        sound.extend(resampled(samples, speed).iter().map(|x| x * gain));
        match copy % 4 {
            0 => {
                let street = street(sound.len(), &mut chance);
                add_noise(&mut sound, &street, chance.between(6.0, 24.0));
            }
            2 => {
                let faint = 10_f32.powf(chance.between(0.0, 1.7)) * 2.0;
                sound.iter_mut().for_each(|x| *x += chance.between(-faint, faint));
            }
            3 if !crowd.is_empty() => {
                let from = chance.between(0.0, crowd.len() as f32) as usize;
                let talk: Vec<f32> = (0..sound.len()).map(|n| crowd[(from + n) % crowd.len()]).collect();
                add_noise(&mut sound, &talk, chance.between(8.0, 24.0));
            }
            _ => {}
        }
        let samples =
            sound.iter().map(|x| g711::decode(Codec::Pcma, g711::encode(Codec::Pcma, *x as i16))).collect();
        Self { samples, speed: f64::from(speed), later_s: later as f64 / 8000.0 }
    }

    /// When that moment of the recording comes here, in seconds.
    pub fn at(&self, s: f64) -> f64 {
        s / self.speed + self.later_s
    }
}

/// Played so many times as fast, the pitch going along.
fn resampled(samples: &[i16], speed: f32) -> Vec<f32> {
    let count = (samples.len() as f32 / speed) as usize;
    let value = |n: usize| samples.get(n).copied().map_or(0.0, f32::from);
    (0..count)
        .map(|n| {
            let at = n as f32 * speed;
            let before = at as usize;
            let share = at - before as f32;
            value(before) * (1.0 - share) + value(before + 1) * share
        })
        .collect()
}

/// Noise as of a street or a car: its loudness wanders, and low sounds prevail more or less.
fn street(length: usize, chance: &mut Chance) -> Vec<f32> {
    let dull = chance.between(0.15, 1.0);
    let (beat, depth) = (chance.between(0.3, 3.0), chance.between(0.1, 0.8));
    let (mut low, mut swell) = (0.0, 1.0);
    (0..length)
        .map(|n| {
            if n.is_multiple_of(800) {
                let wave = (TAU * beat * n as f32 / 8000.0).sin();
                swell = 1.0 + depth * (wave + chance.between(-0.3, 0.3));
            }
            low += (chance.between(-1.0, 1.0) - low) * dull;
            swell * low
        })
        .collect()
}

/// Adds noise so many dB below the sound's louder samples.
fn add_noise(sound: &mut [f32], noise: &[f32], snr: f32) {
    let power = |of: &mut dyn Iterator<Item = f32>| {
        let (sum, count) = of.fold((0.0, 1.0), |(sum, count), x| (sum + x * x, count + 1.0));
        sum / count
    };
    let loud = power(&mut sound.iter().copied().filter(|x| x.abs() > 200.0));
    let gain = (loud / power(&mut noise.iter().copied()).max(1e-9) / 10_f32.powf(snr / 10.0)).sqrt();
    sound.iter_mut().zip(noise).for_each(|(x, noise)| *x += gain * noise);
}

/// Several recordings at a time, each as loud as the others.
pub fn crowd(recordings: &[&[i16]]) -> Vec<f32> {
    let mut chance = Chance::new(1, 1);
    let mut sound = vec![0.0; 8000 * 60];
    let length = sound.len();
    for samples in recordings {
        let loudest = samples.iter().map(|x| x.unsigned_abs()).max().unwrap_or(0).max(1);
        let from = chance.between(0.0, length as f32) as usize;
        for (n, x) in samples.iter().enumerate() {
            sound[(from + n) % length] += f32::from(*x) / f32::from(loudest);
        }
    }
    sound
}

/// Numbers by chance, the same for the same seed.
struct Chance(u64);

impl Chance {
    fn new(seed: u32, copy: u32) -> Self {
        let mut chance = Self(u64::from(seed) * 2_654_435_761 + u64::from(copy) * 97 + 1);
        (0..8).for_each(|_| {
            chance.between(0.0, 1.0);
        });
        chance
    }

    fn between(&mut self, from: f32, to: f32) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        from + (to - from) * (self.0 >> 40) as f32 / (1 << 24) as f32
    }
}
