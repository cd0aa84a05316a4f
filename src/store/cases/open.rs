//! A case begins, and a hold with it, in the transaction of whatever it came of.

use jiff::Timestamp;

use super::ask::ask;
use crate::cases::{ActCode, Kind, Number, Source, Terms};
use crate::domain::{AttemptId, DebtId, PersonId};
use crate::rules::{Hold, HoldKind};
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::gate::{OF_THE_HOUSE, Sealed, seal};
use crate::store::standing::insert_hold;

/// A case that is about to begin.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Opening<'a> {
    pub kind: Kind,
    pub source: Source,
    /// Whom it is about, where that is known.
    pub person: Option<PersonId>,
    pub debt: Option<DebtId>,
    /// Of a dispute: he says that he has paid, not that he does not owe.
    pub says_paid: bool,
    pub attempt: Option<AttemptId>,
    pub received: Timestamp,
    /// Who writes it down.
    pub by: &'a str,
    pub text: &'a str,
}

/// A case that has begun.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Opened {
    pub number: Number,
    act: i64,
    /// The creditor was asked.
    asked: Option<i64>,
    person: Option<PersonId>,
}

impl Opened {
    /// Seals the first entries of its history: after the debts are taken, as every seal.
    ///
    /// # Errors
    /// The database's.
    pub async fn seal(self, conn: &mut Conn, now: Timestamp) -> Result<Number, Fault> {
        for act in [self.act].into_iter().chain(self.asked) {
            seal_act(conn, act, self.person, now).await?;
        }
        Ok(self.number)
    }
}

/// Writes a case down; its beginning is still to be sealed. `None`: the call has one about this already.
pub(in crate::store) async fn open(
    conn: &mut Conn,
    opening: Opening<'_>,
    terms: &Terms,
    now: Timestamp,
) -> Result<Option<Opened>, Fault> {
    let values = values![
        opening.kind.code(),
        opening.kind.is_dispute(),
        opening.source.code(),
        opening.person,
        opening.debt,
        opening.attempt,
        opening.received,
        terms.due(opening.kind, opening.received),
        opening.by,
        opening.text,
        opening.says_paid && opening.kind.is_dispute(),
    ];
    let Some(row) = conn.first(OPEN, values).await? else { return Ok(None) };
    let number = Number(row.int(0)?);
    let act = note_act(conn, number, (ActCode::Opened, opening.by, opening.text), now).await?;
    let asked = ask(conn, (number, opening.kind), (opening.person, opening.debt), terms, now).await?;
    Ok(Some(Opened { number, act, asked, person: opening.person }))
}

/// Puts a hold that a call has brought under its case, which it opens where there is none; holds of other kinds are
/// nobody's case. A case that was closed before this came is open again.
pub(in crate::store) async fn open_of_hold(
    conn: &mut Conn,
    (hold, id): (&Hold, i64),
    opening: Opening<'_>,
    terms: &Terms,
    now: Timestamp,
) -> Result<(), Fault> {
    let kind = match hold.kind {
        HoldKind::ComplaintOpen => Kind::Ordinary,
        HoldKind::DisputeOpen => Kind::Dispute,
        _ => return Ok(()),
    };
    let number = match open(conn, Opening { kind, debt: hold.debt, ..opening }, terms, now).await? {
        Some(opened) => opened.seal(conn, now).await?,
        None => {
            let row = conn.one(OF_CALL, values![opening.attempt, kind.is_dispute()]).await?;
            let number = Number(row.int(0)?);
            if conn.run(OPEN_AGAIN, values![number.0]).await? > 0 {
                let act = note_act(conn, number, (ActCode::Reopened, opening.by, ""), now).await?;
                seal_act(conn, act, opening.person, now).await?;
            }
            number
        }
    };
    tie(conn, number, id).await
}

/// A stranger asked to be left alone: one case, and a hold for everybody who may be meant.
pub(in crate::store) async fn open_of_strangers(
    conn: &mut Conn,
    meant: &[PersonId],
    evidence: &str,
    terms: &Terms,
    now: Timestamp,
) -> Result<(), Fault> {
    let opening = Opening {
        kind: Kind::Ordinary,
        source: Source::Caller,
        person: match meant {
            [one] => Some(*one),
            _ => None,
        },
        debt: None,
        says_paid: false,
        attempt: None,
        received: now,
        by: "flow",
        text: evidence,
    };
    let Some(opened) = open(conn, opening, terms, now).await? else { return Ok(()) };
    let number = opened.seal(conn, now).await?;
    for person in meant {
        let hold = Hold::new(HoldKind::ComplaintOpen, *person, now);
        let hold = Hold { evidence: Some(evidence.to_owned()), ..hold };
        let id = insert_hold(conn, &hold, now).await?;
        tie(conn, number, id).await?;
    }
    Ok(())
}

/// The hold is the case's: it ends when the case is closed, and not before.
pub(in crate::store) async fn tie(conn: &mut Conn, number: Number, hold: i64) -> Result<(), Fault> {
    conn.run(TIE, values![hold, number.0]).await.map(|_| ())
}

/// Adds to the history; the entry, which is still to be sealed.
pub(super) async fn note_act(
    conn: &mut Conn,
    number: Number,
    (act, who, text): (ActCode, &str, &str),
    now: Timestamp,
) -> Result<i64, Fault> {
    conn.one(ACT, values![number.0, now, who, act.code(), text]).await?.int(0)
}

/// Seals an entry of the history in the chain of whom the case is about, or of the house where nobody knows.
pub(super) async fn seal_act(
    conn: &mut Conn,
    act: i64,
    person: Option<PersonId>,
    now: Timestamp,
) -> Result<(), Fault> {
    seal(conn, (Sealed::CaseAct, act), person.unwrap_or(OF_THE_HOUSE), now).await
}

const OPEN: &str = "INSERT INTO case_file (kind, dispute, source, person_id, debt_id, attempt_id, received_at, due_at, \
    opened_by, text, says_paid, of_attempt_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, CASE WHEN $2 = 0 THEN CAST($6 AS BIGINT) END) ON CONFLICT DO NOTHING RETURNING id";
const OF_CALL: &str =
    "SELECT id FROM case_file WHERE attempt_id = $1 AND dispute = $2 AND source IN ('agent', 'key')";
const OPEN_AGAIN: &str = "UPDATE case_file SET state = 'in_work', justified = NULL, measure = NULL, closed_at = NULL \
    WHERE id = $1 AND state = 'closed'";
const TIE: &str = "INSERT INTO case_hold (hold_id, case_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
const ACT: &str =
    "INSERT INTO case_act (case_id, at, who, act, text) VALUES ($1, $2, $3, $4, $5) RETURNING id";
