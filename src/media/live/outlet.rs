//! The way of events to the owner.

use std::time::Instant;

use tokio::sync::mpsc;

use crate::media::MediaEvent;
use crate::media::dtmf::{DigitGate, DigitSource, key_of};

/// Never waits: what does not fit is counted.
#[derive(Debug)]
pub(super) struct Outlet {
    sender: mpsc::Sender<MediaEvent>,
    gate: DigitGate,
    dropped: u64,
}

impl Outlet {
    pub fn new(sender: mpsc::Sender<MediaEvent>) -> Self {
        Self { sender, gate: DigitGate::default(), dropped: 0 }
    }

    pub fn tell(&mut self, event: MediaEvent) {
        if self.sender.try_send(event).is_err() {
            self.dropped += 1;
        }
    }

    /// A key was pressed, by its RFC 4733 code; told where no other way has told of it yet. Whether it was.
    pub fn pressed(&mut self, at: Instant, code: u8, source: DigitSource) -> bool {
        // Other telephone events, such as fax tones, are no keys.
        let Some(digit) = key_of(code) else { return false };
        let new = self.gate.admit(at, digit, source);
        if new {
            self.tell(MediaEvent::Digit { digit, at, source });
        }
        new
    }

    /// Events that found the queue full.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Nobody listens any more: the handle was dropped.
    pub fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }
}
