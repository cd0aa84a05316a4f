//! The demo as somebody who has just cloned the project meets it: it runs, ends when told to, and its figures add up.

#![allow(clippy::disallowed_methods, reason = "a test of a running program waits by the clock")]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

fn demo(args: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_obzvon"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["demo", "--people", "40", "--speed", "50", "--lang", "en"])
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs")
}

/// The number that ends a line.
fn last_number(line: &str) -> u64 {
    let word = line.split_whitespace().next_back().expect("a word");
    word.parse().unwrap_or_else(|_| panic!("no number at the end of {line:?}"))
}

/// The lines of a report from the one that begins with `head` to the next empty one, the head left out.
fn section<'a>(report: &'a str, head: &str) -> Vec<&'a str> {
    let lines = report.lines().skip_while(|line| !line.starts_with(head));
    let section: Vec<_> = lines.skip(1).take_while(|line| !line.is_empty()).collect();
    assert!(!section.is_empty(), "no section {head:?} in\n{report}");
    section
}

/// Checks that the figures of the report add up.
fn assert_adds_up(report: &str) {
    let outcomes = section(report, "outcome ");
    let (all, lines) = outcomes.split_last().expect("a sum");
    let all = last_number(all);
    let counts = lines.iter().map(|line| {
        let share = line.split_whitespace().find(|word| word.contains('/')).expect("a share");
        let (part, whole) = share.split_once('/').expect("of something");
        assert_eq!(whole.parse(), Ok(all), "each share has its denominator: {line}");
        part.parse::<u64>().expect("a count")
    });
    assert_eq!(counts.sum::<u64>(), all);
    assert!(all > 0, "nobody was called:\n{report}");

    for campaign in ["reminders", "conversations", "collections"] {
        let totals = report.rsplit_once(&format!("\n\n{campaign}\n")).expect("its why-not totals").1;
        let totals: Vec<_> = totals.lines().take_while(|line| !line.is_empty()).collect();
        let (sum, lines) = totals.split_last().expect("a sum");
        assert_eq!(lines.iter().map(|line| last_number(line)).sum::<u64>(), last_number(sum), "{campaign}");
    }

    let joined =
        report.lines().find(|line| line.starts_with("our attempts that left")).expect("the last line");
    let (ours, theirs) = joined.split_once(';').expect("two counts");
    let (ours, theirs) = (last_number(ours), last_number(theirs));
    let calls =
        section(report, "at the carrier").into_iter().take_while(|line| !line.starts_with("our attempts"));
    let calls =
        calls.map(|line| line.split_whitespace().nth(1).expect("calls").parse::<u64>().expect("a count"));
    assert_eq!(calls.sum::<u64>(), theirs, "{report}");
    assert!(theirs <= ours && ours <= all, "{joined}");
}

#[test]
fn it_ends_at_its_limit_and_its_figures_add_up() {
    let output = demo(&["--for", "6s"]).wait_with_output().expect("it ends");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {errors}", output.status);
    assert_adds_up(&String::from_utf8(output.stdout).expect("UTF-8"));
}

#[test]
fn an_interrupt_ends_it_with_its_report() {
    let mut child = demo(&[]);
    let mut output = BufReader::new(child.stdout.take().expect("piped"));
    let mut report = String::new();
    // The first lines of progress; some calls are over by then, or at least under way.
    while !report.contains("\n   5 s") && !report.contains("\n   6 s") {
        assert!(output.read_line(&mut report).expect("UTF-8") > 0, "it ended by itself:\n{report}");
    }
    kill(Pid::from_raw(child.id().try_into().expect("a process id")), Signal::SIGINT).expect("our child");
    output.read_to_string(&mut report).expect("UTF-8");
    assert!(child.wait().expect("our child").success());
    assert_adds_up(&report);
}

#[test]
fn a_day_that_is_kept_is_proved_and_every_decision_of_it_is_made_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let kept = folder.path().join("day");
    let kept = kept.to_str().expect("UTF-8");
    let output = demo(&["--for", "8s", "--keep", kept]).wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let audit = |what: &str| {
        let config = format!("{kept}/config");
        let output = Command::new(env!("CARGO_BIN_EXE_obzvon"))
            .args(["audit", what, "--json", "--config", &config])
            .output()
            .expect("the program runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{what}: {said}{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_str::<serde_json::Value>(&said).expect("JSON")
    };
    let proved = audit("verify");
    assert!(proved["rows"]["links"].as_u64() > Some(0), "calls and entries are sealed: {proved}");
    let again = audit("replay");
    assert!(again["decisions"].as_u64() > Some(20), "{again}");
    assert_eq!((&again["differing"], &again["reproduced"]), (&0.into(), &again["decisions"]), "{again}");
}
