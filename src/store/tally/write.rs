//! Adding to the cells.

use std::collections::BTreeMap;

use crate::stats::{Counted, Key, Spans, TALLIES, Tally, month_of};
use crate::store::engine::conn::{Conn, Fault, Value};
use crate::store::engine::dialect;

/// A day's cell, and a whole month's.
pub(super) const DAY: i64 = 1;
pub(super) const MONTH: i64 = 2;

/// The most values of a statement: SQLite takes 32,766.
const VALUES: usize = 30_000;

/// Adds these sums to the cells of their days and months.
pub(super) async fn add(conn: &mut Conn, counted: &Counted) -> Result<(), Fault> {
    for table in TALLIES {
        // The days of a month meet in its cell.
        let mut cells: BTreeMap<(i64, i64, &[Key]), Vec<i64>> = BTreeMap::new();
        for (cell, sums) in counted.0.iter().filter(|(cell, _)| cell.table == table.place) {
            for (level, day) in levels(table, cell.day) {
                let mine = cells.entry((level, day, &cell.keys)).or_insert_with(|| vec![0; sums.len()]);
                mine.iter_mut().zip(sums).for_each(|(mine, more)| *mine += more);
            }
        }
        let rows: Vec<_> = cells.into_iter().collect();
        let columns = 3 + table.keys.len() + table.sums.len();
        for rows in rows.chunks(VALUES / columns) {
            let mut values = Vec::with_capacity(rows.len() * columns);
            for ((level, day, keys), sums) in rows {
                let place = [*level, month_of(*day), *day];
                values.extend(place.map(|number| Value::Int(Some(number))));
                values.extend(keys.iter().map(value));
                values.extend(sums.iter().map(|&sum| Value::Int(Some(sum))));
            }
            let sql = sql(conn, table, rows.len());
            conn.run_built(sql, values).await?;
        }
    }
    Ok(())
}

/// The levels a cell stands on, each with its day.
pub(super) fn levels(table: &Tally, day: i64) -> impl Iterator<Item = (i64, i64)> + use<> {
    let (days, months) = match table.spans {
        Spans::DaysAndMonths => (true, true),
        Spans::Days => (true, false),
        Spans::Months => (false, true),
    };
    months.then_some((MONTH, month_of(day))).into_iter().chain(days.then_some((DAY, day)))
}

fn value(key: &Key) -> Value {
    match key {
        Key::Code(code) => Value::Text(Some(code.clone().into_owned())),
        Key::Number(number) => Value::Int(Some(*number)),
    }
}

fn sql(conn: &Conn, table: &Tally, rows: usize) -> String {
    let (name, keys, sums) = (table.name, table.keys.join(", "), table.sums.join(", "));
    let added: Vec<_> =
        table.sums.iter().map(|sum| format!("{sum} = {name}.{sum} + excluded.{sum}")).collect();
    let columns = 3 + table.keys.len() + table.sums.len();
    let places = dialect::places_of_shard(conn, rows, columns);
    format!(
        "INSERT INTO {name} (level, month, day, {keys}, {sums}, shard) VALUES {places} \
         ON CONFLICT (level, month, day, {keys}, shard) DO UPDATE SET {}",
        added.join(", ")
    )
}
