//! How many calls a campaign starts: as its lines allow, as agents are free, or as prediction affords.

mod board;
mod fit;
mod memory;
mod pace;

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use jiff::civil::Time;
use serde_json::json;
use tokio::sync::broadcast;
use tracing::warn;

pub use board::{PaceNow, Paces};
pub use pace::{Pace, Ticket};

use self::fit::Wants;
use super::floor::Change;
use super::house::House;
use super::turn::Turn;
use crate::agents::{Able, Caller, Need, State, Wish};
use crate::campaign::{CampaignPlan, Dialling, Prediction};
use crate::domain::{AgentId, CampaignId};
use crate::pacing::{Clock, Decision, Plan};
use crate::store::{CallbackRow, DueBy, DueKind, QueuedCaller};

/// A reservation for a call outlasts its ringing by so much: judging, and the agent's own phone.
const AFTER_RING: Duration = Duration::from_secs(60);
/// So long a due call waits for the agent who agreed it, while he is at work.
const HIS_OWN: SignedDuration = SignedDuration::from_mins(5);
/// No call is started in this last part of a shift.
const BEFORE_END: Duration = Duration::from_secs(45);
/// So long the look at a queue's callers serves.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// One campaign's pacing.
#[derive(Debug)]
pub(super) struct Pacing {
    house: Arc<House>,
    floor: broadcast::Receiver<Change>,
    campaign: CampaignId,
    /// The day's pacer and the shift it is for, of a predictive campaign.
    pace: Option<(Arc<Pace>, jiff::civil::Date)>,
    kept: Option<memory::Kept>,
    /// What the agents can serve whom prediction counts on; `None`: all of the queue's.
    pool: Option<Need>,
    /// Whom agents would talk to, and when that was read.
    queued: Option<(Instant, Vec<QueuedCaller>)>,
    /// Which agreed calls are due, and when that was read.
    due: Option<(Instant, Vec<DueKind>)>,
    heeds_agents: bool,
}

/// What a call gets before it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Equipment {
    Nothing,
    /// An agent who is kept for it.
    Seat(Wish),
    /// A place in its pacer's count.
    Ticket,
}

/// Contacts to claim, and what their calls get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Batch {
    /// Whom agents would talk to; `None`: whoever is in the queue.
    pub callers: Option<Vec<Arc<str>>>,
    pub most: u32,
    /// Ready agents who can each serve all of them, for calls that get one.
    agents: Option<Vec<AgentId>>,
    ticket: bool,
}

impl Batch {
    /// What these contacts' calls get, one after the other.
    pub fn equipment(&self) -> impl Iterator<Item = Equipment> {
        let agents = self.agents.iter().flatten();
        let rest = if self.ticket { Equipment::Ticket } else { Equipment::Nothing };
        let rest = self.agents.is_none().then(|| std::iter::repeat(rest));
        agents.map(|agent| Equipment::Seat(Wish::Rather(agent.clone()))).chain(rest.into_iter().flatten())
    }

    /// Its calls are made before their agents are known.
    pub fn is_predicted(&self) -> bool {
        self.ticket
    }
}

impl Pacing {
    pub fn new(house: &Arc<House>, campaign: CampaignId) -> Self {
        let (house, floor) = (Arc::clone(house), house.floor.listen());
        Self {
            house,
            floor,
            campaign,
            pace: None,
            kept: None,
            pool: None,
            queued: None,
            due: None,
            heeds_agents: false,
        }
    }

    /// Whether a change on the floor may let more calls start.
    pub fn heeds_agents(&self) -> bool {
        self.heeds_agents
    }

    /// Whom to claim now, `lines` at most, in this order. A predictive campaign's starts are taken as made.
    pub async fn batches(&mut self, plan: &CampaignPlan, lines: u32) -> Vec<Batch> {
        self.heeds_agents = plan.dialling.agents().is_some();
        match &plan.dialling {
            Dialling::Agentless => {
                self.told(PaceNow::Lines(lines));
                vec![Batch { callers: None, most: lines, agents: None, ticket: false }]
            }
            Dialling::Preview(..) | Dialling::Progressive(_) => {
                let free = self.free(plan);
                self.told(PaceNow::Seats { free, lines });
                if free == 0 || lines == 0 {
                    return Vec::new();
                }
                let (wants, agents) = self.fit(plan).await;
                self.seated(&wants, &agents, |_| true)
            }
            Dialling::Predictive(_, by) => self.predicted(plan, by, lines).await,
        }
    }

