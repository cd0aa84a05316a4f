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

    /// Registers from the challenge on: the answer.
    pub async fn come_in(&mut self, claim: &Claim<'_>, headers: &str) -> String {
        let nonce = self.nonce().await;
        let text = self.proven(claim, &nonce, headers);
        self.ask(&text).await
    }
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
