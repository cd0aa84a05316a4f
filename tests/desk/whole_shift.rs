//! One whole shift of an agent whose sound is in her browser, over HTTPS with the house's own certificate: from the door to the
//! door, and nothing but keys.

use obzvon::demo::carrier::Carrier;
use serde_json::{Value, json};

use crate::browser::Page;
use crate::house::until;
use crate::office::{Debtor, furnished, import, plan};
use crate::shift::{patient, sign_in, until_state};
use crate::sound::{asked_to_stay, until_sound, voice, with_browser};

const CREDITOR: &str = "Северный Банк";

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_shift_is_worked_by_keyboard_over_https() {
    let spoken = tempfile::tempdir().expect("a folder");
    let carrier = Carrier::start(patient()).await.expect("a free port");
    let config = with_browser(plan(Some(&carrier), "progressive"), 20)
        .set("obzvon.toml", "daemon.https.self_signed", true)
        .set("agents.toml", "wrap_up_s", 600)
        .set("agents.toml", "disposition_first", true);
    let house = furnished(config);
    import(&house, &["Анна Л.", "Пётр М."].map(|name| Debtor { name, creditor: CREDITOR }));
    let daemon = house.launch();
    until("the pages are there", || daemon.get("/healthz").is_some());
    let (base, file) = (daemon.base().replace("http:", "https:"), voice(&spoken));
    let shift = tokio::task::spawn_blocking(move || {
        let mut page = Page::that_speaks("ru", &file);
        sign_in(&mut page, &base, "anna");
        check_headset(&mut page);
        begin(&mut page);
        first_talk(&mut page, &base);
        promise(&mut page);
        second_talk(&mut page);
        end(&mut page);
        assert!(page.troubles.is_empty(), "{:?}", page.troubles);
    });
    if let Err(broken) = shift.await {
        let log = house.log();
        println!("{}", log.lines().filter(|line| line.contains("obzvon::")).collect::<Vec<_>>().join("\n"));
        std::panic::resume_unwind(broken.into_panic());
    }
    let attempts = house.attempts();
    let told: Vec<_> = attempts.iter().map(|it| (&it["outcome"], &it["disposition"])).collect();
    let (answered, promised, stopped) = (json!("answered"), json!("promise_to_pay"), json!("stop_requested"));
    assert_eq!(told, [(&answered, &promised), (&answered, &stopped)], "{attempts:?}");
    let why = house.run(&["explain", "p1", "--lang", "en"]);
    assert!(why.contains("complaint"), "the person is held: {why}");
    daemon.stop();
}

/// Before the shift: is she heard?
fn check_headset(page: &mut Page) {
    assert_eq!(page.eval("isSecureContext"), json!(true), "the browser gives its microphone");
    let here = page.eval("location.origin").as_str().expect("an origin").to_owned();
    page.go(&format!("{here}/desk/headset"));
    page.tab_to("[data-part=turn]");
    page.press("Enter");
    until_sound(page, "on");
    page.until("she is heard", "document.querySelector('[data-part=level]').value > 0.1");
    page.until("she is judged", "document.querySelector('[data-part=verdict]').textContent !== ''");
    page.press("Enter");
    until_sound(page, "off");
    page.tab_to("#sound a[href='/desk']");
    page.press("Enter");
    page.until(
        "she is back at the desk",
        "location.pathname === '/desk' && !!document.querySelector('#bar')",
    );
}

fn begin(page: &mut Page) {
    page.tab_to("[data-turn=logged_in]");
    page.press("Enter");
    until_state(page, "away");
    // She has switched it on for the check: now it comes by itself.
    until_sound(page, "on");
    page.press("Ctrl+Enter");
}

