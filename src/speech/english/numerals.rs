//! English cardinals, the American way: "one thousand two hundred thirty-four".

use super::super::Unspeakable;
use super::super::pieces::Pieces;

/// The largest number that is read.
pub(super) const LARGEST: u64 = 999_999_999_999;

pub(super) const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];

/// 20 to 90.
pub(super) const TENS: [&str; 8] =
    ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// Writes `number` without "and".
pub(super) fn cardinal(out: &mut Pieces, number: u64) -> Result<(), Unspeakable> {
    if number > LARGEST {
        return Err(Unspeakable::TooLarge);
    }
    if number == 0 {
        out.say(SMALL[0]);
    }
    for (scale, name) in [(1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand")] {
        let group = number / scale % 1000;
        if group > 0 {
            below_thousand(out, group as usize);
            out.say(name);
        }
    }
    below_thousand(out, (number % 1000) as usize);
    Ok(())
}

/// 0 writes nothing.
fn below_thousand(out: &mut Pieces, number: usize) {
    let (hundreds, rest) = (number / 100, number % 100);
    if hundreds > 0 {
        out.say(SMALL[hundreds]);
        out.say("hundred");
    }
    if rest > 0 {
        out.say(&below_hundred(rest));
    }
}

/// 0 to 99 as one word: "thirty-four".
pub(super) fn below_hundred(number: usize) -> String {
    match (number / 10, number % 10) {
        (0 | 1, _) => SMALL[number].to_owned(),
        (tens, 0) => TENS[tens - 2].to_owned(),
        (tens, units) => format!("{}-{}", TENS[tens - 2], SMALL[units]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(number: u64) -> String {
        let mut out = Pieces::default();
        cardinal(&mut out, number).unwrap();
        out.text()
    }

    #[test]
    fn there_is_no_and() {
        assert_eq!(words(1_234), "one thousand two hundred thirty-four");
        assert_eq!(words(1_000_101), "one million one hundred one");
        assert_eq!(words(2_000_000_020), "two billion twenty");
        assert_eq!(words(0), "zero");
        assert_eq!(cardinal(&mut Pieces::default(), LARGEST + 1), Err(Unspeakable::TooLarge));
    }
}
