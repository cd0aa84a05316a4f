//! The trunks in use: a slot and a call per second are permits, given back when the call that holds them ends.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg32;
use tokio::sync::{Notify, Semaphore};

use super::clock::Clock;
use crate::pacing::{Cps, NotBefore};
use crate::trunk::{Ask, Circuit, NoRoute, Router, Sign, Slot, TrunkPlan};

/// All trunks.
#[derive(Debug)]
pub struct Lines {
    clock: Clock,
    state: Mutex<State>,
    freed: Notify,
}

#[derive(Debug)]
struct State {
    router: Router,
    gates: HashMap<Arc<str>, Gate>,
    draws: Pcg32,
}

/// What stands before a trunk's INVITEs.
#[derive(Debug)]
struct Gate {
    cps: Cps,
    /// Dials that are reserved or about to be: no more than leave within a second, so that no permit expires in
    /// the queue.
    antechamber: Arc<Semaphore>,
    /// Places of the antechamber: the plan's calls per second.
    places: NonZeroU32,
    /// Whose turn it is to leave; first come, first served.
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// A trunk at some moment.
#[derive(Debug)]
pub struct Standing {
    pub plan: Arc<TrunkPlan>,
    pub circuit: Circuit,
    /// Calls a second that its health allows.
    pub allowed_cps: NonZeroU32,
    /// Calls that are up on it.
    pub taken: u32,
}

impl Lines {
    pub fn new(plans: &[Arc<TrunkPlan>], clock: Clock, seed: u64) -> Self {
        let router = Router::new(plans.iter().cloned());
        let draws = Pcg32::seed_from_u64(seed);
        let state = State { router, gates: gates(plans, clock, HashMap::new()), draws };
        Self { clock, state: Mutex::new(state), freed: Notify::new() }
    }

    /// Takes new plans; calls that are up stay where they are.
    pub fn reload(&self, plans: &[Arc<TrunkPlan>]) {
        let mut state = self.lock();
        state.router.reload(plans.iter().cloned());
        state.gates = gates(plans, self.clock, std::mem::take(&mut state.gates));
        drop(state);
        self.freed.notify_waiters();
    }

    /// How many calls the allowed trunks have room for.
    pub fn room(&self, allowed: &[Arc<str>]) -> u32 {
        let now = self.clock.now();
        let state = self.lock();
        let ours = state.router.trunks().filter(|(plan, ..)| allowed.contains(&plan.name));
        let well = ours.filter(|(_, health, _)| !matches!(health.circuit(now), Circuit::Open { .. }));
        well.map(|(plan, _, taken)| plan.channels.get().saturating_sub(taken)).sum()
    }

    /// Chooses a trunk and takes a slot on it.
    ///
    /// # Errors
    /// Why no trunk carries the call now.
    pub fn take(self: &Arc<Self>, ask: Ask<'_>) -> Result<Line, NoRoute> {
        let now = self.clock.now();
        let mut state = self.lock();
        let draw = state.draws.random();
        let route = state.router.route(ask, draw, now)?;
        Ok(Line {
            lines: Arc::clone(self),
            trunk: route.trunk,
            slot: Some(route.slot),
            trial: route.trial,
            told: false,
        })
    }

    /// Waits until a slot is given back or the trunks change.
    pub async fn changed(&self) {
        self.freed.notified().await;
    }

    /// Each trunk with whether it takes calls, and the calls up on it.
    pub fn each(&self, mut show: impl FnMut(&TrunkPlan, bool, u32)) {
        let now = self.clock.now();
        for (plan, health, taken) in self.lock().router.trunks() {
            show(plan, !matches!(health.circuit(now), Circuit::Open { .. }), taken);
        }
    }

    /// How each trunk stands.
    pub fn standing(&self) -> Vec<Standing> {
        let now = self.clock.now();
        let state = self.lock();
        let trunks = state.router.trunks().map(|(plan, health, taken)| Standing {
            plan: Arc::clone(plan),
            circuit: health.circuit(now),
            allowed_cps: health.allowed_cps(plan.cps, now),
            taken,
        });
        trunks.collect()
    }

