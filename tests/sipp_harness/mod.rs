//! sipp as the far end of a test: one process, its own ports, its own message log; only its own process is ended.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

/// A running sipp.
pub struct Sipp {
    child: Child,
    /// Where it listens.
    pub addr: SocketAddr,
    /// Its media port, even; the next is free as well.
    pub media_port: u16,
    folder: TempDir,
}

/// How a sipp ended.
pub struct Finished {
    /// 0: every call went as the scenario says.
    pub code: Option<i32>,
    pub log: String,
    pub errors: String,
}

impl Finished {
    /// Fails the test with sipp's own words unless the scenario was kept to.
    #[track_caller]
    pub fn expect_success(self) -> String {
        assert_eq!(self.code, Some(0), "sipp's errors:\n{}\nsipp's log:\n{}", self.errors, self.log);
        self.log
    }
}

impl Sipp {
    /// Starts `tests/sipp/<scenario>.xml` on free ports and waits until it listens. `args` go to sipp as they are:
    /// `-m N` calls (1 by default), `-t t1` for TCP, `-key name value`, `-i ::1`. Two words are ours:
    /// `-set name value` replaces `{{name}}` in the scenario, where sipp takes no key of its own (the status line), and
    /// `-quiet` keeps no message log.
    pub async fn start(scenario: &str, args: &[&str]) -> Self {
        Self::start_with(scenario, args, None).await
    }

    /// Starts a calling sipp: it sends to `target`.
    pub async fn call(scenario: &str, target: SocketAddr, args: &[&str]) -> Self {
        Self::start_with(scenario, args, Some(target)).await
    }

    async fn start_with(scenario: &str, args: &[&str], target: Option<SocketAddr>) -> Self {
        let folder = TempDir::new().expect("a scratch folder");
        let quiet = args.contains(&"-quiet");
        let (scenario, args) = fill_in(scenario, args, &folder);
        let ip =
            after(&args, "-i").map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ip| ip.parse().expect("-i ADDRESS"));
        let (port, media_port, control) = (free_block(ip), free_block(ip), free_block(ip));
        let tcp = after(&args, "-t").is_some_and(|t| t.starts_with('t'));
        let mut command = Command::new("sipp");
        command
            .args(target.map(|to| to.to_string()))
            .args(["-sf", scenario.to_str().expect("UTF-8")])
            .args(["-p", &port.to_string(), "-mp", &media_port.to_string(), "-cp", &control.to_string()])
            .args(["-nostdin", "-timeout", "60s", "-timeout_error", "-default_behaviors", "-bye,-abortunexp"])
            .args(if quiet { vec![] } else { vec!["-trace_msg", "-message_file", file(&folder, "messages")] })
            .args(["-trace_err", "-error_file", file(&folder, "errors")])
            .args(if after(&args, "-i").is_none() { vec!["-i", "127.0.0.1"] } else { vec![] })
            .args(if after(&args, "-m").is_none() { vec!["-m", "1"] } else { vec![] })
            .args(args)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let child =
            command.spawn().expect("sipp is needed for these tests: run scripts/test, which installs it");
        let mut sipp = Self { child, addr: SocketAddr::new(ip, port), media_port, folder };
        if target.is_none() {
            sipp.wait_until_it_listens(tcp).await;
        }
        sipp
    }

    async fn wait_until_it_listens(&mut self, tcp: bool) {
        for _ in 0..500 {
            if self.child.id().is_some_and(|pid| is_bound(pid, self.addr.port(), tcp)) {
                return;
            }
            if let Some(status) = self.child.try_wait().expect("our child") {
                panic!("sipp ended before it listened: {status}\n{}", self.read("errors"));
            }
            sleep(Duration::from_millis(10)).await;
        }
        panic!("sipp does not listen");
    }

    /// The messages sent and received so far.
    pub fn log(&self) -> String {
        self.read("messages")
    }

    /// Waits for the scenario's end.
    pub async fn finish(mut self) -> Finished {
        let code = match timeout(Duration::from_secs(45), self.child.wait()).await {
            Ok(status) => status.expect("our child").code(),
            Err(_) => None,
        };
        Finished { code, log: self.read("messages"), errors: self.read("errors") }
    }

    fn read(&self, name: &str) -> String {
        let bytes = std::fs::read(self.folder.path().join(name)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// The messages of one kind in a log: requests by method, responses by code.
pub fn count(log: &str, start: &str) -> usize {
    log.lines().filter(|line| line.starts_with(start)).count()
}

fn after<'a>(args: &[&'a str], flag: &str) -> Option<&'a str> {
    args.iter().position(|arg| *arg == flag).and_then(|at| args.get(at + 1)).copied()
}

/// The scenario's file, filled in where `-set` asks for it, and the arguments that are sipp's.
fn fill_in<'a>(scenario: &str, args: &[&'a str], folder: &TempDir) -> (PathBuf, Vec<&'a str>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sipp").join(format!("{scenario}.xml"));
    let (mut own, mut rest) = (Vec::new(), Vec::new());
    let mut words = args.iter();
    while let Some(word) = words.next() {
        match *word {
            "-set" => own.push((words.next().expect("-set NAME"), words.next().expect("-set NAME VALUE"))),
            "-quiet" => {}
            other => rest.push(other),
        }
    }
    if own.is_empty() {
        return (path, rest);
    }
    let mut text = std::fs::read_to_string(&path).expect("the scenario");
    for (name, value) in own {
        text = text.replace(&format!("{{{{{name}}}}}"), value);
    }
    let filled = folder.path().join("scenario.xml");
    std::fs::write(&filled, text).expect("a file of our own");
    (filled, rest)
}

/// Leaks a few bytes a test, for the sake of a plain argument list.
fn file(folder: &TempDir, name: &str) -> &'static str {
    Box::leak(folder.path().join(name).to_string_lossy().into_owned().into_boxed_str())
}

static NEXT: AtomicU16 = AtomicU16::new(0);

/// An even port in 12000..32000 that is free with the three after it (sipp takes two for audio and two for video).
pub fn free_block(ip: IpAddr) -> u16 {
    let start = u16::try_from(std::process::id() % 900).expect("below 900") * 22;
    for _ in 0..5_000 {
        let n = NEXT.fetch_add(4, Ordering::Relaxed);
        let port = 12_000 + (start.wrapping_add(n)) % 20_000 / 4 * 4;
        let free = |port| UdpSocket::bind((ip, port)).is_ok() && TcpListener::bind((ip, port)).is_ok();
        if (port..port + 4).all(free) {
            return port;
        }
    }
    panic!("no free port in 12000..32000");
}

/// Looks the port up in the kernel's table: nothing is sent to find out. It must be the process's own socket, since
/// another run on this machine may be trying the same port.
fn is_bound(pid: u32, port: u16, tcp: bool) -> bool {
    let tables = if tcp { ["/proc/net/tcp", "/proc/net/tcp6"] } else { ["/proc/net/udp", "/proc/net/udp6"] };
    let mark = format!(":{port:04X}");
    let own: Vec<String> = std::fs::read_dir(format!("/proc/{pid}/fd"))
        .into_iter()
        .flatten()
        .filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    tables.iter().any(|table| {
        let text = std::fs::read_to_string(table).unwrap_or_default();
        text.lines().any(|line| {
            let mut words = line.split_ascii_whitespace();
            words.nth(1).is_some_and(|local| local.ends_with(&mark))
                && words.nth(7).is_some_and(|inode| own.iter().any(|mine| mine == inode))
        })
    })
}
