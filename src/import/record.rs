//! One record as it stands in the file.

/// The cells of a line or a row. Reused from one to the next.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Line of the file, or row of the sheet, from 1.
    pub line: u64,
    /// How much of the source is read: bytes of text, rows of a sheet.
    pub done: u64,
    text: String,
    ends: Vec<usize>,
}

impl Record {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    pub(super) fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The cell at `at`, empty beyond the end.
    pub fn cell(&self, at: usize) -> &str {
        let Some(&end) = self.ends.get(at) else { return "" };
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..end]
    }

    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| self.cell(at))
    }
}
