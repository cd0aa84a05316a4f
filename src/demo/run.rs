//! The demo: makes a list, a configuration and a carrier, and lets the daemon work on them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context, ensure};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::carrier::{CallRecord, Carrier, CarrierPlan};
use super::carrier_config::{CarrierConfig, campaign_file};
use super::people::{DebtorList, invent};
use super::show::{Progress, Snapshot, carrier_table};
use crate::call::StopReason;
use crate::cli::campaign::why_not_text;
use crate::config::{Config, Environment};
use crate::daemon::{Clock, Daemon, House, fill_campaign};
use crate::domain::contact::ContactState;
use crate::domain::{ImportRow, Language};
use crate::import::{Item, Options, Preset, read_list};
use crate::store::{CampaignState, Filled, Period, Store, StorePlan};

/// How a demo is to run.
#[derive(Debug, Clone)]
pub struct DemoPlan {
    /// Ends after this; without it, when nobody is left to call for now.
    pub limit: Option<Duration>,
    /// Ringing and waiting of the carrier's people are so many times shorter; what is said is not.
    pub speed: f64,
    pub people: usize,
    pub seed: u64,
    /// Where `flows` and `rules` are.
    pub config: PathBuf,
    /// Where the speech packs are.
    pub prompts: PathBuf,
    pub language: Language,
    /// Draw bars; plain lines otherwise.
    pub terminal: bool,
}

/// Runs the demo in a temporary folder until its limit, until `end`, or until nobody is left to call for now; prints
/// the reports.
///
/// # Errors
/// When a part can't be had, or the carrier's log and the attempts disagree.
pub async fn run(plan: &DemoPlan, folder: &Path, end: CancellationToken) -> anyhow::Result<()> {
    refuse_elsewhere(plan)?;
    let now = Clock.wall();
    let today = now.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let carrier = CarrierPlan { speed: plan.speed, ..CarrierPlan::new(plan.seed, today) };
    let carrier = Carrier::start(carrier).await.context("starting the simulated carrier")?;
    let lists = invent(plan.people, plan.seed, now);
    write_config(plan, folder, &lists, carrier.addr())?;
    let config = Config::load(&folder.join("config"), &Environment::new())
        .map_err(|problems| anyhow::anyhow!(problems.render(plan.language)))?;
    println!("{}", opening(plan));
    prepare(&config, folder, &lists, plan.language).await?;
    let store_plan = StorePlan { url: config.store.url.clone(), node: config.daemon.node.clone() };
    let mut daemon = Daemon::start(config).await?;
    let over = CancellationToken::new();
    let mut tasks = JoinSet::new();
    tasks.spawn(watch(Arc::clone(daemon.house()), plan.clone(), end.clone(), over.clone()));
    let (_reload, reloads) = mpsc::channel(1);
    daemon.work(end, reloads).await?;
    end_calls(daemon.house()).await;
    over.cancel();
    while let Some(watched) = tasks.join_next().await {
        watched.context("watching the demo")?;
    }
    // The last calls are written down as the daemon drains; what is told before would leave them out.
    daemon.drain().await;
    let calls = carrier.stop().await;
    let store = Store::open(store_plan).await.context("opening the store")?;
    report(&store, plan.language).await?;
    println!("\n{}", carrier_table(&calls, plan.language));
    let reconciled = reconcile(&store, plan.language, &calls).await;
    store.close().await;
    reconciled
}

/// The demo speaks and judges with what is shipped beside the program.
fn refuse_elsewhere(plan: &DemoPlan) -> anyhow::Result<()> {
    let flows = plan.config.join("flows");
    let missing: Vec<_> = [&flows, &plan.prompts].into_iter().filter(|folder| !folder.is_dir()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let missing = missing.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", ");
    match plan.language {
        Language::En => anyhow::bail!(
            "no {missing} here: run the demo in the project's folder, or name its folders with --config and --prompts"
        ),
        Language::Ru => anyhow::bail!(
            "здесь нет {missing}: запустите демо в папке проекта или назовите её папки в --config и --prompts"
        ),
    }
}

