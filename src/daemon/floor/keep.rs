//! Keeps the floor's time and the nailed-up phones of those at work.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;
use tracing::info;

use super::{Floor, phone};
use crate::agents::{Event, State};
use crate::config::{AgentContact, AgentLeg};
use crate::daemon::house::House;
use crate::domain::AgentId;

/// Without a timer the floor is looked at so often.
const LOOK: Duration = Duration::from_secs(1);

/// Serves the floor until told to stop.
pub async fn keep(house: Arc<House>, stop: CancellationToken) {
    let (mut told, mut changes) = (house.floor.listen(), house.floor.changes());
    let mut nailed: HashMap<AgentId, (AgentContact, CancellationToken)> = HashMap::new();
    loop {
        let wake = house.floor.run_timers();
        while let Ok(output) = told.try_recv() {
            if let Event::Changed { from, to, why } = &output.event {
                info!(agent = %output.agent, from = from.code(), to = to.code(), why = why.code(), "agent");
            }
        }
        nail_up(&house, &mut nailed, &stop);
        let rest = wake.map_or(LOOK, |at| at.saturating_duration_since(house.clock.now()).min(LOOK));
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            _ = changes.changed() => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Begins the phones of those who came, and ends those of who left.
fn nail_up(
    house: &Arc<House>,
    nailed: &mut HashMap<AgentId, (AgentContact, CancellationToken)>,
    stop: &CancellationToken,
) {
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
        if inside.core.next_timer().is_some_and(|at| at <= now) {
            inside.core.handle_timers(now);
            self.tell_changes(&mut inside);
        }
        inside.core.next_timer()
    }

    /// The phones that are to be up.
    fn nailed_up_phones(&self) -> HashMap<AgentId, AgentContact> {
        let inside = self.lock();
        let at_work = inside.core.everybody().filter(|(_, state, ..)| **state != State::LoggedOut);
        let phone = |(id, ..): (&AgentId, &State, Instant, bool)| {
            let desk = inside.desks.get(id).filter(|desk| desk.leg == AgentLeg::NailedUp)?;
            Some((id.clone(), desk.contact.clone()?))
        };
        at_work.filter_map(phone).collect()
    }
}
