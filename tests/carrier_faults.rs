//! What the simulated carrier does wrong on purpose, seen by a caller of a few bare datagrams.

use std::net::SocketAddr;
use std::time::Duration;

use jiff::civil::date;
use obzvon::demo::carrier::script::{Faults, Refusal, Reoffer, Script, Step};
use obzvon::demo::carrier::sound::rtp::Packet;
use obzvon::demo::carrier::wire::digest::{Algorithm, Challenge};
use obzvon::demo::carrier::wire::message::{Message, Start};
use obzvon::demo::carrier::wire::sdp::Audio;
use obzvon::demo::carrier::{Carrier, CarrierError, CarrierPlan, Casting, Ending};
use obzvon::domain::Codec;
use obzvon::domain::media_target::Direction;
use tokio::net::UdpSocket;
use tokio::time::timeout;

/// A caller who says each line of SIP himself.
struct Caller {
    sip: UdpSocket,
    rtp: UdpSocket,
    carrier: Carrier,
    to_tag: String,
}

impl Caller {
    async fn new(steps: Vec<Step>, faults: Faults) -> Self {
        let mut plan = CarrierPlan::new(1, date(2026, 2, 3));
        plan.casting = Casting::Always(Script { persona: "test", steps, faults });
        Self::with(plan).await
    }

    async fn with(plan: CarrierPlan) -> Self {
        let carrier = Carrier::start(plan).await.expect("a free port");
        let bind = async || UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
        Self { sip: bind().await, rtp: bind().await, carrier, to_tag: String::new() }
    }

    fn ours(&self) -> SocketAddr {
        self.sip.local_addr().expect("bound")
    }

    fn sdp(&self) -> String {
        let port = self.rtp.local_addr().expect("bound").port();
        format!(
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
             m=audio {port} RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"
        )
    }

