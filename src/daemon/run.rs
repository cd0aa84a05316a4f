//! The daemon's life: open everything, be alone, rescue, work, reload, drain.

use std::collections::HashSet;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use arc_swap::ArcSwap;
use jiff::SignedDuration;
use rand::RngExt;
use secrecy::ExposeSecret;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info, warn};

use super::clock::Clock;
use super::desk::{self, Desks};
use super::floor::{self, Floor};
use super::house::{House, Plans};
use super::lines::Lines;
use super::live::Live;
use super::node_name::{is_taken, keep_name, take_node};
use super::phones::registrar_plan;
use super::queue::{Changed, replan};
use super::roots;
use super::start_fault::StartFault;
use super::tones::Tones;
use super::trunk_task::kept_alike;
use super::{
    campaign_task, cases, console, kill_switch, names, next_actions, own_numbers, promises, reclassify,
    recordings, trunk_task, writeback_task,
};
use crate::call::StopReason;
use crate::config::Config;
use crate::media::{MediaEngine, MediaPlan};
use crate::rules::calendar::ALARM_DAYS;
use crate::sip::{SipPlan, SipStack};
use crate::store::{CampaignState, Store, StorePlan, TakeBack, Whose};
use crate::trunk::TrunkPlan;
use crate::web::{Metrics, Readiness};
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
    readiness: watch::Sender<Readiness>,
    stop: CancellationToken,
    dir: PathBuf,
}

/// A lost attempt's contact rests so long before a new decision may be asked for.
const RESCUE_DELAY: SignedDuration = SignedDuration::from_hours(24);
/// Nodes that fall silent for a minute are dead; this is well below.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// How often campaigns are looked for and waiting contacts woken.
const LOOK: Duration = Duration::from_millis(250);
const WAKE: u32 = 1000;
/// How long agents' phones may take to be hung up.
const FAREWELL: Duration = Duration::from_secs(2);
/// How often days that are over are looked for.
const SEAL: Duration = Duration::from_secs(600);
/// How often promises whose day is over, and types that behaviour changes, are looked for.
const AFTERWARDS: Duration = Duration::from_secs(300);

