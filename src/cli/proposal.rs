//! `obzvon proposal`: what the figures suggest, put into force or taken back, with who and when.

use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::json;

use super::open::{ConfigArgs, evidence, work};
use super::report::proposals::{doing_text, proposed};
use super::sheet::always;
use crate::campaign::{CampaignPlan, hours_of, is_ever_open};
use crate::config::Config;
use crate::daemon::Clock;
use crate::domain::Language;
use crate::stats::Doing;
use crate::store::{ProposalRow, Store, StoreError};

/// What `report proposals` suggests, put into force or taken back; nothing is changed by itself
#[derive(Debug, Args)]
pub struct ProposalArgs {
    #[command(flatten)]
    config: ConfigArgs,
    #[command(subcommand)]
    command: ProposalCommand,
}

#[derive(Debug, Subcommand)]
enum ProposalCommand {
    /// Put one into force, by the code that `report proposals` prints; a daemon at work knows it within a minute
    Apply {
        #[arg(value_parser = doing)]
        code: Doing,
        /// Who decided it
        #[arg(long, value_parser = evidence)]
        by: String,
    },
    /// Take one back
    Withdraw {
        #[arg(value_parser = doing)]
        code: Doing,
        /// Who decided it
        #[arg(long, value_parser = evidence)]
        by: String,
    },
    /// Everything that was ever applied, the newest first
    List {
        /// For a program: one JSON array
        #[arg(long)]
        json: bool,
    },
}

fn doing(code: &str) -> Result<Doing, String> {
    Doing::parse(code).ok_or_else(|| "a code of `obzvon report proposals`".to_owned())
}

impl ProposalArgs {
    /// Carries the command out.
    ///
    /// # Errors
    /// When the store fails, or the figures don't propose it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let language = self.config.language();
        work(&self.config, async |store, config| carry_out(store, config, self.command, language).await)
    }
}

async fn carry_out(
    store: &Store,
    config: &Config,
    command: ProposalCommand,
    language: Language,
) -> anyhow::Result<()> {
    let now = Clock.wall();
    match command {
        ProposalCommand::Apply { code, by } => {
            store.build_tallies().await?;
            match apply((store, config), code, &by, now).await? {
                Applied::Done => println!("{}", doing_text(code, language)),
                refused => anyhow::bail!("{}: {}", code.code(), refused.words(language)),
            }
        }
        ProposalCommand::Withdraw { code, by } => {
            let done = store.withdraw_proposal(code, &by, now).await?;
            let words = match language {
                Language::En => "is not in force",
                Language::Ru => "не действует",
            };
            ensure!(done, "{} {words}", code.code());
        }
        ProposalCommand::List { json: true } => {
            let rows = store.proposals_applied().await?;
            let rows = rows.iter().map(row_json).collect::<Result<Vec<_>, _>>()?;
            println!("{}", json!(rows));
        }
        ProposalCommand::List { json: false } => {
            for row in store.proposals_applied().await? {
                println!("{}", row_text(&row, is_followed(config, row.doing), language));
            }
        }
    }
    Ok(())
}

/// What came of applying a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    Done,
    InForce,
    /// The figures don't propose it, or not any more.
    NotProposed,
    /// No campaign of the channel is ever open in that part of the day by its own hours and the rules.
    NeverOpen,
}

impl Applied {
    /// Why it was not done.
    pub fn words(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Done, Language::En) => "done",
            (Self::Done, Language::Ru) => "сделано",
            (Self::InForce, Language::En) => "it is in force already",
            (Self::InForce, Language::Ru) => "уже действует",
            (Self::NeverOpen, Language::En) => {
                "no campaign of this channel may call in that part of the day by its own hours and the law's"
            }
            (Self::NeverOpen, Language::Ru) => {
                "в это время суток не может звонить ни одна кампания этого канала: не позволяют её часы или закон"
            }
            (Self::NotProposed, Language::En) => "the figures don't propose it, or not any more",
            (Self::NotProposed, Language::Ru) => "показатели этого не предлагают или больше не предлагают",
        }
    }
}

/// Whether what is wished can come true by the configuration in force: where it can't, nobody waits for it.
pub fn is_followed(config: &Config, doing: Doing) -> bool {
    let Doing::DayPart { channel, part, .. } = doing else { return true };
    let Some(part) = hours_of(part) else { return false };
    let is_open = |plan: &CampaignPlan| is_ever_open(&plan.calendar, part, config.preset_of(plan));
    let mut campaigns = config.campaigns.iter().filter(|plan| plan.channel == channel).peekable();
    // Before there is a campaign of the channel nothing speaks against the wish.
    campaigns.peek().is_none() || campaigns.any(|plan| is_open(plan))
}

/// Puts into force what the figures of all time propose, and keeps the figures with it.
///
/// # Errors
/// When the store fails.
pub async fn apply(
    (store, config): (&Store, &Config),
    doing: Doing,
    who: &str,
    now: Timestamp,
) -> Result<Applied, StoreError> {
    let found = proposed(store, always()).await?;
    let Some(proposal) = found.iter().find(|proposal| proposal.doing() == Some(doing)) else {
        return Ok(Applied::NotProposed);
    };
    if !is_followed(config, doing) {
        return Ok(Applied::NeverOpen);
    }
    let figures = json!(proposal).to_string();
    Ok(match store.apply_proposal(doing, figures, who, now).await? {
        true => Applied::Done,
        false => Applied::InForce,
    })
}

fn row_json(row: &ProposalRow) -> anyhow::Result<serde_json::Value> {
    let figures: serde_json::Value = serde_json::from_str(&row.figures).context("figures of a proposal")?;
    let withdrawn = row.withdrawn.as_ref();
    Ok(json!({
        "code": row.doing.code(), "applied_by": row.applied_by, "applied_at": row.applied_at.to_string(),
        "withdrawn_by": withdrawn.map(|(_, who)| who), "withdrawn_at": withdrawn.map(|(at, _)| at.to_string()),
        "figures": figures,
    }))
}

fn row_text(row: &ProposalRow, is_followed: bool, language: Language) -> String {
    let (force, back) = match (language, is_followed) {
        (Language::En, true) => ("in force", "taken back"),
        (Language::En, false) => ("in force, and not followed: never open then", "taken back"),
        (Language::Ru, true) => ("действует", "отменено"),
        (Language::Ru, false) => ("действует, но не соблюдается: в это время звонить нельзя", "отменено"),
    };
    let state = row
        .withdrawn
        .as_ref()
        .map_or_else(|| force.to_owned(), |(at, who)| format!("{back}: {who}, {at:.0}"));
    let doing = doing_text(row.doing, language);
    format!("{}\n  {doing}\n  {}, {:.0}; {state}", row.doing.code(), row.applied_by, row.applied_at)
}
