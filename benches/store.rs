//! Figures of the store on SQLite: dials a second and their latency as the list grows, and the import of a list.
//!
//! `OBZVON_BENCH_FULL=1` takes lists of up to ten million contacts with a million attempts behind them (several
//! minutes and some 15 GB of disk); without it, up to 100,000. `OBZVON_BENCH_DIR` says where the files go: `/tmp` may
//! be memory, and then a commit costs nothing.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use obzvon::campaign::{DoneWhy, NextStep};
use obzvon::domain::attempt::{FinalWord, Finished, HungUpBy, Stamps};
use obzvon::domain::import_row::ImportRow;
use obzvon::domain::{
    CampaignId, Channel, Currency, DebtId, DebtKind, DebtorType, Disposition, Language, Money, Outcome,
    PersonId, PersonName, PhoneNumber,
};
use obzvon::rules::{
    CliStatus, DialMode, EventKind, Facts, Phone, PhoneType, Presets, Relation, Way, ZoneSet,
};
use obzvon::store::{
    ClaimedContact, FinishRequest, ReserveRequest, Reserved, RulesInForce, Store, StorePlan,
};
use secrecy::SecretString;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

/// Dials measured in each run.
const DIALS: u32 = 5_000;
/// Calls at once when as many are made as the store can do.
const LANES: usize = 64;
/// Dials a second when the store is not pushed.
const PACE: u32 = 100;

