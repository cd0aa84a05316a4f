//! Holds: reasons not to contact someone that last until they are lifted.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
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
}
