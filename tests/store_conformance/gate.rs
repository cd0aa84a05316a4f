//! The gate: no dial without a permit, no permit without a row, one call a person.

use jiff::SignedDuration;
use obzvon::domain::contact::ContactState;
use obzvon::domain::import_row::ImportRow;
use obzvon::domain::{AttemptId, Outcome, PhoneNumber};
use obzvon::rules::{DialMode, Event, EventKind, Hold, HoldKind, Way};
use obzvon::store::{CampaignState, ClaimedContact, FinishRequest, Gone, NewEvent, Reserved};

use crate::world::{
    World, by_hand, finished, hours, no_answer, noon, promised, row, rules, second_debt, seconds,
};

crate::on_both_engines!(
    a_permit_means_that_the_attempt_is_written,
    a_permit_is_good_for_seconds,
    a_person_in_a_call_gets_no_second_one,
    a_denied_contact_waits_until_the_rules_allow_it,
    a_contact_that_may_never_be_called_is_done,
    a_conversation_counts_for_every_debt_of_the_person,
    a_phone_that_two_persons_share_is_held_for_both,
    one_telephone_rings_for_one_of_those_who_share_it,
    a_debt_that_comes_under_another_id_brings_the_holds_along,
    history_from_other_systems_counts,
    a_correction_takes_back_what_it_corrects,
    a_clock_that_stepped_back_stops_dialling,
    what_is_not_to_be_dialled_is_gone,
    the_same_denial_is_counted_and_not_written_again,
    what_is_foreseen_permits_nothing_and_a_refusal_is_kept,
    predictive_calls_wait_while_too_many_were_abandoned,
);

fn gone(reserved: &Reserved) -> Gone {
    match reserved {
        Reserved::Gone(gone) => *gone,
        other => panic!("decided: {other:?}"),
    }
}

fn denied(reserved: Reserved) -> obzvon::rules::Decision {
    match reserved {
        Reserved::Denied(decision) => *decision,
        other => panic!("not denied: {other:?}"),
    }
}

fn deny_rule(reserved: Reserved) -> String {
    denied(reserved).deny.expect("a rule denies").to_string()
}

async fn a_permit_means_that_the_attempt_is_written(world: World) {
    let contact = world.one_contact().await;
    let permit = world.permit(&contact, noon()).await;
    let elsewhere = world.node("two").await;
    let file = &elsewhere.person_files("p1").await.expect("read")[0];
    assert_eq!(file.attempts[0].id, permit.attempt());
    assert_eq!(file.attempts[0].outcome, None);
    assert_eq!(file.contacts[0].state, ContactState::InFlight);
    let events = file.phones[0].history.events();
    assert_eq!((events[0].kind, events[0].attempt), (EventKind::InFlight, Some(permit.attempt())));
    let dial = permit.spend(noon()).expect("fresh");
    assert_eq!(
        (dial.contact, dial.person, &dial.phone),
        (contact.id, contact.person, &contact.phones[0].number)
    );
}

async fn a_permit_is_good_for_seconds(world: World) {
    let contact = world.one_contact().await;
    let permit = world.permit(&contact, noon()).await;
    let attempt = permit.attempt();
    assert_eq!(permit.spend(noon() + seconds(5)).expect_err("too late").attempt, attempt);
}

async fn a_person_in_a_call_gets_no_second_one(world: World) {
    let campaign = world.campaign("reminders", &[row(1), second_debt(1)]).await;
    let both = world.store.claim(campaign, 2, noon()).await.expect("claimed");
    let permit = world.permit(&both[0], noon()).await;
    assert_eq!(gone(&world.reserve(&both[0], noon()).await), Gone::NotQueued);
    assert_eq!(gone(&world.reserve(&both[1], noon() + hours(2)).await), Gone::PersonInCall);
    let waits = world.store.why_not(campaign).await.expect("counted");
    assert!(waits.iter().any(|t| t.state == ContactState::Waiting && t.why == "person_in_call"), "{waits:?}");
    drop(permit);
}

