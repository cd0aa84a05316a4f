//! A supervisor's hour by keyboard, in Chromium: he listens to a call, pauses a campaign, tightens a limit and has it taken back.

use obzvon::demo::carrier::Carrier;

use crate::browser::Page;
use crate::house::until;
use crate::office::{Debtor, PASSWORD, furnished, import, plan, start};
use crate::phone::Phone;
use crate::shift::{patient, sign_in, until_state};
use crate::sound::{AGENT_HZ, DEBTOR_HZ, seconds_of, until_sound, voice, with_browser};

/// What the supervisor writes into `limits.toml`.
const LIMIT: &str =
    "# спросил юрист\n[[tighten]]\npreset = \"ru-230fz-safe\"\nid = \"ru.safe.attempts_day\"\nlimit = 2\n";

/// What he was asked before a click; nothing else has gone wrong.
#[track_caller]
fn asked(page: &mut Page, wanted: &str) {
    let troubles = std::mem::take(&mut page.troubles);
    let [dialog] = &troubles[..] else { panic!("one question: {troubles:?}") };
    assert!(dialog.starts_with("a dialog") && dialog.contains(wanted), "{dialog}");
}

#[tokio::test(flavor = "multi_thread")]
async fn he_listens_to_a_call_pauses_a_campaign_and_tightens_a_limit_that_another_takes_back() {
    let spoken = tempfile::tempdir().expect("a folder");
    let carrier = Carrier::start(patient()).await.expect("a free port");
    let phone = Phone::start("boss").await;
    let config = with_browser(plan(Some(&carrier), "progressive"), 15)
        .set("agents.toml", "queue.collectors.skills", vec!["collects".to_owned()])
        .set("agents.toml", "agent.anna.skills", vec!["language:ru".to_owned(), "collects".to_owned()])
        .set("agents.toml", "agent.boss.leg", "per_call")
        .set("agents.toml", "agent.boss.contact", format!("sip:boss@127.0.0.1:{}", phone.sip_port))
        .set("agents.toml", "agent.boss.supervises", true);
    let house = furnished(config);
    house.add_user("second", "supervisor", PASSWORD);
    let names = ["Анна", "Пётр", "Павел"].map(|name| Debtor { name, creditor: "Северный Банк" });
    import(&house, &names);
    let daemon = start(&house);
    let (base, file) = (daemon.base(), voice(&spoken));
    let hour = tokio::task::spawn_blocking(move || {
        let mut anna = Page::that_speaks("ru", &file);
        talks(&mut anna, &base);
        let mut boss = Page::open("ru");
        sign_in(&mut boss, &base, "boss");
        listens(&mut boss, &base);
        pauses(&mut boss, &base);
        tightens(&mut boss, &base);
        let mut second = Page::open("ru");
        sign_in(&mut second, &base, "second");
        takes_back(&mut second, &base);
        let mut auditor = Page::open("ru");
        sign_in(&mut auditor, &base, "auditor");
        auditor.go(&format!("{base}/audit"));
        let looks = auditor.text("main");
        assert!(
            looks.contains("boss\tanna") && looks.contains("слушал"),
            "who listened is in the audit: {looks}"
        );
        anna.press("F9");
        until_state(&mut anna, "wrap_up");
    });
    if let Err(broken) = hour.await {
        println!(
            "{}",
            house.log().lines().filter(|line| line.contains("obzvon::")).collect::<Vec<_>>().join("\n")
        );
        std::panic::resume_unwind(broken.into_panic());
    }
    until("the call is over", || house.attempts().iter().any(|attempt| attempt["outcome"].is_string()));
    let list = house.run(&["campaign", "list", "--lang", "en"]);
    assert!(list.contains("paused"), "{list}");
    daemon.stop();
    let heard = phone.heard().await;
    let [debtor, agent] = [DEBTOR_HZ, AGENT_HZ].map(|hz| seconds_of(&heard, hz));
    println!("the supervisor heard {debtor} s of the debtor, {agent} s of the agent");
    assert!(debtor > 2.0 && agent > 2.0, "he hears both");
    assert_eq!(house.attempts().len(), 1, "nobody is called after the pause");
}

/// Anna's shift up to her first talk.
fn talks(page: &mut Page, base: &str) {
    sign_in(page, base, "anna");
    page.eval("localStorage.setItem('sound.quiet', 'no')");
    page.tab_to("[data-turn=logged_in]");
    page.press("Enter");
    until_state(page, "away");
    page.press("Ctrl+Enter");
    page.press("F1");
    until_sound(page, "on");
    until_state(page, "talking");
    page.press("F2");
    page.until("the debt is shown", "document.querySelector('#debtor').innerText.includes('Северный')");
    page.picture("desk-talking-ru");
}

fn listens(page: &mut Page, base: &str) {
    page.go(&format!("{base}/agents"));
    page.until("the talk is seen", "!!document.getElementById('anna-listen')");
    page.tab_to("#anna-listen");
    page.press("Enter");
    page.until("it is done", "!!document.querySelector('p.good[role=alert]')");
    page.picture("agents-listening-ru");
    std::thread::sleep(std::time::Duration::from_secs(5));
    page.eval("document.querySelector('p.good[role=alert]').remove()");
    page.tab_to("#anna-leave");
    page.press("Enter");
    page.until("he has left", "!!document.querySelector('p.good[role=alert]')");
    assert!(page.troubles.is_empty(), "{:?}", page.troubles);
}

fn pauses(page: &mut Page, base: &str) {
    page.go(&format!("{base}/campaigns"));
    page.tab_to("button[value=pause]");
    page.press("Enter");
    page.until("it is paused", "!!document.querySelector('button[value=start]')");
    asked(page, "Контактов в очереди и ждущих: 2.");
}

fn tightens(page: &mut Page, base: &str) {
    page.go(&format!("{base}/config/file?path=limits.toml"));
    page.tab_to("textarea");
    page.write(LIMIT);
    page.tab_to("form.text button");
    page.press("Enter");
    page.until(
        "it is weighed",
        "!!document.querySelector('.figure') && !!document.querySelector('button[value=apply]')",
    );
    page.picture("change-weighed-ru");
    page.tab_to("button[value=apply]");
    page.press("Enter");
    page.until("it is in force", "!!document.querySelector('button[value=undo]')");
    asked(page, "?");
    page.tab_to("button[value=undo]");
    page.press("Enter");
    page.until(
        "the reverse is weighed",
        "location.pathname === '/config/changes/2' && !!document.querySelector('.figure')",
    );
    let there = page.eval("!!document.querySelector('button[value=apply]')");
    assert_eq!(there, serde_json::json!(false), "what loosens is another's to put into force");
    assert!(page.troubles.is_empty(), "{:?}", page.troubles);
}

fn takes_back(page: &mut Page, base: &str) {
    page.go(&format!("{base}/config/changes/2"));
    page.until("he may", "!!document.querySelector('button[value=apply]')");
    page.tab_to("button[value=apply]");
    page.press("Enter");
    page.until("it is taken back", "!!document.querySelector('p .good')");
    asked(page, "?");
}
