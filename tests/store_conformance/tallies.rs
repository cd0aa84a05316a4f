//! The sums of the reports are those of the rows, whatever happens and in whatever order.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use obzvon::agents::{ReservationNo, State, Why};
use obzvon::campaign::NextStep;
use obzvon::domain::{
    AgentId, AttemptId, Channel, Currency, DebtId, DebtKind, Disposition, EventId, Fault, Money, Outcome,
    PersonId, ToldReaction,
};
use obzvon::rules::{Event, EventKind, Hold, HoldKind};
use obzvon::stats::{ActionRow, Axis, Basis, TALLIES, Windows};
use obzvon::store::{
    AgentChange, ByHand, Corrected, DeliveryFilter, EndpointRow, FinishRequest, InboundRequest, KnownCaller,
    NewEvent, NewPayment, NextAction, Past, PastContact, Period, PromiseTerms, Reserved, Store, View, Whose,
};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use crate::world::{World, finished, hours, no_answer, noon, number, promised, row, second_debt, seconds};

crate::on_both_engines!(
    a_year_at_random_is_counted_as_its_rows_are,
    a_letter_told_late_takes_the_credit_of_a_payment,
    a_corrected_contact_is_counted_as_what_it_was,
    a_debt_counted_by_the_building_is_counted_once,
    a_forged_sum_is_found,
    parts_of_a_report_add_up_to_the_whole,
    finishes_and_payments_at_once_lose_nothing,
    what_bi_tools_read_is_what_the_reports_say,
    a_creditors_months_have_what_was_done_and_paid,
    a_call_without_a_reaction_asks_for_another_channel_once,
    nobody_who_is_held_or_owes_nothing_is_asked_for_by_another_channel,
    letters_that_others_told_of_without_a_reaction_ask_for_another_channel_however_many_are_of_one_moment,
    a_use_that_is_told_late_is_looked_at_when_it_is_told_and_one_of_long_ago_is_not,
    accounts_are_divided_fairly_and_what_agents_brought_is_theirs,
    every_report_of_a_period_is_the_same_from_sums_and_from_rows,
    agents_changes_at_once_on_two_nodes_are_counted,
    an_action_told_late_counts_with_the_debt_as_it_was_then,
    accounts_of_each_currency_are_divided_by_themselves,
    the_rest_of_every_currency_is_not_one_agents_and_who_has_gone_keeps_nothing,
);

fn days(n: i64) -> SignedDuration {
    hours(24 * n)
}

fn always() -> Period {
    Period { from: jiff::Timestamp::UNIX_EPOCH, to: jiff::Timestamp::MAX }
}

fn payment(id: &str, debt: &str, minor: i64, at: jiff::Timestamp) -> NewPayment {
    let amount = Money::new(minor, Currency::Rub);
    NewPayment { external_id: id.into(), creditor: "Water".into(), debt: debt.into(), amount, paid_at: at }
}

fn letter(id: &str, person: &str, debt: &str, at: jiff::Timestamp) -> Past {
    let contact = PastContact {
        person: Some(person.into()),
        phone: None,
        at: Some(at),
        kind: EventKind::Letter,
        channel_exact: None,
        agent: None,
        creditor: Some("Water".into()),
        debt: Some(debt.into()),
        external_id: id.into(),
        reaction: ToldReaction::default(),
    };
    Past { contacts: vec![contact], source: "post".into(), dry_run: false, strict: true }
}

async fn assert_equal(store: &Store) {
    let faults = store.check_tallies().await.expect("counted");
    assert!(faults.is_empty(), "{faults:?}");
}

/// What Anna did, in hours since noon.
async fn log(world: &World, changes: &[(i64, State, Option<AttemptId>)]) {
    for (at, to, attempt) in changes.iter().cloned() {
        let (agent, at) = (AgentId::parse("anna").expect("a login"), noon() + hours(at));
        let change = AgentChange { agent, at, to, billable: false, why: Why::Call, attempt };
        world.store.log_agent(change).await.expect("kept");
    }
}

async fn sum(store: &Store, channel: Channel, column: &str) -> i64 {
    let rows = store.effects_report(always(), &[]).await.expect("counted");
    rows.iter().filter(|row| row.channel == channel).map(|row| row.sum(column)).sum()
}

