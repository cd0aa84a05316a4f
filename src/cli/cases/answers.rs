//! `obzvon complaints answers FILE`: what creditors say to disputes, row by row.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};

use super::user;
use crate::cases::{Act, Acted, Number};
use crate::daemon::Clock;
use crate::domain::Language;
use crate::store::Store;

/// 0 when every row was written down, 1 when one was not; those before and after it stand.
///
/// # Errors
/// When the file is no CSV, a column is missing, or the store fails.
pub(super) async fn read(store: &Store, file: &Path, language: Language) -> anyhow::Result<ExitCode> {
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let text = text.trim_start_matches('\u{feff}');
    let delimiter = if text.lines().next().is_some_and(|head| head.contains(';')) { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
    let heads: Vec<String> = reader.headers()?.iter().map(|head| head.trim().to_lowercase()).collect();
    let place = |words: [&str; 2]| {
        let found = heads.iter().position(|head| words.contains(&head.as_str()));
        found.with_context(|| format!("no column {}", words.join(" or ")))
    };
    let (case, owed, said) =
        (place(["case", "дело"])?, place(["owed", "должен"])?, place(["text", "ответ"])?);
    // Needed only where a dispute is about several debts.
    let (debt, creditor) = (place(["debt", "долг"]).ok(), place(["creditor", "кредитор"]).ok());
    let mut all = true;
    for (nth, record) in reader.records().enumerate() {
        let record = record?;
        let cell = |place: usize| record.get(place).unwrap_or_default().trim();
        let optional =
            |place: Option<usize>| place.map(cell).filter(|cell| !cell.is_empty()).map(str::to_owned);
        let about = (optional(debt), optional(creditor));
        let told = match answer(store, (cell(case), cell(owed), cell(said)), about, language).await {
            Ok(told) => told,
            Err(fault) => {
                all = false;
                format!("{}: {fault}", nth + 2)
            }
        };
        println!("{told}");
    }
    Ok(ExitCode::from(u8::from(!all)))
}

async fn answer(
    store: &Store,
    (case, owed, text): (&str, &str, &str),
    (debt, creditor): (Option<String>, Option<String>),
    language: Language,
) -> anyhow::Result<String> {
    let number = Number::parse(case).with_context(|| format!("{case} is no case"))?;
    let owed = match owed.to_lowercase().as_str() {
        "yes" | "да" | "1" => true,
        "no" | "нет" | "0" => false,
        other => bail!("{other:?}: owed is yes or no"),
    };
    let act = Act::Creditor { owed, debt, creditor, text: text.to_owned() };
    match store.act_on_case(number, act, user(), Clock.wall()).await? {
        Acted::Done(state) => Ok(format!("{number}: {}", state.name(language))),
        Acted::NoCase => bail!("there is no case {number}"),
        Acted::Refused(why) => bail!("{number}: {}", why.text(language)),
    }
}
