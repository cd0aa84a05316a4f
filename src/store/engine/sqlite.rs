//! Statements on a SQLite connection: prepared once, bound by place, read to the end.

use rusqlite::{CachedStatement, Connection};

use super::conn::{Row, Value};

/// How many rows of an answer are wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    All,
    First,
}

pub(super) fn run(conn: &Connection, sql: &str, values: &[Value]) -> rusqlite::Result<u64> {
    let mut statement = conn.prepare_cached(sql)?;
    bind(&mut statement, values)?;
    let mut rows = statement.raw_query();
    while rows.next()?.is_some() {}
    Ok(conn.changes())
}

pub(super) fn ask(
    conn: &Connection,
    sql: &str,
    values: &[Value],
    wanted: Rows,
) -> rusqlite::Result<Vec<Row>> {
    let mut statement = conn.prepare_cached(sql)?;
    bind(&mut statement, values)?;
    let columns = statement.column_count();
    // One that writes is run to its end: its constraints are looked at there.
    let stops = wanted == Rows::First && statement.readonly();
    let mut found = Vec::new();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        if wanted == Rows::All || found.is_empty() {
            found.push(Row::Sqlite((0..columns).map(|column| row.get(column)).collect::<Result<_, _>>()?));
        }
        if stops {
            break;
        }
    }
    Ok(found)
}

/// SQLite takes `$1` for a name and numbers names as they come; here the number is the value's place.
fn bind(statement: &mut CachedStatement<'_>, values: &[Value]) -> rusqlite::Result<()> {
    let places = statement.parameter_count();
    for place in 1..=places {
        let number = match statement.parameter_name(place) {
            None => Some(place),
            Some(name) => name.strip_prefix('$').and_then(|number| number.parse().ok()),
        };
        let value = number.and_then(|number: usize| values.get(number.checked_sub(1)?));
        match value {
            Some(Value::Int(number)) => statement.raw_bind_parameter(place, number)?,
            Some(Value::Text(text)) => statement.raw_bind_parameter(place, text)?,
            None => return Err(rusqlite::Error::InvalidParameterCount(values.len(), places)),
        }
    }
    Ok(())
}
