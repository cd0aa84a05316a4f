//! An agent whose phone is called for each call is on it before a debtor's phone rings.

use std::time::Duration;

use obzvon::agents::State;
use obzvon::demo::carrier::script::{Refusal, Step};

use crate::office::{Desk, Office, agents_phones, brief, debtors, desk_phone, person};

const TALK: Duration = Duration::from_secs(3);

/// Rings and is not picked up for `ring`.
fn slow_phone(ring: Duration) -> Vec<Step> {
    [vec![Step::Ring(180), Step::Wait(ring)], desk_phone()].concat()
}

fn desk(login: &'static str, phones: &obzvon::demo::carrier::Carrier) -> Desk {
    Desk { login, contact: format!("sip:{login}@{}", phones.addr()), leg: "per_call" }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_called_for_an_agent_who_does_not_pick_up_and_he_is_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let carrier = debtors(person(Duration::from_millis(500), TALK), &[], folder.path()).await;
    let phones = agents_phones(slow_phone(Duration::from_secs(60)), folder.path()).await;
    let shortly =
        |config: obzvon::demo::carrier_config::CarrierConfig| config.set("agents.toml", "ring_limit_s", 5);
    let office = Office::open_by(shortly, "progressive", &carrier, 3, &[desk("anna", &phones)]).await;
    let is_away = || matches!(office.state("anna"), State::Away { code } if &*code == "missed");
    office.until(30, "she is away", is_away).await;
    let left = office.house.count(&["queued", "in_flight"]);
    let attempts = office.close().await;
    assert_eq!((phones.calls().len(), carrier.calls().len(), attempts.len(), left), (1, 0, 0, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_answers_finds_the_agent_who_needed_some_seconds_to_pick_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let busy = || vec![Step::Refuse(Refusal::new(486, "Busy Here", Some(17)))];
    let people = person(Duration::from_millis(500), TALK);
    let carrier = debtors(people, &[(0, busy()), (2, busy())], folder.path()).await;
    let phones = agents_phones(slow_phone(Duration::from_secs(4)), folder.path()).await;
    let office = Office::open("progressive", &carrier, 4, &[desk("anna", &phones)]).await;
    office.until_done(90).await;
    let attempts = office.close().await;
    let mut outcomes: Vec<_> = attempts.iter().map(|a| a["outcome"].as_str().expect("over")).collect();
    outcomes.sort_unstable();
    let told: Vec<_> = attempts.iter().map(brief).collect();
    assert_eq!(outcomes, ["answered", "answered", "busy", "busy"], "{told:#?}");
    // She stays on the line over the dials that came to nothing.
    assert!((2..=3).contains(&phones.calls().len()), "{} calls of her phone", phones.calls().len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dial_is_taken_back_when_its_agent_hangs_up_while_it_rings() {
    let folder = tempfile::tempdir().expect("a folder");
    let carrier = debtors(person(Duration::from_secs(9), TALK), &[], folder.path()).await;
    let leaves = vec![Step::Answer, Step::Listen(Duration::from_secs(2)), Step::HangUp];
    let phones = agents_phones(leaves, folder.path()).await;
    let office = Office::open("progressive", &carrier, 1, &[desk("anna", &phones)]).await;
    let is_away = || matches!(office.state("anna"), State::Away { code } if &*code == "missed");
    office.until(30, "she is away", is_away).await;
    office.until(10, "the dial is taken back", || office.inside().live.count() == 0).await;
    let attempts = office.close().await;
    let [attempt] = &attempts[..] else { panic!("{attempts:#?}") };
    assert_eq!((&attempt["outcome"], attempt["answer_at"].is_null()), (&"cancelled".into(), true));
}
