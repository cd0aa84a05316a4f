//! The field's figures by the names it gives them, each with what is divided by what.

use super::Ratio;
use crate::domain::{Currency, Language, Money};

/// What a campaign counted in a period. Calls are attempts whose INVITE left and that neither the trunk nor we spoiled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Accounts in the campaign, and those of them called at least once in the period.
    pub accounts: u64,
    pub accounts_called: u64,
    pub calls: u64,
    /// A 2xx came, whoever or whatever it was.
    pub connected: u64,
    /// A person answered and was served.
    pub human: u64,
    /// A person answered and nobody was there in time.
    pub abandoned: u64,
    /// He confirmed who he is.
    pub right_party: u64,
    pub promises: u64,
    /// Promises of these calls whose day is over, by what became of them.
    pub kept: u64,
    pub broken: u64,
    /// From the answer to the end, over the calls that a person answered and was served, in seconds.
    pub talk_s: u64,
    /// In minor units.
    pub cost_minor: i64,
    /// Of `human`: put through to an agent.
    pub passed: u64,
    /// Calls that began in the period in which an agent talked; the seconds people had waited for him since the answer; those
    /// who waited [`SERVICE_LEVEL_S`] at most; and the seconds of the period in which agents talked, held and wrote up.
    pub talks: u64,
    pub wait_s: u64,
    pub in_time: u64,
    pub handle_s: u64,
    /// What the house's own form of abandonment divides by.
    pub abandonment_of: AbandonmentOf,
    /// What the accounts called owed at their first call in the period, and what they paid after it within the period.
    pub owed_minor: i64,
    pub paid_minor: i64,
}

/// A person who waits longer for an agent has waited too long (16 CFR 310.4(b)(4)(ii)).
pub const SERVICE_LEVEL_S: u64 = 2;

/// What the house's own form of abandonment divides by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AbandonmentOf {
    /// Abandoned calls and those put through to an agent.
    Agents,
    Calls,
    Connected,
    /// Calls a person answered.
    #[default]
    Human,
}

impl AbandonmentOf {
    pub const ALL: [Self; 4] = [Self::Agents, Self::Calls, Self::Connected, Self::Human];

    /// The code in the configuration.
    pub fn code(self) -> &'static str {
        match self {
            Self::Agents => "agents",
            Self::Calls => "calls",
            Self::Connected => "connected",
            Self::Human => "human",
        }
    }
}

/// A figure of the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kpi {
    /// Some of the others, 0 to 1.
    Share(Ratio),
    /// So much money of so much: a kopeck is no trial of its own, so it has no interval.
    Part { part: u64, whole: u64 },
    /// So much for each: a sum and how many share it, both in the unit of the definition.
    Each { sum: i64, count: u64 },
}

/// What a figure means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct KpiDefinition {
    pub key: &'static str,
    pub name: &'static str,
    pub name_ru: &'static str,
    /// What is divided by what.
    pub formula: &'static str,
    pub formula_ru: &'static str,
    pub unit: KpiUnit,
}

/// What a figure's value is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KpiUnit {
    /// Minor units of the currency for each.
    MinorUnits,
    /// Minor units of minor units.
    MinorUnitsEach,
    /// So many for each.
    Number,
    Seconds,
    /// Counts of counts.
    Share,
}

impl KpiUnit {
    /// The name in files.
    pub fn code(self) -> &'static str {
        match self {
            Self::MinorUnits => "minor_units",
            Self::MinorUnitsEach => "minor_units_of_minor_units",
            Self::Number => "number",
            Self::Seconds => "seconds",
            Self::Share => "share",
        }
    }
}

