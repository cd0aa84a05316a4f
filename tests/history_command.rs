//! `obzvon import history`, `event` and `person` from end to end: the program, the shipped configuration, a SQLite of its own.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

/// The shipped configuration in a folder of its own, with a list of two debtors who share a number read in.
fn house() -> TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    copy(Path::new("config"), &dir.path().join("config"));
    let list = "id;person id;phone;name;amount;due;creditor;type\n\
        A-1;p1;89990000001;Образцова Мария;100,00;31.12.2026;Ромашка;forgetful\n\
        A-2;p2;89990000002, 89990000001;Примеров Пётр;200,00;31.12.2026;Ромашка;forgetful\n";
    fs::write(dir.path().join("list.csv"), list).expect("a list");
    let list = dir.path().join("list.csv");
    let (said, fine) = obzvon(&dir, &["import", list.to_str().expect("UTF-8")]);
    assert!(fine, "{said}");
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

/// Runs the program; what it said and whether it ended with 0.
fn obzvon(house: &TempDir, arguments: &[&str]) -> (String, bool) {
    obzvon_in("en", house, arguments)
}

fn obzvon_in(language: &str, house: &TempDir, arguments: &[&str]) -> (String, bool) {
    let output = Command::new(env!("CARGO_BIN_EXE_obzvon"))
        .args(arguments)
        .args(["--lang", language, "--config"])
        .arg(house.path().join("config"))
        .env("OBZVON__PROMPTS__DIR", Path::new("prompts").canonicalize().expect("the prompts"))
        .output()
        .expect("the program runs");
    let said = [output.stdout, output.stderr].concat();
    (String::from_utf8(said).expect("UTF-8"), output.status.success())
}

/// Runs `obzvon import history` on a file with this text.
fn history(house: &TempDir, text: &str, arguments: &[&str]) -> Value {
    let file = house.path().join("history.csv");
    fs::write(&file, text).expect("a file");
    let file = file.to_str().expect("UTF-8");
    let arguments = [&["import", "history", file, "--json"], arguments].concat();
    let (said, _) = obzvon(house, &arguments);
    serde_json::from_str(&said).unwrap_or_else(|_| panic!("no JSON: {said}"))
}

