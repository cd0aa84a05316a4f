//! A whole file, row by row, with its counts.

use std::path::Path;

use rlibphonenumber::enums::Region;
use serde::Serialize;

use super::seen::{Before, Seen};
use super::{Expect, ImportFault, Mapping, Preset, Reason, Record, RowReader, each_record};
use crate::domain::{Currency, ImportRow, Language};

/// How to read one list: what it leaves out, and its author's own words.
#[derive(Clone, Debug)]
pub struct Options {
    /// Country of numbers without a country code.
    pub(super) region: Region,
    pub(super) currency: Currency,
    pub(super) language: Language,
    pub preset: Preset,
}

impl Options {
    /// The preset's word stands above the other arguments: `region` is ISO 3166-1 alpha-2.
    ///
    /// # Errors
    /// When the preset names a region, currency, language or delimiter that is none.
    pub fn new(
        preset: Preset,
        region: &str,
        currency: Currency,
        language: Language,
    ) -> Result<Self, ImportFault> {
        let no = |what: &str, is: &str| ImportFault::Preset { said: format!("`{is}` is no {what}") };
        let region = preset.region.as_deref().unwrap_or(region);
        let region = region.parse().map_err(|_| no("region of two capital letters", region))?;
        let currency = match &preset.currency {
            Some(code) => Currency::parse(code).ok_or_else(|| no("currency", code))?,
            None => currency,
        };
        let language = match &preset.language {
            Some(code) => Language::parse(code).ok_or_else(|| no("language", code))?,
            None => language,
        };
        if let Some(delimiter) = preset.delimiter.filter(|delimiter| !delimiter.is_ascii()) {
            return Err(no("delimiter", &delimiter.to_string()));
        }
        Ok(Self { region, currency, language, preset })
    }

    fn expect(&self) -> Expect {
        let delimiter = self.preset.delimiter.and_then(|delimiter| u8::try_from(delimiter).ok());
        Expect { delimiter, sheet: self.preset.sheet.clone() }
    }
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
    each_record(path, &options.expect(), &mut |record, total| {
        let Some(reader) = &mut reader else {
            let mapping = Mapping::read(record, &options.preset)?;
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
