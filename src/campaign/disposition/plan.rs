//! The kinds of disposition a house has, and what each says of the debtor.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::{Disposition, Words};

/// The kinds in the order of the desk, and the reasons a debtor may give for not having paid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dispositions {
    pub kinds: Vec<DispositionPlan>,
    pub reasons: Vec<NonPayment>,
}

impl Dispositions {
    pub fn kind(&self, code: &str) -> Option<&DispositionPlan> {
        self.kinds.iter().find(|kind| &*kind.code == code)
    }

    pub fn reason(&self, code: &str) -> Option<&NonPayment> {
        self.reasons.iter().find(|reason| &*reason.code == code)
    }
}

/// One kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DispositionPlan {
    pub code: Arc<str>,
    /// The digit that picks it on the desk, 0 to 9.
    pub key: Option<u8>,
    pub words: Words,
    pub flags: Flags,
}

/// Why he has not paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NonPayment {
    pub code: Arc<str>,
    pub words: Words,
}

/// Something a disposition says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flag {
    AlreadyPaid,
    Bankruptcy,
    /// A call was agreed: its time is wanted.
    Callback,
    /// A case is opened and automatic calls stop.
    Complaint,
    Dispute,
    /// He can't pay: somebody who may offer terms takes over.
    Hardship,
    /// He wants a link to pay by.
    Link,
    /// A promise to pay: its day and sum are wanted.
    Promise,
    Refused,
    /// The right person was on the line.
    RightParty,
    /// He asked not to be called.
    Stop,
    WrongPerson,
}

/// What one disposition says.
pub type Flags = BTreeSet<Flag>;

impl Flag {
    pub const ALL: [Self; 12] = [
        Self::AlreadyPaid,
        Self::Bankruptcy,
        Self::Callback,
        Self::Complaint,
        Self::Dispute,
        Self::Hardship,
        Self::Link,
        Self::Promise,
        Self::Refused,
        Self::RightParty,
        Self::Stop,
        Self::WrongPerson,
    ];

    /// The code in files and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::AlreadyPaid => "already_paid",
            Self::Bankruptcy => "bankruptcy",
            Self::Callback => "callback",
            Self::Complaint => "complaint",
            Self::Dispute => "dispute",
            Self::Hardship => "hardship",
            Self::Link => "link",
            Self::Promise => "promise",
            Self::Refused => "refused",
            Self::RightParty => "right_party",
            Self::Stop => "stop",
            Self::WrongPerson => "wrong_person",
        }
    }

    /// What the debtor did, where this flag says it.
    fn disposition(self) -> Option<Disposition> {
        match self {
            Self::AlreadyPaid => Some(Disposition::AlreadyPaid),
            Self::Bankruptcy => Some(Disposition::BankruptcyClaimed),
            Self::Callback => Some(Disposition::CallbackBooked),
            Self::Dispute => Some(Disposition::Dispute),
            Self::Link => Some(Disposition::LinkSent),
            Self::Promise => Some(Disposition::PromiseToPay),
            Self::Refused => Some(Disposition::Refused),
            Self::Stop => Some(Disposition::StopRequested),
            Self::WrongPerson => Some(Disposition::WrongPerson),
            Self::Complaint | Self::Hardship | Self::RightParty => None,
        }
    }

    /// Nobody but the debtor himself can have done it.
    fn wants_right_party(self) -> bool {
        match self {
            Self::AlreadyPaid | Self::Bankruptcy | Self::Dispute | Self::Hardship => true,
            Self::Link | Self::Promise | Self::Refused => true,
            Self::Callback | Self::Complaint | Self::RightParty | Self::Stop | Self::WrongPerson => false,
        }
    }
}

impl DispositionPlan {
    /// What the debtor did, where he had said who he is or not.
    pub fn disposition(&self, identified: bool) -> Disposition {
        let said = self.flags.iter().find_map(|flag| flag.disposition());
        said.unwrap_or(if identified || self.has(Flag::RightParty) {
            Disposition::Connected
        } else {
            Disposition::NotIdentified
        })
    }

    /// Whether a talk may be written up so. Where nobody has said who he is, not what only the debtor himself can do; where he
    /// has, not that nobody did.
    pub fn may_be_of(&self, identified: bool) -> bool {
        if identified { !self.flags.is_empty() } else { !self.has(Flag::RightParty) }
    }

    pub fn has(&self, flag: Flag) -> bool {
        self.flags.contains(&flag)
    }

    /// Whether its flags go together: one thing that the debtor did at most, and what only he can do with him on the line.
    pub fn is_sound(&self) -> bool {
        let did = self.flags.iter().filter(|flag| flag.disposition().is_some()).count();
        let right = self.has(Flag::RightParty);
        let his = self.flags.iter().any(|flag| flag.wants_right_party());
        did <= 1 && (right || !his) && !(right && self.has(Flag::WrongPerson))
    }
}