/// One call, ended somehow.
async fn call(world: &World, campaign: obzvon::domain::CampaignId, now: jiff::Timestamp, rng: &mut Pcg64) {
    world.store.wake_due(9, now).await.expect("woken");
    let Some(contact) = world.store.claim(campaign, 1, now).await.expect("claimed").pop() else { return };
    let Reserved::Permit(permit) = world.reserve(&contact, now).await else { return };
    let attempt = permit.attempt();
    let next = now + days(3);
    let no = ReservationNo(1);
    let at = now.duration_since(noon()).as_hours();
    if rng.random_range(0..2) == 0 {
        let talk = [State::Ready, State::Talking { no }, State::Hold { no }, State::WrapUp { no }];
        let talk = (at..).zip(talk).map(|(at, to)| (at, to, Some(attempt))).collect::<Vec<_>>();
        log(world, &talk).await;
    }
    let request = match rng.random_range(0..6) {
        0 => FinishRequest { next: NextStep::Wait(next), ..promised(attempt) },
        1 => FinishRequest {
            finished: finished(Outcome::Failed(Fault::Trunk)),
            kinds: vec![EventKind::AttemptUnconnected],
            ..no_answer(attempt, next)
        },
        2 => FinishRequest {
            finished: obzvon::domain::attempt::Finished {
                disposition: Some(Disposition::Refused),
                ..finished(Outcome::Answered)
            },
            asks: vec!["complaint".into()],
            ..no_answer(attempt, next)
        },
        3 => FinishRequest { finished: finished(Outcome::Cancelled), ..no_answer(attempt, next) },
        4 => {
            world.store.rescue(Whose::Own, days(1), now + seconds(1)).await.expect("rescued");
            return;
        }
        _ => no_answer(attempt, next),
    };
    world.store.finish(request, now + seconds(40)).await.expect("finished");
    if rng.random_range(0..4) == 0 {
        // Told late: his call is closed already.
        log(world, &[(at + 4, State::Talking { no }, Some(attempt)), (at + 5, State::LoggedOut, None)]).await;
    }
}

/// He calls back, and promises.
async fn call_back(world: &World, phone: u64, now: jiff::Timestamp) {
    let known = world.store.known_caller(number(9_990_000_000 + phone)).await.expect("read");
    let KnownCaller::One { contact, .. } = known else { return };
    let request = InboundRequest {
        contact,
        phone: number(9_990_000_000 + phone),
        called: number(4_950_000_000),
        trunk: "main".into(),
        debt_kind: DebtKind::Overdue,
        config_version: "c1".into(),
        flow_version: "returned_call@3".into(),
    };
    let Some(entered) = world.store.enter_inbound(request, now).await.expect("written") else { return };
    let talk = FinishRequest {
        kinds: vec![EventKind::InboundConversation],
        next: NextStep::Wait(now),
        ..promised(entered.attempt)
    };
    world.store.finish(talk, now + seconds(90)).await.expect("finished");
}

async fn a_year_at_random_is_counted_as_its_rows_are(world: World) {
    let rows = [row(10), row(11), row(12), second_debt(10)];
    let campaign = world.campaign("reminders", &rows).await;
    let mut rng = Pcg64::seed_from_u64(7);
    for step in 0..60 {
        let now = noon() + hours(31 * step);
        let debt = ["d10", "d11", "d12", "d10b"][rng.random_range(0..4)];
        match rng.random_range(0..6) {
            5 => call_back(&world, rng.random_range(10..13), now).await,
            0 => {
                let at = now - hours(rng.random_range(0..400));
                let paid = payment(&format!("m{step}"), debt, rng.random_range(1_000..60_000), at);
                world.store.record_payment(paid, now).await.expect("recorded");
            }
            1 => {
                let person = if debt == "d10b" { "p10".to_owned() } else { debt.replace('d', "p") };
                let at = now - hours(rng.random_range(0..900));
                world
                    .store
                    .record_past(letter(&format!("l{step}"), &person, debt, at), now)
                    .await
                    .expect("told");
            }
            2 => {
                let terms = PromiseTerms { campaign, grace_days: 0, call_again: true };
                world.store.judge_promises(terms, now).await.expect("judged");
            }
            _ => call(&world, campaign, now, &mut rng).await,
        }
        if step % 20 == 7 {
            assert_equal(&world.store).await;
        }
    }
    assert_equal(&world.store).await;
    let whole = world.store.effects_report(always(), &[Axis::Month]).await.expect("counted");
    assert!(
        whole.iter().map(|row| row.sum("actions")).sum::<i64>() > 12,
        "there was something to count: {whole:?}"
    );
    // What is counted anew is the same, and the same whatever the period is cut into.
    world.store.recount_tallies(world.store.basis().await.expect("read")).await.expect("counted anew");
    assert_equal(&world.store).await;
    assert_eq!(world.store.effects_report(always(), &[Axis::Month]).await.expect("counted"), whole);
    let total = |rows: &[ActionRow]| rows.iter().map(|row| row.sum("credited_linear_minor")).sum::<i64>();
    let cut = noon() + hours(777);
    let mut parts = 0;
    for period in [Period { to: cut, ..always() }, Period { from: cut, ..always() }] {
        parts += total(&world.store.effects_report(period, &[]).await.expect("counted"));
    }
    assert_eq!(parts, total(&whole));
}

