//! A PostgreSQL of the test's own: started once in a scratch folder, stopped when the test process ends.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};

/// Lives as long as this process: the shell waits for the end of its input, which comes however we die.
const SERVER: &str = r#"
set -eu
dir=$(mktemp -d /tmp/obzvon-pg.XXXXXX)
trap 'rm -rf "$dir"' EXIT
"$0/initdb" -D "$dir/data" -A trust -U obzvon -E UTF8 --no-sync >"$dir/log" 2>&1
"$0/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c fsync=off -c max_connections=300 >>"$dir/log" 2>&1 &
server=$!
until "$0/pg_isready" -q -h "$dir" -U obzvon; do kill -0 "$server"; sleep 0.1; done
echo "$dir"
read -r _ || true
kill -INT "$server"
wait "$server" || true
"#;

struct Server {
    socket_dir: String,
    bin: PathBuf,
    /// Its input: closed when this process ends.
    _shell: Mutex<Child>,
}

/// Makes a database and gives its URL.
pub fn new_database(name: &str) -> String {
    static SERVER: OnceLock<Server> = OnceLock::new();
    let server = SERVER.get_or_init(start);
    let made = Command::new(server.bin.join("createdb"))
        .args(["-h", &server.socket_dir, "-U", "obzvon", name])
        .output()
        .expect("createdb runs");
    assert!(made.status.success(), "createdb: {}", String::from_utf8_lossy(&made.stderr));
    format!("postgres://obzvon@localhost/{name}?host={}", server.socket_dir)
}

fn start() -> Server {
    let bin = binaries();
    // PostgreSQL refuses to run as root.
    let root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    let mut command = if root { Command::new("runuser") } else { Command::new("sh") };
    if root {
        command.args(["-u", "postgres", "--", "sh"]);
    }
    let mut shell = command
        .arg("-c")
        .arg(SERVER)
        .arg(&bin)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell runs");
    shell.stdin.as_mut().expect("piped").flush().expect("open");
    let mut line = String::new();
    BufReader::new(shell.stdout.take().expect("piped")).read_line(&mut line).expect("readable");
    let socket_dir = line.trim().to_owned();
    assert!(!socket_dir.is_empty(), "PostgreSQL did not start");
    Server { socket_dir, bin, _shell: Mutex::new(shell) }
}

/// The newest PostgreSQL of Debian's packages.
fn binaries() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path())))
        .max()
        .map(|(_, path)| path.join("bin"));
    newest.expect("PostgreSQL is not installed: run scripts/test, which installs what the tests need")
}
