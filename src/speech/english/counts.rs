//! English money, counts, times and durations.

use std::time::Duration;

use jiff::civil::Time;

use super::super::Unspeakable;
use super::super::pieces::Pieces;
use super::numerals::{below_hundred, cardinal};
use crate::domain::{Currency, Language, Money};

/// Singular and plural.
type Noun = (&'static str, &'static str);

const RUBLE: Noun = ("ruble", "rubles");
const KOPECK: Noun = ("kopeck", "kopecks");
const TENGE: Noun = ("tenge", "tenge");
const TIYN: Noun = ("tiyn", "tiyns");
const DOLLAR: Noun = ("dollar", "dollars");
const CENT: Noun = ("cent", "cents");
const EURO: Noun = ("euro", "euros");

const HOUR: Noun = ("hour", "hours");
const MINUTE: Noun = ("minute", "minutes");
const SECOND: Noun = ("second", "seconds");

const OTHERS: [Noun; 10] = [
    ("day", "days"),
    ("month", "months"),
    ("year", "years"),
    ("payment", "payments"),
    ("call", "calls"),
    ("bill", "bills"),
    ("contract", "contracts"),
    ("debt", "debts"),
    ("week", "weeks"),
    ("attempt", "attempts"),
];

/// Nouns that are counted in writing and by `obzvon say`; the pack has no clips of them.
const UNRECORDED: [Noun; 19] = [
    ("time", "times"),
    ("person", "people"),
    ("message", "messages"),
    ("percent", "percent"),
    ("window", "windows"),
    ("copy", "copies"),
    ("request", "requests"),
    ("letter", "letters"),
    ("document", "documents"),
    ("loan", "loans"),
    ("number", "numbers"),
    ("question", "questions"),
    ("answer", "answers"),
    ("client", "clients"),
    ("agent", "agents"),
    ("complaint", "complaints"),
    ("card", "cards"),
    ("place", "places"),
    ("piece", "pieces"),
];

const MONEY: [Noun; 7] = [RUBLE, KOPECK, TENGE, TIYN, DOLLAR, CENT, EURO];

/// The nouns that can be counted, for who asked for another one.
pub(in crate::speech) fn noun_names() -> Vec<&'static str> {
    known_nouns().chain(UNRECORDED).chain(MONEY).map(|noun| noun.0).collect()
}

/// Every noun a flow may count: the pack's script follows this order.
pub(in crate::speech) fn known_nouns() -> impl Iterator<Item = (&'static str, &'static str)> {
    OTHERS.into_iter().chain([HOUR, MINUTE, SECOND])
}

/// "one ruble", "twenty-two days"; "two hours" whatever stands before.
fn counted(out: &mut Pieces, number: u64, noun: Noun) -> Result<(), Unspeakable> {
    cardinal(out, number)?;
    out.say(if number == 1 { noun.0 } else { noun.1 });
    Ok(())
}

/// "one thousand rubles fifty kopecks": a zero of the minor unit is dropped, a zero of the major one is said.
pub(in crate::speech) fn money(out: &mut Pieces, amount: Money) -> Result<(), Unspeakable> {
    let minor = u64::try_from(amount.minor).map_err(|_| Unspeakable::Negative)?;
    let (major_noun, minor_noun) = nouns_of(amount.currency);
    counted(out, minor / 100, major_noun)?;
    if minor % 100 > 0 {
        counted(out, minor % 100, minor_noun)?;
    }
    Ok(())
}

fn nouns_of(currency: Currency) -> (Noun, Noun) {
    match currency {
        Currency::Eur => (EURO, CENT),
        Currency::Kzt => (TENGE, TIYN),
        Currency::Rub => (RUBLE, KOPECK),
        Currency::Usd => (DOLLAR, CENT),
    }
}

/// "twenty-two days".
pub(in crate::speech) fn count(out: &mut Pieces, number: u64, word: &str) -> Result<(), Unspeakable> {
    let unknown = || Unspeakable::Noun { noun: word.to_owned(), language: Language::En };
    let noun = noun(word).ok_or_else(unknown)?;
    counted(out, number, noun)
}

/// Finds a noun by either form, in any case of letters.
fn noun(word: &str) -> Option<Noun> {
    let word = word.trim().to_ascii_lowercase();
    known_nouns().chain(UNRECORDED).chain(MONEY).find(|noun| noun.0 == word || noun.1 == word)
}

/// "seven p.m.", "seven oh five a.m.", "noon", "midnight". Seconds are not said.
pub(in crate::speech) fn time(out: &mut Pieces, time: Time) {
    let (hour, minute) = (time.hour().unsigned_abs(), usize::from(time.minute().unsigned_abs()));
    match (hour, minute) {
        (0, 0) => return out.say("midnight"),
        (12, 0) => return out.say("noon"),
        _ => {}
    }
    out.say(&below_hundred(usize::from((hour + 11) % 12 + 1)));
    match minute {
        0 => {}
        1..=9 => out.say(&format!("oh {}", below_hundred(minute))),
        _ => out.say(&below_hundred(minute)),
    }
    out.say(if hour < 12 { "a.m." } else { "p.m." });
}

/// "one hour thirty minutes". Units that are zero are not said, but for a zero duration.
pub(in crate::speech) fn duration(out: &mut Pieces, duration: Duration) -> Result<(), Unspeakable> {
    let seconds = duration.as_secs();
    for (number, noun) in [(seconds / 3600, HOUR), (seconds / 60 % 60, MINUTE), (seconds % 60, SECOND)] {
        if number > 0 {
            counted(out, number, noun)?;
        }
    }
    if seconds == 0 {
        counted(out, 0, SECOND)?;
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
    fn the_singular_is_for_exactly_one() {
        let money = |minor, currency| said(|out| money(out, Money::new(minor, currency)));
        assert_eq!(
            money(123_450, Currency::Rub),
            "one thousand two hundred thirty-four rubles fifty kopecks"
        );
        assert_eq!(money(101, Currency::Rub), "one ruble one kopeck");
        assert_eq!(money(2_100, Currency::Usd), "twenty-one dollars");
        assert_eq!(money(0, Currency::Rub), "zero rubles");
        assert_eq!(money(210, Currency::Eur), "two euros ten cents");
        assert_eq!(said(|out| count(out, 22, "days")), "twenty-two days");
        assert_eq!(said(|out| count(out, 2, "person")), "two people");
        assert_eq!(said(|out| count(out, 1, "times")), "one time");
    }

    #[test]
    fn times_are_said_by_the_twelve_hour_clock() {
        let at = |h, m| {
            said(|out| {
                time(out, civil::time(h, m, 0, 0));
                Ok(())
            })
        };
        let said = [at(19, 0), at(7, 5), at(0, 30), at(12, 15), at(0, 0), at(12, 0)];
        let expected = [
            "seven p.m.",
            "seven oh five a.m.",
            "twelve thirty a.m.",
            "twelve fifteen p.m.",
            "midnight",
            "noon",
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn durations_leave_zeros_out() {
        let lasts = |s| said(|out| duration(out, Duration::from_secs(s)));
        assert_eq!(
            [lasts(5_400), lasts(61), lasts(0)],
            ["one hour thirty minutes", "one minute one second", "zero seconds"]
        );
    }
}
