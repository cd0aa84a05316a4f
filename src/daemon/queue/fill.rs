//! Which debts a campaign calls about, and where each stands at first.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::campaign::{CampaignPlan, ScoreFacts, score};
use crate::config::Config;
use crate::daemon::Clock;
use crate::daemon::test_call::TEST_CREDITOR;
use crate::domain::{CampaignId, Channel, DebtKind};
use crate::stats::is_held_out;
use crate::store::{Candidate, FillPlan, Filled, Placement, Store};

/// Makes contacts of the open debts that a campaign's plan aims at.
///
/// # Errors
/// When the configuration has no such campaign, or the store fails.
pub async fn fill_campaign(store: &Store, config: &Config, name: &str) -> anyhow::Result<Filled> {
    let Some(plan) = config.campaign(name) else {
        let known: Vec<_> = config.campaigns.iter().map(|plan| &*plan.name).collect();
        anyhow::bail!("no campaign {name:?} in the configuration; there are: {}", known.join(", "));
    };
    let now = Clock.wall();
    let campaign = store.campaign(name, now).await?;
    let placing = Placing::of(store, plan, campaign, now).await?;
    Ok(store.fill_campaign(placing.fill(now), |candidate| placing.place(candidate)).await?)
}

/// Where a campaign puts debts.
pub(super) struct Placing<'a> {
    plan: &'a CampaignPlan,
    campaign: CampaignId,
    /// The day that the kinds of debts follow from.
    today: Date,
    /// Of the lots that leave persons alone for comparison.
    seed: u64,
}

impl<'a> Placing<'a> {
    pub async fn of(
        store: &Store,
        plan: &'a CampaignPlan,
        campaign: CampaignId,
        now: Timestamp,
    ) -> anyhow::Result<Self> {
        let today = now.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
        let seed = store.hold_out_seed(campaign, rand::random()).await?;
        Ok(Self { plan, campaign, today, seed })
    }

    pub fn fill(&self, now: Timestamp) -> FillPlan {
        FillPlan { campaign: self.campaign, not_after: self.plan.calendar.not_after, now }
    }

    /// Where the campaign puts a debt. Types that this channel does not serve are held for live agents.
    pub fn place(&self, candidate: &Candidate) -> Placement {
        let plan = self.plan;
        let creditors = &plan.targets.creditors;
        let aimed_at = creditors.is_empty() || creditors.contains(&candidate.creditor);
        if !aimed_at || candidate.creditor == TEST_CREDITOR {
            return Placement::Left;
        }
        let kind = DebtKind::on(candidate.due, self.today, plan.targets.collectible_years);
        if !plan.targets.kinds.contains(&kind) {
            return Placement::Left;
        }
        if !plan.targets.debtor_types.contains(&candidate.debtor_type) {
            return if plan.channel == Channel::Ivr {
                Placement::Held { why: "needs_agent" }
            } else {
                Placement::Left
            };
        }
        if is_held_out(self.seed, self.campaign, candidate.person, plan.limits.hold_out_percent) {
            return Placement::LeftAlone;
        }
        let facts = ScoreFacts {
            amount: candidate.amount,
            debtor_type: candidate.debtor_type,
            kind,
            tries: 0,
            answered_before: false,
        };
        Placement::Queued { score: score(&plan.score, &facts) }
    }
}