fn entries(house: &TempDir, person: &str) -> Vec<String> {
    let (said, fine) = obzvon(house, &["event", "list", person]);
    assert!(fine, "{said}");
    said.lines().map(|line| line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")).collect()
}

const PAST: &str = "Дата звонка;ID должника;Телефон;Канал;Направление;Результат\n\
    03.03.2026 14:05;p1;;звонок;исх;Автоответчик\n\
    2026-03-03T15:00:00Z;;8 999 000-00-02;call;;не берёт трубку\n\
    03.03.2026 16:00;p1;;смс;;\n\
    03.03.2026 17:00;p1;;звонок;вх;разговор\n\
    03.03.2026 18:00;p1;;звонок;вх;занято\n\
    03.03.2026 19:00;nobody;;звонок;исх;занято\n\
    03.03.2026 19:00;p1;;звонок;исх;чудеса\n\
    03.03.2099 19:00;p1;;звонок;исх;занято\n";

#[test]
fn past_contacts_are_read_once_and_what_is_wrong_goes_back() {
    let house = house();
    let answer = history(&house, PAST, &["--zone", "Europe/Moscow"]);
    let counts = json!({ "rows": 8, "sound": 4, "no_contact": 1, "rejected": 3 });
    assert_eq!((&answer["counts"], &answer["new"], &answer["known"]), (&counts, &json!(4), &json!(0)));
    let wanted = [
        "2026-03-03T11:05:00Z voicemail call",
        "2026-03-03T13:00:00Z message sms",
        "2026-03-03T14:00:00Z inbound_conversation call",
    ];
    assert_eq!(entries(&house, "p1"), wanted);
    assert_eq!(entries(&house, "p2"), ["2026-03-03T15:00:00Z attempt_no_answer call"]);
    let rejected = fs::read_to_string(house.path().join("history.csv.rejected.csv")).expect("rejected rows");
    for reason in ["no_person", "outcome_unknown", "in_future"] {
        assert!(rejected.contains(reason), "{rejected}");
    }
    let again = history(&house, PAST, &["--zone", "Europe/Moscow"]);
    assert_eq!((&again["new"], &again["known"]), (&json!(0), &json!(4)));
    let by_id = "ID события;Дата звонка;ID должника;Канал\n7;2026-03-03T11:00:00Z;p1;смс\n";
    let told = ["--column", "id=ID события"];
    assert_eq!(history(&house, by_id, &told)["new"], 1);
    let other = history(&house, &by_id.replace("11:00", "12:00"), &told);
    assert_eq!(
        (&other["new"], &other["id_reused"], &other["counts"]["rejected"]),
        (&json!(0), &json!(1), &json!(1))
    );
    let rejected = fs::read_to_string(house.path().join("history.csv.rejected.csv")).expect("rejected rows");
    assert!(rejected.contains("id_reused"), "{rejected}");
}

#[test]
fn a_dry_run_writes_nothing_and_a_time_without_an_offset_needs_a_zone() {
    let house = house();
    let answer = history(&house, PAST, &["--dry-run", "--zone", "Europe/Moscow"]);
    assert_eq!((&answer["new"], &answer["dry_run"]), (&json!(4), &json!(true)));
    assert!(entries(&house, "p1").is_empty());
    let answer = history(&house, PAST, &["--dry-run"]);
    assert_eq!(answer["counts"]["sound"], 1);
}

#[test]
fn columns_with_other_headers_are_told() {
    let house = house();
    let text = "when;who;what\n2026-03-03T11:00:00Z;p1;conversation\n";
    let answer = history(&house, text, &[]);
    assert_eq!(answer["fault"], "preset", "{answer}");
    let told = ["--column", "time=when", "--column", "person=who", "--column", "outcome=what"];
    assert_eq!(history(&house, text, &told)["new"], 1);
}

#[test]
fn a_column_that_means_nothing_is_named() {
    let house = house();
    let text = "time;person;channel;погода\n2026-03-03T11:00:00Z;p1;video;дождь\n";
    let answer = history(&house, text, &[]);
    assert_eq!((&answer["new"], &answer["unknown_columns"]), (&json!(1), &json!(["погода"])));
}

#[test]
fn a_dispute_told_with_a_message_is_a_case_that_its_creditor_answers_in_a_file() {
    let house = house();
    let text = "time;person;debt;channel;reaction;id\n2026-03-03T11:00:00Z;p1;A-1;sms;спор;7\n";
    assert_eq!(history(&house, text, &[])["new"], 1);
    assert_eq!(history(&house, text, &[])["known"], 1);
    let differs = history(&house, &text.replace("спор", "жалоба"), &[]);
    assert_eq!((&differs["new"], &differs["id_reused"]), (&json!(0), &json!(1)));
    let (said, _) = obzvon(&house, &["complaints"]);
    assert!(said.contains("C-000001") && !said.contains("C-000002"), "{said}");
    let report = ["report", "channels", "--from", "2026-03-01", "--to", "2026-04-01", "--json"];
    let (said, _) = obzvon(&house, &report);
    let report: Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("no JSON: {said}"));
    let line = &report["rows"][0];
    assert_eq!((&line["channel"], &line["dispute"]["numerator"]), (&json!("sms"), &json!(1)), "{said}");

    let file = house.path().join("answers.csv");
    let answers = "дело;должен;ответ\nC-000001;нет;долг не его\nC-000009;да;его\nC-000001;может быть;?\n";
    fs::write(&file, answers).expect("a file");
    let (said, fine) = obzvon(&house, &["complaints", "answers", file.to_str().expect("UTF-8")]);
    assert!(!fine, "two rows are none: {said}");
    for told in ["C-000001: closed", "3: there is no case C-000009", "4: \"может быть\": owed is yes or no"]
    {
        assert!(said.contains(told), "{told} is not in\n{said}");
    }
}

