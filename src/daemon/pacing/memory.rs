//! What a predictive campaign has learned, over nights and restarts: read before its pacer begins, kept while it works.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::ZonedDateTime;
use jiff::tz::TimeZone;
use tracing::warn;

use super::{Pace, Pacing};
use crate::campaign::{CampaignPlan, Dialling, Prediction};
use crate::pacing::{Earlier, Window};
use crate::store::StoreError;

/// A process that dies loses so much of what it has learned.
const KEEP_EVERY: Duration = Duration::from_secs(300);
/// Parts of a rolling window in which the people met before are counted.
const PARTS: u32 = 96;

/// When something was kept last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept {
    /// The hour that is learned of, by the house's clock.
    hour: i8,
    at: Instant,
}

impl Pacing {
    /// Begins a predictive campaign's shift with what is known, and keeps what it learns. What can't be read is tried again:
    /// until then nothing is dialled, for nobody knows how many people were abandoned before.
    pub async fn remember(&mut self, plan: &CampaignPlan) {
        let Dialling::Predictive(_, by) = &plan.dialling else { return self.keep().await };
        let now = self.house.clock.wall().to_zoned_datetime(TimeZone::system());
        if !by.shift.contains(now.time()) {
            self.keep().await;
            self.pace = None;
            return;
        }
        if self.pace.as_ref().is_none_or(|(_, day)| *day != now.date()) {
            self.keep().await;
            self.pace = None;
            match self.begin(plan, by, &now).await {
                Ok(pace) => {
                    self.pace = Some((Arc::new(pace), now.date()));
                    self.kept = Some(Kept { hour: now.hour(), at: self.house.clock.now() });
                }
                Err(fault) => warn!(campaign = %plan.name, %fault, "the pacing's memory can't be read"),
            }
        } else if self.kept.is_some_and(|kept| {
            kept.hour != now.hour() || self.house.clock.now().saturating_duration_since(kept.at) >= KEEP_EVERY
        }) {
            self.keep().await;
        }
    }

    /// Keeps what was learned since the last time.
    pub async fn keep(&mut self) {
        let (Some((pace, _)), Some(kept)) = (&self.pace, &mut self.kept) else { return };
        let (hour, wall) = (kept.hour, self.house.clock.wall());
        *kept = Kept { hour: wall.to_zoned_datetime(TimeZone::system()).hour(), at: self.house.clock.now() };
        let lessons = pace.take_lessons();
        if lessons.is_empty() {
            return;
        }
        if let Err(fault) = self.house.store.keep_lessons(self.campaign, hour, lessons, wall).await {
            warn!(%fault, "what the pacing has learned was not kept");
        }
    }

    /// The pacer of a shift that begins, or goes on after a restart.
    async fn begin(
        &mut self,
        plan: &CampaignPlan,
        by: &Prediction,
        now: &ZonedDateTime,
    ) -> Result<Pace, StoreError> {
        let store = &self.house.store;
        let lessons = store.lessons(self.campaign, now.hour(), now.timestamp()).await?;
        let earlier = self.met(by, now).await?;
        self.floor = self.house.floor.listen();
        let present = self.present(plan);
        let plan = self.plan_of_day(plan, by, now.time());
        let pace = Pace::new(plan, (&lessons, &earlier), self.house.clock);
        pace.know(&present, &self.house.floor);
        Ok(pace)
    }

    /// Whom the day, or the window, has met before.
    async fn met(&self, by: &Prediction, now: &ZonedDateTime) -> Result<Vec<Earlier>, StoreError> {
        let at = now.timestamp();
        let length = match by.cap.window {
            Window::Day => now.time().duration_since(by.shift.opens),
            Window::Rolling(length) => length.try_into().unwrap_or_default(),
        };
        let from = at.checked_sub(length).unwrap_or(at);
        self.house.store.met(self.campaign, from, length.unsigned_abs() / PARTS, at).await
    }
}
