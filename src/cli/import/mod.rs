//! `obzvon import`: a debtor list into the store, whole or not at all.

mod answer;
mod history;
mod payments;
mod reading;
mod spending;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use secrecy::ExposeSecret;

use self::answer::Answer;
use self::reading::{Job, Rows, read};
use super::open::{ConfigArgs, block_on, store};
use crate::config::Config;
use crate::daemon::fill_campaign;
use crate::domain::Language;
use crate::domain::import_row::Upserted;
use crate::import::{ImportFault, Options, Preset};
use crate::store::Store;

/// Reads a list of debtors from CSV or XLSX into the store
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Import {
    #[command(subcommand)]
    other: Option<Other>,
    #[command(flatten)]
    list: List,
}

/// What else may be read in.
#[derive(Debug, Subcommand)]
enum Other {
    History(history::History),
    Payments(payments::Payments),
    Spending(spending::Spending),
}

/// A list of debtors.
#[derive(Debug, Args)]
struct List {
    /// The list; told to be CSV or XLSX by its contents
    #[arg(required = true)]
    file: Option<PathBuf>,
    /// Fill this campaign with the debts afterwards
    #[arg(long, value_name = "NAME", conflicts_with = "dry_run")]
    campaign: Option<String>,
    /// Read and check everything, change nothing
    #[arg(long)]
    dry_run: bool,
    /// Read the columns as this saved preset says
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,
    /// Save how the columns were read under this name
    #[arg(long, value_name = "NAME")]
    save_preset: Option<String>,
    /// The creditor, where the list names none
    #[arg(long, value_name = "NAME")]
    creditor: Option<String>,
    /// The sheet of a spreadsheet; the first if not said
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// Where rejected rows go; FILE.rejected.csv if not said
    #[arg(long, value_name = "OUT")]
    rejected: Option<PathBuf>,
    /// For a program: one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    open: ConfigArgs,
}

impl Import {
    /// Reads in what was asked for.
    ///
    /// # Errors
    /// When the store fails.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self.other {
            Some(Other::History(history)) => history.run(),
            Some(Other::Payments(payments)) => payments.run(),
            Some(Other::Spending(spending)) => spending.run(),
            None => self.list.run(),
        }
    }
}

impl List {
    /// 0 when the list was read and some of its rows were taken; 1 when it is no list, or all its rows were rejected; 78 for the configuration.
    ///
    /// # Errors
    /// When the store fails.
    fn run(self) -> anyhow::Result<ExitCode> {
        let language = self.open.language();
        let config = match self.open.load() {
            Ok(config) => config,
            Err(code) => return Ok(code),
        };
        let job = match self.job(&config, language) {
            Ok(job) => job,
            Err(fault) => return Ok(self.say_fault(&fault, language)),
        };
        if let Some(name) = self.campaign.as_deref().filter(|name| config.campaign(name).is_none()) {
            bail!("there is no campaign {name} in the configuration");
        }
        match block_on(self.carry_out(&config, job))? {
            Ok(answer) => {
                println!("{}", if self.json { answer.json() } else { answer.text(language) });
                let counts = &answer.read.counts;
                let nothing = counts.sound == 0 && counts.rejected > 0;
                Ok(if nothing { ExitCode::FAILURE } else { ExitCode::SUCCESS })
            }
            Err(fault) => Ok(self.say_fault(&fault, language)),
        }
    }

    /// Asked for by clap unless a subcommand is there.
    fn file(&self) -> &Path {
        self.file.as_deref().expect("the file is required")
    }

    fn job(&self, config: &Config, language: Language) -> Result<Job, ImportFault> {
        let mut preset = match &self.preset {
            Some(name) => Preset::load(&self.open.config, name)?,
            None => Preset::default(),
        };
        if self.sheet.is_some() {
            preset.sheet.clone_from(&self.sheet);
        }
        if self.creditor.is_some() {
            preset.creditor.clone_from(&self.creditor);
        }
        let given = &config.import;
        let options = Options::new(preset, &given.region, given.currency, given.language)?;
        let rejected = self.rejected.clone().unwrap_or_else(|| beside(self.file()));
        if is_same_file(self.file(), &rejected) {
            let source = std::io::Error::other("the rejected rows would go into the list itself");
            return Err(ImportFault::Write { source });
        }
        Ok(Job { file: self.file().to_owned(), options, rejected, language })
    }

