//! Agents' phones that send nothing when they are picked up.

use std::time::Duration;

use obzvon::agents::{Input, State};

use crate::office::{Desk, Office, debtors, person};
use crate::program::Program;
use crate::sipp_harness::Sipp;

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_dialled_for_a_phone_that_is_picked_up_and_sends_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let carrier =
        debtors(person(Duration::from_millis(300), Duration::from_secs(3)), &[], folder.path()).await;
    let phone = Sipp::start("mute_phone", &["-m", "9"]).await;
    let desk = Desk { login: "anna", contact: format!("sip:anna@{}", phone.addr), leg: "per_call" };
    let office = Office::open("progressive", &carrier, 3, &[desk]).await;
    office.until(30, "she has no sound", || office.state("anna") == State::NoAudio).await;
    let anna = obzvon::domain::AgentId::parse("anna").expect("a login");
    assert!(office.inside().floor.is_unheard(&anna));
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(office.state("anna"), State::NoAudio, "nothing has proved her sound");
    let left = office.house.count(&["queued", "in_flight"]);
    office.inside().floor.phone_heard(&anna);
    assert_eq!(office.state("anna"), State::Ready, "heard at 600, she is ready");
    let attempts = office.close().await;
    assert_eq!((carrier.calls().len(), attempts.len(), left), (0, 0, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_somebody_called_is_told_that_his_phone_is_silent() {
    let folder = tempfile::tempdir().expect("a folder");
    let carrier =
        debtors(person(Duration::from_millis(300), Duration::from_secs(3)), &[], folder.path()).await;
    let phone = Sipp::start("mute_phone", &["-m", "9"]).await;
    let desk = Desk { login: "anna", contact: format!("sip:anna@{}", phone.addr), leg: "per_call" };
    let office = Office::open("preview", &carrier, 1, &[desk]).await;
    let anna = Program::of(&office, "anna", "agent").await;
    anna.until_shown().await;
    let answer = anna.post("desk/preview", serde_json::json!({ "decide": "call" })).await;
    assert_eq!(answer, (409, "agent_no_audio".to_owned()));
    assert_eq!(office.state("anna"), State::NoAudio);
    let attempts = office.close().await;
    assert_eq!((carrier.calls().len(), attempts.len()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_back_amid_a_preview_is_shown_the_next_one_in_peace() {
    let folder = tempfile::tempdir().expect("a folder");
    let carrier =
        debtors(person(Duration::from_millis(300), Duration::from_secs(3)), &[], folder.path()).await;
    let phone = Sipp::start("mute_phone", &["-m", "9"]).await;
    let desk = Desk { login: "anna", contact: format!("sip:anna@{}", phone.addr), leg: "per_call" };
    let office = Office::open("preview", &carrier, 2, &[desk]).await;
    let program = Program::of(&office, "anna", "agent").await;
    let first = program.until_shown().await;
    let anna = obzvon::domain::AgentId::parse("anna").expect("a login");
    for input in [Input::PhoneLost, Input::PhoneBack] {
        office.inside().floor.tell(&anna, input).expect("it is told");
    }
    office.until(10, "she is kept again", || matches!(office.state("anna"), State::Reserved { .. })).await;
    let second = program.until_shown().await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(matches!(office.state("anna"), State::Reserved { .. }), "nobody takes her for away");
    assert_eq!(program.until_shown().await, second);
    let skip = serde_json::json!({ "decide": "skip", "reason": "another time" });
    assert_eq!(program.post("desk/preview", skip).await.0, 200);
    let db = rusqlite::Connection::open(office.house.path("data/obzvon.db")).expect("open");
    let mut rows = db.prepare("SELECT contact_id, decided FROM preview ORDER BY id").expect("asked");
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let rows: Vec<(i64, String)> =
        rows.query_map([], row).expect("read").map(|row| row.expect("read")).collect();
    let wanted = [(first, "agent_gone".to_owned()), (second, "skip".to_owned())];
    assert_eq!(rows[..2], wanted, "{rows:?}");
    office.close().await;
}
