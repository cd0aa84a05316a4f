//! What a call costs in signalling: calls a second, CPU a call, and memory after ten thousand.
//!
//! The far end is sipp in a process of its own, so the CPU counted is ours alone. Prints figures; asserts only that no
//! call was left behind. Run: `cargo bench --bench sip`.

#[path = "../tests/sipp_harness/mod.rs"]
mod sipp_harness;

use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use obzvon::domain::{AttemptId, Codec};
use obzvon::sip::{LegEvent, PlaceCall, Reason, SipPlan, SipStack, Transport, TrunkTarget};
use sipp_harness::Sipp;
use tokio::task::JoinSet;

/// Calls a second offered, and for how long.
const STEPS: [(u32, u32); 4] = [(100, 5), (300, 5), (600, 5), (1_000, 10)];
/// T1: Timer M, which keeps every answered INVITE for 64 × T1, must pass within the run.
const T1: Duration = Duration::from_millis(100);

#[tokio::main]
async fn main() {
    println!(
        "{:>7} {:>7} {:>7} {:>9} {:>9} {:>9} {:>8}",
        "cps", "calls", "failed", "CPU ms", "p50 ms", "p99 ms", "RSS MB"
    );
    let mut plan = SipPlan::new("127.0.0.1:0".parse().expect("an address"), "bench.example");
    plan.t1 = T1;
    let stack = Arc::new(SipStack::start(plan).await.expect("a stack on loopback"));
    for (step, (rate, seconds)) in STEPS.into_iter().enumerate() {
        run(&stack, step as u64, rate, seconds).await;
    }
    rest(&stack).await;
    let first = rss_mb();
    // Slowly: at a high rate the peak of calls held at once stays in the allocator and looks like a leak.
    run(&stack, 90, 200, 50).await;
    println!("held after the last of 10,000 calls: {:?}", stack.counts());
    rest(&stack).await;
    println!("RSS before 10,000 calls {first:.1} MB, after {:.1} MB; nothing left", rss_mb());
}

/// Waits until everything the calls held is given back: Timer M, then the memory of its last message.
async fn rest(stack: &SipStack) {
    tokio::time::sleep(T1 * 128 + Duration::from_secs(4)).await;
    assert!(stack.counts().is_empty(), "left behind: {:?}", stack.counts());
}

async fn run(stack: &Arc<SipStack>, step: u64, rate: u32, seconds: u32) {
    let calls = rate * seconds;
    let count = calls.to_string();
    let carrier =
        Sipp::start("ring_answer", &["-quiet", "-m", &count, "-buff_size", "8388608", "-l", "5000"]).await;
    let trunk = TrunkTarget::new("127.0.0.1", carrier.addr.port(), Transport::Udp);
    let cpu = cpu_ms();
    let mut going = JoinSet::new();
    let mut tick = tokio::time::interval(Duration::from_secs(1) / rate);
    for n in 0..calls {
        tick.tick().await;
        going.spawn(one(stack.clone(), trunk.clone(), step << 32 | u64::from(n)));
    }
    let mut answers: Vec<Duration> = going.join_all().await.into_iter().flatten().collect();
    let failed = calls as usize - answers.len();
    let cpu = (cpu_ms() - cpu) / f64::from(calls);
    answers.sort_unstable();
    let at =
        |share: usize| answers.get(answers.len() * share / 100).map_or(f64::NAN, |d| d.as_secs_f64() * 1e3);
    println!("{rate:>7} {calls:>7} {failed:>7} {cpu:>9.3} {:>9.2} {:>9.2} {:>8.1}", at(50), at(99), rss_mb());
}

/// One call; the time from INVITE to its answer, or `None` when it failed.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures by the clock")]
async fn one(stack: Arc<SipStack>, trunk: TrunkTarget, tag: u64) -> Option<Duration> {
    let call = PlaceCall {
        attempt: AttemptId(i64::try_from(tag).ok()?),
        tag,
        trunk,
        to_user: "79990000001".to_owned(),
        from_user: "74950000000".to_owned(),
        display: None,
        rtp: "127.0.0.1:40000".parse().ok()?,
        codecs: vec![Codec::Pcma, Codec::Pcmu],
    };
    let placed = Instant::now();
    let mut leg = stack.place(call).await.ok()?;
    let mut answered = None;
    while let Some(event) = leg.next_event().await {
        if matches!(event, LegEvent::Answered(_)) {
            answered = Some(placed.elapsed());
            leg.hang_up(Reason::NORMAL);
        }
    }
    answered
}

fn cpu_ms() -> f64 {
    let used = getrusage(UsageWho::RUSAGE_SELF).expect("our own usage");
    let ms = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 * 1e3 + time.tv_usec() as f64 / 1e3;
    ms(used.user_time()) + ms(used.system_time())
}

fn rss_mb() -> f64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: f64 = text.split_ascii_whitespace().nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0.0);
    pages * 4_096.0 / 1e6
}
