//! The console: whoever is not signed in sees the door; whoever is sees what the rights table lets him see.
#![allow(clippy::disallowed_methods, reason = "a test of a running program waits by the clock")]

#[path = "../house/mod.rs"]
mod house;

mod browser;
mod reports;

use browser::Browser;
use house::{House, Running, config, until};
use obzvon::domain::{Right, Role};
use reqwest::header::{HeaderMap, LOCATION, ORIGIN};
use reqwest::{Method, Response};

const PASSWORD: &str = "correct horse";

/// Every page, and the right it wants.
const PAGES: [(&str, Right); 12] = [
    ("/desk", Right::WorkDesk),
    ("/", Right::SeeLive),
    ("/live", Right::SeeLive),
    ("/campaigns", Right::SeeLive),
    ("/campaigns/reminders/why-not", Right::SeeLive),
    ("/reports", Right::SeeReports),
    ("/reports/economics", Right::SeeReports),
    ("/reports/kpi.csv", Right::SeeReports),
    ("/reports/agents", Right::SeeTeam),
    ("/proposals", Right::SeeReports),
    ("/deliveries", Right::SeeReports),
    ("/users", Right::SeeUsers),
];

/// A house with a paused campaign of three contacts, a user of each role, and its daemon at work.
fn house() -> (House, Running) {
    let house = House::new(config(([127, 0, 0, 1], 9).into()));
    house.import(3);
    house.run(&["campaign", "pause", "reminders"]);
    for role in Role::ALL {
        house.add_user(role.code(), role.code(), PASSWORD);
    }
    let daemon = house.start();
    until("the daemon is ready", || daemon.get("/readyz").is_some_and(|(status, _)| status == 200));
    (house, daemon)
}

fn leads_to(answer: &Response) -> &str {
    answer.headers().get(LOCATION).map_or("", |to| to.to_str().expect("text"))
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_signed_in_sees_the_door_and_nothing_else() {
    let (house, daemon) = house();
    let mut stranger = Browser::new(&daemon);
    for (page, _) in PAGES {
        let answer = stranger.get(page).await;
        assert_eq!((answer.status().as_u16(), leads_to(&answer)), (303, "/sign-in"), "{page}");
    }
    let click = stranger.post("/campaigns/reminders", "act=start").await;
    assert_eq!((click.status().as_u16(), leads_to(&click)), (303, "/sign-in"));
    let door = stranger.get("/sign-in").await;
    let policy = door.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    let text = door.text().await.expect("text");
    assert!(text.contains("Войти") && !text.contains("reminders"), "{text}");
    assert_eq!(stranger.sign_in("nobody", PASSWORD).await, 401);
    assert_eq!(stranger.sign_in("auditor", "wrong").await, 401);
    for _ in 0..4 {
        stranger.sign_in("auditor", "wrong").await;
    }
    assert_eq!(stranger.sign_in("auditor", PASSWORD).await, 429, "even the right one waits now");
    daemon.stop();
    drop(house);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_sees_what_the_rights_table_says() {
    let (_house, daemon) = house();
    for role in Role::ALL {
        let mut browser = Browser::new(&daemon);
        assert_eq!(browser.sign_in(role.code(), PASSWORD).await, 303, "{role:?}");
        for (page, right) in PAGES {
            let status = browser.get(page).await.status().as_u16();
            assert_eq!(status, if role.may(right) { 200 } else { 403 }, "{role:?} at {page}");
        }
        let click = browser.post("/campaigns/reminders", "act=pause").await.status().as_u16();
        assert_eq!(click, if role.may(Right::RunCampaigns) { 303 } else { 403 }, "{role:?} clicks");
    }
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_starts_and_pauses_a_campaign_and_another_site_can_not() {
    let (house, daemon) = house();
    let mut browser = Browser::new(&daemon);
    browser.get("/sign-in").await;
    browser.sign_in("supervisor", PASSWORD).await;
    let signed_in = browser.cookie.clone();
    let text = browser.get("/campaigns").await.text().await.expect("text");
    assert!(text.contains("reminders") && text.contains("пауза") && text.contains("Пуск"), "{text}");
    let origin = HeaderMap::from_iter([(ORIGIN, "https://evil.example".parse().expect("text"))]);
    let foreign = browser.send(Method::POST, "/campaigns/reminders", "act=stop", origin).await;
    assert_eq!(foreign.status().as_u16(), 403);
    let running = |house: &House| house.run(&["campaign", "list", "--lang", "en"]).contains("running");
    assert!(!running(&house));
    assert_eq!(leads_to(&browser.post("/campaigns/reminders", "act=start").await), "/campaigns");
    assert!(running(&house));
    let again = browser.post("/campaigns/reminders", "act=start").await;
    assert_eq!(leads_to(&again), "/campaigns?refused=true");
    browser.post("/campaigns/reminders", "act=pause").await;
    browser.post("/language", "language=en").await;
    let text = browser.get("/campaigns/reminders/why-not").await.text().await.expect("text");
    assert!(text.contains("Why not calling: reminders"), "{text}");
    assert!(house.log().contains("a campaign was clicked"), "who clicked is in the log");
    // The session ends at once for who signs out, and for who is kept out.
    assert_eq!(leads_to(&browser.post("/sign-out", "").await), "/sign-in");
    browser.cookie = signed_in;
    assert_eq!(leads_to(&browser.get("/").await), "/sign-in", "the old cookie is worth nothing");
    browser.sign_in("supervisor", PASSWORD).await;
    assert_eq!(browser.get("/").await.status().as_u16(), 200);
    house.run(&["user", "disable", "supervisor"]);
    assert_eq!(leads_to(&browser.get("/").await), "/sign-in");
    assert_eq!(browser.sign_in("supervisor", PASSWORD).await, 401);
    daemon.stop();
}
