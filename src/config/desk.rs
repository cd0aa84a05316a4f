//! `dispositions.toml` and `script.toml`: what agents write of a talk, and what they have to say in it. Without a file the
//! shipped one is in force.

use std::sync::Arc;

use super::daemon::name;
use super::plan::DeskConfig;
use super::read::{Clause, Mistake, Reading, Section, Source, Value};
use crate::campaign::{
    Answer, DispositionPlan, Dispositions, Flag, NonPayment, Objection, Script, StageText,
};
use crate::domain::{DebtKind, DebtorType, Language, Stage, Words};
use crate::ivr::{Text, WordList};

const SHIPPED: [(&str, &str); 2] = [
    ("dispositions.toml", include_str!("../../config/dispositions.toml")),
    ("script.toml", include_str!("../../config/script.toml")),
];

/// Reads both files; `None` means noted.
pub fn desk(reading: &Reading<'_>) -> Option<DeskConfig> {
    let [kinds, script] = SHIPPED.map(|(path, shipped)| {
        if reading.has(path) {
            reading.source(path)
        } else {
            Some(Source { path: path.to_owned(), text: shipped.to_owned() })
        }
    });
    let dispositions = kinds.and_then(|source| reading.toml(&source, "dispositions", dispositions));
    let script = script.and_then(|source| reading.toml(&source, "script", read_script));
    Some(DeskConfig { dispositions: dispositions?, script: Arc::new(script?) })
}

fn dispositions(root: &Section<'_>) -> Option<Dispositions> {
    let kinds = root.children("kind").into_iter().map(|(name, section)| kind(name, &section));
    let kinds: Option<Vec<_>> = kinds.collect::<Vec<_>>().into_iter().collect();
    let reasons = root.children("reason").into_iter().map(|(called, section)| {
        let code = code(&called, &section);
        let words = named(&section);
        section.finish();
        Some(NonPayment { code: code?, words: words? })
    });
    let reasons: Option<Vec<_>> = reasons.collect::<Vec<_>>().into_iter().collect();
    let kinds = kinds?;
    if kinds.is_empty() {
        root.note("kind", Mistake::Missing { wants: KIND });
        return None;
    }
    let keys = || kinds.iter().filter_map(|kind| kind.key);
    if let Some(key) = keys().find(|key| keys().filter(|other| other == key).count() > 1) {
        root.note("kind", Mistake::Twice { name: key.to_string() });
        return None;
    }
    Some(Dispositions { kinds, reasons: reasons? })
}

const KIND: Clause =
    Clause { en: "at least one disposition", ru: "хотя бы один итог разговора" };
const FLAGS: Clause = Clause {
    en: "one thing that the debtor did at most, what only he can do with right_party, and never with wrong_person",
    ru: "не больше одного действия должника; то, что может сделать лишь он сам, — вместе с right_party, но не с wrong_person",
};

fn kind(called: String, section: &Section<'_>) -> Option<DispositionPlan> {
    let code = code(&called, section);
    let words = named(section);
    let key = section.may("key", |value| value.integer(0..=9));
    let flags = section.list("flags", |value| value.one_of(&Flag::ALL.map(|flag| (flag.code(), flag))));
    section.finish();
    let plan =
        DispositionPlan { code: code?, key: key.ok()?, words: words?, flags: flags?.into_iter().collect() };
    if plan.is_sound() {
        Some(plan)
    } else {
        section.note("flags", Mistake::Contradiction(FLAGS));
        None
    }
}

fn code(called: &str, section: &Section<'_>) -> Option<Arc<str>> {
    let code = name(&Value::of_text(called)).map_err(|mistake| section.note("", mistake));
    code.ok().map(Arc::from)
}

const NAME: Clause = Clause {
    en: "a name in both languages: ru, en", ru: "название на двух языках: ru, en"
};

fn named(section: &Section<'_>) -> Option<Words> {
    let (en, ru) = (section.must("en", NAME, Value::text), section.must("ru", NAME, Value::text));
    Some(Words { en: en?, ru: ru? })
}

fn read_script(root: &Section<'_>) -> Option<Script> {
    let stages = root.child("stage");
    let texts = Stage::ALL.map(|stage| stage_text(stage, &stages.child(stage.code())));
    stages.finish();
    let objections = root.children("objection").into_iter().map(|(called, section)| {
        let code = code(&called, &section);
        let words = named(&section);
        let usual = answer(&section.child("answer"));
        let types = section.child("by_type");
        let by_type = own(&types, DebtorType::ALL.map(|it| (it.code(), it)));
        types.finish();
        section.finish();
        Some(Objection { code: code?, words: words?, usual: usual?, by_type: by_type? })
    });
    let objections: Option<Vec<_>> = objections.collect::<Vec<_>>().into_iter().collect();
    let [Some(a), Some(b), Some(c), Some(d), Some(e), Some(f)] = texts else { return None };
    Some(Script::new([a, b, c, d, e, f], objections?))
}

