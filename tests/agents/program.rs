//! Somebody signed in to the interface.

use serde_json::Value;

use crate::office::Office;

pub struct Program {
    client: reqwest::Client,
    base: String,
    cookie: String,
}

/// The password of everybody who signs in.
pub const WORD: &str = "correct horse";

impl Program {
    /// Signs a user of this office in.
    pub async fn of(office: &Office, login: &str, role: &str) -> Self {
        office.house.add_user(login, role, WORD);
        let base = format!("http://{}", office.inside().plans.load().config.daemon.http);
        Self::signed_in(base, login, WORD).await
    }

    pub async fn signed_in(base: String, login: &str, password: &str) -> Self {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let client = client.build().expect("a client");
        let form = format!("login={login}&password={}", password.replace(' ', "+"));
        let request = client.post(format!("{base}/sign-in")).body(form);
        let answer = request
            .header("content-type", "application/x-www-form-urlencoded")
            .send()
            .await
            .expect("an answer");
        let cookie = answer.headers().get("set-cookie").expect("a cookie").to_str().expect("text");
        let cookie = cookie.split(';').next().expect("a cookie").to_owned();
        Self { client, base, cookie }
    }

    /// The status, and the reason's code or nothing.
    pub async fn post(&self, path: &str, body: Value) -> (u16, String) {
        let request = self.client.post(format!("{}/api/v1/{path}", self.base));
        let request = request.header("cookie", &self.cookie).header("content-type", "application/json");
        let answer = request.body(body.to_string()).send().await.expect("an answer");
        let (status, text) = (answer.status().as_u16(), answer.text().await.expect("text"));
        let answer: Value = serde_json::from_str(&text).unwrap_or_default();
        (status, answer["fault"].as_str().unwrap_or_default().to_owned())
    }

    pub async fn see_desk(&self) -> Value {
        let request = self.client.get(format!("{}/api/v1/desk", self.base)).header("cookie", &self.cookie);
        let text = request.send().await.expect("an answer").text().await.expect("text");
        serde_json::from_str(&text).expect("JSON")
    }

    /// Reads what is told to the desk from now on until it is enough.
    pub async fn listen(&self, enough: impl Fn(&str) -> bool) -> String {
        let request = self.client.get(format!("{}/api/v1/desk/events", self.base));
        let mut answer = request.header("cookie", &self.cookie).send().await.expect("an answer");
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
