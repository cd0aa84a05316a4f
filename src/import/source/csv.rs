//! Records of a CSV file, within bounds however the file is made.

use std::fs::File;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::super::{Column, ImportFault, Record};
use super::encoding::Text;
use super::{CELL_LIMIT, COLUMN_LIMIT};

/// The longest record, in bytes.
const RECORD_LIMIT: usize = 1 << 20;

const DELIMITERS: [u8; 4] = [b';', b',', b'\t', b'|'];

pub fn each_record(
    file: File,
    delimiter: Option<u8>,
    take: &mut dyn FnMut(&Record, u64) -> Result<(), ImportFault>,
) -> Result<(), ImportFault> {
    let mut text = Text::open(file)?;
    let delimiter = match delimiter {
        Some(delimiter) => delimiter,
        None => guess(&mut text)?,
    };
    let total = text.total;
    let mut records = Records::new(delimiter);
    let mut record = Record::default();
    loop {
        let done = text.done;
        let piece = text.next_piece()?;
        let last = piece.is_empty();
        let mut rest = piece;
        // An empty input means the end, so it is handed over only then.
        while !rest.is_empty() || (last && !records.ended) {
            let Some(read) = records.read(rest, &mut record)? else { break };
            rest = &rest[read..];
            record.done = done;
            take(&record, total)?;
        }
        if last {
            return Ok(());
        }
    }
}

/// The delimiter under which the header has most columns with a meaning, then most columns.
fn guess(text: &mut Text) -> Result<u8, ImportFault> {
    let head = text.next_piece()?.to_vec();
    text.rewind()?;
    let score = |delimiter: u8| {
        let mut record = Record::default();
        let mut records = Records::new(delimiter);
        match records.read(&head, &mut record) {
            Err(ImportFault::TooManyColumns { limit }) => return (0, limit),
            // A file of one line without an end has its header at the end of input.
            Ok(None) => drop(records.read(&[], &mut record)),
            Ok(Some(_)) | Err(_) => {}
        }
        let meant = record.cells().filter(|header| Column::of(header).is_some()).count();
        (meant, record.len())
    };
    Ok(DELIMITERS.into_iter().rev().max_by_key(|&delimiter| score(delimiter)).expect("four of them"))
}

/// A reader that gives up on what no list holds.
#[derive(Debug)]
struct Records {
    reader: Reader,
    output: Vec<u8>,
    filled: usize,
    ends: Vec<usize>,
    ended_fields: usize,
    /// Newlines before the record under way, and since its beginning.
    lines: u64,
    line: Option<u64>,
    quotes: u64,
    ended: bool,
}

impl Records {
    fn new(delimiter: u8) -> Self {
        Self {
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            output: vec![0; RECORD_LIMIT],
            filled: 0,
            ends: vec![0; COLUMN_LIMIT + 1],
            ended_fields: 0,
            lines: 0,
            line: None,
            quotes: 0,
            ended: false,
        }
    }

    /// Reads on in `input` (empty: the end). `Some(n)`: the record is whole and `n` bytes are used up; `None`: more
    /// input is wanted, or there is none.
    fn read(&mut self, input: &[u8], record: &mut Record) -> Result<Option<usize>, ImportFault> {
        let (result, used, written, ended) = self.reader.read_record(
            input,
            &mut self.output[self.filled..],
            &mut self.ends[self.ended_fields..],
        );
        self.count(&input[..used]);
        self.filled += written;
        self.ended_fields += ended;
        let line = self.line.unwrap_or(self.lines + 1);
        match result {
            ReadRecordResult::InputEmpty => Ok(None),
            ReadRecordResult::End => {
                self.ended = true;
                Ok(None)
            }
            ReadRecordResult::OutputFull => Err(ImportFault::Overlong { line, limit: CELL_LIMIT }),
            ReadRecordResult::OutputEndsFull => Err(ImportFault::TooManyColumns { limit: COLUMN_LIMIT }),
            ReadRecordResult::Record => {
                self.ended = input.is_empty();
                self.finish(line, record)?;
                Ok(Some(used))
            }
        }
    }

    fn count(&mut self, used: &[u8]) {
        let mut rest = used;
        if self.line.is_none() {
            let blank = used.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            self.lines += newlines(&used[..blank]);
            rest = &used[blank..];
            if !rest.is_empty() {
                self.line = Some(self.lines + 1);
            }
        }
        self.lines += newlines(rest);
        self.quotes += rest.iter().filter(|&&byte| byte == b'"').count() as u64;
    }

    fn finish(&mut self, line: u64, record: &mut Record) -> Result<(), ImportFault> {
        if !self.quotes.is_multiple_of(2) {
            return Err(ImportFault::BrokenQuote { line });
        }
        if self.ended_fields > COLUMN_LIMIT {
            return Err(ImportFault::TooManyColumns { limit: COLUMN_LIMIT });
        }
        record.clear();
        record.line = line;
        let mut start = 0;
        for &end in &self.ends[..self.ended_fields] {
            if end - start > CELL_LIMIT {
                return Err(ImportFault::Overlong { line, limit: CELL_LIMIT });
            }
            let cell =
                std::str::from_utf8(&self.output[start..end]).map_err(|_| ImportFault::NotText { line })?;
            record.push(cell);
            start = end;
        }
        (self.filled, self.ended_fields, self.quotes, self.line) = (0, 0, 0, None);
        Ok(())
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|&&byte| byte == b'\n').count() as u64
}
