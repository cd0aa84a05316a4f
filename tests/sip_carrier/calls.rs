//! Whole calls: over UDP, TCP, IPv6, an outbound proxy; large ones.

use std::sync::Arc;
use std::time::Duration;

use obzvon::sip::{Hop, Reason, SipPlan, SipStack, Transport};
use tokio::task::JoinSet;

use crate::sipp_harness::{Sipp, count};
use crate::{call_to, place, rest, stack, trunk_of, until};

#[tokio::test]
async fn a_call_rings_is_answered_and_hung_up() {
    let carrier = Sipp::start("ring_answer", &[]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    assert_eq!(leg.call_id(), "42-000000000000feed@dialer.example");
    let answered = format!("answered {} PCMA Both", carrier.media_port);
    assert_eq!(until(&mut leg, "answered").await, ["trying", "ringing 180", &answered]);
    leg.hang_up(Reason::NORMAL);
    assert_eq!(rest(&mut leg).await, ["ended by us - 16 Normal call clearing"]);
    let log = carrier.finish().await.expect_success();
    assert!(log.contains("Call-ID: 42-000000000000feed@dialer.example"));
    assert!(log.contains("Reason: Q.850;cause=16;text=\"Normal call clearing\""));
    assert_eq!(count(&log, "INVITE "), 1);
    stack.close().await;
}

#[tokio::test]
async fn dropping_a_leg_hangs_up() {
    let carrier = Sipp::start("ring_answer", &[]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    until(&mut leg, "answered").await;
    drop(leg);
    carrier.finish().await.expect_success();
}

#[tokio::test]
async fn closing_the_stack_hangs_up_and_leaves_no_leg() {
    let carrier = Sipp::start("ring_answer", &[]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    until(&mut leg, "answered").await;
    assert_eq!(stack.legs(), 1);
    stack.close().await;
    assert_eq!(rest(&mut leg).await, ["ended by us - 41 Temporary failure"]);
    carrier.finish().await.expect_success();
}

#[tokio::test]
async fn hundreds_of_calls_leave_nothing_behind() {
    let carrier = Sipp::start("ring_answer", &["-quiet", "-m", "300"]).await;
    let mut plan = SipPlan::new("127.0.0.1:0".parse().unwrap(), "dialer.example");
    plan.t1 = Duration::from_millis(20);
    let stack = Arc::new(SipStack::start(plan).await.unwrap());
    let mut going = JoinSet::new();
    for n in 0..300 {
        let (to, mut call) = (stack.clone(), call_to(trunk_of(&carrier)));
        call.tag = n;
        going.spawn(async move {
            let mut leg = to.place(call).await.unwrap();
            until(&mut leg, "answered").await;
            leg.hang_up(Reason::NORMAL);
            rest(&mut leg).await;
        });
        if n % 8 == 7 {
            while going.join_next().await.transpose().unwrap().is_some() {}
            assert!(!stack.counts().is_empty(), "ended transactions are kept for a while");
        }
    }
    while going.join_next().await.transpose().unwrap().is_some() {}
    carrier.finish().await.expect_success();
    while !stack.counts().is_empty() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_call_goes_over_tcp() {
    let carrier = Sipp::start("ring_answer", &["-t", "t1"]).await;
    let stack = stack().await;
    let mut trunk = trunk_of(&carrier);
    trunk.hop.transport = Transport::Tcp;
    let mut leg = stack.place(call_to(trunk)).await.unwrap();
    until(&mut leg, "answered").await;
    leg.hang_up(Reason::NORMAL);
    rest(&mut leg).await;
    let log = carrier.finish().await.expect_success();
    assert!(log.contains("Via: SIP/2.0/TCP 127.0.0.1"));
    assert!(log.contains(";transport=tcp>"));
}

#[tokio::test]
async fn a_large_request_goes_by_tcp_where_the_trunk_takes_it() {
    let carrier = Sipp::start("ring_answer", &["-t", "t1"]).await;
    let stack = stack().await;
    let mut call = call_to(trunk_of(&carrier));
    call.trunk.tcp_for_large = true;
    call.display = Some("x".repeat(900));
    let mut leg = stack.place(call).await.unwrap();
    until(&mut leg, "answered").await;
    leg.hang_up(Reason::NORMAL);
    carrier.finish().await.expect_success();
}

#[tokio::test]
async fn a_large_request_goes_by_udp_after_all_where_tcp_is_refused() {
    let carrier = Sipp::start("ring_answer", &[]).await;
    let stack = stack().await;
    let mut call = call_to(trunk_of(&carrier));
    call.trunk.tcp_for_large = true;
    call.display = Some("x".repeat(900));
    let mut leg = stack.place(call).await.unwrap();
    until(&mut leg, "answered").await;
    leg.hang_up(Reason::NORMAL);
    carrier.finish().await.expect_success();
}

#[tokio::test]
async fn a_call_goes_over_ipv6() {
    let carrier = Sipp::start("ring_answer", &["-i", "::1"]).await;
    let mut plan = SipPlan::new("127.0.0.1:0".parse().unwrap(), "dialer.example");
    plan.listen.push("[::1]:0".parse().unwrap());
    let stack = SipStack::start(plan).await.unwrap();
    let mut call = call_to(trunk_of(&carrier));
    call.rtp = "[::1]:40000".parse().unwrap();
    let mut leg = stack.place(call).await.unwrap();
    until(&mut leg, "answered").await;
    leg.hang_up(Reason::NORMAL);
    let log = carrier.finish().await.expect_success();
    assert!(log.contains("c=IN IP6 ::1") && log.contains("INVITE sip:79990000001@[::1]:"));
}

#[tokio::test]
async fn requests_follow_the_route_and_name_the_target() {
    let carrier = Sipp::start("routed", &[]).await;
    let stack = stack().await;
    let mut call = call_to(trunk_of(&carrier));
    call.trunk.hop = Hop { host: "trunk.example".to_owned(), port: None, transport: Transport::Udp };
    call.trunk.outbound_proxy = Some(trunk_of(&carrier).hop);
    let mut leg = stack.place(call).await.unwrap();
    until(&mut leg, "answered").await;
    leg.hang_up(Reason::NORMAL);
    let log = carrier.finish().await.expect_success();
    assert_eq!(count(&log, "INVITE sip:79990000001@trunk.example SIP/2.0"), 1);
    assert_eq!(count(&log, "ACK sip:phone@192.0.2.77:5099 SIP/2.0"), 1);
    assert_eq!(count(&log, "BYE sip:phone@192.0.2.77:5099 SIP/2.0"), 1);
}
