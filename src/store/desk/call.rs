//! What an agent keeps of a call while it goes on: his note, his marks, a complaint; and what he decided of a preview.

use jiff::Timestamp;

use crate::cases::{Kind, Source, Terms};
use crate::domain::{AgentId, AttemptId, Channel, ContactId, PersonId};
use crate::rules::{Hold, HoldKind};
use crate::store::cases::{Opening, open, tie};
use crate::store::engine::conn::{Conn, Fault, Row, Value, moment, values};
use crate::store::engine::dialect;
use crate::store::outcome::react_to_call;
use crate::store::standing::insert_hold_after;
use crate::store::{Store, StoreError};

/// What an agent may mark in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallMark {
    /// The person said who he is.
    Identity,
    /// An objection was answered.
    Objection,
    /// A stage of the script was gone through.
    Stage,
    /// Anger, a rude word: somebody should listen to this.
    Trigger,
}

impl CallMark {
    const ALL: [Self; 4] = [Self::Identity, Self::Objection, Self::Stage, Self::Trigger];

    fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mark| mark.code() == code)
    }

    /// The code in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Objection => "objection",
            Self::Stage => "stage",
            Self::Trigger => "trigger",
        }
    }
}

/// What became of a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Complained {
    /// A case is open, and the person is not called automatically any more.
    Now,
    /// The call has a case already.
    Before,
    /// There is no such call.
    NoAttempt,
}

/// What an agent decided of somebody he was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Previewed {
    /// He was taken away meanwhile: his phone was lost, or he logged out.
    AgentGone,
    Call,
    NotNow,
    /// Whom he was shown has paid meanwhile.
    Paid,
    /// He did not decide in time.
    RanOut,
    Skip,
}

impl Previewed {
    /// The code in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::AgentGone => "agent_gone",
            Self::Call => "call",
            Self::NotNow => "not_now",
            Self::Paid => "paid",
            Self::RanOut => "ran_out",
            Self::Skip => "skip",
        }
    }
}

macro_rules! note {
    () => {
        "INSERT INTO call_note (attempt_id, agent, at, text) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (attempt_id) DO UPDATE SET agent = excluded.agent, at = excluded.at, text = excluded.text"
    };
}

impl Store {
    /// Keeps the agent's note of a call, in place of the one before. `false`: that is another than the one he `was` writing over,
    /// and stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_note(
        &self,
        attempt: AttemptId,
        agent: &AgentId,
        (text, was): (&str, Option<String>),
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut values = values![attempt, agent.as_str(), now, text];
        let sql = if was.is_some() { NOTE_OVER } else { NOTE };
        values.extend(was.map(Value::from));
        let written = self.write(move |conn| Box::pin(async move { conn.run(sql, values).await }));
        written.await.map(|rows| rows > 0).map_err(|source| StoreError::Desk { attempt, source })
    }

    /// Keeps a mark of a call.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_mark(
        &self,
        attempt: AttemptId,
        agent: &AgentId,
        (mark, code): (CallMark, &str),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let values = values![attempt, agent.as_str(), now, mark.code(), code];
        let written = self.write(move |conn| Box::pin(async move { conn.run(MARK, values).await }));
        written.await.map(|_| ()).map_err(|source| StoreError::Desk { attempt, source })
    }

    /// Whether a contact is done because his debt is paid.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_paid(&self, contact: ContactId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM contact WHERE id = $1 AND state = 'done' AND why = 'paid'";
        let read = self.read(move |conn| Box::pin(async move { conn.first(sql, values![contact]).await }));
        read.await.map(|row| row.is_some()).map_err(|source| StoreError::Explain { source })
    }

    /// Keeps whether the debtor has said who he is, as a call that is up knows it now: its row has it when it ends by itself.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_identity(
        &self,
        attempt: AttemptId,
        identified: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let values = values![attempt, identified, now];
        let written = self.write(move |conn| Box::pin(async move { conn.run(IDENTITY, values).await }));
        written.await.map(|_| ()).map_err(|source| StoreError::Desk { attempt, source })
    }

    /// A call's marks, the oldest first, each with what it is of.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn call_marks(
        &self,
        attempt: AttemptId,
    ) -> Result<Vec<(Timestamp, CallMark, String)>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(MARKS, values![attempt]).await?;
                let mark = |row: &Row| {
                    Ok((moment(row.int(0)?)?, row.code(1, "mark", CallMark::parse)?, row.text(2)?))
                };
                rows.iter().map(mark).collect()
            })
        });
        read.await.map_err(|source| StoreError::Desk { attempt, source })
    }

    /// Opens a case for a complaint made in a call and holds the person, in one transaction. The call itself goes on: its
    /// agent is talking about it.
    ///
    /// # Errors
    /// When the database fails: then nothing is held yet.
    pub async fn complain(
        &self,
        attempt: AttemptId,
        agent: &AgentId,
        text: &str,
        now: Timestamp,
    ) -> Result<Complained, StoreError> {
        let (agent, text, terms) = (agent.clone(), text.to_owned(), self.terms());
        let written = self.write(move |conn| {
            Box::pin(async move { complain(conn, attempt, (agent.as_str(), &text), &terms, now).await })
        });
        written.await.map_err(|source| StoreError::Desk { attempt, source })
    }

    /// Keeps what an agent decided of somebody he was shown before a call.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_preview(
        &self,
        contact: ContactId,
        agent: &AgentId,
        (decided, reason): (Previewed, Option<&str>),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let values = values![contact, agent.as_str(), now, decided.code(), reason];
        let written = self.write(move |conn| Box::pin(async move { conn.run(PREVIEW, values).await }));
        let act = |source| StoreError::Agent { agent: agent.clone(), source };
        written.await.map(|_| ()).map_err(act)
    }
}

