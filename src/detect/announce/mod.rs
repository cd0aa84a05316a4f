//! Announcements of operators, known again by their sound: a library of prints, and an ear that looks each moment of a
//! call up in it.

mod library;
mod print;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use super::sound::LINES;
use crate::domain::Announcement;
pub use library::{Entry, Library, LibraryError};
use print::{Printer, Word};

/// Listens on one call for what the library holds.
#[derive(Clone, Debug, Default)]
pub(super) struct AnnouncementEar {
    printer: Printer,
    /// The call's words, the newest last.
    recent: VecDeque<Word>,
}

impl AnnouncementEar {
    /// Takes a frame's power; gives the announcement that the last [`EVIDENCE`] voiced frames are, unless two of different
    /// meaning sound alike so far.
    pub fn hear(&mut self, power: &[f32; LINES], library: &Library) -> Option<Announcement> {
        let word = self.printer.print(power);
        if self.recent.len() == KEPT {
            self.recent.pop_front();
        }
        self.recent.push_back(word);
        if self.recent.len() < EVIDENCE {
            return None;
        }
        let mut found = None;
        // Few words of a call are an announcement's to the last bit: those are looked up, too, that differ in one.
        let near = (0..Word::BITS).map(|bit| word ^ 1 << bit);
        for word in std::iter::once(word).chain(near) {
            for (entry, at) in library.places(word).take(MOST_PLACES) {
                if self.fits(entry, at, MOST_STRAYS) {
                    match found {
                        None => found = Some(entry.says),
                        Some(says) if says == entry.says => {}
                        Some(_) => return None,
                    }
                }
            }
        }
        let says = found?;
        // Who says the same words at first is not in the index at this very frame.
        let mut others = library.entries().iter().filter(|entry| entry.says != says);
        (!others.any(|entry| self.resembles(entry))).then_some(says)
    }

    /// Whether the last voiced frames are the entry's, its frame `at` being now, but for so many strayed bits.
    fn fits(&self, entry: &Entry, at: usize, most: u32) -> bool {
        let (mut voiced, mut strays) = (0, 0);
        let then = entry.print[..=at].iter().rev();
        for (heard, known) in self.recent.iter().rev().zip(then) {
            let Some(known) = known else { continue };
            strays += (heard ^ known).count_ones();
            voiced += 1;
            if strays > most || voiced == EVIDENCE {
                break;
            }
        }
        voiced == EVIDENCE && strays <= most
    }

    /// Anywhere in this entry the last frames fit about as well.
    fn resembles(&self, entry: &Entry) -> bool {
        (EVIDENCE..entry.print.len()).any(|at| self.fits(entry, at, DOUBT))
    }
}

/// Voiced frames that must fit: 1.6 s of them.
pub const EVIDENCE: usize = 80;
/// Of their bits so many may differ, 28 in a hundred; of other sounds about half do.
const MOST_STRAYS: u32 = EVIDENCE as u32 * Word::BITS * 28 / 100;
/// Another meaning is not ruled out while no more than these differ.
const DOUBT: u32 = EVIDENCE as u32 * Word::BITS * 34 / 100;
/// Frames that are looked back at: those that must fit, and the pauses between them.
const KEPT: usize = 160;
/// A moment is compared with no more places than these.
const MOST_PLACES: usize = 16;
