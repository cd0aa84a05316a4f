//! What the grammar writes: words, with the pauses between them.

/// One piece of a sentence. The text and the sound are both made from these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Word(String),
    Break(Break),
    /// A recorded file, by its path in the prompt folder; stands alone.
    File(String),
}

/// A pause, by the mark that stands for it in writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Break {
    /// Comma, colon, dash, and between the groups of a telephone number.
    Short,
    /// Full stop, question or exclamation mark: the sentence ends.
    Long,
}

/// A slot's reading, being written.
#[derive(Debug, Default)]
pub(super) struct Pieces(pub Vec<Piece>);

impl Pieces {
    /// Adds words separated by spaces.
    pub fn say(&mut self, words: &str) {
        self.0.extend(words.split(' ').map(|word| Piece::Word(word.to_owned())));
    }

    pub fn pause(&mut self) {
        self.0.push(Piece::Break(Break::Short));
    }

    /// The words alone, with spaces between.
    pub fn text(&self) -> String {
        let words = self.0.iter().filter_map(|piece| match piece {
            Piece::Word(word) => Some(word.as_str()),
            Piece::Break(_) | Piece::File(_) => None,
        });
        words.collect::<Vec<_>>().join(" ")
    }
}

/// Splits written words into pieces. Quotes and brackets are silent; a mark inside a word (`p.m.`, `7,5`) belongs
/// to the word.
pub(super) fn pieces_of(written: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for token in written.split_whitespace() {
        let bare = token.trim_matches(|c: char| !c.is_alphanumeric());
        let before_bare = token.find(|c: char| c.is_alphanumeric()).unwrap_or(token.len());
        let marks = &token[before_bare + bare.len()..];
        if let Some(pause) = break_of(&token[..before_bare]) {
            pieces.push(Piece::Break(pause));
        }
        if !bare.is_empty() {
            pieces.push(Piece::Word(bare.to_owned()));
        }
        if let Some(pause) = break_of(marks).filter(|_| !is_abbreviation(bare, marks)) {
            pieces.push(Piece::Break(pause));
        }
    }
    pieces
}

fn break_of(marks: &str) -> Option<Break> {
    if marks.contains(['.', '!', '?', '…']) {
        Some(Break::Long)
    } else {
        marks.contains([',', ':', ';', '—', '–', '-']).then_some(Break::Short)
    }
}

/// `p.m.` ends with a full stop that ends no sentence.
fn is_abbreviation(bare: &str, marks: &str) -> bool {
    bare.contains('.') && marks == "."
}

/// The words alone as a recogniser would write them: small letters, no marks; ё and inner hyphens stay.
pub fn plain(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        let kept = word.chars().filter(|c| c.is_alphanumeric() || *c == '-');
        let word: String = kept.flat_map(char::to_lowercase).collect();
        word.trim_matches('-').to_owned()
    });
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The form in which words are compared: small letters, ё as е, a hyphen as a space, other marks gone.
pub(super) fn fold(words: &str) -> String {
    let words = words.split(|c: char| c.is_whitespace() || c == '-').map(|word| {
        let kept = word.chars().filter(|c| c.is_alphanumeric());
        kept.flat_map(char::to_lowercase).map(|c| if c == 'ё' { 'е' } else { c }).collect()
    });
    words.filter(|word: &String| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_pauses_and_quotes_are_silent() {
        let word = |w: &str| Piece::Word(w.to_owned());
        let expected = [
            word("Сумма"),
            Piece::Break(Break::Short),
            word("Ромашка"),
            word("Телеком"),
            Piece::Break(Break::Long),
            word("p.m"),
        ];
        assert_eq!(pieces_of("Сумма: «Ромашка Телеком». p.m."), expected);
    }

    #[test]
    fn a_lone_mark_is_a_pause() {
        assert_eq!(pieces_of(". "), [Piece::Break(Break::Long)]);
        assert_eq!(pieces_of("—"), [Piece::Break(Break::Short)]);
        assert_eq!(pieces_of("«»"), []);
    }

    #[test]
    fn words_are_compared_without_case_marks_and_yo() {
        assert_eq!(fold("Ещё  раз, p.m. — «Ёлка» по-русски!"), "еще раз pm елка по русски");
    }
}
