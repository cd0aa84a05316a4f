//! `obzvon recording`: recordings held, given out with an audit line, and compared with their checksums.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::{Args, Subcommand};

use super::open::{ConfigArgs, block_on, store};
use super::standing::user;
use crate::config::Config;
use crate::daemon::{Clock, checksum};
use crate::domain::{AttemptId, Language};
use crate::store::{HoldChange, RecordingRow, Store};

/// Recordings of calls: hold, give out (each listen is written down), verify
#[derive(Debug, Args)]
pub struct RecordingArgs {
    #[command(flatten)]
    config: ConfigArgs,
    #[command(subcommand)]
    command: RecordingCommand,
}

#[derive(Debug, Subcommand)]
enum RecordingCommand {
    /// Give a recording out to be listened to; who did it and why is kept with the person
    Listen {
        attempt: i64,
        /// Where to put the copy
        #[arg(long)]
        out: PathBuf,
        /// What for
        #[arg(long)]
        why: String,
    },
    /// Keep a recording whatever its age
    Hold {
        attempt: i64,
        /// The reason: a claim, a court, a complaint
        #[arg(long)]
        why: String,
    },
    /// Let a held recording go its way
    Release { attempt: i64 },
    /// Compare every recording with its checksum: exit 1 when one differs or is missing
    Verify,
}

impl RecordingArgs {
    /// Carries the command out.
    ///
    /// # Errors
    /// When the store or the disk fails, or there is no such recording.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let config = match self.config.load() {
            Ok(config) => config,
            Err(code) => return Ok(code),
        };
        let language = self.config.language();
        block_on(async {
            let store = store(&config).await?;
            let done = match self.command {
                RecordingCommand::Listen { attempt, out, why } => {
                    listen(&store, &config, AttemptId(attempt), &out, &why).await
                }
                RecordingCommand::Hold { attempt, why } => {
                    hold(&store, AttemptId(attempt), Some(why), language).await
                }
                RecordingCommand::Release { attempt } => {
                    hold(&store, AttemptId(attempt), None, language).await
                }
                RecordingCommand::Verify => verify(&store, &config, language).await,
            };
            store.close().await;
            done
        })
    }
}

async fn listen(
    store: &Store,
    config: &Config,
    attempt: AttemptId,
    out: &PathBuf,
    why: &str,
) -> anyhow::Result<ExitCode> {
    let row =
        store.recording(attempt).await?.with_context(|| format!("attempt {attempt} has no recording"))?;
    ensure!(
        row.deleted_at.is_none(),
        "the recording of attempt {attempt} was deleted when its time was over"
    );
    ensure!(!out.exists(), "{} is there already", out.display());
    // The listen is written down before anything is given.
    let what = format!("recording {attempt}: listened, {why}");
    store.note_access(row.person, &user(), &what, Clock.wall()).await?;
    let file = config.daemon.data_dir.join(&row.file);
    std::fs::copy(&file, out).with_context(|| format!("copying {}", file.display()))?;
    // Whoever listens is to know why there is silence in it.
    for mark in store.recording_marks(attempt).await? {
        println!("{} {} {}", mark.at, mark.what.code(), mark.agent.unwrap_or_default());
    }
    Ok(ExitCode::SUCCESS)
}

async fn hold(
    store: &Store,
    attempt: AttemptId,
    why: Option<String>,
    language: Language,
) -> anyhow::Result<ExitCode> {
    let held = why.is_some();
    let said = match store.hold_recording(attempt, why, user(), Clock.wall()).await? {
        HoldChange::Done if held => ("held", "удерживается"),
        HoldChange::Done => ("released", "отпущена"),
        HoldChange::NoRecording => ("there is no recording of this attempt", "у этой попытки нет записи"),
        HoldChange::Gone => ("it was deleted when its time was over", "она удалена по истечении срока"),
    };
    println!("{attempt}: {}", pick(language, said.0, said.1));
    Ok(if matches!(said.0, "held" | "released") { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

async fn verify(store: &Store, config: &Config, language: Language) -> anyhow::Result<ExitCode> {
    let (mut after, mut whole, mut broken) = (AttemptId(0), 0_u64, 0_u64);
    loop {
        let page = store.recordings(after).await?;
        let Some(last) = page.last() else { break };
        after = last.attempt;
        for row in &page {
            match fault(config, row) {
                None => whole += 1,
                Some(said) => {
                    broken += 1;
                    println!("{}: {}", row.attempt, pick(language, said.0, said.1));
                }
            }
        }
    }
    println!(
        "{}",
        match language {
            Language::Ru => format!("записей цело: {whole}, нет: {broken}"),
            Language::En => format!("recordings whole: {whole}, not: {broken}"),
        }
    );
    Ok(if broken == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// What is wrong with a file.
fn fault(config: &Config, row: &RecordingRow) -> Option<(&'static str, &'static str)> {
    let data = &config.daemon.data_dir;
    match checksum(data, &data.join(&row.file)) {
        Ok((_, bytes, sha256)) if bytes == row.bytes && sha256 == row.sha256 => None,
        Ok(_) => Some(("it is not what was recorded", "не та, что была записана")),
        Err(_) => Some(("it can't be read", "не читается")),
    }
}

fn pick(language: Language, en: &'static str, ru: &'static str) -> &'static str {
    match language {
        Language::En => en,
        Language::Ru => ru,
    }
}
