//! The engine: starts the shards, opens streams on them.

use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;

use super::live::{Live, Opening};
use super::ports::Ports;
use super::recording::{Recorder, Writer};
use super::shard::{Act, Shard, ShardFigures, StreamId};
use super::{MediaError, Stream, StreamPlan};

/// How the engine runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaPlan {
    /// The address streams are bound to: one of this host's, or the unspecified one.
    pub bind: IpAddr,
    /// Ports for RTP (even) and RTCP (the odd ones after them). Keep it out of the kernel's ephemeral range.
    pub ports: RangeInclusive<u16>,
    /// Threads, each with its own streams: one serves about two thousand calls. At least 1.
    pub shards: usize,
    /// How long the far end may be silent before [`MediaEvent::Stale`](super::MediaEvent::Stale).
    pub rtp_timeout: Duration,
    /// Asks the kernel to run the media threads before all others (SCHED_FIFO), so that load elsewhere does not make
    /// packets late. Where it is not permitted they run like any other.
    pub realtime: bool,
}

impl MediaPlan {
    /// The usual plan on an address: ports 12000–31999, one shard, 20 s, realtime where permitted.
    pub fn on(bind: IpAddr) -> Self {
        let rtp_timeout = Duration::from_secs(20);
        Self { bind, ports: 12000..=31999, shards: 1, rtp_timeout, realtime: true }
    }
}

/// Owns the media threads. Dropped, it ends them; their streams end with a BYE.
#[derive(Debug)]
pub struct MediaEngine {
    plan: MediaPlan,
    ports: Ports,
    // Before the writer: the shards finish their recordings as they end.
    shards: Vec<Shard>,
    writer: Writer,
    next: AtomicU32,
}

impl MediaEngine {
    /// Starts the threads.
    ///
    /// # Errors
    /// The port range holds no pair, or a thread cannot be started.
    pub fn start(plan: MediaPlan) -> Result<Self, MediaError> {
        let ports = Ports::new(plan.bind, plan.ports.clone())?;
        let shards = (0..plan.shards.max(1))
            .map(|number| Shard::start(number, plan.realtime))
            .collect::<Result<_, _>>()?;
        Ok(Self { plan, ports, shards, writer: Writer::start()?, next: AtomicU32::new(0) })
    }

    /// Binds a port pair and opens a stream on it. Nothing is sent before [`Stream::connect`].
    ///
    /// # Errors
    /// No free port pair; or the shard is overloaded or gone.
    pub fn open(&self, plan: StreamPlan) -> Result<Stream, MediaError> {
        let id = StreamId(self.next.fetch_add(1, Ordering::Relaxed));
        let shard = &self.shards[id.0 as usize % self.shards.len()];
        let pair = self.ports.bind()?;
        let local = pair.local;
        let (sender, events) = mpsc::channel(EVENTS);
        let recorder = plan.recording.map(|plan| Recorder::new(plan, &self.writer, id.0, sender.clone()));
        let live = Live::new(Opening {
            pair,
            events: sender,
            detector: plan.detector,
            recorder,
            first_words: plan.first_words,
            rtp_timeout: self.plan.rtp_timeout,
            quiet: plan.quiet,
            signals_from: plan.signals_from,
        });
        let link = shard.link();
        link.tell(id, Act::Open(Box::new(live))).map_err(|(error, _)| error)?;
        Ok(Stream::new(id, local, link, events))
    }

    /// The counters of each shard, for the metrics.
    pub fn figures(&self) -> Vec<ShardFigures> {
        self.shards.iter().map(Shard::figures).collect()
    }
}

/// Events kept for an owner who is late: far more than a call produces in a second.
const EVENTS: usize = 64;
