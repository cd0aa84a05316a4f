//! Announcements of operators that the library holds.

use std::time::Duration;

use obzvon::demo::carrier::script::{Refusal, Step};
use obzvon::demo::carrier::sound::synth::{Sound, Sounds};
use obzvon::detect::Entry;
use obzvon::domain::Announcement;

use crate::carrier;
use crate::house::{House, config, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_call_ends_with_what_the_operator_says_and_waits_for_no_refusal() {
    let says = Sounds::synthesised().samples(Sound::NotInService);
    let vague = Step::Refuse(Refusal::new(480, "Temporarily Unavailable", None));
    let pause = Step::Wait(Duration::from_secs(30));
    let carrier = carrier(vec![Step::EarlyMedia, Step::Play(Sound::NotInService), pause, vague]).await;
    let house =
        House::new(config(carrier.addr()).set("obzvon.toml", "media.announcements", "announcements.txt"));
    let entry = Entry::of(Announcement::NotInService, "line-1", &says).expect("five seconds of speech");
    house.write("config/announcements.txt", &format!("{entry}\n"));
    let daemon = house.start();
    house.import(1);
    until("the call is over", || house.attempts().iter().any(|attempt| !attempt["outcome"].is_null()));
    daemon.stop();
    let outcomes: Vec<_> = house.attempts().iter().map(|attempt| attempt["outcome"].clone()).collect();
    assert_eq!(outcomes, ["invalid_number"]);
}
