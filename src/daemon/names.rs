//! Which sentences with names an engine has to say before a campaign dials, and when they are no longer needed.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::house::House;
use crate::campaign::CampaignPlan;
use crate::config::Config;
use crate::daemon::Clock;
use crate::domain::{CampaignId, Channel, ContactId, Language, PersonId, PersonName};
use crate::ivr::{Flow, IdentifiedBy, VoicedName};
use crate::speech::{ClipId, EnginePlan, name_sentences, readable_name};
use crate::store::{CampaignState, Store, ToAsk};
use crate::synthesis::{SentenceCache, Swept};

/// How often sentences that nobody needs any more are deleted.
const SWEEP: Duration = Duration::from_secs(24 * 3600);
/// The first time after the start: not while the campaigns are being taken up.
const FIRST_SWEEP: Duration = Duration::from_secs(3600);

/// The sentences in which the flow says a name that a voice of `language` can read.
pub(super) fn name_texts(flow: &Flow, language: Language, readable: &PersonName) -> Vec<String> {
    let prompts = flow.prompts_with_name(language, readable);
    // The checker has refused what has no reading.
    prompts.iter().filter_map(|prompt| name_sentences(prompt).ok()).flatten().collect()
}

/// The name as the engine's voice reads it, with the clips of all the sentences in which the flow says it: only with all of them is
/// he called by his name. `None`: it cannot be read, or the flow does not say it in the engine's language.
pub(super) fn name_clips(
    engine: &EnginePlan,
    flow: &Flow,
    name: &PersonName,
) -> Option<(PersonName, Vec<ClipId>)> {
    let readable = PersonName::new(readable_name(name.reveal(), engine.language)?);
    let texts = name_texts(flow, engine.language, &readable);
    let clips: Vec<_> = texts.iter().map(|text| engine.clip(text)).collect();
    (!clips.is_empty()).then_some((readable, clips))
}

/// The texts that the campaign's flows say with the names of those it may yet call, each once. Persons whose names the
/// engine's voice cannot read have none.
///
/// # Errors
/// When the store fails.
pub async fn wanted_sentences(
    store: &Store,
    config: &Config,
    (campaign, plan): (CampaignId, &CampaignPlan),
    engine: &EnginePlan,
) -> anyhow::Result<BTreeSet<String>> {
    // Who calls back is asked by his name, too.
    let inbound = config.inbound.as_ref().map(|inbound| inbound.flow.as_str());
    let flows: BTreeSet<&str> = plan.flows().chain(inbound).collect();
    let flows: Vec<&Arc<Flow>> = flows.into_iter().filter_map(|flow| config.flows.get(flow)).collect();
    let mut texts = BTreeSet::new();
    let mut after = PersonId(0);
    loop {
        let page = store.names_to_say(campaign, after).await?;
        let Some((last, _)) = page.last() else { return Ok(texts) };
        after = *last;
        for (_, name) in &page {
            let Some(readable) = readable_name(name.reveal(), engine.language) else { continue };
            let readable = PersonName::new(readable);
            for flow in &flows {
                texts.extend(name_texts(flow, engine.language, &readable));
            }
        }
    }
}

/// How many of those whom a campaign may yet call no voice can call by their names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unnamed {
    pub contacts: u64,
    pub of: u64,
}

/// Whom a robot of the campaign would set aside for an agent, because he can't be asked by his name and the campaign wants that.
/// `None`: it does not, or agents ask.
///
/// # Errors
/// When the configuration has no such campaign, or the store fails.
pub async fn unnamed(store: &Store, config: &Config, name: &str) -> anyhow::Result<Option<Unnamed>> {
    let plan = config.campaign(name).with_context(|| format!("no campaign {name:?} in the configuration"))?;
    if plan.channel != Channel::Ivr || plan.identity == IdentifiedBy::Number {
        return Ok(None);
    }
    let campaign = store.campaign(name, Clock.wall()).await?;
    let flows: Vec<&Arc<Flow>> = plan.flows().filter_map(|flow| config.flows.get(flow)).collect();
    let cache = SentenceCache::below(&config.daemon.data_dir);
    let can_be_asked = |asked: &ToAsk| {
        flows.iter().all(|flow| {
            let voiced =
                asked.name.as_ref().and_then(|name| voiced(&config.prompts.engines, flow, name, &cache));
            flow.can_identify(plan.identity, voiced.as_ref(), asked.language)
        })
    };
    let (mut count, mut after) = (Unnamed::default(), ContactId(0));
    loop {
        let page = store.to_ask(campaign, after).await?;
        let Some(last) = page.last() else { return Ok(Some(count)) };
        after = last.contact;
        count.of += page.len() as u64;
        count.contacts += page.iter().filter(|asked| !can_be_asked(asked)).count() as u64;
    }
}

/// The name with the languages in which an engine has said all the flow's sentences with it.
fn voiced(
    engines: &[EnginePlan],
    flow: &Flow,
    name: &PersonName,
    cache: &SentenceCache,
) -> Option<VoicedName> {
    let says = |engine: &EnginePlan| {
        let (readable, clips) = name_clips(engine, flow, name)?;
        clips.iter().all(|clip| cache.has(clip)).then_some((readable, engine.language))
    };
    let (mut names, languages): (Vec<_>, Vec<_>) = engines.iter().filter_map(says).unzip();
    (!names.is_empty()).then(|| VoicedName { name: names.swap_remove(0), languages })
}

/// Deletes every sentence that no open contact of a campaign that may go on needs.
///
/// # Errors
/// When the store or the disk fails; nothing is deleted before the store has told all.
pub async fn sweep_names(store: &Store, config: &Config) -> anyhow::Result<Swept> {
    let mut wanted = HashSet::new();
    for row in store.campaigns().await? {
        let Some(plan) = config.campaign(&row.name).filter(|_| row.state != CampaignState::Stopped) else {
            continue;
        };
        for engine in &config.prompts.engines {
            let texts = wanted_sentences(store, config, (row.id, plan), engine).await?;
            wanted.extend(texts.iter().map(|text| engine.clip(text)));
        }
    }
    let cache = SentenceCache::below(&config.daemon.data_dir);
    let swept = tokio::task::spawn_blocking(move || cache.sweep(&wanted)).await?;
    swept.context("sweeping the sentences with names")
}

/// Sweeps once a day.
pub(super) async fn sweep_daily(house: Arc<House>, stop: CancellationToken) {
    let mut wait = FIRST_SWEEP;
    loop {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => return,
        }
        wait = SWEEP;
        let plans = house.plans.load_full();
        match sweep_names(&house.store, &plans.config).await {
            Ok(swept) => info!(kept = swept.kept, deleted = swept.deleted, "sentences with names were swept"),
            Err(fault) => warn!(fault = format!("{fault:#}"), "sentences with names were not swept"),
        }
    }
}
