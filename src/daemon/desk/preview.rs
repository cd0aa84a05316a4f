//! An agent sees whom he is to call, and decides. That he wants him called is answered when the gate has spoken.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use serde_json::json;
use tokio::sync::oneshot;
use tracing::info;

use super::{Desks, House};
use crate::cli::words;
use crate::daemon::floor::Seat;
use crate::domain::{AgentId, ContactId, Language};
use crate::store::{Previewed, StoreError};
use crate::web::{Decided, DeskAnswer, NotCalled};

/// Somebody an agent is shown.
#[derive(Debug)]
pub struct Shown {
    contact: ContactId,
    ends: Instant,
    decide: oneshot::Sender<(Decided, Reply)>,
}

/// Where the agent's answer goes.
type Reply = oneshot::Sender<DeskAnswer>;

/// What an agent decided of whom he was shown.
#[derive(Debug)]
pub enum Preview {
    Call(Wanted),
    /// The reason's code; the contact's row says so.
    Left(&'static str),
}

/// Somebody whom an agent wants called: he hears whether that is done.
#[derive(Debug)]
pub struct Wanted {
    agent: AgentId,
    contact: ContactId,
    reply: Reply,
}

/// Whom an agent has skipped rests so long, and whom he will call later.
const SKIPPED: SignedDuration = SignedDuration::from_hours(24);
const NOT_NOW: SignedDuration = SignedDuration::from_mins(15);

/// So long the agent waits for what the gate says; his own phone may ring before it is asked.
const GATE_WAIT: Duration = Duration::from_secs(5);

impl Wanted {
    /// His phone is being dialled.
    pub fn called(self) {
        // Whoever asked may be gone.
        self.reply.send(DeskAnswer::Done).ok();
    }

    /// He is not to be called: whoever waits for the answer is told, and so is the desk.
    pub fn not_called(self, house: &House, why: NotCalled) {
        info!(agent = %self.agent, contact = %self.contact, why = why.code, "whom an agent wants called is not");
        tell_not_called(house, &self.agent, self.contact, &why);
        self.reply.send(DeskAnswer::NotCalled(why)).ok();
    }
}

fn tell_not_called(house: &House, agent: &AgentId, contact: ContactId, why: &NotCalled) {
    let told = json!({
        "contact": contact,
        "code": why.code,
        "message": { "en": why.sentence(Language::En), "ru": why.sentence(Language::Ru) },
    });
    house.desks.tell(agent, "not_called", &told);
}

impl Desks {
    /// Shows the contact no more; another one he may be shown stays.
    fn hide(&self, agent: &AgentId, contact: ContactId) {
        let shown = &mut self.lock().shown;
        if shown.get(agent).is_some_and(|shown| shown.contact == contact) {
            shown.remove(agent);
        }
    }

