//! What commands that work on the database have in common: the configuration and the open store.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use super::check::{environment, refuse};
use super::screen_language::{parse_language, screen_language};
use crate::config::{Config, DaemonConfig, StoreAddress, StoreConfig};
use crate::daemon::read_registry;
use crate::domain::Language;
use crate::rules::zone::Registry;
use crate::store::{Store, StorePlan};

/// Where the configuration is, and in which language to answer.
#[derive(Debug, Clone, Args)]
pub struct ConfigArgs {
    /// Folder of the configuration
    #[arg(long, value_name = "DIR", default_value = "config", global = true)]
    pub config: PathBuf,
    /// Language of the messages: ru or en
    #[arg(long, value_parser = parse_language, global = true)]
    pub lang: Option<Language>,
}

impl ConfigArgs {
    pub fn language(&self) -> Language {
        screen_language(self.lang)
    }

    /// Reads the configuration for a command that places no call: it needs no secret but the database's address. A bad
    /// one is shown whole and ends the command with code 78.
    ///
    /// # Errors
    /// The exit code to leave with.
    pub fn load(&self) -> Result<Config, ExitCode> {
        Config::load_sparing_secrets(&self.config, &environment())
            .map_err(|problems| refuse(&problems, self.language()))
    }

    /// The same for one that places calls: every secret has to be there.
    ///
    /// # Errors
    /// The exit code to leave with.
    pub fn load_to_call(&self) -> Result<Config, ExitCode> {
        Config::load(&self.config, &environment()).map_err(|problems| refuse(&problems, self.language()))
    }

    /// Reads where the store is, and nothing else of the configuration.
    ///
    /// # Errors
    /// The exit code to leave with.
    pub fn address(&self) -> Result<StoreAddress, ExitCode> {
        StoreAddress::load(&self.config, &environment())
            .map_err(|problems| refuse(&problems, self.language()))
    }
}

/// Opens the store of a configuration.
///
/// # Errors
/// When the database can't be opened.
pub async fn store(config: &Config) -> anyhow::Result<Store> {
    let store = open(&config.daemon, &config.store).await?;
    store.set_terms(config.cases.clone());
    // Sums that are counted by other windows or days stay so until they are counted anew.
    store.offer_basis(config.statistics.basis.clone()).await?;
    Ok(store)
}

/// The same, where there is one: who proves something must not make what he proves.
///
/// # Errors
/// When the database can't be opened.
pub async fn store_there(config: &Config) -> anyhow::Result<Option<Store>> {
    if plan(&config.daemon, &config.store).is_missing() {
        return Ok(None);
    }
    store(config).await.map(Some)
}

/// Does an act on people's records in the store at the configuration's address, and closes the store whatever came
/// of it.
///
/// # Errors
/// The act's own, or that the database can't be opened.
pub fn act(
    config: &ConfigArgs,
    work: impl AsyncFnOnce(&Store) -> anyhow::Result<()>,
) -> anyhow::Result<ExitCode> {
    let address = match config.address() {
        Ok(address) => address,
        Err(code) => return Ok(code),
    };
    block_on(async {
        let store = open(&address.daemon, &address.store).await?;
        let done = work(&store).await;
        store.close().await;
        done.map(|()| ExitCode::SUCCESS)
    })
}

/// Does what needs the configuration and its store, and closes the store whatever came of it.
///
/// # Errors
/// The work's own, or that the database can't be opened.
pub fn work(
    config: &ConfigArgs,
    task: impl AsyncFnOnce(&Store, &Config) -> anyhow::Result<()>,
) -> anyhow::Result<ExitCode> {
    let config = match config.load() {
        Ok(config) => config,
        Err(code) => return Ok(code),
    };
    block_on(async {
        let store = store(&config).await?;
        let done = task(&store, &config).await;
        store.close().await;
        done.map(|()| ExitCode::SUCCESS)
    })
}

/// Opens the store at an address of the configuration; the folder of its file is made where there is none.
///
/// # Errors
/// When the folder can't be made, or the database can't be opened.
pub(super) async fn open(daemon: &DaemonConfig, store: &StoreConfig) -> anyhow::Result<Store> {
    let folder = &daemon.data_dir;
    std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    Store::open(plan(daemon, store)).await.context("opening the store")
}

fn plan(daemon: &DaemonConfig, store: &StoreConfig) -> StorePlan {
    StorePlan { url: store.url.clone(), node: daemon.node.clone() }
}

/// Reads the numbering registry beside the configuration, and says on standard error what of it can't be read.
pub fn registry(config: &Config) -> Registry {
    let read = read_registry(&config.dir.join("registry"));
    for file in &read.unread {
        eprintln!("obzvon: numbering registry: {file}: its numbers are unknown");
    }
    if read.left_out > 0 {
        eprintln!("obzvon: numbering registry: {} lines left out: their numbers are unknown", read.left_out);
    }
    read.registry
}

/// Runs a command's work on a runtime of its own.
///
/// # Errors
/// The work's own, or that no runtime could be had.
pub fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Runtime::new().context("starting the runtime")?.block_on(work)
}

/// Reads what an act on a person's record rests on.
///
/// # Errors
/// When it says nothing: such an act could not be answered for.
pub fn evidence(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("say what it rests on: a letter, a recording, a court act".to_owned()),
        said => Ok(said.to_owned()),
    }
}