async fn complain(
    conn: &mut Conn,
    attempt: AttemptId,
    (by, text): (&str, &str),
    terms: &Terms,
    now: Timestamp,
) -> Result<Complained, Fault> {
    let whose = "SELECT person_id FROM attempt WHERE id = $1";
    let Some(row) = conn.first(whose, values![attempt]).await? else { return Ok(Complained::NoAttempt) };
    let person = PersonId(row.int(0)?);
    dialect::lock_person(conn, person).await?;
    // The order of all writers: person, attempt, debt, chains. A finish has the attempt and waits for the person's chain: whoever
    // took the chain, or the case that both would open, before the attempt would wait for it for ever.
    conn.one(dialect::open_attempt(conn), values![attempt]).await?;
    let opening = Opening {
        kind: Kind::Ordinary,
        source: Source::Agent,
        person: Some(person),
        debt: None,
        says_paid: false,
        attempt: Some(attempt),
        received: now,
        by,
        text,
    };
    let Some(opened) = open(conn, opening, terms, now).await? else { return Ok(Complained::Before) };
    react_to_call(conn, (attempt, "complaint", Channel::AgentCall), now).await?;
    let hold = Hold {
        evidence: Some(format!("attempt {attempt}")),
        ..Hold::new(HoldKind::ComplaintOpen, person, now)
    };
    // A hold takes back the calls decided before it; not this one, in which it was asked for.
    let id = insert_hold_after(conn, &hold, AttemptId(attempt.0 - 1), now).await?;
    tie(conn, opened.number, id).await?;
    opened.seal(conn, now).await?;
    Ok(Complained::Now)
}

const NOTE: &str = note!();
/// One that is sent twice is there already.
const NOTE_OVER: &str = concat!(note!(), " WHERE call_note.text IN ($5, excluded.text)");
const IDENTITY: &str = "INSERT INTO call_identity (attempt_id, identified, at) VALUES ($1, $2, $3) \
    ON CONFLICT (attempt_id) DO UPDATE SET identified = excluded.identified, at = excluded.at \
    WHERE call_identity.at <= excluded.at";
const MARK: &str = "INSERT INTO call_mark (attempt_id, agent, at, kind, code) VALUES ($1, $2, $3, $4, $5)";
const MARKS: &str = "SELECT at, kind, code FROM call_mark WHERE attempt_id = $1 ORDER BY at, id";
const PREVIEW: &str =
    "INSERT INTO preview (contact_id, agent, at, decided, reason) VALUES ($1, $2, $3, $4, $5)";
