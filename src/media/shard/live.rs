//! A stream as its shard sees it.

use std::time::Duration;

use tokio::sync::mpsc;

use super::Act;
use crate::media::ports::PortPair;
use crate::media::{MediaEvent, StreamPlan, StreamReport};

/// One stream's state: everything its 20 ms turn needs.
#[derive(Debug)]
pub(in crate::media) struct Live {
    pair: PortPair,
    plan: StreamPlan,
    events: mpsc::Sender<MediaEvent>,
    rtp_timeout: Duration,
}

impl Live {
    pub fn new(
        pair: PortPair,
        plan: StreamPlan,
        events: mpsc::Sender<MediaEvent>,
        rtp_timeout: Duration,
    ) -> Self {
        Self { pair, plan, events, rtp_timeout }
    }

    /// Carries out a request other than opening and closing.
    pub fn handle(&mut self, act: Act) {
        tracing::trace!(?act, local = %self.pair.local, plan = ?self.plan, timeout = ?self.rtp_timeout, closed = self.events.is_closed());
    }

    /// The sums, at the end.
    pub fn report(self) -> StreamReport {
        StreamReport::default()
    }
}
