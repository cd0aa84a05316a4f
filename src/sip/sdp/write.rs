//! Writing our session descriptions.

use std::fmt::Write;
use std::net::IpAddr;

use super::{LocalMedia, read};
use crate::domain::Codec;
use crate::domain::media_target::{Direction, MediaTarget};

/// `v=` and `o=`, which begin every description.
pub(super) fn origin(local: &LocalMedia) -> String {
    let (kind, ip) = (family(local.ip()), local.ip());
    format!("v=0\r\no=- {} {} IN {kind} {ip}\r\n", local.session, local.version)
}

/// What follows the origin, with one audio stream.
pub(super) fn audio(local: &LocalMedia, codecs: &[Codec], event: Option<u8>, direction: Direction) -> String {
    let mut out = head(local);
    stream(&mut out, local, codecs, event, direction);
    out
}

/// What follows the origin in an answer: one `m=` line for each of the offer's, in its order; all but the agreed one rejected (RFC 3264 section 6).
pub(super) fn answer(local: &LocalMedia, offer: &[u8], target: &MediaTarget) -> String {
    let mut out = head(local);
    let mut taken = false;
    for media in read::parse(offer).map(|session| session.medias).unwrap_or_default() {
        if !taken && read::is_live_audio(&media) {
            taken = true;
            stream(&mut out, local, &[target.codec], target.telephone_event, target.direction);
        } else {
            let format = media.fmt.split_ascii_whitespace().next().unwrap_or("0");
            line(&mut out, format_args!("m={} 0 {} {format}", media.media, media.proto));
        }
    }
    out
}

fn head(local: &LocalMedia) -> String {
    let (kind, ip) = (family(local.ip()), local.ip());
    let mut out = String::with_capacity(320);
    line(&mut out, format_args!("s=-"));
    line(&mut out, format_args!("c=IN {kind} {ip}"));
    line(&mut out, format_args!("t=0 0"));
    out
}

fn stream(out: &mut String, local: &LocalMedia, codecs: &[Codec], event: Option<u8>, direction: Direction) {
    let mut formats: Vec<String> = codecs.iter().map(|codec| codec.payload_type().to_string()).collect();
    formats.extend(event.map(|pt| pt.to_string()));
    line(out, format_args!("m=audio {} RTP/AVP {}", local.rtp.port(), formats.join(" ")));
    for codec in codecs {
        line(out, format_args!("a=rtpmap:{} {}/8000", codec.payload_type(), codec.name()));
    }
    if let Some(pt) = event {
        line(out, format_args!("a=rtpmap:{pt} telephone-event/8000"));
        line(out, format_args!("a=fmtp:{pt} 0-15"));
    }
    line(out, format_args!("a=ptime:20"));
    let direction = match direction {
        Direction::Both => "sendrecv",
        Direction::Inactive => "inactive",
        Direction::ReceiveOnly => "recvonly",
        Direction::SendOnly => "sendonly",
    };
    line(out, format_args!("a={direction}"));
}

fn family(ip: IpAddr) -> &'static str {
    if ip.is_ipv4() { "IP4" } else { "IP6" }
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a String takes every write");
    out.push_str("\r\n");
}
