//! One table of a file, taken key by key.

use std::cell::RefCell;

use toml::de::{DeTable, DeValue};

use super::value::{Raw, Value};
use super::words;
use super::{Clause, Mistake, Place, Reading, Source};
use crate::domain::nearest;

/// A table and the keys taken from it so far. An absent table is an empty one, so that defaults and overrides
/// work without it.
#[derive(Debug)]
pub(in crate::config) struct Section<'a> {
    reading: &'a Reading<'a>,
    source: &'a Source,
    table: Option<&'a DeTable<'a>>,
    /// Dotted path, empty at the root.
    path: String,
    place: Place,
    taken: RefCell<Vec<String>>,
}

impl<'a> Section<'a> {
    pub(super) fn root(
        reading: &'a Reading<'a>,
        source: &'a Source,
        table: &'a DeTable<'a>,
        path: &str,
    ) -> Self {
        let place = Place::File { path: source.path.clone(), line: None };
        let table = Some(table);
        Self { reading, source, table, path: path.to_owned(), place, taken: RefCell::default() }
    }

    pub fn reading(&self) -> &'a Reading<'a> {
        self.reading
    }

    /// The value at `key`: the variable's, else the file's.
    pub fn value(&self, key: &str) -> Option<Value<'a>> {
        self.taken.borrow_mut().push(key.to_owned());
        let path = self.path_of(key);
        if let Some(given) = self.reading.overrides.ask(&path) {
            let place = Place::Variable(given.variable.clone());
            return Some(Value { raw: Raw::Text(&given.value), place, key: path });
        }
        let (name, value) = self.table?.get_key_value(key)?;
        let place = self.place_at(name.span().start);
        Some(Value { raw: Raw::Toml(value.get_ref()), place, key: path })
    }

    /// Reads `key` when it is there. `Err` means noted.
    pub fn may<T>(
        &self,
        key: &str,
        read: impl FnOnce(&Value<'a>) -> Result<T, Mistake>,
    ) -> Result<Option<T>, Noted> {
        let Some(value) = self.value(key) else { return Ok(None) };
        read(&value).map(Some).map_err(|mistake| self.note_value(&value, mistake))
    }

    /// Reads `key`, or takes `default` when it is not there; `None` means noted.
    pub fn or<T>(
        &self,
        key: &str,
        default: T,
        read: impl FnOnce(&Value<'a>) -> Result<T, Mistake>,
    ) -> Option<T> {
        self.may(key, read).ok().map(|read| read.unwrap_or(default))
    }

    /// Reads `key`, which must be there; `None` means noted.
    pub fn must<T>(
        &self,
        key: &str,
        wants: Clause,
        read: impl FnOnce(&Value<'a>) -> Result<T, Mistake>,
    ) -> Option<T> {
        match self.may(key, read) {
            Ok(Some(read)) => Some(read),
            Ok(None) => {
                self.note(key, Mistake::Missing { wants });
                None
            }
            Err(Noted) => None,
        }
    }

    /// Reads a list, each element on its own; an absent one is empty, `None` means noted.
    pub fn list<T>(&self, key: &str, read: impl Fn(&Value<'a>) -> Result<T, Mistake>) -> Option<Vec<T>> {
        let Some(value) = self.value(key) else { return Some(Vec::new()) };
        let elements: Vec<Value<'a>> = match value.raw {
            Raw::Text(text) => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                parts.map(|part| Value { raw: Raw::Text(part), ..value.clone() }).collect()
            }
            Raw::Toml(DeValue::Array(array)) => {
                let element = |element: &'a toml::Spanned<DeValue<'a>>| Value {
                    raw: Raw::Toml(element.get_ref()),
                    place: self.place_at(element.span().start),
                    key: value.key.clone(),
                };
                array.iter().map(element).collect()
            }
            Raw::Toml(_) => {
                self.note_value(&value, value.wrong_kind(words::LIST));
                return None;
            }
        };
        let read: Vec<Option<T>> = elements
            .iter()
            .map(|element| read(element).map_err(|mistake| self.note_value(element, mistake)).ok())
            .collect();
        read.into_iter().collect()
    }

    /// The table at `key`, an empty one where there is none.
    pub fn child(&self, key: &str) -> Self {
        self.taken.borrow_mut().push(key.to_owned());
        let found = self.table.and_then(|table| table.get_key_value(key));
        let place = found.map_or_else(|| self.place.clone(), |(name, _)| self.place_at(name.span().start));
        let table = match found.map(|(_, value)| value.get_ref()) {
            Some(DeValue::Table(table)) => Some(table),
            Some(other) => {
                let value = Value { raw: Raw::Toml(other), place: place.clone(), key: self.path_of(key) };
                self.note_value(&value, value.wrong_kind(words::TABLE));
                None
            }
            None => None,
        };
        let path = self.path_of(key);
        Self { reading: self.reading, source: self.source, table, path, place, taken: RefCell::default() }
    }

    /// The tables at `key`, each with its name, in the order of the file.
    pub fn children(&self, key: &str) -> Vec<(String, Self)> {
        let parent = self.child(key);
        let mut names: Vec<(usize, String)> = parent
            .table
            .iter()
            .flat_map(|table| table.keys())
            .map(|name| (name.span().start, name.get_ref().to_string()))
            .collect();
        names.sort();
        names.into_iter().map(|(_, name)| (name.clone(), parent.child(&name))).collect()
    }

    pub fn has(&self, key: &str) -> bool {
        self.table.is_some_and(|table| table.contains_key(key))
            || self.reading.overrides.ask(&self.path_of(key)).is_some()
    }

    /// Notes a mistake of `key`, at its own line where it is there, else at the table's.
    pub fn note(&self, key: &str, mistake: Mistake) -> Noted {
        let found = self.table.and_then(|table| table.get_key_value(key));
        let place = found.map_or_else(|| self.place.clone(), |(name, _)| self.place_at(name.span().start));
        self.reading.note(place, self.path_of(key), mistake);
        Noted
    }

    /// Notes what is no mistake of `key`, and can't do what is wanted of it.
    pub fn doubt(&self, key: &str, why: Mistake) {
        let found = self.table.and_then(|table| table.get_key_value(key));
        let place = found.map_or_else(|| self.place.clone(), |(name, _)| self.place_at(name.span().start));
        self.reading.doubt(place, self.path_of(key), why);
    }

    /// Notes the keys nobody took.
    pub fn finish(&self) {
        let taken = self.taken.borrow();
        let Some(table) = self.table else { return };
        for name in table.keys() {
            let name = name.get_ref().as_ref();
            if !taken.iter().any(|taken| taken == name) {
                let nearest = nearest(name, taken.iter().map(String::as_str)).map(str::to_owned);
                self.note(name, Mistake::UnknownKey { nearest });
            }
        }
    }

    fn note_value(&self, value: &Value<'_>, mistake: Mistake) -> Noted {
        self.reading.note(value.place.clone(), value.key.clone(), mistake);
        Noted
    }

    fn path_of(&self, key: &str) -> String {
        match (self.path.as_str(), key) {
            ("", key) => key.to_owned(),
            (path, "") => path.to_owned(),
            (path, key) => format!("{path}.{key}"),
        }
    }

    fn place_at(&self, offset: usize) -> Place {
        Place::File { path: self.source.path.clone(), line: Some(self.source.line_of(offset)) }
    }
}

/// The mistake stands in the notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::config) struct Noted;
