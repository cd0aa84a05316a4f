//! Who answers for quality: lists drawn, reviews marked by the form in force.

use jiff::{SignedDuration, Timestamp};
use rand::RngExt;

use super::house::House;
use crate::domain::{AgentId, Channel};
use crate::quality::{Filled, Form, Picked, Quota, Review, Reviewed, ReviewedCall, draw};
use crate::store::{Period, Store, StoreError};
use crate::web::{Dated, Draw};

/// What a list is to be drawn from.
#[derive(Debug, Clone)]
pub struct DrawPlan {
    pub period: Period,
    /// Absent: of each agent.
    pub agent: Option<AgentId>,
    /// Absent: by lot.
    pub seed: Option<u64>,
    pub quota: Quota,
    pub who: String,
}

/// Draws a list of calls to be listened to, and keeps it with its seed. Its number.
///
/// # Errors
/// When the store fails.
pub async fn draw_list(store: &Store, plan: DrawPlan, now: Timestamp) -> Result<i64, StoreError> {
    let candidates = store.quality_candidates(plan.period, plan.agent).await?;
    // A seed that people can type; the database keeps it as an integer of its own.
    let seed =
        plan.seed.unwrap_or_else(|| rand::make_rng::<rand_pcg::Pcg64>().random_range(0..1_000_000_000));
    let drawn = draw(candidates, plan.quota, seed);
    store.keep_sample((plan.period, seed), drawn, &plan.who, now).await
}

/// Marks a review by the form, and keeps it.
///
/// # Errors
/// When the store fails.
pub async fn take_review(
    store: &Store,
    form: &Form,
    filled: Filled,
    now: Timestamp,
) -> Result<Reviewed, StoreError> {
    let Ok((raw_bp, critical)) = form.mark(&filled.marks) else { return Ok(Reviewed::Unfit) };
    let Filled { attempt, agent, reviewer, marks, comment } = filled;
    // Of his own talk the store says so.
    if reviewer != agent.as_str() && !store.reviews_talks(&reviewer).await? {
        return Ok(Reviewed::NoReviewer);
    }
    let review = Review { reviewer, at: now, marks, raw_bp, critical, comment };
    store.keep_review(attempt, agent, review).await
}

/// The last `days` before now.
pub fn last_days(now: Timestamp, days: u16) -> Period {
    let from = now.checked_sub(SignedDuration::from_hours(24 * i64::from(days)));
    Period { from: from.unwrap_or(Timestamp::UNIX_EPOCH), to: now }
}

/// Draws what somebody clicked for.
pub async fn draw_for(house: &House, wish: Draw) -> Result<i64, StoreError> {
    let now = house.clock.wall();
    let quota = house.plans.load().config.quality.quota;
    let Draw { days, agent, seed, who } = wish;
    draw_list(&house.store, DrawPlan { period: last_days(now, days), agent, seed, quota, who }, now).await
}

/// Marks what somebody filled in.
pub async fn review(house: &House, filled: Filled) -> Result<Reviewed, StoreError> {
    let plans = house.plans.load_full();
    take_review(&house.store, &plans.config.quality.form, filled, house.clock.wall()).await
}

/// A list with the clock it is to be read by.
pub async fn picked(house: &House, list: i64) -> Result<Dated<Vec<Picked>>, StoreError> {
    Ok(super::cases::dated(house, house.store.picked(list).await?))
}

/// What was reviewed in so many days.
pub async fn calls(house: &House, days: u16) -> Result<Dated<Vec<ReviewedCall>>, StoreError> {
    let window = house.plans.load().config.statistics.basis.windows.of(Channel::AgentCall);
    // The review just saved is of this moment.
    let period = Period { to: Timestamp::MAX, ..last_days(house.clock.wall(), days) };
    Ok(super::cases::dated(house, house.store.reviewed_calls(period, window).await?))
}
