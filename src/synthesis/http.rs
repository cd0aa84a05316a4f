//! An engine that is a server beside us: one request a sentence.

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use tokio::time::timeout;

use super::EngineFault;
use super::engine::MOST_MB;
use crate::speech::{EnginePlan, HttpAddress};

/// Asks the server for one text. Blocks; never called on a thread that runs tasks.
pub(super) fn say(
    plan: &EnginePlan,
    address: &HttpAddress,
    body: Option<&str>,
    text: &str,
) -> Result<Vec<u8>, EngineFault> {
    let asked = Asked::new(plan, address, body, text);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|source| EngineFault::Talk { source })?;
    // The limit is for the whole answer: a server may give it drop by drop.
    let said = runtime.block_on(async { timeout(plan.time_limit, ask(asked)).await });
    said.unwrap_or(Err(EngineFault::TimeOut(plan.time_limit)))
}

async fn ask(asked: Asked) -> Result<Vec<u8>, EngineFault> {
    let fault = |source: reqwest::Error| EngineFault::Http { source: source.without_url() };
    // Whom a server sends us to has no business with a debtor's name; neither has a proxy.
    let client = Client::builder().redirect(Policy::none()).no_proxy().build().map_err(fault)?;
    let request = client.request(asked.method, asked.url).header(ACCEPT, "audio/wav");
    let answer = request.header(CONTENT_TYPE, asked.kind).body(asked.body).send().await;
    let mut answer = answer.map_err(fault)?;
    if answer.status().as_u16() != 200 {
        return Err(EngineFault::Answer(answer.status().as_u16()));
    }
    let mut sound = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(fault)? {
        sound.extend_from_slice(&part);
        if sound.len() as u64 > MOST_MB * 1_000_000 {
            return Err(EngineFault::TooMuch(MOST_MB));
        }
    }
    Ok(sound)
}

/// A request as the plan wants it.
struct Asked {
    method: Method,
    url: String,
    kind: &'static str,
    body: String,
}

impl Asked {
    fn new(plan: &EnginePlan, address: &HttpAddress, body: Option<&str>, text: &str) -> Self {
        let (method, kind, body) = match body {
            _ if address.path.contains("{text}") => (Method::GET, "text/plain; charset=utf-8", String::new()),
            None => (Method::POST, "text/plain; charset=utf-8", text.to_owned()),
            Some(body) => {
                let json = serde_json::Value::from(text).to_string();
                let body = plan.fill_json(body).replace("{text}", &json);
                (Method::POST, "application/json; charset=utf-8", body)
            }
        };
        let path = plan.fill(&address.path).replace("{text}", &percent(text));
        let host = match address.host.contains(':') {
            true => format!("[{}]", address.host),
            false => address.host.clone(),
        };
        Self { method, url: format!("http://{host}:{}{path}", address.port), kind, body }
    }
}

/// Percent-encoding of all that is not unreserved (RFC 3986 section 2.3).
fn percent(text: &str) -> String {
    let encoded = text.bytes().map(|byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    encoded.collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::Language;
    use crate::speech::EngineWay;

    fn asked(path: &str, body: Option<&str>) -> Asked {
        let address = HttpAddress::parse(&format!("http://localhost:5002{path}")).expect("an address");
        let way = EngineWay::Http { address: address.clone(), body: body.map(str::to_owned) };
        let plan = EnginePlan {
            language: Language::Ru,
            way,
            voice: "xenia".to_owned(),
            speed: "1".to_owned(),
            time_limit: Duration::from_secs(1),
            workers: 1,
        };
        Asked::new(&plan, &address, body, "Это «Яна»?")
    }

    #[test]
    fn a_text_goes_as_it_is_in_json_or_in_the_path() {
        let plain = asked("/", None);
        assert_eq!((plain.method, plain.url.as_str()), (Method::POST, "http://localhost:5002/"));
        assert_eq!(plain.body, "Это «Яна»?");
        let json = asked("/tts", Some(r#"{"speaker": "{voice}", "text": {text}}"#));
        assert_eq!(json.body, r#"{"speaker": "xenia", "text": "Это «Яна»?"}"#);
        let path = asked("/say?voice={voice}&text={text}", None);
        assert_eq!((path.method, path.body.as_str()), (Method::GET, ""));
        assert!(
            path.url
                .ends_with("/say?voice=xenia&text=%D0%AD%D1%82%D0%BE%20%C2%AB%D0%AF%D0%BD%D0%B0%C2%BB%3F")
        );
    }
}
