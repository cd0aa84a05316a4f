//! All that stands about a person is sealed: nothing of it changes, vanishes or appears unseen.

use obzvon::domain::{AttemptId, Disposition, PersonId};
use obzvon::rules::{Consent, ConsentKind, Hold, HoldKind, LocalRange};
use obzvon::store::{Disposed, FinishRequest, Preference, WrongRow};

use crate::proof::{broken_rows, forge, open, some_calls};
use crate::world::{World, by_hand, hours, noon, promised, row, second_debt};
use crate::written::{dispose, follows};

crate::on_both_engines!(
    a_hold_of_a_call_does_not_vanish_or_end_unseen,
    what_changes_by_an_act_stays_whole,
    all_that_stands_about_a_person_is_sealed,
    a_row_sealed_anew_without_an_act_is_found,
    a_disposition_does_not_whitewash_a_forged_call,
    a_decision_taken_out_with_its_head_set_back_is_found,
    an_open_attempt_slipped_in_is_found,
    a_link_has_its_time_and_a_chain_its_last,
    the_history_of_a_case_and_a_review_of_a_talk_are_sealed,
    a_version_keeps_its_files,
    a_persons_own_chains_are_looked_at_alone,
);

/// The person of one call in which he asked for peace.
async fn opted_out(world: &World) -> PersonId {
    let contact = world.one_contact().await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    let holds =
        [HoldKind::StopRequested, HoldKind::NeverCall].map(|kind| Hold::new(kind, contact.person, noon()));
    let request = FinishRequest { holds: holds.to_vec(), ..promised(attempt) };
    world.store.finish(request, noon()).await.expect("finished");
    contact.person
}

/// What is broken after a forgery, beside what was before.
async fn after(world: &World, table: &str, sql: &str) -> Vec<(String, i64, WrongRow)> {
    let before = broken_rows(world).await;
    open(world, table).await;
    forge(world, sql).await;
    let mut found = broken_rows(world).await;
    found.retain(|one| !before.contains(one));
    found
}

async fn a_hold_of_a_call_does_not_vanish_or_end_unseen(world: World) {
    opted_out(&world).await;
    assert_eq!(broken_rows(&world).await, []);
    let named = |id, wrong| ("hold".to_owned(), id, wrong);
    let ended = after(&world, "hold", "UPDATE hold SET until_at = 1 WHERE id = 1").await;
    assert_eq!(ended, [named(1, WrongRow::Changed)]);
    assert_eq!(after(&world, "hold", "DELETE FROM hold WHERE id = 2").await, [named(2, WrongRow::Gone)]);
    let copy =
        "INSERT INTO hold (id, person_id, kind, from_at) SELECT 77, person_id, kind, from_at FROM hold";
    assert_eq!(after(&world, "hold", copy).await, [named(77, WrongRow::Unsealed)]);
}

async fn what_changes_by_an_act_stays_whole(world: World) {
    let campaign = world.campaign("reminders", &[row(1), row(2), row(3)]).await;
    let all = world.store.claim(campaign, 3, noon()).await.expect("claimed");
    let [one, other, third] = [&all[0], &all[1], &all[2]].map(|contact| contact.person);
    let store = &world.store;
    store.merge_persons(one, other, "passport", noon()).await.expect("merged");
    // A hold of the one is lifted by the other's id.
    let (hold, _) = world.hold(Hold::new(HoldKind::RefusalOfInteraction, one, noon())).await;
    let times = (noon(), noon() + hours(1));
    store.suspend_hold(other, hold, times, by_hand(), noon()).await.expect("suspended");
    assert!(store.lift_hold_by_hand(other, hold, by_hand(), noon()).await.expect("lifted"));
    stand(&world, third).await;
    assert!(store.withdraw_consent(third, 1, by_hand(), noon()).await.expect("withdrawn"));
    assert!(store.lift_preference(third, 1, by_hand(), noon()).await.expect("lifted"));
    assert_eq!(store.split_person(one, "a namesake", noon()).await.expect("split"), 1);
    store.merge_persons(other, third, "passport", noon()).await.expect("merged");
    store.merge_persons(third, one, "no namesake", noon()).await.expect("merged");
    assert_eq!(broken_rows(&world).await, []);
}

