//! What every figure divides by what.

use super::column::plain;
use crate::cli::report::glossary::{Defined, defined};
use crate::domain::Language;
use crate::stats::{Sheet, SheetCell};

pub fn sheet(language: Language) -> Sheet {
    let cells = |figure: Defined| {
        let texts = [figure.part.to_owned(), figure.name.to_owned(), figure.formula];
        texts.map(SheetCell::Text).to_vec()
    };
    Sheet {
        columns: vec![
            plain(language, "part", ("Of", "О чём")),
            plain(language, "figure", ("Figure", "Показатель")),
            plain(language, "definition", ("What it divides by what", "Что на что делится")),
        ],
        rows: defined(language).into_iter().map(cells).collect(),
        ..Sheet::default()
    }
}
