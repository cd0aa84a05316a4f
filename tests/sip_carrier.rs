//! The SIP port against sipp as a carrier: every behaviour a trunk may show, over real sockets.

mod sipp_harness;

use std::net::SocketAddr;
use std::time::Duration;

use obzvon::domain::attempt::HungUpBy;
use obzvon::domain::{AttemptId, Codec};
use obzvon::sip::{Leg, LegEvent, PlaceCall, Reason, SipPlan, SipStack, Transport, TrunkTarget};
use sipp_harness::{Sipp, count};
use tokio::time::timeout;

async fn stack() -> SipStack {
    stack_on("127.0.0.1:0").await
}

async fn stack_on(listen: &str) -> SipStack {
    let plan = SipPlan::new(listen.parse().unwrap(), "dialer.example");
    SipStack::start(plan).await.expect("a stack on loopback")
}

fn trunk_at(addr: SocketAddr) -> TrunkTarget {
    TrunkTarget::new(addr.ip().to_string(), addr.port(), Transport::Udp)
}

fn call_to(trunk: TrunkTarget) -> PlaceCall {
    PlaceCall {
        attempt: AttemptId(42),
        tag: 0xfeed,
        trunk,
        to_user: "79990000001".to_owned(),
        from_user: "74950000000".to_owned(),
        display: None,
        rtp: "127.0.0.1:40000".parse().unwrap(),
        codecs: vec![Codec::Pcma, Codec::Pcmu],
    }
}

/// The next event, within a bound that no sound run comes near.
async fn next(leg: &mut Leg) -> LegEvent {
    timeout(Duration::from_secs(40), leg.next_event()).await.expect("an event").expect("the leg goes on")
}

/// Events up to and with the first that is wanted.
async fn until(leg: &mut Leg, wanted: fn(&LegEvent) -> bool) -> Vec<LegEvent> {
    let mut seen = Vec::new();
    loop {
        let event = next(leg).await;
        assert!(wanted(&event) || !event.is_last(), "ended with {event:?} after {seen:?}");
        seen.push(event);
        if seen.last().is_some_and(wanted) {
            return seen;
        }
    }
}

async fn answered(leg: &mut Leg) -> Vec<LegEvent> {
    until(leg, |event| matches!(event, LegEvent::Answered(_))).await
}

fn names(events: &[LegEvent]) -> String {
    let name = |event: &LegEvent| match event {
        LegEvent::Trying => "trying".to_owned(),
        LegEvent::Ringing { code } => format!("ringing {code}"),
        LegEvent::EarlyMedia(to) => format!("early {}", to.addr.port()),
        LegEvent::Answered(to) => format!("answered {}", to.addr.port()),
        other => format!("{other:?}"),
    };
    events.iter().map(name).collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn a_call_rings_is_answered_and_hung_up() {
    let carrier = Sipp::start("ring_answer", &[]).await;
    let stack = stack().await;
    let mut leg = stack.place(call_to(trunk_at(carrier.addr))).await.unwrap();
    assert_eq!(leg.call_id(), "42-000000000000feed@dialer.example");
    let media = carrier.media_port;
    assert_eq!(names(&answered(&mut leg).await), format!("trying, ringing 180, answered {media}"));
    leg.hang_up(Reason::NORMAL);
    let LegEvent::Ended { by: HungUpBy::Us, crossed_cancel: false, .. } = next(&mut leg).await else {
        panic!("not ours")
    };
    assert_eq!(leg.next_event().await, None);
    let log = carrier.finish().await.expect_success();
    assert!(log.contains("Call-ID: 42-000000000000feed@dialer.example"));
    assert!(log.contains("Reason: Q.850;cause=16;text=\"Normal call clearing\""));
    assert_eq!(count(&log, "INVITE "), 1);
    stack.close().await;
}