    /// Sends a request of the call: its method, CSeq and a branch that tells transactions apart.
    async fn send(&self, (method, cseq, branch): (&str, u32, &str), extra: &str, body: &str) {
        let (ours, carrier, tag) = (self.ours(), self.carrier.addr(), &self.to_tag);
        let words = method.split(' ').next().unwrap_or(method);
        let text = format!(
            "{words} sip:+79990000001@{carrier} SIP/2.0\r\nVia: SIP/2.0/UDP {ours};rport;branch=z9hG4bK{branch}\r\n\
             From: <sip:+74950000000@{ours}>;tag=them\r\nTo: <sip:+79990000001@{carrier}>{tag}\r\n\
             Call-ID: 42-x@test\r\nCSeq: {cseq} {words}\r\nContact: <sip:caller@{ours}>\r\n{extra}\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.sip.send_to(text.as_bytes(), carrier).await.expect("sent");
    }

    async fn invite(&self, extra: &str) {
        self.send(("INVITE", 1, "invite"), extra, &self.sdp()).await;
    }

    async fn ack(&self) {
        self.send(("ACK", 1, "ack"), "", "").await;
    }

    /// The next message within five seconds.
    async fn next(&mut self) -> Message {
        let mut buffer = [0; 4096];
        let got = timeout(Duration::from_secs(5), self.sip.recv_from(&mut buffer)).await;
        let (length, _) = got.expect("a message in five seconds").expect("a socket");
        let message = Message::parse(&buffer[..length]).expect("SIP");
        if self.to_tag.is_empty()
            && let (Start::Response { .. }, Some(tag)) = (&message.start, message.tag("to"))
        {
            self.to_tag = format!(";tag={tag}");
        }
        message
    }

    /// Reads on until a response with this code.
    async fn response(&mut self, code: u16) -> Message {
        loop {
            let message = self.next().await;
            match message.start {
                Start::Response { code: got } if got == code => return message,
                Start::Response { code: got } => assert!(got < 200, "got {got} while expecting {code}"),
                Start::Request { .. } => {}
            }
        }
    }

    async fn request(&mut self, method: &str) -> Message {
        loop {
            let message = self.next().await;
            if message.method() == method {
                return message;
            }
        }
    }

    /// Answers the carrier's own request.
    async fn ok(&self, request: &Message, body: &str) {
        let header = |name| request.header(name).unwrap_or_default();
        let text = format!(
            "SIP/2.0 200 OK\r\nVia: {}\r\nFrom: {}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {}\r\nContact: <sip:caller@{}>\r\n\
             Content-Length: {}\r\n\r\n{body}",
            header("via"),
            header("from"),
            header("to"),
            header("call-id"),
            header("cseq"),
            self.ours(),
            body.len()
        );
        self.sip.send_to(text.as_bytes(), self.carrier.addr()).await.expect("sent");
    }
}

#[tokio::test]
async fn an_answer_may_cross_a_cancel() {
    let faults = Faults { answer_crosses_cancel: true, ..Faults::default() };
    let mut caller = Caller::new(vec![Step::Ring(180)], faults).await;
    caller.invite("").await;
    caller.response(180).await;
    caller.to_tag.clear();
    caller.send(("CANCEL", 1, "invite"), "", "").await;
    let first = caller.response(200).await;
    let second = caller.response(200).await;
    assert_eq!((first.cseq(), second.cseq()), (Some((1, "INVITE")), Some((1, "CANCEL"))));
    caller.ack().await;
    caller.send(("BYE", 2, "bye"), "", "").await;
    caller.response(200).await;
    let records = caller.carrier.stop().await;
    assert_eq!((records[0].ending, records[0].attempt), (Some(Ending::HungUpByCaller), Some(42)));
}

#[tokio::test]
async fn two_byes_may_cross() {
    let faults = Faults { bye_crosses: true, ..Faults::default() };
    let mut caller = Caller::new(vec![Step::Answer], faults).await;
    caller.invite("").await;
    caller.response(200).await;
    caller.ack().await;
    caller.send(("BYE", 2, "bye"), "", "").await;
    let theirs = caller.request("BYE").await;
    caller.response(200).await;
    caller.ok(&theirs, "").await;
    let records = caller.carrier.stop().await;
    assert_eq!(records[0].ending, Some(Ending::HungUpByCallee));
}

#[tokio::test]
async fn a_reliable_provisional_waits_for_its_prack() {
    let mut caller = Caller::new(vec![Step::Ring(180), Step::Answer], Faults::default()).await;
    caller.invite("Require: 100rel\r\n").await;
    let ringing = caller.response(180).await;
    assert!(ringing.lists("require", "100rel"));
    let number = ringing.header("rseq").expect("RSeq").to_owned();
    caller.response(180).await; // repeated, for want of a PRACK
    caller.send(("PRACK", 2, "prack"), &format!("RAck: {number} 1 INVITE\r\n"), "").await;
    let first = caller.response(200).await;
    let second = caller.response(200).await;
    let methods = [first.cseq().expect("CSeq").1, second.cseq().expect("CSeq").1];
    assert_eq!(methods, ["PRACK", "INVITE"]);
}

#[tokio::test]
async fn a_call_is_held_and_its_codec_changed() {
    let steps = vec![
        Step::Answer,
        Step::Listen(Duration::from_millis(100)),
        Step::Reoffer(Reoffer::Direction(Direction::SendOnly)),
        Step::Reoffer(Reoffer::Codec(Codec::Pcmu)),
        Step::Listen(Duration::from_millis(100)),
        Step::HangUp,
    ];
    let mut caller = Caller::new(steps, Faults::default()).await;
    caller.invite("").await;
    caller.response(200).await;
    caller.ack().await;
    let hold = caller.request("INVITE").await;
    assert_eq!(Audio::read(&hold.body).expect("SDP").direction, Direction::SendOnly);
    caller.ok(&hold, &caller.sdp().replace("RTP/AVP 8 0", "RTP/AVP 8")).await;
    let change = caller.request("INVITE").await;
    assert_eq!(Audio::read(&change.body).expect("SDP").codecs, [Codec::Pcmu]);
    caller.ok(&change, &caller.sdp().replace("RTP/AVP 8 0", "RTP/AVP 0")).await;
    let bye = caller.request("BYE").await;
    caller.ok(&bye, "").await;
    let mut types = std::collections::BTreeSet::new();
    let mut buffer = [0; 2048];
    while let Ok(length) = caller.rtp.try_recv(&mut buffer) {
        types.insert(Packet::parse(&buffer[..length]).expect("RTP").payload_type);
    }
    assert_eq!(types.into_iter().collect::<Vec<_>>(), [0, 8]);
    let records = caller.carrier.stop().await;
    assert_eq!((records[0].reoffers, records[0].ending), (2, Some(Ending::HungUpByCallee)));
}

#[tokio::test]
async fn a_password_is_asked_for_and_a_wrong_one_refused() {
    let mut plan = CarrierPlan::new(1, date(2026, 2, 3));
    plan.challenge = Some(Challenge {
        user: "obzvon".to_owned(),
        password: "secret".to_owned(),
        realm: "test".to_owned(),
        algorithm: Algorithm::Sha256,
        qop: true,
    });
    let mut caller = Caller::with(plan).await;
    caller.invite("").await;
    let ask = caller.response(407).await;
    assert!(ask.header("proxy-authenticate").is_some_and(|h| h.contains("SHA-256") && h.contains("qop")));
    let wrong = "Proxy-Authorization: Digest username=\"obzvon\", realm=\"test\", nonce=\"0\", uri=\"sip:x\", \
                 response=\"0\"\r\n";
    caller.to_tag.clear();
    caller.invite(wrong).await;
    let again = caller.response(407).await;
    assert!(again.header("proxy-authenticate").is_some_and(|h| h.contains("stale=true")));
    assert!(caller.carrier.stop().await.is_empty());
}

#[tokio::test]
async fn congestion_says_when_to_come_back_and_repeats_until_the_ack() {
    let refusal = Refusal { retry_after: Some(7), ..Refusal::new(503, "Service Unavailable", Some(34)) };
    let mut caller = Caller::new(vec![Step::Refuse(refusal)], Faults::default()).await;
    caller.invite("").await;
    let first = caller.response(503).await;
    assert_eq!((first.header("retry-after"), first.header("reason")), (Some("7"), Some("Q.850;cause=34")));
    assert_eq!(caller.response(503).await, first);
    caller.invite("").await;
    assert_eq!(caller.response(503).await, first);
    caller.ack().await;
    let records = caller.carrier.stop().await;
    assert_eq!((records[0].ending, records[0].invites), (Some(Ending::Refused(503)), 2));
}

#[tokio::test]
async fn sound_may_come_from_another_port_and_with_losses() {
    let mut faults = Faults::default();
    (faults.line.foreign_port, faults.line.loss_percent) = (true, 30);
    let mut caller = Caller::new(vec![Step::Answer, Step::Listen(Duration::from_secs(1))], faults).await;
    caller.invite("").await;
    let answer = caller.response(200).await;
    let said = Audio::read(&answer.body).expect("SDP").rtp;
    caller.ack().await;
    let (mut packets, mut sequences) = (0, Vec::new());
    let mut buffer = [0; 2048];
    while packets < 20 {
        let (length, from) = caller.rtp.recv_from(&mut buffer).await.expect("RTP");
        assert_ne!(from, said);
        sequences.push(Packet::parse(&buffer[..length]).expect("RTP").sequence);
        packets += 1;
    }
    let span = sequences[19].wrapping_sub(sequences[0]);
    assert!(span > 19, "none of {span} was lost");
}

#[tokio::test]
async fn sound_beyond_loopback_is_refused_and_so_is_a_public_address() {
    let mut caller = Caller::new(vec![Step::Answer], Faults::default()).await;
    let abroad = caller.sdp().replace("c=IN IP4 127.0.0.1", "c=IN IP4 192.0.2.1");
    caller.send(("INVITE", 1, "invite"), "", &abroad).await;
    caller.response(488).await;
    let mut plan = CarrierPlan::new(1, date(2026, 2, 3));
    plan.bind = "0.0.0.0:0".parse().expect("an address");
    assert!(matches!(Carrier::start(plan).await, Err(CarrierError::NotLoopback { .. })));
}

#[tokio::test]
async fn a_stranger_gets_481_and_a_probe_200() {
    let mut caller = Caller::new(Vec::new(), Faults::default()).await;
    caller.send(("BYE", 9, "bye"), "", "").await;
    caller.response(481).await;
    caller.to_tag.clear();
    caller.send(("OPTIONS", 1, "ping"), "", "").await;
    caller.response(200).await;
}
