//! Daily roots: the heads of all chains at a day's end in one line, to be kept apart from the database.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::super::record::{CHAINS, sha256};
use super::rows::FIRST;
use crate::store::engine::conn::{Conn, Fault, date, moment, values};
use crate::store::{Store, StoreError};

/// A day with its root.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SealedDay {
    pub day: Date,
    /// SHA-256 over the heads of all chains, of decisions and of rows, hex.
    pub root: String,
}

/// A sealed day looked at again.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct VerifiedDay {
    pub day: Date,
    /// The root as it was sealed.
    pub root: String,
    /// The root as the chains have it now.
    pub now: String,
}

impl VerifiedDay {
    /// The chains still have what was sealed.
    pub fn fits(&self) -> bool {
        self.root == self.now
    }
}

/// After midnight a decision of the day before may still be on its way to the disk.
const SETTLED: SignedDuration = SignedDuration::from_mins(1);

impl Store {
    /// Writes the root over all chains as they stood at the end of `day` (UTC), once, and returns it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seal_day(&self, day: Date) -> Result<String, StoreError> {
        let sealed = self.write(move |conn| Box::pin(async move { seal(conn, day).await }));
        sealed.await.map_err(|source| StoreError::Seal { source })
    }

    /// Seals every day that is over at `now` and is not sealed yet, from the day of the first decision or entry on. Returns
    /// what was sealed, by day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seal_days(&self, now: Timestamp) -> Result<Vec<SealedDay>, StoreError> {
        let sealed = self.write(move |conn| {
            Box::pin(async move {
                let settled = now.checked_sub(SETTLED).unwrap_or(now);
                let today = settled.to_zoned_datetime(TimeZone::UTC).date();
                let mut all = Vec::new();
                let mut next = next_to_seal(conn).await?;
                while let Some(day) = next.filter(|&day| day < today) {
                    all.push(SealedDay { day, root: seal(conn, day).await? });
                    next = day.tomorrow().ok();
                }
                Ok(all)
            })
        });
        sealed.await.map_err(|source| StoreError::Seal { source })
    }

    /// The sealed days after `after`, or all of them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sealed_days(&self, after: Option<Date>) -> Result<Vec<SealedDay>, StoreError> {
        let after = after.map(|day| day.to_string()).unwrap_or_default();
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(SEALED, values![after]).await?;
                let read =
                    rows.iter().map(|row| Ok(SealedDay { day: date(&row.text(0)?)?, root: row.text(1)? }));
                read.collect()
            })
        });
        read.await.map_err(|source| StoreError::Seal { source })
    }

    /// Makes the root of every sealed day again from the chains.
    ///
    /// # Errors
    /// When the database fails. A root that does not fit is a value.
    pub async fn verify_days(&self) -> Result<Vec<VerifiedDay>, StoreError> {
        let mut all = Vec::new();
        for SealedDay { day, root } in self.sealed_days(None).await? {
            let heads = self.read(move |conn| Box::pin(async move { heads(conn, day).await }));
            let now = root_of(&heads.await.map_err(|source| StoreError::Seal { source })?);
            all.push(VerifiedDay { day, root, now });
        }
        Ok(all)
    }
}

/// The day after the last sealed one, or the day of the first decision or entry.
async fn next_to_seal(conn: &mut Conn) -> Result<Option<Date>, Fault> {
    if let Some(last) = conn.one("SELECT MAX(day) FROM daily_root", Vec::new()).await?.text_opt(0)? {
        return Ok(date(&last)?.tomorrow().ok());
    }
    let decided = conn.first("SELECT at FROM decision ORDER BY id LIMIT 1", Vec::new()).await?;
    let decided = decided.map(|row| row.int(0)).transpose()?;
    let written = conn.one("SELECT MIN(at) FROM sealed_row", Vec::new()).await?.int_opt(0)?;
    let first = [decided, written].into_iter().flatten().min().map(moment).transpose()?;
    Ok(first.map(|at| at.to_zoned_datetime(TimeZone::UTC).date()))
}

async fn seal(conn: &mut Conn, day: Date) -> Result<String, Fault> {
    let heads = heads(conn, day).await?;
    let root = root_of(&heads);
    let heads = serde_json::to_string(&heads).expect("text");
    conn.run(SEAL, values![day, heads, root]).await?;
    conn.one("SELECT root FROM daily_root WHERE day = $1", values![day]).await?.text(0)
}

/// The heads of the chains as they stood at the end of the day.
async fn heads(conn: &mut Conn, day: Date) -> Result<Vec<String>, Fault> {
    let midnight = day
        .tomorrow()
        .and_then(|next| next.to_datetime(Time::midnight()).to_zoned_datetime(TimeZone::UTC))
        .map_err(|_| Fault::Unreadable { what: "day" })?;
    let mut heads = Vec::new();
    for chain in 0..CHAINS {
        let row = conn.first(HEAD_AT, values![chain, midnight.timestamp()]).await?;
        heads.push(row.map(|row| row.text(0)).transpose()?.unwrap_or_default());
    }
    for chain in FIRST..FIRST + CHAINS {
        let row = conn.first(ROWS_HEAD_AT, values![chain, midnight.timestamp()]).await?;
        heads.push(row.map(|row| row.text(0)).transpose()?.unwrap_or_default());
    }
    Ok(heads)
}

fn root_of(heads: &[String]) -> String {
    sha256(&heads.iter().map(String::as_str).collect::<Vec<_>>())
}

const HEAD_AT: &str = "SELECT hash FROM decision WHERE chain = $1 AND at < $2 ORDER BY seq DESC LIMIT 1";
const ROWS_HEAD_AT: &str =
    "SELECT hash FROM sealed_row WHERE chain = $1 AND at < $2 ORDER BY seq DESC LIMIT 1";
const SEAL: &str =
    "INSERT INTO daily_root (day, heads, root) VALUES ($1, $2, $3) ON CONFLICT (day) DO NOTHING";
const SEALED: &str = "SELECT day, root FROM daily_root WHERE day > $1 ORDER BY day";
