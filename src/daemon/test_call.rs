//! One test call through the gate: the same turn as a campaign's, on a plan made for it.

use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use jiff::ToSpan;
use rand::RngExt;

use super::house::{House, Plans};
use super::turn::{Taken, Turn};
use crate::campaign::{Calendar, CampaignPlan, Hours, Retries, Targets};
use crate::config::Config;
use crate::domain::{
    AttemptId, Currency, DebtKind, DebtorType, ImportRow, Language, Money, PhoneNumber, TEST_CREDITOR,
    is_test,
};
use crate::ivr::IdentifiedBy;
use crate::rules::{Preset, RuleKind};
use crate::store::{AttemptRow, CampaignState, FillPlan, PersonFile, RulesInForce};

/// What to test, and on whom.
#[derive(Debug, Clone)]
pub struct TestCall {
    pub number: PhoneNumber,
    /// Where the phone is, if that is known.
    pub zone: Option<String>,
    pub flow: String,
    pub language: Language,
    /// Made-up money of the made-up debt.
    pub amount: Money,
}

/// What came of a test call.
#[derive(Debug)]
pub enum TestCallEnd {
    /// The attempt as it was written down.
    Called(Box<AttemptRow>),
    /// Nobody was called: the code of the reason, or the rule that denied it.
    NotCalled(String),
}

/// The campaign that test calls stand under.
pub const TEST_CAMPAIGN: &str = "test-calls";
/// The creditor as he is spoken of: a test call names an invented one that the shipped packs say.
pub fn said(creditor: &str) -> &str {
    if is_test(creditor) { SAMPLE_CREDITOR } else { creditor }
}

impl TestCall {
    /// Places the call and waits for its end.
    ///
    /// # Errors
    /// When the flow is unknown or the store fails.
    pub async fn place(self, house: &Arc<House>) -> anyhow::Result<TestCallEnd> {
        let plans = house.plans.load_full();
        ensure!(plans.config.flows.contains_key(&self.flow), "no flow {:?} in the configuration", self.flow);
        let listed = plans.config.daemon.test_numbers.contains(&self.number);
        let plan = Arc::new(test_plan(&plans.config, &self.flow)?);
        let plans = Arc::new(with_rules(&plans, &plan.preset, listed)?);
        let person = self.person(house).await?;
        let contact = self.queue(house, person).await?;
        let loaded = house.store.contacts(vec![contact]).await?.pop().context("the test contact is gone")?;
        let before = last_attempt(house).await?;
        let turn =
            Turn { plan, plans, contact: loaded, agreed: None, seat: None, ticket: None, wanted: None };
        if let Taken::NotCalled(why) = turn.take(house).await? {
            return Ok(TestCallEnd::NotCalled(why));
        }
        let after = house.store.export_attempts(Default::default()).after(before).next_page().await?;
        let row = after.into_iter().find(|row| row.contact == contact).context("the attempt is not there")?;
        Ok(TestCallEnd::Called(Box::new(row)))
    }

    /// The id of the person made up for the number, by whom its calls are counted and held: that of the calls before, or a
    /// new one, which tells nothing of the number. A debtor's number is called by campaigns alone, with his ledger and his
    /// holds: a test call would have neither.
    async fn person(&self, house: &House) -> anyhow::Result<String> {
        let files = house.store.person_files(self.number.as_e164()).await?;
        let is_debtors = !files.iter().all(is_made_up);
        ensure!(!is_debtors, "this number is a debtor's: test calls go to numbers of nobody in the lists");
        let known = files.into_iter().next().map(|file| file.external_id);
        let new = || format!("obzvon-test-{:016x}", rand::make_rng::<rand_pcg::Pcg64>().random::<u64>());
        Ok(known.unwrap_or_else(new))
    }

