//! One run of a flow in one call.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{CallFacts, Flow, Input, Output};
use crate::domain::Disposition;

/// The interpreter of a flow: one for each call.
#[derive(Debug)]
pub struct FlowRun {
    flow: Arc<Flow>,
    facts: CallFacts,
    outputs: VecDeque<Output>,
    ends_by: Option<Instant>,
    keys: String,
}

impl FlowRun {
    /// A run that waits for [`Input::Begin`].
    pub fn new(flow: Arc<Flow>, facts: CallFacts, now: Instant) -> Self {
        let ends_by = Some(now + Duration::from_secs(300));
        Self { flow, facts, outputs: VecDeque::new(), ends_by, keys: String::new() }
    }

    /// Takes one input; poll the outputs afterwards.
    pub fn handle(&mut self, _now: Instant, input: Input) {
        if input == Input::HungUp && self.ends_by.take().is_some() {
            self.outputs.push_back(Output::Disposed(Disposition::HungUp));
        }
    }

    /// Lets what is due by `now` happen; poll the outputs afterwards.
    pub fn handle_timers(&mut self, now: Instant) {
        if self.ends_by.is_some_and(|at| at <= now) {
            self.ends_by = None;
            self.outputs.extend([Output::Disposed(Disposition::NotIdentified), Output::HangUp]);
        }
    }

    /// The next thing to do, if any.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call `handle_timers`; `None` once the run is over.
    pub fn next_timer(&self) -> Option<Instant> {
        self.ends_by
    }

    /// The keys pressed, in order; `#` for each digit of a number entered.
    pub fn keys_masked(&self) -> &str {
        &self.keys
    }

    /// The flow this run goes through.
    pub fn flow(&self) -> &Flow {
        &self.flow
    }

    /// The facts this run speaks of.
    pub fn facts(&self) -> &CallFacts {
        &self.facts
    }
}