#[test]
fn accounts_are_given_to_no_agent_whom_the_configuration_does_not_know() {
    let house = house();
    let (said, fine) = obzvon(&house, &["agent", "assign", "reminders", "--agents", "ghost"]);
    assert!(!fine && said.contains("agents.toml has no agent ghost"), "{said}");
}

#[test]
fn a_visit_is_added_once_and_corrected_by_a_new_entry() {
    let house = house();
    let add = ["event", "add", "p1", "visit", "--id", "v-1", "--at", "2026-03-03T11:00:00Z"];
    assert_eq!(obzvon(&house, &add), ("added\n".into(), true));
    assert_eq!(obzvon(&house, &add), ("known already; nothing was changed\n".into(), true));
    assert_eq!(entries(&house, "p1"), ["2026-03-03T11:00:00Z visit visit"]);
    let correct = ["event", "correct", "1", "letter", "--evidence", "the diary"];
    let (said, fine) = obzvon(&house, &correct);
    assert!(!fine && said.contains("--by"), "nobody answers for it: {said}");
    let (said, fine) = obzvon(&house, &[&correct[..], &["--by", "A. Kim"]].concat());
    assert!(!fine && said.contains("--second"), "one answers for it alone: {said}");
    let (said, fine) = obzvon(&house, &[&correct[..], &["--by", "A. Kim", "--second", "kim a"]].concat());
    assert!(!fine && said.contains("two different people"), "{said}");
    let (said, fine) = obzvon(&house, &[&correct[..], &["--by", "A. Kim", "--second", "B. Lee"]].concat());
    assert_eq!((said.as_str(), fine), ("corrected by entry 2\n", true));
    assert_eq!(entries(&house, "p1"), ["2026-03-03T11:00:00Z letter visit"]);
    let other = ["event", "add", "p1", "visit", "--id", "v-1", "--at", "2026-03-03T12:00:00Z"];
    let (said, fine) = obzvon(&house, &other);
    assert!(!fine && said.contains("another entry was added by this id before"), "{said}");
    let (said, fine) = obzvon(&house, &["event", "add", "p1", "visit", "--id", " "]);
    assert!(!fine && said.contains("blank"), "{said}");
    let (said, fine) = obzvon(&house, &["event", "add", "p1", "message", "--id", "m", "--channel", "bogus"]);
    assert!(!fine && said.contains("channels are: call, email,"), "{said}");
    let (said, fine) = obzvon(&house, &["event", "add", "p1", "in_flight", "--id", "x"]);
    assert!(!fine && said.contains("kinds are:"), "{said}");
}

#[test]
fn an_answer_that_can_not_be_written_is_a_fault_and_no_panic() {
    let house = house();
    obzvon(&house, &["event", "add", "p1", "visit", "--id", "v-1", "--at", "2026-03-03T11:00:00Z"]);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("a full device");
    let config = house.path().join("config");
    let listed = Command::new(env!("CARGO_BIN_EXE_obzvon"))
        .args(["event", "list", "p1", "--config"])
        .arg(config)
        .stdout(full)
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&listed.stderr);
    assert_eq!(listed.status.code(), Some(1), "{said}");
    assert!(said.contains("failed printing to stdout") && !said.contains("panicked"), "{said}");
}

#[test]
fn merged_ids_show_one_history_and_a_shared_number_is_no_id() {
    let house = house();
    obzvon(&house, &["event", "add", "p1", "visit", "--id", "v-1", "--at", "2026-03-03T11:00:00Z"]);
    let (said, fine) =
        obzvon(&house, &["person", "merge", "+79990000001", "p1", "--evidence", "x", "--by", "A. Kim"]);
    assert!(!fine && said.contains("several persons share this number"), "{said}");
    let merge = ["person", "merge", "p1", "p2", "--evidence", "passport", "--by", "A. Kim"];
    assert_eq!(obzvon(&house, &merge), ("merged\n".into(), true));
    assert_eq!(entries(&house, "p2").len(), 1);
    let (said, fine) =
        obzvon(&house, &["person", "split", "p2", "--evidence", "a namesake", "--by", "A. Kim"]);
    assert_eq!((said.as_str(), fine), ("split from 1\n", true));
    let (said, _) = obzvon(&house, &["person", "links", "p1"]);
    assert_eq!(said.lines().count(), 2, "{said}");
}

