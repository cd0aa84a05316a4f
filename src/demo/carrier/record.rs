//! The carrier's own book of calls, to be held against the dialer's, call by call.

use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;

/// How a call ended, as the carrier saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Cancelled before an answer.
    Cancelled,
    /// The callee hung up.
    HungUpByCallee,
    /// The caller hung up.
    HungUpByCaller,
    /// Our answer was never acknowledged.
    NeverAcknowledged,
    /// Ended with this final response.
    Refused(u16),
    /// The carrier was stopped with the call up.
    Stopped,
}

/// One INVITE's story. Debug hides the numbers; the file has them, as a carrier's records do.
#[derive(Clone, Serialize)]
pub struct CallRecord {
    /// The attempt's id, read from the Call-ID.
    pub attempt: Option<i64>,
    pub call_id: String,
    /// The number dialled, digits as they came.
    pub number: String,
    /// The caller id shown.
    pub caller: String,
    pub persona: &'static str,
    pub began: Timestamp,
    pub ringing: Option<Timestamp>,
    pub early_media: Option<Timestamp>,
    pub answered: Option<Timestamp>,
    pub acknowledged: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    /// Absent while the call is up.
    pub ending: Option<Ending>,
    /// INVITEs seen, the first and its repetitions.
    pub invites: u32,
    /// The keys the callee pressed.
    pub keys_sent: String,
    /// The keys the caller sent.
    pub keys_heard: String,
    /// Re-INVITEs of ours that were accepted.
    pub reoffers: u32,
    pub rtp: RtpCount,
}

/// The call's RTP in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RtpCount {
    pub sent: u32,
    pub received: u32,
    /// By sequence numbers.
    pub lost: u32,
    /// Milliseconds between the two packets farthest apart.
    pub longest_gap_ms: u64,
    /// Milliseconds from the ACK to the first packet, 0 when the packet came before it.
    pub first_packet_ms: Option<u64>,
    /// Milliseconds from the ACK to the first packet with voice in it.
    pub first_voice_ms: Option<u64>,
}

impl CallRecord {
    /// Whether anyone's phone rang for it.
    pub fn rang(&self) -> bool {
        self.ringing.is_some() || self.answered.is_some()
    }
}

impl fmt::Debug for CallRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { attempt, call_id, persona, ending, invites, keys_sent, rtp, .. } = self;
        write!(f, "{attempt:?} {call_id} {persona} {ending:?} invites={invites} keys={keys_sent} {rtp:?}")
    }
}

/// The attempt id in a Call-ID: its first digits, after letters at most (`17-9f…@host`, `a17.9f…`).
pub fn attempt_of(call_id: &str) -> Option<i64> {
    let rest = call_id.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '-');
    let digits = rest.find(|c: char| !c.is_ascii_digit()).map_or(rest, |end| &rest[..end]);
    digits.parse().ok()
}

/// The records of a carrier in the order of their INVITEs.
#[derive(Debug)]
pub struct CallLog {
    records: Mutex<Vec<CallRecord>>,
    file: Option<Mutex<File>>,
}

impl CallLog {
    /// A log in memory, and in a JSON Lines file when a path is given.
    ///
    /// # Errors
    /// When the file can't be made.
    pub fn open(path: Option<&Path>) -> io::Result<Self> {
        let file = path.map(File::create).transpose()?.map(Mutex::new);
        Ok(Self { records: Mutex::default(), file })
    }

    /// Enters a call that begins; the result is its place in the log.
    pub fn begin(&self, record: CallRecord) -> usize {
        let mut records = self.lock();
        records.push(record);
        records.len() - 1
    }

    /// Replaces the record at `place` by a later state of the same call.
    pub fn update(&self, place: usize, record: CallRecord) {
        if record.ending.is_some() {
            self.write(&record);
        }
        self.lock()[place] = record;
    }

    /// Counts a repeated INVITE, which may come even after the end.
    pub fn count_invite(&self, place: usize) {
        self.lock()[place].invites += 1;
    }

    /// Every call so far, the live ones too.
    pub fn calls(&self) -> Vec<CallRecord> {
        self.lock().clone()
    }

    /// How many calls are up or ring.
    pub fn live(&self) -> usize {
        self.lock().iter().filter(|record| record.ending.is_none()).count()
    }

    /// Ends what is still up; for the carrier's stop.
    pub fn stop(&self, now: Timestamp) {
        for record in self.lock().iter_mut().filter(|record| record.ending.is_none()) {
            (record.ending, record.ended) = (Some(Ending::Stopped), Some(now));
            self.write(record);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<CallRecord>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, record: &CallRecord) {
        let Some(file) = &self.file else { return };
        let mut line = serde_json::to_vec(record).expect("a record of plain fields is always JSON");
        line.push(b'\n');
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(fault) = file.write_all(&line) {
            tracing::warn!(%fault, "the carrier's log can't be written");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_attempt_is_read_from_the_call_id() {
        assert_eq!(attempt_of("17-9fa0@obzvon"), Some(17));
        assert_eq!(attempt_of("a12345.77@x"), Some(12345));
        assert_eq!(attempt_of("attempt-9-x"), Some(9));
        assert_eq!(attempt_of("@host"), None);
    }
}
