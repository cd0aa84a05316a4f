//! Changes inside an answered call, by either side.

use obzvon::sip::Reason;

use crate::sipp_harness::{Sipp, count};
use crate::{place, rest, stack, until};

#[tokio::test]
async fn the_far_end_holds_moves_changes_codec_and_says_why_it_ends() {
    let carrier = Sipp::start("hold_and_change", &[]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    until(&mut leg, "answered").await;
    let port = carrier.media_port;
    let seen = rest(&mut leg).await;
    assert_eq!(seen[0], format!("changed {port} PCMA ReceiveOnly"));
    assert_eq!(seen[1], "changed 23456 PCMU Both");
    assert_eq!(seen[2], "changed 23458 PCMA Both", "the ACK's answer to our offer");
    assert_eq!(seen[3], "ended by network - 38 ok");
    carrier.finish().await.expect_success();
}

#[tokio::test]
async fn hold_by_the_null_address_stops_our_media() {
    let carrier = Sipp::start("old_hold", &[]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    until(&mut leg, "answered").await;
    assert_eq!(
        rest(&mut leg).await,
        [&format!("changed {} PCMA Inactive", carrier.media_port), "ended by callee - - -"]
    );
    carrier.finish().await.expect_success();
}

#[tokio::test]
async fn update_changes_media_before_and_after_the_answer() {
    let carrier = Sipp::start("update", &[]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    let seen = rest(&mut leg).await;
    assert_eq!(seen[1], "early 23456 PCMA Both");
    assert_eq!(seen[2], "answered 23456 PCMA Both", "the 200 has no description: the UPDATE's stands");
    assert_eq!(seen[3..], ["changed 23458 PCMA Both", "ended by callee - - -"]);
    carrier.finish().await.expect_success();
}

#[tokio::test]
async fn we_hold_and_resume() {
    let carrier = Sipp::start("our_hold", &[]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    until(&mut leg, "answered").await;
    leg.hold();
    let port = carrier.media_port;
    assert_eq!(until(&mut leg, "changed").await, [format!("changed {port} PCMA SendOnly")]);
    leg.resume();
    assert_eq!(until(&mut leg, "kept").await, ["kept 491"]);
    leg.resume();
    assert_eq!(until(&mut leg, "changed").await, [format!("changed {port} PCMA Both")]);
    leg.hang_up(Reason::NORMAL);
    let log = carrier.finish().await.expect_success();
    assert!(log.contains("a=sendonly"));
}

#[tokio::test]
async fn a_transfer_is_told_step_by_step() {
    let carrier = Sipp::start("refer", &[]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    until(&mut leg, "answered").await;
    leg.refer("sip:agent@desk.example");
    // A NOTIFY may overtake the 202 (RFC 3515 section 2.4.4).
    let mut seen = until(&mut leg, "transfer 200").await;
    seen.sort_unstable();
    assert_eq!(seen, ["transfer 100", "transfer 180", "transfer 200"]);
    leg.hang_up(Reason::NORMAL);
    let log = carrier.finish().await.expect_success();
    assert_eq!(count(&log, "Refer-To: <sip:agent@desk.example>"), 1);
}

#[tokio::test]
async fn a_forgotten_dialog_ends_the_leg() {
    let carrier = Sipp::start("gone_dialog", &[]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    until(&mut leg, "answered").await;
    leg.hold();
    assert_eq!(rest(&mut leg).await, ["ended by network 481 - Call Does Not Exist"]);
    carrier.finish().await.expect_success();
}

#[tokio::test]
async fn keys_by_info_are_heard_and_other_requests_answered() {
    let carrier = Sipp::start("info_keys", &[]).await;
    let stack = stack().await;
    let mut leg = place(&stack, &carrier).await;
    until(&mut leg, "answered").await;
    assert_eq!(rest(&mut leg).await, ["key 5", "key #", "key *", "ended by callee - - -"]);
    carrier.finish().await.expect_success();
}
