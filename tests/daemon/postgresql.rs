//! The whole way on PostgreSQL, as on SQLite.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::date;
use obzvon::demo::carrier::persona::{Persona, dice};
use obzvon::demo::carrier::script::{Refusal, Step};

use crate::carrier_with;
use crate::house::{House, assert_no_debtor, config, number, until_within};
use crate::postgres::new_database;

const PEOPLE: u32 = 12;

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql_a_list_comes_to_outcomes_call_by_call() {
    let refuses = |code, reason| vec![Step::Refuse(Refusal::new(code, reason, None))];
    let takes_the_link = Persona::PaysByLink.script(&mut dice(1, "1", 0), date(2026, 2, 3)).steps;
    let special = [
        (0, takes_the_link),
        (1, vec![Step::Ring(180)]),
        (2, refuses(404, "Not Found")),
        (3, vec![Step::Ring(180), Step::Answer, Step::Listen(Duration::from_secs(2)), Step::HangUp]),
    ];
    let carrier = carrier_with(refuses(486, "Busy Here"), &special).await;
    let house = House::new(config(carrier.addr()).set("obzvon.toml", "storage.url", new_database("daemon")));
    house.import(PEOPLE);
    let daemon = house.start();
    until_within(240, "everybody was called", || house.count(&["queued", "in_flight"]) == 0);
    let (_, metrics) = daemon.get("/metrics").expect("metrics");
    daemon.stop();
    assert_no_debtor(&metrics, PEOPLE);

    let attempts = house.attempts();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let came_to: BTreeMap<_, _> = attempts
        .iter()
        .map(|attempt| (text(&attempt["phone"]), (text(&attempt["outcome"]), text(&attempt["disposition"]))))
        .collect();
    for n in 0..PEOPLE {
        let expected = match n {
            0 => ("answered", "link_sent"),
            1 => ("no_answer", ""),
            2 => ("invalid_number", ""),
            // He hangs up after two seconds; how much of the flow there was by then is the machine's matter.
            3 => ("answered", &*came_to[&number(3)].1),
            _ => ("busy", ""),
        };
        let (outcome, disposition) = &came_to[&number(n)];
        assert_eq!((outcome.as_str(), disposition.as_str()), expected, "of {n}");
    }
    let ours: Vec<_> = attempts.iter().map(|attempt| attempt["attempt"].as_i64()).collect();
    let mut theirs: Vec<_> = carrier.calls().iter().map(|call| call.attempt).collect();
    theirs.sort_unstable();
    assert_eq!(ours, theirs, "each INVITE has its attempt and each attempt its INVITE");
    let total: u64 = house.states().iter().map(|(.., contacts)| contacts).sum();
    assert_eq!(total, u64::from(PEOPLE), "{:?}", house.states());
}
