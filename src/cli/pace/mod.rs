//! `obzvon pace`: the pacer alone, spoken to in JSON lines under somebody else's clock.

mod message;

use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use clap::Args;

use crate::pacing::{Decision, Input, Pacer};
use message::{Message, Question};

/// Paces calls for another program: JSON lines in, one line out for each (protocol version 1).
#[derive(Debug, Args)]
pub struct Pace {
    /// Speaks over standard input and output.
    #[arg(long, required = true)]
    stdio: bool,
    /// Adds to each answer what the decision rests on.
    #[arg(long)]
    why: bool,
}

impl Pace {
    /// Answers until `bye` or the end of the input.
    ///
    /// # Errors
    /// When a line is not of the protocol, with its number, or a stream fails.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        converse(io::stdin().lock(), io::stdout().lock(), self.why)?;
        Ok(ExitCode::SUCCESS)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "an origin to count the messages' own time from; never read again"
)]
fn converse(input: impl BufRead, mut output: impl Write, explain: bool) -> anyhow::Result<()> {
    let origin = Instant::now();
    let mut pacer = None;
    let mut asked = origin;
    for (nth, line) in input.lines().enumerate() {
        let line = line.context("reading standard input")?;
        let answer = message::parse(&line).and_then(|message| match (message, &mut pacer) {
            (Message::Bye, _) => Ok(None),
            (Message::Hello(plan), none @ None) => {
                *none = Some(Pacer::new(plan, origin));
                Ok(Some(format!(r#"{{"type":"ready","name":"obzvon {}"}}"#, env!("CARGO_PKG_VERSION"))))
            }
            (Message::Hello(_), Some(_)) => bail!("a second hello"),
            (Message::Question(_), None) => bail!("a question before hello"),
            (Message::Question(question), Some(pacer)) => {
                let placed = std::mem::replace(&mut asked, moment(origin, question.at)?);
                answer(pacer, [origin, placed, asked], &question, explain).map(Some)
            }
        });
        let Some(answer) = answer.with_context(|| format!("line {}", nth + 1))? else { return Ok(()) };
        writeln!(output, "{answer}").and_then(|()| output.flush()).context("writing standard output")?;
    }
    Ok(())
}

/// One question's answer; what was dialled was dialled when the question before was answered.
fn answer(
    pacer: &mut Pacer,
    [origin, placed, now]: [Instant; 3],
    question: &Question,
    explain: bool,
) -> anyhow::Result<String> {
    for &input in &question.events {
        let at = if matches!(input, Input::Dialed(_)) { placed } else { now };
        pacer.handle(at, input);
    }
    let Decision { dial, wake, why } = pacer.decide(now);
    let wake = (wake - origin).as_secs_f64();
    if !explain {
        return Ok(format!(r#"{{"dial":{dial},"wake":{wake:.9}}}"#));
    }
    let why = serde_json::to_string(&why).context("writing what the decision rests on")?;
    Ok(format!(r#"{{"dial":{dial},"wake":{wake:.9},"why":{why}}}"#))
}

fn moment(origin: Instant, at: Duration) -> anyhow::Result<Instant> {
    origin.checked_add(at).context("t is too far ahead")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELLO: &str = r#"{"type":"hello","v":1,"agents":2,"cap":0.03,"deadline_s":2,"deadline_from":"verdict","day_s":28800,"days":1,"ring_timeout":28,"max_lines":50,"cps":5,"stop_dial_before_end":45,"amd_false_positive":0}"#;

    /// Our answers to these lines, or the error's words.
    fn talk(lines: &[&str]) -> Result<Vec<String>, String> {
        let mut output = Vec::new();
        let input = lines.join("\n");
        match converse(input.as_bytes(), &mut output, false) {
            Ok(()) => Ok(String::from_utf8(output).unwrap().lines().map(str::to_owned).collect()),
            Err(fault) => Err(format!("{fault:#}")),
        }
    }

    #[test]
    fn a_ready_agent_is_dialled_for_and_bye_ends_it() {
        let day = r#"{"t":0.001,"ev":[["day",0],["login",0],["ready",0]]}"#;
        let answers = talk(&[HELLO, day, r#"{"t":1.5,"ev":[]}"#, r#"{"type":"bye"}"#, "not read"]).unwrap();
        assert!(answers[0].starts_with(r#"{"type":"ready","name":"obzvon "#), "{}", answers[0]);
        assert_eq!(answers[1..], [r#"{"dial":0,"wake":0.501000000}"#, r#"{"dial":1,"wake":2.000000000}"#]);
    }

    #[test]
    fn what_is_not_of_the_protocol_is_refused_with_its_line() {
        let cases = [
            ("{", "line 2: not JSON"),
            ("[]", "line 2: not an object"),
            (r#"{"t":-1,"ev":[]}"#, "line 2: t: "),
            (r#"{"t":1}"#, "line 2: ev is missing"),
            (r#"{"t":1,"ev":[["sneeze",1]]}"#, "line 2: event 1: no such kind: sneeze"),
            (r#"{"t":1,"ev":[["ready",1],["ready"]]}"#, "line 2: event 2: ready wants 1"),
            (r#"{"t":1,"ev":[["end",1,"eaten"]]}"#, "line 2: event 1: no such end: eaten"),
            (r#"{"t":1,"ev":[["ready",-1]]}"#, "line 2: event 1: "),
            (r#"{"type":"hi"}"#, "line 2: no such type: hi"),
            (HELLO, "line 2: a second hello"),
        ];
        for (line, wanted) in cases {
            let said = talk(&[HELLO, line]).unwrap_err();
            assert!(said.starts_with(wanted), "{line}: {said}");
        }
        let other = HELLO.replace(r#""v":1"#, r#""v":2"#);
        assert_eq!(talk(&[&other]).unwrap_err(), "line 1: v: 2 is not a version we speak; we speak 1");
        assert_eq!(talk(&[r#"{"t":1,"ev":[]}"#]).unwrap_err(), "line 1: a question before hello");
    }
}
