//! What comes from the far end: sound in order, keys, findings of the detector.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use rtp_rs::RtpReader;

use super::inbox::Datagram;
use crate::detect::{Detector, DetectorPlan};
use crate::domain::Codec;
use crate::domain::media_target::{Direction, MediaTarget};
use crate::domain::verdict::Heard;
use crate::media::dtmf::{EventReceiver, TelephoneEvent, ToneReceiver};
use crate::media::rtp::{Block, JitterBuffer, Reception, Source};
use crate::media::{FRAME, StreamReport, g711};

/// The receiving half of a connected stream.
#[derive(Debug)]
pub(super) struct Receiving {
    source: Source,
    telephone_event: Option<u8>,
    /// The SDP lets the far end send.
    open: bool,
    /// Both sides send: nobody has put the other on hold.
    both: bool,
    reception: Reception,
    buffer: JitterBuffer,
    events: EventReceiver,
    /// Ears for keys in the sound; none once a telephone event has come: then the far end sends those.
    tones: Option<Box<ToneReceiver>>,
    /// Ears for who answered; none once a key has proved a person: nothing they could say counts then.
    detector: Option<Box<Detector>>,
    answered: bool,
    first: Option<Instant>,
    /// The last sign of life, or when the far end was allowed to send.
    alive: Instant,
    /// Nobody is taken for lost before: a phone whose call was changed, taken off hold say, may be slow to speak.
    spared_until: Instant,
    stale: bool,
    /// It was told that nothing comes, and nothing has come since.
    quiet: bool,
    /// Of the last packet.
    sequence: Option<u16>,
    foreign: u64,
    malformed: u64,
}

/// What a datagram brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Brought {
    /// It was the first one, from here.
    pub first: Option<SocketAddr>,
    /// A key was pressed: its RFC 4733 code.
    pub key: Option<u8>,
    /// It ended a quiet that had been told of; whether the far end had left out no packet meanwhile.
    pub resumed: Option<bool>,
}

impl Receiving {
    pub fn new(target: &MediaTarget, detector: Option<&DetectorPlan>, now: Instant) -> Self {
        Self {
            source: Source::new(target.addr),
            telephone_event: target.telephone_event,
            open: lets_in(target.direction),
            both: target.direction == Direction::Both,
            reception: Reception::default(),
            buffer: JitterBuffer::new(target.codec),
            events: EventReceiver::default(),
            tones: Some(Box::default()),
            detector: detector.map(|plan| Box::new(Detector::new(plan))),
            answered: false,
            first: None,
            alive: now,
            spared_until: now,
            stale: false,
            quiet: false,
            sequence: None,
            foreign: 0,
            malformed: 0,
        }
    }

    /// Sound may come from this host as well as from the one that SDP names.
    pub fn signals_from(&mut self, host: Option<IpAddr>) {
        self.source.beside(host);
    }

    /// The SDP was agreed on anew.
    pub fn retarget(&mut self, target: &MediaTarget, now: Instant) {
        self.source.rename(target.addr);
        self.telephone_event = target.telephone_event;
        let open = lets_in(target.direction);
        if open && !self.open {
            (self.alive, self.stale) = (now, false);
            self.buffer.restart();
        }
        self.open = open;
        let both = target.direction == Direction::Both;
        if both && !self.both {
            // What was missed on hold counts for nothing.
            (self.alive, self.stale, self.quiet) = (now, false, false);
        }
        self.both = both;
        self.spared_until = now + AFTER_CHANGE;
    }

    pub fn answered(&mut self) {
        self.answered = true;
        if let Some(detector) = &mut self.detector {
            detector.answered();
        }
    }

    /// A key came. Before the answer it proves nothing.
    pub fn key_pressed(&mut self) {
        if self.answered {
            self.detector = None;
        }
    }

