//! Proof through the real commands: a day that the daemon made is verified, replayed and laid open, and one flipped bit
//! in the database's file is found and named.
#![allow(clippy::disallowed_methods, reason = "a test of a running program waits by the clock")]

mod house;
mod sipp_harness;

use std::io::Read;
use std::time::{Duration, Instant};

use house::{House, config};
use serde_json::Value;
use sipp_harness::Sipp;

const PEOPLE: u32 = 30;

/// A house whose daemon has dialled everybody once, and everybody was busy.
async fn house_with_a_day() -> House {
    let sipp = Sipp::start(
        "refuse",
        &["-m", "1000", "-set", "status", "486 Busy Here", "-set", "header", "X-Busy: 1"],
    )
    .await;
    let house = House::new(config(sipp.addr));
    house.write("config/limits.toml", LIMITS);
    house.import(PEOPLE);
    let daemon = house.start();
    let patience = Instant::now() + Duration::from_secs(120);
    while house.count(&["queued", "in_flight"]) > 0 {
        assert!(Instant::now() < patience, "contacts are left over: {:?}", house.states());
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    daemon.stop();
    house
}

/// The answer of an `audit` command, and its exit code.
fn audit(house: &House, args: &[&str]) -> (Value, Option<i32>) {
    let output = house.try_run(&[&["audit"], args, &["--json"]].concat());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    (serde_json::from_str(&text).unwrap_or_else(|_| panic!("{args:?}: {text}{errors}")), output.status.code())
}

/// Puts a copy in the database's place, so that every record lies in the file once.
fn compact(house: &House) {
    let (copy, database) = (house.path("copy.db"), house.path("data/obzvon.db"));
    house.run(&["db", "backup", copy.to_str().expect("UTF-8")]);
    for log in ["data/obzvon.db-wal", "data/obzvon.db-shm"] {
        std::fs::remove_file(house.path(log)).ok();
    }
    std::fs::rename(copy, database).expect("a file of our own");
}

/// Runs a statement as an intruder would, past the program.
fn raw(house: &House, sql: &str) {
    let conn = rusqlite::Connection::open(house.path("data/obzvon.db")).expect("the database");
    conn.execute_batch(sql).expect("forged");
}

/// Flips the lowest bit of one byte of the database's file.
fn flip(house: &House, at: usize) {
    let path = house.path("data/obzvon.db");
    let mut bytes = std::fs::read(&path).expect("the database");
    bytes[at] ^= 1;
    std::fs::write(&path, bytes).expect("the database");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_proved_and_a_flipped_bit_is_named() {
    let house = house_with_a_day().await;

    let (whole, code) = audit(&house, &["verify"]);
    assert_eq!(
        (code, &whole["stands"], whole["records"].as_u64()),
        (Some(0), &Value::Bool(true), Some(PEOPLE.into())),
        "{whole}"
    );
    let (again, code) = audit(&house, &["replay"]);
    assert_eq!((code, &again["differing"]), (Some(0), &Value::from(0)), "{again}");
    assert_eq!((&again["decisions"], &again["reproduced"]), (&Value::from(PEOPLE), &Value::from(PEOPLE)));
    let backwards = ["audit", "replay", "--from", "2026-02-01T00:00:00Z", "--to", "2026-01-01T00:00:00Z"];
    assert_eq!(house.try_run(&backwards).status.code(), Some(1), "a period that ends before it begins");
    let (none, _) = audit(&house, &["replay", "--to", "2026-01-01T00:00:00Z"]);
    assert_eq!(none["decisions"], 0);
    assert!(house.run(&["audit", "verify", "--lang", "ru"]).contains("цело: записей 30"));

    compact(&house);
    let bytes = std::fs::read(house.path("data/obzvon.db")).expect("the database");
    let (before, after) = (br#"{"node":""#, br#"test","contact":"#);
    let record = [&before[..], after].concat();
    let start =
        bytes.windows(record.len()).rposition(|part| part == record).expect("a record lies in the file");
    flip(&house, start + before.len());
    let contact = bytes[start + record.len()..].iter().take_while(|byte| byte.is_ascii_digit());
    let contact: String = contact.map(|&byte| char::from(byte)).collect();
    let contact: i64 = contact.parse().expect("a number");
    let attempts = house.attempts();
    let dialled = attempts.iter().find(|attempt| attempt["contact"] == contact).expect("it was dialled");

    let (broken, code) = audit(&house, &["verify"]);
    assert_eq!((code, &broken["stands"]), (Some(1), &Value::Bool(false)));
    let chains = broken["chains"].as_array().expect("chains").iter();
    let found: Vec<_> = chains.flat_map(|chain| chain["broken"].as_array().expect("a list")).collect();
    assert_eq!(found.len(), 1, "{broken}");
    assert_eq!((&found[0]["wrong"], &found[0]["decision"]), (&Value::from("record"), &dialled["decision"]));
    let told = String::from_utf8(house.try_run(&["audit", "verify", "--lang", "en"]).stdout).expect("UTF-8");
    assert!(told.starts_with(&format!("decision {} ", dialled["decision"])), "{told}");
    flip(&house, start + before.len());
    assert_eq!(audit(&house, &["verify"]).1, Some(0), "as it was");

    let forged = r#"UPDATE decision SET record = replace(record, '"limit":1', '"limit":2') WHERE id = 7"#;
    raw(&house, &format!("DROP TRIGGER decision_is_never_changed; {forged}"));
    let (again, code) = audit(&house, &["replay"]);
    assert_eq!(
        (code, &again["differing"], &again["reproduced"]),
        (Some(1), &Value::from(1), &Value::from(PEOPLE - 1))
    );
    assert_eq!(
        (&again["named"][0]["decision"], &again["named"][0]["what"]),
        (&Value::from(7), &Value::from("differs"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn roots_kept_apart_tell_of_a_day_that_was_written_anew() {
    let house = house_with_a_day().await;
    let (days, code) = audit(&house, &["root"]);
    assert_eq!((code, days), (Some(0), Value::Array(Vec::new())), "today is not over");
    house.write("apart.txt", &format!("2026-01-01 {}\n", "0".repeat(64)));
    let apart = house.path("apart.txt");
    let (answer, code) = audit(&house, &["verify", "--roots", apart.to_str().expect("UTF-8")]);
    assert_eq!(
        (code, &answer["roots_kept_apart_that_do_not_fit"][0]["day"]),
        (Some(1), &Value::from("2026-01-01"))
    );
    house.write("apart.txt", "");
    let empty =
        house.try_run(&["audit", "verify", "--lang", "en", "--roots", apart.to_str().expect("UTF-8")]);
    assert_eq!(empty.status.code(), Some(1), "nothing to compare with");
    assert!(String::from_utf8_lossy(&empty.stderr).contains("has no root in it"), "{empty:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_whole_file_is_one_archive_with_a_page_in_two_languages() {
    let house = house_with_a_day().await;
    house.run(&["hold", "add", "p7", "bankruptcy", "--evidence", "<script>act 5</script>"]);
    let out = house.path("p7.zip");
    let out = out.to_str().expect("UTF-8");
    house.run(&["audit", "person", "p7", "--out", out]);
    let mut archive =
        zip::ZipArchive::new(std::fs::File::open(out).expect("the archive")).expect("an archive");
    let mut read = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).expect(name).read_to_string(&mut text).expect("UTF-8");
        text
    };

    let page = read("index.html");
    for told in [
        "Дело p7 · File of p7",
        "Звонить сейчас можно.",
        "A call is allowed now.",
        "исключение / exception: ru.call.week",
        "занято / busy",
        "INVITE ",
        "486",
        "bankruptcy",
        "&lt;script&gt;act 5",
        "flow: reminder_overdue",
        "audit person",
    ] {
        assert!(page.contains(told), "{told} is not on the page");
    }
    assert!(!page.contains("<script"), "a note became markup");
    let decision: Value =
        serde_json::from_str(read("decisions.jsonl").lines().next().expect("one")).expect("JSON");
    let record: Value = serde_json::from_str(decision["record"].as_str().expect("a text")).expect("JSON");
    assert_eq!(
        (&decision["fits"], &record["decision"]["overridden"][0]),
        (&Value::Bool(true), &Value::from("ru.call.week"))
    );
    let rules = read(&format!("rules/{}.json", record["rules"].as_str().expect("a hash")));
    assert!(rules.contains("ru.call.week"));
    let attempt: Value =
        serde_json::from_str(read("attempts.jsonl").lines().next().expect("one")).expect("JSON");
    let campaign =
        format!("config/{}/campaigns/reminders.toml", attempt["config_version"].as_str().expect("a version"));
    assert!(read(&campaign).contains("reminder_overdue"));
    assert!(read("SHA256SUMS").lines().count() > 10);
    assert!(!read("index.html").contains("+79990000008"), "nobody else's number");

    let again = house.try_run(&["audit", "person", "p7", "--out", out]);
    assert_eq!(again.status.code(), Some(1), "an archive is never overwritten");

    // An intruder who makes a busy line of it something else, and takes a hold away.
    let attempt = &attempt["attempt"];
    let forged = format!(
        "PRAGMA foreign_keys = OFF; UPDATE attempt SET outcome = 'no_answer' WHERE id = {attempt}; DELETE FROM hold; \
         UPDATE kept_version SET hash = (SELECT hash FROM kept_version WHERE file = 'limits.toml') \
         WHERE file LIKE 'flows/%'"
    );
    raw(&house, &forged);
    let out = house.path("again.zip");
    let out = out.to_str().expect("UTF-8");
    let told = house.try_run(&["audit", "person", "p7", "--lang", "en", "--out", out]);
    let errors = String::from_utf8_lossy(&told.stderr).into_owned();
    assert_eq!(told.status.code(), Some(1), "{errors}");
    let mut archive =
        zip::ZipArchive::new(std::fs::File::open(out).expect("the archive")).expect("an archive");
    let mut page = String::new();
    archive.by_name("index.html").expect("a page").read_to_string(&mut page).expect("UTF-8");
    for told in [format!("call {attempt} ("), "hold 1 (".to_owned(), "flows/".to_owned()] {
        assert!(errors.contains(&told) && page.contains(&told), "{told}: {errors}");
    }
    assert!(page.contains("ВНИМАНИЕ: записи изменены") && page.contains(&format!("звонок {attempt} (")));
}

#[test]
fn a_house_without_a_database_has_nothing_to_prove_and_gets_none() {
    let house = House::new(config(std::net::SocketAddr::from(([127, 0, 0, 1], 5060))));
    for args in [&["audit", "verify"][..], &["audit", "replay"], &["audit", "root"]] {
        let told = house.try_run(&[args, &["--lang", "en"]].concat());
        assert_eq!(told.status.code(), Some(1), "{told:?}");
        assert!(String::from_utf8_lossy(&told.stderr).contains("there is no database"), "{told:?}");
    }
    assert!(!house.path("data/obzvon.db").exists(), "a proof makes nothing");
    house.import(1);
    let told = house.run(&["audit", "verify", "--lang", "en"]);
    assert!(told.contains("no day's root is kept apart") && told.contains("whole: records 0"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_names_who_shares_his_numbers_and_which_kept_text_was_changed() {
    let house = house_with_a_day().await;
    raw(
        &house,
        "INSERT INTO phone (person_id, e164, rank) SELECT p.id, '+79990000007', 9 FROM person p WHERE p.external_id = 'p8'",
    );
    raw(&house, "INSERT INTO creditor (name) VALUES ('Secret Bank')");
    let call = ["event", "add", "p8", "conversation", "--id", "crm-1", "--phone", "+79990000007"];
    house.run(&[&call[..], &["--creditor", "Secret Bank"]].concat());
    raw(
        &house,
        "UPDATE kept_text SET body = body || '# forged' WHERE hash IN \
         (SELECT hash FROM kept_version WHERE file = 'flows/reminder_overdue.yaml')",
    );
    let out = house.path("p7.zip");
    let told = house.try_run(&["audit", "person", "p7", "--out", out.to_str().expect("UTF-8")]);
    assert_eq!(told.status.code(), Some(1), "a changed text is no proof: {told:?}");
    let mut archive =
        zip::ZipArchive::new(std::fs::File::open(out).expect("the archive")).expect("an archive");
    let mut read = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).expect(name).read_to_string(&mut text).expect("UTF-8");
        text
    };
    let shared: Value = serde_json::from_str(&read("shared_phones.json")).expect("JSON");
    assert_eq!(shared["ids"], serde_json::json!([{ "person": "p8", "phone": "+79990000007" }]));
    assert_eq!(
        (&shared["on_them"][0]["person"], &shared["on_them"][0]["kind"]),
        (&"p8".into(), &"conversation".into())
    );
    assert_eq!(shared["on_them"].as_array().map(Vec::len), Some(1), "{shared}");
    let changed: Vec<String> = serde_json::from_str(&read("changed_texts.json")).expect("JSON");
    assert!(changed.len() == 1 && changed[0].ends_with("/flows/reminder_overdue.yaml"), "{changed:?}");
    let page = read("index.html");
    assert!(page.contains("ATTENTION: texts were changed") && page.contains(&changed[0]));
    assert!(!page.contains("Secret Bank"), "what was spoken of with another is not of this file");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_other_rules_would_change_is_told_before_they_are_applied() {
    let house = house_with_a_day().await;
    house.write("quiet.toml", QUIET);
    let quiet = house.path("quiet.toml");
    let quiet = quiet.to_str().expect("UTF-8");
    let answer: Value =
        serde_json::from_str(&house.run(&["rules", "what-if", quiet, "--days", "1", "--json"]))
            .expect("JSON");
    let ratio = |key: &str| (answer[key]["numerator"].as_u64(), answer[key]["denominator"].as_u64());
    let (none, all) = (Some(0), Some(u64::from(PEOPLE)));
    assert_eq!(
        (ratio("not_allowed"), &answer["not_allowed_by_rule"]["house.never"]),
        ((all, all), &Value::from(PEOPLE))
    );
    assert_eq!(
        (ratio("never_reachable"), ratio("never_reachable_now")),
        ((all, all), (none, all)),
        "{answer}"
    );
    let text = house.run(&["rules", "what-if", "ru-230fz", "--lang", "ru"]);
    assert!(text.contains("звонков не было бы") && text.contains("0/30 = 0,0 %"), "{text}");
    assert!(text.contains("ближайший звонок позже"), "{text}");
    house.write("loose.toml", "[[tighten]]\nid = \"ru.call.week\"\nlimit = 9\n");
    let loose = house.path("loose.toml");
    let refused = house.try_run(&["rules", "what-if", loose.to_str().expect("UTF-8")]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("limits loosen ru.call.week"), "{refused:?}");
    assert_eq!(refused.status.code(), Some(1));
}

/// Nobody is called any more.
const QUIET: &str = r#"
[[rule]]
id = "house.never"
type = "cap"
channels = ["call"]
count = ["conversation"]
limit = 0
window = "lifetime"
"#;

/// An exception that stands in every decision.
const LIMITS: &str = r#"
[[override]]
rule = "ru.call.week"
limit = 3
evidence = "agreement 17"
approved_on = "2026-11-01"
expires = "2027-10-01T00:00:00Z"
approved_by = "head"
second_approver = "counsel"
"#;
