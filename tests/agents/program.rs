//! What agents and supervisors do by the interface.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;

use crate::office::Office;
pub use crate::signed_in::Program;

/// The password of everybody who signs in.
pub const WORD: &str = "correct horse";

impl Program {
    /// Signs a user of this office in.
    pub async fn of(office: &Office, login: &str, role: &str) -> Self {
        office.house.add_user(login, role, WORD);
        let base = format!("http://{}", office.inside().plans.load().config.daemon.http);
        Self::signed_in(base, login, WORD).await
    }

    /// The status, and the reason's code or nothing.
    pub async fn post(&self, path: &str, body: Value) -> (u16, String) {
        let answer = self.send(Method::POST, &format!("/api/v1/{path}"), Some(body)).await;
        let (status, text) = (answer.status().as_u16(), answer.text().await.expect("text"));
        let answer: Value = serde_json::from_str(&text).unwrap_or_default();
        (status, answer["fault"].as_str().unwrap_or_default().to_owned())
    }

    pub async fn see_desk(&self) -> Value {
        let answer = self.send(Method::GET, "/api/v1/desk", None).await;
        serde_json::from_str(&answer.text().await.expect("text")).expect("JSON")
    }

    /// Waits until somebody is shown for a decision; the contact.
    pub async fn until_shown(&self) -> i64 {
        let patience = std::time::Instant::now() + Duration::from_secs(30);
        loop {
            let desk = self.see_desk().await;
            if desk["preview_ends_ms"].is_i64() {
                return desk["call"]["contact"].as_i64().expect("a contact");
            }
            assert!(std::time::Instant::now() < patience, "nobody is shown: {desk}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Reads what is told to the desk from now on until it is enough.
    pub async fn listen(&self, enough: impl Fn(&str) -> bool) -> String {
        let mut answer = self.send(Method::GET, "/api/v1/desk/events", None).await;
        let mut text = String::new();
        while !enough(&text) {
            let chunk = answer.chunk().await.expect("it goes on").expect("more");
            text.push_str(&String::from_utf8_lossy(&chunk));
        }
        text
    }

    pub async fn supervise(&self, agent: &str, what: &str) -> u16 {
        self.post(&format!("agents/{agent}/supervision"), serde_json::json!({ "do": what })).await.0
    }
}
