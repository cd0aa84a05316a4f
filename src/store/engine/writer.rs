//! The one writer of a SQLite database: jobs come in over a bounded channel and share commits.
//!
//! A commit costs an fsync, a job some microseconds; so whatever is waiting when the writer is free goes into one
//! transaction. Each job has a savepoint of its own: one that fails leaves nothing, and its neighbours stand.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};

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
/// A connection to work on, or why there is none.
type Given<'c> = Result<&'c mut Conn, String>;
type Job = Box<dyn for<'c> FnOnce(Given<'c>) -> Pin<Box<dyn Future<Output = Ran> + Send + 'c>> + Send>;

/// Hands jobs to the writer's thread.
#[derive(Debug)]
pub struct Writer {
    /// Absent when it is stopped.
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the writer on a connection, and the copying of its log on another.
    ///
    /// # Errors
    /// When no thread is to be had.
    pub fn start(conn: Connection, copier: Connection) -> std::io::Result<Self> {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let (copy, due) = sync_channel(1);
        let runtime = Handle::current();
        let copies = thread::Builder::new().name("store-log".to_owned());
        let copies = copies.spawn(move || checkpoint::keep(&copier, &due))?;
        let writes = thread::Builder::new().name("store-writer".to_owned());
        let writes = writes.spawn(move || runtime.block_on(write_in_groups(conn, queue, copy)))?;
        Ok(Self { jobs: Mutex::new(Some(jobs)), threads: Mutex::new(vec![writes, copies]) })
    }

    /// Takes no more jobs; returns when those that wait are done and both connections are closed.
    pub async fn stop(&self) {
        drop(self.jobs().take());
        let threads: Vec<_> = self.threads.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect();
        // A thread that panicked has said so itself; closing goes on.
        let joined = tokio::task::spawn_blocking(|| threads.into_iter().for_each(|one| drop(one.join())));
        joined.await.ok();
    }

    fn jobs(&self) -> std::sync::MutexGuard<'_, Option<mpsc::Sender<Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
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
        let job: Job = Box::new(move |given| {
            Box::pin(async move {
                let result = match given {
                    Ok(conn) => job(conn).await,
                    Err(why) => Err(Fault::NotCommitted(why)),
                };
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
        let jobs = self.jobs().clone().ok_or(Fault::Closed)?;
        jobs.send(job).await.map_err(|_| Fault::Closed)?;
        drop(jobs);
        told.await.map_err(|_| Fault::Closed)?
    }
}

async fn write_in_groups(conn: Connection, mut queue: mpsc::Receiver<Job>, copy: SyncSender<()>) {
    let mut conn = Conn::Sqlite(conn);
    let mut since_copy = 0;
    let mut group = Vec::with_capacity(GROUP);
    while queue.recv_many(&mut group, GROUP).await > 0 {
        let mut settles = Vec::with_capacity(group.len());
        let mut jobs = group.drain(..);
        let committed = write_group(&mut conn, &mut jobs, &mut settles).await;
        let committed = committed.map_err(|fault| fault.to_string());
        if let Err(why) = &committed {
            // What is left open would be kept by the next commit. Where none is open there is nothing to take back.
            conn.script("ROLLBACK").await.ok();
            // Those never reached hear why.
            for job in jobs {
                let (_, settle) = job(Err(why.clone())).await;
                settles.push(settle);
            }
        }
        since_copy += settles.len();
        for settle in settles {
            settle(committed.clone());
        }
        if since_copy >= COPY_AFTER {
            since_copy = 0;
            // One that waits already stands for this one, too.
            copy.try_send(()).ok();
        }
    }
}

async fn write_group(
    conn: &mut Conn,
    jobs: &mut (impl Iterator<Item = Job> + Send),
    settles: &mut Vec<Settle>,
) -> Result<(), Fault> {
    begin(conn).await?;
    for job in jobs {
        conn.script("SAVEPOINT job").await?;
        let ran = survive(job, conn).await;
        let keep = ran.as_ref().is_some_and(|(keep, _)| *keep);
        settles.extend(ran.map(|(_, settle)| settle));
        conn.script(if keep { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" }).await?;
    }
    conn.script("COMMIT").await
}

/// Runs a job. One that panics is a bug of ours and leaves nothing, its caller reads `Closed`; the writer goes on, since
/// without it no attempt could be written and no call taken back.
async fn survive(job: Job, conn: &mut Conn) -> Option<Ran> {
    let mut work = catch_unwind(AssertUnwindSafe(|| job(Ok(conn)))).ok()?;
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))) {
        Ok(polled) => polled.map(Some),
        Err(_) => Poll::Ready(None),
    })
    .await
}

/// Takes the write lock. Who waits for it polls, and another node that writes without a pause may take it each time in
/// between for as long as we have patience; nothing was done yet, so we ask again.
async fn begin(conn: &mut Conn) -> Result<(), Fault> {
    for _ in 1..TIMES_TO_BEGIN {
        match conn.script("BEGIN IMMEDIATE").await {
            Err(fault) if fault.is_busy() => tracing::warn!(%fault, "the write lock is not free yet"),
            begun => return begun,
        }
    }
    conn.script("BEGIN IMMEDIATE").await
}

/// Each lasts as long as the connection's patience.
const TIMES_TO_BEGIN: u32 = 3;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Writer;
    use crate::store::engine::conn::{Fault, values};
    use crate::store::engine::file::{Purpose, open};
    use crate::store::{Store, StorePlan};

