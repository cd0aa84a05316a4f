//! A far end of RTP for the tests of the engine: real sockets on loopback.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use obzvon::domain::Codec;
use obzvon::domain::media_target::{Direction, MediaTarget};
use obzvon::media::{Clip, MediaEngine, MediaEvent, MediaPlan, Stream, StreamPlan};
use rtp_rs::{RtpPacketBuilder, RtpReader, Seq};
use tokio::net::UdpSocket;
use tokio::time::timeout;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
pub const EVENT: u8 = 101;
/// Longer than anything here takes; a test that waits so long has failed.
pub const PATIENCE: Duration = Duration::from_secs(10);

pub fn engine() -> MediaEngine {
    MediaEngine::start(MediaPlan { rtp_timeout: Duration::from_secs(1), ..MediaPlan::on(LOOPBACK) }).unwrap()
}

/// A far end: its RTP and RTCP sockets, and its own way of sending.
pub struct Phone {
    pub rtp: UdpSocket,
    pub rtcp: UdpSocket,
    sequence: u16,
    pub timestamp: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Packet {
    pub payload_type: u8,
    pub marker: bool,
    pub sequence: u16,
    pub timestamp: u32,
    pub payload: Vec<u8>,
}

impl Phone {
    pub async fn new() -> Self {
        let socket = || UdpSocket::bind((LOOPBACK, 0));
        Self { rtp: socket().await.unwrap(), rtcp: socket().await.unwrap(), sequence: 65530, timestamp: 0 }
    }

    pub fn target(&self) -> MediaTarget {
        MediaTarget {
            addr: self.rtp.local_addr().unwrap(),
            rtcp: self.rtcp.local_addr().unwrap(),
            codec: Codec::Pcma,
            telephone_event: Some(EVENT),
            direction: Direction::Both,
        }
    }

    pub async fn hear(&self) -> Packet {
        let mut bytes = [0; 1500];
        let length = timeout(PATIENCE, self.rtp.recv(&mut bytes)).await.unwrap().unwrap();
        let packet = RtpReader::new(&bytes[..length]).unwrap();
        Packet {
            payload_type: packet.payload_type(),
            marker: packet.mark(),
            sequence: packet.sequence_number().into(),
            timestamp: packet.timestamp(),
            payload: packet.payload().to_vec(),
        }
    }

    pub async fn send(&mut self, to: SocketAddr, payload: &[u8]) {
        self.packet(to, Codec::Pcma.payload_type(), self.timestamp, payload).await;
        self.timestamp += payload.len() as u32;
    }

    pub async fn packet(&mut self, to: SocketAddr, payload_type: u8, timestamp: u32, payload: &[u8]) {
        let bytes = RtpPacketBuilder::new()
            .payload_type(payload_type)
            .sequence(Seq::from(self.sequence))
            .timestamp(timestamp)
            .ssrc(77)
            .payload(payload)
            .build()
            .unwrap();
        self.sequence = self.sequence.wrapping_add(1);
        self.rtp.send_to(&bytes, to).await.unwrap();
    }
}

pub fn open(engine: &MediaEngine) -> Stream {
    engine.open(StreamPlan::default()).unwrap()
}

/// The next event that is not about the first packets.
pub async fn event(stream: &mut Stream) -> MediaEvent {
    loop {
        match timeout(PATIENCE, stream.next_event()).await.unwrap().unwrap() {
            MediaEvent::FirstPacketReceived { .. } | MediaEvent::FirstAudioSent { .. } => {}
            other => return other,
        }
    }
}

/// A clip whose sound is not silence and differs from place to place.
pub fn clip(seed: i32, samples: usize) -> Arc<Clip> {
    let pcm: Vec<i16> =
        (0..samples as i32).map(|n| (2000 + (n * 7919 + seed * 131) % 20000) as i16).collect();
    Arc::new(Clip::from_pcm(&pcm))
}
