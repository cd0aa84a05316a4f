//! A node's name is one process's at a time: a second of that name would take the calls of the first for lost ones.
//!
//! SQLite: a lock on a file beside the database. PostgreSQL: an advisory lock of a session kept for it. Either goes
//! with the process, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::{Connection, PgConnection, PgPool};

use super::open::Engine;
use crate::store::engine::conn::Fault;
use crate::store::{Store, StoreError};

/// What keeps others off a node's name for as long as it lives.
#[derive(Debug)]
pub(super) enum Alone {
    Postgres(PgConnection),
    Sqlite(#[expect(dead_code, reason = "held open for its lock")] File),
}

/// A process that has just been killed may be a moment in going.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(100);

impl Store {
    /// Takes this node's name for this process, or sees that it still has it; kept until the store is closed. Within
    /// 2 s: `false` when another process has it, whose calls are alive.
    ///
    /// # Errors
    /// When it can't be told whether another has it: nothing of this node may be rescued then.
    pub async fn take_node(&self) -> Result<bool, StoreError> {
        let failed = |source| StoreError::TakeNode { node: self.node().to_owned(), source };
        let mut held = self.alone().lock().await;
        if let Some(alone) = &mut *held
            && alone.lasts().await
        {
            return Ok(true);
        }
        *held = None;
        for tried in 1..=TRIES {
            *held = Alone::take(self.engine(), self.node()).await.map_err(failed)?;
            if held.is_some() {
                return Ok(true);
            }
            if tried < TRIES {
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(false)
    }
}

impl Alone {
    async fn take(engine: &Engine, node: &str) -> Result<Option<Self>, Fault> {
        match engine {
            Engine::Postgres(pool) => Ok(lock_session(pool, node).await?.map(Self::Postgres)),
            Engine::Sqlite { path, .. } => Ok(lock_file(&beside(path, node))?.map(Self::Sqlite)),
        }
    }

    /// A session may have been lost with its server; a file stays locked.
    async fn lasts(&mut self) -> bool {
        match self {
            Self::Postgres(session) => session.ping().await.is_ok(),
            Self::Sqlite(_) => true,
        }
    }
}

/// The lock is of this session alone; the schema is in it as databases are shared by schema, too.
async fn lock_session(pool: &PgPool, node: &str) -> Result<Option<PgConnection>, sqlx::Error> {
    let mut session = PgConnection::connect_with(&pool.connect_options()).await?;
    // When our machine is gone without a word, the server is to know in half a minute, not in two hours.
    let lively =
        "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4";
    sqlx::raw_sql(lively).execute(&mut session).await?;
    let lock =
        "SELECT pg_try_advisory_lock(hashtextextended(concat(current_schema(), ' node ', $1::text), 0))";
    let locked: bool = sqlx::query_scalar(lock).bind(node).fetch_one(&mut session).await?;
    Ok(locked.then_some(session))
}

/// Never deleted: who deletes a lock's file lets a third lock another of that name.
fn lock_file(path: &Path) -> std::io::Result<Option<File>> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(fault)) => Err(fault),
    }
}

fn beside(database: &Path, node: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(format!(".{node}.lock"));
    name.into()
}
