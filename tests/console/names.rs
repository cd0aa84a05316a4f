//! A start in the console with a speech engine: first the names, then the calls.

use std::time::Duration;

use crate::browser::Browser;
use crate::house::{House, Running, config, tone, until};
use crate::{PASSWORD, leads_to};

/// A house whose Russian engine is this shell script, with a paused campaign of three contacts and its daemon at work.
fn house(script: &str) -> (House, Running) {
    let command: Vec<toml::Value> = ["sh", "-c", script].map(toml::Value::from).to_vec();
    let config = config(([127, 0, 0, 1], 9).into()).set("prompts.toml", "engine.ru.command", command);
    let house = House::new(config.set("prompts.toml", "engine.ru.workers", 1));
    house.import(3);
    house.run(&["campaign", "pause", "reminders"]);
    house.add_user("supervisor", "supervisor", PASSWORD);
    let daemon = house.start();
    until("the daemon is ready", || daemon.get("/readyz").is_some_and(|(status, _)| status == 200));
    (house, daemon)
}

fn kept(house: &House) -> usize {
    let files = std::fs::read_dir(house.path("data/names")).into_iter().flatten();
    files
        .filter(|file| {
            file.as_ref().is_ok_and(|file| file.path().extension().is_some_and(|end| end == "wav"))
        })
        .count()
}

/// The page of the campaigns once it has `text`.
async fn page_with(browser: &mut Browser, text: &str) -> String {
    let mut page = String::new();
    for _ in 0..600 {
        page = browser.get("/campaigns").await.text().await.expect("text");
        if page.contains(text) {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("never {text:?}: {page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_started_in_the_console_has_its_names_said_first() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let (wav, go) = (scratch.path().join("voice.wav"), scratch.path().join("go"));
    tone(&wav, 440.0);
    // The engine waits until the test has looked at the page.
    let (house, daemon) =
        house(&format!("until [ -e {} ]; do sleep 0.05; done; cat {}", go.display(), wav.display()));
    let mut browser = Browser::new(&daemon);
    browser.sign_in("supervisor", PASSWORD).await;
    browser.post("/language", "language=en").await;
    assert_eq!(leads_to(&browser.post("/campaigns/reminders", "act=start").await), "/campaigns");
    let page = page_with(&mut browser, "names: 0 of ").await;
    assert!(page.contains("paused") && kept(&house) == 0, "{page}");
    std::fs::write(&go, "").expect("a file of our own");
    let page = page_with(&mut browser, "running").await;
    assert!(!page.contains("names: "), "{page}");
    let said = kept(&house);
    assert!(said > 0);
    // Nothing is lacking any more.
    browser.post("/campaigns/reminders", "act=pause").await;
    browser.post("/campaigns/reminders", "act=start").await;
    page_with(&mut browser, "running").await;
    assert_eq!(kept(&house), said);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_click_starts_without_the_names_and_a_pause_ends_the_work_on_them() {
    let (house, daemon) = house("sleep 600");
    let mut browser = Browser::new(&daemon);
    browser.sign_in("supervisor", PASSWORD).await;
    browser.post("/language", "language=en").await;
    browser.post("/campaigns/reminders", "act=start").await;
    page_with(&mut browser, "names: 0 of ").await;
    browser.post("/campaigns/reminders", "act=pause").await;
    let page = page_with(&mut browser, "paused").await;
    assert!(!page.contains("names: "), "{page}");
    browser.post("/campaigns/reminders", "act=start").await;
    page_with(&mut browser, "names: 0 of ").await;
    browser.post("/campaigns/reminders", "act=start").await;
    let page = page_with(&mut browser, "running").await;
    assert!(!page.contains("names: ") && kept(&house) == 0, "{page}");
}