impl Kpi {
    /// A share with its interval, or `sum / count = each`; sums of money in the currency's major units. `sum/0` where nobody
    /// shares it.
    pub fn shown(self, unit: KpiUnit, currency: Currency, language: Language) -> String {
        let sum = |minor: i64| Money::new(minor, currency).shown(language);
        let unsigned = |minor: u64| sum(i64::try_from(minor).unwrap_or(i64::MAX));
        match (self, unit) {
            (Self::Share(ratio), _) => ratio.shown(language),
            (Self::Part { part, whole }, _) => {
                let share = if whole == 0 {
                    String::new()
                } else {
                    format!(" = {:.1} %", part as f64 * 100.0 / whole as f64)
                };
                format!("{} / {}{}", unsigned(part), unsigned(whole), decimal_sign(&share, language))
            }
            (Self::Each { sum: all, count }, KpiUnit::MinorUnits) => match count {
                0 => format!("{} / 0", sum(all)),
                _ => format!("{} / {count} = {}", sum(all), sum((all as f64 / count as f64).round() as i64)),
            },
            (Self::Each { sum: all, count }, KpiUnit::MinorUnitsEach) => {
                let each =
                    if count == 0 { String::new() } else { format!(" = {:.2}", all as f64 / count as f64) };
                format!("{} / {}{}", sum(all), unsigned(count), decimal_sign(&each, language))
            }
            (Self::Each { sum, count: 0 }, _) => format!("{sum}/0"),
            (Self::Each { sum, count }, _) => {
                decimal_sign(&format!("{sum}/{count} = {:.2}", sum as f64 / count as f64), language)
            }
        }
    }
}

/// A number as the language writes it.
pub fn decimal_sign(text: &str, language: Language) -> String {
    match language {
        Language::En => text.to_owned(),
        Language::Ru => text.replace('.', ","),
    }
}

impl KpiDefinition {
    /// Its name and its formula in a language.
    pub fn words(&self, language: Language) -> (&'static str, &'static str) {
        match language {
            Language::En => (self.name, self.formula),
            Language::Ru => (self.name_ru, self.formula_ru),
        }
    }
}

macro_rules! kpis {
    ($($key:ident: $name:literal, $name_ru:literal, $formula:literal, $formula_ru:literal, $unit:ident, $value:expr;)+) => {
        /// Every figure, in the order of a call's way.
        pub const KPIS: &[KpiDefinition] = &[$(KpiDefinition {
            key: stringify!($key),
            name: $name,
            name_ru: $name_ru,
            formula: $formula,
            formula_ru: $formula_ru,
            unit: KpiUnit::$unit,
        }),+];

        /// The figures of these counts, in the order of [`KPIS`].
        pub fn kpis(counts: &Counts) -> Vec<(&'static KpiDefinition, Kpi)> {
            let values: &[fn(&Counts) -> Kpi] = &[$($value),+];
            KPIS.iter().zip(values).map(|(definition, value)| (definition, value(counts))).collect()
        }
    };
}

