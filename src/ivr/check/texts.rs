//! Texts: every language, known slots in their places, sound files that are there.

use std::collections::BTreeMap;

use super::Checker;
use crate::domain::Language;
use crate::ivr::file::{Meaning, Texts};
use crate::ivr::template::{self, Piece, Slot};
use crate::ivr::wording::{Prompt, Wording, says_name, sentences};

/// Where a text stands: it decides which slots it may have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Read back with the number entered.
    Confirm(Meaning),
    /// `say` and `ask`.
    Main,
    /// After silence or a wrong key.
    Reaction,
    Voicemail,
}

impl Checker<'_> {
    /// Reads a text and its wording without the name.
    pub(super) fn prompt(
        &mut self,
        key: &str,
        place: Place,
        texts: &Texts,
        without_name: Option<&Texts>,
    ) -> Prompt {
        let named = self.pieces(key, place, texts);
        let (parent, _) = key.rsplit_once('.').unwrap_or(("", key));
        let spare_key = format!("{parent}.without_name");
        let spare = without_name.map(|texts| self.pieces(&spare_key, place, texts));
        let mut prompt = Prompt::default();
        for (language, pieces) in named {
            let speaks_name = pieces.contains(&Piece::Slot(Slot::DebtorName));
            let without_name = spare.as_ref().and_then(|spare| spare.get(&language).cloned());
            if speaks_name && without_name.is_none() {
                let text = "debtor.name cannot always be spoken: write without_name too";
                self.note(format!("{key}.{}", language.code()), text);
            }
            if without_name.as_ref().is_some_and(|spare| spare.contains(&Piece::Slot(Slot::DebtorName))) {
                self.note(format!("{spare_key}.{}", language.code()), "speaks debtor.name after all");
            }
            prompt.0.insert(language, Wording { pieces, without_name: without_name.filter(|_| speaks_name) });
        }
        prompt
    }

    fn pieces(&mut self, key: &str, place: Place, texts: &Texts) -> BTreeMap<Language, Vec<Piece>> {
        for language in self.languages() {
            if !texts.contains_key(language) {
                self.note(key, format!("the text in {} is missing", language.code()));
            }
        }
        let mut read = BTreeMap::new();
        for (&language, text) in texts {
            let key = format!("{key}.{}", language.code());
            if !self.languages().contains(&language) {
                self.note(&key, format!("{} is not among the flow's languages", language.code()));
            }
            match template::parse(text) {
                Ok(pieces) => {
                    self.check_pieces(&key, place, &pieces);
                    read.insert(language, pieces);
                }
                Err(why) => self.note(&key, why),
            }
        }
        read
    }

    fn check_pieces(&mut self, key: &str, place: Place, pieces: &[Piece]) {
        let other = |piece: &Piece| matches!(piece, Piece::Slot(slot) if *slot != Slot::DebtorName);
        let named = sentences(pieces).into_iter().filter(|sentence| says_name(sentence));
        if named.flatten().any(other) {
            let text = "the sentence with debtor.name is synthesised beforehand: put the other slot into one of its own";
            self.note(key, text);
        }
        for piece in pieces {
            match piece {
                Piece::File(path) if !self.prompt_files.contains(path) => {
                    self.note(key, format!("the sound file {path} is missing, or not 8 kHz mono"));
                }
                Piece::Slot(slot) => {
                    if let Some(why) = refused(*slot, place) {
                        self.note(key, why);
                    }
                }
                Piece::File(_) | Piece::Words(_) => {}
            }
        }
    }
}

/// Why `slot` may not stand at `place`.
fn refused(slot: Slot, place: Place) -> Option<&'static str> {
    match (slot, place) {
        (slot, Place::Voicemail) if slot.is_debt() => {
            Some("a message may be heard by anybody: it names neither the debt nor the creditor")
        }
        (Slot::DebtorName, Place::Reaction | Place::Confirm(_)) => {
            Some("debtor.name may stand in say, ask and voicemail only")
        }
        (Slot::InputDate(_), Place::Confirm(Meaning::DayOfMonth)) => None,
        (Slot::InputTime, Place::Confirm(Meaning::Hour)) => None,
        (Slot::InputDate(_), Place::Confirm(Meaning::Hour)) => Some("an hour is read as {{ input | time }}"),
        (Slot::InputTime, Place::Confirm(Meaning::DayOfMonth)) => Some("a day is read as {{ input | date }}"),
        (slot, _) if slot.is_input() => Some("input is known in confirm only"),
        _ => None,
    }
}
