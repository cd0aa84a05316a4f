//! Reads numbers, money, dates, times and telephone numbers in English.

mod counts;
mod dates;
mod digits;
mod numerals;

pub(super) use counts::{count, duration, known_nouns, money, noun_names, time};
pub(super) use dates::date;
pub(super) use digits::{digits, phone};
