//! A supervisor in an agent's talk: he hears both, then the agent hears him, then the debtor, then the call is his.

use std::time::Duration;

use obzvon::agents::{Input, State};
use obzvon::call::{Desk as Wish, Seat, Whom};
use obzvon::demo::carrier::sound::synth::tone;
use obzvon::domain::{AgentId, Supervision};
use obzvon::store::{ActFilter, SupervisionRow};

use crate::office::{
    AGENT_HZ, BORIS_HZ, DEBTOR_HZ, Desk, Office, PASSWORD, agents_phones, agents_phones_of, config, debtors,
    desk_phone, heard, heard_before, person, seconds_of,
};
use crate::phone::{Account, Phone};
use crate::program::Program;

const CLARA_HZ: f64 = 2390.0;

/// What supervisors did, the oldest first.
async fn supervisions(office: &Office) -> Vec<SupervisionRow> {
    let acts = office.inside().store.supervisions(ActFilter::default(), 100).await.expect("read");
    acts.into_iter().rev().map(|(_, act)| act).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn he_listens_whispers_barges_in_and_takes_over_and_each_is_written_down() {
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let [debtors_heard, annas] = &folders;
    let talk = person(Duration::from_millis(500), Duration::from_secs(60));
    let carrier = debtors(talk, &[], debtors_heard.path()).await;
    let phones = agents_phones(desk_phone(), annas.path()).await;
    let contact = format!("sip:anna@{}", phones.addr());
    let desks = [
        Desk { login: "anna", contact, leg: "per_call" },
        Desk { login: "boris", contact: String::new(), leg: "per_call" },
        Desk { login: "clara", contact: String::new(), leg: "per_call" },
    ];
    let config = config("progressive", carrier.addr(), &desks)
        .set("agents.toml", "agent.anna.extension", "101")
        .set("agents.toml", "agent.boris.supervises", true)
        .set("agents.toml", "queue.collectors.skills", vec!["collects".to_owned()])
        .set("agents.toml", "agent.anna.skills", vec!["language:ru".to_owned(), "collects".to_owned()]);
    let office = Office::begin(config, 1, &desks, async |_| {}).await;
    let registrar = office.inside().stack.local()[0];
    let account = Account { password: PASSWORD, registrar, transport: "udp" };
    let voice = tone(BORIS_HZ as f32, 60.0);
    let mut boris = Phone::registering_that_plays("boris", &account, &voice).await;
    let mut clara = Phone::registering("clara", &account).await;
    for login in ["boris", "clara"] {
        let agent = AgentId::parse(login).expect("a login");
        office
            .until(30, "the phone is registered", || !office.inside().stack.phones(&agent).is_empty())
            .await;
    }
    let talks = |login: &str| matches!(office.state(login), State::Talking { .. });
    office.until(30, "they talk", || talks("anna")).await;
    let extension = format!("sip:101@{registrar}");
    // Who may not supervise calls a number that is not there.
    clara.dial(&extension).await;
    clara.until("404").await;

    let pause = async |seconds| tokio::time::sleep(Duration::from_secs(seconds)).await;
    let listened = async |what: Supervision| {
        let rows = supervisions(&office).await;
        rows.iter().any(|row| row.what == what && row.supervisor == "boris" && row.agent == "anna")
    };
    boris.dial(&extension).await;
    boris.until("CALL_ESTABLISHED").await;
    pause(4).await;
    assert!(listened(Supervision::Listen).await);
    boris.press("2").await;
    pause(4).await;
    assert!(listened(Supervision::Whisper).await);
    boris.press("3").await;
    pause(4).await;
    assert!(listened(Supervision::Barge).await);
    boris.press("4").await;
    office.until(20, "the call is his", || talks("boris") && !talks("anna")).await;
    assert!(listened(Supervision::TakeOver).await);
    pause(3).await;
    boris.hang_up().await;
    office.until_done(30).await;
    let attempts = office.close().await;

    let number = attempts[0]["attempt"].as_i64().expect("a number");
    let [debtor, anna] = [heard(&folders[0], number), heard_before(&folders[1], 0)];
    let of = |samples: &[i16]| [DEBTOR_HZ, AGENT_HZ, BORIS_HZ].map(|hz| seconds_of(samples, hz));
    let (debtor, anna) = (of(&debtor), of(&anna));
    let boris = of(&boris.heard().await);
    println!("debtor heard {debtor:?}, anna {anna:?}, boris {boris:?}");
    assert!(boris[0] > 6.0 && boris[1] > 6.0, "he hears both: {boris:?}");
    assert!(anna[2] > 5.0 && anna[2] < 12.0, "she hears him whisper and barge in, and not listen: {anna:?}");
    assert!(
        debtor[2] > 4.0 && debtor[2] < 11.0,
        "he hears him barge in and take over, not before: {debtor:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_has_the_supervisors_phone_called_and_says_what_he_does() {
    let folders = [(); 3].map(|()| tempfile::tempdir().expect("a folder"));
    let [debtors_heard, annas, boriss] = &folders;
    let talk = person(Duration::from_millis(500), Duration::from_secs(60));
    let carrier = debtors(talk, &[], debtors_heard.path()).await;
    let anna = agents_phones(desk_phone(), annas.path()).await;
    let boris = agents_phones_of(BORIS_HZ, desk_phone(), boriss.path()).await;
    let desks = [
        Desk { login: "anna", contact: format!("sip:anna@{}", anna.addr()), leg: "per_call" },
        Desk { login: "boris", contact: format!("sip:boris@{}", boris.addr()), leg: "per_call" },
    ];
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
    let base = format!("127.0.0.1:{}", port.expect("a free port").port());
    let config = config("progressive", carrier.addr(), &desks)
        .set("obzvon.toml", "daemon.http", base.as_str())
        .set("agents.toml", "agent.boris.supervises", true)
        .set("agents.toml", "queue.collectors.skills", vec!["collects".to_owned()])
        .set("agents.toml", "agent.anna.skills", vec!["language:ru".to_owned(), "collects".to_owned()]);
    let office = Office::begin(config, 1, &desks, async |_| {}).await;
    for (login, role) in [("boris", "supervisor"), ("anna", "agent")] {
        office.house.add_user(login, role, "correct horse");
    }
    let program = Program::signed_in(format!("http://{base}"), "boris", "correct horse").await;
    office.until(30, "they talk", || matches!(office.state("anna"), State::Talking { .. })).await;
    let agent = AgentId::parse("anna").expect("a login");
    let call = office.inside().floor.call_of(&agent).expect("the call");
    let of_herself = Program::signed_in(format!("http://{base}"), "anna", "correct horse").await;
    assert_eq!(of_herself.supervise("anna", "listen").await, 403);
    assert_eq!(program.supervise("boris", "listen").await, 403, "nobody supervises himself");
    assert_eq!(program.supervise("anna", "whisper").await, 409, "he has to be there");
    assert_eq!(program.supervise("anna", "listen").await, 200);
    office.until(10, "he is there", || office.inside().live.supervisor(call).is_some()).await;
    let pause = async |seconds| tokio::time::sleep(Duration::from_secs(seconds)).await;
    pause(3).await;
    assert_eq!(program.supervise("anna", "whisper").await, 200);
    pause(3).await;
    assert_eq!(program.supervise("anna", "leave").await, 200);
    office.until(10, "he has left", || office.inside().live.supervisor(call).is_none()).await;
    assert!(office.inside().live.desk(call, Wish::HangUp));
    office.until_done(30).await;
    let rows = supervisions(&office).await;
    let noted: Vec<_> = rows.iter().map(|row| (row.supervisor.as_str(), row.what)).collect();
    assert_eq!(noted, [("boris", Supervision::Listen), ("boris", Supervision::Whisper)]);
    office.close().await;

    let [debtor, anna] = [heard(debtors_heard, call.0), heard_before(annas, 0)];
    let (to_debtor, to_anna) = (seconds_of(&debtor, BORIS_HZ), seconds_of(&anna, BORIS_HZ));
    assert!(to_debtor == 0.0 && to_anna > 1.5 && to_anna < 6.0, "debtor {to_debtor} s, anna {to_anna} s");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_logged_out_takes_over_on_the_phone_he_listens_with_and_writes_the_call_up() {
    let folders = [(); 4].map(|()| tempfile::tempdir().expect("a folder"));
    let [debtors_heard, annas, boriss, claras] = &folders;
    let talk = person(Duration::from_millis(500), Duration::from_secs(60));
    let carrier = debtors(talk, &[], debtors_heard.path()).await;
    let anna = agents_phones(desk_phone(), annas.path()).await;
    let boris = agents_phones_of(BORIS_HZ, desk_phone(), boriss.path()).await;
    let clara = agents_phones_of(CLARA_HZ, desk_phone(), claras.path()).await;
    let desks = [
        Desk { login: "anna", contact: format!("sip:anna@{}", anna.addr()), leg: "per_call" },
        Desk { login: "boris", contact: format!("sip:boris@{}", boris.addr()), leg: "nailed_up" },
        Desk { login: "clara", contact: format!("sip:clara@{}", clara.addr()), leg: "per_call" },
    ];
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
    let base = format!("127.0.0.1:{}", port.expect("a free port").port());
    let config = config("progressive", carrier.addr(), &desks)
        .set("obzvon.toml", "daemon.http", base.as_str())
        .set("agents.toml", "disposition_first", true)
        .set("agents.toml", "wrap_up_s", 60)
        .set("agents.toml", "agent.boris.supervises", true)
        .set("agents.toml", "queue.collectors.skills", vec!["collects".to_owned()])
        .set("agents.toml", "agent.anna.skills", vec!["language:ru".to_owned(), "collects".to_owned()]);
    let office = Office::begin(config, 1, &desks, async |_| {}).await;
    let boriss_id = AgentId::parse("boris").expect("a login");
    office.inside().floor.tell(&boriss_id, Input::LogOut).expect("he leaves");
    assert_eq!(office.state("boris"), State::LoggedOut);
    office.house.add_user("boris", "supervisor", "correct horse");
    let program = Program::signed_in(format!("http://{base}"), "boris", "correct horse").await;
    office.until(30, "they talk", || matches!(office.state("anna"), State::Talking { .. })).await;
    let agent = AgentId::parse("anna").expect("a login");
    let call = office.inside().floor.call_of(&agent).expect("the call");
    assert_eq!(program.supervise("anna", "listen").await, 200);
    office.until(10, "he is there", || office.inside().live.supervisor(call).is_some()).await;

    // While somebody else is asked the call can't be taken over: nothing changes.
    let ask = async |wish| office.inside().live.ask(call, Seat::First, wish).await;
    assert_eq!(ask(Wish::Consult(Whom::Agent("clara".to_owned()))).await, Some(Ok(())));
    let take_over = async |from: &str| {
        let path = format!("agents/{from}/supervision");
        program.post(&path, serde_json::json!({ "do": "take_over" })).await
    };
    assert_eq!(take_over("anna").await, (409, "second_there".to_owned()));
    assert_eq!(office.inside().live.supervisor(call), Some(boriss_id.clone()), "he listens on");
    assert_eq!(office.state("boris"), State::LoggedOut);
    office.until(10, "she is asked", || matches!(office.state("clara"), State::Talking { .. })).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(ask(Wish::Return).await, Some(Ok(())));
    // Handed on, it is another's talk that he listens to and takes.
    office.until(10, "she is out", || !matches!(office.state("clara"), State::Talking { .. })).await;
    let clara_id = AgentId::parse("clara").expect("a login");
    office.inside().floor.tell(&clara_id, Input::Ready).ok();
    office.until(10, "she is free", || office.state("clara") == State::Ready).await;
    assert_eq!(ask(Wish::Transfer(Whom::Agent("clara".to_owned()))).await, Some(Ok(())));
    office.until(10, "she has it", || matches!(office.state("clara"), State::Talking { .. })).await;
    office.until(5, "anna is out", || !matches!(office.state("anna"), State::Talking { .. })).await;

    assert_eq!(take_over("clara").await.0, 200);
    office.until(5, "the call is his", || matches!(office.state("boris"), State::Talking { .. })).await;
    office.until(5, "clara is out", || !matches!(office.state("clara"), State::Talking { .. })).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let hang_up = serde_json::json!({ "do": "hang_up" });
    assert_eq!(program.post("desk/call", hang_up).await.0, 200);
    office.until(10, "he writes up", || matches!(office.state("boris"), State::WrapUp { .. })).await;
    let written = serde_json::json!({ "code": "no_talk" });
    assert_eq!(program.post("desk/disposition", written).await, (200, String::new()));
    assert_eq!(office.state("boris"), State::LoggedOut, "as he was before");
    let rows = supervisions(&office).await;
    let noted: Vec<_> =
        rows.iter().map(|row| (row.agent.as_str(), row.what, row.refused.as_deref())).collect();
    let (listen, take) = (Supervision::Listen, Supervision::TakeOver);
    let wanted = [
        ("anna", listen, None),
        ("anna", take, None),
        ("anna", take, Some("second_there")),
        ("clara", take, None),
    ];
    assert_eq!(noted, wanted);
    office.close().await;
    let debtor = heard(debtors_heard, call.0);
    assert!(seconds_of(&debtor, BORIS_HZ) > 1.5, "he talks on the phone he had listened with");
    // His phone may have been called before he left.
    let calls = (0..2).filter(|nth| boriss.path().join(format!("call{nth}.wav")).exists());
    let asked: f64 = calls.map(|nth| seconds_of(&heard_before(boriss, nth), CLARA_HZ)).sum();
    println!("he heard {asked} s of clara");
    assert!(asked > 3.0, "he has heard whom she asked, too: {asked} s");
    assert!(!boriss.path().join("call2.wav").exists(), "his phone is not called again");
}
