//! What a flow says of the folder around it: its file's name, and the queues of `agents.toml`.

use std::path::Path;

use super::FlowFile;
use crate::domain::nearest;
use crate::ivr::mistake::told;
use crate::ivr::{Flow, Mistake};

/// A flow is called as its file, where campaigns and people look for it.
pub fn misnamed(text: &str, file: &FlowFile, path: &Path) -> Option<Mistake> {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).filter(|stem| *stem != file.flow)?;
    let flow = &file.flow;
    let text = Mistake {
        line: line_of(text, |line| line.starts_with("flow:")),
        key: "flow".to_owned(),
        text: told(
            format!("the flow is called {flow} and its file {stem}: both have one name"),
            format!("сценарий называется {flow}, а его файл — {stem}: имя у них одно"),
        ),
    };
    Some(text)
}

/// Queues that the flow connects to and `known` lacks; where none is known at all, that is none.
pub fn unknown_queues(text: &str, flow: &Flow, known: &[&str]) -> Vec<Mistake> {
    if known.is_empty() {
        return Vec::new();
    }
    let unknown = flow.connects().filter(|(_, queue)| !known.contains(queue));
    let mistake = |(step, queue): (&str, &str)| {
        let (en, ru) = match nearest(queue, known.iter().copied()) {
            Some(near) => (format!("; did you mean {near}?"), format!("; имелось в виду {near}?")),
            None => (format!("; there are: {}", known.join(", ")), format!("; есть: {}", known.join(", "))),
        };
        Mistake {
            line: line_of(text, |line| line.contains("queue:") && line.contains(queue)),
            key: format!("steps.{step}.connect.queue"),
            text: told(
                format!("agents.toml has no queue {queue}{en}"),
                format!("в agents.toml нет очереди {queue}{ru}"),
            ),
        }
    };
    unknown.map(mistake).collect()
}

/// The first line that is the one sought, from 1.
fn line_of(text: &str, is: impl Fn(&str) -> bool) -> Option<u32> {
    u32::try_from(text.lines().position(is)? + 1).ok()
}
