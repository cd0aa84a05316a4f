//! Filters kept under a name are one's own, and what is in them stays an address.

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
