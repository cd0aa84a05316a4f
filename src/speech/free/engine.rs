//! A speech engine as the configuration describes it, and the names under which its sentences are kept.

use std::net::IpAddr;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::super::ClipId;
use super::super::sound::FILTER_VERSION;
use crate::domain::Language;

/// A speech engine that says the names of one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnginePlan {
    pub language: Language,
    pub way: EngineWay,
    /// What stands for `{voice}` in the command or the body.
    pub voice: String,
    /// What stands for `{speed}`, in the engine's own measure.
    pub speed: String,
    /// How long one sentence may take.
    pub time_limit: Duration,
    /// Sentences made at once.
    pub workers: usize,
}

/// How an engine is spoken to. It is always a process of its own, so its licence stays its own, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineWay {
    /// A program and its arguments: the text on its standard input, a WAV file on its standard output.
    Command(Vec<String>),
    /// A request to a server: the answer's body is a WAV file. With `{text}` in the path it is a GET; otherwise a POST of
    /// `body`, where `{text}` stands for the text as a JSON string, or of the text alone.
    Http { address: HttpAddress, body: Option<String> },
}

/// `http://host:port/path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpAddress {
    pub host: String,
    pub port: u16,
    /// From the first slash on.
    pub path: String,
}

impl HttpAddress {
    /// Reads an address; `None` when it is not `http://host[:port][/path]`. TLS is left to a proxy: an engine stands beside
    /// us, and names do not leave the house.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.trim().strip_prefix("http://")?;
        let slash = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(slash);
        let bare = |host: &str| host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (bare(host), port.parse().ok()?),
            _ => (bare(authority), 80),
        };
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let sound = !host.is_empty() && !text.contains(char::is_control) && !path.contains(' ');
        sound.then_some(Self { host, port, path })
    }

    /// Whether the server is on this machine, by its address or as `localhost`.
    pub fn is_loopback(&self) -> bool {
        let host = self.host.as_str();
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

impl EnginePlan {
    /// The clip that holds `text` as this engine says it: an opaque name, another one whenever engine, voice, speed, text or
    /// our own filters are others.
    pub fn clip(&self, text: &str) -> ClipId {
        let mut hash = Sha256::new();
        let version = FILTER_VERSION.to_string();
        let mut field = |value: &str| {
            hash.update((value.len() as u64).to_be_bytes());
            hash.update(value);
        };
        field(&version);
        field(self.language.code());
        match &self.way {
            EngineWay::Command(words) => words.iter().for_each(|word| field(word)),
            EngineWay::Http { address, body } => {
                field(&format!("http://{}:{}{}", address.host, address.port, address.path));
                field(body.as_deref().unwrap_or_default());
            }
        }
        [self.voice.as_str(), &self.speed, text].into_iter().for_each(&mut field);
        let hash: String = hash.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        ClipId::parse(&format!("name-{hash}")).expect("small letters, a hyphen and digits")
    }

    /// A word of the command or the body with the voice and the speed in their places.
    pub fn fill(&self, word: &str) -> String {
        word.replace("{voice}", &self.voice).replace("{speed}", &self.speed)
    }

    /// A JSON body in the same way: in its strings a quote of theirs ends nothing.
    pub fn fill_json(&self, body: &str) -> String {
        body.replace("{voice}", &inside_json(&self.voice)).replace("{speed}", &inside_json(&self.speed))
    }
}

/// What stands between the quotes of a JSON string.
fn inside_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> EnginePlan {
        EnginePlan {
            language: Language::Ru,
            way: EngineWay::Command(vec!["say".to_owned(), "-v".to_owned(), "{voice}".to_owned()]),
            voice: "anna".to_owned(),
            speed: "1".to_owned(),
            time_limit: Duration::from_secs(5),
            workers: 1,
        }
    }

    #[test]
    fn a_sentence_is_kept_under_a_name_that_tells_nothing_and_changes_with_all_that_shapes_it() {
        let one = plan().clip("Это Иван?");
        assert_eq!(one, plan().clip("Это Иван?"));
        assert_eq!(one.as_str().len(), 37);
        let others = [
            plan().clip("Это Иван"),
            EnginePlan { voice: "irina".to_owned(), ..plan() }.clip("Это Иван?"),
            EnginePlan { speed: "2".to_owned(), ..plan() }.clip("Это Иван?"),
            EnginePlan { language: Language::En, ..plan() }.clip("Это Иван?"),
            EnginePlan { way: EngineWay::Command(vec!["say".to_owned()]), ..plan() }.clip("Это Иван?"),
        ];
        assert!(others.iter().all(|other| *other != one));
        let quoted = EnginePlan { voice: "a\"b".to_owned(), ..plan() };
        assert_eq!(quoted.fill_json(r#"{"speaker": "{voice}"}"#), r#"{"speaker": "a\"b"}"#);
        let slower = EnginePlan { time_limit: Duration::from_secs(50), workers: 4, ..plan() };
        assert_eq!(slower.clip("Это Иван?"), one, "how long it takes changes nothing of the sound");
    }

    #[test]
    fn an_address_is_read_whole_or_not_at_all() {
        let address = |host: &str, port, path: &str| {
            Some(HttpAddress { host: host.to_owned(), port, path: path.to_owned() })
        };
        assert_eq!(HttpAddress::parse("http://127.0.0.1:5002"), address("127.0.0.1", 5002, "/"));
        assert_eq!(HttpAddress::parse("http://tts/say?text={text}"), address("tts", 80, "/say?text={text}"));
        assert_eq!(HttpAddress::parse("http://[::1]:80/x"), address("::1", 80, "/x"));
        assert_eq!(HttpAddress::parse("http://[::1]/x"), address("::1", 80, "/x"));
        let is_loopback = |text: &str| HttpAddress::parse(text).expect("an address").is_loopback();
        assert!(
            is_loopback("http://127.0.0.3:80")
                && is_loopback("http://[::1]")
                && is_loopback("http://localhost/x")
        );
        assert!(!is_loopback("http://10.0.0.7:5002") && !is_loopback("http://tts.example/"));
        for bad in ["https://tts/", "tts:80", "http://", "http://tts:x/", "http://tts/a b", "http://tts/\r\n"]
        {
            assert_eq!(HttpAddress::parse(bad), None, "{bad:?}");
        }
    }
}
