//! `obzvon run`: the daemon, until SIGTERM.

use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::open::{ConfigArgs, block_on};
use crate::config::LogFormat;
use crate::daemon::{Daemon, told};
use crate::domain::Language;

/// Runs the daemon. SIGTERM drains, SIGHUP reloads, SIGUSR1 throws the kill switch
#[derive(Debug, Args)]
pub struct Run {
    #[command(flatten)]
    config: ConfigArgs,
}

impl Run {
    /// Runs until it is told to end.
    ///
    /// # Errors
    /// When a part of the daemon can't be had.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let language = self.config.language();
        let done = block_on(async {
            // Before anything else: until they are heard, signals have the system's meaning, and end the process.
            let signals = Signals::hear()?;
            let config = match self.config.load_to_call() {
                Ok(config) => config,
                Err(code) => return Ok(code),
            };
            log_to_stderr(config.daemon.log);
            let kill_switch = config.daemon.kill_switch.clone();
            let (reload, reloads) = mpsc::channel(1);
            let end = CancellationToken::new();
            let mut tasks = JoinSet::new();
            let ended = end.clone();
            // What comes while the daemon starts is obeyed once it can be: an end and a reload wait for `work`.
            tasks.spawn(async move { signals.obey(ended, reload, &kill_switch).await });
            let mut daemon = Daemon::start(config).await?;
            let worked = daemon.work(end.clone(), reloads).await;
            daemon.drain().await;
            end.cancel();
            tasks.shutdown().await;
            worked.map(|()| ExitCode::SUCCESS)
        });
        Ok(done.unwrap_or_else(|fault| say_fault(&fault, language)))
    }
}

/// Says a fault of the daemon's on standard error.
pub fn say_fault(fault: &anyhow::Error, language: Language) -> ExitCode {
    eprintln!("obzvon: {}", told(fault, language));
    ExitCode::FAILURE
}

/// Structured logs on standard error; `RUST_LOG` chooses what is told.
pub fn log_to_stderr(format: LogFormat) {
    let asked = tracing_subscriber::EnvFilter::try_from_default_env();
    let filter = asked.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sqlx=warn"));
    // The SIP library logs whole messages, and with them numbers: whatever is asked for, it stays silent.
    let filter = filter.add_directive("rsipstack=off".parse().expect("a directive"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Json => logs.json().init(),
        LogFormat::Pretty => logs.init(),
    }
}

/// SIGTERM and SIGINT; one that comes before it is asked for is kept.
#[derive(Debug)]
pub struct Ends {
    term: Signal,
    int: Signal,
}

impl Ends {
    /// Hears them from now on; until then they end the process.
    ///
    /// # Errors
    /// When they can't be heard.
    pub fn hear() -> anyhow::Result<Self> {
        Ok(Self {
            term: signal(SignalKind::terminate()).context("hearing SIGTERM")?,
            int: signal(SignalKind::interrupt()).context("hearing SIGINT")?,
        })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.term.recv() => {}
            _ = self.int.recv() => {}
        }
    }
}

/// The signals that are heard.
struct Signals {
    ends: Ends,
    hup: Signal,
    usr1: Signal,
}

impl Signals {
    fn hear() -> anyhow::Result<Self> {
        Ok(Self {
            ends: Ends::hear()?,
            hup: signal(SignalKind::hangup()).context("hearing SIGHUP")?,
            usr1: signal(SignalKind::user_defined1()).context("hearing SIGUSR1")?,
        })
    }

    async fn obey(mut self, end: CancellationToken, reload: mpsc::Sender<()>, kill_switch: &std::path::Path) {
        let Self { ends, hup, usr1 } = &mut self;
        loop {
            tokio::select! {
                () = ends.next() => end.cancel(),
                _ = hup.recv() => { reload.try_send(()).ok(); }
                // The file is the switch: it outlives the process, and an operator removes it when he is sure.
                _ = usr1.recv() => throw(kill_switch).await,
                () = end.cancelled() => return,
            }
        }
    }
}

async fn throw(kill_switch: &std::path::Path) {
    // At a first start its folder may not be there yet.
    if let Some(folder) = kill_switch.parent() {
        tokio::fs::create_dir_all(folder).await.ok();
    }
    match tokio::fs::write(kill_switch, b"").await {
        Ok(()) => info!("SIGUSR1: the kill switch is thrown; remove its file to go on"),
        Err(fault) => tracing::error!(%fault, "the kill switch could not be thrown"),
    }
}
