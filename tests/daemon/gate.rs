//! The gate as the running program keeps it: a hold withdraws what is decided, and two nodes call nobody twice.

use std::collections::BTreeMap;

use obzvon::demo::carrier::Ending;
use obzvon::stats::Doing;
use obzvon::store::{Store, StorePlan};

use crate::house::{self, CPS, House, REMINDERS, TRUNKS, until};
use crate::{carrier, ringing, ringing_config, rings};

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_takes_back_what_rings_and_what_was_only_decided_is_never_sent() {
    const PEOPLE: u32 = 20;
    let carrier = carrier(rings()).await;
    // One call a second: behind the one that rings, others are decided and wait for their turn to leave.
    let house = House::new(ringing_config(&carrier).set(TRUNKS, CPS, 1));
    house.import(PEOPLE);
    let daemon = house.start();
    until("one rings and another is decided", || {
        ringing(&carrier) > 0 && house.count(&["in_flight"]) > ringing(&carrier) as u64
    });
    for person in (0..PEOPLE).rev() {
        house.run(&["hold", "add", &format!("p{person}"), "bankruptcy", "--evidence", "a court act"]);
    }
    until("all is taken back", || house.count(&["queued", "in_flight"]) == 0);
    daemon.stop();
    // The phones would have rung for minutes.
    let attempts = house.attempts();
    for attempt in &attempts {
        assert_eq!(attempt["outcome"], "cancelled", "{attempt}");
    }
    let sent = attempts.iter().filter(|attempt| !attempt["invite_at"].is_null()).count();
    let calls = carrier.calls();
    assert_eq!(calls.len(), sent, "what was withdrawn never left");
    assert!(calls.iter().all(|call| call.ending == Some(Ending::Cancelled)), "{calls:?}");
    println!("{} decided, {sent} of them rang, all taken back", attempts.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_on_one_database_call_nobody_twice() {
    const PEOPLE: u32 = 100;
    let carrier = carrier(rings()).await;
    let house = House::new(house::config(carrier.addr()).set(TRUNKS, CPS, 10));
    house.import(PEOPLE);
    let (one, two) = (house.start(), house.start_second());
    until("everybody was called", || house.count(&["queued", "in_flight"]) == 0);
    one.stop();
    two.stop();
    let mut by_number: BTreeMap<String, u32> = BTreeMap::new();
    for call in carrier.calls() {
        *by_number.entry(call.number.clone()).or_default() += 1;
    }
    assert!(by_number.values().all(|&calls| calls == 1), "somebody was called by both: {by_number:?}");
    let attempts = house.attempts();
    let mut outcomes: BTreeMap<String, u32> = BTreeMap::new();
    for attempt in &attempts {
        *outcomes.entry(attempt["outcome"].to_string()).or_default() += 1;
    }
    // A permit that was not used within seconds is given up and never sent.
    let sent = attempts.iter().filter(|attempt| !attempt["invite_at"].is_null()).count();
    assert_eq!((by_number.len(), attempts.len()), (sent, PEOPLE as usize), "{outcomes:?}");
    let by_node = |node: &str| attempts.iter().filter(|attempt| attempt["node"] == node).count();
    let (first, second) = (by_node("test"), by_node("second"));
    assert!(first > 0 && second > 0, "one node did all the work: {first} and {second}");
    println!("{outcomes:?}: {first} calls of one node and {second} of the other");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_the_day_that_somebody_applied_is_waited_for() {
    let carrier = carrier(rings()).await;
    let house = House::new(ringing_config(&carrier));
    // It is noon where they live.
    house.import(3);
    let url = format!("sqlite:{}", house.path("data/obzvon.db").display());
    let store = Store::open(StorePlan { url: url.into(), node: "supervisor".into() }).await.expect("open");
    let evening = Doing::parse("day_part:ivr:forgetful:evening").expect("a code");
    let now = jiff::Timestamp::now();
    assert!(store.apply_proposal(evening, "{}".into(), "anna", now).await.expect("written"));
    store.close().await;
    let daemon = house.start();
    until("everybody waits for the evening", || {
        house.states() == [("waiting".to_owned(), "best_day_part".to_owned(), 3)]
    });
    daemon.stop();
    assert!(house.attempts().is_empty() && carrier.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_type_has_changed_in_the_queue_is_kept_for_an_agent_until_it_is_changed_back() {
    let carrier = carrier(rings()).await;
    let house = House::new(ringing_config(&carrier));
    house.import(3);
    for n in ["p0", "p2"] {
        house.run(&["person", "type", n, "fraudster", "--by", "boss", "--why", "an alias"]);
    }
    let daemon = house.start();
    until("the forgetful one rings", || ringing(&carrier) == 1);
    let kept = |count| ("held".to_owned(), "needs_agent".to_owned(), count);
    until("the others are kept", || house.states().contains(&kept(2)));
    assert_eq!(carrier.calls().len(), 1);
    house.run(&["person", "type", "p2", "forgetful", "--by", "boss", "--why", "a mistake"]);
    until("he is called, too", || ringing(&carrier) == 2);
    assert!(house.states().contains(&kept(1)));
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_be_called_by_his_name_is_kept_for_an_agent_where_the_campaign_asks_for_it() {
    let carrier = carrier(rings()).await;
    let house = House::new(ringing_config(&carrier).set(REMINDERS, "identity", "name"));
    house.import(2);
    let started = house.run(&["campaign", "start", "reminders", "--lang", "en"]);
    assert!(
        started.contains("identity = \"name\": no voice has said the names of 2 of 2 contacts"),
        "{started}"
    );
    let daemon = house.start();
    until("both are kept", || house.states() == [("held".to_owned(), "unnamed".to_owned(), 2)]);
    daemon.stop();
    assert!(house.attempts().is_empty() && carrier.calls().is_empty());
    let why = house.run(&["campaign", "why-not", "reminders", "--lang", "en"]);
    assert!(why.contains("the robot cannot say his name"), "{why}");
}
