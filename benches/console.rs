//! The console with a full floor: what 200 agents and 20 supervisors who look on cost, how long a page takes with a million
//! attempts behind it, and how much the first page weighs.
//!
//! Each agent has his event stream open and changes his state every twenty seconds, after which his page asks for its parts
//! as the desk's script does; half of the supervisors have the wallboard open and half the agents' table, which renew
//! themselves every two seconds. Nobody is called. It prints figures and judges none; it takes some two minutes.
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

#[path = "../tests/house/mod.rs"]
mod house;

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use reqwest::redirect::Policy;

use house::{House, Running, config};

const AGENTS: usize = 200;
const SUPERVISORS: usize = 20;
const ATTEMPTS: u64 = 1_000_000;
const DEBTORS: u32 = 1_000;
const PASSWORD: &str = "correct horse";
/// An agent does something so often; a supervisor's page renews itself so often.
const CHANGES: Duration = Duration::from_secs(20);
const RENEWS: Duration = Duration::from_secs(2);
/// CPU is measured over this long.
const LOOKED_AT: Duration = Duration::from_secs(30);
/// Each page is asked for so many times.
const TIMES: usize = 100;
/// What is kept in the database is some 70 days long.
const MICROS_BETWEEN: u64 = 6_000_000;

/// Pages of a supervisor.
const PAGES: [&str; 17] = [
    "/",
    "/live",
    "/campaigns",
    "/campaigns/reminders/why-not",
    "/agents",
    "/trunks",
    "/imports",
    "/config",
    "/calls",
    "/calls?before=500000",
    "/calls?outcome=busy&trunk=carrier",
    "/calls?person=p7",
    "/calls?from=2026-01-20&to=2026-01-21",
    "/calls?outcome=abandoned",
    "/day",
    "/day?day=2026-01-20",
    "/api/v1/day?day=2026-01-20",
];

fn main() {
    tokio::runtime::Runtime::new().expect("a runtime").block_on(run());
}

async fn run() {
    let began = Instant::now();
    let house = furnished();
    fill(&house);
    println!(
        "{ATTEMPTS} attempts, {AGENTS} agents and {SUPERVISORS} supervisors laid in {:.0?}",
        began.elapsed()
    );
    let daemon = house.start();
    let told = Arc::new(AtomicU64::new(0));
    let mut at_work = Vec::new();
    let idle = cpu_share(&daemon, Duration::from_secs(5)).await;
    println!("CPU before anybody is there: {:.1} % of a core", idle * 100.0);
    for n in 0..AGENTS {
        let user = Arc::new(User::signed_in(&daemon, &agent(n)).await);
        at_work.push(tokio::spawn(listens(Arc::clone(&user), Arc::clone(&told))));
        at_work.push(tokio::spawn(works(user, n)));
    }
    for n in 0..SUPERVISORS {
        let user = User::signed_in(&daemon, &supervisor(n)).await;
        at_work.push(tokio::spawn(looks_on(user, if n % 2 == 0 { "/live" } else { "/agents/live" })));
    }
    // Until everybody has begun.
    tokio::time::sleep(CHANGES).await;
    let before = told.load(Ordering::Relaxed);
    let share = cpu_share(&daemon, LOOKED_AT).await;
    let events = told.load(Ordering::Relaxed) - before;
    println!(
        "CPU with {AGENTS} agents and {SUPERVISORS} supervisors: {:.1} % of a core over {LOOKED_AT:?}; {:.1} events a second \
         in the streams; memory {} MB",
        share * 100.0,
        events as f64 / LOOKED_AT.as_secs_f64(),
        daemon.status_kb("VmRSS:") / 1024
    );
    let looker = User::signed_in(&daemon, &supervisor(0)).await;
    for page in PAGES {
        timed(&looker, page).await;
    }
    let worker = User::signed_in(&daemon, &agent(0)).await;
    timed(&worker, "/desk").await;
    first_load(&looker, "/").await;
    first_load(&worker, "/desk").await;
    at_work.iter().for_each(tokio::task::JoinHandle::abort);
    daemon.stop();
}

fn agent(n: usize) -> String {
    format!("agent{n}")
}

