//! People call the number they saw: who is known by it is asked who he is and told, everybody else hears a neutral word,
//! and both reach an agent.

use std::time::Duration;

use obzvon::agents::State;
use obzvon::demo::carrier::script::{Refusal, Step};
use obzvon::domain::AgentId;

use crate::house::{REMINDERS, number, zone_of_noon};
use crate::office::{AGENT_HZ, Desk, Office, agents_phones, debtors, desk_phone, seconds_of};
use crate::phone::Phone;

/// A caller has a microphone, in which nothing is said: a phone that sends no sound at all is hung up.
pub static SILENCE: [i16; 8_000 * 120] = [0; 8_000 * 120];

/// A house whose debtors are busy when they are called; with their carrier and the agents' switchboard.
pub async fn office(people: u32, folder: &std::path::Path) -> (Office, [obzvon::demo::carrier::Carrier; 2]) {
    office_by("number", people, folder).await
}

/// The same, where that makes whoever calls the debtor.
async fn office_by(
    identity: &'static str,
    people: u32,
    folder: &std::path::Path,
) -> (Office, [obzvon::demo::carrier::Carrier; 2]) {
    let busy = vec![Step::Refuse(Refusal::new(486, "Busy Here", Some(17)))];
    let carrier = debtors(busy, &[], folder).await;
    let phones = agents_phones(desk_phone(), folder).await;
    let desk = Desk { login: "anna", contact: format!("sip:anna@{}", phones.addr()), leg: "per_call" };
    let answering = move |config: obzvon::demo::carrier_config::CarrierConfig| {
        config.set("obzvon.toml", "inbound.flow", "returned_call").set(REMINDERS, "identity", identity)
    };
    let office = Office::open_by(answering, "progressive", &carrier, people, &[desk]).await;
    office.until_done(30).await;
    (office, [carrier, phones])
}

/// Presses a key every few seconds until an agent talks.
async fn reach_an_agent(office: &Office, phone: &mut Phone, keys: &[&str]) {
    let patience = std::time::Instant::now() + Duration::from_secs(90);
    for key in keys.iter().cycle() {
        if matches!(office.state("anna"), State::Talking { .. }) {
            return;
        }
        assert!(std::time::Instant::now() < patience, "{:?}", office.state("anna"));
        phone.press(key).await;
        tokio::time::sleep(Duration::from_secs(3)).await;
    }
}

