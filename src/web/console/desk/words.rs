//! Codes of the desk in words.

use crate::domain::Language;

/// What an agent does.
pub fn state(code: &str, language: Language) -> &str {
    let words = match code {
        "away" => ("Away", "Пауза"),
        "hold" => ("On hold", "Удержание"),
        "logged_out" => ("Off shift", "Смена не начата"),
        "no_audio" => ("No sound", "Нет звука"),
        "ready" => ("Ready", "Готов"),
        "reserved" => ("Call coming", "Набираем"),
        "ringing" => ("Ringing", "Вызов"),
        "talking" => ("Talking", "Разговор"),
        "wrap_up" => ("Wrap-up", "Разбор"),
        other => (other, other),
    };
    language.pick(words.0, words.1)
}

/// A pause; one that the house has added stands for itself.
pub fn pause(code: &str, language: Language) -> &str {
    let words = match code {
        "break" => ("break", "перерыв"),
        "logged_in" => ("just begun", "смена начата"),
        "lunch" => ("lunch", "обед"),
        "missed" => ("did not respond", "нет ответа"),
        "training" => ("training", "обучение"),
        other => (other, other),
    };
    language.pick(words.0, words.1)
}

/// A language that a debtor speaks.
pub fn language(code: &str, language: Language) -> &str {
    let words = match code {
        "en" => ("English", "английский"),
        "ru" => ("Russian", "русский"),
        other => (other, other),
    };
    language.pick(words.0, words.1)
}

/// A stage of the script.
pub fn stage(code: &str, language: Language) -> &str {
    let words = match code {
        "close" => ("Close", "Завершение"),
        "contact" => ("Contact", "Контакт"),
        "demand" => ("Demand", "Требование"),
        "next" => ("Next step", "Следующий шаг"),
        "objections" => ("Objections", "Возражения"),
        "reason" => ("Reason", "Причина"),
        other => (other, other),
    };
    language.pick(words.0, words.1)
}

/// How a promise stands.
pub fn promise(code: &str, language: Language) -> &str {
    let words = match code {
        "broken" => ("broken", "нарушено"),
        "kept" => ("kept", "выполнено"),
        "open" => ("open", "ждём"),
        "void" => ("paid before", "заплатил раньше"),
        other => (other, other),
    };
    language.pick(words.0, words.1)
}
