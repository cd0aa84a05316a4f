//! The thread: walks its streams, each in its own 5 ms sub-tick of the 20 ms period.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use thread_priority::{
    RealtimeThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
    thread_native_id,
};
use tokio::sync::oneshot;

use super::figures::{Figures, ShardFigures};
use super::roster::{PHASES, Roster};
use super::{Act, StreamId};
use crate::media::clock::Clock;
use crate::media::live::Bench;
use crate::media::{MediaError, StreamReport};

/// Owns the thread; dropped, ends it and waits for it.
#[derive(Debug)]
pub(in crate::media) struct Shard {
    link: ShardLink,
    stopping: Arc<AtomicBool>,
    figures: Arc<Figures>,
    thread: Option<JoinHandle<()>>,
}

/// A way to reach the shard.
#[derive(Clone, Debug)]
pub(in crate::media) struct ShardLink {
    number: usize,
    acts: SyncSender<(StreamId, Act)>,
}

impl Shard {
    pub fn start(number: usize, realtime: bool) -> Result<Self, MediaError> {
        let (acts, inbox) = sync_channel(ACTS);
        let name = format!("media-{number}");
        let (stopping, figures) = (Arc::<AtomicBool>::default(), Arc::<Figures>::default());
        let (stop, counters) = (Arc::clone(&stopping), Arc::clone(&figures));
        let thread = std::thread::Builder::new()
            .name(name.clone())
            .spawn(move || {
                be_prompt(realtime);
                Walk::new(counters).run(&inbox, &stop);
            })
            .map_err(|source| MediaError::Thread { name, source })?;
        Ok(Self { link: ShardLink { number, acts }, stopping, figures, thread: Some(thread) })
    }

    pub fn link(&self) -> ShardLink {
        self.link.clone()
    }

    pub fn figures(&self) -> ShardFigures {
        self.figures.read()
    }
}

impl Drop for Shard {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Relaxed);
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

/// The thread's own state.
struct Walk {
    roster: Roster,
    bench: Bench,
    /// The sub-tick that is due at `bench.due`.
    tick: usize,
}

impl Walk {
    fn new(figures: Arc<Figures>) -> Self {
        Self { roster: Roster::default(), bench: Bench::new(Clock::start(), figures), tick: 0 }
    }

    fn run(mut self, inbox: &Receiver<(StreamId, Act)>, stopping: &AtomicBool) {
        while !stopping.load(Ordering::Relaxed) {
            if self.roster.len() == 0 {
                match inbox.recv_timeout(IDLE) {
                    Ok((id, act)) => self.handle(id, act),
                    Err(RecvTimeoutError::Timeout) => continue,
                    Err(RecvTimeoutError::Disconnected) => break,
                }
                self.bench.due = self.bench.clock.now();
            }
            self.wait();
            for (id, act) in inbox.try_iter().take(ACTS_A_TICK) {
                self.handle(id, act);
            }
            self.tick();
        }
        for id in self.roster.ids() {
            self.close(id, None);
        }
    }

    /// Waits for the sub-tick. Deadlines are absolute: a late one does not move the next.
    fn wait(&mut self) {
        let now = self.bench.clock.now();
        if let Some(rest) = self.bench.due.checked_duration_since(now) {
            std::thread::sleep(rest);
        } else if now - self.bench.due > FAR_BEHIND {
            // The machine slept or is far too slow: better a gap than a burst of stale sound.
            let periods = (now - self.bench.due).as_micros() / PERIOD.as_micros();
            self.bench.figures.skipped(periods as u64);
            self.bench.due += PERIOD * periods as u32;
        }
    }

    fn tick(&mut self) {
        let phase = self.tick % PHASES;
        for live in self.roster.phase(phase) {
            live.turn(&mut self.bench);
        }
        if self.tick.is_multiple_of(SWEEP) {
            for id in self.roster.abandoned() {
                self.close(id, None);
            }
        }
        self.tick = self.tick.wrapping_add(1);
        self.bench.due += PERIOD / PHASES as u32;
        self.bench.figures.streams(self.roster.len());
    }

    fn handle(&mut self, id: StreamId, act: Act) {
        let now = self.bench.clock.now();
        match act {
            Act::Open(live) => self.roster.add(id, live, self.tick % PHASES),
            Act::Close(reply) => self.close(id, reply),
            Act::Connect(_) => self.connect(id, act),
            Act::Answered
            | Act::Cut
            | Act::Hear(..)
            | Act::KeyByInfo(..)
            | Act::Music(_)
            | Act::Mute(_)
            | Act::NoLongerHear(_)
            | Act::NoLongerSpeak(_)
            | Act::PauseRecording
            | Act::Play(..)
            | Act::ResumeRecording
            | Act::SendDigits(_)
            | Act::Speak(..)
            | Act::StandIn(_)
            | Act::SpeakFromTheStart(..)
            | Act::StartRecording
            | Act::Stop => {
                if let Some(live) = self.roster.stream(id) {
                    live.handle(now, act);
                }
            }
        }
    }

    fn connect(&mut self, id: StreamId, act: Act) {
        let (now, next) = (self.bench.clock.now(), self.tick % PHASES);
        let Some(live) = self.roster.stream(id) else { return };
        let first = !live.is_connected();
        live.handle(now, act);
        // Before its first packet a stream's phase is free: it takes the next, so that sound leaves at once.
        if first && let Some(live) = self.roster.remove(id) {
            self.roster.add(id, live, next);
        }
    }

    fn close(&mut self, id: StreamId, reply: Option<oneshot::Sender<StreamReport>>) {
        if let Some(live) = self.roster.remove(id) {
            live.close(self.bench.clock, reply);
        }
    }
}

/// Asks the kernel to wake this thread on time; what it refuses makes packets later, not wrong.
fn be_prompt(realtime: bool) {
    // Sleepers may else be woken 50 us late to save power.
    if let Err(error) = nix::sys::prctl::set_timerslack(1000) {
        tracing::debug!(%error, "media wakes with the kernel's usual slack");
    }
    // The lowest of the realtime priorities: before all ordinary threads, after whatever the host itself needs.
    let fifo = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::Fifo);
    if realtime && set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, fifo).is_err() {
        tracing::info!("realtime scheduling is not permitted: packets are late when the machine is busy");
    }
}

const PERIOD: Duration = Duration::from_millis(20);
/// Requests a shard may have waiting: a burst of 2,000 calls, a few each.
const ACTS: usize = 8192;
/// And how many it takes at once, so that a burst does not make the packets late.
const ACTS_A_TICK: usize = 256;
/// With no stream open, the thread only looks whether it should end.
const IDLE: Duration = Duration::from_millis(100);
const FAR_BEHIND: Duration = Duration::from_millis(200);
/// Abandoned streams are looked for once a second.
const SWEEP: usize = 200;
