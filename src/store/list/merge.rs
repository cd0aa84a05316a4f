//! Merging one batch of a list into people, phones and debts, in one transaction. What is the same is not written.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::people::{Known, known_people, write_people};
use crate::domain::PersonId;
use crate::domain::import_row::{ImportRow, Upserted};
use crate::store::engine::conn::{Conn, Fault, Value, values};
use crate::store::engine::dialect;
use crate::store::gate::{OF_THE_HOUSE, Sealed, seal};
use crate::store::identity;

/// A row as it waits in the database.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Staged {
    pub debt: String,
    pub person: String,
    pub name: Option<String>,
    pub phones: Vec<String>,
    pub time_zone: Option<String>,
    pub region: Option<String>,
    pub language: String,
    pub debtor_type: Option<String>,
    pub creditor: String,
    amount_minor: i64,
    currency: String,
    due: String,
}

impl Staged {
    pub fn of(row: &ImportRow) -> Self {
        Self {
            debt: row.external_id.clone(),
            person: row.person_id.clone(),
            name: row.name.as_ref().map(|name| name.reveal().to_owned()),
            phones: row.phones.iter().map(|phone| phone.as_e164().to_owned()).collect(),
            time_zone: row.time_zone.clone(),
            region: row.region.clone(),
            language: row.language.code().to_owned(),
            debtor_type: row.debtor_type.map(|known| known.code().to_owned()),
            creditor: row.creditor.clone(),
            amount_minor: row.amount.minor,
            currency: row.amount.currency.code().to_owned(),
            due: row.due.to_string(),
        }
    }
}

/// Merges the first batch of the run that is left and drops it; `None`: none is left.
pub(super) async fn merge_next(conn: &mut Conn, run: i64, now: Timestamp) -> Result<Option<Upserted>, Fault> {
    let sql = dialect::next_batch(conn);
    let Some(row) = conn.first(sql, values![run]).await? else { return Ok(None) };
    let (batch, text) = (row.int(0)?, row.text(1)?);
    let rows: Vec<Staged> =
        serde_json::from_str(&text).map_err(|_| Fault::Unreadable { what: "staged rows" })?;
    let counts = merge(conn, &rows, now).await?;
    conn.run("DELETE FROM import_batch WHERE run_id = $1 AND batch = $2", values![run, batch]).await?;
    let (added, changed, unchanged) = (count(counts.new), count(counts.changed), count(counts.unchanged));
    conn.run(COUNTED, values![run, added, changed, unchanged]).await?;
    Ok(Some(counts))
}

const COUNTED: &str = "UPDATE import_run SET added = added + $2, changed = changed + $3, \
    unchanged = unchanged + $4 WHERE id = $1";

async fn merge(conn: &mut Conn, rows: &[Staged], now: Timestamp) -> Result<Upserted, Fault> {
    let creditors = creditor_ids(conn, rows).await?;
    let mut people = known_people(conn, rows).await?;
    let debts = known_debts(conn, rows, &creditors).await?;
    let phones = known_phones(conn, &people).await?;
    let mut changed_people: HashSet<&str> = HashSet::new();

    // The last row of a person says who he is; his phones add up.
    let last: BTreeMap<&str, &Staged> = rows.iter().map(|row| (row.person.as_str(), row)).collect();
    let stale: Vec<&Staged> = last
        .values()
        .copied()
        .filter(|row| people.get(&row.person).is_none_or(|known| known.differs(row)))
        .collect();
    changed_people.extend(stale.iter().map(|row| row.person.as_str()));
    for (person, id) in write_people(conn, &stale, &people, now).await? {
        people.entry(person).or_default().id = id;
    }
    let moved: Vec<Place<'_>> = stale
        .iter()
        .filter(|row| people[&row.person].is_elsewhere(row))
        .map(|row| (people[&row.person].id, row.region.as_deref(), row.time_zone.as_deref()))
        .collect();
    let fresh = fresh_phones(rows, &people, &phones);
    changed_people.extend(fresh.iter().map(|(row, ..)| row.person.as_str()));
    write_phones(conn, &fresh, &people).await?;

    let mut counts = Upserted::default();
    let mut seen: HashMap<(i64, &str), &Staged> = HashMap::new();
    for row in rows {
        let key = (creditors[&row.creditor], row.debt.as_str());
        let before = seen.insert(key, row).map(|earlier| DebtRow::of(earlier, people[&earlier.person].id));
        let known = before.as_ref().or_else(|| debts.get(&(key.0, row.debt.clone())));
        match known {
            None => counts.new += 1,
            Some(known) if *known != DebtRow::of(row, people[&row.person].id) => counts.changed += 1,
            Some(_) if changed_people.contains(row.person.as_str()) => counts.changed += 1,
            Some(_) => counts.unchanged += 1,
        }
    }
    let stale: Vec<(i64, &Staged)> = seen
        .into_iter()
        .filter(|((creditor, debt), row)| {
            debts.get(&(*creditor, (*debt).to_owned())) != Some(&DebtRow::of(row, people[&row.person].id))
        })
        .map(|((creditor, _), row)| (creditor, row))
        .collect();
    join_holders(conn, &stale, &debts, &people, now).await?;
    write_debts(conn, &stale, &people, now).await?;
    // Last, since it keeps others from the house's chain.
    note_places(conn, &moved, now).await?;
    Ok(counts)
}