    /// Until when the agent may decide.
    pub(super) fn preview_ends(&self, agent: &AgentId) -> Option<Instant> {
        self.lock().shown.get(agent).map(|shown| shown.ends)
    }
}

/// Takes the agent's decision. Whether whom he wants called is called he hears as soon as it is known, or from his desk's events
/// where that takes too long.
pub(super) async fn decide(house: &House, agent: &AgentId, decided: Decided) -> DeskAnswer {
    let shown = house.desks.lock().shown.remove(agent);
    let (reply, answer) = oneshot::channel();
    match shown.map(|shown| shown.decide.send((decided, reply))) {
        Some(Ok(())) => {}
        // He has decided already, or his time is over.
        Some(Err(_)) | None => return DeskAnswer::NoCall,
    }
    match tokio::time::timeout(GATE_WAIT, answer).await {
        Ok(Ok(answer)) => answer,
        // The store failed amid it: the log says how.
        Ok(Err(_)) => DeskAnswer::NotCalled(reason("failed_us")),
        Err(_) => DeskAnswer::UnderWay,
    }
}

/// How somebody was no longer shown.
enum End {
    Decided(Decided, Reply),
    /// The agent is not kept for him any more; he may be shown another one already.
    AgentGone,
    /// He has paid; whoever has just wanted him called hears it.
    Paid(Option<Reply>),
    /// His time is over, or the house closes.
    RanOut,
}

/// How often it is asked whether whom an agent is shown has paid.
const LOOK: Duration = Duration::from_millis(500);

/// Waits until he has paid.
///
/// # Errors
/// When the store fails.
async fn has_paid(house: &House, contact: ContactId) -> Result<(), StoreError> {
    while !house.store.has_paid(contact).await? {
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

/// Shows a contact to the agent reserved for him, until he has decided, his time is over, or he is lost.
///
/// # Errors
/// When the store fails.
pub async fn preview(
    house: &House,
    seat: &Seat,
    contact: ContactId,
    limit: Duration,
) -> Result<Preview, StoreError> {
    let agent = &seat.agent;
    let (decide, decided) = oneshot::channel();
    let ends = house.clock.now() + limit;
    house.desks.lock().shown.insert(agent.clone(), Shown { contact, ends, decide });
    house.desks.tell(agent, "preview", &json!({ "contact": contact }));
    let end = tokio::select! {
        decided = decided => {
            Ok(decided.map_or(End::AgentGone, |(decided, reply)| End::Decided(decided, reply)))
        }
        () = seat.lost() => Ok(End::AgentGone),
        paid = has_paid(house, contact) => paid.map(|()| End::Paid(None)),
        () = tokio::time::sleep(limit) => Ok(End::RanOut),
        () = house.draining.cancelled() => Ok(End::RanOut),
    };
    house.desks.hide(agent, contact);
    house.desks.tell(agent, "call", &json!({ "contact": contact }));
    let end = match end? {
        End::Decided(Decided::Call, reply) if house.store.has_paid(contact).await? => End::Paid(Some(reply)),
        other => other,
    };
    let (what, said) = match &end {
        End::Decided(Decided::Call, _) => (Previewed::Call, None),
        End::Decided(Decided::NotNow, _) => (Previewed::NotNow, None),
        End::Decided(Decided::Skip(reason), _) => (Previewed::Skip, Some(reason.as_str())),
        End::AgentGone => (Previewed::AgentGone, None),
        End::Paid(_) => (Previewed::Paid, None),
        End::RanOut => (Previewed::RanOut, None),
    };
    house.store.keep_preview(contact, agent, (what, said), house.clock.wall()).await?;
    info!(%agent, %contact, decided = what.code(), "an agent was shown somebody");
    match end {
        End::Decided(Decided::Call, reply) => {
            Ok(Preview::Call(Wanted { agent: agent.clone(), contact, reply }))
        }
        End::Decided(Decided::NotNow, reply) => rest(house, contact, ("not_now", NOT_NOW), reply).await,
        End::Decided(Decided::Skip(_), reply) => rest(house, contact, ("skipped", SKIPPED), reply).await,
        End::AgentGone => {
            house.store.release(vec![contact]).await?;
            Ok(Preview::Left("agent_gone"))
        }
        End::Paid(reply) => {
            let why = reason("paid");
            tell_not_called(house, agent, contact, &why);
            // Whoever asked may be gone.
            reply.map(|reply| reply.send(DeskAnswer::NotCalled(why)));
            Ok(Preview::Left("paid"))
        }
        End::RanOut => {
            house.store.release(vec![contact]).await?;
            // He is not at his desk: nobody else is to wait for him.
            seat.misses();
            Ok(Preview::Left("not_decided"))
        }
    }
}

/// Lets a contact rest for a while.
async fn rest(
    house: &House,
    contact: ContactId,
    (why, lasts): (&'static str, SignedDuration),
    reply: Reply,
) -> Result<Preview, StoreError> {
    let now = house.clock.wall();
    house.store.postpone(contact, why, now.saturating_add(lasts).unwrap_or(now)).await?;
    // Whoever asked may be gone.
    reply.send(DeskAnswer::Done).ok();
    Ok(Preview::Left(why))
}

/// A reason's code with its words.
pub fn reason(code: &str) -> NotCalled {
    let said = |language| words::why(code, language);
    NotCalled { code: code.to_owned(), en: said(Language::En), ru: said(Language::Ru) }
}
