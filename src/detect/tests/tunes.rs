//! Tunes, which are nobody's voice.

use super::*;

/// A made-up tune with a drum: notes that fade in 0.1 s, now and then none, and the last two beats of each bar silent.
struct Tune {
    /// How loud the drum is beside the notes.
    drum: f32,
    /// Beats.
    bar: usize,
    seed: u32,
}

impl Tune {
    fn played(&self) -> Call {
        let mut sound = vec![0.0_f32; 9 * 8000];
        let mut add = |at: usize, length: usize, wave: &dyn Fn(usize) -> f32| {
            sound[at..].iter_mut().take(length).enumerate().for_each(|(n, x)| *x += wave(n));
        };
        let mut state = self.seed;
        let mut chance = |most: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % most
        };
        for count in 0..(9 * 8000 - 2400) / BEAT {
            let at = 2400 + count * BEAT;
            if count % self.bar >= self.bar - 2 {
                continue;
            }
            if chance(2) == 0 {
                let hertz = 330.0 * 2.0_f32.powf(SCALE[chance(8) as usize] / 12.0);
                add(at, BEAT, &|n| {
                    let t = n as f32 / 8000.0;
                    let partials = (1..7).map(|k| (TAU * hertz * k as f32 * t).sin() / k as f32);
                    6000.0 * partials.sum::<f32>() * (-10.0 * t).exp()
                });
            }
            let hit: Vec<i16> = (0..8).flat_map(|n| noise(self.seed + 8 * count as u32 + n, 6000)).collect();
            add(at, hit.len(), &|n| self.drum * f32::from(hit[n]) * (-(n as f32) / 320.0).exp());
        }
        let mut call = Call::default().quiet(9000);
        for (frame, sound) in call.0.iter_mut().zip(sound.as_chunks::<FRAME>().0) {
            *frame = std::array::from_fn(|n| frame[n].saturating_add(sound[n] as i16));
        }
        call
    }
}

/// Samples.
const BEAT: usize = 2800;
const SCALE: [f32; 8] = [0.0, 2.0, 4.0, 7.0, 9.0, 12.0, 14.0, 16.0];

#[test]
fn a_tune_with_rests_is_no_person() {
    // Each of these was a person to the end before music was asked about.
    for (seed, drum, bar) in
        [(3, 1.0, 6), (26, 0.3, 6), (26, 1.0, 6), (26, 1.0, 8), (30, 1.0, 6), (55, 1.0, 6)]
    {
        let tune = Tune { drum, bar, seed };
        let verdicts = tune.played().verdicts();
        assert_ne!(verdicts.last(), Some(&Verdict::Human), "{seed} {drum} {bar}: {verdicts:?}");
    }
}
