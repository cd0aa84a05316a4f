//! Real concurrency: however many ask at once, on however many nodes, a person gets one call.

use std::collections::HashMap;

use obzvon::cases::CaseFilter;
use obzvon::domain::AgentId;
use obzvon::domain::import_row::ImportRow;
use obzvon::rules::{Hold, HoldKind};
use obzvon::store::{FinishRequest, Kind, Reserved, Store};
use tokio::task::JoinSet;

use crate::world::{World, noon, promised, row, seconds};

crate::on_both_engines!(
    of_all_who_ask_at_once_one_gets_the_permit,
    a_complaint_and_the_end_of_its_call_never_wait_for_each_other,
);

/// Debts of each person: tasks that ask for him at once.
const DEBTS: u32 = 10;
/// People asked for at once.
const CROWD: u32 = 50;
/// People asked for in all; `OBZVON_RACES` sets another number (10,000 people are 100,000 tries).
const PEOPLE: u32 = 100;

async fn of_all_who_ask_at_once_one_gets_the_permit(world: World) {
    let people = std::env::var("OBZVON_RACES").ok().and_then(|n| n.parse().ok()).unwrap_or(PEOPLE);
    let rows: Vec<_> = (1..=people)
        .flat_map(|n| (0..DEBTS).map(move |debt| ImportRow { external_id: format!("d{n}/{debt}"), ..row(n) }))
        .collect();
    let campaign = world.campaign("reminders", &rows).await;
    let nodes = nodes(&world).await;
    let mut permits: HashMap<_, u32> = HashMap::new();
    let mut tries = 0;
    loop {
        // One person's contacts have one score, so a crowd has all of each person's.
        let contacts = world.store.claim(campaign, CROWD * DEBTS, noon()).await.expect("claimed");
        if contacts.is_empty() {
            break;
        }
        tries += u32::try_from(contacts.len()).expect("a crowd");
        let mut race = JoinSet::new();
        for (number, contact) in contacts.iter().enumerate() {
            let (store, request) = (nodes[number % nodes.len()].clone(), world.request(contact));
            let who = contact.person;
            race.spawn(async move { (who, store.reserve(request, noon()).await.expect("the gate answers")) });
        }
        for (who, reserved) in race.join_all().await {
            if matches!(reserved, Reserved::Permit(_)) {
                *permits.entry(who).or_default() += 1;
            }
        }
    }
    assert_eq!(tries, people * DEBTS);
    assert_eq!(permits.len(), people as usize, "everybody gets one");
    let double: Vec<_> = permits.iter().filter(|(_, n)| **n != 1).collect();
    assert!(double.is_empty(), "two calls at once: {double:?}");
    println!("{tries} tries on {} nodes, {} permits, none double", nodes.len(), permits.len());
}

/// Nodes on the one database, each with connections of its own.
async fn nodes(world: &World) -> Vec<Store> {
    let names: &[&str] = match world.store.kind() {
        Kind::Postgres => &["two", "three", "four"],
        Kind::Sqlite => &["two"],
    };
    let mut nodes = vec![world.store.clone()];
    for name in names {
        nodes.push(world.node(name).await);
    }
    nodes
}

/// Calls in which both come at once.
const CALLS: u32 = 120;

/// An agent's key and the flow's tell the same complaint, on different nodes: whoever took chains before attempts would now and
/// then be told by PostgreSQL that the two wait for each other.
async fn a_complaint_and_the_end_of_its_call_never_wait_for_each_other(world: World) {
    let rows: Vec<_> = (1..=CALLS).map(row).collect();
    let campaign = world.campaign("reminders", &rows).await;
    let nodes = nodes(&world).await;
    let anna = AgentId::parse("anna").expect("a login");
    let mut calls = Vec::new();
    for contact in world.store.claim(campaign, CALLS, noon()).await.expect("claimed") {
        calls.push((contact.person, world.permit(&contact, noon()).await.attempt()));
    }
    let (complains, ends) = (&nodes[0], &nodes[nodes.len() - 1]);
    let mut race = JoinSet::new();
    for (person, attempt) in calls {
        let (store, anna) = (complains.clone(), anna.clone());
        race.spawn(
            async move { store.complain(attempt, &anna, "rude", noon() + seconds(20)).await.map(|_| ()) },
        );
        let evidence = Some(format!("attempt {attempt}"));
        let hold = Hold { evidence, ..Hold::new(HoldKind::ComplaintOpen, person, noon()) };
        let request = FinishRequest { holds: vec![hold], ..promised(attempt) };
        let store = ends.clone();
        race.spawn(async move { store.finish(request, noon() + seconds(30)).await.map(|_| ()) });
    }
    let faults: Vec<_> = race.join_all().await.into_iter().filter_map(Result::err).collect();
    assert!(faults.is_empty(), "{} of {CALLS} calls: {}", faults.len(), faults[0]);
    let cases = world.store.cases(CaseFilter::default()).await.expect("read");
    assert_eq!(cases.len(), CALLS as usize, "one case a call");
    assert_eq!(world.store.check_tallies().await.expect("counted"), [], "the reports know of it");
}
