//! Every report over a year of actions, from the sums that are kept of them; and what keeping them costs.
//!
//! `OBZVON_BENCH_FULL=1` lays 10,000,000 actions on 1,000,000 debts, else a hundredth of it. The aim is 2 s a report.
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use obzvon::domain::Currency;
use obzvon::stats::Axis;
use obzvon::store::{Period, Reacted, Store, StorePlan};
use secrecy::SecretString;

const DEBTS: u64 = 1_000_000;
/// Calls a debt.
const CALLS: u64 = 10;

fn main() {
    let full = std::env::var_os("OBZVON_BENCH_FULL").is_some();
    let debts = if full { DEBTS } else { DEBTS / 100 };
    tokio::runtime::Runtime::new().expect("a runtime").block_on(run(debts));
}

async fn run(debts: u64) {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("reports.db");
    let store = open(&file).await;
    store.close().await;
    let began = Instant::now();
    generate(&file, debts);
    println!("{} actions on {debts} debts, laid in {:.0?}", debts * CALLS, began.elapsed());
    let store = open(&file).await;
    let began = Instant::now();
    store.build_tallies().await.expect("counted");
    println!("every sum counted from the rows in {:.0?}", began.elapsed());
    let whole = Period { from: Timestamp::UNIX_EPOCH, to: Timestamp::MAX };
    // Days of Moscow: months and days, and one day. From a Tuesday at noon to another one: hours at both ends, too.
    let days = Period { from: at("2025-03-03T21:00:00Z"), to: at("2025-05-05T21:00:00Z") };
    let day = Period { to: at("2025-03-04T21:00:00Z"), ..days };
    let part = Period { from: at("2025-03-04T09:00:00Z"), to: at("2025-05-06T09:00:00Z") };
    let periods = [
        ("all time", whole),
        ("two months of days", days),
        ("one day", day),
        ("two months, from noon to noon", part),
    ];
    for (name, period) in periods {
        println!("{name}:");
        reports(&store, period).await;
    }
    let began = Instant::now();
    let faults = store.check_tallies().await.expect("counted");
    println!("checked against every row in {:.0?}: {} faults", began.elapsed(), faults.len());
    assert!(faults.is_empty(), "{faults:?}");
    store.close().await;
}

async fn reports(store: &Store, period: Period) {
    let axes = [Axis::Creditor, Axis::Month, Axis::DayPart, Axis::Age, Axis::Campaign];
    timed("channels", async { store.effects_report(period, &[]).await.expect("counted").len() }).await;
    timed("channels by every axis", async {
        store.effects_report(period, &axes).await.expect("counted").len()
    })
    .await;
    timed("outcomes", async { store.outcomes_report(period).await.expect("counted").len() }).await;
    timed("attempts", async { store.attempts_report(period).await.expect("counted").len() }).await;
    timed("kpi", async { store.kpi_report(period).await.expect("counted").len() }).await;
    timed("wear", async { store.wear_report(period, Reacted::Paid).await.expect("counted").len() }).await;
    timed("proposals", async {
        let uses = store.wear_report(period, Reacted::Paid).await.expect("counted").len();
        uses + store.effects_report(period, &[Axis::DayPart]).await.expect("counted").len()
    })
    .await;
    timed("actions left out", async {
        store.left_out(period).await.expect("counted");
        1
    })
    .await;
    timed("promises", async { store.promises_report(period).await.expect("counted").len() }).await;
    timed("pareto", async { store.paid_by_person(period).await.expect("counted").len() }).await;
    timed("types", async { store.types_report(period).await.expect("counted").0.len() }).await;
    let window = SignedDuration::from_hours(24 * 30);
    let until = Period { to: period.to.min(at("2026-06-01T00:00:00Z")), ..period };
    timed("uplift", async { store.experiments_report(until, window).await.expect("counted").len() }).await;
    let now = at("2026-06-01T00:00:00Z");
    timed("economics", async {
        store.economics_report(period, Currency::Rub, now).await.expect("counted").creditors.len()
    })
    .await;
    timed("agents", async { store.agent_results(period).await.expect("counted").len() }).await;
    timed("agents' time", async { store.agent_times(period, now).await.expect("counted").len() }).await;
}

