//! Other systems hear of attempts and payments: signed, in order for each debt, until they have them.
#![allow(clippy::disallowed_methods, reason = "a test of a running program asks the clock")]

#[path = "console/browser.rs"]
mod browser;
mod house;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use browser::Browser;
use hmac::{Hmac, KeyInit, Mac};
use house::{CREDITOR, House, config, until, until_within};
use serde_json::Value;
use sha2::Sha256;

const KEY: &[u8] = b"a key of thirty-two bytes, no more";

/// What came, in order; as many of the first as it says are refused.
#[derive(Default)]
struct Receiver {
    refuse: usize,
    heard: Vec<Heard>,
}

struct Heard {
    id: String,
    taken: bool,
    body: Value,
}

type Shared = Arc<Mutex<Receiver>>;

async fn hear(State(receiver): State<Shared>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers[name].to_str().expect("text").to_owned();
    let (id, time) = (header("webhook-id"), header("webhook-timestamp"));
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY).expect("a key");
    mac.update(format!("{id}.{time}.").as_bytes());
    mac.update(&body);
    let signature = format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
    assert_eq!(header("webhook-signature"), signature);
    let sent: jiff::Timestamp = jiff::Timestamp::from_second(time.parse().expect("seconds")).expect("a time");
    assert!(jiff::Timestamp::now().duration_since(sent).as_secs() < 60);
    let mut receiver = receiver.lock().expect("no test fails while it has it");
    let taken = receiver.heard.len() >= receiver.refuse;
    let body = serde_json::from_slice(&body).expect("JSON");
    receiver.heard.push(Heard { id, taken, body });
    if taken { StatusCode::NO_CONTENT } else { StatusCode::SERVICE_UNAVAILABLE }
}

/// Listens on loopback on a thread of its own until the test's process ends.
fn receiver(refuse: usize) -> (Shared, u16) {
    let shared = Shared::new(Mutex::new(Receiver { refuse, heard: Vec::new() }));
    let app = axum::Router::new().route("/hook", post(hear)).with_state(Arc::clone(&shared));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a socket for tokio");
    let port = listener.local_addr().expect("bound").port();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
            axum::serve(listener, app).await.expect("served");
        });
    });
    (shared, port)
}

fn house(port: u16) -> House {
    let house = House::new(config(([127, 0, 0, 1], 9).into()));
    let key = format!("whsec_{}\n", BASE64_STANDARD.encode(KEY));
    house.write("config/key", &key);
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(house.path("config/key"), open).expect("our own file");
    let endpoint = format!(
        "[endpoint.bank]\nurl = \"http://127.0.0.1:{port}/hook\"\nsecret_file = \"key\"\ncreditors = [\"{CREDITOR}\"]\n"
    );
    house.write("config/writeback.toml", &endpoint);
    house
}

fn pay(house: &House, id: &str, debt: &str) {
    house.run(&["pay", "--creditor", CREDITOR, "--debt", debt, "--amount", "1.00", "--id", id]);
}

fn waiting(house: &House) -> usize {
    let rows: Value =
        serde_json::from_str(&house.run(&["writeback", "list", "--waiting", "--json"])).expect("JSON");
    rows.as_array().expect("rows").len()
}

#[test]
fn every_message_is_taken_in_the_order_of_its_debt() {
    let (receiver, port) = receiver(1);
    let house = house(port);
    house.import(2);
    house.run(&["campaign", "pause", "reminders"]);
    let daemon = house.start();
    until("the daemon is ready", || daemon.get("/readyz").is_some_and(|(status, _)| status == 200));
    for (id, debt) in [("m1", "d0"), ("m2", "d0"), ("m3", "d1"), ("m4", "d0")] {
        pay(&house, id, debt);
    }
    until_within(60, "every message is taken", || waiting(&house) == 0);
    let heard = receiver.lock().expect("no test fails while it has it");
    let mut by_debt: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in heard.heard.iter().filter(|one| one.taken) {
        assert_eq!(
            (&one.body["type"], &one.body["data"]["amount_minor"]),
            (&"payment.recorded".into(), &100.into())
        );
        let of = |key: &str| one.body["data"][key].as_str().expect("text").to_owned();
        by_debt.entry(of("debt")).or_default().push(of("payment"));
    }
    assert_eq!(by_debt["d0"], ["m1", "m2", "m4"]);
    assert_eq!(by_debt["d1"], ["m3"]);
    let refused = heard.heard.iter().find(|one| !one.taken).expect("the first one");
    assert!(heard.heard.iter().any(|one| one.taken && one.id == refused.id), "the same id at each try");
    let log = house.run(&["writeback", "list", "--lang", "ru"]);
    assert!(log.contains("принято HTTP 204"), "{log}");
    assert!(daemon.metric("obzvon_messages_sent_total{endpoint=\"bank\",result=\"refused\"}").is_some());
    assert!(!house.log().contains("whsec_"), "the key is in the log");
    daemon.stop();
}

#[test]
fn what_waits_when_the_daemon_dies_is_told_by_the_next_one() {
    let (receiver, port) = receiver(usize::MAX);
    let house = house(port);
    house.import(1);
    house.run(&["campaign", "pause", "reminders"]);
    let daemon = house.start();
    until("the daemon is ready", || daemon.get("/readyz").is_some_and(|(status, _)| status == 200));
    pay(&house, "m1", "d0");
    until("the endpoint refused it", || !receiver.lock().expect("sound").heard.is_empty());
    daemon.kill();
    receiver.lock().expect("sound").refuse = 0;
    assert_eq!(house.run(&["writeback", "resend", "bank", "--lang", "en"]), "to be sent at once: 1\n");
    let daemon = house.start();
    until_within(60, "it is taken", || waiting(&house) == 0);
    assert!(receiver.lock().expect("sound").heard.iter().any(|one| one.taken));
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_sent_again_with_a_click() {
    let (receiver, port) = receiver(0);
    let house = house(port);
    house.import(1);
    house.run(&["campaign", "pause", "reminders"]);
    for role in ["auditor", "supervisor"] {
        house.add_user(role, role, "correct horse");
    }
    let daemon = house.start();
    until("the daemon is ready", || daemon.get("/readyz").is_some_and(|(status, _)| status == 200));
    pay(&house, "m1", "d0");
    let ids = || -> Vec<String> {
        receiver.lock().expect("sound").heard.iter().map(|one| one.id.clone()).collect()
    };
    until_within(60, "it is taken", || ids().len() == 1 && waiting(&house) == 0);
    let rows: Value = serde_json::from_str(&house.run(&["writeback", "list", "--json"])).expect("JSON");
    let click = format!("endpoint=bank&message={}", rows[0]["message"]);
    let mut auditor = Browser::new(&daemon);
    auditor.sign_in("auditor", "correct horse").await;
    let page = auditor.get("/deliveries").await.text().await.expect("text");
    assert!(
        page.contains("bank") && page.contains("HTTP 204") && !page.contains("<button>Отправить"),
        "{page}"
    );
    assert_eq!(auditor.post("/deliveries", &click).await.status().as_u16(), 403, "he changes nothing");
    let mut supervisor = Browser::new(&daemon);
    supervisor.sign_in("supervisor", "correct horse").await;
    assert_eq!(supervisor.post("/deliveries", &click).await.status().as_u16(), 303);
    until_within(60, "it comes once more", || ids().len() == 2);
    assert_eq!(ids()[0], ids()[1], "the receiver knows the second copy by its id");
    assert!(house.log().contains("messages are sent again"), "who clicked is in the log");
    daemon.stop();
}
