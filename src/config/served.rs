//! Whether there is an agent for everybody whom a campaign calls: nobody is dialled for whom there is none.

use std::sync::Arc;

use super::load::Listed;
use super::plan::AgentsConfig;
use super::read::{Mistake, Reading};
use crate::agents::{Caller, Plan, Skill};
use crate::campaign::CampaignPlan;
use crate::rules::spot::Spot;

/// Doubts each key of the campaign that no agent's skills are enough for. Without agents in the file nobody is sought.
pub fn check(reading: &Reading<'_>, agents: &AgentsConfig, Listed { path, plan }: &Listed) {
    let Some(calls) = plan.dialling.agents().filter(|calls| agents.plan.queues.contains_key(&calls.queue))
    else {
        return;
    };
    if agents.plan.agents.is_empty() {
        return;
    }
    for (key, caller) in callers(&agents.plan, plan) {
        let (lacks, is_there) = agents.plan.scarce(&calls.queue, &caller);
        if !is_there && !lacks.is_empty() {
            let campaign = format!("campaign.{}", plan.name);
            reading.doubt_spot(path, &campaign, &Spot::default().then(key), nobody(&lacks));
        }
    }
}

/// Whom the campaign calls by its file, with the key that says so: one of each kind that asks something of its own.
fn callers(agents: &Plan, plan: &CampaignPlan) -> Vec<(&'static str, Caller)> {
    let caller = |creditor: Option<&Arc<str>>, debtor_type| Caller {
        language: plan.language,
        creditor: creditor.cloned(),
        debtor_type,
        promised_to: None,
    };
    let specialists = &agents.specialist_types;
    let ordinary = plan.targets.debtor_types.iter().find(|one| !specialists.contains(one));
    let special = plan.targets.debtor_types.iter().filter(|one| specialists.contains(one));
    let all = &plan.targets.creditors;
    let exclusive = agents
        .exclusive_creditors
        .iter()
        .filter(|one| all.is_empty() || all.iter().any(|name| **name == ***one));
    let usual = ordinary.or(plan.targets.debtor_types.first()).copied();
    let mut callers: Vec<_> = ordinary.map(|&one| ("language", caller(None, one))).into_iter().collect();
    callers.extend(special.map(|&one| ("debtor_types", caller(None, one))));
    callers.extend(
        usual
            .into_iter()
            .flat_map(|one| exclusive.clone().map(move |name| (name, one)))
            .map(|(name, one)| ("creditors", caller(Some(name), one))),
    );
    callers
}

fn nobody(lacks: &[Skill]) -> Mistake {
    let skills = lacks.iter().map(|skill| format!("`{skill}`")).collect::<Vec<_>>().join(", ");
    Mistake::Foreign {
        code: "no_such_agent",
        en: format!(
            "no agent of agents.toml has {skills} at once: nobody who asks for that is called until one has"
        ),
        ru: format!(
            "ни у одного оператора в agents.toml нет сразу {skills}: кому это нужно, тем не звоним, пока такого оператора нет"
        ),
    }
}
