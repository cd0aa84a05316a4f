//! Where records come from: text or a spreadsheet, told by the first bytes and not by the name.

mod csv;
mod encoding;
mod xlsx;

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use super::{ImportFault, Record};

/// What to expect of a source, where that is known.
#[derive(Clone, Debug, Default)]
pub struct Expect {
    /// `;`, `,`, tab or `|`; `None`: guessed.
    pub delimiter: Option<u8>,
    /// Of a spreadsheet; `None`: the first one.
    pub sheet: Option<String>,
}

/// The longest cell, in bytes. Excel's own limit is 32,767 characters.
pub const CELL_LIMIT: usize = 65_536;

/// The most columns.
pub const COLUMN_LIMIT: usize = 512;

/// Reads the file record by record, the header first, and hands each to `take`; the first answer of `take` is the
/// size of the whole in the unit of `Record::done`.
///
/// # Errors
/// A fault of the file, or of `take`.
pub fn each_record(
    path: &Path,
    expect: &Expect,
    take: &mut dyn FnMut(&Record, u64) -> Result<(), ImportFault>,
) -> Result<(), ImportFault> {
    let read = |source| ImportFault::Read { source };
    let mut file = File::open(path).map_err(read)?;
    let mut magic = [0; 8];
    let length = read_up_to(&mut file, &mut magic).map_err(read)?;
    file.rewind().map_err(read)?;
    match &magic[..length] {
        [] => Err(ImportFault::Empty),
        [b'P', b'K', 3 | 5, ..] => xlsx::each_record(file, expect.sheet.as_deref(), take),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Err(ImportFault::OtherKind { kind: "XLS (Excel 97-2003)" }),
        [b'%', b'P', b'D', b'F', ..] => Err(ImportFault::OtherKind { kind: "PDF" }),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Err(ImportFault::OtherKind { kind: "UTF-16" }),
        _ => csv::each_record(file, expect.delimiter, take),
    }
}

fn read_up_to(file: &mut File, into: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < into.len() {
        match file.read(&mut into[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}
