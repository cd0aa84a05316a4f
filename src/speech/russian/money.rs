//! Russian money: «одна тысяча двести тридцать четыре рубля пятьдесят копеек».

use super::super::Unspeakable;
use super::super::pieces::Pieces;
use super::nouns::{CENT, DOLLAR, EURO, KOPECK, Noun, ROUBLE, TENGE, TIYN};
use super::numerals::counted;
use crate::domain::utterance::Case;
use crate::domain::{Currency, Money};

/// Writes the amount; a zero of the minor unit is dropped, a zero of the major one is said.
pub(in crate::speech) fn money(out: &mut Pieces, amount: Money, case: Case) -> Result<(), Unspeakable> {
    let minor = u64::try_from(amount.minor).map_err(|_| Unspeakable::Negative)?;
    let (major_noun, minor_noun) = nouns_of(amount.currency);
    counted(out, minor / 100, &major_noun, case)?;
    if minor % 100 > 0 {
        counted(out, minor % 100, &minor_noun, case)?;
    }
    Ok(())
}

/// The major and the minor unit.
pub(in crate::speech) fn nouns_of(currency: Currency) -> (Noun, Noun) {
    match currency {
        Currency::Eur => (EURO, CENT),
        Currency::Kzt => (TENGE, TIYN),
        Currency::Rub => (ROUBLE, KOPECK),
        Currency::Usd => (DOLLAR, CENT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(minor: i64, currency: Currency, case: Case) -> String {
        let mut out = Pieces::default();
        money(&mut out, Money::new(minor, currency), case).unwrap();
        out.text()
    }

    #[test]
    fn money_is_declined_as_a_whole() {
        let rub = |minor, case| words(minor, Currency::Rub, case);
        assert_eq!(
            rub(123_450, Case::Nominative),
            "одна тысяча двести тридцать четыре рубля пятьдесят копеек"
        );
        assert_eq!(rub(102_121, Case::Accusative), "одну тысячу двадцать один рубль двадцать одну копейку");
        assert_eq!(rub(102_102, Case::Accusative), "одну тысячу двадцать один рубль две копейки");
        assert_eq!(
            rub(123_450, Case::Genitive),
            "одной тысячи двухсот тридцати четырёх рублей пятидесяти копеек"
        );
        assert_eq!(rub(2_101, Case::Genitive), "двадцати одного рубля одной копейки");
    }

    #[test]
    fn a_zero_of_kopecks_is_dropped_and_of_roubles_said() {
        assert_eq!(words(0, Currency::Rub, Case::Nominative), "ноль рублей");
        assert_eq!(words(100, Currency::Rub, Case::Nominative), "один рубль");
        assert_eq!(words(50, Currency::Rub, Case::Nominative), "ноль рублей пятьдесят копеек");
    }

    #[test]
    fn every_currency_has_its_units() {
        assert_eq!(words(2_202, Currency::Kzt, Case::Nominative), "двадцать два тенге два тиына");
        assert_eq!(words(2_205, Currency::Usd, Case::Nominative), "двадцать два доллара пять центов");
        assert_eq!(words(2_101, Currency::Eur, Case::Nominative), "двадцать один евро один цент");
    }

    #[test]
    fn less_than_nothing_and_too_much_have_no_reading() {
        let said = |minor| money(&mut Pieces::default(), Money::new(minor, Currency::Rub), Case::Nominative);
        assert_eq!(said(-1), Err(Unspeakable::Negative));
        assert_eq!(said(i64::MAX), Err(Unspeakable::TooLarge));
        assert_eq!(said(crate::speech::LARGEST_SUM), Ok(()));
        assert_eq!(said(crate::speech::LARGEST_SUM + 1), Err(Unspeakable::TooLarge));
    }
}
