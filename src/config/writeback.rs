//! `writeback.toml`: who is told what came of calls and payments. Without the file nobody is.

use std::time::Duration;

use secrecy::ExposeSecret;

use super::daemon::name;
use super::plan::EndpointConfig;
use super::read::{Clause, Mistake, Reading, Section, Value, words};
use super::secret::secret_of_calls;
use crate::domain::SigningKey;

const FILE: &str = "writeback.toml";

/// Reads the file, if it is there; `None` means noted.
pub fn endpoints(reading: &Reading<'_>) -> Option<Vec<EndpointConfig>> {
    if !reading.has(FILE) {
        return Some(Vec::new());
    }
    let source = reading.source(FILE)?;
    reading.toml(&source, "writeback", |root| {
        let endpoints = root.children("endpoint").into_iter().map(|(name, section)| endpoint(name, &section));
        let endpoints: Option<Vec<_>> = endpoints.collect::<Vec<_>>().into_iter().collect();
        endpoints.map(|endpoints| endpoints.into_iter().flatten().collect())
    })
}

/// `Some(None)`: its key is not to be had, and the reading spares secrets.
fn endpoint(called: String, section: &Section<'_>) -> Option<Option<EndpointConfig>> {
    let called = match name(&Value::of_text(&called)) {
        Ok(name) => Some(name),
        Err(mistake) => {
            section.note("", mistake);
            None
        }
    };
    let url = section.must("url", words::URL, url);
    let key = signing_key(section);
    let creditors = section.list("creditors", Value::text);
    let timeout = section.or("timeout_s", Duration::from_secs(15), |value| value.seconds(1..=60));
    section.finish();
    let (name, url, creditors, timeout) = (called?, url?, creditors?, timeout?);
    Some(key?.map(|key| EndpointConfig { name, url, key, creditors, timeout }))
}

/// The key that a section's `secret_file` or `secret_env` names; `Some(None)`: it is not to be had, and the reading spares secrets.
pub(super) fn signing_key(section: &Section<'_>) -> Option<Option<SigningKey>> {
    let Some(text) = secret_of_calls(section, "secret").ok()? else {
        if section.reading().spares_secrets() {
            return Some(None);
        }
        section.note("secret_file", Mistake::Missing { wants: KEY });
        return None;
    };
    SigningKey::parse(text.expose_secret()).map_err(|_| section.note("secret_file", NOT_A_KEY)).ok().map(Some)
}

const KEY: Clause = Clause {
    en: "a file with a signing key: whsec_ and 24 to 64 random bytes in Base64",
    ru: "файл с ключом подписи: whsec_ и от 24 до 64 случайных байтов в Base64",
};
const NOT_A_KEY: Mistake = Mistake::Contradiction(Clause {
    en: "what it names is no signing key: whsec_ and 24 to 64 random bytes in Base64",
    ru: "то, на что указано, не ключ подписи: whsec_ и от 24 до 64 случайных байтов в Base64",
});

/// An address over TLS; without it only on this machine. A password in it would stand in the file.
fn url(value: &Value<'_>) -> Result<String, Mistake> {
    let url = value.text()?;
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let sound = !host.is_empty() && !authority.contains('@') && !url.contains(char::is_whitespace);
    let near = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    match scheme {
        "https" if sound => Ok(url),
        "http" if sound && near => Ok(url),
        _ => Err(Mistake::Malformed { is: url, wants: words::URL }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_machine_is_encrypted() {
        let read = |text| url(&Value::of_text(text)).is_ok();
        for sound in
            ["https://bank.example/hook?x=1", "http://127.0.0.1:8081/", "http://localhost", "http://[::1]:9"]
        {
            assert!(read(sound), "{sound}");
        }
        for refused in [
            "http://bank.example/hook",
            "bank.example",
            "https://",
            "https://user:secret@bank.example/",
            "http://127.0.0.1@bank.example/",
            "ftp://bank.example",
            "https://bank.example/a b",
        ] {
            assert!(!read(refused), "{refused}");
        }
    }
}