/// A consent and a wish.
async fn stand(world: &World, person: PersonId) {
    let consent = Consent {
        kind: ConsentKind::ThirdPartyAgreed,
        person,
        debt: None,
        phone: None,
        from: Some(noon()),
        until: None,
        evidence: Some("a form".into()),
    };
    world.store.add_consent_by_hand(consent, by_hand(), noon()).await.expect("written");
    let range = LocalRange { from: jiff::civil::time(8, 0, 0, 0), to: None };
    let wish = Preference { person, range, from: noon(), until: None };
    world.store.set_preference(wish, by_hand(), noon()).await.expect("written");
}

async fn all_that_stands_about_a_person_is_sealed(world: World) {
    let campaign = world.campaign("reminders", &[row(1), second_debt(1), row(2)]).await;
    let contacts = world.store.claim(campaign, 3, noon()).await.expect("claimed");
    let held = contacts.iter().find(|one| one.person == contacts[0].person).expect("one of them");
    let other = contacts.iter().find(|one| one.person != held.person).expect("another").person;
    world.hold(Hold::new(HoldKind::Bankruptcy, held.person, noon())).await;
    for _ in 0..3 {
        world.raw("UPDATE contact SET state = 'queued', why = '', next_at = NULL").await.expect("again");
        world.reserve(held, noon()).await;
    }
    stand(&world, held.person).await;
    world.store.note_access(held.person, "auditor", "audit person", noon()).await.expect("written");
    world.store.merge_persons(held.person, other, "passport", noon()).await.expect("merged");
    assert_eq!(broken_rows(&world).await, []);
    for (table, sql) in [
        ("consent", "UPDATE consent SET from_at = 0"),
        ("preference", "UPDATE preference SET until_at = 1"),
        ("deed", "UPDATE deed SET who = 'nobody' WHERE id = 1"),
        ("access", "UPDATE access SET who = 'nobody'"),
        ("person_link", "UPDATE person_link SET evidence = 'none'"),
        ("kin", "UPDATE kin SET upto_event = 0, upto_at = 0 WHERE id = 1"),
        ("denial_repeat", "UPDATE denial_repeat SET times = times + 100"),
        ("person", "UPDATE person SET time_zone = 'Asia/Kamchatka' WHERE id = 1"),
        ("phone", "UPDATE phone SET relation = 'representative' WHERE id = 1"),
        ("sealed_note", "UPDATE sealed_note SET body = '[]'"),
    ] {
        let found = after(&world, table, sql).await;
        let named = found.iter().any(|one| one.0 == table && one.2 == WrongRow::Changed);
        assert!(named, "{sql}: {found:?}");
    }
    for table in
        ["consent", "preference", "deed", "access", "person_link", "kin", "denial_repeat", "sealed_note"]
    {
        let found = after(&world, table, &format!("DELETE FROM {table}")).await;
        assert!(found.iter().any(|one| one.0 == table && one.2 == WrongRow::Gone), "{table}: {found:?}");
    }
}

/// A link that seals a row again as it was, made as the store makes one.
async fn seal_again(world: &World, table: &str, id: i64) {
    use sha2::Digest;
    let of = format!("sealed_row WHERE of_what = '{table}' AND row_id = {id} ORDER BY seq LIMIT 1");
    let chain = world.text(&format!("SELECT CAST(chain AS TEXT) FROM {of}")).await;
    let digest = world.text(&format!("SELECT digest FROM {of}")).await;
    let head = |column| format!("SELECT CAST({column} AS TEXT) FROM chain WHERE id = {chain}");
    let (previous, at) = (world.text(&head("hash")).await, world.text(&head("at")).await);
    let seq = world.text(&head("seq + 1")).await;
    let mut hasher = sha2::Sha256::new();
    for part in [&previous, &chain, &seq, &format!("{table} {id} {digest} {at}")] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let hash = hex::encode(hasher.finalize());
    let sql = format!(
        "INSERT INTO sealed_row (chain, seq, at, of_what, row_id, digest, prev_hash, hash) VALUES \
         ({chain}, {seq}, {at}, '{table}', {id}, '{digest}', '{previous}', '{hash}'); \
         UPDATE chain SET seq = {seq}, hash = '{hash}' WHERE id = {chain}"
    );
    world.raw(&sql).await.expect("forged");
}

