//! Daily roots of the decision chains, written beside the database as the days end: a line a day, never changed.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use jiff::Timestamp;
use tracing::info;

use crate::config::Config;
use crate::store::{SealedDay, Store};

/// Where a node keeps the roots.
pub fn daily_roots_file(config: &Config) -> PathBuf {
    config.daemon.data_dir.join("daily-roots.txt")
}

/// Reads a file of roots: a day and its root a line.
///
/// # Errors
/// When it can't be read or is no such file.
pub fn read_roots(file: &Path) -> anyhow::Result<Vec<SealedDay>> {
    let text = std::fs::read_to_string(file)?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let read = lines.map(|line| {
        let (day, root) = line.split_once(' ').context("a line is not a day and its root")?;
        let day = day.parse().context("a line does not begin with a day")?;
        Ok(SealedDay { day, root: root.trim().to_owned() })
    });
    read.collect()
}

/// Seals the days that are over and appends their roots to the node's file and to the log.
///
/// # Errors
/// When the store or the file fails; the next time makes up for it.
pub(super) async fn keep_roots(store: &Store, file: &Path, now: Timestamp) -> anyhow::Result<()> {
    store.seal_days(now).await?;
    let last = if file.exists() { read_roots(file)?.pop().map(|sealed| sealed.day) } else { None };
    let new = store.sealed_days(last).await?;
    if new.is_empty() {
        return Ok(());
    }
    let mut out = std::fs::File::options()
        .create(true)
        .append(true)
        .open(file)
        .with_context(|| format!("opening {}", file.display()))?;
    for sealed in &new {
        writeln!(out, "{} {}", sealed.day, sealed.root).context("writing daily roots")?;
        info!(day = %sealed.day, root = sealed.root, "the day's decisions are sealed");
    }
    out.sync_all().context("writing daily roots")
}
