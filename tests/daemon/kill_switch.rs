//! The kill switch: its file, and the signal that makes it.

use std::time::Duration;

use nix::sys::signal::Signal;
use obzvon::demo::carrier::Ending;
use obzvon::demo::carrier::script::Step;

use crate::house::{CHANNELS, House, TRUNKS, until};
use crate::{carrier, carrier_with, ended, ringing, ringing_config, rings, talking};

#[tokio::test(flavor = "multi_thread")]
async fn while_its_file_is_there_what_rings_is_taken_back_and_nobody_is_dialled() {
    let carrier = carrier(rings()).await;
    let house = House::new(ringing_config(&carrier).set(TRUNKS, CHANNELS, 3).set(
        TRUNKS,
        "trunk.carrier.ring_limit_s",
        120,
    ));
    house.import(20);
    let daemon = house.start();
    until("three phones ring", || ringing(&carrier) == 3);
    house.write("data/STOP", "");
    until("all are taken back", || ended(&carrier, Ending::Cancelled) == 3 && ringing(&carrier) == 0);
    // The daemon looks for contacts twice a second.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(carrier.calls().len(), 3, "somebody was dialled while the switch was thrown");
    let outcomes: Vec<_> = house.attempts().iter().map(|attempt| attempt["outcome"].clone()).collect();
    assert_eq!(outcomes, ["cancelled"; 3]);

    std::fs::remove_file(house.path("data/STOP")).expect("the switch");
    until("it dials again", || ringing(&carrier) == 3);
    assert_eq!(daemon.get("/readyz").map(|(code, _)| code), Some(200));
    assert_eq!(daemon.metric("obzvon_kill_switch"), Some(0.0));
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_throws_it_and_who_talks_may_finish() {
    let talks = vec![Step::Ring(180), Step::Answer, Step::Listen(Duration::from_secs(3)), Step::HangUp];
    let carrier = carrier_with(rings(), &[(0, talks)]).await;
    let house = House::new(ringing_config(&carrier).set(TRUNKS, CHANNELS, 3).set(
        TRUNKS,
        "trunk.carrier.ring_limit_s",
        120,
    ));
    house.import(3);
    let daemon = house.start();
    until("two ring and one talks", || ringing(&carrier) == 2 && talking(&carrier) == 1);
    daemon.signal(Signal::SIGUSR1);
    until("the ringing ones are taken back", || ended(&carrier, Ending::Cancelled) == 2);
    assert!(house.path("data/STOP").exists(), "the signal leaves the switch's file");
    until("the talk ends", || talking(&carrier) == 0);
    daemon.stop();
    assert_eq!(ended(&carrier, Ending::HungUpByCallee), 1, "he who talked was let finish");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_that_finds_it_thrown_dials_nobody() {
    let carrier = carrier(rings()).await;
    let house = House::new(ringing_config(&carrier));
    house.import(3);
    house.write("data/STOP", "");
    let daemon = house.start();
    let (code, told) = daemon.get("/readyz").expect("an answer");
    assert_eq!(code, 503, "{told}");
    assert!(told.contains("not ready: the kill switch is thrown"), "{told}");
    assert_eq!(daemon.metric("obzvon_kill_switch"), Some(1.0));
    tokio::time::sleep(Duration::from_millis(1500)).await;
    daemon.stop();
    assert!(carrier.calls().is_empty());
    assert!(house.attempts().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn signals_that_come_while_the_daemon_starts_are_obeyed() {
    let carrier = carrier(rings()).await;
    let house = House::new(ringing_config(&carrier));
    house.import(1);
    let read = house.pause_reading("config/trunks.toml");
    let starting = house.launch();
    // It reads its configuration, and can't go on before it is given the file.
    let mut given = read.wait();
    starting.signal(Signal::SIGUSR1);
    starting.signal(Signal::SIGHUP);
    read.give(&mut given);
    drop(given);
    until("the switch is thrown", || house.path("data/STOP").exists());
    until("the configuration is read again", || house.log().contains("the configuration was reloaded"));
    starting.stop();
    assert!(house.attempts().is_empty());
}
