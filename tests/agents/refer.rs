//! REFER: the trunk moves a debtor to a number outside, and an agent's phone hands its call on.

use std::time::Duration;

use obzvon::agents::State;
use obzvon::call::{Desk as Wish, Seat, Whom};
use obzvon::demo::carrier::Carrier;
use obzvon::demo::carrier::script::Step;
use obzvon::demo::carrier::sound::synth::Sound;
use obzvon::demo::carrier_config::CarrierConfig;
use obzvon::domain::{AgentId, AttemptId, PhoneNumber};

use crate::house::number;
use crate::many::speech;
use crate::office::{
    BORIS_HZ, DEBTOR_HZ, Desk, Office, agents_phones, agents_phones_of, config, debtors, desk_phone, heard,
    person, seconds_of,
};
use crate::phone::Phone;
use crate::sipp_harness::Sipp;

const BRANCH: u32 = 50;

fn anna_at(contact: String) -> Desk {
    Desk { login: "anna", contact, leg: "per_call" }
}

fn branch() -> Whom {
    Whom::Outside(PhoneNumber::parse(&number(BRANCH)).expect("E.164"))
}

/// Waits until the agent talks; gives the call.
async fn call_of(office: &Office, login: &str) -> AttemptId {
    office.until(30, "they talk", || matches!(office.state(login), State::Talking { .. })).await;
    office.inside().floor.call_of(&AgentId::parse(login).expect("a login")).expect("the call")
}

/// Somebody outside who answers, plays his tone, and hangs up after so long.
fn branch_line(seconds: u64) -> Vec<Step> {
    vec![
        Step::Ring(180),
        Step::Wait(Duration::from_millis(300)),
        Step::Answer,
        Step::Loop(Sound::Ringback),
        Step::Listen(Duration::from_secs(seconds)),
        Step::HangUp,
    ]
}

