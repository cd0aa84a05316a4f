//! Refuses what a flow must not be. [`build`](self::build) reads each step by itself, [`paths`](self::paths) the ways between them,
//! [`duties`](self::duties) what law and policy ask.

mod build;
mod duties;
mod paths;
mod texts;

use std::collections::{BTreeMap, BTreeSet};

use super::flow::Flow;
use super::mistake::told;
use super::policy::Policy;
use super::step::{Step, StepNo, Target};
use super::{FlowFile, Mistake};
use crate::domain::{Language, Words, nearest};

pub(super) fn check(
    file: &FlowFile,
    policy: &Policy,
    prompt_files: &BTreeSet<String>,
) -> Result<Flow, Vec<Mistake>> {
    let mut checker = Checker::new(file, policy, prompt_files);
    let flow = checker.build();
    let Some(mut flow) = flow else { return Err(sorted(checker.mistakes)) };
    paths::note_identity(&mut flow);
    // Where a way leads nobody knows where, fewer steps are reached than were meant: that a debt is told too early is
    // true even so, the rest may not be.
    if checker.lost {
        checker.mistakes.extend(paths::disclosure(&flow));
    } else {
        checker.mistakes.extend(paths::check(&flow));
        checker.mistakes.extend(duties::check(&flow, policy));
    }
    if checker.mistakes.is_empty() { Ok(flow) } else { Err(sorted(checker.mistakes)) }
}

fn sorted(mut mistakes: Vec<Mistake>) -> Vec<Mistake> {
    mistakes.sort_by_key(|mistake| mistake.line);
    mistakes
}

/// Collects mistakes while a flow is built.
struct Checker<'a> {
    file: &'a FlowFile,
    policy: &'a Policy,
    prompt_files: &'a BTreeSet<String>,
    /// Steps in the order of the file.
    names: Vec<&'a str>,
    numbers: BTreeMap<&'a str, StepNo>,
    mistakes: Vec<Mistake>,
    /// Some way leads nobody knows where.
    lost: bool,
    /// The line of the step being read.
    line: Option<u32>,
}

impl<'a> Checker<'a> {
    fn new(file: &'a FlowFile, policy: &'a Policy, prompt_files: &'a BTreeSet<String>) -> Self {
        let mut steps: Vec<_> =
            file.steps.iter().map(|(name, step)| (step.referenced.line(), name.as_str())).collect();
        steps.sort_unstable();
        let names: Vec<_> = steps.into_iter().map(|(_, name)| name).collect();
        let numbers = names.iter().enumerate().map(|(number, &name)| (name, number)).collect();
        Self { file, policy, prompt_files, names, numbers, mistakes: Vec::new(), lost: false, line: None }
    }

    fn note(&mut self, key: impl Into<String>, text: Words) {
        self.mistakes.push(Mistake { line: self.line, key: key.into(), text });
    }

    /// The step called `name`, or `hangup`; an unknown one is noted and taken for the nearest name there is.
    fn target(&mut self, key: &str, name: &str) -> Target {
        if name == "hangup" {
            return Target::HangUp;
        }
        if let Some(&number) = self.numbers.get(name) {
            return Target::Step(number);
        }
        match nearest(name, self.names.iter().copied()) {
            Some(known) => {
                let en = format!("there is no step {name}; did you mean {known}?");
                self.note(key, told(en, format!("нет шага {name}; имелось в виду {known}?")));
                Target::Step(self.numbers[known])
            }
            None => self.nowhere(key, told(format!("there is no step {name}"), format!("нет шага {name}"))),
        }
    }

    /// Notes a way that leads nobody knows where.
    fn nowhere(&mut self, key: impl Into<String>, text: Words) -> Target {
        self.lost = true;
        self.note(key, text);
        Target::HangUp
    }

    fn languages(&self) -> &'a [Language] {
        &self.file.languages
    }
}

/// A mistake at a step of a flow that is built already.
fn at_step(step: &Step, text: Words) -> Mistake {
    Mistake { line: step.line, key: format!("steps.{}", step.name), text }
}

#[cfg(test)]
mod tests;
