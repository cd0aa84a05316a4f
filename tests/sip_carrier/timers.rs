//! Session timers (RFC 4028).

use std::time::Duration;

use obzvon::sip::{Reason, SessionTimer};

use crate::sipp_harness::{Sipp, count};
use crate::{call_to, rest, stack, trunk_of, until};

const ASKED: SessionTimer =
    SessionTimer { expires: Duration::from_secs(1_800), min: Duration::from_secs(90) };

#[tokio::test]
async fn a_longer_interval_is_taken_and_refreshed_by_update() {
    let carrier = Sipp::start("interval_too_small", &[]).await;
    let stack = stack().await;
    let mut call = call_to(trunk_of(&carrier));
    call.trunk.session_timer = Some(ASKED);
    let mut leg = stack.place(call).await.unwrap();
    until(&mut leg, "answered").await;
    while count(&carrier.log(), "UPDATE ") < 2 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    leg.hang_up(Reason::NORMAL);
    assert_eq!(rest(&mut leg).await.len(), 1);
    let log = carrier.finish().await.expect_success();
    assert!(log.contains("Session-Expires: 1900") && log.contains("Min-SE: 1900"));
}

#[tokio::test]
async fn a_far_end_without_update_is_refreshed_by_invite() {
    let carrier = Sipp::start("refresh_by_invite", &[]).await;
    let stack = stack().await;
    let mut call = call_to(trunk_of(&carrier));
    call.trunk.session_timer = Some(ASKED);
    let mut leg = stack.place(call).await.unwrap();
    until(&mut leg, "answered").await;
    while count(&carrier.log(), "ACK ") < 2 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    leg.hang_up(Reason::NORMAL);
    assert_eq!(rest(&mut leg).await.len(), 1);
    carrier.finish().await.expect_success();
}

#[tokio::test]
async fn a_far_end_that_stops_refreshing_is_hung_up() {
    let carrier = Sipp::start("refresher_falls_silent", &[]).await;
    let stack = stack().await;
    let mut call = call_to(trunk_of(&carrier));
    call.trunk.session_timer = Some(ASKED);
    let mut leg = stack.place(call).await.unwrap();
    until(&mut leg, "answered").await;
    assert_eq!(rest(&mut leg).await, ["ended by network - - session timer ran out"]);
    carrier.finish().await.expect_success();
}
