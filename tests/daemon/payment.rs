//! Money stops the call.

use std::os::unix::fs::PermissionsExt;

use obzvon::demo::carrier::Ending;
use serde_json::json;

use crate::house::{self, CREDITOR, House, Running, until};
use crate::sipp_harness::Sipp;
use crate::{carrier, ended, ringing, ringing_config, rings};

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_takes_a_ringing_call_back_and_only_that_one() {
    let carrier = carrier(rings()).await;
    let house = House::new(ringing_config(&carrier));
    house.import(2);
    let daemon = house.start();
    until("both phones ring", || ringing(&carrier) == 2);
    house.run(&["pay", "--id", "1", "--creditor", CREDITOR, "--debt", "d1", "--amount", "1001.37"]);
    let paid = jiff::Timestamp::now();
    until("the call is taken back", || ended(&carrier, Ending::Cancelled) == 1);
    let calls = carrier.calls();
    let taken = calls.iter().find(|call| call.ending.is_some()).expect("one has ended");
    println!(
        "taken back {:#} after the payment was written",
        taken.ended.expect("ended").since(paid).expect("near")
    );
    assert_eq!(taken.number.trim_start_matches('+'), "79990000001");
    assert_eq!(ringing(&carrier), 1, "the other one rings on");
    daemon.stop();
    assert_eq!(house.count(&["done"]), 1, "who has paid is done with: {:?}", house.states());
}

/// The same with sipp as the carrier: by its own log the CANCEL comes, and the payment is on the disk when the command
/// ends.
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_takes_back_a_call_that_rings_at_sipp() {
    let (written, told, cancelled) = cancelled_after(|house, _| {
        let row = format!("id,creditor,debt,amount,date\n1,{CREDITOR},d0,1000.37,2026-02-01\n");
        house.write("paid.csv", &row);
        let file = house.path("paid.csv");
        house.run(&["import", "payments", file.to_str().expect("UTF-8")]);
    })
    .await;
    println!(
        "CANCEL at sipp {} ms after the payment was written, {} ms after the command began",
        cancelled.duration_since(written).as_millis(),
        cancelled.duration_since(told).as_millis()
    );
}

/// And told by the API: from the request on its way to the CANCEL in sipp's log, a second at most.
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_told_by_the_api_takes_back_a_call_that_rings_at_sipp() {
    let (answered, told, cancelled) = cancelled_after(|_, daemon| {
        let payment =
            json!({ "id": "1", "creditor": CREDITOR, "debt": "d0", "amount": "1000.37" }).to_string();
        assert_eq!(daemon.api("/api/v1/payments", Some(TOKEN), Some(&payment)).0, 201);
    })
    .await;
    let [asked, after] = [told, answered].map(|since| cancelled.duration_since(since).as_millis());
    println!("CANCEL at sipp {asked} ms after the payment's API call began, {after} ms after its answer");
    assert!(asked <= 1_000, "{asked} ms from the payment to the CANCEL");
}

/// Other systems' token.
const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// A phone rings at sipp, money is told in some way: when that was done, when it was begun, when the CANCEL came.
async fn cancelled_after(
    pay: impl FnOnce(&House, &Running),
) -> (jiff::Timestamp, jiff::Timestamp, jiff::Timestamp) {
    let carrier = Sipp::start("ring_until_cancel", &[]).await;
    let config = house::config(carrier.addr)
        .set(house::TRUNKS, "trunk.carrier.ring_limit_s", 120)
        .set("obzvon.toml", "daemon.drain_limit_s", 1)
        .set("obzvon.toml", "api.token_file", "token");
    let house = House::new(config);
    house.write("config/token", TOKEN);
    let secret = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(house.path("config/token"), secret).expect("a file of our own");
    house.import(1);
    let daemon = house.start();
    until("sipp rings", || carrier.log().contains("SIP/2.0 180"));
    let told = jiff::Timestamp::now();
    pay(&house, &daemon);
    let done = jiff::Timestamp::now();
    let log = carrier.finish().await.expect_success();
    let cancelled = log_time(&log, "CANCEL ").expect("a CANCEL in sipp's log");
    daemon.stop();
    assert_eq!(house.count(&["done"]), 1, "who has paid is done with: {:?}", house.states());
    (done, told, cancelled)
}

/// When sipp's log has a message that begins so.
fn log_time(log: &str, start: &str) -> Option<jiff::Timestamp> {
    let at = log.lines().position(|line| line.starts_with(start))?;
    let before = log.lines().take(at).filter(|line| line.starts_with("-----------"));
    let stamp = before.last()?.split_whitespace().skip(1).take(2).collect::<Vec<_>>().join("T");
    let shown: jiff::civil::DateTime = stamp.parse().ok()?;
    jiff::tz::TimeZone::system().to_ambiguous_zoned_datetime(shown).later().ok().map(|at| at.timestamp())
}
