//! SIGTERM: no new call, and time for those that are up.

use std::time::Duration;

use nix::sys::signal::Signal;
use obzvon::demo::carrier::Ending;
use obzvon::demo::carrier::script::Step;

use crate::house::{CHANNELS, House, TRUNKS, config, until};
use crate::{carrier, ended, talking};

#[tokio::test(flavor = "multi_thread")]
async fn nobody_new_is_called_and_who_talks_is_let_finish() {
    let talks = vec![Step::Ring(180), Step::Answer, Step::Listen(Duration::from_secs(4)), Step::HangUp];
    let carrier = carrier(talks).await;
    let house = House::new(config(carrier.addr()).set(TRUNKS, CHANNELS, 2));
    house.import(20);
    let daemon = house.start();
    until("two talk", || talking(&carrier) == 2);
    daemon.signal(Signal::SIGTERM);
    until("it is not ready any more", || {
        daemon.get("/readyz").is_none_or(|(code, text)| code == 503 && text.contains("draining"))
    });
    daemon.stop();
    let calls = carrier.calls();
    assert_eq!(ended(&carrier, Ending::HungUpByCallee), calls.len(), "every call ended by itself: {calls:?}");
    let attempts = house.attempts();
    assert_eq!(attempts.len(), calls.len());
    assert!(attempts.iter().all(|attempt| attempt["outcome"] == "answered"), "{attempts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_talks_beyond_the_limit_is_hung_up_on_and_written_down() {
    let carrier = carrier(vec![Step::Ring(180), Step::Answer]).await;
    let house = House::new(config(carrier.addr()).set("obzvon.toml", "daemon.drain_limit_s", 1));
    house.import(1);
    let daemon = house.start();
    until("he talks", || talking(&carrier) == 1);
    daemon.stop();
    assert_eq!(ended(&carrier, Ending::HungUpByCaller), 1);
    let attempts = house.attempts();
    assert_eq!((&attempts[0]["outcome"], &attempts[0]["hung_up_by"]), (&"answered".into(), &"us".into()));
    assert_eq!(attempts[0]["disposition"], "cut_off", "it was not he who hung up");
}
