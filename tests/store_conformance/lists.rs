//! Lists in, contacts made, turns taken.

use obzvon::campaign::DoneWhy;
use obzvon::domain::import_row::{ImportRow, Upserted};
use obzvon::domain::{Currency, DebtorType, Language, Money};
use obzvon::rules::{Hold, HoldKind};
use obzvon::store::{
    CampaignState, ClaimedContact, FillPlan, Filled, NewPayment, Parked, Placement, QueuedCaller, Reserved,
    ServiceQueued, ServiceWish,
};

use crate::world::{World, hours, noon, number, row, second_debt, seconds};

crate::on_both_engines!(
    a_list_read_twice_changes_nothing,
    what_changed_is_counted_and_written,
    phones_add_up_and_debts_are_one_persons,
    an_abandoned_list_leaves_nothing,
    a_list_given_up_is_dropped_after_a_day,
    a_merge_cut_short_goes_on_at_the_next_start,
    a_person_whose_type_the_list_leaves_out_keeps_it,
    a_comparison_counts_as_the_merge_does_and_changes_nothing,
    a_campaign_filled_twice_has_each_debt_once,
    one_debt_is_queued_by_hand_and_again_when_it_is_done,
    why_not_adds_up_to_all_contacts,
    the_highest_expected_value_is_claimed_first,
    who_can_be_served_is_claimed_past_those_who_cannot,
    a_claimed_contact_is_nobody_elses_for_a_minute,
    a_paused_campaign_claims_nothing,
    a_waiting_contact_wakes_when_its_time_comes,
    a_changed_plan_wakes_whom_the_old_one_put_off,
    a_changed_plan_takes_in_whom_the_old_one_left_out,
    a_service_call_is_a_contact_with_nothing_owed_that_goes_through_the_gate_once,
    a_debt_that_comes_after_the_warning_takes_the_service_call_back,
);

fn counts(new: u64, changed: u64, unchanged: u64) -> Upserted {
    Upserted { new, changed, unchanged }
}

async fn a_list_read_twice_changes_nothing(world: World) {
    let rows: Vec<_> = (1..=1200).map(row).collect();
    assert_eq!(world.store.upsert(&rows, noon()).await.expect("read"), counts(1200, 0, 0));
    assert_eq!(world.store.upsert(&rows, noon()).await.expect("read"), counts(0, 0, 1200));
}

async fn what_changed_is_counted_and_written(world: World) {
    world.store.upsert(&[row(1), row(2)], noon()).await.expect("read");
    let dearer = ImportRow { amount: Money::new(777, Currency::Rub), ..row(1) };
    let moved = ImportRow { region: Some("Омская область".into()), ..row(2) };
    assert_eq!(world.store.upsert(&[dearer, moved], noon()).await.expect("read"), counts(0, 2, 0));
    let file = &world.store.person_files("p1").await.expect("read")[0];
    assert_eq!(file.debts[0].amount.minor, 777);
    let file = &world.store.person_files("p2").await.expect("read")[0];
    assert_eq!(file.whereabouts[0].region.as_deref(), Some("Омская область"));
}

async fn phones_add_up_and_debts_are_one_persons(world: World) {
    let other_phone = ImportRow { phones: vec![number(9_991_111_111)], ..second_debt(1) };
    assert_eq!(world.store.upsert(&[row(1), other_phone], noon()).await.expect("read"), counts(2, 0, 0));
    let file = &world.store.person_files("p1").await.expect("read")[0];
    let phones: Vec<_> = file.phones.iter().map(|phone| phone.number.as_e164().to_owned()).collect();
    assert_eq!(phones, ["+79990000001", "+79991111111"]);
    assert_eq!(file.debts.len(), 2);
    assert_eq!(world.store.person_files("+79991111111").await.expect("read")[0].external_id, "p1");
}

async fn an_abandoned_list_leaves_nothing(world: World) {
    let mut run = world.store.begin_import("broken.csv", noon()).await.expect("begun");
    run.push(&(1..=600).map(row).collect::<Vec<_>>()).await.expect("staged");
    run.abandon().await.expect("dropped");
    assert!(world.store.person_files("p1").await.expect("read").is_empty());
    assert_eq!(world.store.resume_imports(noon()).await.expect("nothing is left"), counts(0, 0, 0));
}

