//! Keeps the floor's time, its history, and the nailed-up phones of those at work.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::TryRecvError;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{Change, Floor, phone, registered};
use crate::agents::{Event, State};
use crate::config::{AgentContact, AgentLeg};
use crate::daemon::house::House;
use crate::domain::AgentId;
use crate::store::{AgentChange, AgentMark};

/// Without a timer the floor is looked at so often.
const LOOK: Duration = Duration::from_secs(1);

/// The phones that are kept up, each with its fixed address and what ends it.
type Nailed = HashMap<AgentId, (Option<AgentContact>, CancellationToken)>;

/// Serves the floor until told to stop. `told`: what the floor has told since it was opened.
pub async fn keep(house: Arc<House>, mut told: broadcast::Receiver<Change>, stop: CancellationToken) {
    let mut changes = house.floor.changes();
    let mut phones = house.stack.phone_events();
    let mut nailed = Nailed::new();
    registered::restore(&house).await;
    loop {
        let wake = house.floor.run_timers();
        note_all(&house, &mut told).await;
        nail_up(&house, &mut nailed, &stop);
        let rest = wake.map_or(LOOK, |at| at.saturating_duration_since(house.clock.now()).min(LOOK));
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            _ = changes.changed() => {}
            event = registered::next(&mut phones) => registered::follow(&house, event).await,
            () = stop.cancelled() => break,
        }
    }
    // What the good-byes of the last calls changed.
    note_all(&house, &mut told).await;
}

async fn note_all(house: &House, told: &mut broadcast::Receiver<Change>) {
    loop {
        match told.try_recv() {
            Ok(change) => note(house, &change).await,
            Err(TryRecvError::Lagged(lost)) => warn!(lost, "changes of agents were not kept"),
            Err(TryRecvError::Empty | TryRecvError::Closed) => return,
        }
    }
}

/// Writes down what an agent did.
async fn note(house: &House, Change { output, attempt }: &Change) {
    let ago = SignedDuration::try_from(house.clock.now().saturating_duration_since(output.at));
    let at = house.clock.wall().saturating_sub(ago.unwrap_or_default()).unwrap_or(jiff::Timestamp::MIN);
    let kept = match &output.event {
        Event::Changed { from, to, why } => {
            info!(agent = %output.agent, from = from.code(), to = to.code(), why = why.code(), "agent");
            let plans = house.plans.load();
            let pauses = &plans.config.agents.plan.pauses;
            let billable = to.pause().and_then(|code| pauses.get(code)).is_some_and(|pause| pause.billable);
            let (agent, to, why) = (output.agent.clone(), to.clone(), *why);
            // A stranger's call has no attempt.
            let attempt = attempt.filter(|attempt| attempt.0 > 0);
            house.store.log_agent(AgentChange { agent, at, to, billable, why, attempt }).await
        }
        Event::HoldOverrun => house.store.mark_agent(&output.agent, at, AgentMark::HoldOverrun).await,
        Event::PauseOverrun => house.store.mark_agent(&output.agent, at, AgentMark::PauseOverrun).await,
        Event::Wishes { then } => house.store.keep_wish(&output.agent, then.clone(), at).await,
        // The time that it takes is its state's.
        Event::WrapUpBegan { .. } => return,
        Event::WrapUpRanOut { disposed, .. } => {
            let mark = if *disposed { AgentMark::WrapUpRanOut } else { AgentMark::WrapUpWithoutDisposition };
            house.store.mark_agent(&output.agent, at, mark).await
        }
    };
    if let Err(fault) = kept {
        warn!(%fault, "what an agent did was not kept");
    }
}

/// Begins the phones of those who came, and ends those of who left.
fn nail_up(house: &Arc<House>, nailed: &mut Nailed, stop: &CancellationToken) {
    let wanted = house.floor.nailed_up_phones();
    nailed.retain(|agent, (contact, stop)| {
        let stays = wanted.get(agent).is_some_and(|wanted| wanted == contact);
        if !stays {
            stop.cancel();
        }
        stays
    });
    for (agent, contact) in wanted {
        if !nailed.contains_key(&agent) {
            let stop = stop.child_token();
            nailed.insert(agent.clone(), (contact.clone(), stop.clone()));
            house.helpers.spawn(phone::nail_up(Arc::clone(house), agent, contact, stop));
        }
    }
}

impl Floor {
    /// Lets what is due happen; gives when to look again.
    fn run_timers(&self) -> Option<Instant> {
        let mut inside = self.lock();
        let now = self.clock.now();
        inside.hang_up_kept(now);
        if inside.core.next_timer().is_some_and(|at| at <= now) {
            inside.core.handle_timers(now);
            self.tell_changes(&mut inside);
        }
        inside.core.next_timer()
    }

    /// The phones that are to be up, each with its fixed address.
    pub(super) fn nailed_up_phones(&self) -> HashMap<AgentId, Option<AgentContact>> {
        let inside = self.lock();
        let at_work = inside.core.everybody().filter(|(_, state, ..)| **state != State::LoggedOut);
        let phone = |(id, state, ..): (&AgentId, &State, Instant, bool)| {
            if state.reservation().is_some_and(|no| inside.elsewhere.contains(&no)) {
                return None;
            }
            let desk = inside.desks.get(id).filter(|desk| desk.leg == AgentLeg::NailedUp)?;
            Some((id.clone(), desk.contact.clone()))
        };
        at_work.filter_map(phone).collect()
    }
}
