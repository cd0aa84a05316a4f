//! The main job against sipp as a carrier of many tempers: every contact ends in a named state, the carrier's own log
//! and the exported attempts agree call by call, and nothing of a debtor stands in logs or metrics.

#![allow(clippy::disallowed_methods, reason = "a test of a running program waits by the clock")]

mod house;
mod sipp_harness;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use house::{CHANNELS, CPS, House, TRUNKS, assert_no_debtor, calls_in, config};
use sipp_harness::Sipp;

const PEOPLE: u32 = 2000;

#[tokio::test(flavor = "multi_thread")]
async fn the_carriers_log_and_the_attempts_agree_call_by_call() {
    let sipp = Sipp::start("many_tempers", &["-m", "100000", "-timeout", "900s", "-l", "2000"]).await;
    let house = House::new(config(sipp.addr).set(TRUNKS, CPS, 50).set(TRUNKS, CHANNELS, 400)).quiet();
    house.import(PEOPLE);
    let daemon = house.start();
    let patience = Instant::now() + Duration::from_secs(400);
    while house.count(&["queued", "in_flight"]) > 0 {
        assert!(Instant::now() < patience, "contacts are left over: {:?}", house.states());
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    let (_, metrics) = daemon.get("/metrics").expect("metrics");
    daemon.stop();

    let total: u64 = house.states().iter().map(|(.., contacts)| contacts).sum();
    assert_eq!(total, u64::from(PEOPLE), "the why-not totals add up to all contacts");
    assert!(house.states().iter().all(|(_, why, _)| !why.is_empty()), "every state has its reason");

    let carrier = calls_in(&sipp.log());
    let attempts = house.attempts();
    let ours: BTreeSet<i64> = attempts
        .iter()
        .filter(|a| !a["invite_at"].is_null())
        .map(|a| a["attempt"].as_i64().expect("an id"))
        .collect();
    let theirs: BTreeSet<i64> = carrier.keys().copied().collect();
    assert_eq!(ours, theirs, "each INVITE has its attempt and each attempt its INVITE");
    let mut by_number: BTreeMap<&str, u32> = BTreeMap::new();
    for attempt in &attempts {
        let number = attempt["phone"].as_str().expect("a number");
        *by_number.entry(number).or_default() += 1;
        let outcome = attempt["outcome"].as_str().expect("closed");
        if attempt["invite_at"].is_null() {
            // On a machine too busy to send within the permit's five seconds the call is given up, not made late.
            assert_eq!(outcome, "cancelled", "{number} was never dialled");
            continue;
        }
        let expected: &[&str] = match number.as_bytes()[11] {
            b'0'..=b'3' => &["answered", "machine"],
            b'4' | b'5' => &["busy"],
            b'6' | b'7' => &["no_answer"],
            _ => &["failed_trunk"],
        };
        assert!(expected.contains(&outcome), "{number} is said to be {outcome}");
        let id = attempt["attempt"].as_i64().expect("an id");
        assert_eq!(carrier[&id], number, "the carrier was asked for the number of the attempt");
    }
    assert_eq!(by_number.len(), PEOPLE as usize);
    assert!(by_number.values().all(|&calls| calls == 1), "nobody was called twice within the delays");

    assert_no_debtor(&metrics, PEOPLE);
    let report: serde_json::Value =
        serde_json::from_str(&house.run(&["report", "attempts", "--json"])).expect("JSON");
    assert_eq!((&report[0]["attempts"], &report[0]["open"]), (&attempts.len().into(), &0.into()));
}
