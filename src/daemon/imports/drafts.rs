//! Files that were sent to this node and are not read in yet: debtors' data in a folder that nobody else may read, for a
//! day at most, and gone with the daemon's next start.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tracing::warn;

use super::work::Ended;
use crate::import::{Column, Expect, Glimpse, ImportFault, Meaning, Preset, Skip, glimpse};
use crate::web::{Begun, NewDraft, Piece, PieceTaken};

/// Files of one user under way at once, those of all, and how long one is kept.
const MOST: usize = 8;
const MOST_OF_ALL: usize = 64;
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// A file on its way into the lists.
#[derive(Debug)]
pub struct Draft {
    pub who: String,
    pub name: String,
    /// Bytes, as it was told and as they came.
    pub size: u64,
    pub got: u64,
    /// A piece is being written.
    taking: bool,
    pub begun: Timestamp,
    /// Each with what it is taken for; `None`: it is passed over.
    pub columns: Vec<(Glimpse, Option<Column>)>,
    /// The creditor, where no column names him.
    pub creditor: String,
    pub stage: Stage,
}

/// How far it is.
#[derive(Debug)]
pub enum Stage {
    Coming,
    There,
    Working {
        imports: bool,
        done: u64,
        all: u64,
    },
    Checked(Ended),
    Imported(Ended),
    Faulty(Arc<ImportFault>),
    /// The store failed.
    Broken,
}

impl Draft {
    /// How its columns are to be read.
    pub fn preset(&self) -> Preset {
        let meaning = |(column, chosen): &(Glimpse, Option<Column>)| {
            (column.header.clone(), chosen.map_or(Meaning::Skip(Skip::Skip), Meaning::Column))
        };
        Preset {
            creditor: Some(self.creditor.clone()).filter(|creditor| !creditor.is_empty()),
            columns: self.columns.iter().map(meaning).collect(),
            ..Preset::default()
        }
    }

    fn works(&self) -> bool {
        matches!(self.stage, Stage::Working { .. })
    }
}

/// The drafts of this node, by their keys.
#[derive(Debug)]
pub struct Drafts {
    folder: PathBuf,
    all: Mutex<HashMap<String, Draft>>,
}

impl Drafts {
    pub fn new(folder: PathBuf) -> Self {
        match fs::remove_dir_all(&folder) {
            Err(fault) if fault.kind() != io::ErrorKind::NotFound => {
                warn!(%fault, "lists that were sent and not read in can't be deleted");
            }
            _ => {}
        }
        Self { folder, all: Mutex::default() }
    }

    /// Makes room for a file.
    pub async fn begin(&self, new: NewDraft, now: Timestamp) -> Begun {
        let (old, is_refused) = {
            let mut all = self.lock();
            let has =
                |all: &HashMap<String, Draft>| all.values().filter(|draft| draft.who == new.who).count();
            let is_full = has(&all) >= MOST;
            let is_old = |draft: &Draft| {
                // What was read in stands among the lists: it makes room for the next one.
                let is_done = is_full && draft.who == new.who && matches!(draft.stage, Stage::Imported(_));
                is_done || !draft.works() && now.duration_since(draft.begun) > KEPT
            };
            let old: Vec<String> =
                all.iter().filter(|(_, draft)| is_old(draft)).map(|(key, _)| key.clone()).collect();
            all.retain(|_, draft| !is_old(draft));
            let is_refused = has(&all) >= MOST || all.len() >= MOST_OF_ALL;
            (old, is_refused)
        };
        for key in old {
            self.forget_files(&key);
        }
        if is_refused {
            return Begun::TooMany;
        }
        let key = format!("{:032x}", rand::random::<u128>());
        let (folder, path) = (self.folder.clone(), self.path(&key));
        let made = tokio::task::spawn_blocking(move || {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
            File::options().write(true).create_new(true).mode(0o600).open(path)
        });
        if let Err(fault) = made.await.unwrap_or_else(|fault| Err(io::Error::other(fault))) {
            warn!(%fault, "a list can't be taken");
            return Begun::NoRoom;
        }
        let NewDraft { who, name, size } = new;
        let (columns, creditor, stage) = (Vec::new(), String::new(), Stage::Coming);
        let draft = Draft { who, name, size, got: 0, taking: false, begun: now, columns, creditor, stage };
        self.lock().insert(key.clone(), draft);
        Begun::Key(key)
    }

