//! Reads the ways between the steps: all reached, all ending, all with an outcome, none telling a debt too early.

use std::collections::VecDeque;

use super::at_step;
use crate::domain::{Disposition, Words};
use crate::ivr::Mistake;
use crate::ivr::flow::Flow;
use crate::ivr::mistake::told;
use crate::ivr::output::Mark;
use crate::ivr::step::{Plays, Step, StepNo, Target, Way};

/// The mistakes of a flow whose steps make sense one by one.
pub(super) fn check(flow: &Flow) -> Vec<Mistake> {
    let reached = reached(flow);
    let ending = ending(flow);
    let mut mistakes = Vec::new();
    for (number, step) in flow.steps.iter().enumerate() {
        if !reached[number] {
            let start = &flow.steps[flow.start].name;
            let text = told(format!("is never reached from {start}"), format!("сюда не попасть из {start}"));
            mistakes.push(at_step(step, text));
        } else if !ending[number] {
            let text = told(
                "no way out of here ends the call: a loop without exit",
                "ни один путь отсюда не кончает звонок: круг без выхода",
            );
            mistakes.push(at_step(step, text));
        }
    }
    mistakes.extend(disclosure(flow));
    mistakes.extend(without_outcome(flow));
    mistakes
}

fn reached(flow: &Flow) -> Vec<bool> {
    let mut reached = vec![false; flow.steps.len()];
    let mut open = vec![flow.start];
    while let Some(number) = open.pop() {
        if !std::mem::replace(&mut reached[number], true) {
            open.extend(flow.steps[number].ways().into_iter().filter_map(|(_, target)| step_of(target)));
        }
    }
    reached
}

/// For each step, whether some way from it ends the call.
fn ending(flow: &Flow) -> Vec<bool> {
    let mut ending = vec![false; flow.steps.len()];
    loop {
        let before = ending.clone();
        for (number, step) in flow.steps.iter().enumerate() {
            ending[number] |= step.ways().iter().any(|(_, target)| match target {
                Target::Agent | Target::HangUp => true,
                Target::Step(next) => before[*next],
            });
        }
        if ending == before {
            return ending;
        }
    }
}

/// For each step, whether `holds` became true on every path that enters it. `gives` tells whether leaving a step
/// by a way makes it true.
fn on_every_path(flow: &Flow, gives: impl Fn(&Step, Way) -> bool) -> Vec<bool> {
    let mut holds = vec![true; flow.steps.len()];
    holds[flow.start] = false;
    loop {
        let before = holds.clone();
        for (number, step) in flow.steps.iter().enumerate() {
            for (way, target) in step.ways() {
                if let Target::Step(next) = target {
                    holds[next] &= before[number] || gives(step, way);
                }
            }
        }
        if holds == before {
            return holds;
        }
    }
}

/// Works out where the person is certain to be the debtor: he said so on every path, and on none that he is not.
pub(super) fn note_identity(flow: &mut Flow) {
    let identified = on_every_path(flow, |step, _| step.mark == Some(Mark::RightParty));
    let denied = denied(flow);
    for ((step, before), denied) in flow.steps.iter_mut().zip(identified).zip(denied) {
        step.identified = (before || step.mark == Some(Mark::RightParty)) && denied.is_none();
    }
}

/// For each step, a step from which it may be reached, or itself, whose outcome says that the debtor does not listen.
/// Nothing heals that in the same call.
fn denied(flow: &Flow) -> Vec<Option<StepNo>> {
    let reached = reached(flow);
    let mut denied = vec![None; flow.steps.len()];
    for (denying, _) in
        flow.steps.iter().enumerate().filter(|(number, step)| reached[*number] && step.denies())
    {
        let mut open = vec![denying];
        while let Some(number) = open.pop() {
            if denied[number].is_none() {
                denied[number] = Some(denying);
                open.extend(flow.steps[number].ways().into_iter().filter_map(|(_, target)| step_of(target)));
            }
        }
    }
    denied
}

/// Debt data where it is not certain on every path that the debtor listens.
pub(super) fn disclosure(flow: &Flow) -> Vec<Mistake> {
    let denied = denied(flow);
    let mut mistakes = Vec::new();
    for (number, step) in flow.steps.iter().enumerate() {
        let reads = step.reads_debt();
        if reads && !step.requires_identity {
            let text = told(
                "reads debt.* without requires: right_party",
                "говорит debt.* без requires: right_party",
            );
            mistakes.push(at_step(step, text));
        }
        let tells = reads || step.sends_message();
        if (!tells && !step.requires_identity) || step.identified {
            continue;
        }
        let text = match denied[number] {
            Some(denying) if denying == number => told(
                "tells of the debt to a person who is not the debtor",
                "говорит о долге человеку, который не должник",
            ),
            Some(denying) => told_after(flow, denying, number),
            None => unidentified(flow, number),
        };
        mistakes.push(at_step(step, text));
    }
    mistakes.extend(marks_without_key(flow));
    mistakes
}

fn unidentified(flow: &Flow, number: StepNo) -> Words {
    let path = unidentified_path(flow, number).join(" → ");
    if flow.steps[number].sends_message() {
        return told(
            format!("sends a message about the debt to one who may not be the debtor, by {path}"),
            format!("шлёт сообщение о долге тому, кто может быть не должником, по пути {path}"),
        );
    }
    told(
        format!("may be reached without mark: right_party, by {path}"),
        format!("сюда можно попасть без mark: right_party, по пути {path}"),
    )
}

