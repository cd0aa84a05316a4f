//! What a run has brought so far.

use std::collections::BTreeSet;
use std::time::Instant;

use crate::domain::{Disposition, Grade};
use crate::ivr::Action;
use crate::ivr::step::{StepNo, denies};

/// Keys and steps kept of one run; a call is over long before.
const KEPT_MOST: usize = 256;

#[derive(Debug, Default)]
pub(super) struct Journal {
    disposition: Option<Disposition>,
    grades: BTreeSet<Grade>,
    acts: Vec<Action>,
    keys: String,
    trail: Vec<(Instant, StepNo)>,
    identified: bool,
    /// The person said that he is not the debtor: for the rest of the call nobody is.
    denied: bool,
}

impl Journal {
    /// Takes an outcome. A later one replaces an earlier one of the same weight: that the debt was told never
    /// replaces what the debtor did, and nothing replaces that he asked to be left alone. Tells whether it withdraws
    /// what the person said of himself.
    pub(super) fn dispose(&mut self, disposition: Disposition) -> bool {
        if self.disposition.is_none_or(|earlier| weight(disposition) >= weight(earlier)) {
            self.disposition = Some(disposition);
        }
        self.denied |= denies(disposition);
        self.denied && std::mem::take(&mut self.identified)
    }

    pub(super) fn disposition(&self) -> Option<Disposition> {
        self.disposition
    }

    /// Whether the grade is new.
    pub(super) fn grade(&mut self, grade: Grade) -> bool {
        self.grades.insert(grade)
    }

    /// Whether the act is new: the second link, the second complaint of one call are not sent.
    pub(super) fn act(&mut self, action: &Action) -> bool {
        let new = !self.acts.contains(action);
        if new {
            self.acts.push(action.clone());
        }
        new
    }

    /// Whether the person is identified by this, and was not before. Who said that he is somebody else stays that.
    pub(super) fn identify(&mut self) -> bool {
        !self.denied && !std::mem::replace(&mut self.identified, true)
    }

    pub(super) fn identified(&self) -> bool {
        self.identified
    }

    pub(super) fn key(&mut self, masked: char) {
        if self.keys.len() < KEPT_MOST {
            self.keys.push(masked);
        }
    }

    pub(super) fn keys(&self) -> &str {
        &self.keys
    }

    pub(super) fn visit(&mut self, at: Instant, step: StepNo) {
        if self.trail.len() < KEPT_MOST {
            self.trail.push((at, step));
        }
    }

    pub(super) fn visited(&self, step: StepNo) -> bool {
        self.trail.iter().any(|(_, visited)| *visited == step)
    }

    pub(super) fn trail(&self) -> impl Iterator<Item = (Instant, StepNo)> {
        self.trail.iter().copied()
    }
}

fn weight(disposition: Disposition) -> u8 {
    match disposition {
        Disposition::CutOff | Disposition::HungUp | Disposition::NotIdentified | Disposition::Reminded => 0,
        Disposition::StopRequested => 2,
        _ => 1,
    }
}
