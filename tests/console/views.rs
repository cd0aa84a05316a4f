//! Filters kept under a name are one's own, and what is in them stays an address.

use reqwest::Method;
use reqwest::header::{ACCEPT, HeaderMap};

use crate::browser::Browser;
use crate::{HOSTILE, PASSWORD, form, leads_to};

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_kept_for_their_user_alone_until_he_forgets_them() {
    let (_house, daemon) = crate::house();
    let mut one = Browser::new(&daemon);
    one.sign_in("supervisor", PASSWORD).await;
    let keep = |name: &str, query: &str| format!("path=/calls&name={}&query={}", form(name), form(query));
    let kept = one.post("/views", &keep("mine", "outcome=busy")).await;
    assert_eq!(leads_to(&kept), "/calls?outcome=busy");
    for text in HOSTILE {
        one.post("/views", &keep(text, text)).await;
    }
    let page = one.get("/calls").await.text().await.expect("text");
    assert!(page.contains("href=\"/calls?outcome=busy\""), "{page}");
    for made in ["<script>alert", "<img", "<svg/", "<iframe", "href=\"javascript"] {
        assert!(!page.contains(made), "{made}");
    }
    let elsewhere = one.post("/views", "path=//evil.example&name=x&query=a").await;
    assert_eq!(elsewhere.status().as_u16(), 422);
    let mut other = Browser::new(&daemon);
    other.sign_in("auditor", PASSWORD).await;
    assert!(!other.get("/calls").await.text().await.expect("text").contains("outcome=busy\">mine"));
    one.post("/views", &keep("mine", "")).await;
    assert!(!one.get("/calls").await.text().await.expect("text").contains("outcome=busy\">mine"));
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_with_filters_keeps_them() {
    let (_house, daemon) = crate::house();
    let mut one = Browser::new(&daemon);
    one.sign_in("supervisor", PASSWORD).await;
    let pages = [
        ("/cases", "closed=on"),
        ("/cases/triggers", "days=7"),
        ("/quality/report", "days=7"),
        ("/recordings", "outcome=answered"),
        ("/reports/kpi", "from=2026-03-01"),
        ("/reports/uplift", "window_days=7"),
    ];
    for (path, query) in pages {
        let kept = one.post("/views", &format!("path={path}&name=kept&query={}", form(query))).await;
        assert_eq!(leads_to(&kept), format!("{path}?{query}"));
        let shown = one.get(&format!("{path}?{query}")).await.text().await.expect("text");
        assert!(shown.contains(&format!("<a href=\"{path}?{query}\">kept</a>")), "{path}: {shown}");
    }
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_browser_would_show_as_nothing_is_a_page_that_says_how_to_go_on() {
    let (_house, daemon) = crate::house();
    let mut one = Browser::new(&daemon);
    one.sign_in("supervisor", PASSWORD).await;
    let mut eyes = HeaderMap::new();
    eyes.insert(ACCEPT, "text/html,application/xhtml+xml".parse().expect("a kind"));
    let faults = [
        ("/calls/77", 404, "Здесь ничего нет"),
        ("/campaigns/nobody/why-not", 404, "Здесь ничего нет"),
        ("/calls?from=soon", 422, "День пишется так"),
        ("/calls?before=x", 400, "Этого не прочитать"),
        ("/reports/kpi?from=2026-02-30", 422, "Это не день"),
    ];
    for (path, status, said) in faults {
        let answer = one.send(Method::GET, path, "", eyes.clone()).await;
        assert_eq!(answer.status().as_u16(), status, "{path}");
        let page = answer.text().await.expect("text");
        assert!(
            page.contains(said) && page.contains("<nav") && page.contains("href=\"/\""),
            "{path}: {page}"
        );
        assert!(!page.contains("Failed to"), "{path}: {page}");
        // A program is told as shortly as before.
        let bare = one.get(path).await;
        assert_eq!(bare.status().as_u16(), status, "{path}");
        assert!(!bare.text().await.expect("text").contains("<html"), "{path}");
    }
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn why_a_person_is_not_called_is_told_in_words_and_who_asked_is_written_down() {
    let (_house, daemon) = crate::house();
    let mut one = Browser::new(&daemon);
    one.sign_in("supervisor", PASSWORD).await;
    let page = one.get("/campaigns/reminders/why-not?person=p1").await.text().await.expect("text");
    assert!(page.contains("запустить кампанию") && page.contains("Europe/Moscow (UTC+3)"), "{page}");
    assert!(page.contains("кампания приостановлена") && !page.contains("campaign_paused"), "{page}");
    assert!(page.contains("ru-230fz-safe") && !page.contains("+7999"), "{page}");
    let nobody = one.get("/campaigns/reminders/why-not?person=p77").await.text().await.expect("text");
    assert!(nobody.contains("Ни у кого нет такого id"), "{nobody}");
    let mut auditor = Browser::new(&daemon);
    auditor.sign_in("auditor", PASSWORD).await;
    let looks = auditor.get("/audit?person=p1").await.text().await.expect("text");
    assert!(looks.contains("человек: открыто, почему не звоним") && looks.contains("supervisor"), "{looks}");
    daemon.stop();
}
