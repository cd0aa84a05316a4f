//! An agent's phone is lost in a talk: nobody is stuck.

use std::time::Duration;

use obzvon::agents::State;
use obzvon::demo::carrier::script::Step;
use obzvon::demo::carrier::sound::synth::Sound;

use crate::office::{
    AGENT_HZ, Desk, Office, agents_phones, brief, debtors, heard, person, seconds_of, seconds_of_other,
};

#[tokio::test(flavor = "multi_thread")]
async fn the_debtor_hears_an_apology_and_is_promised_a_call() {
    let (debtors_heard, agents_heard) =
        (tempfile::tempdir().expect("one"), tempfile::tempdir().expect("two"));
    let talk = person(Duration::from_millis(500), Duration::from_secs(30));
    let carrier = debtors(talk, &[], debtors_heard.path()).await;
    // Nailed up, and hung up after eight seconds whatever it does then.
    let dies =
        vec![Step::Answer, Step::Loop(Sound::Ringback), Step::Listen(Duration::from_secs(8)), Step::HangUp];
    let phones = agents_phones(dies, agents_heard.path()).await;
    let desk = Desk { login: "anna", contact: format!("sip:anna@{}", phones.addr()), leg: "nailed_up" };
    let office = Office::open("progressive", &carrier, 1, &[desk]).await;
    office.until(60, "the call is over", || office.house.count(&["queued", "in_flight"]) == 0).await;
    office
        .until(10, "the phone is called anew and the agent is ready", || office.state("anna") == State::Ready)
        .await;
    let attempts = office.close().await;

    let [attempt] = &attempts[..] else { panic!("{attempts:?}") };
    assert_eq!(
        (&attempt["outcome"], &attempt["disposition"]),
        (&"answered".into(), &"callback_booked".into())
    );
    let sound = heard(&debtors_heard, attempt["attempt"].as_i64().expect("a number"));
    let (agent, apology) = (seconds_of(&sound, AGENT_HZ), seconds_of_other(&sound));
    println!("{}: {agent} s of the agent, {apology} s of the apology", brief(attempt));
    assert!(agent > 1.0 && apology > 3.0, "{agent} s of the agent, {apology} s of the apology");
}