/// The screen pops; the debt is shown after identity; a page that is opened anew has the same call.
fn first_talk(page: &mut Page, base: &str) {
    until_state(page, "talking");
    let text = page.text("main");
    assert!(text.contains("Анна Л.") && !text.contains(CREDITOR) && !text.contains("000,50"), "{text}");
    page.press("F2");
    let debt = format!("document.querySelector('#debtor').innerText.includes({})", json!(CREDITOR));
    page.until("the debt is shown", &debt);
    for stage in ["contact", "reason"] {
        let stage = format!("[data-stage={stage}]");
        let may = |may: &str| format!("{may}document.querySelector('{stage}').disabled");
        page.until("the stage may be ticked", &may("!"));
        page.tab_to(&stage);
        page.press("Enter");
        page.until("the stage is done", &may(""));
    }
    let attempt = page.eval("document.querySelector('#bar').dataset.attempt");
    page.go(&format!("{base}/desk"));
    asked_to_stay(page);
    until_sound(page, "on");
    until_state(page, "talking");
    assert_eq!(page.eval("document.querySelector('#bar').dataset.attempt"), attempt, "the same call");
    page.until("what was known is known", &debt);
    page.until("what was done is done", "document.querySelector('[data-stage=reason]').disabled");
    page.press("F9");
    until_state(page, "wrap_up");
}

/// A day too late is refused, an earlier one is taken; both are typed.
fn promise(page: &mut Page) {
    page.press("1");
    page.until("a promise is asked for", "document.activeElement.name === 'on'");
    write_day(page, 60);
    let told =
        |id: &str, text: &str| format!("document.querySelector('{id}').textContent.includes('{text}')");
    page.until("the refusal is told beside the field", &told("#check", "Не позже"));
    page.press("Ctrl+Enter");
    page.until("it is not taken", &told("#why", "Не позже"));
    until_state(page, "wrap_up");
    for _ in 0..3 {
        page.press("ArrowLeft");
    }
    write_day(page, 3);
    page.until("it would be taken", &told("#check", "✓"));
    page.press("Ctrl+Enter");
    page.until("the day counts it", "/обещания\\s+1/.test(document.querySelector('#day').innerText)");
}

/// Types a day that is so many days from now into the date that has the focus, in the order of the browser's language.
fn write_day(page: &mut Page, days: i64) {
    let typed = format!(
        "new Intl.DateTimeFormat(undefined, {{ day: '2-digit', month: '2-digit', year: 'numeric' }})\
         .formatToParts(new Date(Date.now() + {days} * 86400000))\
         .filter((part) => part.type !== 'literal').map((part) => part.value).join('')"
    );
    let typed = page.eval(&typed);
    for digit in typed.as_str().expect("digits").chars() {
        page.press(&digit.to_string());
    }
    let wanted = format!("new Date(Date.now() + {days} * 86400000).toLocaleDateString('sv')");
    page.until("the day is written", &format!("document.activeElement.value === {wanted}"));
}

/// A complaint: one key, and the talk goes on.
fn second_talk(page: &mut Page) {
    until_state(page, "talking");
    assert!(page.text("main").contains("Пётр М."));
    page.press("F3");
    page.until("a case is open", "!document.querySelector('#complained').hidden");
    until_state(page, "talking");
    page.press("F9");
    until_state(page, "wrap_up");
    page.press("9");
    page.press("Ctrl+Enter");
    until_state(page, "ready");
}

/// A pause with its code, the end of the shift, and the door.
fn end(page: &mut Page) {
    page.press("Alt+1");
    until_state(page, "away");
    let pause = page.eval("document.querySelector('[data-turn=away]').firstChild.textContent");
    let shown = page.text(".state");
    assert!(shown.contains(pause.as_str().expect("a name")), "{shown}, {pause}");
    page.tab_to("details.pauses summary");
    page.press("Enter");
    page.until("the pauses are open", "document.querySelector('details.pauses').open");
    page.tab_to("[data-turn=logged_out]");
    page.press("Enter");
    until_state(page, "logged_out");
    page.tab_to("form[action='/sign-out'] button");
    page.press("Enter");
    page.until("she is outside", "location.pathname === '/sign-in' && document.readyState === 'complete'");
    let session = page.eval("document.cookie");
    assert_eq!(session, Value::from(""), "no script ever sees the session");
}
