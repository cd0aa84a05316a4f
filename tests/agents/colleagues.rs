//! Two agents of one call, as the house is shipped: a disposition before the next call. Each turns what is his, whoever talked last
//! writes it up, and nobody is stuck.

use std::time::Duration;

use obzvon::agents::{Input, State};
use obzvon::demo::carrier::Carrier;
use obzvon::demo::carrier::script::Step;
use obzvon::domain::{AgentId, PhoneNumber};
use serde_json::json;

use crate::house::number;
use crate::office::{
    BORIS_HZ, Desk, Office, agents_phones, agents_phones_of, config, debtors, desk_phone, person,
};
use crate::program::Program;

/// Anna and Boris at their desks, and a debtor who talks with Anna.
struct Two {
    office: Office,
    anna: Program,
    boris: Program,
    _outside: [Carrier; 3],
    _heard: [tempfile::TempDir; 3],
}

fn id(login: &str) -> AgentId {
    AgentId::parse(login).expect("a login")
}

impl Two {
    async fn talking() -> Self {
        Self::talking_by(600, desk_phone()).await
    }

    /// The same with this wrap-up, and with Boris's phone as these steps have it.
    async fn talking_by(wrap_up_s: i64, phone_of_boris: Vec<Step>) -> Self {
        let heard = [(); 3].map(|()| tempfile::tempdir().expect("a folder"));
        let talk = person(Duration::from_millis(500), Duration::from_secs(120));
        let carrier = debtors(talk, &[], heard[0].path()).await;
        let (anna, boris) = (
            agents_phones(desk_phone(), heard[1].path()).await,
            agents_phones_of(BORIS_HZ, phone_of_boris, heard[2].path()).await,
        );
        let desk = |login, phone: &Carrier| Desk {
            login,
            contact: format!("sip:{login}@{}", phone.addr()),
            leg: "per_call",
        };
        let desks = [desk("anna", &anna), desk("boris", &boris)];
        let config = config("progressive", carrier.addr(), &desks)
            .set("agents.toml", "disposition_first", true)
            .set("agents.toml", "wrap_up_s", wrap_up_s)
            .set("agents.toml", "pause.lunch.limit_s", 3_600)
            .set("agents.toml", "queue.lawyers.skills", vec!["law".to_owned()])
            .set("agents.toml", "transfer_numbers", vec![number(0), number(50)]);
        let office = Office::begin(config, 1, &desks, async |_| {}).await;
        let [anna_there, boris_there] =
            [Program::of(&office, "anna", "agent").await, Program::of(&office, "boris", "agent").await];
        // She has been idle no shorter than he, and her name comes first.
        office.until(30, "they talk", || matches!(office.state("anna"), State::Talking { .. })).await;
        let _outside = [carrier, anna, boris];
        Self { office, anna: anna_there, boris: boris_there, _outside, _heard: heard }
    }

    async fn until(&self, login: &str, what: &str, is: fn(&State) -> bool) {
        self.office.until(10, &format!("{login}: {what}"), || is(&self.office.state(login))).await;
    }

    async fn until_talks(&self, login: &str) {
        self.until(login, "talks", |state| matches!(state, State::Talking { .. })).await;
    }

    async fn until_writes(&self, login: &str) {
        self.until(login, "writes", |state| matches!(state, State::WrapUp { .. })).await;
    }
}

const fn done() -> (u16, String) {
    (200, String::new())
}

