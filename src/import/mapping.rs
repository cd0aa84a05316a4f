//! Which column of this file means what.

use std::collections::BTreeSet;

use super::cell::denature;
use super::column::{OURS, fold};
use super::{Column, ImportFault, Preset, Record};

/// The columns of one file by their meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The header as it stands in the file.
    pub header: Vec<String>,
    /// Meaning of each column, `None` for those we pass over.
    pub meanings: Vec<Option<Column>>,
}

impl Mapping {
    /// Reads the header by its words; a preset's words stand above ours.
    ///
    /// # Errors
    /// When a header is there twice, two columns mean one thing, or a needed column is missing.
    pub fn read(header: &Record, preset: &Preset) -> Result<Self, ImportFault> {
        let header: Vec<String> = header.cells().map(|cell| denature(cell).trim().to_owned()).collect();
        let mut seen = BTreeSet::new();
        if let Some(twice) = header.iter().find(|text| !text.is_empty() && !seen.insert(text.as_str())) {
            return Err(ImportFault::HeaderTwice { header: twice.clone() });
        }
        let meaning = |text: &String| match preset.meaning(text) {
            Some(said) => said,
            None if OURS.contains(&fold(text).as_str()) => None,
            None => Column::of(text),
        };
        let meanings = header.iter().map(meaning).collect();
        let mapping = Self { header, meanings };
        mapping.check(preset.creditor.is_some())?;
        Ok(mapping)
    }

    /// The column that means `column`, the first of several telephones.
    pub fn at(&self, column: Column) -> Option<usize> {
        self.meanings.iter().position(|meaning| *meaning == Some(column))
    }

    /// Every column that means `column`.
    pub fn all(&self, column: Column) -> impl Iterator<Item = usize> {
        let fits = move |(at, meaning): (usize, &Option<Column>)| (*meaning == Some(column)).then_some(at);
        self.meanings.iter().enumerate().filter_map(fits)
    }

    fn check(&self, has_creditor: bool) -> Result<(), ImportFault> {
        for column in Column::ALL {
            let mut same = self.all(column);
            if let (Some(first), Some(second)) = (same.next(), same.next())
                && column != Column::Phone
            {
                let headers = [self.header[first].clone(), self.header[second].clone()];
                return Err(ImportFault::ColumnTwice { column, headers });
            }
        }
        let mut needed = vec![Column::ExternalId, Column::Phone, Column::Amount, Column::Due];
        if !has_creditor {
            needed.push(Column::Creditor);
        }
        let missing: Vec<Column> = needed.into_iter().filter(|column| self.at(*column).is_none()).collect();
        if missing.is_empty() { Ok(()) } else { Err(ImportFault::MissingColumns { missing }) }
    }
}
