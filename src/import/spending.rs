//! What subscribers spend, month by month, from a file: a person's id and a column for each month (`2026-03`), or a row
//! for each person and month.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use serde::Serialize;

use super::cell::{self, denature};
use super::column::fold;
use super::{Expect, ImportFault, Record, each_record};
use crate::domain::{Currency, Language};

/// Every person's months, minor units by `2026-03`.
pub type Series = BTreeMap<String, BTreeMap<String, i64>>;

/// What became of the rows of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SpendingCounts {
    /// Rows below the header; the sum of the next two.
    pub rows: u64,
    pub sound: u64,
    /// Nothing of such a row is taken.
    pub rejected: u64,
}

/// Why a row was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpendingReason {
    AmountUnreadable,
    /// One such row would make its month the file's last one, in which everybody else has nothing.
    MonthAhead,
    /// Which of the two sums is right nobody can know: the first stands.
    MonthTwice,
    MonthUnreadable,
    PersonMissing,
}

impl SpendingReason {
    pub fn code(self) -> &'static str {
        match self {
            Self::AmountUnreadable => "amount_unreadable",
            Self::MonthAhead => "month_ahead",
            Self::MonthTwice => "month_twice",
            Self::MonthUnreadable => "month_unreadable",
            Self::PersonMissing => "person_missing",
        }
    }

    pub fn text(self, language: Language) -> &'static str {
        let (en, ru) = match self {
            Self::AmountUnreadable => ("a sum that is none, or below 0", "сумма не читается или меньше 0"),
            Self::MonthAhead => ("the month lies ahead", "месяц ещё не наступил"),
            Self::MonthTwice => (
                "an earlier row has a sum of this person and month: that one stands",
                "за этот месяц у клиента уже есть сумма в строке выше: осталась она",
            ),
            Self::MonthUnreadable => {
                ("the month is none: write 2026-03", "месяц не читается: пишите 2026-03")
            }
            Self::PersonMissing => ("no id of a person", "нет номера клиента"),
        };
        match language {
            Language::En => en,
            Language::Ru => ru,
        }
    }
}

/// What of a file goes back, in its order.
#[derive(Debug)]
pub enum SpendingItem<'a> {
    /// First of all.
    Heading(Vec<String>),
    Rejected {
        record: &'a Record,
        reason: SpendingReason,
    },
}

const PERSON: [&str; 6] = ["person", "person id", "customer id", "id клиента", "абонент", "id должника"];
const MONTH: [&str; 4] = ["month", "месяц", "period", "период"];
const AMOUNT: [&str; 5] = ["amount", "сумма", "spent", "расход", "расходы"];

/// Where the file has what.
enum Shape {
    /// A column for each month.
    Wide { person: usize, months: Vec<(usize, String)> },
    /// A row for each month.
    Long { person: usize, month: usize, amount: usize },
}

