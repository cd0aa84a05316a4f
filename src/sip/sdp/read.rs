//! Reading a session description: which audio it has for us.

use std::net::{IpAddr, SocketAddr};

use sdp_types::{Attribute, Connection, Media, Session};

use crate::domain::Codec;
use crate::domain::media_target::{Direction, MediaTarget};

/// Why a body gives no audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoMedia {
    #[error("no body")]
    Empty,
    #[error("not a session description")]
    Unreadable,
    #[error("no audio stream, or a rejected one")]
    NoAudio,
    #[error("no address that can be sent to")]
    NoAddress,
    #[error("no codec in common")]
    NoCodec,
    /// `a=maxptime` below our 20 ms. `a=ptime` is a wish, and what a receiver of G.711 must take goes to 200 ms (RFC
    /// 3551 section 4.2).
    #[error("packets of 20 ms are too long for the far end")]
    TooLong,
}

/// The time of the packets we send.
const PACKET_MS: f64 = 20.0;
/// The longest description read, in bytes.
const MAX_BODY: usize = 16_384;

/// Reads the first live audio stream; its codec is the first in the description's order that is in `codecs`.
///
/// # Errors
/// When there is none we can take part in.
pub fn read(body: &[u8], codecs: &[Codec]) -> Result<MediaTarget, NoMedia> {
    let session = parse(body)?;
    let media = live_audio(&session).ok_or(NoMedia::NoAudio)?;
    let connection = media.connections.first().or(session.connection.as_ref()).ok_or(NoMedia::NoAddress)?;
    let ip = address(connection).ok_or(NoMedia::NoAddress)?;
    let addr = SocketAddr::new(ip, media.port);
    let codec = media
        .fmt
        .split_ascii_whitespace()
        .filter_map(|format| format.parse().ok())
        .find_map(|payload_type| codec_of(media, payload_type).filter(|codec| codecs.contains(codec)))
        .ok_or(NoMedia::NoCodec)?;
    if values(&media.attributes, "maxptime").any(|ms| ms.trim().parse().is_ok_and(|ms: f64| ms < PACKET_MS)) {
        return Err(NoMedia::TooLong);
    }
    let direction = if ip.is_unspecified() { Direction::Inactive } else { direction(&session, media) };
    Ok(MediaTarget {
        addr,
        rtcp: rtcp(media, addr),
        codec,
        telephone_event: telephone_event(media),
        direction,
    })
}

/// Parses; a body of white space is an empty one.
pub(super) fn parse(body: &[u8]) -> Result<Session, NoMedia> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(NoMedia::Empty);
    }
    if body.len() > MAX_BODY {
        return Err(NoMedia::Unreadable);
    }
    // Some write a blank before the first line or after the last.
    Session::parse(body.trim_ascii()).map_err(|_| NoMedia::Unreadable)
}

/// The first audio stream that is not rejected. Secure profiles are not ours.
pub(super) fn live_audio(session: &Session) -> Option<&Media> {
    session.medias.iter().find(|m| is_live_audio(m))
}

pub(super) fn is_live_audio(media: &Media) -> bool {
    media.media.eq_ignore_ascii_case("audio")
        && media.port != 0
        && ["RTP/AVP", "RTP/AVPF"].iter().any(|proto| media.proto.eq_ignore_ascii_case(proto))
}

/// `192.0.2.1`, `192.0.2.1/127`, `2001:db8::1`. Names are not looked up here.
fn address(connection: &Connection) -> Option<IpAddr> {
    let text = connection.connection_address.trim();
    let text = text.split('/').next().unwrap_or(text).trim_matches(['[', ']']);
    let ip: IpAddr = text.parse().ok()?;
    (!ip.is_multicast()).then_some(ip)
}

/// What a payload type stands for: its `rtpmap`, else the static table of RFC 3551.
fn codec_of(media: &Media, payload_type: u8) -> Option<Codec> {
    let fixed = [Codec::Pcma, Codec::Pcmu].into_iter().find(|codec| codec.payload_type() == payload_type);
    let Some(encoding) = rtpmap(media, payload_type) else { return fixed };
    fixed.filter(|codec| is_encoding(encoding, codec.name()))
}

