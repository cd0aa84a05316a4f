//! SDP offer and answer (RFC 3264, RFC 8866): our audio in, the far end's out. Pure.

mod read;
mod write;

use std::net::{IpAddr, SocketAddr};

pub use read::{NoMedia, body_of, read};

use crate::domain::Codec;
use crate::domain::media_target::{Direction, MediaTarget};

/// The payload type we give telephone events (RFC 4733) in our own offers.
pub const TELEPHONE_EVENT: u8 = 101;

/// Our side of one audio stream through its offers and answers.
#[derive(Clone, Debug)]
pub struct LocalMedia {
    rtp: SocketAddr,
    codecs: Vec<Codec>,
    /// `o=`'s session id.
    session: u64,
    /// `o=`'s version; grows with each description that differs from the last (RFC 3264 section 8).
    version: u64,
    /// The last description without its origin.
    said: Option<String>,
    direction: Direction,
}

impl LocalMedia {
    /// `session` is any number that tells this call's descriptions from others.
    pub fn new(rtp: SocketAddr, codecs: Vec<Codec>, session: u64) -> Self {
        // Some peers read `o=` into 31 bits.
        Self {
            rtp,
            codecs,
            session: session & 0x7fff_ffff,
            version: 1,
            said: None,
            direction: Direction::Both,
        }
    }

    /// The description to offer.
    pub fn offer(&mut self) -> String {
        let said = write::audio(self, &self.codecs, Some(TELEPHONE_EVENT), self.direction);
        self.say(said)
    }

    /// What we ask for.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// Changes what we ask for; the next offer says so.
    pub fn turn(&mut self, direction: Direction) {
        self.direction = direction;
    }

    /// Reads the answer to our offer.
    ///
    /// # Errors
    /// When the body can't be read or has no audio in common with the offer.
    pub fn read_answer(&self, body: &[u8]) -> Result<MediaTarget, NoMedia> {
        let mut target = read(body, &self.codecs)?;
        target.direction = both(target.direction, self.direction);
        Ok(target)
    }

    /// Answers the far end's offer: our description and what was agreed.
    ///
    /// # Errors
    /// When the offer can't be read or has no audio in common with us (488).
    pub fn answer(&mut self, offer: &[u8]) -> Result<(String, MediaTarget), NoMedia> {
        let mut target = read(offer, &self.codecs)?;
        target.direction = both(target.direction, self.direction);
        let said = write::answer(self, offer, &target);
        Ok((self.say(said), target))
    }

    /// A whole description, with a new version if it says something new.
    fn say(&mut self, said: String) -> String {
        if self.said.as_ref().is_some_and(|last| *last != said) {
            self.version += 1;
        }
        let whole = write::origin(self) + &said;
        self.said = Some(said);
        whole
    }

    fn ip(&self) -> IpAddr {
        self.rtp.ip()
    }
}

/// What two wishes leave of a stream, both seen from us.
fn both(one: Direction, other: Direction) -> Direction {
    let sends = |d| matches!(d, Direction::Both | Direction::SendOnly);
    let receives = |d| matches!(d, Direction::Both | Direction::ReceiveOnly);
    match (sends(one) && sends(other), receives(one) && receives(other)) {
        (true, true) => Direction::Both,
        (true, false) => Direction::SendOnly,
        (false, true) => Direction::ReceiveOnly,
        (false, false) => Direction::Inactive,
    }
}

#[cfg(test)]
mod tests;