/// Where a list says a person is: his id, region and time zone.
type Place<'a> = (i64, Option<&'a str>, Option<&'a str>);

/// Keeps what a batch told of people's places, sealed: one link a batch, since lists are long.
async fn note_places(conn: &mut Conn, moved: &[Place<'_>], now: Timestamp) -> Result<(), Fault> {
    if moved.is_empty() {
        return Ok(());
    }
    let body = serde_json::to_string(moved).expect("numbers and text");
    let note = "INSERT INTO sealed_note (kind, name, body) VALUES ('places', '', $1) RETURNING id";
    let id = conn.one(note, values![body]).await?.int(0)?;
    seal(conn, (Sealed::Note, id), OF_THE_HOUSE, now).await
}

/// A debt as the database knows it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct DebtRow {
    person: i64,
    amount_minor: i64,
    currency: String,
    due: String,
}

impl DebtRow {
    pub fn of(row: &Staged, person: i64) -> Self {
        Self { person, amount_minor: row.amount_minor, currency: row.currency.clone(), due: row.due.clone() }
    }
}

async fn creditor_ids(conn: &mut Conn, rows: &[Staged]) -> Result<HashMap<String, i64>, Fault> {
    let names: HashSet<&str> = rows.iter().map(|row| row.creditor.as_str()).collect();
    let mut ids = HashMap::new();
    for name in names {
        let make = "INSERT INTO creditor (name) VALUES ($1) ON CONFLICT (name) DO NOTHING";
        let find = "SELECT id FROM creditor WHERE name = $1";
        let id = match conn.first(find, values![name]).await? {
            Some(row) => row.int(0)?,
            None => {
                conn.run(make, values![name]).await?;
                conn.one(find, values![name]).await?.int(0)?
            }
        };
        ids.insert(name.to_owned(), id);
    }
    Ok(ids)
}

pub(super) async fn known_debts(
    conn: &mut Conn,
    rows: &[Staged],
    creditors: &HashMap<String, i64>,
) -> Result<HashMap<(i64, String), DebtRow>, Fault> {
    let wanted: Vec<(i64, &str)> = rows
        .iter()
        .map(|row| (creditors[&row.creditor], row.debt.as_str()))
        .collect::<HashSet<_>>()
        .into_iter()
        .collect();
    let select = |places: &str| {
        format!(
            "SELECT creditor_id, external_id, person_id, amount_minor, currency, due_date FROM debt \
             WHERE (creditor_id, external_id) IN (VALUES {places})"
        )
    };
    let mut known = HashMap::new();
    for (sql, part) in chunks(conn, &wanted, 2, select) {
        let values = part.iter().flat_map(|&(creditor, debt)| values![creditor, debt]).collect();
        for row in conn.all_built(sql, values).await? {
            let debt = DebtRow {
                person: row.int(2)?,
                amount_minor: row.int(3)?,
                currency: row.text(4)?,
                due: row.text(5)?,
            };
            known.insert((row.int(0)?, row.text(1)?), debt);
        }
    }
    Ok(known)
}

/// The numbers of known people, and how many each has.
pub(super) async fn known_phones(
    conn: &mut Conn,
    people: &HashMap<String, Known>,
) -> Result<HashSet<(i64, String)>, Fault> {
    let ids: Vec<i64> = people.values().map(|person| person.id).collect();
    let select =
        |places: &str| format!("SELECT person_id, e164 FROM phone WHERE person_id IN (VALUES {places})");
    let mut known = HashSet::new();
    for (sql, part) in chunks(conn, &ids, 1, select) {
        let values = part.iter().map(|&id| Value::from(id)).collect();
        for row in conn.all_built(sql, values).await? {
            known.insert((row.int(0)?, row.text(1)?));
        }
    }
    Ok(known)
}