    /// Writes the next piece; with the last one the file's beginning is read.
    pub async fn take(&self, piece: Piece) -> PieceTaken {
        let Piece { key, who, at, bytes } = piece;
        let whole = {
            let mut all = self.lock();
            let Some(draft) = all.get_mut(&key).filter(|draft| draft.who == who) else {
                return PieceTaken::NotThere;
            };
            let end = at.saturating_add(bytes.len() as u64);
            let follows = matches!(draft.stage, Stage::Coming) && !draft.taking && draft.got == at;
            if !follows || bytes.is_empty() || end > draft.size {
                return PieceTaken::OutOfOrder;
            }
            draft.taking = true;
            end == draft.size
        };
        let (path, length) = (self.path(&key), bytes.len() as u64);
        let written = tokio::task::spawn_blocking(move || {
            let mut file = File::options().write(true).open(&path)?;
            file.seek(SeekFrom::Start(at))?;
            file.write_all(&bytes)?;
            Ok(whole.then(|| glimpse(&path, &Expect::default())))
        });
        let written = written.await.unwrap_or_else(|fault| Err(io::Error::other(fault)));
        let mut all = self.lock();
        let Some(draft) = all.get_mut(&key) else { return PieceTaken::NotThere };
        draft.taking = false;
        match written {
            Err(fault) => {
                warn!(%fault, "a piece of a list can't be written");
                return PieceTaken::NoRoom;
            }
            Ok(None) => {}
            Ok(Some(Err(fault))) => draft.stage = Stage::Faulty(Arc::new(fault)),
            // Nothing could be named.
            Ok(Some(Ok(columns))) if columns.is_empty() => {
                draft.stage = Stage::Faulty(Arc::new(ImportFault::Empty));
            }
            Ok(Some(Ok(columns))) => {
                draft.columns = columns.into_iter().map(|column| (column.clone(), column.guess)).collect();
                draft.stage = Stage::There;
            }
        }
        draft.got += length;
        PieceTaken::Taken
    }

    /// Takes what the columns are said to mean. `false`: it is at work, or they are not its columns.
    pub fn name_columns(&self, key: &str, codes: &[String], creditor: String) -> bool {
        let mut all = self.lock();
        let Some(draft) = all.get_mut(key).filter(|draft| !draft.works()) else { return false };
        if codes.len() != draft.columns.len() || matches!(draft.stage, Stage::Imported(_)) {
            return false;
        }
        let column = |code: &String| Column::ALL.into_iter().find(|column| column.code() == code);
        for ((_, chosen), code) in draft.columns.iter_mut().zip(codes) {
            *chosen = column(code);
        }
        draft.creditor = creditor;
        true
    }

    /// Begins work on it, where its stage allows; gives its name and how it is to be read.
    pub fn begin_work(&self, key: &str, imports: bool) -> Option<(String, Preset)> {
        let mut all = self.lock();
        let draft = all.get_mut(key)?;
        let ready = match &draft.stage {
            Stage::Checked(_) => true,
            Stage::There | Stage::Faulty(_) | Stage::Broken => !imports && !draft.columns.is_empty(),
            Stage::Coming | Stage::Working { .. } | Stage::Imported(_) => false,
        };
        if !ready {
            return None;
        }
        draft.stage = Stage::Working { imports, done: 0, all: 0 };
        Some((draft.name.clone(), draft.preset()))
    }

