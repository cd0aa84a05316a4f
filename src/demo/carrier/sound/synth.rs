//! Sounds of a line made from arithmetic: tones of the network, a beep, and a voice-like buzz for those who speak.

use std::collections::HashMap;
use std::f32::consts::TAU;
use std::sync::Arc;

/// What may be heard from a callee's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sound {
    /// The tone of a voicemail, after which a message may be left.
    Beep,
    /// "Hello?"
    Hello,
    /// A voicemail's greeting.
    Greeting,
    /// "The number you dialled is not in service."
    NotInService,
    /// 425 Hz, one second in five.
    Ringback,
    /// "The subscriber's phone is switched off."
    SwitchedOff,
    /// "You have the wrong number, I am not he."
    WrongNumber,
}

/// The samples of each sound, 8 kHz.
#[derive(Clone, Debug)]
pub struct Sounds(HashMap<Sound, Arc<[i16]>>);

impl Sounds {
    /// Every sound by arithmetic alone.
    pub fn synthesised() -> Self {
        let sit = [(950.0, 0.33), (1400.0, 0.33), (1800.0, 0.33)];
        let mut announcement: Vec<i16> =
            sit.iter().flat_map(|&(hz, s)| tone(hz, s)).chain(silence(0.3)).collect();
        let mut switched_off = talk(26, 170.0);
        announcement.extend(talk(22, 200.0));
        switched_off.splice(0..0, silence(0.4));
        let mut hello = silence(0.35);
        hello.extend(talk(2, 130.0));
        let beep: Vec<i16> = silence(0.3).into_iter().chain(tone(1000.0, 0.4)).collect();
        let ringback: Vec<i16> = tone(425.0, 1.0).into_iter().chain(silence(4.0)).collect();
        Self(HashMap::from([
            (Sound::Beep, beep.into()),
            (Sound::Greeting, talk(24, 190.0).into()),
            (Sound::Hello, hello.into()),
            (Sound::NotInService, announcement.into()),
            (Sound::Ringback, ringback.into()),
            (Sound::SwitchedOff, switched_off.into()),
            (Sound::WrongNumber, talk(7, 140.0).into()),
        ]))
    }

    /// Puts recorded samples in a sound's place.
    pub fn replace(&mut self, sound: Sound, samples: Vec<i16>) {
        self.0.insert(sound, samples.into());
    }

    pub fn samples(&self, sound: Sound) -> Arc<[i16]> {
        Arc::clone(&self.0[&sound])
    }
}

fn silence(seconds: f32) -> Vec<i16> {
    vec![0; (seconds * 8000.0) as usize]
}

/// A tone at -12 dB of full scale.
pub fn tone(hz: f32, seconds: f32) -> Vec<i16> {
    (0..(seconds * 8000.0) as usize).map(|n| ((TAU * hz * n as f32 / 8000.0).sin() * 8000.0) as i16).collect()
}

/// Vowels as the centres of their first two formants, in Hz.
const VOWELS: [(f32, f32); 5] =
    [(730.0, 1090.0), (530.0, 1840.0), (270.0, 2290.0), (570.0, 840.0), (300.0, 870.0)];

/// Speech-like buzz: `syllables` of 150 to 210 ms, a breath after every seventh.
fn talk(syllables: usize, pitch: f32) -> Vec<i16> {
    let mut samples = Vec::new();
    for n in 0..syllables {
        let length = 0.15 + 0.02 * (n * 5 % 4) as f32;
        let falling = pitch * (1.1 - 0.2 * (n % 7) as f32 / 7.0);
        samples.extend(syllable(VOWELS[n * 3 % 5], falling, length));
        samples.extend(silence(if n % 7 == 6 { 0.25 } else { 0.03 }));
    }
    samples
}

/// Harmonics of `pitch`, which falls as a voice's does, shaped by two formants and a rise and fall.
fn syllable((first, second): (f32, f32), pitch: f32, seconds: f32) -> Vec<i16> {
    let count = (seconds * 8000.0) as usize;
    let harmonics: Vec<(f32, f32)> = (1..)
        .map(|k| k as f32 * pitch)
        .take_while(|hz| *hz < 3400.0)
        .map(|hz| (hz, peak(hz, first, 120.0) + 0.6 * peak(hz, second, 180.0) + 0.02))
        .collect();
    (0..count)
        .map(|n| {
            let envelope = (std::f32::consts::PI * n as f32 / count as f32).sin().sqrt();
            // What stands still is music to a detector.
            let turns = n as f32 / 8000.0 * (1.0 + FALL - FALL * n as f32 / count as f32);
            let sum: f32 = harmonics.iter().map(|(hz, gain)| gain * (TAU * hz * turns).sin()).sum();
            (sum * envelope * 5000.0).clamp(-20_000.0, 20_000.0) as i16
        })
        .collect()
}

/// How far above its middle a syllable's pitch begins, and below it ends, of 1.
const FALL: f32 = 0.08;

/// A resonance of height 1 at `centre`.
fn peak(hz: f32, centre: f32, width: f32) -> f32 {
    1.0 / (1.0 + ((hz - centre) / width).powi(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sound_lasts_as_long_as_the_real_one() {
        let sounds = Sounds::synthesised();
        let seconds = |sound| sounds.samples(sound).len() as f32 / 8000.0;
        assert!((0.6..1.2).contains(&seconds(Sound::Hello)));
        assert!((4.0..7.0).contains(&seconds(Sound::Greeting)));
        assert!((0.5..1.0).contains(&seconds(Sound::Beep)));
        assert!((5.0..9.0).contains(&seconds(Sound::NotInService)));
        assert_eq!(seconds(Sound::Ringback), 5.0);
    }

    #[test]
    fn speech_is_as_loud_as_speech() {
        let greeting = Sounds::synthesised().samples(Sound::Greeting);
        let square: f64 = greeting.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / greeting.len() as f64;
        let level = 20.0 * (square.sqrt() / 32768.0).log10();
        assert!((-28.0..-14.0).contains(&level), "{level} dB");
    }
}
