//! `obzvon prompts`: what a pack must hold, whether it does, and how it sounds.

mod bench;
mod check;
mod import;
mod play;
mod render;
mod script;
mod sweep;
mod wanted;

use std::path::PathBuf;
use std::process::ExitCode;

pub use self::wanted::names;

use anyhow::bail;
use clap::{Args, Subcommand};

use crate::domain::Language;

/// Checks, plays and replaces the recorded speech.
#[derive(Debug, Args)]
pub struct Prompts {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    Bench(bench::Bench),
    Check(check::Check),
    Import(import::Import),
    Play(play::Play),
    Render(render::Render),
    Script(script::Script),
    Sweep(sweep::Sweep),
}

/// Where the flows, the fixed words and the packs lie.
#[derive(Clone, Debug, Args)]
struct Places {
    /// The folder of the flow files.
    #[arg(long, default_value = "config/flows")]
    flows: PathBuf,
    /// The folder of the packs and of `words.txt`.
    #[arg(long, default_value = "prompts")]
    prompts: PathBuf,
}

impl Prompts {
    /// Carries the act out.
    ///
    /// # Errors
    /// When a file cannot be read or written, or is not what it should be.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        match &self.act {
            Act::Bench(bench) => bench.run().map(|()| ExitCode::SUCCESS),
            Act::Check(check) => check.run(),
            Act::Import(import) => import.run(),
            Act::Play(play) => play.run().map(|()| ExitCode::SUCCESS),
            Act::Render(render) => render.run(),
            Act::Script(script) => script.run().map(|()| ExitCode::SUCCESS),
            Act::Sweep(sweep) => sweep.run(),
        }
    }
}

/// The language of a `--lang` argument.
fn language(code: &str) -> anyhow::Result<Language> {
    match Language::parse(code) {
        Some(language) => Ok(language),
        None => bail!("--lang {code}: ru or en"),
    }
}
