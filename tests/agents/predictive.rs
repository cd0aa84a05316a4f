//! Calls are made for agents about to come free: whoever answers is joined to one or hears the neutral flow.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use obzvon::demo::carrier::script::{Refusal, Step};
use obzvon::store::Store;

use crate::office::{AGENT_HZ, Desk, Office, agents_phones, brief, debtors, desk_phone, heard, person};
use crate::office::{seconds_of, seconds_of_other};

/// One of three answers.
const PEOPLE: u32 = 36;

#[tokio::test(flavor = "multi_thread")]
async fn nobody_who_answers_is_left_in_silence() {
    let debtors_heard = tempfile::tempdir().expect("a folder");
    let ring = Duration::from_secs(3);
    let nobody = || {
        let refusal = Refusal::new(480, "Temporarily Unavailable", Some(19));
        vec![Step::Ring(180), Step::Wait(ring), Step::Refuse(refusal)]
    };
    let special: Vec<_> = (0..PEOPLE).filter(|n| n % 3 != 0).map(|n| (n, nobody())).collect();
    let talk = person(ring, Duration::from_secs(5));
    let carrier = debtors(talk, &special, debtors_heard.path()).await;
    let mut phones = Vec::new();
    for _ in 0..3 {
        let folder = tempfile::tempdir().expect("a folder");
        phones.push((agents_phones(desk_phone(), folder.path()).await, folder));
    }
    let desks: Vec<_> = ["anna", "boris", "clara"]
        .into_iter()
        .zip(&phones)
        .map(|(login, (phone, _))| Desk {
            login,
            contact: format!("sip:{login}@{}", phone.addr()),
            leg: "nailed_up",
        })
        .collect();
    let office = Office::open("predictive", &carrier, PEOPLE, &desks).await;
    office.until_done(150).await;
    let (attempts, (people, met)) = office.close_and(known_after).await;
    println!("known after the daemon: {people} people, met {met:?}");

    assert_eq!(attempts.len(), PEOPLE as usize);
    let (mut joined, mut served) = (0, 0);
    for attempt in attempts.iter().filter(|a| !a["answer_at"].is_null()) {
        let number = attempt["attempt"].as_i64().expect("a number");
        let sound = heard(&debtors_heard, number);
        let (agent, other) = (seconds_of(&sound, AGENT_HZ), seconds_of_other(&sound));
        match attempt["outcome"].as_str().expect("an outcome") {
            "answered" => {
                joined += 1;
                assert!(agent > 3.0, "{} heard {agent} s of an agent", brief(attempt));
            }
            "abandoned" => {
                served += 1;
                assert!(other > 2.0, "{} heard {other} s of the flow", brief(attempt));
            }
            other => panic!("{other}: {}", brief(attempt)),
        }
    }
    // The people who answered are those of the next day's pacing, and the rest of this day's budget.
    assert!(people > 2.0, "{people}");
    assert_eq!(met, (u64::from(PEOPLE / 3), served));
    println!("{joined} joined to an agent, {served} served by the flow");
    assert_eq!(joined + served, u64::from(PEOPLE / 3));
    assert!(joined > served, "{joined} joined, {served} served by the flow");
}

/// What a process that starts now would begin with: people its pacing has learned from, people met and abandoned today.
async fn known_after(store: &Store) -> (f64, (u64, u64)) {
    let now = Timestamp::now();
    let campaign = store.campaign("reminders", now).await.expect("there");
    let hour = now.to_zoned_datetime(TimeZone::system()).hour();
    let lessons = store.lessons(campaign, hour, now).await.expect("read");
    let day = Duration::from_secs(24 * 3_600);
    let met = store.met(campaign, now - day, day, now).await.expect("read");
    let people = serde_json::to_value(&lessons).expect("JSON")["people"].as_f64().expect("a number");
    (people, met.iter().fold((0, 0), |sum, part| (sum.0 + part.answered, sum.1 + part.abandoned)))
}
