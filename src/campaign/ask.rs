//! What a campaign asks the rules before a call. Gate, explanation and what-if ask in the same words.

use crate::domain::{DebtId, PersonId, PhoneNumber};
use crate::rules::{
    CliStatus, DialMode, Facts, Override, Phone, PhoneKey, PhoneType, Relation, Way, ZoneSet,
};

/// Whom a campaign would call, about which debt, on which of his phones.
#[derive(Clone, Copy, Debug)]
pub struct Callee<'a> {
    pub person: PersonId,
    pub debt: DebtId,
    /// Whom the debt is owed to, as the lists name it.
    pub creditor: &'a str,
    pub phone: &'a PhoneNumber,
    pub phone_type: PhoneType,
    pub relation: Relation,
    /// Where he may be, by all that is known of him.
    pub zones: &'a ZoneSet,
}

/// The request for a call to `callee`, dialled in `mode`. `overrides` are the approved exceptions from the campaign's preset.
pub fn ask(callee: Callee<'_>, mode: DialMode, overrides: &[Override]) -> Facts {
    Facts {
        person: callee.person,
        debt: callee.debt,
        creditor: callee.creditor.to_owned(),
        phone: Phone { number: PhoneKey::from(callee.phone), kind: callee.phone_type },
        relation: callee.relation,
        way: Way::call(mode),
        // `trunk::caller_id` chooses among allocated numbers only.
        caller_id: CliStatus::Allocated,
        zones: callee.zones.clone(),
        blocked: Vec::new(),
        tallies: Vec::new(),
        overrides: overrides.to_vec(),
    }
}
