//! The ledger and the attempts looked at again: each row is what was sealed, none is gone, none was slipped in.

use serde::Serialize;

use super::super::record::{CHAINS, link};
use super::rows::{FIRST, Sealed, attempt_columns, event_columns, text};
use super::verify::BROKEN;
use crate::store::engine::conn::{Conn, Fault, Row, values};
use crate::store::{Store, StoreError};

/// What a walk along all chains of rows found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct VerifiedRows {
    /// Links looked at.
    pub links: i64,
    /// What does not fit; empty: everything is whole. At most a hundred of a chain are kept.
    pub broken: Vec<BrokenRow>,
}

/// A row or a link that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BrokenRow {
    pub chain: Option<i64>,
    pub seq: Option<i64>,
    /// Absent where a link is gone, and nobody knows what it sealed.
    pub row: Option<RowName>,
    pub wrong: WrongRow,
}

/// Which row: an entry of the ledger or an attempt, by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowName {
    /// `event` or `attempt`.
    pub table: String,
    pub id: i64,
}

/// What does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WrongRow {
    /// The row is not what was sealed.
    Changed,
    /// The row is not there.
    Gone,
    /// The head of the chain says otherwise than its last link.
    Head,
    /// The link does not go on from the one before it, or is not what its hash was made of.
    Link,
    /// Links are gone.
    Missing,
    /// The row was never sealed: it was not written by the store.
    Unsealed,
}

/// Links read at once.
const PAGE: i64 = 500;

impl Store {
    /// Walks every chain of rows from its beginning; `told` is given the number of links after each step.
    ///
    /// # Errors
    /// When the database fails. A row that does not fit is a value.
    pub async fn verify_rows(&self, mut told: impl FnMut(u64)) -> Result<VerifiedRows, StoreError> {
        let mut all = VerifiedRows::default();
        for chain in FIRST..FIRST + CHAINS {
            let walked = self.verify_row_chain(chain, &mut told).await;
            let found = walked.map_err(|source| StoreError::Verify { chain, source })?;
            all.links += found.links;
            all.broken.extend(found.broken);
        }
        let strays = self.read(|conn| Box::pin(async move { strays(conn).await })).await;
        all.broken.extend(strays.map_err(|source| StoreError::Verify { chain: FIRST, source })?);
        Ok(all)
    }

    async fn verify_row_chain(&self, chain: i64, told: &mut impl FnMut(u64)) -> Result<VerifiedRows, Fault> {
        // The head first: what is appended meanwhile lies beyond it.
        let head = self.read(|conn| Box::pin(async move { conn.one(HEAD, values![chain]).await })).await?;
        let (last, hash) = (head.int(0)?, head.text(1)?);
        let mut walk = Walk { chain, seq: 0, hash: String::new(), found: VerifiedRows::default() };
        loop {
            let values = values![chain, walk.seq, last, PAGE];
            let rows = self.read(|conn| Box::pin(async move { conn.all(LINKS, values).await })).await?;
            for row in &rows {
                walk.take(row)?;
            }
            told(rows.len() as u64);
            if rows.is_empty() {
                break;
            }
        }
        if walk.seq < last {
            walk.note(last, None, WrongRow::Missing);
        } else if walk.hash != hash {
            walk.note(last, None, WrongRow::Head);
        }
        Ok(walk.found)
    }
}

struct Walk {
    chain: i64,
    seq: i64,
    hash: String,
    found: VerifiedRows,
}

impl Walk {
    fn take(&mut self, row: &Row) -> Result<(), Fault> {
        let (seq, table, id, digest) = (row.int(0)?, row.text(1)?, row.int(2)?, row.text(3)?);
        let (previous, own) = (row.text(4)?, row.text(5)?);
        let name = || Some(RowName { table: table.clone(), id });
        if seq != self.seq + 1 {
            self.note(self.seq + 1, None, WrongRow::Missing);
        } else if previous != self.hash || own != link(&previous, self.chain, seq, &text(&table, id, &digest))
        {
            self.note(seq, name(), WrongRow::Link);
        }
        // A later link of the same attempt seals it as it stands.
        let superseded = row.int(6)? != 0;
        let now = match table.as_str() {
            _ if superseded => Some(digest.clone()),
            "event" => Sealed::Event.digest(row, EVENT_AT)?,
            _ => Sealed::Attempt.digest(row, ATTEMPT_AT)?,
        };
        match now {
            None => self.note(seq, name(), WrongRow::Gone),
            Some(now) if now != digest => self.note(seq, name(), WrongRow::Changed),
            Some(_) => {}
        }
        self.found.links += 1;
        (self.seq, self.hash) = (seq, own);
        Ok(())
    }

    fn note(&mut self, seq: i64, row: Option<RowName>, wrong: WrongRow) {
        if self.found.broken.len() < BROKEN {
            self.found.broken.push(BrokenRow { chain: Some(self.chain), seq: Some(seq), row, wrong });
        }
    }
}

/// Rows without a link, and dials of the ledger whose attempt is gone.
async fn strays(conn: &mut Conn) -> Result<Vec<BrokenRow>, Fault> {
    let rows = conn.all(STRAYS, values![BROKEN as i64]).await?;
    let read = rows.iter().map(|row| {
        let wrong = if row.int(2)? == 0 { WrongRow::Unsealed } else { WrongRow::Gone };
        let row = Some(RowName { table: row.text(0)?, id: row.int(1)? });
        Ok(BrokenRow { chain: None, seq: None, row, wrong })
    });
    read.collect()
}

const HEAD: &str = "SELECT seq, hash FROM chain WHERE id = $1";
/// Where the columns of the event begin in a row of `LINKS`, and those of the attempt.
const EVENT_AT: usize = 7;
const ATTEMPT_AT: usize = 24;
const LINKS: &str = concat!(
    "SELECT l.seq, l.of_what, l.row_id, l.digest, l.prev_hash, l.hash, ",
    "CAST(CASE WHEN l.of_what = 'attempt' AND EXISTS (SELECT 1 FROM sealed_row m WHERE m.of_what = 'attempt' ",
    "AND m.row_id = l.row_id AND m.chain = l.chain AND m.seq > l.seq) THEN 1 ELSE 0 END AS BIGINT), ",
    event_columns!("e."),
    ", ",
    attempt_columns!("a."),
    " FROM sealed_row l LEFT JOIN event e ON l.of_what = 'event' AND e.id = l.row_id ",
    "LEFT JOIN attempt a ON l.of_what = 'attempt' AND a.id = l.row_id ",
    "WHERE l.chain = $1 AND l.seq > $2 AND l.seq <= $3 ORDER BY l.seq LIMIT $4"
);
const STRAYS: &str = "SELECT t.what, t.id, t.gone FROM (\
    SELECT 'event' AS what, e.id AS id, CAST(0 AS BIGINT) AS gone FROM event e WHERE NOT EXISTS \
    (SELECT 1 FROM sealed_row l WHERE l.of_what = 'event' AND l.row_id = e.id) \
    UNION ALL SELECT 'attempt', a.id, CAST(0 AS BIGINT) FROM attempt a WHERE a.outcome IS NOT NULL AND NOT EXISTS \
    (SELECT 1 FROM sealed_row l WHERE l.of_what = 'attempt' AND l.row_id = a.id) \
    UNION ALL SELECT DISTINCT 'attempt', e.attempt_id, CAST(1 AS BIGINT) FROM event e WHERE e.attempt_id IS NOT NULL \
    AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.id = e.attempt_id)) t ORDER BY 1, 2 LIMIT $1";
