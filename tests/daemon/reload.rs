//! SIGHUP: a good configuration is taken whole, a bad one changes nothing.

use nix::sys::signal::Signal;

use crate::house::{CHANNELS, House, REMINDERS, TRUNKS, until};
use crate::{carrier, ringing, ringing_config, rings};

const TAKEN: &str = "obzvon_config_last_reload_successful";

#[tokio::test(flavor = "multi_thread")]
async fn a_good_configuration_is_taken_and_the_last_good_one_stays_when_a_bad_one_comes() {
    let carrier = carrier(rings()).await;
    let mut house = House::new(ringing_config(&carrier).set(TRUNKS, CHANNELS, 1).set(
        TRUNKS,
        "trunk.carrier.ring_limit_s",
        120,
    ));
    house.import(20);
    let daemon = house.start();
    until("one phone rings", || ringing(&carrier) == 1);

    house.change(TRUNKS, CHANNELS, 3);
    daemon.signal(Signal::SIGHUP);
    until("three phones ring at once", || ringing(&carrier) == 3);
    assert_eq!(daemon.metric(TAKEN), Some(1.0));

    let good = std::fs::read_to_string(house.path("config/trunks.toml")).expect("the trunks");
    house.write("config/trunks.toml", &good.replace("channels = 3", "chanels = 9"));
    house.change(REMINDERS, "flow", "no_such_flow");
    house.write("config/trunks.toml", &good.replace("channels = 3", "chanels = 9"));
    daemon.signal(Signal::SIGHUP);
    until("the refusal is told", || daemon.metric(TAKEN) == Some(0.0));
    let log = house.log();
    let refusal =
        log.lines().find(|line| line.contains("the reload was refused")).expect("a line of the log");
    for word in ["chanels", "trunks.toml", "no_such_flow", "reminders.toml"] {
        assert!(refusal.contains(word), "every mistake is told, {word} too: {refusal}");
    }
    assert_eq!(ringing(&carrier), 3, "calls that are up stay up");

    house.change(REMINDERS, "flow", "reminder_overdue");
    house.change(TRUNKS, CHANNELS, 5);
    daemon.signal(Signal::SIGHUP);
    until("five phones ring at once", || ringing(&carrier) == 5);
    assert_eq!(daemon.metric(TAKEN), Some(1.0));
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_a_restart_can_change_is_told_and_stays() {
    let carrier = carrier(rings()).await;
    let mut house = House::new(ringing_config(&carrier));
    let daemon = house.start();
    house.change("obzvon.toml", "media.ports", "20000-30000");
    daemon.signal(Signal::SIGHUP);
    until("it is told", || house.log().contains("takes a restart"));
    daemon.stop();
    let log = house.log();
    let told = log.lines().find(|line| line.contains("takes a restart")).expect("a line of the log");
    assert!(told.contains("media"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_put_off_to_the_old_opening_is_called_in_the_new_hours() {
    let carrier = carrier(rings()).await;
    let (weekdays, weekend) = ("calendar.weekdays", "calendar.weekend");
    let mut house = House::new(ringing_config(&carrier).set(REMINDERS, weekdays, "18:00-19:30").set(
        REMINDERS,
        weekend,
        "18:00-19:30",
    ));
    house.import(3);
    let daemon = house.start();
    let parked = |house: &House| house.states() == [("waiting".into(), "campaign_hours".into(), 3)];
    until("all wait for the evening", || parked(&house));
    house.change(REMINDERS, weekdays, "08:00-22:00");
    house.change(REMINDERS, weekend, "09:00-20:00");
    daemon.signal(Signal::SIGHUP);
    until("all are called at noon", || ringing(&carrier) == 3);
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_the_campaign_is_aimed_at_anew_joins_its_queue() {
    let carrier = carrier(rings()).await;
    let mut house = House::new(ringing_config(&carrier).set(REMINDERS, "debtor_types", vec!["idler"]));
    house.import(2);
    assert_eq!(house.states(), [("held".into(), "needs_agent".into(), 2)]);
    house.start().stop();
    // The change comes while nobody runs.
    house.change(REMINDERS, "debtor_types", vec!["idler", "forgetful"]);
    let daemon = house.start();
    until("both are called", || ringing(&carrier) == 2);
    daemon.stop();
}
