//! The permit to dial: what the gate hands out and nothing else can make.

use jiff::{SignedDuration, Timestamp};

use crate::domain::{AttemptId, ContactId, DebtId, DecisionId, Money, PersonId, PhoneNumber};

/// How long a permit is good for: the INVITE leaves within it, or not at all.
pub(super) const GOOD_FOR: SignedDuration = SignedDuration::from_secs(5);

/// The right to send one INVITE. Made by the gate alone, not clonable, used up by `spend`.
#[derive(Debug)]
#[must_use = "an attempt stands open until its permit is spent and the call is finished"]
pub struct DialPermit {
    dial: Dial,
    expires: Timestamp,
}

/// One dial as the gate allowed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dial {
    /// Stands in the Call-ID.
    pub attempt: AttemptId,
    pub contact: ContactId,
    pub person: PersonId,
    pub debt: DebtId,
    /// What he still owes at this moment: no other sum is to be spoken.
    pub owed: Money,
    pub decision: DecisionId,
    pub phone: PhoneNumber,
    pub caller_id: PhoneNumber,
    pub trunk: String,
    /// Hash of the rules it was decided by.
    pub rules_hash: String,
    pub reserved_at: Timestamp,
    /// When the rules end it, if nothing else happens: the window closes, a hold begins. What rings or talks then is
    /// ended. Absent: not within ten minutes.
    pub until: Option<Timestamp>,
}

/// The permit was kept too long, or the rules ended it meanwhile. The attempt stands and is to be finished as cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the permit of attempt {attempt} has expired")]
pub struct Expired {
    pub attempt: AttemptId,
}

impl DialPermit {
    pub(super) fn new(dial: Dial) -> Self {
        let expires = dial.reserved_at.checked_add(GOOD_FOR).unwrap_or(dial.reserved_at);
        let expires = dial.until.map_or(expires, |until| until.min(expires));
        Self { dial, expires }
    }

    /// The attempt it belongs to.
    pub fn attempt(&self) -> AttemptId {
        self.dial.attempt
    }

    /// Uses it up.
    ///
    /// # Errors
    /// When it has expired.
    pub fn spend(self, now: Timestamp) -> Result<Dial, Expired> {
        if now < self.expires { Ok(self.dial) } else { Err(Expired { attempt: self.dial.attempt }) }
    }
}
