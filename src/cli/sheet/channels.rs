//! Channels: actions against reactions, as the house credits payments.

use super::Asked;
use super::column::{self, CHANNEL, CURRENCY, DEBTOR_TYPE, channel, debtor_type, money, plain, told};
use crate::cli::words;
use crate::config::Config;
use crate::domain::Language;
use crate::stats::{Axis, Column, EffectRow, Sheet, SheetCell, definition, effect_table};
use crate::store::{Store, StoreError};

pub async fn sheet(store: &Store, config: &Config, asked: Asked) -> Result<Sheet, StoreError> {
    let mut by = asked.cut.by.clone();
    by.dedup();
    let rows = store.effects_report(asked.period, &by).await?;
    let rows = effect_table(&rows, asked.cut.attribution.unwrap_or(config.statistics.attribution));
    // What other systems told is of no campaign.
    let of_none = |row: &[String]| row.first().is_some_and(String::is_empty);
    let by_campaign = match by[..] {
        [] => store.effects_report(asked.period, &[Axis::Campaign]).await?,
        _ => Vec::new(),
    };
    let is_told = |row: &EffectRow| match by[..] {
        [Axis::Campaign] => of_none(&row.by),
        _ => by_campaign.iter().filter(|it| of_none(&it.by)).any(|it| {
            (it.channel, it.debtor_type, it.kind, it.currency)
                == (row.channel, row.debtor_type, row.kind, row.currency)
        }),
    };
    let told = rows.iter().enumerate().filter(|(_, row)| is_told(row)).map(|(place, _)| place).collect();
    Ok(Sheet {
        columns: columns(&by, asked.language),
        rows: rows.iter().map(|row| cells(row, asked.language)).collect(),
        notes: vec![
            column::say(
                asked.language,
                (
                    "A payment is credited to an action by the rule and the windows of statistics.toml. A credit is no \
                     cause: the report on uplift measures that.",
                    "Платёж зачтён действию по правилу и окнам из statistics.toml. Зачёт — не причина: её измеряет отчёт \
                     о влиянии.",
                ),
            )
            .to_owned(),
        ],
        charts: Vec::new(),
        told,
    })
}

/// The ratios, in their order.
const SHOWN: [&str; 14] = [
    "answered",
    "right_party",
    "amount_heard",
    "promise",
    "kept",
    "paid",
    "paid_in_full",
    "paid_in_part",
    "refused",
    "dispute",
    "complaint",
    "opt_out",
    "no_reaction",
    "faults",
];

fn columns(by: &[Axis], language: Language) -> Vec<Column> {
    let share = |key: &'static str| {
        let of = definition(key).map(|it| match language {
            Language::En => format!("{} / {}", it.numerator, it.denominator),
            Language::Ru => format!("{} / {}", it.numerator_ru, it.denominator_ru),
        });
        Column {
            key,
            name: words::figure(key, language).to_owned(),
            of: of.unwrap_or_default(),
            is_pair: true,
        }
    };
    let mut columns: Vec<Column> = by
        .iter()
        .map(|it| plain(language, it.code(), (it.name(Language::En), it.name(Language::Ru))))
        .collect();
    columns.extend([
        plain(language, "channel", CHANNEL),
        plain(language, "debtor_type", DEBTOR_TYPE),
        plain(language, "debt_kind", ("Debt", "Долг")),
        plain(language, "currency", CURRENCY),
        plain(language, "actions", ("Actions", "Действия")),
    ]);
    columns.extend(SHOWN.map(share));
    columns.push(told(
        language,
        "paid_minor",
        ("Paid", "Оплачено"),
        ("money credited to the actions", "деньги, зачтённые действиям"),
    ));
    columns
}

fn cells(row: &EffectRow, language: Language) -> Vec<SheetCell> {
    let kind = row.kind.code();
    let mut cells: Vec<SheetCell> = row.by.iter().map(|value| SheetCell::Text(value.clone())).collect();
    cells.extend([
        channel(row.channel.code(), language),
        debtor_type(row.debtor_type.code(), language),
        SheetCell::Code { code: kind.to_owned(), word: words::debt_kind(kind, language).to_owned() },
        column::currency(row.currency),
        SheetCell::Count(row.actions),
    ]);
    let ratios = [
        row.answered,
        row.right_party,
        row.amount_heard,
        row.promise,
        row.kept,
        row.paid,
        row.paid_in_full,
        row.paid_in_part,
        row.refused,
        row.dispute,
        row.complaint,
        row.opt_out,
        row.no_reaction,
        row.faults,
    ];
    cells.extend(ratios.map(SheetCell::Share));
    cells.push(money(row.paid_minor, row.currency));
    cells
}
