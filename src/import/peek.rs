//! The beginning of a list, for whoever is to say what its columns mean.

use std::path::Path;

use super::cell::denature;
use super::column::{OURS, fold};
use super::{Column, Expect, ImportFault, each_record};

/// A column as the file begins.
#[derive(Clone, PartialEq, Eq)]
pub struct Glimpse {
    /// As it stands in the file.
    pub header: String,
    /// What the header means by itself.
    pub guess: Option<Column>,
    /// The first cells below it that say something.
    pub cells: Vec<String>,
}

/// Debtors' data: not for logs.
impl std::fmt::Debug for Glimpse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Glimpse")
            .field("header", &self.header)
            .field("guess", &self.guess)
            .finish_non_exhaustive()
    }
}

/// Rows looked at, and cells shown of each column.
const ROWS: usize = 20;
const CELLS: usize = 3;

/// Reads the header and the first rows.
///
/// # Errors
/// A fault of the file's beginning.
pub fn glimpse(path: &Path, expect: &Expect) -> Result<Vec<Glimpse>, ImportFault> {
    let (mut columns, mut rows): (Vec<Glimpse>, _) = (Vec::new(), 0);
    let read = each_record(path, expect, &mut |record, _| {
        if columns.is_empty() {
            columns.extend(record.cells().map(|cell| {
                let header = denature(cell).trim().to_owned();
                let guess = (!OURS.contains(&fold(&header).as_str())).then(|| Column::of(&header)).flatten();
                Glimpse { header, guess, cells: Vec::new() }
            }));
            return Ok(());
        }
        for (column, cell) in columns.iter_mut().zip(record.cells()) {
            let cell = denature(cell).trim();
            if !cell.is_empty() && column.cells.len() < CELLS {
                column.cells.push(cell.to_owned());
            }
        }
        rows += 1;
        // What is beyond is not wanted: the reading is broken off.
        if rows < ROWS { Ok(()) } else { Err(ImportFault::Stopped) }
    });
    match read {
        Ok(()) | Err(ImportFault::Stopped) => Ok(columns),
        Err(fault) => Err(fault),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_glimpsed_with_what_its_headers_mean_by_themselves() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("list.csv");
        let rows: String = (0..50).map(|n| format!("d{n};{n},50;\n")).collect();
        std::fs::write(&path, format!("Номер договора;Сумма;Цвет\n{rows}")).expect("a file of our own");
        let columns = glimpse(&path, &Expect::default()).expect("a list");
        let guesses: Vec<_> = columns.iter().map(|column| column.guess).collect();
        assert_eq!(guesses, [Some(Column::ExternalId), Some(Column::Amount), None]);
        assert_eq!(columns[0].cells, ["d0", "d1", "d2"]);
        assert!(columns[2].cells.is_empty());
    }
}
