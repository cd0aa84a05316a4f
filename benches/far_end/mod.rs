//! The telephones at the far end of a benchmark: one socket that talks to whoever spoke to it, and stamps what comes.
//! The people say a short hello and listen then, as people do: the line goes on with its faint noise.

#![allow(dead_code, reason = "each benchmark uses its own part")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on says why and ends")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::collections::HashMap;
use std::io::{IoSlice, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, MultiHeaders, SockaddrIn, recvmmsg, sendmmsg, setsockopt, sockopt,
};
use obzvon::domain::Codec;
use obzvon::media::g711;
use thread_priority::{
    RealtimeThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
    thread_native_id,
};

pub const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A packet of 20 ms of G.711, in bytes.
pub const PACKET: usize = 172;

const BATCH: usize = 64;

/// How long a hello is, in packets of 20 ms.
const HELLO: usize = 35;

/// A caller that says nothing for so long has ended his call.
const SILENT: Duration = Duration::from_secs(1);

/// Every telephone at once: talks 50 packets a second to each caller, beginning when he does.
pub struct FarEnd {
    pub addr: SocketAddr,
    pub rtcp: SocketAddr,
    flags: Arc<Flags>,
    thread: JoinHandle<Heard>,
    _rtcp: UdpSocket,
}

#[derive(Default)]
struct Flags {
    clear: AtomicBool,
    stop: AtomicBool,
}

/// What the telephones heard.
#[derive(Debug, Default)]
pub struct Heard {
    /// Packets that came.
    pub packets: u64,
    /// Packets missing by their sequence numbers.
    pub lost: u64,
    /// Callers that spoke; a port that was silent for a second and speaks again is another.
    pub callers: u64,
    /// Microseconds off 20 ms, and how many gaps were so.
    gaps: HashMap<u64, u64>,
}

/// One caller, as long as he speaks.
struct Caller {
    at: SockaddrIn,
    sequence: u16,
    heard: Duration,
    /// In which of the ten 2 ms turns he is talked to.
    turn: usize,
    /// Packets sent to him.
    sent: usize,
}

impl Heard {
    /// How far the time between two packets was from 20 ms, at the most, for a share of them.
    pub fn gap_off(&self, share: f64) -> Duration {
        let mut all: Vec<_> = self.gaps.iter().collect();
        all.sort();
        let wanted = (self.gaps.values().sum::<u64>() as f64 * share).ceil() as u64;
        let mut seen = 0;
        let at = all.iter().find(|(_, count)| {
            seen += **count;
            seen >= wanted
        });
        Duration::from_micros(at.map_or(0, |(us, _)| **us))
    }
}

impl FarEnd {
    pub fn start() -> Self {
        // A pair, as RTP and RTCP are where an SDP names only the first.
        let (socket, rtcp_socket) = (0..)
            .find_map(|_| {
                let first = UdpSocket::bind((LOOPBACK, 0)).unwrap();
                let next = first.local_addr().unwrap().port().checked_add(1)?;
                Some((first, UdpSocket::bind((LOOPBACK, next)).ok()?))
            })
            .unwrap();
        setsockopt(&socket, sockopt::ReceiveTimestampns, &true).unwrap();
        // Forced where we may, else what the kernel grants.
        if setsockopt(&socket, sockopt::RcvBufForce, &(32 << 20)).is_err() {
            setsockopt(&socket, sockopt::RcvBuf, &(4 << 20)).unwrap();
        }
        let (addr, rtcp) = (socket.local_addr().unwrap(), rtcp_socket.local_addr().unwrap());
        let flags = Arc::new(Flags::default());
        let seen = Arc::clone(&flags);
        let thread = std::thread::spawn(move || talk_and_hear(&socket, &seen));
        Self { addr, rtcp, flags, thread, _rtcp: rtcp_socket }
    }

    /// Forgets what was heard so far: the measured time begins.
    pub fn clear(&self) {
        self.flags.clear.store(true, Ordering::Relaxed);
    }

