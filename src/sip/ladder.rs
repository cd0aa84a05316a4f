//! The last messages of calls, to be looked at beside the call: a bounded ring in memory, never on a disk.
//!
//! What could be used to get in is blanked before a message is kept: the values of Authorization and
//! Proxy-Authorization, and keys of SRTP in SDP.

use std::collections::VecDeque;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::domain::AttemptId;

/// A message that was sent or came. Its debug form does not show what is in it: there are numbers.
#[derive(Clone, PartialEq, Eq)]
pub struct Rung {
    pub at: Timestamp,
    pub sent: bool,
    pub peer: SocketAddr,
    pub call_id: String,
    /// The message, its lines ended by a line feed.
    pub text: String,
}

impl Rung {
    /// The request's or the response's first line.
    pub fn head(&self) -> &str {
        self.text.lines().next().unwrap_or_default()
    }
}

impl fmt::Debug for Rung {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rung").field("at", &self.at).field("sent", &self.sent).finish_non_exhaustive()
    }
}

/// Messages kept, and their bytes in all.
const MESSAGES: usize = 8_192;
const BYTES: usize = 16 << 20;
/// More of one message is cut off.
const LONGEST: usize = 8 << 10;

/// The ring.
pub struct Ladder {
    stamp: fn() -> Timestamp,
    ring: Mutex<Ring>,
}

impl fmt::Debug for Ladder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ladder").field("messages", &self.lock().rungs.len()).finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Ring {
    rungs: VecDeque<Rung>,
    bytes: usize,
    /// Calls that came in, by their attempts: their Call-ID is the caller's.
    named: VecDeque<(AttemptId, String)>,
}

impl Ladder {
    /// An empty one; `stamp` says when a message passes.
    pub fn new(stamp: fn() -> Timestamp) -> Self {
        Self { stamp, ring: Mutex::default() }
    }

    /// Keeps a message; those of registrations and probes, which come all the time, are passed over.
    pub fn note(&self, sent: bool, peer: SocketAddr, bytes: &[u8]) {
        let Some((call_id, text)) = kept(bytes) else { return };
        let rung = Rung { at: (self.stamp)(), sent, peer, call_id, text };
        let mut ring = self.lock();
        ring.bytes += rung.text.len();
        ring.rungs.push_back(rung);
        while ring.rungs.len() > MESSAGES || ring.bytes > BYTES {
            let Some(oldest) = ring.rungs.pop_front() else { break };
            ring.bytes -= oldest.text.len();
        }
    }

    /// Says which attempt the call that came in with this Call-ID is.
    pub fn name(&self, attempt: AttemptId, call_id: String) {
        let mut ring = self.lock();
        ring.named.push_back((attempt, call_id));
        if ring.named.len() > MESSAGES {
            ring.named.pop_front();
        }
    }

