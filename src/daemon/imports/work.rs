//! A list tried or read in, beside whoever asked for it: he may go away, what was begun is ended.

use std::fs;
use std::sync::Arc;

use tracing::{info, warn};

use super::drafts::{Drafts, Stage};
use crate::cli::import::{Job, Ordered, Reading, Told, compare, stage_and_merge};
use crate::daemon::fill_campaign;
use crate::daemon::house::House;
use crate::daemon::naming::{NamesFor, lacking, say_names};
use crate::domain::Language;
use crate::domain::import_row::Upserted;
use crate::import::{ImportFault, Options, Preset};
use crate::store::Filled;

/// What a trial or an import came to.
#[derive(Debug)]
pub struct Ended {
    pub read: Reading,
    pub upserted: Upserted,
    /// Where a campaign was filled.
    pub filled: Option<Filled>,
}

/// Begins to try the list. `false`: not now.
pub fn check(house: &Arc<House>, drafts: &Arc<Drafts>, key: &str, language: Language) -> bool {
    let Some((_, preset)) = drafts.begin_work(key, false) else { return false };
    let Some(job) = job(house, drafts, key, preset, language) else { return true };
    let (house, drafts, key) = (Arc::clone(house), Arc::clone(drafts), key.to_owned());
    let keeper = Arc::clone(&house);
    keeper.helpers.spawn(async move {
        let done = compare(&house.store, job, told(&drafts, &key)).await;
        end(
            &drafts,
            &key,
            done.map(|done| {
                done.map(|(read, upserted)| Stage::Checked(Ended { read, upserted, filled: None }))
            }),
        );
    });
    true
}

/// Begins to read the list in as it was checked. `false`: not now.
pub fn import(
    house: &Arc<House>,
    drafts: &Arc<Drafts>,
    key: &str,
    campaign: Option<String>,
    language: Language,
) -> bool {
    let who = drafts.owner(key);
    let Some((name, preset)) = drafts.begin_work(key, true) else { return false };
    let Some(job) = job(house, drafts, key, preset, language) else { return true };
    let ordered = Ordered { name, who, campaign };
    let (house, drafts, key) = (Arc::clone(house), Arc::clone(drafts), key.to_owned());
    let keeper = Arc::clone(&house);
    keeper.helpers.spawn(async move {
        let done = read_in(&house, job, ordered, told(&drafts, &key)).await;
        end(&drafts, &key, done.map(|done| done.map(Stage::Imported)));
    });
    true
}

async fn read_in(
    house: &Arc<House>,
    job: Job,
    ordered: Ordered,
    told: Told,
) -> anyhow::Result<Result<Ended, ImportFault>> {
    let (who, campaign) = (ordered.who.clone(), ordered.campaign.clone());
    let (read, upserted) = match stage_and_merge(&house.store, job, ordered, told).await? {
        Ok(done) => done,
        Err(fault) => return Ok(Err(fault)),
    };
    let plans = house.plans.load_full();
    let filled = match &campaign {
        Some(name) => {
            let filled = fill_campaign(&house.store, &plans.config, name).await?;
            let lacking = lacking(house, name).await;
            say_names(house, name, lacking, NamesFor::Contacts);
            Some(filled)
        }
        None => None,
    };
    info!(
        who,
        campaign,
        rows = read.counts.rows,
        new = upserted.new,
        rejected = read.counts.rejected,
        "a list is read in"
    );
    Ok(Ok(Ended { read, upserted, filled }))
}

/// What is to be read; `None`: it can't be, which the draft says then.
fn job(house: &House, drafts: &Drafts, key: &str, preset: Preset, language: Language) -> Option<Job> {
    let rejected = drafts.rejected_path(key);
    // Of an earlier trial: one that rejects nothing leaves none.
    fs::remove_file(&rejected).ok();
    let plans = house.plans.load();
    let given = &plans.config.import;
    match Options::new(preset, &given.region, given.currency, given.language) {
        Ok(options) => Some(Job { file: drafts.path(key), options, rejected, language }),
        Err(fault) => {
            drafts.end_work(key, Stage::Faulty(Arc::new(fault)));
            None
        }
    }
}

fn told(drafts: &Arc<Drafts>, key: &str) -> Told {
    let (drafts, key) = (Arc::clone(drafts), key.to_owned());
    Told::new(move |done, all| drafts.told(&key, done, all))
}

fn end(drafts: &Drafts, key: &str, done: anyhow::Result<Result<Stage, ImportFault>>) {
    let stage = match done {
        Ok(Ok(stage)) => stage,
        Ok(Err(fault)) => Stage::Faulty(Arc::new(fault)),
        Err(fault) => {
            warn!(%fault, "a list was not read");
            Stage::Broken
        }
    };
    drafts.end_work(key, stage);
}
