//! Adding cells up for a report.

mod linked;
mod states;
mod steps;

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::facts::{self, Which};
use super::plan;
use super::write::{DAY, MONTH};
use crate::stats::{Basis, Counted, DebtFacts, Key, Tally, count, month_of};
use crate::store::Period;
use crate::store::engine::conn::{Conn, Fault, Row, values};

/// Sums by the keys asked for.
pub(in crate::store) type Sums = BTreeMap<Vec<Key>, Vec<i64>>;

/// The sums of a table's cells within a period, for a report that asks once. See [`Reading::sums`].
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
    Reading::of(conn, period).await?.sums(conn, table, by, by_month).await
}

/// A period that a report is made of: whole months and days of the house come from the cells; what of the period is less
/// than a day, at its ends, is counted from the rows, which are read once.
pub(in crate::store) struct Reading {
    period: Period,
    basis: Basis,
    parts: Vec<Part>,
    ends: Option<Ends>,
}

/// What of a period is less than a day, read and counted once for all that a report asks.
#[derive(Default)]
struct Ends {
    /// The debts touched in it, with all that is known of them.
    debts: BTreeMap<i64, DebtFacts>,
    /// What was in it.
    counted: Counted,
}

impl Reading {
    /// # Errors
    /// The database's.
    pub async fn of(conn: &mut Conn, period: Period) -> Result<Self, Fault> {
        let basis = plan::read(conn).await?.basis;
        let period = in_calendar(period, &basis);
        let parts = parts(period, &basis);
        Ok(Self { period, basis, parts, ends: None })
    }

    pub fn basis(&self) -> &Basis {
        &self.basis
    }

    /// The sums of a table's cells, by these columns of its key and, where `by_month`, by the first day of the month before
    /// them. Not for what is counted once a period, nor for agents' states.
    ///
    /// # Errors
    /// The database's.
    pub async fn sums(
        &mut self,
        conn: &mut Conn,
        table: &'static Tally,
        by: &[&'static str],
        by_month: bool,
    ) -> Result<Sums, Fault> {
        let mut all = Sums::new();
        for part in &self.parts {
            if let Part::Cells { level, months, days } = *part {
                add_cells(conn, (table, by, by_month), (level, months, days), &mut all).await?;
            }
        }
        project(&self.ends(conn).await?.counted, (table, by, by_month), &mut all);
        all.retain(|_, sums| sums.iter().any(|&sum| sum != 0));
        Ok(all)
    }

    async fn ends(&mut self, conn: &mut Conn) -> Result<&Ends, Fault> {
        let ends = match self.ends.take() {
            Some(ends) => ends,
            None => self.load_ends(conn).await?,
        };
        Ok(self.ends.insert(ends))
    }

    async fn load_ends(&self, conn: &mut Conn) -> Result<Ends, Fault> {
        let mut ends = Ends::default();
        for part in &self.parts {
            if let Part::Rows { from, to } = *part {
                let touched = facts::load(conn, Which::Touched { from, to }).await?;
                for facts in touched.values() {
                    count(facts, &self.basis, Some((from, to)), &mut ends.counted);
                }
                ends.debts.extend(touched);
            }
        }
        Ok(ends)
    }
}

/// What is asked of a table: by which columns, and whether by month.
type Asked<'a> = (&'static Tally, &'a [&'static str], bool);

async fn add_cells(
    conn: &mut Conn,
    (table, by, by_month): Asked<'_>,
    (level, months, days): (i64, (i64, i64), (i64, i64)),
    all: &mut Sums,
) -> Result<(), Fault> {
    let values = values![level, months.0, months.1, days.0, days.1];
    for row in conn.all_built(sql(table, by, by_month), values).await? {
        let (keys, sums) = read(&row, table, by, by_month)?;
        add(all, keys, &sums);
    }
    Ok(())
}

