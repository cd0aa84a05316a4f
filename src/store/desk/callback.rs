//! Calls agreed with people: booked, and cancelled by what makes them needless.

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
    /// Somebody has named the time; else a flow has offered the next one that may be.
    pub wished: bool,
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
    /// The person has promised to pay since.
    Promised,
}

impl CallbackWhy {
    pub fn code(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Inbound => "inbound",
            Self::Paid => "paid",
            Self::Promised => "promised",
        }
    }
}

impl Store {
    /// Books a callback; the contact's earlier one is cancelled as booked anew, and the contact waits for it and for
    /// nothing else. `None`: no such contact, or it is done for good.
    ///
    /// # Errors
    /// When the database fails, or the callback would expire before it is due.
    pub async fn book_callback(&self, new: NewCallback, now: Timestamp) -> Result<Option<i64>, StoreError> {
        let contact = new.contact;
        let written = self.write(move |conn| Box::pin(async move { book(conn, &new, now).await }));
        written.await.map_err(|source| StoreError::Callback { contact, source })
    }

    /// The calls agreed with a person that wait for their time, the earliest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn callbacks_of(&self, person: PersonId) -> Result<Vec<CallbackRow>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(OF_PERSON, values![person]).await?;
                rows.iter().map(callback).collect()
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "callbacks", source })
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
        let written =
            self.write(move |conn| Box::pin(async move { cancel_of_person(conn, person, why, now).await }));
        written.await.map_err(|source| StoreError::Report { report: "callbacks", source })
    }
}

/// Books a callback in a transaction that does more, as [`Store::book_callback`].
pub(in crate::store) async fn book(
    conn: &mut Conn,
    new: &NewCallback,
    now: Timestamp,
) -> Result<Option<i64>, Fault> {
    conn.run(REBOOK, values![new.contact, now]).await?;
    let agent = new.agent.as_ref().map(AgentId::as_str);
    let values = values![new.contact, now, new.due_at, new.expires_at, agent, new.wished];
    let booked = conn.first(BOOK, values).await?;
    hold_for_callback(conn, new.contact, Timestamp::MIN).await?;
    booked.map(|row| row.int(0)).transpose()
}

/// A contact with whom a call was agreed for later than `after` is called then, and not before by the way.
pub(in crate::store) async fn hold_for_callback(
    conn: &mut Conn,
    contact: ContactId,
    after: Timestamp,
) -> Result<(), Fault> {
    conn.run(HOLD, values![contact, AGREED, after]).await.map(|_| ())
}

/// Cancels what a person waits for: his contacts are like any others again. How many callbacks there were.
pub(in crate::store) async fn cancel_of_person(
    conn: &mut Conn,
    person: PersonId,
    why: CallbackWhy,
    now: Timestamp,
) -> Result<u64, Fault> {
    let cancelled = conn.run(CANCEL, values![person, now, why.code()]).await?;
    if cancelled > 0 {
        conn.run(FREE, values![person, AGREED]).await?;
    }
    Ok(cancelled)
}

/// Cancels the callbacks of a debt that is paid, in the payment's own transaction.
pub(in crate::store) async fn cancel_of_debt(
    conn: &mut Conn,
    debt: DebtId,
    now: Timestamp,
) -> Result<(), Fault> {
    conn.run(CANCEL_PAID, values![debt, now]).await.map(|_| ())
}

/// Cancels the callback that a flow has offered a contact since a call was `begun`: its agent has written down another end of it.
pub(in crate::store) async fn cancel_offered(
    conn: &mut Conn,
    contact: ContactId,
    begun: Timestamp,
    now: Timestamp,
) -> Result<(), Fault> {
    conn.run(CANCEL_OFFERED, values![contact, now, begun, CallbackWhy::Agent.code()]).await.map(|_| ())
}

