//! Proof: what was decided and done cannot be changed unseen.

use jiff::civil::date;

use obzvon::domain::{DecisionId, ToldReaction};
use obzvon::rules::{EventKind, Hold, HoldKind};
use obzvon::store::{
    BrokenRow, Kind, Past, PastContact, Period, Reserved, Same, VerifiedDay, Wrong, WrongRow,
};

use crate::world::{World, by_hand, hours, noon, promised, row, second_debt, seconds};

crate::on_both_engines!(
    the_ledger_and_the_decisions_are_append_only,
    a_flipped_record_is_found,
    a_flipped_column_is_found,
    a_link_or_a_head_that_was_changed_is_found,
    a_record_cut_off_is_found,
    an_entry_that_was_changed_deleted_or_slipped_in_is_found,
    a_call_that_was_changed_or_taken_out_is_found,
    a_link_of_a_row_that_was_changed_or_cut_off_is_found,
    every_decision_is_made_again_bit_for_bit,
    a_denial_that_changes_nothing_is_counted_beside_the_first,
    a_sealed_day_keeps_its_root,
    every_day_that_is_over_is_sealed_once,
    the_schema_allows_one_open_attempt_a_person,
    decisions_are_traced_with_what_they_rested_on,
    a_look_into_a_file_and_the_texts_of_a_version_are_kept,
);

pub(crate) async fn some_calls(world: &World) {
    let rows: Vec<_> = (1..=20).map(row).collect();
    let campaign = world.campaign("reminders", &rows).await;
    for contact in world.store.claim(campaign, 20, noon()).await.expect("claimed") {
        let attempt = world.permit(&contact, noon()).await.attempt();
        world.store.finish(promised(attempt), noon()).await.expect("finished");
    }
}

async fn let_in(world: &World) {
    let open = match world.store.kind() {
        Kind::Sqlite => "DROP TRIGGER decision_is_never_changed; DROP TRIGGER decision_is_never_deleted",
        Kind::Postgres => "DROP TRIGGER decision_is_never_changed ON decision",
    };
    world.raw(open).await.expect("an intruder with the owner's rights");
}

async fn the_ledger_and_the_decisions_are_append_only(world: World) {
    some_calls(&world).await;
    for sql in [
        "UPDATE event SET kind = 'message'",
        "DELETE FROM event",
        "UPDATE decision SET allow = 0, deny_rule = 'x'",
        "DELETE FROM decision",
    ] {
        let refused = world.raw(sql).await.expect_err(sql).to_string();
        assert!(refused.contains("append-only"), "{sql}: {refused}");
    }
}

async fn a_flipped_record_is_found(world: World) {
    some_calls(&world).await;
    let whole = world.store.verify_decisions(|_| ()).await.expect("walked");
    assert_eq!(whole.iter().map(|chain| chain.records).sum::<i64>(), 20);
    assert!(whole.iter().all(|chain| chain.broken.is_empty()), "{whole:?}");
    let_in(&world).await;
    let flip =
        "UPDATE decision SET record = replace(record, '\"allow\":true', '\"allow\":false') WHERE id = 7";
    world.raw(flip).await.expect("flipped");
    assert_eq!(found(&world).await, [(7, Wrong::Record)]);
}

async fn a_flipped_column_is_found(world: World) {
    some_calls(&world).await;
    let_in(&world).await;
    for (id, set) in [
        (3, "at = at + 1"),
        (4, "contact_id = CASE contact_id WHEN 1 THEN 2 ELSE 1 END"),
        (9, "next_allowed = NULL"),
        (11, "basis = 'x'"),
    ] {
        world.raw(&format!("UPDATE decision SET {set} WHERE id = {id}")).await.expect("flipped");
    }
    world.raw("UPDATE decision SET allow = 0, deny_rule = 'x' WHERE id = 12").await.expect("flipped");
    assert_eq!(found(&world).await, [3, 4, 9, 11, 12].map(|id| (id, Wrong::Columns)));
}

async fn a_link_or_a_head_that_was_changed_is_found(world: World) {
    some_calls(&world).await;
    let_in(&world).await;
    world.raw("UPDATE decision SET prev_hash = 'x' WHERE id = 9").await.expect("flipped");
    assert_eq!(found(&world).await, [(9, Wrong::Record)], "the hash covers the one before");
    for set in ["at = at + 1", "at = at - 2", "seq = seq - 1", "hash = 'x'"] {
        world.raw(&format!("UPDATE chain SET {set} WHERE id = 5")).await.expect("flipped");
        let walked = world.store.verify_decisions(|_| ()).await.expect("walked");
        assert_eq!(walked[5].broken.last().map(|broken| broken.wrong), Some(Wrong::Head), "{set}");
    }
    for set in ["name = 'x'", "body = body || ' '"] {
        world.raw(&format!("UPDATE rule_set SET {set}")).await.expect("flipped");
        assert_eq!(world.store.verify_rules().await.expect("read").len(), 1, "{set}");
    }
}

