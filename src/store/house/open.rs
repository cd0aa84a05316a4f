//! Opening and closing a store, and its two ways in: to read and to write.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::alone::Alone;
use crate::cases::Terms;
use crate::store::engine::conn::{Conn, Fault, Work, moment};
use crate::store::engine::file::{self, Purpose, Readers};
use crate::store::engine::writer::Writer;
use crate::store::engine::{dialect, schema};
use crate::store::{SchemaFault, StoreError};

/// What to open.
#[derive(Debug, Clone)]
pub struct StorePlan {
    /// `sqlite:PATH` or `postgres://…`; secret, since it may hold a password.
    pub url: SecretString,
    /// This node's name among those that share the database; it stands in every attempt.
    pub node: String,
}

impl StorePlan {
    /// There is no file to open yet. A PostgreSQL database is always there, or can't be opened.
    pub fn is_missing(&self) -> bool {
        sqlite_file(self.url.expose_secret()).is_some_and(|file| !file.is_file())
    }
}

/// The file of a SQLite database's address.
fn sqlite_file(url: &str) -> Option<PathBuf> {
    url.strip_prefix("sqlite:").map(|path| PathBuf::from(path.trim_start_matches("//")))
}

/// Which engine a store stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Postgres,
    Sqlite,
}

/// An open store. Clones share it.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    engine: Engine,
    node: String,
    alone: tokio::sync::Mutex<Option<Alone>>,
    /// Hashes of the rule sets that are known to be in the database.
    published: Mutex<HashSet<String>>,
    /// How long there is to answer a case.
    terms: Mutex<Arc<Terms>>,
}

#[derive(Debug)]
pub(super) enum Engine {
    Postgres(PgPool),
    Sqlite { path: PathBuf, readers: Readers, writer: Writer },
}

/// Connections that read a SQLite file at once.
const SQLITE_READERS: u32 = 4;
/// Connections to PostgreSQL.
const POSTGRES_CONNECTIONS: u32 = 16;
/// Statements kept prepared on such a connection; the store has some hundreds.
const STATEMENTS: usize = 512;

impl Store {
    /// Opens the database, lays its tables where they are missing, and starts the writer.
    ///
    /// # Errors
    /// When it cannot be opened, or is newer than this program.
    pub async fn open(plan: StorePlan) -> Result<Self, StoreError> {
        let url = plan.url.expose_secret();
        let engine = if let Some(file) = sqlite_file(url) {
            open_sqlite(&file).await?
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            open_postgres(url).await?
        } else {
            return Err(StoreError::OpenWhat);
        };
        let inner = Inner {
            engine,
            node: plan.node,
            alone: Default::default(),
            published: Mutex::default(),
            terms: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Waits for the writes under way, then closes every connection and gives the node's name free.
    pub async fn close(&self) {
        self.close_engine().await;
        *self.alone().lock().await = None;
    }

    async fn close_engine(&self) {
        match &self.inner.engine {
            Engine::Postgres(pool) => pool.close().await,
            Engine::Sqlite { readers, writer, .. } => {
                writer.stop().await;
                readers.close().await;
            }
        }
    }

    /// The engine it stands on.
    pub fn kind(&self) -> Kind {
        match self.inner.engine {
            Engine::Postgres(_) => Kind::Postgres,
            Engine::Sqlite { .. } => Kind::Sqlite,
        }
    }

    /// This node's name.
    pub fn node(&self) -> &str {
        &self.inner.node
    }

    /// The database's clock: the clock of law.
    ///
    /// # Errors
    /// When the database does not answer: then nothing may be dialled.
    pub async fn now(&self) -> Result<Timestamp, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let sql = dialect::clock(conn);
                moment(conn.one(sql, Vec::new()).await?.int(0)?)
            })
        });
        read.await.map_err(|source| StoreError::Clock { source })
    }

    /// Writes a sound copy of the living database to `file`, which must not exist.
    ///
    /// # Errors
    /// On PostgreSQL, whose own tools do it better, and when the copy fails.
    pub async fn backup(&self, file: &Path) -> Result<(), StoreError> {
        match &self.inner.engine {
            Engine::Postgres(_) => Err(StoreError::BackupElsewhere),
            Engine::Sqlite { path, .. } => {
                let (from, to) = (path.clone(), file.to_owned());
                blocking(move || copy(&from, &to)).await.map_err(|source| StoreError::Backup { source })
            }
        }
    }

    /// The newest schema this program knows; the open database has the same.
    pub fn schema_version() -> i64 {
        schema::known_version()
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    pub(super) fn alone(&self) -> &tokio::sync::Mutex<Option<Alone>> {
        &self.inner.alone
    }

    pub(in crate::store) fn published(&self) -> &Mutex<HashSet<String>> {
        &self.inner.published
    }

    /// Cases that are opened from now on are due by these terms; those that are open keep their deadlines.
    pub fn set_terms(&self, terms: Terms) {
        *self.inner.terms.lock().expect("no panic holds it") = Arc::new(terms);
    }

    pub(in crate::store) fn terms(&self) -> Arc<Terms> {
        Arc::clone(&self.inner.terms.lock().expect("no panic holds it"))
    }

    /// Runs a job in a transaction that is on the disk when this returns.
    pub(in crate::store) async fn write<T, F>(&self, job: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Conn) -> Work<'c, T> + Send + 'static,
    {
        match &self.inner.engine {
            Engine::Sqlite { writer, .. } => writer.write(job).await,
            Engine::Postgres(pool) => {
                let mut conn = Conn::Postgres(pool.begin().await?);
                let result = job(&mut conn).await?;
                conn.commit().await?;
                Ok(result)
            }
        }
    }

    /// Runs a job that only reads, beside the writer.
    pub(in crate::store) async fn read<T, F>(&self, job: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Conn) -> Work<'c, T> + Send + 'static,
    {
        match &self.inner.engine {
            Engine::Sqlite { readers, .. } => readers.read(job).await,
            Engine::Postgres(pool) => {
                let mut conn = Conn::Postgres(pool.begin().await?);
                let result = job(&mut conn).await?;
                conn.commit().await?;
                Ok(result)
            }
        }
    }
}

