//! The daemon's life: open everything, be alone, rescue, work, reload, drain.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use arc_swap::ArcSwap;
use rand::RngExt;
use secrecy::ExposeSecret;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info, warn};

use super::clock::Clock;
use super::desk::{self, Desks};
use super::floor::{self, Browsers, Floor};
use super::house::{House, Plans, Reload};
use super::lines::Lines;
use super::live::Live;
use super::naming::Naming;
use super::node_name::{is_taken, keep_name, take_node};
use super::pacing::Paces;
use super::phones::registrar_plan;
use super::queue::{Changed, replan};
use super::start_fault::StartFault;
use super::tones::Tones;
use super::trunk_task::kept_alike;
use super::trunks::{Sources, TrunkBook};
use super::{
    campaign_task, console, https, keep, kill_switch, names, own_numbers, recordings, trunk_task,
    writeback_task,
};
use crate::call::StopReason;
use crate::cli::warnings::without_names;
use crate::config::Config;
use crate::domain::Language;
use crate::media::{MediaEngine, MediaPlan};
use crate::sip::{SipPlan, SipStack};
use crate::store::{CampaignState, Store, StorePlan, Whose};
use crate::trunk::TrunkPlan;
use crate::web::{Certificate, Metrics, Readiness};
use crate::writeback::Sender;

/// A running daemon.
#[derive(Debug)]
pub struct Daemon {
    house: Arc<House>,
    tasks: JoinSet<()>,
    /// The trunks that are kept registered and probed, each with what ends its keeping.
    kept: Vec<(Arc<TrunkPlan>, CancellationToken)>,
    at_work: HashSet<Arc<str>>,
    campaigns: JoinSet<()>,
    reloads: mpsc::Receiver<Reload>,
    readiness: watch::Sender<Readiness>,
    stop: CancellationToken,
    dir: PathBuf,
    /// What the pages prove themselves by.
    certificate: Option<Certificate>,
}

/// How often campaigns are looked for.
const LOOK: Duration = Duration::from_millis(250);
/// How long agents' phones may take to be hung up.
const FAREWELL: Duration = Duration::from_secs(2);

impl Daemon {
    /// Opens store, sound and signalling, rescues what a crash left open, and starts to work.
    ///
    /// # Errors
    /// When a part can't be had: the database, a port, a pack.
    pub async fn start(config: Config) -> anyhow::Result<Self> {
        // So much is begun here that whoever waits for it would be as large.
        let mut daemon = Box::pin(Self::start_beside(config)).await?;
        daemon.keep_trunks();
        Ok(daemon)
    }

