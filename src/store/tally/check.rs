//! Proving that the sums are those of the rows.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::facts::{self, Which};
use super::plan;
use super::read::is_number;
use super::states::{self, Latest};
use super::write::levels;
use crate::stats::{Basis, Counted, Key, TALLIES, Tally, count, month_of};
use crate::store::engine::conn::{Conn, Fault, Row, values};
use crate::store::engine::dialect;
use crate::store::{Store, StoreError};

/// Sums of a month that are not those of the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TallyFault {
    /// The table in the database.
    pub table: &'static str,
    /// 1 for the days' cells, 2 for the month's.
    pub level: i64,
    /// The first day of the month, since 1970.
    pub month: i64,
}

/// Debts counted at once.
const PAGE: i64 = 4_000;

/// A print of a month's cells: each sum times a weight of its cell and column, added up, wrapping. It can be made from
/// parts in any order, and differs where a sum does.
type Prints = BTreeMap<(usize, i64, i64), u64>;

impl Store {
    /// Counts every row anew, in one view of the database, and compares with the sums. Empty: they are equal.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn check_tallies(&self) -> Result<Vec<TallyFault>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                dialect::one_view(conn).await?;
                let mut prints = counted_prints(conn).await?;
                for table in TALLIES {
                    take_kept(conn, table, &mut prints).await?;
                }
                let unequal = prints.into_iter().filter(|(_, print)| *print != 0);
                let fault = |((table, level, month), _): ((usize, i64, i64), u64)| TallyFault {
                    table: TALLIES[table].name,
                    level,
                    month,
                };
                Ok(unequal.map(fault).collect())
            })
        });
        read.await.map_err(|source| StoreError::Tally { source })
    }
}

/// The prints of what the rows say, as far as the sums are built.
async fn counted_prints(conn: &mut Conn) -> Result<Prints, Fault> {
    let plan = plan::read(conn).await?;
    let mut prints = Prints::new();
    let last = conn.one("SELECT COALESCE(MAX(id), 0) FROM debt", Vec::new()).await?.int(0)?;
    let (last, mut after) = (last.min(plan.built_upto), 0);
    while after < last {
        let upto = last.min(after + PAGE);
        put(&count_debts(conn, (after, upto), &plan.basis).await?, &mut prints);
        after = upto;
    }
    let last = states::last(conn).await?.min(plan.states_upto);
    let (mut latest, mut after) = (Latest::default(), 0);
    while after < last {
        let upto = last.min(after + states::PAGE);
        let mut counted = Counted::default();
        states::count_page(conn, (after, upto), &plan.basis, &mut latest, &mut counted).await?;
        put(&counted, &mut prints);
        after = upto;
    }
    Ok(prints)
}

async fn count_debts(conn: &mut Conn, (after, upto): (i64, i64), basis: &Basis) -> Result<Counted, Fault> {
    let mut counted = Counted::default();
    for facts in facts::load(conn, Which::Debts { after, upto }).await?.values() {
        count(facts, basis, None, &mut counted);
    }
    Ok(counted)
}

fn put(counted: &Counted, prints: &mut Prints) {
    for (cell, sums) in &counted.0 {
        let table = TALLIES[cell.table];
        for (level, day) in levels(table, cell.day) {
            let print = prints.entry((table.place, level, month_of(cell.day))).or_insert(0);
            *print = print.wrapping_add(print_of(day, &cell.keys, sums));
        }
    }
}

/// Takes the prints of the kept cells away.
async fn take_kept(conn: &mut Conn, table: &'static Tally, prints: &mut Prints) -> Result<(), Fault> {
    let months =
        conn.all_built(format!("SELECT DISTINCT level, month FROM {}", table.name), Vec::new()).await?;
    for row in &months {
        let (level, month) = (row.int(0)?, row.int(1)?);
        let sql = format!(
            "SELECT day, {}, {} FROM {} WHERE level = $1 AND month = $2",
            table.keys.join(", "),
            table.sums.join(", "),
            table.name
        );
        for row in conn.all_built(sql, values![level, month]).await? {
            let (day, keys, sums) = kept(&row, table)?;
            let print = prints.entry((table.place, level, month)).or_insert(0);
            *print = print.wrapping_sub(print_of(day, &keys, &sums));
        }
    }
    Ok(())
}

fn kept(row: &Row, table: &Tally) -> Result<(i64, Vec<Key>, Vec<i64>), Fault> {
    let mut keys = Vec::with_capacity(table.keys.len());
    for (place, name) in (1..).zip(table.keys) {
        let key =
            if is_number(name) { Key::Number(row.int(place)?) } else { Key::Code(row.text(place)?.into()) };
        keys.push(key);
    }
    let from = 1 + keys.len();
    let sums = (0..table.sums.len()).map(|sum| row.int(from + sum)).collect::<Result<_, _>>()?;
    Ok((row.int(0)?, keys, sums))
}

fn print_of(day: i64, keys: &[Key], sums: &[i64]) -> u64 {
    let mut cell = DefaultHasher::new();
    (day, keys).hash(&mut cell);
    let weigh = |(column, &sum): (usize, &i64)| {
        let mut hasher = cell.clone();
        column.hash(&mut hasher);
        hasher.finish().wrapping_mul(sum.cast_unsigned())
    };
    sums.iter().enumerate().map(weigh).fold(0, u64::wrapping_add)
}
