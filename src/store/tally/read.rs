//! Adding cells up for a report.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::facts::{self, Which};
use super::plan;
use super::write::{DAY, MONTH};
use crate::stats::{Counted, Key, Tally, count, day_of, month_of};
use crate::store::Period;
use crate::store::engine::conn::{Conn, Fault, Row, values};

/// Sums by the keys asked for.
pub(in crate::store) type Sums = BTreeMap<Vec<Key>, Vec<i64>>;

/// The sums of a table's cells within a period, by these columns of its key and, where `by_month`, by the first day of
/// the month before them. Whole months and days come from the cells; what of the period is less than a day is counted
/// from the rows.
///
/// # Errors
/// The database's.
pub(in crate::store) async fn sums(
    conn: &mut Conn,
    table: &'static Tally,
    period: Period,
    by: &[&'static str],
    by_month: bool,
) -> Result<Sums, Fault> {
    let mut all = Sums::new();
    for part in parts(period) {
        match part {
            Part::Cells { level, months, days } => {
                let sql = sql(table, by, by_month);
                let values = values![level, months.0, months.1, days.0, days.1];
                for row in conn.all_built(sql, values).await? {
                    let (keys, sums) = read(&row, table, by, by_month)?;
                    add(&mut all, keys, &sums);
                }
            }
            Part::Rows { from, to } => {
                for (keys, sums) in count_rows(conn, table, (from, to), by, by_month).await? {
                    add(&mut all, keys, &sums);
                }
            }
        }
    }
    all.retain(|_, sums| sums.iter().any(|&sum| sum != 0));
    Ok(all)
}

/// Whether a period leaves out nothing that ever happened.
pub(in crate::store) fn is_whole(period: Period) -> bool {
    period.from <= Timestamp::UNIX_EPOCH && period.to == Timestamp::MAX
}

fn add(all: &mut Sums, keys: Vec<Key>, sums: &[i64]) {
    let mine = all.entry(keys).or_insert_with(|| vec![0; sums.len()]);
    for (mine, more) in mine.iter_mut().zip(sums) {
        *mine += more;
    }
}

/// A part of a period. Days and months are days since 1970, from and before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Cells { level: i64, months: (i64, i64), days: (i64, i64) },
    Rows { from: Timestamp, to: Timestamp },
}

/// Divides a period into whole months, whole days, and what is left at its ends.
fn parts(period: Period) -> Vec<Part> {
    let Period { from, to } = period;
    let mut parts = Vec::new();
    if from >= to {
        return parts;
    }
    let begins = |day: i64| Timestamp::from_second(day.saturating_mul(86_400)).unwrap_or(Timestamp::MAX);
    let first = if begins(day_of(from)) == from { day_of(from) } else { day_of(from) + 1 };
    let end = day_of(to);
    if first >= end {
        return vec![Part::Rows { from, to }];
    }
    let rows = |from, to| Some(Part::Rows { from, to }).filter(|_| from < to);
    parts.extend(rows(from, begins(first)));
    let next_month = |day: i64| month_of(month_of(day) + 31);
    let first_month = if month_of(first) == first { first } else { next_month(first) };
    let end_month = month_of(end);
    let mut cells = |level, from: i64, to: i64| {
        if from < to {
            parts.push(Part::Cells { level, months: (month_of(from), to), days: (from, to) });
        }
    };
    if first_month <= end_month {
        cells(DAY, first, first_month);
        cells(MONTH, first_month, end_month);
        cells(DAY, end_month, end);
    } else {
        cells(DAY, first, end);
    }
    parts.extend(rows(begins(end), to));
    parts
}