/// What is broken: the decision and what is wrong with it, by decision.
async fn found(world: &World) -> Vec<(i64, Wrong)> {
    let walked = world.store.verify_decisions(|_| ()).await.expect("walked");
    let broken = walked.iter().flat_map(|chain| &chain.broken);
    let mut found: Vec<_> =
        broken.map(|broken| (broken.decision.map_or(0, |id| id.0), broken.wrong)).collect();
    found.sort_by_key(|(id, _)| *id);
    found
}

async fn a_record_cut_off_is_found(world: World) {
    some_calls(&world).await;
    let_in(&world).await;
    world.raw("DELETE FROM attempt WHERE decision_id = 20").await.expect_err("the ledger points at it");
    let last_of_chain = "UPDATE decision SET seq = seq + 100 WHERE id = 20";
    world.raw(last_of_chain).await.expect("moved out of sight");
    assert_eq!(found(&world).await, [(0, Wrong::Missing)]);
}

/// Takes the guards off a table, as an intruder with the owner's rights does; nothing refers to anything any more.
pub(crate) async fn open(world: &World, table: &str) {
    let sql = match world.store.kind() {
        Kind::Sqlite => format!(
            "DROP TRIGGER IF EXISTS {table}_is_never_changed; DROP TRIGGER IF EXISTS {table}_is_never_deleted"
        ),
        Kind::Postgres => format!("ALTER TABLE {table} DISABLE TRIGGER ALL"),
    };
    world.raw(&sql).await.expect("an intruder with the owner's rights");
}

/// A statement with the references between tables off.
pub(crate) async fn forge(world: &World, sql: &str) {
    let sql = match world.store.kind() {
        Kind::Sqlite => format!("PRAGMA foreign_keys = OFF; {sql}"),
        Kind::Postgres => format!("SET session_replication_role = replica; {sql}"),
    };
    world.raw(&sql).await.expect("forged");
}

pub(crate) async fn broken_rows(world: &World) -> Vec<(String, i64, WrongRow)> {
    let found = world.store.verify_rows(|_| ()).await.expect("walked");
    let name = |one: BrokenRow| {
        let (table, id) = one.row.map_or((String::new(), 0), |row| (row.table, row.id));
        (table, id, one.wrong)
    };
    found.broken.into_iter().map(name).collect()
}

async fn an_entry_that_was_changed_deleted_or_slipped_in_is_found(world: World) {
    some_calls(&world).await;
    let past = PastContact {
        person: Some("p1".into()),
        phone: None,
        at: Some(noon()),
        kind: EventKind::Message,
        channel_exact: None,
        agent: None,
        creditor: None,
        debt: None,
        external_id: "1".into(),
        reaction: ToldReaction::default(),
    };
    let past = Past { contacts: vec![past], source: "crm".into(), dry_run: false, strict: false };
    world.store.record_past(past, noon()).await.expect("written");
    let whole = world.store.verify_rows(|_| ()).await.expect("walked");
    assert_eq!(
        (whole.links, whole.broken),
        (62, Vec::new()),
        "where the list says people are, 20 calls, two entries each, and the message"
    );
    open(&world, "event").await;
    forge(&world, "UPDATE event SET at = at + 1 WHERE id = 5").await;
    assert_eq!(broken_rows(&world).await, [("event".to_owned(), 5, WrongRow::Changed)]);
    forge(&world, "UPDATE event SET at = at - 1 WHERE id = 5; DELETE FROM event WHERE id = 41").await;
    assert_eq!(broken_rows(&world).await, [("event".to_owned(), 41, WrongRow::Gone)]);
    let copy = "INSERT INTO event (id, person_id, at, kind, channel_exact, dial_mode, source, written_at) \
        SELECT 77, person_id, at, kind, channel_exact, dial_mode, source, written_at FROM event WHERE id = 5";
    forge(&world, copy).await;
    let found = broken_rows(&world).await;
    assert!(found.contains(&("event".to_owned(), 77, WrongRow::Unsealed)), "{found:?}");
}

async fn a_call_that_was_changed_or_taken_out_is_found(world: World) {
    some_calls(&world).await;
    forge(&world, "UPDATE attempt SET disposition = 'hung_up' WHERE id = 3").await;
    assert_eq!(broken_rows(&world).await, [("attempt".to_owned(), 3, WrongRow::Changed)]);
    forge(&world, "UPDATE attempt SET disposition = 'promise_to_pay' WHERE id = 3").await;
    assert_eq!(broken_rows(&world).await, []);
    forge(&world, "DELETE FROM attempt WHERE id = 4").await;
    let found = broken_rows(&world).await;
    let gone = ("attempt".to_owned(), 4, WrongRow::Gone);
    assert_eq!(found[..2], [gone.clone(), gone], "by its own link and by the entries of the ledger");
    assert_eq!(found[2..], [("decision".to_owned(), 4, WrongRow::NotDialled)]);
}

