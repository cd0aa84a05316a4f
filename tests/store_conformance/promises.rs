//! Promises are judged by when it was paid, and judged again when money tells otherwise.

use jiff::Timestamp;
use jiff::civil::date;
use obzvon::campaign::{Behaviour, Reclassify};
use obzvon::domain::import_row::ImportRow;
use obzvon::domain::{Currency, DebtorType, Money, ToldReaction};
use obzvon::rules::EventKind;
use obzvon::store::{
    CampaignState, EndpointRow, Filled, NewPayment, NewReversal, Past, PastContact, PromiseTerms, Reversed,
};

use crate::world::{World, hours, noon, promised, row, seconds};

crate::on_both_engines!(
    money_from_before_the_promise_does_not_keep_it,
    money_after_the_last_day_does_not_keep_it_however_late_it_is_judged,
    a_debt_paid_in_full_by_the_day_keeps_a_promise_of_more,
    who_has_promised_anew_is_not_called_on_account_of_the_old_promise_and_money_keeps_one,
    who_broke_his_word_comes_back_where_somebody_calls,
    a_kept_promise_that_money_going_back_breaks_brings_him_back,
    money_of_the_day_told_late_keeps_it_and_takes_the_type_back,
    a_campaign_that_is_filled_later_lets_a_promised_debt_rest,
    a_promise_kept_by_a_payment_is_told_and_broken_when_the_payment_goes_back,
);

