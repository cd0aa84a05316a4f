//! Figures of the pacing: what one decision costs, and what every scenario at hand comes to.
//!
//! `cargo bench --bench pacing` prints both; `-- SEED DAYS` takes another seed (101) and number of days (30).

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use obzvon::config::scenario;
use obzvon::pacing::{Cap, Clock, Input, PREDICTIVE_FROM, Pacer, Plan, Window};
use obzvon::simulate::simulate;

fn main() {
    let mut numbers = std::env::args().filter_map(|argument| argument.parse::<u32>().ok());
    let (seed, days) = (numbers.next().unwrap_or(101), numbers.next().unwrap_or(30));
    println!("one decision, 200 agents, 1,000 calls out (must 1 ms, target 200 us)");
    decisions();
    println!(
        "\n| scenario | occupancy, % | first day | abandoned, % | days over 3 % | worst day, % | a connect, dials |"
    );
    println!("|---|---|---|---|---|---|---|");
    for path in scenarios() {
        row(&path, u64::from(seed), days);
    }
}

fn decisions() {
    let start = now();
    let plan = Plan {
        agents: 200,
        cap: Cap { share: 0.03, window: Window::Day, lost_to_detection: 0.0 },
        deadline: Duration::from_secs(2),
        clock: Clock::Verdict,
        max_lines: 5_000,
        starts_per_second: 200.0,
        shift: Duration::from_secs(28_800),
        stop_before_end: Duration::from_secs(45),
        predictive_from: PREDICTIVE_FROM,
    };
    let mut pacer = Pacer::new(plan, start);
    pacer.handle(start, Input::DayBegan);
    for agent in 0..200 {
        pacer.handle(start, Input::LoggedIn(agent));
        pacer.handle(start, Input::Connected(u64::MAX, agent));
    }
    let mut taken = Vec::new();
    let mut call = 0;
    // A thousand calls are out, the oldest half a minute old; twenty are dialled and twenty end at each step.
    for step in 0_u32..2_000 {
        let at = start + Duration::from_millis(600) * step;
        for _ in 0..20 {
            pacer.handle(at, Input::Dialed(call));
            if call >= 1_000 {
                pacer.handle(at, Input::Ended(call - 1_000, obzvon::pacing::End::NoAnswer));
            }
            call += 1;
        }
        let begun = now();
        std::hint::black_box(pacer.decide(at));
        if step >= 50 {
            taken.push(begun.elapsed());
        }
    }
    taken.sort();
    let micros = |part: usize| taken[(taken.len() - 1) * part / 100].as_secs_f64() * 1e6;
    println!(
        "  median {:.0} us, 99 of 100 within {:.0} us, longest {:.0} us",
        micros(50),
        micros(99),
        micros(100)
    );
}

fn row(path: &Path, seed: u64, days: u32) {
    let mut scenario = scenario(path).expect("a sound scenario");
    (scenario.seed, scenario.days) = (seed, days);
    let figures = simulate(&scenario, now());
    println!(
        "| {} | {:.1} | {:+.1} | {:.2} | {}/{} | {:.2} | {:.1} |",
        scenario.name,
        100.0 * figures.occupancy,
        100.0 * (figures.occupancy_day1 - figures.occupancy),
        100.0 * figures.abandon_rate,
        figures.days_over_cap,
        figures.days,
        100.0 * figures.worst_day,
        figures.dials_per_connect,
    );
}

/// The repository's scenarios, by number of agents.
fn scenarios() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pacing");
    let mut paths: Vec<PathBuf> =
        folder.read_dir().expect("the scenarios").map(|entry| entry.expect("a file").path()).collect();
    paths.sort_by_key(|path| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let digits: String = name.chars().skip(1).take_while(char::is_ascii_digit).collect();
        (digits.parse().unwrap_or(u32::MAX), name)
    });
    paths
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn now() -> Instant {
    Instant::now()
}
