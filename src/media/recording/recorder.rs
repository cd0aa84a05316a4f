//! One stream's recording, seen from its media thread: gathers both sides and hands pieces to the writer.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::RecordingPlan;
use super::writer::{Order, Writer, WriterLink};
use crate::domain::Codec;
use crate::media::event::MediaEvent;
use crate::media::{FRAME, StreamReport, g711};

/// Both sides of a call on the way to its file.
#[derive(Debug)]
pub(in crate::media) struct Recorder {
    plan: RecordingPlan,
    writer: WriterLink,
    state: State,
    /// Frames recorded.
    frames: u64,
}

#[derive(Debug)]
enum State {
    Idle,
    Recording { piece: Vec<u8>, paused: bool },
    Failed,
}

/// A frame of one side.
#[derive(Clone, Copy, Debug)]
pub(in crate::media) struct Side<'a> {
    pub codec: Codec,
    pub bytes: &'a [u8; FRAME],
}

impl Recorder {
    /// A recorder that waits for its start. `events`: who hears of a fault.
    pub fn new(plan: RecordingPlan, writer: &Writer, stream: u32, events: mpsc::Sender<MediaEvent>) -> Self {
        Self { plan, writer: writer.link(stream, events), state: State::Idle, frames: 0 }
    }

    /// Begins; does nothing where it has begun already.
    pub fn start(&mut self) -> Result<(), MediaEvent> {
        let State::Idle = self.state else { return Ok(()) };
        self.state = State::Recording { piece: Vec::with_capacity(PIECE), paused: false };
        let path = self.plan.path.clone();
        self.writer.order(Order::Open(path)).map_err(|_| self.fail("the recording queue is full"))
    }

    /// While paused, both sides are recorded as silence, so that the file keeps the call's time.
    pub fn pause(&mut self, pause: bool) {
        if let State::Recording { paused, .. } = &mut self.state {
            *paused = pause;
        }
    }

    /// Adds 20 ms of both sides.
    pub fn add(&mut self, debtor: Side<'_>, us: Side<'_>) -> Result<(), MediaEvent> {
        let State::Recording { piece, paused } = &mut self.state else { return Ok(()) };
        if *paused {
            piece.extend([SILENCE; 2 * FRAME]);
        } else {
            let (mut left, mut right) = (*debtor.bytes, *us.bytes);
            g711::transcode(debtor.codec, Codec::Pcma, &mut left);
            g711::transcode(us.codec, Codec::Pcma, &mut right);
            piece.extend(left.iter().zip(&right).flat_map(|(l, r)| [*l, *r]));
        }
        self.frames += 1;
        if piece.len() < PIECE {
            return Ok(());
        }
        match self.writer.order(Order::Append(std::mem::take(piece))) {
            Ok(()) => {
                piece.reserve_exact(PIECE);
                Ok(())
            }
            // The disk is slow: the piece waits and grows, to a limit.
            Err(Order::Append(back)) if back.len() < MOST_WAITING => {
                *piece = back;
                Ok(())
            }
            Err(_) => Err(self.fail("the disk is too slow")),
        }
    }

    /// Ends the file and then passes the report on, so that who has the report finds the file whole.
    pub fn finish(mut self, mut report: StreamReport, reply: Option<oneshot::Sender<StreamReport>>) {
        if self.frames > 0 {
            report.recorded = Some(Duration::from_millis(20 * self.frames));
        }
        let last = match std::mem::replace(&mut self.state, State::Idle) {
            State::Recording { piece, .. } => piece,
            State::Idle | State::Failed => Vec::new(),
        };
        // A full queue here costs at most the last quarter of a second; the report must still arrive.
        if let Err(Order::Finish { report, reply, .. }) =
            self.writer.order(Order::Finish { last, report: Box::new(report), reply })
            && let Some(reply) = reply
        {
            drop(reply.send(*report));
        }
    }

    fn fail(&mut self, why: &str) -> MediaEvent {
        self.state = State::Failed;
        MediaEvent::RecordingFailed { why: why.to_owned() }
    }
}

const SILENCE: u8 = 0xd5;
/// A quarter of a second of two sides.
const PIECE: usize = 12 * 2 * FRAME;
/// Four seconds.
const MOST_WAITING: usize = 16 * PIECE;
