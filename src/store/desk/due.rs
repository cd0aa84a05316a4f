//! Agreed calls whose time has come: claimed before all others, made by an attempt, or expired.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::callback::{AGREED, CallbackRow, callback, freed};
use crate::domain::{AttemptId, CampaignId, ContactId, Fault as Blame, Outcome};
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::engine::dialect;
use crate::store::{ClaimedContact, Store, StoreError};

/// A claimed contact with whom this call was agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreedContact {
    pub contact: ClaimedContact,
    pub callback: CallbackRow,
}

/// As long as any claim lasts.
pub(super) const LEASE: SignedDuration = SignedDuration::from_secs(60);

impl Store {
    /// Callbacks that are due and not made yet, the earliest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_callbacks(&self, limit: u32, now: Timestamp) -> Result<Vec<CallbackRow>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(DUE, values![now, i64::from(limit)]).await?;
                rows.iter().map(callback).collect()
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "callbacks", source })
    }

    /// Callbacks that wait for their time, the earliest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn waiting_callbacks(&self, limit: u32) -> Result<Vec<CallbackRow>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(WAITING, values![i64::from(limit)]).await?;
                rows.iter().map(callback).collect()
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "callbacks", source })
    }

    /// Claims the contacts of a running campaign whose agreed call is due, the earliest first; the rest of the queue comes
    /// after them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_callbacks(
        &self,
        campaign: CampaignId,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<AgreedContact>, StoreError> {
        let act = |source| StoreError::Claim { campaign, limit, source };
        let lease_ends = now.checked_add(LEASE).unwrap_or(now);
        let claimed = self.write(move |conn| {
            Box::pin(async move {
                let sql = dialect::due_of_campaign(conn);
                let rows = conn.all(sql, values![campaign, now, i64::from(limit), AGREED]).await?;
                let due = rows.iter().map(callback).collect::<Result<Vec<_>, _>>()?;
                for callback in &due {
                    conn.run(LEASED, values![callback.contact, lease_ends]).await?;
                }
                Ok(due)
            })
        });
        let due = claimed.await.map_err(act)?;
        if due.is_empty() {
            return Ok(Vec::new());
        }
        let contacts = self.contacts(due.iter().map(|callback| callback.contact).collect()).await?;
        let mut contacts: HashMap<_, _> = contacts.into_iter().map(|contact| (contact.id, contact)).collect();
        let joined = due.into_iter().filter_map(|callback| {
            Some(AgreedContact { contact: contacts.remove(&callback.contact)?, callback })
        });
        Ok(joined.collect())
    }

    /// Ends the callbacks nobody made in time; their contacts are like any others again. They are handed out to be shown,
    /// each once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expire_callbacks(&self, now: Timestamp) -> Result<Vec<CallbackRow>, StoreError> {
        let ended = self.write(move |conn| {
            Box::pin(async move {
                let rows = conn.all(EXPIRE, values![now]).await?;
                let expired = rows.iter().map(callback).collect::<Result<Vec<_>, _>>()?;
                for callback in &expired {
                    conn.run(FREE, values![callback.contact, AGREED]).await?;
                }
                Ok(expired)
            })
        });
        ended.await.map_err(|source| StoreError::Report { report: "callbacks", source })
    }
}

/// The gate lets the agreed call out, in its own transaction: the callback is made by this attempt.
pub(in crate::store) async fn call_agreed(
    conn: &mut Conn,
    contact: ContactId,
    attempt: AttemptId,
    now: Timestamp,
) -> Result<(), Fault> {
    conn.run(CALLED, values![contact, attempt, now]).await.map(|_| ())
}

/// An attempt that came to nothing by our fault or the trunk's, or that was taken back, has not made the agreed call.
/// One that was lost in a crash may have.
pub(in crate::store) async fn not_made(
    conn: &mut Conn,
    attempt: AttemptId,
    outcome: Outcome,
) -> Result<(), Fault> {
    match outcome {
        Outcome::Cancelled | Outcome::Failed(Blame::Blocked | Blame::Trunk | Blame::Us) => {
            conn.run(WAITS_AGAIN, values![attempt]).await.map(|_| ())
        }
        Outcome::Failed(Blame::Lost)
        | Outcome::Abandoned
        | Outcome::Answered
        | Outcome::Busy
        | Outcome::InvalidNumber
        | Outcome::Machine
        | Outcome::NoAnswer
        | Outcome::Rejected
        | Outcome::Unwanted => Ok(()),
    }
}

const WAITING: &str = "SELECT id, person_id, contact_id, due_at, expires_at, agent FROM callback \
    WHERE state = 'waiting' ORDER BY due_at, id LIMIT $1";
const DUE: &str = "SELECT id, person_id, contact_id, due_at, expires_at, agent FROM callback \
    WHERE state = 'waiting' AND due_at <= $1 AND expires_at > $1 ORDER BY due_at, id LIMIT $2";
pub(super) const LEASED: &str = "UPDATE contact SET state = 'queued', claimed_until = $2 WHERE id = $1";
const CALLED: &str = "UPDATE callback SET state = 'called', ended_at = $3, attempt_id = $2 WHERE contact_id = $1 \
    AND state = 'waiting' AND due_at <= $3";
const WAITS_AGAIN: &str = "UPDATE callback SET state = 'waiting', ended_at = NULL, attempt_id = NULL \
    WHERE attempt_id = $1 AND state = 'called' AND NOT EXISTS (SELECT 1 FROM callback b \
    WHERE b.contact_id = callback.contact_id AND b.state = 'waiting')";
const EXPIRE: &str = "UPDATE callback SET state = 'expired', ended_at = $1 WHERE state = 'waiting' \
    AND expires_at <= $1 RETURNING id, person_id, contact_id, due_at, expires_at, agent";
const FREE: &str = concat!(freed!(), " WHERE id = $1 AND state = 'held' AND why = $2");
