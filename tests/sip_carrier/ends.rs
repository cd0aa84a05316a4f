//! Final responses, and trunks that give none.

use std::net::SocketAddr;
use std::time::Duration;

use obzvon::domain::final_response::read_final;
use obzvon::sip::{LegEvent, ProbeAnswer, Reason, SipPlan, SipStack, Transport, TrunkTarget};

use crate::sipp_harness::{Sipp, count, free_block};
use crate::{call_to, next, place, rest, stack, trunk_of, until};

async fn refusal(status: &str, header: &str) -> Vec<String> {
    let carrier = Sipp::start("refuse", &["-set", "status", status, "-set", "header", header]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    let seen = rest(&mut leg).await;
    carrier.finish().await.expect_success();
    seen
}

#[tokio::test]
async fn refusals_keep_code_phrase_and_cause() {
    let busy = refusal("486 Busy Here", "Reason: Q.850;cause=17;text=\"User busy\"").await;
    assert_eq!(busy, ["trying", "refused 486 17 Busy Here"]);
    let own_words = refusal("603 Abonent ne hochet", "reason: sip;cause=603, q.850 ; Cause = 21").await;
    assert_eq!(own_words[1], "refused 603 21 Abonent ne hochet");
    assert_eq!(refusal("499 Odd Thing", "X: y").await[1], "refused 499 - Odd Thing");
    assert_eq!(
        refusal("488 Not Acceptable Here", "Warning: 305 x \"no\"").await[1],
        "refused 488 - Not Acceptable Here"
    );
}

#[tokio::test]
async fn a_full_trunk_says_when_to_come_again() {
    let full = refusal("503 Service Unavailable", "Retry-After: 120 (maintenance);duration=60").await;
    assert_eq!(full[1], "refused 503 - Service Unavailable after 120s");
}

#[tokio::test]
async fn a_redirection_is_never_followed() {
    let carrier = Sipp::start("redirect", &[]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    assert_eq!(rest(&mut leg).await, ["refused 302 - Moved Temporarily"]);
    let log = carrier.finish().await.expect_success();
    assert_eq!(count(&log, "INVITE "), 1);
}

#[tokio::test]
async fn a_trunk_that_never_speaks_is_at_fault_itself() {
    let carrier = Sipp::start("silence", &[]).await;
    let mut plan = SipPlan::new("127.0.0.1:0".parse().unwrap(), "dialer.example");
    plan.t1 = Duration::from_millis(20);
    let stack = SipStack::start(plan).await.unwrap();
    let mut leg = stack.place(call_to(trunk_of(&carrier))).await.unwrap();
    assert_eq!(rest(&mut leg).await, ["fault: the trunk is silent"]);
    let log = carrier.finish().await.expect_success();
    assert!(count(&log, "INVITE ") >= 6, "sent again at T1, 2 T1, 4 T1, ...");
}

/// A stack whose timers never run out in a test.
async fn patient_stack() -> SipStack {
    let mut plan = SipPlan::new("127.0.0.1:0".parse().unwrap(), "dialer.example");
    plan.listen.push("[::1]:0".parse().unwrap());
    plan.t1 = Duration::from_secs(60);
    SipStack::start(plan).await.unwrap()
}

#[tokio::test]
async fn a_trunk_whose_port_is_closed_is_at_fault_at_once_and_others_are_not() {
    let stack = patient_stack().await;
    for host in ["127.0.0.1", "::1"] {
        let closed = free_block(host.parse().unwrap());
        let carrier = Sipp::start("ring_answer", &["-i", host]).await;
        let mut call = call_to(TrunkTarget::new(host, closed, Transport::Udp));
        call.rtp = SocketAddr::new(host.parse().unwrap(), 40_000);
        let mut dead = stack.place(call.clone()).await.unwrap();
        assert_eq!(rest(&mut dead).await, ["fault: the trunk is silent"], "{host}");
        let trunk = TrunkTarget::new(host, closed, Transport::Udp);
        assert_eq!(stack.probe(&trunk).await, ProbeAnswer::Silent, "told every time");
        call.trunk = trunk_of(&carrier);
        call.tag += 1;
        let mut live = stack.place(call).await.unwrap();
        until(&mut live, "answered").await;
        live.hang_up(Reason::NORMAL);
        rest(&mut live).await;
        carrier.finish().await.expect_success();
    }
}

#[tokio::test]
async fn every_final_code_a_carrier_may_send_becomes_an_outcome() {
    let codes = [400, 404, 408, 480, 484, 500, 600, 604, 607, 608];
    for code in codes {
        let status = format!("{code} Because");
        let carrier = Sipp::start("refuse", &["-set", "status", &status, "-set", "header", "X: y"]).await;
        let stack = stack().await;
        let mut leg = place(&stack, &carrier).await;
        let LegEvent::Trying = next(&mut leg).await else { panic!("no 100") };
        let LegEvent::Refused { word, .. } = next(&mut leg).await else { panic!("not refused") };
        assert_eq!(word.sip_code, Some(code));
        assert_ne!(read_final(code).code(), "answered");
        carrier.finish().await.expect_success();
    }
}
