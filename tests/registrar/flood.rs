//! A thousand packets a second from strangers beside calls in progress.

#![allow(clippy::disallowed_methods, reason = "how long nothing was heard is told")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use obzvon::domain::{AttemptId, Codec};
use obzvon::media::{Clip, MediaEngine, MediaEvent, MediaPlan, PlayId, Stream, StreamPlan};
use obzvon::sip::{Leg, LegEvent, PlaceCall, Reason, SipStack, Transport, TrunkTarget};
use tokio::net::UdpSocket;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use crate::client::{Claim, Client};
use crate::{ANNA, ANNAS, BORIS, BORIS_S, address, id, stack};

const PATIENCE: Duration = Duration::from_secs(30);
const SECONDS: usize = 5;
/// Packets of 20 ms.
const PACKETS: usize = SECONDS * 50;
const SPARE: usize = 25;

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_strangers_a_second_do_not_disturb_a_prompt() {
    let (stack, _events) = stack().await;
    let engine = MediaEngine::start(MediaPlan::on(IpAddr::V4(Ipv4Addr::LOCALHOST))).unwrap();
    let mut call = Called::on(&stack, &engine, 1).await;
    let (stream, sound) = (&mut call.stream, &call.sound);
    let tone: Vec<i16> = (0..SECONDS * 8_000).map(|n| ((n % 20) as i16 - 10) * 500).collect();
    stream.play(PlayId(1), vec![Arc::new(Clip::from_pcm(&tone))]).unwrap();
    let (answers, sent, heard) = tokio::join!(flood(address(&stack)), played(stream), heard(sound));
    println!("{answers} answers; {heard} of {PACKETS} packets in order");
    assert_eq!((sent, heard), (100, PACKETS));
    assert!(answers > 0, "strangers are answered");
    assert!(stack.phones(&id(ANNA)).is_empty() && stack.phones(&id(BORIS)).is_empty());
    assert!(stack.counts().remembered < 100, "{:?}", stack.counts());

    call.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_strangers_a_second_do_not_disturb_a_bridged_call() {
    let (stack, _events) = stack().await;
    let engine = MediaEngine::start(MediaPlan::on(IpAddr::V4(Ipv4Addr::LOCALHOST))).unwrap();
    let (debtor, agent) = (Called::on(&stack, &engine, 1).await, Called::on(&stack, &engine, 2).await);
    debtor.stream.bridge(&agent.stream).unwrap();
    let talk = async {
        let (.., one, other) = tokio::join!(says(&debtor), says(&agent), hears(&debtor), hears(&agent));
        [one, other]
    };
    let (answers, heard) = tokio::join!(flood(address(&stack)), talk);
    println!("{answers} answers; of {PACKETS} packets each way {heard:?}");
    assert!(answers > 0, "strangers are answered");
    // A machine that does other work besides may hold a thread up for longer than the buffer lasts.
    for Heard { count, .. } in heard {
        assert!(count * 10 >= PACKETS * 9, "{count} of {PACKETS}");
    }
    debtor.end().await;
    agent.end().await;
}

/// A call of ours that was answered.
struct Called {
    leg: Leg,
    stream: Stream,
    /// Where the far end signals.
    far_end: Client,
    /// Where the far end hears and speaks.
    sound: UdpSocket,
}

impl Called {
    async fn on(stack: &SipStack, engine: &MediaEngine, attempt: i64) -> Self {
        let far_end = Client::at("127.0.0.1", address(stack)).await;
        let sound = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let stream = engine.open(StreamPlan::default()).unwrap();
        let port = far_end.socket.local_addr().unwrap().port();
        let call = PlaceCall {
            attempt: AttemptId(attempt),
            tag: 7,
            trunk: TrunkTarget::new("127.0.0.1", port, Transport::Udp),
            to_user: "79990000001".to_owned(),
            from_user: "74950000000".to_owned(),
            display: None,
            rtp: stream.local_addr(),
            codecs: vec![Codec::Pcma],
        };
        let mut leg = stack.place(call).await.unwrap();
        far_end.send(&accept(&far_end.next().await, Some(sound.local_addr().unwrap()))).await;
        loop {
            match timeout(PATIENCE, leg.next_event()).await.expect("an answer").expect("an event") {
                LegEvent::Answered(target) => break stream.connect(target).unwrap(),
                event => assert!(!event.is_last(), "{event:?}"),
            }
        }
        stream.answered().unwrap();
        assert!(far_end.next().await.starts_with("ACK "));
        Self { leg, stream, far_end, sound }
    }

    async fn end(mut self) {
        self.leg.hang_up(Reason::NORMAL);
        let bye = self.far_end.next().await;
        assert!(bye.starts_with("BYE "), "the call is still there: {bye}");
        self.far_end.send(&accept(&bye, None)).await;
        while timeout(PATIENCE, self.leg.next_event()).await.expect("an end").is_some() {}
    }
}

/// The far end's `n`-th packet of speech: its number stands in the sound.
fn speech(n: usize) -> [u8; 172] {
    let n = u16::try_from(n).unwrap();
    let mut packet = [0x11; 172];
    packet[..12].fill(0);
    (packet[0], packet[1]) = (0x80, 8);
    packet[2..4].copy_from_slice(&n.to_be_bytes());
    packet[4..8].copy_from_slice(&(u32::from(n) * 160).to_be_bytes());
    packet[8..12].copy_from_slice(&7_u32.to_be_bytes());
    packet[12..14].copy_from_slice(&n.to_be_bytes());
    packet
}

/// The far end speaks, 50 packets a second.
async fn says(call: &Called) {
    let mut tick = interval(Duration::from_millis(20));
    // A phone that was held up sends no burst.
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first are not counted: the source is believed and the buffer filled by them.
    for n in 0..PACKETS + SPARE {
        tick.tick().await;
        call.sound.send_to(&speech(n), call.stream.local_addr()).await.unwrap();
    }
}

/// What came of the other far end's speech.
#[derive(Debug)]
struct Heard {
    count: usize,
    /// The longest time between two packets.
    gap: Duration,
}

/// Hears the other far end to its last packet: each once, and in its order.
async fn hears(call: &Called) -> Heard {
    let (mut heard, mut last) = (Heard { count: 0, gap: Duration::ZERO }, None);
    let mut buffer = [0; 512];
    while last.is_none_or(|(number, _)| usize::from(number) + 1 < PACKETS + SPARE) {
        let length = timeout(PATIENCE, call.sound.recv(&mut buffer)).await.expect("a packet").unwrap();
        if length < 172 || buffer[14..length].iter().any(|byte| *byte != 0x11) {
            continue;
        }
        let (number, now) = (u16::from_be_bytes([buffer[12], buffer[13]]), Instant::now());
        if let Some((before, at)) = last {
            assert!(number > before, "after {before} came {number}");
            heard.gap = heard.gap.max(now.saturating_duration_since(at));
        }
        last = Some((number, now));
        heard.count += usize::from(usize::from(number) >= SPARE);
    }
    heard
}

/// A 200 to a request, with a description of where sound is taken.
pub fn accept(request: &str, sound: Option<SocketAddr>) -> String {
    let kept = ["Via:", "From:", "To:", "Call-ID:", "CSeq:"];
    let mut answer = String::from("SIP/2.0 200 OK\r\n");
    for line in request.lines().filter(|line| kept.iter().any(|name| line.starts_with(name))) {
        let tag = if line.starts_with("To:") && !line.contains(";tag=") { ";tag=far" } else { "" };
        answer.push_str(&format!("{line}{tag}\r\n"));
    }
    let sdp = sound.map_or(String::new(), |addr| {
        let port = addr.port();
        format!("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 8\r\n")
    });
    let kind = if sdp.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
    format!("{answer}{kind}Content-Length: {}\r\n\r\n{sdp}", sdp.len())
}

/// Sends a thousand packets a second of every kind that must not come in; how many were answered.
async fn flood(registrar: SocketAddr) -> usize {
    let mut client = Client::at("127.0.0.1", registrar).await;
    let mut afar = Client::at("127.0.0.2", registrar).await;
    let (nonce, foreign) = (client.nonce().await, afar.nonce().await);
    let mut tick = interval(Duration::from_millis(10));
    let mut answers = 0;
    let mut buffer = [0; 4_096];
    for n in 0..SECONDS * 100 {
        tick.tick().await;
        for kind in 0..10 {
            let nc = u32::try_from(n * 10 + kind + 1).unwrap();
            let text = match kind {
                0 | 1 => client.register(ANNA, "Contact: <sip:x@127.0.0.1>\r\n"),
                2 | 3 => client.proven(&Claim { nc, ..Claim::of(ANNA, "guess") }, &nonce, ""),
                4 => client.proven(&Claim { nc, ..Claim::of("nobody", "guess") }, &nonce, ""),
                5 => client.proven(&Claim { nc, algorithm: "MD5", ..Claim::of(ANNA, ANNAS) }, &nonce, ""),
                6 => client.proven(&Claim { nc, ..Claim::of(ANNA, ANNAS) }, &foreign, ""),
                7 => {
                    let boris = Claim::of(BORIS, BORIS_S);
                    client.proven(&Claim { to: ANNA, nc, algorithm: "MD5", ..boris }, &nonce, "")
                }
                8 => client.proven(&Claim::of(ANNA, ANNAS), "0000000000000001feed", ""),
                _ => client.register(&"x".repeat(900), ""),
            };
            client.send(&text).await;
            while client.socket.try_recv(&mut buffer).is_ok() {
                answers += 1;
            }
        }
    }
    answers
}

/// The share of the prompt that was sent, in percent.
async fn played(stream: &mut Stream) -> u8 {
    loop {
        let event = timeout(PATIENCE, stream.next_event()).await.expect("the prompt ends").expect("an event");
        if let MediaEvent::PlayEnded { percent, .. } = event {
            return percent;
        }
    }
}

/// Packets of the prompt that came, each with the number after the last one's.
async fn heard(sound: &UdpSocket) -> usize {
    let (mut count, mut last) = (0, None);
    let mut buffer = [0; 512];
    while count < PACKETS {
        let length = timeout(PATIENCE, sound.recv(&mut buffer)).await.expect("a packet").unwrap();
        // What is sent between prompts is silence: A-law's is 0xd5 throughout.
        if length < 172 || buffer[12..length].iter().all(|byte| *byte == 0xd5) {
            continue;
        }
        let number = u16::from_be_bytes([buffer[2], buffer[3]]);
        assert!(
            last.is_none_or(|last: u16| number == last.wrapping_add(1)),
            "a packet is missing at {number}"
        );
        last = Some(number);
        count += 1;
    }
    count
}
