//! What came of calls: finished once, rescued after a crash, stopped by money.

use obzvon::campaign::NextStep;
use obzvon::domain::{Channel, Currency, Disposition, Fault, Money, Outcome};
use obzvon::rules::{EventKind, Hold, HoldKind};
use obzvon::store::{
    Closed, DayCalls, FinishRequest, Gone, NewPayment, Paid, Period, PromiseTerms, PromisesJudged,
    ReserveRequest, Reserved, Whose,
};

use crate::world::{World, finished, hours, no_answer, noon, promised, row, seconds};

crate::on_both_engines!(
    a_promise_is_kept_by_money_and_broken_by_its_day,
    a_call_for_an_agent_is_one_when_nobody_answers_it_or_nobody_is_free,
    a_second_finish_changes_nothing,
    a_finish_that_fails_leaves_the_attempt_open_and_its_neighbours_whole,
    a_finished_call_writes_all_that_came_of_it,
    a_number_out_of_service_is_not_tried_again,
    attempts_left_open_are_lost_and_count,
    a_request_to_stop_that_comes_after_a_rescue_is_kept_once,
    a_nodes_name_is_one_processs_until_it_closes,
    a_living_nodes_attempts_are_not_rescued_by_another,
    a_payment_stops_what_is_queued_and_what_rings,
    a_part_of_the_money_does_not_close_the_debt,
);

async fn a_call_for_an_agent_is_one_when_nobody_answers_it_or_nobody_is_free(world: World) {
    let rows = [row(1), row(2), row(3), row(4)];
    let campaign = world.campaign("reminders", &rows).await;
    let claimed = world.store.claim(campaign, 4, noon()).await.expect("claimed");
    let spoiled = Outcome::Failed(Fault::Trunk);
    let outcomes = [Outcome::Busy, Outcome::Abandoned, Outcome::Answered, spoiled];
    for (contact, outcome) in claimed.iter().zip(outcomes) {
        let request = ReserveRequest { channel: Channel::AgentCall, ..world.request(contact) };
        let reserved = world.store.reserve(request, noon()).await.expect("the gate answers");
        let Reserved::Permit(permit) = reserved else { panic!("no permit: {reserved:?}") };
        let ended =
            FinishRequest { finished: finished(outcome), ..no_answer(permit.attempt(), noon() + hours(4)) };
        world.store.finish(ended, noon() + seconds(40)).await.expect("done");
    }
    let mut kept = Vec::new();
    for person in ["p1", "p2", "p3", "p4"] {
        let attempt = &world.store.person_files(person).await.expect("read")[0].attempts[0];
        kept.push((attempt.outcome.expect("closed"), attempt.channel));
    }
    kept.sort();
    let mut right = outcomes.map(|outcome| (outcome, Channel::AgentCall));
    // He was talked to by the voice alone.
    right[2].1 = Channel::Ivr;
    right.sort();
    assert_eq!(kept, right);
    let day = Period { from: noon() - hours(12), to: noon() + hours(12) };
    let calls = world.store.calls_of(day).await.expect("counted");
    let came_to = DayCalls { attempts: 3, connected: 0, served: 1, abandoned: 1 };
    assert_eq!(
        calls,
        [(campaign, came_to)].into(),
        "no 2xx is in the rows, and what the trunk spoiled counts nowhere"
    );
}

async fn a_second_finish_changes_nothing(world: World) {
    let contact = world.one_contact().await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    let request = promised(attempt);
    assert_eq!(world.store.finish(request.clone(), noon() + seconds(40)).await.expect("done"), Closed::Now);
    let again = FinishRequest { finished: finished(Outcome::Busy), ..request };
    assert_eq!(world.store.finish(again, noon() + seconds(50)).await.expect("done"), Closed::Before);
    let file = &world.store.person_files("p1").await.expect("read")[0];
    assert_eq!(file.attempts[0].outcome, Some(Outcome::Answered));
    let kinds: Vec<_> = file.phones[0].history.events().iter().map(|event| event.kind.code()).collect();
    assert_eq!(kinds, ["in_flight", "conversation"]);
}