    /// Takes an RTP datagram in.
    pub fn datagram(&mut self, datagram: Datagram<'_>, now: Instant) -> Brought {
        let Ok(packet) = RtpReader::new(datagram.bytes) else {
            self.malformed += 1;
            return Brought::default();
        };
        let codec = match packet.payload_type() {
            0 => Some(Codec::Pcmu),
            8 => Some(Codec::Pcma),
            event if Some(event) == self.telephone_event => None,
            // Comfort noise (RFC 3389): a sign of life, heard as silence.
            13 => None,
            _ => {
                self.malformed += 1;
                return Brought::default();
            }
        };
        if !self.source.admit(datagram.from) {
            self.foreign += 1;
            return Brought::default();
        }
        (self.alive, self.stale) = (now, false);
        let arrived = datagram.arrived.unwrap_or_default();
        let sequence = u16::from(packet.sequence_number());
        let before = self.sequence.replace(sequence);
        let next = before.is_some_and(|before| before.wrapping_add(1) == sequence);
        let resumed = std::mem::take(&mut self.quiet).then_some(next);
        self.reception.count(packet.ssrc(), sequence, packet.timestamp(), arrived);
        if !self.open {
            return Brought { resumed, ..Brought::default() };
        }
        if let Some(codec) = codec {
            self.buffer.put(codec, packet.timestamp(), packet.payload());
        }
        let first = self.first.is_none().then_some(datagram.from);
        self.first.get_or_insert(now);
        let is_event = Some(packet.payload_type()) == self.telephone_event;
        Brought { first, key: if is_event { self.event(&packet) } else { None }, resumed }
    }

    fn event(&mut self, packet: &RtpReader<'_>) -> Option<u8> {
        let event = TelephoneEvent::parse(packet.payload())?;
        let code = self.events.receive(packet.timestamp(), packet.mark(), event)?;
        self.tones = None;
        self.key_pressed();
        Some(code)
    }

    /// The next 20 ms of the far end's sound.
    pub fn take(&mut self) -> (Codec, [u8; FRAME]) {
        (self.buffer.codec(), self.buffer.take())
    }

    /// Listens to those 20 ms.
    pub fn listen(&mut self, codec: Codec, frame: &[u8; FRAME]) -> (Option<u8>, Option<Heard>) {
        if !self.open || (self.tones.is_none() && self.detector.is_none()) {
            return (None, None);
        }
        let samples = g711::decode_frame(codec, frame);
        let key = self.tones.as_mut().and_then(|tones| tones.feed(&samples));
        if key.is_some() {
            self.key_pressed();
        }
        (key, self.detector.as_mut().and_then(|detector| detector.feed(&samples)))
    }

    /// What was sent in this turn may come back.
    pub fn sent(&mut self, codec: Codec, frame: &[u8; FRAME]) {
        if let Some(detector) = &mut self.detector {
            detector.sent(&g711::decode_frame(codec, frame));
        }
    }

    /// How long the far end has been silent, told once when that passes the limit. Who has us on hold, or is on hold, need not
    /// send.
    pub fn check_silence(&mut self, now: Instant, limit: Duration) -> Option<Duration> {
        let silent_for = now.saturating_duration_since(self.alive);
        if !self.both || self.stale || silent_for < limit {
            return None;
        }
        self.stale = true;
        self.source.forget();
        Some(silent_for)
    }

    /// How long the far end has sent nothing though neither side is on hold, told once when that passes the limit.
    pub fn check_quiet(&mut self, now: Instant, limit: Duration) -> Option<Duration> {
        let silent_for = now.saturating_duration_since(self.alive);
        if !self.both || self.quiet || silent_for < limit || now < self.spared_until {
            return None;
        }
        self.quiet = true;
        Some(silent_for)
    }

    pub fn reply_to(&self) -> SocketAddr {
        self.source.reply_to()
    }

    /// The reception block of the next RTCP report.
    pub fn block(&mut self) -> Option<Block> {
        self.reception.block()
    }

    /// Writes this half's sums into the report.
    pub fn sum_up(&self, report: &mut StreamReport) {
        let sums = self.reception.sums();
        report.received = sums.received;
        report.lost = sums.lost();
        report.jitter = self.reception.jitter();
        report.late = self.buffer.late();
        report.foreign = self.foreign;
        report.malformed = self.malformed;
        report.first_received = self.first;
    }
}

/// A phone may stop and start its sound when its call is changed: hold, another codec, a refreshed session.
const AFTER_CHANGE: Duration = Duration::from_secs(5);

