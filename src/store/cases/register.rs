//! A case comes from outside: by the form, the command line or the API.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::open::{Opening, open, tie};
use crate::cases::{Kind, LONGEST_WORDS, NewCase, Number, OLDEST_DAYS, Registered, Terms};
use crate::domain::{AttemptId, Channel, DebtId, EventId, PersonId};
use crate::rules::Hold;
use crate::store::engine::conn::{Conn, Fault, moment, values};
use crate::store::engine::dialect;
use crate::store::outcome::{note_reaction, react_to_call};
use crate::store::standing::{insert_hold, note_deed};
use crate::store::tally::{self, LastAction, last_action};
use crate::store::{ByHand, Store, StoreError};

/// Differences between clocks that mean nothing.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_mins(10);

impl Store {
    /// Registers a case and, where it is known whom it is about, holds him in the same transaction.
    ///
    /// # Errors
    /// When the database fails: nothing is registered then, and nothing held.
    pub async fn register_case(
        &self,
        case: NewCase,
        who: String,
        now: Timestamp,
    ) -> Result<Registered, StoreError> {
        let terms = self.terms();
        let written =
            self.write(move |conn| Box::pin(async move { register(conn, &case, (&who, &terms), now).await }));
        written.await.map_err(|source| StoreError::Case { source })
    }
}

async fn register(
    conn: &mut Conn,
    case: &NewCase,
    (who, terms): (&str, &Terms),
    now: Timestamp,
) -> Result<Registered, Fault> {
    let slack = now.checked_add(CLOCK_SLACK).unwrap_or(now);
    let oldest = now.checked_sub(SignedDuration::from_hours(24 * i64::from(OLDEST_DAYS)));
    if case.received > slack {
        return Ok(Registered::InFuture);
    }
    if oldest.is_ok_and(|oldest| case.received < oldest) {
        return Ok(Registered::TooOld);
    }
    if case.text.chars().count() > LONGEST_WORDS {
        return Ok(Registered::TooLong);
    }
    let whose = match whom(conn, case).await? {
        Ok(whose) => whose,
        Err(why) => return Ok(why),
    };
    if let Some(person) = whose {
        dialect::lock_person(conn, person).await?;
    }
    let debt = match (&case.debt, whose) {
        (None, _) => None,
        (Some(debt), Some(person)) => {
            match conn.all(DEBT, values![person, debt, case.creditor.as_deref()]).await?.as_slice() {
                [row] => Some(DebtId(row.int(0)?)),
                _ => return Ok(Registered::NoDebt),
            }
        }
        (Some(_), None) => return Ok(Registered::NoDebt),
    };
    let told = told_as(case);
    if let Some(id) = &case.outside_id
        && let Some(said) = said_before(conn, case, id).await?
    {
        let known = said.split_once(' ').and_then(|(hash, number)| Some((hash, number.parse().ok()?)));
        return Ok(match known {
            Some((hash, number)) if hash == told => Registered::Known { number: Number(number) },
            _ => Registered::Differs,
        });
    }
    let (kind, source) = (case.kind, case.source);
    let opening = Opening {
        kind,
        source,
        person: whose,
        debt,
        says_paid: false,
        attempt: case.attempt,
        received: case.received.min(now),
        by: who,
        text: &case.text,
    };
    let opened = open(conn, opening, terms, now).await?.ok_or(Fault::Unreadable { what: "new case" })?;
    let number = opened.number;
    if let Some(id) = &case.outside_id {
        conn.run(TELL, values![teller(case), id, format!("{told} {}", number.0)]).await?;
    }
    if let Some(person) = whose {
        if !kind.is_dispute() {
            blame(conn, number, (person, debt), now).await?;
        }
        hold(conn, (number, kind), (person, debt), who, now).await?;
    }
    opened.seal(conn, now).await?;
    Ok(Registered::New { number, held: whose.is_some() })
}

/// Counts a complaint as a reaction to the call it names, else to the person's last action before it that its channel's window
/// still believes; there may be none. Before the chains are taken, as every finish does.
pub(super) async fn blame(
    conn: &mut Conn,
    number: Number,
    (person, debt): (PersonId, Option<DebtId>),
    now: Timestamp,
) -> Result<(), Fault> {
    let case = conn.one(NAMED, values![number.0]).await?;
    let blamed = match case.int_opt(0)? {
        Some(attempt) => Some(LastAction::Call(AttemptId(attempt), case.code(1, "channel", Channel::parse)?)),
        None => last_action(conn, (person, debt), moment(case.int(2)?)?).await?,
    };
    match blamed {
        Some(LastAction::Call(attempt, channel)) => {
            conn.run(BLAME, values![number.0, attempt]).await?;
            react_to_call(conn, (attempt, "complaint", channel), now).await
        }
        Some(LastAction::Outside(event, debt)) => {
            conn.run(BLAME_OUTSIDE, values![number.0, event]).await?;
            let tallied = tally::before(conn, debt).await?;
            conn.run(COMPLAINED, values![event]).await?;
            note_reaction(conn, (event, "complaint"), now).await?;
            tallied.note(conn).await
        }
        None => Ok(()),
    }
}

