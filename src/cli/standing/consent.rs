//! `obzvon consent`: what a person agreed to, written down, listed and withdrawn.

use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::{Args, Subcommand};
use jiff::SignedDuration;

use super::{By, Reach, files, persons, reach, span};
use crate::cli::open::{ConfigArgs, act};
use crate::daemon::Clock;
use crate::domain::{Language, plain};
use crate::rules::{Consent, ConsentKind};
use crate::store::Store;

/// Consents: what a person agreed to. Contacts that wait for one look again
#[derive(Debug, Args)]
pub struct ConsentArgs {
    #[command(flatten)]
    config: ConfigArgs,
    #[command(subcommand)]
    command: ConsentCommand,
}

#[derive(Debug, Subcommand)]
enum ConsentCommand {
    /// Write a consent of a kind down, such as tcpa_prior_express, third_party_agreed
    Add {
        person: String,
        kind: String,
        #[command(flatten)]
        reach: Reach,
        #[command(flatten)]
        by: By,
    },
    /// List a person's consents
    List { person: String },
    /// Withdraw a consent by its number, at once
    Withdraw {
        person: String,
        id: i64,
        #[command(flatten)]
        by: By,
    },
}

/// A direct consent to more calls under Regulation F lasts no longer.
const DIRECT_CONSENT: SignedDuration = SignedDuration::from_hours(7 * 24);

impl ConsentArgs {
    /// Carries the command out.
    ///
    /// # Errors
    /// When the store fails, or nobody has that id.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let language = self.config.language();
        act(&self.config, async |store| carry_out(store, self.command, language).await)
    }
}

async fn carry_out(store: &Store, command: ConsentCommand, language: Language) -> anyhow::Result<()> {
    let (now, head) = (Clock.wall(), language.pick("consent", "согласие"));
    match command {
        ConsentCommand::Add { person, kind, reach, by } => {
            let kinds = || ConsentKind::ALL.iter().map(|kind| kind.code()).collect::<Vec<_>>().join(", ");
            let unknown = || {
                let kinds = kinds();
                language.pick(format!("kinds of consent are: {kinds}"), format!("виды согласий: {kinds}"))
            };
            let kind = ConsentKind::parse(&kind).with_context(unknown)?;
            let ((from, mut until), by) = (reach.times(now, language)?, by.hand());
            if kind == ConsentKind::RegfDirectConsent {
                let last = from.checked_add(DIRECT_CONSENT)?;
                until = Some(until.map_or(last, |until| until.min(last)));
            }
            for file in files(store, &person, language).await? {
                let (phone, debt) = reach.within(&file, language)?;
                let evidence = Some(by.evidence.clone());
                let consent =
                    Consent { kind, person: file.id, debt, phone, from: Some(from), until, evidence };
                let id = store.add_consent_by_hand(consent, by.clone(), now).await?;
                println!("{head} {id}: {}, {}", kind.code(), span(Some(from), until));
            }
        }
        ConsentCommand::List { person } => {
            for person in persons(store, &person, language).await? {
                for row in store.consents(person).await? {
                    let (kind, times) = (row.kind.code(), span(row.from, row.until));
                    let (on, evidence) =
                        (reach(row.phone, row.debt.as_deref(), language), row.evidence.as_deref());
                    println!("{:>6} {kind:<26} {times}  {on}  {}", row.id, plain(evidence.unwrap_or("")));
                }
            }
        }
        ConsentCommand::Withdraw { person, id, by } => {
            let (mut withdrawn, by) = (false, by.hand());
            for person in persons(store, &person, language).await? {
                withdrawn = withdrawn || store.withdraw_consent(person, id, by.clone(), now).await?;
            }
            let none = language.pick(
                format!("the person has no consent {id} in force"),
                format!("действующего согласия {id} у человека нет"),
            );
            ensure!(withdrawn, none);
            println!("{head} {id}: {}", language.pick("withdrawn", "отозвано"));
        }
    }
    Ok(())
}
