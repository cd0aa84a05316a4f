//! `obzvon audit root`: the daily roots, to be kept apart from the database.

use clap::Args;
use jiff::civil::Date;
use serde_json::json;

use crate::daemon::Clock;
use crate::domain::Language;
use crate::store::Store;

/// Seals the days that are over and prints their roots, a line a day: keep them where the database's owner can't write
#[derive(Debug, Args)]
pub struct Root {
    /// This day only (UTC)
    #[arg(long, value_name = "DATE")]
    day: Option<Date>,
    /// For a program: one JSON array
    #[arg(long)]
    json: bool,
}

impl Root {
    pub(super) async fn run(self, store: &Store, language: Language) -> anyhow::Result<bool> {
        store.seal_days(Clock.wall()).await?;
        let mut days = store.sealed_days(None).await?;
        if let Some(day) = self.day {
            days.retain(|sealed| sealed.day == day);
        }
        if self.json {
            println!("{}", json!(days));
        } else {
            days.iter().for_each(|sealed| println!("{} {}", sealed.day, sealed.root));
        }
        if days.is_empty() {
            eprintln!(
                "{}",
                match language {
                    Language::Ru => "нет ни одного закончившегося дня с решениями",
                    Language::En => "no day with decisions is over",
                }
            );
        }
        Ok(self.day.is_none() || !days.is_empty())
    }
}
