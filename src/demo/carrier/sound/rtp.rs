//! An RTP packet (RFC 3550 section 5.1), read and written by hand.

/// A packet as received, borrowed from the datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    pub marker: bool,
    pub payload_type: u8,
    pub sequence: u16,
    pub timestamp: u32,
    pub ssrc: u32,
    pub payload: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads a datagram; `None` for what is not RTP version 2. RTCP on the same port is told by its types 200 to 204,
    /// which as an RTP payload type read 72 to 76 (RFC 5761 section 4).
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (head, mut rest) = bytes.split_first_chunk::<12>()?;
        if head[0] >> 6 != 2 || (72..=76).contains(&(head[1] & 0x7f)) {
            return None;
        }
        rest = rest.get(usize::from(head[0] & 0xf) * 4..)?;
        if head[0] & 0x10 != 0 {
            let words = u16::from_be_bytes([*rest.get(2)?, *rest.get(3)?]);
            rest = rest.get(4 + usize::from(words) * 4..)?;
        }
        if head[0] & 0x20 != 0 {
            let padding = usize::from(*rest.last()?);
            rest = rest.get(..rest.len().checked_sub(padding)?)?;
        }
        Some(Self {
            marker: head[1] & 0x80 != 0,
            payload_type: head[1] & 0x7f,
            sequence: u16::from_be_bytes([head[2], head[3]]),
            timestamp: u32::from_be_bytes([head[4], head[5], head[6], head[7]]),
            ssrc: u32::from_be_bytes([head[8], head[9], head[10], head[11]]),
            payload: rest,
        })
    }

    pub fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(12 + self.payload.len());
        bytes.extend([0x80, u8::from(self.marker) << 7 | self.payload_type]);
        bytes.extend(self.sequence.to_be_bytes());
        bytes.extend(self.timestamp.to_be_bytes());
        bytes.extend(self.ssrc.to_be_bytes());
        bytes.extend(self.payload);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_reads_back_and_extensions_and_padding_are_skipped() {
        let sent = Packet {
            marker: true,
            payload_type: 8,
            sequence: 65535,
            timestamp: 7,
            ssrc: 9,
            payload: &[1, 2, 3],
        };
        let bytes = sent.write();
        assert_eq!(Packet::parse(&bytes), Some(sent));
        let mut odd = bytes;
        odd[0] = 0x80 | 0x20 | 0x10 | 1;
        odd.splice(12..12, [0, 0, 0, 1, 0xbe, 0xde, 0, 1, 9, 9, 9, 9]);
        odd.extend([0, 2]);
        assert_eq!(Packet::parse(&odd), Some(sent));
        odd.truncate(18);
        assert_eq!(Packet::parse(&odd), None);
    }
}
