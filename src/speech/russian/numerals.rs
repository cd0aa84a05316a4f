//! Russian cardinals in gender and case.

use super::super::Unspeakable;
use super::super::pieces::Pieces;
use super::nouns::{self, Noun};
use crate::domain::utterance::Case;

/// The gender of the counted noun. It shows in 1 and 2 alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::speech) enum Gender {
    Feminine,
    Masculine,
    Neuter,
}

/// The largest number that is read.
pub(in crate::speech) const LARGEST: u64 = 999_999_999_999;

/// Nominative (for 3 and up also accusative: the counted nouns are things) and genitive, 0 to 20.
const SMALL: [(&str, &str); 21] = [
    ("ноль", "ноля"),
    ("один", "одного"),
    ("два", "двух"),
    ("три", "трёх"),
    ("четыре", "четырёх"),
    ("пять", "пяти"),
    ("шесть", "шести"),
    ("семь", "семи"),
    ("восемь", "восьми"),
    ("девять", "девяти"),
    ("десять", "десяти"),
    ("одиннадцать", "одиннадцати"),
    ("двенадцать", "двенадцати"),
    ("тринадцать", "тринадцати"),
    ("четырнадцать", "четырнадцати"),
    ("пятнадцать", "пятнадцати"),
    ("шестнадцать", "шестнадцати"),
    ("семнадцать", "семнадцати"),
    ("восемнадцать", "восемнадцати"),
    ("девятнадцать", "девятнадцати"),
    ("двадцать", "двадцати"),
];

/// 20 to 90.
const TENS: [(&str, &str); 8] = [
    ("двадцать", "двадцати"),
    ("тридцать", "тридцати"),
    ("сорок", "сорока"),
    ("пятьдесят", "пятидесяти"),
    ("шестьдесят", "шестидесяти"),
    ("семьдесят", "семидесяти"),
    ("восемьдесят", "восьмидесяти"),
    ("девяносто", "девяноста"),
];

/// 100 to 900.
const HUNDREDS: [(&str, &str); 9] = [
    ("сто", "ста"),
    ("двести", "двухсот"),
    ("триста", "трёхсот"),
    ("четыреста", "четырёхсот"),
    ("пятьсот", "пятисот"),
    ("шестьсот", "шестисот"),
    ("семьсот", "семисот"),
    ("восемьсот", "восьмисот"),
    ("девятьсот", "девятисот"),
];

/// Writes `number` as it counts a thing of that gender: «двадцать одну», «двух».
pub(in crate::speech) fn cardinal(
    out: &mut Pieces,
    number: u64,
    gender: Gender,
    case: Case,
) -> Result<(), Unspeakable> {
    if number > LARGEST {
        return Err(Unspeakable::TooLarge);
    }
    if number == 0 {
        out.say(pick(SMALL[0], case));
        return Ok(());
    }
    for (scale, noun) in
        [(1_000_000_000, &nouns::BILLION), (1_000_000, &nouns::MILLION), (1_000, &nouns::THOUSAND)]
    {
        let group = number / scale % 1000;
        if group > 0 {
            below_thousand(out, group, noun.gender, case);
            out.say(noun.form(group, case));
        }
    }
    below_thousand(out, number % 1000, gender, case);
    Ok(())
}

/// Writes the number and the noun it counts.
pub(in crate::speech) fn counted(
    out: &mut Pieces,
    number: u64,
    noun: &Noun,
    case: Case,
) -> Result<(), Unspeakable> {
    cardinal(out, number, noun.gender, case)?;
    out.say(noun.form(number, case));
    Ok(())
}

/// 0 writes nothing.
fn below_thousand(out: &mut Pieces, number: u64, gender: Gender, case: Case) {
    let (hundreds, rest) = ((number / 100) as usize, (number % 100) as usize);
    if hundreds > 0 {
        out.say(pick(HUNDREDS[hundreds - 1], case));
    }
    if rest > 20 {
        out.say(pick(TENS[rest / 10 - 2], case));
    }
    match if rest > 20 { rest % 10 } else { rest } {
        0 => {}
        1 => out.say(one(gender, case)),
        2 => out.say(two(gender, case)),
        last => out.say(pick(SMALL[last], case)),
    }
}

fn pick((nominative, genitive): (&'static str, &'static str), case: Case) -> &'static str {
    match case {
        Case::Accusative | Case::Nominative => nominative,
        Case::Genitive => genitive,
    }
}

fn one(gender: Gender, case: Case) -> &'static str {
    match (gender, case) {
        (Gender::Feminine, Case::Accusative) => "одну",
        (Gender::Feminine, Case::Genitive) => "одной",
        (Gender::Feminine, Case::Nominative) => "одна",
        (Gender::Masculine, Case::Accusative | Case::Nominative) => "один",
        (Gender::Masculine | Gender::Neuter, Case::Genitive) => "одного",
        (Gender::Neuter, Case::Accusative | Case::Nominative) => "одно",
    }
}

/// The accusative is that of things, «две копейки»; «двух» is said of the living.
fn two(gender: Gender, case: Case) -> &'static str {
    match (gender, case) {
        (Gender::Feminine, Case::Accusative | Case::Nominative) => "две",
        (Gender::Masculine | Gender::Neuter, Case::Accusative | Case::Nominative) => "два",
        (Gender::Feminine | Gender::Masculine | Gender::Neuter, Case::Genitive) => "двух",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(number: u64, gender: Gender, case: Case) -> String {
        let mut out = Pieces::default();
        cardinal(&mut out, number, gender, case).unwrap();
        out.text()
    }

    #[test]
    fn case_and_gender_reach_every_word() {
        assert_eq!(
            words(1_231_221, Gender::Feminine, Case::Nominative),
            "один миллион двести тридцать одна тысяча двести двадцать одна"
        );
        assert_eq!(
            words(1_231_222, Gender::Feminine, Case::Accusative),
            "один миллион двести тридцать одну тысячу двести двадцать две"
        );
        assert_eq!(
            words(4_002_001_234, Gender::Masculine, Case::Genitive),
            "четырёх миллиардов двух миллионов одной тысячи двухсот тридцати четырёх"
        );
    }

    #[test]
    fn past_the_largest_there_is_no_reading() {
        let said = cardinal(&mut Pieces::default(), LARGEST + 1, Gender::Masculine, Case::Nominative);
        assert_eq!(said, Err(Unspeakable::TooLarge));
        assert!(
            words(LARGEST, Gender::Masculine, Case::Nominative)
                .starts_with("девятьсот девяносто девять миллиардов")
        );
    }

    proptest! {
        #[test]
        fn the_crate_chislo_reads_the_same(number in prop_oneof![0..=9_999_u64, 0..=9_999_999_u64, 0..=LARGEST]) {
            let chislo = |gender| chislo::int_to_words_gender(number as i64, gender);
            prop_assert_eq!(words(number, Gender::Masculine, Case::Nominative), chislo(chislo::Gender::Masculine));
            prop_assert_eq!(words(number, Gender::Feminine, Case::Nominative), chislo(chislo::Gender::Feminine));
        }
    }
}