async fn a_row_sealed_anew_without_an_act_is_found(world: World) {
    opted_out(&world).await;
    for (table, id) in [("attempt", 1), ("event", 2), ("hold", 1)] {
        seal_again(&world, table, id).await;
        let found = broken_rows(&world).await;
        assert_eq!(found.last(), Some(&(table.to_owned(), id, WrongRow::Resealed)), "{found:?}");
    }
}

async fn a_disposition_does_not_whitewash_a_forged_call(world: World) {
    opted_out(&world).await;
    forge(&world, "UPDATE attempt SET outcome = 'no_answer', answer_at = NULL WHERE id = 1").await;
    assert_eq!(broken_rows(&world).await, [("attempt".to_owned(), 1, WrongRow::Changed)]);
    assert_eq!(dispose(&world, AttemptId(1), follows(Disposition::Connected)).await, Disposed::Now);
    assert_eq!(broken_rows(&world).await, [("attempt".to_owned(), 1, WrongRow::Resealed)]);
}

async fn a_decision_taken_out_with_its_head_set_back_is_found(world: World) {
    some_calls(&world).await;
    open(&world, "decision").await;
    let chain = "(SELECT chain FROM decision WHERE id = 20)";
    let back = format!(
        "UPDATE chain SET seq = seq - 1, hash = (SELECT prev_hash FROM decision WHERE id = 20) WHERE id = {chain}; \
         DELETE FROM decision WHERE id = 20"
    );
    forge(&world, &back).await;
    assert_eq!(broken_rows(&world).await, [("attempt".to_owned(), 20, WrongRow::Undecided)]);
}

async fn an_open_attempt_slipped_in_is_found(world: World) {
    some_calls(&world).await;
    let copy = "INSERT INTO attempt (id, contact_id, campaign_id, person_id, debt_id, decision_id, node, phone, trunk, \
        caller_id, channel, debtor_type, debt_kind, creditor_id, amount_minor, currency, config_version, \
        flow_version, due_at, reserved_at) SELECT 77, contact_id, campaign_id, person_id, debt_id, decision_id, node, \
        phone, trunk, caller_id, channel, debtor_type, debt_kind, creditor_id, amount_minor, currency, \
        config_version, flow_version, due_at, reserved_at FROM attempt WHERE id = 3";
    let found = after(&world, "attempt", copy).await;
    for wrong in [WrongRow::Undecided, WrongRow::Unsealed] {
        assert!(found.contains(&("attempt".to_owned(), 77, wrong)), "{found:?}");
    }
}

async fn a_link_has_its_time_and_a_chain_its_last(world: World) {
    opted_out(&world).await;
    open(&world, "sealed_row").await;
    let found =
        after(&world, "sealed_row", "UPDATE sealed_row SET at = at + 1 WHERE chain = 9 AND seq = 2").await;
    assert_eq!(found.iter().map(|one| one.2).collect::<Vec<_>>(), [WrongRow::Link]);
    let found = after(&world, "chain", "UPDATE chain SET at = at + 1 WHERE id = 9").await;
    assert_eq!(found.iter().map(|one| one.2).collect::<Vec<_>>(), [WrongRow::Head]);
}

