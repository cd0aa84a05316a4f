//! What other systems are told: with the thing itself, debt by debt in order, until it is taken.

use jiff::SignedDuration;
use obzvon::campaign::{DoneWhy, NextStep};
use obzvon::domain::{Currency, Money};
use obzvon::store::{Delivered, Delivery, DeliveryFilter, EndpointRow, FinishRequest, NewPayment, Store};

use crate::world::{World, hours, noon, promised, row, seconds};

crate::on_both_engines!(
    an_attempt_and_a_payment_are_told_to_whom_they_concern,
    a_debt_waits_for_its_first_message_and_others_go_on,
    a_sender_that_dies_leaves_its_messages_to_others,
    a_message_may_be_sent_again,
);

const LEASE: SignedDuration = SignedDuration::from_secs(60);

async fn endpoints(world: &World) {
    let row = |name: &str, creditors: &[&str]| EndpointRow {
        name: name.into(),
        creditors: creditors.iter().map(|&creditor| creditor.to_owned()).collect(),
    };
    let rows = vec![row("all", &[]), row("gas", &["Gas"]), row("water", &["Water", "Gas"])];
    world.store.set_endpoints(rows).await.expect("set");
}

async fn pay(world: &World, id: &str, debt: &str, minor: i64) {
    let payment = NewPayment {
        external_id: id.into(),
        creditor: "Water".into(),
        debt: debt.into(),
        amount: Money::new(minor, Currency::Rub),
        paid_at: noon(),
    };
    world.store.record_payment(payment, noon()).await.expect("recorded");
}

async fn due(store: &Store, endpoint: &str, after: i64) -> Vec<Delivery> {
    store.claim_deliveries(endpoint, 10, noon() + seconds(after), LEASE).await.expect("claimed")
}

async fn an_attempt_and_a_payment_are_told_to_whom_they_concern(world: World) {
    endpoints(&world).await;
    let contact = world.one_contact().await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    let done = FinishRequest { next: NextStep::Done(DoneWhy::Reached), ..promised(attempt) };
    world.store.finish(done, noon()).await.expect("done");
    pay(&world, "m1", "d1", 100_000).await;
    pay(&world, "m1", "d1", 100_000).await; // told twice, it is one payment
    assert!(due(&world.store, "gas", 0).await.is_empty());
    let first = due(&world.store, "water", 0).await;
    let told: serde_json::Value = serde_json::from_str(&first[0].payload).expect("JSON");
    assert_eq!((first.len(), first[0].kind.as_str(), first[0].tries), (1, "attempt", 1));
    assert_eq!(told["debt"], "d1");
    assert_eq!(told["disposition"], "promise_to_pay");
    assert!(!first[0].payload.contains("7999"), "no number leaves by the outbox");
    let taken = Delivered::Taken { status: 204 };
    world.store.note_delivery("water", first[0].message, taken, noon()).await.expect("noted");
    let second = due(&world.store, "water", 0).await;
    let told: serde_json::Value = serde_json::from_str(&second[0].payload).expect("JSON");
    assert_eq!(told["amount_minor"], 100_000);
    assert_eq!(told["closed"], true);
    let waiting = world.store.deliveries_waiting().await.expect("counted");
    // The payment kept the promise of the call: that is a word of its own.
    assert_eq!(waiting, [("all".to_owned(), 3), ("water".to_owned(), 2)]);
}

async fn a_debt_waits_for_its_first_message_and_others_go_on(world: World) {
    endpoints(&world).await;
    world.store.upsert(&[row(1), row(2)], noon()).await.expect("imported");
    for (id, debt) in [("m1", "d1"), ("m2", "d1"), ("m3", "d2")] {
        pay(&world, id, debt, 100).await;
    }
    let first = due(&world.store, "all", 0).await;
    assert_eq!(first.len(), 2, "one message a debt: {first:?}");
    let next_try = noon() + seconds(30);
    let refused = Delivered::Refused { status: Some(500), fault: "HTTP 500".into(), next_try };
    world.store.note_delivery("all", first[0].message, refused, noon()).await.expect("noted");
    world
        .store
        .note_delivery("all", first[1].message, Delivered::Taken { status: 200 }, noon())
        .await
        .expect("noted");
    assert!(due(&world.store, "all", 29).await.is_empty());
    let again = due(&world.store, "all", 30).await;
    assert_eq!((again.len(), again[0].message, again[0].tries), (1, first[0].message, 2));
    let log = DeliveryFilter { endpoint: Some("all".into()), waiting: true, limit: 10 };
    let log = world.store.deliveries(log).await.expect("read");
    let told: Vec<_> = log.iter().map(|row| (row.tries, row.status, row.fault.as_deref())).collect();
    assert_eq!(told, [(0, None, None), (2, Some(500), Some("HTTP 500"))]);
}

async fn a_sender_that_dies_leaves_its_messages_to_others(world: World) {
    endpoints(&world).await;
    world.store.upsert(&[row(1)], noon()).await.expect("imported");
    pay(&world, "m1", "d1", 100).await;
    let other = world.node("two").await;
    assert_eq!(due(&world.store, "all", 0).await.len(), 1);
    assert!(due(&other, "all", 59).await.is_empty());
    assert_eq!(due(&other, "all", 60).await[0].tries, 2);
    other.close().await;
}

async fn a_message_may_be_sent_again(world: World) {
    endpoints(&world).await;
    world.store.upsert(&[row(1)], noon()).await.expect("imported");
    pay(&world, "m1", "d1", 100).await;
    let first = due(&world.store, "all", 0).await;
    let message = first[0].message;
    let next_try = noon() + hours(5);
    let refused = Delivered::Refused { status: None, fault: "no answer".into(), next_try };
    world.store.note_delivery("all", message, refused, noon()).await.expect("noted");
    assert_eq!(world.store.send_again("all", None, noon() + seconds(1)).await.expect("moved"), 1);
    assert_eq!(due(&world.store, "all", 1).await.len(), 1);
    let taken = Delivered::Taken { status: 200 };
    world.store.note_delivery("all", message, taken, noon() + seconds(2)).await.expect("noted");
    assert_eq!(world.store.send_again("all", None, noon() + seconds(3)).await.expect("moved"), 0);
    assert_eq!(world.store.send_again("all", Some(message), noon() + seconds(3)).await.expect("moved"), 1);
    assert_eq!(due(&world.store, "all", 3).await[0].message, message);
}
