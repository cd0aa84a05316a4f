//! Writing to the ledger: append-only, by the gate, by a finish, and from outside.

use jiff::Timestamp;

use super::proof::{event_columns, seal_event};
use crate::domain::{AttemptId, DebtId, EventId, PersonId};
use crate::rules::{Event, EventKind};
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::engine::dialect;
use crate::store::standing::note_deed;
use crate::store::tally;
use crate::store::{ByHand, Store, StoreError};

/// An event that happened outside: a message sent, a call of another system, a correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Its `id` is not looked at; the ledger gives one.
    pub event: Event,
    /// Where it comes from: `api`, `import`, a system's name.
    pub source: String,
    /// The source's own id: a second message about it changes nothing.
    pub external_id: Option<String>,
}

/// What became of a correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corrected {
    Now {
        by: EventId,
    },
    /// It had been corrected; that correction is the one to correct.
    Before {
        by: EventId,
    },
    NoEvent,
    /// It reserves a call that is not over: the call's end says what it was.
    Open {
        attempt: AttemptId,
    },
    /// Somebody took that call: it can't have been one that nobody took.
    Answered {
        attempt: AttemptId,
    },
}

impl Store {
    /// Appends events of other systems. Returns how many were new.
    ///
    /// # Errors
    /// When the database fails; nothing is written then.
    pub async fn record_events(&self, events: Vec<NewEvent>, now: Timestamp) -> Result<u64, StoreError> {
        let written = self.write(move |conn| {
            Box::pin(async move {
                let of = |event: &NewEvent| Some((event.event.person, event.event.debt?));
                tally::lock_used(conn, &events.iter().filter_map(of).collect::<Vec<_>>()).await?;
                dialect::lock_rows(conn).await?;
                let mut new = 0;
                for event in &events {
                    let row =
                        insert_event(conn, &event.event, &event.source, event.external_id.as_deref(), now);
                    new += u64::from(row.await?.is_some());
                }
                Ok(new)
            })
        });
        written.await.map_err(|source| StoreError::Ledger { source })
    }

    /// Says that an event was of another kind. The entry stands and is no longer counted; the correction, which is
    /// alike in all else, is counted instead. Who did it is kept among the deeds; what counted the entry may not count the
    /// correction, so `by` names two people.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn correct_event(
        &self,
        event: EventId,
        kind: EventKind,
        by: ByHand,
        now: Timestamp,
    ) -> Result<Corrected, StoreError> {
        let source = format!("correction: {}", by.evidence);
        let written = self.write(move |conn| {
            Box::pin(async move {
                let Some(row) = conn.first(STANDS, values![event]).await? else {
                    return Ok(Corrected::NoEvent);
                };
                if let Some(by) = row.int_opt(0)? {
                    return Ok(Corrected::Before { by: EventId(by) });
                }
                if let Some(attempt) = row.int_opt(2)? {
                    return Ok(Corrected::Open { attempt: AttemptId(attempt) });
                }
                let untaken = [EventKind::AttemptUnconnected, EventKind::AttemptNoAnswer];
                if let Some(attempt) = row.int_opt(4)?.filter(|_| untaken.contains(&kind)) {
                    return Ok(Corrected::Answered { attempt: AttemptId(attempt) });
                }
                let person = PersonId(row.int(1)?);
                let outside = row.int_opt(3)?.map(DebtId);
                let tallied = match outside {
                    Some(debt) => {
                        tally::lock_used(conn, &[(person, debt)]).await?;
                        Some(tally::before(conn, debt).await?)
                    }
                    None => None,
                };
                let row = conn.one(CORRECT, values![event, kind.code(), &source, now]).await?;
                seal_event(conn, &row, now).await?;
                let correction = EventId(row.int(0)?);
                note_deed(conn, person, ("event_corrected", event.0), &by, now).await?;
                if let Some(tallied) = tallied {
                    tally::correct_outside(conn, event, correction).await?;
                    tallied.note(conn).await?;
                }
                Ok(Corrected::Now { by: correction })
            })
        });
        written.await.map_err(|source| StoreError::Ledger { source })
    }

    /// Renews the reservation of a leg that lives longer than the lease of `in_flight`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew(&self, attempt: AttemptId, now: Timestamp) -> Result<(), StoreError> {
        let written = self.write(move |conn| {
            Box::pin(async move {
                match conn.first(RENEW, values![attempt, now]).await? {
                    Some(row) => seal_event(conn, &row, now).await,
                    None => Ok(()),
                }
            })
        });
        written.await.map_err(|source| StoreError::Ledger { source })
    }
}

const STANDS: &str = "SELECT (SELECT c.id FROM event c WHERE c.corrects = e.id), e.person_id, \
    (SELECT a.id FROM attempt a WHERE a.id = e.attempt_id AND a.outcome IS NULL AND e.kind = 'in_flight'), \
    (SELECT o.debt_id FROM outside_action o WHERE o.event_id = e.id), \
    (SELECT a.id FROM attempt a WHERE a.id = e.attempt_id AND a.answer_at IS NOT NULL) FROM event e WHERE e.id = $1";
const CORRECT: &str = concat!(
    "INSERT INTO event (person_id, at, kind, channel_exact, phone, phone_type, dial_mode, debt_id, \
    creditor, agent, excluded, attempt_id, corrects, source, written_at) \
    SELECT e.person_id, e.at, $2, e.channel_exact, e.phone, e.phone_type, e.dial_mode, e.debt_id, e.creditor, \
    e.agent, e.excluded, e.attempt_id, e.id, $3, $4 FROM event e WHERE e.id = $1 RETURNING ",
    event_columns!()
);

