//! A table's file for spreadsheets: what is given as CSV, as a workbook of one sheet.
//!
//! Every export makes CSV; this is the one place that makes it a workbook, so both have the same rows.

use axum::body::to_bytes;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

/// A longer file is refused, in bytes of CSV.
const LONGEST: usize = 64 << 20;
/// Rows of a sheet.
const ROWS: usize = 1_048_575;
/// A number with more digits is text: a workbook's numbers have fifteen.
const DIGITS: usize = 15;

/// The same table as a workbook; what is no table is left as it is.
pub async fn as_xlsx(answer: Response) -> Response {
    let is_table = answer
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/csv"));
    if !is_table {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    let Ok(text) = to_bytes(body, LONGEST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let made = tokio::task::spawn_blocking(move || workbook(&text)).await;
    let Ok(Ok(bytes)) = made else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    parts.headers.remove(header::CONTENT_LENGTH);
    let name = parts.headers.get(header::CONTENT_DISPOSITION).and_then(|name| name.to_str().ok());
    let renamed = name.map(|name| name.replace(".csv\"", ".xlsx\"")).unwrap_or_default();
    if let Ok(renamed) = HeaderValue::from_str(&renamed) {
        parts.headers.insert(header::CONTENT_DISPOSITION, renamed);
    }
    (parts.status, parts.headers, bytes).into_response()
}

/// The workbook's bytes: the first line as heads that stay in sight, the rest below.
fn workbook(text: &[u8]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let bold = Format::new().set_bold();
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
    for (row, record) in (0_u32..).zip(reader.records().map_while(Result::ok).take(ROWS)) {
        for (column, cell) in (0_u16..).zip(record.iter()) {
            if row == 0 {
                sheet.write_string_with_format(row, column, cell, &bold)?;
            } else {
                write(sheet, (row, column), cell)?;
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofit();
    book.save_to_buffer()
}

/// A cell is a number or a text, never a formula. The apostrophe that CSV needs before what looks like one is not needed.
fn write(sheet: &mut Worksheet, (row, column): (u32, u16), cell: &str) -> Result<(), XlsxError> {
    match numeric(cell) {
        Some(number) => sheet.write_number(row, column, number)?,
        None => {
            let plain = cell.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@']));
            sheet.write_string(row, column, plain.unwrap_or(cell))?
        }
    };
    Ok(())
}

/// A plain decimal number; an id with zeros before it is none.
fn numeric(cell: &str) -> Option<f64> {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let plain = !digits.is_empty()
        && digits.len() <= DIGITS
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let padded = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    if plain && !padded { cell.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_numbers_and_ids_and_formulas_are_text() {
        assert_eq!((numeric("12"), numeric("0.5"), numeric("-3")), (Some(12.0), Some(0.5), Some(-3.0)));
        for text in ["", "007", "79991234567000001", "1e5", "=1+1", "12 %", "+7", "."] {
            assert_eq!(numeric(text), None, "{text}");
        }
    }

    #[test]
    fn a_table_becomes_a_workbook() {
        let bytes = workbook("a,b\n1,'=1+1\n\"x,y\",\n".as_bytes()).expect("a workbook");
        assert!(bytes.starts_with(b"PK"), "a zip");
    }
}
