//! Who answers creditors' signed webhooks: the hook of that name, as the configuration has it now.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::warn;

use super::api::{payment, reversal};
use super::house::House;
use crate::web::{Handler, Hooks, Signed};
use crate::writeback::is_signed;

/// How far a message's time may lie from ours, in seconds (Standard Webhooks 1.0 has five minutes).
const TOLERANCE_S: u64 = 300;

/// The messages to each hook that were refused since it was last told of them. A stranger may send any number: they are counted,
/// and hooks alone that the configuration has.
#[derive(Debug, Default)]
pub struct RefusedHooks(Mutex<BTreeMap<String, Refused>>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Refused {
    /// More than five minutes off.
    late: u64,
    /// Not signed by the hook's key.
    unsigned: u64,
}

impl RefusedHooks {
    fn count(&self, hook: &str, of: impl FnOnce(&mut Refused) -> &mut u64) {
        let mut refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *of(refused.entry(hook.to_owned()).or_default()) += 1;
    }

    /// Warns of them, a line a hook.
    pub fn tell(&self) {
        let refused = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for (hook, Refused { late, unsigned }) in refused {
            warn!(
                hook,
                late,
                unsigned,
                "webhooks were refused: more than five minutes off, or not signed by the hook's key"
            );
        }
    }
}

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
        house.refused_hooks.count(&hook.name, |refused| &mut refused.late);
        return None;
    }
    if !is_signed(&hook.key, (id, *unix_s), body, signatures) {
        house.refused_hooks.count(&hook.name, |refused| &mut refused.unsigned);
        return None;
    }
    Some(hook.creditor.clone())
}
