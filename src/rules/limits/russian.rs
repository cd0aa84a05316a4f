//! Why limits are refused, in Russian.

use super::LimitsError;
use super::loosening::HIGHEST;
use crate::rules::preset::shape_in_russian;

impl LimitsError {
    /// What its `Display` says in English.
    pub fn russian(&self) -> String {
        match self {
            Self::Read { source } => {
                format!("ограничения не читаются: {}", shape_in_russian(source.message()))
            }
            Self::UnknownKey { close } => format!("нет такого ключа{}", near(close.as_ref())),
            Self::Missing => "не указано".to_owned(),
            Self::Shape { source } => shape_in_russian(source.message()),
            Self::NotTables { part } => format!("нужно писать как [[{part}]]"),
            Self::Preset(fault) => fault.russian(),
            Self::Loosens { preset, rule } => format!(
                "ограничения смягчают {rule} из {preset}: выберите другой набор или впишите [[override]] с основанием, \
                 сроком и вторым утверждающим"
            ),
            Self::NoEvidence { rule } => {
                format!("исключение из {rule} не называет основания: документ, хотя бы три буквы или цифры")
            }
            Self::EndsFirst { rule, approved_on, expires } => {
                format!("исключение из {rule} кончается {expires}, раньше, чем начинается ({approved_on})")
            }
            Self::TooHigh { rule, limit } => {
                format!("исключение из {rule} с пределом {limit}: больше {HIGHEST} считается ошибкой")
            }
            Self::OnePerson { rule } => format!("исключение из {rule} должны утвердить два разных человека"),
            Self::TooLong { rule, approved_on } => {
                format!("исключение из {rule} длится больше года с {approved_on}: утвердите его тогда снова")
            }
            Self::Expired { rule, expired } => format!("исключение из {rule} кончилось {expired}"),
            Self::NoCap { preset, rule } => format!("исключение из {rule}: в {preset} нет такого предела"),
            Self::NoPreset { preset, close } => format!("нет набора правил {preset}{}", near(close.as_ref())),
            Self::NoRule { rule, close } => {
                format!(
                    "[[tighten]] о {rule}, а правила с таким id нет ни в одном наборе{}",
                    near(close.as_ref())
                )
            }
            Self::NoCapAnywhere { rule, close } => {
                format!(
                    "[[override]] о {rule}, а предела с таким id нет ни в одном наборе{}",
                    near(close.as_ref())
                )
            }
            Self::TakenId { preset, rule } => format!(
                "в {preset} уже есть правило {rule}: измените его через [[tighten]] или дайте этому свой id"
            ),
            Self::NoId => "[[tighten]] не говорит в id, о каком он правиле".to_owned(),
        }
    }
}

fn near(close: Option<&String>) -> String {
    close.map(|name| format!("; возможно, {name}?")).unwrap_or_default()
}
