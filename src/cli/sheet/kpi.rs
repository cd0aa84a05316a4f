//! The field's figures by name, campaign by campaign.

use super::Asked;
use super::column::{self, CAMPAIGN, CURRENCY, plain, told};
use crate::config::Config;
use crate::domain::{Currency, Language};
use crate::stats::{Column, KpiUnit, Sheet, SheetCell, kpis};
use crate::store::{Store, StoreError};

pub async fn sheet(store: &Store, config: &Config, asked: Asked) -> Result<Sheet, StoreError> {
    let language = asked.language;
    let mut rows = Vec::new();
    for ((campaign, currency), mut counts) in store.kpi_report(asked.period).await? {
        counts.abandonment_of = config.statistics.abandonment_of;
        for (definition, value) in kpis(&counts) {
            let (name, formula) = definition.words(language);
            rows.push(vec![
                SheetCell::Text(campaign.clone()),
                column::currency(currency),
                SheetCell::Code { code: definition.key.to_owned(), word: name.to_owned() },
                SheetCell::Figure { value, unit: definition.unit, currency },
                SheetCell::Code {
                    code: definition.unit.code().to_owned(),
                    word: unit(definition.unit, currency, language),
                },
                SheetCell::Text(formula.to_owned()),
            ]);
        }
    }
    let value = Column {
        is_pair: true,
        ..told(
            language,
            "value",
            ("Value", "Значение"),
            (
                "as the formula of its line says; shares with their 95 % interval",
                "по формуле в строке; доли — с 95-процентным интервалом",
            ),
        )
    };
    Ok(Sheet {
        columns: vec![
            plain(language, "campaign", CAMPAIGN),
            plain(language, "currency", CURRENCY),
            plain(language, "figure", ("Figure", "Показатель")),
            value,
            plain(language, "unit", ("In", "В чём")),
            plain(language, "formula", ("What is divided by what", "Что на что делится")),
        ],
        rows,
        notes: vec![
            column::say(
                language,
                (
                    "A call is an attempt whose INVITE left and that neither the trunk nor we spoiled. Occupancy is told \
                     by agent: see agents.",
                    "Звонок — попытка, чей INVITE ушёл и которую не сорвали ни линия, ни мы. Занятость — по операторам: \
                     см. операторов.",
                ),
            )
            .to_owned(),
        ],
        charts: Vec::new(),
        told: Vec::new(),
    })
}

/// What a page's figure is in; a file has money in minor units and says so by the unit's code.
fn unit(unit: KpiUnit, currency: Currency, language: Language) -> String {
    let sign = currency.sign(language);
    match unit {
        KpiUnit::MinorUnits => sign.to_owned(),
        KpiUnit::MinorUnitsEach => format!("{sign}/{sign}"),
        KpiUnit::Number => language.pick("times", "раз").to_owned(),
        KpiUnit::Seconds => language.pick("s", "с").to_owned(),
        KpiUnit::Share => "%".to_owned(),
    }
}