/// Reads the whole file; of two sums for one person and month the first stands, and no month after the one of `today` is
/// taken. `back` has what was not taken.
///
/// # Errors
/// A fault of the whole file, or what `back` said.
pub fn read_spending(
    path: &Path,
    (currency, today): (Currency, Date),
    back: &mut dyn FnMut(SpendingItem<'_>) -> Result<(), ImportFault>,
) -> Result<(Series, SpendingCounts), ImportFault> {
    let (mut series, mut counts) = (Series::new(), SpendingCounts::default());
    let mut shape: Option<Shape> = None;
    each_record(path, &Expect::default(), &mut |record, _| {
        let Some(shape) = &shape else {
            shape = Some(read_header(record)?);
            return back(SpendingItem::Heading(record.cells().map(str::to_owned).collect()));
        };
        if record.cells().all(|cell| cell.trim().is_empty()) {
            return Ok(());
        }
        counts.rows += 1;
        let read = row(shape, record, currency).and_then(|(person, months)| {
            let new = fresh(&months, series.get(&person), today)?;
            Ok((person, new))
        });
        match read {
            Ok((person, months)) => {
                counts.sound += 1;
                series.entry(person).or_default().extend(months);
                Ok(())
            }
            Err(reason) => {
                counts.rejected += 1;
                back(SpendingItem::Rejected { record, reason })
            }
        }
    })?;
    match (shape, counts.rows) {
        (None, _) => Err(ImportFault::Empty),
        (Some(_), 0) => Err(ImportFault::NoRows),
        (Some(_), _) => Ok((series, counts)),
    }
}

/// The sums of a row by month, if none lies ahead or is there already.
fn fresh(
    months: &[(String, i64)],
    before: Option<&BTreeMap<String, i64>>,
    today: Date,
) -> Result<BTreeMap<String, i64>, SpendingReason> {
    let running = month_of(today);
    if months.iter().any(|(month, _)| *month > running) {
        return Err(SpendingReason::MonthAhead);
    }
    let new: BTreeMap<String, i64> = months.iter().cloned().collect();
    let twice = before.is_some_and(|before| new.keys().any(|month| before.contains_key(month)));
    if twice || new.len() < months.len() {
        return Err(SpendingReason::MonthTwice);
    }
    Ok(new)
}

fn read_header(header: &Record) -> Result<Shape, ImportFault> {
    let cells: Vec<String> = header.cells().map(|cell| denature(cell).trim().to_owned()).collect();
    let at = |words: &[&str]| cells.iter().position(|cell| words.contains(&fold(cell).as_str()));
    let missing = |wanted: [&'static str; 2]| ImportFault::NoColumn { wanted, header: cells.join("; ") };
    let person = at(&PERSON)
        .ok_or_else(|| missing(["person, person id, customer id", "абонент, id клиента, id должника"]))?;
    let months: Vec<(usize, String)> =
        cells.iter().enumerate().filter_map(|(place, cell)| Some((place, month(cell)?))).collect();
    if !months.is_empty() {
        return Ok(Shape::Wide { person, months });
    }
    let month = at(&MONTH).ok_or_else(|| missing(["month, period, 2026-03", "месяц, период, 2026-03"]))?;
    let amount = at(&AMOUNT).ok_or_else(|| missing(["amount, spent", "сумма, расход, расходы"]))?;
    Ok(Shape::Long { person, month, amount })
}

/// `2026-03`, of such a text or of a date in that month.
fn month(text: &str) -> Option<String> {
    let text = text.trim();
    let day = if text.len() == 7 { format!("{text}-01") } else { text.to_owned() };
    let date = cell::date(&day, false)?;
    Some(month_of(date))
}

/// The month of a day as the series have it.
pub fn month_of(date: Date) -> String {
    format!("{:04}-{:02}", date.year(), date.month())
}

fn row(
    shape: &Shape,
    record: &Record,
    currency: Currency,
) -> Result<(String, Vec<(String, i64)>), SpendingReason> {
    let text = |at: usize| denature(record.cell(at)).trim();
    let person = |at: usize| match text(at) {
        "" => Err(SpendingReason::PersonMissing),
        person => Ok(person.to_owned()),
    };
    let sum = |at: usize| {
        let money = cell::money(text(at), currency).ok().map(|money| money.minor);
        money.filter(|minor| *minor >= 0).ok_or(SpendingReason::AmountUnreadable)
    };
    match shape {
        Shape::Long { person: who, month: at, amount } => {
            let person = person(*who)?;
            let month = month(text(*at)).ok_or(SpendingReason::MonthUnreadable)?;
            Ok((person, vec![(month, sum(*amount)?)]))
        }
        Shape::Wide { person: who, months } => {
            let person = person(*who)?;
            let told = months.iter().filter(|(at, _)| !text(*at).is_empty());
            let sums = told
                .map(|(at, month)| Ok((month.clone(), sum(*at)?)))
                .collect::<Result<Vec<_>, SpendingReason>>()?;
            Ok((person, sums))
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn read(text: &str) -> (Series, SpendingCounts, Vec<(u64, &'static str)>) {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("spent.csv");
        std::fs::write(&file, text).expect("written");
        let mut gone_back = Vec::new();
        let mut back = |item: SpendingItem<'_>| {
            if let SpendingItem::Rejected { record, reason } = item {
                gone_back.push((record.line, reason.code()));
            }
            Ok(())
        };
        let (series, counts) =
            read_spending(&file, (Currency::Rub, date(2026, 3, 31)), &mut back).expect("a file of spending");
        (series, counts, gone_back)
    }

    #[test]
    fn months_stand_beside_each_other_or_below() {
        let (wide, counts, gone_back) = read("абонент;2026-01;2026-02\np1;100,50;0\np2;;7\n;1;2\np3;x;1\n");
        assert_eq!((counts.rows, counts.sound, counts.rejected), (4, 2, 2));
        assert_eq!(gone_back, [(4, "person_missing"), (5, "amount_unreadable")]);
        assert_eq!(wide["p1"].values().copied().collect::<Vec<_>>(), [10_050, 0]);
        assert_eq!(wide["p2"].len(), 1);
        let text = "person,month,amount\np1,2026-01,100.50\np1,2026-02-28,0\np2,2026-02,7\np2,soon,7\n";
        let (long, _, gone_back) = read(text);
        assert_eq!((long, gone_back), (wide, vec![(5, "month_unreadable")]));
    }

    #[test]
    fn a_month_that_is_to_come_and_a_second_sum_of_a_month_are_not_taken() {
        let text = "person,month,amount\np1,2026-03,100\np1,2026-04,5\np1,2026-03,5\np2,2027-01,5\n";
        let (series, counts, gone_back) = read(text);
        assert_eq!((counts.sound, counts.rejected), (1, 3));
        assert_eq!(gone_back, [(3, "month_ahead"), (4, "month_twice"), (5, "month_ahead")]);
        assert_eq!(series, Series::from([("p1".into(), BTreeMap::from([("2026-03".into(), 10_000)]))]));
        let (_, counts, gone_back) = read("абонент;2026-03;март;2026-03-01\np1;1;x;2\n");
        assert_eq!((counts.sound, gone_back), (0, vec![(2, "month_twice")]), "two columns of a month");
    }
}