async fn a_letter_told_late_takes_the_credit_of_a_payment(world: World) {
    let contact = world.one_contact().await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    world.store.finish(no_answer(attempt, noon() + days(9)), noon() + hours(1)).await.expect("finished");
    world
        .store
        .record_payment(payment("m1", "d1", 40_000, noon() + days(3)), noon() + days(3))
        .await
        .expect("told");
    assert_eq!(sum(&world.store, Channel::Ivr, "credited_last_minor").await, 40_000);
    let told = world.store.record_past(letter("l1", "p1", "d1", noon() + days(2)), noon() + days(5)).await;
    assert_eq!(told.expect("told"), [obzvon::store::Recorded::New]);
    assert_eq!(sum(&world.store, Channel::Ivr, "credited_last_minor").await, 0);
    assert_eq!(sum(&world.store, Channel::Letter, "credited_last_minor").await, 40_000);
    assert_eq!(sum(&world.store, Channel::Ivr, "credited_first_minor").await, 40_000);
    let rows =
        world.store.effects_report(always(), &[Axis::Age, Axis::Creditor, Axis::Month, Axis::DayPart]).await;
    let rows = rows.expect("counted");
    let letter = rows.iter().find(|row| row.channel == Channel::Letter).expect("a letter");
    assert_eq!(letter.by, ["1-30", "Water", "2026-03", "afternoon"]);
    assert_equal(&world.store).await;
}

async fn a_corrected_contact_is_counted_as_what_it_was(world: World) {
    world.campaign("reminders", &[row(1)]).await;
    let file = &world.store.person_files("p1").await.expect("read")[0];
    let event = Event {
        debt: Some(DebtId(1)),
        ..Event::new(EventId(0), noon(), EventKind::Letter, PersonId(file.id.0))
    };
    let told = NewEvent { event, source: "test".into(), external_id: None };
    world.store.record_events(vec![told], noon()).await.expect("written");
    assert_eq!(sum(&world.store, Channel::Letter, "actions").await, 1);
    let by = ByHand { who: "clerk".into(), evidence: "he was met".into() };
    let corrected = world.store.correct_event(EventId(1), EventKind::Visit, by, noon() + hours(1)).await;
    assert!(matches!(corrected.expect("corrected"), Corrected::Now { .. }));
    assert_eq!(sum(&world.store, Channel::Letter, "actions").await, 0);
    assert_eq!(sum(&world.store, Channel::Visit, "actions").await, 1);
    assert_equal(&world.store).await;
}

async fn a_debt_counted_by_the_building_is_counted_once(world: World) {
    let campaign = world.campaign("reminders", &[row(1), row(2)]).await;
    let mut rng = Pcg64::seed_from_u64(1);
    call(&world, campaign, noon(), &mut rng).await;
    // As a database from before the sums: nothing is counted yet, and calls go on.
    log(&world, &[(1, State::Ready, None), (5, State::LoggedOut, None)]).await;
    for table in TALLIES {
        world.raw(&format!("DELETE FROM {}", table.name)).await.expect("emptied");
    }
    world.raw("UPDATE tally_plan SET built_upto = 0, states_upto = 0").await.expect("set back");
    log(&world, &[(9, State::Ready, None), (12, State::LoggedOut, None)]).await;
    call(&world, campaign, noon() + hours(1), &mut rng).await;
    assert!(world.store.effects_report(always(), &[]).await.expect("counted").is_empty());
    world.store.build_tallies().await.expect("built");
    assert_equal(&world.store).await;
    call(&world, campaign, noon() + days(4), &mut rng).await;
    assert_equal(&world.store).await;
    assert!(!world.store.effects_report(always(), &[]).await.expect("counted").is_empty());
}

async fn a_forged_sum_is_found(world: World) {
    let contact = world.one_contact().await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    world.store.finish(promised(attempt), noon() + hours(1)).await.expect("finished");
    assert_equal(&world.store).await;
    world.raw("UPDATE tally_effect SET kept = kept + 1 WHERE level = 2").await.expect("forged");
    let faults = world.store.check_tallies().await.expect("counted");
    assert_eq!(
        faults.iter().map(|fault| (fault.table, fault.level)).collect::<Vec<_>>(),
        [("tally_effect", 2)]
    );
}