kpis! {
    penetration: "penetration", "проникновение",
        "accounts called / accounts in the campaign", "счета, по которым звонили / счета кампании",
        Share, |n| share(n.accounts_called, n.accounts);
    intensity: "intensity", "интенсивность",
        "calls / accounts called", "звонки / счета, по которым звонили",
        Number, |n| each(n.calls, n.accounts_called);
    connect_rate: "connect rate", "доля соединений",
        "calls answered by anything (2xx) / calls", "звонки с ответом кого или чего угодно (2xx) / звонки",
        Share, |n| share(n.connected, n.calls);
    human_rate: "human contact rate", "доля контактов с человеком",
        "calls a person answered, abandoned ones too / calls", "звонки, на которые ответил человек, с брошенными / звонки",
        Share, |n| share(n.human + n.abandoned, n.calls);
    right_party_per_call: "right-party contact per attempt", "нужный человек на попытку",
        "calls in which the debtor confirmed who he is / calls", "звонки, где должник подтвердил, что это он / звонки",
        Share, |n| share(n.right_party, n.calls);
    right_party_per_contact: "right-party contact per human contact", "нужный человек на контакт",
        "calls in which the debtor confirmed who he is / calls a person answered",
        "звонки, где должник подтвердил, что это он / звонки, на которые ответил человек",
        Share, |n| share(n.right_party, n.human + n.abandoned);
    promise_rate: "promise rate", "доля обещаний",
        "promises / calls in which the debtor confirmed who he is", "обещания / звонки, где должник подтвердил, что это он",
        Share, |n| share(n.promises, n.right_party);
    kept_rate: "kept promises", "сдержанные обещания",
        "promises kept / promises judged: kept, which may be before their day, or broken", "сдержанные обещания / обещания с исходом: сдержанные, в том числе раньше дня, и нарушенные",
        Share, |n| share(n.kept, n.kept + n.broken);
    abandonment_us: "abandonment, United States form", "потерянные звонки, форма США",
        "abandoned / calls a person answered (16 CFR 310.4(b)(4))", "брошенные / звонки, на которые ответил человек (16 CFR 310.4(b)(4))",
        Share, |n| share(n.abandoned, n.human + n.abandoned);
    abandonment_uk: "abandonment, United Kingdom form", "потерянные звонки, форма Великобритании",
        "abandoned / abandoned and put through to an agent (Ofcom, persistent misuse)",
        "брошенные / брошенные и соединённые с оператором (Ofcom, persistent misuse)",
        Share, |n| share(n.abandoned, n.abandoned + n.passed);
    abandonment_own: "abandonment, own form", "потерянные звонки, своя форма",
        "abandoned / what statistics.toml says in abandonment_of: calls a person answered where it says nothing",
        "брошенные / что сказано в statistics.toml, abandonment_of; если ничего, звонки, на которые ответил человек",
        Share, |n| share(n.abandoned, match n.abandonment_of {
            AbandonmentOf::Agents => n.abandoned + n.passed,
            AbandonmentOf::Calls => n.calls,
            AbandonmentOf::Connected => n.connected,
            AbandonmentOf::Human => n.human + n.abandoned,
        });
    answer_speed: "average speed of answer (ASA), s", "среднее ожидание оператора (ASA), с",
        "seconds from the person's answer to the agent's / talks of agents", "секунды от ответа человека до оператора / разговоры операторов",
        Seconds, |n| each(n.wait_s, n.talks);
    service_level: "service level", "уровень обслуживания",
        "talks of agents that began within 2 s of the person's answer / talks of agents",
        "разговоры операторов, начатые в пределах 2 с от ответа человека / разговоры операторов",
        Share, |n| share(n.in_time, n.talks);
    handle_time: "average handle time (AHT), s", "среднее время обработки (AHT), с",
        "seconds agents talked, held and wrote up / talks of agents",
        "секунды разговора, удержания и обработки у операторов / разговоры операторов",
        Seconds, |n| each(n.handle_s, n.talks);
    liquidation: "liquidation", "взыскано",
        "money paid after the first call in the period / money owed at it, of the accounts called",
        "оплачено после первого звонка за период / долг на тот момент, по счетам, по которым звонили",
        MinorUnitsEach, |n| Kpi::Part { part: n.paid_minor.max(0).unsigned_abs(), whole: n.owed_minor.max(0).unsigned_abs() };
    talk_time: "mean talk time, s", "средний разговор, с",
        "seconds from answer to end / calls a person answered and was served",
        "секунды от ответа до конца / звонки, на которые ответил человек и его обслужили",
        Seconds, |n| each(n.talk_s, n.human);
    cost_per_call: "cost per call", "цена звонка",
        "cost of the calls / calls", "стоимость звонков / звонки",
        MinorUnits, |n| each_of(n.cost_minor, n.calls);
    cost_per_right_party: "cost per right-party contact", "цена контакта с нужным человеком",
        "cost of the calls / calls in which the debtor confirmed who he is",
        "стоимость звонков / звонки, где должник подтвердил, что это он",
        MinorUnits, |n| each_of(n.cost_minor, n.right_party);
    cost_per_promise: "cost per promise", "цена обещания",
        "cost of the calls / promises", "стоимость звонков / обещания",
        MinorUnits, |n| each_of(n.cost_minor, n.promises);
    cost_per_account: "cost per account", "цена счёта",
        "cost of the calls / accounts called", "стоимость звонков / счета, по которым звонили",
        MinorUnits, |n| each_of(n.cost_minor, n.accounts_called);
    cost_per_contact: "cost per human contact", "цена контакта с человеком",
        "cost of the calls / calls a person answered, abandoned ones too",
        "стоимость звонков / звонки, на которые ответил человек, с брошенными",
        MinorUnits, |n| each_of(n.cost_minor, n.human + n.abandoned);
    cost_per_kept: "cost per kept promise", "цена сдержанного обещания",
        "cost of the calls / promises kept", "стоимость звонков / сдержанные обещания",
        MinorUnits, |n| each_of(n.cost_minor, n.kept);
    cost_of_money: "cost per unit repaid", "цена возвращённой единицы",
        "cost of the calls / money paid after the first call in the period",
        "стоимость звонков / оплачено после первого звонка за период",
        MinorUnitsEach, |n| each_of(n.cost_minor, n.paid_minor.max(0).unsigned_abs());
}

