//! Trunks: probed, registered with, and calls that ask for a password.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use jiff::civil::date;
use obzvon::demo::carrier::script::{Refusal, Script, Step};
use obzvon::demo::carrier::wire::digest::{Algorithm, Challenge};
use obzvon::demo::carrier::{Carrier, CarrierPlan, Casting};

use crate::house::{House, TRUNKS, config, until, until_within};
use crate::sipp_harness::Sipp;
use crate::{carrier, ringing, ringing_config, rings};

const UP: &str = "obzvon_trunk_up{trunk=\"carrier\"}";

#[tokio::test(flavor = "multi_thread")]
async fn a_trunk_that_answers_no_probe_gets_no_calls_until_it_answers_again() {
    let first = carrier(rings()).await;
    let addr = first.addr();
    let house = House::new(
        ringing_config(&first)
            .set(TRUNKS, "trunk.carrier.health.probe_s", 5)
            .set(TRUNKS, "trunk.carrier.health.faults_to_open", 1)
            .set(TRUNKS, "trunk.carrier.health.rest_s", 300),
    );
    let daemon = house.start();
    until("the trunk is up", || daemon.metric(UP) == Some(1.0));
    first.stop().await;
    until_within(120, "the trunk is down", || daemon.metric(UP) == Some(0.0));
    house.import(2);
    assert!(house.attempts().is_empty());

    let mut plan = CarrierPlan::new(1, date(2026, 2, 3));
    // One call tries the trunk; that it is busy there tells that the trunk is well.
    let busy = vec![Step::Refuse(Refusal::new(486, "Busy Here", None))];
    (plan.bind, plan.casting) = (addr, Casting::Always(Script::new("everybody", busy)));
    let second = Carrier::start(plan).await.expect("the port is free again");
    until_within(120, "the trunk is up again", || daemon.metric(UP) == Some(1.0));
    until_within(120, "both are called", || second.calls().len() == 2);
    daemon.stop();
    assert_eq!(house.attempts().len(), 2, "nobody was dialled while the trunk was down");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trunk_whose_name_has_no_address_opens_its_circuit_after_as_many_faults_as_any() {
    let carrier = carrier(rings()).await;
    let house = House::new(
        ringing_config(&carrier)
            .set(TRUNKS, "trunk.carrier.host", "carrier.invalid")
            .set(TRUNKS, "trunk.carrier.channels", 2)
            .set(TRUNKS, "trunk.carrier.health.faults_to_open", 2)
            .set(TRUNKS, "trunk.carrier.health.rest_s", 300),
    );
    let daemon = house.start();
    until("its name has no address", || daemon.metric(UP) == Some(0.0));
    house.import(5);
    let failed = || house.attempts().iter().filter(|attempt| attempt["outcome"] == "failed_trunk").count();
    until_within(120, "two have failed", || failed() >= 2);
    // The daemon looks for contacts twice a second.
    tokio::time::sleep(Duration::from_secs(3)).await;
    daemon.stop();
    let outcomes: Vec<_> = house.attempts().iter().map(|attempt| attempt["outcome"].clone()).collect();
    let of = |code: &str| outcomes.iter().filter(|outcome| **outcome == code).count();
    assert!(of("failed_trunk") >= 2 && outcomes.len() < 5, "{outcomes:?}");
    // What was decided before the circuit opened is not sent when the daemon ends.
    assert_eq!(of("failed_trunk") + of("cancelled"), outcomes.len(), "{outcomes:?}");
}

/// An account whose password stands in a file of its own.
fn with_account(house: &mut House) {
    house.write("config/secret", "secret");
    std::fs::set_permissions(house.path("config/secret"), Permissions::from_mode(0o600)).expect("our file");
    house.change(TRUNKS, "trunk.carrier.user", "line");
    house.change(TRUNKS, "trunk.carrier.password_file", "secret");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trunk_is_registered_with_kept_and_left_at_the_end() {
    let registrar = Sipp::start("registrar", &[]).await;
    let mut house = House::new(config(registrar.addr));
    with_account(&mut house);
    house.change(TRUNKS, "trunk.carrier.register", true);
    let daemon = house.start();
    until("registered twice", || house.log().matches("\"message\":\"registered\"").count() == 2);
    daemon.stop();
    registrar.finish().await.expect_success();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_call_leaves_the_daemons_binding_at_the_registrar_alone() {
    let registrar = Sipp::start("registrar", &[]).await;
    let mut house = House::new(config(registrar.addr));
    with_account(&mut house);
    house.change(TRUNKS, "trunk.carrier.register", true);
    // The switch is thrown: it starts, places no call, and ends.
    house.write("data/STOP", "");
    let called = house.try_run(&["call", &crate::house::number(0), "--flow", "reminder_overdue"]);
    assert_eq!(called.status.code(), Some(1), "nobody is called under the switch");
    let log = house.log();
    assert!(!log.contains("daemon::trunk_task"), "the trunk was kept: {log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_asks_for_a_password_gets_its_answer() {
    let mut plan = CarrierPlan::new(1, date(2026, 2, 3));
    plan.casting = Casting::Always(Script::new("everybody", rings()));
    plan.challenge = Some(Challenge {
        user: "line".to_owned(),
        password: "secret".to_owned(),
        realm: "carrier".to_owned(),
        algorithm: Algorithm::Sha256,
        qop: true,
    });
    let carrier = Carrier::start(plan).await.expect("a free port");
    let mut house = House::new(ringing_config(&carrier));
    with_account(&mut house);
    house.import(1);
    let daemon = house.start();
    until("the phone rings", || ringing(&carrier) == 1);
    daemon.stop();
    assert!(!house.log().contains("secret"), "the log holds the password");
}
