//! What is owed: the amount a list told, less what was paid in its currency since.

use obzvon::domain::import_row::{ImportRow, Upserted};
use obzvon::domain::{Currency, Money};
use obzvon::store::{NewPayment, NewReversal, Paid, Reserved, Reversed};

use crate::world::{World, hours, noon, row, seconds};

crate::on_both_engines!(
    what_is_still_owed_is_spoken_and_written_into_the_attempt,
    money_in_another_currency_pays_nothing,
    a_payment_that_the_list_knows_of_is_not_counted_twice,
    a_paid_debt_that_comes_back_with_a_new_amount_is_called_about_again,
    a_paid_debt_that_the_list_repeats_stays_paid,
    two_creditors_may_both_have_a_payment_of_one_id,
    money_from_before_the_debt_or_after_now_is_refused,
    a_payment_that_went_back_is_owed_again,
    a_reversal_told_twice_or_of_no_payment_changes_nothing,
);

fn payment(id: &str, minor: i64, currency: Currency) -> NewPayment {
    NewPayment {
        external_id: id.into(),
        creditor: "Water".into(),
        debt: "d1".into(),
        amount: Money::new(minor, currency),
        paid_at: noon(),
    }
}

/// The first debt as a list tells it with this amount.
fn told(minor: i64) -> ImportRow {
    ImportRow { amount: Money::new(minor, Currency::Rub), ..row(1) }
}

fn is_closed(paid: &Paid) -> bool {
    matches!(paid, Paid::Recorded { closed: true, .. })
}

async fn what_is_still_owed_is_spoken_and_written_into_the_attempt(world: World) {
    let contact = world.one_contact().await;
    let part = payment("m1", 96_000, Currency::Rub);
    world.store.record_payment(part, noon() + seconds(1)).await.expect("recorded");
    let permit = world.permit(&contact, noon() + seconds(2)).await;
    let dial = permit.spend(noon() + seconds(2)).expect("fresh");
    assert_eq!(dial.owed, Money::new(4_000, Currency::Rub));
    let file = &world.store.person_files("p1").await.expect("read")[0];
    assert_eq!(file.attempts[0].amount, Money::new(4_000, Currency::Rub));
}

async fn money_in_another_currency_pays_nothing(world: World) {
    world.one_contact().await;
    let tenge = payment("m1", 100_000, Currency::Kzt);
    let refused = world.store.record_payment(tenge, noon()).await.expect("asked");
    assert_eq!(refused, Paid::OtherCurrency);
    let roubles = payment("m1", 100_000, Currency::Rub);
    let paid = world.store.record_payment(roubles, noon()).await.expect("recorded");
    assert!(is_closed(&paid), "nothing was written under the refused payment's id: {paid:?}");
}

async fn a_payment_that_the_list_knows_of_is_not_counted_twice(world: World) {
    world.campaign("reminders", &[told(105_000)]).await;
    let pay = |id, minor, at| world.store.record_payment(payment(id, minor, Currency::Rub), at);
    pay("m1", 30_000, noon() + hours(1)).await.expect("recorded");
    world.store.upsert(&[told(75_000)], noon() + hours(2)).await.expect("read");
    let part = pay("m2", 45_000, noon() + hours(3)).await.expect("recorded");
    assert!(!is_closed(&part), "300.00 are owed: {part:?}");
    let rest = pay("m3", 30_000, noon() + hours(4)).await.expect("recorded");
    assert!(is_closed(&rest), "{rest:?}");
}

async fn a_paid_debt_that_comes_back_with_a_new_amount_is_called_about_again(world: World) {
    let campaign = world.campaign("reminders", &[row(1)]).await;
    let all = payment("m1", 100_000, Currency::Rub);
    let paid = world.store.record_payment(all, noon() + seconds(1)).await.expect("recorded");
    assert!(is_closed(&paid), "{paid:?}");
    let later = noon() + hours(1);
    let read = world.store.upsert(&[told(20_000)], later).await.expect("read");
    assert_eq!(read, Upserted { new: 0, changed: 1, unchanged: 0 });
    world.fill(campaign).await;
    assert_eq!(world.contact_of("p1").await, ("queued".into(), String::new()));
    let contact = world.claim_one(campaign, later).await;
    assert_eq!(contact.amount, Money::new(20_000, Currency::Rub));
    let reserved = world.reserve(&contact, later).await;
    assert!(matches!(reserved, Reserved::Permit(_)), "{reserved:?}");
}

