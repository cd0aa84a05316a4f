//! Names before calls: what a campaign's flows say with them is said by the engines before the console's start dials.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context;
use tracing::{info, warn};

use super::house::House;
use super::names::wanted_sentences;
use super::queue::retake_unvoiced;
use crate::domain::Language;
use crate::speech::EnginePlan;
use crate::store::CampaignState;
use crate::synthesis::{SentenceCache, prepare};

/// The campaigns whose names are being said.
#[derive(Debug, Default)]
pub struct Naming {
    works: Mutex<BTreeMap<String, Arc<Work>>>,
}

/// One campaign's names.
#[derive(Debug, Default)]
struct Work {
    /// The campaign starts afterwards.
    starts: bool,
    /// Sentences that were lacking, and those tried.
    lacking: AtomicU64,
    tried: AtomicU64,
    stopped: AtomicBool,
}

/// Why a campaign's names are said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamesFor {
    /// It starts when they are there, by the click of this user.
    Start { who: String },
    /// Contacts have come to it.
    Contacts,
}

impl Naming {
    /// Has the work on a campaign's names end after the sentences at hand; `false`: there is none.
    pub fn stop(&self, campaign: &str) -> bool {
        let work = self.works().remove(campaign);
        work.as_ref().inspect(|work| work.stopped.store(true, Ordering::Relaxed)).is_some()
    }

    /// How far it is, for people; empty when nothing is being said.
    pub fn text(&self, campaign: &str, language: Language) -> String {
        let works = self.works();
        let Some(work) = works.get(campaign) else { return String::new() };
        let [tried, lacking] = [&work.tried, &work.lacking].map(|count| count.load(Ordering::Relaxed));
        let (said, hurry) = match language {
            Language::En => {
                (format!("names: {tried} of {lacking} said"), "; start once more: begin without the rest")
            }
            Language::Ru => {
                (format!("имена: озвучено {tried} из {lacking}"), "; пуск ещё раз — начать без остальных")
            }
        };
        said + if work.starts { hurry } else { "" } + "\n"
    }

    /// `None`: they are being said already.
    fn begin(&self, campaign: &str, starts: bool) -> Option<Arc<Work>> {
        let mut works = self.works();
        if works.contains_key(campaign) {
            return None;
        }
        let work = Arc::new(Work { starts, ..Work::default() });
        works.insert(campaign.to_owned(), Arc::clone(&work));
        Some(work)
    }

    fn end(&self, campaign: &str, work: &Arc<Work>) {
        let mut works = self.works();
        if works.get(campaign).is_some_and(|other| Arc::ptr_eq(other, work)) {
            works.remove(campaign);
        }
    }

    fn works(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Work>>> {
        self.works.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one engine has not said yet of a campaign's sentences with names.
#[derive(Debug)]
pub struct Lacking {
    engine: EnginePlan,
    texts: Vec<String>,
}

/// What the engines would have to say before this campaign dials; empty: nothing.
///
/// # Errors
/// When the configuration has no such campaign, or the store or the reading of the disk fails.
pub async fn lacking(house: &House, campaign: &str) -> anyhow::Result<Vec<Lacking>> {
    let plans = house.plans.load_full();
    let plan = plans.config.campaign(campaign).context("the configuration has no such campaign")?;
    let id = house.store.campaign(campaign, house.clock.wall()).await?;
    let mut all = Vec::new();
    for engine in &plans.config.prompts.engines {
        let texts = wanted_sentences(&house.store, &plans.config, (id, plan), engine).await?;
        let (engine, cache) = (engine.clone(), SentenceCache::below(&plans.config.daemon.data_dir));
        let lacks = move || {
            let texts: Vec<_> = texts.into_iter().filter(|text| !cache.has(&engine.clip(text))).collect();
            Lacking { engine, texts }
        };
        let lacking = tokio::task::spawn_blocking(lacks).await?;
        all.extend((!lacking.texts.is_empty()).then_some(lacking));
    }
    Ok(all)
}

/// Has the engines say in the background what the campaign lacks. What cannot be said is left out of its calls.
pub fn say_names(house: &Arc<House>, campaign: &str, all: Vec<Lacking>, why: NamesFor) {
    let starts = matches!(why, NamesFor::Start { .. });
    let Some(work) = house.naming.begin(campaign, starts) else { return };
    let (house, campaign) = (Arc::clone(house), campaign.to_owned());
    house.clone().helpers.spawn(async move {
        if let Err(fault) = say(&house, &campaign, all, &work).await {
            warn!(campaign, fault = format!("{fault:#}"), "names were not said");
        }
        house.naming.end(&campaign, &work);
        let goes_on = !work.stopped.load(Ordering::Relaxed) && !house.draining.is_cancelled();
        if let NamesFor::Start { who } = why
            && goes_on
        {
            match house.store.set_campaign(&campaign, CampaignState::Running, &who, house.clock.wall()).await
            {
                Ok(moved) => info!(campaign, who, moved, "a campaign's names are said: it starts"),
                Err(fault) => {
                    warn!(campaign, fault = %fault, "a campaign whose names are said did not start");
                }
            }
        }
    });
}

async fn say(house: &Arc<House>, campaign: &str, all: Vec<Lacking>, work: &Arc<Work>) -> anyhow::Result<()> {
    let count: usize = all.iter().map(|lacking| lacking.texts.len()).sum();
    work.lacking.store(count as u64, Ordering::Relaxed);
    let plans = house.plans.load_full();
    for Lacking { engine, texts } in all {
        let (house, work) = (Arc::clone(house), Arc::clone(work));
        let cache = SentenceCache::below(&plans.config.daemon.data_dir);
        let told = move || {
            work.tried.fetch_add(1, Ordering::Relaxed);
            let goes_on = !work.stopped.load(Ordering::Relaxed) && !house.draining.is_cancelled();
            if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        let (language, count) = (engine.language, texts.len());
        let said = tokio::task::spawn_blocking(move || prepare(&engine, texts, &cache, told)).await?;
        let said = said.context("keeping a sentence with a name")?;
        let fault = said.fault.map(|fault| format!("{:#}", anyhow::Error::from(fault)));
        info!(
            campaign,
            language = language.code(),
            lacking = count,
            said.made,
            said.failed,
            fault,
            "names were said"
        );
    }
    // Who was set aside because nobody could call him by his name has one now.
    retake_unvoiced(&house.store, &plans.config, campaign).await
}
