//! Recorded calls: checksums, how long they are kept, and what keeps them longer.

use obzvon::domain::AttemptId;
use obzvon::rules::{Hold, HoldKind};
use obzvon::store::HoldChange;

use crate::world::{World, hours, no_answer, noon};

crate::on_both_engines!(
    a_recording_is_known_once_and_goes_when_its_time_is_over,
    what_is_held_or_under_complaint_stays,
);

/// A call that is over.
async fn called(world: &World) -> (AttemptId, obzvon::domain::PersonId) {
    let contact = world.one_contact().await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    world.store.finish(no_answer(attempt, noon() + hours(9)), noon()).await.expect("finished");
    (attempt, contact.person)
}

fn file() -> (String, i64, String) {
    ("recordings/2026/03/03/1.wav".to_owned(), 58, "ab".repeat(32))
}

async fn over(world: &World, after: i64) -> Vec<AttemptId> {
    let now = noon() + hours(after);
    let rows = world.store.recordings_over(noon() + hours(1), now).await.expect("read");
    rows.iter().map(|row| row.attempt).collect()
}

async fn a_recording_is_known_once_and_goes_when_its_time_is_over(world: World) {
    let (attempt, person) = called(&world).await;
    assert!(world.store.keep_recording(attempt, file(), noon()).await.expect("kept"));
    assert!(!world.store.keep_recording(attempt, file(), noon()).await.expect("kept"), "known");
    let row = world.store.recording(attempt).await.expect("read").expect("it is there");
    assert_eq!((row.person, row.bytes, row.held.clone(), row.deleted_at), (person, 58, None, None));
    assert_eq!(world.store.recordings(AttemptId(0)).await.expect("read"), [row]);
    assert!(world.store.recordings_over(noon(), noon()).await.expect("read").is_empty(), "not yet");
    assert_eq!(over(&world, 2).await, [attempt]);
    assert!(world.store.recording_deleted(attempt, noon() + hours(2)).await.expect("noted"));
    assert!(!world.store.recording_deleted(attempt, noon() + hours(2)).await.expect("noted"), "once");
    assert!(over(&world, 2).await.is_empty());
    let hold = world.store.hold_recording(attempt, Some("court".into()), "anna".into(), noon()).await;
    assert_eq!(hold.expect("answered"), HoldChange::Gone);
}

async fn what_is_held_or_under_complaint_stays(world: World) {
    let (attempt, person) = called(&world).await;
    let hold = async |why: Option<&str>| {
        let why = why.map(str::to_owned);
        world.store.hold_recording(attempt, why, "anna".into(), noon()).await.expect("answered")
    };
    assert_eq!(hold(Some("court")).await, HoldChange::NoRecording);
    world.store.keep_recording(attempt, file(), noon()).await.expect("kept");
    assert_eq!(hold(Some("court")).await, HoldChange::Done);
    assert!(over(&world, 2).await.is_empty());
    assert!(!world.store.recording_deleted(attempt, noon() + hours(2)).await.expect("noted"), "held");
    assert_eq!(hold(None).await, HoldChange::Done);
    assert_eq!(over(&world, 2).await, [attempt]);
    let said: Vec<_> = world.store.accesses(person).await.expect("read");
    assert_eq!(said.len(), 2, "who did it is kept: {said:?}");
    world.hold(Hold::new(HoldKind::ComplaintOpen, person, noon())).await;
    assert!(over(&world, 2).await.is_empty(), "a complaint is open");
}