/// Cancels the callbacks of a debt that were agreed before a promise on it was `begun`; contacts held for them are done as those
/// that were reached.
pub(in crate::store) async fn cancel_for_promise(
    conn: &mut Conn,
    debt: DebtId,
    begun: Timestamp,
    now: Timestamp,
) -> Result<(), Fault> {
    let why = CallbackWhy::Promised.code();
    if conn.run(CANCEL_PROMISED, values![debt, now, begun, why]).await? > 0 {
        conn.run(REACHED, values![debt, AGREED]).await?;
    }
    Ok(())
}

pub(super) fn callback(row: &Row) -> Result<CallbackRow, Fault> {
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

/// Why a contact is held with whom a call was agreed.
pub const AGREED: &str = "callback_agreed";

/// A contact whose agreed call is not made is like any other again: queued, or done where he has promised since.
macro_rules! freed {
    () => {
        "UPDATE contact SET claimed_until = 0, state = CASE WHEN EXISTS (SELECT 1 FROM promise p \
         WHERE p.debt_id = contact.debt_id AND p.state = 'open') THEN 'done' ELSE 'queued' END, \
         why = CASE WHEN EXISTS (SELECT 1 FROM promise p WHERE p.debt_id = contact.debt_id AND p.state = 'open') \
         THEN 'reached' ELSE why END"
    };
}
pub(super) use freed;

const OF_PERSON: &str = "SELECT id, person_id, contact_id, due_at, expires_at, agent FROM callback \
    WHERE person_id = $1 AND state = 'waiting' ORDER BY due_at, id";
const REBOOK: &str = "UPDATE callback SET state = 'cancelled', why = 'rebooked', ended_at = $2 \
    WHERE contact_id = $1 AND state = 'waiting'";
/// A contact may be in the very call in which another one is agreed, or have had all that the campaign would do.
const BOOK: &str = "INSERT INTO callback (person_id, contact_id, booked_at, due_at, expires_at, agent, wished) \
    SELECT person_id, id, CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS TEXT), \
    CAST($6 AS BIGINT) \
    FROM contact WHERE id = $1 AND (state <> 'done' OR why IN ('reached', 'budget_spent', 'not_retried')) \
    RETURNING id";
const HOLD: &str = "UPDATE contact SET state = 'held', why = $2, next_at = NULL, claimed_until = 0 WHERE id = $1 \
    AND (state IN ('queued', 'waiting') OR (state = 'held' AND why = 'agent_wanted') \
    OR (state = 'done' AND why IN ('reached', 'budget_spent', 'not_retried'))) \
    AND EXISTS (SELECT 1 FROM callback b WHERE b.contact_id = $1 AND b.state = 'waiting' AND b.due_at > $3)";
const CANCEL: &str = "UPDATE callback SET state = 'cancelled', why = $3, ended_at = $2 \
    WHERE person_id = $1 AND state = 'waiting'";
const FREE: &str = concat!(freed!(), " WHERE person_id = $1 AND state = 'held' AND why = $2");
const CANCEL_PROMISED: &str = "UPDATE callback SET state = 'cancelled', why = $4, ended_at = $2 \
    WHERE state = 'waiting' AND booked_at < $3 AND contact_id IN (SELECT id FROM contact WHERE debt_id = $1)";
const REACHED: &str = "UPDATE contact SET state = 'done', why = 'reached', claimed_until = 0 WHERE debt_id = $1 \
    AND state = 'held' AND why = $2 AND NOT EXISTS (SELECT 1 FROM callback b WHERE b.contact_id = contact.id \
    AND b.state = 'waiting')";
const CANCEL_PAID: &str = "UPDATE callback SET state = 'cancelled', why = 'paid', ended_at = $2 \
    WHERE state = 'waiting' AND contact_id IN (SELECT id FROM contact WHERE debt_id = $1)";
const CANCEL_OFFERED: &str = "UPDATE callback SET state = 'cancelled', why = $4, ended_at = $2 \
    WHERE contact_id = $1 AND state = 'waiting' AND wished = 0 AND booked_at >= $3";