fn lets_in(direction: Direction) -> bool {
    match direction {
        Direction::Both | Direction::ReceiveOnly => true,
        Direction::Inactive | Direction::SendOnly => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::media::clock::Clock;

    fn receiving(now: Instant) -> (Receiving, SocketAddr) {
        let addr = "192.0.2.1:4000".parse().unwrap();
        let target = MediaTarget {
            addr,
            rtcp: addr,
            codec: Codec::Pcma,
            telephone_event: Some(101),
            direction: Direction::Both,
        };
        (Receiving::new(&target, Some(&DetectorPlan::default()), now), addr)
    }

    /// Mostly a sound header, so that what lies behind it is reached.
    fn datagram() -> impl Strategy<Value = Vec<u8>> {
        let tail = proptest::collection::vec(any::<u8>(), 0..700);
        (any::<bool>(), 0u8..=255, prop_oneof![Just(0u8), Just(8), Just(13), Just(101), any::<u8>()], tail)
            .prop_map(|(sound, first, second, mut bytes)| {
                if sound && bytes.len() > 2 {
                    (bytes[0], bytes[1]) = (0x80 | (first & 0x3f), second);
                }
                bytes
            })
    }

    proptest! {
        #[test]
        fn no_datagram_breaks_a_stream(datagrams in proptest::collection::vec(datagram(), 0..40)) {
            let now = Clock::start().now();
            let (mut receiving, from) = receiving(now);
            for bytes in &datagrams {
                receiving.datagram(Datagram { bytes, from, arrived: None }, now);
                let (codec, frame) = receiving.take();
                receiving.listen(codec, &frame);
            }
            let mut report = StreamReport::default();
            receiving.sum_up(&mut report);
            prop_assert!(report.received + report.malformed <= datagrams.len() as u64);
        }
    }

    #[test]
    fn a_stream_that_falls_silent_is_told_of_once_and_again_after_it_came_back() {
        let now = Clock::start().now();
        let (mut receiving, from) = receiving(now);
        let limit = Duration::from_secs(10);
        let at = |s| now + Duration::from_secs(s);
        assert_eq!(receiving.check_silence(at(9), limit), None);
        assert_eq!(receiving.check_silence(at(11), limit), Some(Duration::from_secs(11)));
        assert_eq!(receiving.check_silence(at(12), limit), None);
        let mut bytes = [0; 172];
        (bytes[0], bytes[1]) = (0x80, 8);
        receiving.datagram(Datagram { bytes: &bytes, from, arrived: None }, at(13));
        assert_eq!(receiving.check_silence(at(22), limit), None);
        assert_eq!(receiving.check_silence(at(24), limit), Some(Duration::from_secs(11)));
    }

    #[test]
    fn a_far_end_that_sends_nothing_while_it_is_silent_is_told_from_one_that_was_lost() {
        let now = Clock::start().now();
        let (mut receiving, from) = receiving(now);
        let limit = Duration::from_secs(2);
        let at = |ms| now + Duration::from_millis(ms);
        let send = |receiving: &mut Receiving, sequence: u8, payload_type: u8, ms| {
            let mut bytes = [0; 172];
            (bytes[0], bytes[1], bytes[3]) = (0x80, payload_type, sequence);
            receiving.datagram(Datagram { bytes: &bytes, from, arrived: None }, at(ms)).resumed
        };
        assert_eq!(send(&mut receiving, 1, 8, 0), None);
        assert_eq!(receiving.check_quiet(at(1_900), limit), None);
        assert_eq!(receiving.check_quiet(at(2_000), limit), Some(limit));
        assert_eq!(receiving.check_quiet(at(2_100), limit), None, "told once");
        assert_eq!(send(&mut receiving, 2, 8, 3_000), Some(true), "nothing was left out");
        assert_eq!(send(&mut receiving, 3, 13, 4_500), None, "comfort noise is a sign of life");
        assert_eq!(receiving.check_quiet(at(6_400), limit), None);
        assert_eq!(receiving.check_quiet(at(6_500), limit), Some(limit));
        assert_eq!(send(&mut receiving, 104, 8, 6_500), Some(false), "a hundred packets were lost");
    }

    #[test]
    fn a_phone_that_holds_us_may_be_quiet() {
        let now = Clock::start().now();
        let (mut receiving, addr) = receiving(now);
        let limit = Duration::from_secs(2);
        let target = |direction| MediaTarget {
            addr,
            rtcp: addr,
            codec: Codec::Pcma,
            telephone_event: Some(101),
            direction,
        };
        receiving.retarget(&target(Direction::ReceiveOnly), now);
        assert_eq!(receiving.check_quiet(now + 5 * limit, limit), None);
        let back = now + 5 * limit;
        receiving.retarget(&target(Direction::Both), back);
        assert_eq!(receiving.check_quiet(back + AFTER_CHANGE - Duration::from_millis(1), limit), None);
        assert_eq!(receiving.check_quiet(back + AFTER_CHANGE, limit), Some(AFTER_CHANGE));
    }

    #[test]
    fn what_a_phone_left_out_before_and_on_hold_counts_for_nothing_once_it_is_back() {
        let now = Clock::start().now();
        let (mut receiving, addr) = receiving(now);
        let (limit, timeout) = (Duration::from_secs(2), Duration::from_secs(20));
        let target = |direction| MediaTarget {
            addr,
            rtcp: addr,
            codec: Codec::Pcma,
            telephone_event: Some(101),
            direction,
        };
        // It stops its sound, and its word of the hold comes late.
        assert_eq!(receiving.check_quiet(now + limit, limit), Some(limit));
        receiving.retarget(&target(Direction::ReceiveOnly), now + limit);
        assert_eq!(receiving.check_silence(now + 2 * timeout, timeout), None, "who holds us may be silent");
        let back = now + 3 * timeout;
        receiving.retarget(&target(Direction::Both), back);
        assert_eq!(receiving.check_quiet(back + 2 * limit, limit), None);
        assert_eq!(
            receiving.check_quiet(back + AFTER_CHANGE, limit),
            Some(AFTER_CHANGE),
            "it is judged anew"
        );
        assert_eq!(receiving.check_silence(back + timeout, timeout), Some(timeout), "by both");
    }

    #[test]
    fn a_key_after_the_answer_ends_the_listening_and_one_before_it_does_not() {
        let now = Clock::start().now();
        let (mut receiving, from) = receiving(now);
        let mut sequence = 0;
        let mut press = |receiving: &mut Receiving| {
            sequence += 1;
            // RFC 4733: key 5, at its end, in a packet of its own with the marker.
            let head = [0x80, 0x80 | 101, 0, sequence, 0, 0, sequence, 0, 0, 0, 0, 9];
            let bytes = [&head[..], &[5, 0x8a, 3, 0x20]].concat();
            receiving.datagram(Datagram { bytes: &bytes, from, arrived: None }, now).key
        };
        assert_eq!(press(&mut receiving), Some(5));
        assert!(receiving.detector.is_some(), "early media has menus of its own");
        receiving.answered();
        assert_eq!(press(&mut receiving), Some(5));
        assert!(receiving.detector.is_none());
    }

    #[test]
    fn a_held_stream_is_not_expected_to_speak() {
        let now = Clock::start().now();
        let (mut receiving, addr) = receiving(now);
        let held = MediaTarget {
            addr,
            rtcp: addr,
            codec: Codec::Pcma,
            telephone_event: None,
            direction: Direction::Inactive,
        };
        let limit = Duration::from_secs(10);
        let at = |s| now + Duration::from_secs(s);
        for direction in [Direction::Inactive, Direction::ReceiveOnly, Direction::SendOnly] {
            receiving.retarget(&MediaTarget { direction, ..held }, now);
            assert_eq!(receiving.check_silence(at(99), limit), None, "{direction:?}");
        }
        receiving.retarget(&MediaTarget { direction: Direction::Both, ..held }, at(99));
        assert_eq!(
            receiving.check_silence(at(108), limit),
            None,
            "what was missed on hold counts for nothing"
        );
        assert_eq!(receiving.check_silence(at(110), limit), Some(Duration::from_secs(11)));
    }
}
