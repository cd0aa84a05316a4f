//! What happens between the decision and the INVITE, and during a call: holds, payments and closing windows end it.

use jiff::Timestamp;

use obzvon::campaign::{DoneWhy, NextStep};
use obzvon::domain::{Currency, Disposition, Money, Outcome, ToldReaction};
use obzvon::rules::{Called, EventKind, Hold, HoldKind, holds_from};
use obzvon::store::{FinishRequest, NewPayment, Past, PastContact, Reserved, TakeBack};

use crate::world::{
    World, by_hand, finished, hours, no_answer, noon, promised, row, rules, second_debt, seconds,
};

crate::on_both_engines!(
    a_hold_written_after_the_decision_withdraws_the_dial_whatever_date_it_bears,
    a_hold_that_was_there_before_and_did_not_deny_withdraws_nothing,
    a_payment_withdraws_the_dial,
    a_part_of_it_withdraws_the_dial_for_the_old_sum,
    a_contact_told_after_the_decision_withdraws_the_dial_where_the_rules_deny_a_further_one,
    a_permit_ends_with_the_window,
    what_is_said_in_a_call_holds_every_campaign_at_once,
);

async fn a_hold_written_after_the_decision_withdraws_the_dial_whatever_date_it_bears(world: World) {
    let contact = world.one_contact().await;
    let permit = world.permit(&contact, noon()).await;
    assert_eq!(world.store.withdrawn(permit.attempt()).await.expect("read"), None);
    // A court act of last month that came in a second ago, on another node.
    let hold = Hold::new(HoldKind::Bankruptcy, contact.person, noon() - hours(700));
    let (_, open) = world.node("two").await.add_hold_by_hand(hold, by_hand(), noon()).await.expect("set");
    assert_eq!(open, Some(permit.attempt()));
    assert_eq!(world.store.withdrawn(permit.attempt()).await.expect("read"), Some(TakeBack::Held));
    let open = world.store.to_take_back().await.expect("read");
    assert_eq!(open, [(permit.attempt(), TakeBack::Held)]);
}

async fn a_hold_that_was_there_before_and_did_not_deny_withdraws_nothing(mut world: World) {
    world.rules = rules("kz-collector");
    let contact = world.one_contact().await;
    let hold = Hold::new(HoldKind::Bankruptcy, contact.person, noon() - hours(1));
    world.hold(hold).await;
    let permit = world.permit(&contact, noon()).await;
    assert_eq!(world.store.withdrawn(permit.attempt()).await.expect("read"), None);
}

async fn a_payment_withdraws_the_dial(world: World) {
    let contact = world.one_contact().await;
    let permit = world.permit(&contact, noon()).await;
    let payment = NewPayment {
        external_id: "m1".into(),
        creditor: "Water".into(),
        debt: "d1".into(),
        amount: Money::new(100_000, Currency::Rub),
        paid_at: noon(),
    };
    world.store.record_payment(payment, noon()).await.expect("recorded");
    assert_eq!(world.store.withdrawn(permit.attempt()).await.expect("read"), Some(TakeBack::Paid));
}

async fn a_part_of_it_withdraws_the_dial_for_the_old_sum(world: World) {
    let contact = world.one_contact().await;
    let permit = world.permit(&contact, noon()).await;
    let payment = |id: &str| NewPayment {
        external_id: id.into(),
        creditor: "Water".into(),
        debt: "d1".into(),
        amount: Money::new(90_000, Currency::Rub),
        paid_at: noon(),
    };
    world.store.record_payment(payment("m1"), noon()).await.expect("recorded");
    assert_eq!(world.store.withdrawn(permit.attempt()).await.expect("read"), Some(TakeBack::Changed));
    assert_eq!(world.store.to_take_back().await.expect("read"), [(permit.attempt(), TakeBack::Changed)]);
    let cancelled = no_answer(permit.attempt(), noon() + seconds(300));
    world.store.finish(cancelled, noon() + seconds(1)).await.expect("finished");
    let later = noon() + hours(48);
    world.store.wake_due(9, later).await.expect("woken");
    let again = world.claim_one(contact.campaign, later).await;
    let permit = world.permit(&again, later).await;
    assert_eq!(world.store.withdrawn(permit.attempt()).await.expect("read"), None, "the new sum is spoken");
}

