//! Quality: what may be drawn, reviews once and never of oneself, and the mark that a payment keeps whole.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use obzvon::agents::{ReservationNo, State, Why as Change};
use obzvon::domain::{AgentId, AttemptId, Currency, Money, Outcome};
use obzvon::quality::{Mark, Quota, Review, Reviewed, Why, draw};
use obzvon::rules::EventKind;
use obzvon::store::{AgentChange, CallMark, ClaimedContact, NewPayment, Period};

use crate::world::{World, finished, hours, no_answer, noon, row, seconds};

crate::on_both_engines!(
    recorded_talks_are_drawn_with_their_reasons_and_the_list_is_kept,
    a_talk_is_reviewed_once_by_each_and_never_by_its_agent,
    a_payment_within_the_window_keeps_the_mark_whole,
);

fn anna() -> AgentId {
    AgentId::parse("anna").expect("a login")
}

fn period() -> Period {
    Period { from: noon() - hours(1), to: noon() + hours(24) }
}

/// A talk of the agent's with a person who answered; recorded or not.
async fn talk(world: &World, contact: &ClaimedContact, recorded: bool) -> AttemptId {
    let attempt = world.permit(contact, noon()).await.attempt();
    let change = AgentChange {
        agent: anna(),
        at: noon() + seconds(5),
        to: State::Talking { no: ReservationNo(1) },
        billable: false,
        why: Change::Call,
        attempt: Some(attempt),
    };
    world.store.log_agent(change).await.expect("kept");
    let mut request = no_answer(attempt, noon() + hours(9));
    request.finished = finished(Outcome::Answered);
    request.kinds = vec![EventKind::Conversation];
    world.store.finish(request, noon() + seconds(60)).await.expect("finished");
    if recorded {
        let file = (format!("recordings/{attempt}.wav"), 58, "ab".repeat(32));
        world.store.keep_recording(attempt, file, noon()).await.expect("kept");
    }
    attempt
}

fn review(reviewer: &str, raw_bp: u32) -> Review {
    Review {
        reviewer: reviewer.into(),
        at: noon() + hours(2),
        marks: BTreeMap::from([("sum".to_owned(), Mark::Partly)]),
        raw_bp,
        critical: false,
        comment: "he mumbles".into(),
    }
}

async fn recorded_talks_are_drawn_with_their_reasons_and_the_list_is_kept(world: World) {
    let campaign = world.campaign("reminders", &[row(1), row(2), row(3)]).await;
    let contacts = world.store.claim(campaign, 3, noon()).await.expect("claimed");
    let first = talk(&world, &contacts[0], true).await;
    let second = talk(&world, &contacts[1], true).await;
    talk(&world, &contacts[2], false).await;
    world.store.keep_mark(first, &anna(), (CallMark::Trigger, "anger"), noon()).await.expect("kept");
    world.store.complain(second, &anna(), "rude", noon()).await.expect("kept");

    let candidates = world.store.quality_candidates(period(), None).await.expect("read");
    let seen: Vec<_> = candidates.iter().map(|call| (call.attempt, call.trigger, call.complaint)).collect();
    assert_eq!(seen, [(first, true, false), (second, false, true)], "what is not recorded can't be heard");
    let nobody = world.store.quality_candidates(period(), AgentId::parse("boris")).await.expect("read");
    assert!(nobody.is_empty());

    let drawn = draw(candidates, Quota::default(), u64::MAX);
    let list = world.store.keep_sample((period(), u64::MAX), drawn, "olga", noon()).await.expect("kept");
    let picked = world.store.picked(list).await.expect("read");
    let calls: Vec<_> = picked.iter().map(|call| (call.attempt, call.why)).collect();
    assert_eq!(calls, [(second, Why::Complaint), (first, Why::Trigger)], "the gravest first");
    let lines = world.store.samples().await.expect("read");
    assert_eq!((lines[0].seed, lines[0].calls, lines[0].reviewed), (u64::MAX, 2, 0));
    let kept = world.store.keep_review(second, anna(), review("olga", 5_000)).await.expect("answered");
    assert!(matches!(kept, Reviewed::Now { raw_bp: 5_000, critical: false }));
    assert_eq!(world.store.samples().await.expect("read")[0].reviewed, 1);
    assert!(world.raw("UPDATE quality_pick SET why = 'random'").await.is_err());
}

async fn a_talk_is_reviewed_once_by_each_and_never_by_its_agent(world: World) {
    let contact = world.one_contact().await;
    let attempt = talk(&world, &contact, true).await;
    let keep = async |agent: AgentId, review| {
        world.store.keep_review(attempt, agent, review).await.expect("answered")
    };
    assert_eq!(keep(anna(), review("anna", 10_000)).await, Reviewed::Himself);
    let boris = AgentId::parse("boris").expect("a login");
    assert_eq!(keep(boris, review("olga", 10_000)).await, Reviewed::NoTalk);
    assert!(matches!(keep(anna(), review("olga", 6_000)).await, Reviewed::Now { .. }));
    assert_eq!(keep(anna(), review("olga", 9_000)).await, Reviewed::Before);
    assert!(matches!(keep(anna(), review("vera", 8_000)).await, Reviewed::Now { .. }));
    let calls = world.store.reviewed_calls(period(), SignedDuration::from_hours(24)).await.expect("read");
    let marks: Vec<_> = calls[0].reviews.iter().map(|it| (it.reviewer.as_str(), it.raw_bp)).collect();
    assert_eq!((calls.len(), marks), (1, vec![("olga", 6_000), ("vera", 8_000)]));
    assert_eq!(calls[0].reviews[0].marks["sum"], Mark::Partly);
    assert!(!format!("{calls:?}").contains("mumbles"), "a comment is in no log");
    for sql in [
        "UPDATE quality_review SET raw_bp = 10000",
        "DELETE FROM quality_review",
        "INSERT INTO quality_review (attempt_id, agent, reviewer, at, marks, raw_bp, critical, comment) \
         SELECT attempt_id, agent, agent, at, marks, raw_bp, critical, comment FROM quality_review",
    ] {
        assert!(world.raw(sql).await.is_err(), "{sql}");
    }
}

async fn a_payment_within_the_window_keeps_the_mark_whole(world: World) {
    let contact = world.one_contact().await;
    let attempt = talk(&world, &contact, true).await;
    world.store.keep_review(attempt, anna(), review("olga", 6_000)).await.expect("kept");
    let paid = async |window| {
        let calls = world.store.reviewed_calls(period(), SignedDuration::from_hours(window)).await;
        calls.expect("read")[0].paid
    };
    assert!(!paid(24).await);
    let payment = NewPayment {
        external_id: "m1".into(),
        creditor: "Water".into(),
        debt: "d1".into(),
        amount: Money::new(50_000, Currency::Rub),
        paid_at: noon() + hours(5),
    };
    world.store.record_payment(payment, noon() + hours(5)).await.expect("recorded");
    assert!(paid(24).await, "a part is a payment too");
    assert!(!paid(4).await, "the window is over");
    let calls = world.store.reviewed_calls(period(), SignedDuration::from_hours(24)).await.expect("read");
    let kept = calls[0].reviews[0].kept(calls[0].paid);
    assert_eq!((calls[0].reviews[0].raw_bp, kept.bp, kept.for_payment), (6_000, 10_000, true));
}
