//! Russian counts, times and durations.

use std::time::Duration;

use jiff::civil::Time;

use super::super::Unspeakable;
use super::super::pieces::Pieces;
use super::nouns::{HOUR, MINUTE, SECOND, noun};
use super::numerals::counted;
use crate::domain::Language;
use crate::domain::utterance::Case;

/// «двадцать два дня».
pub(in crate::speech) fn count(
    out: &mut Pieces,
    number: u64,
    word: &str,
    case: Case,
) -> Result<(), Unspeakable> {
    let noun =
        noun(word).ok_or_else(|| Unspeakable::Noun { noun: word.to_owned(), language: Language::Ru })?;
    counted(out, number, &noun, case)
}

/// «девятнадцать часов», «девять часов пять минут». Seconds are not said.
pub(in crate::speech) fn time(out: &mut Pieces, time: Time, case: Case) -> Result<(), Unspeakable> {
    counted(out, time.hour().unsigned_abs().into(), &HOUR, case)?;
    if time.minute() > 0 {
        counted(out, time.minute().unsigned_abs().into(), &MINUTE, case)?;
    }
    Ok(())
}

/// «один час тридцать минут». Units that are zero are not said, but for a zero duration.
pub(in crate::speech) fn duration(
    out: &mut Pieces,
    duration: Duration,
    case: Case,
) -> Result<(), Unspeakable> {
    let seconds = duration.as_secs();
    for (number, noun) in [(seconds / 3600, HOUR), (seconds / 60 % 60, MINUTE), (seconds % 60, SECOND)] {
        if number > 0 {
            counted(out, number, &noun, case)?;
        }
    }
    if seconds == 0 {
        counted(out, 0, &SECOND, case)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil;

    use super::*;

    fn said(write: impl FnOnce(&mut Pieces) -> Result<(), Unspeakable>) -> String {
        let mut out = Pieces::default();
        write(&mut out).unwrap();
        out.text()
    }

    #[test]
    fn a_count_agrees_with_its_noun() {
        assert_eq!(said(|out| count(out, 22, "день", Case::Nominative)), "двадцать два дня");
        assert_eq!(said(|out| count(out, 1, "неделя", Case::Accusative)), "одну неделю");
        assert_eq!(said(|out| count(out, 5, "год", Case::Genitive)), "пяти лет");
        assert_eq!(said(|out| count(out, 21, "письмо", Case::Nominative)), "двадцать одно письмо");
        assert_eq!(said(|out| count(out, 2, "окна", Case::Nominative)), "два окна");
        let elephant = count(&mut Pieces::default(), 1, "слон", Case::Nominative);
        assert!(matches!(elephant, Err(Unspeakable::Noun { .. })));
    }

    #[test]
    fn times_and_durations() {
        let at = |h, m, case| said(|out| time(out, civil::time(h, m, 0, 0), case));
        assert_eq!(at(19, 0, Case::Nominative), "девятнадцать часов");
        assert_eq!(at(19, 0, Case::Genitive), "девятнадцати часов");
        assert_eq!(at(21, 31, Case::Nominative), "двадцать один час тридцать одна минута");
        assert_eq!(at(0, 5, Case::Nominative), "ноль часов пять минут");
        let lasts = |s| said(|out| duration(out, Duration::from_secs(s), Case::Nominative));
        assert_eq!(lasts(5_400), "один час тридцать минут");
        assert_eq!(lasts(62), "одна минута две секунды");
        assert_eq!(lasts(0), "ноль секунд");
    }
}
