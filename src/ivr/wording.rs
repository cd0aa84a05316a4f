//! What a prompt says in each language, with and without the debtor's name.

use std::collections::BTreeMap;

use super::CallFacts;
use super::template::{Piece, Slot};
use crate::domain::utterance::{Case, YEAR_FROM_DAYS};
use crate::domain::{Language, Money, Part, PersonName, Utterance};

use jiff::civil::{Date, Time};

/// One prompt in every language of its flow.
#[derive(Clone, Debug, Default)]
pub(super) struct Prompt(pub(super) BTreeMap<Language, Wording>);

#[derive(Clone, Debug)]
pub(super) struct Wording {
    pub(super) pieces: Vec<Piece>,
    /// Present wherever `pieces` speak the debtor's name.
    pub(super) without_name: Option<Vec<Piece>>,
}

/// A number the debtor entered, as far as it has a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entered {
    Day(Date),
    Hour(u8),
}

/// A prompt ready to be said, and how much of it must be heard for what.
#[derive(Clone, Debug)]
pub(super) struct Rendered {
    pub(super) utterance: Utterance,
    /// Percent of its sound after which the amount was heard; absent when it is not told.
    pub(super) amount_at: Option<u8>,
    /// The same for the due date.
    pub(super) date_at: Option<u8>,
    pub(super) tells_debt: bool,
}

impl Prompt {
    /// Every text in every language, both wordings.
    pub(super) fn every_text(&self) -> impl Iterator<Item = (Language, &[Piece])> {
        self.0.iter().flat_map(|(&language, wording)| {
            let both = [Some(&wording.pieces), wording.without_name.as_ref()];
            both.into_iter().flatten().map(move |pieces| (language, pieces.as_slice()))
        })
    }

    pub(super) fn slots(&self) -> impl Iterator<Item = Slot> {
        self.every_text().flat_map(|(_, pieces)| pieces).filter_map(|piece| match piece {
            Piece::Slot(slot) => Some(*slot),
            Piece::File(_) | Piece::Words(_) => None,
        })
    }

    /// The prompt as it would be said to somebody of this name, in one language; other slots are left out: the checker
    /// keeps them out of the sentence with the name. `None` when it does not say the name.
    pub(super) fn with_name(&self, language: Language, name: &PersonName) -> Option<Utterance> {
        let pieces = &self.0.get(&language)?.pieces;
        let part = |piece: &Piece| match piece {
            Piece::File(path) => Some(Part::File(path.clone())),
            Piece::Slot(Slot::DebtorName) => Some(Part::Name(name.clone())),
            Piece::Slot(_) => None,
            Piece::Words(words) => Some(Part::Words(words.clone())),
        };
        let parts = pieces.iter().filter_map(part).collect();
        says_name(pieces).then_some(Utterance { language, parts })
    }

    /// The sentences of one language that tell the creditor or the amount, both wordings. Other slots are left out: every
    /// pack says dates, and a sentence with a name has no other slot.
    pub(super) fn debt_sentences(&self, language: Language, creditor: &str, amount: Money) -> Vec<Utterance> {
        let part = |piece: &Piece| match piece {
            Piece::File(path) => Some(Part::File(path.clone())),
            Piece::Slot(Slot::Amount(case)) => Some(Part::Money { amount, case: *case }),
            Piece::Slot(Slot::Creditor) => Some(Part::Words(creditor.to_owned())),
            Piece::Slot(_) => None,
            Piece::Words(words) => Some(Part::Words(words.clone())),
        };
        let tells = |piece: &Piece| matches!(piece, Piece::Slot(Slot::Amount(_) | Slot::Creditor));
        let texts = self.every_text().filter(|(of, _)| *of == language);
        let telling = texts.flat_map(|(_, pieces)| sentences(pieces)).filter(|said| said.iter().any(tells));
        telling.map(|said| Utterance { language, parts: said.iter().filter_map(part).collect() }).collect()
    }

    /// It tells the amount, the due date or the creditor.
    pub(super) fn reads_debt(&self) -> bool {
        self.slots().any(Slot::is_debt)
    }

    /// The fixed words, in every language.
    pub(super) fn words(&self) -> String {
        let pieces = self
            .0
            .values()
            .flat_map(|wording| wording.pieces.iter().chain(wording.without_name.iter().flatten()));
        let words = pieces.filter_map(|piece| match piece {
            Piece::Words(words) => Some(words.as_str()),
            Piece::File(_) | Piece::Slot(_) => None,
        });
        words.collect::<Vec<_>>().join(" ")
    }

    /// It calls the debtor by his name.
    pub(super) fn reads_name(&self) -> bool {
        self.slots().any(|slot| slot == Slot::DebtorName)
    }

