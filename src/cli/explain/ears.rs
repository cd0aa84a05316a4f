//! Who or what answered in the person's last calls, as the detector heard it.

use serde_json::json;

use super::Desk;
use crate::cli::{export, heard, words};
use crate::domain::Outcome;
use crate::store::{HeardCall, PersonFile};

impl Desk<'_> {
    fn heard<'d>(&'d self, file: &PersonFile) -> &'d [HeardCall] {
        self.known.heard.get(&file.id).map_or(&[], Vec::as_slice)
    }

    pub(super) fn heard_text(&self, file: &PersonFile) -> String {
        let of_call = |call: &HeardCall| {
            let outcome = call.outcome.map(Outcome::code).unwrap_or_default();
            let (outcome, at) = (words::outcome(outcome, self.language), self.clock.told(call.reserved_at));
            let head = self.language.pick("heard in call", "услышано в звонке");
            let heard = heard::line(&call.heard, self.language);
            format!("{head} {} ({at}, {outcome}): {heard}\n", call.attempt)
        };
        self.heard(file).iter().map(of_call).collect()
    }

    pub(super) fn heard_json(&self, file: &PersonFile) -> Vec<serde_json::Value> {
        let of_call = |call: &HeardCall| {
            json!({
                "attempt": call.attempt, "reserved_at": call.reserved_at, "outcome": call.outcome.map(Outcome::code),
                "events": call.heard.iter().map(export::heard_object).collect::<Vec<_>>(),
            })
        };
        self.heard(file).iter().map(of_call).collect()
    }
}