async fn a_link_of_a_row_that_was_changed_or_cut_off_is_found(world: World) {
    some_calls(&world).await;
    open(&world, "sealed_row").await;
    open(&world, "event").await;
    // An intruder who changes the row and its digest together.
    let forged = "UPDATE sealed_row SET digest = 'x' WHERE of_what = 'event' AND row_id = 5";
    forge(&world, forged).await;
    let found = broken_rows(&world).await;
    assert!(found.contains(&("event".to_owned(), 5, WrongRow::Link)), "{found:?}");
    let last =
        "DELETE FROM sealed_row WHERE chain = 9 AND seq = (SELECT MAX(seq) FROM sealed_row WHERE chain = 9)";
    forge(&world, last).await;
    let found = broken_rows(&world).await;
    assert!(found.iter().any(|one| one.2 == WrongRow::Missing), "{found:?}");
    assert!(found.iter().any(|one| one.2 == WrongRow::Unsealed), "its row has no link any more: {found:?}");
}

async fn every_decision_is_made_again_bit_for_bit(world: World) {
    some_calls(&world).await;
    let campaign = world.campaign("second", &[second_debt(1), row(30)]).await;
    let refused = world.store.claim(campaign, 2, noon() + hours(2)).await.expect("claimed");
    let hold = Hold::new(HoldKind::Bankruptcy, refused[0].person, noon());
    let (hold, _) = world.hold(hold).await;
    for contact in &refused {
        assert!(matches!(world.reserve(contact, noon() + hours(2)).await, Reserved::Denied(_)));
    }
    // What came later changes nothing in what was decided.
    world
        .store
        .lift_hold_by_hand(refused[0].person, hold, by_hand(), noon() + hours(3))
        .await
        .expect("lifted");
    let day = Period { from: noon() - hours(9), to: noon() + hours(15) };
    let replay = async || {
        let mut told = Vec::new();
        world
            .store
            .replay_decisions(day, |again| told.push((again.decision.0, again.same)))
            .await
            .expect("replayed");
        told
    };
    let told = replay().await;
    assert_eq!((told.len(), world.store.count_decisions(day).await.expect("counted")), (22, 22));
    assert!(told.iter().all(|(_, same)| *same == Same::Yes), "{told:?}");
    let_in(&world).await;
    let flip = "UPDATE decision SET record = replace(record, '\"limit\":1', '\"limit\":2') WHERE id = 7";
    world.raw(flip).await.expect("flipped");
    world.raw("UPDATE decision SET record = 'x' WHERE id = 8").await.expect("flipped");
    let told = replay().await;
    let differ: Vec<_> = told.into_iter().filter(|(_, same)| !same.holds()).collect();
    assert_eq!(differ, [(7, Same::No), (8, Same::Unreadable)]);
    world.raw("UPDATE rule_set SET body = body || ' '").await.expect("changed");
    assert!(matches!(replay().await[0].1, Same::NoRules { .. }));
}

async fn a_denial_that_changes_nothing_is_counted_beside_the_first(world: World) {
    let rows = [row(1), second_debt(1)];
    let campaign = world.campaign("reminders", &rows).await;
    let contacts = world.store.claim(campaign, 2, noon()).await.expect("claimed");
    let hold = Hold::new(HoldKind::Bankruptcy, contacts[0].person, noon());
    world.hold(hold).await;
    for minute in 0..3 {
        for contact in &contacts {
            let again = "UPDATE contact SET state = 'queued', why = '', next_at = NULL";
            world.raw(again).await.expect("queued again");
            let now = noon() + seconds(60 * minute);
            assert!(matches!(world.reserve(contact, now).await, Reserved::Denied(_)));
        }
    }
    let day = Period { from: noon() - hours(9), to: noon() + hours(15) };
    assert_eq!(world.store.count_decisions(day).await.expect("counted"), 2, "one a contact");
}

async fn a_sealed_day_keeps_its_root(world: World) {
    some_calls(&world).await;
    let root = world.store.seal_day(date(2026, 3, 3)).await.expect("sealed");
    assert_eq!(root.len(), 64);
    assert_eq!(world.store.seal_day(date(2026, 3, 3)).await.expect("sealed"), root);
    let empty = world.store.seal_day(date(2026, 3, 2)).await.expect("sealed");
    assert_ne!(empty, root, "nothing was decided the day before");
    assert!(world.store.verify_days().await.expect("made again").iter().all(VerifiedDay::fits));
    let_in(&world).await;
    world
        .raw("UPDATE decision SET at = at + 86400000000 WHERE id = 20")
        .await
        .expect("moved to the next day");
    let unfit: Vec<_> =
        world.store.verify_days().await.expect("made again").into_iter().filter(|day| !day.fits()).collect();
    assert_eq!(unfit.iter().map(|day| day.day).collect::<Vec<_>>(), [date(2026, 3, 3)]);
}

