//! What a whole call costs: the daemon with its store, gate, flow, SIP and media, ten seconds of prompt a call.
//!
//! `cargo bench --bench calls [-- SECONDS CPS...]`: for so many seconds calls are placed at each rate (30 s at 50, 100
//! and 200 a second unless told otherwise), so ten times as many are up at once. `c:RATE:CHANNELS` offers more than the
//! machine holds. The carrier is sipp, the telephones talk back from one socket. Figures only; nothing is asserted.
//!
//! - calls: attempts that are closed; not dialled: given up before an INVITE left (no permit left unspent in time).
//! - failed: dialled, and not heard to the end.
//! - CPU: of the daemon, from its start to the last call's end, by calls dialled; in milliseconds.
//! - RSS: the daemon's peak, and its growth over the idle daemon by the calls at once.
//! - answer to audio: from the 200 to the first packet of the prompt, by the attempt's own stamps.
//! - gap off: how far the time between two packets of a call is from 20 ms, by the kernel's stamps at the far end.
//! - others: the share of the machine's time that others took: the carrier, the telephones, whatever else runs.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

mod far_end;
#[path = "../tests/house/mod.rs"]
mod house;
#[path = "../tests/sipp_harness/mod.rs"]
mod sipp_harness;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use far_end::{FarEnd, Heard};
use house::{CHANNELS, CPS, House, REMINDERS, TRUNKS, config};
use jiff::Timestamp;
use serde_json::Value;
use sipp_harness::Sipp;

/// What is placed: so many calls a second for so long, over so many channels.
#[derive(Clone, Copy)]
struct Load {
    cps: u32,
    channels: u32,
    seconds: u32,
}

#[tokio::main]
async fn main() {
    println!(
        "peers (bench/README): Asterisk 28-39 ms a call, clean to 50/s; aim 6 ms, clean to 150/s, 1,500 at once"
    );
    println!(
        "{:>5} {:>6} {:>6} {:>8} {:>7} {:>6} {:>8} {:>8} {:>9} {:>16} {:>22} {:>6} {:>7}",
        "cps",
        "calls",
        "failed",
        "undialled",
        "CPU ms",
        "calls/s",
        "at once",
        "RSS MB",
        "kB/call",
        "audio p50/p99 ms",
        "gap off p50/p99/max ms",
        "lost",
        "others"
    );
    for load in loads() {
        run(load).await;
    }
}

fn loads() -> Vec<Load> {
    let words: Vec<_> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let seconds = words.first().and_then(|word| word.parse().ok()).unwrap_or(30);
    let load = |cps| Load { cps, channels: cps * 15, seconds };
    let rates = words.iter().skip(1).filter_map(|word| match word.split(':').collect::<Vec<_>>()[..] {
        ["c", cps, channels] => Some(Load { channels: channels.parse().ok()?, ..load(cps.parse().ok()?) }),
        _ => word.parse().ok().map(load),
    });
    let loads: Vec<_> = rates.collect();
    if loads.is_empty() { [50, 100, 200].map(load).to_vec() } else { loads }
}