    /// Whoever few can serve has one of them kept for him; the others are called as the pacer affords.
    async fn predicted(&mut self, plan: &CampaignPlan, by: &Prediction, lines: u32) -> Vec<Batch> {
        if self.pace.is_none() {
            return Vec::new();
        }
        let (wants, agents) = self.fit(plan).await;
        let pool = fit::pool(&agents, &wants.needs);
        if let Some(pool) = &pool {
            self.count_on(plan, &wants.needs[pool.main]);
        }
        let Some(pace) = self.pace(plan) else { return Vec::new() };
        let Decision { dial, why, .. } = pace.decide(&plan.name);
        self.told(PaceNow::Predicted { why, met: pace.counts(), cap: by.cap.share });
        let most = lines.min(u32::try_from(dial).unwrap_or(u32::MAX));
        let Some(pool) = pool.filter(|_| most > 0) else { return Vec::new() };
        // The pacer has room for a call more: an agent who is ready then is not owed to the calls that are out.
        let mut batches = self.seated(&wants, &agents, |want| !pool.predicted.contains(&want));
        batches.iter_mut().for_each(|batch| batch.most = batch.most.min(most));
        let callers = wants.callers(&pool.predicted);
        batches.push(Batch { callers, most, agents: None, ticket: true });
        batches
    }

    /// For each ready agent somebody whom he can serve, as far as it is one of the wants `of`.
    fn seated(&self, wants: &Wants, agents: &[Able], of: impl Fn(usize) -> bool) -> Vec<Batch> {
        let ready = agents.iter().filter(|able| able.state == State::Ready);
        let shares = fit::shares(ready.skip(self.house.floor.waited_for()), of);
        let batch = |share: fit::Share| Batch {
            callers: wants.callers(&share.wants),
            most: u32::try_from(share.agents.len()).unwrap_or(u32::MAX),
            agents: Some(share.agents),
            ticket: false,
        };
        shares.into_iter().map(batch).collect()
    }

    /// What those in the queue ask of an agent, and who of the agents can do it.
    async fn fit(&mut self, plan: &CampaignPlan) -> (Wants, Vec<Able>) {
        let now = self.house.clock.now();
        if self.queued.as_ref().is_none_or(|(at, _)| !is_fresh(*at, now)) {
            let queued = self.house.store.queued_callers(self.campaign).await.unwrap_or_else(|fault| {
                warn!(%fault, "the store did not tell whom agents would talk to: nothing is dialled");
                Vec::new()
            });
            self.queued = Some((now, queued));
        }
        let queued = self.queued.as_ref().map_or(&[][..], |(_, queued)| queued.as_slice());
        let wants = Wants::of(queued, |caller| self.need(plan, caller, Wish::Anybody));
        let agents = self.house.floor.able_for(&wants.needs);
        (wants, agents)
    }

    /// Which agreed calls the agents who are free now could make.
    pub async fn agreed(&mut self, plan: &CampaignPlan) -> Vec<DueBy> {
        // Outside the shift nobody is dialled, whatever was agreed.
        let is_over = matches!(plan.dialling, Dialling::Predictive(..)) && self.pace.is_none();
        if is_over || self.free(plan) == 0 {
            return Vec::new();
        }
        let now = self.house.clock.now();
        if self.due.as_ref().is_none_or(|(at, _)| !is_fresh(*at, now)) {
            let due = self.house.store.due_kinds(self.campaign, self.house.clock.wall()).await;
            let due = due.unwrap_or_else(|fault| {
                warn!(%fault, "the store did not tell which agreed calls are due: none is made");
                Vec::new()
            });
            self.due = Some((now, due));
        }
        let due = self.due.as_ref().map_or(&[][..], |(_, due)| due.as_slice());
        due.iter().filter_map(|kind| self.may_be_made(plan, kind)).collect()
    }

