//! `obzvon call`: one call through the gate.

use std::time::Duration;

use nix::sys::signal::Signal;
use obzvon::demo::carrier::Ending;
use obzvon::demo::carrier::script::Step;

use crate::house::{House, Running, config, number, until, zone_of_noon};
use crate::{carrier, ended, ringing, ringing_config, rings, talking};

fn answers() -> Vec<Step> {
    vec![Step::Ring(180), Step::Answer, Step::Listen(Duration::from_secs(1)), Step::HangUp]
}

/// Calls the number: what was printed when it was called, and when it was not.
fn call(house: &House) -> Result<String, String> {
    let output = house.try_run(&[
        "call",
        &number(0),
        "--flow",
        "reminder_overdue",
        "--lang",
        "en",
        "--zone",
        &zone_of_noon(),
    ]);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    match output.status.code() {
        Some(0) => Ok(text),
        Some(1) if text.starts_with("not called") => Err(text),
        _ => panic!("{}: {text}{}", output.status, String::from_utf8_lossy(&output.stderr)),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_not_listed_goes_by_all_the_rules() {
    let carrier = carrier(answers()).await;
    let house = House::new(config(carrier.addr()));
    let said = call(&house).expect("the first call of the day");
    assert!(said.contains("answered"), "{said}");
    let refusal = call(&house).expect_err("the cap holds");
    assert!(refusal.contains("rule ru."), "{refusal}");
    assert!(refusal.contains("test-calls · obzvon-test-"), "his contact is explained: {refusal}");
    assert_eq!(carrier.calls().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_number_is_exempt_from_caps_but_never_from_holds() {
    let carrier = carrier(answers()).await;
    let listed = vec![number(0)];
    let house = House::new(config(carrier.addr()).set("obzvon.toml", "daemon.test_numbers", listed));
    for _ in 0..2 {
        call(&house).expect("no cap for a test number");
    }
    house.run(&["hold", "add", &number(0), "stop_requested", "--evidence", "said so"]);
    let refusal = call(&house).expect_err("the hold holds");
    assert!(refusal.contains("asked in a call to stop"), "{refusal}");
    assert_eq!(carrier.calls().len(), 2);
    let rules = house.attempts().iter().all(|attempt| attempt["outcome"] == "answered");
    assert!(rules, "{:?}", house.attempts());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_call_under_the_kill_switch_says_so() {
    let carrier = carrier(answers()).await;
    let house = House::new(config(carrier.addr()));
    house.write("data/STOP", "");
    let refusal = call(&house).expect_err("the switch holds");
    assert!(refusal.starts_with("not called: the kill switch is thrown"), "{refusal}");
    assert!(carrier.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_debtors_number_is_called_by_campaigns_alone() {
    let carrier = carrier(answers()).await;
    let house = House::new(config(carrier.addr()));
    house.import(1);
    house.run(&["campaign", "pause", "reminders"]);
    let output = house.try_run(&[
        "call",
        &number(0),
        "--flow",
        "reminder_overdue",
        "--lang",
        "en",
        "--zone",
        &zone_of_noon(),
    ]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("this number is a debtor's"), "{said}");
    assert!(carrier.calls().is_empty());
}

fn launch(house: &House) -> Running {
    house.launch_call(&[&number(0), "--flow", "reminder_overdue", "--zone", &zone_of_noon()])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_call_that_is_told_to_end_while_it_rings_is_cancelled_and_written_down() {
    let carrier = carrier(rings()).await;
    let house = House::new(ringing_config(&carrier));
    let mut call = launch(&house);
    until("it rings", || ringing(&carrier) == 1);
    call.signal(Signal::SIGTERM);
    until("it ends", || call.ended().is_some());
    assert_eq!(call.ended().and_then(|status| status.code()), Some(130));
    assert_eq!(ended(&carrier, Ending::Cancelled), 1);
    let attempts = house.attempts();
    assert_eq!((&attempts[0]["outcome"], &attempts[0]["hung_up_by"]), (&"cancelled".into(), &"us".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_call_that_is_told_to_end_while_it_talks_is_hung_up_and_written_down() {
    let carrier = carrier(vec![Step::Ring(180), Step::Answer, Step::Listen(Duration::from_secs(600))]).await;
    let house = House::new(config(carrier.addr()));
    let mut call = launch(&house);
    until("he talks", || talking(&carrier) == 1);
    call.signal(Signal::SIGINT);
    until("it ends", || call.ended().is_some());
    assert_eq!(call.ended().and_then(|status| status.code()), Some(130));
    assert_eq!(ended(&carrier, Ending::HungUpByCaller), 1);
    let attempts = house.attempts();
    assert_eq!((&attempts[0]["outcome"], &attempts[0]["hung_up_by"]), (&"answered".into(), &"us".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_word_to_end_is_obeyed_at_once() {
    // A carrier that answers nothing at all: a call that is taken back waits for it.
    let mute = std::net::UdpSocket::bind("127.0.0.1:0").expect("loopback");
    let house = House::new(config(mute.local_addr().expect("bound")));
    let mut call = launch(&house);
    let read = mute.recv(&mut [0; 4096]).expect("an INVITE");
    assert!(read > 0);
    call.signal(Signal::SIGINT);
    call.signal(Signal::SIGTERM);
    until("it leaves", || call.ended().is_some());
    assert_eq!(call.ended().and_then(|status| status.code()), Some(130));
    assert!(house.attempts()[0]["outcome"].is_null(), "it has not waited for the call's end");
}

/// What every report says.
fn reports(house: &House) -> Vec<String> {
    let all = ["channels", "outcomes", "attempts", "kpi", "promises", "wear", "uplift", "types", "pareto"];
    all.map(|report| house.run(&["report", report, "--json"])).to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_call_is_written_down_and_counted_nowhere() {
    let carrier = carrier(answers()).await;
    let house = House::new(config(carrier.addr()));
    house.write("config/key", &format!("whsec_{}", "QUJD".repeat(10)));
    let closed = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(house.path("config/key"), closed).expect("our own file");
    let hook = "[endpoint.bank]\nurl = \"http://127.0.0.1:9/hook\"\nsecret_file = \"key\"\n";
    house.write("config/writeback.toml", hook);
    let before = reports(&house);
    call(&house).expect("the first call of the day");

    let attempts = house.attempts();
    assert_eq!((attempts.len(), &attempts[0]["campaign"]), (1, &"test-calls".into()));
    let person = attempts[0]["person"].as_str().expect("an id");
    assert!(person.starts_with("obzvon-test-") && !person.contains("9990000000"), "{person}");
    let explained = house.run(&["explain", &number(0), "--lang", "en"]);
    assert!(!explained.contains("ledger entries: 0"), "the ledger has it: {explained}");

    assert_eq!(reports(&house), before, "a report counts it");
    for list in ["bi-call-day", "bi-effect-day", "economics"] {
        assert_eq!(house.run(&["export", list]).lines().count(), 1, "{list} has more than its head");
    }
    assert_eq!(house.run(&["writeback", "list", "--json"]).trim(), "[]", "other systems hear of it");
    assert_eq!(house.run(&["db", "tallies", "check", "--lang", "en"]), "every sum is that of its rows\n");
}
