//! The cases as lists show them, and how many are open and overdue.

use jiff::Timestamp;

use crate::cases::{CaseFilter, CaseLine, Kind, Number, Source, State};
use crate::domain::AttemptId;
use crate::store::engine::conn::{Fault, Row, moment, moment_opt, values};
use crate::store::{Store, StoreError};

/// Cases in a list at most.
const MOST: i64 = 10_000;

/// What a list reads of a case, from `case_file c`.
macro_rules! lines {
    ($where:literal) => {
        concat!(
            "SELECT c.id, c.kind, c.source, c.state, c.owner, c.received_at, c.due_at, p.external_id, d.external_id, k.name, ",
            "c.attempt_id, c.opened_by, c.closed_at, c.justified, c.asked_due_at, c.creditor_said, c.says_paid, c.asked_told FROM case_file c LEFT JOIN person p ON p.id = c.person_id ",
            "LEFT JOIN debt d ON d.id = c.debt_id LEFT JOIN creditor k ON k.id = d.creditor_id ",
            $where
        )
    };
}
pub(super) use lines;

impl Store {
    /// The cases, those that are open first and of these the one that is due first; then the closed ones, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cases(&self, filter: CaseFilter) -> Result<Vec<CaseLine>, StoreError> {
        let values = values![filter.closed, filter.kind.map(Kind::code), filter.owner, MOST];
        let read = self.read(move |conn| {
            Box::pin(async move { conn.all(LINES, values).await?.iter().map(line).collect() })
        });
        read.await.map_err(|source| StoreError::Case { source })
    }

    /// How many cases are open, and how many of them are overdue at `now`: by their own deadline, or by that of a creditor who
    /// was asked and is silent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_cases(&self, now: Timestamp) -> Result<(u64, u64), StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let row = conn.one(COUNTS, values![now]).await?;
                Ok((row.int(0)?.unsigned_abs(), row.int(1)?.unsigned_abs()))
            })
        });
        read.await.map_err(|source| StoreError::Case { source })
    }
}

impl Store {
    /// How many open disputes the creditor was asked about and has not answered in his time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn creditors_late(&self, now: Timestamp) -> Result<u64, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move { Ok(conn.one(COUNTS, values![now]).await?.int(2)?.unsigned_abs()) })
        });
        read.await.map_err(|source| StoreError::Case { source })
    }
}

pub(super) fn line(row: &Row) -> Result<CaseLine, Fault> {
    Ok(CaseLine {
        number: Number(row.int(0)?),
        kind: row.code(1, "kind of case", Kind::parse)?,
        source: row.code(2, "source of a case", Source::parse)?,
        state: row.code(3, "state of a case", State::parse)?,
        owner: row.text_opt(4)?,
        received: moment(row.int(5)?)?,
        due: moment(row.int(6)?)?,
        person: row.text_opt(7)?,
        debt: row.text_opt(8)?,
        creditor: row.text_opt(9)?,
        attempt: row.int_opt(10)?.map(AttemptId),
        opened_by: row.text(11)?,
        closed_at: moment_opt(row.int_opt(12)?)?,
        justified: row.int_opt(13)?.map(|flag| flag != 0),
        asked_due: moment_opt(row.int_opt(14)?)?,
        creditor_says_owed: row.text_opt(15)?.map(|said| said == "owed"),
        says_paid: row.int(16)? != 0,
        asked_told: row.int(17)? != 0,
    })
}

const LINES: &str = lines!(
    "WHERE ($1 = 1 OR c.state <> 'closed') AND c.kind = COALESCE($2, c.kind) \
     AND ($3 IS NULL OR c.owner = $3) ORDER BY CASE c.state WHEN 'closed' THEN 1 ELSE 0 END, \
     CASE c.state WHEN 'closed' THEN -c.closed_at ELSE CASE WHEN c.asked_due_at < c.due_at \
     AND c.creditor_said IS NULL THEN c.asked_due_at ELSE c.due_at END END, c.id LIMIT $4"
);
const COUNTS: &str = "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN due_at <= $1 OR (asked_due_at <= $1 \
    AND creditor_said IS NULL) THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN asked_due_at <= $1 \
    AND creditor_said IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) FROM case_file WHERE state <> 'closed'";
