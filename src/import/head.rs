//! Which column of a file is which: by headers whose meaning is told, else by the words that a column is known by.

use super::cell::denature;
use super::column::fold;
use super::{ImportFault, Record};

/// A column that a kind of file may have.
pub trait FileColumn: Copy + PartialEq + 'static {
    const ALL: &'static [Self];

    /// What it is known by, folded; its own word first.
    fn words(self) -> &'static [&'static str];

    fn code(self) -> &'static str {
        self.words()[0]
    }
}

/// Reads what a header is told to mean: `COLUMN=HEADER`.
///
/// # Errors
/// What the columns are.
pub fn parse_told<C: FileColumn>(text: &str) -> Result<(C, String), String> {
    let codes = || C::ALL.iter().map(|column| column.code()).collect::<Vec<_>>().join(", ");
    let (code, header) = text.split_once('=').ok_or("COLUMN=HEADER")?;
    let column = C::ALL.iter().find(|column| column.code() == code);
    let column = column.ok_or_else(|| format!("columns are: {}", codes()))?;
    Ok((*column, header.to_owned()))
}

/// A header that was read.
#[derive(Debug)]
pub(super) struct Head<C> {
    header: Vec<String>,
    meanings: Vec<Option<C>>,
}

impl<C: FileColumn> Head<C> {
    /// Reads a header. `told` says what headers mean that are not known; of each of `wanted` one column is to be there.
    pub fn read(header: &Record, told: &[(C, String)], wanted: &[&[C]]) -> Result<Self, ImportFault> {
        let header: Vec<String> = header.cells().map(|cell| denature(cell).trim().to_owned()).collect();
        let known = |text: &String| {
            let folded = fold(text);
            C::ALL.iter().copied().find(|column| column.words().contains(&folded.as_str()))
        };
        let meaning = |text: &String| match told.iter().find(|(_, header)| header == text) {
            Some((column, _)) => Some(*column),
            // A column that was told elsewhere is not taken twice.
            None => known(text).filter(|known| told.iter().all(|(column, _)| column != known)),
        };
        let meanings: Vec<_> = header.iter().map(meaning).collect();
        let head = Self { header, meanings };
        for column in C::ALL {
            let mut same = (0..head.header.len()).filter(|&at| head.meanings[at] == Some(*column));
            if let (Some(first), Some(second)) = (same.next(), same.next()) {
                let headers = [&head.header[first], &head.header[second]];
                let said = format!("`{}` and `{}` are both the {}", headers[0], headers[1], column.code());
                return Err(ImportFault::Preset { said });
            }
        }
        let lacks = |columns: &&&[C]| columns.iter().all(|column| head.at(*column).is_none());
        let name = |columns: &&[C]| {
            let words = columns[0].words();
            format!("{} ({})", columns[0].code(), words[..4.min(words.len())].join(", "))
        };
        let missing: Vec<String> = wanted.iter().filter(lacks).map(name).collect();
        if missing.is_empty() {
            Ok(head)
        } else {
            Err(ImportFault::Preset { said: format!("no column for {}", missing.join("; ")) })
        }
    }

    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// Headers that mean nothing to us: what stands below them is passed over.
    pub fn unknown(&self) -> Vec<String> {
        let named = self.header.iter().zip(&self.meanings);
        named
            .filter(|(text, meaning)| meaning.is_none() && !text.is_empty())
            .map(|(text, _)| text.clone())
            .collect()
    }

    /// The text in a column, without spaces around it; empty where there is none.
    pub fn text<'r>(&self, record: &'r Record, column: C) -> &'r str {
        self.at(column).map_or("", |at| denature(record.cell(at)).trim())
    }

    fn at(&self, column: C) -> Option<usize> {
        self.meanings.iter().position(|meaning| *meaning == Some(column))
    }
}
