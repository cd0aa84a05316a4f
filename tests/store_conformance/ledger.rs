//! The ledger's other ways in: what was done elsewhere, and corrections.

use obzvon::domain::import_row::ImportRow;
use obzvon::domain::{EventId, ToldReaction};
use obzvon::rules::{Agent, EventKind, History};
use obzvon::store::{ByHand, Corrected, Past, PastContact, Recorded, Reserved};

use crate::world::{World, hours, noon, number, promised, row};

crate::on_both_engines!(
    a_past_talk_counts_and_told_again_changes_nothing,
    a_past_contact_of_no_debt_of_ours_counts_for_the_law_and_says_so,
    a_past_call_to_a_shared_number_counts_for_everybody_who_has_it,
    a_dry_run_says_who_is_known_and_writes_nothing,
    messages_letters_and_visits_have_channels_of_their_own,
    a_debt_that_two_creditors_call_the_same_counts_for_all_debts,
    an_event_is_corrected_once_and_its_correction_after_it,
    a_call_that_is_not_over_is_not_corrected,
    a_call_that_was_answered_is_not_corrected_to_one_that_nobody_took,
    an_id_that_was_another_contacts_is_refused,
);

fn past(kind: EventKind) -> PastContact {
    PastContact {
        person: Some("p1".into()),
        phone: None,
        at: Some(noon() - hours(1)),
        kind,
        channel_exact: None,
        agent: Some(Agent::Human),
        creditor: None,
        debt: None,
        external_id: "1".into(),
        reaction: ToldReaction::default(),
    }
}

async fn tell(world: &World, contacts: Vec<PastContact>, dry_run: bool) -> Vec<Recorded> {
    let past = Past { contacts, source: "crm".into(), dry_run, strict: false };
    world.store.record_past(past, noon()).await.expect("written")
}

async fn history(world: &World, person: &str) -> History {
    world.store.person_files(person).await.expect("read")[0].phones[0].history.clone()
}

async fn a_past_talk_counts_and_told_again_changes_nothing(world: World) {
    let contact = world.one_contact().await;
    let stranger = PastContact { person: Some("nobody".into()), ..past(EventKind::Conversation) };
    let told = || vec![past(EventKind::Conversation), stranger.clone()];
    assert_eq!(tell(&world, told(), false).await, [Recorded::New, Recorded::NoPerson]);
    assert_eq!(tell(&world, told(), false).await, [Recorded::Known, Recorded::NoPerson]);
    assert_eq!(history(&world, "p1").await.events().len(), 1);
    match world.reserve(&contact, noon()).await {
        Reserved::Denied(decision) => assert_eq!(decision.deny.expect("a rule").as_str(), "ru.call.day"),
        other => panic!("not denied: {other:?}"),
    }
}

async fn a_past_contact_of_no_debt_of_ours_counts_for_the_law_and_says_so(world: World) {
    world.one_contact().await;
    let named = |creditor: &str, debt: Option<&str>| PastContact {
        creditor: Some(creditor.into()),
        debt: debt.map(str::to_owned),
        external_id: format!("{creditor}/{debt:?}"),
        ..past(EventKind::Message)
    };
    let told = || vec![named("Water", Some("d1")), named("Watr", None), named("Water", Some("d2"))];
    for (dry_run, new) in [(true, true), (false, true), (false, false)] {
        let placed = if new { Recorded::New } else { Recorded::Known };
        let wanted = [placed, Recorded::OfNoDebt { new }, Recorded::OfNoDebt { new }];
        assert_eq!(tell(&world, told(), dry_run).await, wanted);
    }
    assert_eq!(history(&world, "p1").await.events().len(), 3);
}

async fn a_past_call_to_a_shared_number_counts_for_everybody_who_has_it(world: World) {
    let shared = ImportRow { phones: row(1).phones, ..row(2) };
    world.store.upsert(&[row(1), shared], noon()).await.expect("read");
    let phone = Some(number(9_990_000_001));
    let call = PastContact { person: None, phone, ..past(EventKind::AnsweredUnknown) };
    assert_eq!(tell(&world, vec![call], false).await, [Recorded::New]);
    for person in ["p1", "p2"] {
        let history = history(&world, person).await;
        let own = history.events().iter().filter(|event| event.kind == EventKind::AnsweredUnknown);
        assert_eq!(own.count(), 2, "his own and the other's on the same phone");
    }
}

async fn a_dry_run_says_who_is_known_and_writes_nothing(world: World) {
    world.store.upsert(&[row(1)], noon()).await.expect("read");
    let stranger = PastContact { person: Some("nobody".into()), ..past(EventKind::Conversation) };
    let told = tell(&world, vec![past(EventKind::Conversation), stranger], true).await;
    assert_eq!(told, [Recorded::New, Recorded::NoPerson]);
    assert!(history(&world, "p1").await.events().is_empty());
}

