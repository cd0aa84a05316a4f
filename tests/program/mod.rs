//! Somebody signed in to the interface: the cookie that proves it goes with all he asks.

use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;

pub struct Program {
    client: Client,
    base: String,
    /// Empty: a stranger's.
    cookie: String,
    /// Where he was sent when he had signed in.
    #[allow(dead_code, reason = "not every test looks")]
    pub home: String,
}

impl Program {
    pub async fn signed_in(base: String, login: &str, password: &str) -> Self {
        let client = Client::builder().redirect(Policy::none()).build().expect("a client");
        let form = format!("login={login}&password={}", password.replace(' ', "+"));
        let request = client.post(format!("{base}/sign-in")).body(form);
        let answer = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").send().await;
        let answer = answer.expect("an answer");
        let text = |name| answer.headers().get(name).expect("a header").to_str().expect("text").to_owned();
        let cookie = text(SET_COOKIE).split(';').next().expect("a cookie").to_owned();
        Self { client, base, cookie, home: text(LOCATION) }
    }

    /// Somebody at the same door who has not signed in.
    #[allow(dead_code, reason = "not every test has strangers")]
    pub fn stranger(&self) -> Self {
        let (client, base) = (self.client.clone(), self.base.clone());
        Self { client, base, cookie: String::new(), home: String::new() }
    }

    /// A request to this path, as his.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base)).header(COOKIE, &self.cookie)
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Response {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        request.send().await.expect("an answer")
    }
}