#[tokio::main]
async fn main() {
    let full = std::env::var_os("OBZVON_BENCH_FULL").is_some();
    let lists: &[u64] = if full { &[10_000, 1_000_000, 10_000_000] } else { &[10_000, 100_000] };
    let dir = match std::env::var_os("OBZVON_BENCH_DIR") {
        Some(dir) => tempfile::tempdir_in(dir).expect("a folder"),
        None => tempfile::tempdir().expect("a folder"),
    };
    println!("store: SQLite, synchronous=FULL, one dial = reserve + finish (aim: reserve p99 20 ms, flat)");
    for &contacts in lists {
        dials(dir.path(), contacts).await;
    }
    import(dir.path(), if full { 1_000_000 } else { 50_000 }).await;
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
async fn dials(dir: &Path, contacts: u64) {
    let file = dir.join(format!("{contacts}.db"));
    let store = open(&file).await;
    store.close().await;
    let began = Instant::now();
    generate(&file, contacts);
    let size = std::fs::metadata(&file).map_or(0, |file| file.len()) / (1 << 20);
    println!(
        "\n{contacts} contacts, {} attempts behind them; {size} MB, made in {:.0?}",
        contacts / 10,
        began.elapsed()
    );
    let store = open(&file).await;
    let bench = Arc::new(Bench::new(store));
    bench.clone().as_fast_as_it_can().await;
    bench.clone().at_a_pace().await;
    let began = Instant::now();
    let totals = bench.store.why_not(CampaignId(1)).await.expect("counted");
    println!("  why not, over the whole list: {:.0?} ({} reasons)", began.elapsed(), totals.len());
    bench.store.close().await;
    for suffix in ["", "-wal", "-shm"] {
        std::fs::remove_file(dir.join(format!("{contacts}.db{suffix}"))).ok();
    }
}

struct Bench {
    store: Store,
    rules: RulesInForce,
    queue: Mutex<Vec<ClaimedContact>>,
    claims: Mutex<Vec<Duration>>,
}

impl Bench {
    fn new(store: Store) -> Self {
        let presets = Presets::shipped();
        let preset = presets.flatten("ru-230fz-safe").expect("shipped");
        let rules = RulesInForce::new(Arc::new(preset), Arc::new(presets.calendars().clone()));
        Self { store, rules, queue: Mutex::default(), claims: Mutex::default() }
    }

    #[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
    async fn as_fast_as_it_can(self: Arc<Self>) {
        let began = Instant::now();
        let mut lanes = JoinSet::new();
        for _ in 0..LANES {
            let bench = self.clone();
            lanes.spawn(async move {
                let mut took = Vec::new();
                for _ in 0..DIALS as usize / LANES {
                    took.push(bench.dial().await);
                }
                took
            });
        }
        let took: Vec<_> = lanes.join_all().await.into_iter().flatten().collect();
        let rate = took.len() as f64 / began.elapsed().as_secs_f64();
        println!("  as fast as it can, {LANES} at once: {rate:.0} dials/s");
        print_latencies(&took);
        let claims = self.claims.lock().await;
        print_latency("claim of 64", claims.iter().copied());
    }

    async fn at_a_pace(self: Arc<Self>) {
        let mut ticks = tokio::time::interval(Duration::from_secs(1) / PACE);
        let mut dials = JoinSet::new();
        for _ in 0..DIALS / 5 {
            ticks.tick().await;
            let bench = self.clone();
            dials.spawn(async move { bench.dial().await });
        }
        println!("  at {PACE} dials/s:");
        print_latencies(&dials.join_all().await);
    }

    /// One dial; how long reserve and finish took.
    #[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
    async fn dial(&self) -> (Duration, Duration) {
        let contact = self.next().await;
        let request = self.request(&contact);
        let began = Instant::now();
        let reserved = self.store.reserve(request, noon()).await.expect("the gate answers");
        let reserve = began.elapsed();
        let Reserved::Permit(permit) = reserved else { panic!("no permit: {reserved:?}") };
        let began = Instant::now();
        self.store.finish(reminded(permit.attempt()), noon()).await.expect("finished");
        (reserve, began.elapsed())
    }

    #[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
    async fn next(&self) -> ClaimedContact {
        let mut queue = self.queue.lock().await;
        if queue.is_empty() {
            let began = Instant::now();
            *queue = self.store.claim(CampaignId(1), 64, noon()).await.expect("claimed");
            self.claims.lock().await.push(began.elapsed());
        }
        queue.pop().expect("the list is longer than the run")
    }

    fn request(&self, contact: &ClaimedContact) -> ReserveRequest {
        let phone = contact.phones[0].number.clone();
        ReserveRequest {
            contact: contact.id,
            caller_id: PhoneNumber::parse("+74950000000").expect("E.164"),
            trunk: "main".into(),
            channel: Channel::Ivr,
            debt_kind: DebtKind::Overdue,
            facts: Facts {
                person: PersonId(0),
                debt: DebtId(0),
                creditor: String::new(),
                phone: Phone { number: (&phone).into(), kind: PhoneType::Mobile },
                relation: Relation::Debtor,
                way: Way::call(DialMode::Prerecorded),
                caller_id: CliStatus::Allocated,
                zones: ZoneSet::resolve(["Europe/Moscow"], "region"),
                blocked: Vec::new(),
                tallies: Vec::new(),
                overrides: Vec::new(),
            },
            phone,
            rules: self.rules.clone(),
            config_version: "bench".into(),
            flow_version: "bench".into(),
            budget: 5,
            due_at: noon(),
        }
    }
}

fn reminded(attempt: obzvon::domain::AttemptId) -> FinishRequest {
    FinishRequest {
        attempt,
        finished: Finished {
            outcome: Outcome::Answered,
            disposition: Some(Disposition::Reminded),
            grades: Vec::new(),
            channel: Channel::Ivr,
            stamps: Stamps {
                invite: Some(noon()),
                answer: Some(noon()),
                end: Some(noon()),
                ..Stamps::default()
            },
            last_word: FinalWord { sip_code: Some(200), reason: Some("OK".into()), q850: Some(16) },
            hung_up_by: HungUpBy::Callee,
            heard_percent: Some(100),
            keys: "1".into(),
            trail: Vec::new(),
            heard: Vec::new(),
            promised_on: None,
            identified: true,
        },
        kinds: vec![EventKind::Conversation],
        holds: Vec::new(),
        next: NextStep::Done(DoneWhy::Reached),
        score: None,
        cost_micro: None,
        callback: None,
        asks: Vec::new(),
    }
}

fn noon() -> Timestamp {
    "2026-03-03T09:00:00Z".parse().expect("a timestamp")
}

async fn open(file: &Path) -> Store {
    let url = SecretString::from(format!("sqlite:{}", file.display()));
    Store::open(StorePlan { url, node: "bench".into() }).await.expect("the database opens")
}

/// Lays a list of `n` debts of `n` people in one campaign, with one attempt for every tenth of them.
fn generate(file: &Path, n: u64) {
    let db = rusqlite::Connection::open(file).expect("open");
    db.execute_batch("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -4000000")
        .expect("pragmas");
    let rows = format!("WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < {n})");
    let tries =
        format!("WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < {})", n / 10);
    let february = "1770000000000000 + i.n * 1000000";
    let script = [
        "BEGIN".to_owned(),
        "INSERT INTO creditor VALUES (1, 'Water'); INSERT INTO campaign (id, name, state, changed_at) \
         VALUES (1, 'reminders', 'running', 0)"
            .into(),
        format!(
            "INSERT INTO person (id, external_id, name, language, debtor_type, region, time_zone, updated_at) {rows} SELECT n, printf('p%09d', n), 'Debtor', 'ru', 'forgetful', 'Москва', NULL, 0 \
             FROM i"
        ),
        format!(
            "INSERT INTO phone (id, person_id, e164, rank) {rows} SELECT n, n, printf('+79%09d', n), 0 FROM i"
        ),
        format!(
            "INSERT INTO debt (id, creditor_id, external_id, person_id, amount_minor, currency, due_date, state, updated_at) \
             {rows} SELECT n, 1, printf('d%09d', n), n, (n * 7919) % 1000003 + 1, 'RUB', \
             '2026-02-10', 'open', 0 FROM i"
        ),
        format!(
            "INSERT INTO contact (id, campaign_id, person_id, debt_id, state, score) {rows} \
             SELECT n, 1, n, n, 'queued', (n * 7919) % 1000003 + 1 FROM i"
        ),
        format!(
            "INSERT INTO decision {tries} SELECT n, n % 8, -n, {february}, n * 10, n * 10, 1, NULL, NULL, \
             'x', printf('%1500d', n), 'x', 'x' FROM i"
        ),
        format!(
            "INSERT INTO attempt (id, contact_id, campaign_id, person_id, debt_id, decision_id, node, phone, trunk, \
             caller_id, channel, debtor_type, debt_kind, creditor_id, amount_minor, currency, config_version, \
             flow_version, due_at, reserved_at, outcome, closed_at) {tries} SELECT n, n * 10, 1, n * 10, n * 10, n, \
             'bench', printf('+79%09d', n * 10), 'main', '+74950000000', 'ivr', 'forgetful', 'overdue', 1, 1, 'RUB', \
             'b', 'b', {february}, {february}, 'no_answer', {february} FROM i"
        ),
        format!(
            "INSERT INTO event (person_id, at, kind, channel_exact, phone, phone_type, dial_mode, debt_id, creditor, \
             attempt_id, source, written_at) {tries} SELECT n * 10, {february}, k.kind, 'call', \
             79000000000 + n * 10, 'mobile', 'prerecorded', n * 10, 'Water', n, 'obzvon', {february} \
             FROM i, (SELECT 'in_flight' AS kind UNION ALL SELECT 'attempt_no_answer') k"
        ),
        "COMMIT".into(),
        "PRAGMA wal_checkpoint(TRUNCATE)".into(),
    ];
    for sql in script {
        db.execute_batch(&sql).expect("generated");
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
async fn import(dir: &Path, rows: u32) {
    let store = open(&dir.join("import.db")).await;
    let before = peak_memory_mb();
    let began = Instant::now();
    let mut run = store.begin_import("bench", noon()).await.expect("begun");
    let mut batch = Vec::with_capacity(1000);
    for n in 0..rows {
        batch.push(row(n));
        if batch.len() == 1000 {
            run.push(&batch).await.expect("staged");
            batch.clear();
        }
    }
    run.push(&batch).await.expect("staged");
    let staged = began.elapsed();
    let counts = run.merge(noon(), |_| ()).await.expect("merged");
    println!(
        "\nimport of {rows} rows: {:.1?} ({staged:.1?} of it staging), {} new; peak memory {} MB (before: {before} MB)",
        began.elapsed(),
        counts.new,
        peak_memory_mb()
    );
    store.close().await;
}

fn row(n: u32) -> ImportRow {
    ImportRow {
        line: u64::from(n) + 2,
        external_id: format!("contract-{n}"),
        person_id: format!("{:08x}", n.wrapping_mul(2_654_435_761)),
        name: Some(PersonName::new("Иванова Мария Петровна")),
        phones: vec![PhoneNumber::parse(&format!("+79{n:09}")).expect("E.164")],
        time_zone: None,
        region: Some("Новосибирская область".into()),
        language: Language::Ru,
        debtor_type: Some(DebtorType::Forgetful),
        creditor: "Water".into(),
        amount: Money::new(i64::from(n) + 1, Currency::Rub),
        due: jiff::civil::date(2026, 2, 10),
    }
}

/// The process's peak resident memory so far.
fn peak_memory_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}

fn print_latencies(took: &[(Duration, Duration)]) {
    print_latency("reserve", took.iter().map(|(reserve, _)| *reserve));
    print_latency("finish", took.iter().map(|(_, finish)| *finish));
}

fn print_latency(what: &str, took: impl Iterator<Item = Duration>) {
    let mut took: Vec<_> = took.collect();
    took.sort_unstable();
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
    println!(
        "    {what}: p50 {:.1?}, p99 {:.1?}, max {:.1?} ({} of them)",
        at(0.5),
        at(0.99),
        at(1.0),
        took.len()
    );
}
