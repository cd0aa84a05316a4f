//! The files of recorded calls: their checksums, how long they are kept, who may not lose them and who listened.

use jiff::Timestamp;

use crate::domain::{AttemptId, PersonId};
use crate::store::engine::conn::{Conn, Fault, Row, moment_opt, values};
use crate::store::{Store, StoreError};

macro_rules! recordings {
    ($which:literal) => {
        concat!(
            "SELECT r.attempt_id, a.person_id, r.file, r.bytes, r.sha256, r.held, r.deleted_at FROM recording r ",
            "JOIN attempt a ON a.id = r.attempt_id WHERE ",
            $which
        )
    };
}

/// A recorded call's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingRow {
    pub attempt: AttemptId,
    pub person: PersonId,
    /// Below the data folder.
    pub file: String,
    pub bytes: i64,
    /// SHA-256 of the whole file, as it was when the call had ended.
    pub sha256: String,
    /// Why it may not be deleted, whatever its age.
    pub held: Option<String>,
    pub deleted_at: Option<Timestamp>,
}

/// Why a hold was not set or lifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldChange {
    Done,
    NoRecording,
    /// It has been deleted.
    Gone,
}

impl Store {
    /// Keeps a file's name and checksum; a second word about an attempt changes nothing. `false`: it was known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_recording(
        &self,
        attempt: AttemptId,
        (file, bytes, sha256): (String, i64, String),
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let values = values![attempt, file, bytes, sha256, now];
        let written = self.write(move |conn| Box::pin(async move { conn.run(KEEP, values).await }));
        written.await.map(|kept| kept > 0).map_err(act)
    }

    /// An attempt's recording.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recording(&self, attempt: AttemptId) -> Result<Option<RecordingRow>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let row = conn.first(recordings!("r.attempt_id = $1"), values![attempt]).await?;
                row.as_ref().map(read_row).transpose()
            })
        });
        read.await.map_err(act)
    }

    /// Recordings after `after` that are there, in the order of their attempts, at most a hundred.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recordings(&self, after: AttemptId) -> Result<Vec<RecordingRow>, StoreError> {
        let sql = recordings!("r.attempt_id > $1 AND r.deleted_at IS NULL ORDER BY r.attempt_id LIMIT 100");
        let read = self.read(move |conn| {
            Box::pin(async move { conn.all(sql, values![after]).await?.iter().map(read_row).collect() })
        });
        read.await.map_err(act)
    }

    /// Recordings of calls before `before` that nothing holds: neither a hold of their own nor a complaint of the person's that
    /// is open.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recordings_over(
        &self,
        before: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<RecordingRow>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(
                async move { conn.all(OVER, values![before, now]).await?.iter().map(read_row).collect() },
            )
        });
        read.await.map_err(act)
    }

    /// The file is gone, in the course of things. `false`: it is held now, or was gone.
    ///
    /// # Errors
    /// When the database fails: then it may not be deleted.
    pub async fn recording_deleted(&self, attempt: AttemptId, now: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE recording SET deleted_at = $2 WHERE attempt_id = $1 AND deleted_at IS NULL \
            AND held IS NULL";
        let written =
            self.write(move |conn| Box::pin(async move { conn.run(sql, values![attempt, now]).await }));
        written.await.map(|gone| gone > 0).map_err(act)
    }

    /// Holds a recording for a reason, or lifts that (`None`); who did it is written into the person's accesses.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold_recording(
        &self,
        attempt: AttemptId,
        why: Option<String>,
        who: String,
        now: Timestamp,
    ) -> Result<HoldChange, StoreError> {
        let written =
            self.write(move |conn| Box::pin(async move { hold(conn, attempt, why, &who, now).await }));
        written.await.map_err(act)
    }
}

async fn hold(
    conn: &mut Conn,
    attempt: AttemptId,
    why: Option<String>,
    who: &str,
    now: Timestamp,
) -> Result<HoldChange, Fault> {
    let Some(row) = conn.first(recordings!("r.attempt_id = $1"), values![attempt]).await? else {
        return Ok(HoldChange::NoRecording);
    };
    let row = read_row(&row)?;
    if row.deleted_at.is_some() {
        return Ok(HoldChange::Gone);
    }
    let what = match &why {
        Some(why) => format!("recording {attempt}: held, {why}"),
        None => format!("recording {attempt}: hold lifted"),
    };
    conn.run("UPDATE recording SET held = $2 WHERE attempt_id = $1", values![attempt, why]).await?;
    let sql = "INSERT INTO access (at, who, what, person_id) VALUES ($1, $2, $3, $4)";
    conn.run(sql, values![now, who, what, row.person]).await?;
    Ok(HoldChange::Done)
}

fn act(source: Fault) -> StoreError {
    StoreError::Report { report: "recordings", source }
}

fn read_row(row: &Row) -> Result<RecordingRow, Fault> {
    Ok(RecordingRow {
        attempt: AttemptId(row.int(0)?),
        person: PersonId(row.int(1)?),
        file: row.text(2)?,
        bytes: row.int(3)?,
        sha256: row.text(4)?,
        held: row.text_opt(5)?,
        deleted_at: moment_opt(row.int_opt(6)?)?,
    })
}

const KEEP: &str = "INSERT INTO recording (attempt_id, file, bytes, sha256, kept_at) VALUES ($1, $2, $3, $4, $5) \
    ON CONFLICT (attempt_id) DO NOTHING";
const OVER: &str = recordings!(
    "r.deleted_at IS NULL AND r.held IS NULL AND a.reserved_at < $1 AND NOT EXISTS (SELECT 1 FROM hold h \
     WHERE h.person_id = a.person_id AND h.kind = 'complaint_open' AND (h.until_at IS NULL OR h.until_at > $2)) \
     ORDER BY r.attempt_id LIMIT 1000"
);
