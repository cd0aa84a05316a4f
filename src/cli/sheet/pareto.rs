//! The Pareto curves: how much of the money how few of the accounts bring, and how few of the agents.

use std::collections::BTreeMap;

use super::Asked;
use super::column::{self, Both, CURRENCY, money, pair, plain, say, told};
use crate::domain::{Currency, Language};
use crate::stats::{Chart, Line, LineChart, ParetoPoint, Sheet, SheetCell, pareto};
use crate::store::{Store, StoreError};

pub async fn sheet(store: &Store, asked: Asked) -> Result<Sheet, StoreError> {
    let language = asked.language;
    let accounts = store.paid_by_person(asked.period).await?;
    let mut agents: BTreeMap<Currency, Vec<i64>> = BTreeMap::new();
    for ((_, currency), result) in store.agent_results(asked.period).await? {
        agents.entry(currency).or_default().push(result.paid_minor);
    }
    let mut rows = Vec::new();
    let mut charts = Vec::new();
    for (what, sums) in [(ACCOUNTS, accounts), (AGENTS, agents)] {
        let curves: Vec<_> = sums.into_iter().map(|(currency, sums)| (currency, pareto(sums))).collect();
        let lines = curves.iter().filter_map(|(currency, curve)| line(*currency, curve)).collect::<Vec<_>>();
        if !lines.is_empty() {
            charts.push(Chart::Lines(chart(what, lines, language)));
        }
        for (currency, curve) in &curves {
            rows.extend(curve.iter().filter_map(|point| cells(what, *currency, point, curve, language)));
        }
    }
    Ok(Sheet {
        columns: columns(language),
        rows,
        notes: vec![say(language, NOTE).to_owned()],
        charts,
        told: Vec::new(),
    })
}

/// The code in files, and the words.
type What = (&'static str, Both);

const ACCOUNTS: What = ("accounts", ("accounts", "счета"));
const AGENTS: What = ("agents", ("agents", "операторы"));
const NOTE: Both = (
    "An account is a person with a debt; of the agents all who hold an account or talked. Who paid or brought most is counted \
     first.",
    "Счёт — человек с долгом; операторы — все, кому переданы счета или кто говорил. Первыми стоят те, кто заплатил или принёс \
     больше всех.",
);

fn columns(language: Language) -> Vec<crate::stats::Column> {
    vec![
        plain(language, "of_what", ("Of what", "Чего")),
        plain(language, "currency", CURRENCY),
        pair(
            language,
            "largest",
            ("The largest", "Крупнейшие"),
            ("so many, those with most first / all", "столько, начиная с крупнейших / все"),
        ),
        told(
            language,
            "together_minor",
            ("Together", "Вместе"),
            ("what they paid, or brought, in the period", "сколько они заплатили или принесли за это время"),
        ),
        told(
            language,
            "percent",
            ("Of the money, %", "Денег, %"),
            ("together / all that was paid, or brought", "вместе / всё, что заплачено или принесено"),
        ),
    ]
}

fn cells(
    (code, word): What,
    currency: Currency,
    point: &ParetoPoint,
    curve: &[ParetoPoint],
    language: Language,
) -> Option<Vec<SheetCell>> {
    let all = curve.last()?;
    // A screen has room for these; the rest of the curve is in the chart.
    let is_shown = SHOWN.iter().any(|percent| {
        let reaches = |accounts: u64| accounts * 100 >= percent * all.accounts;
        reaches(point.accounts)
            && !curve.iter().any(|other| other.accounts < point.accounts && reaches(other.accounts))
    });
    is_shown.then(|| {
        vec![
            SheetCell::Code { code: code.to_owned(), word: say(language, word).to_owned() },
            column::currency(currency),
            SheetCell::Part { part: point.accounts, whole: all.accounts },
            money(point.value, currency),
            percent(point.value, all.value)
                .map_or(SheetCell::Absent, |percent| SheetCell::Decimal(percent, 1)),
        ]
    })
}

/// Hundredths of the accounts that have a line.
const SHOWN: [u64; 7] = [1, 5, 10, 20, 50, 80, 100];

fn percent(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 * 100.0 / whole as f64)
}

fn line(currency: Currency, curve: &[ParetoPoint]) -> Option<Line> {
    let all = curve.last().filter(|all| all.value > 0)?;
    let point = |it: &ParetoPoint| {
        Some((it.accounts as f64 * 100.0 / all.accounts as f64, percent(it.value, all.value)?))
    };
    let points = std::iter::once((0.0, 0.0)).chain(curve.iter().filter_map(point)).collect();
    Some(Line { name: currency.code().to_owned(), points })
}

fn chart((_, what): What, lines: Vec<Line>, language: Language) -> LineChart {
    let name = say(language, what);
    let (title, across, upward) = match language {
        Language::En => {
            (format!("Pareto curve: {name}"), format!("% of the {name}, largest first"), "% of the money")
        }
        Language::Ru => {
            (format!("Кривая Парето: {name}"), "% от числа, начиная с крупнейших".to_owned(), "% денег")
        }
    };
    let marks = [0, 20, 40, 60, 80, 100].map(|at| (f64::from(at), at.to_string())).to_vec();
    LineChart { title, across, upward: upward.to_owned(), lines, marks, guide: None }
}
