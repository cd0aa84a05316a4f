//! The messages.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::domain::{AttemptId, DebtId};
use crate::store::engine::conn::{Conn, Fault, values};

/// A word to other systems, by the creditor's own ids, without names or numbers.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Told<'a> {
    Attempt {
        attempt: AttemptId,
        campaign: &'a str,
        person: &'a str,
        debt: &'a str,
        creditor: &'a str,
        outcome: &'static str,
        disposition: Option<&'static str>,
        identified: bool,
        promised_on: Option<Date>,
        asks: &'a [String],
    },
    Payment {
        payment: &'a str,
        debt: &'a str,
        creditor: &'a str,
        amount_minor: i64,
        currency: &'static str,
        paid_at: Timestamp,
        /// The debt is paid in full.
        closed: bool,
    },
    Promise {
        debt: &'a str,
        creditor: &'a str,
        promised_on: &'a str,
        /// `kept` or `broken`.
        state: &'a str,
    },
}

impl Told<'_> {
    fn kind(&self) -> &'static str {
        match self {
            Self::Attempt { .. } => "attempt",
            Self::Payment { .. } => "payment",
            Self::Promise { .. } => "promise",
        }
    }

    fn creditor(&self) -> &str {
        match self {
            Self::Attempt { creditor, .. }
            | Self::Payment { creditor, .. }
            | Self::Promise { creditor, .. } => creditor,
        }
    }
}

/// Writes a message down, and who is to have it.
pub async fn tell(conn: &mut Conn, debt: DebtId, told: &Told<'_>, now: Timestamp) -> Result<(), Fault> {
    let payload = serde_json::to_string(told).expect("codes, numbers and text");
    let id = conn.one(MESSAGE, values![now, told.kind(), debt, payload]).await?.int(0)?;
    conn.run(FOR_WHOM, values![id, debt, now, told.creditor()]).await.map(|_| ())
}

const MESSAGE: &str = "INSERT INTO outbox (at, kind, debt_id, payload) VALUES ($1, $2, $3, $4) RETURNING id";
const FOR_WHOM: &str = "INSERT INTO delivery (endpoint, outbox_id, debt_id, next_try_at) \
    SELECT name, CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT) FROM endpoint \
    WHERE creditor IN ('', $4) GROUP BY name";
