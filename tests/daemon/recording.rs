//! The recording of a call: stereo A-law, the debtor left, we right.

use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::civil::date;
use obzvon::demo::carrier::persona::{Persona, dice};
use obzvon::demo::carrier::script::Step;
use obzvon::demo::carrier::sound::synth::Sound;
use obzvon::domain::Codec;
use obzvon::media::g711;

use crate::house::{House, REMINDERS, config, until_within};
use crate::{carrier, talked};

#[tokio::test(flavor = "multi_thread")]
async fn both_sides_of_a_talk_are_in_its_file_and_another_program_plays_it() {
    let mut story = Persona::PaysByLink.script(&mut dice(1, "1", 0), date(2026, 2, 3)).steps;
    // He speaks after his first key, too: the greeting is before the notice of the recording, and is not recorded.
    let key = story.iter().position(|step| matches!(step, Step::Press(_))).expect("a key");
    story.insert(key + 1, Step::Play(Sound::Hello));
    let carrier = carrier(story).await;
    let house = House::new(config(carrier.addr()).set(REMINDERS, "record", true));
    house.import(1);
    let daemon = house.start();
    until_within(120, "the talk is over", || talked(&carrier) == 1);
    daemon.stop();

    let attempts = house.attempts();
    let attempt = attempts[0]["attempt"].as_i64().expect("an id");
    let file = only_file(&house.path("data/recordings"));
    assert_eq!(file.file_name().expect("a name").to_str(), Some(&*format!("{attempt}.wav")));
    let bytes = std::fs::read(&file).expect("the recording");
    let word = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
    let (a_law, channels, rate) = (word(20), word(22), word(24));
    assert_eq!((a_law, channels, rate), (6, 2, 8000));
    let data = bytes.windows(4).position(|four| four == b"data").expect("a data chunk") + 8;
    let told = u32::from_le_bytes(bytes[data - 4..data].try_into().expect("four bytes"));
    assert_eq!(told as usize, bytes.len() - data, "the header tells the whole length");
    let loud = |side: usize| {
        let samples = bytes[data + side..].iter().step_by(2).map(|&byte| g711::decode(Codec::Pcma, byte));
        samples.filter(|sample| sample.unsigned_abs() > 500).count()
    };
    println!("{} s, loud samples: debtor {}, us {}", told / 16_000, loud(0), loud(1));
    assert!(loud(0) > 1000, "he is not heard");
    assert!(loud(1) > 8000, "we are not heard");

    let id = attempt.to_string();
    assert!(house.run(&["recording", "verify"]).contains("whole: 1, not: 0"), "its checksum was kept");
    let copy = house.path("copy.wav");
    let out = copy.to_str().expect("UTF-8");
    house.run(&["recording", "listen", &id, "--out", out, "--why", "complaint 7"]);
    assert_eq!(std::fs::read(&copy).expect("a copy"), bytes);
    house.run(&["recording", "hold", &id, "--why", "a claim"]);

    let sox = Command::new("sox").arg(&file).args(["-n", "stat"]).output();
    let sox = sox.expect("sox is needed for this test: run scripts/test, which installs it");
    assert!(sox.status.success(), "{}", String::from_utf8_lossy(&sox.stderr));
    std::fs::write(&file, &bytes[..bytes.len() - 1]).expect("a file of our own");
    assert!(!house.try_run(&["recording", "verify"]).status.success(), "it was cut short");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_that_does_not_record_leaves_no_file() {
    let story = Persona::PaysByLink.script(&mut dice(1, "1", 0), date(2026, 2, 3));
    let carrier = carrier(story.steps).await;
    let house = House::new(config(carrier.addr()));
    house.import(1);
    let daemon = house.start();
    until_within(120, "the talk is over", || talked(&carrier) == 1);
    daemon.stop();
    assert!(!house.path("data/recordings").exists());
}

/// The one file below a folder.
fn only_file(folder: &Path) -> PathBuf {
    let mut at = folder.to_owned();
    while at.is_dir() {
        let entries: Vec<_> =
            std::fs::read_dir(&at).expect("a folder").map(|e| e.expect("an entry")).collect();
        assert_eq!(entries.len(), 1, "{}: {entries:?}", at.display());
        at = entries[0].path();
    }
    at
}
