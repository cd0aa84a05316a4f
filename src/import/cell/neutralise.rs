//! Cells that a spreadsheet program would take for formulas.

use std::borrow::Cow;

/// Makes a cell safe to open in a spreadsheet: text that would be taken for a formula gets an apostrophe before
/// it, which such programs read as "this is text". Every file we write goes through here. What already begins
/// with an apostrophe gets one more where that keeps `denature` its exact reverse.
pub fn neutralise(cell: &str) -> Cow<'_, str> {
    if looks_like_formula(cell) || quoted_formula(cell) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// Takes back what `neutralise` did, so that a file we wrote can be read again.
pub fn denature(cell: &str) -> &str {
    if quoted_formula(cell) { &cell[1..] } else { cell }
}

/// One apostrophe or more, then a formula.
fn quoted_formula(cell: &str) -> bool {
    let rest = cell.trim_start_matches('\'');
    rest.len() < cell.len() && looks_like_formula(rest)
}

/// Begins as a formula does, spaces before it aside, in ASCII or full width. A sign with nothing but a number or
/// a telephone number after it can do no harm and stays as it is.
fn looks_like_formula(cell: &str) -> bool {
    if cell.starts_with(['\t', '\r', '\n']) {
        return true;
    }
    let text = cell.trim_start();
    let Some(first) = text.chars().next() else { return false };
    match first {
        '+' | '-' => {
            let plain = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '(' | ')' | '-' | '.' | ',');
            !text[1..].chars().all(plain)
        }
        '=' | '@' | '\u{FF0B}' | '\u{FF0D}' | '\u{FF1D}' | '\u{FF20}' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_get_an_apostrophe_and_numbers_do_not() {
        for formula in ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+A3", "\t=1", " =1", "\u{FF1D}1"] {
            assert_eq!(neutralise(formula), format!("'{formula}"), "{formula:?}");
        }
        for plain in ["", "Иванов", "+79991234567", "+7 (999) 123-45-67", "-12,50", "O'Neil", "'quoted'"]
        {
            assert_eq!(neutralise(plain), plain, "{plain:?}");
        }
    }

    proptest! {
        #[test]
        fn no_cell_we_write_begins_as_a_formula_and_each_can_be_read_back(cell in "[=+@' a-z0-9\t-]{0,8}|\\PC{0,12}") {
            let written = neutralise(&cell);
            prop_assert!(!looks_like_formula(&written));
            prop_assert_eq!(denature(&written), cell.as_str());
        }
    }
}
