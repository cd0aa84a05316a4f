//! How long each channel is believed, and how far the sums are built.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::domain::Channel;
use crate::stats::Windows;
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::engine::dialect;
use crate::store::{Store, StoreError};

/// The row.
#[derive(Debug)]
pub(super) struct Plan {
    pub windows: Windows,
    /// Debts up to this id are counted.
    pub built_upto: i64,
}

/// The windows as they are kept, in days.
#[derive(Serialize, Deserialize)]
struct Kept {
    otherwise: i64,
    #[serde(flatten)]
    by_channel: BTreeMap<String, i64>,
}

impl Store {
    /// The windows that the sums are counted with.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn windows(&self) -> Result<Windows, StoreError> {
        let plan = self.read(move |conn| Box::pin(async move { read(conn).await }));
        plan.await.map(|plan| plan.windows).map_err(|source| StoreError::Tally { source })
    }

    /// Takes these windows where nothing was counted yet. Tells whether the sums are counted with them: if not, only
    /// [`Store::recount_tallies`] makes them so.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn offer_windows(&self, windows: Windows) -> Result<bool, StoreError> {
        if self.windows().await? == windows {
            return Ok(true);
        }
        let written = self.write(move |conn| {
            Box::pin(async move {
                dialect::lock_tallies(conn, true).await?;
                Ok(conn.run(OFFER, values![keep(&windows)]).await? > 0)
            })
        });
        written.await.map_err(|source| StoreError::Tally { source })
    }
}

pub(super) async fn read(conn: &mut Conn) -> Result<Plan, Fault> {
    let row = conn.one("SELECT windows, built_upto FROM tally_plan WHERE id = 1", Vec::new()).await?;
    let unreadable = Fault::Unreadable { what: "windows of channels" };
    let Ok(kept) = serde_json::from_str::<Kept>(&row.text(0)?) else { return Err(unreadable) };
    let days = |days: i64| SignedDuration::from_hours(days * 24);
    let mut by_channel = Vec::with_capacity(kept.by_channel.len());
    for (code, long) in kept.by_channel {
        let Some(channel) = Channel::parse(&code) else { return Err(unreadable) };
        by_channel.push((channel, days(long)));
    }
    by_channel.sort_unstable_by_key(|(channel, _)| *channel);
    Ok(Plan { windows: Windows { otherwise: days(kept.otherwise), by_channel }, built_upto: row.int(1)? })
}

/// The windows as text.
pub(super) fn keep(windows: &Windows) -> String {
    let days = |long: SignedDuration| long.as_hours() / 24;
    let by_channel =
        windows.by_channel.iter().map(|(channel, long)| (channel.code().to_owned(), days(*long))).collect();
    let kept = Kept { otherwise: days(windows.otherwise), by_channel };
    serde_json::to_string(&kept).expect("codes and numbers")
}

const OFFER: &str = "UPDATE tally_plan SET windows = $1 WHERE id = 1 AND NOT EXISTS (SELECT 1 FROM tally_effect) \
    AND NOT EXISTS (SELECT 1 FROM tally_call) AND NOT EXISTS (SELECT 1 FROM attempt WHERE outcome IS NOT NULL) \
    AND NOT EXISTS (SELECT 1 FROM outside_action)";
