//! Keys of a telephone: in RTP (RFC 4733), in SIP INFO, in the sound; each press counted once.

/// The way a key came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DigitSource {
    /// Two tones in the sound (ITU-T Q.23).
    InBand,
    /// A SIP INFO request.
    Info,
    /// A telephone event (RFC 4733).
    TelephoneEvent,
}

/// The sixteen keys, in the order of RFC 4733 event codes 0–15.
pub const KEYS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D'];

/// The RFC 4733 event code of a key.
pub fn code_of(key: char) -> Option<u8> {
    KEYS.iter().position(|k| *k == key.to_ascii_uppercase()).map(|at| at as u8)
}
