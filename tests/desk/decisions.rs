//! An agent decides about whom he is shown: he hears that the person is called, or why not, and sees the next one.

use std::time::Duration;

use obzvon::demo::carrier::Carrier;
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{House, Running};
use crate::interface::signed_in;
use crate::office::{Debtor, house, import, start};
use crate::phone::Phone;
use crate::shift::patient;
use crate::signed_in::Program;

/// The desk, once it shows somebody to decide about who is not `but`; one whom nothing was decided of comes back in a minute.
async fn shown(anna: &Program, house: &House, but: &str) -> Value {
    for _ in 0..900 {
        let view = anna.see().await;
        let name = view["call"]["name"].as_str().unwrap_or(but);
        if view["preview_ends_ms"].is_i64() && name != but {
            return view;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("nobody but {but:?} is shown: {}, {:?}", anna.see().await, house.states());
}

async fn decide(anna: &Program) -> (u16, Value) {
    anna.post("/preview", json!({ "decide": "call" })).await
}

/// A house with debtors, its carrier and phone kept, and anna at her desk.
async fn at_work(carrier: &Carrier, phone: &Phone) -> (House, Running, Program) {
    let house = house(Some(carrier), "preview", Some(phone.sip_port));
    import(&house, &["Анна", "Пётр"].map(|name| Debtor { name, creditor: "Северный Банк" }));
    let daemon = start(&house);
    let anna = signed_in(&daemon, "anna").await;
    for to in ["logged_in", "ready"] {
        assert_eq!(anna.post("/state", json!({ "to": to })).await.0, 200);
    }
    (house, daemon, anna)
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_the_gate_forbids_meanwhile_is_not_called_the_agent_hears_why_and_sees_the_next() {
    let carrier = Carrier::start(patient()).await.expect("a free port");
    let phone = Phone::start("anna").await;
    let (house, daemon, anna) = at_work(&carrier, &phone).await;
    shown(&anna, &house, "").await;
    assert_eq!(anna.see().await["call"]["name"], "Анна");
    house.run(&["hold", "add", "p0", "bankruptcy", "--evidence", "a court act"]);
    let request = anna.request(Method::GET, "/api/v1/desk/events");
    let mut stream = request.send().await.expect("an answer");
    let (status, answer) = decide(&anna).await;
    assert_eq!(status, 409, "{answer}");
    let why = answer["why"][0]["message"].as_str().expect("a sentence");
    assert!(why.starts_with("Звонка не будет: ") && why.contains("банкрот"), "{why}");
    assert!(answer["fault"].as_str().is_some_and(|code| code.contains("hold")), "{answer}");
    let mut told = String::new();
    while !told.contains("event: not_called") || !told.ends_with("\n\n") {
        told += &String::from_utf8_lossy(&stream.chunk().await.expect("it goes on").expect("more"));
    }
    assert!(told.contains(why) && told.contains("Nobody is called: "), "the desk is told, too: {told}");

    let next = shown(&anna, &house, "Анна").await;
    assert_eq!(next["call"]["name"], "Пётр");
    house.run(&["campaign", "pause", "reminders"]);
    let (status, answer) = decide(&anna).await;
    assert_eq!((status, &answer["fault"]), (409, &json!("not_running")), "{answer}");
    assert_eq!(house.attempts().len(), 0, "nobody was called");

    house.run(&["campaign", "start", "reminders"]);
    shown(&anna, &house, "").await;
    assert_eq!(decide(&anna).await, (200, json!({ "done": true })));
    assert_eq!(house.attempts().len(), 1, "who was said to be called is");
    daemon.stop();
}