    /// As `start`, but the trunks are neither registered with nor probed: for a node that lives for one call beside a
    /// daemon, whose binding at the registrar it would displace.
    ///
    /// # Errors
    /// As `start`.
    pub async fn start_beside(config: Config) -> anyhow::Result<Self> {
        let clock = Clock;
        log_doubts(&config);
        let dir = config.dir.clone();
        std::fs::create_dir_all(&config.daemon.data_dir)
            .with_context(|| StartFault::DataFolder { path: config.daemon.data_dir.display().to_string() })?;
        let plan = StorePlan { url: config.store.url.clone(), node: config.daemon.node.clone() };
        let store = Store::open(plan).await.context(StartFault::Store)?;
        store.set_terms(config.cases.clone());
        take_node(&store).await?;
        // Before the first new sign of life: the last one says until when they were there.
        let left = store.log_out_left().await.context("logging out agents whom a crash left")?;
        store.heartbeat(clock.wall()).await?;
        keep::rescue(&store, Whose::Own, clock).await?;
        store.resume_imports(clock.wall()).await.context("going on with an import that was cut short")?;
        if !store.offer_basis(config.statistics.basis.clone()).await? {
            warn!(
                "the reports count by other windows or days than statistics.toml says: obzvon db tallies recount"
            );
        }
        store.build_tallies().await.context("counting what the reports read")?;
        store.set_endpoints(writeback_task::endpoint_rows(&config)).await?;
        let sender = Sender::new().context("starting the writeback")?;
        let before = store.last_version().await?;
        store.keep_texts(&config.version, &config.texts, clock.wall()).await?;
        let media = MediaPlan { ports: config.media.ports.clone(), ..MediaPlan::on(config.media.ip) };
        let media = MediaEngine::start(media).context(StartFault::Media)?;
        let stack = SipStack::start(sip_plan(&config)).await.context(StartFault::Signalling)?;
        let metrics = Metrics::new(env!("CARGO_PKG_VERSION"), &config.version);
        let lines = Lines::new(&config.trunks, clock, rand::make_rng::<rand_pcg::Pcg64>().random());
        let (throw, killed) = watch::channel(true); // thrown until the file has been looked for
        let stop = CancellationToken::new();
        let (readiness, ready) = watch::channel(Readiness::Not("starting".to_owned()));
        let certificate = https::certificate(&config, clock.wall())?;
        let listening = crate::web::listen(config.daemon.http, certificate.clone());
        let address = listening.await.context(StartFault::Pages)?;
        let (browsers, sound) = Browsers::open(&config, clock, &stop).context(StartFault::Browsers)?;
        let kill_file = config.daemon.kill_switch.clone();
        let floor = Arc::new(Floor::new(&config.agents, clock));
        let (ask_reload, reloads) = mpsc::channel(1);
        let house = Arc::new(House {
            clock,
            plans: ArcSwap::from_pointee(Plans::new(config)?),
            proposals: ArcSwap::from_pointee(store.proposals_in_force().await?),
            store,
            stack: Arc::new(stack),
            media,
            lines: Arc::new(lines),
            live: Live::default(),
            paces: Paces::default(),
            floor,
            browsers,
            desks: Desks::new(clock.wall().as_millisecond().unsigned_abs()),
            tones: Tones::synthesised(),
            naming: Naming::default(),
            helpers: TaskTracker::new(),
            callers: TaskTracker::new(),
            talking: Arc::default(),
            metrics: metrics.clone(),
            refused_hooks: super::hooks::RefusedHooks::default(),
            killed,
            reloads: ask_reload,
            trunk_book: TrunkBook::default(),
            sources: Sources::default(),
            draining: CancellationToken::new(),
            ousted: CancellationToken::new(),
        });
        let mut tasks = JoinSet::new();
        let (web_stop, console) = (stop.clone(), console::console(&house));
        let api = (super::api::api(&house), super::hooks::hooks(&house));
        tasks.spawn(async move {
            if let Err(fault) = crate::web::serve(address, metrics, ready, api, console, web_stop).await {
                error!(fault = format!("{:#}", anyhow::Error::from(fault)), "no HTTP");
            }
        });
        if let Some(sound) = sound {
            tasks.spawn(sound);
        }
        tasks.spawn(kill_switch::watch_file(kill_file, throw, stop.clone()));
        tasks.spawn(keep::follow_kill_switch(Arc::clone(&house), readiness.clone(), stop.clone()));
        tasks.spawn(keep::keep_house(Arc::clone(&house), readiness.clone(), stop.clone()));
        tasks.spawn(keep_name(Arc::clone(&house), readiness.clone(), stop.clone()));
        tasks.spawn(recordings::look_daily(Arc::clone(&house), stop.clone()));
        tasks.spawn(names::sweep_daily(Arc::clone(&house), stop.clone()));
        tasks.spawn(writeback_task::keep_endpoints(Arc::clone(&house), sender, stop.clone()));
        tasks.spawn(floor::keep(Arc::clone(&house), house.floor.listen(), stop.clone()));
        tasks.spawn(desk::follow(Arc::clone(&house), stop.clone()));
        floor::keep_out(&house).await.context("asking the store who is kept out")?;
        floor::bring_back(&house, left);
        tasks.spawn(own_numbers::take_calls(Arc::clone(&house), stop.clone()));
        let (kept, at_work, campaigns) = (Vec::new(), HashSet::new(), JoinSet::new());
        let mut daemon =
            Self { house, tasks, kept, at_work, campaigns, reloads, readiness, stop, dir, certificate };
        let plans = daemon.house.plans.load_full();
        if before.is_some_and(|before| before != *plans.config.version) {
            daemon.replan(Changed::all(&plans));
        }
        Ok(daemon)
    }

