//! What is sent again until it is answered (RFC 3261 sections 13.3.1.4 and 17, RFC 3262 section 3).

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

const T1: Duration = Duration::from_millis(500);
const T2: Duration = Duration::from_secs(4);

/// What would stop the sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// The ACK of our final response to the INVITE of this CSeq.
    Ack(u32),
    /// The PRACK of this RSeq.
    Prack(u32),
    /// A response to our own request of this CSeq.
    Response(u32),
}

/// Something due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    GaveUp(Awaited),
    Send(Vec<u8>, SocketAddr),
}

/// The messages of one call that wait for their answer.
#[derive(Debug, Default)]
pub struct Resends(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    awaited: Awaited,
    bytes: Vec<u8>,
    to: SocketAddr,
    interval: Duration,
    next: Instant,
    gives_up: Instant,
}

impl Resends {
    /// Begins to repeat what was sent at `now`: after T1, then doubling up to T2, for 64 T1 in all.
    pub fn add(&mut self, awaited: Awaited, bytes: Vec<u8>, to: SocketAddr, now: Instant) {
        self.0.push(Entry { awaited, bytes, to, interval: T1, next: now + T1, gives_up: now + T1 * 64 });
    }

    /// Takes an answer; false when nothing waited for it.
    pub fn answered(&mut self, awaited: Awaited) -> bool {
        let before = self.0.len();
        self.0.retain(|entry| entry.awaited != awaited);
        self.0.len() < before
    }

    /// Stops waiting for any ACK: the dialog is over and none will come.
    pub fn clear_acks(&mut self) {
        self.0.retain(|entry| !matches!(entry.awaited, Awaited::Ack(_)));
    }

    pub fn awaits(&self, awaited: Awaited) -> bool {
        self.0.iter().any(|entry| entry.awaited == awaited)
    }

    pub fn next(&self) -> Option<Instant> {
        self.0.iter().map(|entry| entry.next).min()
    }

    /// What is to be sent or given up at `now`.
    pub fn due(&mut self, now: Instant) -> Vec<Due> {
        let mut due = Vec::new();
        self.0.retain_mut(|entry| {
            if entry.gives_up <= now {
                due.push(Due::GaveUp(entry.awaited));
                return false;
            }
            if entry.next <= now {
                due.push(Due::Send(entry.bytes.clone(), entry.to));
                entry.interval = (entry.interval * 2).min(T2);
                entry.next = now + entry.interval;
            }
            true
        });
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_response_is_repeated_ten_times_and_then_given_up() {
        let to = "127.0.0.1:9".parse().expect("address");
        let start = super::super::clock::now();
        let mut resends = Resends::default();
        resends.add(Awaited::Ack(1), b"200".to_vec(), to, start);
        let mut log = Vec::new();
        while let Some(at) = resends.next() {
            for due in resends.due(at) {
                let at = at.duration_since(start).as_millis();
                log.push(match due {
                    Due::GaveUp(_) => format!("{at} gave up"),
                    Due::Send(..) => at.to_string(),
                });
            }
        }
        assert_eq!(log.join(" "), "500 1500 3500 7500 11500 15500 19500 23500 27500 31500 35500 gave up");
        resends.add(Awaited::Prack(7), Vec::new(), to, start);
        assert!(
            !resends.answered(Awaited::Prack(8))
                && resends.answered(Awaited::Prack(7))
                && resends.next().is_none()
        );
    }
}
