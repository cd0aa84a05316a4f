//! A whole file, row by row, with its counts.

use std::path::Path;

use serde::Serialize;

use super::seen::{Before, Seen};
use super::{Expect, ImportFault, Mapping, Preset, Reason, Record, RowReader, each_record};
use crate::domain::{Currency, ImportRow, Language};

/// What a list leaves out.
#[derive(Clone, Debug)]
pub struct Options {
    /// Country of numbers without a country code, ISO 3166-1 alpha-2.
    pub region: String,
    pub currency: Currency,
    pub language: Language,
    /// Where the list has no such column, or an empty cell in it.
    pub creditor: Option<String>,
    pub preset: Option<Preset>,
}

/// What became of the rows of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Rows below the header; the sum of the next three.
    pub rows: u64,
    pub sound: u64,
    /// The same debt with the same values, for the second time.
    pub duplicate: u64,
    pub rejected: u64,
    /// Parts of telephone cells that are no numbers, in rows that have a sound one.
    pub phones_left_out: u64,
}

/// What is found in a file, in its order.
#[derive(Debug)]
pub enum Item<'a> {
    /// First of all. `total` is the size in the unit of `done` below.
    Heading {
        mapping: &'a Mapping,
        total: u64,
    },
    Rejected {
        record: &'a Record,
        reasons: &'a [Reason],
        done: u64,
    },
    Row {
        row: ImportRow,
        done: u64,
    },
}

/// Reads the file and hands what it finds to `take`.
///
/// # Errors
/// A fault of the whole file, after which nothing handed out before may be kept; or what `take` answered.
pub fn read_list(
    path: &Path,
    options: &Options,
    take: &mut dyn FnMut(Item<'_>) -> Result<(), ImportFault>,
) -> Result<Counts, ImportFault> {
    let mut reader: Option<RowReader> = None;
    let (mut counts, mut seen) = (Counts::default(), Seen::default());
    each_record(path, &expect(options)?, &mut |record, total| {
        let Some(reader) = &mut reader else {
            let mapping = Mapping::read(record, options.preset.as_ref(), options.creditor.is_some())?;
            take(Item::Heading { mapping: &mapping, total })?;
            reader = Some(RowReader::new(mapping, options.clone()));
            return Ok(());
        };
        if record.cells().all(|cell| cell.trim().is_empty()) {
            return Ok(());
        }
        counts.rows += 1;
        let done = record.done;
        let reasons = match reader.read(record) {
            Ok((row, left_out)) => match seen.take(&row) {
                Before::New => {
                    counts.sound += 1;
                    counts.phones_left_out += u64::from(left_out);
                    return take(Item::Row { row, done });
                }
                Before::Same => {
                    counts.duplicate += 1;
                    return Ok(());
                }
                Before::Contradicts { line } => vec![Reason::Contradicts { line }],
            },
            Err(reasons) => reasons,
        };
        counts.rejected += 1;
        take(Item::Rejected { record, reasons: &reasons, done })
    })?;
    match (reader, counts.rows) {
        (None, _) => Err(ImportFault::Empty),
        (Some(_), 0) => Err(ImportFault::NoRows),
        (Some(_), _) => Ok(counts),
    }
}

fn expect(options: &Options) -> Result<Expect, ImportFault> {
    let Some(preset) = &options.preset else { return Ok(Expect::default()) };
    let ascii = |delimiter: char| u8::try_from(delimiter).ok().filter(u8::is_ascii);
    let delimiter = match preset.delimiter {
        None => None,
        Some(delimiter) => Some(ascii(delimiter).ok_or_else(|| {
            let said = "the delimiter is not one ASCII character".to_owned();
            ImportFault::Preset { name: String::new(), said }
        })?),
    };
    Ok(Expect { delimiter, sheet: preset.sheet.clone() })
}
