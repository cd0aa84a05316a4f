//! `obzvon import` from end to end: the program, the shipped configuration, a SQLite of its own.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

/// The shipped configuration in a folder of its own, so that its data folder is there too.
fn house() -> TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    copy(Path::new("config"), &dir.path().join("config"));
    dir
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// Runs `obzvon import` on a list with this text; its answer and whether it ended with 0.
fn import(house: &TempDir, list: &str, arguments: &[&str]) -> (Value, bool) {
    let file = house.path().join("list.csv");
    fs::write(&file, list).expect("a list");
    let output = Command::new(env!("CARGO_BIN_EXE_obzvon"))
        .arg("import")
        .arg(&file)
        .args(["--json", "--lang", "en", "--config"])
        .arg(house.path().join("config"))
        .args(arguments)
        .env("OBZVON__PROMPTS__DIR", Path::new("prompts").canonicalize().expect("the prompts"))
        .output()
        .expect("the program runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let answer = serde_json::from_str(&text)
        .unwrap_or_else(|_| panic!("no JSON: {text}{}", String::from_utf8_lossy(&output.stderr)));
    (answer, output.status.success())
}

const HEADER: &str = "id;phone;name;amount;due;creditor;type\n";
const FIRST: &str = "A-1;89990000001;Образцова Мария;100,00;31.12.2026;Северный Банк;forgetful\n";
const SECOND: &str = "A-2;89990000002;Примеров Пётр;200,00;31.12.2026;Северный Банк;forgetful\n";

fn upserted(answer: &Value) -> [u64; 3] {
    ["new", "changed", "unchanged"].map(|what| answer["upserted"][what].as_u64().expect("a count"))
}

#[test]
fn a_list_read_twice_changes_nothing_the_second_time() {
    let house = house();
    let list = format!("{HEADER}{FIRST}{SECOND}");
    let (answer, fine) = import(&house, &list, &[]);
    assert!(fine, "{answer}");
    assert_eq!(upserted(&answer), [2, 0, 0]);
    assert_eq!(upserted(&import(&house, &list, &[]).0), [0, 0, 2]);
    assert_eq!(upserted(&import(&house, &list.replace("200,00", "150,00"), &[]).0), [0, 1, 1]);
}

#[test]
fn a_dry_run_counts_and_keeps_nothing() {
    let house = house();
    let list = format!("{HEADER}{FIRST}{FIRST}A-3;нет;;0;;;\n");
    let (answer, fine) = import(&house, &list, &["--dry-run"]);
    assert!(fine, "{answer}");
    let counts = json!({ "rows": 3, "sound": 1, "duplicate": 1, "rejected": 1, "phones_left_out": 0 });
    assert_eq!(answer["counts"], counts);
    assert_eq!(upserted(&answer), [1, 0, 0]);
    assert!(!house.path().join("data/obzvon.db").exists());
    let rejected = fs::read_to_string(house.path().join("list.csv.rejected.csv")).expect("rejected rows");
    assert!(rejected.contains("phone_unreadable: no telephone number that can be dialled"), "{rejected}");
}

#[test]
fn a_dry_run_tells_new_changed_and_unchanged_apart() {
    let house = house();
    import(&house, &format!("{HEADER}{FIRST}{SECOND}"), &[]);
    let third = FIRST.replace("A-1", "A-3").replace("0001", "0003");
    let list = format!("{HEADER}{FIRST}{}{third}", SECOND.replace("200,00", "150,00"));
    for _ in 0..2 {
        assert_eq!(upserted(&import(&house, &list, &["--dry-run"]).0), [1, 1, 1]);
    }
    assert_eq!(upserted(&import(&house, &list, &[]).0), [1, 1, 1], "the import does what was told");
}

#[test]
fn a_fault_at_the_end_of_a_file_leaves_nothing_of_it() {
    let house = house();
    let (answer, fine) = import(&house, &format!("{HEADER}{FIRST}x;y;z;1;2;3;4\n\"A-2;unclosed\n"), &[]);
    assert!(!fine);
    assert_eq!(answer["fault"], "broken_quote");
    assert!(!house.path().join("list.csv.rejected.csv").exists());
    assert_eq!(upserted(&import(&house, &format!("{HEADER}{FIRST}"), &[]).0), [1, 0, 0]);
}

#[test]
fn a_campaign_is_filled_from_the_list() {
    let house = house();
    let habitual = SECOND.replace("forgetful", "habitual");
    let stranger = FIRST.replace("A-1", "A-3").replace("0001", "0003").replace("Северный Банк", "Ромашка");
    let list = format!("{HEADER}{FIRST}{habitual}{stranger}");
    let (answer, fine) = import(&house, &list, &["--campaign", "forgetful"]);
    assert!(fine, "{answer}");
    // Whom the shipped packs can't name waits: nobody is called to hear silence.
    let told = ["queued", "held", "unspeakable"].map(|key| answer["filled"][key].as_u64());
    assert_eq!(told, [Some(1); 3], "{answer}");
}

#[test]
fn a_preset_that_was_saved_reads_the_next_list() {
    let house = house();
    let list = format!("{HEADER}{FIRST}").replace("creditor", "чей");
    let (answer, fine) = import(&house, &list, &["--dry-run"]);
    assert!(!fine);
    assert_eq!(answer["fault"], "missing_columns");
    let arguments = ["--dry-run", "--creditor", "Ромашка", "--save-preset", "romashka"];
    let (answer, fine) = import(&house, &list, &arguments);
    assert!(fine, "{answer}");
    assert_eq!(answer["columns_passed_over"], json!(["чей"]));
    let (answer, fine) = import(&house, &list, &["--dry-run", "--preset", "romashka"]);
    assert!(fine, "{answer}");
    assert_eq!(answer["counts"]["sound"], 1);
}
