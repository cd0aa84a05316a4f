//! Nobody is dialled for whom there is no agent, and nobody waits behind him.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use obzvon::agents::State;
use obzvon::demo::carrier::Carrier;
use obzvon::domain::import_row::ImportRow;
use obzvon::domain::{Currency, DebtorType, Language, Money, PhoneNumber};
use obzvon::store::{NewCallback, Store};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::house::{CREDITOR, number, zone_of_noon};
use crate::office::{Desk, Office, agents_phones, brief, config, debtors, desk_phone, person};
use crate::program::Program;

/// Debtors of the list who speak English, by a later list.
async fn english(store: &Store, who: &[u32]) {
    let rows = who.iter().map(|&n| ImportRow {
        line: u64::from(n) + 1,
        external_id: format!("d{n}"),
        person_id: format!("p{n}"),
        name: None,
        phones: vec![PhoneNumber::parse(&number(n)).expect("a number")],
        time_zone: Some(zone_of_noon()),
        region: None,
        language: Language::En,
        debtor_type: Some(DebtorType::Forgetful),
        creditor: CREDITOR.to_owned(),
        amount: Money::new(50_000_000 + i64::from(n), Currency::Rub),
        due: jiff::civil::date(2026, 1, 15),
    });
    let rows: Vec<_> = rows.collect();
    store.upsert(&rows, Timestamp::now()).await.expect("a list");
}