/// Writes the configuration: a campaign for each list, those for live agents without a dialer.
fn write_config(
    plan: &DemoPlan,
    folder: &Path,
    lists: &[DebtorList; 3],
    carrier: std::net::SocketAddr,
) -> anyhow::Result<()> {
    let mut config = CarrierConfig::around(carrier, &plan.prompts)?
        // A campaign for agents has a queue, though nobody sits at it here.
        .set("agents.toml", "queue.collectors.skills", Vec::<String>::new());
    let types = [&["forgetful"][..], &["involuntary", "habitual", "unknown"], &["idler", "fraudster"]];
    for (list, types) in lists.iter().zip(types) {
        let file = campaign_file(list.campaign);
        let channel = if for_agents(list.campaign) { "agent_call" } else { "ivr" };
        config = config.campaign(list.campaign).set(&file, "channel", channel).set(
            &file,
            "debtor_types",
            types.to_vec(),
        );
    }
    config.write(&plan.config, &folder.join("config"))
}

/// Imports the lists, fills the campaigns and starts them.
async fn prepare(
    config: &Config,
    folder: &Path,
    lists: &[DebtorList; 3],
    language: Language,
) -> anyhow::Result<()> {
    std::fs::create_dir_all(&config.daemon.data_dir).context("making the data folder")?;
    let plan = StorePlan { url: config.store.url.clone(), node: config.daemon.node.clone() };
    let store = Store::open(plan).await.context("opening the store")?;
    let given = &config.import;
    let options = Options::new(Preset::default(), &given.region, given.currency, given.language)?;
    // List by list, as an operator does: a campaign takes what is there when it is filled.
    for list in lists {
        import(&store, folder, list, &options).await?;
        let filled = fill_campaign(&store, config, list.campaign).await?;
        store.set_campaign(list.campaign, CampaignState::Running, "demo", Clock.wall()).await?;
        println!("{}", list_line(list, filled, language));
    }
    store.close().await;
    Ok(())
}

async fn import(store: &Store, folder: &Path, list: &DebtorList, options: &Options) -> anyhow::Result<()> {
    let file = folder.join(format!("{}.csv", list.campaign));
    std::fs::write(&file, &list.csv).with_context(|| format!("writing {}", file.display()))?;
    let mut rows: Vec<ImportRow> = Vec::new();
    let counts = read_list(&file, options, &mut |item| {
        if let Item::Row { row, .. } = item {
            rows.push(row);
        }
        Ok(())
    })?;
    ensure!(counts.rejected == 0, "the invented list {} has rejected rows", list.campaign);
    store.upsert(&rows, Clock.wall()).await?;
    Ok(())
}

/// What is about to happen, for somebody who sees it for the first time.
fn opening(plan: &DemoPlan) -> String {
    let (people, speed) = (plan.people, plan.speed);
    match plan.language {
        Language::En => format!(
            "{people} invented people are called through a simulated carrier on this machine: no real telephone \
             rings.\nThe carrier's people ring and think {speed} times as fast as people do; speech takes its time. \
             Ctrl-C ends it with the report.\n"
        ),
        Language::Ru => format!(
            "Обзваниваем {people} вымышленных людей через имитацию оператора связи на этой машине: ни один настоящий \
             телефон не звонит.\nГудки и раздумья ускорены (множитель {speed}), речь звучит с обычной скоростью. \
             Ctrl-C завершит показ отчётом.\n"
        ),
    }
}

/// Whether a campaign's calls are made for live agents, of whom the demo has none.
fn for_agents(campaign: &str) -> bool {
    campaign != "reminders"
}

fn list_line(list: &DebtorList, filled: Filled, language: Language) -> String {
    let (name, people, Filled { queued, held, .. }) = (list.campaign, list.people, filled);
    // No agent is there: what such a campaign queues waits for one as well.
    let (queued, held) = if for_agents(name) { (0, queued + held) } else { (queued, held) };
    match language {
        Language::En => {
            format!("{name:<14} {people:>5} people; debts: to be called {queued}, for agents {held}")
        }
        Language::Ru => {
            format!("{name:<14} {people:>5} человек; долгов: обзвонить {queued}, операторам {held}")
        }
    }
}

/// Takes back what rings, gives talks a moment to finish, and ends the rest.
async fn end_calls(house: &House) {
    house.draining.cancel();
    for (reason, patience) in [(StopReason::KillSwitch, 40), (StopReason::Drain, 20)] {
        house.live.stop_all(reason);
        for _ in 0..patience {
            if house.live.count() == 0 {
                return;
            }
            tokio::time::sleep(LOOK / 2).await;
        }
    }
}

/// How often the progress is counted.
const LOOK: Duration = Duration::from_millis(500);

