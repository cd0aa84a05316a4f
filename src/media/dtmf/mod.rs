//! Keys of a telephone: in RTP (RFC 4733), in SIP INFO, in the sound; each press counted once.

mod event;
mod gate;
mod in_band;
mod keypad;

pub use event::{EventReceiver, TelephoneEvent};
pub use gate::{DigitGate, DigitSource};
pub use in_band::ToneReceiver;
pub use keypad::{Keypad, KeypadOutput};

/// The sixteen keys, in the order of RFC 4733 event codes 0–15.
pub const KEYS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D'];

/// The RFC 4733 event code of a key.
pub fn code_of(key: char) -> Option<u8> {
    KEYS.iter().position(|k| *k == key.to_ascii_uppercase()).map(|at| at as u8)
}

/// The key of an RFC 4733 event code; other events (fax tones, line signals) are none.
pub fn key_of(code: u8) -> Option<char> {
    KEYS.get(usize::from(code)).copied()
}

/// The two tones of a key in Hz, low and high (ITU-T Q.23).
fn tones_of(code: u8) -> (f32, f32) {
    let at = LAYOUT.iter().position(|c| *c == code).expect("every code 0–15 is in the layout");
    (LOW[at / 4], HIGH[at % 4])
}

/// Event codes as they lie on the pad, row by row.
const LAYOUT: [u8; 16] = [1, 2, 3, 12, 4, 5, 6, 13, 7, 8, 9, 14, 10, 0, 11, 15];
const LOW: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
const HIGH: [f32; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