async fn a_contact_told_after_the_decision_withdraws_the_dial_where_the_rules_deny_a_further_one(
    mut world: World,
) {
    world.rules = rules("ru-230fz");
    let contact = world.one_contact().await;
    let permit = world.permit(&contact, noon()).await;
    let other = world.node("two").await;
    let tell = async |id: &str, kind| {
        let contact = PastContact {
            person: Some("p1".into()),
            phone: None,
            at: Some(noon() - hours(1)),
            kind,
            channel_exact: None,
            agent: None,
            creditor: None,
            debt: None,
            external_id: id.into(),
            reaction: ToldReaction::default(),
        };
        let past = Past { contacts: vec![contact], source: "crm".into(), dry_run: false, strict: true };
        other.record_past(past, noon() + seconds(5)).await.expect("told");
        world.store.withdrawn(permit.attempt()).await.expect("read")
    };
    assert_eq!(tell("letter", EventKind::Letter).await, None, "letters count for no rule of calls");
    // One conversation a day.
    assert_eq!(tell("talk", EventKind::Conversation).await, Some(TakeBack::Counted));
    let open = world.store.to_take_back().await.expect("read");
    assert_eq!(open, [(permit.attempt(), TakeBack::Counted)]);
    assert_eq!(other.to_take_back().await.expect("read"), [], "another node's calls are not its own");
}

async fn a_permit_ends_with_the_window(mut world: World) {
    world.rules = rules("ru-230fz");
    let campaign = world.campaign("reminders", &[row(1), row(2)]).await;
    let time = |text: &str| text.parse::<Timestamp>().expect("a timestamp");
    // Three seconds to 22:00 in Moscow.
    let late = time("2026-03-03T18:59:57Z");
    let both = world.store.claim(campaign, 2, late).await.expect("claimed");
    let permit = world.permit(&both[0], late).await;
    let attempt = permit.attempt();
    assert_eq!(permit.spend(time("2026-03-03T19:00:00Z")).expect_err("closed").attempt, attempt);
    let dial = world.permit(&both[1], late).await.spend(time("2026-03-03T18:59:59Z")).expect("open");
    assert_eq!(dial.until, Some(time("2026-03-03T19:00:00Z")), "what rings or talks then is ended");
}

async fn what_is_said_in_a_call_holds_every_campaign_at_once(world: World) {
    let said = [
        (Disposition::StopRequested, "core.hold.person_said"),
        (Disposition::BankruptcyClaimed, "ru.hold.bankruptcy"),
        (Disposition::Dispute, "core.hold.person_said"),
        (Disposition::AlreadyPaid, "core.hold.person_said"),
        (Disposition::WrongPerson, "ru.hold.phone_review"),
    ];
    for ((disposition, rule), n) in said.into_iter().zip(1..) {
        let start = noon() + hours(48 * (i64::from(n) - 1));
        let (one, other) = (format!("one {n}"), format!("other {n}"));
        let first = world.campaign(&one, &[row(n)]).await;
        let contact = world.claim_one(first, start).await;
        let attempt = world.permit(&contact, start).await.attempt();
        let mut said = finished(Outcome::Answered);
        said.disposition = Some(disposition);
        let phone = (&contact.phones[0].number).into();
        let called = Called { person: contact.person, phone, debt: contact.debt };
        let request = FinishRequest {
            holds: holds_from(&said, called, start, "attempt"),
            finished: said,
            next: NextStep::Done(DoneWhy::Stopped),
            ..promised(attempt)
        };
        world.store.finish(request, start + seconds(30)).await.expect("finished");
        let file = &world.store.person_files(&format!("p{n}")).await.expect("read")[0];
        let usable = file.phones[0].state == "usable";
        assert_eq!(usable, disposition != Disposition::WrongPerson);
        // The next day, another campaign and another debt of his.
        let second = world.campaign(&other, &[second_debt(n)]).await;
        let tomorrow = start + hours(24);
        let contacts = world.store.claim(second, 10, tomorrow).await.expect("claimed");
        let contact = contacts.iter().find(|c| c.debt_external == format!("d{n}b")).expect("filled");
        match world.reserve(contact, tomorrow).await {
            Reserved::Denied(decision) => {
                let denied: Vec<_> =
                    decision.verdicts.iter().filter(|v| !v.pass).map(|v| v.rule.as_str()).collect();
                assert!(denied.contains(&rule), "{disposition:?}: {denied:?}");
            }
            Reserved::Gone(obzvon::store::Gone::NoPhone) => assert!(!usable),
            other => panic!("{disposition:?}: {other:?}"),
        }
    }
}
