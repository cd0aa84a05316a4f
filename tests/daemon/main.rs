//! The daemon as those who run it meet it: the program itself, a carrier on loopback, signals, files and commands.

#![allow(clippy::disallowed_methods, reason = "a test of a running program waits by the clock")]

#[path = "../house/mod.rs"]
mod house;
#[path = "../store_conformance/postgres.rs"]
mod postgres;
#[path = "../sipp_harness/mod.rs"]
mod sipp_harness;

mod announcement;
mod api;
mod drain;
mod gate;
mod hooks;
mod kill_switch;
mod ousted;
mod payment;
mod postgresql;
mod recording;
mod reload;
mod silent_store;
mod test_call;
mod trunks;
mod twin;
mod web;

use jiff::civil::date;
use obzvon::demo::carrier::script::{Script, Step};
use obzvon::demo::carrier::{Carrier, CarrierPlan, Casting, Ending};
use obzvon::demo::carrier_config::CarrierConfig;

/// A carrier behind which everybody does the same.
async fn carrier(steps: Vec<Step>) -> Carrier {
    carrier_with(steps, &[]).await
}

/// As `carrier`, with some debtors, by their place in the list, who do something else.
async fn carrier_with(steps: Vec<Step>, special: &[(u32, Vec<Step>)]) -> Carrier {
    let mut plan = CarrierPlan::new(1, date(2026, 2, 3));
    plan.casting = Casting::Always(Script::new("everybody", steps));
    for (n, steps) in special {
        let digits = house::number(*n).trim_start_matches('+').to_owned();
        plan.special.insert(digits, Script::new("special", steps.clone()));
    }
    Carrier::start(plan).await.expect("a free port")
}

/// A configuration under which phones ring as long as a test wants, and the end does not wait for them.
fn ringing_config(carrier: &Carrier) -> CarrierConfig {
    house::config(carrier.addr()).set(house::TRUNKS, "trunk.carrier.ring_limit_s", 120).set(
        "obzvon.toml",
        "daemon.drain_limit_s",
        1,
    )
}

/// Rings until it is taken back.
fn rings() -> Vec<Step> {
    vec![Step::Ring(180)]
}

/// How many phones ring now.
fn ringing(carrier: &Carrier) -> usize {
    let calls = carrier.calls();
    calls
        .iter()
        .filter(|call| call.ending.is_none() && call.ringing.is_some() && call.answered.is_none())
        .count()
}

/// How many talk now.
fn talking(carrier: &Carrier) -> usize {
    carrier.calls().iter().filter(|call| call.ending.is_none() && call.acknowledged.is_some()).count()
}

/// How many talks are over, whoever hung up.
fn talked(carrier: &Carrier) -> usize {
    carrier.calls().iter().filter(|call| call.ending.is_some() && call.answered.is_some()).count()
}

/// How many calls ended so.
fn ended(carrier: &Carrier, ending: Ending) -> usize {
    carrier.calls().iter().filter(|call| call.ending == Some(ending)).count()
}

#[test]
fn the_search_for_debtors_finds_a_name_a_number_and_a_sum() {
    let told = |line: &str| {
        let line = line.to_owned();
        std::panic::catch_unwind(move || house::assert_no_debtor(&line, 3)).is_err()
    };
    for line in [
        "to Канарейкин",
        "INVITE sip:79990000002@x",
        "8 owes 89990000001",
        "sum 100137",
        "1001.37",
        "1002,37 ₽",
    ] {
        assert!(told(line), "{line}");
    }
    for line in ["2026-01-01T00:00:00.100137Z busy", "+…02 rings", "1001 rows", "79990000003"] {
        assert!(!told(line), "{line}");
    }
}
