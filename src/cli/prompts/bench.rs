//! `obzvon prompts bench`: how fast the packs speak.

use std::time::Duration;

use anyhow::Context;
use clap::Args;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use super::Places;
use crate::config::PromptsConfig;
use crate::daemon::{Clock, NameSound, Voice};
use crate::domain::utterance::Case;
use crate::domain::{Codec, Currency, Language, Money, Part, Utterance};
use crate::speech::ClipId;
use crate::synthesis::SentenceCache;

/// Measures the packs on this machine: loading, time from an utterance to its first 20 ms of sound, fragments joined a
/// second, and reading a synthesised sentence from the disk.
#[derive(Debug, Args)]
pub struct Bench {
    #[command(flatten)]
    places: Places,
}

/// Utterances measured of each language, and sentences read from the disk.
const ROUNDS: usize = 2000;

impl Bench {
    pub fn run(&self) -> anyhow::Result<()> {
        let packs = [Language::Ru, Language::En].map(|language| (language, language.code().to_owned()));
        let prompts =
            PromptsConfig { dir: self.places.prompts.clone(), packs: packs.to_vec(), engines: Vec::new() };
        let began = Clock.now();
        let voice = Voice::load(&prompts)?;
        println!("both packs loaded and encoded: {:.0} ms", ms(Clock.now().duration_since(began)));
        for language in [Language::Ru, Language::En] {
            speaking(&voice, language)?;
        }
        sentences_kept()
    }
}

/// A sum and a date each, as reminders say them.
fn speaking(voice: &Voice, language: Language) -> anyhow::Result<()> {
    let mut random = Pcg64::seed_from_u64(1);
    let (mut first, mut fragments) = (Vec::with_capacity(ROUNDS), 0);
    let none = NameSound::default();
    for _ in 0..ROUNDS {
        let amount = Money::new(random.random_range(1..10_000_000), Currency::Rub);
        let date = jiff::civil::date(2026, random.random_range(1..=12), random.random_range(1..=28));
        let parts = vec![
            Part::Money { amount, case: Case::Nominative },
            Part::Words(".".to_owned()),
            Part::Date { date, case: Case::Genitive, with_year: true },
        ];
        let utterance = Utterance { language, parts };
        let began = Clock.now();
        let sound = voice.sound(&utterance, &none).context("the pack lacks a number or a date")?;
        std::hint::black_box(sound.clips.first().map(|clip| clip.encoded(Codec::Pcma)[0]));
        first.push(Clock.now().duration_since(began));
        fragments += sound.clips.len();
    }
    let all: Duration = first.iter().sum();
    let (p50, p99) = percentiles(&mut first);
    println!(
        "{}: to the first sound p50 {:.0} us, p99 {:.0} us; {:.0} fragments joined a second",
        language.code(),
        p50 * 1000.0,
        p99 * 1000.0,
        fragments as f64 / all.as_secs_f64()
    );
    Ok(())
}

/// Three seconds of sound, kept and read again.
fn sentences_kept() -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("obzvon-bench-{}", std::process::id()));
    let cache = SentenceCache::below(&folder);
    let clip = |n: usize| ClipId::parse(&format!("name-{n}")).expect("small letters and digits");
    let samples: Vec<i16> = (0..24_000).map(|n| n % 1000).collect();
    let mut took = Vec::with_capacity(ROUNDS);
    let measured = (0..ROUNDS).try_for_each(|n| {
        cache.keep(&clip(n % 100), &samples)?;
        let began = Clock.now();
        let read = cache.samples(&clip(n % 100)).ok_or(std::io::ErrorKind::NotFound)?;
        std::hint::black_box(read.len());
        took.push(Clock.now().duration_since(began));
        Ok::<(), std::io::Error>(())
    });
    std::fs::remove_dir_all(&folder).ok();
    measured.context("keeping sentences in the folder for temporary files")?;
    let (p50, p99) = percentiles(&mut took);
    println!("a synthesised sentence of 3 s read from the disk: p50 {p50:.2} ms, p99 {p99:.2} ms");
    Ok(())
}

/// The median and the 99th percentile, ms.
fn percentiles(took: &mut [Duration]) -> (f64, f64) {
    took.sort_unstable();
    (ms(took[took.len() / 2]), ms(took[took.len() * 99 / 100]))
}

fn ms(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}
