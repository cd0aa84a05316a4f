//! Agents who are called for and who are called: nobody new is dialled while somebody waits for them.

use std::time::Duration;

use obzvon::domain::AgentId;

use crate::inbound::{SILENCE, ours};
use crate::office::{AGENT_HZ, Desk, Office, agents_phones, brief, debtors, desk_phone, heard, person};
use crate::office::{seconds_of, seconds_of_other};
use crate::phone::Phone;

const PEOPLE: u32 = 6;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_calls_has_the_campaigns_agent_before_the_next_debtor_is_dialled() {
    let folder = tempfile::tempdir().expect("a folder");
    let talk = person(Duration::from_millis(500), Duration::from_secs(6));
    let carrier = debtors(talk, &[], folder.path()).await;
    let agents_heard = tempfile::tempdir().expect("a folder");
    let phones = agents_phones(desk_phone(), agents_heard.path()).await;
    let desk = Desk { login: "anna", contact: format!("sip:anna@{}", phones.addr()), leg: "nailed_up" };
    let answering = |config: obzvon::demo::carrier_config::CarrierConfig| {
        config.set("obzvon.toml", "inbound.flow", "returned_call")
    };
    let office = Office::open_by(answering, "progressive", &carrier, PEOPLE, &[desk]).await;
    let anna = AgentId::parse("anna").expect("a login");
    office.until(30, "the campaign works", || office.inside().floor.call_of(&anna).is_some()).await;

    let mut phone = Phone::that_plays("+79161234567", &SILENCE).await;
    phone.dial(&ours(&office)).await;
    // A stranger's call is no attempt.
    let has_her = || office.inside().floor.call_of(&anna).is_some_and(|call| call.0 < 0);
    let patience = std::time::Instant::now() + Duration::from_secs(90);
    while !has_her() {
        assert!(std::time::Instant::now() < patience, "{:?}", office.state("anna"));
        phone.press("1").await;
        for _ in 0..30 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            if has_her() {
                break;
            }
        }
    }
    let waiting = office.house.count(&["queued"]);
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(office.house.count(&["queued"]), waiting, "nobody is dialled for an agent who talks");
    phone.hang_up().await;
    office.until_done(120).await;
    let attempts = office.close().await;

    assert!(waiting > 0, "he was served while debtors were still to be called");
    assert_eq!(attempts.len(), PEOPLE as usize);
    for attempt in &attempts {
        assert_eq!(attempt["outcome"], "answered", "{}", brief(attempt));
        let sound = heard(&folder, attempt["attempt"].as_i64().expect("a number"));
        let (agent, other) = (seconds_of(&sound, AGENT_HZ), seconds_of_other(&sound));
        assert!(agent > 3.0, "{}: {agent} s of the agent, {other} s of anything else", brief(attempt));
    }
    let agent = seconds_of(&phone.heard().await, AGENT_HZ);
    println!("who called heard {agent} s of the agent, {waiting} debtors waited");
    assert!(agent > 2.0, "{agent} s");
}
