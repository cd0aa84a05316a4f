//! What goes to the far end: keys, prompts, music, the voices of a talk, and silence between them.

use std::sync::Arc;
use std::time::Instant;

use rtp_rs::{RtpPacketBuilder, Seq};

use super::cords::Frame;
use super::music::Music;
use super::player::{Ended, Player};
use crate::domain::Codec;
use crate::domain::media_target::{Direction, MediaTarget};
use crate::media::dtmf::{Keypad, KeypadOutput};
use crate::media::rtp::rtcp::Sent;
use crate::media::{Clip, FRAME, PlayId, g711};

/// The sending half of a stream.
///
/// Between prompts it sends silence, at the same 50 packets a second. The SDP offers no comfort noise; carriers and
/// their border controllers hang up on streams that stop (10 to 60 s), address translators forget the port in 30 s,
/// and a far end that latches on our source does so only when we send. A talk spurt so begins when the SDP opens the
/// direction and ends when it closes it; the timestamp runs on through the pause, and the marker tells of the return
/// (RFC 3551 section 4.1).
#[derive(Debug)]
pub(super) struct Sending {
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    codec: Codec,
    telephone_event: Option<u8>,
    /// The SDP lets us send.
    open: bool,
    /// In a talk spurt: the next packet bears no marker.
    talking: bool,
    player: Player,
    music: Option<Music>,
    keypad: Keypad,
    sent: u64,
    octets: u32,
    /// Packets at the last RTCP report.
    reported: u64,
    first_audio: Option<Instant>,
}

/// A packet to send, and the sound in it for the recording.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub bytes: [u8; PACKET],
    /// Bytes of the packet; 0 where nothing is sent in this turn.
    pub length: usize,
    pub codec: Codec,
    pub sound: [u8; FRAME],
    /// The first packet with a sound of ours or of whoever is bridged in.
    pub first_audio: bool,
    /// The last key has been pressed in this turn.
    pub digits_sent: bool,
}

/// Randomness of a new stream: RFC 3550 asks that SSRC, sequence and timestamp begin anywhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    pub ssrc: u32,
    pub sequence: u16,
    pub timestamp: u32,
}

impl Sending {
    pub fn new(start: Start) -> Self {
        Self {
            ssrc: start.ssrc,
            sequence: start.sequence,
            timestamp: start.timestamp,
            codec: Codec::Pcma,
            telephone_event: None,
            open: false,
            talking: false,
            player: Player::default(),
            music: None,
            keypad: Keypad::default(),
            sent: 0,
            octets: 0,
            reported: 0,
            first_audio: None,
        }
    }

    pub fn retarget(&mut self, target: &MediaTarget) {
        self.codec = target.codec;
        self.telephone_event = target.telephone_event;
        // The old way of holding names no address (RFC 2543 section B.5); port 0 declines the stream.
        let reachable = !target.addr.ip().is_unspecified() && target.addr.port() != 0;
        self.open = reachable
            && match target.direction {
                Direction::Both | Direction::SendOnly => true,
                Direction::Inactive | Direction::ReceiveOnly => false,
            };
    }

    pub fn play(&mut self, id: PlayId, clips: Vec<Arc<Clip>>) {
        self.player.queue(id, clips);
    }

    pub fn stop(&mut self) -> impl Iterator<Item = Ended> {
        self.player.stop()
    }

    /// Plays clips round and round where no prompt plays, in the place of who is bridged in; `None` ends it.
    pub fn music(&mut self, clips: Option<Vec<Arc<Clip>>>) {
        self.music = clips.and_then(Music::of);
    }

    /// A prompt or music is to be heard now.
    pub fn speaks(&self) -> bool {
        self.music.is_some() || !self.player.is_idle()
    }

    pub fn press(&mut self, codes: &[u8]) {
        self.keypad.press(codes);
    }

    /// Makes this turn's packet. `relayed`: the voices of a talk. While the SDP forbids sending, prompts and keys wait.
    pub fn turn(&mut self, now: Instant, relayed: Option<Frame>, ended: impl FnMut(Ended)) -> Outgoing {
        let mut out = Outgoing {
            bytes: [0; PACKET],
            length: 0,
            codec: self.codec,
            sound: [g711::silence(self.codec); FRAME],
            first_audio: false,
            digits_sent: false,
        };
        if !self.open {
            self.talking = false;
        } else if let Some(keyed) = self.keypad.turn(self.telephone_event.is_some()) {
            self.key(keyed, &mut out);
            out.digits_sent = self.keypad.is_idle();
        } else {
            let sounds =
                self.player.fill(self.codec, &mut out.sound, ended) || self.beside(relayed, &mut out);
            if sounds {
                out.first_audio = self.first_audio.is_none();
                self.first_audio.get_or_insert(now);
            }
            self.voice(&mut out);
        }
        self.timestamp = self.timestamp.wrapping_add(FRAME as u32);
        out
    }

    /// Puts in what is heard where no prompt plays; whether there is anything.
    fn beside(&mut self, relayed: Option<Frame>, out: &mut Outgoing) -> bool {
        match (&mut self.music, relayed) {
            (Some(music), _) => out.sound = music.frame(self.codec),
            (None, Some(frame)) => {
                out.sound = frame.bytes;
                g711::transcode(frame.codec, self.codec, &mut out.sound);
            }
            (None, None) => return false,
        }
        true
    }

    fn key(&mut self, keyed: KeypadOutput, out: &mut Outgoing) {
        match (keyed, self.telephone_event) {
            (KeypadOutput::Event { event, ago, marker }, Some(payload_type)) => {
                let header = Header { payload_type, marker, timestamp: self.timestamp.wrapping_sub(ago) };
                self.packet(&header, &event.bytes(), out);
            }
            (KeypadOutput::Tones(samples), _) => {
                out.sound = samples.map(|sample| g711::encode(self.codec, sample));
                self.voice(out);
            }
            // An event begun before the SDP took its payload type away is cut short by silence.
            (KeypadOutput::Event { .. } | KeypadOutput::Pause, _) => self.voice(out),
        }
    }

    fn voice(&mut self, out: &mut Outgoing) {
        let header = Header {
            payload_type: self.codec.payload_type(),
            marker: !self.talking,
            timestamp: self.timestamp,
        };
        self.talking = true;
        let sound = out.sound;
        self.packet(&header, &sound, out);
    }

    fn packet(&mut self, header: &Header, payload: &[u8], out: &mut Outgoing) {
        out.length = RtpPacketBuilder::new()
            .payload_type(header.payload_type)
            .marked(header.marker)
            .sequence(Seq::from(self.sequence))
            .timestamp(header.timestamp)
            .ssrc(self.ssrc)
            .payload(payload)
            .build_into(&mut out.bytes)
            .expect("the payload is at most a frame and its type has seven bits");
        self.sequence = self.sequence.wrapping_add(1);
        self.sent += 1;
        self.octets = self.octets.wrapping_add(payload.len() as u32);
    }

    /// The sender's part of the next RTCP report, where anything was sent since the last one.
    pub fn report(&mut self) -> Option<Sent> {
        let any = self.sent > self.reported;
        self.reported = self.sent;
        any.then_some(Sent { timestamp: self.timestamp, packets: self.sent as u32, octets: self.octets })
    }

    pub fn sent(&self) -> u64 {
        self.sent
    }

    pub fn first_audio(&self) -> Option<Instant> {
        self.first_audio
    }
}

struct Header {
    payload_type: u8,
    marker: bool,
    timestamp: u32,
}

/// An RTP header and 20 ms.
const PACKET: usize = 12 + FRAME;
