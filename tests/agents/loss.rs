//! An agent's phone is lost in a talk: nobody is stuck.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use obzvon::agents::State;
use obzvon::demo::carrier::script::Step;
use obzvon::demo::carrier::sound::synth::Sound;

use crate::office::{
    AGENT_HZ, Desk, Office, agents_phones, brief, debtors, desk_phone, gap_after, heard, person, seconds_of,
    seconds_of_other,
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
    let booked = office.inside().store.waiting_callbacks(9).await.expect("read");
    let attempts = office.close().await;

    let [attempt] = &attempts[..] else { panic!("{attempts:?}") };
    // He was talked to in this very call: the rules allow the next one no sooner than in 24 hours.
    let reserved: Timestamp = attempt["reserved_at"].as_str().expect("a time").parse().expect("a time");
    let [callback] = &booked[..] else { panic!("{booked:?}") };
    assert!(callback.due_at >= reserved + SignedDuration::from_hours(24), "{callback:?}");
    assert_eq!(
        (&attempt["outcome"], &attempt["disposition"]),
        (&"answered".into(), &"callback_booked".into())
    );
    let sound = heard(&debtors_heard, attempt["attempt"].as_i64().expect("a number"));
    let (agent, apology) = (seconds_of(&sound, AGENT_HZ), seconds_of_other(&sound));
    println!("{}: {agent} s of the agent, {apology} s of the apology", brief(attempt));
    assert!(agent > 1.0 && apology > 3.0, "{agent} s of the agent, {apology} s of the apology");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_goes_dead_in_a_talk_leaves_the_debtor_no_long_silence() {
    let (debtors_heard, agents_heard) =
        (tempfile::tempdir().expect("one"), tempfile::tempdir().expect("two"));
    let talk = person(Duration::from_millis(500), Duration::from_secs(40));
    let carrier = debtors(talk, &[], debtors_heard.path()).await;
    let phones = agents_phones(desk_phone(), agents_heard.path()).await;
    let desk = Desk { login: "anna", contact: format!("sip:anna@{}", phones.addr()), leg: "nailed_up" };
    let office = Office::open("progressive", &carrier, 1, &[desk]).await;
    office.until(60, "they talk", || matches!(office.state("anna"), State::Talking { .. })).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    // No good-bye, and not a packet more.
    drop(phones.stop().await);
    office.until(60, "the call is over", || office.house.count(&["queued", "in_flight"]) == 0).await;
    office.until(10, "she has no phone", || office.state("anna") == State::NoAudio).await;
    let attempts = office.close().await;

    let [attempt] = &attempts[..] else { panic!("{attempts:?}") };
    assert_eq!(
        (&attempt["outcome"], &attempt["disposition"]),
        (&"answered".into(), &"callback_booked".into())
    );
    let sound = heard(&debtors_heard, attempt["attempt"].as_i64().expect("a number"));
    let silence = gap_after(&sound, AGENT_HZ);
    println!("{}: {silence} s of silence before the apology", brief(attempt));
    assert!(seconds_of_other(&sound) > 3.0 && (1.0..6.0).contains(&silence), "{silence} s of silence");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_goes_dead_between_calls_is_noticed_before_anybody_is_called_for_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let talk = person(Duration::from_millis(500), Duration::from_secs(2));
    let carrier = debtors(talk, &[], folder.path()).await;
    let phones = agents_phones(desk_phone(), folder.path()).await;
    let desk = Desk { login: "anna", contact: format!("sip:anna@{}", phones.addr()), leg: "nailed_up" };
    let office = Office::open("progressive", &carrier, 1, &[desk]).await;
    office.until_done(60).await;
    office.until(20, "she is ready again", || office.state("anna") == State::Ready).await;
    drop(phones.stop().await);
    // The media's own time-out is twenty seconds.
    office.until(12, "she has no phone", || office.state("anna") == State::NoAudio).await;
    office.close().await;
}