#[test]
fn holds_consents_and_wishes_are_written_by_hand_and_shown() {
    let house = house();
    let paper = ["--evidence", "letter 7", "--by", "Head of compliance"];
    let run = |arguments: &[&str]| {
        let (said, fine) = obzvon(&house, arguments);
        assert!(fine, "{arguments:?}: {said}");
        said
    };
    let reach = ["--phone", "+79990000001", "--debt", "A-1", "--until", "2099-01-01T00:00:00Z"];
    let add = [&["hold", "add", "p1", "phone_under_review"][..], &reach, &paper].concat();
    assert_eq!(run(&add), "hold 1: phone_under_review\n");
    run(&[&["consent", "add", "p1", "third_party_agreed"][..], &paper].concat());
    run(&[&["preference", "set", "p1", "--not", "13:00-15:00"][..], &paper].concat());
    let explained = run(&["explain", "p1"]);
    for told in
        ["hold 1: phone_under_review", "consent 1: third_party_agreed", "asked not to be called: 13:00-15:00"]
    {
        assert!(explained.contains(told), "{told} is not in\n{explained}");
    }
    let held = run(&["hold", "list", "p1"]);
    assert!(held.contains("debt A-1") && held.contains("2099-01-01") && held.contains("letter 7"), "{held}");
    assert!(!held.contains("9990000001"), "the number is masked: {held}");
    run(&[&["hold", "add", "p1", "refusal_of_interaction"][..], &paper].concat());
    let month = obzvon::daemon::Clock.wall() + jiff::SignedDuration::from_hours(24 * 30);
    let month = month.to_string();
    run(&[&["hold", "suspend", "p1", "2", "--until", &month][..], &paper].concat());
    assert!(run(&["explain", "p1"]).contains("hold, not in force now 2"));
    run(&[&["hold", "lift", "p1", "1"][..], &paper].concat());
    run(&[&["consent", "withdraw", "p1", "1"][..], &paper].concat());
    run(&[&["preference", "lift", "p1", "1"][..], &paper].concat());
    let out = house.path().join("p1.zip");
    run(&["audit", "person", "p1", "--out", out.to_str().expect("UTF-8")]);
    let deeds = entry(&out, "deeds.json");
    for told in
        ["hold_added", "hold_suspended", "hold_lifted", "consent_withdrawn", "preference_lifted", "letter 7"]
    {
        assert!(deeds.contains(told), "{told} is not in {deeds}");
    }
    assert!(deeds.contains("Head of compliance, "), "{deeds}");
    for (arguments, told) in [
        (&["hold", "add", "p1", "bogus"][..], "kinds of hold are:"),
        (&["consent", "add", "p1", "bogus"], "kinds of consent are:"),
        (&["hold", "add", "p1", "bankruptcy", "--phone", "+79990000002"], "p1 has no such number"),
        (&["hold", "add", "p1", "bankruptcy", "--debt", "A-2"], "p1 has no debt A-2"),
        (&["preference", "set", "p1", "--not", "13:00-13:00"], "two times of day"),
        (&["hold", "suspend", "p1", "1", "--until", &month], "phone_under_review can't be suspended"),
        (&["hold", "suspend", "p1", "2", "--until", "2099-01-01T00:00:00Z"], "in two months at most"),
        (&["hold", "suspend", "p1", "2"], "--until"),
    ] {
        let (said, fine) = obzvon(&house, &[arguments, &paper].concat());
        assert!(!fine && said.contains(told), "{arguments:?}: {said}");
    }
    let (said, fine) = obzvon(&house, &["hold", "add", "p1", "bankruptcy"]);
    assert!(!fine && said.contains("--evidence"), "{said}");
}