fn supervisor(n: usize) -> String {
    format!("boss{n}")
}

/// A house with a paused campaign, its agents and its users, who all have one password.
fn furnished() -> House {
    let mut config = config(([127, 0, 0, 1], 9).into()).set("agents.toml", "pause.break.limit_s", 3_600).set(
        "agents.toml",
        "queue.collectors.skills",
        Vec::<String>::new(),
    );
    for n in 0..AGENTS {
        let key = |key: &str| format!("agent.{}.{key}", agent(n));
        config = config
            .set("agents.toml", &key("contact"), format!("sip:{}@127.0.0.1:9", agent(n)))
            .set("agents.toml", &key("leg"), "per_call")
            .set("agents.toml", &key("skills"), vec!["language:ru".to_owned()]);
    }
    let house = House::new(config).quiet();
    house.import(DEBTORS);
    house.run(&["campaign", "pause", "reminders"]);
    house.add_user("first", "supervisor", PASSWORD);
    house
}

/// Attempts over the debtors, and users beside the first: straight into the database, before the daemon is there.
fn fill(house: &House) {
    let db = rusqlite::Connection::open(house.path("data/obzvon.db")).expect("the database");
    let outcome = "CASE WHEN h % 100 < 30 THEN 'answered' WHEN h % 100 < 45 THEN 'machine' WHEN h % 100 < 55 THEN 'busy' \
        WHEN h % 100000 = 56 THEN 'abandoned' ELSE 'no_answer' END";
    let attempts = format!(
        "INSERT INTO attempt (contact_id, campaign_id, person_id, debt_id, decision_id, node, phone, trunk, caller_id, \
         channel, debtor_type, debt_kind, creditor_id, amount_minor, currency, config_version, flow_version, due_at, \
         reserved_at, answer_at, end_at, outcome, grades, identified, closed_at) \
         SELECT c.id, c.campaign_id, c.person_id, c.debt_id, n, 'test', '+79990000000', 'carrier', '+74950000000', 'ivr', \
         'forgetful', 'overdue', d.creditor_id, 10000, 'RUB', 'b', 'b', w, w, CASE WHEN h % 100 < 45 THEN w + 5000000 END, \
         w + 35000000, {outcome}, '[]', 0, w + 35000000 FROM \
         (WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < {ATTEMPTS}) \
         SELECT n, (n * 2654435761) % 1000003 AS h, 1767225600000000 + n * {MICROS_BETWEEN} AS w FROM i) \
         JOIN contact c ON c.id = (SELECT MIN(id) FROM contact) + n % {DEBTORS} JOIN debt d ON d.id = c.debt_id ORDER BY n"
    );
    let users = |count: usize, prefix: &str, role: &str| {
        format!(
            "INSERT INTO app_user (login, hash, role, made_at, changed_at) WITH RECURSIVE i(n) AS (SELECT 0 UNION ALL SELECT n + 1 \
             FROM i WHERE n < {count} - 1) SELECT '{prefix}' || n, hash, '{role}', made_at, changed_at FROM i JOIN app_user \
             WHERE login = 'first'"
        )
    };
    let script = [
        "PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -500000".to_owned(),
        "BEGIN".to_owned(),
        attempts,
        users(AGENTS, "agent", "agent"),
        users(SUPERVISORS, "boss", "supervisor"),
        "COMMIT".to_owned(),
        "PRAGMA wal_checkpoint(TRUNCATE)".to_owned(),
    ];
    for sql in script {
        db.execute_batch(&sql).expect("laid");
    }
    let laid: i64 = db.query_row("SELECT COUNT(*) FROM attempt", [], |row| row.get(0)).expect("counted");
    assert_eq!(laid.unsigned_abs(), ATTEMPTS);
}

/// Somebody at the console.
struct User {
    client: Client,
    base: String,
    cookie: String,
}

