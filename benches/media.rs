//! What the RTP engine costs and how even its packets are, beside raw UDP in the same run.
//!
//! `cargo bench --bench media [-- SECONDS STREAMS...]`: each row has so many streams, each 50 packets a second both
//! ways on loopback. `raw` is the limit: one thread, the same sockets and system calls, and nothing else. `engine`
//! plays a prompt, receives, listens for keys; `+ears` runs the detector too. Figures only; nothing is asserted.
//!
//! - CPU: of the sending thread alone, in milliseconds a stream and second, and as a share of one core.
//! - us/packet: the same CPU by packets sent; each comes with one received.
//! - gap off: how far the time between two packets of a stream is from 20 ms, by the kernel's stamps at the far end.
//! - late: how long after its 5 ms sub-tick a packet left (engine only; upper bounds of powers of two).
//! - RSS: growth of this process a stream; sockets are the kernel's and not in it.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on says why and ends")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

mod far_end;

use std::io::IoSliceMut;
use std::net::UdpSocket;
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use far_end::{FarEnd, Heard, LOOPBACK, PACKET, cpu_of, go_first, voice};
use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrStorage, recvmmsg};
use obzvon::detect::DetectorPlan;
use obzvon::domain::Codec;
use obzvon::domain::media_target::{Direction, MediaTarget};
use obzvon::media::{Clip, MediaEngine, MediaPlan, PlayId, StreamPlan};

fn main() {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let (seconds, streams) = match numbers.split_first() {
        Some((seconds, [])) => (*seconds, vec![100, 500, 1000, 2000]),
        Some((seconds, streams)) => (*seconds, streams.iter().map(|n| *n as usize).collect()),
        None => (10, vec![100, 500, 1000, 2000]),
    };
    println!(
        "{:<8} {:>7} {:>9} {:>7} {:>9} {:>24} {:>24} {:>8} {:>6}",
        "what",
        "streams",
        "ms/str·s",
        "core %",
        "us/packet",
        "gap off p50/p99/max ms",
        "late p50/p99/max ms",
        "RSS kB",
        "lost"
    );
    for count in streams {
        raw(count, seconds);
        engine("engine", count, seconds, None);
        engine("+ears", count, seconds, Some(DetectorPlan::default()));
    }
}

/// The limit: the system calls alone.
fn raw(streams: usize, seconds: u64) {
    let sockets: Vec<UdpSocket> = (0..streams).map(|_| UdpSocket::bind((LOOPBACK, 0)).unwrap()).collect();
    let far = FarEnd::start();
    let to = far.addr;
    let stop = Arc::new(AtomicBool::new(false));
    let stopping = Arc::clone(&stop);
    let thread = std::thread::Builder::new().name("raw".to_owned()).spawn(move || {
        go_first();
        let mut headers = MultiHeaders::<SockaddrStorage>::preallocate(4, None);
        let (mut buffers, mut packet) = ([[0u8; 1500]; 4], [0x55u8; PACKET]);
        packet[0] = 0x80;
        let (mut due, mut sequences) = (Instant::now(), vec![0u16; sockets.len()]);
        for phase in (0..4).cycle() {
            if stopping.load(Ordering::Relaxed) {
                break;
            }
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            for (socket, sequence) in sockets.iter().zip(&mut sequences).skip(phase).step_by(4) {
                let [a, b, c, d] = &mut buffers;
                let mut slices = [a, b, c, d].map(|buffer| [IoSliceMut::new(buffer)]);
                let flags = MsgFlags::MSG_DONTWAIT;
                recvmmsg(socket.as_raw_fd(), &mut headers, slices.iter_mut(), flags, None)
                    .map(Iterator::count)
                    .ok();
                packet[2..4].copy_from_slice(&sequence.to_be_bytes());
                *sequence = sequence.wrapping_add(1);
                drop(socket.send_to(&packet, to));
            }
            due += Duration::from_millis(5);
        }
    });
    let cpu = measure("raw", seconds, &far);
    stop.store(true, Ordering::Relaxed);
    thread.unwrap().join().unwrap();
    row("raw", streams, seconds, cpu, &far.stop(), None, None);
}

/// Ours.
fn engine(what: &str, streams: usize, seconds: u64, detector: Option<DetectorPlan>) {
    let before = resident_kb();
    let engine = MediaEngine::start(MediaPlan::on(LOOPBACK)).unwrap();
    let plan = StreamPlan { detector, ..StreamPlan::default() };
    let opened: Vec<_> = (0..streams).map(|_| engine.open(plan.clone()).unwrap()).collect();
    let far = FarEnd::start();
    let target = MediaTarget {
        addr: far.addr,
        rtcp: far.rtcp,
        codec: Codec::Pcma,
        telephone_event: Some(101),
        direction: Direction::Both,
    };
    let prompt = Arc::new(Clip::from_pcm(&voice(8000 * (seconds as usize + 5))));
    for (n, stream) in opened.iter().enumerate() {
        stream.connect(target.clone()).unwrap();
        stream.play(PlayId(1), vec![Arc::clone(&prompt)]).unwrap();
        if n % 20 == 19 {
            // Calls do not begin all at once.
            std::thread::sleep(Duration::from_millis(3));
        }
    }
    let cpu = measure("media-0", seconds, &far);
    let grown = resident_kb().saturating_sub(before + prompt.samples() as u64 * 4 / 1024);
    let heard = far.stop();
    let figures = engine.figures().remove(0);
    let late = [0.5, 0.99, 1.0].map(|share| figures.late_at_most(share));
    row(what, streams, seconds, cpu, &heard, Some(late), Some(grown as f64 / streams as f64));
    if figures.skipped + figures.unsent > 0 {
        println!(
            "         skipped {} periods, {} packets not taken by the kernel",
            figures.skipped, figures.unsent
        );
    }
}

/// CPU seconds of a thread, by its name, over the measured time; the first second is left out.
fn measure(thread: &str, seconds: u64, far: &FarEnd) -> f64 {
    std::thread::sleep(Duration::from_secs(1));
    let before = cpu_of(thread);
    far.clear();
    std::thread::sleep(Duration::from_secs(seconds));
    cpu_of(thread) - before
}

fn row(
    what: &str,
    streams: usize,
    seconds: u64,
    cpu: f64,
    heard: &Heard,
    late: Option<[Duration; 3]>,
    kb: Option<f64>,
) {
    let ms = |d: Duration| format!("{:.2}", d.as_secs_f64() * 1e3);
    let gaps = [0.5, 0.99, 1.0].map(|share| ms(heard.gap_off(share))).join(" / ");
    let late = late.map_or("-".to_owned(), |late| late.map(ms).join(" / "));
    let per = cpu * 1e3 / (streams as f64 * seconds as f64);
    println!(
        "{what:<8} {streams:>7} {per:>9.3} {:>7.1} {:>9.2} {gaps:>24} {late:>24} {:>8} {:>6}",
        cpu / seconds as f64 * 100.0,
        cpu * 1e6 / (heard.packets + heard.lost).max(1) as f64,
        kb.map_or("-".to_owned(), |kb| format!("{kb:.1}")),
        heard.lost,
    );
}

fn resident_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse().unwrap()
}
