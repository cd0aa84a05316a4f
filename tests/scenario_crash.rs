//! SIGKILL at random moments: written before dialled, never dialled twice, nothing stuck.

mod house;
mod sipp_harness;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use house::{CHANNELS, CPS, House, TRUNKS, calls_in, config};
use rand::{RngExt, SeedableRng};
use sipp_harness::Sipp;

const PEOPLE: u32 = 2000;
const KILLS: u32 = 50;

#[tokio::test(flavor = "multi_thread")]
async fn fifty_kills_leave_no_invite_without_a_row_and_nobody_called_twice() {
    let sipp = Sipp::start("many_tempers", &["-m", "100000", "-timeout", "900s", "-l", "4000"]).await;
    let house = House::new(config(sipp.addr).set(TRUNKS, CPS, 20).set(TRUNKS, CHANNELS, 400)).quiet();
    house.import(PEOPLE);
    let mut moments = rand_pcg::Pcg32::seed_from_u64(20_261_124);
    for _ in 0..KILLS {
        let daemon = house.start();
        tokio::time::sleep(Duration::from_millis(moments.random_range(50..1500))).await;
        daemon.kill();
    }
    let daemon = house.start();
    tokio::time::sleep(Duration::from_secs(2)).await;
    daemon.stop();

    let attempts = house.attempts();
    assert!(attempts.iter().all(|a| !a["outcome"].is_null()), "an attempt is stuck open");
    assert_eq!(house.count(&["in_flight"]), 0, "a contact is stuck: {:?}", house.states());
    let lost = attempts.iter().filter(|a| a["outcome"] == "failed_lost").count();
    assert!(lost > 0, "no kill met a call: the test tells nothing");
    let rows: BTreeMap<i64, &str> = attempts
        .iter()
        .map(|a| (a["attempt"].as_i64().expect("an id"), a["phone"].as_str().expect("a number")))
        .collect();
    let invites = calls_in(&sipp.log());
    assert!(invites.len() > 100, "only {} calls were made", invites.len());
    let mut called: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
    for (attempt, number) in &invites {
        assert_eq!(rows.get(attempt).copied(), Some(number.as_str()), "INVITE of {attempt} without its row");
        called.entry(number).or_default().insert(*attempt);
    }
    // A lost attempt counts as an answered call, and one a day is the law: nobody is dialled a second time today,
    // whatever the crash left behind.
    assert!(called.values().all(|attempts| attempts.len() == 1), "somebody was called twice");
    println!("{} INVITEs, {} rows, {lost} lost at {KILLS} kills", invites.len(), rows.len());
}
