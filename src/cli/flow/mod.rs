//! `obzvon flow`: check, draw, walk, rehearse and lint the flows of `config/flows`.

mod files;
mod lint;
mod play;
mod rehearse;
mod voices;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use jiff::civil::Date;

use self::files::Folder;
pub use self::lint::{Voices, findings};
use super::check::CONFIG_MISTAKE;
use super::words;
use crate::domain::{Language, Utterance};
use crate::ivr::{self, Finding, Flow, Gravity};
use crate::speech;

/// Works on flows without a telephone.
#[derive(Debug, Args)]
pub struct FlowArgs {
    #[command(flatten)]
    folder: Folder,
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Checks flows and shows every mistake with its line.
    Check {
        /// Names of flows or paths of files; all of `config/flows` when left out.
        flows: Vec<String>,
    },
    /// Draws a flow: Mermaid, or SVG with `--svg`.
    Graph {
        /// Name of a flow or path of its file.
        flow: String,
        #[arg(long)]
        svg: bool,
        /// Writes to this file instead of the terminal.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Shows threatening words, words that tell of a debt where anybody may hear them, and sentences of two voices.
    Lint {
        /// Names of flows or paths of files; all of `config/flows` when left out.
        flows: Vec<String>,
    },
    /// Walks through a flow in the terminal with an invented debtor.
    Play(play::Play),
    /// Prints the JSON Schema of flow files.
    Schema,
    /// Rehearses the cases of `config/flows/tests`.
    Test {
        /// Files of cases; all of `config/flows/tests` when left out.
        files: Vec<PathBuf>,
    },
}

impl FlowArgs {
    /// 0 when all is well, 78 when a flow has mistakes, a case failed or a word was found.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let sound = match &self.task {
            Task::Check { flows } => self.check(flows)?,
            Task::Graph { flow, svg, out } => self.graph(flow, *svg, out.as_ref())?,
            Task::Lint { flows } => lint::lint(&self.folder, flows)?,
            Task::Play(play) => play.run(&self.folder)?,
            Task::Schema => {
                println!("{}", serde_json::to_string_pretty(&ivr::schema()).context("writing the schema")?);
                true
            }
            Task::Test { files } => rehearse::rehearse(&self.folder, files)?,
        };
        Ok(if sound { ExitCode::SUCCESS } else { ExitCode::from(CONFIG_MISTAKE) })
    }

    fn check(&self, flows: &[String]) -> anyhow::Result<bool> {
        let mut sound = true;
        let voices = Voices::of_folder(&self.folder);
        for path in self.folder.flow_files(flows)? {
            match self.folder.flow(&path)? {
                Ok(flow) => {
                    if !self.words_may_be_said(&path, &flow, voices.as_ref()) {
                        sound = false;
                        continue;
                    }
                    println!(
                        "{}: {}",
                        path.display(),
                        match self.folder.language() {
                            Language::En => format!("{} is sound", flow.label()),
                            Language::Ru => format!("{} в порядке", flow.label()),
                        }
                    );
                }
                Err(mistakes) => {
                    sound = false;
                    files::show(&path, &mistakes, self.folder.language());
                }
            }
        }
        Ok(sound)
    }

    /// Shows what `obzvon flow lint` finds; `false`: some of it nobody may hear, or the lists can't be read.
    fn words_may_be_said(&self, path: &Path, flow: &Flow, voices: Result<&Voices, &anyhow::Error>) -> bool {
        let language = self.folder.language();
        let warning = words::warning(language);
        let found = match voices {
            Ok(voices) => findings(&self.folder.flows(), flow, voices).map_err(|fault| format!("{fault:#}")),
            Err(fault) => Err(format!("{fault:#}")),
        };
        let found = match found {
            Ok(found) => found,
            Err(fault) => {
                eprintln!("{}: {fault}", path.display());
                return false;
            }
        };
        for Finding { key, text, gravity } in &found {
            let text = text.of(language);
            match gravity {
                Gravity::Refused => eprintln!("{}: {key}: {text}", path.display()),
                Gravity::Remarked => eprintln!("{warning}: {}: {key}: {text}", path.display()),
            }
        }
        found.iter().all(|finding| finding.gravity == Gravity::Remarked)
    }

    fn graph(&self, flow: &str, svg: bool, out: Option<&PathBuf>) -> anyhow::Result<bool> {
        let path = self.folder.flow_file(flow);
        let flow = match self.folder.flow(&path)? {
            Ok(flow) => flow,
            Err(mistakes) => {
                files::show(&path, &mistakes, self.folder.language());
                return Ok(false);
            }
        };
        let picture = if svg { ivr::svg(&flow) } else { ivr::mermaid(&flow) };
        match out {
            Some(out) => {
                std::fs::write(out, picture).with_context(|| format!("writing {}", out.display()))?;
            }
            None => print!("{picture}"),
        }
        Ok(true)
    }
}

/// The words that somebody hears whose date is `today`, as in a call.
fn heard(utterance: &Utterance, today: Date) -> String {
    let said = speech::near_dates(utterance.clone(), today);
    speech::text(&said).unwrap_or_else(|why| format!("[cannot be said: {why}]"))
}
