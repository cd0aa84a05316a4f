//! Real concurrency: however many ask at once, on however many nodes, a person gets one call.

use std::sync::Arc;

use obzvon::domain::import_row::ImportRow;
use obzvon::store::{Reserved, Store};
use tokio::task::JoinSet;

use crate::world::{World, noon, row};

crate::on_both_engines!(of_all_who_ask_at_once_one_gets_the_permit);

/// Debts of each person: tasks that ask for him at once.
const DEBTS: u32 = 10;
/// People asked for; `OBZVON_RACES` sets another number (10,000 people are 100,000 tries).
const PEOPLE: u32 = 40;

async fn of_all_who_ask_at_once_one_gets_the_permit(world: World) {
    let people = std::env::var("OBZVON_RACES").ok().and_then(|n| n.parse().ok()).unwrap_or(PEOPLE);
    let rows: Vec<_> = (1..=people)
        .flat_map(|n| (0..DEBTS).map(move |debt| ImportRow { external_id: format!("d{n}/{debt}"), ..row(n) }))
        .collect();
    let campaign = world.campaign("reminders", &rows).await;
    let nodes: [Arc<Store>; 2] = [Arc::new(world.store.clone()), Arc::new(world.node("two").await)];
    let contacts = world.store.claim(campaign, people * DEBTS, noon()).await.expect("claimed");
    assert_eq!(contacts.len(), (people * DEBTS) as usize);

    let mut permits = std::collections::HashMap::new();
    // One person's contacts have one score, so they are neighbours: each group races.
    for person in contacts.chunks(DEBTS as usize) {
        let mut race = JoinSet::new();
        for (lane, contact) in person.iter().enumerate() {
            let (store, request) = (nodes[lane % 2].clone(), world.request(contact));
            let who = contact.person;
            race.spawn(async move { (who, store.reserve(request, noon()).await.expect("the gate answers")) });
        }
        while let Some(asked) = race.join_next().await {
            let (who, reserved) = asked.expect("no panic");
            if matches!(reserved, Reserved::Permit(_)) {
                *permits.entry(who).or_insert(0_u32) += 1;
            }
        }
    }
    assert_eq!(permits.len(), people as usize, "everybody gets one");
    let double: Vec<_> = permits.iter().filter(|(_, n)| **n != 1).collect();
    assert!(double.is_empty(), "two calls at once: {double:?}");
}
