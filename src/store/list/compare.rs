//! What a list would change, found out without changing anything: batch by batch as a merge would, and counted alike.
//!
//! What earlier batches would have written is not there to be read, so the people and numbers met are remembered, as
//! keyed hashes: some 60 bytes a row.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use super::merge::{DebtRow, Staged, known_debts, known_phones};
use super::people::{Known, known_people};
use super::stage::BATCH;
use crate::domain::import_row::{ImportRow, Upserted};
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::{Store, StoreError};

/// A list that is being compared.
#[derive(Debug)]
pub struct Comparison {
    store: Store,
    rows: Vec<Staged>,
    met: Met,
    counts: Upserted,
}

/// What earlier batches would have written.
#[derive(Debug, Default)]
struct Met {
    keys: RandomState,
    /// People by the hash of their ids: the hash of what is said of him, and his type.
    people: HashMap<u64, (u64, String)>,
    /// Hashes of a person's id with a number.
    phones: HashSet<u64>,
}

impl Store {
    /// Begins to compare a list with what is here.
    pub fn compare_import(&self) -> Comparison {
        let (met, counts) = (Met::default(), Upserted::default());
        Comparison { store: self.clone(), rows: Vec::with_capacity(BATCH), met, counts }
    }
}

impl Comparison {
    /// Takes checked rows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn push(&mut self, rows: &[ImportRow]) -> Result<(), StoreError> {
        for row in rows {
            self.rows.push(Staged::of(row));
            if self.rows.len() == BATCH {
                self.compare().await?;
            }
        }
        Ok(())
    }

    /// What a merge would have counted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end(mut self) -> Result<Upserted, StoreError> {
        self.compare().await?;
        Ok(self.counts)
    }

    async fn compare(&mut self) -> Result<(), StoreError> {
        let rows = std::mem::take(&mut self.rows);
        let met = std::mem::take(&mut self.met);
        let compared = self.store.read(move |conn| Box::pin(compare(conn, rows, met)));
        let (met, batch) = compared.await.map_err(|source| StoreError::Import { run: 0, source })?;
        self.met = met;
        self.counts.new += batch.new;
        self.counts.changed += batch.changed;
        self.counts.unchanged += batch.unchanged;
        Ok(())
    }
}

async fn compare(conn: &mut Conn, rows: Vec<Staged>, mut met: Met) -> Result<(Met, Upserted), Fault> {
    let creditors = known_creditors(conn, &rows).await?;
    let people = known_people(conn, &rows).await?;
    let with_creditor: Vec<_> =
        rows.iter().filter(|row| creditors.contains_key(&row.creditor)).cloned().collect();
    let debts = known_debts(conn, &with_creditor, &creditors).await?;
    let phones = known_phones(conn, &people).await?;
    let mut changed: HashSet<&str> = HashSet::new();
    for row in &rows {
        for phone in &row.phones {
            let known =
                people.get(&row.person).is_some_and(|known| phones.contains(&(known.id, phone.clone())));
            if met.phones.insert(met.keys.hash_one((&row.person, phone))) && !known {
                changed.insert(&row.person);
            }
        }
    }
    // As in a merge, the last row of a person says who he is.
    let last: BTreeMap<&str, &Staged> = rows.iter().map(|row| (row.person.as_str(), row)).collect();
    for row in last.into_values() {
        if met.take(row, people.get(&row.person)) {
            changed.insert(&row.person);
        }
    }
    let mut counts = Upserted::default();
    for row in &rows {
        let debt =
            creditors.get(&row.creditor).and_then(|creditor| debts.get(&(*creditor, row.debt.clone())));
        let person = people.get(&row.person).map(|known| known.id);
        match (debt, person) {
            (None, _) => counts.new += 1,
            (Some(debt), Some(id)) if *debt == DebtRow::of(row, id) && !changed.contains(&*row.person) => {
                counts.unchanged += 1;
            }
            (Some(_), _) => counts.changed += 1,
        }
    }
    drop(changed);
    Ok((met, counts))
}

impl Met {
    /// Remembers what is said of a person; whether that differs from what was known of him.
    fn take(&mut self, row: &Staged, known: Option<&Known>) -> bool {
        let key = self.keys.hash_one(&row.person);
        let said = self.keys.hash_one((&row.name, &row.language, &row.region, &row.time_zone));
        let (differs, before) = match (self.people.get(&key), known) {
            (Some((earlier, debtor_type)), _) => {
                let other = row.debtor_type.as_ref().is_some_and(|new| new != debtor_type);
                (*earlier != said || other, debtor_type.clone())
            }
            (None, Some(known)) => (known.differs(row), known.listed_type.clone().unwrap_or_default()),
            (None, None) => (true, String::new()),
        };
        self.people.insert(key, (said, row.debtor_type.clone().unwrap_or(before)));
        differs
    }
}

async fn known_creditors(conn: &mut Conn, rows: &[Staged]) -> Result<HashMap<String, i64>, Fault> {
    let names: HashSet<&str> = rows.iter().map(|row| row.creditor.as_str()).collect();
    let mut ids = HashMap::new();
    for name in names {
        if let Some(row) = conn.first("SELECT id FROM creditor WHERE name = $1", values![name]).await? {
            ids.insert(name.to_owned(), row.int(0)?);
        }
    }
    Ok(ids)
}
