//! `obzvon db`: looks after the database.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};

use super::open::{ConfigArgs, open};
use crate::domain::Language;
use crate::store::{Kind, Store};

/// Looks after the database.
#[derive(Debug, Args)]
pub struct Db {
    #[command(flatten)]
    config: ConfigArgs,
    #[command(subcommand)]
    command: DbCommand,
}

#[derive(Debug, Subcommand)]
enum DbCommand {
    /// Writes a sound copy of the living database to FILE, which must not exist (SQLite; for PostgreSQL use pg_dump)
    Backup { file: PathBuf },
    /// Shows the engine, the schema's version and what the database holds
    Info {
        /// For a program: one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Lays the tables that this version needs
    Migrate,
    /// The sums that the reports read instead of every row
    Tallies {
        #[command(subcommand)]
        act: Tallies,
    },
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum Tallies {
    /// Counts every row and compares; exit code 1 where a sum is another
    Check,
    /// Counts every sum anew, with the windows and the zone of statistics.toml; the daemon may go on
    Recount,
}

impl Db {
    /// Carries the command out.
    ///
    /// # Errors
    /// When the database cannot be opened, or is newer than this program.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let address = match self.config.address() {
            Ok(address) => address,
            Err(code) => return Ok(code),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            // Opening lays the tables; every command here works on a database of this version.
            let store = open(&address.daemon, &address.store).await?;
            let done = self.command.carry_out(&store, &self.config).await;
            store.close().await;
            done
        })
    }
}

impl DbCommand {
    async fn carry_out(self, store: &Store, config: &ConfigArgs) -> anyhow::Result<ExitCode> {
        let language = config.language();
        match self {
            Self::Backup { file } => {
                if file.try_exists().unwrap_or(false) {
                    match language {
                        Language::En => anyhow::bail!("{} is there already", file.display()),
                        Language::Ru => anyhow::bail!("{} уже есть", file.display()),
                    }
                }
                store.backup(&file).await.with_context(|| format!("writing {}", file.display()))?;
                println!("{}", file.display());
            }
            Self::Info { json } => {
                let info = store.info().await?;
                if json {
                    println!("{}", serde_json::to_string(&info)?);
                } else {
                    println!(
                        "engine         {}",
                        if info.kind == Kind::Sqlite { "SQLite" } else { "PostgreSQL" }
                    );
                    println!("schema         {}", info.schema);
                    for (what, rows) in &info.rows {
                        println!("{what:<14} {rows}");
                    }
                }
            }
            Self::Migrate => println!("schema {}", Store::schema_version()),
            Self::Tallies { act: Tallies::Check } => return check_tallies(store, language).await,
            Self::Tallies { act: Tallies::Recount } => {
                let basis = match config.load() {
                    Ok(config) => config.statistics.basis,
                    Err(code) => return Ok(code),
                };
                store.recount_tallies(basis).await?;
                return check_tallies(store, language).await;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Counts every row and says whether the sums are theirs.
async fn check_tallies(store: &Store, language: Language) -> anyhow::Result<ExitCode> {
    let faults = store.check_tallies().await?;
    for fault in &faults {
        let at = jiff::Timestamp::from_second(fault.month.saturating_mul(86_400)).unwrap_or_default();
        let month = at.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
        println!("{} {} {month}", fault.table, if fault.level == 1 { "days" } else { "month" });
    }
    let said = match (faults.is_empty(), language) {
        (true, Language::En) => "every sum is that of its rows",
        (true, Language::Ru) => "все суммы сходятся со строками",
        (false, Language::En) => "these sums are not those of their rows: obzvon db tallies recount",
        (false, Language::Ru) => "эти суммы не сходятся со строками: obzvon db tallies recount",
    };
    println!("{said}");
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
