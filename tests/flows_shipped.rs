//! The flows we ship pass what every flow must pass.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use jiff::civil::Date;
use obzvon::domain::{Language, Utterance};
use obzvon::ivr::{self, CaseFile, Flow, Known, Policy, WordList};
use obzvon::speech;

fn config(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config").join(path)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn yaml_files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(config(folder)).expect("a folder of the configuration");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> = paths.filter(|path| path.extension().is_some_and(|ext| ext == "yaml")).collect();
    files.sort();
    assert!(files.len() >= 4, "{folder}: {files:?}");
    files
}

fn checked(path: &Path) -> Flow {
    let file = ivr::read(&read(path)).unwrap_or_else(|mistake| panic!("{}: {mistake}", path.display()));
    Flow::check(&file, &Policy::default(), &BTreeSet::new()).unwrap_or_else(|mistakes| {
        let lines: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
        panic!("{}:\n{}", path.display(), lines.join("\n"))
    })
}

fn heard(utterance: &Utterance, today: Date) -> String {
    speech::text(&speech::near_dates(utterance.clone(), today)).expect("every slot has a reading")
}

#[test]
fn every_shipped_flow_passes_the_checker_and_is_named_as_its_file() {
    for path in yaml_files("flows") {
        let flow = checked(&path);
        assert_eq!(path.file_stem().and_then(|stem| stem.to_str()), Some(flow.name()));
        assert_eq!(flow.languages(), [Language::Ru, Language::En]);
    }
}

#[test]
fn no_shipped_text_threatens_or_tells_a_debt_where_anybody_may_hear_it() {
    for path in yaml_files("flows") {
        let flow = checked(&path);
        for language in [Language::Ru, Language::En] {
            let words = read(&config(&format!("flows/words/{}.txt", language.code())));
            let creditors = ["Ромашка Телеком", "Северный Банк", "Romashka Telecom"].map(str::to_owned);
            let known = Known { creditors: &creditors, words_of_file: &|_, _| None };
            let findings = WordList::parse(language, &words).expect("a word list").lint(&flow, &known);
            assert!(findings.is_empty(), "{}: {findings:?}", path.display());
        }
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "rehearsals count from some instant; none depends on which")]
fn every_shipped_case_comes_out_as_expected() {
    let mut failures = Vec::new();
    for path in yaml_files("flows/tests") {
        let cases =
            CaseFile::read(&read(&path)).unwrap_or_else(|mistake| panic!("{}: {mistake}", path.display()));
        let flow = Arc::new(checked(&config(&format!("flows/{}.yaml", cases.flow))));
        for case in &cases.cases {
            let came = case.failures(&flow, Instant::now(), &heard);
            failures
                .extend(came.into_iter().map(|failure| format!("{}: {}: {failure}", cases.flow, case.name)));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_committed_schema_is_current() {
    let committed: serde_json::Value =
        serde_json::from_str(&read(&config("schema/flow.schema.json"))).expect("a JSON file");
    let current = serde_json::to_value(ivr::schema()).expect("a schema is JSON");
    assert_eq!(committed, current, "run: obzvon flow schema > config/schema/flow.schema.json");
}

#[test]
fn fixed_texts_come_once_each_and_hold_no_slot() {
    for path in yaml_files("flows") {
        let texts = ivr::fixed_texts(&checked(&path));
        assert!(!texts.is_empty());
        assert!(texts.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(texts.iter().all(|(_, text)| !text.contains(['{', '}'])));
    }
}

#[test]
fn a_picture_of_a_flow_shows_every_step_and_every_way() {
    for path in yaml_files("flows") {
        let flow = checked(&path);
        let (mermaid, svg) = (ivr::mermaid(&flow), ivr::svg(&flow));
        let arrows = mermaid.lines().filter(|line| line.contains("-->")).count();
        assert_eq!(svg.matches("marker-end").count(), arrows);
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
        for step in mermaid.lines().filter_map(|line| line.split_once("[\"")?.1.split('<').next()) {
            assert!(svg.contains(&format!(">{}<", step.trim_end_matches("\"]"))), "{step} is missing");
        }
    }
}

#[test]
fn a_flow_is_played_for_a_debt_of_the_kind_it_is_for() {
    let played = |flow: &str, arguments: &[&str]| {
        let mut playing = Command::new(env!("CARGO_BIN_EXE_obzvon"))
            .args(["flow", "play", flow])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        playing.stdin.take().expect("its input").write_all(b"1\nlisten\n").expect("a turn");
        let output = playing.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{output:?}");
        (String::from_utf8(output.stdout).expect("UTF-8"), String::from_utf8(output.stderr).expect("UTF-8"))
    };
    let (overdue, _) = played("reminder_overdue", &[]);
    assert!(overdue.contains("десятое ноября"), "{overdue}");
    let (current, _) = played("reminder_current", &[]);
    assert!(current.contains("двенадцатое декабря"), "{current}");
    let (_, warned) = played("reminder_current", &["--creditor", "Водоканал Приречья"]);
    assert!(warned.contains("the ru pack cannot say this debt"), "{warned}");
    let (_, quiet) = played("reminder_current", &["--creditor", "Северный Банк"]);
    assert!(!quiet.contains("cannot say"), "{quiet}");
}
