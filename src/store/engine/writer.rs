//! The one writer of a SQLite database: jobs come in over a bounded channel and share commits.
//!
//! A commit costs an fsync, a job some microseconds; so whatever is waiting when the writer is free goes into one
//! transaction. Each job has a savepoint of its own: one that fails leaves nothing, and its neighbours stand.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use sqlx::{Sqlite, SqlitePool};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::checkpoint;
use super::conn::{Conn, Fault, Work};

/// Jobs that may wait; a caller beyond it waits for room.
const QUEUE: usize = 1024;
/// Jobs that share a commit at most, so that the first of them is not kept waiting for the last.
const GROUP: usize = 64;

/// Jobs after which the log is copied: some thousand pages.
const COPY_AFTER: usize = 256;

/// Tells a caller how it went, once the commit has spoken. `Err` carries why nothing was kept.
type Settle = Box<dyn FnOnce(Result<(), String>) + Send>;
/// What a job did: whether to keep it, and whom to tell.
type Ran = (bool, Settle);
type Job = Box<dyn for<'c> FnOnce(&'c mut Conn) -> Pin<Box<dyn Future<Output = Ran> + Send + 'c>> + Send>;

/// Hands jobs to the writer task.
#[derive(Clone, Debug)]
pub struct Writer {
    jobs: mpsc::Sender<Job>,
    stop: CancellationToken,
}

impl Writer {
    /// Starts the writer on a pool of one connection, and the copying of its log on another. Both tasks end after
    /// `stop`; whoever owns `tasks` awaits them.
    pub fn start(pool: SqlitePool, copier: SqlitePool, tasks: &mut JoinSet<()>) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let (stop, copy) = (CancellationToken::new(), Arc::new(Notify::new()));
        tasks.spawn(write_in_groups(pool, queue, Arc::clone(&copy), stop.clone()));
        tasks.spawn(checkpoint::keep(copier, copy, stop.clone()));
        Self { jobs, stop }
    }

    /// Takes no more jobs; those that wait are still done.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Runs one job and waits until it is on the disk.
    ///
    /// # Errors
    /// The job's own fault, or why its transaction was not kept.
    pub async fn write<T, F>(&self, job: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Conn) -> Work<'c, T> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        let job: Job = Box::new(move |conn| {
            Box::pin(async move {
                let result = job(conn).await;
                let keep = result.is_ok();
                let settle: Settle = Box::new(move |committed| {
                    let result = match committed {
                        Err(why) if result.is_ok() => Err(Fault::NotCommitted(why)),
                        _ => result,
                    };
                    // A caller that no longer waits has nobody to tell.
                    tell.send(result).ok();
                });
                (keep, settle)
            })
        });
        self.jobs.send(job).await.map_err(|_| Fault::Closed)?;
        told.await.map_err(|_| Fault::Closed)?
    }
}

async fn write_in_groups(
    pool: SqlitePool,
    mut queue: mpsc::Receiver<Job>,
    copy: Arc<Notify>,
    stop: CancellationToken,
) {
    let mut since_copy = 0;
    let mut closing = false;
    let mut group = Vec::with_capacity(GROUP);
    loop {
        let received = tokio::select! {
            received = queue.recv_many(&mut group, GROUP) => received,
            // Told once, whenever it came: also when it came while a group was being written.
            () = stop.cancelled(), if !closing => {
                closing = true;
                queue.close();
                continue;
            }
        };
        if received == 0 {
            return;
        }
        let mut settles = Vec::with_capacity(group.len());
        let committed = match write_group(&pool, &mut group, &mut settles).await {
            Ok(()) => Ok(()),
            Err(fault) => Err(fault.to_string()),
        };
        // Jobs never reached are dropped here; their callers read `Closed`.
        group.clear();
        since_copy += settles.len();
        for settle in settles {
            settle(committed.clone());
        }
        if since_copy >= COPY_AFTER {
            since_copy = 0;
            copy.notify_one();
        }
    }
}

async fn write_group(
    pool: &SqlitePool,
    group: &mut Vec<Job>,
    settles: &mut Vec<Settle>,
) -> Result<(), Fault> {
    let mut conn = Conn::Sqlite(begin(pool).await?);
    for job in group.drain(..) {
        conn.script("SAVEPOINT job").await?;
        let (keep, settle) = job(&mut conn).await;
        settles.push(settle);
        conn.script(if keep { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" }).await?;
    }
    conn.commit().await?;
    Ok(())
}

async fn begin(pool: &SqlitePool) -> Result<sqlx::Transaction<'static, Sqlite>, sqlx::Error> {
    pool.begin_with("BEGIN IMMEDIATE").await
}
