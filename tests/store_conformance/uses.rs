//! Which use of a channel on a person an action is, over all his debts.

use jiff::SignedDuration;
use obzvon::campaign::NextStep;
use obzvon::domain::{Channel, Currency, EventId, Money, ToldReaction};
use obzvon::rules::EventKind;
use obzvon::stats::Ratio;
use obzvon::store::{Corrected, FinishRequest, NewPayment, Past, PastContact, Period, Reacted, Recorded};

use crate::world::{World, by_hand, hours, no_answer, noon, promised, row, second_debt};

crate::on_both_engines!(
    a_persons_debts_share_one_count_of_uses,
    what_is_told_late_has_its_place_and_what_is_corrected_leaves_it,
    a_call_after_told_ones_is_the_next_use,
);

fn days(n: i64) -> SignedDuration {
    hours(24 * n)
}

async fn tell(world: &World, kind: EventKind, debt: &str, day: i64) {
    let contact = PastContact {
        person: Some("p1".into()),
        phone: None,
        at: Some(noon() + days(day)),
        kind,
        channel_exact: None,
        agent: None,
        creditor: Some("Water".into()),
        debt: Some(debt.into()),
        external_id: format!("{debt}-{day}"),
        reaction: ToldReaction::default(),
    };
    let past = Past { contacts: vec![contact], source: "post".into(), dry_run: false, strict: true };
    let told = world.store.record_past(past, noon() + days(30)).await.expect("told");
    assert_eq!(told, [Recorded::New]);
}

async fn pay(world: &World, debt: &str, day: i64) {
    let payment = NewPayment {
        external_id: format!("m{debt}"),
        creditor: "Water".into(),
        debt: debt.into(),
        amount: Money::new(40_000, Currency::Rub),
        paid_at: noon() + days(day),
    };
    world.store.record_payment(payment, noon() + days(30)).await.expect("recorded");
}

/// What the uses of a channel brought, and that the sums are those of the rows.
async fn wear(world: &World, channel: Channel) -> Vec<Ratio> {
    let faults = world.store.check_tallies().await.expect("counted");
    assert!(faults.is_empty(), "{faults:?}");
    let period = Period { from: noon() - days(1), to: noon() + days(40) };
    let found = world.store.wear_report(period, Reacted::Paid).await.expect("counted");
    found.into_iter().find(|(of, _)| *of == channel).map(|(_, uses)| uses).unwrap_or_default()
}

async fn a_persons_debts_share_one_count_of_uses(world: World) {
    let campaign = world.campaign("reminders", &[row(1), second_debt(1)]).await;
    for day in [0, 4, 8] {
        let now = noon() + days(day);
        world.store.wake_due(9, now).await.expect("woken");
        // The debts take turns; whoever was called about one is called about the other next.
        let contact = world.claim_one(campaign, now).await;
        let attempt = world.permit(&contact, now).await.attempt();
        let request = match day {
            4 => FinishRequest { next: NextStep::Wait(now + days(30)), ..promised(attempt) },
            _ => no_answer(attempt, now + days(8)),
        };
        world.store.finish(request, now + hours(1)).await.expect("finished");
    }
    let called = "SELECT CAST(COUNT(DISTINCT debt_id) AS TEXT) FROM attempt";
    assert_eq!(world.text(called).await, "2");
    assert_eq!(wear(&world, Channel::Ivr).await, [Ratio::new(0, 1); 3]);
}

async fn what_is_told_late_has_its_place_and_what_is_corrected_leaves_it(world: World) {
    world.campaign("reminders", &[row(1), second_debt(1)]).await;
    pay(&world, "d1b", 3).await;
    tell(&world, EventKind::Letter, "d1", 5).await;
    tell(&world, EventKind::Letter, "d1", 9).await;
    tell(&world, EventKind::InboundConversation, "d1", 1).await;
    assert_eq!(wear(&world, Channel::Letter).await, [Ratio::new(0, 1); 2]);
    tell(&world, EventKind::Letter, "d1b", 2).await;
    let first_paid = [Ratio::new(1, 1), Ratio::new(0, 1), Ratio::new(0, 1)];
    assert_eq!(wear(&world, Channel::Letter).await, first_paid);

    let told = "SELECT CAST(e.id AS TEXT) FROM event e WHERE e.external_id LIKE 'post:d1b-2:%'";
    let event = EventId(world.text(told).await.parse().expect("an id"));
    let corrected = world.store.correct_event(event, EventKind::Visit, by_hand(), noon() + days(31)).await;
    assert!(matches!(corrected.expect("corrected"), Corrected::Now { .. }));
    assert_eq!(wear(&world, Channel::Letter).await, [Ratio::new(0, 1); 2]);
    assert_eq!(wear(&world, Channel::Visit).await, [Ratio::new(1, 1)]);
}

async fn a_call_after_told_ones_is_the_next_use(world: World) {
    let campaign = world.campaign("reminders", &[row(1), second_debt(1)]).await;
    tell(&world, EventKind::AnsweredUnknown, "d1", -1).await;
    let contact = world.claim_one(campaign, noon()).await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    world.store.finish(no_answer(attempt, noon() + days(2)), noon() + hours(1)).await.expect("finished");
    let nth = format!("SELECT CAST(nth_use AS TEXT) FROM attempt WHERE id = {}", attempt.0);
    assert_eq!(world.text(&nth).await, "2");
    tell(&world, EventKind::AnsweredUnknown, "d1b", -2).await;
    assert_eq!(world.text(&nth).await, "3");
    assert_eq!(wear(&world, Channel::Ivr).await.len(), 3);
}
