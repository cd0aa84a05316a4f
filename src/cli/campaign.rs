//! `obzvon campaign`: fill, start, pause, stop, list, and why contacts are not called.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::exceptions::{exceptions_json, notices_of};
use super::names::{identity_text, no_engine_text, prepare_campaign, untellable_text, untold_text};
use super::open::{ConfigArgs, block_on, registry, store};
use super::standing::user;
use super::words;
use crate::campaign::Dialling;
use crate::config::Config;
use crate::daemon::{Clock, Judge, fill_campaign, retake_unvoiced, unnamed, untellable, untold_to_callers};
use crate::domain::Language;
use crate::store::{CampaignRow, CampaignState, Filled, Store, WhyNot};

/// Campaigns: fill, start, pause, stop, list
#[derive(Debug, Args)]
pub struct CampaignArgs {
    #[command(flatten)]
    config: ConfigArgs,
    #[command(subcommand)]
    command: CampaignCommand,
}

#[derive(Debug, Subcommand)]
enum CampaignCommand {
    /// Makes contacts of the open debts that the campaign's file aims at
    Fill { name: String },
    /// Has the speech engines say the names of those the campaign may call; exit 1 when one failed
    Prepare { name: String },
    /// Fills the campaign, prepares its names, and lets the daemon dial it
    Start { name: String },
    /// No new call until it is started again
    Pause { name: String },
    /// No new call, ever
    Stop { name: String },
    /// Every campaign with its contacts by state
    List,
    /// Why contacts are not called: totals that add up to all contacts
    WhyNot {
        name: String,
        /// For a program: one JSON object
        #[arg(long)]
        json: bool,
    },
}

impl CampaignArgs {
    /// Carries the command out.
    ///
    /// # Errors
    /// When the store fails, or the configuration has no such campaign.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let config = match self.config.load() {
            Ok(config) => config,
            Err(code) => return Ok(code),
        };
        let language = self.config.language();
        block_on(async {
            let store = store(&config).await?;
            let done = match self.command {
                CampaignCommand::Fill { name } => {
                    refuse_stopped(&store, &name, language).await?;
                    fill(&store, &config, &name, language).await
                }
                CampaignCommand::Start { name } => {
                    refuse_stopped(&store, &name, language).await?;
                    fill(&store, &config, &name, language).await?;
                    // A name that could not be said is left out of the call; nobody waits for it.
                    prepare_campaign(&store, &config, &name, language).await?;
                    // Where the campaign runs already, the daemon has set people aside while they were being said.
                    retake_unvoiced(&store, &config, &name).await?;
                    print!("{}", identity(&store, &config, &name, language).await?);
                    let moved = set(&store, &name, CampaignState::Running, language).await;
                    print!("{}", notices(&config, &name, language));
                    moved
                }
                CampaignCommand::Prepare { name } => {
                    refuse_empty(&store, &config, &name, language).await?;
                    if config.prompts.engines.is_empty() {
                        println!("{}", no_engine_text(language));
                    }
                    let sound = prepare_campaign(&store, &config, &name, language).await;
                    retake_unvoiced(&store, &config, &name).await?;
                    print!("{}", identity(&store, &config, &name, language).await?);
                    print!("{}", untellable_text(&untellable(&store, &config, &name).await?, language));
                    store.close().await;
                    return Ok(if sound? { ExitCode::SUCCESS } else { ExitCode::FAILURE });
                }
                CampaignCommand::Pause { name } => set(&store, &name, CampaignState::Paused, language).await,
                CampaignCommand::Stop { name } => set(&store, &name, CampaignState::Stopped, language).await,
                CampaignCommand::List => list(&store, &config, language).await,
                CampaignCommand::WhyNot { name, json } => {
                    why_not(&store, &config, &name, json, language).await
                }
            };
            store.close().await;
            done.map(|()| ExitCode::SUCCESS)
        })
    }
}

async fn fill(store: &Store, config: &Config, name: &str, language: Language) -> anyhow::Result<()> {
    let filled = fill_campaign(store, config, name).await?;
    let Filled { queued, resting, held, unspeakable, left_alone, left } = filled;
    match language {
        Language::En => println!(
            "{name}: queued {queued}, promised and resting {resting}, held for agents {held}, for want of words {unspeakable}, left alone for comparison {left_alone}, not its debts {left}"
        ),
        Language::Ru => println!(
            "{name}: в очереди {queued}, обещаны и ждут срока {resting}, ждут оператора {held}, нечем озвучить {unspeakable}, не звоним для сравнения {left_alone}, не из этой кампании {left}"
        ),
    }
    print!("{}", untellable_text(&untellable(store, config, name).await?, language));
    print!("{}", untold_text(&untold_to_callers(store, config, name).await?, language));
    Ok(())
}

/// By what the campaign's robot knows the debtor, and whom it will set aside for that.
async fn identity(store: &Store, config: &Config, name: &str, language: Language) -> anyhow::Result<String> {
    let Some(plan) = config.campaign(name) else { return Ok(String::new()) };
    let unnamed = unnamed(store, config, name).await?;
    Ok(identity_text((plan.channel, plan.identity), unnamed, language))
}

