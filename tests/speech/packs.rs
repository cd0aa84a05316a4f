//! The shipped packs say every shipped flow, whatever the sum and the date.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use hound::WavReader;
use jiff::ToSpan;
use jiff::civil::{Time, date};
use obzvon::domain::utterance::Case;
use obzvon::domain::{Currency, Language, Money, Part, PhoneNumber, Utterance};
use obzvon::ivr::{self, Flow, Policy};
use obzvon::speech::sound::measure;
use obzvon::speech::{self, ClipId, Pack};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use crate::words;

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn folder(language: Language) -> PathBuf {
    top().join("prompts").join(language.code())
}

fn pack(language: Language) -> Pack {
    let manifest = std::fs::read_to_string(folder(language).join("pack.toml")).expect("a manifest");
    Pack::parse(&manifest).expect("a pack")
}

fn samples(language: Language, clip: &ClipId) -> Vec<i16> {
    let file = folder(language).join(format!("{clip}.wav"));
    let mut wav = WavReader::open(&file).unwrap_or_else(|fault| panic!("{}: {fault}", file.display()));
    let spec = wav.spec();
    assert_eq!((spec.sample_rate, spec.channels, spec.bits_per_sample), (8000, 1, 16), "{clip}");
    wav.samples::<i16>().collect::<Result<_, _>>().expect("samples")
}

fn clips(language: Language, pack: &Pack, parts: Vec<Part>) -> Vec<ClipId> {
    let utterance = Utterance { language, parts };
    match speech::speak(&utterance, pack) {
        Ok(spoken) => spoken.clips,
        Err(fault) => panic!("{fault:?} in {:?}", speech::text(&utterance)),
    }
}

#[test]
fn every_fixed_text_of_every_flow_is_recorded() {
    let mut flows = 0;
    for entry in std::fs::read_dir(top().join("config/flows")).expect("the flows") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a flow");
        let file = ivr::read(&text).expect("a flow file");
        let flow = Flow::check(&file, &Policy::default(), &BTreeSet::new()).expect("a sound flow");
        for (language, text) in ivr::fixed_texts(&flow) {
            clips(language, &pack(language), vec![words(&text)]);
        }
        flows += 1;
    }
    assert!(flows > 0);
}

#[test]
fn random_sums_dates_times_and_numbers_never_lack_a_clip() {
    let mut random = Pcg64::seed_from_u64(4);
    for language in [Language::Ru, Language::En] {
        let pack = pack(language);
        for _ in 0..3000 {
            let digits = random.random_range(1..=11);
            let minor = random.random_range(0..10_i64.pow(digits));
            let currency = Currency::ALL[random.random_range(0..4)];
            let case = [Case::Nominative, Case::Accusative, Case::Genitive][random.random_range(0..3)];
            let day = date(1995, 1, 1).checked_add(random.random_range(0..18_000).days()).expect("a day");
            let number = format!("+7{}", random.random_range(2_000_000_000_u64..9_999_999_999));
            let time = Time::constant(random.random_range(0..24), random.random_range(0..60), 0, 0);
            let parts = vec![
                Part::Money { amount: Money::new(minor, currency), case },
                words("."),
                Part::Date { date: day, case, with_year: random.random() },
                words("."),
                Part::Phone(PhoneNumber::parse(&number).expect("E.164")),
                words("."),
                Part::Time(time),
            ];
            assert!(clips(language, &pack, parts).len() > 6);
        }
    }
}

#[test]
fn the_demo_creditors_have_a_voice() {
    for language in [Language::Ru, Language::En] {
        for creditor in ["«Ромашка Телеком»", "«Северный Банк»", "«Энергосбыт»"]
        {
            clips(language, &pack(language), vec![words(creditor), words(".")]);
        }
    }
}

