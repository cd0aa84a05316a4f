//! Which debts a campaign calls about, and where each stands at first.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::campaign::{CampaignPlan, ScoreFacts, score};
use crate::config::Config;
use crate::daemon::Clock;
use crate::daemon::test_call::SAMPLE_SUM;
use crate::daemon::voice::Packs;
use crate::domain::{CampaignId, Channel, Currency, DebtKind, Language, Money, PersonName, is_made_up};
use crate::ivr::{Flow, VoicedName};
use crate::speech::LARGEST_SUM;
use crate::stats::is_held_out;
use crate::store::{
    CampaignState, Candidate, FillPlan, Filled, NEEDS_AGENT, Placement, Store, ToTell, UNNAMED, UNSPEAKABLE,
};

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
    let mut placing = Placing::of(store, config, plan, campaign, now).await?;
    let fill = placing.fill(now);
    retake(store, campaign, &mut placing, now).await?;
    Ok(store.fill_campaign(fill, |candidate| placing.place(candidate)).await?)
}

/// Takes those into the queue again who are held for want of words or of a name: engines and packs have learnt some. A campaign
/// that was stopped for good is left as it is.
///
/// # Errors
/// When the configuration has no such campaign, or the store fails.
pub async fn retake_unvoiced(store: &Store, config: &Config, name: &str) -> anyhow::Result<()> {
    let plan = config.campaign(name).with_context(|| format!("no campaign {name:?} in the configuration"))?;
    let now = Clock.wall();
    let campaign = store.campaign(name, now).await?;
    let rows = store.campaigns().await?;
    if rows.iter().any(|row| row.id == campaign && row.state == CampaignState::Stopped) {
        return Ok(());
    }
    let mut placing = Placing::of(store, config, plan, campaign, now).await?;
    retake(store, campaign, &mut placing, now).await
}

async fn retake(
    store: &Store,
    campaign: CampaignId,
    placing: &mut Placing<'_>,
    now: Timestamp,
) -> anyhow::Result<()> {
    let for_voice = |why: &str| why == UNNAMED || why == UNSPEAKABLE;
    if store.why_not(campaign).await?.iter().any(|total| for_voice(&total.why)) {
        store.replan(placing.fill(now), |candidate| placing.place(candidate)).await?;
    }
    Ok(())
}

/// The creditors of the campaign's open contacts whose debts our voice cannot tell, by the debtors' language.
///
/// # Errors
/// When the configuration has no such campaign, a pack's manifest can't be read, or the store fails.
pub async fn untellable(store: &Store, config: &Config, name: &str) -> anyhow::Result<Vec<ToTell>> {
    debts_beyond(Telling::of, store, config, name).await
}

/// The creditors of a campaign for agents whose debtors, calling back, hear the neutral word of strangers, by the debtors'
/// language: no pack can tell them the debt.
///
/// # Errors
/// As [`untellable`].
pub async fn untold_to_callers(store: &Store, config: &Config, name: &str) -> anyhow::Result<Vec<ToTell>> {
    debts_beyond(Telling::to_callers, store, config, name).await
}

/// The campaign's debts that are beyond our voice.
async fn debts_beyond(
    telling: fn(&Config, &CampaignPlan) -> anyhow::Result<Telling>,
    store: &Store,
    config: &Config,
    name: &str,
) -> anyhow::Result<Vec<ToTell>> {
    let plan = config.campaign(name).with_context(|| format!("no campaign {name:?} in the configuration"))?;
    let campaign = store.campaign(name, Clock.wall()).await?;
    let mut telling = telling(config, plan)?;
    let mut all = store.debts_to_tell(campaign, LARGEST_SUM).await?;
    all.retain(|debts| !telling.can_tell(debts.language, &debts.creditor, debts.amount));
    // One warning a creditor, though sums of every size are beyond our voice.
    all.dedup_by(|larger, debts| {
        let of = |debts: &ToTell| (debts.language, debts.amount.currency);
        let alike = debts.creditor == larger.creditor && of(debts) == of(larger);
        debts.contacts += if alike { larger.contacts } else { 0 };
        alike
    });
    Ok(all)
}

/// What our voice lacks for a campaign before any list is read: the creditors that its plan names whose debts it cannot
/// tell in the campaign's language; one without a name where it cannot even tell a sum of the import's currency.
///
/// # Errors
/// When a pack's manifest can't be read.
pub fn unspoken_creditors(config: &Config, plan: &CampaignPlan) -> anyhow::Result<Vec<String>> {
    unspoken(Telling::of(config, plan)?, config, plan)
}

/// The same of what is told to those who call back about a campaign for agents.
///
/// # Errors
/// As [`unspoken_creditors`].
pub fn unspoken_to_callers(config: &Config, plan: &CampaignPlan) -> anyhow::Result<Vec<String>> {
    unspoken(Telling::to_callers(config, plan)?, config, plan)
}

fn unspoken(mut telling: Telling, config: &Config, plan: &CampaignPlan) -> anyhow::Result<Vec<String>> {
    let sum = Money::new(SAMPLE_SUM.minor, config.import.currency);
    if !telling.can_tell(plan.language, "", sum) {
        return Ok(vec![String::new()]);
    }
    let named = plan.targets.creditors.iter().filter(|name| !is_made_up(name));
    Ok(named.filter(|name| !telling.can_tell(plan.language, name, sum)).cloned().collect())
}