async fn a_list_given_up_is_dropped_after_a_day(world: World) {
    let mut run = world.store.begin_import("given up.csv", noon()).await.expect("begun");
    run.push(&(1..=600).map(row).collect::<Vec<_>>()).await.expect("staged");
    world.store.resume_imports(noon() + hours(24)).await.expect("a day is not over");
    let merged = run.merge(noon() + hours(24), |_| ()).await.expect("another process still read it");
    assert_eq!(merged, counts(600, 0, 0));
    let mut run = world.store.begin_import("given up.csv", noon()).await.expect("begun");
    run.push(&(601..=1200).map(row).collect::<Vec<_>>()).await.expect("staged");
    world.store.resume_imports(noon() + hours(25)).await.expect("dropped");
    assert!(world.store.person_files("p601").await.expect("read").is_empty());
    drop(run);
}

async fn a_merge_cut_short_goes_on_at_the_next_start(world: World) {
    let mut run = world.store.begin_import("list.csv", noon()).await.expect("begun");
    run.push(&(1..=1024).map(row).collect::<Vec<_>>()).await.expect("staged");
    drop(run);
    world.raw("UPDATE import_run SET state = 'merging'").await.expect("as a crash leaves it");
    let node = world.node("two").await;
    assert_eq!(node.resume_imports(noon()).await.expect("merged"), counts(1024, 0, 0));
    assert_eq!(node.person_files("p1024").await.expect("read").len(), 1);
}

async fn a_person_whose_type_the_list_leaves_out_keeps_it(world: World) {
    let untold = |n| ImportRow { debtor_type: None, ..row(n) };
    world.store.upsert(&[row(1)], noon()).await.expect("read");
    assert_eq!(world.store.upsert(&[untold(1), untold(2)], noon()).await.expect("read"), counts(1, 0, 1));
    let known = &world.store.person_files("p1").await.expect("read")[0];
    let new = &world.store.person_files("p2").await.expect("read")[0];
    assert_eq!((known.debtor_type, new.debtor_type), (DebtorType::Forgetful, DebtorType::Unknown));
}

async fn a_comparison_counts_as_the_merge_does_and_changes_nothing(world: World) {
    world.store.upsert(&(1..=600).map(row).collect::<Vec<_>>(), noon()).await.expect("read");
    let known = (1..=600).map(|n| match n % 5 {
        0 => ImportRow { amount: Money::new(777, Currency::Rub), ..row(n) },
        1 => ImportRow { region: Some("Омская область".into()), ..row(n) },
        2 => ImportRow { debtor_type: None, ..row(n) },
        3 => ImportRow { phones: vec![number(9_991_000_000 + u64::from(n))], ..row(n) },
        _ => row(n),
    });
    // People whose debts stand in different batches, some with another word of them; and new ones, of another creditor.
    let second = (1..=600).map(|n| match n % 3 {
        0 => ImportRow { region: Some("Омская область".into()), ..second_debt(n) },
        1 => ImportRow {
            debtor_type: None,
            phones: vec![number(9_991_000_000 + u64::from(n))],
            ..second_debt(n)
        },
        _ => ImportRow { person_id: format!("p{}", n + 1), ..second_debt(n) },
    });
    let new = (601..=700).map(|n| ImportRow { creditor: "Gas".into(), ..row(n) });
    let typed = (601..=700).map(|n| ImportRow { debtor_type: Some(DebtorType::Unknown), ..row(n) });
    let moved = (1..=50).map(|n| ImportRow { person_id: format!("moved{n}"), ..row(n) });
    for list in [known.chain(second).collect::<Vec<_>>(), new.chain(typed).collect(), moved.collect()] {
        let compare = || async {
            let mut comparison = world.store.compare_import();
            comparison.push(&list).await.expect("compared");
            comparison.end().await.expect("compared")
        };
        let told = compare().await;
        assert_eq!(compare().await, told, "comparing changes nothing");
        assert_eq!(world.store.upsert(&list, noon()).await.expect("read"), told);
    }
}

async fn a_campaign_filled_twice_has_each_debt_once(world: World) {
    let idler = ImportRow { debtor_type: Some(DebtorType::Idler), ..row(3) };
    let campaign = world.campaign("reminders", &[row(1), row(2), idler]).await;
    assert_eq!(world.fill(campaign).await, Filled::default());
    world.store.upsert(&[row(4)], noon()).await.expect("read");
    assert_eq!(world.fill(campaign).await, Filled { queued: 1, ..Filled::default() });
}

