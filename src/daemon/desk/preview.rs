//! An agent sees whom he is to call, and decides.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use serde_json::json;
use tokio::sync::oneshot;
use tracing::info;

use super::subject::subject;
use super::{Desks, House};
use crate::agents::Input;
use crate::domain::{AgentId, ContactId};
use crate::store::{Previewed, StoreError};
use crate::web::{Decided, DeskAnswer};

/// Somebody an agent is shown.
#[derive(Debug)]
pub struct Shown {
    ends: Instant,
    decide: oneshot::Sender<Decided>,
}

/// Whom an agent has skipped rests so long, and whom he will call later.
const SKIPPED: SignedDuration = SignedDuration::from_hours(24);
const NOT_NOW: SignedDuration = SignedDuration::from_mins(15);

impl Desks {
    /// Until when the agent may decide.
    pub(super) fn preview_ends(&self, agent: &AgentId) -> Option<Instant> {
        self.lock().shown.get(agent).map(|shown| shown.ends)
    }

    /// Takes the agent's decision.
    fn decide(&self, agent: &AgentId, decided: Decided) -> DeskAnswer {
        let shown = self.lock().shown.remove(agent);
        match shown.map(|shown| shown.decide.send(decided)) {
            Some(Ok(())) => DeskAnswer::Done,
            // He has decided already, or his time is over.
            Some(Err(_)) | None => DeskAnswer::NoCall,
        }
    }
}

/// Takes the agent's decision. To call whose debt is closed meanwhile comes to nothing, for the gate asks for itself: he hears why.
///
/// # Errors
/// When the store fails.
pub(super) async fn decide(
    house: &House,
    agent: &AgentId,
    decided: Decided,
) -> Result<DeskAnswer, StoreError> {
    let calls = decided == Decided::Call && house.desks.preview_ends(agent).is_some();
    let closed = calls && subject(house, agent).await?.is_some_and(|subject| !subject.file.debt_open);
    Ok(match house.desks.decide(agent, decided) {
        DeskAnswer::Done if closed => DeskAnswer::DebtNotOpen,
        answer => answer,
    })
}

/// Shows a contact to the agent reserved for him. `None`: he calls; otherwise the reason's code, and the contact's row says so.
///
/// # Errors
/// When the store fails.
pub async fn preview(
    house: &House,
    agent: &AgentId,
    contact: ContactId,
    limit: Duration,
) -> Result<Option<&'static str>, StoreError> {
    let (decide, decided) = oneshot::channel();
    let ends = house.clock.now() + limit;
    house.desks.lock().shown.insert(agent.clone(), Shown { ends, decide });
    house.desks.tell(agent, "preview", &json!({ "contact": contact }));
    let decided = tokio::select! {
        decided = decided => decided.ok(),
        () = tokio::time::sleep(limit) => None,
        () = house.draining.cancelled() => None,
    };
    house.desks.lock().shown.remove(agent);
    house.desks.tell(agent, "call", &json!({ "contact": contact }));
    let now = house.clock.wall();
    let later = |rest| now.saturating_add(rest).unwrap_or(now);
    let (what, reason, why, until) = match &decided {
        Some(Decided::Call) => (Previewed::Call, None, None, None),
        Some(Decided::NotNow) => (Previewed::NotNow, None, Some("not_now"), Some(later(NOT_NOW))),
        Some(Decided::Skip(reason)) => {
            (Previewed::Skip, Some(reason.as_str()), Some("skipped"), Some(later(SKIPPED)))
        }
        None => (Previewed::RanOut, None, Some("not_decided"), None),
    };
    house.store.keep_preview(contact, agent, (what, reason), now).await?;
    info!(%agent, %contact, decided = what.code(), "an agent was shown somebody");
    match (why, until) {
        (Some(why), Some(until)) => drop(house.store.postpone(contact, why, until).await?),
        (Some(_), None) => {
            house.store.release(vec![contact]).await?;
            // He is not at his desk: nobody else is to wait for him.
            if let Some(no) = house.floor.reservation(agent) {
                house.floor.tell(agent, Input::Missed(no)).ok();
            }
        }
        (None, _) => {}
    }
    Ok(why)
}