async fn parts_of_a_report_add_up_to_the_whole(world: World) {
    let campaign = world.campaign("reminders", &[row(1), row(2), row(3)]).await;
    let mut rng = Pcg64::seed_from_u64(3);
    for step in 0..12 {
        call(&world, campaign, noon() + hours(50 * step), &mut rng).await;
    }
    world
        .store
        .record_payment(payment("m1", "d2", 70_000, noon() + days(20)), noon() + days(20))
        .await
        .expect("told");
    let of = async |by: &[Axis]| {
        let rows = world.store.effects_report(always(), by).await.expect("counted");
        let mut sums = vec![0; rows[0].sums.len()];
        rows.iter().for_each(|row| sums.iter_mut().zip(&row.sums).for_each(|(sum, more)| *sum += more));
        sums
    };
    let whole = of(&[]).await;
    for axis in [Axis::Age, Axis::Campaign, Axis::Creditor, Axis::DayPart, Axis::Month] {
        assert_eq!(of(&[axis]).await, whole, "{axis:?}");
    }
    assert_eq!(of(&[Axis::Month, Axis::Creditor, Axis::Age]).await, whole);
}

async fn finishes_and_payments_at_once_lose_nothing(world: World) {
    let rows: Vec<_> = (1..=8).map(row).collect();
    let campaign = world.campaign("reminders", &rows).await;
    let claimed = world.store.claim(campaign, 8, noon()).await.expect("claimed");
    let mut attempts: Vec<AttemptId> = Vec::new();
    for contact in &claimed {
        attempts.push(world.permit(contact, noon()).await.attempt());
    }
    let other = world.node("two").await;
    let mut tasks = tokio::task::JoinSet::new();
    for (n, attempt) in (1..).zip(attempts) {
        let store = world.store.clone();
        tasks.spawn(async move {
            store.finish(promised(attempt), noon() + hours(1)).await.expect("finished");
        });
        let store = other.clone();
        tasks.spawn(async move {
            let paid = payment(&format!("m{n}"), &format!("d{n}"), 10_000, noon() + hours(2));
            store.record_payment(paid, noon() + hours(2)).await.expect("recorded");
        });
        let store = other.clone();
        tasks.spawn(async move {
            let past = letter(&format!("l{n}"), &format!("p{n}"), &format!("d{n}"), noon() - days(1));
            store.record_past(past, noon() + hours(2)).await.expect("told");
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("no deadlock");
    }
    assert_equal(&world.store).await;
    assert_eq!(sum(&world.store, Channel::Ivr, "credited_last_minor").await, 80_000);
    let windows = Windows { otherwise: days(1), by_channel: Vec::new() };
    other.recount_tallies(Basis { windows, ..Basis::default() }).await.expect("counted anew");
    assert_equal(&world.store).await;
    other.close().await;
}

async fn what_bi_tools_read_is_what_the_reports_say(world: World) {
    let contact = world.one_contact().await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    world.store.finish(promised(attempt), noon() + hours(1)).await.expect("finished");
    for view in [View::EffectDay, View::EffectMonth] {
        let rows = world.store.view(view).await.expect("read");
        let of = |column: &str| {
            let place = view.columns().iter().position(|it| *it == column).expect("a column");
            rows[0][place].clone()
        };
        assert_eq!(rows.len(), 1);
        assert_eq!(of("day"), if view == View::EffectDay { "2026-03-03" } else { "2026-03-01" });
        assert_eq!([of("creditor"), of("campaign"), of("promise")], ["Water", "reminders", "1"]);
    }
    let calls = world.store.view(View::CallDay).await.expect("read");
    assert_eq!(calls[0][..6], ["2026-03-03", "reminders", "main", "ivr", "answered", "promise_to_pay"]);
    for view in ["bi_attempt", "bi_debt", "bi_payment", "bi_promise"] {
        world
            .raw(&format!("CREATE TABLE copy_of_{view} AS SELECT * FROM {view}"))
            .await
            .expect("it can be read");
    }
}

async fn a_creditors_months_have_what_was_done_and_paid(world: World) {
    let contact = world.one_contact().await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    world.store.finish(promised(attempt), noon() + hours(1)).await.expect("finished");
    world
        .store
        .record_payment(payment("m1", "d1", 30_000, noon() + days(35)), noon() + days(35))
        .await
        .expect("told");
    let now = noon() + days(40);
    let found = world.store.economics_report(always(), Currency::Rub, now).await.expect("counted");
    let months: Vec<_> = found.creditors.iter().collect();
    let [((march, creditor), first), (_, second)] = months[..] else { panic!("{months:?}") };
    assert_eq!((creditor.as_str(), *march), ("Water", obzvon::stats::month_of(Basis::default().day(noon()))));
    assert_eq!(
        (first.actions, first.trunks_micro, first.repaid_minor, first.is_first),
        (1, 1_500_000, 0, true)
    );
    assert_eq!((second.actions, second.repaid_minor, second.is_first), (0, 30_000, false));
    let other = world.store.economics_report(always(), Currency::Kzt, now).await.expect("counted");
    assert_eq!((other.left_out, other.creditors.values().map(|month| month.actions).sum::<u64>()), (2, 0));
}

async fn a_call_without_a_reaction_asks_for_another_channel_once(world: World) {
    let all = EndpointRow { name: "crm".into(), creditors: Vec::new() };
    world.store.set_endpoints(vec![all]).await.expect("set");
    let policy = NextAction {
        name: "quiet".into(),
        channel: Channel::Ivr,
        after_uses: 1,
        days: 5,
        then: Channel::Sms,
    };
    let ask = |now| world.store.tell_next_actions(policy.clone(), now);
    assert_eq!(ask(noon() + days(1)).await.expect("asked"), 0, "a new policy begins with now, less its days");
    let campaign = world.campaign("reminders", &[row(1), row(2)]).await;
    for _ in 0..2 {
        let contact = world.claim_one(campaign, noon()).await;
        let attempt = world.permit(&contact, noon()).await.attempt();
        world.store.finish(no_answer(attempt, noon() + days(30)), noon() + hours(1)).await.expect("finished");
    }
    world
        .store
        .record_payment(payment("m1", "d2", 5, noon() + days(1)), noon() + days(1))
        .await
        .expect("told");
    assert_eq!(ask(noon() + days(4)).await.expect("asked"), 0, "five days are not over");
    assert_eq!(ask(noon() + days(5)).await.expect("asked"), 1, "who paid a part has reacted");
    assert_eq!(ask(noon() + days(9)).await.expect("asked"), 0, "each call is looked at once");
    let filter = DeliveryFilter { limit: 9, ..DeliveryFilter::default() };
    let told = world.store.deliveries(filter).await.expect("read");
    assert_eq!(told.iter().filter(|line| line.kind == "next_action").count(), 1);
    let crm = world.store.claim_deliveries("crm", 9, noon() + days(9), hours(1)).await.expect("claimed");
    let next = crm.iter().find(|message| message.payload.contains("quiet"));
    // Debt by debt it is told in order: the call's own end comes first.
    assert!(next.is_none() && crm.iter().any(|message| message.kind == "attempt"), "{crm:?}");
}

/// A letter that has waited five days in vain asks for a visit.
fn visit_after_letter() -> NextAction {
    NextAction {
        name: "after_letters".into(),
        channel: Channel::Letter,
        after_uses: 1,
        days: 5,
        then: Channel::Visit,
    }
}

async fn letters_that_others_told_of_without_a_reaction_ask_for_another_channel_however_many_are_of_one_moment(
    world: World,
) {
    let policy = visit_after_letter();
    let ask = |now| world.store.tell_next_actions(policy.clone(), now);
    assert_eq!(ask(noon()).await.expect("asked"), 0, "it begins");
    let rows: Vec<_> = (1..=600).map(row).collect();
    world.store.upsert(&rows, noon()).await.expect("read");
    let one = |n| letter(&format!("l{n}"), &format!("p{n}"), &format!("d{n}"), noon() + hours(1)).contacts;
    let contacts = (1..=600).flat_map(one).collect();
    let past = Past { contacts, source: "post".into(), dry_run: false, strict: true };
    world.store.record_past(past, noon() + hours(2)).await.expect("told");
    world
        .store
        .record_payment(payment("m1", "d7", 5, noon() + days(1)), noon() + days(1))
        .await
        .expect("told");
    assert_eq!(ask(noon() + days(5)).await.expect("asked"), 0, "five days are not over");
    assert_eq!(ask(noon() + days(6)).await.expect("asked"), 599, "who paid a part has reacted");
    assert_eq!(ask(noon() + days(9)).await.expect("asked"), 0, "each letter is looked at once");
}

async fn a_use_that_is_told_late_is_looked_at_when_it_is_told_and_one_of_long_ago_is_not(world: World) {
    let policy = visit_after_letter();
    let ask = |now| world.store.tell_next_actions(policy.clone(), now);
    let rows: Vec<_> = (1..=4).map(row).collect();
    world.store.upsert(&rows, noon()).await.expect("read");
    assert_eq!(ask(noon()).await.expect("asked"), 0, "it begins");
    assert_eq!(ask(noon() + days(39)).await.expect("asked"), 0, "nothing was done");
    let told = [(1, days(30)), (2, days(37)), (3, days(1)), (4, days(30))];
    let one = |(n, at)| letter(&format!("l{n}"), &format!("p{n}"), &format!("d{n}"), noon() + at).contacts;
    let contacts = told.into_iter().flat_map(one).collect();
    let past = Past { contacts, source: "post".into(), dry_run: false, strict: true };
    world.store.record_past(past, noon() + days(40)).await.expect("told");
    world
        .store
        .record_payment(payment("m1", "d4", 5, noon() + days(31)), noon() + days(40))
        .await
        .expect("told");
    assert_eq!(ask(noon() + days(40)).await.expect("asked"), 1, "the first waits in vain, the fourth paid");
    assert_eq!(ask(noon() + days(41)).await.expect("asked"), 0, "once; the third is history");
    assert_eq!(ask(noon() + days(42)).await.expect("asked"), 1, "the second's days are over now");
}

/// Nine persons are called in vain; some are held then, one owes nothing.
async fn nobody_who_is_held_or_owes_nothing_is_asked_for_by_another_channel(world: World) {
    let all = EndpointRow { name: "crm".into(), creditors: Vec::new() };
    world.store.set_endpoints(vec![all]).await.expect("set");
    let policy = |then: Channel| NextAction {
        name: format!("to_{}", then.code()),
        channel: Channel::Ivr,
        after_uses: 1,
        days: 5,
        then,
    };
    for then in [Channel::Sms, Channel::Letter] {
        world.store.tell_next_actions(policy(then), noon()).await.expect("it begins");
    }
    let rows: Vec<_> = (1..=9).map(row).collect();
    let campaign = world.campaign("reminders", &rows).await;
    let mut persons = BTreeMap::new();
    for _ in 0..9 {
        let contact = world.claim_one(campaign, noon()).await;
        persons.insert(contact.name.as_ref().map(|name| name.reveal().to_owned()), contact.person);
        let attempt = world.permit(&contact, noon()).await.attempt();
        world.store.finish(no_answer(attempt, noon() + days(30)), noon() + hours(1)).await.expect("finished");
    }
    let persons: Vec<PersonId> = persons.into_values().collect();
    let of = |nth: usize, kind| Hold::new(kind, persons[nth], noon());
    for (nth, kind) in [
        (1, HoldKind::ComplaintOpen),
        (2, HoldKind::DisputeOpen),
        (3, HoldKind::RefusalOfInteraction),
        (4, HoldKind::StopRequested),
        (5, HoldKind::Bankruptcy),
    ] {
        world.hold(of(nth, kind)).await;
    }
    // Of a telephone this says nothing that a letter has to mind.
    let phone = Some((&number(9_990_000_007)).into());
    world.hold(Hold { phone, ..of(6, HoldKind::WrongNumber) }).await;
    let over = Hold { until: Some(noon() + days(2)), ..of(7, HoldKind::Hospital) };
    world.hold(over).await;
    world.raw("UPDATE debt SET amount_minor = 0 WHERE external_id = 'd9'").await.expect("nothing is owed");
    let asked = |then| world.store.tell_next_actions(policy(then), noon() + days(6));
    assert_eq!(asked(Channel::Sms).await.expect("asked"), 2, "who is free, and who was held and is no more");
    assert_eq!(asked(Channel::Letter).await.expect("asked"), 3, "a wrong number keeps no letter away");
}

async fn accounts_are_divided_fairly_and_what_agents_brought_is_theirs(world: World) {
    let rows: Vec<_> = (1..=5).map(row).collect();
    let campaign = world.campaign("reminders", &rows).await;
    let names = ["anna", "boris"].map(|name| AgentId::parse(name).expect("a login"));
    let given =
        world.store.assign_accounts(campaign, names.to_vec(), names.to_vec(), noon()).await.expect("given");
    let of = |agent: &AgentId| given[&(agent.clone(), Currency::Rub)];
    assert_eq!((of(&names[0]), of(&names[1])), ((3, 800_000), (2, 700_000)), "5, 2, 1 and 4, 3 thousand");
    let again =
        world.store.assign_accounts(campaign, names.to_vec(), names.to_vec(), noon()).await.expect("asked");
    assert_eq!(again, given, "what is somebody's stays his");

    let contact = world.claim_one(campaign, noon()).await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    let no = ReservationNo(1);
    for (at, to) in [
        (seconds(9), State::Talking { no }),
        (seconds(69), State::WrapUp { no }),
        (seconds(99), State::Ready),
    ] {
        let change = AgentChange {
            agent: names[1].clone(),
            at: noon() + at,
            to,
            billable: false,
            why: Why::Call,
            attempt: Some(attempt),
        };
        world.store.log_agent(change).await.expect("kept");
    }
    let mut request = promised(attempt);
    request.finished.stamps.answer = Some(noon() + seconds(8));
    world.store.finish(request, noon() + hours(1)).await.expect("finished");
    world
        .store
        .record_payment(payment("m1", "d5", 20_000, noon() + days(2)), noon() + days(2))
        .await
        .expect("told");
    let results = world.store.agent_results(always()).await.expect("counted");
    let boris = results[&(names[1].clone(), Currency::Rub)];
    assert_eq!((boris.talks, boris.right_party, boris.promises, boris.kept), (1, 1, 1, 0));
    assert_eq!((boris.paid, boris.paid_minor, boris.complaints), (1, 20_000, 0));
    assert_eq!(results[&(names[0].clone(), Currency::Rub)].talks, 0);
    let kpi = world.store.kpi_report(always()).await.expect("counted");
    let counts = kpi[&("reminders".to_owned(), Currency::Rub)];
    assert_eq!((counts.talks, counts.wait_s, counts.in_time, counts.handle_s), (1, 1, 1, 90));
}

/// A period of whole days is read from sums; one that is a second longer at either end counts the rows of its ends. Nothing
/// begins in those seconds, so both must say the same.
async fn every_report_of_a_period_is_the_same_from_sums_and_from_rows(world: World) {
    let campaign = world.campaign("reminders", &[row(1), row(2), row(3)]).await;
    let mut rng = Pcg64::seed_from_u64(11);
    for step in 0..40 {
        let now = noon() + hours(29 * step) + seconds(step);
        call(&world, campaign, now, &mut rng).await;
        if step % 5 == 2 {
            call_back(&world, 1 + step.unsigned_abs() % 3, now + seconds(600)).await;
        }
        if step % 3 == 0 {
            let debt = ["d1", "d2", "d3"][rng.random_range(0..3)];
            let paid = payment(&format!("m{step}"), debt, 1_000 * (step + 1), now + seconds(60));
            world.store.record_payment(paid, now + seconds(60)).await.expect("recorded");
        }
    }
    let (store, now) = (&world.store, noon() + days(60));
    let midnight = noon() - hours(12);
    for (from, to) in [(0, 12), (3, 4), (5, 30), (29, 47)] {
        let whole = Period { from: midnight + days(from), to: midnight + days(to) };
        // Its first and last hour are told apart, and added to the hours between.
        let cut = [whole.from, whole.from + hours(13), whole.to - hours(5), whole.to];
        let wider = Period { from: whole.from - seconds(1), to: whole.to + seconds(1) };
        let figures = async |period| {
            let mut all = store.kpi_report(period).await.expect("counted");
            // Who talks over midnight does so in those seconds, too.
            all.values_mut().for_each(|counts| counts.handle_s = 0);
            all
        };
        assert_eq!(figures(whole).await, figures(wider).await, "{from} to {to}");
        let results = store.agent_results(whole).await.expect("counted");
        assert_eq!(results, store.agent_results(wider).await.expect("counted"), "{from} to {to}");
        let mut months = store.economics_report(whole, Currency::Rub, now).await.expect("counted");
        let mut others = store.economics_report(wider, Currency::Rub, now).await.expect("counted");
        // What lies a second before a month begins is no month's work.
        others.creditors.retain(|key, _| months.creditors.contains_key(key));
        for month in months.creditors.values_mut().chain(others.creditors.values_mut()) {
            month.agent_talk_s = 0;
        }
        assert_eq!(months.creditors, others.creditors, "{from} to {to}");
        let mut spent = (0, 0);
        for cut in cut.windows(2) {
            let part = Period { from: cut[0], to: cut[1] };
            let times = store.agent_times(part, now).await.expect("counted");
            let sum = |of: &obzvon::store::AgentTimes| of.logged_in().as_micros();
            spent.0 += times.values().map(sum).sum::<u128>();
            spent.1 += times.values().map(|of| of.talks).sum::<u64>();
        }
        let times = store.agent_times(whole, now).await.expect("counted");
        let sum = times.values().map(|of| of.logged_in().as_micros()).sum::<u128>();
        assert_eq!(spent, (sum, times.values().map(|of| of.talks).sum::<u64>()), "{from} to {to}");
    }
    let all = store.kpi_report(always()).await.expect("counted");
    let counts = all[&("reminders".to_owned(), Currency::Rub)];
    assert!(counts.accounts_called == 3 && counts.handle_s > 0, "{counts:?}");
    assert_equal(store).await;
}

async fn an_action_told_late_counts_with_the_debt_as_it_was_then(world: World) {
    world.store.upsert(&[row(1)], noon()).await.expect("read");
    let half = payment("m1", "d1", 60_000, noon() + days(4));
    world.store.record_payment(half, noon() + days(4)).await.expect("told");
    for (id, at) in [("l1", days(2)), ("l2", days(5))] {
        let told = world.store.record_past(letter(id, "p1", "d1", noon() + at), noon() + days(9)).await;
        assert_eq!(told.expect("told"), [obzvon::store::Recorded::New]);
    }
    let rows = world.store.effects_report(always(), &[Axis::Age]).await.expect("counted");
    let owed: Vec<_> = rows.iter().map(|row| (row.by[0].as_str(), row.sum("actions_minor"))).collect();
    assert_eq!(owed, [("1-30", 100_000 + 40_000)], "all of it before the payment, the rest after it");
    assert_eq!(sum(&world.store, Channel::Letter, "part_paid").await, 1, "the first alone");
    assert_equal(&world.store).await;
}

async fn accounts_of_each_currency_are_divided_by_themselves(world: World) {
    let euros = |n| obzvon::domain::import_row::ImportRow {
        amount: Money::new(i64::from(n) * 100, Currency::Eur),
        ..row(n)
    };
    let campaign = world.campaign("reminders", &[row(1), row(2), row(3), euros(4), euros(5)]).await;
    let names = ["anna", "boris"].map(|name| AgentId::parse(name).expect("a login"));
    let given =
        world.store.assign_accounts(campaign, names.to_vec(), names.to_vec(), noon()).await.expect("given");
    let of = |agent: usize, currency| given[&(names[agent].clone(), currency)];
    let both = |currency| {
        let (one, two) = (of(0, currency), of(1, currency));
        let mut accounts = [one.0, two.0];
        accounts.sort_unstable();
        (accounts, one.1 + two.1)
    };
    assert_eq!(both(Currency::Rub), ([1, 2], 600_000));
    assert_eq!(both(Currency::Eur), ([1, 1], 900));
}

async fn the_rest_of_every_currency_is_not_one_agents_and_who_has_gone_keeps_nothing(world: World) {
    let in_currency = |n, currency| obzvon::domain::import_row::ImportRow {
        amount: Money::new(100_000, currency),
        ..row(n)
    };
    let rows = [in_currency(1, Currency::Rub), in_currency(2, Currency::Eur)];
    let campaign = world.campaign("reminders", &rows).await;
    let names = ["anna", "boris", "vera"].map(|name| AgentId::parse(name).expect("a login"));
    let give = async |whom: &[AgentId], staff: &[AgentId]| {
        let given = world.store.assign_accounts(campaign, whom.to_vec(), staff.to_vec(), noon()).await;
        let counts = given.expect("given").into_iter().map(|((agent, _), (accounts, _))| (agent, accounts));
        counts.collect::<Vec<_>>()
    };
    let (anna, boris, vera) = (names[0].clone(), names[1].clone(), names[2].clone());
    let two = [(anna.clone(), 1), (boris.clone(), 1)];
    assert_eq!(give(&names[..2], &names[..2]).await, two);
    assert_eq!(give(&names[2..], &names).await, [], "who is asked for less takes from nobody");
    let both = give(&names[1..], &names[1..]).await;
    assert_eq!(both, [(boris, 1), (vera, 1)], "anna has gone");
    assert_eq!(world.text("SELECT agent FROM assignment_past").await, "anna");
}

async fn agents_changes_at_once_on_two_nodes_are_counted(world: World) {
    let other = world.node("two").await;
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..24_i64 {
        let store = if n % 2 == 0 { world.store.clone() } else { other.clone() };
        tasks.spawn(async move {
            let to = if n % 3 == 0 { State::LoggedOut } else { State::Ready };
            let agent = AgentId::parse(["anna", "boris"][usize::from(n % 4 < 2)]).expect("a login");
            let at = noon() + hours(n);
            let change = AgentChange { agent, at, to, billable: false, why: Why::Agent, attempt: None };
            store.log_agent(change).await.expect("kept");
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("no deadlock");
    }
    assert_equal(&world.store).await;
    other.close().await;
}
