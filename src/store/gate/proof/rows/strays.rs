//! Rows that no link vouches for: never sealed, or without the rows they came of.

use std::collections::HashMap;

use super::super::verify::BROKEN;
use super::kind::Sealed;
use super::verify::{BrokenRow, RowName, WrongRow};
use crate::domain::PersonId;
use crate::store::engine::conn::{Conn, Fault, Value, values};

/// The strays, of one person or of all.
pub(super) async fn strays(conn: &mut Conn, person: Option<PersonId>) -> Result<Vec<BrokenRow>, Fault> {
    let mut found = Vec::new();
    for kind in Sealed::ALL {
        if let Some(sql) = unsealed(kind, person.is_some()) {
            found.extend(find(conn, sql, person, (kind.code(), WrongRow::Unsealed)).await?);
        }
    }
    let his = |column| if person.is_some() { format!(" AND {column} = $1") } else { String::new() };
    for (sql, column, table, wrong) in WITHOUT {
        let sql = format!("{sql}{} ORDER BY 1 LIMIT {BROKEN}", his(column));
        found.extend(find(conn, sql, person, (table, wrong)).await?);
    }
    found.extend(moved(conn, person).await?);
    Ok(found)
}

/// Rows of a kind that have no link; absent where the kind is nobody's own and somebody's are asked for.
fn unsealed(kind: Sealed, of_one: bool) -> Option<String> {
    let (table, key) = (kind.code(), kind.key());
    let his = match kind {
        _ if !of_one => "",
        Sealed::DenialRepeat => " AND t.decision_id IN (SELECT d.id FROM decision d WHERE d.person_id = $1)",
        Sealed::CaseAct => " AND t.case_id IN (SELECT c.id FROM case_file c WHERE c.person_id = $1)",
        Sealed::Disposed | Sealed::Review => {
            " AND t.attempt_id IN (SELECT a.id FROM attempt a WHERE a.person_id = $1)"
        }
        Sealed::Note => return None,
        Sealed::Kin | Sealed::PersonLink => " AND (t.person_id = $1 OR t.other_id = $1)",
        _ => " AND t.person_id = $1",
    };
    // An attempt is sealed when it is closed.
    let closed = if kind == Sealed::Attempt { " AND t.outcome IS NOT NULL" } else { "" };
    Some(format!(
        "SELECT t.{key} FROM {table} t WHERE NOT EXISTS (SELECT 1 FROM sealed_row l WHERE l.of_what = '{table}' \
         AND l.row_id = t.{key}){closed}{his} ORDER BY 1 LIMIT {BROKEN}"
    ))
}

async fn find(
    conn: &mut Conn,
    sql: String,
    person: Option<PersonId>,
    (table, wrong): (&str, WrongRow),
) -> Result<Vec<BrokenRow>, Fault> {
    let rows = conn.all_built(sql, person.map(Value::from).into_iter().collect()).await?;
    rows.iter().map(|row| Ok(stray(table, row.int(0)?, wrong))).collect()
}

fn stray(table: &str, id: i64, wrong: WrongRow) -> BrokenRow {
    BrokenRow { chain: None, seq: None, row: Some(RowName { table: table.to_owned(), id }), wrong }
}

/// What must not be: a statement up to its last condition, the column that says whose it is, whose row it finds, and what is
/// wrong with it.
const WITHOUT: [(&str, &str, &str, WrongRow); 5] = [
    (
        "SELECT DISTINCT e.attempt_id FROM event e WHERE e.attempt_id IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.id = e.attempt_id)",
        "e.person_id",
        "attempt",
        WrongRow::Gone,
    ),
    (
        "SELECT a.id FROM attempt a LEFT JOIN decision d ON d.id = a.decision_id WHERE ((d.id IS NULL \
         AND a.channel <> 'inbound_call') OR d.allow = 0 \
         OR d.person_id <> a.person_id OR d.contact_id <> a.contact_id OR EXISTS (SELECT 1 FROM attempt b \
         WHERE b.person_id = a.person_id AND b.decision_id = a.decision_id AND b.id <> a.id))",
        "a.person_id",
        "attempt",
        WrongRow::Undecided,
    ),
    (
        "SELECT a.id FROM attempt a WHERE a.outcome IS NULL AND a.channel <> 'inbound_call' AND NOT EXISTS (SELECT 1 FROM event e \
         WHERE e.person_id = a.person_id AND e.attempt_id = a.id AND e.kind = 'in_flight')",
        "a.person_id",
        "attempt",
        WrongRow::Unsealed,
    ),
    (
        "SELECT d.id FROM decision d WHERE d.allow = 1 AND NOT EXISTS (SELECT 1 FROM attempt a \
         WHERE a.person_id = d.person_id AND a.decision_id = d.id)",
        "d.person_id",
        "decision",
        WrongRow::NotDialled,
    ),
    // The program writes neither: a list tells numbers and not whose they are.
    (
        "SELECT f.id FROM phone f WHERE (f.relation <> 'debtor' OR f.phone_type <> 'unknown')",
        "f.person_id",
        "phone",
        WrongRow::Changed,
    ),
];

/// Region and time zone, as a list told them last.
type Place = (Option<String>, Option<String>);

/// People who are elsewhere than the lists told last.
async fn moved(conn: &mut Conn, only: Option<PersonId>) -> Result<Vec<BrokenRow>, Fault> {
    let told = told_places(conn).await?;
    let (mut after, last) = only.map_or((0, i64::MAX), |person| (person.0 - 1, person.0));
    let mut found = Vec::new();
    loop {
        let rows = conn.all(PEOPLE, values![after, last, PEOPLE_PAGE]).await?;
        for row in &rows {
            let (id, place) = (row.int(0)?, (row.text_opt(1)?, row.text_opt(2)?));
            if told.get(&id).cloned().unwrap_or_default() != place && found.len() < BROKEN {
                found.push(stray("person", id, WrongRow::Changed));
            }
            after = id;
        }
        if rows.is_empty() {
            return Ok(found);
        }
    }
}

async fn told_places(conn: &mut Conn) -> Result<HashMap<i64, Place>, Fault> {
    let mut told = HashMap::new();
    let mut after = 0;
    loop {
        let Some(row) = conn.first(NOTES, values![after]).await? else { return Ok(told) };
        after = row.int(0)?;
        // A note that can't be read is not what was sealed: its link says so.
        let people: Vec<(i64, Option<String>, Option<String>)> =
            serde_json::from_str(&row.text(1)?).unwrap_or_default();
        told.extend(people.into_iter().map(|(person, region, zone)| (person, (region, zone))));
    }
}

/// People read at once.
const PEOPLE_PAGE: i64 = 5000;
const PEOPLE: &str =
    "SELECT id, region, time_zone FROM person WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3";
const NOTES: &str = "SELECT id, body FROM sealed_note WHERE kind = 'places' AND id > $1 ORDER BY id LIMIT 1";
