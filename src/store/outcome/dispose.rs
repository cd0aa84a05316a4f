//! What an agent writes of his talk: everything that follows from it, in one transaction.

use jiff::Timestamp;

use super::finish::Open;
use super::money::rest;
use crate::campaign::{DoneWhy, Follows, NextStep};
use crate::cases::{Kind, Source, Terms};
use crate::domain::contact::ContactState;
use crate::domain::{AgentId, AttemptId, Channel, Disposition, Outcome};
use crate::store::cases::{Opening, open_of_hold};
use crate::store::debtor_type::retype_to;
use crate::store::desk::{NewCallback, book, cancel_offered, hold_for_callback};
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::engine::dialect;
use crate::store::gate::{Sealed, correct_call, seal, seal_attempt};
use crate::store::standing::insert_hold;
use crate::store::tally;
use crate::store::told::{TalkTold, WrittenTold, tell};
use crate::store::{ByHand, Store, StoreError};

/// An agent's disposition with all that follows.
#[derive(Debug, Clone)]
pub struct DisposeRequest {
    pub attempt: AttemptId,
    pub agent: AgentId,
    /// The house's own code.
    pub code: String,
    pub follows: Follows,
    /// Why it was not paid.
    pub reason: Option<String>,
    /// The agreed call is to be his own.
    pub callback_is_mine: bool,
    /// The wrap-up's time was over.
    pub late: bool,
}

/// Whether this was the disposition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposed {
    Now,
    /// The call has one; nothing was changed.
    Before,
    /// The call is not over.
    Open,
    /// There is no such call.
    NoAttempt,
}

impl Store {
    /// Writes an agent's disposition: the attempt, the ledger, holds, the contact, promise, callback, type, reactions and the
    /// word to the creditor, in one transaction. A second one changes nothing.
    ///
    /// # Errors
    /// When the database fails: nothing is written then, and it may be written again.
    pub async fn dispose(&self, request: DisposeRequest, now: Timestamp) -> Result<Disposed, StoreError> {
        let (attempt, terms) = (request.attempt, self.terms());
        let written =
            self.write(move |conn| Box::pin(async move { dispose(conn, &request, &terms, now).await }));
        written.await.map_err(|source| StoreError::Finish { attempt, source })
    }
}

async fn dispose(
    conn: &mut Conn,
    request: &DisposeRequest,
    terms: &Terms,
    now: Timestamp,
) -> Result<Disposed, Fault> {
    let attempt = request.attempt;
    let whose = "SELECT person_id FROM attempt WHERE id = $1";
    let Some(row) = conn.first(whose, values![attempt]).await? else { return Ok(Disposed::NoAttempt) };
    // The person first, as everywhere.
    dialect::lock_person(conn, crate::domain::PersonId(row.int(0)?)).await?;
    let sql = dialect::open_attempt(conn);
    let row = conn.one(sql, values![attempt]).await?;
    let Some(outcome) = row.code_opt(0, "outcome", Outcome::parse)? else { return Ok(Disposed::Open) };
    let open = Open::read(&row)?;
    let tallied = tally::before(conn, open.debt).await?;
    if !note(conn, request, now).await? {
        return Ok(Disposed::Before);
    }
    let by = ByHand { who: request.agent.to_string(), evidence: format!("attempt {attempt}") };
    write_attempt(conn, request).await?;
    correct_call(conn, (attempt, open.person), request.follows.kind, &by, now).await?;
    forbid(conn, &open, request, terms, now).await?;
    move_contact(conn, &open, &request.follows).await?;
    if request.follows.disposition == Disposition::WrongPerson {
        let sql = "UPDATE phone SET state = 'wrong_person' WHERE person_id = $1 AND e164 = $2";
        conn.run(sql, values![open.person, open.phone.as_str()]).await?;
    }
    write_reactions(conn, &open, request, now).await?;
    write_promise(conn, &open, request, now).await?;
    if settles(&request.follows) {
        cancel_offered(conn, open.contact, open.reserved_at, now).await?;
    }
    if request.follows.promise.is_some() {
        rest(conn, (open.debt, Some(open.contact)), open.reserved_at, now).await?;
    }
    if let Some(agreed) = request.follows.callback {
        let agent = request.callback_is_mine.then(|| request.agent.clone());
        let (due_at, expires_at) = (agreed.due, agreed.expires);
        book(conn, &NewCallback { contact: open.contact, due_at, expires_at, agent, wished: true }, now)
            .await?;
    } else {
        // One agreed before for later still waits.
        hold_for_callback(conn, open.contact, now).await?;
    }
    if let Some(became) = request.follows.debtor_type {
        retype_to(conn, open.person, became, (&by.who, &by.evidence), now).await?;
    }
    let told = open.tells(attempt, told(request, outcome));
    tell(conn, open.debt, &told, now).await?;
    // The act, and right after it what it changed.
    seal(conn, (Sealed::Disposed, attempt.0), open.person, now).await?;
    seal_attempt(conn, attempt, open.person, now).await?;
    if open.begun_as == Channel::Ivr {
        tally::number_call(conn, attempt, open.person).await?;
    }
    tallied.note(conn).await?;
    Ok(Disposed::Now)
}

/// It says itself when, or whether, he is called next: what a flow has offered at the talk's end, unasked, is off. Where he was only
/// talked with, or not even that, we have said that we will call, and do.
fn settles(follows: &Follows) -> bool {
    match follows.next {
        _ if follows.promise.is_some() => true,
        NextStep::Hold => true,
        NextStep::Done(why) => match why {
            DoneWhy::Disputed | DoneWhy::NoPhone | DoneWhy::Paid | DoneWhy::Stopped => true,
            DoneWhy::BudgetSpent | DoneWhy::CampaignOver | DoneWhy::NotRetried => false,
            DoneWhy::OffTarget | DoneWhy::Reached => false,
        },
        NextStep::Wait(_) => false,
    }
}