/// Adds the cells of a table by the keys asked for.
fn project(counted: &Counted, (table, by, by_month): Asked<'_>, all: &mut Sums) {
    let places: Vec<usize> = by.iter().filter_map(|name| table.key(name)).collect();
    for (cell, sums) in counted.0.iter().filter(|(cell, _)| cell.table == table.place) {
        let month = by_month.then(|| Key::Number(month_of(cell.day)));
        let keys = month.into_iter().chain(places.iter().map(|&place| cell.keys[place].clone())).collect();
        add(all, keys, sums);
    }
}

fn add(all: &mut Sums, keys: Vec<Key>, sums: &[i64]) {
    let mine = all.entry(keys).or_insert_with(|| vec![0; sums.len()]);
    for (mine, more) in mine.iter_mut().zip(sums) {
        *mine += more;
    }
}

/// A part of a period. Days and months are the house's days since 1970, from and before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Cells { level: i64, months: (i64, i64), days: (i64, i64) },
    Rows { from: Timestamp, to: Timestamp },
}

/// "Always" in whole months: nothing is older than 1970, and no calendar goes on for ever.
fn in_calendar(period: Period, basis: &Basis) -> Period {
    let month = |day: i64| basis.begins(month_of(day));
    let from = if period.from <= Timestamp::UNIX_EPOCH { month(-1) } else { period.from };
    Period { from, to: period.to.min(month(basis.day(Timestamp::MAX))) }
}

/// Divides a period into whole months, whole days, and what is left at its ends.
fn parts(period: Period, basis: &Basis) -> Vec<Part> {
    let Period { from, to } = period;
    let mut parts = Vec::new();
    if from >= to {
        return parts;
    }
    let begins = |day: i64| basis.begins(day);
    let first = if begins(basis.day(from)) == from { basis.day(from) } else { basis.day(from) + 1 };
    let end = basis.day(to);
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
    key.ends_with("_id") || matches!(key, "before_day" | "billable" | "lag_days" | "nth" | "step")
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;

    fn basis(zone: &str) -> Basis {
        Basis { zone: TimeZone::get(zone).expect("a zone"), ..Basis::default() }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    #[test]
    fn a_period_is_months_days_and_ends() {
        let period = Period { from: at("2026-01-30T10:00:00Z"), to: at("2026-04-02T01:00:00Z") };
        let levels: Vec<_> = parts(period, &basis("UTC"))
            .into_iter()
            .map(|part| match part {
                Part::Cells { level, days, .. } => format!("{level}: {}", days.1 - days.0),
                Part::Rows { from, to } => format!("rows {}", to.duration_since(from).as_hours()),
            })
            .collect();
        assert_eq!(levels, ["rows 14", "1: 1", "2: 59", "1: 1", "rows 1"]);
    }

    #[test]
    fn a_day_of_the_house_and_all_that_ever_was_need_no_row() {
        let moscow = basis("Europe/Moscow");
        let day = Period { from: at("2026-03-02T21:00:00Z"), to: at("2026-03-03T21:00:00Z") };
        let always = in_calendar(Period { from: Timestamp::MIN, to: Timestamp::MAX }, &moscow);
        let is_cells = |part: &Part| matches!(part, Part::Cells { .. });
        assert!(parts(day, &moscow).iter().all(is_cells) && parts(day, &moscow).len() == 1);
        assert!(parts(always, &moscow).iter().all(is_cells), "{:?}", parts(always, &moscow));
    }

    proptest! {
        #[test]
        fn the_parts_are_the_period(from in 0_i64..100_000, long in 0_i64..100_000, zone in 0_usize..3) {
            let basis = basis(["UTC", "Europe/Moscow", "Europe/Berlin"][zone]);
            // Steps of 20 minutes, so that ends of days and months are met.
            let moment = |n: i64| Timestamp::from_second(1_700_000_400 + n * 1_200).expect("a moment");
            let period = Period { from: moment(from), to: moment(from + long) };
            let mut end = period.from;
            for part in parts(period, &basis) {
                let (begins, ends) = match part {
                    Part::Rows { from, to } => (from, to),
                    Part::Cells { level, months, days } => {
                        let moment = |day: i64| basis.begins(day);
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