async fn a_finish_that_fails_leaves_the_attempt_open_and_its_neighbours_whole(world: World) {
    let campaign = world.campaign("reminders", &[row(1), row(2)]).await;
    let both = world.store.claim(campaign, 2, noon()).await.expect("claimed");
    let one = world.permit(&both[0], noon()).await.attempt();
    let two = world.permit(&both[1], noon()).await.attempt();
    let mut broken = promised(one);
    broken.finished.heard_percent = Some(250);
    let (failed, fine) =
        tokio::join!(world.store.finish(broken, noon()), world.store.finish(promised(two), noon()));
    assert!(failed.is_err(), "the schema refuses 250 percent");
    assert_eq!(fine.expect("its own"), Closed::Now);
    assert_eq!(world.store.finish(promised(one), noon()).await.expect("still open"), Closed::Now);
}

async fn a_finished_call_writes_all_that_came_of_it(world: World) {
    let contact = world.one_contact().await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    let mut request = promised(attempt);
    request.finished.stamps.invite = Some(noon());
    request.finished.stamps.answer = Some(noon() + seconds(8));
    request.finished.last_word.sip_code = Some(200);
    request.holds = vec![Hold::new(HoldKind::ComplaintOpen, contact.person, noon())];
    world.store.finish(request, noon() + seconds(40)).await.expect("done");
    let file = &world.store.person_files("p1").await.expect("read")[0];
    let kept = &file.attempts[0];
    assert_eq!(kept.disposition, Some(Disposition::PromiseToPay));
    assert_eq!(kept.promised_on, Some(jiff::civil::date(2026, 3, 10)));
    assert_eq!((kept.heard_percent, kept.keys.as_str(), kept.identified), (Some(100), "1", true));
    assert_eq!(kept.stamps.answer, Some(noon() + seconds(8)));
    assert_eq!((kept.last_word.sip_code, kept.cost_micro), (Some(200), Some(1_500_000)));
    assert_eq!(
        (kept.trunk.as_str(), kept.config_version.as_str(), kept.flow_version.as_str()),
        ("main", "c1", "f1")
    );
    assert_eq!(file.phones[0].history.holds()[0].kind, HoldKind::ComplaintOpen);
    assert_eq!(world.contact_of("p1").await, ("done".into(), "reached".into()));
}

async fn a_number_out_of_service_is_not_tried_again(world: World) {
    let contact = world.one_contact().await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    let request = FinishRequest {
        finished: finished(Outcome::InvalidNumber),
        kinds: vec![EventKind::AttemptUnconnected],
        asks: Vec::new(),
        next: NextStep::Wait(noon() + hours(1)),
        ..promised(attempt)
    };
    world.store.finish(request, noon() + seconds(2)).await.expect("done");
    world.store.wake_due(10, noon() + hours(1)).await.expect("woken");
    let again = world.claim_one(contact.campaign, noon() + hours(1)).await;
    assert!(!again.phones[0].usable);
    assert_eq!((again.tries, again.before.len(), again.answered), (1, 1, false));
    let reserved = world.reserve(&again, noon() + hours(1)).await;
    assert!(matches!(reserved, Reserved::Gone(Gone::NoPhone)), "{reserved:?}");
}

