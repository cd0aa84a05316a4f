//! Proof: what was decided and done cannot be changed unseen.

use jiff::civil::date;

use obzvon::rules::{Hold, HoldKind};
use obzvon::store::{Kind, Period, Reserved, RulesInForce, Same};

use crate::world::{World, hours, noon, promised, row};

crate::on_both_engines!(
    the_ledger_and_the_decisions_are_append_only,
    a_flipped_record_is_found,
    a_record_cut_off_is_found,
    every_decision_is_made_again_bit_for_bit,
    a_sealed_day_keeps_its_root,
    the_schema_allows_one_open_attempt_a_person,
);

async fn some_calls(world: &World) {
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
    let whole = world.store.verify_decisions().await.expect("walked");
    assert_eq!(whole.iter().map(|chain| chain.records).sum::<i64>(), 20);
    assert!(whole.iter().all(|chain| chain.broken_at.is_none()), "{whole:?}");
    let_in(&world).await;
    let flip =
        "UPDATE decision SET record = replace(record, '\"allow\":true', '\"allow\":false') WHERE id = 7";
    world.raw(flip).await.expect("flipped");
    let broken = world.store.verify_decisions().await.expect("walked");
    assert_eq!(broken.iter().filter(|chain| chain.broken_at.is_some()).count(), 1, "{broken:?}");
}

async fn a_record_cut_off_is_found(world: World) {
    some_calls(&world).await;
    let_in(&world).await;
    world.raw("DELETE FROM attempt WHERE decision_id = 20").await.expect_err("the ledger points at it");
    let last_of_chain = "UPDATE decision SET seq = seq + 100 WHERE id = 20";
    world.raw(last_of_chain).await.expect("moved out of sight");
    let broken = world.store.verify_decisions().await.expect("walked");
    assert_eq!(broken.iter().filter(|chain| chain.broken_at.is_some()).count(), 1, "{broken:?}");
}

async fn every_decision_is_made_again_bit_for_bit(world: World) {
    some_calls(&world).await;
    let campaign = world.campaign("second", &[row(1), row(30)]).await;
    let refused = world.store.claim(campaign, 2, noon() + hours(2)).await.expect("claimed");
    let hold = Hold::new(HoldKind::Bankruptcy, refused[0].person, noon());
    let (hold, _) = world.store.add_hold(hold).await.expect("set");
    for contact in &refused {
        assert!(matches!(world.reserve(contact, noon() + hours(2)).await, Reserved::Denied(_)));
    }
    // What came later changes nothing in what was decided.
    world.store.lift_hold(refused[0].person, hold, noon() + hours(3)).await.expect("lifted");
    let day = Period { from: noon() - hours(9), to: noon() + hours(15) };
    let replay = async |rules: Option<RulesInForce>| {
        let mut told = Vec::new();
        let find =
            |hash: &str, body: &str| rules.clone().filter(|r| &*r.hash == hash && body.contains("ru.window"));
        world.store.replay_decisions(day, find, |again| told.push(again.same)).await.expect("replayed");
        told
    };
    let told = replay(Some(world.rules.clone())).await;
    assert_eq!(told.len(), 22);
    assert!(told.iter().all(|same| *same == Same::Yes), "{told:?}");
    assert!(matches!(replay(None).await[0], Same::NoRules { .. }));
}

async fn a_sealed_day_keeps_its_root(world: World) {
    some_calls(&world).await;
    let root = world.store.seal_day(date(2026, 3, 3)).await.expect("sealed");
    assert_eq!(root.len(), 64);
    assert_eq!(world.store.seal_day(date(2026, 3, 3)).await.expect("sealed"), root);
    let empty = world.store.seal_day(date(2026, 3, 2)).await.expect("sealed");
    assert_ne!(empty, root, "nothing was decided the day before");
}

async fn the_schema_allows_one_open_attempt_a_person(world: World) {
    let contact = world.one_contact().await;
    let permit = world.permit(&contact, noon()).await;
    let copy = "INSERT INTO attempt (contact_id, campaign_id, person_id, debt_id, decision_id, node, phone, trunk, \
        caller_id, channel, debtor_type, debt_kind, creditor_id, amount_minor, currency, config_version, \
        flow_version, due_at, reserved_at) SELECT contact_id, campaign_id, person_id, debt_id, decision_id, node, \
        phone, trunk, caller_id, channel, debtor_type, debt_kind, creditor_id, amount_minor, currency, \
        config_version, flow_version, due_at, reserved_at FROM attempt";
    let refused = world.raw(copy).await.expect_err("a second open attempt").to_string().to_lowercase();
    assert!(refused.contains("unique"), "{refused}");
    drop(permit);
}