async fn phones(logins: &[&'static str]) -> Vec<(Carrier, TempDir)> {
    let mut phones = Vec::new();
    for _ in logins {
        let folder = tempfile::tempdir().expect("a folder");
        phones.push((agents_phones(desk_phone(), folder.path()).await, folder));
    }
    phones
}

fn desks(logins: &[&'static str], phones: &[(Carrier, TempDir)]) -> Vec<Desk> {
    let desk = |(&login, (phone, _)): (&&'static str, &(Carrier, TempDir))| Desk {
        login,
        contact: format!("sip:{login}@{}", phone.addr()),
        leg: "nailed_up",
    };
    logins.iter().zip(phones).map(desk).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_can_be_served_is_called_past_those_who_cannot() {
    let heard = tempfile::tempdir().expect("a folder");
    let carrier =
        debtors(person(Duration::from_millis(500), Duration::from_secs(2)), &[], heard.path()).await;
    let phones = phones(&["anna"]).await;
    let desks = desks(&["anna"], &phones);
    // Who owes most comes first.
    let office =
        Office::open_with("progressive", &carrier, 4, &desks, async |store| english(store, &[3]).await).await;
    office
        .until(60, "the others were called", || {
            office.house.count(&["queued", "in_flight"]) == 1 && office.inside().live.count() == 0
        })
        .await;
    let states = office.house.states();
    let attempts = office.close().await;

    let waits = ("queued".to_owned(), "no_such_agent:language:en".to_owned(), 1);
    assert!(states.contains(&waits), "{states:?}");
    assert_eq!(attempts.len(), 3, "{:#?}", attempts.iter().map(brief).collect::<Vec<_>>());
    assert!(attempts.iter().all(|attempt| attempt["phone"] != number(3).as_str()), "{attempts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_one_agent_alone_can_serve_a_predictive_campaign_keeps_her_for() {
    const SPEAKS_ENGLISH: [u32; 3] = [1, 5, 9];
    let heard = tempfile::tempdir().expect("a folder");
    let carrier =
        debtors(person(Duration::from_millis(500), Duration::from_secs(2)), &[], heard.path()).await;
    let logins = ["anna", "boris", "clara"];
    let phones = phones(&logins).await;
    let desks = desks(&logins, &phones);
    let both = vec!["language:ru".to_owned(), "language:en".to_owned()];
    let config = config("predictive", carrier.addr(), &desks).set("agents.toml", "agent.clara.skills", both);
    let office = Office::begin(config, 12, &desks, async |store| english(store, &SPEAKS_ENGLISH).await).await;
    office.until_done(120).await;
    let attempts = office.close().await;

    assert_eq!(attempts.len(), 12, "{:#?}", attempts.iter().map(brief).collect::<Vec<_>>());
    for n in SPEAKS_ENGLISH {
        let his =
            attempts.iter().find(|attempt| attempt["phone"] == number(n).as_str()).expect("he was called");
        assert_eq!(his["outcome"], "answered", "he had her: {}", brief(his));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_is_shown_nobody_whom_he_cannot_serve() {
    let heard = tempfile::tempdir().expect("a folder");
    let carrier =
        debtors(person(Duration::from_millis(500), Duration::from_secs(2)), &[], heard.path()).await;
    let phones = phones(&["anna"]).await;
    let desks = desks(&["anna"], &phones);
    // Who owes most would be shown first.
    let office =
        Office::open_with("preview", &carrier, 3, &desks, async |store| english(store, &[2]).await).await;
    let anna = Program::of(&office, "anna", "agent").await;
    let mut shown = Vec::new();
    let patience = std::time::Instant::now() + Duration::from_secs(60);
    while shown.len() < 2 {
        assert!(std::time::Instant::now() < patience, "shown {shown:?}");
        let desk = anna.see_desk().await;
        let contact = desk["call"]["contact"].as_i64();
        if let Some(contact) = contact.filter(|one| desk["preview_ends_ms"].is_i64() && !shown.contains(one))
        {
            shown.push(contact);
            let skip = json!({ "decide": "skip", "reason": "another time" });
            assert_eq!(anna.post("desk/preview", skip).await.0, 200);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(!anna.see_desk().await["preview_ends_ms"].is_i64(), "she speaks no English");
    assert_eq!(office.state("anna"), State::Ready);
    let states = office.house.states();
    office.close().await;
    let waits = ("queued".to_owned(), "no_such_agent:language:en".to_owned(), 1);
    assert!(states.contains(&waits), "{states:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agreed_call_that_nobody_can_make_is_not_claimed_and_keeps_nobody_waiting() {
    agreed_with_english("progressive").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_predictive_campaign_leaves_such_a_call_alone_too() {
    agreed_with_english("predictive").await;
}

async fn agreed_with_english(mode: &str) {
    let heard = tempfile::tempdir().expect("a folder");
    let carrier =
        debtors(person(Duration::from_millis(500), Duration::from_secs(2)), &[], heard.path()).await;
    let phones = phones(&["anna"]).await;
    let desks = desks(&["anna"], &phones);
    let due_at = Timestamp::now() - SignedDuration::from_secs(60);
    let expires_at = Timestamp::now() + SignedDuration::from_secs(75);
    let office = Office::open_with(mode, &carrier, 4, &desks, async |store| {
        english(store, &[0, 1]).await;
        // Those who speak English were promised theirs before him.
        for (n, later) in [(0, 0), (1, 1), (2, 2)] {
            let person = store.person_files(&format!("p{n}")).await.expect("read");
            let contact = person[0].contacts[0].id;
            let due_at = due_at + SignedDuration::from_secs(later);
            let agreed = NewCallback { contact, due_at, expires_at, agent: None, wished: true };
            store.book_callback(agreed, due_at).await.expect("booked").expect("the contact is there");
        }
    })
    .await;
    office
        .until(60, "the others were called", || {
            let states = office.house.states();
            let over = office.inside().live.count() == 0 && office.house.attempts().len() >= 2;
            over && states.iter().all(|(state, ..)| state != "queued" && state != "in_flight")
        })
        .await;
    let states = office.house.states();
    let waits = ("held".to_owned(), "call_due:no_such_agent:language:en".to_owned(), 2);
    assert!(states.contains(&waits), "{states:?}");
    let boss = Program::of(&office, "boss", "supervisor").await;
    let answer = boss.send(reqwest::Method::GET, "/api/v1/callbacks", None).await;
    let waiting: Value = serde_json::from_str(&answer.text().await.expect("text")).expect("JSON");
    let told: Vec<_> = waiting.as_array().expect("a list").iter().map(|one| &one["waits_for"]).collect();
    assert_eq!(told, ["no_such_agent:language:en"; 2], "{waiting}");

    // What nobody made in time is like any other contact again, and waits as such.
    office
        .until(90, "the promise ran out", || {
            let waits = ("queued".to_owned(), "no_such_agent:language:en".to_owned(), 2);
            office.house.states().contains(&waits)
        })
        .await;
    let (attempts, waiting) = office.close_and(async |store| store.waiting_callbacks(9).await).await;
    assert_eq!(waiting.expect("read"), []);
    let called: Vec<_> =
        attempts.iter().map(|attempt| attempt["phone"].as_str().expect("a number")).collect();
    assert_eq!(called, [number(2), number(3)], "whom she was to call goes first");
}