async fn attempts_left_open_are_lost_and_count(world: World) {
    let contact = world.one_contact().await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    let restarted = world.node("one").await;
    let later = noon() + seconds(90);
    let rescued = restarted.rescue(Whose::Own, hours(3), later).await.expect("rescued");
    assert_eq!(rescued.iter().map(|r| r.attempt).collect::<Vec<_>>(), [attempt]);
    assert!(restarted.rescue(Whose::Own, hours(3), later).await.expect("nothing left").is_empty());
    let row = world.store.attempt(attempt).await.expect("read").expect("it is there");
    assert_eq!(row.hung_up_by, None, "nobody knows who ended it");
    let file = &world.store.person_files("p1").await.expect("read")[0];
    assert_eq!(file.attempts[0].outcome.map(Outcome::code), Some("failed_lost"));
    assert_eq!(file.phones[0].history.events()[1].kind, EventKind::AnsweredUnknown);
    assert_eq!(file.contacts[0].next_at, Some(later + hours(3)));
    let finish = world.store.finish(promised(attempt), later).await.expect("answered");
    assert_eq!(finish, Closed::Late, "what the dead process knew comes too late");
    world.store.wake_due(10, later + hours(3)).await.expect("woken");
    let again = world.claim_one(contact.campaign, later + hours(3)).await;
    match world.reserve(&again, later + hours(3)).await {
        Reserved::Denied(decision) => assert_eq!(decision.deny.expect("a rule").as_str(), "ru.call.day"),
        other => panic!("a lost call was redialled: {other:?}"),
    }
}

async fn a_request_to_stop_that_comes_after_a_rescue_is_kept_once(world: World) {
    let contact = world.one_contact().await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    world.node("one").await.rescue(Whose::Own, hours(3), noon() + seconds(5)).await.expect("rescued");
    let mut request = no_answer(attempt, noon() + hours(1));
    request.finished = finished(Outcome::Answered);
    request.finished.disposition = Some(Disposition::StopRequested);
    let hold = Hold::new(HoldKind::StopRequested, contact.person, noon() + seconds(30));
    request.holds = vec![Hold { evidence: Some("attempt 1".into()), ..hold }];
    for _ in 0..2 {
        let late = world.store.finish(request.clone(), noon() + seconds(30)).await.expect("written");
        assert_eq!(late, Closed::Late);
    }
    let file = &world.store.person_files("p1").await.expect("read")[0];
    assert_eq!(file.attempts[0].outcome.map(Outcome::code), Some("failed_lost"));
    let holds = world.store.holds(contact.person).await.expect("read");
    assert_eq!(holds.iter().map(|hold| hold.kind).collect::<Vec<_>>(), [HoldKind::StopRequested]);
}

async fn a_nodes_name_is_one_processs_until_it_closes(world: World) {
    assert!(world.store.take_node().await.expect("told"));
    assert!(world.store.take_node().await.expect("told"), "it still has it");
    let (same, other) = (world.node("one").await, world.node("two").await);
    assert!(!same.take_node().await.expect("told"));
    assert!(other.take_node().await.expect("told"));
    world.store.close().await;
    assert!(same.take_node().await.expect("told"));
}

async fn a_living_nodes_attempts_are_not_rescued_by_another(world: World) {
    let contact = world.one_contact().await;
    world.store.heartbeat(noon()).await.expect("told");
    let attempt = world.permit(&contact, noon()).await.attempt();
    let two = world.node("two").await;
    let soon = two.rescue(Whose::DeadNodes, hours(3), noon() + seconds(60)).await.expect("looked");
    assert!(soon.is_empty());
    let late = two.rescue(Whose::DeadNodes, hours(3), noon() + seconds(61)).await.expect("rescued");
    assert_eq!(late.iter().map(|r| (r.attempt, r.node.as_str())).collect::<Vec<_>>(), [(attempt, "one")]);
}

fn payment(id: &str, debt: &str, minor: i64) -> NewPayment {
    NewPayment {
        external_id: id.into(),
        creditor: "Water".into(),
        debt: debt.into(),
        amount: Money::new(minor, Currency::Rub),
        paid_at: noon() + seconds(10),
    }
}

