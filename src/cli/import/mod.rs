//! `obzvon import`: a debtor list into the store, whole or not at all.

mod answer;
mod carry_out;
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
pub(crate) use self::carry_out::{Ordered, compare, stage_and_merge};
pub(crate) use self::reading::{Job, Reading, Told};
use self::reading::{Rows, read};
use super::open::{ConfigArgs, block_on, store};
use super::standing::user;
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
        let told = told_by(&bar);
        let done = if self.dry_run {
            dry_run(config, job, told).await
        } else {
            let store = store(config).await?;
            let done = self.read_in(&store, config, job, told).await;
            store.close().await;
            done
        };
        bar.finish_and_clear();
        let answer = match done? {
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

    async fn read_in(
        &self,
        store: &Store,
        config: &Config,
        job: Job,
        told: Told,
    ) -> anyhow::Result<Result<Answer, ImportFault>> {
        let (name, who, campaign) = (job.file.display().to_string(), user(), self.campaign.clone());
        let (read, upserted) =
            match stage_and_merge(store, job, Ordered { name, who, campaign }, told).await? {
                Ok(done) => done,
                Err(fault) => return Ok(Err(fault)),
            };
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
async fn dry_run(config: &Config, job: Job, told: Told) -> anyhow::Result<Result<Answer, ImportFault>> {
    let file = config.store.url.expose_secret().strip_prefix("sqlite:").map(PathBuf::from);
    let done = if file.is_some_and(|file| !file.exists()) {
        let all_new = |read: Reading| {
            let new = read.counts.sound;
            (read, Upserted { new, ..Upserted::default() })
        };
        read(job, told, Rows::Drop).await?.map(all_new)
    } else {
        let store = store(config).await?;
        let done = compare(&store, job, told).await;
        store.close().await;
        done?
    };
    Ok(done.map(|(read, upserted)| Answer { read, dry_run: true, upserted, filled: None }))
}

/// Moves a bar on. Its unit changes from what is read to what is merged.
fn told_by(bar: &ProgressBar) -> Told {
    let bar = bar.clone();
    Told::new(move |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    })
}

/// A bar on a terminal, nothing elsewhere.
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
