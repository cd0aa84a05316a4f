//! The audio of an SDP body: read from an offer, written as an answer (RFC 3264, RFC 8866).

use std::net::{IpAddr, SocketAddr};

use crate::domain::Codec;
use crate::domain::media_target::Direction;

/// What the far end's body says of its audio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audio {
    /// Where it wants its RTP.
    pub rtp: SocketAddr,
    /// The codecs we know, in its order.
    pub codecs: Vec<Codec>,
    /// Its payload type of telephone events (RFC 4733).
    pub telephone_event: Option<u8>,
    pub direction: Direction,
}

impl Audio {
    /// Reads the first audio stream; `None` when there is none or its address is not an IP address.
    pub fn read(body: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(body);
        let (mut session, mut media) = (Vec::new(), Vec::new());
        let mut inside = None;
        for line in text.lines().map(str::trim_end) {
            if let Some(rest) = line.strip_prefix("m=") {
                inside = Some(rest.starts_with("audio ") && media.is_empty());
            }
            match inside {
                None => session.push(line),
                Some(true) => media.push(line),
                Some(false) => {}
            }
        }
        let mut words = media.first()?.strip_prefix("m=audio ")?.split_ascii_whitespace();
        let port: u16 = words.next()?.split('/').next()?.parse().ok()?;
        let payloads: Vec<u8> = words.skip(1).filter_map(|p| p.parse().ok()).collect();
        let address = address_of(&media).or_else(|| address_of(&session))?;
        Some(Self {
            rtp: SocketAddr::new(address, port),
            codecs: payloads.iter().filter_map(|&p| codec_of(p)).collect(),
            telephone_event: telephone_event(&media).filter(|p| payloads.contains(p)),
            direction: direction_of(&media).or_else(|| direction_of(&session)).unwrap_or(Direction::Both),
        })
    }
}

/// Our side of the audio, to be written as an offer or an answer.
#[derive(Clone, Debug)]
pub struct OurAudio {
    pub rtp: SocketAddr,
    pub codecs: Vec<Codec>,
    pub telephone_event: Option<u8>,
    pub direction: Direction,
    /// Grows by one with every body of a call that differs from the last.
    pub version: u32,
}

impl OurAudio {
    pub fn write(&self) -> String {
        let ip = self.rtp.ip();
        let family = if ip.is_ipv4() { "IP4" } else { "IP6" };
        let payloads: Vec<String> = self
            .codecs
            .iter()
            .map(|c| c.payload_type())
            .chain(self.telephone_event)
            .map(|p| p.to_string())
            .collect();
        let mut text = format!(
            "v=0\r\no=carrier 1 {} IN {family} {ip}\r\ns=-\r\nc=IN {family} {ip}\r\nt=0 0\r\nm=audio {} RTP/AVP {}\r\n",
            self.version,
            self.rtp.port(),
            payloads.join(" ")
        );
        for codec in &self.codecs {
            text.push_str(&format!("a=rtpmap:{} {}/8000\r\n", codec.payload_type(), codec.name()));
        }
        if let Some(event) = self.telephone_event {
            text.push_str(&format!("a=rtpmap:{event} telephone-event/8000\r\na=fmtp:{event} 0-15\r\n"));
        }
        text.push_str(&format!("a=ptime:20\r\na={}\r\n", word(self.direction)));
        text
    }
}

/// The answer's direction to an offer's (RFC 3264 section 6.1).
pub fn mirrored(offered: Direction) -> Direction {
    match offered {
        Direction::Both => Direction::Both,
        Direction::Inactive => Direction::Inactive,
        Direction::ReceiveOnly => Direction::SendOnly,
        Direction::SendOnly => Direction::ReceiveOnly,
    }
}

fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::Both => "sendrecv",
        Direction::Inactive => "inactive",
        Direction::ReceiveOnly => "recvonly",
        Direction::SendOnly => "sendonly",
    }
}

fn address_of(lines: &[&str]) -> Option<IpAddr> {
    let value = lines.iter().find_map(|line| line.strip_prefix("c="))?;
    value.split_ascii_whitespace().nth(2)?.split('/').next()?.parse().ok()
}

fn direction_of(lines: &[&str]) -> Option<Direction> {
    let all = [Direction::Both, Direction::Inactive, Direction::ReceiveOnly, Direction::SendOnly];
    lines
        .iter()
        .filter_map(|line| line.strip_prefix("a="))
        .find_map(|a| all.into_iter().find(|&d| word(d) == a))
}

fn telephone_event(lines: &[&str]) -> Option<u8> {
    lines.iter().filter_map(|line| line.strip_prefix("a=rtpmap:")).find_map(|map| {
        let (payload, name) = map.split_once(' ')?;
        name.trim().to_ascii_lowercase().starts_with("telephone-event/8000").then(|| payload.parse().ok())?
    })
}

fn codec_of(payload: u8) -> Option<Codec> {
    [Codec::Pcma, Codec::Pcmu].into_iter().find(|c| c.payload_type() == payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_is_read_and_what_we_write_reads_back() {
        let body = b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\nc=IN IP4 127.0.0.1\r\nm=video 9 RTP/AVP 96\r\n\
            m=audio 4000 RTP/AVP 18 0 8 101\r\nc=IN IP4 127.0.0.3\r\na=rtpmap:101 Telephone-Event/8000\r\na=sendonly\r\n";
        let audio = Audio::read(body).expect("audio");
        assert_eq!(audio.rtp, "127.0.0.3:4000".parse().expect("address"));
        assert_eq!((audio.codecs, audio.telephone_event), (vec![Codec::Pcmu, Codec::Pcma], Some(101)));
        assert_eq!(mirrored(audio.direction), Direction::ReceiveOnly);
        let ours = OurAudio {
            rtp: "[::1]:5000".parse().expect("address"),
            codecs: vec![Codec::Pcma],
            telephone_event: Some(97),
            direction: Direction::Both,
            version: 2,
        };
        let back = Audio::read(ours.write().as_bytes()).expect("audio");
        assert_eq!((back.rtp, back.codecs, back.telephone_event), (ours.rtp, ours.codecs, Some(97)));
    }

    #[test]
    fn a_body_without_audio_is_none() {
        assert_eq!(Audio::read(b"v=0\r\nc=IN IP4 127.0.0.1\r\n"), None);
        assert_eq!(Audio::read(b""), None);
    }
}
