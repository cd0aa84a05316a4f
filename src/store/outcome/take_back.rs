//! Calls under way that are to be taken back: the debt was paid, somebody set a hold, or another contact counts meanwhile.

use crate::domain::AttemptId;
use crate::store::engine::conn::{Fault, Value};
use crate::store::engine::dialect::{owed, owes};
use crate::store::gate::{Open, denied_since};
use crate::store::{Store, StoreError};

/// Why a call is to be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakeBack {
    /// Another sum is owed now than the call was made for: part of it was paid, or a list says so.
    Changed,
    /// A contact that was told after the reservation counts, and the rules permit no further one.
    Counted,
    /// The person was put on hold after the reservation, or found to be somebody else than who owes.
    Held,
    /// The debt is no longer open.
    Paid,
}

impl Store {
    /// This node's open attempts that should not have been begun as things stand now, whoever changed them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn to_take_back(&self) -> Result<Vec<(AttemptId, TakeBack)>, StoreError> {
        self.find_to_take_back(TO_TAKE_BACK, self.node().into(), Open::OfNode(self.node().to_owned())).await
    }

    /// Why an attempt of ours that is decided and not yet sent must not be sent any more, if so.
    ///
    /// # Errors
    /// When the database fails: then nothing may be sent.
    pub async fn withdrawn(&self, attempt: AttemptId) -> Result<Option<TakeBack>, StoreError> {
        let found = self.find_to_take_back(THIS_ONE, attempt.into(), Open::One(attempt)).await?;
        Ok(found.first().map(|&(_, why)| why))
    }

    async fn find_to_take_back(
        &self,
        sql: &'static str,
        whose: Value,
        open: Open,
    ) -> Result<Vec<(AttemptId, TakeBack)>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(sql, vec![whose]).await?;
                let read = rows.iter().map(|row| {
                    let why = match row.int(1)? {
                        1 => TakeBack::Paid,
                        2 => TakeBack::Changed,
                        _ => TakeBack::Held,
                    };
                    Ok((AttemptId(row.int(0)?), why))
                });
                let mut found = read.collect::<Result<Vec<_>, Fault>>()?;
                for attempt in denied_since(conn, open).await? {
                    if !found.iter().any(|(known, _)| *known == attempt) {
                        found.push((attempt, TakeBack::Counted));
                    }
                }
                Ok(found)
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "calls to take back", source })
    }
}

/// A hold counts when it was written after the attempt was, whatever date it bears.
macro_rules! held {
    () => {
        "EXISTS (SELECT 1 FROM hold h WHERE (h.person_id = a.person_id \
         OR h.person_id IN (SELECT k.other_id FROM kin k WHERE k.person_id = a.person_id \
         AND k.upto_event IS NULL)) AND h.after_attempt >= a.id \
         AND (h.until_at IS NULL OR h.from_at IS NULL OR h.until_at > h.from_at))"
    };
}
macro_rules! to_take_back {
    ($which:literal) => {
        concat!(
            "SELECT a.id, CAST(CASE WHEN d.state <> 'open' THEN 1 WHEN NOT ",
            owes!("a.person_id"),
            " OR ",
            held!(),
            " THEN 0 ELSE 2 END AS BIGINT) FROM attempt a ",
            "JOIN debt d ON d.id = a.debt_id WHERE a.outcome IS NULL AND ",
            $which,
            " AND (d.state <> 'open' OR NOT ",
            owes!("a.person_id"),
            " OR ",
            held!(),
            " OR ",
            owed!(),
            " <> a.amount_minor)"
        )
    };
}
const TO_TAKE_BACK: &str = to_take_back!("a.node = $1");
const THIS_ONE: &str = to_take_back!("a.id = $1");
