//! What was heard of each call: written with its end, read for files and for whoever asks why a call was a machine's.

use jiff::Timestamp;

use crate::domain::verdict::{Heard, Noted};
use crate::domain::{AttemptId, Outcome, PersonId};
use crate::store::engine::conn::{Conn, Fault, Row, moment, values};
use crate::store::{Period, Store, StoreError};

/// One thing that was heard of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeardRow {
    pub attempt: AttemptId,
    /// Its place in the call, from 0.
    pub n: i64,
    /// Before the answer.
    pub early: bool,
    /// [`Heard::code`].
    pub code: String,
    /// Which verdict, or what an announcement says.
    pub says: Option<String>,
    /// Media time: from the answer, or before it from the first sound on.
    pub at_ms: u32,
    /// A verdict's confidence, in thousandths.
    pub permille: Option<u16>,
    /// What a verdict rested on: JSON of [`crate::domain::verdict::Features`].
    pub features: Option<String>,
}

/// What was heard of one of a person's calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeardCall {
    pub attempt: AttemptId,
    pub reserved_at: Timestamp,
    pub outcome: Option<Outcome>,
    pub heard: Vec<HeardRow>,
}

/// A verdict among all that is kept of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Its code.
    pub verdict: String,
    pub at_ms: u32,
    /// Confidence in thousandths.
    pub permille: u16,
}

/// A walk over what was heard, call by call.
#[derive(Debug)]
pub struct HeardExport {
    store: Store,
    period: Period,
    after: (AttemptId, i64),
}

/// Rows read at once.
const PAGE: i64 = 1000;

impl Store {
    /// What was heard of a call, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn heard(&self, attempt: AttemptId) -> Result<Vec<HeardRow>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move { conn.all(OF_CALL, values![attempt]).await?.iter().map(read_row).collect() })
        });
        read.await.map_err(act)
    }

    /// The person's last calls, begun by `at`, of which something was heard, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn heard_of_person(
        &self,
        person: PersonId,
        (calls, at): (i64, Timestamp),
    ) -> Result<Vec<HeardCall>, StoreError> {
        let read = self.read(move |conn| Box::pin(async move { of_person(conn, person, (calls, at)).await }));
        read.await.map_err(act)
    }

    /// Begins a walk over what was heard of the attempts reserved in the period.
    pub fn export_heard(&self, period: Period) -> HeardExport {
        HeardExport { store: self.clone(), period, after: (AttemptId(0), -1) }
    }
}

impl HeardExport {
    /// The next rows, at most a thousand; empty at the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_page(&mut self) -> Result<Vec<HeardRow>, StoreError> {
        let (period, (attempt, n)) = (self.period, self.after);
        let values = values![attempt, n, period.from, period.to, PAGE];
        let read = self.store.read(move |conn| {
            Box::pin(async move { conn.all(WALK, values).await?.iter().map(read_row).collect() })
        });
        let rows: Vec<HeardRow> =
            read.await.map_err(|source| StoreError::Export { after: attempt, source })?;
        if let Some(last) = rows.last() {
            self.after = (last.attempt, last.n);
        }
        Ok(rows)
    }
}

fn act(source: Fault) -> StoreError {
    StoreError::Report { report: "what was heard", source }
}

/// Writes down what was heard of a call that is over.
pub(in crate::store) async fn note_heard(
    conn: &mut Conn,
    attempt: AttemptId,
    heard: &[Noted],
) -> Result<(), Fault> {
    for (n, Noted { early, heard }) in (0_i64..).zip(heard) {
        let (permille, features) = match heard {
            Heard::Verdict { confidence, features, .. } => {
                let permille = (1000.0 * confidence.clamp(0.0, 1.0)).round() as i64;
                (Some(permille), Some(serde_json::to_string(features).expect("numbers")))
            }
            Heard::Announced { .. } | Heard::BeepEnded { .. } | Heard::BeepStarted { .. } => (None, None),
            Heard::FellSilent { .. } | Heard::SpokeAgain { .. } => (None, None),
        };
        let at_ms = i64::from(heard.at_ms());
        let row = values![attempt, n, *early, heard.code(), heard.says(), at_ms, permille, features];
        conn.run(NOTE, row).await?;
    }
    Ok(())
}

async fn of_person(
    conn: &mut Conn,
    person: PersonId,
    (calls, at): (i64, Timestamp),
) -> Result<Vec<HeardCall>, Fault> {
    let mut found: Vec<HeardCall> = Vec::new();
    for row in conn.all(OF_PERSON, values![person, calls, at]).await? {
        let heard = read_row(&row)?;
        match found.last_mut().filter(|call| call.attempt == heard.attempt) {
            Some(call) => call.heard.push(heard),
            None => found.push(HeardCall {
                attempt: heard.attempt,
                reserved_at: moment(row.int(8)?)?,
                outcome: row.code_opt(9, "outcome", Outcome::parse)?,
                heard: vec![heard],
            }),
        }
    }
    Ok(found)
}

/// A verdict in three columns from `column` on; `None`: there is none.
pub(in crate::store) fn read_judged(row: &Row, column: usize) -> Result<Option<Judged>, Fault> {
    let Some(verdict) = row.text_opt(column)? else { return Ok(None) };
    let at_ms = small(row.int(column + 1)?)?;
    Ok(Some(Judged { verdict, at_ms, permille: small(row.int(column + 2)?)? }))
}

fn read_row(row: &Row) -> Result<HeardRow, Fault> {
    Ok(HeardRow {
        attempt: AttemptId(row.int(0)?),
        n: row.int(1)?,
        early: row.int(2)? != 0,
        code: row.text(3)?,
        says: row.text_opt(4)?,
        at_ms: small(row.int(5)?)?,
        permille: row.int_opt(6)?.map(small).transpose()?,
        features: row.text_opt(7)?,
    })
}

/// A number that the schema keeps small.
fn small<T: TryFrom<i64>>(number: i64) -> Result<T, Fault> {
    T::try_from(number).map_err(|_| Fault::Unreadable { what: "something heard" })
}

macro_rules! heard {
    ($more:literal, $tail:literal) => {
        concat!(
            "SELECT h.attempt_id, h.n, h.early, h.kind, h.what, h.t_ms, h.permille, h.features",
            $more,
            " FROM heard h ",
            $tail
        )
    };
}

const NOTE: &str = "INSERT INTO heard (attempt_id, n, early, kind, what, t_ms, permille, features) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const OF_CALL: &str = heard!("", "WHERE h.attempt_id = $1 ORDER BY h.n");
const OF_PERSON: &str = heard!(
    ", a.reserved_at, a.outcome",
    "JOIN attempt a ON a.id = h.attempt_id WHERE a.id IN (SELECT t.id FROM attempt t WHERE t.person_id = $1 \
    AND t.reserved_at <= $3 AND EXISTS (SELECT 1 FROM heard w WHERE w.attempt_id = t.id) ORDER BY t.id DESC LIMIT $2) \
    ORDER BY h.attempt_id DESC, h.n"
);
const WALK: &str = heard!(
    "",
    "JOIN attempt a ON a.id = h.attempt_id WHERE (h.attempt_id, h.n) > ($1, $2) AND a.reserved_at >= $3 \
    AND a.reserved_at < $4 ORDER BY h.attempt_id, h.n LIMIT $5"
);
