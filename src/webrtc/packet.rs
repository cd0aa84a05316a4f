//! RTP of A-law as it passes between a stream and a browser.

use rtp_rs::{RtpPacketBuilder, RtpReader, Seq};

/// One packet's sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packet<'p> {
    pub marker: bool,
    pub sequence: u16,
    /// In samples of 1/8000 s.
    pub timestamp: u32,
    /// A-law, one byte a sample.
    pub sound: &'p [u8],
}

/// Payload type of A-law (RFC 3551 section 6).
pub(super) const ALAW: u8 = 8;
/// Samples of 20 ms.
pub(super) const FRAME: usize = 160;
/// The longest sound of one packet, in samples: 60 ms.
pub(super) const LONGEST: usize = 480;

impl<'p> Packet<'p> {
    /// Reads a stream's datagram; `None`: RTCP, or no A-law.
    pub fn read(bytes: &'p [u8]) -> Option<Self> {
        let packet = RtpReader::new(bytes).ok()?;
        let sound = packet.payload();
        let passes = packet.payload_type() == ALAW && (1..=LONGEST).contains(&sound.len());
        passes.then(|| Self {
            marker: packet.mark(),
            sequence: packet.sequence_number().into(),
            timestamp: packet.timestamp(),
            sound,
        })
    }

    /// The datagram of this source; `None` for a sound that fits in none.
    pub fn write(&self, ssrc: u32) -> Option<Vec<u8>> {
        RtpPacketBuilder::new()
            .payload_type(ALAW)
            .marked(self.marker)
            .sequence(Seq::from(self.sequence))
            .timestamp(self.timestamp)
            .ssrc(ssrc)
            .payload(self.sound)
            .build()
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_neither_rtcp_nor_another_codec_is_taken_for_sound() {
        let packet = Packet { marker: true, sequence: 65_535, timestamp: u32::MAX, sound: &[0xd5; FRAME] };
        let mut bytes = packet.write(7).expect("it fits");
        assert_eq!(Packet::read(&bytes), Some(packet));
        bytes[1] = 0;
        assert_eq!(Packet::read(&bytes), None, "µ-law");
        bytes[1] = 200;
        assert_eq!(Packet::read(&bytes), None, "a sender report");
        assert_eq!(Packet::read(&bytes[..8]), None);
        let empty = Packet { sound: &[], ..packet };
        assert_eq!(Packet::read(&empty.write(7).expect("it fits")), None);
    }
}
