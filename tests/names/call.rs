//! A call in which the debtor is called by his name, and one in which he is not.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::civil::date;
use obzvon::demo::carrier::script::{Script, Step};
use obzvon::demo::carrier::{Carrier, CarrierPlan, Casting};
use obzvon::domain::Codec;
use obzvon::media::g711;

use crate::house::{House, REMINDERS, config, tone, until_within};

/// The engine's voice: a tone that no recorded clip has for long.
const VOICE_HZ: f64 = 1000.0;

/// Tenths of a second in which our side of the call's recording is the engine's voice.
async fn tenths_of_the_engine(with_engine: bool, identity: &str) -> usize {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let wav = scratch.path().join("tone.wav");
    tone(&wav, VOICE_HZ);
    let mut plan = CarrierPlan::new(1, date(2026, 2, 3));
    let story = [Step::Answer, Step::Listen(Duration::from_secs(12)), Step::HangUp];
    plan.casting = Casting::Always(Script::new("everybody", story.to_vec()));
    let carrier = Carrier::start(plan).await.expect("a free port");
    let mut config =
        config(carrier.addr()).set(REMINDERS, "record", true).set(REMINDERS, "identity", identity);
    if with_engine {
        let script = format!("cat {}", wav.display());
        let command: Vec<toml::Value> = ["sh", "-c", &script].map(toml::Value::from).to_vec();
        config = config.set("prompts.toml", "engine.ru.command", command);
    }
    let house = House::new(config);
    house.import(1);
    let daemon = house.start();
    let over = || carrier.calls().iter().any(|call| call.ending.is_some() && call.answered.is_some());
    until_within(120, "the talk is over", over);
    daemon.stop();
    let ours = our_side(&only_file(&house.path("data/recordings")));
    ours.chunks_exact(800).filter(|tenth| is_tone(tenth)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sentence_with_the_name_is_heard_in_the_engines_voice() {
    let tenths = tenths_of_the_engine(true, "name").await;
    // A second of the tone, its ends in tenths that are not all of it.
    assert!((8..=10).contains(&tenths), "{tenths} tenths of a second");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_engine_the_wording_without_the_name_is_heard() {
    assert_eq!(tenths_of_the_engine(false, "number").await, 0);
}

/// Whether next to all of a tenth of a second is the tone (Goertzel).
fn is_tone(samples: &[i16]) -> bool {
    let w = VOICE_HZ / 8000.0 * std::f64::consts::TAU;
    let (mut re, mut im, mut all) = (0.0, 0.0, 0.0);
    for (n, sample) in samples.iter().enumerate() {
        let (x, angle) = (f64::from(*sample), w * n as f64);
        re += x * angle.cos();
        im += x * angle.sin();
        all += x * x;
    }
    let share = 2.0 * (re * re + im * im) / samples.len() as f64 / f64::max(all, 1.0);
    all / samples.len() as f64 > 10_000.0 && share > 0.9
}

/// What we said, of the stereo A-law recording.
fn our_side(file: &Path) -> Vec<i16> {
    let bytes = std::fs::read(file).expect("the recording");
    let data = bytes.windows(4).position(|four| four == b"data").expect("a data chunk") + 8;
    bytes[data + 1..].iter().step_by(2).map(|&byte| g711::decode(Codec::Pcma, byte)).collect()
}

/// The one file below a folder.
fn only_file(folder: &Path) -> PathBuf {
    let mut at = folder.to_owned();
    while at.is_dir() {
        let mut entries = std::fs::read_dir(&at).expect("a folder");
        at = entries.next().expect("a file").expect("an entry").path();
        assert!(entries.next().is_none(), "more than one recording");
    }
    at
}
