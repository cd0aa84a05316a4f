//! What a call asks of an agent.

use std::sync::Arc;
use std::time::Duration;

use super::skill::Skills;
use crate::domain::{AgentId, DebtorType, Language};

/// A call's want of an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    pub skills: Skills,
    pub wish: Wish,
    /// How long a reservation lasts that nothing comes of: the ring limit of a call dialled for it, a preview's time.
    pub lasts: Duration,
}

/// Whether it has to be somebody in particular. His skills are asked for all the same: the creditor or the debtor's
/// type may have changed since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    Anybody,
    /// He and nobody else: a preview, a transfer to a person.
    Only(AgentId),
    /// He where he is ready, else anybody: a promise or a callback of his.
    Rather(AgentId),
}

/// Who is on the line, as far as it decides who talks to him.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub language: Language,
    pub creditor: Option<Arc<str>>,
    pub debtor_type: DebtorType,
    /// Who took his last promise on the debt: he talks to him rather than to anybody.
    pub promised_to: Option<AgentId>,
}
