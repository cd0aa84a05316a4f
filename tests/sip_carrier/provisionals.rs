//! Before the answer: silence, ringing, early media, forks, reliable responses.

use obzvon::sip::Reason;

use crate::sipp_harness::{Sipp, count};
use crate::{place, rest, stack, until};

#[tokio::test]
async fn a_trunk_that_only_tries_is_cancelled() {
    let carrier = Sipp::start("trying_and_silence", &[]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    assert_eq!(until(&mut leg, "trying").await, ["trying"]);
    leg.cancel();
    assert_eq!(rest(&mut leg).await, ["refused 487 - Request Terminated"]);
    carrier.finish().await.expect_success();
}

#[tokio::test]
async fn a_cancel_asked_too_early_waits_for_the_first_response() {
    let carrier = Sipp::start("ring_until_cancel", &[]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    leg.cancel();
    assert_eq!(rest(&mut leg).await.last().map(String::as_str), Some("refused 487 - Request Terminated"));
    carrier.finish().await.expect_success();
}

#[tokio::test]
async fn early_media_comes_before_the_answer_and_may_differ_from_it() {
    let carrier = Sipp::start("early_media", &[]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    let answered = format!("answered {} PCMA Both", carrier.media_port);
    assert_eq!(until(&mut leg, "answered").await, ["trying", "early 23456 PCMA Both", &answered]);
    leg.hang_up(Reason::NORMAL);
    carrier.finish().await.expect_success();
}

#[tokio::test]
async fn branches_of_a_fork_ring_side_by_side() {
    let carrier = Sipp::start("ringing_branches", &[]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    let rang = until(&mut leg, "answered").await;
    assert_eq!(rang[..4], ["ringing 180", "ringing 181", "early 23456 PCMA Both", "ringing 180"]);
    leg.hang_up(Reason::NORMAL);
    carrier.finish().await.expect_success();
}

#[tokio::test]
async fn reliable_provisionals_are_acknowledged_in_their_order() {
    let carrier = Sipp::start("reliable", &[]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    // The 200 brings no SDP: the reliable 183 was the answer.
    let seen = until(&mut leg, "answered").await;
    assert_eq!(seen, ["early 23456 PCMA Both", "ringing 180", "answered 23456 PCMA Both"]);
    leg.hang_up(Reason::NORMAL);
    let log = carrier.finish().await.expect_success();
    assert!(log.contains("RAck: 700 1 INVITE") && log.contains("RAck: 701 1 INVITE"));
    assert_eq!(count(&log, "PRACK "), 2);
}
