//! `obzvon writeback`: what other systems were told, and telling it again.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use super::open::{ConfigArgs, act};
use crate::daemon::Clock;
use crate::domain::Language;
use crate::store::{DeliveryFilter, DeliveryRow, Store};

/// Messages to other systems: the log of deliveries, and sending again
#[derive(Debug, Args)]
pub struct WritebackArgs {
    #[command(flatten)]
    config: ConfigArgs,
    #[command(subcommand)]
    command: WritebackCommand,
}

#[derive(Debug, Subcommand)]
enum WritebackCommand {
    /// The log, the newest message first
    List {
        /// Only of this endpoint
        #[arg(long)]
        endpoint: Option<String>,
        /// Only what was not taken yet
        #[arg(long)]
        waiting: bool,
        /// At most so many
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// For a program: one JSON array
        #[arg(long)]
        json: bool,
    },
    /// Send a message at once: one that waits, or one that was taken, once more; without a number all that wait
    Resend { endpoint: String, message: Option<i64> },
}

impl WritebackArgs {
    /// Carries the command out.
    ///
    /// # Errors
    /// When the store fails, or there is nothing to send.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let language = self.config.language();
        act(&self.config, async |store| match self.command {
            WritebackCommand::List { endpoint, waiting, limit, json } => {
                list(store, DeliveryFilter { endpoint, waiting, limit }, json, language).await
            }
            WritebackCommand::Resend { endpoint, message } => {
                resend(store, &endpoint, message, language).await
            }
        })
    }
}

async fn list(store: &Store, filter: DeliveryFilter, json: bool, language: Language) -> anyhow::Result<()> {
    let rows = store.deliveries(filter).await?;
    if json {
        println!("{}", json!(rows.iter().map(row_json).collect::<Vec<_>>()));
        return Ok(());
    }
    if rows.is_empty() {
        println!("{}", if language == Language::Ru { "сообщений нет" } else { "no messages" });
    }
    for row in &rows {
        println!("{}", row_text(row, language));
    }
    Ok(())
}

fn row_json(row: &DeliveryRow) -> serde_json::Value {
    json!({
        "endpoint": row.endpoint, "message": row.message, "at": row.at.to_string(), "kind": row.kind,
        "tries": row.tries, "status": row.status, "fault": row.fault,
        "last_try_at": row.last_try_at.map(|at| at.to_string()),
        "next_try_at": row.next_try_at.map(|at| at.to_string()),
    })
}

fn row_text(row: &DeliveryRow, language: Language) -> String {
    let (taken, waits) = match language {
        Language::En => ("taken", "waits until"),
        Language::Ru => ("принято", "ждёт до"),
    };
    let state = row.next_try_at.map_or_else(|| taken.to_owned(), |at| format!("{waits} {at:.0}"));
    let status = row.status.map(|status| format!(" HTTP {status}"));
    let fault = row.fault.as_ref().filter(|_| row.status.is_none()).map(|fault| format!(" {fault}"));
    format!(
        "{:>8} {:<16} {:<8} {:.0} ×{} {state}{}{}",
        row.message,
        row.endpoint,
        row.kind,
        row.at,
        row.tries,
        status.unwrap_or_default(),
        fault.unwrap_or_default()
    )
}

async fn resend(
    store: &Store,
    endpoint: &str,
    message: Option<i64>,
    language: Language,
) -> anyhow::Result<()> {
    let count = store.send_again(endpoint, message, Clock.wall()).await?;
    match (language, message) {
        (_, Some(message)) if count == 0 => {
            anyhow::bail!("no message {message} was ever for endpoint {endpoint:?}")
        }
        (Language::En, _) => println!("to be sent at once: {count}"),
        (Language::Ru, _) => println!("будет отправлено сразу: {count}"),
    }
    Ok(())
}
