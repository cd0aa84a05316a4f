//! RTCP (RFC 3550 section 6): our reports, and what the far end's tell.

use std::time::{Duration, Instant};

use rtcp_types::{
    Bye, Compound, Packet, ReceiverReport, ReportBlock, RtcpPacketWriterExt, Sdes, SdesChunk, SdesItem,
    SenderReport,
};

use super::Block;
use crate::media::clock::Clock;

/// What a sender report says of our own packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::media) struct Sent {
    /// The timestamp a packet would bear now.
    pub timestamp: u32,
    pub packets: u32,
    pub octets: u32,
}

/// One stream's RTCP.
#[derive(Clone, Debug)]
pub(in crate::media) struct Rtcp {
    ssrc: u32,
    /// A random name that says nothing of the host (RFC 7022 section 4.2).
    cname: String,
    /// The middle of the last sender report's NTP timestamp, and when it came.
    last_report: Option<(u32, Instant)>,
    lost_at_far_end: Option<u32>,
    round_trip: Option<Duration>,
}

impl Rtcp {
    pub fn new(ssrc: u32, cname: u64) -> Self {
        let cname = format!("{cname:016x}");
        Self { ssrc, cname, last_report: None, lost_at_far_end: None, round_trip: None }
    }

    /// Packets of ours the far end says it lost.
    pub fn lost_at_far_end(&self) -> Option<u32> {
        self.lost_at_far_end
    }

    pub fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }

    /// Writes a report: a sender's where we have sent since the last one, else a receiver's; with a BYE at the end.
    /// Gives its length.
    pub fn write(&self, clock: Clock, now: Instant, report: &Report, into: &mut [u8; MOST]) -> usize {
        let block = report.block.map(|block| self.block(now, block));
        let compound = match report.sent {
            Some(sent) => {
                let mut sender = SenderReport::builder(self.ssrc)
                    .ntp_timestamp(clock.ntp(now))
                    .rtp_timestamp(sent.timestamp)
                    .packet_count(sent.packets)
                    .octet_count(sent.octets);
                if let Some(block) = block {
                    sender = sender.add_report_block(block);
                }
                Compound::builder().add_packet(sender)
            }
            None => {
                let mut receiver = ReceiverReport::builder(self.ssrc);
                if let Some(block) = block {
                    receiver = receiver.add_report_block(block);
                }
                Compound::builder().add_packet(receiver)
            }
        };
        let name = SdesChunk::builder(self.ssrc).add_item(SdesItem::builder(SdesItem::CNAME, &self.cname));
        let compound = compound.add_packet(Sdes::builder().add_chunk(name));
        let compound =
            if report.bye { compound.add_packet(Bye::builder().add_source(self.ssrc)) } else { compound };
        compound.write_into(into).expect("one block, one name and a BYE fit in 200 bytes")
    }

    fn block(&self, now: Instant, block: Block) -> rtcp_types::ReportBlockBuilder {
        let (last, since) = match self.last_report {
            Some((ntp, at)) => (ntp, short(now.saturating_duration_since(at))),
            None => (0, 0),
        };
        ReportBlock::builder(block.ssrc)
            .fraction_lost(block.fraction_lost)
            .cumulative_lost(block.lost)
            .extended_sequence_number(block.highest)
            .interarrival_jitter(block.jitter)
            .last_sender_report_timestamp(last)
            .delay_since_last_sender_report_timestamp(since)
    }

    /// Reads the far end's report; what cannot be read is passed over.
    pub fn read(&mut self, clock: Clock, now: Instant, datagram: &[u8]) {
        let Ok(packets) = Compound::parse(datagram) else { return };
        for packet in packets.flatten() {
            match packet {
                Packet::Sr(report) => {
                    self.last_report = Some(((report.ntp_timestamp() >> 16) as u32, now));
                    self.note(clock, now, report.report_blocks());
                }
                Packet::Rr(report) => self.note(clock, now, report.report_blocks()),
                _ => {}
            }
        }
    }

    fn note<'a>(&mut self, clock: Clock, now: Instant, blocks: impl Iterator<Item = ReportBlock<'a>>) {
        for block in blocks.filter(|block| block.ssrc() == self.ssrc) {
            self.lost_at_far_end = Some(block.cumulative_lost());
            let sent = block.last_sender_report_timestamp();
            if sent != 0 {
                let held = block.delay_since_last_sender_report_timestamp();
                let trip = ((clock.ntp(now) >> 16) as u32).wrapping_sub(sent).wrapping_sub(held);
                // Above half the range the clocks' grains made it negative.
                let trip = if trip > u32::MAX / 2 { 0 } else { trip };
                self.round_trip = Some(Duration::from_micros(u64::from(trip) * 1_000_000 / 65536));
            }
        }
    }
}

