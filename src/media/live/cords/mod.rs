//! Whom a stream hears beside the prompts, and who hears it.
//!
//! Every cord is one way: a bridge is two, a conversation of three is six, a supervisor who listens is one from each
//! side, whispering is one more to the agent. One voice is relayed as it is; several are mixed.

mod lane;
mod words;

pub(in crate::media) use lane::{Frame, Lane};
pub(super) use words::Words;

use crate::domain::Codec;
use crate::media::shard::StreamId;
use crate::media::{FRAME, g711};

/// The cords of one stream.
#[derive(Debug, Default)]
pub(super) struct Cords {
    /// Whom we hear.
    ears: Vec<(StreamId, Lane)>,
    /// Who hears us.
    mouths: Vec<(StreamId, Lane)>,
    muted: bool,
    /// Not our far end but something in its place is heard, which nobody has muted.
    stand_in: bool,
}

impl Cords {
    pub fn hear(&mut self, from: StreamId, lane: Lane) {
        self.ears.retain(|(id, _)| *id != from);
        self.ears.push((from, lane));
    }

    pub fn speak(&mut self, to: StreamId, lane: Lane) {
        self.mouths.retain(|(id, _)| *id != to);
        self.mouths.push((to, lane));
    }

    pub fn no_longer_hear(&mut self, from: StreamId) {
        self.ears.retain(|(id, _)| *id != from);
    }

    pub fn no_longer_speak(&mut self, to: StreamId) {
        self.mouths.retain(|(id, _)| *id != to);
    }

    pub fn cut(&mut self) {
        self.ears.clear();
        self.mouths.clear();
    }

    /// While muted, others hear nothing of us.
    pub fn mute(&mut self, muted: bool) {
        self.muted = muted;
    }

    /// While something stands in for our far end, it is heard though our far end is muted.
    pub fn stand_in(&mut self, stands_in: bool) {
        self.stand_in = stands_in;
    }

    /// Somebody is heard: the sound is a talk.
    pub fn hears(&self) -> bool {
        !self.ears.is_empty()
    }

    /// Lets the others hear 20 ms of our far end.
    pub fn put(&mut self, frame: Frame) {
        if self.mouths.is_empty() {
            return;
        }
        self.mouths.retain(|(_, lane)| !lane.is_cut());
        if !self.muted || self.stand_in {
            self.mouths.iter().for_each(|(_, lane)| lane.put(frame));
        }
    }

    /// Our far end pressed a key: who talks with it is told, who only listens is not.
    pub fn press(&self, code: u8) {
        let talking = |of: &StreamId| self.ears.iter().any(|(id, _)| id == of);
        self.mouths.iter().filter(|(id, _)| talking(id)).for_each(|(_, lane)| lane.press(code));
    }

    /// The next 20 ms of those we hear, mixed where several speak; `pressed` is told the keys of theirs.
    pub fn take(&mut self, mut pressed: impl FnMut(u8)) -> Option<Frame> {
        let (mut one, mut mix): (Option<Frame>, Option<Mix>) = (None, None);
        self.ears.retain(|(_, lane)| {
            let frame = lane.take(&mut pressed);
            match (&one, &mut mix, frame) {
                (None, _, _) => one = frame,
                (Some(first), None, Some(second)) => mix = Some(Mix::of(first).with(&second)),
                (Some(_), Some(mixed), Some(next)) => *mixed = mixed.with(&next),
                (Some(_), _, None) => {}
            }
            frame.is_some() || !lane.is_cut()
        });
        let codec = one.as_ref()?.codec;
        mix.map_or(one, |mix| Some(mix.frame(codec)))
    }

    /// Lets a turn pass in which a prompt is heard instead.
    pub fn pass(&self, mut pressed: impl FnMut(u8)) {
        self.ears.iter().for_each(|(_, lane)| lane.pass(&mut pressed));
    }
}

/// Voices added up.
#[derive(Clone, Copy)]
struct Mix([i32; FRAME]);

impl Mix {
    fn of(frame: &Frame) -> Self {
        Self(g711::decode_frame(frame.codec, &frame.bytes).map(i32::from))
    }

    fn with(mut self, frame: &Frame) -> Self {
        let samples = g711::decode_frame(frame.codec, &frame.bytes);
        self.0.iter_mut().zip(samples).for_each(|(sum, sample)| *sum += i32::from(sample));
        self
    }

    fn frame(&self, codec: Codec) -> Frame {
        let clip = |sum: i32| sum.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16;
        Frame { codec, bytes: self.0.map(|sum| g711::encode(codec, clip(sum))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(codec: Codec, sample: i16) -> Frame {
        Frame { codec, bytes: [g711::encode(codec, sample); FRAME] }
    }

    fn tie(from: (&mut Cords, u32), to: (&mut Cords, u32)) {
        let lane = Lane::default();
        from.0.speak(StreamId(to.1), lane.clone());
        to.0.hear(StreamId(from.1), lane);
    }

    #[test]
    fn one_voice_passes_byte_for_byte_and_two_are_added_up() {
        let (mut anna, mut boris, mut clara) = (Cords::default(), Cords::default(), Cords::default());
        tie((&mut anna, 1), (&mut clara, 3));
        tie((&mut boris, 2), (&mut clara, 3));
        anna.put(frame(Codec::Pcma, 1000));
        assert_eq!(clara.take(|_| {}), Some(frame(Codec::Pcma, 1000)));
        anna.put(frame(Codec::Pcma, 8000));
        boris.put(frame(Codec::Pcmu, 8000));
        let mixed = clara.take(|_| {}).expect("a mix");
        let sample = g711::decode(mixed.codec, mixed.bytes[0]);
        assert!((15_000..17_000).contains(&sample), "{sample}");
        assert_eq!(clara.take(|_| {}), None);
        anna.put(frame(Codec::Pcma, 30_000));
        boris.put(frame(Codec::Pcmu, 30_000));
        assert!(g711::decode(Codec::Pcma, clara.take(|_| {}).expect("a mix").bytes[0]) > 30_000, "it clips");
    }

    #[test]
    fn who_is_muted_is_not_heard_and_who_is_gone_is_forgotten() {
        let (mut anna, mut boris) = (Cords::default(), Cords::default());
        tie((&mut anna, 1), (&mut boris, 2));
        anna.mute(true);
        anna.put(frame(Codec::Pcma, 1));
        assert_eq!(boris.take(|_| {}), None);
        anna.stand_in(true);
        anna.put(frame(Codec::Pcma, 1));
        assert!(boris.take(|_| {}).is_some(), "music in her place is heard");
        anna.stand_in(false);
        anna.put(frame(Codec::Pcma, 1));
        assert_eq!(boris.take(|_| {}), None, "she is muted still");
        anna.mute(false);
        anna.put(frame(Codec::Pcma, 1));
        drop(anna);
        assert!(boris.take(|_| {}).is_some(), "what was said is still heard");
        assert!(boris.hears());
        assert_eq!(boris.take(|_| {}), None);
        assert!(!boris.hears());
    }

    #[test]
    fn keys_go_to_whom_we_talk_with_and_not_to_who_listens() {
        let (mut anna, mut boris, mut ear) = (Cords::default(), Cords::default(), Cords::default());
        tie((&mut anna, 1), (&mut boris, 2));
        tie((&mut boris, 2), (&mut anna, 1));
        tie((&mut anna, 1), (&mut ear, 3));
        anna.press(7);
        let (mut talker, mut listener) = (Vec::new(), Vec::new());
        boris.take(|key| talker.push(key));
        ear.take(|key| listener.push(key));
        assert_eq!((talker, listener), (vec![7], vec![]));
    }
}