async fn a_payment_stops_what_is_queued_and_what_rings(world: World) {
    let campaign = world.campaign("reminders", &[row(1), row(2)]).await;
    let both = world.store.claim(campaign, 2, noon()).await.expect("claimed");
    let ringing = world.permit(&both[0], noon()).await.attempt();
    let pay = |id, debt, minor| world.store.record_payment(payment(id, debt, minor), noon() + seconds(11));
    let paid = pay("m1", "d2", 200_000).await.expect("recorded");
    assert_eq!(
        paid,
        Paid::Recorded { debt: both[0].debt, closed: true, left_minor: 0, cancel: vec![ringing] }
    );
    assert_eq!(pay("m1", "d2", 200_000).await.expect("known"), Paid::Known);
    assert_eq!(pay("m1", "d2", 200_001).await.expect("read"), Paid::Differs, "another sum by that id");
    assert_eq!(pay("m1", "d1", 200_000).await.expect("read"), Paid::Differs, "another debt by that id");
    assert_eq!(pay("m9", "d77", 1).await.expect("asked"), Paid::NoDebt);
    let paid = pay("m2", "d1", 100_000).await.expect("recorded");
    assert_eq!(paid, Paid::Recorded { debt: both[1].debt, closed: true, left_minor: 0, cancel: Vec::new() });
    assert_eq!(world.contact_of("p1").await, ("done".into(), "paid".into()));
    world.store.finish(no_answer(ringing, noon() + hours(1)), noon() + seconds(12)).await.expect("done");
    assert_eq!(world.contact_of("p2").await, ("done".into(), "paid".into()), "a paid debt is never dialled");
}

async fn a_part_of_the_money_does_not_close_the_debt(world: World) {
    let contact = world.one_contact().await;
    let pay = |id, minor| world.store.record_payment(payment(id, "d1", minor), noon());
    let part = pay("m1", 99_999).await.expect("recorded");
    assert_eq!(part, Paid::Recorded { debt: contact.debt, closed: false, left_minor: 1, cancel: Vec::new() });
    let rest = pay("m2", 1).await.expect("recorded");
    assert_eq!(rest, Paid::Recorded { debt: contact.debt, closed: true, left_minor: 0, cancel: Vec::new() });
    let reserved = world.reserve(&contact, noon()).await;
    assert!(matches!(reserved, Reserved::Gone(Gone::NotQueued)), "{reserved:?}");
}

async fn a_promise_is_kept_by_money_and_broken_by_its_day(world: World) {
    let campaign = world.campaign("reminders", &[row(1), row(2), row(3)]).await;
    for contact in world.store.claim(campaign, 3, noon()).await.expect("claimed") {
        let attempt = world.permit(&contact, noon()).await.attempt();
        world.store.finish(promised(attempt), noon()).await.expect("done");
    }
    let payment = |id: &str, debt: &str, minor| NewPayment {
        external_id: id.into(),
        creditor: "Water".into(),
        debt: debt.into(),
        amount: Money::new(minor, Currency::Rub),
        paid_at: noon() + hours(48),
    };
    for (id, debt, minor) in [("m1", "d1", 100_000), ("m2", "d2", 199_999)] {
        world.store.record_payment(payment(id, debt, minor), noon() + hours(48)).await.expect("recorded");
    }
    // Promised for 10 March, with a day of grace: over everywhere at noon UTC of the twelfth.
    let terms = PromiseTerms { campaign, grace_days: 1, call_again: true };
    let judge = async |at: &str| {
        let at = at.parse().expect("a timestamp");
        world.store.judge_promises(terms, at).await.expect("judged")
    };
    assert_eq!(judge("2026-03-12T11:59:00Z").await, PromisesJudged::default());
    let judged = judge("2026-03-12T12:00:00Z").await;
    assert_eq!(judged, PromisesJudged { kept: 0, broken: 2, queued: 2 }, "the first was kept by its payment");
    assert_eq!(judge("2026-03-13T12:00:00Z").await, PromisesJudged::default(), "judged once");
    assert_eq!(world.contact_of("p2").await, ("queued".into(), String::new()));
    assert_eq!(world.contact_of("p1").await, ("done".into(), "reached".into()));
    let period = Period { from: noon() - hours(1), to: noon() + hours(1) };
    let line = &world.store.promises_report(period).await.expect("counted")[0];
    assert_eq!((line.made, line.open, line.kept, line.broken), (3, 0, 1, 2));
    assert_eq!((line.promised.minor, line.kept_sum.minor), (600_000, 100_000));
}