    async fn carry_out(&self, config: &Config, job: Job) -> anyhow::Result<Result<Answer, ImportFault>> {
        let preset = job.options.preset.clone();
        let bar = if self.json { ProgressBar::hidden() } else { bar() };
        let done = if self.dry_run {
            compare(config, job, bar).await?
        } else {
            let store = store(config).await?;
            let done = self.stage_and_merge(&store, config, job, &bar).await;
            store.close().await;
            done?
        };
        let answer = match done {
            Ok(answer) => answer,
            Err(fault) => return Ok(Err(fault)),
        };
        if let Some(name) = &self.save_preset
            && let Err(fault) = preset.with_mapping(&answer.read.mapping).save(&self.open.config, name)
        {
            return Ok(Err(fault));
        }
        Ok(Ok(answer))
    }

    /// The rows go to the store as they are read and into its lists only when the whole file is known to be sound.
    async fn stage_and_merge(
        &self,
        store: &Store,
        config: &Config,
        job: Job,
        bar: &ProgressBar,
    ) -> anyhow::Result<Result<Answer, ImportFault>> {
        let name = job.file.display().to_string();
        let mut run = store.begin_import(&name, store.now().await?).await?;
        let read = match read(job, bar.clone(), Rows::Stage(&mut run)).await? {
            Ok(read) => read,
            Err(fault) => {
                run.abandon().await?;
                return Ok(Err(fault));
            }
        };
        bar.set_length(read.counts.sound);
        let upserted = run.merge(store.now().await?, |rows| bar.set_position(rows)).await?;
        bar.finish_and_clear();
        let filled = match &self.campaign {
            Some(name) => Some(fill_campaign(store, config, name).await?),
            None => None,
        };
        Ok(Ok(Answer { read, dry_run: false, upserted, filled }))
    }

    fn say_fault(&self, fault: &ImportFault, language: Language) -> ExitCode {
        say_fault(fault, self.file(), self.json, language)
    }
}

/// Tells what is wrong with a file as a whole.
fn say_fault(fault: &ImportFault, file: &Path, json: bool, language: Language) -> ExitCode {
    let said = fault.text(language);
    if json {
        println!("{}", serde_json::json!({ "fault": fault.code(), "message": said }));
    } else {
        eprintln!("{}: {said}", file.display());
    }
    ExitCode::FAILURE
}

/// Reads the list and counts what it would change. Where there is no database yet, all of it is new, and none is made.
async fn compare(config: &Config, job: Job, bar: ProgressBar) -> anyhow::Result<Result<Answer, ImportFault>> {
    let file = config.store.url.expose_secret().strip_prefix("sqlite:").map(PathBuf::from);
    let (read, upserted) = if file.is_some_and(|file| !file.exists()) {
        let read = read(job, bar, Rows::Drop).await?;
        let new = read.as_ref().map_or(0, |read| read.counts.sound);
        (read, Upserted { new, ..Upserted::default() })
    } else {
        let store = store(config).await?;
        let mut comparison = store.compare_import();
        let read = read(job, bar, Rows::Compare(&mut comparison)).await?;
        let upserted = comparison.end().await?;
        store.close().await;
        (read, upserted)
    };
    Ok(read.map(|read| Answer { read, dry_run: true, upserted, filled: None }))
}

/// A bar on a terminal, nothing elsewhere. Its unit changes from what is read to what is merged.
fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {percent:>3} %  {elapsed} / {eta}");
    ProgressBar::new(0).with_style(style.expect("the template is sound"))
}

/// `list.csv` → `list.csv.rejected.csv`.
fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".rejected.csv");
    name.into()
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}