async fn one_debt_is_queued_by_hand_and_again_when_it_is_done(world: World) {
    world.store.upsert(&[row(1), row(2)], noon()).await.expect("read");
    let campaign = world.store.campaign("by hand", noon()).await.expect("made");
    world.store.set_campaign("by hand", CampaignState::Running, "boss", noon()).await.expect("started");
    let plan = FillPlan { campaign, not_after: None, now: noon(), hold_out_percent: 50 };
    let queue = || world.store.queue_debt(plan, "Water", "d2", 5);
    let contact = queue().await.expect("queued").expect("an open debt");
    world.store.end_contact(contact, DoneWhy::Reached).await.expect("ended");
    assert_eq!(queue().await.expect("queued again"), Some(contact));
    let claimed = world.claim_one(campaign, noon()).await;
    assert_eq!((claimed.id, claimed.debt_external.as_str()), (contact, "d2"));
    let _permit = world.permit(&claimed, noon()).await;
    assert_eq!(queue().await.expect("asked"), None, "it is in a call");
    assert_eq!(world.store.queue_debt(plan, "Water", "d3", 5).await.expect("asked"), None);
}

async fn why_not_adds_up_to_all_contacts(world: World) {
    let idler = |n| ImportRow { debtor_type: Some(DebtorType::Idler), ..row(n) };
    let campaign = world.campaign("reminders", &[row(1), row(2), row(3), idler(4), idler(5)]).await;
    let contact = world.claim_one(campaign, noon()).await;
    let _permit = world.permit(&contact, noon()).await;
    let totals = world.store.why_not(campaign).await.expect("counted");
    let told: Vec<_> =
        totals.iter().map(|t| format!("{} {} {}", t.state.code(), t.why, t.contacts)).collect();
    assert_eq!(told, ["held agent_only 2", "in_flight  1", "queued  2"]);
}

async fn the_highest_expected_value_is_claimed_first(world: World) {
    let campaign = world.campaign("reminders", &[row(2), row(9), row(5)]).await;
    let claimed = world.store.claim(campaign, 2, noon()).await.expect("claimed");
    let order: Vec<_> = claimed.iter().map(|contact| contact.debt_external.as_str()).collect();
    assert_eq!(order, ["d9", "d5"]);
}

async fn who_can_be_served_is_claimed_past_those_who_cannot(world: World) {
    let english = ImportRow { language: Language::En, ..row(9) };
    let other = ImportRow { creditor: "Gas".into(), ..row(1) };
    let campaign = world.campaign("reminders", &[row(2), row(4), other, english]).await;
    let queued = async || world.store.queued_callers(campaign).await.expect("read");
    let keys = |all: &[QueuedCaller], language: Language| -> Vec<_> {
        all.iter().filter(|it| it.caller.language == language).map(|it| it.key.clone()).collect()
    };
    let all = queued().await;
    let creditors: Vec<_> = all.iter().filter_map(|it| it.caller.creditor.as_deref()).collect();
    assert_eq!((all.len(), creditors.iter().filter(|name| **name == "Gas").count()), (3, 1), "{all:?}");

    let russian = keys(&all, Language::Ru);
    let claimed = world.store.claim_callers(campaign, russian.clone(), 2, noon()).await.expect("claimed");
    let debts = |claimed: &[ClaimedContact]| -> Vec<_> {
        claimed.iter().map(|contact| contact.debt_external.clone()).collect()
    };
    assert_eq!(debts(&claimed), ["d4", "d2"], "the best of those who can be served");
    let rest = world.store.claim_callers(campaign, russian.clone(), 9, noon()).await.expect("claimed");
    assert_eq!(debts(&rest), ["d1"], "who is claimed is claimed");

    // He is found by what he is now, whether a list says it or the one who looked for an agent in vain.
    world.store.upsert(&[row(9)], noon()).await.expect("read");
    assert!(keys(&queued().await, Language::En).is_empty(), "nobody speaks English any more");
    let his = world.store.claim_callers(campaign, russian, 9, noon()).await.expect("claimed");
    assert_eq!(debts(&his), ["d9"]);
    world.raw("UPDATE contact SET caller = 'en forgetful 1'").await.expect("put wrong");
    world.store.release(vec![his[0].id]).await.expect("released");
    assert_eq!(keys(&queued().await, Language::Ru).len(), 1);
}

async fn a_claimed_contact_is_nobody_elses_for_a_minute(world: World) {
    let campaign = world.campaign("reminders", &[row(1), row(2)]).await;
    let two = world.node("two").await;
    let first = world.claim_one(campaign, noon()).await;
    let second = two.claim(campaign, 5, noon() + seconds(59)).await.expect("claimed");
    assert_eq!(second.len(), 1);
    assert_ne!(first.id, second[0].id);
    let later = two.claim(campaign, 5, noon() + seconds(60)).await.expect("claimed");
    assert_eq!(later.iter().map(|contact| contact.id).collect::<Vec<_>>(), [first.id]);
    world.store.release(vec![first.id]).await.expect("released");
    assert_eq!(world.claim_one(campaign, noon() + seconds(61)).await.id, first.id);
}

