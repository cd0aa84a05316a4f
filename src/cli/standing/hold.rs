//! `obzvon hold`: reasons not to contact a person, set, suspended, listed and lifted.

use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::{By, Reach, files, persons, reach, span};
use crate::cli::open::{ConfigArgs, act};
use crate::daemon::Clock;
use crate::domain::{Language, plain};
use crate::rules::{Hold, HoldKind};
use crate::store::{Store, Suspended};

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
        #[command(flatten)]
        reach: Reach,
        #[command(flatten)]
        by: By,
    },
    /// List a person's holds
    List { person: String },
    /// Suspend a refusal of interaction for a time, as a court act does; no other kind can be
    Suspend {
        person: String,
        id: i64,
        /// From this moment (2026-12-01T00:00:00Z); now where absent
        #[arg(long)]
        from: Option<Timestamp>,
        /// Until this moment, two months after the first at most
        #[arg(long)]
        until: Timestamp,
        #[command(flatten)]
        by: By,
    },
    /// Lift a hold by its number
    Lift {
        person: String,
        id: i64,
        #[command(flatten)]
        by: By,
    },
}

impl HoldArgs {
    /// Carries the command out.
    ///
    /// # Errors
    /// When the store fails, or nobody has that id.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let language = self.config.language();
        act(&self.config, async |store| carry_out(store, self.command, language).await)
    }
}

async fn carry_out(store: &Store, command: HoldCommand, language: Language) -> anyhow::Result<()> {
    let (now, head) = (Clock.wall(), language.pick("hold", "запрет"));
    match command {
        HoldCommand::Add { person, kind, reach, by } => {
            let kinds = || HoldKind::ALL.iter().map(|kind| kind.code()).collect::<Vec<_>>().join(", ");
            let unknown = || {
                let kinds = kinds();
                language.pick(format!("kinds of hold are: {kinds}"), format!("виды запретов: {kinds}"))
            };
            let kind = HoldKind::parse(&kind).with_context(unknown)?;
            let ((from, until), by) = (reach.times(now, language)?, by.hand());
            for file in files(store, &person, language).await? {
                let (phone, debt) = reach.within(&file, language)?;
                let evidence = Some(by.evidence.clone());
                let hold = Hold { phone, debt, until, evidence, ..Hold::new(kind, file.id, from) };
                let (id, _) = store.add_hold_by_hand(hold, by.clone(), now).await?;
                println!("{head} {id}: {}", kind.code());
            }
        }
        HoldCommand::List { person } => {
            for file in files(store, &person, language).await? {
                for row in store.holds(file.id).await? {
                    let (kind, times) = (row.kind.code(), span(row.from, row.until));
                    let (on, evidence) =
                        (reach(row.phone, row.debt.as_deref(), language), row.evidence.as_deref());
                    println!("{:>6} {kind:<24} {times}  {on}  {}", row.id, plain(evidence.unwrap_or("")));
                    if row.holder != file.external_id {
                        let holder = plain(&row.holder);
                        let (set, lifted) =
                            language.pick(("set for", "lifted by"), ("поставлен на", "снимает его"));
                        println!("       {set} {holder}; {lifted}: hold lift {holder} {}", row.id);
                    }
                    for (from, until) in row.suspended {
                        let suspended = language.pick("suspended", "приостановлен");
                        println!("       {suspended:<24} {}", span(Some(from), until));
                    }
                }
            }
        }
        HoldCommand::Suspend { person, id, from, until, by } => {
            let (from, by) = (from.unwrap_or(now), by.hand());
            for person in persons(store, &person, language).await? {
                match store.suspend_hold(person, id, (from, until), by.clone(), now).await? {
                    Suspended::Now => {
                        let suspended = language.pick("suspended", "приостановлен");
                        println!("{head} {id}: {suspended} {}", span(Some(from), Some(until)));
                        return Ok(());
                    }
                    Suspended::NoHold => {}
                    Suspended::NotThisKind { kind } => bail!(language.pick(
                        format!(
                            "a hold of the kind {} can't be suspended: lift it once its ground is gone",
                            kind.code()
                        ),
                        format!(
                            "запрет вида {} не приостановить: снимите его, когда не станет основания",
                            kind.code()
                        ),
                    )),
                    Suspended::BadChain { since, latest } => bail!(language.pick(
                        format!(
                            "with the suspensions it follows on, the hold would rest from {since} beyond {latest}: \
                             together they last two months at most, as one does"
                        ),
                        format!(
                            "вместе с приостановками, которые она продолжает, запрет не действовал бы с {since} и позже \
                             {latest}: все вместе они длятся не больше двух месяцев, как и одна"
                        ),
                    )),
                    Suspended::BadEnd { latest } => bail!(language.pick(
                        format!("a suspension ends after it begins, and by {latest}: in two months at most"),
                        format!(
                            "приостановка кончается позже, чем начинается, и не позже {latest}: не больше двух месяцев"
                        ),
                    )),
                }
            }
            bail!(
                language.pick(format!("the person has no hold {id}"), format!("у человека нет запрета {id}"))
            );
        }
        HoldCommand::Lift { person, id, by } => {
            let (mut lifted, by) = (false, by.hand());
            for person in persons(store, &person, language).await? {
                lifted = lifted || store.lift_hold_by_hand(person, id, by.clone(), now).await?;
            }
            let none = language.pick(
                format!(
                    "the person has no hold {id} of his own that bites: hold list says for whom it was set, and the hold \
                     of an open complaint or dispute is lifted by closing its case: obzvon complaints"
                ),
                format!(
                    "своего действующего запрета {id} у человека нет: на кого он поставлен, скажет hold list, а запрет по \
                     открытой жалобе или спору снимается закрытием дела: obzvon complaints"
                ),
            );
            ensure!(lifted, none);
            println!("{head} {id}: {}", language.pick("lifted", "снят"));
        }
    }
    Ok(())
}
