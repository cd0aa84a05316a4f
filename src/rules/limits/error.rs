//! Why limits are refused, and where in the file.

use jiff::Timestamp;
use jiff::civil::Date;

use super::loosening::HIGHEST;
use crate::rules::preset::{PresetError, RuleId};
use crate::rules::spot::Spot;

/// One reason to refuse limits, in its place.
#[derive(Debug, thiserror::Error)]
#[error("{fault}")]
pub struct Slip {
    pub at: Spot,
    pub fault: LimitsError,
}

impl Slip {
    /// A rule or a patch at `at` that no preset can take.
    pub(super) fn of_preset(at: Spot, fault: PresetError) -> Self {
        let at = at.then(fault.key().as_str());
        Self { at, fault: LimitsError::Preset(fault) }
    }
}

/// Why limits are refused.
#[derive(Debug, thiserror::Error)]
pub enum LimitsError {
    #[error("reading limits: {source}")]
    Read { source: toml::de::Error },
    #[error("no such key{}", near(.close))]
    UnknownKey { close: Option<String> },
    #[error("is missing")]
    Missing,
    #[error("{}", .source.message())]
    Shape { source: toml::de::Error },
    #[error("is not written as [[{part}]]")]
    NotTables { part: String },
    #[error(transparent)]
    Preset(PresetError),
    #[error(
        "limits loosen {rule} of {preset}: choose another preset, or write an [[override]] with evidence, expiry and a \
         second approver"
    )]
    Loosens { preset: String, rule: RuleId },
    #[error("the override of {rule} names no evidence: a document, in three letters or digits at least")]
    NoEvidence { rule: RuleId },
    #[error("the override of {rule} ends on {expires}, before it begins on {approved_on}")]
    EndsFirst { rule: RuleId, approved_on: Date, expires: Timestamp },
    #[error("the override of {rule} has the limit {limit}: more than {HIGHEST} is taken for a mistake")]
    TooHigh { rule: RuleId, limit: u32 },
    #[error("the override of {rule} needs two different people to approve it")]
    OnePerson { rule: RuleId },
    #[error(
        "the override of {rule} is meant to last more than a year from {approved_on}: approve it again then"
    )]
    TooLong { rule: RuleId, approved_on: Date },
    #[error("the override of {rule} has expired on {expired}")]
    Expired { rule: RuleId, expired: Timestamp },
    #[error("the override of {rule}: {preset} has no such cap")]
    NoCap { preset: String, rule: RuleId },
    #[error("there is no preset {preset}{}", near(.close))]
    NoPreset { preset: String, close: Option<String> },
    #[error("a [[tighten]] is of {rule}, and no preset has a rule of that id{}", near(.close))]
    NoRule { rule: String, close: Option<String> },
    #[error("a [[override]] is of {rule}, and no preset has a cap of that id{}", near(.close))]
    NoCapAnywhere { rule: String, close: Option<String> },
    #[error(
        "{preset} has a rule {rule} already: change that one by a [[tighten]], or give this one an id of its own"
    )]
    TakenId { preset: String, rule: String },
    #[error("a [[tighten]] does not say by its id which rule it means")]
    NoId,
}

fn near(close: &Option<String>) -> String {
    close.as_ref().map(|name| format!("; did you mean {name}?")).unwrap_or_default()
}
