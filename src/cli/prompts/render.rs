//! `obzvon prompts render`: makes a pack by machine, from the script beside the packs or by a speech engine.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, bail, ensure};
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget};

use super::check::Check;
use super::import::Import;
use super::wanted::{Wanted, wanted};
use super::{Places, language};
use crate::cli::check::environment;
use crate::cli::prompt_folder::write_samples;
use crate::config::Config;
use crate::domain::Language;
use crate::speech::{EnginePlan, Intonation};
use crate::synthesis::synthesise;

/// Renders the whole pack of a language again and checks it: exit 1 when the new one lacks something or is off level.
#[derive(Debug, Args)]
pub struct Render {
    /// ru or en; both when left out.
    #[arg(long)]
    lang: Option<String>,
    /// By the engine that the configuration names for the language, instead of the script `render` beside the packs.
    #[arg(long)]
    engine: bool,
    /// Folder of the configuration, for --engine.
    #[arg(long, value_name = "DIR", default_value = "config")]
    config: PathBuf,
    #[command(flatten)]
    places: Places,
}

impl Render {
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let languages = match &self.lang {
            Some(code) => vec![language(code)?],
            None => vec![Language::Ru, Language::En],
        };
        if self.engine {
            self.by_engine(&languages)?;
        } else {
            self.by_script(&languages)?;
        }
        Check { lang: self.lang.clone(), places: self.places.clone() }.run()
    }

    /// Runs the script with this program as the one that lists and imports.
    fn by_script(&self, languages: &[Language]) -> anyhow::Result<()> {
        let script = self.places.prompts.join("render");
        let ours = std::env::current_exe().context("finding this program")?;
        let status = Command::new(&script)
            .args(languages.iter().map(|language| language.code()))
            .env("OBZVON", ours)
            .status()
            .with_context(|| format!("starting {}", script.display()))?;
        ensure!(status.success(), "{} ended with {status}; its head says what it needs", script.display());
        Ok(())
    }

    /// Has the engine say each line of the script by itself, and imports that.
    fn by_engine(&self, languages: &[Language]) -> anyhow::Result<()> {
        let Ok(config) = Config::load_sparing_secrets(&self.config, &environment()) else {
            bail!("the configuration has mistakes: obzvon check shows them");
        };
        for language in languages {
            let engine = config.prompts.engines.iter().find(|engine| engine.language == *language);
            let code = language.code();
            let engine = engine.with_context(|| format!("prompts.toml has no [engine.{code}]"))?;
            let recordings = std::env::temp_dir().join(format!("obzvon-render-{}", std::process::id()));
            let taken = speak(engine, &wanted(*language, &self.places)?, &recordings).and_then(|()| {
                let voice = format!("speech engine, voice {:?}", engine.voice);
                Import::whole(recordings.clone(), *language, voice, self.places.clone()).run()
            });
            std::fs::remove_dir_all(&recordings).ok();
            ensure!(taken? == ExitCode::SUCCESS, "the {code} pack was not taken whole");
        }
        Ok(())
    }
}

/// Says each line into a file of the name that the import looks for.
fn speak(engine: &EnginePlan, lines: &[Wanted], folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let shown = std::io::stderr().is_terminal();
    let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(lines.len() as u64), target);
    for line in lines {
        let samples = synthesise(engine, &said(line)).with_context(|| format!("saying {}", line.id))?;
        write_samples(&folder.join(format!("{}.wav", line.id)), &samples)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}

/// The line with the mark that keeps the voice up or lets it fall.
fn said(line: &Wanted) -> String {
    let words = line.read.as_deref().unwrap_or(&line.fragment.words);
    let marked = words.ends_with(|c: char| !c.is_alphanumeric());
    match line.fragment.at {
        _ if marked => words.to_owned(),
        Intonation::End => format!("{words}."),
        Intonation::Mid => format!("{words},"),
    }
}
