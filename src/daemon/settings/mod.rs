//! Configuration files changed from the console: proposed, checked, weighed, put into force, taken back.
//!
//! A change is kept before its file is touched, and the file is written before it is reloaded by SIGHUP's own way. What
//! loosens a limit is put into force by another person than the one who wrote it. One click is dealt with at a time: between
//! a change's last look at its file and the reload nobody else writes.

mod effect;
mod file;

use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;
use tracing::{error, info};

use self::effect::Effects;
use self::file::{put, text_of};
use super::console::answered;
use super::house::{House, Plans};
use crate::cli::check::environment;
use crate::config::{Config, Looser, editable, loosened_by, may_edit};
use crate::domain::Language;
use crate::store::{ConfigChange, NewConfigChange, StoreError};
use crate::web::{
    ChangeAct, ChangeClick, ChangeView, Changed, ConfigFile, ConfigHandlers, ConfigView, EffectView, Propose,
    Proposed,
};

/// Changes that the page has room for.
const SHOWN: u16 = 100;

/// Who answers for the configuration's pages.
pub fn handlers(house: &Arc<House>) -> ConfigHandlers {
    let (effects, turn) = (Arc::new(Effects::default()), Arc::new(Mutex::new(())));
    ConfigHandlers {
        list: answered(house, |house: Arc<House>, ()| async move {
            let files = editable(&house.plans.load().config.dir);
            let changes = house.store.config_changes(SHOWN).await?;
            let version = house.plans.load().config.version.to_string();
            Ok(ConfigView { version, files, changes: changes.iter().map(|row| view_of(row, None)).collect() })
        }),
        file: answered(house, |house: Arc<House>, path: String| async move { Ok(file_of(&house, &path)) }),
        propose: answered(house, |house: Arc<House>, new: Propose| async move { propose(&house, new).await }),
        change: answered(house, move |house: Arc<House>, (id, language): (i64, Language)| {
            let effects = Arc::clone(&effects);
            async move {
                let Some(row) = house.store.config_change(id).await? else { return Ok(None) };
                let effect = effects.of(&house, &row, language);
                let mut view = view_of(&row, Some(effect));
                view.looser = looser_of(&row, language);
                view.as_it_is =
                    text_of(&house.plans.load().config.dir, &row.path).ok().flatten() == row.becomes;
                Ok(Some(view))
            }
        }),
        act: answered(house, move |house: Arc<House>, click: ChangeClick| {
            let turn = Arc::clone(&turn);
            async move {
                // Whoever asked may go away; what was begun is ended.
                let work = house.helpers.spawn({
                    let house = Arc::clone(&house);
                    async move {
                        let _turn = turn.lock().await;
                        act(&house, click).await
                    }
                });
                work.await.unwrap_or(Ok(Changed::Gone))
            }
        }),
    }
}

fn file_of(house: &House, path: &str) -> Option<ConfigFile> {
    if !may_edit(path) {
        return None;
    }
    let text = text_of(&house.plans.load().config.dir, path).ok()?;
    let mark = mark_of(text.as_deref());
    Some(ConfigFile { path: path.to_owned(), mark, is_there: text.is_some(), text: text.unwrap_or_default() })
}

/// Tells one text from another; that there is none, from every text.
fn mark_of(text: Option<&str>) -> String {
    text.map_or_else(
        || "none".to_owned(),
        |text| Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect(),
    )
}

/// A configuration with another text in one file's place, or every mistake in words.
async fn as_it_would_be(
    house: &House,
    path: &str,
    text: Option<&str>,
    language: Language,
) -> Result<Config, String> {
    let dir = house.plans.load().config.dir.clone();
    let (path, text) = (path.to_owned(), text.map(str::to_owned));
    let read = tokio::task::spawn_blocking(move || {
        Config::load_instead(&dir, &environment(), (&path, text.as_deref()))
            .map_err(|problems| problems.render(language))
    });
    read.await.unwrap_or_else(|fault| Err(fault.to_string()))
}

async fn propose(house: &House, new: Propose) -> Result<Proposed, StoreError> {
    let Propose { path, on, text, who, language } = new;
    let Some(file) = file_of(house, &path) else { return Ok(Proposed::NoFile) };
    if file.mark != on {
        return Ok(Proposed::OnAnother(file));
    }
    let was = file.is_there.then_some(file.text);
    // A form's lines end in CR LF, whatever the file's do.
    let text =
        if was.as_ref().is_some_and(|was| was.contains("\r\n")) { text } else { text.replace("\r\n", "\n") };
    if was.as_deref() == Some(text.as_str()) || (was.is_none() && text.trim().is_empty()) {
        return Ok(Proposed::Same);
    }
    let new = match as_it_would_be(house, &path, Some(&text), language).await {
        Ok(new) => new,
        Err(mistakes) => return Ok(Proposed::Wrong(mistakes)),
    };
    let looser = loosened_by(&house.plans.load().config, &new);
    let new = NewConfigChange { path, was, becomes: Some(text), looser: kept(&looser), undoes: None, who };
    keep(house, new).await.map(Proposed::Kept)
}

