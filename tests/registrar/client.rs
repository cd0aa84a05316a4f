//! A telephone made of a socket: it says what it is told to, true or not.

use std::net::SocketAddr;
use std::time::Duration;

use md5::Md5;
use sha2::{Digest, Sha256};
use tokio::net::UdpSocket;
use tokio::time::timeout;

/// A client on a port of its own.
pub struct Client {
    pub socket: UdpSocket,
    pub registrar: SocketAddr,
    sent: u32,
}

/// What a REGISTER claims.
#[derive(Clone)]
pub struct Claim<'a> {
    pub user: &'a str,
    pub password: &'a str,
    /// Whose address of record.
    pub to: &'a str,
    pub algorithm: &'a str,
    pub nc: u32,
}

impl<'a> Claim<'a> {
    pub fn of(user: &'a str, password: &'a str) -> Self {
        Self { user, password, to: user, algorithm: "SHA-256", nc: 1 }
    }

    fn header(&self, nonce: &str) -> String {
        let hash = |text: String| match self.algorithm {
            "MD5" => hex::encode(Md5::digest(text)),
            _ => hex::encode(Sha256::digest(text)),
        };
        let Self { user, password, algorithm, nc, .. } = self;
        let (ha1, ha2) =
            (hash(format!("{user}:obzvon:{password}")), hash("REGISTER:sip:pbx.example".to_owned()));
        let response = hash(format!("{ha1}:{nonce}:{nc:08x}:abc:auth:{ha2}"));
        format!(
            "Authorization: Digest username=\"{user}\", realm=\"obzvon\", nonce=\"{nonce}\", uri=\"sip:pbx.example\", \
             response=\"{response}\", algorithm={algorithm}, qop=auth, nc={nc:08x}, cnonce=\"abc\"\r\n"
        )
    }
}

impl Client {
    pub async fn at(ip: &str, registrar: SocketAddr) -> Self {
        let socket = UdpSocket::bind((ip, 0)).await.expect("a port");
        Self { socket, registrar, sent: 0 }
    }

    /// Where it can be called.
    pub fn contact(&self) -> String {
        format!("<sip:me@{}>", self.socket.local_addr().expect("bound"))
    }

    /// A REGISTER's text; the CSeq grows with each.
    pub fn register(&mut self, to: &str, headers: &str) -> String {
        self.sent += 1;
        let (home, sent) = (self.socket.local_addr().expect("bound"), self.sent);
        format!(
            "REGISTER sip:pbx.example SIP/2.0\r\nVia: SIP/2.0/UDP {home};branch=z9hG4bK{sent};rport\r\n\
             From: <sip:{to}@pbx.example>;tag=1\r\nTo: <sip:{to}@pbx.example>\r\nCall-ID: {}@client\r\n\
             CSeq: {sent} REGISTER\r\nMax-Forwards: 70\r\n{headers}Content-Length: 0\r\n\r\n",
            home.port(),
        )
    }

    pub async fn send(&self, text: &str) {
        self.socket.send_to(text.as_bytes(), self.registrar).await.expect("sent");
    }

    /// The next message that comes.
    pub async fn next(&self) -> String {
        let mut buffer = [0; 4_096];
        let received = timeout(Duration::from_secs(10), self.socket.recv_from(&mut buffer)).await;
        let (length, _) = received.expect("an answer").expect("received");
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    }

    pub async fn ask(&self, text: &str) -> String {
        self.send(text).await;
        self.next().await
    }

    /// The nonce of a challenge got for nothing.
    pub async fn nonce(&mut self) -> String {
        let text = self.register("somebody", "");
        nonce_of(&self.ask(&text).await)
    }

    /// A REGISTER with proof by this nonce, and further headers.
    pub fn proven(&mut self, claim: &Claim<'_>, nonce: &str, headers: &str) -> String {
        self.register(claim.to, &format!("{}{headers}", claim.header(nonce)))
    }

    /// An Authorization header made for REGISTER.
    pub fn proof(&self, user: &str, password: &str, nonce: &str) -> String {
        Claim::of(user, password).header(nonce)
    }

