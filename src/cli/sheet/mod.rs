//! Reports as tables: what a page of the console shows, and what `obzvon report NAME --csv` writes, are the same sheet.

mod agents;
mod channels;
mod column;
mod economics;
mod glossary;
mod kpi;
mod pareto;
mod promises;
mod types;
mod uplift;
mod wear;

pub use self::uplift::WINDOW_DAYS;
pub use self::wear::reacted;

use jiff::Timestamp;

use crate::config::Config;
use crate::domain::Language;
use crate::import::neutralise;
use crate::stats::{Cut, Sheet, SheetKind};
use crate::store::{Period, Store, StoreError};

/// What a sheet is made of.
#[derive(Debug, Clone)]
pub struct Asked {
    pub period: Period,
    pub cut: Cut,
    pub now: Timestamp,
    pub language: Language,
}

/// All that ever happened.
pub fn always() -> Period {
    Period { from: Timestamp::UNIX_EPOCH, to: Timestamp::MAX }
}

/// Makes a sheet.
///
/// # Errors
/// When the store fails.
pub async fn sheet(
    store: &Store,
    config: &Config,
    kind: SheetKind,
    asked: Asked,
) -> Result<Sheet, StoreError> {
    match kind {
        SheetKind::Agents => agents::sheet(store, &config.agents, asked).await,
        SheetKind::Channels => channels::sheet(store, config, asked).await,
        SheetKind::Economics => economics::sheet(store, config, asked).await,
        SheetKind::Glossary => Ok(glossary::sheet(asked.language)),
        SheetKind::Kpi => kpi::sheet(store, config, asked).await,
        SheetKind::Pareto => pareto::sheet(store, asked).await,
        SheetKind::Promises => promises::sheet(store, asked).await,
        SheetKind::Types => types::sheet(store, asked).await,
        SheetKind::Uplift => uplift::sheet(store, asked).await,
        SheetKind::Wear => wear::sheet(store, asked).await,
    }
}

/// The sheet as CSV with a header; what a spreadsheet would take for a formula is neutralised.
///
/// # Errors
/// Never but by a fault of the CSV library: it writes into memory.
pub fn csv_text(sheet: &Sheet) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(sheet.header())?;
    for record in sheet.records() {
        // A sum below nothing is a number and no formula.
        let cell = |text: &String| match text.parse::<f64>() {
            Ok(_) => text.clone(),
            Err(_) => neutralise(text).into_owned(),
        };
        writer.write_record(record.iter().map(cell))?;
    }
    let bytes = writer.into_inner().map_err(|fault| csv::Error::from(fault.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
