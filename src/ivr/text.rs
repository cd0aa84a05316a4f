//! A text with slots that a person reads out, not a flow.

use jiff::civil::Date;

use super::mistake::told;
use super::template::{Piece, Slot, parse};
use crate::domain::utterance::YEAR_FROM_DAYS;
use crate::domain::{Language, Money, Part, PhoneNumber, Utterance, Words};

/// A text that was read and whose slots are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(Vec<Piece>);

/// What stands in the slots.
#[derive(Clone, Copy, Debug)]
pub struct TextFacts<'a> {
    /// As the lists write it.
    pub name: &'a str,
    pub creditor: &'a str,
    pub amount: Money,
    pub due: Date,
    pub callback: &'a PhoneNumber,
    pub today: Date,
}

impl Text {
    /// Reads a text.
    ///
    /// # Errors
    /// The first mistake, in words.
    pub fn parse(text: &str) -> Result<Self, Words> {
        let pieces = parse(text)?;
        let unfit = pieces.iter().any(|piece| match piece {
            Piece::File(_) => true,
            Piece::Slot(slot) => slot.is_input(),
            Piece::Words(_) => false,
        });
        if unfit {
            Err(told(
                "a sound file, or {{ input }}, which a talk has not",
                "звуковой файл или {{ input }}, которых в разговоре нет",
            ))
        } else {
            Ok(Self(pieces))
        }
    }

    /// It tells of the debt: it may be read out only to whoever said who he is.
    pub fn tells_debt(&self) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Slot(slot) if slot.is_debt()))
    }

    pub(super) fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// The text for one debtor.
    pub fn fill(&self, language: Language, facts: &TextFacts<'_>) -> Utterance {
        let part = |piece: &Piece| match piece {
            Piece::File(path) => Part::File(path.clone()),
            Piece::Words(words) => Part::Words(words.clone()),
            Piece::Slot(Slot::Amount(case)) => Part::Money { amount: facts.amount, case: *case },
            Piece::Slot(Slot::Callback) => Part::Phone(facts.callback.clone()),
            Piece::Slot(Slot::Creditor) => Part::Words(facts.creditor.to_owned()),
            Piece::Slot(Slot::DebtorName) => Part::Words(facts.name.to_owned()),
            Piece::Slot(Slot::Due(case) | Slot::InputDate(case)) => {
                let days = facts.today.until(facts.due).map_or(0, |span| span.get_days().abs());
                Part::Date { date: facts.due, case: *case, with_year: days > YEAR_FROM_DAYS }
            }
            Piece::Slot(Slot::InputTime) => Part::Words(String::new()),
        };
        Utterance { language, parts: self.0.iter().map(part).collect() }
    }
}