impl Daemon {
    /// Opens store, sound and signalling, rescues what a crash left open, and starts to work.
    ///
    /// # Errors
    /// When a part can't be had: the database, a port, a pack.
    pub async fn start(config: Config) -> anyhow::Result<Self> {
        let mut daemon = Self::start_beside(config).await?;
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
        rescue(&store, Whose::Own, clock).await?;
        store.resume_imports(clock.wall()).await.context("going on with an import that was cut short")?;
        if !store.offer_windows(config.statistics.windows.clone()).await? {
            warn!(
                "the reports count with other windows than statistics.toml says: obzvon db tallies recount"
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
        let listener = crate::web::listen(config.daemon.http).await.context(StartFault::Pages)?;
        let kill_file = config.daemon.kill_switch.clone();
        let floor = Arc::new(Floor::new(&config.agents, clock));
        let house = Arc::new(House {
            clock,
            plans: ArcSwap::from_pointee(Plans::new(config)?),
            proposals: ArcSwap::from_pointee(store.proposals_in_force().await?),
            store,
            stack: Arc::new(stack),
            media,
            lines: Arc::new(lines),
            live: Live::default(),
            floor,
            desks: Desks::new(clock.wall().as_millisecond().unsigned_abs()),
            tones: Tones::synthesised(),
            helpers: TaskTracker::new(),
            callers: TaskTracker::new(),
            talking: Arc::default(),
            metrics: metrics.clone(),
            killed,
            draining: CancellationToken::new(),
            ousted: CancellationToken::new(),
        });
        let mut tasks = JoinSet::new();
        let (web_stop, api, console) = (stop.clone(), super::api::api(&house), console::console(&house));
        tasks.spawn(async move {
            if let Err(fault) = crate::web::serve(listener, metrics, ready, api, console, web_stop).await {
                error!(fault = format!("{:#}", anyhow::Error::from(fault)), "no HTTP");
            }
        });
        tasks.spawn(kill_switch::watch_file(kill_file, throw, stop.clone()));
        tasks.spawn(follow_kill_switch(Arc::clone(&house), readiness.clone(), stop.clone()));
        tasks.spawn(keep_house(Arc::clone(&house), readiness.clone(), stop.clone()));
        tasks.spawn(keep_name(Arc::clone(&house), readiness.clone(), stop.clone()));
        tasks.spawn(recordings::look_daily(Arc::clone(&house), stop.clone()));
        tasks.spawn(names::sweep_daily(Arc::clone(&house), stop.clone()));
        tasks.spawn(writeback_task::keep_endpoints(Arc::clone(&house), sender, stop.clone()));
        tasks.spawn(floor::keep(Arc::clone(&house), house.floor.listen(), stop.clone()));
        tasks.spawn(desk::follow(Arc::clone(&house), stop.clone()));
        floor::bring_back(&house, left);
        tasks.spawn(own_numbers::take_calls(Arc::clone(&house), stop.clone()));
        let (kept, at_work, campaigns) = (Vec::new(), HashSet::new(), JoinSet::new());
        let mut daemon = Self { house, tasks, kept, at_work, campaigns, readiness, stop, dir };
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
        mut reload: tokio::sync::mpsc::Receiver<()>,
    ) -> anyhow::Result<()> {
        self.readiness.send_modify(|readiness| *readiness = by_kill_switch(&self.house));
        let ousted = self.house.ousted.clone();
        loop {
            if let Err(fault) = self.start_campaigns().await {
                warn!(fault = format!("{fault:#}"), "the store does not tell the campaigns");
            }
            tokio::select! {
                () = end.cancelled() => return Ok(()),
                () = ousted.cancelled() => return Err(is_taken(self.house.store.node())),
                () = tokio::time::sleep(LOOK) => {}
                Some(()) = reload.recv() => self.reload(),
            }
        }
    }

    /// Stops dialling, gives live calls the drain limit to end, and closes everything.
    pub async fn drain(mut self) {
        self.readiness.send_replace(Readiness::Not("draining".to_owned()));
        self.house.draining.cancel();
        let limit = self.house.plans.load().config.daemon.drain_limit;
        info!(live = self.house.live.count(), limit_s = limit.as_secs(), "draining");
        self.house.callers.close();
        let ended = tokio::time::timeout(limit, self.calls_end()).await;
        if ended.is_err() {
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
    fn reload(&mut self) {
        let taken = match load(&self.dir) {
            Ok(plans) => {
                for part in needs_restart(&self.house.plans.load().config, &plans.config) {
                    warn!(part, "the change takes a restart; the rest is taken");
                }
                self.house.lines.reload(&plans.config.trunks);
                self.house.stack.admit(registrar_plan(&plans.config));
                self.house.floor.reload(&plans.config.agents);
                info!(version = %plans.config.version, "the configuration was reloaded");
                let changed = Changed::between(&self.house.plans.load(), &plans);
                self.house.metrics.built(env!("CARGO_PKG_VERSION"), &plans.config.version);
                self.house.store.set_terms(plans.config.cases.clone());
                self.house.plans.store(Arc::new(plans));
                self.house.stack.know(trunk_addresses(&self.house.plans.load().config));
                self.keep_trunks();
                self.replan(changed);
                true
            }
            Err(fault) => {
                error!(fault = format!("{fault:#}"), "the reload was refused; the old configuration stays");
                false
            }
        };
        self.house.metrics.reloaded(taken);
    }
}

/// The parts that are opened once, at the start, and that `new` has otherwise.
fn needs_restart(old: &Config, new: &Config) -> impl Iterator<Item = &'static str> {
    let (was, is) = (&old.daemon, &new.daemon);
    let parts = [
        ("daemon.node", was.node != is.node),
        ("daemon.http", was.http != is.http),
        ("api", token(old) != token(new)),
        ("daemon.data_dir", was.data_dir != is.data_dir),
        ("daemon.kill_switch", was.kill_switch != is.kill_switch),
        ("daemon.log", was.log != is.log),
        ("storage", old.store.url.expose_secret() != new.store.url.expose_secret()),
        ("media", old.media != new.media),
        ("sip", old.sip != new.sip),
    ];
    parts.into_iter().filter_map(|(part, changed)| changed.then_some(part))
}

fn token(config: &Config) -> Option<&str> {
    config.api.token.as_ref().map(ExposeSecret::expose_secret)
}

fn load(dir: &Path) -> anyhow::Result<Plans> {
    let config = Config::load(dir, &crate::cli::check::environment())
        .map_err(|problems| anyhow::anyhow!(problems.render(crate::domain::Language::En)))?;
    Plans::new(config)
}

fn sip_plan(config: &Config) -> SipPlan {
    let mut plan = SipPlan::new(config.sip.bind, config.sip.domain.clone());
    plan.tcp = config.sip.transports.contains(&crate::trunk::Transport::Tcp);
    plan.advertised = config.sip.public_host.as_ref().and_then(|host| host.parse().ok());
    if let Some(file) = &config.sip.ca_file {
        plan.ca_file.clone_from(file);
    }
    plan.registrar = registrar_plan(config);
    plan.known = trunk_addresses(config);
    plan
}

/// The trunks written down by address; one written by name is known once we have written to it.
fn trunk_addresses(config: &Config) -> Vec<IpAddr> {
    let hosts = config.trunks.iter().flat_map(|trunk| {
        let proxy = trunk.peer.outbound_proxy.as_ref().map(|proxy| &proxy.host);
        [Some(&trunk.peer.host), proxy].into_iter().flatten()
    });
    hosts.filter_map(|host| host.parse().ok()).collect()
}

async fn rescue(store: &Store, whose: Whose, clock: Clock) -> anyhow::Result<()> {
    let lost = store.rescue(whose, RESCUE_DELAY, clock.wall()).await.context(StartFault::Rescue)?;
    for attempt in &lost {
        warn!(attempt = %attempt.attempt, node = attempt.node, "an attempt was left open: it counts, and is not redialled");
    }
    Ok(())
}

/// Heartbeat, wake-ups, and rescue of dead nodes' attempts.
async fn keep_house(house: Arc<House>, readiness: watch::Sender<Readiness>, stop: CancellationToken) {
    let mut beat = tokio::time::interval(HEARTBEAT);
    let mut look = tokio::time::interval(LOOK);
    let (mut warned, mut overdue) = (None, 0);
    let mut seal = tokio::time::interval(SEAL);
    let mut afterwards = tokio::time::interval(AFTERWARDS);
    loop {
        // Only a beat is sure to have written something.
        let (kept, written) = tokio::select! {
            _ = seal.tick() => (keep_roots(&house).await, false),
            _ = afterwards.tick() => (after_calls(&house).await, false),
            _ = beat.tick() => {
                tell_calendars(&house, &mut warned);
                match keep_alive(&house).await {
                    Ok(()) => (cases::tell(&house, &mut overdue).await, true),
                    fault => (fault, false),
                }
            }
            _ = look.tick() => (wake(&house).await, false),
            () = stop.cancelled() => return,
        };
        if kept.is_err() || written {
            tell_silence(&house, &readiness, kept.is_err());
        }
        if let Err(fault) = kept {
            warn!(fault = format!("{fault:#}"), "the store is silent");
        }
    }
}

/// Shows whether the store can be written; a daemon that is not ready for another reason stays so.
fn tell_silence(house: &House, readiness: &watch::Sender<Readiness>, silent: bool) {
    house.metrics.store_silent(silent);
    readiness.send_if_modified(|readiness| match (&*readiness, silent) {
        (Readiness::Ready | Readiness::Killed, true) => {
            *readiness = Readiness::Silent;
            true
        }
        (Readiness::Silent, false) => {
            *readiness = by_kill_switch(house);
            true
        }
        (Readiness::Ready | Readiness::Killed | Readiness::Not(_) | Readiness::Silent, _) => false,
    });
}

/// Shows how long the calendars in use last, and warns once a day of those that end soon or have ended.
fn tell_calendars(house: &House, warned: &mut Option<jiff::civil::Date>) {
    let today = house.clock.wall().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    for (calendar, days) in house.plans.load().config.calendar_days_left(today) {
        house.metrics.calendar_days_left(calendar, days);
        if days <= ALARM_DAYS && *warned != Some(today) {
            warn!(
                calendar,
                days_left = days,
                "the calendar ends: every day after it has the hours of a holiday"
            );
        }
    }
    *warned = Some(today);
}

async fn keep_alive(house: &House) -> anyhow::Result<()> {
    if house.ousted.is_cancelled() {
        return Ok(()); // the name's signs of life are another's now
    }
    house.store.heartbeat(house.clock.wall()).await?;
    // Another node, or a command, may have put one into force.
    house.proposals.store(Arc::new(house.store.proposals_in_force().await?));
    let plans = house.plans.load_full();
    house.store.keep_texts(&plans.config.version, &plans.config.texts, house.clock.wall()).await?;
    rescue(&house.store, Whose::DeadNodes, house.clock).await
}

async fn after_calls(house: &House) -> anyhow::Result<()> {
    promises::judge(house).await?;
    next_actions::tell(house).await?;
    reclassify::apply(house).await
}

async fn keep_roots(house: &House) -> anyhow::Result<()> {
    let file = roots::daily_roots_file(&house.plans.load().config);
    roots::keep_roots(&house.store, &file, house.clock.wall()).await
}

async fn wake(house: &House) -> anyhow::Result<()> {
    for (attempt, why) in house.store.to_take_back().await? {
        let why = match why {
            TakeBack::Counted => StopReason::Counted,
            TakeBack::Held => StopReason::Hold,
            TakeBack::Paid => StopReason::Paid,
        };
        if why == StopReason::Paid
            && let Some(agent) = house.floor.agent_of(attempt)
        {
            house.desks.tell_paid(&agent, attempt);
        }
        // Who talks already is told so every time.
        if house.live.stop(attempt, why) && why != StopReason::Counted {
            info!(%attempt, ?why, "the call is taken back");
        }
    }
    while house.store.wake_due(WAKE, house.clock.wall()).await? == u64::from(WAKE) {}
    for lapsed in house.store.expire_callbacks(house.clock.wall()).await? {
        let (contact, due_at) = (lapsed.contact, lapsed.due_at);
        warn!(%contact, %due_at, "a call that was agreed was not made in time");
        house.metrics.callback_expired();
    }
    house.lines.each(|plan, well, _| house.metrics.trunk_up(&plan.name, well));
    Ok(())
}

fn by_kill_switch(house: &House) -> Readiness {
    if *house.killed.borrow() { Readiness::Killed } else { Readiness::Ready }
}

/// The kill switch takes ringing calls back; who talks may finish. While it is thrown the daemon is not ready.
async fn follow_kill_switch(house: Arc<House>, readiness: watch::Sender<Readiness>, stop: CancellationToken) {
    let mut killed = house.killed.clone();
    loop {
        let thrown = *killed.borrow_and_update();
        if thrown {
            house.live.stop_all(StopReason::KillSwitch);
        }
        house.metrics.killed(thrown);
        readiness.send_if_modified(|readiness| match readiness {
            Readiness::Ready | Readiness::Killed => {
                *readiness = by_kill_switch(&house);
                true
            }
            Readiness::Not(_) | Readiness::Silent => false,
        });
        tokio::select! {
            changed = killed.changed() => if changed.is_err() { return },
            () = stop.cancelled() => return,
        }
    }
}