async fn a_paused_campaign_claims_nothing(world: World) {
    let campaign = world.campaign("reminders", &[row(1)]).await;
    assert!(
        world.store.set_campaign("reminders", CampaignState::Paused, "boss", noon()).await.expect("paused")
    );
    assert!(world.store.claim(campaign, 1, noon()).await.expect("asked").is_empty());
    assert!(
        world.store.set_campaign("reminders", CampaignState::Stopped, "boss", noon()).await.expect("stopped")
    );
    let again =
        world.store.set_campaign("reminders", CampaignState::Running, "boss", noon()).await.expect("asked");
    assert!(!again, "stopped is final");
}

async fn a_waiting_contact_wakes_when_its_time_comes(world: World) {
    let campaign = world.campaign("reminders", &[row(1)]).await;
    let contact = world.claim_one(campaign, noon()).await;
    let later = noon() + hours(3);
    assert!(world.store.postpone(contact.id, "calendar", later).await.expect("put off"));
    assert_eq!(world.store.next_wake().await.expect("read"), Some(later));
    assert_eq!(world.store.wake_due(100, later - seconds(1)).await.expect("woken"), 0);
    assert!(world.store.claim(campaign, 1, later - seconds(1)).await.expect("asked").is_empty());
    assert_eq!(world.store.wake_due(100, later).await.expect("woken"), 1);
    assert_eq!(world.claim_one(campaign, later).await.id, contact.id);
}

async fn a_changed_plan_wakes_whom_the_old_one_put_off(world: World) {
    let rows: Vec<_> = (1..=4).map(row).collect();
    let campaign = world.campaign("reminders", &rows).await;
    for (contact, why) in world.store.claim(campaign, 4, noon()).await.expect("claimed").iter().zip([
        "campaign_hours",
        "no_trunk",
        "no_answer",
        "ru.safe.gap",
    ]) {
        assert!(world.store.postpone(contact.id, why, noon() + hours(20)).await.expect("postponed"));
    }
    let wake = async |parked, limit| world.store.wake_parked(campaign, parked, limit).await.expect("woken");
    assert_eq!(wake(Parked::ByPlan, 1).await, 1, "no more than asked for");
    assert_eq!(wake(Parked::ByPlan, 9).await, 1);
    assert_eq!(wake(Parked::ByPlan, 9).await, 0);
    assert_eq!(wake(Parked::ByRules, 9).await, 1);
    let waiting = world.store.why_not(campaign).await.expect("counted");
    let waiting: Vec<_> = waiting.iter().filter(|total| total.why == "no_answer").collect();
    assert_eq!((waiting.len(), waiting[0].contacts), (1, 1), "a retry waits for its time");
}

async fn a_changed_plan_takes_in_whom_the_old_one_left_out(world: World) {
    let rows: Vec<_> = (1..=4).map(row).collect();
    world.store.upsert(&rows, noon()).await.expect("read");
    let campaign = world.store.campaign("reminders", noon()).await.expect("made");
    world.store.set_campaign("reminders", CampaignState::Running, "boss", noon()).await.expect("started");
    let held = Placement::Held { why: "needs_agent" };
    let mut first = [held, held, Placement::LeftAlone, Placement::Queued { score: 1 }].into_iter();
    let fill = FillPlan { campaign, not_after: Some(noon() + hours(1)), now: noon(), hold_out_percent: 50 };
    world.store.fill_campaign(fill, |_| first.next().expect("four debts")).await.expect("filled");
    let later = FillPlan { not_after: Some(noon() + hours(9)), ..fill };
    let mut again = [Placement::Queued { score: 7 }, Placement::LeftAlone].into_iter();
    let joined = world.store.replan(later, |_| again.next().expect("two were held")).await.expect("placed");
    assert_eq!(joined, 1);
    let claimed = world.store.claim(campaign, 9, noon()).await.expect("claimed");
    let scores: Vec<_> = claimed.iter().map(|contact| contact.score).collect();
    assert_eq!(scores, [7, 1]);
    assert!(claimed.iter().all(|contact| contact.not_after == later.not_after), "the end moved for all");
    let totals = world.store.why_not(campaign).await.expect("counted");
    let left_alone: Vec<_> = totals.iter().filter(|total| total.why == "held_out").collect();
    assert_eq!((left_alone.len(), left_alone[0].contacts), (1, 2), "the lot is drawn for who joins, too");
}

