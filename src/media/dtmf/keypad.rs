//! Pressing keys ourselves: telephone events, or tones where the far end does not take those.

use std::collections::VecDeque;
use std::f32::consts::TAU;

use super::{TelephoneEvent, tones_of};
use crate::media::FRAME;

/// Keys to press, one after another. Asked once every 20 ms.
#[derive(Clone, Debug, Default)]
pub struct Keypad {
    waiting: VecDeque<u8>,
    /// The key under the finger and the turns it has had.
    pressed: Option<(u8, u8)>,
}

/// What to send in this turn in the place of sound.
#[derive(Clone, Debug, PartialEq)]
pub enum KeypadOutput {
    /// A packet of a press that began `ago` timestamp units before this turn.
    Event { event: TelephoneEvent, ago: u32, marker: bool },
    /// The pause between keys.
    Pause,
    /// A frame of the key's two tones.
    Tones(Box<[i16; FRAME]>),
}

impl Keypad {
    pub fn press(&mut self, codes: &[u8]) {
        self.waiting.extend(codes);
    }

    pub fn is_idle(&self) -> bool {
        self.pressed.is_none() && self.waiting.is_empty()
    }

    /// This turn's output; `None` where no key is left. `events`: the far end takes telephone events.
    pub fn turn(&mut self, events: bool) -> Option<KeypadOutput> {
        let (code, turn) = match self.pressed.take() {
            Some(pressed) => pressed,
            None => (self.waiting.pop_front()?, 0),
        };
        if turn + 1 < TURNS {
            self.pressed = Some((code, turn + 1));
        }
        Some(match (turn, events) {
            (..END, true) => event(code, turn, turn + 1, false),
            // The same end three times (RFC 4733 section 2.5.1.4), 20 ms apart to outlive a short burst of loss.
            (END..PAUSE, true) => event(code, turn, END + 1, true),
            (..=END, false) => KeypadOutput::Tones(Box::new(tones(code, turn))),
            (PAUSE.., true) | (_, false) => KeypadOutput::Pause,
        })
    }
}

fn event(code: u8, turn: u8, length: u8, end: bool) -> KeypadOutput {
    let event = TelephoneEvent { code, end, volume: VOLUME, duration: u16::from(length) * FRAME as u16 };
    KeypadOutput::Event { event, ago: u32::from(turn) * FRAME as u32, marker: turn == 0 }
}

fn tones(code: u8, turn: u8) -> [i16; FRAME] {
    let (low, high) = tones_of(code);
    std::array::from_fn(|at| {
        let t = (usize::from(turn) * FRAME + at) as f32 / 8000.0;
        // The high tone 2 dB above the low one, as telephones do against the line's loss.
        (LEVEL * ((TAU * low * t).sin() + 1.26 * (TAU * high * t).sin())) as i16
    })
}

/// Turns of 20 ms: the key is down for 100 ms and up for 100 ms (40 ms each is the least, ITU-T Q.24).
const TURNS: u8 = 10;
/// The turn in which the key goes up.
const END: u8 = 4;
const PAUSE: u8 = END + 3;
/// -10 dBm0, in the middle of what receivers take.
const VOLUME: u8 = 10;
/// About -10 dBm0 for the low tone.
const LEVEL: f32 = 7200.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(codes: &[u8], events: bool) -> Vec<KeypadOutput> {
        let mut pad = Keypad::default();
        pad.press(codes);
        std::iter::from_fn(|| pad.turn(events)).collect()
    }

    #[test]
    fn a_press_is_four_updates_three_equal_ends_and_a_pause() {
        let turns = turns(&[5], true);
        let packets: Vec<_> = turns
            .iter()
            .filter_map(|turn| match turn {
                KeypadOutput::Event { event, ago, marker } => {
                    Some((event.duration, event.end, *ago, *marker))
                }
                KeypadOutput::Pause | KeypadOutput::Tones(_) => None,
            })
            .collect();
        let expected = [
            (160, false, 0, true),
            (320, false, 160, false),
            (480, false, 320, false),
            (640, false, 480, false),
            (800, true, 640, false),
            (800, true, 800, false),
            (800, true, 960, false),
        ];
        assert_eq!(packets, expected);
        assert_eq!(turns.len(), 10);
        assert_eq!(turns[9], KeypadOutput::Pause);
    }

    #[test]
    fn keys_follow_one_another_until_none_is_left() {
        let mut pad = Keypad::default();
        pad.press(&[1, 2]);
        assert_eq!(std::iter::from_fn(|| pad.turn(true)).count(), 20);
        assert!(pad.is_idle());
    }

    #[test]
    fn without_telephone_events_the_key_sounds_for_a_tenth_of_a_second() {
        let sounding = turns(&[0], false).iter().filter(|t| matches!(t, KeypadOutput::Tones(_))).count();
        assert_eq!(sounding, 5);
    }
}
