//! A campaign's `mode` and its `[agents]`.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::time;

use super::read::{Clause, Mistake, Section, Value};
use crate::campaign::{AgentCalls, Dialling, Hours, Prediction, USUAL_CAP};
use crate::domain::Channel;
use crate::pacing::{Cap, Clock, PREDICTIVE_FROM, Window};

/// Reads both; an agentless campaign has no `[agents]`.
pub fn dialling(root: &Section<'_>, channel: Option<Channel>) -> Option<Dialling> {
    let modes =
        [Mode::Agentless, Mode::Predictive, Mode::Preview, Mode::Progressive].map(|mode| (mode.code(), mode));
    let agents = channel == Some(Channel::AgentCall);
    let usual = if agents { Mode::Progressive } else { Mode::Agentless };
    let mode = root.or("mode", usual, |value| value.one_of(&modes))?;
    if agents != (mode != Mode::Agentless) && channel.is_some() {
        root.note("mode", Mistake::Contradiction(MODE));
        return None;
    }
    let section = root.child("agents");
    let dialling = match mode {
        Mode::Agentless => Some(Dialling::Agentless),
        Mode::Predictive => {
            let (calls, prediction) = (calls(&section), prediction(&section));
            calls.zip(prediction).map(|(calls, prediction)| Dialling::Predictive(calls, prediction))
        }
        Mode::Preview => {
            // A claimed contact is another node's after a minute.
            let decide = section.or("decide_s", Duration::from_secs(40), |value| value.seconds(5..=50));
            calls(&section).zip(decide).map(|(calls, decide)| Dialling::Preview(calls, decide))
        }
        Mode::Progressive => calls(&section).map(Dialling::Progressive),
    };
    if !matches!(mode, Mode::Preview) {
        others(&section, &["decide_s"], PREVIEWS);
    }
    if !matches!(mode, Mode::Predictive) {
        others(&section, &PREDICTS, PREDICTIVES);
    }
    section.finish();
    dialling
}

/// Keys that only campaigns of another mode have: spelt well, and of no use here.
fn others(section: &Section<'_>, keys: &[&str], whose: Clause) {
    for key in keys.iter().filter(|key| section.value(key).is_some()) {
        section.note(key, Mistake::Contradiction(whose));
    }
}

const PREVIEWS: Clause = Clause {
    en: "only campaigns with the mode `preview` have it: strike it out, or change the mode",
    ru: "ключ есть только у кампаний с режимом `preview`: уберите его или смените режим",
};
const PREDICTIVES: Clause = Clause {
    en: "only campaigns with the mode `predictive` have it: strike it out, or change the mode",
    ru: "ключ есть только у кампаний с режимом `predictive`: уберите его или смените режим",
};
const PREDICTS: [&str; 5] =
    ["abandoned_percent", "abandoned_window", "lost_to_detection_percent", "predictive_from", "shift"];

const MODE: Clause = Clause {
    en: "channel `agent_call` is dialled `preview`, `progressive` or `predictive`, channel `ivr` `agentless`",
    ru: "канал `agent_call` требует `preview`, `progressive` или `predictive`, канал `ivr` — `agentless`",
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Agentless,
    Predictive,
    Preview,
    Progressive,
}

impl Mode {
    fn code(self) -> &'static str {
        match self {
            Self::Agentless => "agentless",
            Self::Predictive => "predictive",
            Self::Preview => "preview",
            Self::Progressive => "progressive",
        }
    }
}

fn calls(section: &Section<'_>) -> Option<AgentCalls> {
    let usual = AgentCalls::default();
    let ms = |key, default: Duration, range: std::ops::RangeInclusive<u64>| {
        section.or(key, default, |value| value.integer(range.clone()).map(Duration::from_millis))
    };
    let queue = section.or("queue", usual.queue, |value| value.text().map(Arc::from));
    let deadline = ms("deadline_ms", usual.deadline, 100..=10_000);
    let clock = clock(section);
    let verdict_limit = ms("verdict_limit_ms", usual.verdict_limit, 500..=10_000);
    let first_words = ms("first_words_ms", usual.first_words, 0..=3_000);
    Some(AgentCalls {
        queue: queue?,
        deadline: deadline?,
        clock: clock?,
        verdict_limit: verdict_limit?,
        first_words: first_words?,
    })
}

/// What the deadline counts from; a greeting has its length.
fn clock(section: &Section<'_>) -> Option<Clock> {
    let greeting = section.may("greeting_ms", |value| value.integer(500..=10_000_u64));
    let greeting = greeting.ok()?.map(Duration::from_millis);
    let moments = [Since::Answer, Since::GreetingEnd, Since::Verdict].map(|since| (since.code(), since));
    match (section.or("deadline_from", Since::Verdict, |value| value.one_of(&moments))?, greeting) {
        (Since::Answer, None) => Some(Clock::Answer),
        (Since::Verdict, None) => Some(Clock::Verdict),
        (Since::GreetingEnd, Some(greeting)) => Some(Clock::GreetingEnd(greeting)),
        (Since::GreetingEnd, None) | (Since::Answer | Since::Verdict, Some(_)) => {
            section.note("greeting_ms", Mistake::Contradiction(GREETING));
            None
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Since {
    Answer,
    GreetingEnd,
    Verdict,
}

impl Since {
    fn code(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::GreetingEnd => "greeting_end",
            Self::Verdict => "verdict",
        }
    }
}

const GREETING: Clause = Clause {
    en: "a deadline from `greeting_end` needs the greeting's length, and no other has one",
    ru: "для deadline_from = \"greeting_end\" нужна длина приветствия, для других она не задаётся",
};

fn prediction(section: &Section<'_>) -> Option<Prediction> {
    let percent = section.or("abandoned_percent", USUAL_CAP.share * 100.0, |value| value.decimal(0.1..=10.0));
    let windows = [
        ("day", Window::Day),
        ("24h", Window::Rolling(Duration::from_secs(86_400))),
        ("30d", Window::Rolling(Duration::from_secs(30 * 86_400))),
    ];
    let window = section.or("abandoned_window", USUAL_CAP.window, |value| value.one_of(&windows));
    let lost = section.or("lost_to_detection_percent", 0.0, |value| value.decimal(0.0..=5.0));
    let least_agents = section.or("predictive_from", PREDICTIVE_FROM, |value| value.integer(1..=1_000));
    let day = Hours { opens: time(9, 0, 0, 0), closes: time(21, 0, 0, 0) };
    let shift = section.or("shift", day, Value::hours);
    let cap = Cap { share: percent? / 100.0, window: window?, lost_to_detection: lost? / 100.0 };
    Some(Prediction { cap, least_agents: least_agents?, shift: shift? })
}
