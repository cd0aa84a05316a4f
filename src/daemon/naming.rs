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
    /// More came to the campaign meanwhile.
    more: AtomicBool,
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

    /// `None`: they are being said already, and what is lacking is looked up once more before the work ends.
    fn begin(&self, campaign: &str, starts: bool) -> Option<Arc<Work>> {
        let mut works = self.works();
        if let Some(work) = works.get(campaign) {
            work.more.store(true, Ordering::Relaxed);
            return None;
        }
        let work = Arc::new(Work { starts, ..Work::default() });
        works.insert(campaign.to_owned(), Arc::clone(&work));
        Some(work)
    }

    /// Ends the work, if it was stopped or nothing has come meanwhile. `false`: it goes on.
    fn end(&self, campaign: &str, work: &Arc<Work>, stops: bool) -> bool {
        let mut works = self.works();
        if work.more.swap(false, Ordering::Relaxed) && !stops {
            return false;
        }
        if works.get(campaign).is_some_and(|other| Arc::ptr_eq(other, work)) {
            works.remove(campaign);
        }
        true
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

impl Work {
    /// Nobody waits for the rest.
    fn is_over(&self, house: &House) -> bool {
        self.stopped.load(Ordering::Relaxed) || house.draining.is_cancelled()
    }
}

/// What the engines would have to say before this campaign dials; empty: nothing, or that is not known, and nothing waits for
/// it.
pub async fn lacking(house: &House, campaign: &str) -> Vec<Lacking> {
    look_up(house, campaign).await.unwrap_or_else(|fault| {
        warn!(campaign, fault = format!("{fault:#}"), "which names are to be said is not known");
        Vec::new()
    })
}

async fn look_up(house: &House, campaign: &str) -> anyhow::Result<Vec<Lacking>> {
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
        let mut all = all;
        loop {
            if let Err(fault) = say(&house, &campaign, all, &work).await {
                warn!(campaign, fault = format!("{fault:#}"), "names were not said");
            }
            if house.naming.end(&campaign, &work, work.is_over(&house)) {
                break;
            }
            all = lacking(&house, &campaign).await;
        }
        if let NamesFor::Start { who } = why
            && !work.is_over(&house)
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
    work.tried.store(0, Ordering::Relaxed);
    let plans = house.plans.load_full();
    for Lacking { engine, texts } in all {
        let (home, its) = (Arc::clone(house), Arc::clone(work));
        let cache = SentenceCache::below(&plans.config.daemon.data_dir);
        let told = move || {
            its.tried.fetch_add(1, Ordering::Relaxed);
            if its.is_over(&home) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
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
    if work.is_over(house) {
        return Ok(());
    }
    // Who was set aside because nobody could call him by his name has one now. It may be hours later: the plan in force says
    // where he goes.
    let plans = house.plans.load_full();
    retake_unvoiced(&house.store, &plans.config, campaign).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_while_names_are_said_keeps_the_work_going_once_more() {
        let naming = Naming::default();
        let work = naming.begin("reminders", false).expect("the first");
        assert!(naming.begin("reminders", false).is_none());
        assert!(!naming.end("reminders", &work, false), "more has come");
        assert!(naming.end("reminders", &work, false));
        assert!(naming.begin("reminders", false).is_some(), "it has ended");
    }

    #[test]
    fn a_work_that_was_stopped_ends_whatever_has_come() {
        let naming = Naming::default();
        let work = naming.begin("reminders", true).expect("the first");
        assert!(naming.begin("reminders", false).is_none());
        assert!(naming.stop("reminders"));
        assert!(naming.end("reminders", &work, work.stopped.load(Ordering::Relaxed)));
    }
}
