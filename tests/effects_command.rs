//! What a supervisor reads of what calling brings.
#![allow(clippy::disallowed_methods, reason = "a test of a running program asks the clock")]

mod house;

use house::{CREDITOR, House, REMINDERS, config};
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

/// A list of 40 persons, a fifth of them left alone by lot.
fn house() -> House {
    let house = House::new(config(([127, 0, 0, 1], 9).into()).set(REMINDERS, "hold_out_percent", 20));
    house.import(40);
    house
}

fn in_two_months() -> String {
    (Timestamp::now() + (24 * 60).hours()).to_string()
}

#[test]
fn the_called_are_compared_with_those_left_alone() {
    let house = house();
    let to = in_two_months();
    let rows: Value =
        serde_json::from_str(&house.run(&["report", "uplift", "--json", "--to", &to])).expect("JSON");
    let count = |arm: &str| rows[0][arm]["sums"]["count"].as_u64().expect("a count");
    assert_eq!(count("called") + count("left_alone"), 40, "{rows}");
    let why_not: Value =
        serde_json::from_str(&house.run(&["campaign", "why-not", "reminders", "--json"])).expect("JSON");
    assert!(why_not.to_string().contains("held_out") == (count("left_alone") > 0), "{why_not}");
    let text = house.run(&["report", "uplift", "--lang", "ru", "--to", &to]);
    for told in ["не звонили, оплатили", "слишком мало людей или оплат, чтобы судить", "Как читать"]
    {
        assert!(text.contains(told), "{told} is not in\n{text}");
    }
    let text = house.run(&["report", "uplift", "--lang", "en"]);
    assert_eq!(text, "nobody selected has had his 30 days yet\n");
}

#[test]
fn the_pareto_curve_ends_with_everybody() {
    let house = house();
    house.run(&["pay", "--creditor", CREDITOR, "--debt", "d1", "--amount", "100.50", "--id", "m1"]);
    let rows: Value = serde_json::from_str(&house.run(&["report", "pareto", "--json"])).expect("JSON");
    let curve = rows[0]["curve"].as_array().expect("a curve");
    assert_eq!((curve[0]["accounts"].as_u64(), curve[0]["value"].as_i64()), (Some(1), Some(10_050)));
    assert_eq!(curve.last().expect("points")["accounts"], 40);
    assert!(house.run(&["report", "pareto", "--lang", "ru"]).contains("100.50 RUB = 100.0 %"));
}

#[test]
fn wear_without_a_call_says_so() {
    assert_eq!(house().run(&["report", "wear", "--lang", "en"]), "no attempt in this time\n");
}

#[test]
fn every_figure_says_what_it_divides() {
    let house = house();
    let text = house.run(&["report", "kpi", "--lang", "ru"]);
    let of = |key: &str, part: &str| {
        let line = text.lines().find(|line| line.trim_start().starts_with(key));
        assert!(line.is_some_and(|line| line.contains(part)), "{key}: {part} is not in\n{text}");
    };
    of("проникновение", "0/40 = 0.0 %");
    of("цена обещания", "0/0");
    let glossary = house.run(&["report", "glossary", "--lang", "en"]);
    assert!(glossary.contains("abandoned / calls a person answered"), "{glossary}");
}

#[test]
fn a_type_set_by_hand_is_told_with_who_and_why() {
    let house = house();
    house.run(&["person", "type", "p1", "involuntary", "--by", "agent 7", "--why", "lost his job"]);
    let told = house.run(&["person", "types", "p1"]);
    assert!(told.contains("forgetful → involuntary  agent 7: lost his job"), "{told}");
    let report = house.run(&["report", "types", "--lang", "ru"]);
    assert!(report.contains("забывчивые → должники поневоле: agent 7 1"), "{report}");
    let refused = house.try_run(&["person", "type", "p1", "nice", "--by", "a", "--why", "b"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("the types are: "), "{refused:?}");
}
