//! One reading of the folder: its files' texts, their hash, and what was noted on the way.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use toml::de::DeTable;

use super::overrides::Overrides;
use super::{Environment, Mistake, Place, Problem, Problems, Section};
use crate::rules::spot::Spot;

/// A reading under way. Single-threaded; the notes are behind a cell so that sections can share them.
#[derive(Debug)]
pub(in crate::config) struct Reading<'a> {
    dir: &'a Path,
    environment: &'a Environment,
    /// A secret of calls that is not to be had is no mistake.
    spares_secrets: bool,
    /// A file as it would be, and what would stand in it; `None`: it would not be there.
    instead: Option<(&'a str, Option<&'a str>)>,
    pub(super) overrides: Overrides,
    problems: RefCell<Vec<Problem>>,
    /// What is no mistake and can't do what is wanted of it.
    doubts: RefCell<Vec<Problem>>,
    hash: RefCell<Sha256>,
    texts: RefCell<Vec<(String, String)>>,
}

/// A file's text and its path from the folder.
#[derive(Clone, Debug)]
pub(in crate::config) struct Source {
    pub path: String,
    pub text: String,
}

impl Source {
    /// The line, from 1, of the byte at `offset`.
    pub fn line_of(&self, offset: usize) -> u32 {
        let breaks = self.text.as_bytes().iter().take(offset).filter(|&&byte| byte == b'\n').count();
        u32::try_from(breaks + 1).unwrap_or(u32::MAX)
    }
}

impl<'a> Reading<'a> {
    pub fn new(dir: &'a Path, environment: &'a Environment) -> Self {
        let overrides = Overrides::of(environment);
        let mut hash = Sha256::new();
        for line in overrides.lines() {
            hash.update(line);
        }
        Self {
            dir,
            environment,
            spares_secrets: false,
            instead: None,
            overrides,
            problems: RefCell::default(),
            doubts: RefCell::default(),
            hash: RefCell::new(hash),
            texts: RefCell::default(),
        }
    }

    /// The same for what places no call: a secret of calls that is not to be had is no mistake.
    pub fn sparing_secrets(self) -> Self {
        Self { spares_secrets: true, ..self }
    }

    /// The same with another text in the place of one file; `None`: as if it were not there.
    pub fn instead(self, path: &'a str, text: Option<&'a str>) -> Self {
        Self { instead: Some((path, text)), ..self }
    }