const RENEW: &str = concat!(
    "INSERT INTO event (person_id, at, kind, channel_exact, phone, phone_type, dial_mode, debt_id, \
    creditor, agent, attempt_id, source, written_at) \
    SELECT e.person_id, $2, e.kind, e.channel_exact, e.phone, e.phone_type, e.dial_mode, e.debt_id, e.creditor, \
    e.agent, e.attempt_id, 'renewal', $2 FROM attempt a JOIN event e ON e.attempt_id = a.id \
    AND e.person_id = a.person_id WHERE a.id = $1 AND a.outcome IS NULL AND e.kind = 'in_flight' \
    ORDER BY e.id LIMIT 1 RETURNING ",
    event_columns!()
);

const INSERT: &str = concat!(
    "INSERT INTO event (person_id, at, kind, channel_exact, phone, phone_type, dial_mode, debt_id, \
    creditor, agent, excluded, attempt_id, corrects, source, external_id, written_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
    ON CONFLICT (external_id) DO NOTHING RETURNING ",
    event_columns!()
);

/// Appends an event of ours.
pub(in crate::store) async fn append_event(
    conn: &mut Conn,
    event: &Event,
    now: Timestamp,
) -> Result<EventId, Fault> {
    let id = insert_event(conn, event, "obzvon", None, now).await?;
    Ok(id.expect("without an external id nothing conflicts"))
}

/// An event of `kind` in the call that `attempt` reserved, with everything else as it was reserved.
pub(in crate::store) async fn call_event(
    conn: &mut Conn,
    attempt: AttemptId,
    kind: EventKind,
    now: Timestamp,
) -> Result<(), Fault> {
    match conn.first(CLOSE, values![attempt, kind.code(), now]).await? {
        Some(row) => seal_event(conn, &row, now).await,
        None => Err(Fault::Unreadable { what: "reservation in the ledger" }),
    }
}

/// Says that a call that is over was of another kind, where it was: what an agent wrote of it is better evidence than how it
/// ended.
pub(in crate::store) async fn correct_call(
    conn: &mut Conn,
    (attempt, person): (AttemptId, PersonId),
    kind: EventKind,
    by: &ByHand,
    now: Timestamp,
) -> Result<(), Fault> {
    let Some(row) = conn.first(OF_CALL, values![attempt, person]).await? else { return Ok(()) };
    let event = row.int(0)?;
    if row.text(1)? == kind.code() {
        return Ok(());
    }
    let source = format!("correction: {}", by.evidence);
    let row = conn.one(CORRECT, values![event, kind.code(), &source, now]).await?;
    seal_event(conn, &row, now).await?;
    note_deed(conn, person, ("event_corrected", event), by, now).await
}

/// The main entry of a call that is over, as it stands now.
const OF_CALL: &str = "SELECT e.id, e.kind FROM event e WHERE e.person_id = $2 AND e.attempt_id = $1 \
    AND e.kind <> 'in_flight' AND NOT EXISTS (SELECT 1 FROM event c WHERE c.corrects = e.id) ORDER BY e.id LIMIT 1";
/// The event stands at the time of the reservation, so that a cap counts the day on which the phone rang.
const CLOSE: &str = concat!(
    "INSERT INTO event (person_id, at, kind, channel_exact, phone, phone_type, dial_mode, debt_id, \
    creditor, agent, attempt_id, source, written_at) \
    SELECT e.person_id, e.at, $2, e.channel_exact, e.phone, e.phone_type, e.dial_mode, e.debt_id, e.creditor, \
    e.agent, e.attempt_id, e.source, $3 FROM attempt a JOIN event e ON e.person_id = a.person_id \
    AND e.attempt_id = a.id WHERE a.id = $1 AND e.kind = 'in_flight' ORDER BY e.id LIMIT 1 RETURNING ",
    event_columns!()
);

pub(super) async fn insert_event(
    conn: &mut Conn,
    event: &Event,
    source: &str,
    external_id: Option<&str>,
    now: Timestamp,
) -> Result<Option<EventId>, Fault> {
    // A use of a channel that another system tells of is counted like ours.
    let outside = event.debt.filter(|_| event.attempt.is_none());
    let tallied = match outside {
        Some(debt) => Some(tally::before(conn, debt).await?),
        None => None,
    };
    let row = conn.first(
        INSERT,
        values![
            event.person,
            event.at,
            event.kind.code(),
            &*event.channel_exact,
            event.phone.map(|phone| phone.number),
            event.phone.map(|phone| phone.kind.code()),
            event.dial_mode.code(),
            event.debt,
            event.creditor.as_deref(),
            event.agent.map(crate::rules::Agent::code),
            event.excluded,
            event.attempt,
            event.corrects,
            source,
            external_id,
            now,
        ],
    );
    let Some(row) = row.await? else { return Ok(None) };
    seal_event(conn, &row, now).await?;
    let id = EventId(row.int(0)?);
    if let (Some(debt), Some(tallied)) = (outside, tallied) {
        tally::note_outside(conn, (id, event), debt).await?;
        tallied.note(conn).await?;
    }
    Ok(Some(id))
}
