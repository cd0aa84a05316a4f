//! Puts what arrives early, late, twice or out of order back into a steady flow of 20 ms frames.

use crate::domain::Codec;
use crate::media::{FRAME, g711};

/// A ring of encoded samples addressed by timestamp, so that packets of any length fit and order matters not.
/// What is missing is heard as silence.
#[derive(Debug)]
pub(in crate::media) struct JitterBuffer {
    ring: Box<[u8; RING]>,
    codec: Codec,
    /// The timestamps of the next frame out and of the end of the newest packet in; `None` before the first.
    span: Option<Span>,
    /// Samples that a packet waits for its turn.
    depth: u32,
    late: u64,
    /// Packets in a row that came too late.
    late_run: u8,
    /// Frames in a row with more waiting than is wanted.
    long_run: u8,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    next: u32,
    newest: u32,
}

impl JitterBuffer {
    pub fn new(codec: Codec) -> Self {
        Self {
            ring: Box::new([g711::silence(codec); RING]),
            codec,
            span: None,
            depth: SHALLOWEST,
            late: 0,
            late_run: 0,
            long_run: 0,
        }
    }

    /// The codec of what comes out.
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// Packets that came after their turn.
    pub fn late(&self) -> u64 {
        self.late
    }

    /// Begins anew, as on a new source; the depth learnt stays.
    pub fn restart(&mut self) {
        self.span = None;
        self.ring.fill(g711::silence(self.codec));
    }

    /// Puts a packet's payload in. More than a quarter of a second in one packet is cut.
    pub fn put(&mut self, codec: Codec, timestamp: u32, payload: &[u8]) {
        if codec != self.codec {
            self.codec = codec;
            self.restart();
        }
        let payload = &payload[..payload.len().min(RING / 2)];
        let end = timestamp.wrapping_add(payload.len() as u32);
        let span = self.span.get_or_insert(Span { next: timestamp.wrapping_sub(self.depth), newest: end });
        let ahead = timestamp.wrapping_sub(span.next) as i32;
        if ahead < 0 {
            self.late += 1;
            self.late_run += 1;
            if self.late_run < LATE_RUN {
                return;
            }
            // Not a straggler: the flow has fallen behind, or its clock has jumped. Wait a little longer from now on.
            self.depth = (self.depth + FRAME as u32).min(DEEPEST);
            self.anchor(timestamp, end);
        } else if ahead as usize + payload.len() > RING {
            self.anchor(timestamp, end);
        } else if end.wrapping_sub(span.newest) as i32 > 0 {
            span.newest = end;
        }
        self.late_run = 0;
        let at = timestamp as usize % RING;
        let (tail, head) = payload.split_at(payload.len().min(RING - at));
        self.ring[at..at + tail.len()].copy_from_slice(tail);
        self.ring[..head.len()].copy_from_slice(head);
    }

    /// Takes the next 20 ms out.
    pub fn take(&mut self) -> [u8; FRAME] {
        let silence = g711::silence(self.codec);
        let mut frame = [silence; FRAME];
        let Some(span) = &mut self.span else { return frame };
        let waiting = span.newest.wrapping_sub(span.next) as i32;
        let long = waiting > (self.depth + SLACK) as i32;
        self.long_run = if long { self.long_run + 1 } else { 0 };
        if self.long_run == LONG_RUN {
            // The far end's clock is faster, or a burst came: drop a frame to be near again.
            self.long_run = 0;
            skip(&mut self.ring, span, silence);
        }
        let at = span.next as usize % RING;
        let (tail, head) = frame.split_at_mut(FRAME.min(RING - at));
        tail.copy_from_slice(&self.ring[at..at + tail.len()]);
        head.copy_from_slice(&self.ring[..head.len()]);
        skip(&mut self.ring, span, silence);
        frame
    }

    fn anchor(&mut self, timestamp: u32, end: u32) {
        self.ring.fill(g711::silence(self.codec));
        self.span = Some(Span { next: timestamp.wrapping_sub(self.depth), newest: end });
        self.late_run = 0;
    }
}

/// Empties the next frame's place and goes past it.
fn skip(ring: &mut [u8; RING], span: &mut Span, silence: u8) {
    let at = span.next as usize % RING;
    let tail = FRAME.min(RING - at);
    ring[at..at + tail].fill(silence);
    ring[..FRAME - tail].fill(silence);
    span.next = span.next.wrapping_add(FRAME as u32);
}

