//! Who is whom: merges and splits keep the stricter history, and a shared phone counts for both.

use obzvon::domain::import_row::ImportRow;
use obzvon::domain::{EventId, PersonId};
use obzvon::rules::zone::{Registry, of_person};
use obzvon::rules::{Event, EventKind, Hold, HoldKind, Phone, PhoneType};
use obzvon::store::{ClaimedContact, Gone, NewEvent, Period, Reserved, Same};

use crate::world::{World, hours, noon, promised, row, rules, seconds};

crate::on_both_engines!(
    merged_ids_count_each_others_calls,
    merged_ids_get_one_call_between_them,
    merged_ids_are_where_either_of_them_is,
    a_hold_on_one_of_merged_ids_holds_both,
    a_third_id_joins_both_that_were_merged,
    after_a_split_each_keeps_what_counted_and_nothing_more,
    what_was_found_out_of_persons_is_never_changed,
    decisions_before_and_after_a_merge_are_made_again_bit_for_bit,
    of_merged_ids_who_are_asked_for_at_once_one_gets_the_permit,
    a_person_found_to_be_another_is_not_called_about_his_debt,
    a_call_to_a_shared_phone_counts_for_both_where_the_scope_is_the_phone,
);

/// Two ids, a contact each, claimed.
async fn two(world: &World) -> [ClaimedContact; 2] {
    let campaign = world.campaign("reminders", &[row(1), row(2)]).await;
    let both = world.store.claim(campaign, 2, noon()).await.expect("claimed");
    both.try_into().expect("two are queued")
}

async fn talked(world: &World, person: PersonId, ago: i64) {
    let event = Event::new(EventId(0), noon() - hours(ago), EventKind::Conversation, person);
    let told = NewEvent { event, source: "crm".into(), external_id: None };
    world.store.record_events(vec![told], noon()).await.expect("written");
}

async fn merge(world: &World, one: &ClaimedContact, other: &ClaimedContact) -> bool {
    let merged = world.store.merge_persons(one.person, other.person, "passport", noon());
    merged.await.expect("written")
}

/// His id in the lists.
fn name(contact: &ClaimedContact) -> String {
    contact.debt_external.replace('d', "p")
}

fn deny_rule(reserved: Reserved) -> String {
    match reserved {
        Reserved::Denied(decision) => decision.deny.expect("a rule denies").to_string(),
        other => panic!("not denied: {other:?}"),
    }
}

async fn merged_ids_count_each_others_calls(world: World) {
    let [one, other] = two(&world).await;
    talked(&world, one.person, 1).await;
    assert!(merge(&world, &other, &one).await);
    assert!(!merge(&world, &one, &other).await, "they are one already");
    assert_eq!(deny_rule(world.reserve(&other, noon()).await), "ru.call.day");
    assert_eq!(deny_rule(world.reserve(&one, noon()).await), "ru.call.day");
}

async fn merged_ids_are_where_either_of_them_is(world: World) {
    let far = ImportRow { region: Some("Камчатский край".into()), ..row(2) };
    let campaign = world.campaign("reminders", &[row(1), far]).await;
    let both = world.store.claim(campaign, 2, noon()).await.expect("claimed");
    let ids: Vec<_> = both.iter().map(|contact| contact.id).collect();
    let registry = Registry::default();
    let zones = |contact: &ClaimedContact| {
        let mut names: Vec<_> =
            contact.zones(&registry).zones().iter().map(|zone| zone.name().to_owned()).collect();
        names.sort();
        names
    };
    assert!(both.iter().all(|contact| zones(contact).len() == 1));
    merge(&world, &both[0], &both[1]).await;
    for contact in world.store.contacts(ids.clone()).await.expect("read") {
        assert_eq!(zones(&contact), ["Asia/Kamchatka", "Europe/Moscow"]);
        let file = world.store.person_files(&name(&contact)).await.expect("read").remove(0);
        assert_eq!(of_person(&file.whereabouts, &registry), contact.zones(&registry), "explained alike");
    }
    world.store.split_person(both[0].person, "another one", noon()).await.expect("split");
    let parted = world.store.contacts(ids).await.expect("read");
    assert!(parted.iter().all(|contact| zones(contact).len() == 1));
}

