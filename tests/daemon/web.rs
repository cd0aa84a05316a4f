//! What the daemon tells over HTTP.

use crate::house::{House, assert_no_debtor, until};
use crate::{carrier, ringing, ringing_config, rings};

#[tokio::test(flavor = "multi_thread")]
async fn health_readiness_and_metrics_are_told_without_a_debtor_in_them() {
    let carrier = carrier(rings()).await;
    let house = House::new(ringing_config(&carrier));
    house.import(2);
    let daemon = house.start();
    until("both phones ring", || ringing(&carrier) == 2);
    let ask = |path| daemon.get(path).expect("an answer");
    assert_eq!(ask("/healthz").0, 200);
    assert_eq!(ask("/readyz").0, 200);
    assert_eq!(ask("/nothing").0, 404);
    let (code, metrics) = ask("/metrics");
    assert_eq!(code, 200);
    let head = "content-type: application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert!(metrics.contains(head), "{metrics}");
    assert!(metrics.trim_end().ends_with("# EOF"), "{metrics}");
    assert_eq!(daemon.metric("obzvon_calls_active{trunk=\"carrier\"}"), Some(2.0));
    assert_eq!(daemon.metric("obzvon_trunk_up{trunk=\"carrier\"}"), Some(1.0));
    assert_no_debtor(&metrics, 2);
    daemon.stop();
}