    /// Which calls of this kind an agent is free for: the one who agreed them, or whoever can do it once he had his time.
    fn may_be_made(&self, plan: &CampaignPlan, kind: &DueKind) -> Option<DueBy> {
        let now = self.house.clock.wall();
        let is_free = |wish: Wish| {
            let need = self.need(plan, &kind.queued.caller, wish);
            need.is_some_and(|need| self.house.floor.free(&need) > 0)
        };
        let his = kind.agent.as_ref().filter(|agent| self.is_at_work(agent));
        let by = match his {
            Some(agent) if is_free(Wish::Only(agent.clone())) => now,
            Some(_) => now.saturating_sub(HIS_OWN).unwrap_or(now),
            None => now,
        };
        let (key, agent) = (Arc::clone(&kind.queued.key), kind.agent.clone());
        is_free(Wish::Anybody).then_some(DueBy { key, agent, by })
    }

    /// What an agreed call of a campaign for agents gets.
    pub fn for_agreed(&self, agreed: &CallbackRow) -> Equipment {
        Equipment::Seat(self.wish(agreed))
    }

    /// Gives a turn what it gets; `false`: no agent who could take this call is free.
    pub fn equip(&self, turn: &mut Turn, with: Equipment) -> bool {
        match with {
            Equipment::Nothing => true,
            Equipment::Seat(wish) => {
                let caller = turn.caller();
                // He who took his promise comes before whoever is idle.
                let wish =
                    if turn.agreed.is_none() && caller.promised_to.is_some() { Wish::Anybody } else { wish };
                turn.seat =
                    self.need(&turn.plan, &caller, wish).and_then(|need| self.house.floor.seat(&need));
                self.announced(turn)
            }
            Equipment::Ticket => {
                // His list may have told something else of him since the queue was looked at.
                let pace = self.pace.as_ref().filter(|_| self.all_can_serve(turn));
                turn.ticket = pace.map(|(pace, _)| pace.dial());
                turn.ticket.is_some()
            }
        }
    }

    /// Whether each agent who is counted on could take this call.
    fn all_can_serve(&self, turn: &Turn) -> bool {
        let Some(need) = self.need(&turn.plan, &turn.caller(), Wish::Anybody) else { return false };
        let can = self.house.floor.who_can(&need);
        let counted_on = self.present(&turn.plan);
        let mut at_work = counted_on.iter().filter(|(_, state)| *state != State::LoggedOut);
        at_work.all(|(agent, _)| can.iter().any(|(id, _)| id == agent))
    }

    /// The agent reserved sees whom he will talk to before the call is made. `false`: none is.
    fn announced(&self, turn: &Turn) -> bool {
        let Some(seat) = &turn.seat else { return false };
        seat.expects(turn.contact.id);
        self.house.desks.tell(&seat.agent, "call", &json!({ "contact": turn.contact.id }));
        true
    }

    fn told(&self, pace: PaceNow) {
        self.house.paces.note(self.campaign, self.house.clock.now(), pace);
    }

    /// Agents of the queue who are free, for whomever.
    fn free(&self, plan: &CampaignPlan) -> u32 {
        let need = plan.dialling.agents().and_then(|calls| self.house.floor.need_of_all(&calls.queue));
        need.map_or(0, |need| u32::try_from(self.house.floor.free(&need)).unwrap_or(u32::MAX))
    }

    /// Whose call an agreed one is: his for a while, as long as he is at work, then anybody's.
    fn wish(&self, agreed: &CallbackRow) -> Wish {
        let Some(agent) = &agreed.agent else { return Wish::Anybody };
        let his_until = agreed.due_at.saturating_add(HIS_OWN).unwrap_or(agreed.due_at);
        if self.is_at_work(agent) && self.house.clock.wall() < his_until {
            Wish::Only(agent.clone())
        } else {
            Wish::Rather(agent.clone())
        }
    }