fn stage_text(stage: Stage, section: &Section<'_>) -> Option<StageText> {
    let usual = texts(section);
    let kinds = section.child("by_kind");
    let by_kind = own(&kinds, DebtKind::ALL.map(|it| (it.code(), it)));
    kinds.finish();
    section.finish();
    let text = StageText { usual: usual?, by_kind: by_kind? };
    let tells = |answer: &Answer| answer.en.tells_debt() || answer.ru.tells_debt();
    if stage != Stage::Contact {
        return Some(text);
    }
    let all = || std::iter::once(&text.usual).chain(text.by_kind.iter().map(|(_, own)| own));
    if all().any(tells) {
        section.note("ru", Mistake::Contradiction(TOO_EARLY));
        return None;
    }
    let said = all().find_map(in_plain_words);
    if let Some((language, word)) = &said {
        let Clause { en, ru } = TOO_EARLY;
        let (en, ru) = (format!("\u{201c}{word}\u{201d} {en}"), format!("«{word}»: {ru}"));
        section.note(language.code(), Mistake::Foreign { code: "contradiction", en, ru });
    }
    said.is_none().then_some(text)
}

/// What tells of a debt where anybody may hear it. The shipped lists alone: no edit takes a word away.
const WORDS: [(Language, &str); 2] = [
    (Language::Ru, include_str!("../../config/flows/words/ru.txt")),
    (Language::En, include_str!("../../config/flows/words/en.txt")),
];

/// The word by which a text tells of a debt without a slot.
fn in_plain_words(answer: &Answer) -> Option<(Language, String)> {
    WORDS.into_iter().find_map(|(language, list)| {
        let list = WordList::parse(language, list).expect("the shipped lists are tested");
        list.discloses(answer.of(language)).map(|word| (language, word))
    })
}

const TOO_EARLY: Clause = Clause {
    en: "tells of the debt before it is known who is speaking",
    ru: "говорит о долге прежде, чем известно, кто на линии",
};

/// Texts of their own for some of a closed set.
fn own<K, const N: usize>(section: &Section<'_>, keys: [(&'static str, K); N]) -> Option<Vec<(K, Answer)>> {
    let found = keys.into_iter().filter(|(code, _)| section.has(code)).map(|(code, key)| {
        let own = section.child(code);
        answer(&own).map(|answer| (key, answer))
    });
    found.collect::<Vec<_>>().into_iter().collect()
}

fn answer(section: &Section<'_>) -> Option<Answer> {
    let answer = texts(section);
    section.finish();
    answer
}

fn texts(section: &Section<'_>) -> Option<Answer> {
    let text = |value: &Value<'_>| {
        Text::parse(&value.text()?).map_err(|Words { en, ru }| Mistake::Foreign { code: "text", en, ru })
    };
    let (en, ru) = (section.must("en", NAME, text), section.must("ru", NAME, text));
    Some(Answer { en: en?, ru: ru? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Environment;

    fn read(files: &[(&str, &str)]) -> Result<DeskConfig, String> {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).expect("a file of our own");
        }
        let environment = Environment::new();
        let reading = Reading::new(folder.path(), &environment);
        let config = desk(&reading);
        reading.end_part().map_err(|problems| problems.render(Language::En))?;
        Ok(config.expect("nothing was noted"))
    }

    #[test]
    fn the_shipped_files_are_sound_and_every_digit_picks_one() {
        let config = read(&[]).expect("sound");
        let keys: Vec<_> = config.dispositions.kinds.iter().filter_map(|kind| kind.key).collect();
        assert!(keys.len() >= 9, "{keys:?}");
        for flag in Flag::ALL {
            assert!(config.dispositions.kinds.iter().any(|kind| kind.has(flag)), "{flag:?} is in none");
        }
        assert!(config.script.objections.len() >= 6 && config.dispositions.reasons.len() >= 5);
    }

    #[test]
    fn every_mistake_is_told_with_its_key() {
        let kinds =
            "[kind.one]\nru = \"а\"\nen = \"a\"\nflags = [\"promise\"]\n[kind.two]\nru = \"б\"\nkey = 11\n";
        let told = read(&[("dispositions.toml", kinds)]).expect_err("mistakes");
        for part in ["kind.one.flags", "kind.two.en", "kind.two.key"] {
            assert!(told.contains(part), "{part} is not in {told}");
        }
        let shipped = SHIPPED[1].1;
        let early =
            shipped.replacen("[stage.contact]\nru = \"", "[stage.contact]\nru = \"{{ debt.creditor }} ", 1);
        assert_ne!(early, shipped);
        assert!(read(&[("script.toml", &early)]).expect_err("a mistake").contains("before it is known"));
        let plain = [
            ("ru = \"", "ru = \"Здравствуйте, вы должны банку 5000 рублей! ", "“банку” tells"),
            ("en = \"", "en = \"You are in debt with us. ", "“debt” tells"),
        ];
        for (key, words, word) in plain {
            let (before, contact) = shipped.split_once("[stage.contact]").expect("it is there");
            let early = format!("{before}[stage.contact]{}", contact.replacen(key, words, 1));
            let told = read(&[("script.toml", &early)]).expect_err("a mistake");
            assert!(told.contains(word) && told.contains("before it is known"), "{word}: {told}");
        }
    }
}