async fn a_paid_debt_that_the_list_repeats_stays_paid(world: World) {
    let campaign = world.campaign("reminders", &[row(1)]).await;
    let all = payment("m1", 100_000, Currency::Rub);
    world.store.record_payment(all, noon() + seconds(1)).await.expect("recorded");
    let moved = ImportRow { due: jiff::civil::date(2026, 2, 11), ..row(1) };
    world.store.upsert(&[moved], noon() + hours(1)).await.expect("read");
    world.fill(campaign).await;
    assert_eq!(world.contact_of("p1").await, ("done".into(), "paid".into()));
}

async fn two_creditors_may_both_have_a_payment_of_one_id(world: World) {
    let gas = ImportRow { creditor: "Gas".into(), ..row(1) };
    world.campaign("reminders", &[row(1), gas]).await;
    let water = payment("A1", 100_000, Currency::Rub);
    let paid = world.store.record_payment(water.clone(), noon()).await.expect("recorded");
    assert!(is_closed(&paid), "{paid:?}");
    let other = NewPayment { creditor: "Gas".into(), ..water.clone() };
    let paid = world.store.record_payment(other.clone(), noon()).await.expect("recorded");
    assert!(is_closed(&paid), "who paid leaves the queue: {paid:?}");
    for known in [water, other] {
        assert_eq!(world.store.record_payment(known, noon()).await.expect("read"), Paid::Known);
    }
}

async fn money_from_before_the_debt_or_after_now_is_refused(world: World) {
    world.campaign("reminders", &[row(1)]).await;
    let at = |text: &str| text.parse().expect("a timestamp");
    for (paid_at, refused) in [
        (at("1996-03-03T09:00:00Z"), Paid::BeforeDebt),
        (at("2031-03-03T09:00:00Z"), Paid::InFuture),
        (noon() + hours(1), Paid::InFuture),
    ] {
        let wrong = NewPayment { paid_at, ..payment("m1", 100, Currency::Rub) };
        assert_eq!(world.store.record_payment(wrong, noon()).await.expect("answered"), refused);
    }
    let paid = world.store.record_payment(payment("m1", 100, Currency::Rub), noon()).await.expect("recorded");
    assert!(matches!(paid, Paid::Recorded { .. }), "nothing was written under its id: {paid:?}");
}

fn reversal(id: &str) -> NewReversal {
    NewReversal {
        creditor: "Water".into(),
        payment: id.into(),
        debt: None,
        amount: None,
        at: noon() + hours(1),
        why: "bounced".into(),
    }
}

async fn a_payment_that_went_back_is_owed_again(world: World) {
    let campaign = world.campaign("reminders", &[row(1)]).await;
    let all = payment("m1", 100_000, Currency::Rub);
    world.store.record_payment(all.clone(), noon() + seconds(1)).await.expect("recorded");
    let back = world.store.reverse_payment(reversal("m1"), noon() + hours(1)).await.expect("written");
    assert!(matches!(back, Reversed::Recorded { opened: true, left_minor: 100_000, .. }), "{back:?}");
    assert_eq!(world.contact_of("p1").await, ("waiting".into(), "payment_reversed".into()));
    world.store.wake_due(10, noon() + hours(1)).await.expect("woken");
    let contact = world.claim_one(campaign, noon() + hours(1)).await;
    assert_eq!(contact.amount, Money::new(100_000, Currency::Rub));
    let again = world.store.record_payment(all, noon() + hours(2)).await.expect("answered");
    assert_eq!(again, Paid::Known, "the payment that went back is not told anew");
    let faults = world.store.check_tallies().await.expect("checked");
    assert!(faults.is_empty(), "{faults:?}");
    for sql in ["UPDATE payment_reversal SET why = ''", "DELETE FROM payment_reversal"] {
        world.raw(sql).await.expect_err(sql);
    }
}

async fn a_reversal_told_twice_or_of_no_payment_changes_nothing(world: World) {
    world.campaign("reminders", &[row(1)]).await;
    world.store.record_payment(payment("m1", 40_000, Currency::Rub), noon()).await.expect("recorded");
    let tell = async |reversal| world.store.reverse_payment(reversal, noon() + hours(1)).await.expect("told");
    assert_eq!(tell(reversal("m9")).await, Reversed::NoPayment);
    let other = NewReversal { amount: Some(Money::new(1, Currency::Rub)), ..reversal("m1") };
    assert_eq!(tell(other).await, Reversed::Differs);
    let first = tell(reversal("m1")).await;
    assert!(matches!(first, Reversed::Recorded { opened: false, left_minor: 100_000, .. }), "{first:?}");
    assert_eq!(tell(reversal("m1")).await, Reversed::Known);
}
