//! What every task of the daemon shares.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use arc_swap::ArcSwap;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::clock::Clock;
use super::desk::Desks;
use super::floor::{Browsers, Floor};
use super::hooks::RefusedHooks;
use super::lines::Lines;
use super::live::Live;
use super::naming::Naming;
use super::pacing::Paces;
use super::registry::read_registry;
use super::tones::Tones;
use super::trunks::{Sources, TrunkBook};
use super::voice::Voice;
use crate::call::StopReason;
use crate::config::Config;
use crate::media::MediaEngine;
use crate::rules::zone::Registry;
use crate::sip::SipStack;
use crate::stats::Doing;
use crate::store::{RulesInForce, Store};
use crate::web::Metrics;

/// Who waits for a reload; refused, it says why.
pub type Reload = oneshot::Sender<Result<(), String>>;

/// The parts of a running daemon.
#[derive(Debug)]
pub struct House {
    pub clock: Clock,
    pub plans: ArcSwap<Plans>,
    /// Proposals that somebody put into force.
    pub proposals: ArcSwap<Vec<Doing>>,
    pub store: Store,
    pub stack: Arc<SipStack>,
    pub media: MediaEngine,
    pub lines: Arc<Lines>,
    /// What was last heard of the trunks beside calls.
    pub trunk_book: TrunkBook,
    /// Where their calls come from.
    pub sources: Sources,
    pub live: Live,
    /// What each campaign's pacing last went by.
    pub paces: Paces,
    /// The agents at work.
    pub floor: Arc<Floor>,
    /// Their sound in browsers; `None`: nobody's is there.
    pub browsers: Option<Browsers>,
    /// What happens at their desks.
    pub desks: Desks,
    pub tones: Tones,
    /// Names that engines are saying for campaigns.
    pub naming: Naming,
    /// Legs to agents' phones: they say good-bye before the house closes.
    pub helpers: TaskTracker,
    /// People who have called us.
    pub callers: TaskTracker,
    /// How many calls are answered.
    pub talking: Arc<AtomicU64>,
    pub metrics: Metrics,
    /// Webhooks that no key of ours has signed.
    pub refused_hooks: RefusedHooks,
    /// The kill switch is thrown: nothing is dialled.
    pub killed: watch::Receiver<bool>,
    /// Wishes to read the configuration again, each with who waits for what came of it.
    pub reloads: mpsc::Sender<Reload>,
    /// No new call: the daemon is shutting down.
    pub draining: CancellationToken,
    /// No new call: another process has this node's name, and takes what this one has open for lost.
    pub ousted: CancellationToken,
}

/// A configuration with what is made of it once.
#[derive(Debug)]
pub struct Plans {
    pub config: Config,
    pub voice: Arc<Voice>,
    /// Which numbers were given out where; empty until the state registry's files are put into `registry`.
    pub registry: Arc<Registry>,
    /// The rules by preset name, with the hash that stands in every decision.
    rules: BTreeMap<String, RulesInForce>,
}

impl Plans {
    /// Reads the packs and hashes the rules.
    ///
    /// # Errors
    /// When a pack can't be read.
    pub fn new(config: Config) -> anyhow::Result<Self> {
        let voice = Voice::load(&config.prompts)?;
        let force = |preset: &Arc<crate::rules::Preset>| {
            RulesInForce::new(Arc::clone(preset), Arc::clone(&config.rules.calendars))
        };
        let rules = config.rules.presets.iter().map(|(name, preset)| (name.clone(), force(preset))).collect();
        let registry = Arc::new(read_registry(&config.dir.join("registry")).told());
        Ok(Self { config, voice: Arc::new(voice), registry, rules })
    }

    /// The same, with other rules in a preset's place.
    pub fn with_rules(&self, preset: &str, rules: RulesInForce) -> Self {
        let mut all = self.rules.clone();
        all.insert(preset.to_owned(), rules);
        let (config, voice) = (self.config.clone(), Arc::clone(&self.voice));
        Self { config, voice, registry: Arc::clone(&self.registry), rules: all }
    }

    /// The rules of a preset; every campaign's is there, since the configuration was checked.
    pub fn rules(&self, preset: &str) -> Option<&RulesInForce> {
        self.rules.get(preset)
    }
}

impl House {
    /// Whether a dial may begin now.
    pub fn may_dial(&self) -> bool {
        !*self.killed.borrow() && !self.draining.is_cancelled() && !self.ousted.is_cancelled()
    }

    /// Has the configuration read again, as SIGHUP does.
    ///
    /// # Errors
    /// Why it was refused; the old one stays in force then.
    pub async fn reload(&self) -> Result<(), String> {
        let (tell, told) = oneshot::channel();
        let gone = || "the daemon is not at work".to_owned();
        self.reloads.send(tell).await.map_err(|_| gone())?;
        told.await.unwrap_or_else(|_| Err(gone()))
    }

    /// Has calls taken from where the trunks of the plans in force are, and from nowhere else.
    pub fn know_trunks(&self) {
        let trunks = &self.plans.load().config.trunks;
        self.stack.know(trunks.iter().flat_map(|plan| self.sources.of(plan)).collect());
    }

    /// Dials no more and takes back what is up: what rings is cancelled, who talks is hung up on.
    pub fn take_all_back(&self) {
        self.draining.cancel();
        self.live.stop_all(StopReason::Drain);
    }
}