/// A promise for 10 March, made on the third.
async fn promise(world: &World) -> PromiseTerms {
    let contact = world.one_contact().await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    world.store.finish(promised(attempt), noon() + seconds(40)).await.expect("done");
    PromiseTerms { campaign: contact.campaign, grace_days: 1, call_again: false }
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

async fn pay(world: &World, id: &str, paid: &str, told: &str) {
    pay_some(world, (id, 100_000), paid, told).await;
}

async fn pay_some(world: &World, (id, minor): (&str, i64), paid: &str, told: &str) {
    let payment = NewPayment {
        external_id: id.into(),
        creditor: "Water".into(),
        debt: "d1".into(),
        amount: Money::new(minor, Currency::Rub),
        paid_at: at(paid),
    };
    world.store.record_payment(payment, at(told)).await.expect("recorded");
}

async fn state(world: &World) -> String {
    world.text("SELECT state FROM promise").await
}

async fn a_campaign_that_is_filled_later_lets_a_promised_debt_rest(world: World) {
    let terms = PromiseTerms { call_again: true, ..promise(&world).await };
    let later = world.campaign("others", &[row(2)]).await;
    let contacts = "SELECT CAST(COUNT(*) AS TEXT) FROM contact WHERE state = 'queued'";
    assert_eq!(world.text(contacts).await, "1", "the debt that was not promised");
    let resting = "SELECT g.name FROM contact c JOIN campaign g ON g.id = c.campaign_id JOIN debt d ON d.id = c.debt_id \
        WHERE d.external_id = 'd1' AND c.state = 'done' AND c.why = 'reached' AND c.arm = 'called' ORDER BY c.id DESC LIMIT 1";
    assert_eq!(world.text(resting).await, "others", "it rests as the debt's other contacts do");
    assert_eq!(world.fill(later).await, Filled::default(), "filled twice, nothing is made twice");
    let claimed = world.store.claim(later, 9, noon() + hours(24)).await.expect("claimed");
    assert_eq!(claimed.iter().map(|it| it.debt_external.as_str()).collect::<Vec<_>>(), ["d2"]);
    // Broken, it comes back by the terms of the campaign whose call he promised in.
    let judged = world.store.judge_promises(terms, at("2026-03-13T12:00:00Z")).await.expect("judged");
    assert_eq!((judged.broken, judged.queued), (1, 1));
    // A campaign that is filled once it is judged takes the debt as any other.
    let last = world.campaign("last", &[row(3)]).await;
    let claimed = world.store.claim(last, 9, noon() + hours(24 * 12)).await.expect("claimed");
    assert!(claimed.iter().any(|it| it.debt_external == "d1"), "{claimed:?}");
}

async fn money_from_before_the_promise_does_not_keep_it(world: World) {
    let terms = promise(&world).await;
    pay(&world, "m1", "2026-02-20T09:00:00Z", "2026-03-04T09:00:00Z").await;
    assert_eq!(state(&world).await, "void", "neither kept nor broken: he owed nothing by then");
    world.store.judge_promises(terms, at("2026-03-20T12:00:00Z")).await.expect("judged");
    assert_eq!(state(&world).await, "void");
    let period = obzvon::store::Period { from: noon() - hours(1), to: noon() + hours(1) };
    assert!(world.store.promises_report(period).await.expect("counted").is_empty());
}

async fn money_after_the_last_day_does_not_keep_it_however_late_it_is_judged(world: World) {
    let terms = promise(&world).await;
    // The daemon was down; the day and its grace ended on the eleventh.
    pay(&world, "m1", "2026-03-17T09:00:00Z", "2026-03-17T10:00:00Z").await;
    assert_eq!(state(&world).await, "open");
    let judged = world.store.judge_promises(terms, at("2026-03-18T09:00:00Z")).await.expect("judged");
    assert_eq!((judged.kept, judged.broken), (0, 1));
    let late = "SELECT CAST(late_minor AS TEXT) FROM promise_judgement";
    assert_eq!(world.text(late).await, "100000", "that he paid late is seen");
}

async fn a_debt_paid_in_full_by_the_day_keeps_a_promise_of_more(world: World) {
    let terms = promise(&world).await;
    // He promised 1,000; a list has lowered the debt to 500 since, and he pays that.
    let lowered = ImportRow { amount: Money::new(50_000, Currency::Rub), ..row(1) };
    world.store.upsert(&[lowered], noon() + hours(1)).await.expect("told");
    pay_some(&world, ("m1", 30_000), "2026-03-05T09:00:00Z", "2026-03-05T09:00:00Z").await;
    assert_eq!(state(&world).await, "open", "something is owed yet");
    pay_some(&world, ("m2", 20_000), "2026-03-09T09:00:00Z", "2026-03-09T09:00:00Z").await;
    assert_eq!(state(&world).await, "kept");
    // The money of before goes back: without it nothing was settled.
    let reversal = NewReversal {
        creditor: "Water".into(),
        payment: "m1".into(),
        debt: None,
        amount: None,
        at: at("2026-03-10T09:00:00Z"),
        why: "bounced".into(),
    };
    world.store.reverse_payment(reversal, at("2026-03-10T09:00:00Z")).await.expect("written");
    assert_eq!(state(&world).await, "open");
    // Settled too late it stays broken.
    world.store.judge_promises(terms, at("2026-03-13T12:00:00Z")).await.expect("judged");
    pay_some(&world, ("m3", 30_000), "2026-03-14T09:00:00Z", "2026-03-14T09:00:00Z").await;
    assert_eq!(state(&world).await, "broken");
    let faults = world.store.check_tallies().await.expect("checked");
    assert!(faults.is_empty(), "{faults:?}");
}

async fn money_of_the_day_told_late_keeps_it_and_takes_the_type_back(world: World) {
    let terms = promise(&world).await;
    world.store.judge_promises(terms, at("2026-03-13T12:00:00Z")).await.expect("judged");
    assert_eq!(state(&world).await, "broken");
    let rule = Reclassify {
        name: "broke it".into(),
        from: DebtorType::Forgetful,
        when: Behaviour::PromiseBroken,
        times: 1,
        to: DebtorType::Habitual,
    };
    let since = at("2026-03-01T00:00:00Z");
    assert_eq!(world.store.reclassify(&rule, since, at("2026-03-13T13:00:00Z")).await.expect("applied"), 1);
    pay(&world, "m1", "2026-03-10T09:00:00Z", "2026-03-14T09:00:00Z").await;
    assert_eq!(state(&world).await, "kept");
    assert_eq!(world.text("SELECT debtor_type FROM person").await, "forgetful");
    let person = world.store.person_files("p1").await.expect("read")[0].id;
    let changes = world.store.type_changes(person).await.expect("read");
    let ways: Vec<_> = changes.iter().map(|it| (it.became, it.who.as_str())).collect();
    assert_eq!(ways, [(DebtorType::Habitual, "broke it"), (DebtorType::Forgetful, "promise")]);
    let history = "SELECT CAST(COUNT(*) AS TEXT) FROM promise_judgement";
    assert_eq!(world.text(history).await, "2", "both judgements are kept");
    let faults = world.store.check_tallies().await.expect("checked");
    assert!(faults.is_empty(), "{faults:?}");
}

async fn a_promise_kept_by_a_payment_is_told_and_broken_when_the_payment_goes_back(world: World) {
    let all = EndpointRow { name: "all".into(), creditors: Vec::new() };
    world.store.set_endpoints(vec![all]).await.expect("set");
    let terms = promise(&world).await;
    pay(&world, "m1", "2026-03-05T09:00:00Z", "2026-03-05T09:00:00Z").await;
    assert_eq!(state(&world).await, "kept");
    let told = "SELECT payload FROM outbox WHERE id = (SELECT MAX(id) FROM outbox WHERE kind = 'promise')";
    assert!(world.text(told).await.contains("\"kept\""), "the creditor hears of it");
    let reversal = NewReversal {
        creditor: "Water".into(),
        payment: "m1".into(),
        debt: None,
        amount: None,
        at: at("2026-03-06T09:00:00Z"),
        why: "bounced".into(),
    };
    let before = NewReversal { at: noon() - hours(24 * 30), ..reversal.clone() };
    let refused = world.store.reverse_payment(before, at("2026-03-06T09:00:00Z")).await.expect("answered");
    assert_eq!(refused, Reversed::BeforePayment, "it can't go back before it came");
    world.store.reverse_payment(reversal, at("2026-03-06T09:00:00Z")).await.expect("written");
    assert_eq!(state(&world).await, "open", "its day is not over");
    assert!(
        world.text("SELECT payload FROM outbox WHERE kind = 'reversal'").await.contains("\"opened\":true")
    );
    world.store.judge_promises(terms, at("2026-03-13T12:00:00Z")).await.expect("judged");
    assert_eq!(state(&world).await, "broken");
}

/// Another system tells that he promised to pay some of the first debt by a day of March.
async fn promise_told(world: &World, (id, minor): (&str, i64), told: &str, on: i8) {
    let reaction = ToldReaction {
        promise: true,
        promised_on: Some(date(2026, 3, on)),
        promised_minor: Some(minor),
        ..ToldReaction::default()
    };
    let contact = PastContact {
        person: Some("p1".into()),
        phone: None,
        at: Some(at(told)),
        kind: EventKind::Message,
        channel_exact: None,
        agent: None,
        creditor: Some("Water".into()),
        debt: Some("d1".into()),
        external_id: id.into(),
        reaction,
    };
    let past = Past { contacts: vec![contact], source: "api".into(), dry_run: false, strict: true };
    world.store.record_past(past, at(told)).await.expect("told");
}

async fn states(world: &World) -> String {
    // One after the other, by their day.
    let all = "SELECT COALESCE((SELECT p.state FROM promise p ORDER BY p.promised_on LIMIT 1), '') || ' ' || \
        COALESCE((SELECT p.state FROM promise p ORDER BY p.promised_on LIMIT 1 OFFSET 1), '')";
    world.text(all).await
}

async fn who_has_promised_anew_is_not_called_on_account_of_the_old_promise_and_money_keeps_one(world: World) {
    let terms = PromiseTerms { call_again: true, ..promise(&world).await };
    promise_told(&world, ("s1", 100_000), "2026-03-09T09:00:00Z", 20).await;
    let judged = world.store.judge_promises(terms, at("2026-03-13T12:00:00Z")).await.expect("judged");
    assert_eq!((judged.broken, judged.queued), (1, 0), "he rests until the twentieth");
    assert_eq!(states(&world).await, "broken open");
    pay_some(&world, ("m1", 60_000), "2026-03-10T09:00:00Z", "2026-03-14T09:00:00Z").await;
    assert_eq!(
        states(&world).await,
        "broken open",
        "sixty are not a hundred, and the first has used them up"
    );
    pay_some(&world, ("m2", 40_000), "2026-03-15T09:00:00Z", "2026-03-15T09:00:00Z").await;
    // Nothing is owed any more.
    assert_eq!(states(&world).await, "broken kept");
    let faults = world.store.check_tallies().await.expect("checked");
    assert!(faults.is_empty(), "{faults:?}");
}

async fn who_broke_his_word_comes_back_where_somebody_calls(world: World) {
    let terms = PromiseTerms { call_again: true, ..promise(&world).await };
    let later = world.campaign("others", &[row(2)]).await;
    world.store.set_campaign("reminders", CampaignState::Stopped, "boss", noon()).await.expect("stopped");
    let judged = world.store.judge_promises(terms, at("2026-03-13T12:00:00Z")).await.expect("judged");
    assert_eq!((judged.broken, judged.queued), (0, 0), "its terms are those of the campaign that runs");
    let terms = PromiseTerms { campaign: later, ..terms };
    let judged = world.store.judge_promises(terms, at("2026-03-13T12:00:00Z")).await.expect("judged");
    assert_eq!((judged.broken, judged.queued), (1, 1));
    let back = "SELECT g.name FROM contact c JOIN campaign g ON g.id = c.campaign_id JOIN debt d ON d.id = c.debt_id \
        WHERE d.external_id = 'd1' AND c.state = 'queued'";
    assert_eq!(world.text(back).await, "others");
}

async fn a_kept_promise_that_money_going_back_breaks_brings_him_back(world: World) {
    let terms = PromiseTerms { call_again: true, ..promise(&world).await };
    pay_some(&world, ("m1", 60_000), "2026-03-05T09:00:00Z", "2026-03-05T09:00:00Z").await;
    pay_some(&world, ("m2", 40_000), "2026-03-06T09:00:00Z", "2026-03-06T09:00:00Z").await;
    assert_eq!(state(&world).await, "kept");
    let reversal = NewReversal {
        creditor: "Water".into(),
        payment: "m2".into(),
        debt: None,
        amount: None,
        at: at("2026-03-20T09:00:00Z"),
        why: "bounced".into(),
    };
    world.store.reverse_payment(reversal, at("2026-03-20T09:00:00Z")).await.expect("written");
    assert_eq!(state(&world).await, "open", "to be judged by its campaign's terms");
    let judged = world.store.judge_promises(terms, at("2026-03-20T09:01:00Z")).await.expect("judged");
    assert_eq!(judged.broken, 1);
    let back = "SELECT state FROM contact WHERE debt_id = (SELECT id FROM debt WHERE external_id = 'd1')";
    assert_ne!(world.text(back).await, "done");
}