async fn a_version_keeps_its_files(world: World) {
    let texts = [("flows/a.yaml", "flow: a"), ("flows/b.yaml", "flow: b")]
        .map(|(file, text)| (file.into(), text.into()));
    world.store.keep_texts("v1", &texts, noon()).await.expect("kept");
    assert_eq!(world.store.verify_versions().await.expect("read"), Vec::<String>::new());
    let other = "UPDATE kept_version SET hash = (SELECT hash FROM kept_text WHERE body = 'flow: b')";
    forge(&world, other).await;
    assert_eq!(world.store.verify_versions().await.expect("read"), ["v1/flows/a.yaml"]);
    assert_eq!(world.store.changed_texts("v1").await.expect("read"), ["flows/a.yaml"]);
    forge(&world, "DELETE FROM kept_version").await;
    assert_eq!(world.store.changed_texts("v1").await.expect("read"), ["flows/a.yaml", "flows/b.yaml"]);
}

async fn a_persons_own_chains_are_looked_at_alone(world: World) {
    some_calls(&world).await;
    open(&world, "event").await;
    forge(&world, "UPDATE attempt SET outcome = 'busy' WHERE id = 3; DELETE FROM event WHERE attempt_id = 3")
        .await;
    let whose = world.text("SELECT CAST(person_id AS TEXT) FROM attempt WHERE id = 3").await;
    let whose = PersonId(whose.parse().expect("a number"));
    let his = world.store.verify_rows_of(&[whose]).await.expect("walked").broken;
    let wrong: Vec<_> = his.iter().map(|one| one.wrong).collect();
    assert_eq!(wrong, [WrongRow::Gone, WrongRow::Gone, WrongRow::Changed]);
    let neighbour = PersonId(if whose.0 < 20 { whose.0 + 1 } else { 1 });
    assert_eq!(world.store.verify_rows_of(&[neighbour]).await.expect("walked").broken, []);
}

async fn the_history_of_a_case_and_a_review_of_a_talk_are_sealed(world: World) {
    let contact = world.one_contact().await;
    let attempt = world.permit(&contact, noon()).await.attempt();
    let no = obzvon::agents::ReservationNo(1);
    let anna = obzvon::domain::AgentId::parse("anna").expect("a login");
    let talks = obzvon::store::AgentChange {
        agent: anna.clone(),
        at: noon(),
        to: obzvon::agents::State::Talking { no },
        billable: false,
        why: obzvon::agents::Why::Call,
        attempt: Some(attempt),
    };
    world.store.log_agent(talks).await.expect("kept");
    world.store.complain(attempt, &anna, "rude", noon()).await.expect("kept");
    world.store.finish(promised(attempt), noon() + hours(1)).await.expect("finished");
    let take = obzvon::cases::Act::Take { owner: "olga".into() };
    world.store.act_on_case(obzvon::cases::Number(1), take, "olga".into(), noon()).await.expect("taken");
    let review = obzvon::quality::Review {
        reviewer: "olga".into(),
        at: noon() + hours(2),
        marks: std::collections::BTreeMap::new(),
        raw_bp: 5_000,
        critical: false,
        comment: "he mumbles".into(),
    };
    world.store.keep_review(attempt, anna, review).await.expect("kept");
    assert_eq!(broken_rows(&world).await, []);
    let acts = world.text("SELECT CAST(MAX(id) AS TEXT) FROM case_act").await;
    let last: i64 = acts.parse().expect("an id");
    let named = |table: &str, id, wrong| (table.to_owned(), id, wrong);
    for (table, sql, id, wrong) in [
        ("case_act", "UPDATE case_act SET text = 'polite' WHERE id = 1", 1, WrongRow::Changed),
        ("case_act", &format!("DELETE FROM case_act WHERE id = {last}"), last, WrongRow::Gone),
        (
            "case_act",
            "INSERT INTO case_act (id, case_id, at, who, act, text) VALUES (77, 1, 1, 'olga', 'noted', 'all is well')",
            77,
            WrongRow::Unsealed,
        ),
        ("quality_review", "UPDATE quality_review SET raw_bp = 9000", 1, WrongRow::Changed),
    ] {
        assert_eq!(after(&world, table, sql).await, [named(table, id, wrong)], "{sql}");
    }
}