    const MAKE: &str = "INSERT INTO creditor (name) VALUES ($1)";

    #[tokio::test]
    async fn jobs_that_get_no_lock_hear_why_and_the_writer_goes_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let connect = |patience| {
            let conn = open(&folder.path().join("test.db"), Purpose::Write).expect("opened");
            conn.busy_timeout(Duration::from_millis(patience)).expect("set");
            conn
        };
        let writer = Writer::start(connect(1), connect(1)).expect("threads");
        let write = || {
            writer
                .write(|conn| Box::pin(async move { conn.script("CREATE TABLE IF NOT EXISTS t (a)").await }))
        };
        let other = connect(1_000);
        other.execute_batch("BEGIN IMMEDIATE").expect("the lock");
        let (one, two) = tokio::join!(write(), write());
        for refused in [one, two] {
            assert!(
                matches!(&refused, Err(Fault::NotCommitted(why)) if why.contains("locked")),
                "{refused:?}"
            );
        }
        other.execute_batch("ROLLBACK").expect("given back");
        write().await.expect("the lock is free");
        writer.stop().await;
        assert!(matches!(write().await, Err(Fault::Closed)));
    }

    #[tokio::test]
    async fn a_job_that_panics_leaves_nothing_and_its_neighbours_stand() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("test.db").display()).into();
        let store = Store::open(StorePlan { url, node: "test".to_owned() }).await.expect("a store");
        let add = |name: &'static str, breaks: bool| {
            store.write(move |conn| {
                Box::pin(async move {
                    let added = conn.run(MAKE, values![name]).await?;
                    assert!(!breaks, "a bug, for the test");
                    Ok(added)
                })
            })
        };
        // Waiting together, they share a commit.
        let (before, broken, after) =
            tokio::join!(add("before", false), add("broken", true), add("after", false));
        assert!(matches!((before, broken, after), (Ok(1), Err(Fault::Closed), Ok(1))));
        add("later", false).await.expect("the writer goes on");
        let names = store.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all("SELECT name FROM creditor ORDER BY id", Vec::new()).await?;
                rows.iter().map(|row| row.text(0)).collect::<Result<Vec<_>, _>>()
            })
        });
        assert_eq!(names.await.expect("they are read"), ["before", "after", "later"]);
        store.close().await;
    }
}
