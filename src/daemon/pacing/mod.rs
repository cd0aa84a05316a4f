//! How many calls a campaign starts: as its lines allow, as agents are free, or as prediction affords.

mod board;
mod memory;
mod pace;

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::Time;
use serde_json::json;
use tokio::sync::broadcast;

pub use board::{PaceNow, Paces};
pub use pace::{Pace, Ticket};

use super::floor::Change;
use super::house::House;
use super::turn::Turn;
use crate::agents::{Caller, Need, State, Wish};
use crate::campaign::{CampaignPlan, Dialling, Prediction};
use crate::domain::{AgentId, CampaignId, DebtorType};
use crate::pacing::{Clock, Decision, Plan};
use crate::store::CallbackRow;

/// A reservation for a call outlasts its ringing by so much: judging, and the agent's own phone.
const AFTER_RING: Duration = Duration::from_secs(60);
/// So long a due call waits for the agent who agreed it, while he is at work.
const HIS_OWN: SignedDuration = SignedDuration::from_mins(5);
/// No call is started in this last part of a shift.
const BEFORE_END: Duration = Duration::from_secs(45);

/// One campaign's pacing.
#[derive(Debug)]
pub(super) struct Pacing {
    house: Arc<House>,
    floor: broadcast::Receiver<Change>,
    campaign: CampaignId,
    /// The day's pacer and the shift it is for, of a predictive campaign.
    pace: Option<(Arc<Pace>, jiff::civil::Date)>,
    kept: Option<memory::Kept>,
    mode: Mode,
}

/// What each turn needs before it is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Nothing,
    Seat,
    Ticket,
}

impl Pacing {
    pub fn new(house: &Arc<House>, campaign: CampaignId) -> Self {
        let (house, floor) = (Arc::clone(house), house.floor.listen());
        Self { house, floor, campaign, pace: None, kept: None, mode: Mode::Nothing }
    }

    /// Whether a change on the floor may let more calls start.
    pub fn heeds_agents(&self) -> bool {
        self.mode != Mode::Nothing
    }

    /// How many calls to start now, `lines` at most. A predictive campaign's starts are taken as made.
    pub fn room(&mut self, plan: &CampaignPlan, lines: u32) -> u32 {
        match &plan.dialling {
            Dialling::Agentless => {
                self.mode = Mode::Nothing;
                self.told(PaceNow::Lines(lines));
                lines
            }
            Dialling::Preview(..) | Dialling::Progressive(_) => {
                self.mode = Mode::Seat;
                let free = self.free(plan);
                self.told(PaceNow::Seats { free, lines });
                lines.min(free)
            }
            Dialling::Predictive(_, by) => {
                self.mode = Mode::Ticket;
                let Some(pace) = self.pace(plan) else { return 0 };
                let Decision { dial, why, .. } = pace.decide(&plan.name);
                self.told(PaceNow::Predicted { why, met: pace.counts(), cap: by.cap.share });
                lines.min(u32::try_from(dial).unwrap_or(u32::MAX))
            }
        }
    }

    /// How many agreed calls may start now, `lines` at most: each has its agent kept, where the campaign is for agents.
    pub fn room_for_agreed(&self, plan: &CampaignPlan, lines: u32) -> u32 {
        match &plan.dialling {
            Dialling::Agentless => lines,
            // Who of the free agents takes whose call is for `equip` to say.
            Dialling::Predictive(..) | Dialling::Preview(..) | Dialling::Progressive(_) => {
                if self.free(plan) > 0 { lines } else { 0 }
            }
        }
    }

    /// Gives a turn what it needs; `false`: no agent who could take this call is free.
    pub fn equip(&self, turn: &mut Turn) -> bool {
        if let (Some(agreed), Some(_)) = (&turn.agreed, turn.plan.dialling.agents()) {
            let wish = self.wish(agreed);
            turn.seat =
                self.need(&turn.plan, &turn.caller(), wish).and_then(|need| self.house.floor.seat(&need));
            return self.announced(turn);
        }
        match self.mode {
            Mode::Nothing => true,
            Mode::Seat => {
                turn.seat = self
                    .need(&turn.plan, &turn.caller(), Wish::Anybody)
                    .and_then(|need| self.house.floor.seat(&need));
                self.announced(turn)
            }
            Mode::Ticket => {
                turn.ticket = self.pace.as_ref().map(|(pace, _)| pace.dial());
                turn.ticket.is_some()
            }
        }
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

    fn free(&self, plan: &CampaignPlan) -> u32 {
        let need = self.need(plan, &usual_caller(plan), Wish::Anybody);
        need.map_or(0, |need| u32::try_from(self.house.floor.free(&need)).unwrap_or(u32::MAX))
    }

    /// Whose call an agreed one is: his for a while, as long as he is at work, then anybody's.
    fn wish(&self, agreed: &CallbackRow) -> Wish {
        let Some(agent) = &agreed.agent else { return Wish::Anybody };
        let his_until = agreed.due_at.saturating_add(HIS_OWN).unwrap_or(agreed.due_at);
        let at_work = self.house.floor.state(agent).is_some_and(|(state, _)| state != State::LoggedOut);
        if at_work && self.house.clock.wall() < his_until {
            Wish::Only(agent.clone())
        } else {
            Wish::Rather(agent.clone())
        }
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
                // Who has been taken out of the plan is nobody's any more once he has left.
                Ok(Change { output, .. })
                    if output.has_left() || ours.iter().any(|(id, _)| *id == output.agent) =>
                {
                    pace.hear(&output);
                }
                // Another queue's.
                Ok(_) => {}
                // Too late for what is lost: the states of now say it all.
                Err(broadcast::error::TryRecvError::Lagged(_)) => pace.know(&ours, &self.house.floor),
                Err(_) => return Some(Arc::clone(pace)),
            }
        }
    }

    /// Who works for this queue, and what each does.
    fn present(&self, plan: &CampaignPlan) -> Vec<(AgentId, State)> {
        let Some(need) = self.need(plan, &usual_caller(plan), Wish::Anybody) else { return Vec::new() };
        self.house.floor.who_can(&need)
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
            clock: Clock::Verdict,
            max_lines: channels.min(plan.limits.max_concurrent),
            starts_per_second: trunks.iter().map(|trunk| f64::from(trunk.cps.get())).sum(),
            shift: left,
            stop_before_end: BEFORE_END,
            predictive_from: by.least_agents,
        }
    }
}

/// Whom agents of the campaign talk to as a rule.
fn usual_caller(plan: &CampaignPlan) -> Caller {
    let debtor_type = plan.targets.debtor_types.first().copied().unwrap_or(DebtorType::Forgetful);
    Caller { language: plan.language, creditor: None, debtor_type, promised_to: None }
}
