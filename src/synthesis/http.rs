//! An engine that is a server beside us: one request a sentence.

use std::error::Error;
use std::io::Read;

use reqwest::Method;
use reqwest::blocking::{Client, Response};
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::redirect::Policy;

use super::EngineFault;
use super::engine::MOST_MB;
use crate::speech::{EnginePlan, HttpAddress};

/// Asks the server for one text.
pub(super) fn say(
    plan: &EnginePlan,
    address: &HttpAddress,
    body: Option<&str>,
    text: &str,
) -> Result<Vec<u8>, EngineFault> {
    let fault = |source: reqwest::Error| match source.is_timeout() {
        true => EngineFault::TimeOut(plan.time_limit),
        false => EngineFault::Http { source: source.without_url() },
    };
    // Whom a server sends us to has no business with a debtor's name; neither has a proxy.
    let client = Client::builder().timeout(plan.time_limit).redirect(Policy::none()).no_proxy();
    let asked = Asked::new(plan, address, body, text);
    let answer = client
        .build()
        .and_then(|client| {
            let request = client.request(asked.method, asked.url);
            request.header(ACCEPT, "audio/wav").header(CONTENT_TYPE, asked.kind).body(asked.body).send()
        })
        .map_err(fault)?;
    match answer.status().as_u16() {
        200 => sound_of(answer, plan),
        other => Err(EngineFault::Answer(other)),
    }
}

fn sound_of(answer: Response, plan: &EnginePlan) -> Result<Vec<u8>, EngineFault> {
    let mut sound = Vec::new();
    let read = answer.take(MOST_MB * 1_000_000 + 1).read_to_end(&mut sound);
    match read {
        Ok(length) if length as u64 > MOST_MB * 1_000_000 => Err(EngineFault::TooMuch(MOST_MB)),
        Ok(_) => Ok(sound),
        Err(source) if is_timeout(&source) => Err(EngineFault::TimeOut(plan.time_limit)),
        Err(source) => Err(EngineFault::Talk { source }),
    }
}

fn is_timeout(fault: &std::io::Error) -> bool {
    let inner =
        fault.get_ref().and_then(|inner| (inner as &(dyn Error + 'static)).downcast_ref::<reqwest::Error>());
    fault.kind() == std::io::ErrorKind::TimedOut || inner.is_some_and(reqwest::Error::is_timeout)
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
                let body = plan.fill(body).replace("{text}", &json);
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
