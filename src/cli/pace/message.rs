//! The lines of the pacing protocol, version 1: `hello`, questions with what happened, `bye`.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde_json::{Map, Value};

use crate::pacing::{Cap, Clock, End, Input, PREDICTIVE_FROM, Plan, Window};

/// One line from the other side.
#[derive(Debug)]
pub(super) enum Message {
    Bye,
    Hello(Plan),
    Question(Question),
}

/// What happened until `at`, counted from the beginning of time; how many calls now?
#[derive(Debug)]
pub(super) struct Question {
    pub at: Duration,
    pub events: Vec<Input>,
}

/// Reads one line.
///
/// # Errors
/// When it is not of the protocol; the words name the place in the line.
pub(super) fn parse(line: &str) -> anyhow::Result<Message> {
    let value: Value = serde_json::from_str(line).context("not JSON")?;
    let Value::Object(fields) = value else { bail!("not an object") };
    match fields.get("type").map(|kind| kind.as_str().context("type is no text")).transpose()? {
        None => question(&fields).map(Message::Question),
        Some("bye") => Ok(Message::Bye),
        Some("hello") => hello(&fields).map(Message::Hello),
        Some(other) => bail!("no such type: {other}"),
    }
}

fn hello(fields: &Map<String, Value>) -> anyhow::Result<Plan> {
    let version = number(fields, "v", 0.0..=1e9)?;
    ensure!(version == 1.0, "v: {version} is not a version we speak; we speak 1");
    let from = fields.get("deadline_from").and_then(Value::as_str).context("deadline_from is missing")?;
    let clock = match from {
        "answer" => Clock::Answer,
        "verdict" => Clock::Verdict,
        other => bail!("deadline_from: {other} is neither answer nor verdict"),
    };
    Ok(Plan {
        agents: count(fields, "agents")?,
        cap: Cap {
            share: number(fields, "cap", 0.0..=1.0)?,
            window: Window::Day,
            lost_to_detection: number(fields, "amd_false_positive", 0.0..=0.9)?,
        },
        deadline: seconds(fields, "deadline_s")?,
        clock,
        max_lines: count(fields, "max_lines")?,
        starts_per_second: number(fields, "cps", 0.0..=100_000.0)?,
        shift: seconds(fields, "day_s")?,
        stop_before_end: seconds(fields, "stop_dial_before_end")?,
        predictive_from: PREDICTIVE_FROM,
    })
}

fn question(fields: &Map<String, Value>) -> anyhow::Result<Question> {
    let at = seconds(fields, "t")?;
    let events = fields.get("ev").context("ev is missing")?.as_array().context("ev is no array")?;
    let events = events.iter().enumerate();
    let events = events.map(|(nth, read)| event(read).with_context(|| format!("event {}", nth + 1)));
    Ok(Question { at, events: events.collect::<anyhow::Result<_>>()? })
}

fn event(value: &Value) -> anyhow::Result<Input> {
    let [kind, rest @ ..] = value.as_array().context("not an array")?.as_slice() else { bail!("empty") };
    let kind = kind.as_str().context("its kind is no text")?;
    let wants = |count: usize| {
        ensure!(rest.len() == count, "{kind} wants {count} after its name, not {}", rest.len());
        Ok(())
    };
    let agent = |at: usize| -> anyhow::Result<u32> { Ok(u32::try_from(id(&rest[at])?)?) };
    let call = || id(&rest[0]);
    wants(match kind {
        "day_end" => 0,
        "connect" | "end" | "hangup" => 2,
        _ => 1,
    })?;
    Ok(match kind {
        "abandon" => Input::Abandoned(call()?),
        "answer" => Input::Answered(call()?),
        "connect" => Input::Connected(call()?, agent(1)?),
        "day" => {
            call()?;
            Input::DayBegan
        }
        "day_end" => Input::DayEnded,
        "dialed" => Input::Dialed(call()?),
        "end" => Input::Ended(call()?, end(&rest[1])?),
        "hangup" => {
            call()?;
            Input::HungUp(agent(1)?)
        }
        "human" => Input::Human(call()?),
        "login" => Input::LoggedIn(agent(0)?),
        "logout" => Input::LoggedOut(agent(0)?),
        "pause" => Input::Away(agent(0)?),
        "ready" => Input::Ready(agent(0)?),
        "wrapped" => Input::WrappedUp(agent(0)?),
        other => bail!("no such kind: {other}"),
    })
}

fn end(value: &Value) -> anyhow::Result<End> {
    Ok(match value.as_str().context("its end is no text")? {
        "busy" => End::Busy,
        "fault" => End::Fault,
        "invalid" => End::Invalid,
        "machine" => End::Machine,
        "noanswer" => End::NoAnswer,
        other => bail!("no such end: {other}"),
    })
}

fn id(value: &Value) -> anyhow::Result<u64> {
    value.as_u64().with_context(|| format!("{value} is no number of an agent, a call or a day"))
}

fn count(fields: &Map<String, Value>, key: &str) -> anyhow::Result<u32> {
    let value = fields.get(key).with_context(|| format!("{key} is missing"))?;
    let count = value.as_u64().and_then(|count| u32::try_from(count).ok());
    count.with_context(|| format!("{key}: {value} is no count"))
}

fn seconds(fields: &Map<String, Value>, key: &str) -> anyhow::Result<Duration> {
    Ok(Duration::from_secs_f64(number(fields, key, 0.0..=1e9)?))
}

fn number(
    fields: &Map<String, Value>,
    key: &str,
    range: std::ops::RangeInclusive<f64>,
) -> anyhow::Result<f64> {
    let value = fields.get(key).with_context(|| format!("{key} is missing"))?;
    let number = value.as_f64().with_context(|| format!("{key}: {value} is no number"))?;
    ensure!(range.contains(&number), "{key}: {number} is outside {} to {}", range.start(), range.end());
    Ok(number)
}