async fn merged_ids_get_one_call_between_them(world: World) {
    let [one, other] = two(&world).await;
    merge(&world, &one, &other).await;
    let permit = world.permit(&one, noon()).await;
    assert!(matches!(world.reserve(&other, noon() + hours(2)).await, Reserved::Gone(Gone::PersonInCall)));
    let hold = Hold::new(HoldKind::Bankruptcy, other.person, noon());
    let (_, open) = world.hold(hold).await;
    assert_eq!(open, Some(permit.attempt()), "the call to his other id is to be taken back");
}

async fn a_hold_on_one_of_merged_ids_holds_both(world: World) {
    let [one, other] = two(&world).await;
    world.hold(Hold::new(HoldKind::Bankruptcy, one.person, noon())).await;
    merge(&world, &one, &other).await;
    assert_eq!(deny_rule(world.reserve(&other, noon()).await), "ru.hold.bankruptcy");
}

async fn a_third_id_joins_both_that_were_merged(world: World) {
    let campaign = world.campaign("reminders", &[row(1), row(2), row(3)]).await;
    let three = world.store.claim(campaign, 3, noon()).await.expect("claimed");
    merge(&world, &three[0], &three[1]).await;
    merge(&world, &three[2], &three[1]).await;
    talked(&world, three[0].person, 1).await;
    assert_eq!(deny_rule(world.reserve(&three[2], noon()).await), "ru.call.day");
    let parted = world.store.split_person(three[1].person, "a mix-up", noon()).await.expect("written");
    assert_eq!(parted, 2);
    talked(&world, three[2].person, 0).await;
    let file = &world.store.person_files(&name(&three[0])).await.expect("read")[0];
    assert_eq!(file.phones[0].history.events().len(), 2, "one and three are one still");
}

async fn after_a_split_each_keeps_what_counted_and_nothing_more(world: World) {
    let [one, other] = two(&world).await;
    talked(&world, one.person, 26).await;
    merge(&world, &one, &other).await;
    assert_eq!(world.store.split_person(one.person, "a namesake", noon()).await.expect("written"), 1);
    assert_eq!(world.store.split_person(one.person, "a namesake", noon()).await.expect("written"), 0);
    let told = async |person: &str| {
        let files = world.store.person_files(person).await.expect("read");
        files[0].phones[0].history.events().len()
    };
    talked(&world, one.person, 1).await;
    let (first, second) = (name(&one), name(&other));
    assert_eq!((told(&first).await, told(&second).await), (2, 1));
    assert_eq!(deny_rule(world.reserve(&one, noon()).await), "ru.call.day");
    let _permit = world.permit(&other, noon()).await;
    // Found to be one after all: everything counts again.
    let again = world.store.merge_persons(other.person, one.person, "passport", noon()).await;
    assert!(again.expect("written"));
    // The call that the other id has now among them.
    assert_eq!(told(&second).await, 3);
}

async fn what_was_found_out_of_persons_is_never_changed(world: World) {
    let [one, other] = two(&world).await;
    merge(&world, &one, &other).await;
    world.store.split_person(other.person, "a namesake", noon()).await.expect("written");
    for sql in ["UPDATE person_link SET evidence = ''", "DELETE FROM person_link"] {
        let refused = world.raw(sql).await.expect_err(sql).to_string();
        assert!(refused.contains("append-only"), "{sql}: {refused}");
    }
    let links = world.store.person_links(one.person).await.expect("read");
    let told: Vec<_> = links.iter().map(|link| (link.act.as_str(), link.evidence.as_str())).collect();
    assert_eq!(told, [("merge", "passport"), ("split", "a namesake")]);
}

async fn decisions_before_and_after_a_merge_are_made_again_bit_for_bit(world: World) {
    let [one, other] = two(&world).await;
    talked(&world, one.person, 30).await;
    let attempt = world.permit(&other, noon()).await.attempt();
    world.store.finish(promised(attempt), noon() + seconds(40)).await.expect("finished");
    merge(&world, &one, &other).await;
    assert_eq!(deny_rule(world.reserve(&one, noon() + hours(2)).await), "ru.call.day");
    world.store.split_person(one.person, "a namesake", noon() + hours(3)).await.expect("written");
    talked(&world, other.person, 0).await;
    let day = Period { from: noon() - hours(9), to: noon() + hours(15) };
    let mut told = Vec::new();
    world.store.replay_decisions(day, |again| told.push(again.same)).await.expect("replayed");
    assert_eq!(told, [Same::Yes, Same::Yes]);
}

