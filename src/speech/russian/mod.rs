//! Reads numbers, money, dates, times and telephone numbers in Russian.

mod counts;
mod dates;
mod digits;
mod money;
mod nouns;
mod numerals;

pub(super) use counts::{count, duration, time};
pub(super) use dates::date;
pub(super) use digits::{digits, phone};
pub(super) use money::money;
pub(super) use nouns::{known_nouns, noun_names};
