//! An agent's line: whether his browser is heard, and what his stream gets when it is not.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::exchange::SessionNo;
use super::packet::{FRAME, Packet};
use super::seam::Seam;

/// What a line makes known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEvent {
    /// His browser is heard.
    Up,
    /// It was heard and is not: music is played in its place.
    Lost,
    /// It did not come back in time.
    Gone,
}

#[derive(Debug)]
pub(super) struct Line {
    /// The stream that his sound goes to.
    pub stream: SocketAddr,
    /// His browser's session, heard or not.
    pub session: Option<SessionNo>,
    seam: Seam,
    heard: Heard,
    music: Music,
    back_within: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    /// Until then music is played, a frame of it at `next`.
    Lost {
        until: Instant,
        next: Instant,
    },
    Never,
    Up {
        last: Instant,
    },
}

/// A browser sends 50 packets a second, muted or not. One that sends none for so long is not there.
const SILENT: Duration = Duration::from_secs(1);
const FRAME_TIME: Duration = Duration::from_millis(20);

impl Line {
    /// `music`: A-law, one byte a sample.
    pub fn new(stream: SocketAddr, seam: Seam, music: Arc<[u8]>, back_within: Duration) -> Self {
        let music = Music { sound: music, at: 0, sequence: 0 };
        Self { stream, session: None, seam, heard: Heard::Never, music, back_within }
    }

    pub fn is_up(&self) -> bool {
        matches!(self.heard, Heard::Up { .. })
    }

    /// Another browser speaks from now on.
    pub fn change(&mut self, now: Instant, session: SessionNo) -> Option<LineEvent> {
        self.session = Some(session);
        self.lose(now)
    }

    /// His browser has said something: the datagram for his stream.
    pub fn hear(&mut self, now: Instant, packet: &Packet<'_>) -> (Option<Vec<u8>>, Option<LineEvent>) {
        let event = (!self.is_up()).then_some(LineEvent::Up);
        if event.is_some() {
            self.seam.cut();
        }
        self.heard = Heard::Up { last: now };
        (self.seam.pass(now, packet), event)
    }

    /// His browser is gone, or is silent.
    pub fn lose(&mut self, now: Instant) -> Option<LineEvent> {
        match self.heard {
            Heard::Up { .. } => {
                self.heard = Heard::Lost { until: now + self.back_within, next: now };
                self.seam.cut();
                Some(LineEvent::Lost)
            }
            Heard::Lost { .. } | Heard::Never => None,
        }
    }

    /// Lets what is due happen: a frame of music, an event.
    pub fn handle_timers(&mut self, now: Instant) -> (Option<Vec<u8>>, Option<LineEvent>) {
        match self.heard {
            Heard::Up { last } if now >= last + SILENT => (None, self.lose(now)),
            Heard::Lost { until, .. } if now >= until => {
                self.heard = Heard::Never;
                (None, Some(LineEvent::Gone))
            }
            Heard::Lost { until, next } if now >= next => {
                // A frame that is very late is left out.
                let next = if now > next + SILENT { now } else { next } + FRAME_TIME;
                self.heard = Heard::Lost { until, next };
                (self.music.play(|packet| self.seam.pass(now, packet)), None)
            }
            Heard::Lost { .. } | Heard::Never | Heard::Up { .. } => (None, None),
        }
    }

    pub fn next_timer(&self) -> Option<Instant> {
        match self.heard {
            Heard::Never => None,
            Heard::Up { last } => Some(last + SILENT),
            Heard::Lost { until, next } => Some(until.min(next)),
        }
    }
}

/// A clip played round and round.
#[derive(Debug)]
struct Music {
    sound: Arc<[u8]>,
    at: usize,
    sequence: u16,
}

impl Music {
    fn play<T>(&mut self, send: impl FnOnce(&Packet<'_>) -> Option<T>) -> Option<T> {
        let frame = self.sound.get(self.at..self.at + FRAME)?;
        let timestamp = u32::from(self.sequence).wrapping_mul(FRAME as u32);
        let sent = send(&Packet { marker: false, sequence: self.sequence, timestamp, sound: frame });
        self.sequence = self.sequence.wrapping_add(1);
        self.at += FRAME;
        if self.at + FRAME > self.sound.len() {
            self.at = 0;
        }
        sent
    }
}
