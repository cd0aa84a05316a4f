//! Refuses what a flow must not be. [`build`](self::build) reads each step by itself, [`paths`](self::paths) the ways between them,
//! [`duties`](self::duties) what law and policy ask.

mod build;
mod duties;
mod paths;
mod texts;

use std::collections::{BTreeMap, BTreeSet};

use super::flow::Flow;
use super::policy::Policy;
use super::step::{Step, StepNo, Target};
use super::{FlowFile, Mistake};
use crate::domain::Language;

pub(super) fn check(
    file: &FlowFile,
    policy: &Policy,
    prompt_files: &BTreeSet<String>,
) -> Result<Flow, Vec<Mistake>> {
    let mut checker = Checker::new(file, policy, prompt_files);
    let flow = checker.build();
    // What steps say of each other is read only once each of them makes sense by itself.
    if checker.mistakes.is_empty() {
        let mut flow = flow.expect("a file without a mistake gives a flow");
        paths::note_identity(&mut flow);
        let mut mistakes = paths::check(&flow);
        mistakes.extend(duties::check(&flow, policy));
        if mistakes.is_empty() {
            return Ok(flow);
        }
        checker.mistakes = mistakes;
    }
    checker.mistakes.sort_by_key(|mistake| mistake.line);
    Err(checker.mistakes)
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
        Self { file, policy, prompt_files, names, numbers, mistakes: Vec::new(), line: None }
    }

    fn note(&mut self, key: impl Into<String>, text: impl Into<String>) {
        self.mistakes.push(Mistake { line: self.line, key: key.into(), text: text.into() });
    }

    /// The step called `name`, or `hangup`; an unknown one is noted with the nearest name there is.
    fn target(&mut self, key: &str, name: &str) -> Target {
        if name == "hangup" {
            return Target::HangUp;
        }
        if let Some(&number) = self.numbers.get(name) {
            return Target::Step(number);
        }
        let nearest = self.names.iter().map(|known| (strsim::damerau_levenshtein(known, name), *known)).min();
        let hint = match nearest {
            Some((distance, known)) if distance <= 3 => format!("; did you mean {known}?"),
            Some(_) | None => String::new(),
        };
        self.note(key, format!("there is no step {name}{hint}"));
        Target::HangUp
    }

    fn languages(&self) -> &'a [Language] {
        &self.file.languages
    }
}

/// A mistake at a step of a flow that is built already.
fn at_step(step: &Step, text: impl Into<String>) -> Mistake {
    Mistake { line: step.line, key: format!("steps.{}", step.name), text: text.into() }
}

#[cfg(test)]
mod tests;
