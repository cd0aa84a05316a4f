//! The kill switch: while it is thrown, nothing is dialled.

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// How often the file is looked for.
const LOOK: Duration = Duration::from_millis(250);

/// Watches for the file and keeps `thrown` true while it is there, until `stop`. What can't be looked at counts as
/// thrown: in doubt, no call.
pub async fn watch_file(file: PathBuf, thrown: watch::Sender<bool>, stop: CancellationToken) {
    loop {
        let there = tokio::fs::try_exists(&file).await.unwrap_or(true);
        let changed = thrown.send_if_modified(|now| std::mem::replace(now, there) != there);
        match (changed, there) {
            (true, true) => warn!(file = %file.display(), "the kill switch is thrown: nothing is dialled"),
            (true, false) => info!("the kill switch is not thrown"),
            (false, _) => {}
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = stop.cancelled() => return,
        }
    }
}
