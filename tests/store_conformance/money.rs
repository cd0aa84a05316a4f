//! What is owed: the amount a list told, less what was paid in its currency since.

use obzvon::domain::import_row::{ImportRow, Upserted};
use obzvon::domain::{Currency, Money};
use obzvon::store::{NewPayment, Paid, Reserved};

use crate::world::{World, hours, noon, row, seconds};

crate::on_both_engines!(
    what_is_still_owed_is_spoken_and_written_into_the_attempt,
    money_in_another_currency_pays_nothing,
    a_payment_that_the_list_knows_of_is_not_counted_twice,
    a_paid_debt_that_comes_back_with_a_new_amount_is_called_about_again,
    a_paid_debt_that_the_list_repeats_stays_paid,
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
