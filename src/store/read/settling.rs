//! How a person settles: what he promised, and what was paid on his debts.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::{AttemptId, Currency, Money, PersonId};
use crate::store::engine::conn::{date, moment, values};
use crate::store::{Store, StoreError};

/// A date he named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromiseRow {
    pub made_at: Timestamp,
    /// The debt's id at the creditor.
    pub debt: String,
    /// The call in which he said it.
    pub attempt: AttemptId,
    pub promised_on: Date,
    pub amount: Money,
    /// `open`, `kept`, `broken` or `void`.
    pub state: String,
}

/// A payment on a debt of his.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRow {
    /// The teller's own id.
    pub external_id: String,
    /// The debt's id at the creditor.
    pub debt: String,
    pub creditor: String,
    pub amount: Money,
    pub paid_at: Timestamp,
    pub received_at: Timestamp,
}

impl Store {
    /// The dates the person named, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn promises_of(&self, person: PersonId) -> Result<Vec<PromiseRow>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(PROMISES, values![person]).await?;
                let read = rows.iter().map(|row| {
                    Ok(PromiseRow {
                        made_at: moment(row.int(0)?)?,
                        debt: row.text(1)?,
                        attempt: AttemptId(row.int(2)?),
                        promised_on: date(&row.text(3)?)?,
                        amount: Money::new(row.int(4)?, row.code(5, "currency", Currency::parse)?),
                        state: row.text(6)?,
                    })
                });
                read.collect()
            })
        });
        read.await.map_err(|source| StoreError::Explain { source })
    }

    /// What was paid on the person's debts, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn payments_of(&self, person: PersonId) -> Result<Vec<PaymentRow>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(PAYMENTS, values![person]).await?;
                let read = rows.iter().map(|row| {
                    Ok(PaymentRow {
                        external_id: row.text(0)?,
                        debt: row.text(1)?,
                        creditor: row.text(2)?,
                        amount: Money::new(row.int(3)?, row.code(4, "currency", Currency::parse)?),
                        paid_at: moment(row.int(5)?)?,
                        received_at: moment(row.int(6)?)?,
                    })
                });
                read.collect()
            })
        });
        read.await.map_err(|source| StoreError::Explain { source })
    }
}

const PROMISES: &str = "SELECT p.made_at, d.external_id, p.attempt_id, p.promised_on, p.amount_minor, p.currency, \
    p.state FROM promise p JOIN debt d ON d.id = p.debt_id WHERE p.person_id = $1 ORDER BY p.id";
const PAYMENTS: &str = "SELECT y.external_id, d.external_id, k.name, y.amount_minor, y.currency, y.paid_at, \
    y.received_at FROM payment y JOIN debt d ON d.id = y.debt_id JOIN creditor k ON k.id = d.creditor_id \
    WHERE d.person_id = $1 ORDER BY y.id";
