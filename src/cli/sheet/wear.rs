//! Wear: what the n-th use of a channel on a debtor brings against the first, by payments or by what is asked.

use super::Asked;
use super::column::{Both, CHANNEL, channel, pair, plain, say, told};
use crate::stats::{Chart, Line, LineChart, Sheet, SheetCell, Wear, WearBy, wear};
use crate::store::{Reacted, Store, StoreError};

pub async fn sheet(store: &Store, asked: Asked) -> Result<Sheet, StoreError> {
    let language = asked.language;
    let by = asked.cut.reaction;
    let channels = store.wear_report(asked.period, reacted(by)).await?;
    let channels: Vec<_> = channels.iter().map(|(channel, uses)| (channel.code(), wear(uses))).collect();
    let mut rows = Vec::new();
    for (code, found) in &channels {
        for row in &found.rows {
            let against = row.against_first.map(|it| [it.value, it.low, it.high]);
            let [value, low, high] = against
                .map_or([SheetCell::Absent, SheetCell::Absent, SheetCell::Absent], |all| {
                    all.map(|it| SheetCell::Decimal(it, 2))
                });
            let worn = found.worn_from.is_some_and(|from| row.nth >= from);
            let (code_of, word) = if worn { ("worn", ("worn", "приелось")) } else { ("", ("", "")) };
            rows.push(vec![
                channel(code, language),
                SheetCell::Count(row.nth.into()),
                SheetCell::Share(row.reacted),
                value,
                low,
                high,
                SheetCell::Code { code: code_of.to_owned(), word: say(language, word).to_owned() },
            ]);
        }
    }
    let lines = channels.iter().filter_map(|(code, found)| {
        let name = crate::cli::words::channel(code, language).to_owned();
        let points = points(found);
        (points.len() > 1).then_some(Line { name, points })
    });
    let lines: Vec<_> = lines.collect();
    let chart = LineChart {
        title: say(language, TITLE[by as usize]).to_owned(),
        across: say(language, ("use of the channel on a debtor", "который раз канал применён к должнику"))
            .to_owned(),
        upward: "%".to_owned(),
        marks: (1..=10).map(|nth| (f64::from(nth), nth.to_string())).collect(),
        lines,
        guide: None,
    };
    let note = (
        "Who pays early gets no later use, so later uses meet the harder debtors, and the share falls though nobody tires. Worn \
         is told only where it falls faster than any mix of people who do not tire could make it; a channel that is not told \
         may be worn, too.",
        "Кто заплатил рано, тем больше не звонят, поэтому поздние разы достаются трудным должникам, и доля падает, даже если \
         никто не устал. Об износе сказано, только если она падает быстрее, чем могла бы при любых неустающих людях; канал, о \
         котором не сказано, тоже мог приесться.",
    );
    Ok(Sheet {
        columns: vec![
            plain(language, "channel", CHANNEL),
            plain(language, "nth", ("Use", "Раз")),
            pair(language, KEY[by as usize], NAME[by as usize], OF[by as usize]),
            told(
                language,
                "against_first",
                ("To the first", "К первому"),
                ("share of the n-th use / share of the first", "доля n-го раза / доля первого"),
            ),
            plain(language, "low", ("from", "от")),
            told(
                language,
                "high",
                ("to", "до"),
                (
                    "a channel's intervals hold at once in 95 cases of 100",
                    "интервалы канала верны вместе в 95 случаях из 100",
                ),
            ),
            plain(language, "worn", ("Wear", "Износ")),
        ],
        rows,
        notes: vec![say(language, note).to_owned()],
        charts: if chart.lines.is_empty() { Vec::new() } else { vec![Chart::Lines(chart)] },
        told: Vec::new(),
    })
}

/// What the store is asked for.
pub fn reacted(by: WearBy) -> Reacted {
    match by {
        WearBy::Payment => Reacted::Paid,
        WearBy::Promise => Reacted::Promised,
        WearBy::RightParty => Reacted::RightParty,
    }
}

// In the order of `WearBy`.
const KEY: [&str; 3] = ["paid", "promise", "right_party"];
const NAME: [Both; 3] = [("Paid", "Оплачено"), ("Promised", "Обещано"), ("Right person", "Нужный человек")];
const TITLE: [Both; 3] = [
    ("Paid after the n-th use", "Оплачено после n-го раза"),
    ("Promised in the n-th use", "Обещано в n-й раз"),
    ("Right person in the n-th use", "Нужный человек в n-й раз"),
];
const OF: [Both; 3] = [
    (
        "n-th uses on a debtor, over all his debts, with a payment on the use's debt within the channel's window / n-th uses",
        "n-е разы на должнике, по всем его долгам, с платежом по долгу этого раза в окне канала / n-е разы",
    ),
    (
        "n-th uses on a debtor, over all his debts, with a promise to pay or a request for a link / n-th uses",
        "n-е разы на должнике, по всем его долгам, с обещанием заплатить или запросом ссылки / n-е разы",
    ),
    (
        "n-th uses on a debtor, over all his debts, in which he confirmed who he is / n-th uses",
        "n-е разы на должнике, по всем его долгам, когда должник подтвердил, что это он / n-е разы",
    ),
];

fn points(found: &Wear) -> Vec<(f64, f64)> {
    let known = found.rows.iter().filter(|row| row.reacted.denominator >= crate::stats::ENOUGH);
    known.filter_map(|row| Some((f64::from(row.nth), row.reacted.share()? * 100.0))).collect()
}
