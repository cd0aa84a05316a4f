//! A whole obzvon for a test: a scratch folder with configuration and database, and the program run in it.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::disallowed_methods, reason = "a test of a running program waits by the clock")]

use std::cell::Cell;
use std::collections::BTreeSet;
use std::f64::consts::TAU;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use obzvon::demo::carrier_config::CarrierConfig;
use serde_json::Value;
use tempfile::TempDir;

/// A house in a scratch folder. When it goes, everything that its programs logged is searched for its debtors.
pub struct House {
    folder: TempDir,
    http: u16,
    config: CarrierConfig,
    /// `RUST_LOG` of its daemons.
    log_filter: &'static str,
    debtors: Cell<u32>,
}

/// A daemon that runs; killed when dropped.
pub struct Running {
    child: Child,
    http: u16,
}

/// A file whose reader waits for us.
pub struct PausedFile {
    path: PathBuf,
    text: String,
}

impl PausedFile {
    /// Waits until it is read.
    pub fn wait(&self) -> std::fs::File {
        std::fs::File::options().write(true).open(&self.path).expect("a reader")
    }

    /// Gives the reader its text, and all later ones a plain file.
    pub fn give(&self, reader: &mut std::fs::File) {
        let plain = self.path.with_extension("plain");
        std::fs::write(&plain, &self.text).expect("a file of our own");
        std::fs::rename(&plain, &self.path).expect("a file of our own");
        reader.write_all(self.text.as_bytes()).expect("the reader waits");
    }
}

pub const TRUNKS: &str = "trunks.toml";
pub const CPS: &str = "trunk.carrier.cps";
pub const CHANNELS: &str = "trunk.carrier.channels";
/// The campaign's file.
pub const REMINDERS: &str = "campaigns/reminders.toml";

/// A configuration with the trunk `carrier` and the campaign `reminders`; who was called is left alone for a day.
pub fn config(carrier: SocketAddr) -> CarrierConfig {
    let mut config = CarrierConfig::around(carrier, &project("prompts"))
        .expect("the speech packs")
        .campaign("reminders")
        .set("obzvon.toml", "daemon.node", "test")
        .set("obzvon.toml", "daemon.http", format!("127.0.0.1:{}", free_port()))
        .set("obzvon.toml", "daemon.log", "json")
        .set("obzvon.toml", "daemon.drain_limit_s", 20)
        .set("obzvon.toml", "media.ports", "20000-31998")
        .set("trunks.toml", "trunk.carrier.ring_limit_s", 10)
        .set("trunks.toml", "trunk.carrier.health.faults_to_open", 50)
        .set(REMINDERS, "max_concurrent", 400);
    for class in ["answered", "busy", "fault", "machine", "no_answer", "rejected"] {
        config = config.set(REMINDERS, &format!("retries.delays_min.{class}"), vec![1440]);
    }
    config
}

fn project(part: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(part)
}

impl House {
    /// Makes a user of the pages; the password comes by standard input.
    pub fn add_user(&self, login: &str, role: &str, password: &str) {
        self.tell_password(&["user", "add", login, "--role", role], password);
    }

