//! Lists of debtors read in from a screen: sent piece by piece, its columns named, tried without keeping anything, then
//! read in by the code of `obzvon import`.

mod act;
mod draft;
mod list;
mod texts;

use axum::Router;
use axum::body::Bytes;
use serde::Serialize;

use super::Shared;
use crate::domain::Language;
use crate::web::handler::Handler;

pub(in crate::web) use list::document;

/// Who answers for lists that are read in.
#[derive(Debug)]
pub struct ImportHandlers {
    /// Lists that were read in, the newest first.
    pub list: Handler<(), Vec<ImportLine>>,
    /// The same as CSV.
    pub csv: Handler<(), String>,
    pub begin: Handler<NewDraft, Begun>,
    pub piece: Handler<Piece, PieceTaken>,
    pub draft: Handler<DraftAsked, Option<DraftView>>,
    /// Files that lie here, of a user or of everybody, the newest first.
    pub waiting: Handler<Option<String>, Vec<WaitingLine>>,
    pub act: Handler<DraftClick, DraftActed>,
    /// The file of rejected rows; `None`: there is none.
    pub rejected: Handler<DraftAsked, Option<Vec<u8>>>,
}

/// A list that was read in. Counts of rows.
#[derive(Debug, Clone, Serialize)]
pub struct ImportLine {
    pub id: i64,
    pub name: String,
    /// Absent of one that was read in before this was kept.
    pub who: Option<String>,
    pub campaign: Option<String>,
    pub started_at: String,
    /// Absent while its rows are being merged.
    pub ended_at: Option<String>,
    pub rows: Option<u64>,
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub duplicate: Option<u64>,
    pub rejected: Option<u64>,
}

/// A file that somebody is going to send.
#[derive(Debug, Clone)]
pub struct NewDraft {
    pub who: String,
    pub name: String,
    /// Bytes.
    pub size: u64,
}

/// What came of the wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is sent under this key.
    Key(String),
    /// Too many files are under way.
    TooMany,
    /// The folder can't be written.
    NoRoom,
}

/// The bytes of a file from `at` on.
#[derive(Clone)]
pub struct Piece {
    pub key: String,
    pub who: String,
    pub at: u64,
    pub bytes: Bytes,
}

/// Debtors' data: not for logs.
impl std::fmt::Debug for Piece {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Piece")
            .field("at", &self.at)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// What came of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceTaken {
    Taken,
    /// It does not follow what was sent, or is beyond the size that was told.
    OutOfOrder,
    NotThere,
    NoRoom,
}

/// Whose draft, and in which language its faults are told.
#[derive(Debug, Clone)]
pub struct DraftAsked {
    pub key: String,
    pub who: String,
    pub language: Language,
}

/// A file on its way into the lists.
#[derive(Debug, Clone)]
pub struct DraftView {
    pub name: String,
    pub size: u64,
    pub got: u64,
    pub columns: Vec<ColumnView>,
    /// Codes of what a column may mean.
    pub meanings: Vec<&'static str>,
    /// The creditor, where no column names him.
    pub creditor: String,
    pub campaigns: Vec<String>,
    pub stage: DraftStage,
}

/// A column of the file.
#[derive(Clone)]
pub struct ColumnView {
    pub header: String,
    /// What it is taken for; empty: it is passed over.
    pub chosen: &'static str,
    /// The first cells below the header.
    pub cells: Vec<String>,
}

/// Debtors' data: not for logs.
impl std::fmt::Debug for ColumnView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ColumnView")
            .field("header", &self.header)
            .field("chosen", &self.chosen)
            .finish_non_exhaustive()
    }
}

/// How far it is.
#[derive(Debug, Clone)]
pub enum DraftStage {
    /// Not all of it has been sent.
    Coming,
    There,
    Working {
        imports: bool,
        done: u64,
        all: u64,
    },
    Checked(Came),
    Imported(Came),
    /// Nothing of it is kept; says why.
    Failed(String),
}

/// What a trial or an import came to. Counts of rows.
#[derive(Debug, Clone, Default)]
pub struct Came {
    pub rows: u64,
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub duplicate: u64,
    pub rejected: u64,
    /// Parts of telephone cells that are no numbers, in rows that have a sound one.
    pub phones_left_out: u64,
    /// Contacts of the campaign in its queue, and held for agents.
    pub filled: Option<(u64, u64)>,
    pub faulty: Vec<FaultyLine>,
}

/// A rejected row: its line, the debt's id, what is wrong.
#[derive(Clone)]
pub struct FaultyLine {
    pub line: u64,
    pub debt: String,
    pub why: String,
}

/// Debtors' data: not for logs.
impl std::fmt::Debug for FaultyLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FaultyLine").field("line", &self.line).field("why", &self.why).finish_non_exhaustive()
    }
}

/// A click on a draft.
#[derive(Debug, Clone)]
pub struct DraftClick {
    pub key: String,
    pub who: String,
    pub language: Language,
    pub act: DraftAct,
    /// He may remove the files of others.
    pub clears: bool,
}

/// A file that lies here, as it is listed: nothing of what is in it.
#[derive(Debug, Clone)]
pub struct WaitingLine {
    pub key: String,
    pub who: String,
    pub name: String,
    /// Bytes.
    pub size: u64,
    pub begun: String,
    pub stands: WaitingStands,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitingStands {
    Checked,
    Checking,
    Coming,
    Failed,
    Imported,
    Importing,
    There,
}

/// What may be done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftAct {
    /// Read and count all of it, keep nothing. A code for each column in the file's order; empty: it is passed over.
    Check {
        columns: Vec<String>,
        creditor: String,
    },
    Drop,
    /// Read it in as it was checked last.
    Import {
        campaign: Option<String>,
    },
}

/// What came of the click.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftActed {
    Done,
    /// It was not checked, is at work, or the campaign is not in the configuration.
    NotNow,
    NotThere,
}

pub(super) fn routes() -> Router<Shared> {
    list::routes().merge(draft::routes()).merge(act::routes())
}
