//! Anna talks with a debtor, and the daemon is a program of its own: it may be killed, or told by a signal to read its files anew.

use std::time::Duration;

use nix::sys::signal::Signal;
use obzvon::demo::carrier::Carrier;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::house::{House, Running, until_within};
use crate::office::{
    AGENT_HZ, DEBTOR_HZ, Desk, agents_phones, config, debtors, desk_phone, heard, heard_before, person,
    seconds_of,
};
use crate::program::{Program, WORD};

const DONE: u16 = 200;

struct Alone {
    house: House,
    daemon: Running,
    anna: Program,
    debtors: Carrier,
    debtors_heard: TempDir,
    annas_heard: TempDir,
    _phone: Carrier,
}

impl Alone {
    async fn talking() -> Self {
        Self::talking_while_a_stop_waits(5).await
    }

    /// As `talking`; an orderly stop waits for so many seconds.
    async fn talking_while_a_stop_waits(drain_limit_s: i64) -> Self {
        let (debtors_heard, annas_heard) =
            (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let talk = person(Duration::from_millis(500), Duration::from_secs(60));
        let debtors = debtors(talk, &[], debtors_heard.path()).await;
        let phone = agents_phones(desk_phone(), annas_heard.path()).await;
        let desk = Desk { login: "anna", contact: format!("sip:anna@{}", phone.addr()), leg: "per_call" };
        let house = House::new(
            config("progressive", debtors.addr(), &[desk])
                .set("agents.toml", "wrap_up_s", 600)
                .set("agents.toml", "disposition_first", true)
                .set("agents.toml", "pause.lunch.limit_s", 3_600)
                .set("obzvon.toml", "daemon.drain_limit_s", drain_limit_s),
        );
        house.add_user("anna", "agent", WORD);
        house.import(1);
        let daemon = house.start();
        let anna = Program::signed_in(daemon.base(), "anna", WORD).await;
        for to in ["logged_in", "ready"] {
            assert_eq!(anna.post("desk/state", json!({ "to": to })).await.0, DONE, "{to}");
        }
        let alone = Self { house, daemon, anna, debtors, debtors_heard, annas_heard, _phone: phone };
        alone.until_state("talking").await;
        pause(4).await;
        alone
    }

    async fn until_state(&self, state: &str) {
        let patience = std::time::Instant::now() + Duration::from_secs(30);
        loop {
            let desk = self.anna.see_desk().await;
            if desk["state"]["code"] == state {
                return;
            }
            assert!(std::time::Instant::now() < patience, "not {state}: {desk:#}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    fn attempt(&self) -> Value {
        let mut attempts = self.house.attempts();
        assert_eq!(attempts.len(), 1, "{attempts:#?}");
        attempts.remove(0)
    }
}

async fn pause(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

/// A promise for the day after tomorrow.
fn promise() -> Value {
    let today = jiff::Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let on = today.saturating_add(jiff::ToSpan::days(2)).to_string();
    json!({ "code": "promise", "promise": { "on": on, "amount": "500" }, "ready": true })
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_talk_was_cut_off_by_a_crash_writes_up_what_was_said_in_it() {
    let mut alone = Alone::talking().await;
    let call = alone.attempt()["attempt"].clone();
    alone.daemon.kill();
    alone.daemon = alone.house.start();

    alone.until_state("wrap_up").await;
    let desk = alone.anna.see_desk().await;
    let shown = &desk["call"];
    assert_eq!((&shown["attempt"], &shown["hand"], &shown["live"]), (&call, &json!("writes"), &json!(false)));
    assert_eq!(alone.anna.post("desk/identity", json!({})).await.0, DONE);
    assert_eq!(alone.anna.post("desk/note", json!({ "text": "cut off" })).await.0, DONE);
    assert_eq!(alone.anna.post("desk/disposition", promise()).await, (DONE, String::new()));
    alone.until_state("ready").await;
    assert!(alone.anna.see_desk().await["call"].is_null(), "once");
    let attempt = alone.attempt();
    assert_eq!(
        (&attempt["outcome"], &attempt["disposition"]),
        (&"failed_lost".into(), &"promise_to_pay".into())
    );

    // A crash after that finds nothing to write.
    alone.daemon.kill();
    alone.daemon = alone.house.start();
    alone.until_state("ready").await;
    assert_eq!(alone.attempt(), attempt);
    alone.daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pause_asked_for_in_a_talk_comes_after_it_though_a_crash_cut_it_off() {
    let mut alone = Alone::talking().await;
    assert_eq!(alone.anna.post("desk/identity", json!({})).await.0, DONE);
    let lunch = json!({ "to": "away", "pause": "lunch" });
    assert_eq!(alone.anna.post("desk/state", lunch).await.0, DONE);
    pause(1).await;
    for _ in 0..2 {
        alone.daemon.kill();
        alone.daemon = alone.house.start();
        alone.until_state("wrap_up").await;
        let desk = alone.anna.see_desk().await;
        assert_eq!((&desk["state"]["then"], &desk["call"]["identified"]), (&json!("lunch"), &json!(true)));
        pause(1).await;
    }
    let promise = json!({ "code": "promise", "promise": promise()["promise"] });
    assert_eq!(alone.anna.post("desk/disposition", promise).await, (DONE, String::new()));
    alone.until_state("away").await;
    assert_eq!(alone.anna.see_desk().await["state"]["pause"], "lunch");
    alone.daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_written_up_before_an_orderly_stop_is_written_up_after_it() {
    let mut alone = Alone::talking().await;
    assert_eq!(alone.anna.post("desk/call", json!({ "do": "hang_up" })).await.0, DONE);
    alone.until_state("wrap_up").await;
    alone.daemon.stop();
    alone.daemon = alone.house.start();
    alone.until_state("wrap_up").await;
    assert_eq!(alone.anna.post("desk/identity", json!({})).await.0, DONE);
    assert_eq!(alone.anna.post("desk/disposition", promise()).await, (DONE, String::new()));
    alone.until_state("ready").await;
    let attempt = alone.attempt();
    assert_eq!(
        (&attempt["outcome"], &attempt["disposition"]),
        (&"answered".into(), &"promise_to_pay".into())
    );
    alone.daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_orderly_stop_waits_for_what_is_being_written_up_and_no_longer() {
    let mut alone = Alone::talking_while_a_stop_waits(600).await;
    assert_eq!(alone.anna.post("desk/call", json!({ "do": "hang_up" })).await.0, DONE);
    alone.until_state("wrap_up").await;
    alone.daemon.signal(Signal::SIGTERM);
    until_within(10, "it is told to stop", || alone.house.log().contains("draining"));
    assert_eq!(alone.anna.post("desk/identity", json!({})).await.0, DONE);
    assert_eq!(alone.anna.post("desk/disposition", promise()).await, (DONE, String::new()));
    until_within(60, "it has ended", || alone.daemon.ended().is_some());
    alone.daemon = alone.house.start();
    alone.until_state("ready").await;
    let attempt = alone.attempt();
    assert_eq!(
        (&attempt["outcome"], &attempt["disposition"]),
        (&"answered".into(), &"promise_to_pay".into())
    );
    alone.daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_taken_out_amid_a_talk_talks_on_writes_it_up_and_is_out() {
    let alone = Alone::talking().await;
    let file = alone.house.path("config/agents.toml");
    let agents: toml::Table = std::fs::read_to_string(&file).expect("our own").parse().expect("TOML");
    let without: toml::Table = agents.into_iter().filter(|(key, _)| key != "agent").collect();
    std::fs::write(&file, without.to_string()).expect("our own");
    alone.daemon.signal(Signal::SIGHUP);
    until_within(10, "the files are read", || alone.house.log().contains("the configuration was reloaded"));

    pause(4).await;
    let desk = alone.anna.see_desk().await;
    assert_eq!((&desk["state"]["code"], &desk["call"]["hand"]), (&json!("talking"), &json!("first")));
    assert_eq!(alone.anna.post("desk/call", json!({ "do": "hang_up" })).await.0, DONE);
    alone.until_state("wrap_up").await;
    pause(1).await;
    assert_eq!(alone.anna.see_desk().await["call"]["hand"], "writes", "it stays until it is written up");
    assert_eq!(alone.anna.post("desk/identity", json!({})).await.0, DONE);
    assert_eq!(alone.anna.post("desk/disposition", promise()).await, (DONE, String::new()));
    let patience = std::time::Instant::now() + Duration::from_secs(10);
    while !alone.anna.see_desk().await["state"].is_null() {
        assert!(std::time::Instant::now() < patience, "she is out: {}", alone.anna.see_desk().await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let attempt = alone.attempt();
    assert_eq!(
        (&attempt["outcome"], &attempt["disposition"]),
        (&"answered".into(), &"promise_to_pay".into())
    );
    alone.daemon.stop();
    drop(alone.debtors.stop().await);
    let number = attempt["attempt"].as_i64().expect("a number");
    let heard = [
        seconds_of(&heard(&alone.debtors_heard, number), AGENT_HZ),
        seconds_of(&heard_before(&alone.annas_heard, 0), DEBTOR_HZ),
    ];
    println!("the debtor heard {} s of her, she {} s of him", heard[0], heard[1]);
    assert!(heard.iter().all(|seconds| *seconds > 6.0), "before and after: {heard:?}");
}
