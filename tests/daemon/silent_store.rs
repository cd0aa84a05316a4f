//! A database that can't be written for a while: what was said on the telephone waits for it.

use jiff::civil::date;
use obzvon::demo::carrier::persona::{Persona, dice};

use crate::house::{House, config, until, until_within};
use crate::{carrier, talked, talking};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_debtor_said_while_nothing_could_be_written_is_written_afterwards() {
    let story = Persona::StopsCalls.script(&mut dice(1, "1", 0), date(2026, 2, 3));
    let carrier = carrier(story.steps).await;
    let house = House::new(config(carrier.addr()));
    house.import(1);
    let daemon = house.start();
    until("he talks", || talking(&carrier) == 1);
    let other = rusqlite::Connection::open(house.path("data/obzvon.db")).expect("the database");
    other.execute_batch("BEGIN IMMEDIATE").expect("the lock");
    until_within(120, "the talk is over", || talked(&carrier) == 1);
    until_within(120, "the daemon says that it can't write", || {
        daemon.get("/readyz").is_some_and(|(status, why)| status == 503 && why.contains("written"))
    });
    assert_eq!(daemon.metric("obzvon_store_silent"), Some(1.0));
    until_within(120, "it tries again", || house.log().contains("not written yet"));
    // Who only counts waits for nobody; a file of people is given to nobody who can't be written down.
    assert_eq!(house.states()[0].0, "in_flight");
    assert!(!house.try_run(&["export", "attempts"]).status.success());
    other.execute_batch("ROLLBACK").expect("given back");
    until_within(120, "it is written", || house.attempts()[0]["outcome"] == "answered");
    let holds = house.run(&["hold", "list", "p0", "--lang", "en"]);
    assert!(holds.contains("attempt 1"), "what he asked for: {holds}");
    until_within(60, "the daemon is ready again", || {
        daemon.get("/readyz").is_some_and(|(status, _)| status == 200)
    });
    daemon.stop();
}
