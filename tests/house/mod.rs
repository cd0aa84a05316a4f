//! A whole obzvon for a test: a scratch folder with configuration and database, and the program run in it.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::disallowed_methods, reason = "a test of a running program waits by the clock")]

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// A house in a scratch folder.
pub struct House {
    folder: TempDir,
    http: u16,
}

/// A daemon that runs; killed when dropped.
pub struct Running {
    child: Child,
    http: u16,
}

impl House {
    /// Writes a configuration with one trunk at `carrier` and one campaign, `reminders`.
    pub fn new(carrier: SocketAddr, cps: u32, channels: u32) -> Self {
        let folder = TempDir::new().expect("a scratch folder");
        let http = free_port();
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        for part in ["flows", "rules"] {
            let to = folder.path().join("config").join(part);
            std::fs::create_dir_all(&to).expect("a folder of our own");
            for entry in std::fs::read_dir(project.join("config").join(part)).expect("the shipped folder") {
                let path = entry.expect("an entry").path();
                if path.is_file() {
                    std::fs::copy(&path, to.join(path.file_name().expect("a name"))).expect("a copy");
                }
            }
        }
        let house = Self { folder, http };
        let prompts = project.join("prompts");
        house.write("config/obzvon.toml", &OBZVON.replace("HTTP", &http.to_string()));
        house
            .write("config/prompts.toml", &format!("dir = {prompts:?}\n[packs]\nru = \"ru\"\nen = \"en\"\n"));
        let trunk = TRUNK
            .replace("HOST", &carrier.ip().to_string())
            .replace("PORT", &carrier.port().to_string())
            .replace("CPS", &cps.to_string())
            .replace("CHANNELS", &channels.to_string());
        house.write("config/trunks.toml", &trunk);
        house.write("config/campaigns/reminders.toml", CAMPAIGN);
        house
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder of our own");
        std::fs::write(path, text).expect("a file of our own");
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command to its end.
    pub fn try_run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_obzvon"));
        command.args(args).arg("--config").arg(self.path("config")).stdin(Stdio::null());
        command.output().expect("the program runs")
    }

    /// Runs a command that must succeed, and gives what it printed.
    #[track_caller]
    pub fn run(&self, args: &[&str]) -> String {
        let output = self.try_run(args);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "obzvon {args:?}: {}\n{errors}", output.status);
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Invents `count` debtors with the numbers +7999 and seven digits from 0, imports them, and starts the campaign.
    /// They live where it is noon.
    pub fn import(&self, count: u32) {
        let zone = zone_of_noon();
        let mut csv =
            "external_id;person_id;name;phone;time_zone;debtor_type;creditor;amount;due\n".to_owned();
        for n in 0..count {
            csv += &format!(
                "d{n};p{n};{CANARY};+7999{n:07};{zone};forgetful;Северный Банк;{},50;2026-01-15\n",
                1000 + n
            );
        }
        self.write("list.csv", &csv);
        let list = self.path("list.csv");
        self.run(&["import", list.to_str().expect("UTF-8")]);
        self.run(&["campaign", "start", "reminders"]);
    }

