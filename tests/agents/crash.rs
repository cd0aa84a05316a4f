//! SIGKILL amid talks: whoever was at work is at work again without help, and nothing is stuck.

use std::net::UdpSocket;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use obzvon::config::{Config, Environment};
use obzvon::domain::Language;
use obzvon::store::{NewCallback, Store, StorePlan};

use crate::house::{House, REMINDERS, until_within};
use crate::office::{Desk, PASSWORD, config, debtors, person, write_accounts};
use crate::phone::{Account, Phone};

const PEOPLE: u32 = 6;

#[tokio::test(flavor = "multi_thread")]
async fn agents_are_back_at_work_their_lost_calls_count_and_what_was_agreed_stands() {
    let heard = tempfile::tempdir().expect("a folder");
    let carrier =
        debtors(person(Duration::from_millis(500), Duration::from_secs(8)), &[], heard.path()).await;
    let desks = [("anna", "nailed_up"), ("boris", "per_call")].map(|(login, leg)| Desk {
        login,
        contact: String::new(),
        leg,
    });
    let socket = UdpSocket::bind("127.0.0.1:0").expect("loopback");
    let registrar = socket.local_addr().expect("bound");
    drop(socket);
    let plan = config("progressive", carrier.addr(), &desks).set(REMINDERS, "record", true);
    let house = House::new(plan.set("obzvon.toml", "sip.bind", registrar.to_string()));
    write_accounts(&house, &desks.iter().collect::<Vec<_>>());
    house.import(PEOPLE);
    let agreed = agreed_with(&house, "p0").await;

    let daemon = house.start();
    let account = Account { password: PASSWORD, registrar, transport: "udp" };
    let mut phones =
        [Phone::registering("anna", &account).await, Phone::registering("boris", &account).await];
    for phone in &mut phones {
        registered().await;
        phone.dial(&format!("sip:602@{registrar}")).await;
    }
    let talking =
        || house.attempts().iter().filter(|a| a["outcome"].is_null() && !a["reserved_at"].is_null()).count();
    until_within(60, "both talk", || {
        carrier.calls().iter().filter(|call| call.answered.is_some()).count() >= 2
    });
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert!(talking() > 0, "a call is open: {:?}", house.attempts());
    daemon.kill();
    let before = house.attempts().len();

    let daemon = house.start();
    let left = || house.count(&["queued", "in_flight"]);
    until_within(90, "everybody else is called", || left() == 0);
    until_within(60, "what was recorded of the lost ones is known", || recorded_of_lost(&house) > 0);
    daemon.stop();
    let verified = house.run(&["recording", "verify"]);
    println!("{verified}");
    let attempts = house.attempts();
    let lost = attempts.iter().filter(|a| a["outcome"] == "failed_lost").count();
    println!("{before} attempts before the kill, {lost} lost; {} in all", attempts.len());
    assert!(lost > 0 && attempts.iter().all(|a| !a["outcome"].is_null()), "{attempts:#?}");
    // One person waits for the call agreed with him; each of the others was called once.
    assert_eq!(attempts.len(), PEOPLE as usize - 1, "{attempts:#?}");
    for attempt in &attempts[before..] {
        assert_eq!(
            (&attempt["outcome"], &attempt["disposition"]),
            (&"answered".into(), &"connected".into()),
            "{attempt}"
        );
    }
    assert_eq!(house.states().iter().filter(|(_, why, _)| why == "callback_agreed").count(), 1);
    let store = open(&house).await;
    let due = store.due_callbacks(9, agreed).await.expect("read");
    assert_eq!(due.len(), 1, "it stands");
    store.close().await;
    let report = house.run(&["report", "agents", "--json"]);
    assert!(report.contains("anna") && report.contains("boris"), "{report}");
}

/// Lost attempts whose recording is known by its checksum.
fn recorded_of_lost(house: &House) -> i64 {
    let database = rusqlite::Connection::open(house.path("data/obzvon.db")).expect("the database");
    database.busy_timeout(Duration::from_secs(10)).expect("set");
    let sql = "SELECT count(*) FROM recording r JOIN attempt a ON a.id = r.attempt_id WHERE a.outcome = 'failed_lost'";
    database.query_row(sql, [], |row| row.get(0)).expect("read")
}

async fn open(house: &House) -> Store {
    let config = Config::load(&house.path("config"), &Environment::new());
    let config = config.map_err(|problems| problems.render(Language::En)).expect("sound");
    let plan = StorePlan { url: config.store.url.clone(), node: "before".to_owned() };
    Store::open(plan).await.expect("it opens")
}

/// Agrees a call with a person in an hour; when.
async fn agreed_with(house: &House, person: &str) -> Timestamp {
    let store = open(house).await;
    let contact = store.person_files(person).await.expect("read")[0].contacts[0].id;
    let due_at = Timestamp::now() + SignedDuration::from_hours(1);
    let expires_at = due_at + SignedDuration::from_hours(1);
    let new = NewCallback { contact, due_at, expires_at, agent: None, wished: true };
    store.book_callback(new, Timestamp::now()).await.expect("booked").expect("the contact is there");
    store.close().await;
    due_at
}

/// A phone's registration may be over before its events can be listened to.
async fn registered() {
    tokio::time::sleep(Duration::from_secs(2)).await;
}
