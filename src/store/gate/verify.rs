//! Proof: the chains of decisions are whole, and their heads at a day's end fit on one line.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::record::{CHAINS, link, sha256};
use crate::store::engine::conn::values;
use crate::store::{Fault, Store, StoreError};

/// What a walk along one chain found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Verified {
    pub chain: i64,
    /// Records that fit.
    pub records: i64,
    /// The first place at which the chain does not fit; absent: it is whole.
    pub broken_at: Option<i64>,
}

/// Records read at once.
const PAGE: i64 = 500;

impl Store {
    /// Walks every chain from its beginning.
    ///
    /// # Errors
    /// When the database fails. A broken chain is a value.
    pub async fn verify_decisions(&self) -> Result<Vec<Verified>, StoreError> {
        let mut all = Vec::new();
        for chain in 0..CHAINS {
            all.push(self.verify_chain(chain).await.map_err(|source| StoreError::Verify { chain, source })?);
        }
        Ok(all)
    }

    async fn verify_chain(&self, chain: i64) -> Result<Verified, Fault> {
        // The head first: what is appended meanwhile lies beyond it.
        let head = self.read(|conn| {
            Box::pin(
                async move { conn.one("SELECT seq, hash FROM chain WHERE id = $1", values![chain]).await },
            )
        });
        let head = head.await?;
        let (end, end_hash) = (head.int(0)?, head.text(1)?);
        let (mut seq, mut hash) = (0, String::new());
        while seq < end {
            let rows = self.read(|conn| {
                Box::pin(async move { conn.all(RECORDS, values![chain, seq, end, PAGE]).await })
            });
            let rows = rows.await?;
            for row in &rows {
                let (found, record, own) = (row.int(0)?, row.text(1)?, row.text(3)?);
                let fits = found == seq + 1
                    && row.text(2)? == hash
                    && own == link(&hash, chain, found, &record)
                    && (found < end || own == end_hash);
                if !fits {
                    return Ok(Verified { chain, records: seq, broken_at: Some(seq + 1) });
                }
                (seq, hash) = (found, own);
            }
            if rows.is_empty() {
                return Ok(Verified { chain, records: seq, broken_at: Some(seq + 1) });
            }
        }
        Ok(Verified { chain, records: seq, broken_at: None })
    }

    /// Writes the root over all chains as they stood at the end of `day` (UTC), once, and returns it; the caller
    /// keeps it apart from the database.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seal_day(&self, day: Date) -> Result<String, StoreError> {
        let act = |source| StoreError::Verify { chain: 0, source };
        let midnight = day
            .tomorrow()
            .and_then(|next| next.to_datetime(Time::midnight()).to_zoned_datetime(TimeZone::UTC));
        let end = midnight.map_err(|_| act(Fault::Unreadable { what: "day" }))?.timestamp();
        let sealed = self.write(move |conn| {
            Box::pin(async move {
                let mut heads = Vec::new();
                for chain in 0..CHAINS {
                    let row = conn.first(HEAD_AT, values![chain, end]).await?;
                    heads.push(row.map(|row| row.text(0)).transpose()?.unwrap_or_default());
                }
                let root = sha256(&heads.iter().map(String::as_str).collect::<Vec<_>>());
                let heads = serde_json::to_string(&heads).expect("text");
                conn.run(SEAL, values![day, heads, root]).await?;
                conn.one("SELECT root FROM daily_root WHERE day = $1", values![day]).await?.text(0)
            })
        });
        sealed.await.map_err(act)
    }
}

const RECORDS: &str = "SELECT seq, record, prev_hash, hash FROM decision WHERE chain = $1 AND seq > $2 \
    AND seq <= $3 ORDER BY seq LIMIT $4";
const HEAD_AT: &str = "SELECT hash FROM decision WHERE chain = $1 AND at < $2 ORDER BY seq DESC LIMIT 1";
const SEAL: &str =
    "INSERT INTO daily_root (day, heads, root) VALUES ($1, $2, $3) ON CONFLICT (day) DO NOTHING";
