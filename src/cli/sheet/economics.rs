//! Creditors: what each brings, what he costs, how that moves, and whether to keep him.

use super::Asked;
use super::column::{Both, money, pair, plain, say, told};
use crate::cli::report::economics::{count, total, trend_of};
use crate::config::{Config, EconomicsConfig};
use crate::domain::Language;
use crate::stats::{Chart, Column, Line, LineChart, Month, Ratio, Sheet, SheetCell, Worth, worth};
use crate::store::{Store, StoreError};

pub async fn sheet(store: &Store, config: &Config, asked: Asked) -> Result<Sheet, StoreError> {
    let (language, economics) = (asked.language, &config.statistics.economics);
    let (creditors, left_out) = count(store, asked.period, asked.now, economics).await?;
    let rows = creditors.iter().map(|(name, months)| cells(name, months, economics, language)).collect();
    let lines = creditors.iter().map(|(name, months)| Line { name: name.clone(), points: margins(months) });
    let lines: Vec<_> = lines.filter(|line| !line.points.is_empty()).collect();
    let mut notes = vec![
        say(
            language,
            (
                "Gross margin = (revenue - cost) / revenue. Keep: within the guide or above. Watch: so, but it falls by more \
                 than a point a month. Renegotiate: below the guide. Let go: he costs more than he brings.",
                "Валовая маржа = (выручка − расходы) / выручка. Оставить: в пределах ориентира или выше. Следить: так же, но \
                 падает больше чем на пункт в месяц. Пересмотреть: ниже ориентира. Отказаться: стоит больше, чем приносит.",
            ),
        )
        .to_owned(),
    ];
    if left_out > 0 {
        let in_others = (
            "actions and payments in other currencies are left out",
            "действий и платежей в других валютах не учтено",
        );
        notes.push(format!("{left_out} {}", say(language, in_others)));
    }
    let guide = &economics.margin_percent;
    let charts =
        if lines.is_empty() { Vec::new() } else { vec![Chart::Lines(chart(lines, guide, language))] };
    Ok(Sheet { columns: columns(language), rows, notes, charts, told: Vec::new() })
}

fn chart(lines: Vec<Line>, guide: &std::ops::RangeInclusive<u8>, language: Language) -> LineChart {
    let mut ends: Vec<i64> =
        lines.iter().flat_map(|line| line.points.iter().map(|point| point.0 as i64)).collect();
    ends.sort_unstable();
    ends.dedup();
    // As many names of months as stand beside each other.
    let step = ends.len().div_ceil(8).max(1);
    let marks = ends.iter().step_by(step).map(|&month| (month as f64, month_name(month))).collect();
    LineChart {
        title: say(
            language,
            (
                "Gross margin by month, with the guide; a greater loss stands at -100",
                "Валовая маржа по месяцам и ориентир; больший убыток стоит на −100",
            ),
        )
        .to_owned(),
        across: say(language, ("month", "месяц")).to_owned(),
        upward: "%".to_owned(),
        lines,
        marks,
        guide: Some((f64::from(*guide.start()), f64::from(*guide.end()))),
    }
}

/// What is drawn no lower, in percent: a month with little revenue would press all others together.
const LOWEST: f64 = -100.0;

/// By months since the year 0, in percent.
fn margins(months: &[(String, Month)]) -> Vec<(f64, f64)> {
    let point = |(name, month): &(String, Month)| {
        let (year, of_year) = name.split_once('-')?;
        let nth = year.parse::<i64>().ok()? * 12 + of_year.parse::<i64>().ok()? - 1;
        Some((nth as f64, (month.margin()? * 100.0).max(LOWEST)))
    };
    months.iter().filter_map(point).collect()
}

fn month_name(nth: i64) -> String {
    format!("{}-{:02}", nth.div_euclid(12), nth.rem_euclid(12) + 1)
}

fn columns(language: Language) -> Vec<Column> {
    let plain = |key, name| plain(language, key, name);
    let told = |key, name, of| told(language, key, name, of);
    vec![
        plain("creditor", ("Creditor", "Кредитор")),
        plain("months", ("Months", "Месяцев")),
        told(
            "repaid_minor",
            ("Repaid", "Возвращено"),
            ("all paid on his debts, called or not", "всё, что оплачено по его долгам, звонили или нет"),
        ),
        told(
            "revenue_minor",
            ("Revenue", "Выручка"),
            (
                "by contract: share, fixed, per kept promise",
                "по договору: доля, за месяц, за сдержанное обещание",
            ),
        ),
        told(
            "cost_minor",
            ("Cost", "Расходы"),
            (
                "trunks, agents, other channels, set-up, overheads",
                "линии, операторы, другие каналы, подготовка, общие",
            ),
        ),
        told(
            "margin_percent",
            ("Margin, %", "Маржа, %"),
            ("(revenue - cost) / revenue", "(выручка − расходы) / выручка"),
        ),
        told(
            "trend_points",
            ("Trend, points", "Тренд, п. п."),
            (
                "points of margin a month, by least squares over three months or more",
                "пунктов маржи в месяц, по наименьшим квадратам, от трёх месяцев",
            ),
        ),
        pair(
            language,
            "complaints",
            ("Complaints", "Жалобы"),
            (
                "actions with a complaint, and complaints that came of no call / actions",
                "действия с жалобой и жалобы не из-за звонка / действия",
            ),
        ),
        told("worth", ("Verdict", "Вывод"), ("see below", "см. ниже")),
    ]
}

fn cells(
    name: &str,
    months: &[(String, Month)],
    config: &EconomicsConfig,
    language: Language,
) -> Vec<SheetCell> {
    let sum = total(months);
    let trend = trend_of(months);
    let decimal =
        |share: Option<f64>| share.map_or(SheetCell::Absent, |share| SheetCell::Decimal(share * 100.0, 1));
    let guide = f64::from(*config.margin_percent.start()) / 100.0;
    let verdict = worth(&sum, config.contracts.contains_key(name), trend, guide);
    let of = |minor| money(minor, config.currency);
    vec![
        SheetCell::Text(name.to_owned()),
        SheetCell::Count(months.len() as u64),
        of(sum.repaid),
        of(sum.revenue()),
        of(sum.cost()),
        decimal(sum.margin()),
        decimal(trend),
        SheetCell::Share(Ratio::new(sum.complaints, sum.actions)),
        SheetCell::Code { code: verdict.code().to_owned(), word: say(language, words(verdict)).to_owned() },
    ]
}

fn words(worth: Worth) -> Both {
    match worth {
        Worth::Keep => ("keep", "оставить"),
        Worth::LetGo => ("let go", "отказаться"),
        Worth::Renegotiate => ("renegotiate", "пересмотреть"),
        Worth::Unknown => ("no revenue known", "выручка неизвестна"),
        Worth::Watch => ("watch", "следить"),
    }
}
