//! The pacer as others drive it: `obzvon pace --stdio` spoken to by a small world, and `obzvon simulate`.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use obzvon::pacing::{Clock, End, Input, Plan};
use obzvon::simulate::{Dialler, plan, simulate_by};
use serde_json::{Value, json};

const AGENTS: u64 = 6;
const MAX_LINES: usize = 40;
const STARTS_PER_SECOND: f64 = 3.0;
const SHIFT_S: f64 = 1_800.0;
const STOP_S: f64 = 45.0;

/// `obzvon pace --stdio` and the line to it.
struct Pacer {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Pacer {
    fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_obzvon"));
        let command = command.args(["pace", "--stdio"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let input = child.stdin.take().expect("its input");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        Self { child, input, output }
    }

    fn ask(&mut self, message: &Value) -> Value {
        writeln!(self.input, "{message}").expect("the program reads");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("the program answers");
        serde_json::from_str(&line).unwrap_or_else(|fault| panic!("{line:?}: {fault}"))
    }

    fn bye(mut self) {
        writeln!(self.input, r#"{{"type":"bye"}}"#).expect("the program reads");
        assert!(self.child.wait().expect("it ends").success());
    }
}

fn hello() -> Value {
    json!({
        "type": "hello", "v": 1, "agents": AGENTS, "cap": 0.03, "deadline_s": 2, "deadline_from": "verdict",
        "day_s": SHIFT_S, "days": 1, "ring_timeout": 28, "max_lines": MAX_LINES, "cps": STARTS_PER_SECOND,
        "stop_dial_before_end": STOP_S, "amd_false_positive": 0
    })
}

/// What became of a short day, and every answer of the program.
struct Played {
    answers: Vec<String>,
    dials: usize,
    connects: usize,
}

/// A day with talks of a minute and a half: every third dial is answered by a person after 6 to 17 seconds,
/// others end after half a minute. Asserts at each answer that no limit was broken.
fn play() -> Played {
    let mut pacer = Pacer::start();
    assert_eq!(pacer.ask(&hello())["type"], "ready");
    let mut ready: Vec<u64> = Vec::new();
    // What is due, by milliseconds and order.
    let mut due: BTreeMap<(u64, u64), (&str, u64, u64)> = BTreeMap::new();
    for agent in 0..AGENTS {
        due.insert((10_000 * agent, agent), ("login", 0, agent));
    }
    let (mut order, mut out, mut talking) = (AGENTS, 0_usize, 0_usize);
    let (mut waiting, mut events) = (Vec::<(u64, u64)>::new(), vec![json!(["day", 0])]);
    let mut played = Played { answers: Vec::new(), dials: 0, connects: 0 };
    let mut saved = 0.0_f64;
    for tick in 1..(SHIFT_S as u64 * 4) {
        let now = tick * 250;
        while let Some((&key, &(what, call, agent))) = due.range(..=(now, u64::MAX)).next() {
            due.remove(&key);
            match what {
                "login" => events.extend([json!(["login", agent]), json!(["ready", agent])]),
                "human" => {
                    events.extend([json!(["answer", call]), json!(["human", call])]);
                    waiting.push((call, now + 2_000));
                }
                "hangup" => {
                    talking -= 1;
                    events.push(json!(["hangup", call, agent]));
                    order += 1;
                    due.insert((now + 15_000, order), ("wrapped", call, agent));
                }
                "wrapped" => events.extend([json!(["wrapped", agent]), json!(["ready", agent])]),
                _ => {
                    out -= 1;
                    events.push(json!(["end", call, "noanswer"]));
                }
            }
            if matches!(what, "login" | "wrapped") {
                ready.push(agent);
            }
        }
        waiting.retain(|&(call, deadline)| {
            if !ready.is_empty() {
                let agent = ready.remove(0);
                events.push(json!(["connect", call, agent]));
                order += 1;
                due.insert((now + 60_000 + call * 7_919 % 60_000, order), ("hangup", call, agent));
                (out, talking, played.connects) = (out - 1, talking + 1, played.connects + 1);
                return false;
            }
            if now >= deadline {
                events.push(json!(["abandon", call]));
                out -= 1;
            }
            now < deadline
        });
        let answer = pacer.ask(&json!({ "t": now as f64 / 1e3, "ev": std::mem::take(&mut events) }));
        let dial = usize::try_from(answer["dial"].as_u64().expect("a count")).expect("a small one");
        saved = (saved + 0.25 * STARTS_PER_SECOND).min(STARTS_PER_SECOND);
        assert!(dial as f64 <= saved + 1e-6, "more starts than the lines permit at {now}: {answer}");
        assert!(out + talking + dial <= MAX_LINES, "more calls than lines at {now}: {answer}");
        let late = now as f64 / 1e3 > SHIFT_S - STOP_S;
        assert!(dial == 0 || !late, "dialled at {now}: {answer}");
        assert!(answer["wake"].as_f64().expect("a time") > now as f64 / 1e3);
        saved -= dial as f64;
        for _ in 0..dial {
            let call = played.dials as u64;
            events.push(json!(["dialed", call]));
            order += 1;
            let (what, after) = if call.is_multiple_of(3) {
                ("human", 6_000 + call * 4_793 % 11_000)
            } else {
                ("end", 30_000)
            };
            due.insert((now + after, order), (what, call, 0));
            played.dials += 1;
            out += 1;
        }
        played.answers.push(answer.to_string());
    }
    pacer.bye();
    played
}

#[test]
fn a_day_over_the_protocol_keeps_the_limits_and_is_the_same_byte_for_byte() {
    let (once, again) = (play(), play());
    assert!(once.connects > 40, "{} connects of {} dials", once.connects, once.dials);
    assert!(once.dials > once.connects);
    assert_eq!(once.answers, again.answers);
}

#[test]
fn a_line_that_is_not_of_the_protocol_ends_the_program_with_its_number() {
    for line in ["{\"t\":1,\"ev\":[[\"sneeze\",1]]}", "not json"] {
        let mut pacer = Pacer::start_with_errors();
        writeln!(pacer.stdin.as_mut().unwrap(), "{}\n{line}", hello()).unwrap();
        drop(pacer.stdin.take());
        let output = pacer.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(said.starts_with("obzvon: line 2: "), "{said}");
    }
}

impl Pacer {
    fn start_with_errors() -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_obzvon"));
        let command = command.args(["pace", "--stdio"]).stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
    }
}

fn simulate(scenario: &str, arguments: &[&str]) -> Output {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/pacing").join(scenario);
    let mut command = Command::new(env!("CARGO_BIN_EXE_obzvon"));
    command
        .arg("simulate")
        .arg(path)
        .args(["--lang", "en"])
        .args(arguments)
        .output()
        .expect("the program runs")
}

#[test]
fn a_simulated_day_keeps_the_cap_and_depends_on_the_seed_alone() {
    let figures = |seed| {
        let output = simulate("a5-p60.toml", &["--days", "1", "--seed", seed]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let once = figures("7");
    assert_eq!(once, figures("7"));
    assert_ne!(once, figures("8"));
    let read: Value = serde_json::from_slice(&once).expect("one JSON object");
    assert!(read["abandon_rate"].as_f64().expect("a share") <= 0.03, "{read}");
    assert!(read["occupancy"].as_f64().expect("a share") > 0.7, "{read}");
}

#[test]
fn every_scenario_at_hand_can_be_read() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/pacing");
    let files: Vec<PathBuf> = folder.read_dir().unwrap().map(|file| file.unwrap().path()).collect();
    assert!(files.len() > 20);
    for file in files {
        obzvon::config::scenario(&file).unwrap_or_else(|problems| panic!("{problems:?}"));
    }
}

/// The simulated world's dialler is `obzvon pace --stdio`.
struct OverTheProtocol {
    pacer: Pacer,
    origin: Instant,
    events: Vec<Value>,
}

impl OverTheProtocol {
    fn start(plan: &Plan, origin: Instant) -> Self {
        let mut pacer = Pacer::start();
        let hello = json!({
            "type": "hello", "v": 1, "agents": plan.agents, "cap": plan.cap.share, "deadline_s": plan.deadline.as_secs_f64(),
            "deadline_from": if plan.clock == Clock::Answer { "answer" } else { "verdict" },
            "day_s": plan.shift.as_secs_f64(), "days": 1, "ring_timeout": 28, "max_lines": plan.max_lines,
            "cps": plan.starts_per_second, "stop_dial_before_end": plan.stop_before_end.as_secs_f64(),
            "amd_false_positive": plan.cap.lost_to_detection
        });
        assert_eq!(pacer.ask(&hello)["type"], "ready");
        Self { pacer, origin, events: Vec::new() }
    }
}

impl Dialler for OverTheProtocol {
    fn handle(&mut self, _: Instant, input: Input) {
        self.events.push(match input {
            Input::Abandoned(call) => json!(["abandon", call]),
            Input::Answered(call) => json!(["answer", call]),
            Input::Away(agent) => json!(["pause", agent]),
            Input::Connected(call, agent) => json!(["connect", call, agent]),
            Input::DayBegan => json!(["day", 0]),
            Input::DayEnded => json!(["day_end"]),
            Input::Dialed(call) => json!(["dialed", call]),
            Input::Ended(call, end) => json!(["end", call, code(end)]),
            Input::Human(call) => json!(["human", call]),
            Input::HungUp(agent) => json!(["hangup", 0, agent]),
            Input::LoggedIn(agent) => json!(["login", agent]),
            Input::LoggedOut(agent) => json!(["logout", agent]),
            Input::Overran(_) => unreachable!("nobody in the simulated world overruns his wrap-up"),
            Input::Ready(agent) => json!(["ready", agent]),
            Input::WrappedUp(agent) => json!(["wrapped", agent]),
            Input::Taken(_) => unreachable!("the simulated agents have no calls of others"),
            Input::Withdrawn(_) => unreachable!("the simulated world takes no call back"),
        });
    }

    fn decide(&mut self, now: Instant) -> (usize, Instant) {
        let at = (now - self.origin).as_secs_f64();
        let answer = self.pacer.ask(&json!({ "t": at, "ev": std::mem::take(&mut self.events) }));
        let dial = usize::try_from(answer["dial"].as_u64().expect("a count")).expect("a small one");
        let wake = Duration::from_secs_f64(answer["wake"].as_f64().expect("a time"));
        (dial, self.origin + wake)
    }
}

fn code(end: End) -> &'static str {
    match end {
        End::Busy => "busy",
        End::Fault => "fault",
        End::Invalid => "invalid",
        End::Machine => "machine",
        End::NoAnswer => "noanswer",
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "an origin to count simulated time from; never read again")]
fn the_pacer_over_the_protocol_comes_to_the_very_figures_of_the_simulation() {
    let origin = Instant::now();
    for name in ["a5-p30", "a20-p10", "a20-p30", "a50-p60"] {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/pacing/{name}.toml"));
        let mut scenario = obzvon::config::scenario(&path).expect("sound");
        (scenario.days, scenario.day_s) = (1, 1_800.0);
        let mut dialler = OverTheProtocol::start(&plan(&scenario), origin);
        let figures = simulate_by(&scenario, &mut dialler, origin);
        dialler.pacer.bye();
        assert!(figures.connects > 5, "{name}: {figures:?}");
        assert_eq!(figures, obzvon::simulate::simulate(&scenario, origin), "{name}");
    }
}
