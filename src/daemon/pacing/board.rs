//! What each campaign's pacing last went by, for whoever looks on.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::CampaignId;
use crate::pacing::Why;

/// What decides how many calls a campaign starts now.
#[derive(Clone, Copy, Debug)]
pub enum PaceNow {
    /// As many as there are lines.
    Lines(u32),
    /// One for each agent who is free.
    Seats { free: u32, lines: u32 },
    /// By prediction.
    Predicted {
        why: Why,
        /// People whom this day or window has met, and those of them abandoned.
        met: (u64, u64),
        /// The share of them that may be.
        cap: f64,
    },
}

/// The last decision of each campaign of this node.
#[derive(Debug, Default)]
pub struct Paces(Mutex<HashMap<CampaignId, (Instant, PaceNow)>>);

/// A campaign decides every second at least; one that has not for so long dials nothing.
const STALE: Duration = Duration::from_secs(5);

impl Paces {
    pub fn note(&self, campaign: CampaignId, now: Instant, pace: PaceNow) {
        self.lock().insert(campaign, (now, pace));
    }

    /// What the campaign goes by; `None`: it decides nothing.
    pub fn of(&self, campaign: CampaignId, now: Instant) -> Option<PaceNow> {
        let (at, pace) = *self.lock().get(&campaign)?;
        (now.saturating_duration_since(at) < STALE).then_some(pace)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<CampaignId, (Instant, PaceNow)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::Clock;

    #[test]
    fn a_campaign_that_decides_no_more_has_no_pace() {
        let (paces, now, campaign) = (Paces::default(), Clock.now(), CampaignId(7));
        paces.note(campaign, now, PaceNow::Lines(3));
        assert!(paces.of(campaign, now + Duration::from_secs(4)).is_some());
        assert!(paces.of(campaign, now + Duration::from_secs(5)).is_none());
        assert!(paces.of(CampaignId(8), now).is_none());
    }
}