/// Whether the flows of a campaign can be said, by creditor.
struct Telling {
    packs: Packs,
    flows: Vec<Arc<Flow>>,
    /// What is known already: numbers are in every pack, so an amount is as good as another of its currency, up to the
    /// largest (`true` above it).
    known: HashMap<(Language, String, Currency, bool), bool>,
}

impl Telling {
    /// Empty of flows where the flow does not tell the debt but an agent.
    fn of(config: &Config, plan: &CampaignPlan) -> anyhow::Result<Self> {
        let by_flow = plan.channel == Channel::Ivr;
        let flows = plan.flows().filter(|_| by_flow).filter_map(|flow| config.flows.get(flow)).cloned();
        Ok(Self { packs: Packs::read(&config.prompts)?, flows: flows.collect(), known: HashMap::new() })
    }

    /// What the debtors of a campaign hear when they call back. Of one that is told by flows no other debts are called about
    /// than those that can be told.
    fn to_callers(config: &Config, plan: &CampaignPlan) -> anyhow::Result<Self> {
        let by_agent = plan.channel != Channel::Ivr;
        let inbound = config.inbound.as_ref().filter(|_| by_agent);
        let flow = inbound.and_then(|inbound| config.flows.get(&inbound.flow)).cloned();
        let flows = flow.into_iter().collect();
        Ok(Self { packs: Packs::read(&config.prompts)?, flows, known: HashMap::new() })
    }

    fn can_tell(&mut self, language: Language, creditor: &str, amount: Money) -> bool {
        let (packs, flows) = (&self.packs, &self.flows);
        let tells = || flows.iter().all(|flow| packs.can_tell(flow, language, creditor, amount));
        let key = (language, creditor.to_owned(), amount.currency, amount.minor > LARGEST_SUM);
        *self.known.entry(key).or_insert_with(tells)
    }
}

/// Where a campaign puts debts.
pub(super) struct Placing<'a> {
    plan: &'a CampaignPlan,
    campaign: CampaignId,
    /// The day that the kinds of debts follow from.
    today: Date,
    /// Of the lots that leave persons alone for comparison.
    seed: u64,
    telling: Telling,
    /// Any name, in every language that has an engine.
    anybody: VoicedName,
}

impl<'a> Placing<'a> {
    pub async fn of(
        store: &Store,
        config: &Config,
        plan: &'a CampaignPlan,
        campaign: CampaignId,
        now: Timestamp,
    ) -> anyhow::Result<Self> {
        let today = now.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
        let seed = store.hold_out_seed(campaign, rand::random()).await?;
        let languages = config.prompts.engines.iter().map(|engine| engine.language).collect();
        let anybody = VoicedName { name: PersonName::new(""), languages };
        Ok(Self { plan, campaign, today, seed, telling: Telling::of(config, plan)?, anybody })
    }

    pub fn fill(&self, now: Timestamp) -> FillPlan {
        FillPlan {
            campaign: self.campaign,
            not_after: self.plan.calendar.not_after,
            now,
            hold_out_percent: self.plan.limits.hold_out_percent,
        }
    }

    /// Where the campaign puts a debt. Types that this channel does not serve are held for live agents,
    /// and debts that our voice cannot tell, or of whom it has no engine to call by name, until it can.
    pub fn place(&mut self, candidate: &Candidate) -> Placement {
        let plan = self.plan;
        let creditors = &plan.targets.creditors;
        let aimed_at = creditors.is_empty() || creditors.contains(&candidate.creditor);
        // The contacts of a service campaign come with the warning, not from the lists.
        if plan.is_service || !aimed_at || is_made_up(&candidate.creditor) {
            return Placement::Left;
        }
        let kind = DebtKind::on(candidate.due, self.today, plan.targets.collectible_years);
        if !plan.targets.kinds.contains(&kind) {
            return Placement::Left;
        }
        if !plan.targets.debtor_types.contains(&candidate.debtor_type) {
            return if plan.channel == Channel::Ivr {
                Placement::Held { why: NEEDS_AGENT }
            } else {
                Placement::Left
            };
        }
        // Before the lot: whom we could not call is in neither arm.
        if !self.telling.can_tell(candidate.language, &candidate.creditor, candidate.amount) {
            return Placement::Held { why: UNSPEAKABLE };
        }
        if plan.channel == Channel::Ivr && !self.may_be_asked(candidate.language) {
            return Placement::Held { why: UNNAMED };
        }
        let percent = plan.limits.hold_out_percent;
        let drawn = || is_held_out(self.seed, self.campaign, candidate.person, percent);
        // Who was drawn stays in his arm when the share changes.
        if candidate.lot.map_or_else(drawn, |lot| lot.left_alone) {
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

    /// Whether one of the campaign's flows could ask a debtor of this language who he is, once an engine has said his name. For
    /// whom it has not said it, the turn decides.
    fn may_be_asked(&self, language: Language) -> bool {
        let asks = |flow: &Arc<Flow>| flow.can_identify(self.plan.identity, Some(&self.anybody), language);
        self.telling.flows.iter().any(asks)
    }
}
