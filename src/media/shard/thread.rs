//! The thread: walks its streams, each in its own 5 ms sub-tick of the 20 ms period.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use super::{Act, Live, StreamId};
use crate::media::MediaError;

/// Owns the thread; dropped, ends it and waits for it.
#[derive(Debug)]
pub(in crate::media) struct Shard {
    link: Option<ShardLink>,
    thread: Option<JoinHandle<()>>,
}

/// A way to reach the shard.
#[derive(Clone, Debug)]
pub(in crate::media) struct ShardLink {
    number: usize,
    acts: SyncSender<(StreamId, Act)>,
}

impl Shard {
    pub fn start(number: usize) -> Result<Self, MediaError> {
        let (acts, inbox) = sync_channel(ACTS);
        let name = format!("media-{number}");
        let thread = std::thread::Builder::new()
            .name(name.clone())
            .spawn(move || run(&inbox))
            .map_err(|source| MediaError::Thread { name, source })?;
        Ok(Self { link: Some(ShardLink { number, acts }), thread: Some(thread) })
    }

    pub fn link(&self) -> ShardLink {
        self.link.clone().expect("the link is taken only by drop")
    }
}

impl Drop for Shard {
    fn drop(&mut self) {
        drop(self.link.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("a media thread has panicked");
        }
    }
}

impl ShardLink {
    /// Queues a request, never waiting; gives it back where it cannot.
    pub fn tell(&self, stream: StreamId, act: Act) -> Result<(), (MediaError, Act)> {
        self.acts.try_send((stream, act)).map_err(|refused| match refused {
            TrySendError::Full((_, act)) => (MediaError::Busy { shard: self.number }, act),
            TrySendError::Disconnected((_, act)) => (MediaError::Gone { shard: self.number }, act),
        })
    }
}

fn run(inbox: &Receiver<(StreamId, Act)>) {
    let mut streams: HashMap<u32, Box<Live>> = HashMap::new();
    while let Ok((StreamId(id), act)) = inbox.recv() {
        match act {
            Act::Open(live) => drop(streams.insert(id, live)),
            Act::Close(reply) => {
                if let (Some(live), Some(reply)) = (streams.remove(&id), reply) {
                    drop(reply.send(live.report()));
                }
            }
            other => {
                if let Some(live) = streams.get_mut(&id) {
                    live.handle(other);
                }
            }
        }
    }
}

/// Requests a shard may have waiting: a burst of 2,000 calls, a few each.
const ACTS: usize = 8192;
