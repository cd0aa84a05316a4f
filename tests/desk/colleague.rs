//! A colleague whose sound is in her browser is asked beside, talks with both, and takes the call over.

use std::net::UdpSocket;
use std::time::Duration;

use obzvon::demo::carrier::Carrier;
use obzvon::demo::carrier::sound::synth::tone;
use serde_json::{Value, json};

use crate::browser::Page;
use crate::house::until;
use crate::interface::signed_in;
use crate::office::{Debtor, furnished, import, plan, start};
use crate::phone::Phone;
use crate::shift::{patient, sign_in, until_state};
use crate::signed_in::Program;
use crate::sound::{AGENT_HZ, DEBTOR_HZ, heard_by_debtor, loudest, seconds_of, until_sound, voice};

/// Anna's voice, on a telephone; the browser's is `AGENT_HZ`.
const ANNA_HZ: f64 = 1790.0;

#[tokio::test(flavor = "multi_thread")]
async fn she_hears_who_asks_her_then_both_and_the_debtor_hears_her() {
    let (spoken, heard) = (tempfile::tempdir().expect("one"), tempfile::tempdir().expect("two"));
    let mut debtors = patient();
    debtors.recordings = Some(heard.path().to_owned());
    let carrier = Carrier::start(debtors).await.expect("a free port");
    let phone = Phone::that_plays("anna", &tone(ANNA_HZ as f32, 120.0)).await;
    let free = UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port");
    let config = plan(Some(&carrier), "progressive")
        .set("agents.toml", "queue.collectors.skills", vec!["collects".to_owned()])
        .set("agents.toml", "agent.anna.skills", vec!["language:ru".to_owned(), "collects".to_owned()])
        .set("agents.toml", "agent.anna.leg", "nailed_up")
        .set("agents.toml", "agent.anna.contact", format!("sip:anna@127.0.0.1:{}", phone.sip_port))
        .set("agents.toml", "agent.zoya.skills", vec!["language:ru".to_owned()])
        .set("agents.toml", "agent.zoya.leg", "browser")
        .set("agents.toml", "browser.bind", free.to_string());
    let house = furnished(config);
    import(&house, &[Debtor { name: "Анна", creditor: "Северный Банк" }]);
    let daemon = start(&house);
    let (base, file) = (daemon.base(), voice(&spoken));
    let come = tokio::task::spawn_blocking(move || {
        let mut zoya = Page::that_speaks("ru", &file);
        sign_in(&mut zoya, &base, "zoya");
        zoya.eval("localStorage.setItem('sound.quiet', 'no')");
        zoya.tab_to("[data-turn=logged_in]");
        zoya.press("Enter");
        until_state(&mut zoya, "away");
        zoya.press("Ctrl+Enter");
        zoya.press("F1");
        until_sound(&mut zoya, "on");
        until_state(&mut zoya, "ready");
        zoya
    });
    let mut zoya = come.await.expect("she is there");
    let anna = signed_in(&daemon, "anna").await;
    for to in ["logged_in", "ready"] {
        assert_eq!(anna.post("/state", json!({ "to": to })).await.0, 200);
    }
    until_talking(&anna).await;
    let does = async |what: Value| assert_eq!(anna.post("/call", what.clone()).await.0, 200, "{what}");
    does(json!({ "do": "consult", "to": "agent:zoya" })).await;
    let mut zoya = tokio::task::spawn_blocking(move || {
        until_state(&mut zoya, "talking");
        let hz = loudest(&mut zoya, ANNA_HZ);
        assert!((hz - ANNA_HZ).abs() < 15.0, "{hz} Hz: she who asks is heard");
        zoya
    })
    .await
    .expect("she is asked");
    does(json!({ "do": "join" })).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    does(json!({ "do": "complete" })).await;
    tokio::task::spawn_blocking(move || {
        let hz = loudest(&mut zoya, DEBTOR_HZ);
        assert!((hz - DEBTOR_HZ).abs() < 15.0, "{hz} Hz: the debtor is hers alone");
        until_state(&mut zoya, "talking");
        std::thread::sleep(Duration::from_secs(2));
        zoya.press("F9");
        until_state(&mut zoya, "wrap_up");
        assert!(zoya.troubles.is_empty(), "{:?}", zoya.troubles);
    })
    .await
    .expect("it is hers");
    until("the call is over", || house.attempts().iter().any(|attempt| attempt["outcome"].is_string()));
    daemon.stop();

    let attempts = house.attempts();
    let [attempt] = &attempts[..] else { panic!("{attempts:#?}") };
    assert_eq!((&attempt["outcome"], &attempt["hung_up_by"]), (&json!("answered"), &json!("us")));
    let sound = heard_by_debtor(heard.path(), attempt["attempt"].as_i64().expect("a number"));
    let [anna, zoya] = [ANNA_HZ, AGENT_HZ].map(|hz| seconds_of(&sound, hz));
    println!("the debtor heard {anna} s of the telephone, {zoya} s of the browser");
    // The browser's voice pauses for a quarter of its time.
    assert!(anna > 2.0 && zoya > 2.5, "{anna} s of the telephone, {zoya} s of the browser");
}

async fn until_talking(anna: &Program) {
    for _ in 0..300 {
        if anna.see().await["state"]["code"] == "talking" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("nobody talks: {}", anna.see().await);
}
