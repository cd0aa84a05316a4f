//! Texts with slots: `{{ debt.due | date: genitive }} — the day to pay.`

use super::mistake::told;
use crate::domain::Words;
use crate::domain::utterance::Case;

/// One piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A sound file, by its path.
    File(String),
    Slot(Slot),
    /// Fixed words with their marks: one sentence, or what of it stands beside a slot; perhaps a mark alone.
    Words(String),
}

/// A value of the call that a text may speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// `debt.amount | money[: case]`
    Amount(Case),
    /// `campaign.callback | phone`
    Callback,
    /// `debt.creditor`
    Creditor,
    /// `debtor.name`
    DebtorName,
    /// `debt.due | date[: case]`
    Due(Case),
    /// `input | date[: case]`, in `confirm` only
    InputDate(Case),
    /// `input | time`, in `confirm` only
    InputTime,
}

impl Slot {
    /// It tells of the debt: never before the person said who he is.
    pub fn is_debt(self) -> bool {
        matches!(self, Self::Amount(_) | Self::Due(_) | Self::Creditor)
    }

    /// It is what the debtor has just entered.
    pub fn is_input(self) -> bool {
        matches!(self, Self::InputDate(_) | Self::InputTime)
    }
}

const SLOTS: [&str; 6] =
    ["debtor.name", "debt.creditor", "debt.amount", "debt.due", "campaign.callback", "input"];

/// Cuts a text into pieces; the first mistake in words otherwise.
pub fn parse(text: &str) -> Result<Vec<Piece>, Words> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(told("an empty text", "пустой текст"));
    }
    if trimmed.ends_with(".wav") && !trimmed.contains([' ', '{']) {
        return Ok(vec![Piece::File(trimmed.to_owned())]);
    }
    let mut pieces = Vec::new();
    let mut rest = trimmed;
    while let Some((before, after)) = rest.split_once("{{") {
        push_words(&mut pieces, before);
        let (slot, after) = after.split_once("}}").ok_or_else(|| {
            told("a slot opens with {{ and never closes", "подстановка открыта {{ и не закрыта")
        })?;
        pieces.push(Piece::Slot(parse_slot(slot.trim())?));
        rest = after;
    }
    if rest.contains("}}") {
        return Err(told("}} closes a slot that never opened", "}} закрывает то, что не открыто"));
    }
    push_words(&mut pieces, rest);
    Ok(pieces)
}

/// Adds the sentences of `text`, each as a piece of its own, so that one recording serves every text it stands in.
fn push_words(pieces: &mut Vec<Piece>, text: &str) {
    let mut sentence: Vec<&str> = Vec::new();
    let words: Vec<&str> = text.split_whitespace().collect();
    for (at, word) in words.iter().enumerate() {
        sentence.push(word);
        if word.ends_with(['.', '?', '!']) || at + 1 == words.len() {
            pieces.push(Piece::Words(sentence.join(" ")));
            sentence.clear();
        }
    }
}

/// Reads `debt.due | date: genitive`.
fn parse_slot(slot: &str) -> Result<Slot, Words> {
    let (name, filter) =
        slot.split_once('|').map_or((slot, ""), |(name, filter)| (name.trim(), filter.trim()));
    let (filter, case) = filter.split_once(':').map_or((filter, ""), |(f, case)| (f.trim(), case.trim()));
    let found = match (name, filter) {
        ("debtor.name", "") => Some(Slot::DebtorName),
        ("debt.creditor", "") => Some(Slot::Creditor),
        ("campaign.callback", "phone") => Some(Slot::Callback),
        ("input", "time") => Some(Slot::InputTime),
        ("debt.amount", "money") => {
            return parse_case(slot, case, &[Case::Nominative, Case::Accusative, Case::Genitive])
                .map(Slot::Amount);
        }
        ("debt.due", "date") => {
            return parse_case(slot, case, &[Case::Nominative, Case::Genitive]).map(Slot::Due);
        }
        ("input", "date") => {
            return parse_case(slot, case, &[Case::Nominative, Case::Genitive]).map(Slot::InputDate);
        }
        _ => None,
    };
    match found {
        Some(slot) if case.is_empty() => Ok(slot),
        Some(_) => {
            Err(told(format!("{{{{ {slot} }}}} takes no case"), format!("у {{{{ {slot} }}}} нет падежей")))
        }
        None if SLOTS.contains(&name) => {
            let kind = kind(name);
            Err(told(
                format!("{{{{ {slot} }}}} has not the type of {name}: {}", kind.en),
                format!("у {{{{ {slot} }}}} не тот вид; для {name}: {}", kind.ru),
            ))
        }
        None => {
            let slots = SLOTS.join(", ");
            Err(told(
                format!("{{{{ {slot} }}}} is no slot; there are {slots}"),
                format!("нет подстановки {{{{ {slot} }}}}; есть {slots}"),
            ))
        }
    }
}

fn kind(name: &str) -> Words {
    match name {
        "campaign.callback" => told("phone", "phone"),
        "debt.amount" => told("money", "money"),
        "debt.due" => told("date", "date"),
        "input" => told("date or time", "date или time"),
        _ => told("none, it stands alone", "никакого, она стоит одна"),
    }
}

fn parse_case(slot: &str, case: &str, readable: &[Case]) -> Result<Case, Words> {
    let found = match case {
        "" | "nom" | "nominative" => Some(Case::Nominative),
        "acc" | "accusative" => Some(Case::Accusative),
        "gen" | "genitive" => Some(Case::Genitive),
        _ => None,
    };
    found.filter(|case| readable.contains(case)).ok_or_else(|| {
        let names: Vec<_> = readable.iter().map(|case| format!("{case:?}").to_lowercase()).collect();
        told(
            format!("{{{{ {slot} }}}} cannot be read in case {case:?}; write {}", names.join(" or ")),
            format!("{{{{ {slot} }}}} не читается в падеже {case:?}; пишут {}", names.join(" или ")),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Piece {
        Piece::Words(text.to_owned())
    }

    #[test]
    fn a_text_is_cut_at_its_slots_and_at_the_ends_of_sentences() {
        let pieces = parse("Срок: {{ debt.due | date: genitive }}. Сумма —\n {{debt.amount|money}}! Да?")
            .expect("sound");
        assert_eq!(
            pieces,
            [
                words("Срок:"),
                Piece::Slot(Slot::Due(Case::Genitive)),
                words("."),
                words("Сумма —"),
                Piece::Slot(Slot::Amount(Case::Nominative)),
                words("!"),
                words("Да?"),
            ]
        );
        assert_eq!(parse("prompts/menu.wav"), Ok(vec![Piece::File("prompts/menu.wav".to_owned())]));
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_what_can() {
        let refused = [
            ("{{ debt.amount }}", "money"),
            ("{{ debt.amount | date }}", "money"),
            ("{{ debt.due | date: accusative }}", "nominative or genitive"),
            ("{{ debt.sum | money }}", "debt.amount"),
            ("{{ debtor.name: genitive }}", "debtor.name"),
            ("{{ campaign.callback | phone: gen }}", "no case"),
            ("{{ debtor.name", "never closes"),
            ("debtor.name }}", "never opened"),
            ("  ", "empty"),
        ];
        for (text, hint) in refused {
            let why = parse(text).expect_err(text);
            assert!(why.en.contains(hint), "{text}: {why:?}");
        }
    }
}