    /// An INVITE's text, with an offer of A-law at a port.
    pub fn invite(&mut self, to: &str, headers: &str, port: Option<u16>) -> String {
        self.sent += 1;
        let (home, sent) = (self.socket.local_addr().expect("bound"), self.sent);
        let sdp = port.map(description).unwrap_or_default();
        let kind = if sdp.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        format!(
            "INVITE sip:{to}@pbx.example SIP/2.0\r\nVia: SIP/2.0/UDP {home};branch=z9hG4bKi{sent};rport\r\n\
             From: <sip:caller@pbx.example>;tag=1\r\nTo: <sip:{to}@pbx.example>\r\nCall-ID: {}-{sent}@client\r\n\
             CSeq: {sent} INVITE\r\nMax-Forwards: 70\r\nContact: <sip:caller@{home}>\r\n{headers}{kind}\
             Content-Length: {}\r\n\r\n{sdp}",
            home.port(),
            sdp.len(),
        )
    }

    /// The ACK of a final response: in the INVITE's transaction, or a 2xx's own.
    pub fn ack(&self, invite: &str, answer: &str) -> String {
        self.follow("ACK", invite, Some(answer), "")
    }

    /// The ACK that brings an answer.
    pub fn ack_with(&self, invite: &str, answer: &str, port: u16) -> String {
        self.follow("ACK", invite, Some(answer), &description(port))
    }

    pub fn cancel(&self, invite: &str) -> String {
        self.follow("CANCEL", invite, None, "")
    }

    fn follow(&self, method: &str, invite: &str, answer: Option<&str>, sdp: &str) -> String {
        let header = |text: &str, name: &str| {
            let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
            line.to_owned()
        };
        let own = answer.is_some_and(|answer| answer.starts_with("SIP/2.0 2"));
        let via = header(invite, "Via:");
        let via = if own { via.replace("branch=z9hG4bKi", "branch=z9hG4bKa") } else { via };
        let to = header(answer.unwrap_or(invite), "To:");
        let uri = invite.split(' ').nth(1).expect("a Request-URI");
        let cseq = header(invite, "CSeq:").replace("INVITE", method);
        let (from, call_id) = (header(invite, "From:"), header(invite, "Call-ID:"));
        let kind = if sdp.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        format!(
            "{method} {uri} SIP/2.0\r\n{via}\r\n{from}\r\n{to}\r\n{call_id}\r\n{cseq}\r\nMax-Forwards: 70\r\n\
             {kind}Content-Length: {}\r\n\r\n{sdp}",
            sdp.len()
        )
    }

    /// The next message that begins so; others are passed over.
    pub async fn until(&self, start: &str) -> String {
        loop {
            let message = self.next().await;
            if message.starts_with(start) {
                return message;
            }
        }
    }

    /// Registers from the challenge on: the answer.
    pub async fn come_in(&mut self, claim: &Claim<'_>, headers: &str) -> String {
        let nonce = self.nonce().await;
        let text = self.proven(claim, &nonce, headers);
        self.ask(&text).await
    }
}

fn description(port: u16) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 8\r\n"
    )
}

pub fn code(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status line")
}

pub fn nonce_of(answer: &str) -> String {
    let after = answer.split("nonce=\"").nth(1).expect("a challenge");
    after.split('"').next().expect("its end").to_owned()
}

/// An answer without what is new each time: nonces, tags and branches, and the words the client chose itself.
pub fn plain(answer: &str, chosen: &[&str]) -> String {
    let mut plain = answer.to_owned();
    for word in chosen {
        plain = plain.replace(word, "…");
    }
    let lines = plain.lines().filter(|line| !line.starts_with("Via:") && !line.starts_with("CSeq:"));
    let cut = |line: &str| {
        let line = line.split(";tag=").next().unwrap_or_default();
        match line.split_once("nonce=\"") {
            Some((before, after)) => {
                format!("{before}{}", after.split_once('"').map_or("", |(_, rest)| rest))
            }
            None => line.to_owned(),
        }
    };
    lines.map(cut).collect::<Vec<_>>().join("\n")
}
