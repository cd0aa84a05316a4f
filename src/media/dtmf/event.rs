//! Telephone events in RTP (RFC 4733 section 2).

/// The payload of one telephone event packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TelephoneEvent {
    /// 0–15 are keys.
    pub code: u8,
    pub end: bool,
    /// Attenuation below 0 dBm0, in dB: 0..=63.
    pub volume: u8,
    /// Length so far, in timestamp units.
    pub duration: u16,
}

impl TelephoneEvent {
    /// Reads the first event of a payload; `None` where it is too short.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let &[code, flags, high, low, ..] = payload else { return None };
        let duration = u16::from_be_bytes([high, low]);
        Some(Self { code, end: flags & 0x80 != 0, volume: flags & 0x3f, duration })
    }

    pub fn bytes(self) -> [u8; 4] {
        let [high, low] = self.duration.to_be_bytes();
        [self.code, (u8::from(self.end) << 7) | (self.volume & 0x3f), high, low]
    }
}

/// Counts presses by their beginnings, so that lost or repeated ends change nothing, and a prompt stops at once.
///
/// A press is named by its timestamp: every packet of it carries the same one.
#[derive(Clone, Debug, Default)]
pub struct EventReceiver {
    /// Timestamps of the latest presses, newest first.
    known: [Option<u32>; 4],
    current: Option<Current>,
}

#[derive(Clone, Copy, Debug)]
struct Current {
    code: u8,
    timestamp: u32,
    ended: bool,
    /// The event's length as last told.
    duration: u16,
}

impl EventReceiver {
    /// Takes one packet in; gives the event code where a new press has begun. `marker` is the RTP header's.
    pub fn receive(&mut self, timestamp: u32, marker: bool, event: TelephoneEvent) -> Option<u8> {
        if self.known.contains(&Some(timestamp)) {
            if let Some(current) = self.current.as_mut().filter(|c| c.timestamp == timestamp) {
                current.ended |= event.end;
                current.duration = current.duration.max(event.duration);
            }
            return None;
        }
        let goes_on = self.current.is_some_and(|current| current.goes_on(timestamp, marker, event));
        self.known.rotate_right(1);
        self.known[0] = Some(timestamp);
        self.current =
            Some(Current { code: event.code, timestamp, ended: event.end, duration: event.duration });
        (!goes_on).then_some(event.code)
    }
}

impl Current {
    /// Whether a packet with a new timestamp is a further piece of this press: the next segment of a long one
    /// (section 2.5.1.3), or a sender that wrongly moves the timestamp within an event.
    fn goes_on(&self, timestamp: u32, marker: bool, event: TelephoneEvent) -> bool {
        let moved = timestamp.wrapping_sub(self.timestamp);
        let told = u32::from(self.duration.max(1));
        let next_segment = moved == u32::from(u16::MAX) || moved == told;
        let moving_stamp = moved <= 2 * STEP && event.duration > self.duration;
        // An end that is sent again with a stamp that has moved: another press can't begin before this one has ended.
        let end_again = self.ended && event.end && moved < told;
        self.code == event.code && !marker && (end_again || !self.ended && (next_segment || moving_stamp))
    }
}