    /// Runs a command that asks for a password.
    pub fn tell_password(&self, command: &[&str], password: &str) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_obzvon"))
            .args(command)
            .arg("--config")
            .arg(self.path("config"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("the program runs");
        let mut input = child.stdin.take().expect("piped");
        writeln!(input, "{password}").expect("written");
        drop(input);
        assert!(child.wait().expect("waited for").success());
    }

    /// Writes the configuration.
    pub fn new(config: CarrierConfig) -> Self {
        let text = config.text("obzvon.toml", "daemon.http").expect("an address");
        let http = text.rsplit_once(':').expect("a port").1.parse().expect("a port");
        let folder = TempDir::new().expect("a scratch folder");
        let house = Self { folder, http, config, log_filter: "debug", debtors: Cell::new(0) };
        house.write_config(&house.config);
        house
    }

    /// Logs no more than a daemon in service does: for runs so long that more would be the load.
    #[must_use]
    pub fn quiet(mut self) -> Self {
        self.log_filter = "info,sqlx=warn";
        self
    }

    /// Changes the configuration on the disk.
    pub fn change(&mut self, file: &str, key: &str, value: impl Into<toml::Value>) {
        self.config = self.config.clone().set(file, key, value);
        self.write_config(&self.config);
    }

    fn write_config(&self, config: &CarrierConfig) {
        config.write(&project("config"), &self.path("config")).expect("files of our own");
    }

    /// One that dials nobody, with two debtors in a paused campaign and an interface for programs.
    pub fn with_interface(token: &str) -> Self {
        let house =
            Self::new(config(([127, 0, 0, 1], 9).into()).set("obzvon.toml", "api.token_file", "token"));
        house.write("config/token", token);
        let secret = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(house.path("config/token"), secret).expect("a file of our own");
        house.import(2);
        house.run(&["campaign", "pause", "reminders"]);
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

    /// Runs a command to its end. What it says on standard error goes to the log, too.
    pub fn try_run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_obzvon"));
        command.args(args).arg("--config").arg(self.path("config")).stdin(Stdio::null());
        command.env("RUST_LOG", self.log_filter);
        let output = command.output().expect("the program runs");
        self.open_log().write_all(&output.stderr).expect("a log");
        output
    }

    fn open_log(&self) -> std::fs::File {
        std::fs::File::options().create(true).append(true).open(self.path("log")).expect("a log")
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
        self.debtors.set(count);
        let zone = zone_of_noon();
        let mut csv =
            "external_id;person_id;name;phone;time_zone;debtor_type;creditor;amount;due\n".to_owned();
        for n in 0..count {
            let (number, roubles) = (number(n), roubles(n));
            csv +=
                &format!("d{n};p{n};{CANARY};{number};{zone};forgetful;{CREDITOR};{roubles},37;2026-01-15\n");
        }
        self.write("list.csv", &csv);
        let list = self.path("list.csv");
        self.run(&["import", list.to_str().expect("UTF-8")]);
        self.run(&["campaign", "start", "reminders"]);
    }

    /// Starts the daemon and waits until it is ready. Its log is appended to `log`.
    pub fn start(&self) -> Running {
        self.start_with(self.http, &[])
    }

    /// Starts a second node on the same database.
    pub fn start_second(&self) -> Running {
        let http = free_port();
        let address = format!("127.0.0.1:{http}");
        let own = [
            ("OBZVON__DAEMON__NODE", "second"),
            ("OBZVON__DAEMON__HTTP", &address),
            ("OBZVON__MEDIA__PORTS", "32000-33998"),
        ];
        self.start_with(http, &own)
    }

    /// Starts the same node once more, on other ports, and waits for nothing.
    pub fn launch_twin(&self) -> Running {
        let http = free_port();
        let address = format!("127.0.0.1:{http}");
        self.launch_with(http, &[("OBZVON__DAEMON__HTTP", &address), ("OBZVON__MEDIA__PORTS", "32000-33998")])
    }

    /// Starts the daemon and waits for nothing.
    pub fn launch(&self) -> Running {
        self.launch_with(self.http, &[])
    }

    /// Makes a file of the configuration one that whoever reads it waits at, until it is given.
    pub fn pause_reading(&self, name: &str) -> PausedFile {
        let path = self.path(name);
        let text = std::fs::read_to_string(&path).expect("a file of our own");
        std::fs::remove_file(&path).expect("a file of our own");
        let made = Command::new("mkfifo").arg(&path).status().expect("mkfifo runs");
        assert!(made.success(), "{made}");
        PausedFile { path, text }
    }

    fn launch_with(&self, http: u16, environment: &[(&str, &str)]) -> Running {
        self.spawn(&["run"], http, environment)
    }

    /// Starts a test call and waits for nothing.
    pub fn launch_call(&self, args: &[&str]) -> Running {
        self.spawn(&[&["call"], args].concat(), self.http, &[])
    }

    fn spawn(&self, args: &[&str], http: u16, environment: &[(&str, &str)]) -> Running {
        let child = Command::new(env!("CARGO_BIN_EXE_obzvon"))
            .envs(environment.iter().copied())
            .args(args)
            .arg("--config")
            .arg(self.path("config"))
            .env("RUST_LOG", self.log_filter)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(self.open_log())
            .spawn()
            .expect("the program runs");
        Running { child, http }
    }

    fn start_with(&self, http: u16, environment: &[(&str, &str)]) -> Running {
        let mut running = self.launch_with(http, environment);
        let patience = Instant::now() + Duration::from_secs(60);
        // Under the kill switch it is up and not ready.
        let up = |(code, text): (u16, String)| code == 200 || text.contains("kill switch");
        while !running.get("/readyz").is_some_and(up) {
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

impl Drop for House {
    /// Searches the log, unless the test has failed already.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_no_debtor(&self.log(), self.debtors.get());
        }
    }
}

impl Running {
    /// Asks the daemon's HTTP side.
    /// What the HTTP API answers to a body, as JSON. Without a body it is asked with GET.
    pub fn api(&self, path: &str, token: Option<&str>, body: Option<&str>) -> (u16, Value) {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", self.http)).expect("the daemon listens");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a socket");
        let method = if body.is_some() { "POST" } else { "GET" };
        let token = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        let body = body.unwrap_or_default();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{token}Content-Length: {}\r\n\r\n",
            body.len()
        );
        // A body that is too large is refused before it has been read.
        stream.write_all(format!("{head}{body}").as_bytes()).ok();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok();
        let code = answer.split(' ').nth(1).expect("an answer").parse().expect("a status");
        let json = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        (code, serde_json::from_str(json).unwrap_or_default())
    }

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
    /// Where its HTTP listens.
    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.http)
    }

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

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        let pid = nix::unistd::Pid::from_raw(self.child.id().try_into().expect("a process id"));
        nix::sys::signal::kill(pid, signal).expect("our child");
    }

    /// Whether it has ended, and how.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("our child")
    }

    /// One sample of the metrics, by its name with its labels.
    pub fn metric(&self, name: &str) -> Option<f64> {
        let (_, text) = self.get("/metrics")?;
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
        value.parse().ok()
    }

    /// SIGTERM, and waits for the end.
    pub fn stop(mut self) {
        self.signal(Signal::SIGTERM);
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
pub const CREDITOR: &str = "Северный Банк";

/// The number of the `n`-th debtor.
pub fn number(n: u32) -> String {
    format!("+7999{n:07}")
}

/// What the `n`-th debtor owes, beside 37 kopecks.
fn roubles(n: u32) -> u32 {
    1000 + n
}

/// Fails if a text that anybody may read tells a debtor's name, number or sum.
#[track_caller]
pub fn assert_no_debtor(text: &str, debtors: u32) {
    let sums: BTreeSet<String> = (0..debtors).map(|n| format!("{}37", roubles(n))).collect();
    for line in text.lines() {
        for part in CANARY.split(' ') {
            assert!(!line.contains(part), "a name is told: {line}");
        }
        let sum_written = |digits: &str| {
            [".37", ",37"].iter().any(|end| line.contains(&format!("{}{end}", &digits[..digits.len() - 2])))
        };
        for digits in without_stamp(line).split(|c: char| !c.is_ascii_digit()) {
            let numbers = digits.as_bytes().windows(10).filter(|ten| ten.starts_with(b"999"));
            let mut ends = numbers.filter_map(|ten| std::str::from_utf8(&ten[3..]).ok()?.parse::<u32>().ok());
            assert!(!ends.any(|n| n < debtors), "a number is told: {line}");
            assert!(!sums.contains(digits), "a sum is told: {line}");
        }
        if debtors < 100 {
            assert!(!sums.iter().any(|sum| sum_written(sum)), "a sum is told: {line}");
        }
    }
}

/// A log line without the moment it begins with, whose microseconds may be any number.
fn without_stamp(line: &str) -> &str {
    let end = line.find('Z').map_or(0, |at| at + 1);
    if end <= 45 { &line[end..] } else { line }
}

/// Waits, with patience for a slow machine, until something holds.
#[track_caller]
pub fn until(what: &str, holds: impl FnMut() -> bool) {
    until_within(60, what, holds);
}

/// As `until`, with so many seconds of patience.
#[track_caller]
pub fn until_within(seconds: u64, what: &str, mut holds: impl FnMut() -> bool) {
    let patience = Instant::now() + Duration::from_secs(seconds);
    while !holds() {
        assert!(Instant::now() < patience, "not within {seconds} s: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A zone in which it is noon or nearly so.
pub fn zone_of_noon() -> String {
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

/// A WAV file of one second of a tone at 16 kHz that swells as a voice does.
pub fn tone(file: &Path, hertz: f64) {
    wav(file, |second| (second * hertz * TAU).sin() * (0.7 + 0.3 * (second * TAU).sin()));
}

/// A WAV file of one second at 16 kHz of a wave (-1..=1) by the time in seconds.
pub fn wav(file: &Path, wave: impl Fn(f64) -> f64) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 16_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(file, spec).expect("a file of our own");
    for n in 0..16_000 {
        wav.write_sample((wave(f64::from(n) / 16_000.0) * 8000.0) as i16).expect("room on the disk");
    }
    wav.finalize().expect("room on the disk");
}