    /// What the daemon shares with its tasks, for the demo and its reports.
    pub fn house(&self) -> &Arc<House> {
        &self.house
    }

    /// Waits until the kill switch has been looked for: until then nothing is dialled.
    pub async fn settle(&self) {
        let mut killed = self.house.killed.clone();
        let looked = killed.wait_for(|thrown| !thrown);
        tokio::time::timeout(Duration::from_secs(1), looked).await.ok();
    }

    /// Works until `end` says so: starts the running campaigns, takes reloads.
    ///
    /// # Errors
    /// When another process has taken this node's name; what is up is then still to be drained.
    pub async fn work(
        &mut self,
        end: CancellationToken,
        mut reload: mpsc::Receiver<()>,
    ) -> anyhow::Result<()> {
        self.readiness.send_modify(|readiness| *readiness = keep::by_kill_switch(&self.house));
        let ousted = self.house.ousted.clone();
        loop {
            if let Err(fault) = self.start_campaigns().await {
                warn!(fault = format!("{fault:#}"), "the store does not tell the campaigns");
            }
            if let Err(fault) = floor::keep_out(&self.house).await {
                warn!(%fault, "the store does not tell who is kept out");
            }
            tokio::select! {
                () = end.cancelled() => return Ok(()),
                () = ousted.cancelled() => return Err(is_taken(self.house.store.node())),
                () = tokio::time::sleep(LOOK) => {}
                Some(()) = reload.recv() => { self.reload().ok(); }
                Some(waits) = self.reloads.recv() => { waits.send(self.reload()).ok(); }
            }
        }
    }

    /// Stops dialling, gives live calls the drain limit to end and to be written up, and closes everything. What is not written
    /// up by then comes back at the start.
    pub async fn drain(mut self) {
        self.readiness.send_replace(Readiness::Not("draining".to_owned()));
        self.house.draining.cancel();
        let limit = self.house.plans.load().config.daemon.drain_limit;
        info!(live = self.house.live.count(), limit_s = limit.as_secs(), "draining");
        self.house.callers.close();
        let ended = async {
            self.calls_end().await;
            self.house.floor.written_up().await;
        };
        let ended = tokio::time::timeout(limit, ended).await;
        if ended.is_err() && self.house.live.count() > 0 {
            warn!(live = self.house.live.count(), "the time for live calls is over");
            self.house.live.stop_all(StopReason::Drain);
            tokio::time::timeout(Duration::from_secs(35), self.calls_end()).await.ok();
        }
        self.stop.cancel();
        // Whoever keeps a connection open without a word is not waited for.
        let tasks = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(FAREWELL, tasks).await.is_err() {
            warn!("something did not end in time: it is left");
            self.tasks.abort_all();
        }
        self.house.helpers.close();
        tokio::time::timeout(FAREWELL, self.house.helpers.wait()).await.ok();
        self.house.store.close().await;
        info!("closed");
    }

    /// Waits for the calls that are up, whoever made them.
    async fn calls_end(&mut self) {
        while self.campaigns.join_next().await.is_some() {}
        self.house.callers.wait().await;
    }

    /// Puts a task to every running campaign that has a plan and none yet.
    async fn start_campaigns(&mut self) -> anyhow::Result<()> {
        for row in self.house.store.campaigns().await? {
            let plans = self.house.plans.load();
            let Some(plan) = plans.config.campaign(&row.name) else { continue };
            if row.state == CampaignState::Running && self.at_work.insert(Arc::clone(&plan.name)) {
                let work = campaign_task::work(Arc::clone(&self.house), Arc::clone(&plan.name), row.id);
                self.campaigns.spawn(work);
            }
        }
        Ok(())
    }

    /// Keeps the trunks of the plans in force, and no others; a trunk whose plan is the same is left alone.
    fn keep_trunks(&mut self) {
        let plans = self.house.plans.load_full();
        let wanted = &plans.config.trunks;
        self.kept.retain(|(kept, stop)| {
            let stays = wanted.iter().any(|plan| kept_alike(plan, kept));
            if !stays {
                stop.cancel();
            }
            stays
        });
        for plan in wanted {
            if !self.kept.iter().any(|(kept, _)| kept_alike(kept, plan)) {
                let stop = self.stop.child_token();
                self.kept.push((Arc::clone(plan), stop.clone()));
                self.tasks.spawn(trunk_task::keep(Arc::clone(&self.house), Arc::clone(plan), stop));
            }
        }
    }

