//! What stands about a person: holds, consents and wishes, set and ended by hand.

use jiff::Timestamp;
use jiff::civil::time;
use obzvon::campaign::{DoneWhy, NextStep};
use obzvon::domain::Outcome;
use obzvon::rules::{Consent, ConsentKind, Hold, HoldKind, LocalRange};
use obzvon::store::{ByHand, FinishRequest, Preference, Rescued, Reserved, Suspended, Whose};

use crate::world::{World, finished, hours, no_answer, noon, row, rules, seconds};

crate::on_both_engines!(
    a_time_of_day_he_asked_for_keeps_calls_away_until_it_is_lifted,
    a_consent_lets_his_contacts_look_again_and_its_withdrawal_works_at_once,
    a_suspended_hold_lets_calls_through_for_that_time,
    a_hold_is_lifted_by_whoever_is_one_with_him_and_by_no_stranger,
    what_is_done_by_hand_is_kept_with_who_and_why,
    a_lost_call_keeps_the_moment_its_invite_left,
    a_number_that_a_call_found_dead_is_usable_again_only_when_somebody_says_so,
);

fn by(evidence: &str) -> ByHand {
    ByHand { who: "the head".into(), evidence: evidence.into() }
}

fn denied(reserved: Reserved) -> String {
    match reserved {
        Reserved::Denied(decision) => decision.deny.expect("a rule").to_string(),
        other => panic!("not denied: {other:?}"),
    }
}

async fn a_time_of_day_he_asked_for_keeps_calls_away_until_it_is_lifted(world: World) {
    let contact = world.one_contact().await;
    let range = LocalRange { from: time(11, 0, 0, 0), to: Some(time(14, 0, 0, 0)) };
    let wish = Preference { person: contact.person, range, from: noon() - hours(1), until: None };
    let id = world.store.set_preference(wish, by("his letter"), noon()).await.expect("written");
    assert_eq!(denied(world.reserve(&contact, noon()).await), "ru.safe.pref");
    assert_eq!(world.store.blocked_at(contact.person, noon() - hours(2)).await.expect("read"), []);
    assert!(world.store.lift_preference(contact.person, id, by("his word"), noon()).await.expect("lifted"));
    assert!(!world.store.lift_preference(contact.person, id, by("again"), noon()).await.expect("looked"));
    world.store.wake_due(10, noon() + seconds(1)).await.expect("woken");
    assert!(matches!(world.reserve(&contact, noon() + seconds(1)).await, Reserved::Permit(_)));
}

async fn a_consent_lets_his_contacts_look_again_and_its_withdrawal_works_at_once(mut world: World) {
    world.rules = rules("us-regf+us-tcpa-voice");
    let contact = world.one_contact().await;
    let denied_by = denied(world.reserve(&contact, noon()).await);
    assert!(denied_by.starts_with("us.tcpa"), "{denied_by}");
    let consent = |kind| Consent {
        kind,
        person: contact.person,
        debt: None,
        phone: None,
        from: Some(noon()),
        until: None,
        evidence: Some("form 12".into()),
    };
    let mut ids = Vec::new();
    for kind in [ConsentKind::TcpaPriorExpress, ConsentKind::NumberNotReassigned] {
        let added = world.store.add_consent_by_hand(consent(kind), by("form 12"), noon()).await;
        ids.push(added.expect("written"));
    }
    assert_eq!(world.contact_of("p1").await.0, "waiting", "it looks again");
    world.store.wake_due(10, noon() + seconds(1)).await.expect("woken");
    let later = noon() + seconds(2);
    assert!(world.store.withdraw_consent(contact.person, ids[0], by("a call"), later).await.expect("ended"));
    assert!(
        !world.store.withdraw_consent(contact.person, ids[0], by("a call"), later).await.expect("looked")
    );
    assert_eq!(denied(world.reserve(&contact, later).await), denied_by);
    let kept = world.store.consents(contact.person).await.expect("read");
    assert_eq!(kept.iter().map(|one| one.until).collect::<Vec<_>>(), [Some(later), None]);
}

async fn a_suspended_hold_lets_calls_through_for_that_time(world: World) {
    let contact = world.one_contact().await;
    let hold = Hold::new(HoldKind::RefusalOfInteraction, contact.person, noon() - hours(1));
    let (id, _) = world.store.add_hold_by_hand(hold, by("his letter"), noon()).await.expect("set");
    assert_eq!(denied(world.reserve(&contact, noon()).await), "ru.hold.refusal");
    let times = (noon(), noon() + hours(2));
    let suspend = async |id, times| {
        world
            .store
            .suspend_hold(contact.person, id, times, by("the court\'s act"), noon())
            .await
            .expect("written")
    };
    assert_eq!(suspend(id, times).await, Suspended::Now);
    assert_eq!(suspend(999, times).await, Suspended::NoHold);
    let other = Hold::new(HoldKind::Bankruptcy, contact.person, noon());
    let (other, _) = world.store.add_hold_by_hand(other, by("act 5"), noon()).await.expect("set");
    assert_eq!(suspend(other, times).await, Suspended::NotThisKind { kind: HoldKind::Bankruptcy });
    world.store.lift_hold_by_hand(contact.person, other, by("dismissed"), noon()).await.expect("lifted");
    for end in [noon(), noon() - hours(1), noon() + hours(24 * 63)] {
        assert!(matches!(suspend(id, (noon(), end)).await, Suspended::BadEnd { .. }), "{end}");
    }
    // A second act follows on the first: together they last no longer than one may.
    let next = |until: i64| (noon() + hours(3), noon() + hours(until));
    assert!(
        matches!(suspend(id, next(24 * 61 + 1)).await, Suspended::BadChain { since, .. } if since == noon())
    );
    assert_eq!(suspend(id, next(72)).await, Suspended::Now);
    assert!(matches!(
        suspend(id, (noon() + hours(80), noon() + hours(24 * 62))).await,
        Suspended::BadChain { .. }
    ));
    assert_eq!(suspend(id, (noon() + hours(24 * 5), noon() + hours(24 * 65))).await, Suspended::Now);
    world.store.wake_due(10, noon() + seconds(1)).await.expect("woken");
    assert!(matches!(world.reserve(&contact, noon() + seconds(1)).await, Reserved::Permit(_)));
    let row = &world.store.holds(contact.person).await.expect("read")[0];
    let bites = |at: Timestamp| row.in_force(at);
    assert_eq!([noon() - seconds(1), noon(), noon() + hours(2)].map(bites), [true, false, true]);
}