async fn a_denied_contact_waits_until_the_rules_allow_it(world: World) {
    let campaign = world.campaign("reminders", &[row(1)]).await;
    let night = noon() + hours(12);
    let contact = world.claim_one(campaign, night).await;
    let decision = denied(world.reserve(&contact, night).await);
    let morning: jiff::Timestamp = "2026-03-04T05:00:00Z".parse().expect("a timestamp");
    assert_eq!(
        (decision.deny.expect("a rule").as_str(), decision.next_allowed),
        ("ru.window", Some(morning))
    );
    assert_eq!(world.store.next_wake().await.expect("read"), Some(morning));
    assert_eq!(world.contact_of("p1").await, ("waiting".into(), "ru.window".into()));
    world.store.wake_due(10, morning).await.expect("woken");
    let contact = world.claim_one(campaign, morning).await;
    let _permit = world.permit(&contact, morning).await;
}

async fn a_contact_that_may_never_be_called_is_done(world: World) {
    let contact = world.one_contact().await;
    let hold = Hold::new(HoldKind::Bankruptcy, contact.person, noon());
    let (id, open) = world.hold(hold).await;
    assert_eq!(open, None);
    assert_eq!(deny_rule(world.reserve(&contact, noon()).await), "ru.hold.bankruptcy");
    assert_eq!(world.contact_of("p1").await, ("done".into(), "ru.hold.bankruptcy".into()));
    assert!(
        world
            .store
            .lift_hold_by_hand(contact.person, id, by_hand(), noon() + hours(1))
            .await
            .expect("lifted")
    );
    world.store.wake_due(10, noon() + hours(1)).await.expect("woken");
    let again = world.claim_one(contact.campaign, noon() + hours(1)).await;
    let _permit = world.permit(&again, noon() + hours(1)).await;
}

async fn a_conversation_counts_for_every_debt_of_the_person(world: World) {
    let campaign = world.campaign("reminders", &[row(1), second_debt(1)]).await;
    let first = world.claim_one(campaign, noon()).await;
    let attempt = world.permit(&first, noon()).await.attempt();
    world.store.finish(promised(attempt), noon() + seconds(40)).await.expect("finished");
    let second = world.claim_one(campaign, noon() + hours(2)).await;
    assert_eq!(deny_rule(world.reserve(&second, noon() + hours(2)).await), "ru.call.day");
}

async fn a_phone_that_two_persons_share_is_held_for_both(world: World) {
    let shared = ImportRow { phones: row(1).phones, ..row(2) };
    let campaign = world.campaign("reminders", &[row(1), shared]).await;
    let both = world.store.claim(campaign, 2, noon()).await.expect("claimed");
    let mut hold = Hold::new(HoldKind::WrongNumber, both[0].person, noon());
    hold.phone = Some((&both[0].phones[0].number).into());
    world.hold(hold).await;
    for contact in &both {
        assert_eq!(deny_rule(world.reserve(contact, noon()).await), "core.hold.never_call");
    }
    // A number is not to be called: set for a person without naming one, it is on all of his.
    let others = [row(3), ImportRow { phones: row(3).phones, ..row(4) }];
    let campaign = world.campaign("more", &others).await;
    let both = world.store.claim(campaign, 2, noon()).await.expect("claimed");
    world.hold(Hold::new(HoldKind::NeverCall, both[0].person, noon())).await;
    for contact in &both {
        assert_eq!(deny_rule(world.reserve(contact, noon()).await), "core.hold.never_call");
    }
}

async fn one_telephone_rings_for_one_of_those_who_share_it(world: World) {
    let shared = ImportRow { phones: row(1).phones, ..row(2) };
    let campaign = world.campaign("reminders", &[row(1), shared]).await;
    let both = world.store.claim(campaign, 2, noon()).await.expect("claimed");
    let permit = world.permit(&both[0], noon()).await;
    let reserved = world.reserve(&both[1], noon()).await;
    assert!(matches!(reserved, Reserved::Gone(Gone::PersonInCall)), "{reserved:?}");
    world.store.finish(no_answer(permit.attempt(), noon() + hours(9)), noon()).await.expect("finished");
    world.store.wake_due(9, noon() + hours(1)).await.expect("woken");
    let other = world.claim_one(campaign, noon() + hours(1)).await;
    let _permit = world.permit(&other, noon() + hours(1)).await;
}

