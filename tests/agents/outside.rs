//! A call is handed on to a number outside, of the house's list and nobody's of the debtors, or to the creditor's hotline.

use std::path::Path;
use std::time::Duration;

use obzvon::agents::State;
use obzvon::call::{Desk as Wish, Whom};
use obzvon::demo::carrier::Carrier;
use obzvon::demo::carrier::script::Step;
use obzvon::demo::carrier::sound::synth::Sound;
use obzvon::domain::{AgentId, PhoneNumber};

use crate::house::{CREDITOR, number};
use crate::office::{
    AGENT_HZ, DEBTOR_HZ, Desk, Office, agents_phones, debtors, desk_phone, heard, person, seconds_of,
};
use crate::program::Program;

/// A debtor who talks for a minute, and somebody at number 50 who answers and plays the ringback for five seconds.
async fn carrier(debtors_heard: &Path) -> Carrier {
    let outside = vec![
        Step::Ring(180),
        Step::Wait(Duration::from_millis(500)),
        Step::Answer,
        Step::Loop(Sound::Ringback),
        Step::Listen(Duration::from_secs(5)),
        Step::HangUp,
    ];
    let talk = person(Duration::from_millis(500), Duration::from_secs(60));
    debtors(talk, &[(50, outside)], debtors_heard).await
}

/// The office in which the debtor, whom nobody echoes, hears his own tone from somebody outside only.
#[tokio::test(flavor = "multi_thread")]
async fn a_debtor_is_handed_on_outside_and_never_to_another_debtor() {
    let (debtors_heard, annas) = (tempfile::tempdir().expect("one"), tempfile::tempdir().expect("two"));
    let carrier = carrier(debtors_heard.path()).await;
    let phones = agents_phones(desk_phone(), annas.path()).await;
    let desk = Desk { login: "anna", contact: format!("sip:anna@{}", phones.addr()), leg: "per_call" };
    let listed = |config: obzvon::demo::carrier_config::CarrierConfig| {
        config.set("agents.toml", "transfer_numbers", vec![number(50), number(0)])
    };
    let office = Office::open_by(listed, "progressive", &carrier, 1, &[desk]).await;
    let talks = || matches!(office.state("anna"), State::Talking { .. });
    office.until(30, "they talk", talks).await;
    let anna = AgentId::parse("anna").expect("a login");
    let call = office.inside().floor.call_of(&anna).expect("the call");
    let outside = |n| Whom::Outside(PhoneNumber::parse(&number(n)).expect("E.164"));
    // A debtor's number, and one that is not in the list, are not called: she stays with him.
    for n in [0, 51] {
        assert!(office.inside().live.desk(call, Wish::Consult(outside(n))));
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!(talks(), "{:?}", office.state("anna"));
    }
    assert_eq!(carrier.calls().len(), 1, "nobody else was called");
    assert!(office.inside().live.desk(call, Wish::Transfer(outside(50))));
    office.until(20, "she has left", || !talks()).await;
    office.until_done(40).await;
    let attempts = office.close().await;

    assert_eq!(carrier.calls().len(), 2);
    assert_eq!(attempts.len(), 1, "it is no attempt of anybody's: {attempts:#?}");
    let sound = heard(&debtors_heard, call.0);
    let (branch, agent) = (seconds_of(&sound, DEBTOR_HZ), seconds_of(&sound, AGENT_HZ));
    println!("{branch} s of the branch, {agent} s of the agent");
    assert!(branch > 3.0 && agent > 2.0, "{branch} s of the branch, {agent} s of the agent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_debtor_is_handed_on_to_his_own_creditors_hotline_and_to_no_others() {
    let (debtors_heard, annas) = (tempfile::tempdir().expect("one"), tempfile::tempdir().expect("two"));
    let carrier = carrier(debtors_heard.path()).await;
    let phones = agents_phones(desk_phone(), annas.path()).await;
    let desk = Desk { login: "anna", contact: format!("sip:anna@{}", phones.addr()), leg: "per_call" };
    let lines = |config: obzvon::demo::carrier_config::CarrierConfig| {
        config.set("agents.toml", &format!("hotline.{CREDITOR}.number"), number(50)).set(
            "agents.toml",
            "hotline.Водоканал.number",
            number(51),
        )
    };
    let office = Office::open_by(lines, "progressive", &carrier, 1, &[desk]).await;
    let talks = || matches!(office.state("anna"), State::Talking { .. });
    office.until(30, "they talk", talks).await;
    let anna = Program::of(&office, "anna", "agent").await;
    let agent = AgentId::parse("anna").expect("a login");
    let call = office.inside().floor.call_of(&agent).expect("the call");
    let hand_on = async |n: u32| {
        let to = serde_json::json!({ "do": "transfer", "to": format!("number:{}", number(n)) });
        anna.post("desk/call", to).await
    };
    assert_eq!(hand_on(50).await, (409, "identity_first".to_owned()), "it would tell whom he owes");
    assert_eq!(anna.post("desk/identity", serde_json::json!({})).await.0, 200);
    assert_eq!(hand_on(51).await, (422, "number_refused".to_owned()), "another creditor's");
    assert!(office.inside().store.transfers(jiff::Timestamp::UNIX_EPOCH).await.expect("read").is_empty());
    assert_eq!(carrier.calls().len(), 1, "nobody else was called");
    let offered = anna.see_desk().await["call"]["debt"]["hotline"].clone();
    assert_eq!(offered["to"], format!("number:{}", number(50)), "{offered}");
    assert!(offered["name"].as_str().is_some_and(|name| name.starts_with(CREDITOR)), "{offered}");
    assert_eq!(hand_on(50).await.0, 200);
    office.until(20, "she has left", || !talks()).await;
    office.until_done(40).await;
    let (attempts, rows) = office
        .close_and(async |store| store.transfers(jiff::Timestamp::UNIX_EPOCH).await.expect("read"))
        .await;

    assert_eq!((carrier.calls().len(), attempts.len()), (2, 1), "{attempts:#?}");
    let [row] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!((row.attempt, &row.agent), (call, &Some(agent)), "written down before it was dialled");
    let branch = seconds_of(&heard(&debtors_heard, call.0), DEBTOR_HZ);
    assert!(branch > 3.0, "{branch} s of the hotline");
}