fn telephone_event(media: &Media) -> Option<u8> {
    media
        .fmt
        .split_ascii_whitespace()
        .filter_map(|format| format.parse().ok())
        .find(|&pt| rtpmap(media, pt).is_some_and(|encoding| is_encoding(encoding, "telephone-event")))
}

fn rtpmap(media: &Media, payload_type: u8) -> Option<&str> {
    values(&media.attributes, "rtpmap").find_map(|value| {
        let (number, encoding) = value.trim().split_once(char::is_whitespace)?;
        (number.parse() == Ok(payload_type)).then_some(encoding.trim())
    })
}

/// `PCMA/8000`, `pcma/8000/1`.
fn is_encoding(encoding: &str, name: &str) -> bool {
    let mut parts = encoding.split('/');
    parts.next().is_some_and(|n| n.eq_ignore_ascii_case(name))
        && parts.next().is_none_or(|rate| rate.trim() == "8000")
}

/// `a=rtcp:53020`, `a=rtcp:53020 IN IP4 192.0.2.1` (RFC 3605), `a=rtcp-mux` (RFC 5761), else the next port.
fn rtcp(media: &Media, rtp: SocketAddr) -> SocketAddr {
    if media.attributes.iter().any(|a| a.attribute.eq_ignore_ascii_case("rtcp-mux")) {
        return rtp;
    }
    let said = values(&media.attributes, "rtcp").next().and_then(|value| {
        let mut words = value.split_ascii_whitespace();
        let port = words.next()?.parse().ok()?;
        let ip = words.nth(2).and_then(|ip| ip.parse().ok()).unwrap_or(rtp.ip());
        Some(SocketAddr::new(ip, port))
    });
    said.unwrap_or(SocketAddr::new(rtp.ip(), rtp.port().checked_add(1).unwrap_or(rtp.port())))
}

/// The stream's direction turned round: the description says it as the far end sees it.
fn direction(session: &Session, media: &Media) -> Direction {
    let said = |attributes: &[Attribute]| {
        attributes.iter().find_map(|a| match a.attribute.to_ascii_lowercase().as_str() {
            "sendrecv" => Some(Direction::Both),
            "sendonly" => Some(Direction::ReceiveOnly),
            "recvonly" => Some(Direction::SendOnly),
            "inactive" => Some(Direction::Inactive),
            _ => None,
        })
    };
    said(&media.attributes).or_else(|| said(&session.attributes)).unwrap_or(Direction::Both)
}

fn values<'a>(attributes: &'a [Attribute], name: &'a str) -> impl Iterator<Item = &'a str> {
    attributes
        .iter()
        .filter(move |a| a.attribute.eq_ignore_ascii_case(name))
        .filter_map(|a| a.value.as_deref())
}

/// The session description in a SIP body: the body itself, or that part of a multipart one (RFC 5621), as trunks
/// that carry ISUP beside it send.
pub fn body_of<'a>(content_type: &str, body: &'a [u8]) -> &'a [u8] {
    let lower = content_type.to_ascii_lowercase();
    if lower.starts_with("application/sdp") || lower.is_empty() {
        return body;
    }
    if !lower.starts_with("multipart/") {
        return &[];
    }
    let Some(at) = lower.find("boundary=") else { return &[] };
    let boundary =
        content_type[at + "boundary=".len()..].split(';').next().unwrap_or_default().trim().trim_matches('"');
    part_of(body, boundary).unwrap_or(&[])
}

fn part_of<'a>(body: &'a [u8], boundary: &str) -> Option<&'a [u8]> {
    if boundary.is_empty() || boundary.len() > 70 {
        return None;
    }
    let mark = format!("--{boundary}");
    let mut rest = &body[find(body, mark.as_bytes())? + mark.len()..];
    loop {
        let end = find(rest, mark.as_bytes())?;
        let part = &rest[..end];
        let head_end = find(part, b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&part[..head_end]).to_ascii_lowercase();
        if head.contains("application/sdp") {
            return Some(part[head_end + 4..].trim_ascii());
        }
        rest = &rest[end + mark.len()..];
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
