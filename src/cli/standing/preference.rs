//! `obzvon preference`: times of day at which a person asked not to be called.

use std::process::ExitCode;

use anyhow::ensure;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::civil::Time;

use super::{By, ends_before, persons, span};
use crate::cli::open::{ConfigArgs, act};
use crate::daemon::Clock;
use crate::domain::Language;
use crate::rules::LocalRange;
use crate::store::{Preference, Store};

/// Times of day, on his own clocks, at which a person asked not to be called
#[derive(Debug, Args)]
pub struct PreferenceArgs {
    #[command(flatten)]
    config: ConfigArgs,
    #[command(subcommand)]
    command: PreferenceCommand,
}

#[derive(Debug, Subcommand)]
enum PreferenceCommand {
    /// Do not call between two times of day, such as: preference set 1001 --not 13:00-15:00
    Set {
        person: String,
        /// The times, on his clocks; over midnight where the second is earlier
        #[arg(long, value_name = "HH:MM-HH:MM", value_parser = range)]
        not: LocalRange,
        /// From this moment (2026-12-01T00:00:00Z); now where absent
        #[arg(long)]
        from: Option<Timestamp>,
        /// Until this moment; without an end where absent
        #[arg(long)]
        until: Option<Timestamp>,
        #[command(flatten)]
        by: By,
    },
    /// List a person's preferences
    List { person: String },
    /// End a preference by its number
    Lift {
        person: String,
        id: i64,
        #[command(flatten)]
        by: By,
    },
}

impl PreferenceArgs {
    /// Carries the command out.
    ///
    /// # Errors
    /// When the store fails, or nobody has that id.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let language = self.config.language();
        act(&self.config, async |store| carry_out(store, self.command, language).await)
    }
}

async fn carry_out(store: &Store, command: PreferenceCommand, language: Language) -> anyhow::Result<()> {
    let (now, head) = (Clock.wall(), language.pick("preference", "пожелание"));
    match command {
        PreferenceCommand::Set { person, not: range, from, until, by } => {
            let (from, by) = (from.unwrap_or(now), by.hand());
            ensure!(until.is_none_or(|until| from < until), ends_before(language));
            for person in persons(store, &person, language).await? {
                let wish = Preference { person, range, from, until };
                let id = store.set_preference(wish, by.clone(), now).await?;
                println!("{head} {id}: {} {}", language.pick("no calls", "не звонить"), in_words(range));
            }
        }
        PreferenceCommand::List { person } => {
            for person in persons(store, &person, language).await? {
                for row in store.preferences(person).await? {
                    let evidence = row.evidence.as_deref().unwrap_or("");
                    println!(
                        "{:>6} {:<12} {}  {evidence}",
                        row.id,
                        in_words(row.range),
                        span(row.from, row.until)
                    );
                }
            }
        }
        PreferenceCommand::Lift { person, id, by } => {
            let (mut lifted, by) = (false, by.hand());
            for person in persons(store, &person, language).await? {
                lifted = lifted || store.lift_preference(person, id, by.clone(), now).await?;
            }
            let none = language.pick(
                format!("the person has no preference {id} in force"),
                format!("действующего пожелания {id} у человека нет"),
            );
            ensure!(lifted, none);
            println!("{head} {id}: {}", language.pick("lifted", "снято"));
        }
    }
    Ok(())
}

/// `13:00-15:00`; midnight as an end is 24:00.
pub fn in_words(range: LocalRange) -> String {
    let to = range.to.map_or_else(|| "24:00".to_owned(), |to| to.strftime("%H:%M").to_string());
    format!("{}-{to}", range.from.strftime("%H:%M"))
}

/// Reads `13:00-15:00`.
fn range(text: &str) -> Result<LocalRange, String> {
    let read = || {
        let (from, to) = text.split_once(['-', '–'])?;
        let time = |text: &str| text.trim().parse::<Time>().ok();
        let to = if to.trim() == "24:00" { None } else { Some(time(to)?) };
        let range = LocalRange { from: time(from)?, to };
        (range.to != Some(range.from)).then_some(range)
    };
    read().ok_or_else(|| "two times of day such as 13:00-15:00".to_owned())
}
