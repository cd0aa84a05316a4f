//! The test vectors of the contact rules, decided as `obzvon rules eval` does.

use std::io;

use obzvon::cli::rules::eval::{Summary, eval};
use obzvon::rules::Presets;
use serde_json::{Value, json};

const VECTORS: &str = include_str!("vectors/rules.jsonl");
/// Edges of every preset, worked out by hand in local time from the text of the rules.
const MORE_VECTORS: &str = include_str!("vectors/more_rules.jsonl");

fn answers(presets: &Presets, lines: &str) -> (Summary, Vec<Value>) {
    let mut output = Vec::new();
    let summary =
        eval(presets, lines.as_bytes(), &mut output, io::sink()).expect("memory can be read and written");
    let output = String::from_utf8(output).expect("JSON is UTF-8");
    (summary, output.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect())
}

/// What the answers to `lines` say otherwise than the lines expect.
fn differing(lines: &str) -> (usize, String) {
    let (summary, answers) = answers(&Presets::shipped(), lines);
    assert_eq!(summary.wrong_lines, 0);
    let mut wrong = Vec::new();
    for (line, answer) in lines.lines().zip(&answers) {
        let vector: Value = serde_json::from_str(line).expect("a vector is JSON");
        let expected = json!({
            "id": vector["id"], "decision": vector["expect"], "deny_rule": vector["deny_rule"],
            "also_denied_by": vector["also_denied_by"], "next_allowed_utc": vector["next_allowed_utc"],
        });
        if expected != *answer {
            wrong.push(format!("{}\n  expected {expected}\n  got      {answer}", vector["why"]));
        }
    }
    (answers.len(), wrong.join("\n"))
}

#[test]
fn every_vector_is_decided_as_expected() {
    assert_eq!(differing(VECTORS), (90, String::new()));
}

#[test]
fn the_edges_of_every_preset_are_decided_as_worked_out_by_hand() {
    assert_eq!(differing(MORE_VECTORS), (176, String::new()));
}

#[test]
fn a_line_that_is_no_vector_is_named_and_the_others_are_decided() {
    let good = VECTORS.lines().next().expect("there are vectors");
    let unknown_preset = good.replace("\"ru-230fz\"", "\"ru-999\"");
    let lines = format!("{good}\r\n\n{{\"id\": \"X\"}}\nnonsense\n{unknown_preset}\n{good}");
    let (summary, answers) = answers(&Presets::shipped(), &lines);
    assert_eq!(summary, Summary { vectors: 5, wrong_lines: 3 });
    let lines: Vec<_> = answers.iter().map(|answer| answer["line"].as_u64()).collect();
    assert_eq!(lines, [None, Some(3), Some(4), Some(5), None]);
    assert_eq!(answers[1]["id"], "X");
}

#[test]
fn a_field_or_an_override_that_nobody_knows_is_told() {
    let good = VECTORS.lines().next().expect("there are vectors");
    let misspelt = good.replacen("{", "{\"histori\": [], ", 1);
    let stranger = good.replacen("{", "{\"overrides\": {\"ru.call.dya\": 3}, ", 1);
    let lines = format!("{good}\n{misspelt}\n{stranger}");
    let (mut answers, mut notes) = (Vec::new(), Vec::new());
    let summary = eval(&Presets::shipped(), lines.as_bytes(), &mut answers, &mut notes);
    assert_eq!(summary.expect("memory can be written"), Summary { vectors: 3, wrong_lines: 0 });
    let notes = String::from_utf8(notes).expect("text");
    let preset = "line 3: overrides: ru-230fz has no rule ru.call.dya";
    assert_eq!(notes, format!("line 2: no such field: histori\n{preset}\n"));
}

#[test]
fn a_zone_nobody_knows_is_denied_for_good() {
    let line = VECTORS.lines().next().expect("there are vectors").replace("Europe/Moscow", "Europe/Nowhere");
    let (_, answers) = answers(&Presets::shipped(), &line);
    assert_eq!(answers[0]["deny_rule"], "fail_closed.zone");
    assert_eq!(answers[0]["next_allowed_utc"], Value::Null);
}