pub fn ours(office: &Office) -> String {
    format!("sip:+74950000000@{}", office.inside().stack.local()[0])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_debtor_who_calls_back_says_who_he_is_and_talks_to_an_agent() {
    let folder = tempfile::tempdir().expect("a folder");
    let (office, _carriers) = office(1, folder.path()).await;
    let mut phone = Phone::that_plays(&number(0), &SILENCE).await;
    phone.dial(&ours(&office)).await;
    office.until(20, "he is answered", || office.inside().live.count() == 1).await;
    // The notice can't be skipped.
    tokio::time::sleep(Duration::from_secs(12)).await;
    phone.press("1").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    reach_an_agent(&office, &mut phone, &["3"]).await;
    let anna = AgentId::parse("anna").expect("a login");
    let call = office.inside().floor.call_of(&anna).expect("his call");
    tokio::time::sleep(Duration::from_secs(4)).await;
    let store = &office.inside().store;
    let contact = store.contact_of(call).await.expect("read").expect("his");
    let file = store.desk_file(contact, Some(call)).await.expect("read").expect("his");
    assert!(file.attempt.expect("the call").identified, "his key is written down amid the call");
    phone.hang_up().await;
    office.until(10, "the call is over", || office.inside().live.count() == 0).await;
    office.until(10, "she is ready again", || office.state("anna") == State::Ready).await;
    let person = office.inside().store.person_files("p0").await.expect("read").remove(0).id;
    let ledger = office.inside().store.ledger_rows(person).await.expect("read");
    let attempts = office.close().await;

    let [outbound, inbound] = &attempts[..] else { panic!("{attempts:#?}") };
    assert_eq!(outbound["outcome"], "busy");
    assert_eq!(inbound["attempt"], call.0);
    for (key, value) in [
        ("channel", "inbound_call"),
        ("outcome", "answered"),
        ("disposition", "connected"),
        ("caller_id", "+74950000000"),
        ("flow_version", "returned_call@4"),
    ] {
        assert_eq!(inbound[key], value, "{inbound:#?}");
    }
    assert_eq!(inbound["identified"], true);
    assert!(inbound["decision"].is_null(), "nobody decided to call");
    assert_eq!(ledger.last().map(|row| row.kind.as_str()), Some("inbound_conversation"), "{ledger:#?}");
    let agent = seconds_of(&phone.heard().await, AGENT_HZ);
    println!("he heard {agent} s of the agent");
    assert!(agent > 2.5, "{agent} s");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_debtor_of_a_creditor_without_recorded_words_is_known_and_the_agent_has_him_at_his_desk() {
    let folder = tempfile::tempdir().expect("a folder");
    let (office, _carriers) = office(1, folder.path()).await;
    let (zone, phone) = (zone_of_noon(), number(1));
    let list = format!(
        "external_id;person_id;name;phone;time_zone;debtor_type;creditor;amount;due\n\
         d1;p1;;{phone};{zone};forgetful;Банк Север;1500,37;2026-01-15\n"
    );
    office.house.write("other.csv", &list);
    office.house.run(&["import", office.house.path("other.csv").to_str().expect("UTF-8")]);
    let started = office.house.run(&["campaign", "start", "reminders"]);
    assert!(started.contains("Банк Север"), "whom no voice can tell is told of: {started}");
    office.until(30, "he was called, too", || office.house.attempts().len() == 2).await;
    office.until_done(30).await;
    let mut phone = Phone::that_plays(&phone, &SILENCE).await;
    phone.dial(&ours(&office)).await;
    office.until(20, "he is answered", || office.inside().live.count() == 1).await;
    tokio::time::sleep(Duration::from_secs(12)).await;
    reach_an_agent(&office, &mut phone, &["1"]).await;
    let anna = AgentId::parse("anna").expect("a login");
    let call = office.inside().floor.call_of(&anna).expect("her call");
    phone.hang_up().await;
    office.until(10, "the call is over", || office.inside().live.count() == 0).await;
    let attempts = office.close().await;
    let [_, outbound, inbound] = &attempts[..] else { panic!("{attempts:#?}") };
    assert_eq!(outbound["outcome"], "busy");
    assert_eq!(inbound["attempt"], call.0, "his attempt, and so his desk");
    assert_eq!(inbound["channel"], "inbound_call");
    assert_eq!(inbound["flow_version"], "unknown_caller@2", "no word of the debt before the agent's");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_debtor_whom_no_voice_can_call_by_his_name_hears_no_debt_where_the_campaign_asks_for_that() {
    let folder = tempfile::tempdir().expect("a folder");
    let (office, _carriers) = office_by("name", 1, folder.path()).await;
    let mut phone = Phone::that_plays(&number(0), &SILENCE).await;
    phone.dial(&ours(&office)).await;
    office.until(20, "he is answered", || office.inside().live.count() == 1).await;
    phone.hang_up().await;
    office.until(10, "the call is over", || office.inside().live.count() == 0).await;
    let attempts = office.close().await;
    let [_, inbound] = &attempts[..] else { panic!("{attempts:#?}") };
    assert_eq!(inbound["channel"], "inbound_call");
    assert_eq!(inbound["flow_version"], "unknown_caller@2", "who he is asks the agent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_hears_a_neutral_word_and_reaches_an_agent() {
    let folder = tempfile::tempdir().expect("a folder");
    let (office, _carriers) = office(1, folder.path()).await;
    let mut phone = Phone::that_plays("+79161234567", &SILENCE).await;
    phone.dial(&ours(&office)).await;
    office.until(20, "he is answered", || office.inside().live.count() == 1).await;
    tokio::time::sleep(Duration::from_secs(12)).await;
    reach_an_agent(&office, &mut phone, &["1"]).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    phone.hang_up().await;
    office.until(10, "the call is over", || office.inside().live.count() == 0).await;
    office.until(10, "she is ready again", || office.state("anna") == State::Ready).await;
    let attempts = office.close().await;
    assert_eq!(attempts.len(), 1, "no attempt of anybody's: {attempts:#?}");
    let agent = seconds_of(&phone.heard().await, AGENT_HZ);
    assert!(agent > 2.0, "{agent} s");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trunk_that_is_written_by_name_brings_calls() {
    let folder = tempfile::tempdir().expect("a folder");
    let carrier = debtors(vec![Step::Refuse(Refusal::new(486, "Busy Here", Some(17)))], &[], folder.path());
    let by_name = |config: obzvon::demo::carrier_config::CarrierConfig| {
        config.set("obzvon.toml", "inbound.flow", "returned_call").set(
            "trunks.toml",
            "trunk.carrier.host",
            "localhost",
        )
    };
    let office = Office::open_by(by_name, "progressive", &carrier.await, 1, &[]).await;
    let here = "127.0.0.1".parse().expect("an address");
    let inside = office.inside();
    let found = || {
        let trunks = &inside.plans.load().config.trunks;
        inside.sources.trunk_at(trunks, here, None).is_some()
    };
    office.until(20, "its address is found", found).await;
    let mut phone = Phone::that_plays(&number(0), &SILENCE).await;
    phone.dial(&ours(&office)).await;
    office.until(20, "he is answered", || office.inside().live.count() == 1).await;
    phone.hang_up().await;
    office.until(10, "the call is over", || office.inside().live.count() == 0).await;
    drop(office.close().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_flow_for_it_nobody_is_answered() {
    let folder = tempfile::tempdir().expect("a folder");
    let carrier = debtors(vec![Step::Refuse(Refusal::new(486, "Busy Here", Some(17)))], &[], folder.path());
    let office = Office::open("progressive", &carrier.await, 1, &[]).await;
    let mut phone = Phone::start(&number(0)).await;
    phone.dial(&ours(&office)).await;
    phone.until("480").await;
    assert_eq!(office.inside().live.count(), 0);
    drop(office.close().await);
}
