//! A browser as far as the console needs one.

use reqwest::header::{COOKIE, HeaderMap, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response};

use crate::house::Running;

/// Somebody at the console: keeps his cookie and follows nothing by himself.
pub struct Browser {
    pub client: Client,
    /// Where the program is; it may be another start of it.
    pub base: String,
    pub cookie: Option<String>,
}

impl Browser {
    pub fn new(daemon: &Running) -> Self {
        let client = Client::builder().redirect(Policy::none()).build().expect("a client");
        Self { client, base: daemon.base(), cookie: None }
    }

    pub async fn send(&mut self, method: Method, path: &str, form: &str, headers: HeaderMap) -> Response {
        let mut request = self.client.request(method, format!("{}{path}", self.base)).headers(headers);
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        if !form.is_empty() {
            let kind = "application/x-www-form-urlencoded";
            request = request.header("content-type", kind).body(form.to_owned());
        }
        let answer = request.send().await.expect("an answer");
        if let Some(set) = answer.headers().get(SET_COOKIE) {
            let set = set.to_str().expect("text");
            let ends = set.contains("Max-Age=0");
            assert!(ends || set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
            self.cookie = set.split(';').next().map(str::to_owned);
        }
        answer
    }

    pub async fn get(&mut self, path: &str) -> Response {
        self.send(Method::GET, path, "", HeaderMap::new()).await
    }

    pub async fn post(&mut self, path: &str, form: &str) -> Response {
        self.send(Method::POST, path, form, HeaderMap::new()).await
    }

    pub async fn sign_in(&mut self, login: &str, password: &str) -> u16 {
        let form = format!("login={login}&password={}", password.replace(' ', "+"));
        self.post("/sign-in", &form).await.status().as_u16()
    }
}
