//! Rows of a spreadsheet, cell by cell, after its archive was weighed.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};

use calamine::{DataRef, Reader, Xlsx};
use zip::ZipArchive;

use super::super::{ImportFault, Record};
use super::{CELL_LIMIT, COLUMN_LIMIT};

/// The most a part may unpack to, and all parts together.
const UNPACKED_LIMIT: u64 = 2 << 30;
/// The most the table of texts may unpack to: it is kept in memory.
const TEXTS_LIMIT: u64 = 256 << 20;
/// A part that unpacks to more than this many times its size is no table: tables pack ten to thirty times.
const RATIO_LIMIT: u64 = 200;
/// Below this size the ratio says nothing.
const RATIO_FROM: u64 = 1 << 20;

pub fn each_record(
    mut file: File,
    sheet: Option<&str>,
    take: &mut dyn FnMut(&Record, u64) -> Result<(), ImportFault>,
) -> Result<(), ImportFault> {
    weigh(&file)?;
    file.rewind().map_err(|source| ImportFault::Read { source })?;
    let broken = |source| ImportFault::Workbook { source };
    let mut book: Xlsx<_> = Xlsx::new(BufReader::new(file)).map_err(broken)?;
    let names = book.sheet_names();
    let name = match sheet {
        Some(sheet) => names.iter().find(|name| *name == sheet),
        None => names.first(),
    };
    let Some(name) = name.cloned() else {
        return Err(ImportFault::NoSheet { sheet: sheet.unwrap_or_default().to_owned() });
    };
    let mut cells = book.worksheet_cells_reader(&name).map_err(broken)?;
    let total = u64::from(cells.dimensions().end.0) + 1;
    let mut row = Row::default();
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (at, column) = cell.get_position();
        if row.at != Some(at) {
            row.hand_over(total, take)?;
            row.begin(at);
        }
        row.put(column, cell.get_value())?;
    }
    row.hand_over(total, take)
}

/// The cells of a row as they come, gaps left empty.
#[derive(Debug, Default)]
struct Row {
    at: Option<u32>,
    record: Record,
    blank: bool,
}

impl Row {
    fn begin(&mut self, at: u32) {
        self.at = Some(at);
        self.record.clear();
        self.record.line = u64::from(at) + 1;
        self.record.done = u64::from(at) + 1;
        self.blank = true;
    }

    fn put(&mut self, column: u32, value: &DataRef<'_>) -> Result<(), ImportFault> {
        let column = column as usize;
        if column >= COLUMN_LIMIT {
            return if matches!(value, DataRef::Empty) {
                Ok(())
            } else {
                Err(ImportFault::TooManyColumns { limit: COLUMN_LIMIT })
            };
        }
        while self.record.len() < column {
            self.record.push("");
        }
        if self.record.len() > column {
            // Two cells in one place: a damaged file; the first stays.
            return Ok(());
        }
        let line = self.record.line;
        let mut put = |text: &str| {
            if text.len() > CELL_LIMIT {
                return Err(ImportFault::Overlong { line, limit: CELL_LIMIT });
            }
            if text.contains('\0') {
                return Err(ImportFault::Nul { line });
            }
            self.blank &= text.trim().is_empty();
            self.record.push(text);
            Ok(())
        };
        match value {
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => put(text),
            DataRef::SharedString(text) => put(text),
            DataRef::Empty => put(""),
            DataRef::Int(number) => put(&number.to_string()),
            DataRef::Float(number) => put(&decimal(*number)),
            DataRef::Bool(flag) => put(if *flag { "true" } else { "false" }),
            DataRef::DateTime(moment) if moment.is_datetime() => {
                let (year, month, day, ..) = moment.to_ymd_hms_milli();
                put(&format!("{year:04}-{month:02}-{day:02}"))
            }
            DataRef::DateTime(moment) => put(&decimal(moment.as_f64())),
            DataRef::Error(fault) => put(&fault.to_string()),
        }
    }

    fn hand_over(
        &mut self,
        total: u64,
        take: &mut dyn FnMut(&Record, u64) -> Result<(), ImportFault>,
    ) -> Result<(), ImportFault> {
        if self.at.is_none() || self.blank { Ok(()) } else { take(&self.record, total) }
    }
}

/// The shortest decimal that means the number. Sums of a spreadsheet's arithmetic such as 0.30000000000000004 are
/// meant to hundredths; what is far from any hundredth stays as it is.
fn decimal(number: f64) -> String {
    let shortest = number.to_string();
    let fine = shortest.split_once('.').is_some_and(|(_, part)| part.len() > 6);
    let hundredths = format!("{number:.2}");
    let near = |text: &str| {
        text.parse::<f64>().is_ok_and(|rounded| (rounded - number).abs() < 1e-7 * number.abs().max(1.0))
    };
    if fine && near(&hundredths) { hundredths } else { shortest }
}

/// Unpacks every part into nothing and counts: what an archive says of its own sizes can be a lie.
fn weigh(file: &File) -> Result<(), ImportFault> {
    let broken = |source| ImportFault::Archive { source };
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(broken)?;
    let mut left = UNPACKED_LIMIT;
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).map_err(broken)?;
        let name = part.name().map_err(broken)?.into_owned();
        if !name.ends_with(".xml") && !name.ends_with(".rels") {
            continue;
        }
        let packed = part.compressed_size().max(1);
        let most = if name.ends_with("sharedStrings.xml") { left.min(TEXTS_LIMIT) } else { left };
        let unpacked = io::copy(&mut part.by_ref().take(most + 1), &mut io::sink());
        let unpacked = unpacked.map_err(|source| ImportFault::Read { source })?;
        if unpacked > most || (unpacked > RATIO_FROM && unpacked / packed > RATIO_LIMIT) {
            return Err(ImportFault::Bomb { part: name });
        }
        left -= unpacked;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_a_sheet_becomes_the_decimal_it_means() {
        for (number, text) in [
            (1234.5, "1234.5"),
            (79_991_234_567.0, "79991234567"),
            (0.1 + 0.2, "0.30"),
            (46_387.0, "46387"),
            (12.345, "12.345"),
            (1_234.567_891_234, "1234.567891234"),
        ] {
            assert_eq!(decimal(number), text);
        }
    }
}
