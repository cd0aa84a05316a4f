//! The recordings on the disk: a checksum when the call is over, deletion when their time is, and what a crash left behind.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use super::house::House;
use crate::domain::AttemptId;

/// How soon after the start, and how often, the folder is looked through.
const FIRST: Duration = Duration::from_secs(15);
const DAILY: Duration = Duration::from_secs(24 * 3_600);
/// A file that has not grown for so long belongs to no call: it grows fifty times a second, in a pause too. What a crash left
/// has stood still by the first look.
const STILL: Duration = Duration::from_secs(10);

/// What is kept of a file: its name below the data folder, its size, its SHA-256.
pub type Kept = (String, i64, String);

/// Reads a file's size and checksum.
///
/// # Errors
/// When it can't be read.
pub fn checksum(data: &Path, path: &Path) -> std::io::Result<Kept> {
    let mut file = std::fs::File::open(path)?;
    let (mut hasher, mut bytes, mut piece) = (Sha256::new(), 0, vec![0; 64 * 1024]);
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            break;
        }
        hasher.update(&piece[..read]);
        bytes += read;
    }
    let name = path.strip_prefix(data).unwrap_or(path).display().to_string();
    Ok((name, i64::try_from(bytes).unwrap_or(i64::MAX), hex::encode(hasher.finalize())))
}

/// Keeps the checksum of a call that is over, where it was recorded.
pub async fn keep(house: &House, attempt: AttemptId, path: PathBuf) {
    let data = house.plans.load().config.daemon.data_dir.clone();
    let read = tokio::task::spawn_blocking(move || path.is_file().then(|| checksum(&data, &path))).await;
    let kept = match read {
        Ok(None) => return, // the notice was never heard
        Ok(Some(Ok(kept))) => house.store.keep_recording(attempt, kept, house.clock.wall()).await,
        Ok(Some(Err(fault))) => return warn!(%attempt, %fault, "a recording can't be read"),
        Err(fault) => return warn!(%attempt, %fault, "a recording was not read"),
    };
    if let Err(fault) = kept {
        warn!(%attempt, %fault, "a recording's checksum was not kept; the daily look does");
    }
}

/// Looks through the recordings after the start and once a day, until told to stop.
pub async fn look_daily(house: Arc<House>, stop: CancellationToken) {
    let mut wait = FIRST;
    loop {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => return,
        }
        wait = DAILY;
        if let Err(fault) = look(&house).await {
            warn!(fault = format!("{fault:#}"), "the recordings were not looked through");
        }
    }
}

/// Keeps what a crash left without a checksum, then deletes what is over its time.
async fn look(house: &House) -> anyhow::Result<()> {
    let config = house.plans.load().config.recordings.clone();
    let data = house.plans.load().config.daemon.data_dir.clone();
    let folder = data.join("recordings");
    let found = tokio::task::spawn_blocking(move || still_files(&folder)).await?;
    for (attempt, path) in found {
        if house.live.is_up(attempt) || house.store.recording(attempt).await?.is_some() {
            continue;
        }
        let (read, data) = (path.clone(), data.clone());
        let kept = tokio::task::spawn_blocking(move || checksum(&data, &read)).await??;
        // A file of no attempt of this database is somebody else's.
        if let Err(fault) = house.store.keep_recording(attempt, kept, house.clock.wall()).await {
            debug!(%attempt, %fault, "a file in the folder of recordings is none");
        }
    }
    if let Some(keep) = config.keep {
        delete_over(house, &data, keep).await?;
    }
    Ok(())
}

async fn delete_over(house: &House, data: &Path, keep: SignedDuration) -> anyhow::Result<()> {
    let now = house.clock.wall();
    let before = now.checked_sub(keep).unwrap_or(Timestamp::MIN);
    let mut deleted = 0_u64;
    for row in house.store.recordings_over(before, now).await? {
        // Written first: a file that outlives its row is deleted by hand, one that is missing would be a riddle.
        if house.store.recording_deleted(row.attempt, now).await? {
            match std::fs::remove_file(data.join(&row.file)) {
                Ok(()) => deleted += 1,
                Err(fault) => {
                    warn!(attempt = %row.attempt, %fault, "a recording over its time was not deleted");
                }
            }
        }
    }
    if deleted > 0 {
        info!(deleted, "recordings over their time were deleted");
    }
    Ok(())
}

/// The files that have not changed for a while, by their attempts.
fn still_files(folder: &Path) -> Vec<(AttemptId, PathBuf)> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                folders.push(path);
                continue;
            }
            let named = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok()).map(AttemptId);
            let changed = entry.metadata().and_then(|about| about.modified()).ok();
            let still = changed.and_then(|at| at.elapsed().ok()).is_some_and(|ago| ago > STILL);
            if let (Some(attempt), true) = (named, still && kind.is_file()) {
                found.push((attempt, path));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_place_its_size_and_its_checksum() {
        let data = tempfile::tempdir().expect("a folder");
        let path = data.path().join("recordings/2026/03/03/7.wav");
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder of our own");
        std::fs::write(&path, b"abc").expect("a file of our own");
        let (file, bytes, sha256) = checksum(data.path(), &path).expect("it is read");
        assert_eq!((file.as_str(), bytes), ("recordings/2026/03/03/7.wav", 3));
        // FIPS 180-4, appendix B.1.
        assert_eq!(sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(still_files(data.path()).is_empty(), "it has just been written");
    }
}
