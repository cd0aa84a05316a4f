//! What is sealed row by row, by which columns, and which of them may change by which act.

use super::super::super::record::{json, sha256};
use crate::store::engine::conn::{Fault, Row};

/// The columns of an entry of the ledger that are sealed.
macro_rules! event_columns {
    () => {
        "id, person_id, at, kind, channel_exact, phone, phone_type, dial_mode, debt_id, creditor, agent, excluded, \
         attempt_id, corrects, source, external_id, written_at"
    };
}
pub(in crate::store) use event_columns;

/// What a link seals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Sealed {
    Access,
    Attempt,
    CaseAct,
    Consent,
    Deed,
    DenialRepeat,
    Disposed,
    Event,
    Hold,
    Kin,
    Note,
    PersonLink,
    Preference,
    Review,
}

/// The columns of a kind of rows.
pub(super) struct Columns {
    /// As a statement selects them, the row's key first.
    pub names: &'static str,
    /// `i` a number, `t` a text, in the same order.
    types: &'static str,
    /// How many of the last ones may change by an act that is sealed itself.
    may_change: usize,
}

impl Sealed {
    pub const ALL: [Self; 14] = [
        Self::Access,
        Self::Attempt,
        Self::CaseAct,
        Self::Consent,
        Self::Deed,
        Self::DenialRepeat,
        Self::Disposed,
        Self::Event,
        Self::Hold,
        Self::Kin,
        Self::Note,
        Self::PersonLink,
        Self::Preference,
        Self::Review,
    ];

    /// The code in the database: the table's name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Attempt => "attempt",
            Self::CaseAct => "case_act",
            Self::Consent => "consent",
            Self::Deed => "deed",
            Self::DenialRepeat => "denial_repeat",
            Self::Disposed => "disposed",
            Self::Event => "event",
            Self::Hold => "hold",
            Self::Kin => "kin",
            Self::Note => "sealed_note",
            Self::PersonLink => "person_link",
            Self::Preference => "preference",
            Self::Review => "quality_review",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The column that names a row.
    pub fn key(self) -> &'static str {
        match self {
            Self::DenialRepeat => "decision_id",
            Self::Disposed => "attempt_id",
            _ => "id",
        }
    }

    pub(super) fn columns(self) -> Columns {
        let (names, types, may_change) = match self {
            Self::Access => ("id, at, who, what, person_id", "iitti", 0),
            Self::Attempt => (ATTEMPT, "iiiiiittttttiitttiiiiiiiiiittitititiittit", 4),
            Self::CaseAct => ("id, case_id, at, who, act, text", "iiittt", 0),
            Self::Consent => {
                ("id, person_id, kind, phone, debt_id, from_at, evidence, until_at", "iitiiiti", 1)
            }
            Self::Deed => ("id, at, who, act, person_id, row_id, evidence", "iittiit", 0),
            Self::DenialRepeat => ("decision_id, times, last_at", "iii", 2),
            Self::Disposed => {
                ("attempt_id, agent, at, code, disposition, reason, promised_minor, late", "ititttii", 0)
            }
            Self::Event => (event_columns!(), "iiittittittiiitti", 0),
            Self::Hold => (
                "id, person_id, kind, phone, debt_id, from_at, evidence, after_attempt, until_at, suspended",
                "iitiiitiit",
                2,
            ),
            Self::Kin => ("id, person_id, other_id, upto_event, upto_at", "iiiii", 2),
            Self::Note => ("id, kind, name, body", "ittt", 0),
            Self::PersonLink => ("id, at, act, person_id, other_id, evidence", "iitiit", 0),
            Self::Preference => {
                ("id, person_id, from_time, to_time, from_at, evidence, until_at", "iittiti", 1)
            }
            Self::Review => {
                ("id, attempt_id, agent, reviewer, at, marks, raw_bp, critical, comment", "iittitiit", 0)
            }
        };
        Columns { names, types, may_change }
    }

    /// The digest of a row whose columns are all of `row`: SHA-256 of those that never change, and beside it of those that
    /// may.
    pub fn digest(self, row: &Row) -> Result<String, Fault> {
        let Columns { types, may_change, .. } = self.columns();
        let mut cells = Vec::with_capacity(types.len());
        for (column, kind) in types.bytes().enumerate() {
            cells.push(match kind {
                b'i' => serde_json::json!(row.int_opt(column)?),
                _ => serde_json::json!(row.text_opt(column)?),
            });
        }
        let (fixed, may) = cells.split_at(cells.len() - may_change);
        let digest = sha256(&[&json(&fixed)]);
        Ok(if may.is_empty() { digest } else { format!("{digest} {}", sha256(&[&json(&may)])) })
    }

    /// The part of a digest that no act changes.
    pub(super) fn fixed(digest: &str) -> &str {
        digest.split(' ').next().unwrap_or_default()
    }

    /// Whether `act`, sealed by the link right before, may change a row of this kind, and so lets it be sealed anew.
    pub(super) fn changed_by(self, id: i64, act: &Act) -> bool {
        let deed = |acts: &[&str]| matches!(act, Act::Deed { act, row } if *row == id && acts.contains(&act.as_str()));
        match self {
            Self::Attempt => matches!(act, Act::Disposed { attempt } if *attempt == id),
            Self::Consent => deed(&["consent_withdrawn"]),
            // Each repetition is sealed: `times` is the number of links.
            Self::DenialRepeat => true,
            Self::Hold => deed(&["hold_lifted", "hold_suspended"]),
            Self::Kin => matches!(act, Act::Identity),
            Self::Preference => deed(&["preference_lifted"]),
            Self::Access
            | Self::CaseAct
            | Self::Deed
            | Self::Disposed
            | Self::Event
            | Self::Note
            | Self::PersonLink
            | Self::Review => false,
        }
    }
}

/// What the link before sealed, as far as it lets other rows change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Act {
    Deed {
        act: String,
        row: i64,
    },
    Disposed {
        attempt: i64,
    },
    /// A merge or a split, or what followed from it for another pair.
    Identity,
    #[default]
    None,
}

const ATTEMPT: &str = "id, contact_id, campaign_id, person_id, debt_id, decision_id, node, phone, trunk, caller_id, \
    debtor_type, debt_kind, creditor_id, amount_minor, currency, config_version, flow_version, due_at, reserved_at, \
    invite_at, trying_at, ringing_at, early_media_at, answer_at, first_audio_at, first_key_at, end_at, outcome, \
    grades, sip_code, sip_reason, q850, hung_up_by, heard_percent, keys, cost_micro, closed_at, channel, \
    disposition, identified, promised_on";
