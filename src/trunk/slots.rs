//! Calls at once on one trunk: each holds a slot from before its INVITE to its end.

use std::num::NonZeroU32;

/// How many slots are taken of how many.
#[derive(Debug)]
pub struct Slots {
    limit: u32,
    taken: u32,
}

/// One call's place. It can't be copied, and lives as long as the call; give it back with `Router::release`.
#[must_use = "a slot that is not given back is lost to the trunk"]
#[derive(Debug)]
pub struct Slot(());

impl Slots {
    pub fn new(limit: NonZeroU32) -> Self {
        Self { limit: limit.get(), taken: 0 }
    }

    /// Takes a slot, if one is free.
    pub fn try_take(&mut self) -> Option<Slot> {
        if self.is_full() {
            return None;
        }
        self.taken += 1;
        Some(Slot(()))
    }

    pub fn release(&mut self, slot: Slot) {
        let Slot(()) = slot;
        self.taken -= 1;
    }

    /// A lower limit drops no call: nothing new goes until enough have ended.
    pub fn set_limit(&mut self, limit: NonZeroU32) {
        self.limit = limit.get();
    }

    pub fn is_full(&self) -> bool {
        self.taken >= self.limit
    }

    pub fn taken(&self) -> u32 {
        self.taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_given_back_may_be_taken_again_and_a_lower_limit_waits() {
        let limit = |slots| NonZeroU32::new(slots).expect("above 0");
        let mut slots = Slots::new(limit(2));
        let (first, second) = (slots.try_take().expect("free"), slots.try_take().expect("free"));
        assert!(slots.try_take().is_none());
        slots.set_limit(limit(1));
        slots.release(first);
        assert!(slots.try_take().is_none(), "one call is up and one is allowed");
        slots.release(second);
        assert!(slots.try_take().is_some());
    }
}