    /// Tells what an OPTIONS probe brought.
    pub fn probed(&self, trunk: &str, answered: bool) {
        self.lock().router.probed(trunk, answered, self.clock.now());
        self.freed.notify_waiters();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic in a reader leaves plain counters behind; the call path must go on.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn gates(
    plans: &[Arc<TrunkPlan>],
    clock: Clock,
    mut old: HashMap<Arc<str>, Gate>,
) -> HashMap<Arc<str>, Gate> {
    let gate = |plan: &Arc<TrunkPlan>| {
        let antechamber = || Arc::new(Semaphore::new(plan.cps.get() as usize));
        let gate = match old.remove(&plan.name) {
            Some(gate) if gate.places == plan.cps => gate,
            // Who waits in the old one leaves by it.
            Some(gate) => Gate { antechamber: antechamber(), places: plan.cps, ..gate },
            None => Gate {
                cps: Cps::new(plan.cps, clock.now()),
                antechamber: antechamber(),
                places: plan.cps,
                turn: Arc::default(),
            },
        };
        (Arc::clone(&plan.name), gate)
    };
    plans.iter().map(gate).collect()
}

/// A slot on a trunk, held as long as the call. Dropped, it is given back.
#[derive(Debug)]
pub struct Line {
    lines: Arc<Lines>,
    trunk: Arc<TrunkPlan>,
    slot: Option<Slot>,
    trial: bool,
    told: bool,
}

impl Line {
    pub fn trunk(&self) -> &Arc<TrunkPlan> {
        &self.trunk
    }

    /// Waits for a place before the trunk; held until the INVITE has left. While the trunk ramps up after a fault,
    /// a dial takes as many places as keep the wait at a second.
    pub async fn antechamber(&self) -> Option<tokio::sync::OwnedSemaphorePermit> {
        let (antechamber, places) = {
            let state = self.lines.lock();
            let gate = state.gates.get(&self.trunk.name)?;
            let rate = self.rate(&state, self.lines.clock.now()).unwrap_or(gate.places);
            (Arc::clone(&gate.antechamber), gate.places.get().div_ceil(rate.get()))
        };
        antechamber.acquire_many_owned(places).await.ok()
    }

    /// Waits for the trunk's next call start and takes it.
    pub async fn pace(&self) {
        let turn = self.lines.lock().gates.get(&self.trunk.name).map(|gate| Arc::clone(&gate.turn));
        let Some(turn) = turn else { return };
        let _turn = turn.lock().await;
        loop {
            let now = self.lines.clock.now();
            let start = {
                let mut state = self.lines.lock();
                let rate = self.rate(&state, now);
                let Some(gate) = state.gates.get_mut(&self.trunk.name) else { return };
                if let Some(rate) = rate {
                    gate.cps.set_rate(rate);
                }
                gate.cps.try_start(now)
            };
            match start {
                Ok(()) => return,
                Err(NotBefore(at)) => tokio::time::sleep_until(at.into()).await,
            }
        }
    }

    /// The calls a second that the trunk's health allows now.
    fn rate(&self, state: &State, now: Instant) -> Option<NonZeroU32> {
        let (plan, health, _) = state.router.trunks().find(|(plan, ..)| plan.name == self.trunk.name)?;
        Some(health.allowed_cps(plan.cps, now))
    }

    /// Tells how the trunk did, once.
    pub fn tell(&mut self, sign: Sign) {
        if !std::mem::replace(&mut self.told, true) {
            self.lines.lock().router.hear(&self.trunk.name, sign, self.trial, self.lines.clock.now());
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.tell(Sign::Nothing);
        if let Some(slot) = self.slot.take() {
            self.lines.lock().router.release(&self.trunk.name, slot);
        }
        self.lines.freed.notify_waiters();
    }
}