fn sql(table: &Tally, by: &[&str], by_month: bool) -> String {
    let keys: Vec<&str> = by_month.then_some("month").into_iter().chain(by.iter().copied()).collect();
    let sums: Vec<_> = table.sums.iter().map(|sum| format!("CAST(SUM({sum}) AS BIGINT)")).collect();
    let columns = keys.iter().map(|key| (*key).to_owned()).chain(sums).collect::<Vec<_>>().join(", ");
    // Without a key: one row, or none where there are no cells.
    let group = if keys.is_empty() { "level".to_owned() } else { keys.join(", ") };
    format!(
        "SELECT {columns} FROM {} WHERE level = $1 AND month >= $2 AND month < $3 AND day >= $4 AND day < $5 GROUP BY {group}",
        table.name
    )
}

fn read(row: &Row, table: &Tally, by: &[&str], by_month: bool) -> Result<(Vec<Key>, Vec<i64>), Fault> {
    let mut keys = Vec::with_capacity(by.len() + 1);
    if by_month {
        keys.push(Key::Number(row.int(0)?));
    }
    for name in by {
        let place = keys.len();
        keys.push(if is_number(name) {
            Key::Number(row.int(place)?)
        } else {
            Key::Code(row.text(place)?.into())
        });
    }
    let from = keys.len();
    let sums = (0..table.sums.len()).map(|sum| row.int(from + sum)).collect::<Result<_, _>>()?;
    Ok((keys, sums))
}

/// Whether a column of a key holds a number.
pub(super) fn is_number(key: &str) -> bool {
    key.ends_with("_id") || key == "nth"
}

async fn count_rows(
    conn: &mut Conn,
    table: &'static Tally,
    (from, to): (Timestamp, Timestamp),
    by: &[&'static str],
    by_month: bool,
) -> Result<Sums, Fault> {
    let windows = plan::read(conn).await?.windows;
    let mut counted = Counted::default();
    for facts in facts::load(conn, Which::Acting { from, to }).await? {
        count(&facts, &windows, Some((from, to)), &mut counted);
    }
    let places: Vec<usize> = by.iter().filter_map(|name| table.key(name)).collect();
    let mut all = Sums::new();
    for (cell, sums) in counted.0.iter().filter(|(cell, _)| cell.table == table.place) {
        let month = by_month.then(|| Key::Number(month_of(cell.day)));
        let keys = month.into_iter().chain(places.iter().map(|&place| cell.keys[place].clone())).collect();
        add(&mut all, keys, sums);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    #[test]
    fn a_period_is_months_days_and_ends() {
        let period = Period { from: at("2026-01-30T10:00:00Z"), to: at("2026-04-02T01:00:00Z") };
        let levels: Vec<_> = parts(period)
            .into_iter()
            .map(|part| match part {
                Part::Cells { level, days, .. } => format!("{level}: {}", days.1 - days.0),
                Part::Rows { from, to } => format!("rows {}", to.duration_since(from).as_hours()),
            })
            .collect();
        assert_eq!(levels, ["rows 14", "1: 1", "2: 59", "1: 1", "rows 1"]);
        let whole = Period { from: Timestamp::UNIX_EPOCH, to: Timestamp::MAX };
        assert!(is_whole(whole) && parts(whole).len() >= 2);
    }

    proptest! {
        #[test]
        fn the_parts_are_the_period(from in 0_i64..100_000, long in 0_i64..100_000) {
            // Steps of 20 minutes, so that ends of days and months are met.
            let moment = |n: i64| Timestamp::from_second(1_700_000_400 + n * 1_200).expect("a moment");
            let period = Period { from: moment(from), to: moment(from + long) };
            let mut end = period.from;
            for part in parts(period) {
                let (begins, ends) = match part {
                    Part::Rows { from, to } => (from, to),
                    Part::Cells { level, months, days } => {
                        let moment = |day: i64| Timestamp::from_second(day * 86_400).expect("a moment");
                        prop_assert!(months.0 <= days.0 && months.1 >= days.1);
                        prop_assert!(level == DAY || (month_of(days.0) == days.0 && month_of(days.1) == days.1));
                        (moment(days.0), moment(days.1))
                    }
                };
                prop_assert_eq!(begins, end);
                prop_assert!(begins < ends);
                end = ends;
            }
            prop_assert_eq!(end, if long == 0 { period.from } else { period.to });
        }
    }
}