    /// What is still there of an attempt's messages, the oldest first: its number begins the Call-ID of a call of ours.
    pub fn of(&self, attempt: AttemptId) -> Vec<Rung> {
        let ring = self.lock();
        let begins = format!("{attempt}-");
        let named = ring.named.iter().find(|(of, _)| *of == attempt).map(|(_, call_id)| call_id.as_str());
        // Whoever calls us chooses his Call-ID: one that looks like ours is not taken for ours.
        let is_its = |rung: &&Rung| match named {
            Some(call_id) => rung.call_id == call_id,
            None => rung.call_id.starts_with(&begins),
        };
        ring.rungs.iter().filter(is_its).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The Call-ID and the text without secrets; `None`: it is of no call.
fn kept(bytes: &[u8]) -> Option<(String, String)> {
    let whole = String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST)]);
    let (mut call_id, mut text, mut secret, mut in_body) =
        (None, String::with_capacity(whole.len()), false, false);
    for (nth, line) in whole.lines().enumerate() {
        in_body |= nth > 0 && line.is_empty();
        let folded = !in_body && line.starts_with([' ', '\t']);
        if folded && secret {
            continue;
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let name = name.trim();
        let is = |known: &str| !in_body && nth > 0 && name.eq_ignore_ascii_case(known);
        if is("CSeq") && [" REGISTER", " OPTIONS"].iter().any(|method| value.trim_end().ends_with(method)) {
            return None;
        }
        if is("Call-ID") || is("i") {
            call_id = Some(value.trim().to_owned());
        }
        secret = is("Authorization") || is("Proxy-Authorization");
        if secret {
            text.push_str(name);
            text.push_str(": …\n");
        } else if in_body && line.starts_with("a=crypto:") {
            text.push_str("a=crypto: …\n");
        } else {
            text.push_str(line);
            text.push('\n');
        }
    }
    Some((call_id?, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVITE: &str = "INVITE sip:79990000001@carrier.example SIP/2.0\r\nCall-ID: 17-00ab@us.example\r\nCSeq: 2 INVITE\r\n\
        proxy-authorization: Digest username=\"u\",\r\n response=\"beef\"\r\nAuthorization : Digest x\r\nTo: <sip:a@b>\r\n\r\n\
        v=0\r\na=crypto:1 AES inline:key\r\nAuthorization: not a header\r\n";

    fn ladder() -> Ladder {
        Ladder::new(|| Timestamp::UNIX_EPOCH)
    }

    fn peer() -> SocketAddr {
        ([127, 0, 0, 1], 5060).into()
    }

    #[test]
    fn a_calls_messages_are_found_and_nothing_that_lets_in_is_kept() {
        let ladder = ladder();
        ladder.note(true, peer(), INVITE.as_bytes());
        ladder.note(false, peer(), b"SIP/2.0 100 Trying\r\ni: 17-00ab@us.example\r\nCSeq: 2 INVITE\r\n\r\n");
        ladder.note(
            false,
            peer(),
            b"SIP/2.0 200 OK\r\nCall-ID: 170-00cd@us.example\r\nCSeq: 1 INVITE\r\n\r\n",
        );
        let rungs = ladder.of(AttemptId(17));
        let heads: Vec<_> = rungs.iter().map(Rung::head).collect();
        assert_eq!(heads, ["INVITE sip:79990000001@carrier.example SIP/2.0", "SIP/2.0 100 Trying"]);
        let text = &rungs[0].text;
        for secret in ["beef", "username", "Digest x", "inline"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        assert!(text.contains("To: <sip:a@b>") && text.contains("proxy-authorization: …"), "{text}");
    }

    #[test]
    fn probes_registrations_and_rubbish_are_passed_over() {
        let ladder = ladder();
        ladder.note(true, peer(), b"OPTIONS sip:a SIP/2.0\r\nCall-ID: probe-1@us\r\nCSeq: 1 OPTIONS\r\n\r\n");
        ladder.note(true, peer(), b"REGISTER sip:a SIP/2.0\r\nCSeq: 1 REGISTER\r\nCall-ID: r@us\r\n\r\n");
        ladder.note(true, peer(), b"\r\n\r\n");
        ladder.note(true, peer(), &[0xff; 9_000]);
        assert!(ladder.lock().rungs.is_empty());
    }

    #[test]
    fn the_ring_forgets_the_oldest() {
        let ladder = ladder();
        for n in 0..MESSAGES + 10 {
            let text = format!("BYE sip:a SIP/2.0\r\nCall-ID: {n}-x@us\r\nCSeq: 3 BYE\r\n\r\n");
            ladder.note(true, peer(), text.as_bytes());
        }
        assert_eq!(ladder.lock().rungs.len(), MESSAGES);
        assert!(ladder.of(AttemptId(9)).is_empty() && ladder.of(AttemptId(10)).len() == 1);
    }

    #[test]
    fn a_call_that_came_in_is_found_by_its_attempt() {
        let ladder = ladder();
        ladder.name(AttemptId(5), "abc@phone".to_owned());
        ladder.note(
            false,
            peer(),
            b"INVITE sip:1@us SIP/2.0\r\nCall-ID: abc@phone\r\nCSeq: 1 INVITE\r\n\r\n",
        );
        ladder.note(
            false,
            peer(),
            b"INVITE sip:1@us SIP/2.0\r\nCall-ID: 5-forged@phone\r\nCSeq: 1 INVITE\r\n\r\n",
        );
        let rungs = ladder.of(AttemptId(5));
        assert_eq!(rungs.iter().map(|rung| rung.call_id.as_str()).collect::<Vec<_>>(), ["abc@phone"]);
    }
}