async fn a_debt_that_comes_under_another_id_brings_the_holds_along(world: World) {
    world.store.upsert(&[row(1)], noon()).await.expect("imported");
    let first = world.store.person_files("p1").await.expect("read")[0].id;
    world.hold(Hold::new(HoldKind::Bankruptcy, first, noon())).await;
    let moved = ImportRow { person_id: "p2".into(), phones: row(2).phones, ..row(1) };
    let campaign = world.campaign("reminders", &[moved]).await;
    let contact = world.claim_one(campaign, noon()).await;
    assert_ne!(contact.person, first);
    assert_eq!(deny_rule(world.reserve(&contact, noon()).await), "ru.hold.bankruptcy");
}

async fn history_from_other_systems_counts(world: World) {
    let contact = world.one_contact().await;
    let event =
        Event::new(obzvon::domain::EventId(0), noon() - hours(1), EventKind::Conversation, contact.person);
    let told = NewEvent { event, source: "crm".into(), external_id: Some("call-7".into()) };
    assert_eq!(world.store.record_events(vec![told.clone()], noon()).await.expect("written"), 1);
    assert_eq!(world.store.record_events(vec![told], noon()).await.expect("known"), 0);
    assert_eq!(deny_rule(world.reserve(&contact, noon()).await), "ru.call.day");
}

async fn a_correction_takes_back_what_it_corrects(world: World) {
    let contact = world.one_contact().await;
    let mut event =
        Event::new(obzvon::domain::EventId(0), noon() - hours(2), EventKind::Conversation, contact.person);
    let tell =
        |event: &Event| vec![NewEvent { event: event.clone(), source: "crm".into(), external_id: None }];
    world.store.record_events(tell(&event), noon()).await.expect("written");
    let file = &world.store.person_files("p1").await.expect("read")[0];
    event.corrects = Some(file.phones[0].history.events()[0].id);
    event.kind = EventKind::AttemptUnconnected;
    world.store.record_events(tell(&event), noon()).await.expect("written");
    let _permit = world.permit(&contact, noon()).await;
}

async fn a_clock_that_stepped_back_stops_dialling(world: World) {
    let campaign = world.campaign("reminders", &[row(1), row(9)]).await;
    let both = world.store.claim(campaign, 2, noon()).await.expect("claimed");
    let _permit = world.permit(&both[0], noon()).await;
    assert_eq!(gone(&world.reserve(&both[1], noon() - seconds(60)).await), Gone::ClockSteppedBack);
    let _permit = world.permit(&both[1], noon() - seconds(1)).await;
}

async fn what_is_not_to_be_dialled_is_gone(world: World) {
    let contact = world.one_contact().await;
    let mut other_phone = world.request(&contact);
    other_phone.phone = PhoneNumber::parse("+79990009999").expect("E.164");
    let mut spent = world.request(&contact);
    spent.budget = 0;
    world.store.set_campaign("reminders", CampaignState::Paused, "boss", noon()).await.expect("paused");
    assert_eq!(gone(&world.reserve(&contact, noon()).await), Gone::NotRunning);
    world.store.set_campaign("reminders", CampaignState::Running, "boss", noon()).await.expect("on");
    let reserved = world.store.reserve(spent, noon()).await.expect("the gate answers");
    assert_eq!(gone(&reserved), Gone::BudgetSpent);
    assert_eq!(world.contact_of("p1").await, ("done".into(), "budget_spent".into()));
    let reserved = world.store.reserve(other_phone, noon()).await.expect("the gate answers");
    assert_eq!(gone(&reserved), Gone::NotQueued);
}

