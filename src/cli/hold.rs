//! `obzvon hold`: reasons not to contact a person, set, listed and lifted.

use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::{Args, Subcommand};

use super::open::{ConfigArgs, act, evidence};
use crate::daemon::Clock;
use crate::domain::PersonId;
use crate::rules::{Hold, HoldKind};
use crate::store::Store;

/// Holds: reasons not to contact a person. A ringing call to him is taken back within a second
#[derive(Debug, Args)]
pub struct HoldArgs {
    #[command(flatten)]
    config: ConfigArgs,
    #[command(subcommand)]
    command: HoldCommand,
}

#[derive(Debug, Subcommand)]
enum HoldCommand {
    /// Set a hold of a kind, such as refusal_of_interaction, bankruptcy, never_call
    Add {
        person: String,
        kind: String,
        /// What proves it: a letter, a court act
        #[arg(long, value_parser = evidence)]
        evidence: String,
    },
    /// List a person's holds
    List { person: String },
    /// Lift a hold by its number
    Lift { person: String, id: i64 },
}

impl HoldArgs {
    /// Carries the command out.
    ///
    /// # Errors
    /// When the store fails, or nobody has that id.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        act(&self.config, async |store| carry_out(store, self.command).await)
    }
}

async fn carry_out(store: &Store, command: HoldCommand) -> anyhow::Result<()> {
    match command {
        HoldCommand::Add { person, kind, evidence } => {
            let kinds = || HoldKind::ALL.iter().map(|kind| kind.code()).collect::<Vec<_>>().join(", ");
            let kind = HoldKind::parse(&kind).with_context(|| format!("kinds of hold are: {}", kinds()))?;
            for person in persons(store, &person).await? {
                let hold = Hold { evidence: Some(evidence.clone()), ..Hold::new(kind, person, Clock.wall()) };
                let (id, _) = store.add_hold(hold).await?;
                println!("hold {id}: {}", kind.code());
            }
        }
        HoldCommand::List { person } => {
            for person in persons(store, &person).await? {
                for row in store.holds(person).await? {
                    let moment =
                        |at: Option<jiff::Timestamp>| at.map_or("…".to_owned(), |at| at.to_string());
                    let evidence = row.evidence.as_deref().unwrap_or("");
                    println!(
                        "{:>6} {:<24} {} – {}  {evidence}",
                        row.id,
                        row.kind.code(),
                        moment(row.from),
                        moment(row.until)
                    );
                }
            }
        }
        HoldCommand::Lift { person, id } => {
            let mut lifted = false;
            for person in persons(store, &person).await? {
                lifted |= store.lift_hold(person, id, Clock.wall()).await?;
            }
            ensure!(lifted, "the person has no hold {id} that bites");
            println!("hold {id}: lifted");
        }
    }
    Ok(())
}

/// Whoever has this id or number; several may share a number.
pub(super) async fn persons(store: &Store, id_or_phone: &str) -> anyhow::Result<Vec<PersonId>> {
    let persons: Vec<_> = store.person_files(id_or_phone).await?.iter().map(|file| file.id).collect();
    ensure!(!persons.is_empty(), "nobody has this id or number; a number is written +79991234567");
    Ok(persons)
}