    /// Has the campaigns' contacts looked at again.
    fn replan(&mut self, changed: Vec<Changed>) {
        if !changed.is_empty() {
            self.tasks.spawn(replan(Arc::clone(&self.house), changed, self.stop.clone()));
        }
    }

    /// Reads the configuration again; a bad one changes nothing.
    fn reload(&mut self) -> Result<(), String> {
        let taken = match load(&self.dir) {
            Ok(plans) => {
                for part in needs_restart(&self.house.plans.load().config, &plans.config) {
                    warn!(part, "the change takes a restart; the rest is taken");
                }
                self.house.lines.reload(&plans.config.trunks);
                self.house.stack.admit(registrar_plan(&plans.config));
                self.house.floor.reload(&plans.config.agents);
                https::renew(self.certificate.as_ref(), &plans.config);
                info!(version = %plans.config.version, "the configuration was reloaded");
                log_doubts(&plans.config);
                let changed = Changed::between(&self.house.plans.load(), &plans);
                self.house.metrics.built(env!("CARGO_PKG_VERSION"), &plans.config.version);
                self.house.store.set_terms(plans.config.cases.clone());
                self.house.plans.store(Arc::new(plans));
                self.house.know_trunks();
                self.keep_trunks();
                self.replan(changed);
                Ok(())
            }
            Err(fault) => {
                let fault = format!("{fault:#}");
                error!(fault, "the reload was refused; the old configuration stays");
                Err(fault)
            }
        };
        self.house.metrics.reloaded(taken.is_ok());
        taken
    }
}

/// The parts that are opened once, at the start, and that `new` has otherwise.
fn needs_restart(old: &Config, new: &Config) -> impl Iterator<Item = &'static str> {
    let (was, is) = (&old.daemon, &new.daemon);
    let parts = [
        ("daemon.node", was.node != is.node),
        ("daemon.http", was.http != is.http),
        ("daemon.https", https::kind(old) != https::kind(new)),
        ("api", token(old) != token(new)),
        ("daemon.data_dir", was.data_dir != is.data_dir),
        ("daemon.kill_switch", was.kill_switch != is.kill_switch),
        ("daemon.log", was.log != is.log),
        ("storage", old.store.url.expose_secret() != new.store.url.expose_secret()),
        ("agents.browser", floor::browsers_differ(&old.agents, &new.agents)),
        ("media", old.media != new.media),
        ("sip", old.sip != new.sip),
    ];
    parts.into_iter().filter_map(|(part, changed)| changed.then_some(part))
}

fn log_doubts(config: &Config) {
    for doubt in config.doubts.iter() {
        warn!("{}", doubt.line(Language::En));
    }
    // Otherwise an empty day is the first that the house hears of it.
    for warning in without_names(config) {
        warn!("{}", warning.english());
    }
}

fn token(config: &Config) -> Option<&str> {
    config.api.token.as_ref().map(ExposeSecret::expose_secret)
}

fn load(dir: &Path) -> anyhow::Result<Plans> {
    let config = Config::load(dir, &crate::cli::check::environment())
        .map_err(|problems| anyhow::anyhow!(problems.render(Language::En)))?;
    Plans::new(config)
}

fn sip_plan(config: &Config) -> SipPlan {
    let mut plan = SipPlan::new(config.sip.bind, config.sip.domain.clone());
    plan.tcp = config.sip.transports.contains(&crate::trunk::Transport::Tcp);
    plan.advertised = config.sip.public_host.as_ref().and_then(|host| host.parse().ok());
    if let Some(file) = &config.sip.ca_file {
        plan.ca_file.clone_from(file);
    }
    plan.stamp = || Clock.wall();
    plan.registrar = registrar_plan(config);
    // Those written by name are known once their keeping has asked for it.
    let written = Sources::default();
    plan.known = config.trunks.iter().flat_map(|trunk| written.of(trunk)).collect();
    plan
}