async fn the_same_denial_is_counted_and_not_written_again(world: World) {
    let campaign = world.campaign("reminders", &[row(1)]).await;
    let night = noon() + hours(12);
    for minute in 0..3 {
        let now = night + seconds(minute * 61);
        let contact = world.claim_one(campaign, now).await;
        denied(world.reserve(&contact, now).await);
        world.store.wake_due(10, now + hours(24)).await.expect("woken");
    }
    let chains = world.store.verify_decisions(|_| ()).await.expect("walked");
    assert_eq!(chains.iter().map(|chain| chain.records).sum::<i64>(), 1);
    // What changes makes a new record.
    let now = "2026-03-04T06:00:00Z".parse().expect("a timestamp");
    let contact = world.claim_one(campaign, now).await;
    let attempt: AttemptId = world.permit(&contact, now).await.attempt();
    world.store.finish(no_answer(attempt, now + hours(3)), now + seconds(30)).await.expect("finished");
    let chains = world.store.verify_decisions(|_| ()).await.expect("walked");
    assert_eq!(chains.iter().map(|chain| chain.records).sum::<i64>(), 2);
}

async fn what_is_foreseen_permits_nothing_and_a_refusal_is_kept(world: World) {
    let contact = world.one_contact().await;
    let foresee = async |now| {
        let no = world.store.foresee(world.request(&contact), now).await.expect("the gate answers");
        no.map(|no| no.code().to_owned())
    };
    let records = async || {
        let chains = world.store.verify_decisions(|_| ()).await.expect("walked");
        chains.iter().map(|chain| chain.records).sum::<i64>()
    };
    assert_eq!(foresee(noon()).await, None, "he may be called");
    assert_eq!((records().await, world.contact_of("p1").await.0), (0, "queued".into()));
    let night = noon() + hours(12);
    assert_eq!(foresee(night).await.as_deref(), Some("ru.window"));
    let waiting = ("waiting".into(), "ru.window".into());
    assert_eq!((records().await, world.contact_of("p1").await), (1, waiting));
    assert_eq!(foresee(night).await.as_deref(), Some("not_queued"));
    let file = &world.store.person_files("p1").await.expect("read")[0];
    assert!(file.attempts.is_empty() && file.phones[0].history.events().is_empty(), "nobody was called");
}

async fn predictive_calls_wait_while_too_many_were_abandoned(mut world: World) {
    world.rules = rules("uk-conc-ofcom");
    let rows: Vec<_> = (1..=4).map(row).collect();
    let campaign = world.campaign("predicted", &rows).await;
    let reserve = async |contact: &ClaimedContact, now| {
        let mut request = world.request(contact);
        request.facts.way = Way::call(DialMode::Predictive);
        world.store.reserve(request, now).await.expect("the gate answers")
    };
    let mut claimed = world.store.claim(campaign, 3, noon()).await.expect("claimed");
    // Nobody was abandoned yet; a call under way counts for neither.
    for outcome in [Outcome::Answered, Outcome::Abandoned] {
        let contact = claimed.pop().expect("one is queued");
        let Reserved::Permit(permit) = reserve(&contact, noon()).await else { panic!("no permit") };
        let call = FinishRequest {
            finished: finished(outcome),
            kinds: Vec::new(),
            ..no_answer(permit.attempt(), noon() + hours(90))
        };
        world.store.finish(call, noon() + seconds(40)).await.expect("finished");
    }
    let (later, next) = (noon() + hours(1), noon() + hours(25));
    let third = claimed.pop().expect("one is queued");
    assert_eq!(deny_rule(reserve(&third, later).await), "uk.abandon_rate");
    // One of two is too many, but that is not the third person's doing: he waits, and a day later may be called.
    assert_eq!(world.store.next_wake().await.expect("read"), Some(later + SignedDuration::from_mins(10)));
    world.store.wake_due(10, next).await.expect("woken");
    let contacts = world.store.claim(campaign, 4, next).await.expect("claimed");
    let contact = contacts.iter().find(|contact| contact.id == third.id).expect("he is queued again");
    assert!(matches!(reserve(contact, next).await, Reserved::Permit(_)));
}