/// Opens the case that a contact told by another system has brought, and holds whom it is about.
///
/// # Errors
/// The database's.
pub(in crate::store) async fn open_of_contact(
    conn: &mut Conn,
    (opening, event): (Opening<'_>, EventId),
    terms: &Terms,
    now: Timestamp,
) -> Result<(), Fault> {
    let opened = open(conn, opening, terms, now).await?.ok_or(Fault::Unreadable { what: "new case" })?;
    let number = opened.seal(conn, now).await?;
    if !opening.kind.is_dispute() {
        conn.run(BLAME_OUTSIDE, values![number.0, event]).await?;
    }
    match opening.person {
        Some(person) => hold(conn, (number, opening.kind), (person, opening.debt), opening.by, now).await,
        None => Ok(()),
    }
}

/// Sets the case's hold, by hand of whoever registers, links or reopens it.
pub(super) async fn hold(
    conn: &mut Conn,
    (number, kind): (Number, Kind),
    (person, debt): (PersonId, Option<DebtId>),
    who: &str,
    now: Timestamp,
) -> Result<(), Fault> {
    let by = ByHand { who: who.to_owned(), evidence: format!("case {number}") };
    let debt = debt.filter(|_| kind.is_dispute());
    let hold = Hold { debt, evidence: Some(by.evidence.clone()), ..Hold::new(kind.hold(), person, now) };
    let id = insert_hold(conn, &hold, now).await?;
    tie(conn, number, id).await?;
    note_deed(conn, person, ("hold_added", id), &by, now).await
}

/// Whom it is about: whoever has the id or the number, or was called; nobody where neither is told.
async fn whom(conn: &mut Conn, case: &NewCase) -> Result<Result<Option<PersonId>, Registered>, Fault> {
    let called = match case.attempt {
        Some(attempt) => match conn.first(CALLED, values![attempt]).await? {
            Some(row) => Some(PersonId(row.int(0)?)),
            None => return Ok(Err(Registered::NoAttempt)),
        },
        None => None,
    };
    let Some(named) = &case.person else { return Ok(Ok(called)) };
    let found = persons(conn, named).await?;
    Ok(match (found.as_slice(), called) {
        ([], _) => Err(Registered::NoPerson),
        (found, Some(called)) if found.contains(&called) => Ok(Some(called)),
        (_, Some(_)) => Err(Registered::NoAttempt),
        ([one], None) => Ok(Some(*one)),
        (_, None) => Err(Registered::Several),
    })
}

/// Whoever has this id in the lists, or this number.
pub(super) async fn persons(conn: &mut Conn, id_or_phone: &str) -> Result<Vec<PersonId>, Fault> {
    conn.all(PEOPLE, values![id_or_phone]).await?.iter().map(|row| Ok(PersonId(row.int(0)?))).collect()
}

/// Who counts the ids of this case: its source, or a creditor's.
fn teller(case: &NewCase) -> String {
    match &case.creditor {
        Some(creditor) => format!("case {} {creditor}", case.source.code()),
        None => format!("case {}", case.source.code()),
    }
}

/// What was told by this id: a hash and the case's number.
async fn said_before(conn: &mut Conn, case: &NewCase, id: &str) -> Result<Option<String>, Fault> {
    conn.first(TOLD, values![teller(case), id]).await?.map(|row| row.text(0)).transpose()
}

// What was told, as a hash.
fn told_as(case: &NewCase) -> String {
    let attempt = case.attempt.map(|attempt| attempt.0);
    let words = (&case.person, &case.debt, attempt, &case.text);
    let text = serde_json::to_string(&(case.kind.code(), case.source.code(), words)).expect("text");
    hex::encode(Sha256::digest(text))
}

const NAMED: &str = "SELECT c.attempt_id, a.channel, c.received_at FROM case_file c \
    LEFT JOIN attempt a ON a.id = c.attempt_id WHERE c.id = $1";
const BLAME: &str = "UPDATE case_file SET of_attempt_id = $2 WHERE id = $1";
const BLAME_OUTSIDE: &str = "UPDATE case_file SET of_event_id = $2 WHERE id = $1";
const COMPLAINED: &str = "UPDATE outside_action SET complaint = 1 WHERE event_id = $1";
const PEOPLE: &str = "SELECT id FROM person WHERE external_id = $1 OR id IN (SELECT person_id FROM phone WHERE e164 = $1) \
    ORDER BY id";
const CALLED: &str = "SELECT person_id FROM attempt WHERE id = $1";
const DEBT: &str = "SELECT d.id FROM debt d JOIN creditor k ON k.id = d.creditor_id WHERE d.person_id = $1 \
    AND d.external_id = $2 AND k.name = COALESCE($3, k.name)";
const TOLD: &str = "SELECT hash FROM told_event WHERE source = $1 AND external_id = $2";
const TELL: &str = "INSERT INTO told_event (source, external_id, hash) VALUES ($1, $2, $3)";
