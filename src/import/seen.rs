//! Debts met so far in one file.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, Hash, RandomState};

use crate::domain::ImportRow;

/// Debts by 128 bits of keyed hash: two different ones that meet are as good as impossible, and nobody can aim at
/// it without the keys. Some 60 bytes a row, whatever the ids are like.
#[derive(Debug, Default)]
pub struct Seen {
    keys: [RandomState; 2],
    rows: HashMap<u128, (u64, u32)>,
}

/// How a row stands to the rows before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// The same debt with other values.
    Contradicts {
        line: u64,
    },
    New,
    /// The same debt with the same values.
    Same,
}

impl Seen {
    /// Compares the row with those before it and remembers it.
    pub fn take(&mut self, row: &ImportRow) -> Before {
        let debt = (&row.creditor, &row.external_id);
        let [high, low] = [&self.keys[0], &self.keys[1]].map(|key| u128::from(key.hash_one(debt)));
        let values = self.keys[0].hash_one(Values(row));
        let line = u32::try_from(row.line).unwrap_or(u32::MAX);
        match self.rows.entry(high << 64 | low) {
            Entry::Vacant(place) => {
                place.insert((values, line));
                Before::New
            }
            Entry::Occupied(before) if before.get().0 == values => Before::Same,
            Entry::Occupied(before) => Before::Contradicts { line: before.get().1.into() },
        }
    }
}

/// All of a row but its line.
struct Values<'a>(&'a ImportRow);

impl Hash for Values<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        let row = self.0;
        (&row.person_id, &row.name, &row.phones, &row.time_zone, &row.region).hash(state);
        (row.language.code(), row.debtor_type, row.amount, row.due).hash(state);
    }
}
