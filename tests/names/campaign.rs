//! `campaign prepare`, `campaign start` and `prompts sweep`, as those who run them meet them.

use std::net::SocketAddr;

use crate::house::{CANARY, House, config, tone};

const NOWHERE: ([u8; 4], u16) = ([127, 0, 0, 1], 9);

/// A house whose Russian engine is this shell script.
fn house(script: &str) -> House {
    let command: Vec<toml::Value> = ["sh", "-c", script].map(toml::Value::from).to_vec();
    let config = config(SocketAddr::from(NOWHERE)).set("prompts.toml", "engine.ru.command", command).set(
        "prompts.toml",
        "engine.ru.time_limit_s",
        2,
    );
    House::new(config)
}

/// Imports people with these names and fills the campaign.
fn fill(house: &House, names: &[&str]) {
    let mut csv = "external_id;person_id;name;phone;time_zone;debtor_type;creditor;amount;due\n".to_owned();
    for (n, name) in names.iter().enumerate() {
        csv +=
            &format!("d{n};p{n};{name};+7999000000{n};Etc/GMT;forgetful;Северный Банк;1000,37;2026-01-15\n");
    }
    house.write("names.csv", &csv);
    house.run(&["import", house.path("names.csv").to_str().expect("UTF-8")]);
    house.run(&["campaign", "fill", "reminders"]);
}

/// The file names in the cache.
fn kept(house: &House) -> Vec<String> {
    let entries = std::fs::read_dir(house.path("data/names")).into_iter().flatten();
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.expect("an entry").file_name();
    entries.map(|entry| name(entry).into_string().expect("UTF-8")).collect()
}

#[test]
fn every_name_that_can_be_read_is_said_once_and_swept_when_the_campaign_is_stopped() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let wav = scratch.path().join("tone.wav");
    tone(&wav, 440.0);
    let house = house(&format!("cat {}", wav.display()));
    fill(&house, &[CANARY, "Примерова Мария", "ПРИМЕРОВА  МАРИЯ", "Образцов И. П.", "John Smith"]);
    let said = house.run(&["campaign", "prepare", "reminders", "--lang", "en"]);
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines[0], "names, ru: said now 4, there before 0", "two names, two sentences each");
    assert!(lines.len() == 2 && lines[1].starts_with("identity = \"number\""), "{said}");
    let again = house.run(&["campaign", "prepare", "reminders", "--lang", "ru"]);
    assert_eq!(again.lines().next(), Some("имена, ru: озвучено 0, было готово 4"));
    let files = kept(&house);
    assert!(files.len() == 4 && files.iter().all(|file| file.len() == "name-.wav".len() + 32), "{files:?}");
    assert_eq!(house.run(&["prompts", "sweep", "--lang", "en"]), "sentences with names: kept 4, deleted 0\n");
    house.run(&["campaign", "start", "reminders"]);
    house.run(&["campaign", "stop", "reminders"]);
    assert_eq!(house.run(&["prompts", "sweep", "--lang", "en"]), "sentences with names: kept 0, deleted 4\n");
    assert!(kept(&house).is_empty());
}

#[test]
fn a_sentence_of_minutes_is_not_kept_and_the_length_is_told() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let (wav, head) = (scratch.path().join("tone.wav"), scratch.path().join("long.wav"));
    tone(&wav, 440.0);
    // The second of a tone, over and over.
    let spec = hound::WavReader::open(&wav).expect("a tone").spec();
    let mut long = hound::WavWriter::create(&head, spec).expect("a file of our own");
    for _ in 0..12 {
        for sample in hound::WavReader::open(&wav).expect("a tone").into_samples::<i16>() {
            long.write_sample(sample.expect("a sample")).expect("room on the disk");
        }
    }
    long.finalize().expect("room on the disk");
    let house = house(&format!("cat {}", head.display()));
    fill(&house, &[CANARY]);
    let said = house.try_run(&["campaign", "prepare", "reminders", "--lang", "en"]);
    let told = String::from_utf8(said.stdout).expect("UTF-8");
    assert!(
        told.contains("failed 2") && told.contains("made a sentence of 12s: one longer than 8s"),
        "{told}"
    );
    assert!(kept(&house).is_empty());
}

#[test]
fn to_prepare_a_campaign_that_was_never_filled_says_to_fill_it() {
    let house = house("exit 1");
    let refused = house.try_run(&["campaign", "prepare", "reminders", "--lang", "en"]);
    let said = String::from_utf8(refused.stderr).expect("UTF-8");
    assert!(!refused.status.success() && said.contains("first obzvon campaign fill reminders"), "{said}");
}

#[test]
fn an_engine_that_fails_is_told_without_a_name_and_the_campaign_starts_all_the_same() {
    let house = house("cat >&2; exit 3");
    fill(&house, &[CANARY]);
    let failed = house.try_run(&["campaign", "prepare", "reminders", "--lang", "en"]);
    assert_eq!(failed.status.code(), Some(1));
    let said = String::from_utf8(failed.stdout).expect("UTF-8");
    assert!(
        said.contains("said now 0") && said.contains("failed 2") && said.contains("exit status: 3"),
        "{said}"
    );
    assert!(!said.contains("Канарейкин"));
    let started = house.run(&["campaign", "start", "reminders", "--lang", "en"]);
    assert!(started.contains("failed 2") && started.contains("reminders: running"), "{started}");
    assert!(kept(&house).is_empty());
}

#[test]
fn check_has_the_engine_say_a_sentence() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let wav = scratch.path().join("tone.wav");
    tone(&wav, 440.0);
    let sound = house(&format!("cat {}", wav.display())).run(&["check", "--lang", "en"]);
    assert!(sound.contains("speech engine ru: speaks, "), "{sound}");
    let house = house("sleep 600");
    let hangs = house.run(&["check", "--lang", "en"]);
    assert!(hangs.contains("warning: speech engine ru: the engine said nothing within 2s"), "{hangs}");
    let json: serde_json::Value = serde_json::from_str(&house.run(&["check", "--json"])).expect("JSON");
    assert_eq!((&json["sound"], &json["engines"][0]["speaks"]), (&true.into(), &false.into()));
}
