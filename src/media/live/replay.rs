//! The receiving side without a socket: what a stream makes of datagrams, for captures and for fuzzing.

use std::net::SocketAddr;
use std::time::Duration;

use super::inbox::Datagram;
use super::receiving::Receiving;
use crate::detect::DetectorPlan;
use crate::domain::Codec;
use crate::domain::media_target::{Direction, MediaTarget};
use crate::media::StreamReport;
use crate::media::clock::Clock;
use crate::media::dtmf::{DigitGate, DigitSource, key_of};
use crate::media::rtp::rtcp::{Rtcp, is_rtcp};

/// What was heard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Valid RTP packets.
    pub received: u64,
    /// Datagrams that are neither RTP nor RTCP.
    pub malformed: u64,
    /// Packets of other sources.
    pub foreign: u64,
    /// RTCP datagrams, readable or not.
    pub rtcp: u64,
    /// Keys, each counted once.
    pub keys: String,
}

/// Plays datagrams to a stream of PCMA with telephone events as payload type 101, one every 20 ms, with the detector
/// listening.
pub fn replay<'a>(datagrams: impl IntoIterator<Item = &'a [u8]>) -> Replayed {
    let clock = Clock::start();
    let from = SocketAddr::from(([192, 0, 2, 1], 4_000));
    let target = MediaTarget {
        addr: from,
        rtcp: from,
        codec: Codec::Pcma,
        telephone_event: Some(101),
        direction: Direction::Both,
    };
    let mut now = clock.now();
    let mut receiving = Receiving::new(&target, Some(&DetectorPlan::default()), now);
    receiving.answered();
    let (mut rtcp, mut gate) = (Rtcp::new(1, 1), DigitGate::default());
    let mut heard = Replayed::default();
    let mut arrived = Duration::from_secs(1);
    for bytes in datagrams {
        let mut event = None;
        if is_rtcp(bytes) {
            heard.rtcp += 1;
            rtcp.read(clock, now, bytes);
        } else {
            event = receiving.datagram(Datagram { bytes, from, arrived: Some(arrived) }, now).key;
        }
        let (codec, frame) = receiving.take();
        let tone = receiving.listen(codec, &frame).0;
        for (code, source) in [(event, DigitSource::TelephoneEvent), (tone, DigitSource::InBand)] {
            heard.keys.extend(code.and_then(key_of).filter(|key| gate.admit(now, *key, source)));
        }
        receiving.block();
        (now, arrived) = (now + TURN, arrived + TURN);
    }
    let mut report = StreamReport::default();
    receiving.sum_up(&mut report);
    Replayed { received: report.received, malformed: report.malformed, foreign: report.foreign, ..heard }
}

const TURN: Duration = Duration::from_millis(20);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_event_sent_five_times_is_one_key() {
        let event = |n: u8, end: u8| {
            let mut bytes = vec![0x80, 101, 0, n, 0, 0, 1, 0x40, 0, 0, 0xfe, 0xed];
            bytes.extend([5, end | 10, 0, n * 40]);
            bytes
        };
        let sent = [event(1, 0), event(2, 0), event(3, 0x80), event(4, 0x80), event(5, 0x80)];
        let heard = replay(sent.iter().map(Vec::as_slice));
        assert_eq!(heard, Replayed { received: 5, keys: "5".to_owned(), ..Replayed::default() });
    }

    #[test]
    fn what_is_no_rtp_is_counted_as_such() {
        let report = [0x80, 201, 0, 1, 0, 0, 0, 1];
        let heard = replay([&b"hello"[..], &[], &report]);
        assert_eq!(heard, Replayed { malformed: 2, rtcp: 1, ..Replayed::default() });
    }
}
