//! A call that was agreed is made first when it is due, by the agent who agreed it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use obzvon::domain::AgentId;
use obzvon::store::NewCallback;

use crate::house::number;
use crate::office::{
    AGENT_HZ, BORIS_HZ, Desk, Office, agents_phones_of, debtors, desk_phone, heard, person, seconds_of,
};

#[tokio::test(flavor = "multi_thread")]
async fn who_was_promised_a_call_by_an_agent_is_called_first_and_by_him() {
    promised("progressive").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_predictive_campaign_keeps_the_agent_for_the_call_he_promised() {
    promised("predictive").await;
}

async fn promised(mode: &str) {
    let folders = [(); 3].map(|()| tempfile::tempdir().expect("a folder"));
    let [debtors_heard, annas, boriss] = &folders;
    let talk = person(Duration::from_millis(500), Duration::from_secs(4));
    let carrier = debtors(talk, &[], debtors_heard.path()).await;
    let anna = agents_phones_of(AGENT_HZ, desk_phone(), annas.path()).await;
    let boris = agents_phones_of(BORIS_HZ, desk_phone(), boriss.path()).await;
    let desk = |login, phone: &obzvon::demo::carrier::Carrier| Desk {
        login,
        contact: format!("sip:{login}@{}", phone.addr()),
        leg: "per_call",
    };
    let desks = [desk("anna", &anna), desk("boris", &boris)];
    // The first on the list owes least: of himself he would come last.
    let due_at = Timestamp::now() - SignedDuration::from_secs(1);
    let callback = |contact| NewCallback {
        contact,
        due_at,
        expires_at: due_at + SignedDuration::from_hours(1),
        agent: AgentId::parse("boris"),
        wished: true,
    };
    let office = Office::open_with(mode, &carrier, 4, &desks, async |store| {
        let person = store.person_files("p0").await.expect("read");
        let callback = callback(person[0].contacts[0].id);
        store.book_callback(callback, due_at).await.expect("booked").expect("the contact is there");
    })
    .await;
    office.until_done(90).await;
    let attempts = office.close().await;

    assert_eq!(attempts.len(), 4, "everybody once: {attempts:?}");
    let first = &attempts[0];
    assert_eq!(
        (&first["phone"], &first["outcome"]),
        (&number(0).into(), &"answered".into()),
        "{attempts:#?}"
    );
    let sound = heard(debtors_heard, first["attempt"].as_i64().expect("a number"));
    let (his, hers) = (seconds_of(&sound, BORIS_HZ), seconds_of(&sound, AGENT_HZ));
    println!("{mode}: {his} s of Boris, {hers} s of Anna");
    assert!(his > 2.5 && hers < 0.3, "{his} s of Boris, {hers} s of Anna");
}