/// The person said that he is not the debtor, and yet the call goes on to `number`.
fn told_after(flow: &Flow, denying: StepNo, number: StepNo) -> Words {
    let mut path = shortest(flow, flow.start, denying, |_| true);
    path.extend(shortest(flow, denying, number, |_| true).split_off(1));
    let path = path.join(" → ");
    let outcome = flow.steps[denying].outcome.map_or("", Disposition::code);
    told(
        format!(
            "may be reached after the outcome {outcome}: nobody is the debtor any more in this call, by {path}"
        ),
        format!(
            "сюда можно попасть после итога {outcome}: должника в этом звонке больше нет, по пути {path}"
        ),
    )
}

/// Identity is what the person said by a key, so every way to a marking step is a key.
fn marks_without_key(flow: &Flow) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    if flow.steps[flow.start].mark.is_some() {
        let text = told(
            "marks right_party before anybody was asked",
            "ставит right_party раньше, чем кого-либо спросили",
        );
        mistakes.push(at_step(&flow.steps[flow.start], text));
    }
    for step in &flow.steps {
        if step.mark.is_some() && step.outcome == Some(Disposition::StopRequested) {
            let text = told(
                "marks right_party though he asked not to be called: he said nothing of who he is",
                "ставит right_party, а человек просил не звонить: кто он, он не говорил",
            );
            mistakes.push(at_step(step, text));
        }
        let marks = |target| step_of(target).is_some_and(|next| flow.steps[next].mark.is_some());
        let keys =
            step.ways().into_iter().filter(|(way, target)| matches!(way, Way::Key(_)) && marks(*target));
        if keys.count() > 1 {
            let text = told(
                "several keys lead to mark: right_party: of one question one answer says that it is he",
                "к mark: right_party ведут несколько клавиш: что это он, говорит один ответ на вопрос",
            );
            mistakes.push(at_step(step, text));
        }
        for (key, target) in step.language_keys() {
            if let Some(marked) =
                step_of(target).map(|next| &flow.steps[next]).filter(|next| next.mark.is_some())
            {
                let name = &step.name;
                let text = told(
                    format!("marks right_party though key {key} of {name} only chooses a language"),
                    format!("ставит right_party, а клавиша {key} в {name} лишь выбирает язык"),
                );
                mistakes.push(at_step(marked, text));
            }
        }
        for (way, target) in step.ways() {
            let marked = step_of(target).map(|next| &flow.steps[next]).filter(|next| next.mark.is_some());
            if let Some(marked) = marked.filter(|_| !matches!(way, Way::Key(_))) {
                let name = &step.name;
                let text = told(
                    format!("marks right_party though {name} leads here without a key"),
                    format!("ставит right_party, а из {name} сюда попадают без клавиши"),
                );
                mistakes.push(at_step(marked, text));
            }
        }
    }
    mistakes
}

/// The shortest path to `goal` on which nobody is identified.
fn unidentified_path(flow: &Flow, goal: StepNo) -> Vec<&str> {
    shortest(flow, flow.start, goal, |step| step.mark.is_none())
}

/// The shortest path between two steps over steps that `may_pass` lets by; `goal` alone where there is none.
fn shortest(flow: &Flow, start: StepNo, goal: StepNo, may_pass: impl Fn(&Step) -> bool) -> Vec<&str> {
    let mut from = vec![None; flow.steps.len()];
    let mut open = VecDeque::from([start]);
    while let Some(number) = open.pop_front() {
        if !may_pass(&flow.steps[number]) {
            continue;
        }
        for (_, target) in flow.steps[number].ways() {
            if let Some(next) = step_of(target).filter(|&next| next != start && from[next].is_none()) {
                from[next] = Some(number);
                open.push_back(next);
            }
        }
    }
    let mut path = vec![flow.steps[goal].name.as_str()];
    let mut at = goal;
    while let Some(before) = from[at].filter(|_| path.len() <= flow.steps.len()) {
        path.push(&flow.steps[before].name);
        at = before;
    }
    path.reverse();
    path
}

/// Paths that end the call without an outcome. A debt told sets `reminded` by itself, a transfer `operator_asked`.
fn without_outcome(flow: &Flow) -> Vec<Mistake> {
    let gives = |step: &Step, way: Way| match step.plays {
        Plays::Enter { .. } => step.outcome.is_some() && way == Way::Confirmed,
        Plays::Connect { .. } => true,
        Plays::Ask { .. } | Plays::Pass { .. } | Plays::Say { .. } => {
            step.outcome.is_some() || step.reads_debt()
        }
    };
    let set = on_every_path(flow, gives);
    let mut mistakes = Vec::new();
    for (number, step) in flow.steps.iter().enumerate() {
        let ends_bare = step
            .ways()
            .into_iter()
            .any(|(way, target)| target == Target::HangUp && !set[number] && !gives(step, way));
        if ends_bare {
            let text = told(
                "may end the call without an outcome on the way",
                "может кончить звонок, не отметив исхода",
            );
            mistakes.push(at_step(step, text));
        }
    }
    mistakes
}

fn step_of(target: Target) -> Option<StepNo> {
    match target {
        Target::Step(number) => Some(number),
        Target::Agent | Target::HangUp => None,
    }
}