/// A quarter of a second; a power of two, so that timestamps wrap with it.
const RING: usize = 2048;
const SHALLOWEST: u32 = 320;
const DEEPEST: u32 = 960;
/// Above the depth, a packet of 60 ms is no excess.
const SLACK: u32 = 640;
const LATE_RUN: u8 = 3;
const LONG_RUN: u8 = 25;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const QUIET: u8 = 0xd5;

    /// A packet whose every byte tells its place in the flow.
    fn packet(n: u32) -> [u8; FRAME] {
        [n as u8; FRAME]
    }

    fn heard(buffer: &mut JitterBuffer, frames: usize) -> Vec<u8> {
        (0..frames)
            .map(|_| buffer.take())
            .inspect(|f| assert!(f.iter().all(|b| *b == f[0])))
            .map(|f| f[0])
            .collect()
    }

    #[test]
    fn packets_come_out_in_order_after_the_depth() {
        let mut buffer = JitterBuffer::new(Codec::Pcma);
        for n in [2, 1, 3, 3] {
            buffer.put(Codec::Pcma, n * 160, &packet(n));
        }
        // The first to come was number 2: the wait counts from it, so 1 is still in time.
        assert_eq!(heard(&mut buffer, 5), [QUIET, 1, 2, 3, QUIET]);
    }

    #[test]
    fn a_lost_packet_is_silence_and_the_rest_keeps_its_time() {
        let mut buffer = JitterBuffer::new(Codec::Pcma);
        for n in [1, 2, 4] {
            buffer.put(Codec::Pcma, n * 160, &packet(n));
        }
        assert_eq!(heard(&mut buffer, 6), [QUIET, QUIET, 1, 2, QUIET, 4]);
    }

    #[test]
    fn the_timestamp_wraps() {
        let mut buffer = JitterBuffer::new(Codec::Pcma);
        let start = u32::MAX - 239;
        for n in 0..4 {
            buffer.put(Codec::Pcma, start.wrapping_add(n * 160), &packet(n));
        }
        assert_eq!(heard(&mut buffer, 6), [QUIET, QUIET, 0, 1, 2, 3]);
    }

    #[test]
    fn packets_of_any_length_are_cut_into_frames() {
        for length in [80, 240, 480] {
            let mut buffer = JitterBuffer::new(Codec::Pcma);
            let sound: Vec<u8> = (0..960).map(|n| (n / 160) as u8).collect();
            for (n, piece) in sound.chunks(length).enumerate() {
                buffer.put(Codec::Pcma, (n * length) as u32, piece);
            }
            assert_eq!(heard(&mut buffer, 8), [QUIET, QUIET, 0, 1, 2, 3, 4, 5], "{length} bytes a packet");
        }
    }

    #[test]
    fn a_flow_that_falls_behind_is_followed_with_more_patience() {
        let mut buffer = JitterBuffer::new(Codec::Pcma);
        buffer.put(Codec::Pcma, 160, &packet(1));
        heard(&mut buffer, 6);
        for n in 2..5 {
            buffer.put(Codec::Pcma, n * 160, &packet(n));
        }
        assert_eq!(buffer.late(), 3);
        buffer.put(Codec::Pcma, 5 * 160, &packet(5));
        assert_eq!(heard(&mut buffer, 5), [QUIET, QUIET, QUIET, 4, 5]);
    }

    #[test]
    fn a_faster_clock_does_not_pile_up_sound() {
        let mut buffer = JitterBuffer::new(Codec::Pcma);
        let mut n = 0;
        for turn in 0..20_000 {
            buffer.put(Codec::Pcma, n * 160, &packet(n));
            n += 1;
            if turn % 1000 == 0 {
                buffer.put(Codec::Pcma, n * 160, &packet(n));
                n += 1;
            }
            buffer.take();
        }
        let span = buffer.span.unwrap();
        assert!(span.newest.wrapping_sub(span.next) <= buffer.depth + SLACK + 160);
    }

    #[test]
    fn a_change_of_codec_changes_what_silence_is() {
        let mut buffer = JitterBuffer::new(Codec::Pcma);
        buffer.put(Codec::Pcmu, 0, &packet(9));
        assert_eq!((buffer.codec(), heard(&mut buffer, 4)), (Codec::Pcmu, vec![0xff, 0xff, 9, 0xff]));
    }

    proptest! {
        #[test]
        fn nothing_that_arrives_breaks_it(packets in proptest::collection::vec((any::<u32>(), 0usize..3000, any::<bool>()), 0..60)) {
            let mut buffer = JitterBuffer::new(Codec::Pcma);
            for (timestamp, length, ulaw) in packets {
                let codec = if ulaw { Codec::Pcmu } else { Codec::Pcma };
                buffer.put(codec, timestamp, &vec![1; length]);
                buffer.take();
            }
        }

        #[test]
        fn disorder_within_the_depth_is_never_heard(swaps in proptest::collection::vec(any::<bool>(), 40)) {
            let mut order: Vec<u32> = (0..40).collect();
            for (n, swap) in swaps.iter().enumerate().skip(1).step_by(2) {
                if *swap {
                    order.swap(n - 1, n);
                }
            }
            let mut buffer = JitterBuffer::new(Codec::Pcma);
            let mut out = Vec::new();
            for n in order {
                buffer.put(Codec::Pcma, n * 160, &packet(n));
                out.push(buffer.take()[0]);
            }
            out.retain(|byte| *byte != QUIET);
            let expected: Vec<u8> = (0..out.len() as u8).collect();
            prop_assert_eq!(out, expected);
        }
    }
}
