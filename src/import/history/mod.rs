//! Contacts that other systems made, from a file: times, numbers and outcomes as people write them, as ledger words.
//!
//! In doubt the reading that more rules count: a call that was "answered" is a conversation, a date without a time is
//! the end of that date, and who is not told to be human was a robot.

mod column;
mod contact;
mod outcome;

use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rlibphonenumber::enums::Region;
use serde::Serialize;

pub use column::PastColumn;
pub use contact::ReadContact;
pub use outcome::PastReason;

use self::contact::ContactReader;
use super::head::Head;
use super::{Expect, ImportFault, Record, each_record};

/// How to read a file of past contacts.
#[derive(Clone, Debug)]
pub struct PastOptions {
    /// Country of numbers without a country code.
    pub region: Region,
    /// Where clocks stood that the file's times were read from; times with an offset need none.
    pub zone: Option<TimeZone>,
    /// What lies after this has not happened.
    pub now: Timestamp,
    /// Headers whose meaning is told, before those that are known.
    pub columns: Vec<(PastColumn, String)>,
}

/// What became of the rows of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PastCounts {
    /// Rows below the header; the sum of the next three.
    pub rows: u64,
    pub sound: u64,
    /// Nothing that a rule could count: he called and nobody talked.
    pub no_contact: u64,
    pub rejected: u64,
}

/// What is found in a file, in its order.
#[derive(Debug)]
pub enum PastItem<'a> {
    /// First of all. `total` is the size in the unit of `Record::done`.
    Heading {
        header: &'a [String],
        /// Those of the headers that mean nothing to us.
        unknown: &'a [String],
        total: u64,
    },
    Contact {
        contact: ReadContact,
        record: &'a Record,
    },
    Rejected {
        record: &'a Record,
        reasons: &'a [PastReason],
    },
}

/// When, and who: one of each is to be there.
const WANTED: [&[PastColumn]; 2] = [&[PastColumn::Time], &[PastColumn::Person, PastColumn::Phone]];

/// Reads the file and hands what it finds to `take`.
///
/// # Errors
/// A fault of the whole file, or what `take` answered.
pub fn read_past(
    path: &Path,
    options: &PastOptions,
    take: &mut dyn FnMut(PastItem<'_>) -> Result<(), ImportFault>,
) -> Result<PastCounts, ImportFault> {
    let mut reader: Option<ContactReader<'_>> = None;
    let mut counts = PastCounts::default();
    each_record(path, &Expect::default(), &mut |record, total| {
        let Some(reader) = &reader else {
            let head = Head::read(record, &options.columns, &WANTED)?;
            take(PastItem::Heading { header: head.header(), unknown: &head.unknown(), total })?;
            reader = Some(ContactReader { head, options });
            return Ok(());
        };
        if record.cells().all(|cell| cell.trim().is_empty()) {
            return Ok(());
        }
        counts.rows += 1;
        match reader.read(record) {
            Ok(Some(contact)) => {
                counts.sound += 1;
                take(PastItem::Contact { contact, record })
            }
            Ok(None) => {
                counts.no_contact += 1;
                Ok(())
            }
            Err(reasons) => {
                counts.rejected += 1;
                take(PastItem::Rejected { record, reasons: &reasons })
            }
        }
    })?;
    match (reader, counts.rows) {
        (None, _) => Err(ImportFault::Empty),
        (Some(_), 0) => Err(ImportFault::NoRows),
        (Some(_), _) => Ok(counts),
    }
}
