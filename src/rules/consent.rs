//! Consents: what a person agreed to, from when until when.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::coded::coded;
use super::event::PhoneKey;
use crate::domain::{DebtId, PersonId};

coded! {
    /// What was agreed to.
    ConsentKind {
        /// The debtor agreed to contacts with a third person (230-FZ).
        DebtorAgreedThirdParty = "debtor_agreed_third_party",
        /// A fresh answer "not reassigned" of the US Reassigned Numbers Database.
        NumberNotReassigned = "number_not_reassigned",
        /// Direct prior consent to more calls (12 CFR 1006.14); its recorder sets an end within 7 days.
        RegfDirectConsent = "regf_direct_consent",
        /// Prior express consent to recorded or artificial voice (TCPA).
        TcpaPriorExpress = "tcpa_prior_express",
        /// The third person agreed too (230-FZ).
        ThirdPartyAgreed = "third_party_agreed",
    }
}

/// One consent. Without a debt or phone it covers all of the person's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Consent {
    pub kind: ConsentKind,
    pub person: PersonId,
    /// The debt, or the debt that stands for its group.
    pub debt: Option<DebtId>,
    pub phone: Option<PhoneKey>,
    /// Absent: since ever.
    pub from: Option<Timestamp>,
    /// Absent: until withdrawn. A withdrawal sets it, and works at once.
    pub until: Option<Timestamp>,
    /// What proves it.
    pub evidence: Option<String>,
}
