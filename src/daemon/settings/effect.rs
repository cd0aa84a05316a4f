//! What a change would have done to the last days' calls and would do to the queue: weighed once, beside all other work.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tracing::warn;

use super::{House, as_it_would_be, in_force};
use crate::cli::rules::what_if::{Proposal, Weighed, last_days};
use crate::domain::Language;
use crate::store::ConfigChange;
use crate::web::{Effect, EffectView};

/// So many days back.
const DAYS: u16 = 30;

/// What is weighed now: one change after another.
#[derive(Debug)]
pub struct Effects {
    running: Mutex<HashMap<i64, Arc<Progress>>>,
    turn: Arc<Semaphore>,
}

impl Default for Effects {
    fn default() -> Self {
        Self { running: Mutex::default(), turn: Arc::new(Semaphore::new(1)) }
    }
}

/// Decisions made again, of so many.
#[derive(Debug, Default)]
struct Progress {
    done: AtomicU64,
    all: AtomicU64,
}

impl Effects {
    /// The effect where it is known; else it is being weighed from now on.
    pub fn of(self: &Arc<Self>, house: &Arc<House>, row: &ConfigChange, language: Language) -> EffectView {
        if let Some(effect) = &row.effect {
            return said(effect, language);
        }
        // What was thrown away, or came into force long ago, has nothing to be weighed against.
        if row.applied.is_some() || row.dropped.is_some() {
            return EffectView::Unknown;
        }
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let progress = running.entry(row.id).or_insert_with(|| {
            let progress = Arc::new(Progress::default());
            let (effects, home, row) = (Arc::clone(self), Arc::clone(house), row.clone());
            let its = Arc::clone(&progress);
            let work = async move {
                let stop = home.draining.clone();
                tokio::select! {
                    () = effects.weigh(&home, &row, &its) => {}
                    () = stop.cancelled() => {}
                }
                effects.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&row.id);
            };
            house.helpers.spawn(work);
            progress
        });
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        EffectView::Weighing { done: read(&progress.done), all: read(&progress.all) }
    }

    async fn weigh(&self, house: &House, row: &ConfigChange, progress: &Progress) {
        let Ok(_turn) = self.turn.acquire().await else { return };
        let effect = match figures(house, row, progress).await {
            Ok(effect) => effect,
            Err(fault) => {
                warn!(change = row.id, fault = format!("{fault:#}"), "a change could not be weighed");
                json!({ "fault": true })
            }
        };
        if let Err(fault) = house.store.weigh_config(row.id, effect.to_string()).await {
            warn!(change = row.id, %fault, "what a change would do was not kept");
        }
    }
}

async fn figures(house: &House, row: &ConfigChange, progress: &Progress) -> anyhow::Result<Value> {
    let plans = in_force(house);
    let new = as_it_would_be(house, &row.path, row.becomes.as_deref(), Language::En).await;
    let new = new.map_err(|mistakes| anyhow::anyhow!(mistakes))?;
    let now = house.clock.wall();
    let all = house.store.count_decisions(last_days(DAYS, now)?).await?;
    progress.all.store(all, Ordering::Relaxed);
    let proposal = Proposal::of_folder(&plans.config, &new);
    let weighed =
        Weighed { config: &plans.config, registry: &plans.registry, proposal, new: row.path.clone() };
    let done = || {
        progress.done.fetch_add(1, Ordering::Relaxed);
    };
    let figures = weighed.figures(&house.store, DAYS, now, &done).await?;
    let text = |language| figures.text(language);
    Ok(json!({ "en": text(Language::En), "ru": text(Language::Ru), "figures": figures.json() }))
}

fn said(effect: &str, language: Language) -> EffectView {
    let effect: Value = serde_json::from_str(effect).unwrap_or_default();
    let Some(text) = effect[language.code()].as_str() else { return EffectView::Unknown };
    let figures = &effect["figures"];
    let count = |part: &str, of: &str| figures[part][of].as_u64().unwrap_or(0);
    EffectView::Known(Effect {
        text: text.to_owned(),
        later: count("shift", "later"),
        earlier: count("shift", "earlier"),
        contacts: count("shift", "contacts"),
        refused: (count("not_allowed", "numerator"), count("not_allowed", "denominator")),
        never: (count("never_reachable", "numerator"), count("never_reachable", "denominator")),
    })
}
