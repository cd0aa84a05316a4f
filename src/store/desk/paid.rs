//! "I have paid": what the creditor was asked about a debt and what he answered, and the question to him from a talk.

use jiff::Timestamp;

use crate::cases::{Kind, Number, Source, Terms};
use crate::domain::{AgentId, AttemptId, DebtId, PersonId};
use crate::rules::{Hold, HoldKind};
use crate::store::cases::{Opening, open, tie};
use crate::store::engine::conn::{Conn, Fault, Row, moment, moment_opt, values};
use crate::store::engine::dialect;
use crate::store::standing::insert_hold_after;
use crate::store::{Store, StoreError};

/// A question to the creditor about a debt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The case that it is of.
    pub case: Number,
    /// Whether it has been paid; else whether it is owed.
    pub whether_paid: bool,
    pub asked_at: Timestamp,
    /// Some system of his was sent it; else somebody has to ask him.
    pub told: bool,
    /// By when he is to answer.
    pub answer_by: Option<Timestamp>,
    /// What he says of the debt, and when: it is owed, or not.
    pub answer: Option<(bool, Timestamp)>,
    /// The case is closed.
    pub closed: bool,
}

/// What became of the wish to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedPaid {
    Now(Number),
    /// The question is out already.
    Before,
    /// The debt is settled.
    NothingOwed,
    /// There is no such call.
    NoAttempt,
}

impl Store {
    /// Asks the creditor whether the debt that a call is about has been paid: the dispute of somebody who says so, with its hold
    /// on the debt, in one transaction. The call itself goes on.
    ///
    /// # Errors
    /// When the database fails: then nobody is asked yet.
    pub async fn ask_paid(
        &self,
        attempt: AttemptId,
        agent: &AgentId,
        now: Timestamp,
    ) -> Result<AskedPaid, StoreError> {
        let (agent, terms) = (agent.clone(), self.terms());
        let written = self.write(move |conn| {
            Box::pin(async move { ask(conn, attempt, (agent.as_str(), &terms), now).await })
        });
        written.await.map_err(|source| StoreError::Desk { attempt, source })
    }
}

async fn ask(
    conn: &mut Conn,
    attempt: AttemptId,
    (by, terms): (&str, &Terms),
    now: Timestamp,
) -> Result<AskedPaid, Fault> {
    let Some(row) = conn.first(WHOSE, values![attempt]).await? else { return Ok(AskedPaid::NoAttempt) };
    let (person, debt) = (PersonId(row.int(0)?), DebtId(row.int(1)?));
    // Person, attempt, debt, chains: the order of all writers.
    dialect::lock_person(conn, person).await?;
    conn.one(dialect::open_attempt(conn), values![attempt]).await?;
    dialect::lock_debt(conn, debt).await?;
    if conn.first(UNSETTLED, values![debt]).await?.is_none() {
        return Ok(AskedPaid::NothingOwed);
    }
    if conn.first(ASKED, values![debt]).await?.is_some() {
        return Ok(AskedPaid::Before);
    }
    let opening = Opening {
        kind: Kind::Dispute,
        source: Source::Agent,
        person: Some(person),
        debt: Some(debt),
        says_paid: true,
        attempt: Some(attempt),
        received: now,
        by,
        text: "",
    };
    let Some(opened) = open(conn, opening, terms, now).await? else { return Ok(AskedPaid::Before) };
    let hold = Hold {
        debt: Some(debt),
        evidence: Some(format!("attempt {attempt}")),
        ..Hold::new(HoldKind::DisputeOpen, person, now)
    };
    // A hold takes back the calls decided before it; not this one, in which it came up.
    let id = insert_hold_after(conn, &hold, AttemptId(attempt.0 - 1), now).await?;
    tie(conn, opened.number, id).await?;
    opened.seal(conn, now).await.map(AskedPaid::Now)
}

/// The last question about a debt.
pub(super) async fn question(conn: &mut Conn, debt: DebtId) -> Result<Option<Question>, Fault> {
    conn.first(QUESTION, values![debt]).await?.map(|row| read(&row)).transpose()
}

fn read(row: &Row) -> Result<Question, Fault> {
    let said_at = moment_opt(row.int_opt(6)?)?;
    let owed = row.text_opt(5)?.map(|said| said == "owed");
    Ok(Question {
        case: Number(row.int(0)?),
        whether_paid: row.int(1)? != 0,
        asked_at: moment(row.int(2)?)?,
        told: row.int(3)? != 0,
        answer_by: moment_opt(row.int_opt(4)?)?,
        answer: owed.zip(said_at),
        closed: row.text(7)? == "closed",
    })
}

const WHOSE: &str = "SELECT person_id, debt_id FROM attempt WHERE id = $1";
const UNSETTLED: &str = "SELECT 1 FROM debt WHERE id = $1 AND state IN ('open', 'disputed')";
const ASKED: &str = "SELECT 1 FROM case_debt t JOIN case_file c ON c.id = t.case_id WHERE t.debt_id = $1 \
    AND c.says_paid = 1 AND c.state <> 'closed' AND t.said IS NULL";
const QUESTION: &str = "SELECT c.id, c.says_paid, COALESCE(t.asked_at, c.received_at), c.asked_told, c.asked_due_at, t.said, t.said_at, c.state \
    FROM case_debt t JOIN case_file c ON c.id = t.case_id WHERE t.debt_id = $1 ORDER BY c.id DESC LIMIT 1";