async fn messages_letters_and_visits_have_channels_of_their_own(world: World) {
    world.store.upsert(&[row(1)], noon()).await.expect("read");
    let kinds = [EventKind::Letter, EventKind::Message, EventKind::Visit];
    let contacts = kinds.iter().map(|&kind| PastContact { external_id: kind.code().into(), ..past(kind) });
    tell(&world, contacts.collect(), false).await;
    let history = history(&world, "p1").await;
    let mut told: Vec<_> = history.events().iter().map(|event| event.channel_exact.as_ref()).collect();
    told.sort_unstable();
    assert_eq!(told, ["letter", "sms", "visit"]);
}

async fn a_debt_that_two_creditors_call_the_same_counts_for_all_debts(world: World) {
    let elsewhere = ImportRow { creditor: "Heat".into(), ..row(1) };
    world.store.upsert(&[row(1), elsewhere], noon()).await.expect("read");
    let of = |creditor: Option<&str>, id: &str| PastContact {
        debt: Some("d1".into()),
        creditor: creditor.map(str::to_owned),
        external_id: id.into(),
        ..past(EventKind::Conversation)
    };
    tell(&world, vec![of(None, "1"), of(Some("Heat"), "2")], false).await;
    let history = history(&world, "p1").await;
    let mut debts: Vec<_> = history.events().iter().map(|event| event.debt.is_some()).collect();
    debts.sort_unstable();
    assert_eq!(debts, [false, true]);
}

async fn an_event_is_corrected_once_and_its_correction_after_it(world: World) {
    world.store.upsert(&[row(1)], noon()).await.expect("read");
    tell(&world, vec![past(EventKind::Conversation)], false).await;
    let first = history(&world, "p1").await.events()[0].id;
    let correct = async |event, kind| {
        world.store.correct_event(event, kind, heard_again(), noon()).await.expect("written")
    };
    let Corrected::Now { by } = correct(first, EventKind::Voicemail).await else { panic!("not corrected") };
    assert_eq!(correct(first, EventKind::Message).await, Corrected::Before { by });
    assert_eq!(correct(EventId(999), EventKind::Message).await, Corrected::NoEvent);
    let Corrected::Now { by } = correct(by, EventKind::ThirdParty).await else { panic!("not corrected") };
    let history = history(&world, "p1").await;
    let told: Vec<_> = history.events().iter().map(|event| (event.id, event.kind, event.at)).collect();
    assert_eq!(told, [(by, EventKind::ThirdParty, noon() - hours(1))]);
}

fn heard_again() -> ByHand {
    ByHand { who: "the head".into(), evidence: "heard again".into() }
}

async fn a_call_that_is_not_over_is_not_corrected(world: World) {
    let contact = world.one_contact().await;
    let Reserved::Permit(permit) = world.reserve(&contact, noon()).await else { panic!("denied") };
    let attempt = permit.attempt();
    let reserved = history(&world, "p1").await.events()[0].id;
    let corrected = world
        .store
        .correct_event(reserved, EventKind::AttemptNoAnswer, heard_again(), noon())
        .await
        .expect("looked");
    assert_eq!(corrected, Corrected::Open { attempt });
    assert_eq!(history(&world, "p1").await.events()[0].kind, EventKind::InFlight);
    assert_eq!(world.store.deeds(contact.person).await.expect("read"), []);
}

async fn a_call_that_was_answered_is_not_corrected_to_one_that_nobody_took(world: World) {
    let contact = world.one_contact().await;
    let permit = world.permit(&contact, noon()).await;
    let attempt = permit.attempt();
    let mut talk = promised(attempt);
    talk.finished.stamps.answer = Some(noon());
    world.store.finish(talk, noon()).await.expect("finished");
    let talk = history(&world, "p1").await.events()[0].clone();
    for kind in [EventKind::AttemptUnconnected, EventKind::AttemptNoAnswer] {
        let corrected = world.store.correct_event(talk.id, kind, heard_again(), noon()).await;
        assert_eq!(corrected.expect("looked"), Corrected::Answered { attempt });
    }
    assert_eq!(history(&world, "p1").await.events()[0].kind, talk.kind);
}

async fn an_id_that_was_another_contacts_is_refused(world: World) {
    world.store.upsert(&[row(1), row(2)], noon()).await.expect("read");
    let told = past(EventKind::Conversation);
    assert_eq!(tell(&world, vec![told.clone()], false).await, [Recorded::New]);
    let others = [
        PastContact { kind: EventKind::Message, ..told.clone() },
        PastContact { at: Some(noon() - hours(2)), ..told.clone() },
        PastContact { person: Some("p2".into()), ..told.clone() },
        PastContact { debt: Some("d1".into()), ..told.clone() },
    ];
    for other in others {
        for dry_run in [true, false] {
            assert_eq!(tell(&world, vec![other.clone()], dry_run).await, [Recorded::Differs], "{other:?}");
        }
    }
    assert_eq!(tell(&world, vec![told], false).await, [Recorded::Known]);
    assert_eq!(history(&world, "p1").await.events().len(), 1);
    assert!(history(&world, "p2").await.events().is_empty());
}