/// One run, as whoever asks first has it.
async fn timed(name: &str, report: impl Future<Output = usize>) {
    let began = Instant::now();
    let lines = report.await;
    let took: Duration = began.elapsed();
    println!("  {name:<24} {:>8.2} s  {lines} lines", took.as_secs_f64());
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

async fn open(file: &Path) -> Store {
    let url = SecretString::from(format!("sqlite:{}", file.display()));
    Store::open(StorePlan { url, node: "bench".into() }).await.expect("the database opens")
}

/// Calls over a year and a half from January 2025 in ten campaigns for ten creditors, by hash so that nothing falls
/// together; every third debt paid in part, every tenth call a promise.
fn generate(file: &Path, debts: u64) {
    let db = rusqlite::Connection::open(file).expect("open");
    db.execute_batch("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -1000000")
        .expect("pragmas");
    let calls = debts * CALLS;
    let i = |n: u64| format!("WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < {n})");
    // Call n is the (n / debts)-th of debt n % debts + 1, in order of time; a hash spreads what else is of it.
    let (debt, hash) = (format!("(n - 1) % {debts} + 1"), "((n * 2654435761) % 1000003)");
    let when = format!("1735689600000000 + (n - 1) * {} + {hash} * 3000", 46_656_000_000_000 / calls);
    let outcome = "CASE WHEN h % 100 < 30 THEN 'answered' WHEN h % 100 < 45 THEN 'machine' WHEN h % 100 < 55 THEN \
        'busy' WHEN h % 100 < 58 THEN 'failed_trunk' WHEN h % 100 < 59 THEN 'cancelled' ELSE 'no_answer' END";
    let script = [
        "BEGIN".to_owned(),
        "DROP INDEX attempt_one_open; DROP INDEX attempt_phone_open; DROP INDEX attempt_person; \
         DROP INDEX attempt_contact; DROP INDEX attempt_reserved; DROP INDEX attempt_debt"
            .into(),
        format!("INSERT INTO creditor (id, name) {} SELECT n, 'Creditor ' || n FROM i", i(10)),
        format!(
            "INSERT INTO campaign (id, name, state, changed_at) {} SELECT n, 'campaign ' || n, 'running', 0 FROM i",
            i(10)
        ),
        format!(
            "INSERT INTO person (id, external_id, language, debtor_type, updated_at) {} SELECT n, 'p' || n, 'ru', \
             CASE n % 6 WHEN 0 THEN 'habitual' WHEN 1 THEN 'idler' WHEN 2 THEN 'involuntary' ELSE 'forgetful' END, 0 \
             FROM i",
            i(debts)
        ),
        format!(
            "INSERT INTO debt (id, creditor_id, external_id, person_id, amount_minor, currency, due_date, updated_at) \
             {} SELECT n, n % 10 + 1, 'd' || n, n, (n * 7919) % 1000003 + 100, 'RUB', '2024-12-10', 0 FROM i",
            i(debts)
        ),
        format!(
            "INSERT INTO contact (id, campaign_id, person_id, debt_id, state, why, arm, selected_at) {} SELECT n, \
             n % 10 + 1, n, n, 'done', 'reached', CASE WHEN n % 10 = 3 THEN 'left_alone' ELSE 'called' END, \
             1735689600000000 + n * 1000000 FROM i",
            i(debts)
        ),
        format!(
            "INSERT INTO attempt (id, contact_id, campaign_id, person_id, debt_id, decision_id, node, phone, trunk, \
             caller_id, channel, debtor_type, debt_kind, creditor_id, amount_minor, currency, config_version, \
             flow_version, due_at, reserved_at, answer_at, end_at, outcome, disposition, grades, identified, cost_micro, \
             closed_at, local_hour, age_days) SELECT n, d, d % 10 + 1, d, d, n, 'bench', '+79', 'trunk ' || (h % 3), '+74', \
             CASE WHEN h % 5 = 0 THEN 'agent_call' ELSE 'ivr' END, CASE d % 6 WHEN 0 THEN 'habitual' WHEN 1 THEN 'idler' \
             WHEN 2 THEN 'involuntary' ELSE 'forgetful' END, CASE WHEN d % 7 = 0 THEN 'collectible' ELSE 'overdue' END, \
             d % 10 + 1, (d * 7919) % 1000003 + 100, 'RUB', 'b', 'b', w, w, CASE WHEN h % 100 < 45 THEN w + 5000000 END, \
             CASE WHEN h % 100 < 45 THEN w + 35000000 END, {outcome}, CASE WHEN h % 100 < 10 THEN 'promise_to_pay' \
             WHEN h % 100 < 12 THEN 'refused' END, CASE WHEN h % 100 < 25 THEN '[\"amount_heard\"]' ELSE '[]' END, \
             h % 100 < 20, 120000, w, 9 + h % 12, (w - 1733788800000000) / 86400000000 FROM \
             ({} SELECT n, {debt} AS d, {hash} AS h, {when} AS w FROM i)",
            i(calls)
        ),
        "INSERT INTO promise (person_id, debt_id, attempt_id, made_at, promised_on, amount_minor, currency, state, \
         judged_at) SELECT person_id, debt_id, id, reserved_at, '2026-01-01', amount_minor, 'RUB', \
         CASE WHEN id % 2 = 0 THEN 'kept' ELSE 'broken' END, reserved_at FROM attempt \
         WHERE disposition = 'promise_to_pay'"
            .into(),
        format!(
            "INSERT INTO payment (creditor_id, external_id, debt_id, amount_minor, currency, paid_at, received_at) {} SELECT 1, 'm' || n, \
             n * 3, 5000, 'RUB', 1735689600000000 + n * 130000000 % 46656000000000, 0 FROM i",
            i(debts / 3)
        ),
        // Every answered call with an agent is a talk of one of fifty.
        "INSERT INTO agent_state (agent, node, at, state, billable, why, attempt_id) SELECT 'agent' || (id % 50), 'bench', \
         reserved_at + 6000000, 'talking', 1, 'call', id FROM attempt WHERE channel = 'agent_call' AND outcome = 'answered' \
         UNION ALL SELECT 'agent' || (id % 50), 'bench', reserved_at + 35000000, 'wrap_up', 1, 'call', id FROM attempt \
         WHERE channel = 'agent_call' AND outcome = 'answered' ORDER BY 3"
            .into(),
        "CREATE INDEX attempt_person ON attempt (person_id, id); CREATE INDEX attempt_contact ON attempt (contact_id, id); \
         CREATE INDEX attempt_reserved ON attempt (reserved_at); CREATE INDEX attempt_debt ON attempt (debt_id); \
         CREATE UNIQUE INDEX attempt_one_open ON attempt (person_id) WHERE outcome IS NULL"
            .into(),
        "UPDATE attempt SET nth_use = w.nth FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY person_id, channel \
         ORDER BY reserved_at, id) AS nth FROM attempt WHERE outcome <> 'cancelled' AND outcome NOT LIKE 'failed%') w \
         WHERE w.id = attempt.id"
            .into(),
        "UPDATE tally_plan SET built_upto = 0, states_upto = 0".into(),
        "COMMIT".into(),
        "PRAGMA wal_checkpoint(TRUNCATE)".into(),
    ];
    for sql in script {
        db.execute_batch(&sql).expect("generated");
    }
}