async fn open_sqlite(path: &Path) -> Result<Engine, StoreError> {
    let path = path.to_owned();
    blocking(move || {
        let opened = |source| StoreError::Open { source };
        make_private(&path).map_err(|fault| opened(fault.into()))?;
        // By its own name, whatever link leads to it: beside that stands the lock of a node's name.
        let path = path.canonicalize().map_err(|fault| opened(fault.into()))?;
        let connect = |purpose| file::open(&path, purpose).map_err(|fault| opened(fault.into()));
        let mut conn = connect(Purpose::Write)?;
        schema::lay_sqlite(&mut conn).map_err(|source| StoreError::Schema { source })?;
        let writer = Writer::start(conn, connect(Purpose::Copy)?).map_err(|fault| opened(fault.into()))?;
        let readers = Readers::new(&path, SQLITE_READERS);
        Ok(Engine::Sqlite { path, readers, writer })
    })
    .await
}

/// Does what blocks where a thread may.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(fault) => std::panic::resume_unwind(fault.into_panic()),
    }
}

/// Makes the file for the owner alone, where it is missing: it holds names and numbers. SQLite gives its log and its
/// index the same rights, and writes a copy into an empty file as into none.
fn make_private(path: &Path) -> std::io::Result<()> {
    match make_new(path) {
        Err(fault) if fault.kind() != std::io::ErrorKind::AlreadyExists => Err(fault),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn make_new(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}

/// Copies a living database into a new file, whole and on the disk, or leaves none.
fn copy(from: &Path, to: &Path) -> Result<(), SchemaFault> {
    let file = |source| SchemaFault::CopyFile { source };
    make_new(to).map_err(file)?;
    let copied = schema::copy_sqlite(from, to)
        .and_then(|()| std::fs::File::open(to).and_then(|copy| copy.sync_all()).map_err(file));
    if copied.is_err() {
        // Half a copy is none; what can't be taken away either is told by the fault.
        std::fs::remove_file(to).ok();
    }
    copied
}

async fn open_postgres(url: &str) -> Result<Engine, StoreError> {
    let opened = |fault: sqlx::Error| StoreError::Open { source: fault.into() };
    let options: PgConnectOptions = url.parse().map_err(opened)?;
    let options = options.statement_cache_capacity(STATEMENTS).application_name("obzvon");
    let pool = PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).connect_with(options).await;
    let pool = pool.map_err(opened)?;
    schema::lay_postgres(&pool).await.map_err(|source| StoreError::Schema { source })?;
    Ok(Engine::Postgres(pool))
}
