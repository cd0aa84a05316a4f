//! `obzvon demo`: invented people, a simulated carrier, the real daemon.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use tokio_util::sync::CancellationToken;

use super::open::block_on;
use super::screen_language::{parse_language, screen_language};
use crate::demo::{DemoPlan, run};
use crate::domain::Language;

/// Calls 500 invented people through a simulated carrier on loopback and reports what came of it
#[derive(Debug, Args)]
pub struct Demo {
    /// End after this, for example 60s or 5m; without it, when nobody is left to call for now
    #[arg(long = "for", value_name = "TIME", value_parser = parse_time)]
    limit: Option<Duration>,
    /// Ringing and waiting at the carrier are so many times shorter
    #[arg(long, default_value_t = 4.0, value_parser = parse_speed)]
    speed: f64,
    /// How many people to invent
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(10..=100_000))]
    people: u32,
    /// The same seed invents the same people
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder with `flows` and `rules`
    #[arg(long, default_value = "config")]
    config: PathBuf,
    /// Folder with the speech packs
    #[arg(long, default_value = "prompts")]
    prompts: PathBuf,
    /// Keep the configuration and the database in this folder, which must not be there yet
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// Language of the report: ru or en
    #[arg(long, value_parser = parse_language)]
    lang: Option<Language>,
}

impl Demo {
    /// Runs it to the end.
    ///
    /// # Errors
    /// When a part of it can't be had.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let filter = tracing_subscriber::EnvFilter::try_from_default_env()
            .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error"));
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
        let kept = self.keep.is_some();
        let folder = self
            .keep
            .unwrap_or_else(|| std::env::temp_dir().join(format!("obzvon-demo-{}", std::process::id())));
        anyhow::ensure!(!folder.exists(), "{} is there already", folder.display());
        let plan = DemoPlan {
            limit: self.limit,
            speed: self.speed,
            people: self.people as usize,
            seed: self.seed,
            config: self.config,
            prompts: self.prompts,
            language: screen_language(self.lang),
            terminal: std::io::stdout().is_terminal(),
        };
        std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        let done = block_on(async {
            let end = CancellationToken::new();
            let interrupt = end.clone();
            let mut tasks = tokio::task::JoinSet::new();
            tasks.spawn(async move {
                tokio::signal::ctrl_c().await.ok();
                interrupt.cancel();
            });
            let done = run(&plan, &folder, end).await;
            tasks.shutdown().await;
            done
        });
        if !kept {
            std::fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))?;
        }
        done.map(|()| ExitCode::SUCCESS)
    }
}

fn parse_time(text: &str) -> Result<Duration, String> {
    let wrong = || "a time such as 60s, 5m or 1h".to_owned();
    let at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..at].parse().map_err(|_| wrong())?;
    let unit = match &text[at..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err(wrong()),
    };
    number.checked_mul(unit).map(Duration::from_secs).ok_or_else(wrong)
}

fn parse_speed(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(speed) if (0.1..=100.0).contains(&speed) => Ok(speed),
        _ => Err("a factor from 0.1 to 100".to_owned()),
    }
}
