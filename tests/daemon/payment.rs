//! Money stops the call.

use obzvon::demo::carrier::Ending;

use crate::house::{CREDITOR, House, until};
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
