//! Uplift: the called against those left alone by lot.

use jiff::SignedDuration;

use super::Asked;
use super::column::{self, CAMPAIGN, CURRENCY, money, pair, plain, say, told};
use crate::domain::Language;
use crate::stats::{Chart, Column, Estimate, RangeChart, Sheet, SheetCell, uplift};
use crate::store::{ExperimentLine, Period, Store, StoreError};

/// Days after a selection within which a payment counts, where nothing is asked.
pub const WINDOW_DAYS: u16 = 30;

pub async fn sheet(store: &Store, asked: Asked) -> Result<Sheet, StoreError> {
    // A window that is not over yet says nothing, so now is the end.
    let period = Period { to: asked.period.to.min(asked.now), ..asked.period };
    let days = asked.cut.window_days.unwrap_or(WINDOW_DAYS);
    let lines = store.experiments_report(period, SignedDuration::from_hours(24 * i64::from(days))).await?;
    let note = (
        "Within {days} days of the selection. Whoever was to be called counts as called, reached or not. The intervals of all \
         campaigns hold at once in 95 cases of 100.",
        "За {days} дней после отбора. Кто должен был получить звонок, считается получившим, даже если до него не дозвонились. \
         Интервалы всех кампаний верны вместе в 95 случаях из 100.",
    );
    let charts = chart(&lines, asked.language).into_iter().map(Chart::Ranges).collect();
    Ok(Sheet {
        columns: columns(asked.language),
        rows: lines.iter().map(|line| cells(line, lines.len(), asked.language)).collect(),
        notes: vec![say(asked.language, note).replace("{days}", &days.to_string())],
        charts,
        told: Vec::new(),
    })
}

/// The effect on the share of payers, where it is known.
fn chart(lines: &[ExperimentLine], language: Language) -> Option<RangeChart> {
    let known = |line: &ExperimentLine| {
        let effect = uplift(&line.experiment, lines.len()).paid_share?;
        Some((format!("{} · {}", line.campaign, line.currency.code()), effect.times(100.0)))
    };
    let ranges: Vec<_> = lines.iter().filter_map(known).collect();
    (!ranges.is_empty()).then(|| RangeChart {
        title: say(
            language,
            ("What calling added to the share that paid", "Что звонки добавили к доле оплативших"),
        )
        .to_owned(),
        across: say(language, ("points", "п. п.")).to_owned(),
        ranges,
    })
}

fn columns(language: Language) -> Vec<Column> {
    let paid = (
        "persons who paid on the selected debt / persons of the arm",
        "люди, оплатившие отобранный долг / люди группы",
    );
    vec![
        plain(language, "campaign", CAMPAIGN),
        plain(language, "currency", CURRENCY),
        plain(language, "left_alone_percent", ("Left alone by lot, %", "Без звонков по жребию, %")),
        pair(language, "called", ("Called, paid", "Звонили, оплатили"), paid),
        pair(language, "left_alone", ("Left alone, paid", "Не звонили, оплатили"), paid),
        pair(
            language,
            "called_elsewhere",
            ("Of these called by another campaign", "Из них звонила другая кампания"),
            (
                "persons left alone whom another campaign called within the window / persons left alone",
                "люди без звонков этой кампании, которым в те же дни звонила другая / люди без звонков этой кампании",
            ),
        ),
        told(
            language,
            "effect_points",
            ("Effect, points", "Влияние, п. п."),
            ("the first share less the second", "первая доля без второй"),
        ),
        plain(language, "effect_low", ("from", "от")),
        plain(language, "effect_high", ("to", "до")),
        told(
            language,
            "extra_minor",
            ("Extra money", "Лишние деньги"),
            (
                "mean sum a person of the called less that of the left alone, times the called",
                "средняя сумма на человека у тех, кому звонили, без суммы остальных, на число тех, кому звонили",
            ),
        ),
        plain(language, "extra_low_minor", ("from", "от")),
        plain(language, "extra_high_minor", ("to", "до")),
        plain(language, "cost_minor", ("Cost of the calls", "Цена звонков")),
        told(
            language,
            "cost_per_extra",
            ("Cost of an extra unit", "Цена лишней единицы"),
            (
                "cost / extra money, where that is surely above nothing",
                "цена / лишние деньги, если они несомненны",
            ),
        ),
        plain(language, "small", ("Sample", "Выборка")),
    ]
}

fn cells(line: &ExperimentLine, lines: usize, language: Language) -> Vec<SheetCell> {
    let found = uplift(&line.experiment, lines);
    let three = |it: Option<Estimate>, cell: &dyn Fn(f64) -> SheetCell| {
        it.map_or(vec![SheetCell::Absent; 3], |it| vec![cell(it.value), cell(it.low), cell(it.high)])
    };
    let minor = |value: f64| money(value.round() as i64, line.currency);
    let (code, word) = match found.small {
        true => ("small", ("too small for a verdict", "мала, чтобы судить")),
        false => ("enough", ("enough", "достаточна")),
    };
    let mut cells = vec![
        SheetCell::Text(line.campaign.clone()),
        column::currency(line.currency),
        line.percent.map_or(SheetCell::Absent, |percent| SheetCell::Count(percent.unsigned_abs())),
        SheetCell::Share(line.experiment.called.paid_share()),
        SheetCell::Share(line.experiment.left_alone.paid_share()),
        SheetCell::Share(line.experiment.elsewhere_share()),
    ];
    cells.extend(three(found.paid_share, &|share| SheetCell::Decimal(share * 100.0, 2)));
    cells.extend(three(found.extra, &minor));
    cells.push(money(line.experiment.cost_minor, line.currency));
    cells.push(found.cost_per_extra.map_or(SheetCell::Absent, |it| SheetCell::Decimal(it.value, 3)));
    cells.push(SheetCell::Code { code: code.to_owned(), word: say(language, word).to_owned() });
    cells
}
