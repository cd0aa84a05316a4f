//! Promises, and those kept of the ones whose day is over.

use super::Asked;
use super::column::{self, CAMPAIGN, CURRENCY, DEBTOR_TYPE, debtor_type, pair, plain, told};
use crate::cli::report::promises::outside;
use crate::domain::Language;
use crate::stats::{Ratio, Sheet, SheetCell};
use crate::store::{PromiseLine, Store, StoreError};

fn campaign(name: &str, language: Language) -> SheetCell {
    match name {
        "" => SheetCell::Code { code: "outside".to_owned(), word: outside(language).to_owned() },
        name => SheetCell::Text(name.to_owned()),
    }
}

pub async fn sheet(store: &Store, asked: Asked) -> Result<Sheet, StoreError> {
    let language = asked.language;
    let lines = store.promises_report(asked.period).await?;
    let cells = |line: &PromiseLine| {
        vec![
            campaign(&line.campaign, language),
            debtor_type(line.debtor_type.code(), language),
            column::currency(line.promised.currency),
            SheetCell::Count(line.made),
            SheetCell::Count(line.open),
            SheetCell::Share(Ratio::new(line.kept, line.kept + line.broken)),
            SheetCell::Money(line.promised),
            SheetCell::Money(line.kept_sum),
        ]
    };
    Ok(Sheet {
        columns: vec![
            plain(language, "campaign", CAMPAIGN),
            plain(language, "debtor_type", DEBTOR_TYPE),
            plain(language, "currency", CURRENCY),
            plain(language, "made", ("Made", "Дано")),
            told(language, "open", ("Open", "Открыты"), ("the day is not over", "срок не прошёл")),
            pair(
                language,
                "kept",
                ("Kept", "Сдержано"),
                (
                    "promises kept / promises judged: kept, which may be before their day, or broken",
                    "сдержанные обещания / обещания с исходом: сдержанные, в том числе раньше дня, и нарушенные",
                ),
            ),
            told(language, "promised_minor", ("Promised", "Обещано"), ("by all of them", "всеми обещаниями")),
            told(
                language,
                "kept_minor",
                ("Of it kept", "Из них сдержано"),
                ("by those that were kept", "сдержанными"),
            ),
        ],
        rows: lines.iter().map(cells).collect(),
        ..Sheet::default()
    })
}