/// Numbers that a person does not have yet, with their ranks: the row's order, behind those he has.
fn fresh_phones<'a>(
    rows: &'a [Staged],
    people: &HashMap<String, Known>,
    known: &HashSet<(i64, String)>,
) -> Vec<(&'a Staged, &'a str, i64)> {
    let mut has: HashMap<i64, i64> = HashMap::new();
    for (person, _) in known {
        *has.entry(*person).or_default() += 1;
    }
    let mut seen: HashSet<(i64, &str)> = HashSet::new();
    let mut fresh = Vec::new();
    for row in rows {
        let person = people[&row.person].id;
        for phone in &row.phones {
            if known.contains(&(person, phone.clone())) || !seen.insert((person, phone)) {
                continue;
            }
            let rank = has.entry(person).or_default();
            fresh.push((row, phone.as_str(), *rank));
            *rank += 1;
        }
    }
    fresh
}

async fn write_phones(
    conn: &mut Conn,
    fresh: &[(&Staged, &str, i64)],
    people: &HashMap<String, Known>,
) -> Result<(), Fault> {
    let insert = |places: &str| {
        format!(
            "INSERT INTO phone (person_id, e164, rank) VALUES {places} ON CONFLICT (person_id, e164) DO NOTHING"
        )
    };
    for (sql, part) in chunks(conn, fresh, 3, insert) {
        let values =
            part.iter().flat_map(|(row, phone, rank)| values![people[&row.person].id, *phone, *rank]);
        conn.run_built(sql, values.collect()).await?;
    }
    Ok(())
}

/// A debt that comes under another person's id: the two are taken for one, so that neither calls nor holds of the first
/// are forgotten. If they are two after all, `person split` parts them.
async fn join_holders(
    conn: &mut Conn,
    rows: &[(i64, &Staged)],
    debts: &HashMap<(i64, String), DebtRow>,
    people: &HashMap<String, Known>,
    now: Timestamp,
) -> Result<(), Fault> {
    for (creditor, row) in rows {
        let Some(known) = debts.get(&(*creditor, row.debt.clone())) else { continue };
        let told = people[&row.person].id;
        if known.person != told {
            let evidence = "list: a debt of the one came under the other's id";
            identity::merge(conn, PersonId(known.person), PersonId(told), evidence, now).await?;
        }
    }
    Ok(())
}

/// Writes debts. A new amount is owed from now on whatever was paid before, and opens a paid debt again.
async fn write_debts(
    conn: &mut Conn,
    rows: &[(i64, &Staged)],
    people: &HashMap<String, Known>,
    now: Timestamp,
) -> Result<(), Fault> {
    let same = "debt.amount_minor = excluded.amount_minor AND debt.currency = excluded.currency";
    let insert = |places: &str| {
        format!(
            "INSERT INTO debt (creditor_id, external_id, person_id, amount_minor, currency, due_date, updated_at, \
             told_at) VALUES {places} ON CONFLICT (creditor_id, external_id) DO UPDATE SET \
             told_at = CASE WHEN {same} THEN debt.told_at ELSE excluded.told_at END, \
             state = CASE WHEN {same} OR debt.state <> 'paid' OR excluded.amount_minor = 0 THEN debt.state \
             ELSE 'open' END, person_id = excluded.person_id, \
             amount_minor = excluded.amount_minor, currency = excluded.currency, due_date = excluded.due_date, \
             updated_at = excluded.updated_at"
        )
    };
    for (sql, part) in chunks(conn, rows, 8, insert) {
        let values = part.iter().flat_map(|(creditor, row)| {
            let person = people[&row.person].id;
            values![*creditor, &row.debt, person, row.amount_minor, &row.currency, &row.due, now, now]
        });
        conn.run_built(sql, values.collect()).await?;
    }
    Ok(())
}

/// Sizes a statement with many rows comes in: few texts, so that each is prepared once.
const SIZES: [usize; 5] = [512, 64, 16, 4, 1];

/// Cuts rows into parts of few sizes, each with the text that `text` makes of its places.
pub(super) fn chunks<'a, T>(
    conn: &Conn,
    mut rows: &'a [T],
    columns: usize,
    text: impl Fn(&str) -> String,
) -> Vec<(String, &'a [T])> {
    let mut parts = Vec::new();
    for size in SIZES {
        let mut sql = None;
        while rows.len() >= size {
            let (part, rest) = rows.split_at(size);
            let sql = sql.get_or_insert_with(|| text(&dialect::places(conn, size, columns)));
            parts.push((sql.clone(), part));
            rows = rest;
        }
    }
    parts
}

fn count(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