async fn of_merged_ids_who_are_asked_for_at_once_one_gets_the_permit(world: World) {
    const PAIRS: u32 = 20;
    let rows: Vec<_> = (1..=PAIRS * 2).map(row).collect();
    let campaign = world.campaign("reminders", &rows).await;
    let mut contacts = world.store.claim(campaign, PAIRS * 2, noon()).await.expect("claimed");
    contacts.sort_by_key(|contact| contact.person);
    for pair in contacts.chunks(2) {
        merge(&world, &pair[0], &pair[1]).await;
    }
    let elsewhere = world.node("two").await;
    let mut races = tokio::task::JoinSet::new();
    for (number, contact) in contacts.iter().enumerate() {
        let store = if number % 2 == 0 { world.store.clone() } else { elsewhere.clone() };
        let request = world.request(contact);
        races.spawn(async move { store.reserve(request, noon()).await.expect("the gate answers") });
    }
    let permits = races.join_all().await.iter().filter(|r| matches!(r, Reserved::Permit(_))).count();
    assert_eq!(permits, PAIRS as usize);
}

async fn a_person_found_to_be_another_is_not_called_about_his_debt(world: World) {
    let campaign = world.campaign("reminders", &[row(1)]).await;
    let contact = world.claim_one(campaign, noon()).await;
    // The same debt under another id: the list joins the two, and whoever reads it parts them.
    let again = ImportRow { person_id: "p9".into(), phones: row(9).phones, ..row(1) };
    world.store.upsert(&[again], noon()).await.expect("read");
    let ower = world.store.person_files("p9").await.expect("read")[0].id;
    world.store.split_person(ower, "a namesake", noon()).await.expect("split");
    let reserved = world.reserve(&contact, noon()).await;
    assert!(matches!(reserved, Reserved::Gone(Gone::NotQueued)), "claimed before the split: {reserved:?}");
    world.store.wake_due(10, noon()).await.expect("woken");
    let moved = world.claim_one(campaign, noon() + hours(1)).await;
    assert_eq!((moved.id, moved.person), (contact.id, ower));
    assert_eq!(moved.phones[0].number, row(9).phones[0]);
    assert!(world.store.person_files("p1").await.expect("read")[0].contacts.is_empty());

    // However a contact came to have the wrong person: the gate itself refuses.
    world.raw(&format!("UPDATE contact SET person_id = {}", contact.person.0)).await.expect("changed");
    let reserved = world.reserve(&contact, noon() + hours(1)).await;
    assert!(matches!(reserved, Reserved::Gone(Gone::NotHisDebt)), "{reserved:?}");
    assert_eq!(world.contact_of("p9").await, ("waiting".into(), "not_his_debt".into()));
}

async fn a_call_to_a_shared_phone_counts_for_both_where_the_scope_is_the_phone(mut world: World) {
    world.rules = rules("uk-conc-ofcom");
    let shared = ImportRow { phones: row(1).phones, ..row(2) };
    let campaign = world.campaign("reminders", &[row(1), shared, row(3)]).await;
    let all = world.store.claim(campaign, 3, noon()).await.expect("claimed");
    let (third, both) = all.split_first().expect("three");
    let number = (&both[0].phones[0].number).into();
    let mut event = Event::new(EventId(0), noon() - hours(1), EventKind::Abandoned, both[0].person);
    event.phone = Some(Phone { number, kind: PhoneType::Mobile });
    let told = NewEvent { event, source: "crm".into(), external_id: None };
    world.store.record_events(vec![told], noon()).await.expect("written");
    for contact in both {
        assert_eq!(deny_rule(world.reserve(contact, noon()).await), "uk.abandon_72h");
    }
    let _permit = world.permit(third, noon()).await;
}
