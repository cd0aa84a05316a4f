//! Copies SQLite's write-ahead log into the file beside the writer.
//!
//! Left to itself SQLite does so within a commit, and some dial then waits for hundreds of random writes and an
//! fsync. Here another connection does it; the writer's own limit stays as a bound on the log's size.

use std::sync::Arc;

use sqlx::SqlitePool;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Pages of the log (4 kB each) at which the writer copies by itself, and begins the log anew: 128 MB.
pub const LOG_PAGES: &str = "32768";

/// Copies each time `due` says so, until `stop`; `pool` has one connection of its own.
pub async fn keep(pool: SqlitePool, due: Arc<Notify>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = due.notified() => {}
            () = stop.cancelled() => return,
        }
        // Passive: takes what it can without making anybody wait. What fails now is done next time, or by the writer.
        sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(&pool).await.ok();
    }
}