    /// What stands in the place of the file, if anything does.
    fn replaced(&self, path: &str) -> Option<Option<&'a str>> {
        self.instead.filter(|(of, _)| *of == path).map(|(_, text)| text)
    }

    /// Whether there is such a file.
    pub fn has(&self, path: &str) -> bool {
        self.replaced(path).map_or_else(|| self.resolve(path).exists(), |text| text.is_some())
    }

    pub fn spares_secrets(&self) -> bool {
        self.spares_secrets
    }

    /// The text of the file at `path` from the folder; `None`, noted, when it can't be read.
    pub fn source(&self, path: &str) -> Option<Source> {
        let read = match self.replaced(path).flatten() {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => fs::read(self.resolve(path)).map_err(|fault| fault.to_string()),
        };
        let read = read.and_then(|bytes| {
            self.hash.borrow_mut().update(path);
            self.hash.borrow_mut().update(&bytes);
            String::from_utf8(bytes).map_err(|_| "the text is not UTF-8".to_owned())
        });
        match read {
            Ok(text) => {
                self.texts.borrow_mut().push((path.to_owned(), text.clone()));
                Some(Source { path: path.to_owned(), text })
            }
            Err(said) => {
                self.note_file(path, Mistake::Unreadable { said });
                None
            }
        }
    }

    /// Whether the file at `path` was read, well or not.
    pub fn has_read(&self, path: &str) -> bool {
        self.texts.borrow().iter().any(|(read, _)| read == path)
    }

    /// Paths of the files in `folder` with one of the endings, in the order of their names.
    pub fn list(&self, folder: &str, endings: &[&str]) -> Vec<String> {
        let entries = match fs::read_dir(self.resolve(folder)) {
            Ok(entries) => entries,
            Err(fault) => {
                self.note_file(folder, Mistake::Unreadable { said: fault.to_string() });
                return Vec::new();
            }
        };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let fits = |name: &String| {
            let ending = Path::new(name).extension().and_then(|ending| ending.to_str());
            !name.starts_with('.')
                && ending
                    .is_some_and(|ending| endings.iter().any(|&known| ending.eq_ignore_ascii_case(known)))
        };
        let mut paths: Vec<String> = names.filter(fits).map(|name| format!("{folder}/{name}")).collect();
        if let Some((path, text)) = self.instead {
            paths.retain(|listed| listed.trim_start_matches("./") != path);
            let of_here = path.strip_prefix(folder).is_some_and(|name| name.starts_with('/'));
            if text.is_some() && of_here {
                paths.push(path.to_owned());
            }
        }
        paths.sort();
        paths
    }

    /// Reads a TOML file's root with `read`, then notes the keys nobody took. The part of the file that is
    /// sound is read even where the rest is not TOML.
    pub fn toml<T>(&self, source: &Source, path: &str, read: impl FnOnce(&Section<'_>) -> T) -> T {
        let (table, faults) = DeTable::parse_recoverable(&source.text);
        for fault in &faults {
            let line = fault.span().map(|span| source.line_of(span.start));
            let said = fault.message().trim().to_owned();
            self.note(
                Place::File { path: source.path.clone(), line },
                String::new(),
                Mistake::Syntax { said },
            );
        }
        let root = Section::root(self, source, table.get_ref(), path);
        let read = read(&root);
        root.finish();
        read
    }

    pub fn note(&self, place: Place, key: String, mistake: Mistake) {
        self.problems.borrow_mut().push(Problem { place, key, mistake });
    }

    /// Notes a mistake of a whole file.
    pub fn note_file(&self, path: &str, mistake: Mistake) {
        self.note(Place::File { path: path.to_owned(), line: None }, String::new(), mistake);
    }

    /// Notes a mistake of the value at `spot` of a file that was read; the file's keys stand below `key`.
    pub fn note_spot(&self, path: &str, key: &str, spot: &Spot, mistake: Mistake) {
        self.problems.borrow_mut().push(self.at_spot(path, key, spot, mistake));
    }

    /// Notes what is no mistake, and can't do what is wanted of it.
    pub fn doubt(&self, place: Place, key: String, why: Mistake) {
        self.doubts.borrow_mut().push(Problem { place, key, mistake: why });
    }

    /// Notes what is no mistake at this spot, and can't do what is wanted of it.
    pub fn doubt_spot(&self, path: &str, key: &str, spot: &Spot, why: Mistake) {
        self.doubts.borrow_mut().push(self.at_spot(path, key, spot, why));
    }

    /// The doubts noted, by place.
    pub fn doubts(&self) -> Problems {
        Problems::sorted(self.doubts.take())
    }

    fn at_spot(&self, path: &str, key: &str, spot: &Spot, mistake: Mistake) -> Problem {
        let texts = self.texts.borrow();
        let text = texts.iter().find(|(known, _)| known == path).map(|(_, text)| text.clone());
        let source = Source { path: path.to_owned(), text: text.unwrap_or_default() };
        let below = spot.to_string();
        let dot = if key.is_empty() || below.is_empty() { "" } else { "." };
        Problem { place: source.place_of(spot), key: format!("{key}{dot}{below}"), mistake }
    }

    /// The folder that is read.
    pub fn dir(&self) -> &Path {
        self.dir
    }

    /// A relative path is taken from the folder of the configuration, wherever the process was started.
    pub fn resolve(&self, path: impl AsRef<Path>) -> PathBuf {
        self.dir.join(path)
    }

    pub fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str)
    }

    /// The texts read so far that calls are made by: campaigns, flows, limits and prompts. Files that may hold a secret
    /// are not among them.
    pub fn texts_of_calls(&self) -> Vec<(String, String)> {
        let of_calls = |path: &str| {
            ["campaigns/", "flows/"].iter().any(|folder| path.starts_with(folder))
                || ["limits.toml", "prompts.toml"].contains(&path)
        };
        self.texts.borrow().iter().filter(|(path, _)| of_calls(path)).cloned().collect()
    }

    /// Ends the reading of a part of the folder: every mistake of what was read.
    pub fn end_part(self) -> Result<(), Problems> {
        let problems = self.problems.into_inner();
        if problems.is_empty() { Ok(()) } else { Err(Problems::sorted(problems)) }
    }

    /// Ends the reading: the version of what was read, or every mistake.
    pub fn end(self) -> Result<String, Problems> {
        let mut problems = self.problems.into_inner();
        problems.extend(self.overrides.unknown());
        if problems.is_empty() {
            let digest = self.hash.into_inner().finalize();
            Ok(hex::encode(&digest[..6]))
        } else {
            Err(Problems::sorted(problems))
        }
    }
}
