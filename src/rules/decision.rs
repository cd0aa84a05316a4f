//! What was decided, and the verdict of every rule behind it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::preset::RuleId;

/// One rule's verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub rule: RuleId,
    pub pass: bool,
    /// The rule concerns this request; one that does not passes.
    pub applies: bool,
    /// What it counted, for rules that count.
    pub count: Option<u32>,
    pub limit: Option<u32>,
    /// The earliest time from now on at which this rule alone would pass; absent: never without a human act.
    pub release: Option<Timestamp>,
}

/// The decision on one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub at: Timestamp,
    pub allow: bool,
    /// The first rule that denies, in report order.
    pub deny: Option<RuleId>,
    /// Every rule's verdict, in report order.
    pub verdicts: Vec<Verdict>,
    /// The least time from now on at which every rule passes if nothing else happens; absent: never without a human
    /// act, or not within 400 days.
    pub next_allowed: Option<Timestamp>,
    /// The rules whose limit was an approved exception at `at`; the facts name its evidence.
    #[serde(default)]
    pub overridden: Vec<RuleId>,
    /// The preset's name, composed ones joined by `+`.
    pub preset: String,
    /// The release of the zone data.
    pub zone_data: String,
}

impl Decision {
    /// The rules that deny besides the first, each once, in report order.
    pub fn also_denied_by(&self) -> Vec<&RuleId> {
        let mut others: Vec<&RuleId> = Vec::new();
        for verdict in self.verdicts.iter().filter(|verdict| !verdict.pass) {
            if Some(&verdict.rule) != self.deny.as_ref() && !others.contains(&&verdict.rule) {
                others.push(&verdict.rule);
            }
        }
        others
    }
}