/// Shows the progress and ends the demo at its limit, or when nobody is left to call for now.
async fn watch(house: Arc<House>, plan: DemoPlan, end: CancellationToken, over: CancellationToken) {
    let began = Clock.now();
    let mut progress = Progress::new(plan.terminal, plan.limit, plan.language);
    let mut last = Snapshot::default();
    loop {
        let elapsed = Clock.now() - began;
        match snapshot(&house, elapsed).await {
            Ok(now) => last = now,
            Err(fault) => {
                tracing::warn!(fault = format!("{fault:#}"), "the store does not tell the progress");
            }
        }
        progress.show(&last);
        let idle =
            last.live == 0 && last.done + last.waiting + last.held == last.contacts && last.contacts > 0;
        if plan.limit.is_some_and(|limit| elapsed >= limit) || idle {
            end.cancel();
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = over.cancelled() => break,
        }
    }
    progress.finish(&last);
}

async fn snapshot(house: &House, elapsed: Duration) -> anyhow::Result<Snapshot> {
    let (store, live) = (&house.store, house.live.count() as u64);
    let talking = house.talking.load(Ordering::Relaxed).min(live);
    let mut now = Snapshot { elapsed, live, talking, ..Snapshot::default() };
    for campaign in store.campaigns().await? {
        for total in store.why_not(campaign.id).await? {
            now.contacts += total.contacts;
            match total.state.code() {
                "done" => now.done += total.contacts,
                "waiting" => now.waiting += total.contacts,
                "held" => now.held += total.contacts,
                "queued" if for_agents(&campaign.name) => now.held += total.contacts,
                _ => {}
            }
        }
    }
    for line in store.outcomes_report(ALL_TIME).await? {
        now.attempts += line.attempts;
        match line.outcome.code() {
            "answered" => now.answered += line.attempts,
            "machine" => now.machines += line.attempts,
            "busy" | "no_answer" | "rejected" | "invalid_number" => now.unreached += line.attempts,
            code if code.starts_with("failed") => now.failed += line.attempts,
            _ => {}
        }
        match line.disposition.map(|d| d.code()) {
            Some("promise_to_pay") => now.promises += line.attempts,
            Some("link_sent") => now.links += line.attempts,
            _ => {}
        }
    }
    let actions = store.effects_report(ALL_TIME, &[]).await?;
    now.identified = actions.iter().map(|row| row.sum("right_party").unsigned_abs()).sum();
    Ok(now)
}

const ALL_TIME: Period = Period { from: jiff::Timestamp::UNIX_EPOCH, to: jiff::Timestamp::MAX };

async fn report(store: &Store, language: Language) -> anyhow::Result<()> {
    println!("\n{}", crate::cli::report::outcomes(store, ALL_TIME, false, language).await?);
    print!(
        "{}",
        crate::cli::report::channels::report(store, ALL_TIME, &Default::default(), false, language).await?
    );
    for campaign in store.campaigns().await? {
        println!("\n{}", campaign.name);
        let mut totals = store.why_not(campaign.id).await?;
        for total in totals.iter_mut().filter(|total| total.state == ContactState::Queued) {
            total.why = if for_agents(&campaign.name) { "agent_awaited" } else { "" }.to_owned();
        }
        print!("{}", why_not_text(&totals, language));
    }
    Ok(())
}

/// The carrier's log and our attempts tell the same calls: every INVITE has a row, every row that says it left has
/// an INVITE.
async fn reconcile(store: &Store, language: Language, calls: &[CallRecord]) -> anyhow::Result<()> {
    let mut walk = store.export_attempts(Default::default());
    let mut ours = std::collections::BTreeSet::new();
    loop {
        let page = walk.next_page().await?;
        if page.is_empty() {
            break;
        }
        ours.extend(page.iter().filter(|row| row.stamps.invite.is_some()).map(|row| row.id.0));
    }
    let theirs: std::collections::BTreeSet<i64> = calls.iter().filter_map(|call| call.attempt).collect();
    let (ours_count, theirs_count) = (ours.len(), theirs.len());
    match language {
        Language::En => {
            println!("our attempts that left: {ours_count}; calls the carrier saw: {theirs_count}");
        }
        Language::Ru => {
            println!("наших отправленных попыток: {ours_count}; звонков у оператора связи: {theirs_count}");
        }
    }
    ensure!(theirs.is_subset(&ours), "the carrier saw calls that no attempt tells of");
    Ok(())
}
