//! Promises whose day is over are judged, and who broke his may be called again.

use tracing::info;

use super::house::House;
use crate::domain::CampaignId;
use crate::store::PromiseTerms;

/// Judges the promises of every campaign that the configuration knows.
///
/// # Errors
/// When the store fails; the next round goes on.
pub async fn judge(house: &House) -> anyhow::Result<()> {
    let plans = house.plans.load_full();
    let mut longest = 0;
    for row in house.store.campaigns().await? {
        let Some(plan) = plans.config.campaign(&row.name) else { continue };
        let (grace_days, call_again) = (plan.promises.grace_days, plan.promises.call_again);
        longest = longest.max(grace_days);
        judge_of(house, &row.name, PromiseTerms { campaign: row.id, grace_days, call_again }).await?;
    }
    // Of debts that no campaign ever had, by the longest grace that anybody has.
    let terms = PromiseTerms { campaign: CampaignId(0), grace_days: longest, call_again: false };
    judge_of(house, "none", terms).await
}

async fn judge_of(house: &House, campaign: &str, terms: PromiseTerms) -> anyhow::Result<()> {
    let judged = house.store.judge_promises(terms, house.clock.wall()).await?;
    if judged.kept + judged.broken > 0 {
        let (kept, broken, queued) = (judged.kept, judged.broken, judged.queued);
        info!(campaign, kept, broken, queued, "promises whose day is over were judged");
    }
    Ok(())
}
