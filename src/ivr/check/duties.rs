//! What law and policy ask of a flow: the notice first and unskippable, a key to stop in every menu.

use super::at_step;
use crate::domain::{Disposition, Notice};
use crate::ivr::Mistake;
use crate::ivr::flow::Flow;
use crate::ivr::mistake::told;
use crate::ivr::output::Action;
use crate::ivr::policy::Policy;
use crate::ivr::step::{Act, Plays, Step, Target};

/// The duties that `flow` leaves undone.
pub(super) fn check(flow: &Flow, policy: &Policy) -> Vec<Mistake> {
    let mut mistakes = notices(flow, policy);
    if policy.stop_key {
        let menus = flow.steps.iter().filter(|step| !has_stop_key(flow, step));
        let text = told(
            "this menu has no key to stop the calls or to complain",
            "в этом меню нет клавиши, чтобы прекратить звонки или пожаловаться",
        );
        mistakes.extend(menus.map(|menu| at_step(menu, text.clone())));
    }
    if policy.no_debt {
        mistakes.extend(debts_told(flow));
    }
    mistakes
}

/// Stems of words that a service call has no use for, in small letters, and words whose stem is that of others, too.
const OF_DEBTS: [&str; 9] =
    ["должн", "задолж", "взыск", "просроч", "debt", "overdue", "owe", "collect", "repay"];
const DEBT_WORDS: [&str; 10] =
    ["долг", "долга", "долгу", "долгом", "долге", "долги", "долгов", "долгам", "долгами", "долгах"];

/// What a service call would tell of debts.
fn debts_told(flow: &Flow) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for (key, prompt) in flow.prompts() {
        let words = prompt.words().to_lowercase();
        let is_of_debts =
            |word: &str| DEBT_WORDS.contains(&word) || OF_DEBTS.iter().any(|stem| word.starts_with(stem));
        if prompt.reads_debt() || words.split(|c: char| !c.is_alphabetic()).any(is_of_debts) {
            let text = told(
                "a service call speaks of no debt: this text does",
                "сервисный звонок не говорит о долгах, а этот текст говорит",
            );
            mistakes.push(Mistake { key, line: None, text });
        }
    }
    let promises =
        [Disposition::PromiseToPay, Disposition::AlreadyPaid, Disposition::Dispute, Disposition::LinkSent];
    let of_debts =
        flow.steps.iter().filter(|step| step.outcome.is_some_and(|outcome| promises.contains(&outcome)));
    let text = told(
        "a service call ends in nothing that is of a debt",
        "сервисный звонок не кончается ничем, что касается долга",
    );
    mistakes.extend(of_debts.map(|step| at_step(step, text.clone())));
    mistakes
}

/// The notices come before the first question, in texts that no key skips.
fn notices(flow: &Flow, policy: &Policy) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for step in flow.steps.iter().filter(|step| !step.notices.is_empty()) {
        if matches!(step.plays, Plays::Say { barge_in: true, .. }) {
            let text = told(
                "a key would skip this notice: set barge_in: false",
                "клавиша оборвёт это уведомление: поставьте barge_in: false",
            );
            mistakes.push(at_step(step, text));
        }
    }
    let mut missing: Vec<Notice> = policy.notices.clone();
    let mut number = flow.start;
    // A path of texts alone: each step has one way. The bound is for a loop, which is refused elsewhere.
    for _ in 0..flow.steps.len() {
        let step = &flow.steps[number];
        missing.retain(|notice| !step.notices.contains(notice));
        match step.plays {
            Plays::Say { then: Target::Step(next), .. } | Plays::Pass { then: Target::Step(next) } => {
                number = next;
            }
            Plays::Ask { .. } | Plays::Connect { .. } | Plays::Enter { .. } => break,
            Plays::Say { .. } | Plays::Pass { .. } => break,
        }
    }
    for notice in missing {
        let code = notice.code();
        let text = told(
            format!("the notice {code} must be told before the first question"),
            format!("уведомление {code} должно прозвучать до первого вопроса"),
        );
        mistakes.push(at_step(&flow.steps[flow.start], text));
    }
    mistakes
}

fn has_stop_key(flow: &Flow, step: &Step) -> bool {
    match &step.plays {
        Plays::Ask { keys, .. } => keys.values().any(|goes| stops(flow, goes.then)),
        Plays::Connect { .. } | Plays::Enter { .. } | Plays::Pass { .. } | Plays::Say { .. } => true,
    }
}

/// The step asks to stop or opens a complaint.
fn stops(flow: &Flow, target: Target) -> bool {
    let Target::Step(number) = target else { return false };
    let step = &flow.steps[number];
    step.outcome == Some(Disposition::StopRequested) || step.acts.contains(&Act::Now(Action::OpenComplaint))
}
