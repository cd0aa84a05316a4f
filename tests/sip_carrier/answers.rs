//! The answer and its odd forms.

use obzvon::sip::Reason;

use crate::sipp_harness::{Sipp, count};
use crate::{place, rest, stack, until};

#[tokio::test]
async fn a_repeated_answer_is_acknowledged_again() {
    let carrier = Sipp::start("lost_ack", &[]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    until(&mut leg, "answered").await;
    while count(&carrier.log(), "ACK ") < 3 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    leg.hang_up(Reason::NORMAL);
    assert_eq!(rest(&mut leg).await.len(), 1, "one answer, one end");
    carrier.finish().await.expect_success();
}

#[tokio::test]
async fn an_answer_that_crosses_our_cancel_is_hung_up() {
    let carrier = Sipp::start("answer_crosses_cancel", &[]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    until(&mut leg, "ringing").await;
    leg.cancel();
    assert_eq!(rest(&mut leg).await, ["ended by us 200 - OK crossed"]);
    carrier.finish().await.expect_success();
}

#[tokio::test]
async fn a_second_answer_of_a_fork_is_hung_up_and_the_first_lives() {
    let carrier = Sipp::start("two_answers", &[]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    until(&mut leg, "answered").await;
    while count(&carrier.log(), "BYE ") < 1 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    leg.hang_up(Reason::NORMAL);
    assert_eq!(rest(&mut leg).await, ["ended by us - 16 Normal call clearing"]);
    let log = carrier.finish().await.expect_success();
    let tags: Vec<&str> = after_each_bye(&log);
    assert_eq!(tags, ["b", "a"]);
}

/// The To tags of the BYEs, in order.
fn after_each_bye(log: &str) -> Vec<&str> {
    log.split("BYE sip:")
        .skip(1)
        .filter_map(|bye| bye.split("To: ").nth(1)?.lines().next()?.rsplit("tag=").next())
        .collect()
}

#[tokio::test]
async fn sdp_may_come_before_the_answer_only() {
    let carrier = Sipp::start("answer_without_sdp", &[]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    assert_eq!(until(&mut leg, "answered").await, ["early 23456 PCMA Both", "answered 23456 PCMA Both"]);
    leg.hang_up(Reason::NORMAL);
    carrier.finish().await.expect_success();
}

#[tokio::test]
async fn an_answer_without_any_sdp_is_hung_up() {
    let carrier = Sipp::start("no_sdp_at_all", &[]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    assert_eq!(rest(&mut leg).await, ["ringing 180", "fault: answered without usable SDP"]);
    carrier.finish().await.expect_success();
}

#[tokio::test]
async fn an_answer_in_a_foreign_codec_is_hung_up() {
    let carrier = Sipp::start("foreign_codec", &[]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    assert_eq!(rest(&mut leg).await, ["ringing 180", "fault: answered without a codec in common"]);
    let log = carrier.finish().await.expect_success();
    assert!(log.contains("Reason: Q.850;cause=88"));
}

#[tokio::test]
async fn an_answer_without_contact_is_acknowledged_where_it_came_from() {
    let carrier = Sipp::start("no_contact", &[]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    until(&mut leg, "answered").await;
    leg.hang_up(Reason::NORMAL);
    carrier.finish().await.expect_success();
}
