//! What the sums are counted by, and how far they are built.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::domain::Channel;
use crate::stats::{Basis, Windows};
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::engine::dialect;
use crate::store::{Store, StoreError};

/// The row.
#[derive(Debug)]
pub(super) struct Plan {
    pub basis: Basis,
    /// Debts up to this id are counted.
    pub built_upto: i64,
    /// Changes of agents' states up to this id are counted.
    pub states_upto: i64,
}

/// The windows as they are kept, in days.
#[derive(Serialize, Deserialize)]
struct Kept {
    otherwise: i64,
    #[serde(flatten)]
    by_channel: BTreeMap<String, i64>,
}

impl Store {
    /// What the sums are counted by.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn basis(&self) -> Result<Basis, StoreError> {
        let plan = self.read(move |conn| Box::pin(async move { read(conn).await }));
        plan.await.map(|plan| plan.basis).map_err(|source| StoreError::Tally { source })
    }

    /// Counts by this from now on where nothing was counted yet. Tells whether the sums are counted by it: if not, only
    /// [`Store::recount_tallies`] makes them so.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn offer_basis(&self, basis: Basis) -> Result<bool, StoreError> {
        if self.basis().await? == basis {
            return Ok(true);
        }
        let written = self.write(move |conn| {
            Box::pin(async move {
                dialect::lock_tallies(conn, true).await?;
                Ok(conn.run(OFFER, values![keep(&basis.windows), zone_name(&basis.zone)]).await? > 0)
            })
        });
        written.await.map_err(|source| StoreError::Tally { source })
    }
}

pub(super) async fn read(conn: &mut Conn) -> Result<Plan, Fault> {
    let row = conn
        .one("SELECT windows, zone, built_upto, states_upto FROM tally_plan WHERE id = 1", Vec::new())
        .await?;
    let unreadable = Fault::Unreadable { what: "windows of channels" };
    let Ok(kept) = serde_json::from_str::<Kept>(&row.text(0)?) else { return Err(unreadable) };
    let days = |days: i64| SignedDuration::from_hours(days * 24);
    let mut by_channel = Vec::with_capacity(kept.by_channel.len());
    for (code, long) in kept.by_channel {
        let Some(channel) = Channel::parse(&code) else { return Err(unreadable) };
        by_channel.push((channel, days(long)));
    }
    by_channel.sort_unstable_by_key(|(channel, _)| *channel);
    let zone =
        TimeZone::get(&row.text(1)?).map_err(|_| Fault::Unreadable { what: "time zone of the sums" })?;
    let windows = Windows { otherwise: days(kept.otherwise), by_channel };
    Ok(Plan { basis: Basis { windows, zone }, built_upto: row.int(2)?, states_upto: row.int(3)? })
}

/// The zone as it is kept: by its name.
pub(super) fn zone_name(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or("UTC")
}

/// The windows as text.
pub(super) fn keep(windows: &Windows) -> String {
    let days = |long: SignedDuration| long.as_hours() / 24;
    let by_channel =
        windows.by_channel.iter().map(|(channel, long)| (channel.code().to_owned(), days(*long))).collect();
    let kept = Kept { otherwise: days(windows.otherwise), by_channel };
    serde_json::to_string(&kept).expect("codes and numbers")
}

const OFFER: &str = "UPDATE tally_plan SET windows = $1, zone = $2 WHERE id = 1 \
    AND NOT EXISTS (SELECT 1 FROM tally_effect) AND NOT EXISTS (SELECT 1 FROM tally_call) \
    AND NOT EXISTS (SELECT 1 FROM tally_state) AND NOT EXISTS (SELECT 1 FROM tally_payment) \
    AND NOT EXISTS (SELECT 1 FROM agent_state) AND NOT EXISTS (SELECT 1 FROM payment) AND NOT EXISTS (SELECT 1 FROM attempt WHERE outcome IS NOT NULL) \
    AND NOT EXISTS (SELECT 1 FROM outside_action)";