#[test]
fn the_text_and_the_sound_are_made_from_the_same_words() {
    let manifest = std::fs::read_to_string(folder(Language::Ru).join("pack.toml")).expect("a manifest");
    let manifest: toml::Table = manifest.parse().expect("TOML");
    let words_of = |clip: &ClipId| {
        let tables = ["mid", "end"].iter().filter_map(|table| manifest[*table].get(clip.as_str()));
        tables.filter_map(|words| words.as_str()).map(speech::plain).collect::<String>()
    };
    for minor in (0..10_000_000).step_by(77_777) {
        let amount = Money::new(minor, Currency::Rub);
        let parts = vec![Part::Money { amount, case: Case::Nominative }];
        let utterance = Utterance { language: Language::Ru, parts };
        let spoken = speech::speak(&utterance, &pack(Language::Ru)).expect("clips");
        let heard: Vec<_> = spoken.clips.iter().map(words_of).collect();
        assert_eq!(heard.join(" "), spoken.text);
    }
}

#[test]
fn no_clip_is_clipped_and_no_joint_clicks() {
    for language in [Language::Ru, Language::En] {
        for clip in pack(language).ids() {
            let samples = samples(language, clip);
            let peak = samples.iter().map(|s| s.unsigned_abs()).max().unwrap_or(0);
            assert!(peak < 30_000, "{clip}: peak {peak}");
            // A joint is the last sample of one clip and the first of the next: both near zero, no jump.
            for edge in [samples.first(), samples.last()].into_iter().flatten() {
                assert!(edge.unsigned_abs() < 64, "{clip}: {edge}");
            }
        }
    }
}

#[test]
fn all_clips_are_of_one_loudness() {
    for language in [Language::Ru, Language::En] {
        let mut levels: Vec<(f64, String)> = Vec::new();
        for clip in pack(language).ids() {
            let samples = samples(language, clip);
            if let Some(level) = loudest_level(&samples) {
                levels.push((level, clip.to_string()));
            }
        }
        levels.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (quietest, loudest) = (&levels[0], &levels[levels.len() - 1]);
        assert!(loudest.0 - quietest.0 < 12.0, "{quietest:?} to {loudest:?}");
        let (low, high) = (levels[levels.len() / 20].0, levels[levels.len() * 19 / 20].0);
        assert!(high - low < 7.0, "nine in ten clips are between {low:.1} and {high:.1} dBov");
    }
}

#[test]
fn clips_begin_and_end_with_the_voice_and_hold_no_hum() {
    for language in [Language::Ru, Language::En] {
        let (mut longest, mut most) = (0, 0.0_f64);
        for clip in pack(language).ids().filter(|clip| !clip.as_str().starts_with("pause-")) {
            let samples = samples(language, clip);
            let (before, after) = measure(&samples).silence_ms;
            longest = longest.max(before).max(after);
            assert!(before.max(after) <= 60, "{clip}: silence {before} ms before, {after} ms after");
            let low = low_share(&samples);
            most = most.max(low);
            assert!(low < 0.02, "{clip}: {:.1} % of its power is below 100 Hz", low * 100.0);
        }
        println!(
            "{}: at most {longest} ms of silence, {:.2} % of power below 100 Hz",
            language.code(),
            most * 100.0
        );
    }
}

/// The share of the power that is left by two running means of 10 ms, which cut off from about 50 Hz on.
fn low_share(samples: &[i16]) -> f64 {
    let smooth = |samples: &[f64]| -> Vec<f64> {
        samples.windows(80).map(|window| window.iter().sum::<f64>() / 80.0).collect()
    };
    let power = |samples: &[f64]| samples.iter().map(|s| s * s).sum::<f64>() / samples.len().max(1) as f64;
    let samples: Vec<f64> = samples.iter().map(|s| f64::from(*s)).collect();
    power(&smooth(&smooth(&samples))) / power(&samples).max(1.0)
}

/// The level of the louder half of the 20 ms frames, dB below full scale; none for silence. Simpler than the P.56 that
/// levelled the clips, and so a check of it.
fn loudest_level(samples: &[i16]) -> Option<f64> {
    let power = |frame: &[i16]| frame.iter().map(|s| (f64::from(*s) / 32768.0).powi(2)).sum::<f64>() / 160.0;
    let mut frames: Vec<f64> = samples.chunks_exact(160).map(power).collect();
    frames.sort_by(f64::total_cmp);
    let louder = &frames[frames.len() / 2..];
    let mean = louder.iter().sum::<f64>() / louder.len().max(1) as f64;
    (mean > 0.0).then(|| 10.0 * mean.log10())
}
