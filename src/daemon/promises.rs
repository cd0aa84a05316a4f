//! Promises whose day is over are judged, and who broke his may be called again.

use tracing::info;

use super::house::House;
use crate::store::PromiseTerms;

/// Judges the promises of every campaign that the configuration knows.
///
/// # Errors
/// When the store fails; the next round goes on.
pub async fn judge(house: &House) -> anyhow::Result<()> {
    let plans = house.plans.load_full();
    for row in house.store.campaigns().await? {
        let Some(plan) = plans.config.campaign(&row.name) else { continue };
        let terms = PromiseTerms {
            campaign: row.id,
            grace_days: plan.promises.grace_days,
            call_again: plan.promises.call_again,
        };
        let judged = house.store.judge_promises(terms, house.clock.wall()).await?;
        if judged.kept + judged.broken > 0 {
            let (kept, broken, queued) = (judged.kept, judged.broken, judged.queued);
            info!(campaign = row.name, kept, broken, queued, "promises whose day is over were judged");
        }
    }
    Ok(())
}