    /// Starts the daemon and waits until it is ready. Its log is appended to `log`.
    pub fn start(&self) -> Running {
        let log = std::fs::File::options().create(true).append(true).open(self.path("log")).expect("a log");
        let child = Command::new(env!("CARGO_BIN_EXE_obzvon"))
            .arg("run")
            .arg("--config")
            .arg(self.path("config"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the program runs");
        let mut running = Running { child, http: self.http };
        let patience = Instant::now() + Duration::from_secs(60);
        while running.get("/readyz").is_none_or(|(code, _)| code != 200) {
            if let Some(status) = running.child.try_wait().expect("our child") {
                panic!("the daemon ended before it was ready: {status}\n{}", self.log());
            }
            assert!(Instant::now() < patience, "the daemon does not get ready\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        running
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// Every attempt, as exported.
    pub fn attempts(&self) -> Vec<Value> {
        let text = self.run(&["export", "attempts", "--json"]);
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    /// The campaign's contacts by state.
    pub fn states(&self) -> Vec<(String, String, u64)> {
        let text = self.run(&["campaign", "why-not", "reminders", "--json"]);
        let report: Value = serde_json::from_str(&text).expect("JSON");
        let totals = report["totals"].as_array().expect("totals").iter();
        let word = |value: &Value| value.as_str().expect("a word").to_owned();
        totals
            .map(|t| (word(&t["state"]), word(&t["why"]), t["contacts"].as_u64().expect("a count")))
            .collect()
    }

    /// How many contacts stand in one of the states.
    pub fn count(&self, states: &[&str]) -> u64 {
        self.states().iter().filter(|(state, ..)| states.contains(&state.as_str())).map(|(.., n)| n).sum()
    }
}

impl Running {
    /// Asks the daemon's HTTP side.
    pub fn get(&self, path: &str) -> Option<(u16, String)> {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", self.http)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let code = answer.split(' ').nth(1)?.parse().ok()?;
        Some((code, answer))
    }

    /// A figure of the kernel's about the process, in kB: `VmRSS:`, `VmHWM:`.
    pub fn status_kb(&self, key: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(key));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    }

    /// CPU seconds of the process so far, in user and kernel mode.
    pub fn cpu_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        // After the name in brackets: state is field 3, utime and stime are 14 and 15, in hundredths of a second.
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
    }

    /// SIGKILL: no warning, no clean-up.
    pub fn kill(mut self) {
        self.child.kill().expect("our child");
        self.child.wait().expect("our child");
    }

    /// SIGTERM, and waits for the end.
    pub fn stop(mut self) {
        let pid = nix::unistd::Pid::from_raw(self.child.id().try_into().expect("a process id"));
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).expect("our child");
        let status = self.child.wait().expect("our child");
        assert!(status.success(), "the daemon did not end well: {status}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The calls of a sipp carrier's message log: attempt to number called. Retransmissions are the same call.
pub fn calls_in(log: &str) -> std::collections::BTreeMap<i64, String> {
    let mut calls = std::collections::BTreeMap::new();
    let mut number = None;
    for line in log.lines() {
        if let Some(uri) = line.strip_prefix("INVITE sip:") {
            number = uri.split('@').next().map(str::to_owned);
        } else if let (Some(called), Some(id)) = (&number, line.strip_prefix("Call-ID: ")) {
            let attempt =
                id.split('-').next().and_then(|id| id.parse().ok()).expect("an attempt in the Call-ID");
            calls.insert(attempt, called.clone());
            number = None;
        } else if line.is_empty() {
            number = None;
        }
    }
    calls
}

/// A name that stands nowhere else, to be searched for in logs.
pub const CANARY: &str = "Канарейкин Акакий";

/// A zone in which it is noon or nearly so.
fn zone_of_noon() -> String {
    let seconds =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
    let hour = i64::try_from(seconds / 3600 % 24).expect("an hour");
    match 12 - hour {
        0 => "Etc/GMT".to_owned(),
        east @ 1.. => format!("Etc/GMT-{east}"),
        west => format!("Etc/GMT+{}", -west),
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("loopback").local_addr().expect("bound").port()
}

const OBZVON: &str = r#"
[daemon]
node = "test"
http = "127.0.0.1:HTTP"
data_dir = "../data"
log = "json"
drain_limit_s = 20
[media]
ip = "127.0.0.1"
ports = "20000-31998"
[sip]
bind = "127.0.0.1:0"
domain = "test.invalid"
transports = ["udp"]
[import]
region = "RU"
currency = "RUB"
language = "ru"
"#;

const TRUNK: &str = r#"
[trunk.main]
host = "HOST"
port = PORT
transport = "udp"
cps = CPS
channels = CHANNELS
ring_limit_s = 10
cost_per_minute = 0.90
currency = "RUB"
codecs = ["pcma", "pcmu"]
[trunk.main.caller_ids]
allocated = ["+74950000000"]
withdrawn = []
[trunk.main.rewrite]
callee = []
caller = []
[trunk.main.health]
faults_to_open = 50
rest_s = 5
ramp_s = 5
"#;

const CAMPAIGN: &str = r#"
channel = "ivr"
flow = "reminder_overdue"
language = "ru"
preset = "ru-230fz-safe"
trunks = ["main"]
creditors = []
debtor_types = ["forgetful"]
kinds = ["current", "overdue", "collectible"]
collectible_years = 3
max_concurrent = 400
promise_within_days = 14
record = false
[calendar]
weekdays = "08:00-22:00"
weekend = "09:00-20:00"
[retries]
budget = 5
day_parts = []
[retries.delays_min]
answered = [1440]
busy = [1440]
fault = [1440]
machine = [1440]
no_answer = [1440]
rejected = [1440]
[score]
amount = 1.0
chance = 1.0
"#;