async fn a_hold_is_lifted_by_whoever_is_one_with_him_and_by_no_stranger(world: World) {
    let campaign = world.campaign("reminders", &[row(1), row(2), row(3)]).await;
    let all = world.store.claim(campaign, 3, noon()).await.expect("claimed");
    let [one, other, stranger] = [&all[0], &all[1], &all[2]].map(|contact| contact.person);
    world.store.merge_persons(one, other, "passport", noon()).await.expect("merged");
    let hold = Hold::new(HoldKind::NeverCall, one, noon());
    let (id, _) = world.hold(hold).await;
    assert_eq!(world.store.holds(other).await.expect("read").len(), 1, "it holds both");
    let lift = async |person| {
        world.store.lift_hold_by_hand(person, id, by("a mistake"), noon() + seconds(1)).await.expect("looked")
    };
    assert!(!lift(stranger).await, "another\'s hold");
    assert!(lift(other).await);
    assert!(!lift(one).await, "it has ended");
}

async fn what_is_done_by_hand_is_kept_with_who_and_why(world: World) {
    let person = world.one_contact().await.person;
    let hold = Hold::new(HoldKind::Bankruptcy, person, noon());
    let (id, _) = world.store.add_hold_by_hand(hold, by("act 5"), noon()).await.expect("set");
    world.store.lift_hold_by_hand(person, id, by("act 6"), noon() + seconds(1)).await.expect("lifted");
    let deeds = world.store.deeds(person).await.expect("read");
    let told: Vec<_> =
        deeds.iter().map(|deed| (deed.act.as_str(), deed.row, deed.evidence.as_str())).collect();
    assert_eq!(told, [("hold_added", id, "act 5"), ("hold_lifted", id, "act 6")]);
    assert_eq!(deeds[0].who, "the head");
    let refused = world.raw("UPDATE deed SET who = \'nobody\'").await.expect_err("kept");
    assert!(refused.contains("append-only"), "{refused}");
}

async fn a_lost_call_keeps_the_moment_its_invite_left(world: World) {
    let contact = world.one_contact().await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    let left = noon() + seconds(1);
    world.store.note_invite(attempt, left).await.expect("written");
    let rescued = world.store.rescue(Whose::Own, hours(1), noon() + hours(1)).await.expect("rescued");
    assert_eq!(rescued, [Rescued { attempt, node: "one".into() }]);
    let row = &world.store.attempts_of(contact.person).await.expect("read")[0];
    assert_eq!(row.stamps.invite, Some(left));
    world.store.note_invite(attempt, noon() + hours(2)).await.expect("nothing is open");
    let row = &world.store.attempts_of(contact.person).await.expect("read")[0];
    assert_eq!(row.stamps.invite, Some(left), "a closed call is not touched");
}

async fn a_number_that_a_call_found_dead_is_usable_again_only_when_somebody_says_so(world: World) {
    let contact = world.one_contact().await;
    let number = contact.phones[0].number.clone();
    let attempt = world.permit(&contact, noon()).await.attempt();
    let dead = FinishRequest {
        finished: finished(Outcome::InvalidNumber),
        next: NextStep::Done(DoneWhy::NoPhone),
        ..no_answer(attempt, noon())
    };
    world.store.finish(dead, noon() + seconds(5)).await.expect("written");
    let state = async || {
        let file = world.store.person_files("p1").await.expect("read").pop().expect("he is there");
        let phone = file.phones.into_iter().next().expect("a number");
        (phone.state, phone.said_usable.map(|said| (said.who, said.evidence)))
    };
    assert_eq!(state().await, ("invalid".to_owned(), None));
    world.store.upsert(&[row(1)], noon() + hours(1)).await.expect("imported");
    assert_eq!(state().await.0, "invalid", "a list that has it again says nothing of it");

    let say = async |at| {
        world
            .store
            .make_phone_usable(contact.person, &number, by("the carrier's letter"), at)
            .await
            .expect("written")
    };
    assert!(say(noon() + hours(2)).await);
    assert!(!say(noon() + hours(2)).await, "it is usable");
    let said = Some(("the head".to_owned(), "the carrier's letter".to_owned()));
    assert_eq!(state().await, ("usable".to_owned(), said.clone()));
    world.store.upsert(&[row(1)], noon() + hours(3)).await.expect("imported");
    assert_eq!(state().await, ("usable".to_owned(), said), "nor does it undo what was said");
    assert_eq!(world.contact_of("p1").await.0, "waiting", "who ended for want of a number looks again");
    let verified = world.store.deeds(contact.person).await.expect("read");
    assert_eq!(verified.iter().map(|deed| deed.act.as_str()).collect::<Vec<_>>(), ["phone_usable"]);
}
