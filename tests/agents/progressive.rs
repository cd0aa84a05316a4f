//! An agent is reserved, then the call is made: everybody who answers is joined to one.

use std::time::Duration;

use obzvon::agents::{Input, State};
use obzvon::demo::carrier::script::{Refusal, Step};
use obzvon::demo::carrier_config::CarrierConfig;
use obzvon::domain::AgentId;

use crate::client::{Claim, Client, code};
use crate::office::PASSWORD;
use crate::office::{
    AGENT_HZ, DEBTOR_HZ, Desk, Office, agents_phones, debtors, desk_phone, heard, heard_before, person,
    seconds_of,
};
use crate::phone::{Account, Phone};
use crate::program::Program;

const TALK: Duration = Duration::from_secs(4);

#[tokio::test(flavor = "multi_thread")]
async fn everybody_who_answers_talks_to_an_agent_whose_phone_is_called_for_each_call() {
    let (debtors_heard, agents_heard) =
        (tempfile::tempdir().expect("one"), tempfile::tempdir().expect("two"));
    let busy = || vec![Step::Refuse(Refusal::new(486, "Busy Here", Some(17)))];
    let special = [(2, busy()), (5, busy())];
    let carrier = debtors(person(Duration::from_millis(500), TALK), &special, debtors_heard.path()).await;
    let phones = agents_phones(desk_phone(), agents_heard.path()).await;
    let desk = |login| Desk { login, contact: format!("sip:{login}@{}", phones.addr()), leg: "per_call" };
    let office =
        Office::open("progressive", &carrier, 8, &[desk("anna"), desk("boris"), desk("clara")]).await;
    office.until_done(60).await;
    let attempts = office.close().await;

    let answered: Vec<_> = attempts.iter().filter(|a| !a["answer_at"].is_null()).collect();
    assert_eq!((attempts.len(), answered.len()), (8, 6));
    for attempt in answered {
        assert_eq!(attempt["outcome"], "answered", "{attempt}");
        let number = attempt["attempt"].as_i64().expect("a number");
        let to_debtor = seconds_of(&heard(&debtors_heard, number), AGENT_HZ);
        println!("attempt {number}: {to_debtor} s of the agent");
        assert!(to_debtor > 3.0, "{number}: {to_debtor} s of {TALK:?}");
    }
    // Who picks up stays on the line for the next dial, so that each call of a phone has one talk.
    let talks = (0..phones.calls().len()).map(|nth| seconds_of(&heard_before(&agents_heard, nth), DEBTOR_HZ));
    let talks: Vec<_> = talks.filter(|seconds| *seconds > 0.5).collect();
    println!("the agents heard {talks:?} s of the debtors in {} calls", phones.calls().len());
    assert!(talks.len() == 6 && talks.iter().all(|seconds| *seconds > 3.0), "{talks:?} s of {TALK:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_joined_to_three_real_phones_that_stay_up() {
    let debtors_heard = tempfile::tempdir().expect("a folder");
    let carrier = debtors(person(Duration::from_millis(500), TALK), &[], debtors_heard.path()).await;
    let phones = [Phone::start("anna").await, Phone::start("boris").await, Phone::start("clara").await];
    let desk = |login, phone: &Phone| Desk {
        login,
        contact: format!("sip:{login}@127.0.0.1:{}", phone.sip_port),
        leg: "nailed_up",
    };
    let desks = [desk("anna", &phones[0]), desk("boris", &phones[1]), desk("clara", &phones[2])];
    let office = Office::open("progressive", &carrier, 9, &desks).await;
    office.until_done(90).await;
    for login in ["anna", "boris", "clara"] {
        assert!(
            matches!(office.state(login), State::Ready | State::WrapUp { .. }),
            "{:?}",
            office.state(login)
        );
    }
    let attempts = office.close().await;

    assert_eq!(attempts.len(), 9);
    for attempt in &attempts {
        assert_eq!(attempt["outcome"], "answered", "{attempt}");
        let number = attempt["attempt"].as_i64().expect("a number");
        // A phone without a microphone sends back what it hears: the debtor's own voice has gone both ways.
        let echo = seconds_of(&heard(&debtors_heard, number), DEBTOR_HZ);
        println!("attempt {number}: {echo} s there and back");
        assert!(echo > 2.5, "{number}: {echo} s of {TALK:?}");
    }
    let mut all = 0.0;
    for phone in phones {
        all += seconds_of(&phone.heard().await, DEBTOR_HZ);
    }
    assert!(all > 9.0 * 2.5, "the agents heard {all} s of nine talks of {TALK:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_is_called_where_his_phone_has_registered_and_what_he_did_is_kept() {
    let debtors_heard = tempfile::tempdir().expect("a folder");
    let carrier = debtors(person(Duration::from_millis(500), TALK), &[], debtors_heard.path()).await;
    let desk = Desk { login: "anna", contact: String::new(), leg: "per_call" };
    let office = Office::open("progressive", &carrier, 2, &[desk]).await;
    assert_eq!(office.state("anna"), State::NoAudio);
    let registrar = office.inside().stack.local()[0];
    let account = Account { password: PASSWORD, registrar, transport: "udp" };
    let phone = Phone::registering("anna", &account).await;
    office.until_done(60).await;
    let report = office.house.run(&["report", "agents", "--json"]);
    let attempts = office.close().await;

    assert!(attempts.iter().all(|attempt| attempt["outcome"] == "answered"), "{attempts:?}");
    let echo = seconds_of(&heard(&debtors_heard, 1), DEBTOR_HZ);
    assert!(echo > 2.5, "{echo} s of {TALK:?}");
    let to_agent = seconds_of(&phone.heard().await, DEBTOR_HZ);
    println!("{echo} s there and back, {to_agent} s at the agent's phone; {report}");
    assert!(report.contains("anna"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_phone_registers_from_a_new_port_amid_a_talk_talks_on_and_is_called_there_next() {
    let debtors_heard = tempfile::tempdir().expect("a folder");
    let talk = person(Duration::from_millis(500), Duration::from_secs(10));
    let carrier = debtors(talk, &[], debtors_heard.path()).await;
    let desk = Desk { login: "anna", contact: String::new(), leg: "per_call" };
    let office = Office::open("progressive", &carrier, 2, &[desk]).await;
    let registrar = office.inside().stack.local()[0];
    let account = Account { password: PASSWORD, registrar, transport: "udp" };
    let before = Phone::registering("anna", &account).await;
    office.until(30, "they talk", || matches!(office.state("anna"), State::Talking { .. })).await;
    let after = Phone::registering("anna", &account).await;
    let anna = AgentId::parse("anna").expect("a login");
    office.until(10, "it has registered", || office.inside().stack.phones(&anna).len() == 2).await;
    assert!(matches!(office.state("anna"), State::Talking { .. }), "{:?}", office.state("anna"));
    office.until_done(60).await;
    let attempts = office.close().await;

    assert_eq!(attempts.len(), 2);
    for attempt in &attempts {
        let number = attempt["attempt"].as_i64().expect("a number");
        let echo = seconds_of(&heard(&debtors_heard, number), DEBTOR_HZ);
        println!("attempt {number}: {echo} s there and back");
        assert!(attempt["outcome"] == "answered" && echo > 7.0, "{echo} s: {attempt}");
    }
    let heard = [before.heard().await, after.heard().await].map(|heard| seconds_of(&heard, DEBTOR_HZ));
    println!("{heard:?} s of the debtors at the phone before and the one after");
    assert!(heard.iter().all(|seconds| *seconds > 7.0), "one talk at each: {heard:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_registration_ends_amid_a_talk_talks_on_and_gets_no_call_until_he_has_registered_again() {
    let debtors_heard = tempfile::tempdir().expect("a folder");
    let talk = person(Duration::from_millis(500), Duration::from_secs(10));
    let carrier = debtors(talk, &[], debtors_heard.path()).await;
    let desk = Desk { login: "anna", contact: String::new(), leg: "per_call" };
    let office = Office::open("progressive", &carrier, 2, &[desk]).await;
    let registrar = office.inside().stack.local()[0];
    let account = Account { password: PASSWORD, registrar, transport: "udp" };
    let _before = Phone::registering("anna", &account).await;
    office.until(30, "they talk", || matches!(office.state("anna"), State::Talking { .. })).await;
    let mut socket = Client::at("127.0.0.1", registrar).await;
    let claim = Claim { algorithm: "MD5", ..Claim::of("anna", PASSWORD) };
    assert_eq!(code(&socket.come_in(&claim, "Contact: *\r\nExpires: 0\r\n").await), 200);
    let anna = AgentId::parse("anna").expect("a login");
    office.until(10, "no phone is registered", || office.inside().stack.phones(&anna).is_empty()).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(matches!(office.state("anna"), State::Talking { .. }), "{:?}", office.state("anna"));
    office.until(30, "she has no phone after it", || office.state("anna") == State::NoAudio).await;
    assert_eq!(carrier.calls().len(), 1, "nobody is dialled for her");
    let _after = Phone::registering("anna", &account).await;
    office.until_done(60).await;
    let attempts = office.close().await;

    assert_eq!(attempts.len(), 2);
    for attempt in &attempts {
        let number = attempt["attempt"].as_i64().expect("a number");
        let echo = seconds_of(&heard(&debtors_heard, number), DEBTOR_HZ);
        println!("attempt {number}: {echo} s there and back");
        assert!(attempt["outcome"] == "answered" && echo > 7.0, "{echo} s: {attempt}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_hears_whom_a_call_is_for_before_it_is_made() {
    let (debtors_heard, agents_heard) =
        (tempfile::tempdir().expect("one"), tempfile::tempdir().expect("two"));
    let talk = person(Duration::from_millis(500), Duration::from_secs(4));
    let carrier = debtors(talk, &[], debtors_heard.path()).await;
    let phones = agents_phones(desk_phone(), agents_heard.path()).await;
    let desk = Desk { login: "anna", contact: format!("sip:anna@{}", phones.addr()), leg: "per_call" };
    let lunch = |config: CarrierConfig| config.set("agents.toml", "pause.lunch.limit_s", 3_600);
    let office = Office::open_by(lunch, "progressive", &carrier, 2, &[desk]).await;
    let id = AgentId::parse("anna").expect("a login");
    let tell = |input| office.inside().floor.tell(&id, input).expect("she may");
    office.until(30, "they talk", || matches!(office.state("anna"), State::Talking { .. })).await;
    tell(Input::Away { code: "lunch".into() });
    let anna = Program::of(&office, "anna", "agent").await;
    office.until(30, "she is away", || matches!(office.state("anna"), State::Away { .. })).await;
    let rung = r#""state":"ringing""#;
    let (told, ()) = tokio::join!(anna.listen(|told| told.contains(rung)), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        tell(Input::Ready);
    });
    let (before, _) = told.split_once(rung).expect("she is rung");
    assert!(before.contains(r#""contact":"#), "{told}");
    office.until_done(60).await;
    office.close().await;
}