#[test]
fn what_is_done_by_hand_is_answered_in_the_language_asked_for() {
    let house = house();
    let paper = ["--evidence", "письмо 7", "--by", "А. Ким"];
    let why = ["--by", "А. Ким", "--why", "потерял работу"];
    let visit = ["event", "add", "p1", "visit", "--id", "v-1", "--at", "2026-03-03T11:00:00Z"];
    let told = |arguments: &[&str], wanted: (&str, bool)| {
        let (said, fine) = obzvon_in("ru", &house, arguments);
        assert!(said.contains(wanted.0) && fine == wanted.1, "{arguments:?}: {said}");
        // What the commands' own words are in is told from their letters; codes, ids and times stand in English.
        assert!(said.chars().any(|letter| matches!(letter, 'а'..='я')), "{arguments:?}: {said}");
    };
    told(&visit, ("добавлено", true));
    told(&visit, ("уже известно; ничего не изменилось", true));
    told(&["event", "add", "p1", "bogus", "--id", "b"], ("виды бывают: ", false));
    told(&["event", "add", "p1", "message", "--id", "m", "--channel", "bogus"], ("каналы бывают: ", false));
    told(&["event", "add", "nobody", "visit", "--id", "n"], ("ни у кого нет такого id", false));
    told(&[&["hold", "add", "p1", "bogus"][..], &paper].concat(), ("виды запретов: ", false));
    told(&[&["hold", "add", "p1", "bankruptcy"][..], &paper].concat(), ("запрет 1: bankruptcy", true));
    told(&[&["hold", "add", "nobody", "bankruptcy"][..], &paper].concat(), ("ни у кого нет", false));
    told(&[&["hold", "lift", "p1", "1"][..], &paper].concat(), ("запрет 1: снят", true));
    told(&[&["hold", "lift", "p1", "1"][..], &paper].concat(), ("запрета 1 у человека нет", false));
    told(&[&["consent", "add", "p1", "bogus"][..], &paper].concat(), ("виды согласий: ", false));
    told(&[&["person", "type", "p1", "involuntary"][..], &why].concat(), ("должник поневоле\n", true));
    told(&[&["person", "type", "p1", "involuntary"][..], &why].concat(), ("этот тип у него и был", true));
    told(&[&["person", "type", "nobody", "involuntary"][..], &why].concat(), ("ни у кого нет", false));
    told(&["person", "types", "p1"], ("забывчивый → должник поневоле", true));
}

/// A file of an archive.
fn entry(archive: &Path, name: &str) -> String {
    let mut archive =
        zip::ZipArchive::new(fs::File::open(archive).expect("the archive")).expect("an archive");
    let mut text = String::new();
    std::io::Read::read_to_string(&mut archive.by_name(name).expect(name), &mut text).expect("UTF-8");
    text
}

#[test]
fn the_file_of_a_merged_person_has_the_rows_of_both_ids_and_their_settling() {
    let house = house();
    obzvon(&house, &["event", "add", "p2", "visit", "--id", "v-1", "--at", "2026-03-03T11:00:00Z"]);
    obzvon(&house, &["hold", "add", "p2", "bankruptcy", "--evidence", "act 5"]);
    obzvon(&house, &["pay", "--id", "pay-9", "--creditor", "Ромашка", "--debt", "A-2", "--amount", "50,00"]);
    obzvon(&house, &["person", "merge", "p1", "p2", "--evidence", "passport 12", "--by", "A. Kim"]);
    let out = house.path().join("p1.zip");
    let (said, fine) = obzvon(&house, &["audit", "person", "p1", "--out", out.to_str().expect("UTF-8")]);
    assert!(fine, "{said}");
    let page = entry(&out, "index.html");
    for (file, told) in [
        ("ledger.jsonl", "\"person\":\"p2\""),
        ("holds.json", "act 5"),
        ("payments.json", "pay-9"),
        ("same_person.json", "passport 12"),
        ("promises.json", "[]"),
    ] {
        let text = entry(&out, file);
        assert!(text.contains(told), "{told} is not in {file}: {text}");
    }
    for told in ["passport 12", "pay-9", "act 5", "visit"] {
        assert!(page.contains(told), "{told} is not on the page");
    }
    obzvon(&house, &["person", "split", "p2", "--evidence", "a namesake", "--by", "A. Kim"]);
    obzvon(&house, &["event", "add", "p2", "visit", "--id", "v-2"]);
    let out = house.path().join("later.zip");
    obzvon(&house, &["audit", "person", "p1", "--out", out.to_str().expect("UTF-8")]);
    assert_eq!(entry(&out, "ledger.jsonl").lines().count(), 1, "what came after the split is not his");
}