fn no(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

async fn call(program: &Program, what: &str) -> (u16, String) {
    program.post("desk/call", json!({ "do": what })).await
}

async fn ready(program: &Program) -> (u16, String) {
    program.post("desk/state", json!({ "to": "ready" })).await
}

async fn write(program: &Program, code: &str) -> (u16, String) {
    program.post("desk/disposition", json!({ "code": code })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_asked_who_can_not_be_and_the_talk_goes_on() {
    let two = Two::talking().await;
    two.office.inside().floor.tell(&id("boris"), Input::Away { code: "lunch".into() }).expect("a pause");
    for what in ["consult", "transfer"] {
        for (to, answer) in [
            ("agent:nobody".to_owned(), no(422, "no_such_agent")),
            ("agent:anna".to_owned(), no(422, "no_such_agent")),
            ("agent:boris".to_owned(), no(409, "agent_busy")),
            ("queue:none".to_owned(), no(422, "no_such_queue")),
            ("queue:lawyers".to_owned(), no(409, "nobody_there")),
            ("queue:collectors".to_owned(), no(409, "nobody_there")),
            // One that is in no list, and a debtor's that is in it.
            (format!("number:{}", number(51)), no(422, "number_refused")),
            (format!("number:{}", number(0)), no(422, "number_refused")),
        ] {
            let said = two.anna.post("desk/call", json!({ "do": what, "to": to })).await;
            assert_eq!(said, answer, "{what} {to}");
        }
    }
    for what in ["complete", "join", "return"] {
        assert_eq!(call(&two.anna, what).await, no(409, "not_now"), "{what}");
    }
    assert!(matches!(two.office.state("anna"), State::Talking { .. }), "{:?}", two.office.state("anna"));
    assert!(two.office.inside().store.transfers(jiff::Timestamp::UNIX_EPOCH).await.expect("read").is_empty());
    assert_eq!(two._outside[0].calls().len(), 1, "nobody else was called");
    two.office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_tells_of_the_debt_before_it_is_known_who_speaks() {
    let two = Two::talking().await;
    let promise = json!({ "on": "2020-01-01", "amount": "1" });
    assert_eq!(two.anna.post("desk/promise-check", promise.clone()).await, no(409, "identity_first"));
    let desk = two.anna.see_desk().await;
    assert!(desk["state"]["ends_ms"].is_i64(), "a talk has its limit: {desk}");
    assert!(desk["call"]["debt"].is_null() && desk["call"]["campaign"].is_null(), "{desk}");
    assert!(!desk.to_string().contains("reminders"), "the campaign's name may tell of it: {desk}");
    assert_eq!(call(&two.anna, "hang_up").await, done());
    two.until_writes("anna").await;
    let written = json!({ "code": "promise", "promise": { "on": "2020-01-01", "amount": "1" } });
    assert_eq!(two.anna.post("desk/disposition", written).await, no(409, "identity_first"));
    assert_eq!(two.anna.post("desk/identity", json!({})).await, done());
    let (status, _) = two.anna.post("desk/promise-check", promise).await;
    assert_eq!(status, 422, "now it is told that the day is over");
    assert_eq!(two.anna.see_desk().await["call"]["campaign"], "reminders");
    assert_eq!(write(&two.anna, "talked").await, done());
    two.office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_asked_beside_ends_his_own_part_alone_and_owes_nothing() {
    let two = Two::talking().await;
    let consult = json!({ "do": "consult", "to": "agent:boris" });
    assert_eq!(two.anna.post("desk/call", consult).await, done());
    two.until_talks("boris").await;
    assert_eq!(two.boris.see_desk().await["call"]["hand"], "second");
    for what in ["hold", "resume", "complete", "return", "pause_recording"] {
        assert_eq!(call(&two.boris, what).await, no(409, "not_first"), "{what}");
    }
    let again = json!({ "do": "transfer", "to": "queue:collectors" });
    assert_eq!(two.anna.post("desk/call", again).await, no(409, "second_there"));
    assert_eq!(two.boris.post("desk/identity", json!({})).await, no(409, "not_yours"));
    assert_eq!(two.boris.post("desk/note", json!({ "text": "x" })).await, no(409, "not_yours"));
    assert_eq!(call(&two.boris, "mute").await, done());
    assert_eq!(call(&two.boris, "hang_up").await, done());
    two.until_writes("boris").await;
    two.until_talks("anna").await;
    assert_eq!(call(&two.boris, "hang_up").await, no(404, "no_call"), "it is hers");
    assert_eq!(write(&two.boris, "no_talk").await, no(409, "not_yours"));
    assert_eq!(ready(&two.boris).await, done());
    assert!(matches!(two.office.state("boris"), State::Ready), "{:?}", two.office.state("boris"));
    assert_eq!(two.office.inside().live.count(), 1, "the debtor is still there");

    assert_eq!(call(&two.anna, "hang_up").await, done());
    two.until_writes("anna").await;
    assert_eq!(ready(&two.anna).await, no(409, "disposition_first"));
    assert_eq!(write(&two.anna, "no_talk").await, done());
    assert_eq!(write(&two.anna, "no_talk").await, no(409, "written_before"));
    assert_eq!(two.anna.post("desk/identity", json!({})).await, no(409, "written_before"));
    assert_eq!(two.anna.post("desk/note", json!({ "text": "x" })).await, done(), "within the wrap-up");
    assert_eq!(ready(&two.anna).await, done());
    two.office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_hands_his_call_on_is_free_and_whoever_ends_it_writes_it_up() {
    let two = Two::talking().await;
    let transfer = json!({ "do": "transfer", "to": "agent:boris" });
    assert_eq!(two.anna.post("desk/call", transfer).await, done());
    two.until_talks("boris").await;
    two.until_writes("anna").await;
    assert_eq!(two.anna.see_desk().await["call"]["hand"], "left");
    for what in ["hold", "mute", "hang_up"] {
        assert_eq!(call(&two.anna, what).await, no(404, "no_call"), "{what}: it is his");
    }
    assert_eq!(two.anna.post("desk/note", json!({ "text": "x" })).await, no(409, "not_yours"));
    assert_eq!(write(&two.anna, "no_talk").await, no(409, "not_yours"));
    assert_eq!(ready(&two.anna).await, done());
    assert!(matches!(two.office.state("anna"), State::Ready), "{:?}", two.office.state("anna"));

    // He asks her, and leaves him to her: then it is hers.
    assert_eq!(two.boris.post("desk/call", json!({ "do": "consult", "to": "agent:anna" })).await, done());
    two.until_talks("anna").await;
    assert_eq!(call(&two.boris, "join").await, done());
    assert_eq!(call(&two.boris, "complete").await, done());
    two.until_writes("boris").await;
    two.office
        .until(10, "it is hers", || {
            two.office.inside().floor.hand_of(&id("boris")).is_some_and(|(_, hand)| hand.code() == "left")
        })
        .await;
    assert_eq!(ready(&two.boris).await, done());
    assert_eq!(call(&two.anna, "hang_up").await, done());
    two.until_writes("anna").await;
    two.office.until_done(10).await;
    assert_eq!(ready(&two.anna).await, no(409, "disposition_first"));

    // The daemon is started anew before she has written anything: he is at work, and it is still hers.
    let office = two.office.restart().await;
    office.until(20, "he is at work", || matches!(office.state("boris"), State::Ready)).await;
    office.until(20, "she writes", || matches!(office.state("anna"), State::WrapUp { .. })).await;
    let attempts = office.close().await;
    assert_eq!(attempts.len(), 1, "{attempts:#?}");
    assert_eq!(attempts[0]["outcome"], "answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_hands_on_to_a_colleague_who_never_comes_has_her_time_to_write_once_the_call_is_over() {
    let two = Two::talking_by(5, vec![Step::Ring(180), Step::Wait(Duration::from_secs(120))]).await;
    assert_eq!(two.anna.post("desk/identity", json!({})).await, done());
    let transfer = json!({ "do": "transfer", "to": "agent:boris" });
    assert_eq!(two.anna.post("desk/call", transfer).await, done());
    two.until_writes("anna").await;
    assert_eq!(write(&two.anna, "talked").await, no(409, "call_is_on"), "he hears music");
    let desk = two.anna.see_desk().await;
    assert!(desk["state"]["ends_ms"].is_null(), "{desk}");
    two.office.until(60, "the apology is over", || two.office.inside().live.count() == 0).await;
    let desk = two.anna.see_desk().await;
    assert!(desk["state"]["ends_ms"].is_number() && desk["state"]["late"] == false, "{desk}");
    assert_eq!(write(&two.anna, "talked").await, done());
    let whole = obzvon::store::Period { from: jiff::Timestamp::UNIX_EPOCH, to: jiff::Timestamp::MAX };
    let now = jiff::Timestamp::now();
    let times = two.office.inside().store.agent_times(whole, now).await.expect("read");
    println!("{times:?}");
    assert_eq!(times[&id("anna")].wrap_ups_ran_out, 0, "she could not write before");
    two.office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_nobody_else_takes_the_last_who_talked_writes_up_and_a_branch_needs_nothing_written() {
    let two = Two::talking().await;
    // The branch does not answer: there is nobody of that number behind the carrier but a debtor's voice.
    let outside = json!({ "do": "transfer", "to": format!("number:{}", number(50)) });
    assert_eq!(two.anna.post("desk/call", outside).await, done());
    two.until_writes("anna").await;
    two.office
        .until(20, "somebody answers outside, and she is free", || {
            two.office.inside().floor.hand_of(&id("anna")).is_some_and(|(_, hand)| hand.code() == "writes")
                && two._outside[0].calls().iter().filter(|call| call.answered.is_some()).count() == 2
        })
        .await;
    let rows = two.office.inside().store.transfers(jiff::Timestamp::UNIX_EPOCH).await.expect("read");
    let [row] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!(row.agent, Some(id("anna")), "the line names who handed it on");
    assert_eq!(row.number, PhoneNumber::parse(&number(50)).expect("E.164"));
    let patience = std::time::Instant::now() + Duration::from_secs(5);
    while ready(&two.anna).await != done() {
        assert!(std::time::Instant::now() < patience, "{:?}", two.office.state("anna"));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    two.office.close().await;
}