/// Moves the campaign to a state; that it stands there already is no mistake.
async fn set(store: &Store, name: &str, state: CampaignState, language: Language) -> anyhow::Result<()> {
    let ru = language == Language::Ru;
    if store.set_campaign(name, state, &user(), Clock.wall()).await? {
        println!("{name}: {}", words::campaign_state(state.code(), language));
        return Ok(());
    }
    match find(store, name).await? {
        None if ru => anyhow::bail!("кампании {name:?} нет в базе: сначала obzvon campaign fill {name}"),
        None => anyhow::bail!("campaign {name:?} is not in the database: first obzvon campaign fill {name}"),
        Some(row) if row.state == state => {
            let already = if ru { "уже" } else { "already" };
            println!("{name}: {already} {}", words::campaign_state(state.code(), language));
            Ok(())
        }
        Some(_) => refuse_stopped(store, name, language).await,
    }
}

/// A stopped campaign stays so: it is neither filled nor moved.
async fn refuse_stopped(store: &Store, name: &str, language: Language) -> anyhow::Result<()> {
    let stopped = find(store, name).await?.is_some_and(|row| row.state == CampaignState::Stopped);
    match language {
        _ if !stopped => Ok(()),
        Language::Ru => anyhow::bail!("кампания {name:?} остановлена насовсем: заведите новую"),
        Language::En => anyhow::bail!("campaign {name:?} is stopped for good: make a new one"),
    }
}

/// Before its first filling a campaign has nobody whose name could be said.
async fn refuse_empty(store: &Store, config: &Config, name: &str, language: Language) -> anyhow::Result<()> {
    if config.campaign(name).is_none() {
        // The preparation says which there are none of.
        return Ok(());
    }
    let filled = match find(store, name).await? {
        Some(row) => !store.why_not(row.id).await?.is_empty(),
        None => false,
    };
    match language {
        _ if filled => Ok(()),
        Language::Ru => anyhow::bail!(
            "в кампании {name:?} ещё нет контактов: сначала obzvon campaign fill {name}; звонков от этого не будет"
        ),
        Language::En => anyhow::bail!(
            "campaign {name:?} has no contacts yet: first obzvon campaign fill {name}, which calls nobody"
        ),
    }
}

async fn find(store: &Store, name: &str) -> anyhow::Result<Option<CampaignRow>> {
    Ok(store.campaigns().await?.into_iter().find(|row| row.name == name))
}

/// What there is to show of the rules the campaign goes by, and what its agents are in doubt of.
fn notices(config: &Config, name: &str, language: Language) -> String {
    let Some(plan) = config.campaign(name) else { return String::new() };
    let predictive = matches!(plan.dialling, Dialling::Predictive(..));
    let doubts = config.doubts.iter().filter(|_| predictive);
    let doubts = doubts.map(|doubt| format!("{}: {}\n", words::warning(language), doubt.line(language)));
    notices_of(config, plan, Clock.wall(), language) + &doubts.collect::<String>()
}

async fn list(store: &Store, config: &Config, language: Language) -> anyhow::Result<()> {
    for row in store.campaigns().await? {
        let totals = store.why_not(row.id).await?;
        let of =
            |state: &str| totals.iter().filter(|t| t.state.code() == state).map(|t| t.contacts).sum::<u64>();
        let all: u64 = totals.iter().map(|t| t.contacts).sum();
        let states = ["queued", "waiting", "in_flight", "held", "done"];
        let states =
            states.map(|state| format!("{} {}", words::contact_state(state, language), of(state))).join(", ");
        let contacts = if language == Language::Ru { "контактов" } else { "contacts" };
        println!(
            "{:<24} {:<8} {contacts} {all}: {states}",
            row.name,
            words::campaign_state(row.state.code(), language)
        );
        print!("{}", notices(config, &row.name, language));
    }
    Ok(())
}

async fn why_not(
    store: &Store,
    config: &Config,
    name: &str,
    json: bool,
    language: Language,
) -> anyhow::Result<()> {
    let Some(row) = find(store, name).await? else {
        anyhow::bail!("no campaign {name:?} in the database; fill it first");
    };
    let (registry, killed) = (registry(config), config.daemon.kill_switch.try_exists().unwrap_or(true));
    let judge = Judge { store, config, registry: &registry, killed, now: Clock.wall() };
    let totals = judge.why_not(&row).await?;
    let all: u64 = totals.iter().map(|t| t.contacts).sum();
    let (preset, exceptions) = match config.campaign(name) {
        Some(plan) => (plan.preset.as_str(), config.overrides_of(plan)),
        None => ("", Default::default()),
    };
    if json {
        let lines: Vec<_> = totals
            .iter()
            .map(|t| serde_json::json!({ "state": t.state.code(), "why": t.why, "contacts": t.contacts }))
            .collect();
        let overrides = exceptions_json(preset, exceptions, Clock.wall());
        let answer =
            serde_json::json!({ "campaign": name, "contacts": all, "totals": lines, "overrides": overrides });
        println!("{answer}");
        return Ok(());
    }
    print!("{}", notices(config, name, language));
    print!("{}", why_not_text(&totals, language));
    Ok(())
}

/// Where the contacts stand and why, with their sum.
pub fn why_not_text(totals: &[WhyNot], language: Language) -> String {
    let line = |state: &str, why: &str, contacts: u64| format!("  {state:<12} {why:<34} {contacts:>9}\n");
    let lines = totals.iter().map(|total| {
        let state = words::contact_state(total.state.code(), language);
        line(state, &words::why(&total.why, language), total.contacts)
    });
    let all = if language == Language::Ru { "всего" } else { "all" };
    lines.collect::<String>() + &line(all, "", totals.iter().map(|total| total.contacts).sum())
}
