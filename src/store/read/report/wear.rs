//! What the n-th use of each channel on a debt brought.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::Period;
use crate::domain::Channel;
use crate::stats::Ratio;
use crate::store::engine::conn::{Fault, Row, values};
use crate::store::{Store, StoreError};

/// What counts as a reaction to a use of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reacted {
    /// The debtor confirmed who he is.
    RightParty,
    /// He promised to pay, or asked for a link.
    Promised,
    /// Any payment on the debt within this time after the use.
    PaidWithin(SignedDuration),
}

/// Uses of a higher number are left out: there are few, and whoever got them is not like the others.
const LAST_USE: i64 = 10;

impl Store {
    /// Reactions of uses within `period`, by channel and by which use of the channel on the debt it was; uses before
    /// the period are counted in the number. Channels from outside (messages, letters, visits) can only be judged by
    /// payments and are left out of the others.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wear_report(
        &self,
        period: Period,
        reacted: Reacted,
    ) -> Result<Vec<(Channel, Vec<Ratio>)>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = match reacted {
                    Reacted::RightParty => {
                        conn.all(RIGHT_PARTY, values![period.from, period.to, LAST_USE]).await?
                    }
                    Reacted::Promised => {
                        conn.all(PROMISED, values![period.from, period.to, LAST_USE]).await?
                    }
                    Reacted::PaidWithin(window) => {
                        let window = i64::try_from(window.as_micros()).unwrap_or(i64::MAX);
                        conn.all(PAID, values![period.from, period.to, LAST_USE, window]).await?
                    }
                };
                by_channel(&rows)
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "wear", source })
    }
}

fn by_channel(rows: &[Row]) -> Result<Vec<(Channel, Vec<Ratio>)>, Fault> {
    let mut channels: BTreeMap<Channel, Vec<Ratio>> = BTreeMap::new();
    for row in rows {
        let uses = channels.entry(row.code(0, "channel", Channel::parse)?).or_default();
        let nth = usize::try_from(row.int(1)?).map_err(|_| Fault::Unreadable { what: "number of a use" })?;
        // A number nobody had in this period stands as nothing out of nothing.
        uses.resize(nth, Ratio::default());
        uses[nth - 1] = Ratio::new(row.int(3)?.unsigned_abs(), row.int(2)?.unsigned_abs());
    }
    Ok(channels.into_iter().collect())
}

/// Calls that were made, numbered within their debt and channel.
macro_rules! calls {
    ($reacted:literal) => {
        concat!(
            "SELECT channel, debt_id, reserved_at AS at, CASE WHEN ",
            $reacted,
            " THEN 1 ELSE 0 END AS reacted, ROW_NUMBER() OVER (PARTITION BY channel, debt_id \
             ORDER BY reserved_at, id) AS nth FROM attempt WHERE outcome IS NOT NULL \
             AND outcome <> 'cancelled' AND outcome NOT LIKE 'failed%'"
        )
    };
}
macro_rules! counted {
    ($uses:expr, $reacted:literal) => {
        concat!(
            "WITH used AS (",
            $uses,
            ") SELECT channel, CAST(nth AS BIGINT), COUNT(*), CAST(SUM(CASE WHEN ",
            $reacted,
            " THEN 1 ELSE 0 END) AS BIGINT) FROM used WHERE at >= $1 AND at < $2 AND nth <= $3 \
             GROUP BY channel, nth ORDER BY channel, nth"
        )
    };
}

const RIGHT_PARTY: &str = counted!(calls!("identified = 1"), "reacted = 1");
const PROMISED: &str = counted!(calls!("disposition IN ('promise_to_pay', 'link_sent')"), "reacted = 1");
/// Uses from outside stand in the ledger, those that were corrected left out.
const PAID: &str = counted!(
    concat!(
        calls!("1 = 0"),
        " UNION ALL SELECT channel, debt_id, at, 0, ROW_NUMBER() OVER (PARTITION BY channel, debt_id \
         ORDER BY at, id) FROM (SELECT e.id, e.debt_id, e.at, CASE WHEN e.kind <> 'message' THEN e.kind \
         WHEN e.channel_exact IN ('sms', 'email') THEN e.channel_exact ELSE 'messenger' END AS channel \
         FROM event e WHERE e.kind IN ('message', 'letter', 'visit') AND e.debt_id IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM event c WHERE c.corrects = e.id)) outside"
    ),
    "EXISTS (SELECT 1 FROM payment p WHERE p.debt_id = used.debt_id AND p.paid_at >= used.at \
     AND p.paid_at < used.at + CAST($4 AS BIGINT))"
);
