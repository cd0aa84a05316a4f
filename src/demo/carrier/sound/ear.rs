//! What the callee hears: packets counted, pauses noticed, keys read, the sound kept if asked.

use std::time::Duration;

use tokio::time::Instant;

use super::g711;
use super::rtp::Packet;
use crate::domain::Codec;

/// Above this mean square a frame is voice: -44 dB below full scale, well over comfort noise.
const VOICE: i64 = 200 * 200;
/// A recording ends after ten minutes; no call of ours lasts so long.
const LONGEST: usize = 10 * 60 * 8000;

/// The receiving side of a line.
#[derive(Debug)]
pub struct Ear {
    stream: Option<Stream>,
    pub received: u32,
    /// Packets that never came, by sequence numbers.
    pub lost: u32,
    /// Longest time between two packets while the stream ran.
    pub longest_gap: Duration,
    pub first_packet: Option<Instant>,
    pub first_voice: Option<Instant>,
    last_packet: Option<Instant>,
    /// Voice heard since `forget`.
    voiced: Duration,
    last_voice: Option<Instant>,
    /// Keys that arrived as telephone events, each once.
    pub keys: String,
    last_event: Option<u32>,
    recording: Option<Vec<i16>>,
}

/// One synchronisation source.
#[derive(Debug)]
struct Stream {
    ssrc: u32,
    first_timestamp: u32,
    /// Where the stream starts in the recording, in samples.
    offset: usize,
    next_sequence: u16,
}

impl Ear {
    pub fn new(records: bool) -> Self {
        Self {
            stream: None,
            received: 0,
            lost: 0,
            longest_gap: Duration::ZERO,
            first_packet: None,
            first_voice: None,
            last_packet: None,
            voiced: Duration::ZERO,
            last_voice: None,
            keys: String::new(),
            last_event: None,
            recording: records.then(Vec::new),
        }
    }

    /// Takes a packet; `event` is the payload type of telephone events.
    pub fn hear(&mut self, packet: &Packet<'_>, event: Option<u8>, now: Instant) {
        self.count(packet, now);
        if Some(packet.payload_type) == event {
            self.read_event(packet);
            return;
        }
        let codec = match packet.payload_type {
            0 => Codec::Pcmu,
            8 => Codec::Pcma,
            _ => return,
        };
        let samples: Vec<i16> = packet.payload.iter().map(|&byte| g711::decode(codec, byte)).collect();
        if is_voice(&samples) {
            self.voiced += Duration::from_micros(samples.len() as u64 * 125);
            self.last_voice = Some(now);
            self.first_voice.get_or_insert(now);
        }
        self.keep(packet.timestamp, &samples);
    }

    /// Forgets the voice heard so far, so that the next pause follows new speech.
    pub fn forget(&mut self) {
        self.voiced = Duration::ZERO;
    }

    /// Whether somebody spoke and has been quiet for `quiet`; a sender that stops sending is quiet too.
    pub fn pause(&self, quiet: Duration, now: Instant) -> bool {
        let spoke = self.voiced >= Duration::from_millis(200);
        spoke && self.last_voice.is_some_and(|at| now.duration_since(at) >= quiet)
    }

    /// What was heard, if it was kept: 16-bit samples at 8 kHz, silence where nothing came.
    pub fn take_recording(&mut self) -> Option<Vec<i16>> {
        self.recording.take()
    }

    fn count(&mut self, packet: &Packet<'_>, now: Instant) {
        self.first_packet.get_or_insert(now);
        if let Some(last) = self.last_packet.replace(now) {
            self.longest_gap = self.longest_gap.max(now.duration_since(last));
        }
        self.received += 1;
        match &mut self.stream {
            Some(stream) if stream.ssrc == packet.ssrc => {
                let ahead = packet.sequence.wrapping_sub(stream.next_sequence);
                if ahead < 0x8000 {
                    self.lost += u32::from(ahead);
                    stream.next_sequence = packet.sequence.wrapping_add(1);
                } else {
                    // It was counted lost when its successor came.
                    self.lost = self.lost.saturating_sub(1);
                }
            }
            _ => {
                let offset = self.recording.as_ref().map_or(0, Vec::len);
                let next_sequence = packet.sequence.wrapping_add(1);
                self.stream = Some(Stream {
                    ssrc: packet.ssrc,
                    first_timestamp: packet.timestamp,
                    offset,
                    next_sequence,
                });
            }
        }
    }

    /// Counts a key at its event's first packet with the end bit (RFC 4733 section 2.5.1.4).
    fn read_event(&mut self, packet: &Packet<'_>) {
        let &[code, flags, ..] = packet.payload else { return };
        let ended = flags & 0x80 != 0;
        if ended && self.last_event != Some(packet.timestamp) {
            self.last_event = Some(packet.timestamp);
            self.keys.extend("0123456789*#ABCD".chars().nth(usize::from(code)));
        }
    }

    fn keep(&mut self, timestamp: u32, samples: &[i16]) {
        let (Some(recording), Some(stream)) = (&mut self.recording, &self.stream) else { return };
        let at = stream.offset + timestamp.wrapping_sub(stream.first_timestamp) as usize;
        let end = at + samples.len();
        if end > LONGEST {
            return;
        }
        if recording.len() < end {
            recording.resize(end, 0);
        }
        recording[at..end].copy_from_slice(samples);
    }
}

fn is_voice(samples: &[i16]) -> bool {
    let energy: i64 = samples.iter().map(|&s| i64::from(s) * i64::from(s)).sum();
    !samples.is_empty() && energy / samples.len() as i64 > VOICE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(sequence: u16, payload: &[u8]) -> Packet<'_> {
        let timestamp = u32::from(sequence).wrapping_mul(160);
        Packet { marker: false, payload_type: 8, sequence, timestamp, ssrc: 1, payload }
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_is_quiet_after_speech_and_losses_are_counted_by_sequence() {
        #[expect(clippy::disallowed_methods, reason = "the test's clock")]
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let loud: Vec<u8> =
            (0..160).map(|i| g711::encode(Codec::Pcma, if i % 2 == 0 { 4000 } else { -4000 })).collect();
        let mut ear = Ear::new(true);
        for n in (0..12u16).filter(|n| *n != 5) {
            ear.hear(&packet(n, &loud), None, at(u64::from(n) * 20));
        }
        let quiet = Duration::from_millis(700);
        assert!(!ear.pause(quiet, at(900)) && ear.pause(quiet, at(920)));
        assert_eq!((ear.received, ear.lost, ear.longest_gap), (11, 1, Duration::from_millis(40)));
        ear.hear(&packet(5, &loud), None, at(240));
        assert_eq!((ear.received, ear.lost), (12, 0));
        assert_eq!(ear.take_recording().map(|r| r.len()), Some(12 * 160));
        ear.forget();
        assert!(!ear.pause(quiet, at(5000)));
    }

    #[tokio::test(start_paused = true)]
    async fn an_event_sent_many_times_is_one_key() {
        #[expect(clippy::disallowed_methods, reason = "the test's clock")]
        let now = Instant::now();
        let mut ear = Ear::new(false);
        for (sequence, timestamp, payload) in [
            (1, 160, [5, 10, 0, 160]),
            (2, 160, [5, 0x8a, 1, 64]),
            (3, 160, [5, 0x8a, 1, 64]),
            (4, 900, [11, 0x8a, 1, 64]),
        ] {
            let event =
                Packet { marker: false, payload_type: 101, sequence, timestamp, ssrc: 1, payload: &payload };
            ear.hear(&event, Some(101), now);
        }
        assert_eq!(ear.keys, "5#");
    }
}