impl User {
    async fn signed_in(daemon: &Running, login: &str) -> Self {
        let client = Client::builder().redirect(Policy::none()).build().expect("a client");
        let form = format!("login={login}&password={}", PASSWORD.replace(' ', "+"));
        let door = client.post(format!("{}/sign-in", daemon.base()));
        let door = door.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        let answer = door.send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 303, "{login}");
        let set = answer.headers()[SET_COOKIE].to_str().expect("text");
        let cookie = set.split(';').next().expect("a cookie").to_owned();
        Self { client, base: daemon.base(), cookie }
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        let asked = self.client.get(format!("{}{path}", self.base)).header(COOKIE, &self.cookie);
        let answer = asked.send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        answer
    }

    async fn turn(&self, body: &str) {
        let asked = self.client.post(format!("{}/api/v1/desk/state", self.base)).header(COOKIE, &self.cookie);
        let answer = asked.header(CONTENT_TYPE, "application/json").body(body.to_owned()).send();
        assert_eq!(answer.await.expect("an answer").status().as_u16(), 200, "{body}");
    }
}

/// An agent's page hears what happens at his desk.
async fn listens(user: Arc<User>, told: Arc<AtomicU64>) {
    let mut stream = user.get("/api/v1/desk/events").await;
    while let Ok(Some(part)) = stream.chunk().await {
        let events = part.windows(6).filter(|bytes| *bytes == b"event:").count();
        told.fetch_add(events as u64, Ordering::Relaxed);
    }
}

/// An agent who is ready, has a break, is ready again; they do not all do so at one moment.
async fn works(user: Arc<User>, n: usize) {
    tokio::time::sleep(CHANGES.mul_f64(n as f64 / AGENTS as f64)).await;
    let mut clock = tokio::time::interval(CHANGES);
    user.turn("{\"to\":\"logged_in\"}").await;
    let turns = ["{\"to\":\"ready\"}", "{\"to\":\"away\",\"pause\":\"break\"}"];
    for turn in turns.iter().cycle() {
        clock.tick().await;
        user.turn(turn).await;
        user.get("/desk/parts").await.bytes().await.expect("a part");
    }
}

async fn looks_on(user: User, path: &str) {
    let mut clock = tokio::time::interval(RENEWS);
    loop {
        clock.tick().await;
        user.get(path).await.bytes().await.expect("a part");
    }
}

/// CPU seconds of the daemon a second.
async fn cpu_share(daemon: &Running, over: Duration) -> f64 {
    let (before, began) = (daemon.cpu_seconds(), Instant::now());
    tokio::time::sleep(over).await;
    (daemon.cpu_seconds() - before) / began.elapsed().as_secs_f64()
}

/// How long a page takes, one after another, while the others are at work.
async fn timed(user: &User, page: &str) {
    let mut took = Vec::with_capacity(TIMES);
    let mut bytes = 0;
    for _ in 0..TIMES {
        let began = Instant::now();
        bytes = user.get(page).await.bytes().await.expect("a page").len();
        took.push(began.elapsed().as_secs_f64() * 1_000.0);
    }
    took.sort_by(f64::total_cmp);
    let of = |part: f64| took[((TIMES - 1) as f64 * part) as usize];
    println!("{page}: p50 {:.1} ms, p99 {:.1} ms, {} kB", of(0.5), of(0.99), bytes / 1_000);
}

/// What a browser that was never here before fetches for a page: itself and what it names, each by `gzip -9`.
async fn first_load(user: &User, page: &str) {
    let text = user.get(page).await.text().await.expect("a page");
    let mut all = zipped(text.as_bytes());
    let named = |start: &str| {
        let parts: Vec<_> = text.split(start).skip(1).filter_map(|rest| rest.split('"').next()).collect();
        parts
            .into_iter()
            .filter(|path| path.ends_with(".js") || path.ends_with(".css"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let files: Vec<String> = [named("src=\""), named("href=\"")].concat();
    for file in &files {
        all += zipped(&user.get(file).await.bytes().await.expect("a file"));
    }
    println!("first load of {page}: {:.1} kB gzipped, with {}", all as f64 / 1_000.0, files.join(" "));
}

fn zipped(bytes: &[u8]) -> usize {
    let gzip = Command::new("gzip").args(["-9", "-c"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut gzip = gzip.expect("gzip runs");
    gzip.stdin.take().expect("piped").write_all(bytes).expect("written");
    gzip.wait_with_output().expect("it ends").stdout.len()
}
