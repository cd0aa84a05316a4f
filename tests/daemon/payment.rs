//! Money stops the call.

use obzvon::demo::carrier::Ending;

use crate::house::{self, CREDITOR, House, until};
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
    let carrier = Sipp::start("ring_until_cancel", &[]).await;
    let config = house::config(carrier.addr).set(house::TRUNKS, "trunk.carrier.ring_limit_s", 120);
    let house = House::new(config.set("obzvon.toml", "daemon.drain_limit_s", 1));
    house.import(1);
    let daemon = house.start();
    until("sipp rings", || carrier.log().contains("SIP/2.0 180"));
    let told = jiff::Timestamp::now();
    house.write("paid.csv", &format!("id,creditor,debt,amount,date\n1,{CREDITOR},d0,1000.37,2026-02-01\n"));
    let file = house.path("paid.csv");
    house.run(&["import", "payments", file.to_str().expect("UTF-8")]);
    let written = jiff::Timestamp::now();
    let log = carrier.finish().await.expect_success();
    let cancelled = log_time(&log, "CANCEL ").expect("a CANCEL in sipp's log");
    println!(
        "CANCEL at sipp {} ms after the payment was written, {} ms after the command began",
        cancelled.duration_since(written).as_millis(),
        cancelled.duration_since(told).as_millis()
    );
    daemon.stop();
    assert_eq!(house.count(&["done"]), 1, "who has paid is done with: {:?}", house.states());
}

/// When sipp's log has a message that begins so.
fn log_time(log: &str, start: &str) -> Option<jiff::Timestamp> {
    let at = log.lines().position(|line| line.starts_with(start))?;
    let before = log.lines().take(at).filter(|line| line.starts_with("-----------"));
    let stamp = before.last()?.split_whitespace().skip(1).take(2).collect::<Vec<_>>().join("T");
    let shown: jiff::civil::DateTime = stamp.parse().ok()?;
    jiff::tz::TimeZone::system().to_ambiguous_zoned_datetime(shown).later().ok().map(|at| at.timestamp())
}