    pub fn told(&self, key: &str, now_done: u64, of: u64) {
        if let Some(Draft { stage: Stage::Working { done, all, .. }, .. }) = self.lock().get_mut(key) {
            (*done, *all) = (now_done, of);
        }
    }

    pub fn end_work(&self, key: &str, stage: Stage) {
        // What has been read in is in the lists; the file is not needed any more.
        if matches!(stage, Stage::Imported(_)) {
            fs::remove_file(self.path(key)).ok();
        }
        if let Some(draft) = self.lock().get_mut(key) {
            draft.stage = stage;
        }
    }

    /// `false`: it is at work.
    pub fn forget(&self, key: &str) -> bool {
        let mut all = self.lock();
        if all.get(key).is_none_or(|draft| draft.works() || draft.taking) {
            return false;
        }
        all.remove(key);
        drop(all);
        self.forget_files(key);
        true
    }

    /// What is seen of each, the newest first: of one user's, or of everybody's.
    pub fn each<T>(&self, whose: Option<&str>, see: impl Fn(&str, &Draft) -> T) -> Vec<T> {
        let all = self.lock();
        let mut wanted: Vec<(&String, &Draft)> =
            all.iter().filter(|(_, draft)| whose.is_none_or(|who| draft.who == who)).collect();
        wanted.sort_by_key(|(key, draft)| (std::cmp::Reverse(draft.begun), *key));
        wanted.into_iter().map(|(key, draft)| see(key, draft)).collect()
    }

    /// Whose it is.
    pub fn owner(&self, key: &str) -> String {
        self.lock().get(key).map(|draft| draft.who.clone()).unwrap_or_default()
    }

    pub fn has(&self, key: &str, who: &str) -> bool {
        self.look(key, who, |_| ()).is_some()
    }

    /// What is seen of somebody's own draft.
    pub fn look<T>(&self, key: &str, who: &str, see: impl FnOnce(&Draft) -> T) -> Option<T> {
        self.lock().get(key).filter(|draft| draft.who == who).map(see)
    }

    pub async fn rejected(&self, key: &str, who: &str) -> Option<Vec<u8>> {
        if !self.has(key, who) {
            return None;
        }
        tokio::fs::read(self.rejected_path(key)).await.ok()
    }

    pub fn path(&self, key: &str) -> PathBuf {
        self.folder.join(key)
    }

    pub fn rejected_path(&self, key: &str) -> PathBuf {
        self.folder.join(Path::new(key).with_extension("rejected.csv"))
    }

    fn forget_files(&self, key: &str) {
        for path in [self.path(key), self.rejected_path(key)] {
            fs::remove_file(path).ok();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Draft>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(who: &str) -> NewDraft {
        NewDraft { who: who.to_owned(), name: "list.csv".to_owned(), size: 9 }
    }

    #[tokio::test]
    async fn whoever_leaves_his_files_lying_keeps_nobody_else_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let drafts = Drafts::new(folder.path().join("imports"));
        let now = Timestamp::UNIX_EPOCH;
        for _ in 0..MOST {
            assert!(matches!(drafts.begin(new("anna"), now).await, Begun::Key(_)));
        }
        assert_eq!(drafts.begin(new("anna"), now).await, Begun::TooMany);
        assert!(matches!(drafts.begin(new("boris"), now).await, Begun::Key(_)));
        assert_eq!(drafts.each(None, |_, draft| draft.who.clone()).len(), MOST + 1);
        let hers = drafts.each(Some("anna"), |key, _| key.to_owned());
        assert_eq!(hers.len(), MOST);
        assert!(drafts.forget(&hers[0]), "one that is removed makes room");
        assert!(matches!(drafts.begin(new("anna"), now).await, Begun::Key(_)));
        let day_later = now + KEPT + SignedDuration::from_secs(1);
        assert!(matches!(drafts.begin(new("anna"), day_later).await, Begun::Key(_)), "so does a day");
        assert_eq!(drafts.each(None, |_, _| ()).len(), 1);
    }
}
