//! A callee's line: a pair of UDP sockets, a frame sent every 20 ms, and an ear.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg32;
use tokio::net::UdpSocket;
use tokio::time::Instant;

use super::ear::Ear;
use super::keys::Keys;
use super::rtp::Packet;
use super::{FRAME, g711};
use crate::domain::Codec;

/// What is wrong with a line, for tests of the other side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineFaults {
    /// Packets of a hundred that are not sent.
    pub loss_percent: u8,
    /// Sends from another port than the SDP says.
    pub foreign_port: bool,
}

/// The far end as negotiated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Far {
    pub addr: SocketAddr,
    pub codec: Codec,
    pub event: Option<u8>,
}

/// One call's RTP.
#[derive(Debug)]
pub struct Line {
    /// Absent once the line is closed.
    sockets: Option<Sockets>,
    local: SocketAddr,
    far: Option<Far>,
    /// Whether frames go out at all: false while we are held or only ring.
    pub open: bool,
    playing: Option<Playing>,
    keys: Keys,
    pub ear: Ear,
    pub sent: u32,
    sequence: u16,
    timestamp: u32,
    ssrc: u32,
    loss_percent: u8,
    dice: Pcg32,
}

#[derive(Debug)]
struct Sockets {
    rtp: UdpSocket,
    /// Takes the RTCP that would else reach a stranger's port.
    _rtcp: UdpSocket,
    /// What a line with the fault sends from.
    foreign: Option<UdpSocket>,
}

#[derive(Debug)]
struct Playing {
    samples: Arc<[i16]>,
    at: usize,
    again: bool,
}

impl Line {
    /// Binds an even port on `ip` and the next one, and makes the ids of the stream from `seed`.
    ///
    /// # Errors
    /// When the machine has no free pair of ports.
    pub async fn open(ip: IpAddr, faults: LineFaults, records: bool, seed: u64) -> io::Result<Self> {
        let (rtp, rtcp) = bind_pair(ip).await?;
        let foreign = if faults.foreign_port { Some(UdpSocket::bind((ip, 0)).await?) } else { None };
        let mut dice = Pcg32::seed_from_u64(seed);
        Ok(Self {
            local: rtp.local_addr()?,
            sockets: Some(Sockets { rtp, _rtcp: rtcp, foreign }),
            far: None,
            open: false,
            playing: None,
            keys: Keys::default(),
            ear: Ear::new(records),
            sent: 0,
            sequence: dice.random(),
            timestamp: dice.random(),
            ssrc: dice.random(),
            loss_percent: faults.loss_percent,
            dice,
        })
    }

    /// The address to write in the SDP.
    pub fn local(&self) -> SocketAddr {
        self.local
    }

    /// Gives the ports back; the ear keeps what it heard.
    pub fn close(&mut self) {
        self.open = false;
        self.sockets = None;
    }

    /// Aims the line at the far end.
    pub fn aim(&mut self, far: Far) {
        self.far = Some(far);
    }

    pub fn play(&mut self, samples: Arc<[i16]>, again: bool) {
        self.playing = Some(Playing { samples, at: 0, again });
    }

    pub fn stop_playing(&mut self) {
        self.playing = None;
    }

    /// Presses keys as telephone events.
    pub fn press(&mut self, keys: &str) {
        self.keys.press(keys);
    }

    /// Whether a sound that ends is still being played.
    pub fn is_playing(&self) -> bool {
        self.playing.is_some()
    }

    pub fn is_pressing(&self) -> bool {
        !self.keys.idle()
    }

    /// Sends what belongs to one frame of 20 ms.
    pub async fn tick(&mut self) {
        self.timestamp = self.timestamp.wrapping_add(FRAME as u32);
        let Some(far) = self.far.filter(|_| self.open) else { return };
        if let Some(payload_type) = far.event {
            let events = self.keys.frame(self.timestamp);
            for event in &events {
                self.send(far.addr, (event.first, payload_type, event.timestamp), &event.payload).await;
            }
            if !events.is_empty() {
                return;
            }
        }
        let payload = self.next_frame().map(|sample| g711::encode(far.codec, sample));
        self.send(far.addr, (self.sent == 0, far.codec.payload_type(), self.timestamp), &payload).await;
    }

    /// Waits for one packet and takes it in; `clock` stamps its arrival. A closed line waits for ever.
    ///
    /// # Errors
    /// What the socket says; a refused port of the far end is not an error here.
    pub async fn hear(&mut self, clock: fn() -> Instant) -> io::Result<()> {
        let mut buffer = [0u8; 2048];
        let Some(sockets) = &self.sockets else { return std::future::pending().await };
        let (length, from) = match sockets.rtp.recv_from(&mut buffer).await {
            Err(fault) if fault.kind() == io::ErrorKind::ConnectionRefused => return Ok(()),
            other => other?,
        };
        // Nobody but the far end's own host may speak to us.
        let known = self.far.is_none_or(|far| far.addr.ip() == from.ip());
        if let Some(packet) = Packet::parse(&buffer[..length]).filter(|_| known) {
            self.ear.hear(&packet, self.far.and_then(|far| far.event), clock());
        }
        Ok(())
    }

    /// The next samples of what is played; else the faint noise of a room.
    fn next_frame(&mut self) -> [i16; FRAME] {
        let mut frame = [0; FRAME];
        for sample in &mut frame {
            *sample = self.dice.random_range(-12..=12);
        }
        let Some(playing) = &mut self.playing else { return frame };
        let rest = &playing.samples[playing.at..];
        let taken = rest.len().min(FRAME);
        frame[..taken].copy_from_slice(&rest[..taken]);
        playing.at += taken;
        if playing.at == playing.samples.len() {
            playing.at = 0;
            if !playing.again {
                self.playing = None;
            }
        }
        frame
    }

    async fn send(
        &mut self,
        to: SocketAddr,
        (marker, payload_type, timestamp): (bool, u8, u32),
        payload: &[u8],
    ) {
        self.sequence = self.sequence.wrapping_add(1);
        let packet =
            Packet { marker, payload_type, sequence: self.sequence, timestamp, ssrc: self.ssrc, payload }
                .write();
        if self.loss_percent > 0 && self.dice.random_range(0..100) < self.loss_percent {
            return;
        }
        let Some(sockets) = &self.sockets else { return };
        // A full buffer or a closed far port loses a packet, as networks do.
        if sockets.foreign.as_ref().unwrap_or(&sockets.rtp).send_to(&packet, to).await.is_ok() {
            self.sent += 1;
        }
    }
}

/// An even port and its odd neighbour (RFC 3550 section 11).
async fn bind_pair(ip: IpAddr) -> io::Result<(UdpSocket, UdpSocket)> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..64 {
        let rtp = UdpSocket::bind((ip, 0)).await?;
        let port = rtp.local_addr()?.port();
        if port % 2 == 1 {
            continue;
        }
        match UdpSocket::bind((ip, port + 1)).await {
            Ok(rtcp) => return Ok((rtp, rtcp)),
            Err(fault) => last = fault,
        }
    }
    Err(last)
}