    /// Makes a person and a debt of the number, and queues it.
    async fn queue(&self, house: &House, id: String) -> anyhow::Result<crate::domain::ContactId> {
        let now = house.clock.wall();
        let due = now.to_zoned_datetime(jiff::tz::TimeZone::UTC).date().checked_add(7.days())?;
        let row = ImportRow {
            line: 1,
            external_id: id.clone(),
            person_id: id.clone(),
            name: None,
            phones: vec![self.number.clone()],
            time_zone: self.zone.clone(),
            region: None,
            language: self.language,
            debtor_type: Some(DebtorType::Forgetful),
            creditor: TEST_CREDITOR.to_owned(),
            amount: self.amount,
            due,
        };
        house.store.upsert(&[row], now).await?;
        let campaign = house.store.campaign(TEST_CAMPAIGN, now).await?;
        house.store.set_campaign(TEST_CAMPAIGN, CampaignState::Running, "obzvon", now).await?;
        let fill = FillPlan { campaign, not_after: None, now, hold_out_percent: 0 };
        match house.store.queue_debt(fill, TEST_CREDITOR, &id, 1).await? {
            Some(contact) => Ok(contact),
            None => bail!("a test call to this number is under way"),
        }
    }
}

/// The plan of test calls: that of the first campaign in the configuration, without its calendar and targets. The
/// rules' window stays.
///
/// # Errors
/// When the configuration has no campaign.
pub fn test_plan(config: &Config, flow: &str) -> anyhow::Result<CampaignPlan> {
    let model = config.campaigns.first();
    let model = model.context("no campaign in the configuration to take trunks and rules from")?;
    let all_day = Some(Hours { opens: jiff::civil::Time::MIN, closes: jiff::civil::Time::MAX });
    let calendar = Calendar { hours: [all_day; 7], off: Vec::new(), not_before: None, not_after: None };
    Ok(CampaignPlan {
        is_service: false,
        // The debt is made up.
        identity: IdentifiedBy::Number,
        name: TEST_CAMPAIGN.into(),
        flow: flow.to_owned(),
        flow_by_kind: Vec::new(),
        channel: crate::domain::Channel::Ivr,
        dialling: crate::campaign::Dialling::Agentless,
        targets: Targets {
            creditors: Vec::new(),
            debtor_types: DebtorType::ALL.to_vec(),
            kinds: DebtKind::ALL.to_vec(),
            collectible_years: 3,
        },
        trunks: config.trunks.iter().map(|trunk| Arc::clone(&trunk.name)).collect(),
        calendar,
        // Tests of one number may be many.
        retries: Retries { budget: u8::MAX, ..model.retries.clone() },
        ..CampaignPlan::clone(model)
    })
}

/// The rules of a test call. A number that is `listed` is exempt from caps and cooldowns, never from holds, windows or
/// the caller number's status; its rules have a name of their own, so that the decision shows it.
pub fn test_rules(preset: &Preset, listed: bool) -> Preset {
    if !listed {
        return preset.clone();
    }
    let counted = |kind: &RuleKind| matches!(kind, RuleKind::Cap { .. } | RuleKind::Cooldown { .. });
    let rules = preset.rules.iter().filter(|rule| !counted(&rule.kind)).cloned().collect();
    Preset { name: format!("{} (test number)", preset.name), rules, ..preset.clone() }
}

fn with_rules(plans: &Plans, preset: &str, listed: bool) -> anyhow::Result<Plans> {
    let in_force = plans.rules(preset).context("the campaign's preset is in force")?;
    let rules = Arc::new(test_rules(&in_force.preset, listed));
    Ok(plans.with_rules(preset, RulesInForce::new(rules, Arc::clone(&in_force.calendars))))
}

fn is_made_up(file: &PersonFile) -> bool {
    !file.debts.is_empty() && file.debts.iter().all(|debt| is_test(&debt.creditor))
}

async fn last_attempt(house: &House) -> anyhow::Result<AttemptId> {
    Ok(house.store.last_attempt().await?.unwrap_or(AttemptId(0)))
}

/// The creditor a test call speaks of.
const SAMPLE_CREDITOR: &str = "Северный Банк";

/// The sum a test call speaks when none is given.
pub const SAMPLE_SUM: Money = Money { minor: 123_450, currency: Currency::Rub };