    pub fn stop(self) -> Heard {
        self.flags.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

/// Wakes every 2 ms, never for a packet: a wake-up a packet would take the tested program's time.
fn talk_and_hear(socket: &UdpSocket, flags: &Flags) -> Heard {
    go_first();
    let mut heard = Heard::default();
    let mut callers: HashMap<u16, Caller> = HashMap::new();
    let encode = |sound: Vec<i16>| sound.iter().map(|s| g711::encode(Codec::Pcma, *s)).collect::<Vec<u8>>();
    let (voice, noise) =
        (encode(voice(HELLO * 160)), encode((0..8000i32).map(|n| (n * 7919 % 17 - 8) as i16).collect()));
    let mut out = MultiHeaders::<SockaddrIn>::preallocate(BATCH, None);
    let mut headers =
        MultiHeaders::<SockaddrIn>::preallocate(BATCH, Some(nix::cmsg_space!(nix::sys::time::TimeSpec)));
    let mut buffers = vec![[0u8; 1500]; BATCH];
    let (started, mut tick) = (Instant::now(), 0usize);
    while !flags.stop.load(Ordering::Relaxed) {
        let due = started + Duration::from_millis(2) * u32::try_from(tick).unwrap();
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        if flags.clear.swap(false, Ordering::Relaxed) {
            heard = Heard::default();
        }
        let (turn, round) = (tick % 10, tick / 10);
        let hello = packet(round, &voice[round % HELLO * 160..][..160]);
        let noise = packet(round, &noise[round % 50 * 160..][..160]);
        let (mut to, mut what) = (Vec::new(), Vec::new());
        for caller in callers.values_mut().filter(|caller| caller.turn == turn) {
            caller.sent += 1;
            to.push(Some(caller.at));
            what.push([IoSlice::new(if caller.sent <= HELLO { &hello } else { &noise })]);
        }
        for (addrs, slices) in to.chunks(BATCH).zip(what.chunks(BATCH)) {
            sendmmsg(socket.as_raw_fd(), &mut out, slices, addrs, [], MsgFlags::empty())
                .map(Iterator::count)
                .ok();
        }
        let mut latest = Duration::ZERO;
        hear(socket, &mut headers, &mut buffers, |from, sequence, at| {
            latest = at;
            heard.packets += 1;
            note(&mut heard, &mut callers, from, sequence, at);
        });
        if turn == 0 && latest > Duration::ZERO {
            callers.retain(|_, caller| latest.saturating_sub(caller.heard) < SILENT);
        }
        tick += 1;
    }
    heard
}

fn packet(round: usize, sound: &[u8]) -> [u8; PACKET] {
    let mut packet = [0u8; PACKET];
    packet[..2].copy_from_slice(&[0x80, 8]);
    packet[2..4].copy_from_slice(&(round as u16).to_be_bytes());
    packet[4..8].copy_from_slice(&(round as u32 * 160).to_be_bytes());
    packet[12..].copy_from_slice(sound);
    packet
}

fn note(
    heard: &mut Heard,
    callers: &mut HashMap<u16, Caller>,
    from: SockaddrIn,
    sequence: u16,
    at: Duration,
) {
    let turn = callers.len() % 10;
    let Some(caller) = callers.get_mut(&from.port()) else {
        heard.callers += 1;
        callers.insert(from.port(), Caller { at: from, sequence, heard: at, turn, sent: 0 });
        return;
    };
    let ahead = sequence.wrapping_sub(caller.sequence);
    if ahead == 1 {
        let off = (at.saturating_sub(caller.heard).as_micros() as u64).abs_diff(20_000);
        *heard.gaps.entry(off).or_default() += 1;
    } else {
        heard.lost += u64::from(ahead.saturating_sub(1));
    }
    (caller.sequence, caller.heard) = (sequence, at);
}

fn hear(
    socket: &UdpSocket,
    headers: &mut MultiHeaders<SockaddrIn>,
    buffers: &mut [[u8; 1500]],
    mut note: impl FnMut(SockaddrIn, u16, Duration),
) {
    loop {
        let mut slices: Vec<[IoSliceMut<'_>; 1]> = buffers.iter_mut().map(|b| [IoSliceMut::new(b)]).collect();
        let flags = MsgFlags::MSG_DONTWAIT;
        let Ok(messages) = recvmmsg(socket.as_raw_fd(), headers, slices.iter_mut(), flags, None) else {
            return;
        };
        let mut count = 0;
        for message in messages {
            count += 1;
            let at = message.cmsgs().unwrap().find_map(|control| match control {
                ControlMessageOwned::ScmTimestampns(at) => Some(Duration::from(at)),
                _ => None,
            });
            let bytes = message.iovs().next().unwrap_or_default();
            if let (Some(at), Some(from), [_, _, high, low, ..]) = (at, message.address, bytes) {
                note(from, u16::from_be_bytes([*high, *low]), at);
            }
        }
        if count < BATCH {
            return;
        }
    }
}

/// The far end and the limit run as the engine does: else a busy machine would be measured, not the engine.
pub fn go_first() {
    let fifo = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::Fifo);
    if set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, fifo).is_err() {
        println!("realtime scheduling is not permitted: other load on the machine shows in the figures");
    }
}

/// Something of a voice's shape, so that the listeners work as they do in service.
pub fn voice(samples: usize) -> Vec<i16> {
    let tau = std::f32::consts::TAU;
    (0..samples)
        .map(|n| {
            let t = n as f32 / 8000.0;
            let pitch = 120.0 + 15.0 * (tau * 1.3 * t).sin();
            let sum: f32 = (1..12).map(|k| (tau * pitch * k as f32 * t).sin() / k as f32).sum();
            (5000.0 * sum * (tau * 2.0 * t).sin().max(0.0)) as i16
        })
        .collect()
}

/// Seconds on a CPU of this process's threads of a name.
pub fn cpu_of(name: &str) -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let mine = tasks.filter(|task| {
        std::fs::read_to_string(task.path().join("comm")).is_ok_and(|comm| comm.trim() == name)
    });
    let spent = mine.filter_map(|task| {
        let stat = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        stat.split(' ').next()?.parse::<f64>().ok()
    });
    spent.sum::<f64>() / 1e9
}