async fn a_debt_that_comes_after_the_warning_takes_the_service_call_back(world: World) {
    world.store.upsert(&[row(1), row(2)], noon()).await.expect("read");
    world.raw("UPDATE debt SET state = 'paid'").await.expect("long ago");
    let campaign = world.store.campaign("service", noon()).await.expect("made");
    let plan = FillPlan { campaign, not_after: None, now: noon(), hold_out_percent: 0 };
    let wish = |person: &str| ServiceWish {
        person: person.into(),
        about: "2026-02".into(),
        until: "2026-04-01".parse().expect("a date"),
        currency: Currency::Rub,
    };
    let queued = world.store.queue_service(plan, ["p1", "p2"].map(wish).to_vec()).await.expect("queued");
    assert_eq!(queued, [ServiceQueued::New, ServiceQueued::New]);
    world.store.upsert(&[second_debt(1)], noon()).await.expect("read");
    assert_eq!(world.contact_of("p1").await, ("done".into(), "owes".into()));
    assert_eq!(world.contact_of("p2").await, ("queued".into(), String::new()));
    // Of neither call anything is owed: types and payments know no such debt.
    let (shares, _) = world.store.types_report(always()).await.expect("counted");
    assert_eq!(shares.iter().map(|share| (share.persons, share.owing)).collect::<Vec<_>>(), [(2, 1)]);
    let service = "SELECT external_id FROM debt WHERE amount_minor = 0 ORDER BY id LIMIT 1";
    let paid = NewPayment {
        external_id: "m1".into(),
        creditor: obzvon::domain::SERVICE_CREDITOR.into(),
        debt: world.text(service).await,
        amount: row(1).amount,
        paid_at: noon(),
    };
    assert_eq!(
        world.store.record_payment(paid, noon()).await.expect("answered"),
        obzvon::store::Paid::NoDebt
    );
    assert_eq!(world.text("SELECT CAST(COUNT(*) AS TEXT) FROM bi_debt").await, "3");
}

fn always() -> obzvon::store::Period {
    obzvon::store::Period { from: jiff::Timestamp::UNIX_EPOCH, to: jiff::Timestamp::MAX }
}

async fn a_service_call_is_a_contact_with_nothing_owed_that_goes_through_the_gate_once(world: World) {
    // p1 has paid what he owed, p2 owes still, and nobody knows p9.
    world.store.upsert(&[row(1), row(2)], noon()).await.expect("read");
    let amount = row(1).amount;
    let paid = NewPayment {
        external_id: "m1".into(),
        creditor: "Water".into(),
        debt: "d1".into(),
        amount,
        paid_at: noon(),
    };
    world.store.record_payment(paid, noon()).await.expect("told");
    let campaign = world.store.campaign("service", noon()).await.expect("made");
    world.store.set_campaign("service", CampaignState::Running, "boss", noon()).await.expect("started");
    let plan = FillPlan { campaign, not_after: None, now: noon(), hold_out_percent: 0 };
    let wish = |person: &str| ServiceWish {
        person: person.into(),
        about: "2026-02".into(),
        until: "2026-04-01".parse().expect("a date"),
        currency: Currency::Rub,
    };
    let wishes = ["p1", "p2", "p9"].map(wish).to_vec();
    let queued = world.store.queue_service(plan, wishes.clone()).await.expect("queued");
    assert_eq!(queued, [ServiceQueued::New, ServiceQueued::Owes, ServiceQueued::NoPerson]);
    let again = world.store.queue_service(plan, wishes).await.expect("asked");
    assert_eq!(again, [ServiceQueued::Known, ServiceQueued::Owes, ServiceQueued::NoPerson]);

    let contact = world.claim_one(campaign, noon()).await;
    assert_eq!((contact.amount.minor, obzvon::domain::is_made_up(&contact.creditor)), (0, true));
    let attempt = world.permit(&contact, noon()).await.attempt();
    let next = noon() + hours(1);
    world.store.finish(crate::world::no_answer(attempt, next), noon() + seconds(40)).await.expect("finished");
    world.store.wake_due(9, next).await.expect("woken");
    // What holds him holds these calls, too.
    world.hold(Hold::new(HoldKind::ComplaintOpen, contact.person, noon())).await;
    let contact = world.claim_one(campaign, next).await;
    assert!(matches!(world.reserve(&contact, next).await, Reserved::Denied { .. }), "he has complained");
    // No report of debts has it.
    let always = obzvon::store::Period { from: jiff::Timestamp::UNIX_EPOCH, to: jiff::Timestamp::MAX };
    assert!(world.store.kpi_report(always).await.expect("counted").is_empty());
    assert!(world.store.effects_report(always, &[]).await.expect("counted").is_empty());
    assert_eq!(world.store.check_tallies().await.expect("counted"), []);
}