async fn every_day_that_is_over_is_sealed_once(world: World) {
    assert_eq!(world.store.seal_days(noon()).await.expect("sealed"), [], "nothing was decided yet");
    some_calls(&world).await;
    assert_eq!(
        world.store.seal_days(noon() + hours(12)).await.expect("sealed"),
        [],
        "the day may still be written to"
    );
    let sealed = world.store.seal_days(noon() + hours(49)).await.expect("sealed");
    let days: Vec<_> = sealed.iter().map(|sealed| sealed.day).collect();
    assert_eq!(days, [date(2026, 3, 3), date(2026, 3, 4)]);
    assert_eq!(world.store.seal_days(noon() + hours(50)).await.expect("sealed"), []);
    assert_eq!(world.store.sealed_days(Some(date(2026, 3, 3))).await.expect("read"), sealed[1..]);
}

async fn the_schema_allows_one_open_attempt_a_person(world: World) {
    let contact = world.one_contact().await;
    let permit = world.permit(&contact, noon()).await;
    let copy = "INSERT INTO attempt (contact_id, campaign_id, person_id, debt_id, decision_id, node, phone, trunk, \
        caller_id, channel, debtor_type, debt_kind, creditor_id, amount_minor, currency, config_version, \
        flow_version, due_at, reserved_at) SELECT contact_id, campaign_id, person_id, debt_id, decision_id, node, \
        phone, trunk, caller_id, channel, debtor_type, debt_kind, creditor_id, amount_minor, currency, \
        config_version, flow_version, due_at, reserved_at FROM attempt";
    let refused = world.raw(copy).await.expect_err("a second open attempt").to_lowercase();
    assert!(refused.contains("unique"), "{refused}");
    drop(permit);
}

async fn decisions_are_traced_with_what_they_rested_on(world: World) {
    some_calls(&world).await;
    let person = world.store.person_files("p5").await.expect("read")[0].id;
    let traced = world.store.trace_person(person, DecisionId(0)).await.expect("read");
    let said = traced[0].said.as_ref().expect("it can be read");
    assert!(traced.len() == 1 && traced[0].fits && said.decision.allow && said.history.is_some());
    assert_eq!((traced[0].campaign.as_str(), said.config.as_str()), ("reminders", "c1"));
    let rules = world.store.rules_of(&said.rules).await.expect("read").expect("they are kept");
    assert_eq!(rules.preset, world.rules.preset);
    let attempts = world.store.attempts_of(person).await.expect("read");
    assert_eq!(
        (traced[0].attempt, traced[0].id),
        (Some(attempts[0].id), attempts[0].decision.expect("decided"))
    );
    assert_eq!(world.store.trace_person(person, traced[0].id).await.expect("read").len(), 0);
    let day = Period { from: noon() - hours(9), to: noon() + hours(15) };
    assert_eq!(world.store.trace_period(day, DecisionId(0)).await.expect("read").len(), 20);
    assert_eq!(
        world.store.ledger_rows(person).await.expect("read").len(),
        2,
        "a reservation and a conversation"
    );
}

async fn a_look_into_a_file_and_the_texts_of_a_version_are_kept(world: World) {
    some_calls(&world).await;
    let person = world.store.person_files("p5").await.expect("read")[0].id;
    world.store.note_access(person, "auditor (uid 1000)", "audit person", noon()).await.expect("written");
    let looks = world.store.accesses(person).await.expect("read");
    assert_eq!(looks.iter().map(|look| look.who.as_str()).collect::<Vec<_>>(), ["auditor (uid 1000)"]);
    let refused = world.raw("UPDATE access SET who = 'nobody'").await.expect_err("append-only").to_string();
    assert!(refused.contains("append-only"), "{refused}");
    let texts = [("flows/a.yaml", "flow: a"), ("limits.toml", "")]
        .map(|(file, text)| (file.to_owned(), text.to_owned()));
    for version in ["v1", "v1", "v2"] {
        world.store.keep_texts(version, &texts, noon()).await.expect("kept");
    }
    assert_eq!(world.store.kept_texts("v2").await.expect("read"), texts);
    assert_eq!(world.store.kept_texts("v3").await.expect("read"), []);
    assert_eq!(world.store.verify_texts().await.expect("walked"), Vec::<String>::new());
    world.raw("UPDATE kept_text SET body = 'flow: b' WHERE body = 'flow: a'").await.expect("forged");
    assert_eq!(world.store.verify_texts().await.expect("walked").len(), 1);
}