#[test]
fn a_reader_that_goes_away_ends_a_command_quietly() {
    let house = house();
    for arguments in
        [&["explain", "p1"][..], &["explain", "p1", "--json"], &["rules", "lint"], &["export", "attempts"]]
    {
        let mut command = Command::new(env!("CARGO_BIN_EXE_obzvon"));
        command
            .args(arguments)
            .env("OBZVON__PROMPTS__DIR", Path::new("prompts").canonicalize().expect("the prompts"));
        if arguments[0] != "rules" {
            command.arg("--config").arg(house.path().join("config"));
        }
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = command.stdout(writer).output().expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && said.is_empty(), "{arguments:?}: {} {said}", output.status);
    }
}

#[test]
fn a_file_of_which_nothing_is_taken_ends_in_a_fault() {
    let house = house();
    let write = |name: &str, text: &str| {
        let file = house.path().join(name);
        fs::write(&file, text).expect("a file");
        file.to_str().expect("UTF-8").to_owned()
    };
    let head = "Дата звонка;ID должника;Телефон;Канал;Направление;Результат\n";
    let nobody = write("nobody.csv", &format!("{head}03.03.2026 19:00;nobody;;звонок;исх;занято\n"));
    let (said, fine) = obzvon(&house, &["import", "history", &nobody]);
    assert!(!fine && said.contains("rejected: 1"), "{said}");
    let list =
        write("bad.csv", "id;person id;phone;amount;due;creditor\nA-9;p9;бумага;1,00;31.12.2026;Ромашка\n");
    let (said, fine) = obzvon(&house, &["import", &list]);
    assert!(!fine && said.contains("rejected: 1"), "{said}");
    let (said, fine) =
        obzvon(&house, &["event", "add", "p1", "visit", "--id", "v-2", "--creditor", "Рамашка"]);
    assert!(!fine && said.contains("no list has a creditor of that name"), "{said}");
}

#[test]
fn a_hold_of_another_is_named_with_its_evidence_and_holder() {
    let house = house();
    let run = |args: &[&str]| {
        let (said, fine) = obzvon(&house, args);
        assert!(fine, "{said}");
        said
    };
    // He shares a telephone of hers.
    run(&["hold", "add", "p1", "wrong_number", "--evidence", "letter 9 \u{1b}[2J"]);
    let told = run(&["explain", "p2"]);
    assert!(
        told.contains("hold 1 (set for p1): wrong_number") && told.contains("letter 9 \\u{1b}[2J"),
        "{told}"
    );
    let listed = run(&["hold", "list", "p2"]);
    assert!(listed.contains("set for p1; lifted by: hold lift p1 1"), "{listed}");
    assert!(!told.contains('\u{1b}') && !listed.contains('\u{1b}'));
    assert!(!run(&["explain", "p1"]).contains("set for"), "it is her own");
    run(&["hold", "add", "p2", "bankruptcy", "--evidence", "court act 5"]);
    assert!(!run(&["explain", "p1"]).contains("hold 2"), "his own bankruptcy is not hers");
    run(&["person", "merge", "p1", "p2", "--evidence", "passport", "--by", "A. Kim"]);
    run(&["person", "split", "p1", "--evidence", "namesakes", "--by", "A. Kim"]);
    let told = run(&["explain", "p1"]);
    assert!(
        told.contains("hold 2 (set for p2): bankruptcy court act 5"),
        "what counted until the split: {told}"
    );
    let (said, fine) = obzvon(&house, &["hold", "lift", "p1", "2", "--evidence", "x"]);
    assert!(!fine && said.contains("hold list says for whom it was set"), "{said}");
}
