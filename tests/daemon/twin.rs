//! One process a node: a second of the same name ends at once, and leaves what the first has open alone.

use std::time::Duration;

use obzvon::demo::carrier::script::Step;
use obzvon::demo::carrier_config::CarrierConfig;

use crate::house::{House, until};
use crate::postgres::new_database;
use crate::{carrier, ringing_config, talking};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_of_a_node_ends_and_leaves_live_calls_alone() {
    the_twin_ends(|config| config).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_of_a_node_ends_and_leaves_live_calls_alone_on_postgresql() {
    the_twin_ends(|config| config.set("obzvon.toml", "storage.url", new_database("twin"))).await;
}

async fn the_twin_ends(stored: impl Fn(CarrierConfig) -> CarrierConfig) {
    let carrier = carrier(vec![Step::Ring(180), Step::Answer, Step::Listen(Duration::from_secs(600))]).await;
    let house = House::new(stored(ringing_config(&carrier)));
    house.import(1);
    let daemon = house.start();
    until("he talks", || talking(&carrier) == 1);
    // The ports are others: nothing but the name is in its way.
    let mut twin = house.launch_twin();
    until("the second ends", || twin.ended().is_some());
    assert!(!twin.ended().expect("ended").success());
    assert_eq!((talking(&carrier), &house.attempts()[0]["outcome"]), (1, &serde_json::Value::Null));
    let log = house.log();
    assert!(log.contains("node test already runs on this database"), "{log}");
    daemon.stop();
    assert_eq!(house.attempts()[0]["outcome"], "answered");
    house.start().stop();
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_that_comes_by_a_link_to_the_file_ends_too() {
    let carrier = carrier(vec![Step::Ring(180), Step::Answer, Step::Listen(Duration::from_secs(600))]).await;
    let mut house = House::new(ringing_config(&carrier));
    house.import(1);
    let daemon = house.start();
    until("he talks", || talking(&carrier) == 1);
    let link = house.path("data/link.db");
    std::os::unix::fs::symlink(house.path("data/obzvon.db"), &link).expect("a link");
    house.change("obzvon.toml", "storage.url", format!("sqlite:{}", link.display()));
    let mut twin = house.launch_twin();
    until("the second ends", || twin.ended().is_some());
    assert!(!twin.ended().expect("ended").success());
    assert_eq!(talking(&carrier), 1);
    daemon.stop();
    assert_eq!(house.attempts()[0]["outcome"], "answered");
}
