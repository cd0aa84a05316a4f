//! Calls agreed with people: booked, due, called, expired, or cancelled by what makes them needless.

use jiff::Timestamp;

use crate::domain::{AgentId, ContactId, DebtId, PersonId};
use crate::store::engine::conn::{Conn, Fault, Row, moment, values};
use crate::store::{Store, StoreError};

/// A call agreed with a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCallback {
    pub contact: ContactId,
    /// The agreed time; whether the law lets the call out then, the gate says.
    pub due_at: Timestamp,
    /// After this it is no longer the call that was agreed; later than `due_at`.
    pub expires_at: Timestamp,
    /// The agent who agreed it, where it is to be his; `None`: anybody's.
    pub agent: Option<AgentId>,
}

/// A callback that waits, or has just ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackRow {
    pub id: i64,
    pub person: PersonId,
    pub contact: ContactId,
    pub due_at: Timestamp,
    pub expires_at: Timestamp,
    pub agent: Option<AgentId>,
}

/// Why a callback is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallbackWhy {
    /// An agent withdrew it.
    Agent,
    /// The person called himself.
    Inbound,
    Paid,
}

impl CallbackWhy {
    pub fn code(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Inbound => "inbound",
            Self::Paid => "paid",
        }
    }
}

impl Store {
    /// Books a callback; the contact's earlier one is cancelled as booked anew. `None`: no such contact.
    ///
    /// # Errors
    /// When the database fails, or the callback would expire before it is due.
    pub async fn book_callback(&self, new: NewCallback, now: Timestamp) -> Result<Option<i64>, StoreError> {
        let contact = new.contact;
        let written = self.write(move |conn| {
            Box::pin(async move {
                conn.run(REBOOK, values![new.contact, now]).await?;
                let agent = new.agent.as_ref().map(AgentId::as_str);
                let booked = conn.first(BOOK, values![new.contact, now, new.due_at, new.expires_at, agent]);
                booked.await?.map(|row| row.int(0)).transpose()
            })
        });
        written.await.map_err(|source| StoreError::Callback { contact, source })
    }

    /// Callbacks that are due, the earliest first.
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

    /// Takes a callback to be called. `false`: it does not wait any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_callback(&self, id: i64, now: Timestamp) -> Result<bool, StoreError> {
        let taken = self.write(move |conn| Box::pin(async move { conn.run(TAKE, values![id, now]).await }));
        taken
            .await
            .map(|taken| taken > 0)
            .map_err(|source| StoreError::Report { report: "callbacks", source })
    }

    /// Ends the callbacks nobody made in time: they are handed out to be shown, each once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expire_callbacks(&self, now: Timestamp) -> Result<Vec<CallbackRow>, StoreError> {
        let ended = self.write(move |conn| {
            Box::pin(async move {
                let rows = conn.all(EXPIRE, values![now]).await?;
                rows.iter().map(callback).collect()
            })
        });
        ended.await.map_err(|source| StoreError::Report { report: "callbacks", source })
    }

    /// Cancels what a person waits for; how many they were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancel_callbacks(
        &self,
        person: PersonId,
        why: CallbackWhy,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let values = values![person, now, why.code()];
        let written = self.write(move |conn| Box::pin(async move { conn.run(CANCEL, values).await }));
        written.await.map_err(|source| StoreError::Report { report: "callbacks", source })
    }
}

/// Cancels the callbacks of a debt that is paid, in the payment's own transaction.
pub(in crate::store) async fn cancel_of_debt(
    conn: &mut Conn,
    debt: DebtId,
    now: Timestamp,
) -> Result<(), Fault> {
    conn.run(CANCEL_PAID, values![debt, now]).await.map(|_| ())
}

fn callback(row: &Row) -> Result<CallbackRow, Fault> {
    let agent = row.text_opt(5)?;
    let read = |text: String| AgentId::parse(&text).ok_or(Fault::Unreadable { what: "agent" });
    Ok(CallbackRow {
        id: row.int(0)?,
        person: PersonId(row.int(1)?),
        contact: ContactId(row.int(2)?),
        due_at: moment(row.int(3)?)?,
        expires_at: moment(row.int(4)?)?,
        agent: agent.map(read).transpose()?,
    })
}

const REBOOK: &str = "UPDATE callback SET state = 'cancelled', why = 'rebooked', ended_at = $2 \
    WHERE contact_id = $1 AND state = 'waiting'";
const BOOK: &str = "INSERT INTO callback (person_id, contact_id, booked_at, due_at, expires_at, agent) \
    SELECT person_id, id, CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS TEXT) \
    FROM contact WHERE id = $1 RETURNING id";
const DUE: &str = "SELECT id, person_id, contact_id, due_at, expires_at, agent FROM callback \
    WHERE state = 'waiting' AND due_at <= $1 AND expires_at > $1 ORDER BY due_at, id LIMIT $2";
const TAKE: &str = "UPDATE callback SET state = 'called', ended_at = $2 WHERE id = $1 AND state = 'waiting' \
    AND expires_at > $2";
const EXPIRE: &str = "UPDATE callback SET state = 'expired', ended_at = $1 WHERE state = 'waiting' \
    AND expires_at <= $1 RETURNING id, person_id, contact_id, due_at, expires_at, agent";
const CANCEL: &str = "UPDATE callback SET state = 'cancelled', why = $3, ended_at = $2 \
    WHERE person_id = $1 AND state = 'waiting'";
const CANCEL_PAID: &str = "UPDATE callback SET state = 'cancelled', why = 'paid', ended_at = $2 \
    WHERE state = 'waiting' AND contact_id IN (SELECT id FROM contact WHERE debt_id = $1)";
