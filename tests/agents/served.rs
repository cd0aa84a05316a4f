//! Nobody is dialled for whom there is no agent, and nobody waits behind him.

use std::time::Duration;

use jiff::Timestamp;
use obzvon::demo::carrier::Carrier;
use obzvon::domain::import_row::ImportRow;
use obzvon::domain::{Currency, DebtorType, Language, Money, PhoneNumber};
use obzvon::store::Store;
use tempfile::TempDir;

use crate::house::{CREDITOR, number, zone_of_noon};
use crate::office::{Desk, Office, agents_phones, brief, config, debtors, desk_phone, person};

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
