//! What is owed: the three kinds of debt, which follow from the due date and the clock.

use jiff::civil::Date;
use jiff::{ToSpan, Unit};
use serde::{Deserialize, Serialize};

/// A kind of debt. Nobody types it in.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DebtKind {
    /// The period for payment is running.
    Current,
    /// The due date has passed.
    Overdue,
    /// Overdue for `collectible_years` and longer.
    Collectible,
}

impl DebtKind {
    pub const ALL: [Self; 3] = [Self::Current, Self::Overdue, Self::Collectible];

    /// The kind on `today`, the debtor's own date. A debt due today is still current.
    pub fn on(due: Date, today: Date, collectible_years: u8) -> Self {
        if today <= due {
            return Self::Current;
        }
        match due.checked_add(i64::from(collectible_years).years()) {
            Ok(collectible) if today >= collectible => Self::Collectible,
            _ => Self::Overdue,
        }
    }

    /// The code in files and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Collectible => "collectible",
            Self::Current => "current",
            Self::Overdue => "overdue",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.code() == code)
    }
}

/// Days past `due` on `today`; 0 while the debt is current.
pub fn days_overdue(due: Date, today: Date) -> i32 {
    today.since((Unit::Day, due)).map_or(0, |span| span.get_days().max(0))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn kind_follows_from_the_due_date() {
        let due = date(2026, 2, 10);
        assert_eq!(DebtKind::on(due, due, 3), DebtKind::Current);
        assert_eq!(DebtKind::on(due, date(2026, 2, 11), 3), DebtKind::Overdue);
        assert_eq!(DebtKind::on(due, date(2029, 2, 9), 3), DebtKind::Overdue);
        assert_eq!(DebtKind::on(due, date(2029, 2, 10), 3), DebtKind::Collectible);
    }

    #[test]
    fn days_overdue_are_counted_from_the_day_after() {
        assert_eq!(days_overdue(date(2026, 2, 10), date(2026, 2, 9)), 0);
        assert_eq!(days_overdue(date(2026, 2, 10), date(2026, 3, 1)), 19);
    }
}
