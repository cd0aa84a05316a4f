//! Copies SQLite's write-ahead log into the file beside the writer.
//!
//! Left to itself SQLite does so within a commit, and some dial then waits for hundreds of random writes and an
//! fsync. Here another connection does it; the writer's own limit stays as a bound on the log's size.

use std::sync::mpsc::Receiver;

use rusqlite::Connection;

/// Pages of the log (4 kB each) at which the writer copies by itself, and begins the log anew: 128 MB.
pub const LOG_PAGES: u32 = 32_768;

/// Copies each time `due` says so, until nobody can say so any more.
pub fn keep(conn: &Connection, due: &Receiver<()>) {
    while due.recv().is_ok() {
        // Passive: takes what it can without making anybody wait. What fails now is done next time, or by the writer.
        conn.execute_batch("PRAGMA wal_checkpoint(PASSIVE)").ok();
    }
}
