//! Cases: a debtor and what he does, and what must come of it.

use std::sync::Arc;
use std::time::Instant;

use jiff::civil::Date;
use serde::Deserialize;

use super::{Debtor, Reader, Rehearsal};
use crate::domain::{Disposition, Grade};
use crate::ivr::{Flow, Mistake};

/// A file of cases for one flow, `config/flows/tests/*.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseFile {
    pub flow: String,
    pub cases: Vec<Case>,
}

/// One rehearsed call.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// A sentence that says what is shown.
    pub name: String,
    #[serde(default)]
    pub debtor: Debtor,
    /// Turn by turn: keys such as `2` or `05#`, pressed when all was heard (`!1`: at once), or an event: `listen`,
    /// `silence`, `hangup`, `agent`, `no_agent`, `machine`, `beep`, `pause` (the greeting ends without a beep), `resume` (it had
    /// only paused).
    #[serde(default)]
    pub turns: Vec<String>,
    pub expect: Expect,
}

/// What must come of a case; what is left out is not looked at.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    pub outcome: Disposition,
    pub promised: Option<Date>,
    /// Texts that are said, in this order, perhaps with others between.
    #[serde(default)]
    pub says: Vec<String>,
    /// Texts that are never said.
    #[serde(default)]
    pub never_says: Vec<String>,
    /// Every act, in order: `sms pay_link`, `complaint`, `call next_window`, `call 18`, `connect collectors`.
    pub acts: Option<Vec<String>>,
    /// Grades reached, perhaps with others.
    #[serde(default)]
    pub grades: Vec<Grade>,
    pub keys: Option<String>,
    pub identified: Option<bool>,
}

impl CaseFile {
    /// Reads the text of a file of cases.
    ///
    /// # Errors
    /// The first mistake of writing, with its line.
    pub fn read(text: &str) -> Result<Self, Mistake> {
        serde_saphyr::from_str(text).map_err(|error| Mistake::of_writing(&error, None))
    }
}

impl Case {
    /// Rehearses the case from `now` on and tells what came out otherwise than expected; empty when nothing did.
    pub fn failures(&self, flow: &Arc<Flow>, now: Instant, reader: Reader<'_>) -> Vec<String> {
        let facts = match self.debtor.facts() {
            Ok(facts) => facts,
            Err(why) => return vec![format!("debtor: {why}")],
        };
        let mut rehearsal = Rehearsal::begin(Arc::clone(flow), facts, now, reader);
        for turn in &self.turns {
            if let Err(why) = rehearsal.turn(turn) {
                return vec![why];
            }
        }
        rehearsal.finish();
        self.expect.failures(&rehearsal)
    }
}

impl Expect {
    fn failures(&self, came: &Rehearsal<'_>) -> Vec<String> {
        let mut failures = Vec::new();
        let mut note = |what: &str, expected: String, got: String| {
            if expected != got {
                failures.push(format!("{what}: expected {expected}, got {got}"));
            }
        };
        let outcome = came.disposition.map_or("none", Disposition::code);
        note("outcome", self.outcome.code().to_owned(), outcome.to_owned());
        if self.promised.is_some() || came.promised.is_some() {
            note("promised", format!("{:?}", self.promised), format!("{:?}", came.promised));
        }
        if let Some(acts) = &self.acts {
            note("acts", acts.join(", "), came.acts.join(", "));
        }
        if let Some(keys) = &self.keys {
            note("keys", keys.clone(), came.run().keys_masked().to_owned());
        }
        if let Some(identified) = self.identified {
            note("identified", identified.to_string(), came.run().is_identified().to_string());
        }
        let missing = self.grades.iter().filter(|grade| !came.grades.contains(grade));
        failures.extend(missing.map(|grade| format!("grade {} was not reached", grade.code())));
        let mut prompts = came.said.iter();
        for text in &self.says {
            if !prompts.any(|said| said.contains(text)) {
                failures.push(format!(
                    "{text:?} is not said where expected; said:\n    {}",
                    came.said.join("\n    ")
                ));
                break;
            }
        }
        let told = self.never_says.iter().filter(|text| came.said.iter().any(|said| said.contains(*text)));
        failures.extend(told.map(|text| format!("{text:?} is said")));
        failures
    }
}
