//! What was heard of a call, in words.

use serde_json::{Map, Value};

use crate::domain::Language;
use crate::store::HeardRow;

/// A code with its English and Russian words.
type Word = (&'static str, &'static str, &'static str);

/// Who or what answered, by a verdict's code.
pub fn verdict(code: &str, language: Language) -> &str {
    word(&VERDICTS, code, language)
}

/// What an operator's announcement says, by its code.
pub fn announcement(code: &str, language: Language) -> &str {
    word(&ANNOUNCEMENTS, code, language)
}

/// What was heard: a verdict, a beep's end, an announcement.
pub fn what(row: &HeardRow, language: Language) -> &str {
    match (row.code.as_str(), &row.says) {
        ("verdict", Some(says)) => verdict(says, language),
        ("announcement", Some(says)) => announcement(says, language),
        (code, _) => word(&EVENTS, code, language),
    }
}

/// What a verdict rested on: who told it, then what it knew.
pub fn features(row: &HeardRow, language: Language) -> String {
    let read = row.features.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let features: Map<String, Value> = read.unwrap_or_default();
    let by = features.get("by").and_then(Value::as_str).map(|by| word(&EARS, by, language).to_owned());
    let told = FEATURES.iter().filter_map(|(key, unit, en, ru)| {
        let value = features.get(*key)?.as_i64()?;
        Some(format!("{} {}", language.pick(*en, *ru), unit.of(value, language)))
    });
    by.into_iter().chain(told).collect::<Vec<_>>().join("; ")
}

/// Seconds to two places, as the language writes them.
pub fn seconds(ms: i64, language: Language) -> String {
    let text = format!("{:.2}", ms as f64 / 1000.0);
    language.pick(text.clone(), text.replace('.', ","))
}

/// Thousandths as whole per cent.
pub fn percent(permille: u16) -> String {
    format!("{} %", (permille + 5) / 10)
}

/// All that was heard of a call in one line.
pub fn line(rows: &[HeardRow], language: Language) -> String {
    let (at, second, early) = language.pick(("at", "s", "before the answer: "), ("на", "с", "до ответа: "));
    let one = |row: &HeardRow| {
        let early = if row.early { early } else { "" };
        let sure = row.permille.map(|sure| format!(", {}", percent(sure))).unwrap_or_default();
        let at_s = seconds(row.at_ms.into(), language);
        format!("{early}{} {at} {at_s} {second}{sure}", what(row, language))
    };
    rows.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// What a figure counts.
enum Unit {
    Hertz,
    Ms,
    Number,
    Percent,
    Permille,
}

impl Unit {
    fn of(&self, value: i64, language: Language) -> String {
        match self {
            Self::Hertz => format!("{value} {}", language.pick("Hz", "Гц")),
            Self::Ms => format!("{} {}", seconds(value, language), language.pick("s", "с")),
            Self::Number => value.to_string(),
            Self::Percent => format!("{value} %"),
            Self::Permille => format!("{value} ‰"),
        }
    }
}

fn word<'a>(words: &'static [Word], code: &'a str, language: Language) -> &'a str {
    words.iter().find(|(of, ..)| *of == code).map_or(code, |(_, en, ru)| language.pick(*en, *ru))
}

const VERDICTS: [Word; 10] = [
    ("busy", "busy tone", "сигнал «занято»"),
    ("congestion", "congestion tone", "сигнал перегрузки"),
    ("fax", "fax", "факс"),
    ("human", "person", "человек"),
    ("machine", "machine", "автоответчик"),
    ("music", "music", "музыка"),
    ("ringback", "ringing tone", "гудки вызова"),
    ("silence", "silence", "тишина"),
    ("sit", "information tones", "сигнал оператора"),
    ("unsure", "unsure", "не ясно"),
];

const ANNOUNCEMENTS: [Word; 3] = [
    ("busy", "announcement: busy", "оператор: занято"),
    ("not_in_service", "announcement: not in service", "оператор: номер не обслуживается"),
    ("switched_off", "announcement: switched off", "оператор: телефон выключен"),
];

const EVENTS: [Word; 4] = [
    ("beep_end", "end of the beep", "конец сигнала"),
    ("beep_start", "beep", "сигнал автоответчика"),
    ("fell_silent", "the machine fell silent", "автоответчик замолчал"),
    ("spoke_again", "it spoke again", "заговорил снова"),
];

const EARS: [Word; 5] = [
    ("announcement", "by an announcement of the library", "по известному объявлению"),
    ("beep", "by the beep", "по сигналу"),
    ("music", "by the music", "по музыке"),
    ("speech", "by the speech", "по речи"),
    ("tones", "by the tones", "по тонам"),
];

const FEATURES: [(&str, Unit, &str, &str); 11] = [
    ("first_word_ms", Unit::Ms, "first word after", "первое слово через"),
    ("first_utterance_ms", Unit::Ms, "first utterance", "первая фраза"),
    ("utterances", Unit::Number, "utterances", "фраз"),
    ("longest_utterance_ms", Unit::Ms, "longest utterance", "самая длинная фраза"),
    ("speech_ms", Unit::Ms, "speech", "речи"),
    ("longest_pause_ms", Unit::Ms, "longest pause", "самая длинная пауза"),
    ("pause_ms", Unit::Ms, "quiet since", "тихо"),
    ("music_percent", Unit::Percent, "like music", "похоже на музыку"),
    ("change_permille", Unit::Permille, "change of the spectrum", "изменчивость спектра"),
    ("tone_hz", Unit::Hertz, "tone", "тон"),
    ("tone_ms", Unit::Ms, "of", "длиной"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AttemptId;
    use crate::domain::verdict::{Ear, Features};

    fn told(code: &str, says: Option<&str>, permille: Option<u16>) -> HeardRow {
        let (code, says) = (code.to_owned(), says.map(str::to_owned));
        let row = HeardRow {
            attempt: AttemptId(1),
            n: 0,
            early: false,
            code,
            says,
            at_ms: 2680,
            permille,
            features: None,
        };
        HeardRow { features: permille.map(|_| every_feature()), ..row }
    }

    /// What is kept of a verdict, with nothing missing.
    fn every_feature() -> String {
        let features = Features {
            by: Ear::Tones,
            first_word_ms: Some(620),
            first_utterance_ms: Some(440),
            longest_utterance_ms: Some(900),
            utterances: Some(2),
            speech_ms: Some(1300),
            longest_pause_ms: Some(700),
            pause_ms: Some(240),
            music_percent: Some(3),
            change_permille: Some(160),
            tone_hz: Some(425),
            tone_ms: Some(350),
        };
        serde_json::to_string(&features).expect("numbers")
    }

    #[test]
    fn a_line_has_what_when_and_how_sure_in_both_languages() {
        let rows = [told("verdict", Some("machine"), Some(946)), told("beep_end", None, None)];
        assert_eq!(line(&rows, Language::En), "machine at 2.68 s, 95 %; end of the beep at 2.68 s");
        assert_eq!(line(&rows, Language::Ru), "автоответчик на 2,68 с, 95 %; конец сигнала на 2,68 с");
        let early = [HeardRow { early: true, ..told("announcement", Some("busy"), None) }];
        assert_eq!(line(&early, Language::Ru), "до ответа: оператор: занято на 2,68 с");
    }

    #[test]
    fn every_feature_that_is_kept_has_its_words() {
        let kept: Map<String, Value> = serde_json::from_str(&every_feature()).expect("JSON");
        let known = kept.keys().filter(|key| FEATURES.iter().any(|(known, ..)| known == key)).count();
        assert_eq!((kept.len(), known), (12, FEATURES.len()));
        let row = told("verdict", Some("busy"), Some(950));
        assert_eq!(
            features(&row, Language::Ru),
            "по тонам; первое слово через 0,62 с; первая фраза 0,44 с; фраз 2; самая длинная фраза 0,90 с; речи 1,30 с; \
             самая длинная пауза 0,70 с; тихо 0,24 с; похоже на музыку 3 %; изменчивость спектра 160 ‰; тон 425 Гц; длиной 0,35 с"
        );
    }
}
