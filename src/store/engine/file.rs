//! A SQLite file: how it is opened for whom, and a few connections that read it beside the writer.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use super::checkpoint::LOG_PAGES;
use super::conn::{Conn, Fault, Work};

/// Statements kept prepared on a connection; the store has some hundreds.
const STATEMENTS: usize = 512;
/// How long a connection waits for another one's lock.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Copying the log, or the whole file.
    Copy,
    Read,
    Write,
}

impl Purpose {
    /// Kilobytes of pages a writer keeps are negative numbers to SQLite; the rest is the file cache's.
    fn pragmas(self) -> &'static str {
        match self {
            Self::Copy => "",
            Self::Read => "PRAGMA query_only = ON;",
            Self::Write => "PRAGMA cache_size = -65536;",
        }
    }
}

/// Opens the file; a missing one is made.
///
/// # Errors
/// When it can't be opened, or is no database.
pub fn open(path: &Path, purpose: Purpose) -> rusqlite::Result<Connection> {
    let conn = Connection::open(path)?;
    conn.busy_timeout(PATIENCE)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    let shared = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
        PRAGMA temp_store = MEMORY;";
    conn.execute_batch(&format!("{shared} PRAGMA wal_autocheckpoint = {LOG_PAGES}; {}", purpose.pragmas()))?;
    Ok(conn)
}

/// Connections that read, each job on a thread where it may block.
#[derive(Clone, Debug)]
pub struct Readers {
    path: PathBuf,
    most: u32,
    idle: Arc<Mutex<Vec<Conn>>>,
    room: Arc<Semaphore>,
}

impl Readers {
    /// As many as `most` at once; each is opened when it is first needed.
    pub fn new(path: &Path, most: u32) -> Self {
        let room = usize::try_from(most).expect("32 bits fit");
        Self { path: path.to_owned(), most, idle: Arc::default(), room: Arc::new(Semaphore::new(room)) }
    }

    /// Runs one job in one view of the database.
    ///
    /// # Errors
    /// The job's, the database's, or `Closed`.
    pub async fn read<T, F>(&self, job: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Conn) -> Work<'c, T> + Send + 'static,
    {
        let room = Arc::clone(&self.room).acquire_owned().await.map_err(|_| Fault::Closed)?;
        let readers = self.clone();
        let read = tokio::task::spawn_blocking(move || {
            let _room = room;
            readers.run(job)
        });
        match read.await {
            Ok(read) => read,
            // A bug of ours goes where its job came from.
            Err(fault) => match fault.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(Fault::Closed),
            },
        }
    }

    /// A connection whose job failed is not used again.
    fn run<T, F>(&self, job: F) -> Result<T, Fault>
    where
        F: for<'c> FnOnce(&'c mut Conn) -> Work<'c, T>,
    {
        let idle = self.idle().pop();
        let mut conn = match idle {
            Some(conn) => conn,
            None => Conn::Sqlite(open(&self.path, Purpose::Read)?),
        };
        let result = Handle::current().block_on(async {
            conn.script("BEGIN").await?;
            let result = job(&mut conn).await?;
            conn.script("COMMIT").await?;
            Ok(result)
        });
        if result.is_ok() {
            self.idle().push(conn);
        }
        result
    }

    /// Takes no more jobs, and waits for those under way.
    pub async fn close(&self) {
        // All the room there is: nobody reads any more.
        let all = self.room.acquire_many(self.most).await;
        self.room.close();
        drop(all);
        self.idle().clear();
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Conn>> {
        // A list of idle connections is whole whatever panicked beside it.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