    /// Whether in `language` it is said with the debtor's name, where a voice has it.
    pub(super) fn calls_by_name(&self, language: Language) -> bool {
        self.0.get(&language).is_some_and(|wording| says_name(&wording.pieces))
    }

    /// Fills the slots for one call; `offers` are said after the prompt's own words.
    pub(super) fn render(
        &self,
        language: Language,
        facts: &CallFacts,
        entered: Option<Entered>,
        offers: &[Piece],
    ) -> Rendered {
        let wording = &self.0[&language];
        let name = facts.name.as_ref().and_then(|name| name.in_language(language));
        let pieces = match (name, &wording.without_name) {
            (None, Some(without_name)) => without_name,
            (None, None) | (Some(_), _) => &wording.pieces,
        };
        let pieces = &[pieces.as_slice(), offers].concat();
        let parts: Vec<Part> = pieces.iter().filter_map(|piece| part(piece, facts, name, entered)).collect();
        Rendered {
            amount_at: heard_at(pieces, |slot| matches!(slot, Slot::Amount(_))),
            date_at: heard_at(pieces, |slot| matches!(slot, Slot::Due(_))),
            tells_debt: pieces.iter().any(|piece| matches!(piece, Piece::Slot(slot) if slot.is_debt())),
            utterance: Utterance { language, parts },
        }
    }
}

/// The pieces of each sentence.
pub(super) fn sentences(pieces: &[Piece]) -> Vec<&[Piece]> {
    let ends = |piece: &Piece| match piece {
        Piece::File(_) => true,
        Piece::Slot(_) => false,
        Piece::Words(words) => words.ends_with(['.', '?', '!', '\u{2026}']),
    };
    pieces.split_inclusive(ends).collect()
}

pub(super) fn says_name(sentence: &[Piece]) -> bool {
    sentence.contains(&Piece::Slot(Slot::DebtorName))
}

/// The part that says `piece`; none for a slot without its value, which the checker has ruled out.
fn part(
    piece: &Piece,
    facts: &CallFacts,
    name: Option<&PersonName>,
    entered: Option<Entered>,
) -> Option<Part> {
    let day = |date: Date, case: Case| {
        let days = facts.today.until(date).map_or(0, |span| span.get_days().abs());
        Part::Date { date, case, with_year: days > YEAR_FROM_DAYS }
    };
    let slot = match piece {
        Piece::File(path) => return Some(Part::File(path.clone())),
        Piece::Words(words) => return Some(Part::Words(words.clone())),
        Piece::Slot(slot) => *slot,
    };
    match (slot, entered) {
        (Slot::Amount(case), _) => Some(Part::Money { amount: facts.amount, case }),
        (Slot::Callback, _) => Some(Part::Phone(facts.callback.clone())),
        (Slot::Creditor, _) => Some(Part::Words(facts.creditor.clone())),
        (Slot::DebtorName, _) => name.cloned().map(Part::Name),
        (Slot::Due(case), _) => Some(day(facts.due, case)),
        (Slot::InputDate(case), Some(Entered::Day(date))) => Some(day(date, case)),
        (Slot::InputTime, Some(Entered::Hour(hour))) => {
            i8::try_from(hour).ok().and_then(|hour| Time::new(hour, 0, 0, 0).ok()).map(Part::Time)
        }
        (Slot::InputDate(_), Some(Entered::Hour(_)) | None)
        | (Slot::InputTime, Some(Entered::Day(_)) | None) => None,
    }
}

/// Percent of the sound after which the last slot that `wanted` picks is over: a guess from the lengths as spoken,
/// with a tenth of the whole on top, so that it errs towards "not heard".
fn heard_at(pieces: &[Piece], wanted: impl Fn(Slot) -> bool) -> Option<u8> {
    let mut said = 0;
    let mut heard = None;
    for piece in pieces {
        said += spoken_length(piece);
        if matches!(piece, Piece::Slot(slot) if wanted(*slot)) {
            heard = Some(said);
        }
    }
    let percent = heard? * 100 / said.max(1) + 10;
    Some(u8::try_from(percent.min(100)).expect("100 at most"))
}

/// About how many letters a piece takes when spoken.
fn spoken_length(piece: &Piece) -> usize {
    match piece {
        Piece::Words(words) => words.chars().count(),
        Piece::Slot(Slot::Amount(_) | Slot::Callback) => 50,
        Piece::Slot(Slot::Due(_) | Slot::InputDate(_)) => 22,
        Piece::File(_) | Piece::Slot(Slot::Creditor | Slot::DebtorName | Slot::InputTime) => 15,
    }
}
