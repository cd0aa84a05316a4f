//! The library of announcements: what a centre's carriers say, as prints under names.
//!
//! As text, a line an announcement: what it tells, its name, and its print, four hexadecimal digits for each 20 ms and
//! `----` for a pause. Empty lines and what begins with `#` are comments.

use std::collections::HashMap;
use std::fmt::{self, Display, Formatter};

use super::EVIDENCE;
use super::print::{Printer, Word};
use crate::detect::sound::Listener;
use crate::detect::tones::runs::RunEar;
use crate::detect::{FRAME, FRAME_MS};
use crate::domain::Announcement;

/// One announcement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it tells.
    pub says: Announcement,
    /// Without blanks; unique in its library.
    pub name: String,
    /// A word for each 20 ms; none in pauses and where a tone sounds.
    pub print: Vec<Option<Word>>,
}

/// Announcements, and where each word occurs in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Library {
    entries: Vec<Entry>,
    places: HashMap<Word, Vec<(u16, u16)>>,
}

/// Why something is no announcement of a library.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LibraryError {
    #[error("line {line} is no announcement: `busy|not_in_service|switched_off NAME PRINT`")]
    Line { line: usize },
    #[error("{name} is in the library already")]
    Known { name: String },
    #[error("a name has letters, digits, `-`, `_` and `.` only, not {name:?}")]
    Name { name: String },
    #[error(
        "{name} has {frames} frames of 20 ms that sound and are no tone; an announcement has at least {EVIDENCE}"
    )]
    TooShort { name: String, frames: usize },
    #[error("the library is full")]
    Full,
}

impl Entry {
    /// Makes an announcement's print of a recording: 8 kHz, from its first sound on.
    ///
    /// # Errors
    /// When the name won't do or too little sounds.
    pub fn of(says: Announcement, name: &str, samples: &[i16]) -> Result<Self, LibraryError> {
        let (mut listener, mut printer) = (Listener::default(), Printer::default());
        let mut runs = RunEar::default();
        let (mut levels, mut print) = (Vec::new(), Vec::new());
        for (at_ms, frame) in
            (0..).step_by(FRAME_MS as usize).zip(samples.as_chunks::<FRAME>().0).take(LONGEST)
        {
            let sound = listener.hear(frame);
            levels.push(sound.level);
            print.push(Some(printer.print(listener.power())));
            runs.hear(at_ms, &sound);
            // The tones before an announcement are before many others, too.
            if let Some(tone) = runs.current.as_ref().filter(|run| run.is_tone()) {
                print[(tone.since_ms / FRAME_MS) as usize..].fill(None);
            }
        }
        let loudest = levels.iter().copied().fold(-90.0, f32::max);
        for (word, level) in print.iter_mut().zip(levels) {
            word.take_if(|_| level <= (loudest - FAINT).max(FAINTEST));
        }
        Self { says, name: name.to_owned(), print }.checked()
    }

    fn checked(self) -> Result<Self, LibraryError> {
        let plain = |letter: char| letter.is_alphanumeric() || "-_.".contains(letter);
        if self.name.is_empty() || !self.name.chars().all(plain) {
            return Err(LibraryError::Name { name: self.name });
        }
        let frames = self.print.iter().flatten().count();
        if frames < EVIDENCE {
            return Err(LibraryError::TooShort { name: self.name, frames });
        }
        Ok(self)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let (says, name, print) = (words.next()?, words.next()?, words.next()?);
        let print = print
            .as_bytes()
            .chunks(4)
            .map(|digits| match digits {
                b"----" => Some(None),
                [_, _, _, _] => Word::from_str_radix(str::from_utf8(digits).ok()?, 16).ok().map(Some),
                _ => None,
            })
            .collect::<Option<_>>()?;
        let entry = Self { says: Announcement::parse(says)?, name: name.to_owned(), print };
        words.next().is_none().then(|| entry.checked().ok()).flatten()
    }
}

impl Library {
    /// Reads the text.
    ///
    /// # Errors
    /// The first line that is no announcement, or one whose name was there before.
    pub fn parse(text: &str) -> Result<Self, LibraryError> {
        let mut library = Self::default();
        for (line, text) in (1..).zip(text.lines()) {
            if !text.trim().is_empty() && !text.starts_with('#') {
                library.add(Entry::parse(text).ok_or(LibraryError::Line { line })?)?;
            }
        }
        Ok(library)
    }

    /// Takes an announcement in.
    ///
    /// # Errors
    /// When its name is taken or there are too many.
    pub fn add(&mut self, entry: Entry) -> Result<(), LibraryError> {
        if self.entries.iter().any(|known| known.name == entry.name) {
            return Err(LibraryError::Known { name: entry.name });
        }
        let no = u16::try_from(self.entries.len()).map_err(|_| LibraryError::Full)?;
        for (at, word) in (0..).zip(&entry.print) {
            if let Some(word) = word {
                self.places.entry(*word).or_default().push((no, at));
            }
        }
        self.entries.push(entry);
        Ok(())
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Where this word occurs: the announcement and the frame in it.
    pub(super) fn places(&self, word: Word) -> impl Iterator<Item = (&Entry, usize)> {
        let places = self.places.get(&word).map(Vec::as_slice).unwrap_or_default();
        places.iter().map(|(no, at)| (&self.entries[usize::from(*no)], usize::from(*at)))
    }
}

impl Display for Entry {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ", self.says.code(), self.name)?;
        self.print.iter().try_for_each(|word| match word {
            Some(word) => write!(f, "{word:04x}"),
            None => write!(f, "----"),
        })
    }
}

/// Frames of an announcement that are kept: 12 s.
const LONGEST: usize = 600;
/// So much fainter than the loudest frame, in dB, is a pause.
const FAINT: f32 = 30.0;
/// In dBm0: nothing fainter is an announcement's voice.
const FAINTEST: f32 = -50.0;
