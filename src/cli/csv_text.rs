//! A table as a CSV file for spreadsheets: nothing in it is taken for a formula.

use crate::import::neutralise;

/// The file's text: the heads, then a line a row.
pub fn csv_text<Row: IntoIterator<Item = String>>(
    heads: &[&str],
    rows: impl IntoIterator<Item = Row>,
) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write =
        |cells: Vec<String>| writer.write_record(cells).expect("memory takes every row, and rows are alike");
    write(heads.iter().map(|head| (*head).to_owned()).collect());
    for row in rows {
        write(row.into_iter().map(|cell| neutralise(&cell).into_owned()).collect());
    }
    let bytes = writer.into_inner().expect("memory takes every row");
    String::from_utf8(bytes).expect("it was made of text")
}

#[cfg(test)]
mod tests {
    use super::csv_text;

    #[test]
    fn a_cell_that_would_be_a_formula_is_text() {
        let text = csv_text(&["a", "b"], [vec!["=1+1".to_owned(), "say \"x\", y".to_owned()]]);
        assert_eq!(text, "a,b\n'=1+1,\"say \"\"x\"\", y\"\n");
    }
}