async fn run(load: Load) {
    let calls = load.cps * load.seconds;
    let far = FarEnd::start();
    let phone = far.addr.port().to_string();
    let sipp = Sipp::start(
        "telephone_elsewhere",
        &[
            "-quiet",
            "-m",
            "1000000",
            "-l",
            "20000",
            "-timeout",
            "600s",
            "-buff_size",
            "8388608",
            "-key",
            "phone",
            &phone,
        ],
    )
    .await;
    let house = house(&sipp, load);
    house.import(calls);
    let daemon = house.start();
    let idle_kb = daemon.status_kb("VmRSS:");
    let (began, machine) = (Instant::now(), Machine::now());
    let mut at_once = 0;
    while house.count(&["queued", "in_flight"]) > 0 {
        assert!(began.elapsed() < Duration::from_secs(300), "calls are left over: {:?}", house.states());
        at_once = at_once.max(house.count(&["in_flight"]));
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    let (cpu, machine) = (daemon.cpu_seconds(), machine.since());
    let peak_kb = daemon.status_kb("VmHWM:");
    daemon.stop();
    drop(sipp);
    let heard = far.stop();
    let tally = Tally::of(&house.attempts());
    let dialled = (tally.attempts - tally.undialled).max(1) as f64;
    println!(
        "{:>5} {:>6} {:>6} {:>8} {:>7.2} {:>6.0} {:>8} {:>8.1} {:>9.1} {:>16} {:>22} {:>6} {:>6.0}%",
        load.cps,
        tally.attempts,
        tally.failed,
        tally.undialled,
        cpu * 1e3 / dialled,
        tally.rate,
        at_once,
        peak_kb as f64 / 1024.0,
        peak_kb.saturating_sub(idle_kb) as f64 / at_once.max(1) as f64,
        format!("{} / {}", tally.audio(0.5), tally.audio(0.99)),
        gaps(&heard),
        heard.lost,
        (machine - cpu) / machine.max(0.01) * 100.0,
    );
    for (end, count) in tally.other_ends {
        println!("      {count} x {end}");
    }
}

/// Ten seconds of prompt and a good-bye, with as many calls at once as the trunk has channels.
fn house(sipp: &Sipp, load: Load) -> House {
    let house = House::new(
        config(sipp.addr)
            .set(TRUNKS, CPS, load.cps)
            .set(TRUNKS, CHANNELS, load.channels)
            .set(REMINDERS, "flow", "ten_seconds")
            .set(REMINDERS, "max_concurrent", load.channels),
    );
    house.write("config/flows/ten_seconds.yaml", FLOW);
    house.quiet()
}

fn gaps(heard: &Heard) -> String {
    [0.5, 0.99, 1.0].map(|share| format!("{:.2}", heard.gap_off(share).as_secs_f64() * 1e3)).join(" / ")
}

/// What the exported attempts say.
struct Tally {
    attempts: usize,
    failed: usize,
    undialled: usize,
    /// INVITEs a second from the first to the last.
    rate: f64,
    /// Milliseconds from the answer to the first packet of the prompt, in order.
    audio: Vec<i64>,
    /// How the calls ended that were not heard to the end, and how many did.
    other_ends: BTreeMap<String, u32>,
}

impl Tally {
    fn of(attempts: &[Value]) -> Self {
        let moment = |attempt: &Value, key: &str| attempt[key].as_str()?.parse::<Timestamp>().ok();
        let invites: Vec<_> = attempts.iter().filter_map(|a| moment(a, "invite_at")).collect();
        let span =
            invites.iter().max().zip(invites.iter().min()).map(|(last, first)| last.duration_since(*first));
        let heard = |a: &Value| a["outcome"] == "answered" && a["heard_percent"] == 100;
        let mut other_ends = BTreeMap::new();
        for other in attempts.iter().filter(|a| !heard(a)) {
            let words =
                ["outcome", "hung_up_by", "sip_code", "heard_percent"].map(|key| other[key].to_string());
            *other_ends.entry(words.join(" ")).or_default() += 1;
        }
        let mut audio: Vec<_> = attempts
            .iter()
            .filter_map(|a| {
                let between = moment(a, "first_audio_at")?.duration_since(moment(a, "answer_at")?);
                i64::try_from(between.as_millis()).ok()
            })
            .collect();
        audio.sort_unstable();
        Self {
            attempts: attempts.len(),
            failed: invites.len() - attempts.iter().filter(|a| heard(a)).count(),
            undialled: attempts.len() - invites.len(),
            rate: invites.len() as f64 / span.map_or(1.0, |span| span.as_secs_f64()).max(1.0),
            audio,
            other_ends,
        }
    }

    fn audio(&self, share: f64) -> i64 {
        let at = (self.audio.len() as f64 * share) as usize;
        self.audio.get(at.min(self.audio.len().saturating_sub(1))).copied().unwrap_or(-1)
    }
}

/// CPU seconds that the whole machine has spent on anything.
struct Machine(f64);

impl Machine {
    fn now() -> Self {
        let stat = std::fs::read_to_string("/proc/stat").expect("the kernel's figures");
        let line = stat.lines().next().unwrap_or_default();
        let ticks: Vec<f64> = line.split_whitespace().skip(1).filter_map(|word| word.parse().ok()).collect();
        // user nice system, not idle and iowait, then irq softirq.
        let busy = ticks.iter().take(3).sum::<f64>() + ticks.iter().skip(5).take(2).sum::<f64>();
        Self(busy / 100.0)
    }

    fn since(&self) -> f64 {
        Self::now().0 - self.0
    }
}

const FLOW: &str = r#"
flow: ten_seconds
version: 1
languages: [ru]
hours: campaign
start: hello
steps:
  hello:
    notice: [name, robot, recording]
    say: { ru: "Здравствуйте. Разговор записывается." }
    then: word
  word:
    say: { ru: "Сейчас все специалисты заняты. Мы перезвоним вам позже. До свидания." }
    outcome: not_identified
    then: hangup
"#;