/// Agents may hand calls on to the branch, and the trunk does by itself what this key says.
fn hands_on(config: CarrierConfig, key: &str) -> CarrierConfig {
    config.set("trunks.toml", key, true).set("agents.toml", "transfer_numbers", vec![number(BRANCH)])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trunk_that_moves_calls_is_asked_to_and_the_call_leaves_us() {
    let speech = speech();
    let path = speech.path().to_str().expect("UTF-8");
    let carrier = Sipp::start("refer_person", &["-set", "speech", path]).await;
    let annas = tempfile::tempdir().expect("a folder");
    let phones = agents_phones(desk_phone(), annas.path()).await;
    let desks = [anna_at(format!("sip:anna@{}", phones.addr()))];
    let config = hands_on(config("progressive", carrier.addr, &desks), "trunk.carrier.refer");
    let office = Office::begin(config, 1, &desks, async |_| {}).await;
    let call = call_of(&office, "anna").await;
    assert!(office.inside().live.desk(call, Wish::Transfer(branch())));
    office.until_done(30).await;
    let attempts = office.close().await;
    let log = carrier.finish().await.expect_success();

    assert_eq!(attempts.len(), 1, "{attempts:#?}");
    assert_eq!(
        (&attempts[0]["outcome"], &attempts[0]["hung_up_by"]),
        (&"answered".into(), &"us".into()),
        "{:#?}",
        attempts[0]
    );
    let digits = number(BRANCH).trim_start_matches('+').to_owned();
    let asked: Vec<_> = log.lines().filter(|line| line.starts_with("Refer-To:")).collect();
    assert!(asked.len() == 1 && asked[0].contains(&digits), "{asked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_trunk_does_not_move_we_join_ourselves() {
    let (debtors_heard, annas) = (tempfile::tempdir().expect("one"), tempfile::tempdir().expect("two"));
    let talk = person(Duration::from_millis(500), Duration::from_secs(60));
    let carrier = debtors(talk, &[(BRANCH, branch_line(4))], debtors_heard.path()).await;
    let phones = agents_phones(desk_phone(), annas.path()).await;
    let change = |config: CarrierConfig| hands_on(config, "trunk.carrier.refer");
    let desk = anna_at(format!("sip:anna@{}", phones.addr()));
    let office = Office::open_by(change, "progressive", &carrier, 1, &[desk]).await;
    let call = call_of(&office, "anna").await;
    assert!(office.inside().live.desk(call, Wish::Transfer(branch())));
    office.until_done(60).await;
    office.close().await;

    assert_eq!(carrier.calls().len(), 2);
    let branch = seconds_of(&heard(&debtors_heard, call.0), DEBTOR_HZ);
    assert!(branch > 2.0, "{branch} s of the branch");
}

/// She asks somebody outside, and leaves the debtor to him once he is there.
async fn asks_and_leaves(office: &Office, call: AttemptId) {
    let live = &office.inside().live;
    assert_eq!(live.ask(call, Seat::First, Wish::Consult(branch())).await, Some(Ok(())));
    let patience = std::time::Instant::now() + Duration::from_secs(10);
    while live.ask(call, Seat::First, Wish::Complete).await != Some(Ok(())) {
        assert!(std::time::Instant::now() < patience, "nobody outside answers");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trunk_that_joins_calls_is_asked_to_and_both_leave_us() {
    let speech = speech();
    let path = speech.path().to_str().expect("UTF-8");
    let digits = number(BRANCH).trim_start_matches('+').to_owned();
    let args = ["-set", "speech", path, "-set", "branch", &digits, "-m", "2"];
    let carrier = Sipp::start("refer_replaces", &args).await;
    let annas = tempfile::tempdir().expect("a folder");
    let phones = agents_phones(desk_phone(), annas.path()).await;
    let desks = [anna_at(format!("sip:anna@{}", phones.addr()))];
    let config = hands_on(config("progressive", carrier.addr, &desks), "trunk.carrier.refer_replaces");
    let office = Office::begin(config, 1, &desks, async |_| {}).await;
    let call = call_of(&office, "anna").await;
    asks_and_leaves(&office, call).await;
    office.until_done(30).await;
    let attempts = office.close().await;
    let log = carrier.finish().await.expect_success();

    assert_eq!(attempts.len(), 1, "{attempts:#?}");
    assert_eq!(
        (&attempts[0]["outcome"], &attempts[0]["hung_up_by"]),
        (&"answered".into(), &"us".into()),
        "{:#?}",
        attempts[0]
    );
    // The dialog that is to be replaced is the other call's, as the carrier knows it: its own tag is the to-tag.
    let of_branch = |line: &&str| line.starts_with("INVITE sip:") && line.contains(&digits);
    let invite = log.split_once(log.lines().find(of_branch).expect("he was called")).expect("it is there").1;
    let field = |name: &str| {
        let line = invite.lines().find_map(|line| line.strip_prefix(name)).expect("a header");
        line.trim().to_owned()
    };
    let ours = field("From:").split_once(";tag=").expect("our tag").1.to_owned();
    let replaces = format!("{};to-tag=a2;from-tag={ours}", field("Call-ID:"));
    let escaped = replaces.replace('@', "%40").replace(';', "%3B").replace('=', "%3D");
    let asked: Vec<_> = log.lines().filter(|line| line.starts_with("Refer-To:")).collect();
    let [asked] = asked[..] else { panic!("{asked:?}") };
    assert!(
        asked.contains("<sip:leg2@") && asked.contains(&format!("?Replaces={escaped}>")),
        "{asked}, {replaces}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_trunk_does_not_join_talk_over_us() {
    let (debtors_heard, annas) = (tempfile::tempdir().expect("one"), tempfile::tempdir().expect("two"));
    let talk = person(Duration::from_millis(500), Duration::from_secs(60));
    let carrier = debtors(talk, &[(BRANCH, branch_line(6))], debtors_heard.path()).await;
    let phones = agents_phones(desk_phone(), annas.path()).await;
    let change = |config: CarrierConfig| hands_on(config, "trunk.carrier.refer_replaces");
    let desk = anna_at(format!("sip:anna@{}", phones.addr()));
    let office = Office::open_by(change, "progressive", &carrier, 1, &[desk]).await;
    let call = call_of(&office, "anna").await;
    asks_and_leaves(&office, call).await;
    office
        .until(10, "she has left", || {
            !matches!(office.state("anna"), State::Talking { .. } | State::Hold { .. })
        })
        .await;
    office.until_done(60).await;
    office.close().await;

    let branch = seconds_of(&heard(&debtors_heard, call.0), DEBTOR_HZ);
    assert!(branch > 2.0, "{branch} s of the branch");
}

/// Anna with a baresip of her own, Boris with the extension 102, and a debtor who has just been joined to her.
async fn annas_own_phone(
    debtors_heard: &std::path::Path,
    boriss: &std::path::Path,
) -> (Office, Phone, Carriers) {
    let talk = person(Duration::from_millis(500), Duration::from_secs(60));
    let carrier = debtors(talk, &[], debtors_heard).await;
    let anna = Phone::start("anna").await;
    let boris = agents_phones_of(BORIS_HZ, desk_phone(), boriss).await;
    let desks = [
        anna_at(format!("sip:anna@127.0.0.1:{}", anna.sip_port)),
        Desk { login: "boris", contact: format!("sip:boris@{}", boris.addr()), leg: "per_call" },
    ];
    let change = |config: CarrierConfig| config.set("agents.toml", "agent.boris.extension", "102");
    let office = Office::open_by(change, "progressive", &carrier, 1, &desks).await;
    (office, anna, [carrier, boris])
}

/// The debtors' and Boris's.
type Carriers = [Carrier; 2];

#[tokio::test(flavor = "multi_thread")]
async fn an_agents_phone_hands_its_call_on_to_a_colleague() {
    let (debtors_heard, boriss) = (tempfile::tempdir().expect("one"), tempfile::tempdir().expect("two"));
    let (office, mut anna, _carriers) = annas_own_phone(debtors_heard.path(), boriss.path()).await;
    let call = call_of(&office, "anna").await;
    anna.transfer("sip:102@127.0.0.1").await;
    office.until(10, "he has the call", || matches!(office.state("boris"), State::Talking { .. })).await;
    assert_eq!(call_of(&office, "boris").await, call);
    office.until(10, "she has left", || !matches!(office.state("anna"), State::Talking { .. })).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(office.inside().live.desk(call, Wish::HangUp));
    office.until_done(20).await;
    office.close().await;

    let boris = seconds_of(&heard(&debtors_heard, call.0), BORIS_HZ);
    assert!(boris > 2.0, "the debtor heard {boris} s of him");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agents_phone_hands_its_call_on_to_no_stranger() {
    let (debtors_heard, boriss) = (tempfile::tempdir().expect("one"), tempfile::tempdir().expect("two"));
    let (office, mut anna, [carrier, boris]) = annas_own_phone(debtors_heard.path(), boriss.path()).await;
    call_of(&office, "anna").await;
    // A number that is in no list; the phone may give its call up when that is refused.
    anna.transfer(&format!("sip:{}@127.0.0.1", number(BRANCH).trim_start_matches('+'))).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!((carrier.calls().len(), boris.calls().len()), (1, 0), "nobody else was called");
    office.close().await;
}