/// What goes into one report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::media) struct Report {
    pub sent: Option<Sent>,
    pub block: Option<Block>,
    pub bye: bool,
}

/// Bytes that hold any report of ours.
pub(in crate::media) const MOST: usize = 200;

/// Whether a datagram on the RTP port is RTCP, by its packet type (RFC 5761 section 4).
pub(in crate::media) fn is_rtcp(datagram: &[u8]) -> bool {
    datagram.len() >= 8 && datagram[0] >> 6 == 2 && (192..=223).contains(&datagram[1])
}

/// A duration in units of 1/65536 s.
fn short(duration: Duration) -> u32 {
    (duration.as_micros() * 65536 / 1_000_000).min(u128::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn two_ends_learn_the_round_trip_and_the_loss_of_each_other() {
        let clock = Clock::start();
        let start = clock.now();
        let at = |ms| start + Duration::from_millis(ms);
        let (mut us, mut them) = (Rtcp::new(1, 1), Rtcp::new(2, 2));
        let mut bytes = [0; MOST];
        let sent = Some(Sent { timestamp: 160, packets: 1, octets: 160 });
        let length = us.write(clock, at(0), &Report { sent, ..Report::default() }, &mut bytes);
        them.read(clock, at(30), &bytes[..length]);
        let block = Some(Block { ssrc: 1, fraction_lost: 64, lost: 3, highest: 12, jitter: 0 });
        let length = them.write(clock, at(500), &Report { block, ..Report::default() }, &mut bytes);
        us.read(clock, at(530), &bytes[..length]);
        assert_eq!(us.lost_at_far_end(), Some(3));
        let trip = us.round_trip().unwrap().as_secs_f64();
        assert!((0.059..0.061).contains(&trip), "{trip}");
    }

    #[test]
    fn a_goodbye_names_us_after_the_report_and_the_name() {
        let clock = Clock::start();
        let mut bytes = [0; MOST];
        let length =
            Rtcp::new(7, 9).write(clock, clock.now(), &Report { bye: true, ..Report::default() }, &mut bytes);
        assert!(is_rtcp(&bytes[..length]));
        let packets: Vec<_> = Compound::parse(&bytes[..length]).unwrap().map(Result::unwrap).collect();
        assert!(matches!(packets[..], [Packet::Rr(_), Packet::Sdes(_), Packet::Bye(_)]), "{packets:?}");
    }

    #[test]
    fn a_voice_packet_with_its_marker_is_no_rtcp() {
        let mut voice = [0x80_u8; 172];
        for payload_type in [0, 8, 101, 127] {
            voice[1] = 0x80 | payload_type;
            assert_eq!(is_rtcp(&voice), (64..96).contains(&payload_type));
        }
    }

    proptest! {
        #[test]
        fn no_datagram_breaks_it(datagram in proptest::collection::vec(any::<u8>(), 0..300), kind in 198u8..208) {
            let clock = Clock::start();
            let mut datagram = datagram;
            if datagram.len() > 3 {
                (datagram[0], datagram[1], datagram[2]) = (0x81, kind, 0);
            }
            Rtcp::new(1, 1).read(clock, clock.now(), &datagram);
        }
    }
}