fn share(numerator: u64, denominator: u64) -> Kpi {
    Kpi::Share(Ratio::new(numerator, denominator))
}

fn each(sum: u64, count: u64) -> Kpi {
    each_of(i64::try_from(sum).unwrap_or(i64::MAX), count)
}

fn each_of(sum: i64, count: u64) -> Kpi {
    Kpi::Each { sum, count }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn figures_divide_what_they_say() {
        let counts = Counts {
            accounts: 1000,
            accounts_called: 400,
            calls: 800,
            connected: 300,
            human: 196,
            abandoned: 4,
            right_party: 120,
            promises: 30,
            kept: 12,
            broken: 8,
            talk_s: 9_800,
            cost_minor: 160_000,
            passed: 96,
            talks: 90,
            wait_s: 45,
            in_time: 81,
            handle_s: 10_800,
            abandonment_of: AbandonmentOf::Connected,
            owed_minor: 5_000_000,
            paid_minor: 250_000,
        };
        let found = kpis(&counts);
        let of = |key: &str| found.iter().find(|(it, _)| it.key == key).expect("a figure").1;
        assert_eq!(of("penetration"), Kpi::Share(Ratio::new(400, 1000)));
        assert_eq!(of("intensity"), Kpi::Each { sum: 800, count: 400 });
        assert_eq!(of("abandonment_us"), Kpi::Share(Ratio::new(4, 200)));
        assert_eq!(of("right_party_per_contact"), Kpi::Share(Ratio::new(120, 200)));
        assert_eq!(of("abandonment_uk"), Kpi::Share(Ratio::new(4, 100)));
        assert_eq!(of("abandonment_own"), Kpi::Share(Ratio::new(4, 300)));
        assert_eq!(of("service_level"), Kpi::Share(Ratio::new(81, 90)));
        assert_eq!(of("handle_time"), Kpi::Each { sum: 10_800, count: 90 });
        assert_eq!(of("kept_rate"), Kpi::Share(Ratio::new(12, 20)));
        assert_eq!(of("liquidation"), Kpi::Part { part: 250_000, whole: 5_000_000 });
        assert_eq!(of("cost_per_promise"), Kpi::Each { sum: 160_000, count: 30 });
        assert_eq!(of("talk_time"), Kpi::Each { sum: 9_800, count: 196 });
    }

    #[test]
    fn every_figure_has_its_own_name_and_a_formula_in_both_languages() {
        let names: BTreeSet<_> = KPIS.iter().map(|it| it.name).collect();
        assert_eq!(names.len(), KPIS.len());
        for it in KPIS {
            assert!(it.formula.contains(" / ") && it.formula_ru.contains(" / "), "{}", it.key);
        }
    }
}
