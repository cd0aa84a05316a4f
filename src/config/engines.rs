//! `[engine.ru]` and `[engine.en]` of `prompts.toml`: the speech engines that say names.

use super::read::{Clause, Mistake, Section, Value, words};
use super::trunks::LANGUAGES;
use crate::domain::Language;
use crate::speech::{EnginePlan, EngineWay, HttpAddress};

/// Reads the engines, at most one a language; `None` means noted.
pub fn engines(root: &Section<'_>) -> Option<Vec<EnginePlan>> {
    let table = root.child("engine");
    let listed = LANGUAGES.map(|(code, language)| {
        let engine = table.child(code);
        table.has(code).then(|| plan(&engine, language))
    });
    table.finish();
    listed.into_iter().flatten().collect()
}

fn plan(section: &Section<'_>, language: Language) -> Option<EnginePlan> {
    let command = section.list("command", Value::text);
    let http = section.may("http", address);
    let body = section.may("body", Value::text);
    let voice = section.or("voice", String::new(), Value::text);
    let speed = section.or("speed", String::new(), Value::text);
    let time_limit = section.or("time_limit_s", TIME_LIMIT, |value| value.seconds(1..=120));
    let workers = section.or("workers", 2, |value| value.integer(1..=16));
    section.finish();
    let (command, http, body) = (command?, http.ok()?, body.ok()?);
    let way = match (command.is_empty(), http) {
        (false, None) if body.is_none() => EngineWay::Command(command),
        (true, Some(address)) => EngineWay::Http { address, body },
        (false, None) => return refuse(section, "body", BODY_OF_COMMAND),
        (false, Some(_)) => return refuse(section, "http", TWO_WAYS),
        (true, None) => return refuse(section, "", NO_WAY),
    };
    Some(EnginePlan {
        language,
        way,
        voice: voice?,
        speed: speed?,
        time_limit: time_limit?,
        workers: workers?,
    })
}

const TIME_LIMIT: std::time::Duration = std::time::Duration::from_secs(20);

fn address(value: &Value<'_>) -> Result<HttpAddress, Mistake> {
    let text = value.text()?;
    HttpAddress::parse(&text).ok_or(Mistake::Malformed { is: text, wants: words::HTTP })
}

fn refuse<T>(section: &Section<'_>, key: &str, why: Clause) -> Option<T> {
    section.note(key, Mistake::Contradiction(why));
    None
}

const BODY_OF_COMMAND: Clause = Clause {
    en: "a `command` takes the text on its standard input: `body` goes with `http`",
    ru: "`command` получает текст на стандартный ввод: `body` бывает только у `http`",
};
const NO_WAY: Clause = Clause {
    en: "an engine is reached by `command` or by `http`",
    ru: "движок речи вызывают через `command` или `http`",
};
const TWO_WAYS: Clause = Clause {
    en: "an engine is reached by `command` or by `http`, not by both",
    ru: "движок речи вызывают через `command` или `http`, а не обоими способами",
};
