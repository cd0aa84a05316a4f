//! Holds: reasons not to contact someone that last until they are lifted.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::coded::coded;
use super::event::PhoneKey;
use crate::domain::{DebtId, PersonId};

coded! {
    /// Why someone may not be contacted. Which kinds bite, and where, the preset says.
    HoldKind {
        AttorneyRepresented = "attorney_represented",
        /// The bailiff service restricted this way of contact.
        BailiffRestriction = "bailiff_restriction",
        Bankruptcy = "bankruptcy",
        CeaseCommunication = "cease_communication",
        /// A complaint is open.
        ComplaintOpen = "complaint_open",
        Deceased = "deceased",
        DisabilityGroup1 = "disability_group_1",
        /// The debtor says he does not owe this, and it is not settled yet.
        DisputeOpen = "dispute_open",
        EmployerProhibits = "employer_prohibits",
        Hospital = "hospital",
        Incapacity = "incapacity",
        MediumOptOutCall = "medium_opt_out_call",
        Minor = "minor",
        NeverCall = "never_call",
        /// Someone else answered this phone.
        PhoneUnderReview = "phone_under_review",
        RefusalOfInteraction = "refusal_of_interaction",
        RepresentativeOnly = "representative_only",
        /// Asked in a call not to be called any more.
        StopRequested = "stop_requested",
        /// The callee's side said the call is unwanted (SIP 607, RFC 8197).
        Unwanted = "unwanted",
        ValidationDisputeOpen = "validation_dispute_open",
        WrongNumber = "wrong_number",
    }
}

impl HoldKind {
    /// Those that say of a telephone what is to be known of it: set for a person without naming one, they are on all of
    /// his, whoever else has them.
    pub const OF_TELEPHONES: [Self; 2] = [Self::NeverCall, Self::WrongNumber];

    /// A law lets it be suspended: a court act does so to a refusal of interaction (230-FZ), and to nothing else.
    pub fn may_be_suspended(self) -> bool {
        self == Self::RefusalOfInteraction
    }
}

/// The latest end of a suspension from `from` on: two months (230-FZ).
pub fn latest_end(from: Timestamp) -> Timestamp {
    let utc = TimeZone::UTC;
    let end = utc.to_datetime(from).checked_add(Span::new().months(2));
    end.and_then(|end| utc.to_timestamp(end)).unwrap_or(from)
}

/// A suspension with those before and after it that leave no whole day between them: when the chain began, and its end
/// (absent: open). A court act that follows on another would otherwise suspend for ever, two months at a time.
pub fn chain_of(
    suspended: &[(Timestamp, Option<Timestamp>)],
    (from, until): (Timestamp, Timestamp),
) -> (Timestamp, Option<Timestamp>) {
    let day = SignedDuration::from_hours(24);
    let mut rest = suspended.to_vec();
    let (mut began, mut ends) = (from, Some(until));
    while let Some(next) = rest.iter().position(|&(from, until)| {
        let after = ends.is_none_or(|ends| from.duration_since(ends) < day);
        let before = until.is_none_or(|until| began.duration_since(until) < day);
        after && before
    }) {
        let (from, until) = rest.swap_remove(next);
        began = began.min(from);
        ends = ends.zip(until).map(|(ends, until)| ends.max(until));
    }
    (began, ends)
}

/// One hold. Without a phone or debt it covers all of the person's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hold {
    pub kind: HoldKind,
    pub person: PersonId,
    pub phone: Option<PhoneKey>,
    /// The debt, or the debt that stands for its group.
    pub debt: Option<DebtId>,
    /// Absent: since ever.
    pub from: Option<Timestamp>,
    /// Absent: until lifted.
    pub until: Option<Timestamp>,
    /// Times in which it does not bite, half-open; an absent end is open.
    pub suspended: Vec<(Timestamp, Option<Timestamp>)>,
    /// What proves it: a document, a call, a request.
    pub evidence: Option<String>,
}

impl Hold {
    /// A hold on all of `person` from `from` until lifted.
    pub fn new(kind: HoldKind, person: PersonId, from: Timestamp) -> Self {
        Self {
            kind,
            person,
            phone: None,
            debt: None,
            from: Some(from),
            until: None,
            suspended: Vec::new(),
            evidence: None,
        }
    }

    /// It is in force at `at`, and not suspended.
    pub fn bites(&self, at: Timestamp) -> bool {
        let within = |from: Option<Timestamp>, until: Option<Timestamp>| {
            from.is_none_or(|from| from <= at) && until.is_none_or(|until| at < until)
        };
        within(self.from, self.until)
            && !self.suspended.iter().any(|&(from, until)| within(Some(from), until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suspensions_that_follow_on_each_other_are_a_chain_whatever_their_order() {
        let day = |day: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day);
        let times = [(day(40), Some(day(60))), (day(0), Some(day(20))), (day(100), None)];
        let end = day(20) + SignedDuration::from_hours(12);
        assert_eq!(chain_of(&times, (day(70), day(80))), (day(70), Some(day(80))));
        assert_eq!(chain_of(&times, (end, day(30))), (day(0), Some(day(30))));
        assert_eq!(chain_of(&times, (end, day(40))), (day(0), Some(day(60))));
        assert_eq!(chain_of(&times, (day(10), day(12))), (day(0), Some(day(20))));
        assert_eq!(chain_of(&times, (day(90), day(100))), (day(90), None));
    }
}
