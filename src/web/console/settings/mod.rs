//! The configuration's room: a file is edited as text, its change is checked, weighed, put into force and taken back.

mod act;
mod change;
mod diff;
mod edit;
mod list;
mod texts;

use axum::Router;
use jiff::Timestamp;

use super::Shared;
use crate::domain::Language;
use crate::web::handler::Handler;

/// Who answers for the configuration's pages.
#[derive(Debug)]
pub struct ConfigHandlers {
    pub list: Handler<(), ConfigView>,
    /// A file by its path; `None`: it may not be changed here.
    pub file: Handler<String, Option<ConfigFile>>,
    pub propose: Handler<Propose, Proposed>,
    pub change: Handler<(i64, Language), Option<ChangeView>>,
    pub act: Handler<ChangeClick, Changed>,
}

/// The files that may be changed, and what was changed.
#[derive(Debug, Clone)]
pub struct ConfigView {
    /// Of the configuration in force.
    pub version: String,
    pub files: Vec<String>,
    /// The newest first.
    pub changes: Vec<ChangeView>,
}

/// A file as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFile {
    pub path: String,
    /// Tells this text from every other.
    pub mark: String,
    pub is_there: bool,
    pub text: String,
}

/// Another text for a file.
#[derive(Debug, Clone)]
pub struct Propose {
    pub path: String,
    /// The mark of the text that the writer began with.
    pub on: String,
    pub text: String,
    pub who: String,
    pub language: Language,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proposed {
    /// Kept under this number.
    Kept(i64),
    NoFile,
    /// The writer began with another text than the file has by now.
    OnAnother(ConfigFile),
    /// It is the same text.
    Same,
    /// Every mistake, a line each.
    Wrong(String),
}

/// A change. In a list `looser` is empty and `effect` unknown.
#[derive(Debug, Clone)]
pub struct ChangeView {
    pub id: i64,
    /// The node whose folder it is.
    pub node: String,
    pub path: String,
    pub was: Option<String>,
    pub becomes: Option<String>,
    pub loosens: bool,
    pub looser: Vec<String>,
    pub effect: EffectView,
    pub undoes: Option<i64>,
    pub made: (Timestamp, String),
    pub applied: Option<(Timestamp, String)>,
    pub dropped: Option<(Timestamp, String)>,
    /// The file is as this change makes it.
    pub as_it_is: bool,
}

/// What a change would do.
#[derive(Debug, Clone)]
pub enum EffectView {
    Known(Effect),
    /// It could not be weighed, or was not.
    Unknown,
    /// So many decisions of so many are made again.
    Weighing {
        done: u64,
        all: u64,
    },
}

/// The figures of a change; their definitions stand in `text`.
#[derive(Debug, Clone)]
pub struct Effect {
    pub text: String,
    /// Contacts in the queue that would be called later, and earlier, of so many.
    pub later: u64,
    pub earlier: u64,
    pub contacts: u64,
    /// Calls of the last days that would not have been allowed, of all.
    pub refused: (u64, u64),
    /// People who could never be called, of all in the queue.
    pub never: (u64, u64),
}

/// A click on a change.
#[derive(Debug, Clone)]
pub struct ChangeClick {
    pub id: i64,
    pub act: ChangeAct,
    pub who: String,
    pub language: Language,
}

/// What may be done to a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeAct {
    Apply,
    Drop,
    Undo,
}

/// What came of a click.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    Done,
    /// Somebody has changed the file meanwhile.
    FileIsOther,
    /// There is no such change, or it was done before.
    Gone,
    /// Not before it is known what it would do.
    NotWeighed,
    /// The reverse is this change.
    Opened(i64),
    /// It loosens something, so somebody else is to click.
    TakesAnother,
    /// Every mistake, a line each.
    Wrong(String),
}

pub(super) fn routes() -> Router<Shared> {
    list::routes().merge(edit::routes()).merge(change::routes()).merge(act::routes())
}