/// Sets what keeps us from calling him from now on; a complaint and a dispute are cases.
async fn forbid(
    conn: &mut Conn,
    open: &Open,
    request: &DisposeRequest,
    terms: &Terms,
    now: Timestamp,
) -> Result<(), Fault> {
    let opening = Opening {
        kind: Kind::Ordinary,
        source: Source::Agent,
        person: Some(open.person),
        debt: None,
        says_paid: request.follows.disposition == Disposition::AlreadyPaid,
        attempt: Some(request.attempt),
        received: now,
        by: request.agent.as_str(),
        text: "",
    };
    for hold in &request.follows.holds {
        let id = insert_hold(conn, hold, now).await?;
        open_of_hold(conn, (hold, id), opening, terms, now).await?;
    }
    Ok(())
}

/// Keeps the agent's own words. `false`: there are some.
async fn note(conn: &mut Conn, request: &DisposeRequest, now: Timestamp) -> Result<bool, Fault> {
    let values = values![
        request.attempt,
        request.agent.as_str(),
        now,
        request.code.as_str(),
        request.follows.disposition.code(),
        request.reason.as_deref(),
        request.follows.promise.map(|promise| promise.amount.minor),
        request.late,
    ];
    Ok(conn.run(DISPOSED, values).await? > 0)
}

async fn write_attempt(conn: &mut Conn, request: &DisposeRequest) -> Result<(), Fault> {
    let follows = &request.follows;
    let promised = follows.promise.map(|promise| promise.on);
    let values = values![request.attempt, follows.disposition.code(), follows.identified, promised];
    conn.run(ATTEMPT, values).await.map(|_| ())
}

/// Moves the contact on, unless it has been dialled again meanwhile; a debt that is paid or disputed ends it.
async fn move_contact(conn: &mut Conn, open: &Open, follows: &Follows) -> Result<(), Fault> {
    let (state, why, next_at) = match (open.debt_ended, follows.next) {
        (Some(why), _) | (None, NextStep::Done(why)) => (ContactState::Done, why.code(), None),
        (None, NextStep::Hold) => (ContactState::Held, "agent_wanted", None),
        (None, NextStep::Wait(at)) => (ContactState::Waiting, Outcome::Answered.code(), Some(at)),
    };
    conn.run(CONTACT, values![open.contact, state.code(), why, next_at]).await.map(|_| ())
}

async fn write_reactions(
    conn: &mut Conn,
    open: &Open,
    request: &DisposeRequest,
    now: Timestamp,
) -> Result<(), Fault> {
    let follows = &request.follows;
    let channel = if open.is_inbound() { Channel::InboundCall } else { Channel::AgentCall };
    let mut kinds = Vec::new();
    if follows.identified {
        kinds.push("right_party");
    }
    match follows.disposition {
        Disposition::PromiseToPay => kinds.push("promise"),
        Disposition::Dispute => kinds.push("dispute"),
        Disposition::StopRequested => kinds.push("opt_out"),
        _ => {}
    }
    if follows.complaint {
        kinds.push("complaint");
    }
    for kind in kinds {
        let known = "SELECT 1 FROM reaction WHERE attempt_id = $1 AND kind = $2";
        if conn.first(known, values![request.attempt, kind]).await?.is_none() {
            open.react(conn, (request.attempt, kind, channel), now).await?;
        }
    }
    Ok(())
}

/// A promise that the flow had taken before gives way to the agent's.
async fn write_promise(
    conn: &mut Conn,
    open: &Open,
    request: &DisposeRequest,
    now: Timestamp,
) -> Result<(), Fault> {
    let Some(promise) = request.follows.promise else { return Ok(()) };
    let values = values![
        open.person,
        open.debt,
        request.attempt,
        now,
        promise.on,
        promise.amount.minor,
        promise.amount.currency.code()
    ];
    conn.run(PROMISE, values).await.map(|_| ())
}

fn told(request: &DisposeRequest, outcome: Outcome) -> TalkTold<'_> {
    let follows = &request.follows;
    let promised = follows.promise.map(|promise| promise.amount);
    TalkTold {
        outcome: outcome.code(),
        disposition: Some(follows.disposition.code()),
        identified: follows.identified,
        promised_on: follows.promise.map(|promise| promise.on),
        asks: &follows.asks,
        written: Some(WrittenTold {
            agent: request.agent.as_str(),
            written_as: &request.code,
            promised_minor: promised.map(|money| money.minor),
            currency: promised.map(|money| money.currency.code()),
            reason: request.reason.as_deref(),
        }),
    }
}

const DISPOSED: &str = "INSERT INTO disposed (attempt_id, agent, at, code, disposition, reason, promised_minor, late) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (attempt_id) DO NOTHING";
const ATTEMPT: &str = "UPDATE attempt SET disposition = $2, identified = $3, \
    promised_on = COALESCE($4, promised_on), \
    channel = CASE WHEN channel = 'inbound_call' THEN channel ELSE 'agent_call' END WHERE id = $1";
const CONTACT: &str = "UPDATE contact SET state = $2, why = $3, next_at = $4, claimed_until = 0 WHERE id = $1 \
    AND state <> 'in_flight' AND NOT (state = 'done' AND why = 'paid')";
const PROMISE: &str = "INSERT INTO promise (person_id, debt_id, attempt_id, made_at, promised_on, amount_minor, \
    currency) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (attempt_id) DO UPDATE SET \
    promised_on = excluded.promised_on, amount_minor = excluded.amount_minor, made_at = excluded.made_at";
