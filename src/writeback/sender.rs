//! One try of one message.

use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::redirect::Policy;

use super::sign;
use crate::domain::SigningKey;

/// Where messages go.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// `https`, or `http` on loopback: the configuration has checked it.
    pub url: String,
    pub key: SigningKey,
    /// From the connection to the end of the answer.
    pub timeout: Duration,
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// The receiver has it: a 2xx.
    Taken { status: u16 },
    /// It has not, or did not say so.
    Refused {
        /// The HTTP status, where there was an answer.
        status: Option<u16>,
        /// What happened, in a few words without the address or anything of the message.
        fault: String,
        /// `Retry-After` in seconds, where it was given so.
        retry_after: Option<Duration>,
    },
}

/// Sends messages; holds the connections between tries.
#[derive(Debug, Clone)]
pub struct Sender(reqwest::Client);

impl Sender {
    /// A sender that follows no redirect: a signed message goes to the address configured and to no other.
    ///
    /// # Errors
    /// When no TLS is to be had.
    pub fn new() -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .user_agent(concat!("obzvon/", env!("CARGO_PKG_VERSION")));
        client.build().map(Self)
    }

    /// Sends `body`, JSON, under `id`, which is the same at each try; `unix_s` is the time of this one.
    pub async fn send(&self, endpoint: &Endpoint, id: &str, unix_s: i64, body: String) -> Sent {
        let signature = sign(&endpoint.key, id, unix_s, &body);
        let request = self
            .0
            .post(&endpoint.url)
            .timeout(endpoint.timeout)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", unix_s)
            .header("webhook-signature", signature)
            .body(body);
        match request.send().await {
            Ok(answer) if answer.status().is_success() => Sent::Taken { status: answer.status().as_u16() },
            Ok(answer) => {
                let asked = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
                let status = answer.status().as_u16();
                Sent::Refused {
                    status: Some(status),
                    fault: format!("HTTP {status}"),
                    retry_after: asked.and_then(|text| text.parse().ok()).map(Duration::from_secs),
                }
            }
            Err(fault) => Sent::Refused { status: None, fault: words(&fault), retry_after: None },
        }
    }
}

fn words(fault: &reqwest::Error) -> String {
    let what = match () {
        () if fault.is_timeout() => "no answer in time",
        () if fault.is_connect() => "no connection",
        () => "the exchange broke off",
    };
    let mut deepest: &dyn std::error::Error = fault;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    let root = deepest.to_string();
    // The outermost text has the address in it, with whatever secret its path may hold.
    if fault.to_string() == root { what.to_owned() } else { format!("{what}: {root}") }
}
