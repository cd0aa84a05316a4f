//! Cells: what sums are kept by.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Tally;

/// A part of the day on the debtor's own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayPart {
    Night,
    Morning,
    Afternoon,
    Evening,
    /// His clock was not known.
    Unknown,
}

impl DayPart {
    pub const ALL: [Self; 5] = [Self::Night, Self::Morning, Self::Afternoon, Self::Evening, Self::Unknown];

    /// Night to 6, morning to 12, afternoon to 18, evening to 24.
    pub fn of(hour: Option<u8>) -> Self {
        match hour {
            Some(0..6) => Self::Night,
            Some(6..12) => Self::Morning,
            Some(12..18) => Self::Afternoon,
            Some(18..24) => Self::Evening,
            Some(_) | None => Self::Unknown,
        }
    }

    /// Its hours on the debtor's own clock, the second not in it; `None`: it has none.
    pub fn hours(self) -> Option<(i8, i8)> {
        match self {
            Self::Night => Some((0, 6)),
            Self::Morning => Some((6, 12)),
            Self::Afternoon => Some((12, 18)),
            Self::Evening => Some((18, 24)),
            Self::Unknown => None,
        }
    }

    /// The code in files and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Afternoon => "afternoon",
            Self::Evening => "evening",
            Self::Morning => "morning",
            Self::Night => "night",
            Self::Unknown => "unknown",
        }
    }
}

/// How long a debt was overdue at an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    NotDue,
    UpTo30,
    UpTo90,
    UpTo365,
    UpTo1095,
    Older,
    Unknown,
}

impl Age {
    pub const ALL: [Self; 7] =
        [Self::NotDue, Self::UpTo30, Self::UpTo90, Self::UpTo365, Self::UpTo1095, Self::Older, Self::Unknown];

    pub fn of(days: Option<i64>) -> Self {
        match days {
            Some(..=0) => Self::NotDue,
            Some(1..=30) => Self::UpTo30,
            Some(31..=90) => Self::UpTo90,
            Some(91..=365) => Self::UpTo365,
            Some(366..=1095) => Self::UpTo1095,
            Some(_) => Self::Older,
            None => Self::Unknown,
        }
    }

    /// The code in files and the database; days.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotDue => "0",
            Self::Older => "1096+",
            Self::Unknown => "unknown",
            Self::UpTo1095 => "366-1095",
            Self::UpTo30 => "1-30",
            Self::UpTo365 => "91-365",
            Self::UpTo90 => "31-90",
        }
    }
}

/// One part of a cell's key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    Code(Cow<'static, str>),
    Number(i64),
}

impl From<&'static str> for Key {
    fn from(code: &'static str) -> Self {
        Self::Code(Cow::Borrowed(code))
    }
}

/// Where something is counted: a table, a day of the house (days since 1970; a month's first where the table knows no days)
/// and its keys.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// The place in [`super::TALLIES`].
    pub table: usize,
    pub day: i64,
    pub keys: Vec<Key>,
}

/// Cells and their sums; a sum is in the place of its column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted(pub BTreeMap<Cell, Vec<i64>>);

impl Counted {
    /// Adds to a cell of a table.
    pub fn add(&mut self, table: &Tally, day: i64, keys: Vec<Key>, sums: &[i64]) {
        let cell = Cell { table: table.place, day, keys };
        let mine = self.0.entry(cell).or_insert_with(|| vec![0; table.sums.len()]);
        for (mine, more) in mine.iter_mut().zip(sums) {
            *mine += more;
        }
    }

    /// Takes away what `before` counted; what is left is the difference, without cells that did not change.
    pub fn less(mut self, before: &Self) -> Self {
        for (cell, sums) in &before.0 {
            let mine = self.0.entry(cell.clone()).or_insert_with(|| vec![0; sums.len()]);
            for (mine, gone) in mine.iter_mut().zip(sums) {
                *mine -= gone;
            }
        }
        self.0.retain(|_, sums| sums.iter().any(|&sum| sum != 0));
        self
    }
}

/// The day of a moment on a zone's clock: days since 1970.
pub fn day_of(at: Timestamp, zone: &TimeZone) -> i64 {
    let offset = i64::from(zone.to_offset(at).seconds());
    (at.as_second() + offset).div_euclid(86_400)
}

/// The first day of a day's month.
pub fn month_of(day: i64) -> i64 {
    let date = date_of(day);
    day - i64::from(date.day()) + 1
}

/// The date of a day; the last there is for one that no calendar has.
pub(crate) fn date_of(day: i64) -> Date {
    let at = Timestamp::from_second(day.saturating_mul(86_400)).unwrap_or(Timestamp::MAX);
    at.to_zoned_datetime(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_knows_its_month() {
        let at: Timestamp = "2026-03-31T23:59:59Z".parse().expect("a timestamp");
        let first: Timestamp = "2026-03-01T00:00:00Z".parse().expect("a timestamp");
        let day = |at| day_of(at, &TimeZone::UTC);
        assert_eq!(month_of(day(at)), day(first));
        assert_eq!(month_of(day(first)), day(first));
        assert_eq!(day("1969-12-31T23:00:00Z".parse().expect("a timestamp")), -1);
    }

    #[test]
    fn ages_and_day_parts_have_no_holes() {
        let ages: Vec<_> =
            [-4, 0, 1, 30, 31, 90, 91, 365, 366, 1095, 1096].map(|n| Age::of(Some(n)).code()).into();
        assert_eq!(
            ages,
            ["0", "0", "1-30", "1-30", "31-90", "31-90", "91-365", "91-365", "366-1095", "366-1095", "1096+"]
        );
        let parts: Vec<_> = [0, 5, 6, 11, 12, 17, 18, 23].map(|hour| DayPart::of(Some(hour)).code()).into();
        assert_eq!(
            parts,
            ["night", "night", "morning", "morning", "afternoon", "afternoon", "evening", "evening"]
        );
    }

    #[test]
    fn a_difference_holds_what_changed_and_nothing_else() {
        let (mut before, mut after) = (Counted::default(), Counted::default());
        let key = |n| vec![Key::from("ivr"), Key::Number(n)];
        before.add(&super::super::USE, 5, key(1), &[1, 0, 0, 0]);
        before.add(&super::super::USE, 5, key(2), &[1, 0, 0, 0]);
        after.add(&super::super::USE, 5, key(1), &[1, 0, 0, 1]);
        after.add(&super::super::USE, 5, key(2), &[1, 0, 0, 0]);
        let found: Vec<_> = after.less(&before).0.into_values().collect();
        assert_eq!(found, [[0, 0, 0, 1]]);
    }
}
