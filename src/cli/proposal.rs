//! `obzvon proposal`: what the figures suggest, put into force or taken back, with who and when.

use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::json;

use super::open::{ConfigArgs, act, evidence};
use super::report::proposals::{doing_text, proposed};
use super::sheet::always;
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
        act(&self.config, async |store| carry_out(store, self.command, language).await)
    }
}

async fn carry_out(store: &Store, command: ProposalCommand, language: Language) -> anyhow::Result<()> {
    let now = Clock.wall();
    match command {
        ProposalCommand::Apply { code, by } => {
            store.build_tallies().await?;
            match apply(store, code, &by, now).await? {
                Applied::Done => println!("{}", doing_text(code, language)),
                Applied::InForce => anyhow::bail!("{} is in force already", code.code()),
                Applied::NotProposed => anyhow::bail!("the figures don't propose {}", code.code()),
            }
        }
        ProposalCommand::Withdraw { code, by } => {
            let done = store.withdraw_proposal(code, &by, now).await?;
            ensure!(done, "{} is not in force", code.code());
        }
        ProposalCommand::List { json: true } => {
            let rows = store.proposals_applied().await?;
            let rows = rows.iter().map(row_json).collect::<Result<Vec<_>, _>>()?;
            println!("{}", json!(rows));
        }
        ProposalCommand::List { json: false } => {
            for row in store.proposals_applied().await? {
                println!("{}", row_text(&row, language));
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
}

/// Puts into force what the figures of all time propose, and keeps the figures with it.
///
/// # Errors
/// When the store fails.
pub async fn apply(store: &Store, doing: Doing, who: &str, now: Timestamp) -> Result<Applied, StoreError> {
    let found = proposed(store, always()).await?;
    let Some(proposal) = found.iter().find(|proposal| proposal.doing() == Some(doing)) else {
        return Ok(Applied::NotProposed);
    };
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

fn row_text(row: &ProposalRow, language: Language) -> String {
    let (force, back) = match language {
        Language::En => ("in force", "taken back"),
        Language::Ru => ("действует", "отменено"),
    };
    let state = row
        .withdrawn
        .as_ref()
        .map_or_else(|| force.to_owned(), |(at, who)| format!("{back}: {who}, {at:.0}"));
    let doing = doing_text(row.doing, language);
    format!("{}\n  {doing}\n  {}, {:.0}; {state}", row.doing.code(), row.applied_by, row.applied_at)
}