    fn is_at_work(&self, agent: &AgentId) -> bool {
        self.house.floor.state(agent).is_some_and(|(state, _)| state != State::LoggedOut)
    }

    fn need(&self, plan: &CampaignPlan, caller: &Caller, wish: Wish) -> Option<Need> {
        let calls = plan.dialling.agents()?;
        let trunks = &self.house.plans.load().config.trunks;
        let rings =
            trunks.iter().filter(|trunk| plan.trunks.contains(&trunk.name)).map(|trunk| trunk.ring_limit);
        let decide = match &plan.dialling {
            Dialling::Preview(_, decide) => *decide,
            Dialling::Agentless | Dialling::Predictive(..) | Dialling::Progressive(_) => Duration::ZERO,
        };
        let lasts = rings.max().unwrap_or_default() + AFTER_RING + decide;
        self.house.floor.need(&calls.queue, caller, wish, lasts)
    }

    /// The pacer of the shift, fed with what the floor told; `None` outside the shift.
    fn pace(&mut self, plan: &CampaignPlan) -> Option<Arc<Pace>> {
        let ours = self.present(plan);
        let (pace, _) = self.pace.as_ref()?;
        loop {
            match self.floor.try_recv() {
                Ok(Change { output, .. }) if ours.iter().any(|(id, _)| *id == output.agent) => {
                    pace.hear(&output);
                }
                // Another queue's, or for other callers; or taken out of the plan.
                Ok(Change { output, .. }) => pace.hear_of_another(&output),
                // Too late for what is lost: the states of now say it all.
                Err(broadcast::error::TryRecvError::Lagged(_)) => pace.know(&ours, &self.house.floor),
                Err(_) => return Some(Arc::clone(pace)),
            }
        }
    }

    /// Whom prediction counts on, and what each does.
    fn present(&self, plan: &CampaignPlan) -> Vec<(AgentId, State)> {
        let all = || plan.dialling.agents().and_then(|calls| self.house.floor.need_of_all(&calls.queue));
        let need = self.pool.clone().or_else(all);
        need.map_or_else(Vec::new, |need| self.house.floor.who_can(&need))
    }

    /// Counts on whoever can serve this from now on.
    fn count_on(&mut self, plan: &CampaignPlan, need: &Need) {
        if self.pool.as_ref().is_some_and(|pool| pool.skills == need.skills) {
            return;
        }
        let before = self.present(plan);
        self.pool = Some(need.clone());
        let now = self.present(plan);
        let Some((pace, _)) = &self.pace else { return };
        let is_in = |all: &[(AgentId, State)], agent: &AgentId| all.iter().any(|(id, _)| id == agent);
        for (agent, _) in before.iter().filter(|(agent, _)| !is_in(&now, agent)) {
            pace.is_another(agent);
        }
        let new: Vec<_> = now.into_iter().filter(|(agent, _)| !is_in(&before, agent)).collect();
        pace.know(&new, &self.house.floor);
    }

    fn plan_of_day(&self, plan: &CampaignPlan, by: &Prediction, now: Time) -> Plan {
        let config = &self.house.plans.load().config;
        let trunks: Vec<_> = config.trunks.iter().filter(|trunk| plan.trunks.contains(&trunk.name)).collect();
        let channels: u32 = trunks.iter().map(|trunk| trunk.channels.get()).sum();
        let left = now.duration_until(by.shift.closes).unsigned_abs();
        Plan {
            agents: u32::try_from(self.present(plan).len()).unwrap_or(u32::MAX).max(1),
            cap: by.cap,
            deadline: plan.dialling.agents().map_or(Duration::ZERO, |calls| calls.deadline),
            clock: plan.dialling.agents().map_or(Clock::Verdict, |calls| calls.clock),
            max_lines: channels.min(plan.limits.max_concurrent),
            starts_per_second: trunks.iter().map(|trunk| f64::from(trunk.cps.get())).sum(),
            shift: left,
            stop_before_end: BEFORE_END,
            predictive_from: by.least_agents,
        }
    }
}

fn is_fresh(at: Instant, now: Instant) -> bool {
    now.saturating_duration_since(at) < LOOK_AGAIN
}
