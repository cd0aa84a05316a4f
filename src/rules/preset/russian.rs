//! Why presets are refused, in Russian.

use super::PresetError;
use super::file::RuleMistake;

impl PresetError {
    /// What its `Display` says in English.
    pub fn russian(&self) -> String {
        match self {
            Self::Read { source } => {
                format!("наборы правил не читаются: {}", shape_in_russian(source.message()))
            }
            Self::PresetTwice { name } => format!("набор правил {name:?} указан дважды"),
            Self::CalendarTwice { name } => format!("календарь {name:?} указан дважды"),
            Self::NoPreset { name, known } => format!("нет набора правил {name:?}; есть: {known}"),
            Self::Circle { name } => format!("набор правил {name:?} расширяет сам себя"),
            Self::NoId { preset } => format!("набор правил {preset:?}: у правила нет id"),
            Self::PatchOfNothing { preset, rule } => {
                format!(
                    "набор правил {preset:?} меняет {rule:?}, а такого нет ни в одном из тех, что он расширяет"
                )
            }
            Self::Rule { preset, rule, source } => {
                format!("набор правил {preset:?}, правило {rule:?}: {}", source.russian())
            }
            Self::NoCalendar { preset, calendar } => {
                format!("набору правил {preset:?} нужен календарь {calendar:?}, а его нет")
            }
        }
    }
}

impl RuleMistake {
    fn russian(&self) -> String {
        match self {
            Self::Shape(fault) => shape_in_russian(fault.message()),
            Self::UnknownType(name) => format!("нет такого вида: {name:?}"),
            Self::Hours(is) => format!("{is:?} — не часы вида \"08:00-22:00\""),
            Self::Period(is) => format!("{is:?} — не число дней или часов вида \"30d\" или \"24h\""),
            Self::Share(is) => format!("max {is} — не доля от 0 до 1"),
            Self::NoDays(window) => format!("окну {window} нужно n не меньше 1"),
            Self::NoLength => "перерыву нужны либо дни, либо часы и минуты, больше 0".to_owned(),
            Self::Empty(list) => format!("список {list} пуст"),
            Self::NoLease => "срок должен быть больше 0 секунд".to_owned(),
        }
    }
}

/// What the reader of TOML most often says of a value, in Russian; what it says else, as it says it.
pub fn shape_in_russian(said: &str) -> String {
    let said = said.trim();
    let list = |text: &str| text.replace("one of ", "").replace(" or ", ", ");
    let two = |start: &str, middle: &str| said.strip_prefix(start).and_then(|rest| rest.split_once(middle));
    if let Some((is, wants)) = two("unknown variant ", ", expected ") {
        return format!("нет такого: {is}; бывает: {}", list(wants));
    }
    if let Some((is, wants)) = two("unknown field ", ", expected ") {
        return format!("нет такого ключа: {is}; есть: {}", list(wants));
    }
    if let Some(key) = said.strip_prefix("missing field ") {
        return format!("не указано: {key}");
    }
    if let Some((is, wants)) = two("invalid type: ", ", expected ") {
        return format!("не то: {}; нужно: {}", kind(is), kind(wants));
    }
    if let Some((is, wants)) = two("invalid value: ", ", expected ") {
        return format!("не то значение: {}; нужно: {}", kind(is), kind(wants));
    }
    said.to_owned()
}

/// A kind of value, with the value where it is told.
fn kind(said: &str) -> String {
    let kinds = [
        ("string", "текст"),
        ("a string", "текст"),
        ("integer", "целое число"),
        ("floating point", "дробное число"),
        ("boolean", "да или нет"),
        ("a boolean", "да или нет"),
        ("sequence", "список"),
        ("a sequence", "список"),
        ("map", "таблица"),
        ("a map", "таблица"),
        ("u8", "целое число"),
        ("u16", "целое число"),
        ("u32", "целое число"),
        ("i64", "целое число"),
        ("u64", "целое число"),
        ("f64", "число"),
    ];
    for (en, ru) in kinds {
        match said.strip_prefix(en) {
            Some("") => return ru.to_owned(),
            Some(value) if value.starts_with([' ', ',']) => return format!("{ru}{value}"),
            _ => {}
        }
    }
    said.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_reader_of_toml_says_most_is_told_in_russian() {
        for (said, told) in [
            ("missing field `limit`", "не указано: `limit`"),
            ("invalid type: string \"three\", expected u32", "не то: текст \"three\"; нужно: целое число"),
            (
                "unknown field `limt`, expected one of `count`, `limit`",
                "нет такого ключа: `limt`; есть: `count`, `limit`",
            ),
            ("unknown variant `x`, expected `a` or `b`", "нет такого: `x`; бывает: `a`, `b`"),
            ("something else", "something else"),
        ] {
            assert_eq!(shape_in_russian(said), told);
        }
    }
}
