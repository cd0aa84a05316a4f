//! `obzvon call NUMBER --flow F`: one test call through the gate.

use std::pin::pin;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use super::explain::explained;
use super::open::{ConfigArgs, block_on};
use super::run::{Ends, log_to_stderr, say_fault};
use super::words;
use crate::config::{Config, LogFormat};
use crate::daemon::{Daemon, SAMPLE_SUM, TestCall, TestCallEnd};
use crate::domain::{Language, PhoneNumber};
use crate::import;
use crate::rules::zone::Zone;

/// Places one test call through the gate. Numbers listed as test numbers are exempt from caps, never from holds.
/// Ctrl-C takes the call back, a second one leaves at once
#[derive(Debug, Args)]
pub struct Call {
    #[command(flatten)]
    config: ConfigArgs,
    /// The number to call (+79991234567)
    number: String,
    /// The flow to play
    #[arg(long)]
    flow: String,
    /// The language to speak: ru or en
    #[arg(long, default_value = "ru", value_parser = super::screen_language::parse_language)]
    speak: Language,
    /// Where the phone is (Asia/Omsk); without it every zone of its country must be open
    #[arg(long, value_parser = zone)]
    zone: Option<String>,
}

/// As lists have it.
fn zone(name: &str) -> Result<String, String> {
    let known = || Zone::find(name).map(|_| name.to_owned());
    import::cell::zone(name)
        .or_else(known)
        .ok_or_else(|| "a zone is written Asia/Omsk, UTC+6 or МСК+3".to_owned())
}

impl Call {
    /// Places the call and prints what came of it.
    ///
    /// # Errors
    /// When a part of the daemon can't be had, or the call can't be placed.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let mut config = match self.config.load_to_call() {
            Ok(config) => config,
            Err(code) => return Ok(code),
        };
        log_to_stderr(LogFormat::Pretty);
        let number = PhoneNumber::parse(&self.number).context("a number is written +79991234567")?;
        // Beside a running daemon: another node, and ports the system gives.
        config.daemon.node.push_str("-call");
        config.daemon.http.set_port(0);
        config.sip.bind.set_port(0);
        let language = self.config.language();
        let call =
            TestCall { number, zone: self.zone, flow: self.flow, language: self.speak, amount: SAMPLE_SUM };
        let done = block_on(async {
            // Before anything else: until they are heard, signals end the process, and a phone would ring on.
            let mut ends = Ends::hear()?;
            let (told, hears) = tokio::sync::oneshot::channel();
            let place = place(config, call, language, hears);
            let mut placed = pin!(place);
            tokio::select! {
                code = &mut placed => return code,
                () = ends.next() => {}
            }
            told.send(()).ok();
            tokio::select! {
                code = placed => code,
                // What is open is written down as lost by the next process.
                () = ends.next() => Ok(ExitCode::from(INTERRUPTED)),
            }
        });
        Ok(done.unwrap_or_else(|fault| say_fault(&fault, language)))
    }
}

/// What a shell expects of a command that a signal has ended: 128 and the number of SIGINT.
const INTERRUPTED: u8 = 130;

/// Places the call and prints what came of it. A word of `hears` takes it back: a ring is cancelled, a talk is hung up,
/// and the attempt is written down as any other.
async fn place(
    config: Config,
    call: TestCall,
    language: Language,
    mut hears: tokio::sync::oneshot::Receiver<()>,
) -> anyhow::Result<ExitCode> {
    let number = call.number.clone();
    let daemon = Daemon::start_beside(config).await?;
    daemon.settle().await;
    let house = daemon.house();
    let mut interrupted = false;
    let placed = {
        let mut placing = pin!(call.place(house));
        tokio::select! {
            biased;
            Ok(()) = &mut hears => {
                interrupted = true;
                house.take_all_back();
                placing.await
            }
            placed = &mut placing => placed,
        }
    };
    let plans = house.plans.load_full();
    let explained = explained(&plans.config, &house.store, number.as_e164(), language).await;
    daemon.drain().await;
    match placed? {
        TestCallEnd::Called(row) => {
            let outcome = row.outcome.map_or("open", |outcome| outcome.code());
            let disposition = row.disposition.map_or("", |disposition| disposition.code());
            let heard = row.heard_percent.map(|percent| format!(" heard {percent} %")).unwrap_or_default();
            println!("attempt {}: {outcome} {disposition}{heard} keys {:?}", row.id, row.keys);
            Ok(if interrupted { ExitCode::from(INTERRUPTED) } else { ExitCode::SUCCESS })
        }
        TestCallEnd::NotCalled(_) if interrupted => {
            println!(
                "{}",
                if language == Language::Ru {
                    "прервано: не звонили"
                } else {
                    "interrupted: not called"
                }
            );
            Ok(ExitCode::from(INTERRUPTED))
        }
        TestCallEnd::NotCalled(code) => {
            let not_called = if language == Language::Ru { "не звонили" } else { "not called" };
            println!("{not_called}: {} ({code})", words::why(&code, language));
            print!("{}", explained?);
            Ok(ExitCode::FAILURE)
        }
    }
}
