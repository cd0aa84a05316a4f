//! Who answers creditors' signed webhooks: the hook of that name, as the configuration has it now.

use std::sync::Arc;

use tracing::warn;

use super::api::{payment, reversal};
use super::house::House;
use crate::web::{Handler, Hooks, Signed};
use crate::writeback::is_signed;

/// How far a message's time may lie from ours, in seconds (Standard Webhooks 1.0 has five minutes).
const TOLERANCE_S: u64 = 300;

pub fn hooks(house: &Arc<House>) -> Hooks {
    let (checks, payments, reversals) = (Arc::clone(house), Arc::clone(house), Arc::clone(house));
    Hooks {
        check: Handler::new(move |message| {
            let creditor = creditor(&checks, &message);
            async move { Ok(creditor) }
        }),
        payments: Handler::new(move |told| payment(Arc::clone(&payments), told)),
        reversals: Handler::new(move |told| reversal(Arc::clone(&reversals), told)),
    }
}

/// The creditor whose key has signed the message within the last minutes.
fn creditor(house: &House, message: &Signed) -> Option<String> {
    let plans = house.plans.load();
    let hook = plans.config.api.hooks.iter().find(|hook| hook.name == message.hook)?;
    let Signed { id, unix_s, signatures, body, .. } = message;
    if house.clock.wall().as_second().abs_diff(*unix_s) > TOLERANCE_S {
        warn!(hook = hook.name, "a webhook's time is more than five minutes off: it was refused");
        return None;
    }
    if !is_signed(&hook.key, (id, *unix_s), body, signatures) {
        warn!(hook = hook.name, "a webhook is not signed by its hook's key: it was refused");
        return None;
    }
    Some(hook.creditor.clone())
}
