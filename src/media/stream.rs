//! The owner's handle on a stream.

use std::net::{IpAddr, SocketAddr};
use std::ops::Deref;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::shard::{Act, ShardLink, StreamId};
use super::{MediaError, MediaEvent, RecordingPlan, StreamLink, StreamReport};
use crate::detect::DetectorPlan;

/// What a stream is opened with. The codec comes later, with [`Stream::connect`].
#[derive(Clone, Debug, Default)]
pub struct StreamPlan {
    pub recording: Option<RecordingPlan>,
    /// Ears on the far end's sound.
    pub detector: Option<DetectorPlan>,
    /// So much of what the far end said last is kept for whoever is bridged in first, and played to him.
    pub first_words: Duration,
    /// The far end may send nothing for so long before [`MediaEvent::Quiet`]; it is told of only where asked for.
    pub quiet: Option<Duration>,
    /// The host that signals for the far end, where it has proved who it is: sound that comes from there is the far end's
    /// too, whatever host its SDP names, and is answered where it comes from (a phone behind NAT).
    pub signals_from: Option<IpAddr>,
}

impl StreamPlan {
    /// For an agent who has called us from there and proved who he is.
    pub fn of_agent(signals_from: IpAddr) -> Self {
        Self { signals_from: Some(signals_from), ..Self::default() }
    }
}

/// One RTP stream with its port pair. Dropped without [`close`](Self::close), it closes itself within a second. What
/// may be asked of it stands at [`StreamLink`].
#[derive(Debug)]
pub struct Stream {
    link: StreamLink,
    local: SocketAddr,
    events: mpsc::Receiver<MediaEvent>,
}

impl Stream {
    pub(super) fn new(
        id: StreamId,
        local: SocketAddr,
        shard: ShardLink,
        events: mpsc::Receiver<MediaEvent>,
    ) -> Self {
        Self { link: StreamLink::new(id, shard), local, events }
    }

    /// Where we receive RTP: the even port. RTCP is on the next one.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// A way to it for others than its owner.
    pub fn link(&self) -> StreamLink {
        self.link.clone()
    }

    /// The next event; `None` once the engine has stopped. Cancel-safe.
    pub async fn next_event(&mut self) -> Option<MediaEvent> {
        self.events.recv().await
    }

    /// Ends the stream with an RTCP BYE and gives its sums; empty ones if the engine is gone.
    pub async fn close(self) -> StreamReport {
        let (reply, report) = oneshot::channel();
        let mut act = Act::Close(Some(reply));
        for _ in 0..CLOSE_TRIES {
            match self.link.try_tell(act) {
                Ok(()) => return report.await.unwrap_or_default(),
                Err((MediaError::Busy { .. }, back)) => act = back,
                Err(_) => break,
            }
            tokio::time::sleep(CLOSE_PAUSE).await;
        }
        StreamReport::default()
    }
}

impl Deref for Stream {
    type Target = StreamLink;

    fn deref(&self) -> &StreamLink {
        &self.link
    }
}

/// An overloaded shard still closes streams: the request is repeated for a second. After that the dropped event
/// queue closes it.
const CLOSE_TRIES: u32 = 100;
const CLOSE_PAUSE: Duration = Duration::from_millis(10);
