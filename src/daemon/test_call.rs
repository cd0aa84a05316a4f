//! One test call through the gate: the same turn as a campaign's, on a plan made for it.

use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use jiff::ToSpan;

use super::house::{House, Plans};
use super::turn::Turn;
use crate::campaign::{Calendar, CampaignPlan, Hours, Targets};
use crate::domain::{AttemptId, Currency, DebtKind, DebtorType, ImportRow, Language, Money, PhoneNumber};
use crate::rules::{Preset, RuleKind};
use crate::store::{AttemptRow, CampaignState, FillPlan, RulesInForce};

/// What to test, and on whom.
#[derive(Debug, Clone)]
pub struct TestCall {
    pub number: PhoneNumber,
    pub flow: String,
    pub language: Language,
    /// Made-up money of the made-up debt.
    pub amount: Money,
}

/// The campaign that test calls stand under.
const NAME: &str = "test-calls";
const CREDITOR: &str = "Test";

impl TestCall {
    /// Places the call and waits for its end. Gives the attempt as it was written down, or nothing when the rules
    /// denied it.
    ///
    /// # Errors
    /// When the flow is unknown or the store fails.
    pub async fn place(self, house: &Arc<House>) -> anyhow::Result<Option<AttemptRow>> {
        let plans = house.plans.load_full();
        ensure!(plans.config.flows.contains_key(&self.flow), "no flow {:?} in the configuration", self.flow);
        let listed = plans.config.daemon.test_numbers.contains(&self.number);
        let plan = Arc::new(self.plan(&plans.config.campaigns, &plans)?);
        let plans = Arc::new(with_rules(&plans, &plan.preset, listed)?);
        let contact = self.queue(house).await?;
        let loaded = house.store.contacts(vec![contact]).await?.pop().context("the test contact is gone")?;
        let before = last_attempt(house).await?;
        Turn { plan, plans, contact: loaded, seat: None, ticket: None }.take(house).await?;
        let after = house.store.export_attempts(Default::default()).after(before).next_page().await?;
        Ok(after.into_iter().find(|row| row.contact == contact))
    }

    /// The plan of a campaign in the configuration, without its calendar and targets: the rules' window stays.
    fn plan(&self, campaigns: &[Arc<CampaignPlan>], plans: &Plans) -> anyhow::Result<CampaignPlan> {
        let model =
            campaigns.first().context("no campaign in the configuration to take trunks and rules from")?;
        let all_day = Some(Hours { opens: jiff::civil::Time::MIN, closes: jiff::civil::Time::MAX });
        let calendar = Calendar { hours: [all_day; 7], off: Vec::new(), not_before: None, not_after: None };
        let trunks = plans.config.trunks.iter().map(|trunk| Arc::clone(&trunk.name)).collect();
        Ok(CampaignPlan {
            name: NAME.into(),
            flow: self.flow.clone(),
            flow_by_kind: Vec::new(),
            channel: crate::domain::Channel::Ivr,
            dialling: crate::campaign::Dialling::Agentless,
            targets: Targets {
                creditors: Vec::new(),
                debtor_types: DebtorType::ALL.to_vec(),
                kinds: DebtKind::ALL.to_vec(),
                collectible_years: 3,
            },
            trunks,
            calendar,
            ..CampaignPlan::clone(model)
        })
    }

    /// Makes a person and a debt of the number, and queues it.
    async fn queue(&self, house: &House) -> anyhow::Result<crate::domain::ContactId> {
        let now = house.clock.wall();
        let id = format!("test-{}", self.number.digits());
        let due = now.to_zoned_datetime(jiff::tz::TimeZone::UTC).date().checked_add(7.days())?;
        let row = ImportRow {
            line: 1,
            external_id: id.clone(),
            person_id: id.clone(),
            name: None,
            phones: vec![self.number.clone()],
            time_zone: None,
            region: None,
            language: self.language,
            debtor_type: Some(DebtorType::Forgetful),
            creditor: CREDITOR.to_owned(),
            amount: self.amount,
            due,
        };
        house.store.upsert(&[row], now).await?;
        let campaign = house.store.campaign(NAME, now).await?;
        house.store.set_campaign(NAME, CampaignState::Running, now).await?;
        let fill = FillPlan { campaign, not_after: None, now };
        match house.store.queue_debt(fill, CREDITOR, &id, 1).await? {
            Some(contact) => Ok(contact),
            None => bail!("a test call to this number is under way"),
        }
    }
}

/// A test number is exempt from caps and cooldowns, never from holds, windows or the caller number's status. The rules
/// it goes by have a name and a hash of their own, so that the decision shows it.
fn with_rules(plans: &Plans, preset: &str, listed: bool) -> anyhow::Result<Plans> {
    let in_force = plans.rules(preset).context("the campaign's preset is in force")?;
    if !listed {
        return Ok(plans.with_rules(preset, in_force.clone()));
    }
    let counted = |kind: &RuleKind| matches!(kind, RuleKind::Cap { .. } | RuleKind::Cooldown { .. });
    let rules = in_force.preset.rules.iter().filter(|rule| !counted(&rule.kind)).cloned().collect();
    let exempt = Preset { name: format!("{preset} (test number)"), rules, caution: in_force.preset.caution };
    Ok(plans.with_rules(preset, RulesInForce::new(Arc::new(exempt), Arc::clone(&in_force.calendars))))
}

async fn last_attempt(house: &House) -> anyhow::Result<AttemptId> {
    Ok(house.store.last_attempt().await?.unwrap_or(AttemptId(0)))
}

/// The sum a test call speaks when none is given.
pub const SAMPLE_SUM: Money = Money { minor: 123_450, currency: Currency::Rub };