async fn keep(house: &House, new: NewConfigChange) -> Result<i64, StoreError> {
    let (path, who) = (new.path.clone(), new.who.clone());
    let id = house.store.propose_config(new, house.clock.wall()).await?;
    info!(change = id, path, who, "a change of the configuration is proposed");
    Ok(id)
}

async fn act(house: &House, click: ChangeClick) -> Result<Changed, StoreError> {
    let ChangeClick { id, act, who, language } = click;
    let Some(row) = house.store.config_change(id).await?.filter(|row| row.node == house.store.node()) else {
        return Ok(Changed::Gone);
    };
    match act {
        ChangeAct::Apply => apply(house, &row, &who, language).await,
        ChangeAct::Drop => {
            let dropped = house.store.drop_config(id, &who, house.clock.wall()).await?;
            Ok(if dropped { Changed::Done } else { Changed::Gone })
        }
        ChangeAct::Undo => undo(house, row, who, language).await,
    }
}

async fn apply(
    house: &House,
    row: &ConfigChange,
    who: &str,
    language: Language,
) -> Result<Changed, StoreError> {
    let dir = house.plans.load().config.dir.clone();
    if text_of(&dir, &row.path).ok() != Some(row.was.clone()) {
        return Ok(Changed::FileIsOther);
    }
    if row.effect.is_none() {
        return Ok(Changed::NotWeighed);
    }
    let new = match as_it_would_be(house, &row.path, row.becomes.as_deref(), language).await {
        Ok(new) => new,
        Err(mistakes) => return Ok(Changed::Wrong(mistakes)),
    };
    // Judged against what is in force at this moment, not when it was written.
    let looser = loosened_by(&house.plans.load().config, &new);
    if !looser.is_empty() && row.made.1 == who {
        return Ok(Changed::TakesAnother);
    }
    if !house.store.apply_config(row.id, &kept(&looser), who, house.clock.wall()).await? {
        return Ok(Changed::Gone);
    }
    let written = match put(&dir, &row.path, row.becomes.as_deref()) {
        Ok(()) => house.reload().await,
        Err(fault) => Err(fault.to_string()),
    };
    if let Err(fault) = written {
        error!(change = row.id, fault, "a change of the configuration did not come into force");
        // A file that was not written is there as it was.
        put(&dir, &row.path, row.was.as_deref()).ok();
        house.store.unmark_config(row.id).await?;
        return Ok(Changed::Wrong(fault));
    }
    info!(
        change = row.id,
        path = row.path,
        who,
        loosens = looser.len(),
        "a change of the configuration is in force"
    );
    Ok(Changed::Done)
}

/// The reverse is a change like any other: checked, weighed, and put into force with a click of its own.
async fn undo(
    house: &House,
    row: ConfigChange,
    who: String,
    language: Language,
) -> Result<Changed, StoreError> {
    let dir = house.plans.load().config.dir.clone();
    if row.applied.is_none() {
        return Ok(Changed::Gone);
    }
    if text_of(&dir, &row.path).ok() != Some(row.becomes.clone()) {
        return Ok(Changed::FileIsOther);
    }
    // Clicked twice, it is one.
    let before = house.store.config_reverse(row.id).await?;
    if let Some(same) = before.filter(|it| (&it.was, &it.becomes) == (&row.becomes, &row.was)) {
        return Ok(Changed::Opened(same.id));
    }
    let new = match as_it_would_be(house, &row.path, row.was.as_deref(), language).await {
        Ok(new) => new,
        Err(mistakes) => return Ok(Changed::Wrong(mistakes)),
    };
    let looser = kept(&loosened_by(&house.plans.load().config, &new));
    let (was, becomes, undoes) = (row.becomes, row.was, Some(row.id));
    let reverse = NewConfigChange { path: row.path, was, becomes, looser, undoes, who };
    keep(house, reverse).await.map(Changed::Opened)
}

/// What is loosened as it is kept: pairs of English and Russian.
fn kept(looser: &[Looser]) -> String {
    let said = looser.iter().map(|one| [one.say(Language::En), one.say(Language::Ru)]);
    serde_json::to_string(&said.collect::<Vec<_>>()).expect("text")
}

fn looser_of(row: &ConfigChange, language: Language) -> Vec<String> {
    let said: Vec<[String; 2]> = serde_json::from_str(&row.looser).unwrap_or_default();
    let pick = |[en, ru]: [String; 2]| match language {
        Language::En => en,
        Language::Ru => ru,
    };
    said.into_iter().map(pick).collect()
}

fn view_of(row: &ConfigChange, effect: Option<EffectView>) -> ChangeView {
    ChangeView {
        id: row.id,
        node: row.node.clone(),
        path: row.path.clone(),
        was: row.was.clone(),
        becomes: row.becomes.clone(),
        loosens: row.looser != "[]",
        looser: Vec::new(),
        effect: effect.unwrap_or(EffectView::Weighing { done: 0, all: 0 }),
        undoes: row.undoes,
        made: row.made.clone(),
        applied: row.applied.clone(),
        dropped: row.dropped.clone(),
        as_it_is: false,
    }
}

/// The rules in force and what the effect is weighed with, taken once.
fn in_force(house: &House) -> Arc<Plans> {
    house.plans.load_full()
}
