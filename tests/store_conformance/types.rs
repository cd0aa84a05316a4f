//! A debtor's type over time: by hand, by lists, by what he does.

use obzvon::campaign::{Behaviour, DoneWhy, NextStep, Reclassify};
use obzvon::domain::import_row::ImportRow;
use obzvon::domain::{DebtorType, Grade};
use obzvon::store::{FinishRequest, Period, PromiseTerms};

use crate::world::{World, hours, noon, promised, row};

crate::on_both_engines!(
    a_list_that_says_the_same_takes_nothing_back,
    who_was_reminded_in_vain_is_no_longer_forgetful,
    who_breaks_his_promise_changes_his_type_once,
    a_change_is_never_rewritten,
);

async fn typed(world: &World, person: &str) -> String {
    world.store.person_files(person).await.expect("read")[0].debtor_type.code().to_owned()
}

async fn person(world: &World, id: &str) -> obzvon::domain::PersonId {
    world.store.person_files(id).await.expect("read")[0].id
}

async fn a_list_that_says_the_same_takes_nothing_back(world: World) {
    world.store.upsert(&[row(1)], noon()).await.expect("imported");
    let id = person(&world, "p1").await;
    let by = ("agent", "lost his job");
    assert!(world.store.set_debtor_type(id, DebtorType::Involuntary, by, noon()).await.expect("set"));
    assert!(!world.store.set_debtor_type(id, DebtorType::Involuntary, by, noon()).await.expect("set"));
    let told = world.store.upsert(&[row(1)], noon() + hours(24)).await.expect("imported");
    assert_eq!((told.changed, told.unchanged), (0, 1), "the list says what it said");
    assert_eq!(typed(&world, "p1").await, "involuntary");
    let other = ImportRow { debtor_type: Some(DebtorType::Idler), ..row(1) };
    world.store.upsert(&[other], noon() + hours(48)).await.expect("imported");
    assert_eq!(typed(&world, "p1").await, "idler");
    let changes = world.store.type_changes(id).await.expect("read");
    let told: Vec<_> = changes.iter().map(|it| (it.was.code(), it.became.code(), it.who.as_str())).collect();
    assert_eq!(told, [("forgetful", "involuntary", "agent"), ("involuntary", "idler", "import")]);
}

fn rule(name: &str, when: Behaviour, times: u8, to: DebtorType) -> Reclassify {
    Reclassify { name: name.into(), from: DebtorType::Forgetful, when, times, to }
}

/// A call on a day in which the sum was heard to its end.
async fn remind(world: &World, campaign: obzvon::domain::CampaignId, day: i64) {
    let now = noon() + hours(24 * day);
    world.store.wake_due(9, now).await.expect("woken");
    let contact = world.claim_one(campaign, now).await;
    let attempt = world.permit(&contact, now).await.attempt();
    let next = NextStep::Wait(now + hours(24));
    let mut heard = FinishRequest { next, ..promised(attempt) };
    heard.finished.grades = vec![Grade::AmountHeard];
    heard.finished.disposition = None;
    heard.finished.promised_on = None;
    world.store.finish(heard, now + hours(1)).await.expect("finished");
}

async fn who_was_reminded_in_vain_is_no_longer_forgetful(world: World) {
    let campaign = world.campaign("reminders", &[row(1)]).await;
    let reminded = rule("reminded", Behaviour::RemindedInVain, 2, DebtorType::Unknown);
    let since = noon() - hours(1);
    remind(&world, campaign, 0).await;
    assert_eq!(world.store.reclassify(&reminded, since, noon() + hours(2)).await.expect("looked"), 0);
    remind(&world, campaign, 4).await;
    let later = noon() + hours(24 * 4 + 2);
    assert_eq!(world.store.reclassify(&reminded, later, later).await.expect("looked"), 0, "not called since");
    assert_eq!(world.store.reclassify(&reminded, since, later).await.expect("looked"), 1);
    assert_eq!(world.store.reclassify(&reminded, since, later).await.expect("looked"), 0);
    let change = &world.store.type_changes(person(&world, "p1").await).await.expect("read")[0];
    assert_eq!((change.who.as_str(), change.why.as_str()), ("reminded", "reminded_in_vain × 2"));
    let period = Period { from: since, to: later + hours(1) };
    let (shares, moves) = world.store.types_report(period).await.expect("counted");
    assert_eq!((shares[0].debtor_type, shares[0].persons, shares[0].owing), (DebtorType::Unknown, 1, 1));
    assert_eq!((moves[0].became, moves[0].persons), (DebtorType::Unknown, 1));
}

async fn who_breaks_his_promise_changes_his_type_once(world: World) {
    let campaign = world.campaign("reminders", &[row(1)]).await;
    let contact = world.claim_one(campaign, noon()).await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    let done = FinishRequest { next: NextStep::Done(DoneWhy::Reached), ..promised(attempt) };
    world.store.finish(done, noon()).await.expect("finished");
    let broke = rule("broke", Behaviour::PromiseBroken, 1, DebtorType::Habitual);
    let judged_at = noon() + hours(24 * 20);
    assert_eq!(world.store.reclassify(&broke, noon(), judged_at).await.expect("looked"), 0);
    let terms = PromiseTerms { campaign, grace_days: 0, call_again: false };
    world.store.judge_promises(terms, judged_at).await.expect("judged");
    let now = judged_at + hours(1);
    assert_eq!(world.store.reclassify(&broke, noon(), now).await.expect("looked"), 1);
    assert_eq!(typed(&world, "p1").await, "habitual");
    // Set back by hand, the old promise does not count again.
    let id = person(&world, "p1").await;
    world
        .store
        .set_debtor_type(id, DebtorType::Forgetful, ("agent", "his bank erred"), now)
        .await
        .expect("set");
    assert_eq!(world.store.reclassify(&broke, noon(), now + hours(1)).await.expect("looked"), 0);
}

async fn a_change_is_never_rewritten(world: World) {
    world.store.upsert(&[row(1)], noon()).await.expect("imported");
    let id = person(&world, "p1").await;
    world.store.set_debtor_type(id, DebtorType::Idler, ("agent", "says so"), noon()).await.expect("set");
    for sql in ["UPDATE debtor_type_change SET who = 'x'", "DELETE FROM debtor_type_change"] {
        assert!(world.raw(sql).await.is_err(), "{sql}");
    }
}
