//! What bridged calls cost, how much later the other side hears, and what is lost.
//!
//! `cargo bench --bench bridge [-- SECONDS CALLS...]`: each row has so many calls, each two streams of 50 packets a second
//! both ways on loopback, bridged in one engine. Every packet carries the moment it was sent, which the relay passes byte
//! for byte, so that the far end reads the whole way's delay off what it hears.
//!
//! - cores/100: CPU of the engine's thread by the time measured, for a hundred calls.
//! - delay: from one far end's sending to the other's hearing, which looks every 2 ms.
//! - lost: packets whose number never came; twice: numbers that came again.
//!
//! Figures only; nothing is asserted.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on says why and ends")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

mod far_end;

use std::collections::HashMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use far_end::{LOOPBACK, PACKET, cpu_of, go_first};
use obzvon::domain::Codec;
use obzvon::domain::media_target::{Direction, MediaTarget};
use obzvon::media::{MediaEngine, MediaPlan, StreamPlan};

fn main() {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let (seconds, calls) = match numbers.split_first() {
        Some((seconds, [])) => (*seconds, vec![100, 500]),
        Some((seconds, calls)) => (*seconds, calls.iter().map(|n| *n as usize).collect()),
        None => (10, vec![100, 500]),
    };
    println!(
        "{:>6} {:>10} {:>10} {:>26} {:>6} {:>6} {:>9}",
        "calls", "cores/100", "us/packet", "delay p50/p99/max ms", "lost", "twice", "packets"
    );
    for count in calls {
        run(count, seconds);
    }
}

fn run(calls: usize, seconds: u64) {
    let engine = MediaEngine::start(MediaPlan::on(LOOPBACK)).unwrap();
    let socket = UdpSocket::bind((LOOPBACK, 0)).unwrap();
    // A thousand streams on one socket: what the system gives one by default (212 kB) is less than a turn's packets of all.
    socket2::SockRef::from(&socket).set_recv_buffer_size(4 << 20).unwrap();
    let rtcp = UdpSocket::bind((LOOPBACK, 0)).unwrap();
    let target = MediaTarget {
        addr: socket.local_addr().unwrap(),
        rtcp: rtcp.local_addr().unwrap(),
        codec: Codec::Pcma,
        telephone_event: None,
        direction: Direction::Both,
    };
    let streams: Vec<_> = (0..2 * calls).map(|_| engine.open(StreamPlan::default()).unwrap()).collect();
    for pair in streams.chunks(2) {
        pair.iter().for_each(|stream| stream.connect(target.clone()).unwrap());
        pair[0].bridge(&pair[1]).unwrap();
        // Calls do not begin all at once.
        std::thread::sleep(Duration::from_millis(1));
    }
    let to: Vec<SocketAddr> = streams.iter().map(|stream| stream.local_addr()).collect();
    let (stop, clear) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
    let (stopping, clearing) = (Arc::clone(&stop), Arc::clone(&clear));
    let far = std::thread::spawn(move || talk(&socket, &to, &stopping, &clearing));
    // The jitter buffers settle.
    std::thread::sleep(Duration::from_secs(3));
    clear.store(true, Ordering::Relaxed);
    let before = cpu_of("media-0");
    std::thread::sleep(Duration::from_secs(seconds));
    let cpu = cpu_of("media-0") - before;
    stop.store(true, Ordering::Relaxed);
    let mut heard = far.join().unwrap();
    heard.delays.sort_unstable();
    let at = |share: f64| {
        let nth = (heard.delays.len() as f64 * share) as usize;
        heard.delays.get(nth.min(heard.delays.len().saturating_sub(1))).map_or(0.0, |us| *us as f64 / 1e3)
    };
    println!(
        "{calls:>6} {:>10.3} {:>10.2} {:>26} {:>6} {:>6} {:>9}",
        cpu / seconds as f64 / calls as f64 * 100.0,
        cpu * 1e6 / heard.delays.len().max(1) as f64,
        format!("{:.1} / {:.1} / {:.1}", at(0.5), at(0.99), at(1.0)),
        heard.lost,
        heard.twice,
        heard.delays.len(),
    );
}

/// What the far ends heard of each other.
#[derive(Default)]
struct Heard {
    /// Microseconds from sending to receiving, the measured packets only.
    delays: Vec<u64>,
    lost: u64,
    twice: u64,
    /// The last number heard by each stream.
    last: HashMap<u16, u32>,
}

/// Every far end on one socket: each stream is talked to in one of ten turns of 2 ms.
fn talk(socket: &UdpSocket, to: &[SocketAddr], stop: &AtomicBool, clear: &AtomicBool) -> Heard {
    go_first();
    socket.set_nonblocking(true).unwrap();
    let (mut heard, started, mut buffer) = (Heard::default(), Instant::now(), [0; 1500]);
    for tick in 0u32.. {
        let due = started + Duration::from_millis(2) * tick;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        if stop.load(Ordering::Relaxed) {
            break;
        }
        if clear.swap(false, Ordering::Relaxed) {
            heard = Heard { last: heard.last, ..Heard::default() };
        }
        let (turn, round) = ((tick % 10) as usize, tick / 10);
        for addr in to.iter().skip(turn).step_by(10) {
            socket.send_to(&packet(round), addr).ok();
        }
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            if length == PACKET {
                note(&mut heard, from.port(), &buffer[12..]);
            }
        }
    }
    heard
}

/// A packet with its number and the moment in its sound.
fn packet(round: u32) -> [u8; PACKET] {
    let mut packet = [0x55; PACKET];
    packet[..2].copy_from_slice(&[0x80, 8]);
    packet[2..4].copy_from_slice(&(round as u16).to_be_bytes());
    packet[4..8].copy_from_slice(&(round * 160).to_be_bytes());
    packet[8..12].copy_from_slice(&[0; 4]);
    packet[12..16].copy_from_slice(b"here");
    packet[16..20].copy_from_slice(&round.to_be_bytes());
    packet[20..28].copy_from_slice(&now_us().to_be_bytes());
    packet
}

fn note(heard: &mut Heard, port: u16, sound: &[u8]) {
    if &sound[..4] != b"here" {
        return;
    }
    let number = u32::from_be_bytes(sound[4..8].try_into().unwrap());
    let sent = u64::from_be_bytes(sound[8..16].try_into().unwrap());
    heard.delays.push(now_us().saturating_sub(sent));
    match heard.last.insert(port, number) {
        Some(last) if number > last => heard.lost += u64::from(number - last - 1),
        Some(_) => heard.twice += 1,
        None => {}
    }
}

fn now_us() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros() as u64
}
