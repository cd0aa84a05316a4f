//! The exchange with browsers that are str0m too, in simulated time and without a socket.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand_pcg::Pcg64;
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, Input, Output, Rtc};

use super::error::OfferFault;
use super::exchange::{Exchange, LineNo, Output as Done, SessionNo};
use super::line::LineEvent;
use super::packet::{ALAW, FRAME, Packet};
use super::session::Identity;

const TICK: Duration = Duration::from_millis(20);
/// Whoever waits longer than this waits in vain.
const PATIENCE: usize = 500;
const BACK_WITHIN: Duration = Duration::from_secs(5);
const MUSIC: u8 = 0x33;

fn at(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

/// A browser that says one byte over and over.
struct Browser {
    rtc: Rtc,
    addr: SocketAddr,
    mid: Mid,
    says: Option<u8>,
    sent: u64,
    connected: bool,
    closed: bool,
    heard: Vec<u8>,
}

impl Browser {
    fn offers(addr: &str, says: u8, now: Instant) -> (Self, String, SdpPendingOffer) {
        let mut rtc = Rtc::builder().set_rtp_mode(true).clear_codecs().enable_pcma(true, false).build(now);
        rtc.add_local_candidate(Candidate::host(at(addr), "udp").expect("a candidate"));
        let mut change = rtc.sdp_api();
        let mid = change.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        let (offer, pending) = change.apply().expect("something to offer");
        let (connected, closed, heard) = (false, false, Vec::new());
        let browser = Self { rtc, addr: at(addr), mid, says: Some(says), sent: 0, connected, closed, heard };
        (browser, offer.to_sdp_string(), pending)
    }

    fn answered(&mut self, pending: SdpPendingOffer, answer: &str) {
        let answer = SdpAnswer::from_sdp_string(answer).expect("an answer");
        self.rtc.sdp_api().accept_answer(pending, answer).expect("it fits");
    }

    /// Everything it sends now.
    fn turn(&mut self, now: Instant) -> Vec<Vec<u8>> {
        let mut sent = self.drain();
        if let Some(says) = self.says.filter(|_| self.connected) {
            let (number, time) = (self.sent.into(), (self.sent * FRAME as u64) as u32);
            let mut direct = self.rtc.direct_api();
            let stream = direct.stream_tx_by_mid(self.mid, None).expect("a stream");
            stream.write_rtp(RtpWrite::new(ALAW.into(), number, time, now, [says; FRAME]));
            self.sent += 1;
            sent.extend(self.drain());
        }
        self.rtc.handle_input(Input::Timeout(now)).expect("time passes");
        sent.extend(self.drain());
        sent
    }

    fn receive(&mut self, now: Instant, from: SocketAddr, bytes: &[u8]) -> Vec<Vec<u8>> {
        let datagram = Receive::new(Protocol::Udp, from, self.addr, bytes).expect("a datagram");
        self.rtc.handle_input(Input::Receive(now, datagram)).expect("taken");
        self.drain()
    }

    fn drain(&mut self) -> Vec<Vec<u8>> {
        let mut sent = Vec::new();
        while self.rtc.is_alive() {
            match self.rtc.poll_output().expect("sound") {
                Output::Timeout(_) => break,
                Output::Transmit(transmit) => sent.push(transmit.contents.into()),
                Output::Event(Event::Connected) => self.connected = true,
                Output::Event(Event::Closed) => self.closed = true,
                Output::Event(Event::RtpPacket(packet)) => self.heard.push(packet.payload[0]),
                Output::Event(_) => {}
            }
        }
        sent
    }
}

/// Where everything of a test stands.
struct World {
    now: Instant,
    exchange: Exchange,
    browsers: Vec<Browser>,
    line: LineNo,
    /// The first byte of what the stream hears, with its number.
    stream_heard: Vec<(u8, u16, u32)>,
    told: Vec<LineEvent>,
}

const SERVER: &str = "192.0.2.1:7000";
const STREAM: &str = "192.0.2.1:20000";

impl World {
    #[expect(clippy::disallowed_methods, reason = "any instant will do")]
    fn new() -> Self {
        let identity = Identity::new(at(SERVER)).expect("a certificate");
        let mut exchange = Exchange::new(identity, BACK_WITHIN, Pcg64::seed_from_u64(6));
        let line = exchange.open(at(STREAM), Arc::from([MUSIC; 5 * FRAME + 7]));
        let (browsers, stream_heard, told) = (Vec::new(), Vec::new(), Vec::new());
        Self { now: Instant::now(), exchange, browsers, line, stream_heard, told }
    }

    /// A browser comes to the line.
    fn comes(&mut self, addr: &str, says: u8, before: Option<SessionNo>) -> Result<SessionNo, OfferFault> {
        let (mut browser, offer, pending) = Browser::offers(addr, says, self.now);
        let answer = self.exchange.offer(self.now, self.line, &offer, before)?;
        browser.answered(pending, &answer.sdp);
        self.browsers.push(browser);
        Ok(answer.session)
    }

    /// 20 ms pass.
    fn tick(&mut self) {
        self.now += TICK;
        for n in 0..self.browsers.len() {
            let sent = self.browsers[n].turn(self.now);
            self.from(n, sent);
        }
        self.exchange.handle_timers(self.now);
        self.perform();
    }

    fn from(&mut self, browser: usize, sent: Vec<Vec<u8>>) {
        let addr = self.browsers[browser].addr;
        for bytes in sent {
            self.exchange.take_from_browser(self.now, addr, &bytes);
            self.perform();
        }
    }

    fn perform(&mut self) {
        while let Some(done) = self.exchange.poll() {
            match done {
                Done::Told(_, event) => self.told.push(event),
                Done::ToStream { to, bytes } => {
                    assert_eq!(to, at(STREAM));
                    let packet = Packet::read(&bytes).expect("sound");
                    self.stream_heard.push((packet.sound[0], packet.sequence, packet.timestamp));
                }
                Done::ToBrowser { to, bytes } => {
                    let Some(n) = self.browsers.iter().position(|browser| browser.addr == to) else {
                        continue;
                    };
                    let answered = self.browsers[n].receive(self.now, at(SERVER), &bytes);
                    self.from(n, answered);
                }
            }
        }
    }

    #[track_caller]
    fn until(&mut self, what: &str, is: impl Fn(&Self) -> bool) {
        for _ in 0..PATIENCE {
            if is(self) {
                return;
            }
            self.tick();
        }
        panic!("in vain: {what}; told {:?}", self.told);
    }

    fn stream_says(&mut self, sequence: u16, byte: u8) {
        let timestamp = 160 * u32::from(sequence);
        let packet = Packet { marker: false, sequence, timestamp, sound: &[byte; FRAME] };
        let bytes = packet.write(9).expect("it fits");
        self.exchange.take_from_stream(self.now, at(STREAM), &bytes);
        self.perform();
    }
}

#[test]
fn what_is_said_is_heard_on_either_side_and_by_nobody_else() {
    let mut world = World::new();
    world.comes("192.0.2.7:5000", 0x11, None).expect("it is taken");
    world.until("the browser is heard", |world| world.told == [LineEvent::Up]);
    for n in 0..40_u16 {
        world.stream_says(65_500_u16.wrapping_add(n), 0x22);
        world.exchange.take_from_stream(world.now, at("192.0.2.1:20002"), &[0x80; 172]);
        world.tick();
    }
    let heard = &world.stream_heard;
    assert!(heard.len() >= 38 && heard.iter().all(|(byte, ..)| *byte == 0x11), "{heard:?}");
    let goes_on = |pair: &[(u8, u16, u32)]| {
        pair[1].1 == pair[0].1.wrapping_add(1) && pair[1].2 == pair[0].2.wrapping_add(FRAME as u32)
    };
    assert!(heard.windows(2).all(goes_on), "{heard:?}");
    let heard = &world.browsers[0].heard;
    assert!(heard.len() >= 38 && heard.iter().all(|byte| *byte == 0x22), "{} {heard:?}", heard.len());
}

#[test]
fn whoever_is_lost_is_music_until_he_is_back_and_no_longer_than_that() {
    let mut world = World::new();
    let first = world.comes("192.0.2.7:5000", 0x11, None).expect("it is taken");
    world.until("the browser is heard", |world| world.told == [LineEvent::Up]);
    // The network is cut.
    world.browsers.clear();
    world.until("its silence is noticed", |world| world.told.ends_with(&[LineEvent::Lost]));
    world.until("music", |world| world.stream_heard.last().is_some_and(|last| last.0 == MUSIC));
    for _ in 0..20 {
        world.tick();
    }
    let music = world.stream_heard.iter().filter(|(byte, ..)| *byte == MUSIC).count();
    assert!((19..=23).contains(&music), "{music} frames in 20 turns");
    // It comes back under another address, by itself.
    world.comes("192.0.2.7:5001", 0x44, Some(first)).expect("it is taken");
    world.until("it is heard", |world| world.told.ends_with(&[LineEvent::Lost, LineEvent::Up]));
    for _ in 0..10 {
        world.tick();
    }
    let since = world.stream_heard.iter().rposition(|(byte, ..)| *byte == MUSIC).expect("music");
    assert!(world.stream_heard[since + 1..].iter().all(|(byte, ..)| *byte == 0x44));
    let numbers = world.stream_heard.windows(2).filter(|pair| pair[1].1 != pair[0].1.wrapping_add(1));
    assert_eq!(numbers.count(), 0, "one stream, whoever sends");
    world.browsers.clear();
    world.until("it is lost for good", |world| world.told.ends_with(&[LineEvent::Lost, LineEvent::Gone]));
    let heard = world.stream_heard.len();
    world.tick();
    assert_eq!(world.stream_heard.len(), heard, "nothing more is played");
}

#[test]
fn a_window_that_closes_is_missed_at_once() {
    let mut world = World::new();
    world.comes("192.0.2.7:5000", 0x11, None).expect("it is taken");
    world.until("the browser is heard", |world| world.told == [LineEvent::Up]);
    world.browsers[0].says = None;
    world.browsers[0].rtc.close().expect("it says good-bye");
    world.tick();
    world.tick();
    assert_eq!(world.told, [LineEvent::Up, LineEvent::Lost]);
}

#[test]
fn a_second_window_takes_the_sound_and_the_first_does_not_take_it_back_by_itself() {
    let mut world = World::new();
    let first = world.comes("192.0.2.7:5000", 0x11, None).expect("it is taken");
    world.until("the first is heard", |world| world.told == [LineEvent::Up]);
    world.comes("192.0.2.7:5001", 0x44, None).expect("it is taken");
    world.until("the second is heard", |world| world.told == [LineEvent::Up, LineEvent::Lost, LineEvent::Up]);
    world.until("the first is told", |world| world.browsers[0].closed);
    assert_eq!(world.comes("192.0.2.7:5002", 0x11, Some(first)), Err(OfferFault::Elsewhere));
}

#[test]
fn a_headset_that_is_checked_hears_itself_later_and_no_stream_hears_it() {
    let mut world = World::new();
    let (mut browser, offer, pending) = Browser::offers("192.0.2.8:5000", 0x55, world.now);
    let answer = world.exchange.check(world.now, "anna", &offer).expect("it is taken");
    browser.answered(pending, &answer.sdp);
    world.browsers.push(browser);
    world.until("it hears itself", |world| world.browsers[0].heard.len() > 20);
    assert!(world.browsers[0].heard.iter().all(|byte| *byte == 0x55));
    assert!(world.browsers[0].sent >= 45, "half a second later: {}", world.browsers[0].sent);
    assert!(world.stream_heard.is_empty() && world.told.is_empty());
}

#[test]
fn who_checks_his_headset_again_takes_nobodys_place() {
    let mut world = World::new();
    let offer = Browser::offers("192.0.2.8:5000", 0x55, world.now).1;
    for _ in 0..60 {
        world.exchange.check(world.now, "anna", &offer).expect("it is the one he has");
    }
    for other in 1..50 {
        world.exchange.check(world.now, &format!("agent {other}"), &offer).expect("there are places");
    }
    assert!(world.exchange.check(world.now, "anna", &offer).is_ok());
    assert_eq!(world.exchange.check(world.now, "agent 50", &offer), Err(OfferFault::Busy));
}

#[test]
fn an_offer_without_a_law_or_without_sense_is_refused_with_the_reason() {
    let mut world = World::new();
    let offer = |enable: fn(str0m::RtcConfig) -> str0m::RtcConfig, kind, direction, now| {
        let mut rtc = enable(Rtc::builder().clear_codecs()).build(now);
        let mut change = rtc.sdp_api();
        change.add_media(kind, direction, None, None, None);
        change.apply().expect("something to offer").0.to_sdp_string()
    };
    let (audio, both) = (MediaKind::Audio, Direction::SendRecv);
    let cases = [
        offer(|config| config.enable_pcmu(true, false), audio, both, world.now),
        offer(|config| config.enable_pcma(true, false), audio, Direction::RecvOnly, world.now),
        offer(|config| config.enable_vp8(true), MediaKind::Video, both, world.now),
    ];
    for text in cases {
        let refused = world.exchange.offer(world.now, world.line, &text, None);
        assert_eq!(refused.map(|_| ()), Err(OfferFault::NoAlaw), "{text}");
    }
    for text in ["", "v=0\r\n", "Здравствуйте", "m=audio 9 x\r\n"] {
        let refused = world.exchange.offer(world.now, world.line, text, None).expect_err("refused");
        assert!(matches!(refused, OfferFault::Malformed { .. } | OfferFault::NoAlaw), "{text}: {refused}");
    }
    world.exchange.close(world.line);
    assert_eq!(world.comes("192.0.2.7:5000", 1, None), Err(OfferFault::Gone));
}

#[test]
fn noise_from_strangers_reaches_nobody() {
    let mut world = World::new();
    world.comes("192.0.2.7:5000", 0x11, None).expect("it is taken");
    world.until("the browser is heard", |world| world.told == [LineEvent::Up]);
    let before = world.stream_heard.len();
    for n in 0..2_000_u32 {
        let byte = n.to_le_bytes();
        let noise: Vec<u8> = byte.iter().cycle().take(n as usize % 300).copied().collect();
        world.exchange.take_from_browser(world.now, at("203.0.113.9:4444"), &noise);
        world.exchange.take_from_stream(world.now, at("203.0.113.9:4444"), &noise);
    }
    world.perform();
    assert_eq!(world.stream_heard.len(), before);
    world.until("the talk goes on", |world| world.stream_heard.len() > before + 10);
}
