//! The thread that writes every recording of the engine.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

use super::file::RecordingFile;
use crate::media::{MediaError, MediaEvent, StreamReport};

/// Owns the thread; dropped, waits until everything is written.
#[derive(Debug)]
pub(in crate::media) struct Writer {
    orders: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
}

/// One stream's way to the writer.
#[derive(Clone, Debug)]
pub(super) struct WriterLink {
    stream: u32,
    orders: SyncSender<Job>,
    events: mpsc::Sender<MediaEvent>,
    /// While this is held, the recording goes on.
    held: Arc<()>,
}

/// What is asked of the writer.
#[derive(Debug)]
pub(super) enum Order {
    Append(Vec<u8>),
    Finish { last: Vec<u8>, report: Box<StreamReport>, reply: Option<oneshot::Sender<StreamReport>> },
    Open(PathBuf),
}

#[derive(Debug)]
struct Job {
    stream: u32,
    order: Order,
    /// Who hears of a fault, and how to see that the recorder is gone; given with `Open`.
    owner: Option<Owner>,
}

#[derive(Debug)]
struct Owner {
    events: mpsc::Sender<MediaEvent>,
    held: Weak<()>,
}

impl Writer {
    pub fn start() -> Result<Self, MediaError> {
        let (orders, inbox) = sync_channel(ORDERS);
        let name = "media-recorder".to_owned();
        let thread = std::thread::Builder::new()
            .name(name.clone())
            .spawn(move || run(&inbox))
            .map_err(|source| MediaError::Thread { name, source })?;
        Ok(Self { orders: Some(orders), thread: Some(thread) })
    }

    pub(super) fn link(&self, stream: u32, events: mpsc::Sender<MediaEvent>) -> WriterLink {
        let orders = self.orders.clone().expect("the queue is taken only by drop");
        WriterLink { stream, orders, events, held: Arc::default() }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.orders.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the recording thread has panicked");
        }
    }
}

impl WriterLink {
    /// Queues an order, never waiting; gives it back where the queue is full.
    pub fn order(&self, order: Order) -> Result<(), Order> {
        let owner = || Owner { events: self.events.clone(), held: Arc::downgrade(&self.held) };
        let owner = matches!(order, Order::Open(_)).then(owner);
        let job = Job { stream: self.stream, order, owner };
        self.orders.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(job) | TrySendError::Disconnected(job) => job.order,
        })
    }
}

struct Open {
    file: RecordingFile,
    owner: Option<Owner>,
}

fn run(inbox: &Receiver<Job>) {
    let mut files: HashMap<u32, Open> = HashMap::new();
    for Job { stream, order, owner } in inbox {
        match order {
            Order::Open(path) => {
                sweep(&mut files);
                match RecordingFile::create(&path) {
                    Ok(file) => drop(files.insert(stream, Open { file, owner })),
                    Err(error) => complain(owner.as_ref(), &error),
                }
            }
            Order::Append(bytes) => append(&mut files, stream, &bytes),
            Order::Finish { last, report, reply } => {
                append(&mut files, stream, &last);
                if let Some(mut open) = files.remove(&stream)
                    && let Err(error) = open.file.correct()
                {
                    complain(open.owner.as_ref(), &error);
                }
                if let Some(reply) = reply {
                    drop(reply.send(*report));
                }
            }
        }
    }
}

/// Appends; a file that cannot be written on is given up, and its owner told once.
fn append(files: &mut HashMap<u32, Open>, stream: u32, bytes: &[u8]) {
    let Some(open) = files.get_mut(&stream) else { return };
    if let Err(error) = open.file.append(bytes) {
        complain(open.owner.as_ref(), &error);
        // What is there stays readable; on a full disk even this may fail, and players cope with that.
        drop(open.file.correct());
        files.remove(&stream);
    }
}

/// Closes files whose end was never told, because the queue was full then.
fn sweep(files: &mut HashMap<u32, Open>) {
    files.retain(|_, open| {
        let held = open.owner.as_ref().is_some_and(|owner| owner.held.strong_count() > 0);
        if !held && let Err(error) = open.file.correct() {
            complain(None, &error);
        }
        held
    });
}

fn complain(owner: Option<&Owner>, error: &std::io::Error) {
    tracing::warn!(%error, "a recording has stopped");
    if let Some(owner) = owner {
        drop(owner.events.try_send(MediaEvent::RecordingFailed { why: error.to_string() }));
    }
}

/// Orders waiting: a second of a thousand recordings.
const ORDERS: usize = 4096;
