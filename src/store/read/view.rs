//! The views that BI tools read, for whoever has no BI tool: as rows of text.

use crate::stats::EFFECT;
use crate::store::engine::conn::Fault;
use crate::store::{Store, StoreError};

/// A view that adds up; those of every row are for tools that read page by page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    CallDay,
    EffectDay,
    EffectMonth,
}

impl View {
    /// The name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::CallDay => "bi_call_day",
            Self::EffectDay => "bi_effect_day",
            Self::EffectMonth => "bi_effect_month",
        }
    }

    /// Its columns, in their order.
    pub fn columns(self) -> Vec<&'static str> {
        match self {
            Self::CallDay => vec![
                "day",
                "campaign",
                "trunk",
                "channel",
                "outcome",
                "disposition",
                "currency",
                "attempts",
                "connected",
                "identified",
                "talk_us",
                "cost_micro",
            ],
            Self::EffectDay | Self::EffectMonth => {
                let keys = [
                    "day",
                    "channel",
                    "debtor_type",
                    "debt_kind",
                    "creditor",
                    "campaign",
                    "day_part",
                    "age",
                    "currency",
                ];
                keys.into_iter().chain(EFFECT.sums.iter().copied()).collect()
            }
        }
    }
}

impl Store {
    /// Every row of a view, in the order of its columns; what is absent is empty.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn view(&self, view: View) -> Result<Vec<Vec<String>>, StoreError> {
        let columns = view.columns();
        let texts: Vec<_> = columns.iter().map(|column| format!("CAST({column} AS TEXT)")).collect();
        let sql = format!("SELECT {} FROM {} ORDER BY day", texts.join(", "), view.name());
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all_built(sql, Vec::new()).await?;
                let row = |row: &crate::store::engine::conn::Row| {
                    let cell = |place| Ok::<_, Fault>(row.text_opt(place)?.unwrap_or_default());
                    (0..columns.len()).map(cell).collect::<Result<Vec<_>, _>>()
                };
                rows.iter().map(row).collect()
            })
        });
        read.await.map_err(|source| StoreError::Report { report: view.name(), source })
    }
}