/// A packet's step: 20 ms.
const STEP: u32 = 160;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packet(code: u8, duration: u16, end: bool) -> TelephoneEvent {
        TelephoneEvent { code, end, volume: 10, duration }
    }

    /// A press as sent: updates every 20 ms, then three ends.
    fn press(timestamp: u32, code: u8) -> Vec<(u32, bool, TelephoneEvent)> {
        let updates = (1..=4u16).map(|n| (timestamp, n == 1, packet(code, n * 160, false)));
        updates.chain((0..3).map(|_| (timestamp, false, packet(code, 800, true)))).collect()
    }

    fn counted(packets: &[(u32, bool, TelephoneEvent)]) -> Vec<u8> {
        let mut receiver = EventReceiver::default();
        packets
            .iter()
            .filter_map(|(timestamp, marker, event)| receiver.receive(*timestamp, *marker, *event))
            .collect()
    }

    #[test]
    fn a_press_counts_at_its_first_packet() {
        assert_eq!(counted(&press(4000, 5)[..1]), [5]);
        assert_eq!(counted(&press(4000, 5)), [5]);
    }

    #[test]
    fn two_presses_of_one_key_count_twice_though_every_end_is_lost() {
        let mut packets = press(4000, 5)[..4].to_vec();
        packets.extend_from_slice(&press(5600, 5)[..4]);
        assert_eq!(counted(&packets), [5, 5]);
    }

    #[test]
    fn a_late_packet_of_an_earlier_press_does_not_count_again() {
        let (one, two) = (press(4000, 1), press(5600, 2));
        let mut packets = one[..5].to_vec();
        packets.extend_from_slice(&two[..2]);
        packets.extend_from_slice(&one[5..]);
        packets.extend_from_slice(&two[2..]);
        assert_eq!(counted(&packets), [1, 2]);
    }

    #[test]
    fn a_press_longer_than_eight_seconds_counts_once() {
        let packets = [
            (0, true, packet(3, 160, false)),
            (0, false, packet(3, u16::MAX, false)),
            (u32::from(u16::MAX), false, packet(3, 160, false)),
            (u32::from(u16::MAX), false, packet(3, 800, true)),
        ];
        assert_eq!(counted(&packets), [3]);
    }

    #[test]
    fn a_sender_that_moves_the_timestamp_within_a_press_is_understood() {
        let packets: Vec<_> =
            (0..5u16).map(|n| (u32::from(n) * 160, n == 0, packet(7, (n + 1) * 160, n == 4))).collect();
        assert_eq!(counted(&packets), [7]);
    }

    #[test]
    fn ends_that_are_sent_again_with_moved_stamps_are_one_press() {
        for step in [1, 160] {
            let mut all_move = press(4000, 1);
            all_move.iter_mut().enumerate().for_each(|(n, packet)| packet.0 += n as u32 * step);
            assert_eq!(counted(&all_move), [1], "every packet by {step}");
            let mut ends_move = press(4000, 1);
            ends_move[4..].iter_mut().enumerate().for_each(|(n, packet)| packet.0 += (n as u32 + 1) * step);
            assert_eq!(counted(&ends_move), [1], "the ends by {step}");
            // The next press of the same key, of which an end alone arrives.
            ends_move.push((4000 + 1600, false, packet(1, 800, true)));
            assert_eq!(counted(&ends_move), [1, 1], "the ends by {step}, then another press");
        }
    }

    proptest! {
        #[test]
        fn a_payload_reads_back_as_written(code: u8, end: bool, volume in 0u8..64, duration: u16) {
            let event = TelephoneEvent { code, end, volume, duration };
            prop_assert_eq!(TelephoneEvent::parse(&event.bytes()), Some(event));
        }

        #[test]
        fn presses_count_once_whatever_is_lost_doubled_or_swapped(
            keys in proptest::collection::vec(0u8..16, 1..4),
            fate in proptest::collection::vec((0u8..3, 0usize..3), 28),
            start: u32,
        ) {
            let mut sent = Vec::new();
            for (n, code) in keys.iter().enumerate() {
                let packets = press(start.wrapping_add(n as u32 * 1600), *code);
                for (k, packet) in packets.into_iter().enumerate() {
                    let (copies, delay) = fate[n * 7 + k];
                    // The first packet always arrives, so that the count is known.
                    let copies = if k == 0 { copies.max(1) } else { copies };
                    for _ in 0..copies {
                        sent.push((n * 7 + k + delay, packet));
                    }
                }
            }
            sent.sort_by_key(|(turn, _)| *turn);
            let arrived: Vec<_> = sent.into_iter().map(|(_, packet)| packet).collect();
            let mut heard = counted(&arrived);
            let mut pressed = keys;
            heard.sort_unstable();
            pressed.sort_unstable();
            prop_assert_eq!(heard, pressed);
        }
    }
}
