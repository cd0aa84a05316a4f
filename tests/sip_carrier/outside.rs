//! Requests outside a call: probing a trunk.

use std::time::Duration;

use obzvon::sip::{ProbeAnswer, SipPlan, SipStack, Transport, TrunkTarget};

use crate::sipp_harness::Sipp;
use crate::{stack, trunk_of};

async fn probe(status: &str, header: &str) -> ProbeAnswer {
    let carrier = Sipp::start("options", &["-set", "status", status, "-set", "header", header]).await;
    let answer = stack().await.probe(&trunk_of(&carrier)).await;
    carrier.finish().await.expect_success();
    answer
}

#[tokio::test]
async fn a_probe_tells_life_refusal_and_silence() {
    assert_eq!(probe("200 OK", "X: y").await, ProbeAnswer::Alive { code: 200 });
    assert_eq!(probe("404 Not Found", "X: y").await, ProbeAnswer::Alive { code: 404 });
    let retry_after = Some(Duration::from_secs(30));
    assert_eq!(probe("503 Busy", "Retry-After: 30").await, ProbeAnswer::Refusing { code: 503, retry_after });
    let mut plan = SipPlan::new("127.0.0.1:0".parse().unwrap(), "dialer.example");
    plan.t1 = Duration::from_millis(5);
    let stack = SipStack::start(plan).await.unwrap();
    assert_eq!(stack.probe(&TrunkTarget::new("127.0.0.1", 9, Transport::Udp)).await, ProbeAnswer::Silent);
    let nowhere = stack.probe(&TrunkTarget::new("127.0.0.1", 9, Transport::Tcp)).await;
    assert!(matches!(nowhere, ProbeAnswer::Unreachable(_)), "{nowhere:?}");
}
