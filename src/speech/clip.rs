//! The name of one recorded clip.

use std::fmt;
use std::sync::Arc;

/// How the voice stands at the end of a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Intonation {
    /// The sentence goes on.
    Mid,
    /// The sentence ends here: the voice falls.
    End,
}

/// A clip of a pack: the file `prompts/<language>/<id>.wav`. ASCII letters, digits and `-`, so it is safe as a file name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClipId(Arc<str>);

impl ClipId {
    /// Reads an id; `None` when it would not be safe as a file name.
    pub fn parse(id: &str) -> Option<Self> {
        let safe = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        let sound = (1..=80).contains(&id.len()) && id.bytes().all(safe);
        sound.then(|| Self(id.into()))
    }

    /// The id without folder and `.wav`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ClipId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ClipId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
