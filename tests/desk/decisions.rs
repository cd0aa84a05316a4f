//! An agent decides about whom he is shown: he hears that the person is called, or why not, and sees the next one.

use std::time::Duration;

use obzvon::demo::carrier::Carrier;
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{House, Running, zone_of_noon};
use crate::interface::signed_in;
use crate::office::{Debtor, furnished, house, import, number, plan, start};
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

/// Nobody loses his time over whom the rules have forbidden meanwhile: the other debt of who has complained is passed over.
#[tokio::test(flavor = "multi_thread")]
async fn the_second_debt_of_who_complains_is_not_shown_and_the_record_says_why() {
    let carrier = Carrier::start(patient()).await.expect("a free port");
    let phone = Phone::start("anna").await;
    let house = house(Some(&carrier), "preview", Some(phone.sip_port));
    let zone = zone_of_noon();
    let mut csv = "external_id;person_id;name;phone;time_zone;debtor_type;creditor;amount;due\n".to_owned();
    for (debt, person, name, roubles) in [(0, 0, "Анна", 9_000), (1, 0, "Анна", 8_000), (2, 1, "Пётр", 7_000)]
    {
        let phone = number(person);
        csv += &format!(
            "d{debt};p{person};{name};{phone};{zone};forgetful;Северный Банк;{roubles};2026-01-15\n"
        );
    }
    house.write("list.csv", &csv);
    house.run(&["import", house.path("list.csv").to_str().expect("UTF-8")]);
    house.run(&["campaign", "start", "reminders"]);
    let daemon = start(&house);
    let anna = signed_in(&daemon, "anna").await;
    for to in ["logged_in", "ready"] {
        assert_eq!(anna.post("/state", json!({ "to": to })).await.0, 200);
    }
    assert_eq!(shown(&anna, &house, "").await["call"]["name"], "Анна");
    assert_eq!(decide(&anna).await.0, 200);
    until_she(&anna, "talking").await;
    assert_eq!(anna.post("/complaint", json!({ "text": "" })).await.0, 200);
    assert_eq!(anna.post("/call", json!({ "do": "hang_up" })).await.0, 200);
    until_she(&anna, "wrap_up").await;
    let written = json!({ "code": "no_talk", "ready": true });
    let (status, answer) = anna.post("/disposition", written).await;
    assert_eq!(status, 200, "{answer}");
    let next = shown(&anna, &house, "").await;
    assert_eq!(next["call"]["name"], "Пётр", "{:?}", house.states());
    let second =
        house.states().into_iter().find(|(state, why, _)| state == "done" && why == "core.hold.person_said");
    assert!(second.is_some(), "{:?}", house.states());
    let told = house.run(&["explain", "p0", "--lang", "en"]);
    assert!(told.contains("d1") && told.contains("complaint"), "{told}");
    assert_eq!(house.attempts().len(), 1);
    house.run(&["audit", "verify"]);
    daemon.stop();
}

async fn until_she(anna: &Program, state: &str) -> Value {
    for _ in 0..300 {
        let view = anna.see().await;
        if view["state"]["code"] == state {
            return view;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("she is not {state}: {}", anna.see().await);
}

/// Debts are spoken of in plain words, too: nothing of the script but its greeting is there before she knows who is speaking.
#[tokio::test(flavor = "multi_thread")]
async fn before_identity_neither_the_page_nor_the_interface_has_a_word_of_payment() {
    let carrier = Carrier::start(patient()).await.expect("a free port");
    let phone = Phone::start("anna").await;
    let config = plan(Some(&carrier), "preview")
        .set("agents.toml", "agent.anna.contact", format!("sip:anna@127.0.0.1:{}", phone.sip_port))
        .set("agents.toml", "agent.anna.leg", "nailed_up")
        .set("agents.toml", "agent.boss.leg", "browser")
        .set("agents.toml", "agent.boss.supervises", true);
    let house = furnished(config);
    import(&house, &[Debtor { name: "Анна", creditor: "Северный Банк" }]);
    let daemon = start(&house);
    let anna = signed_in(&daemon, "anna").await;
    for to in ["logged_in", "ready"] {
        assert_eq!(anna.post("/state", json!({ "to": to })).await.0, 200);
    }
    shown(&anna, &house, "").await;
    tells_nothing(&anna).await;
    assert_eq!(decide(&anna).await.0, 200);
    assert_eq!(until_she(&anna, "talking").await["call"]["identified"], false);
    tells_nothing(&anna).await;

    let mark = async |kind: &str, code: &str| anna.post("/mark", json!({ "kind": kind, "code": code })).await;
    for (kind, code) in [("stage", "demand"), ("stage", "reason"), ("objection", "no_money")] {
        let (_, answer) = mark(kind, code).await;
        assert_eq!(answer["fault"], "identity_first", "{kind} {code}: nothing was asked of a stranger");
    }
    assert_eq!(mark("stage", "contact").await.0, 200);
    assert_eq!(anna.post("/identity", json!({})).await.0, 200);
    for _ in 0..100 {
        if anna.see().await["call"]["identified"] == true {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let view = anna.see().await;
    let all = |key: &str| view["call"][key].as_array().is_some_and(|all| !all.is_empty());
    assert!(["objections", "reasons", "types"].into_iter().all(all), "{view}");
    assert!(view["call"]["stages"].as_array().expect("stages").iter().all(|it| it["text"].is_string()));
    assert_eq!(mark("stage", "demand").await.0, 200);

    // A supervisor's sound in the browser hears no talk: he is told at once, and nobody waits for a phone to ring.
    let boss = signed_in(&daemon, "boss").await;
    let listen =
        boss.send(Method::POST, "/api/v1/agents/anna/supervision", Some(json!({ "do": "listen" }))).await;
    let text = listen.text().await.expect("text");
    assert!(text.contains("phone_not_there") && text.contains("Ваш телефон не на связи"), "{text}");
    daemon.stop();
}

async fn tells_nothing(anna: &Program) {
    let page = anna.send(Method::GET, "/desk", None).await.text().await.expect("text").to_lowercase();
    // Below stand the keys of any talk.
    let page = page.split("<p class=\"keys\">").next().expect("a page");
    let view = anna.see().await;
    let told = view.to_string().to_lowercase();
    for word in ["плат", "пени", "зарплат", "рассрочк", "деньг", "денег", "банк", "no_money", "habitual"]
    {
        assert!(!page.contains(word), "{word} on the page: {page}");
        assert!(!told.contains(word), "{word} in the interface: {told}");
    }
    let call = &view["call"];
    assert_eq!([&call["objections"], &call["reasons"], &call["types"]], [&json!([]); 3]);
    let stages = call["stages"].as_array().expect("stages");
    assert!(
        stages[0]["text"].is_string() && stages[1..].iter().all(|stage| stage["text"].is_null()),
        "{call}"
    );
}
