//! The machine speaks first, and whoever wants a person presses a key.

use std::time::Duration;

use obzvon::agents::State;
use obzvon::demo::carrier::script::Step;
use obzvon::demo::carrier::sound::synth::Sound;

use crate::house;
use crate::office::{
    AGENT_HZ, DEBTOR_HZ, Desk, Office, agents_phones, debtors, desk_phone, heard, seconds_of,
};

#[tokio::test(flavor = "multi_thread")]
async fn who_is_reminded_by_the_machine_reaches_an_agent_by_a_key() {
    let (debtors_heard, annas) = (tempfile::tempdir().expect("one"), tempfile::tempdir().expect("two"));
    let listen = |seconds| Step::Listen(Duration::from_secs(seconds));
    let press = |key: &str| Step::Press(key.to_owned());
    // It is he, and he wants a person; the notice before that can't be skipped, and what he says of himself comes first.
    let steps = vec![
        Step::Ring(180),
        Step::Wait(Duration::from_millis(500)),
        Step::Answer,
        Step::Play(Sound::Hello),
        listen(14),
        press("1"),
        listen(3),
        press("3"),
        listen(3),
        press("3"),
        Step::Loop(Sound::Ringback),
        listen(60),
        Step::HangUp,
    ];
    let carrier = debtors(steps, &[], debtors_heard.path()).await;
    let phones = agents_phones(desk_phone(), annas.path()).await;
    let contact = format!("sip:anna@{}", phones.addr());
    // The campaign as it is shipped: the machine calls.
    let config = house::config(carrier.addr())
        .set("agents.toml", "wrap_up_s", 1)
        .set("agents.toml", "disposition_first", false)
        .set("agents.toml", "queue.collectors.skills", Vec::<String>::new())
        .set("agents.toml", "agent.anna.contact", contact.as_str())
        .set("agents.toml", "agent.anna.leg", "per_call")
        .set("agents.toml", "agent.anna.skills", vec!["language:ru".to_owned()]);
    let desk = Desk { login: "anna", contact, leg: "per_call" };
    let office = Office::begin(config, 1, &[desk], async |_| {}).await;
    office.until(30, "he is called", || office.inside().live.count() == 1).await;
    assert_eq!(office.state("anna"), State::Ready, "no agent is kept for a call of the machine's");
    office.until(60, "they talk", || matches!(office.state("anna"), State::Talking { .. })).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    let anna = obzvon::domain::AgentId::parse("anna").expect("a login");
    let call = office.inside().floor.call_of(&anna).expect("the call");
    assert!(office.inside().live.desk(call, obzvon::call::Desk::HangUp));
    office.until_done(20).await;
    let attempts = office.close().await;

    let [attempt] = &attempts[..] else { panic!("{attempts:#?}") };
    assert_eq!(
        (&attempt["outcome"], &attempt["disposition"], &attempt["identified"]),
        (&"answered".into(), &"connected".into(), &true.into()),
        "{attempt:#?}"
    );
    let agent = seconds_of(&heard(&debtors_heard, call.0), AGENT_HZ);
    let debtor = seconds_of(&heard(&annas, call.0), DEBTOR_HZ);
    println!("he heard {agent} s of her, she {debtor} s of him");
    assert!(agent > 2.5 && debtor > 2.5, "he heard {agent} s of her, she {debtor} s of him");
}
