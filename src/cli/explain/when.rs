//! Which time an explanation is about, and what of it is of that time and what of today.

use jiff::Timestamp;

/// Which time is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// One that lies ahead.
    Ahead,
    Now,
    /// One that is over.
    Then,
}

impl When {
    pub fn of(at: Option<Timestamp>, now: Timestamp) -> Self {
        match at {
            None => Self::Now,
            Some(at) if at > now => Self::Ahead,
            Some(_) => Self::Then,
        }
    }

    /// What the answer rests on, as a sentence; nothing where it is about now.
    pub fn told(self, ru: bool) -> &'static str {
        match (self, ru) {
            (Self::Now, _) => "",
            (Self::Ahead, true) => AHEAD_RU,
            (Self::Ahead, false) => AHEAD_EN,
            (Self::Then, true) => AS_OF_RU,
            (Self::Then, false) => AS_OF_EN,
        }
    }
}

const AHEAD_RU: &str =
    "это время ещё впереди: по тому, что известно сегодня; что случится до него, не учтено\n";
const AHEAD_EN: &str =
    "this time lies ahead: by what is known today; nothing that happens until then is counted\n";
const AS_OF_RU: &str = "на это время: события до него (и записанные, и исправленные позже), запреты, согласия, пожелания и правила, какими были тогда;\n\
    сегодняшние: состояние контактов, долгов, номеров и кампаний, где живёт человек. Что решили на деле — audit person\n";
const AS_OF_EN: &str = "as of then: events before it (those written or corrected later, too); holds, consents, wishes and rules as they were;\n\
    as of today: how contacts, debts, numbers and campaigns stand, and where he lives. What was decided: audit person\n";
/// The same for a program: what is of the time asked for, and what is of today.
pub const THEN: [&str; 5] = ["events", "holds", "consents", "preferences", "rules"];
pub const NOW: [&str; 10] = [
    "state",
    "why",
    "next_at",
    "besides",
    "obstacles",
    "agents",
    "debt",
    "phone",
    "campaigns_not_configured",
    "zones",
];
