//! One browser's connection: the only place that names str0m, and without IO as it is.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use str0m::change::SdpOffer;
use str0m::config::{CryptoProvider, DtlsCert};
use str0m::crypto::from_feature_flags;
use str0m::format::{Codec, PayloadParams};
use str0m::media::{MediaKind, Mid, Pt};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{Extension, RtpPacket, RtpWrite};
use str0m::{Candidate, Event, Input, Output, Rtc};

use super::error::{OfferFault, WebRtcError};
use super::packet::{ALAW, LONGEST, Packet};

/// What all sessions share: the certificate whose fingerprint stands in every answer, and the address in it.
#[derive(Debug)]
pub(super) struct Identity {
    crypto: Arc<CryptoProvider>,
    certificate: DtlsCert,
    /// Where browsers send to.
    pub address: SocketAddr,
}

impl Identity {
    /// # Errors
    /// When no certificate can be made.
    pub fn new(address: SocketAddr) -> Result<Self, WebRtcError> {
        let crypto = from_feature_flags();
        let certificate = crypto.dtls_provider.generate_certificate().ok_or(WebRtcError::Certificate)?;
        Ok(Self { crypto: Arc::new(crypto), certificate, address })
    }
}

/// A browser that has been answered.
pub(super) struct Session {
    rtc: Rtc,
    address: SocketAddr,
    mid: Mid,
    /// The next number to it, whose upper bits SRTP counts on with (RFC 3711 section 3.3.1), and the last one from its source.
    number: u64,
    from: Option<u16>,
    wake: Option<Instant>,
    closed: bool,
    failed: bool,
}

/// What a session wants done.
#[derive(Debug)]
pub(super) enum Wants {
    /// Its sound is to be passed on.
    Heard(Box<RtpPacket>),
    Send {
        to: SocketAddr,
        bytes: Vec<u8>,
    },
}

const PAYLOAD_TYPE: Pt = Pt::new_with_value(ALAW);

/// Sound in A-law both ways.
fn is_sound(rtc: &Rtc, mid: Mid) -> bool {
    let alaw = |params: &&PayloadParams| params.spec().codec == Codec::PCMA && *params.pt() == ALAW;
    let Some((media, alaw)) = rtc.media(mid).zip(rtc.codec_config().params().iter().find(alaw)) else {
        return false;
    };
    let both = media.direction().is_sending() && media.direction().is_receiving();
    media.kind() == MediaKind::Audio && both && media.remote_pts().contains(&alaw.pt())
}

/// A packet of the browser's, if it is sound.
pub(super) fn sound(packet: &RtpPacket) -> Option<Packet<'_>> {
    let header = &packet.header;
    let passes = *header.payload_type == ALAW && (1..=LONGEST).contains(&packet.payload.len());
    passes.then(|| Packet {
        marker: header.marker,
        sequence: header.sequence_number,
        timestamp: header.timestamp,
        sound: &packet.payload,
    })
}

impl Session {
    /// Answers an offer. `number`: below 2^15, unforeseeable.
    ///
    /// # Errors
    /// When it can't be read, or has no sound in A-law both ways.
    pub fn answer(
        identity: &Identity,
        offer: &str,
        number: u16,
        now: Instant,
    ) -> Result<(Self, String), OfferFault> {
        let malformed = |why: String| OfferFault::Malformed { why };
        let offer = SdpOffer::from_sdp_string(offer).map_err(|fault| malformed(fault.to_string()))?;
        let mut rtc = Rtc::builder()
            .set_crypto_provider(Arc::clone(&identity.crypto))
            .set_dtls_cert(identity.certificate.clone())
            .set_ice_lite(true)
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_pcma(true, false)
            .clear_extension_map()
            .set_extension(1, Extension::RtpMid)
            .build(now);
        let candidate =
            Candidate::host(identity.address, "udp").map_err(|fault| malformed(fault.to_string()))?;
        rtc.add_local_candidate(candidate);
        let answer = rtc.sdp_api().accept_offer(offer).map_err(|fault| malformed(fault.to_string()))?;
        let offered = answer.media_lines.iter().filter(|line| !line.disabled).map(|line| line.mid());
        let mid = offered.into_iter().find(|mid| is_sound(&rtc, *mid)).ok_or(OfferFault::NoAlaw)?;
        let (address, number) = (identity.address, u64::from(number));
        let mut session =
            Self { rtc, address, mid, number, from: None, wake: Some(now), closed: false, failed: false };
        // The browser speaks first: what would be sent before has nowhere to go.
        while session.poll().is_some() {}
        Ok((session, answer.to_sdp_string()))
    }

    /// Takes a datagram, if it is this browser's.
    pub fn handle(&mut self, now: Instant, from: SocketAddr, bytes: &[u8]) -> bool {
        let Ok(datagram) = Receive::new(Protocol::Udp, from, self.address, bytes) else { return false };
        let input = Input::Receive(now, datagram);
        if !self.rtc.accepts(&input) {
            return false;
        }
        self.failed |= self.rtc.handle_input(input).is_err();
        true
    }

    /// Sends it a packet of a stream. To be polled after it.
    pub fn send(&mut self, now: Instant, packet: &Packet<'_>) {
        let step = self.from.map_or(0, |from| packet.sequence.wrapping_sub(from) as i16);
        self.from = Some(packet.sequence);
        self.number = self.number.saturating_add_signed(i64::from(step));
        let mut direct = self.rtc.direct_api();
        let Some(stream) = direct.stream_tx_by_mid(self.mid, None) else { return };
        let number = self.number.into();
        let write = RtpWrite::new(PAYLOAD_TYPE, number, packet.timestamp, now, packet.sound);
        stream.write_rtp(write.marker(packet.marker));
        self.wake = Some(now);
    }

    pub fn handle_timers(&mut self, now: Instant) {
        self.failed |= self.rtc.handle_input(Input::Timeout(now)).is_err();
    }

    /// Says good-bye. To be polled after it.
    pub fn close(&mut self) {
        self.failed |= self.rtc.close().is_err();
    }

    pub fn next_timer(&self) -> Option<Instant> {
        self.wake
    }

    /// What it wants done; to be asked until `None` after everything it was told.
    pub fn poll(&mut self) -> Option<Wants> {
        while !self.failed && self.rtc.is_alive() {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(at)) => {
                    self.wake = Some(at);
                    return None;
                }
                Ok(Output::Transmit(transmit)) => {
                    return Some(Wants::Send { to: transmit.destination, bytes: transmit.contents.into() });
                }
                Ok(Output::Event(Event::RtpPacket(packet))) => return Some(Wants::Heard(Box::new(packet))),
                Ok(Output::Event(Event::Closed)) => self.closed = true,
                Ok(Output::Event(_)) => {}
                Err(_) => self.failed = true,
            }
        }
        self.wake = None;
        None
    }

    /// The browser has said good-bye, or can't be gone on with. Told once all it wants is polled.
    pub fn is_over(&self) -> bool {
        self.failed || self.closed || !self.rtc.is_alive()
    }
}
