//! People of a list: as the database knows them, and as the list tells of them.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::merge::{Staged, chunks};
use crate::domain::{DebtorType, PersonId};
use crate::store::debtor_type::{TypeChange, note_change};
use crate::store::engine::conn::{Conn, Fault, Row, Value, values};

/// A person as the database knows him.
#[derive(Debug, Default)]
pub struct Known {
    pub id: i64,
    name: Option<String>,
    language: String,
    pub debtor_type: String,
    /// What the lists said last.
    pub listed_type: Option<String>,
    region: Option<String>,
    time_zone: Option<String>,
}

impl Known {
    pub fn differs(&self, row: &Staged) -> bool {
        self.name != row.name
            || self.language != row.language
            || (row.debtor_type.is_some() && row.debtor_type != self.listed_type)
            || self.is_elsewhere(row)
    }

    /// The row tells another place, from which the rules conclude another clock.
    pub fn is_elsewhere(&self, row: &Staged) -> bool {
        self.region != row.region || self.time_zone != row.time_zone
    }

    /// The type after the row: a list that says the same as the last one takes nothing back from whoever learnt more
    /// since.
    fn type_after<'a>(&'a self, row: &'a Staged) -> &'a str {
        let said = row.debtor_type.as_deref().filter(|_| row.debtor_type != self.listed_type);
        said.unwrap_or(&self.debtor_type)
    }
}

pub async fn known_people(conn: &mut Conn, rows: &[Staged]) -> Result<HashMap<String, Known>, Fault> {
    let wanted: Vec<&str> =
        rows.iter().map(|row| row.person.as_str()).collect::<HashSet<_>>().into_iter().collect();
    let select = |places: &str| {
        format!(
            "SELECT external_id, id, name, language, debtor_type, region, time_zone, \
             listed_type FROM person \
             WHERE external_id IN (VALUES {places})"
        )
    };
    let mut known = HashMap::new();
    for (sql, part) in chunks(conn, &wanted, 1, select) {
        let values = part.iter().map(|id| Value::from(*id)).collect();
        for row in conn.all_built(sql, values).await? {
            let person = Known {
                id: row.int(1)?,
                name: row.text_opt(2)?,
                language: row.text(3)?,
                debtor_type: row.text(4)?,
                region: row.text_opt(5)?,
                time_zone: row.text_opt(6)?,
                listed_type: row.text_opt(7)?,
            };
            known.insert(row.text(0)?, person);
        }
    }
    Ok(known)
}

/// Writes people who are new or are told of otherwise, and what became of their types; gives their ids.
pub async fn write_people(
    conn: &mut Conn,
    rows: &[&Staged],
    known: &HashMap<String, Known>,
    now: Timestamp,
) -> Result<Vec<(String, i64)>, Fault> {
    let insert = |places: &str| {
        format!(
            "INSERT INTO person (external_id, name, language, debtor_type, listed_type, region, time_zone, \
             updated_at) VALUES {places} ON CONFLICT (external_id) DO UPDATE SET name = excluded.name, \
             language = excluded.language, debtor_type = excluded.debtor_type, \
             listed_type = excluded.listed_type, region = excluded.region, time_zone = excluded.time_zone, \
             updated_at = excluded.updated_at RETURNING external_id, id"
        )
    };
    let mut written = Vec::with_capacity(rows.len());
    for (sql, part) in chunks(conn, rows, 8, insert) {
        let values = part.iter().flat_map(|row| {
            let before = known.get(&row.person);
            let otherwise = row.debtor_type.as_deref().unwrap_or(DebtorType::Unknown.code());
            let listed = before.and_then(|person| person.listed_type.as_deref());
            values![
                &row.person,
                row.name.as_deref(),
                &row.language,
                before.map_or(otherwise, |person| person.type_after(row)),
                row.debtor_type.as_deref().or(listed),
                row.region.as_deref(),
                row.time_zone.as_deref(),
                now,
            ]
        });
        let returned = conn.all_built(sql, values.collect()).await?;
        let ids = returned.iter().map(|row: &Row| Ok((row.text(0)?, row.int(1)?)));
        written.extend(ids.collect::<Result<Vec<_>, Fault>>()?);
    }
    for row in rows {
        let Some(before) = known.get(&row.person) else { continue };
        let after = before.type_after(row);
        if after != before.debtor_type {
            let change = TypeChange { was: &before.debtor_type, became: after, who: "import", why: "list" };
            note_change(conn, PersonId(before.id), change, now).await?;
        }
    }
    Ok(written)
}
