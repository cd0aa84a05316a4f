//! Texts: every language, known slots in their places, sound files that are there.

use std::collections::BTreeMap;

use super::Checker;
use crate::domain::{Language, Words};
use crate::ivr::file::{Meaning, Texts};
use crate::ivr::mistake::told;
use crate::ivr::template::{self, Piece, Slot};
use crate::ivr::wording::{Prompt, Wording, says_name, sentences};

/// Where a text stands: it decides which slots it may have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Read back with the number entered.
    Confirm(Meaning),
    /// `say` and `ask`.
    Main,
    /// After a question, beside a key that chooses a language.
    Offer,
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
                let text = told(
                    "debtor.name cannot always be spoken: write without_name too",
                    "debtor.name произнести можно не всегда: напишите и without_name",
                );
                self.note(format!("{key}.{}", language.code()), text);
            }
            if without_name.as_ref().is_some_and(|spare| spare.contains(&Piece::Slot(Slot::DebtorName))) {
                let text = told("speaks debtor.name after all", "всё-таки произносит debtor.name");
                self.note(format!("{spare_key}.{}", language.code()), text);
            }
            prompt.0.insert(language, Wording { pieces, without_name: without_name.filter(|_| speaks_name) });
        }
        prompt
    }

    /// Reads what a key's language is offered with to those who hear another.
    pub(super) fn offer(&mut self, key: &str, offered: Option<Language>, texts: &Texts) -> Prompt {
        match offered {
            None => {
                let text =
                    told("only a language is offered: lang is missing", "предлагают только язык: нет lang");
                self.note(key, text);
            }
            Some(own) if texts.contains_key(&own) => {
                let text =
                    told("who hears this language is not offered it", "слышащим этот язык его не предлагают");
                self.note(format!("{key}.{}", own.code()), text);
            }
            Some(_) => {}
        }
        let others = self.languages().iter().copied().filter(|language| Some(*language) != offered);
        let read = self.pieces_in(others.collect(), key, Place::Offer, texts).into_iter();
        Prompt(read.map(|(language, pieces)| (language, Wording { pieces, without_name: None })).collect())
    }

    fn pieces(&mut self, key: &str, place: Place, texts: &Texts) -> BTreeMap<Language, Vec<Piece>> {
        self.pieces_in(self.languages().to_vec(), key, place, texts)
    }

    /// Reads the texts, which have to be there in `wanted`.
    fn pieces_in(
        &mut self,
        wanted: Vec<Language>,
        key: &str,
        place: Place,
        texts: &Texts,
    ) -> BTreeMap<Language, Vec<Piece>> {
        for language in wanted.iter().filter(|language| !texts.contains_key(language)) {
            let code = language.code();
            let text = told(format!("the text in {code} is missing"), format!("нет текста на языке {code}"));
            self.note(key, text);
        }
        let mut read = BTreeMap::new();
        for (&language, text) in texts {
            let key = format!("{key}.{}", language.code());
            if !self.languages().contains(&language) {
                self.note(&key, not_spoken(language));
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
            let text = told(
                "the sentence with debtor.name is synthesised beforehand: put the other slot into one of its own",
                "фраза с debtor.name синтезируется заранее: другую подстановку вынесите в отдельную фразу",
            );
            self.note(key, text);
        }
        for piece in pieces {
            match piece {
                Piece::File(path) if !self.prompt_files.contains(path) => {
                    let text = told(
                        format!("the sound file {path} is missing, or not 8 kHz mono"),
                        format!("звукового файла {path} нет, или он не 8 кГц моно"),
                    );
                    self.note(key, text);
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

/// A text or a key in a language that the flow does not name among its own.
pub(super) fn not_spoken(language: Language) -> Words {
    let code = language.code();
    told(format!("{code} is not among the flow's languages"), format!("{code} нет среди языков сценария"))
}

/// Why `slot` may not stand at `place`.
fn refused(slot: Slot, place: Place) -> Option<Words> {
    let (en, ru) = match (slot, place) {
        (_, Place::Offer) => ("an offer is fixed words", "предложение языка — постоянные слова"),
        (slot, Place::Voicemail) if slot.is_debt() => (
            "a message may be heard by anybody: it names neither the debt nor the creditor",
            "сообщение может услышать кто угодно: в нём ни долга, ни кредитора",
        ),
        (Slot::DebtorName, Place::Reaction | Place::Confirm(_)) => (
            "debtor.name may stand in say, ask and voicemail only",
            "debtor.name бывает только в say, ask и voicemail",
        ),
        (Slot::InputDate(_), Place::Confirm(Meaning::DayOfMonth)) => return None,
        (Slot::InputTime, Place::Confirm(Meaning::Hour)) => return None,
        (Slot::InputDate(_), Place::Confirm(Meaning::Hour)) => {
            ("an hour is read as {{ input | time }}", "час читается так: {{ input | time }}")
        }
        (Slot::InputTime, Place::Confirm(Meaning::DayOfMonth)) => {
            ("a day is read as {{ input | date }}", "день читается так: {{ input | date }}")
        }
        (slot, _) if slot.is_input() => ("input is known in confirm only", "input известен только в confirm"),
        _ => return None,
    };
    Some(told(en, ru))
}
