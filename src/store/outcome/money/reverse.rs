//! Money that went back: a payment bounced, or was charged back. The debt is owed again, and promises are judged anew.

use jiff::{SignedDuration, Timestamp};

use super::pay::STILL_OWED;
use super::promise::judge_again;
use crate::campaign::DoneWhy;
use crate::cases::Terms;
use crate::domain::{Currency, DebtId, Money, PersonId};
use crate::store::cases::reopen_by_reversal;
use crate::store::engine::conn::{Conn, Fault, Row, moment, values};
use crate::store::engine::dialect::{self, owed};
use crate::store::tally;
use crate::store::told::{Told, tell};
use crate::store::{Store, StoreError};

/// A payment that is taken back, as some system tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReversal {
    pub creditor: String,
    /// The payment's id, by which the creditor told it.
    pub payment: String,
    /// Its debt and its sum, where the teller says them: others are refused.
    pub debt: Option<String>,
    pub amount: Option<Money>,
    /// When the money went back.
    pub at: Timestamp,
    pub why: String,
}

/// What a reversal did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reversed {
    /// Recorded; `opened`: the debt was paid and is owed again. `left_minor` is what is owed now.
    Recorded { debt: DebtId, opened: bool, left_minor: i64 },
    /// It is dated before its payment: nothing was written.
    BeforePayment,
    /// The payment was of another debt or sum: nothing was written.
    Differs,
    /// It was taken back already.
    Known,
    /// The creditor told no payment by that id.
    NoPayment,
}

struct Payment {
    debt: DebtId,
    person: PersonId,
    amount: Money,
    paid_at: Timestamp,
    received_at: Timestamp,
    debt_external: String,
    creditor: i64,
}

impl Store {
    /// Takes a payment back. Told twice, it is taken back once.
    ///
    /// # Errors
    /// When the database fails: the teller is to tell it again.
    pub async fn reverse_payment(
        &self,
        reversal: NewReversal,
        now: Timestamp,
    ) -> Result<Reversed, StoreError> {
        let (id, terms) = (reversal.payment.clone(), self.terms());
        let written =
            self.write(move |conn| Box::pin(async move { reverse(conn, &reversal, &terms, now).await }));
        written.await.map_err(|source| StoreError::Pay { payment: id, source })
    }
}

async fn reverse(
    conn: &mut Conn,
    reversal: &NewReversal,
    terms: &Terms,
    now: Timestamp,
) -> Result<Reversed, Fault> {
    let asked = values![reversal.creditor.as_str(), reversal.payment.as_str()];
    let Some(row) = conn.first(PAYMENT, asked.clone()).await? else {
        return Ok(match conn.first(TAKEN_BACK, asked).await? {
            Some(_) => Reversed::Known,
            None => Reversed::NoPayment,
        });
    };
    let payment = payment(&row)?;
    if reversal.amount.is_some_and(|amount| amount != payment.amount)
        || reversal.debt.as_ref().is_some_and(|debt| *debt != payment.debt_external)
    {
        return Ok(Reversed::Differs);
    }
    if reversal.at < payment.paid_at.checked_sub(DAY).unwrap_or(payment.paid_at) {
        return Ok(Reversed::BeforePayment);
    }
    dialect::lock_person(conn, payment.person).await?;
    let tallied = tally::before(conn, payment.debt).await?;
    if conn.run(REMOVE, values![payment.creditor, reversal.payment.as_str()]).await? == 0 {
        return Ok(Reversed::Known); // another node was faster
    }
    let (minor, currency) = (payment.amount.minor, payment.amount.currency.code());
    let kept = values![
        payment.creditor,
        reversal.payment.as_str(),
        payment.debt,
        minor,
        currency,
        payment.paid_at,
        payment.received_at,
        reversal.at.min(now),
        now,
        reversal.why.as_str(),
    ];
    conn.run(KEEP, kept).await?;
    conn.run(NO_REACTION, values![payment.debt, payment.received_at, minor]).await?;
    let opened = conn.run(OPEN, values![payment.debt, now]).await? > 0;
    if opened {
        conn.run(CONTACTS, values![payment.debt, now, DoneWhy::Paid.code()]).await?;
    }
    let left_minor = conn.one(STILL_OWED, values![payment.debt]).await?.int(0)?;
    if left_minor > 0 {
        conn.run(UNSETTLE, values![payment.debt, payment.received_at]).await?;
    }
    let told = Told::Reversal {
        payment: &reversal.payment,
        debt: &payment.debt_external,
        creditor: &reversal.creditor,
        amount_minor: minor,
        currency,
        reversed_at: reversal.at,
        opened,
    };
    tell(conn, payment.debt, &told, now).await?;
    judge_again(conn, payment.debt, now).await?;
    tallied.note(conn).await?;
    reopen_by_reversal(conn, (payment.debt, &reversal.payment), terms, now).await?;
    Ok(Reversed::Recorded { debt: payment.debt, opened, left_minor })
}

fn payment(row: &Row) -> Result<Payment, Fault> {
    Ok(Payment {
        debt: DebtId(row.int(0)?),
        person: PersonId(row.int(1)?),
        amount: Money::new(row.int(2)?, row.code(3, "currency", Currency::parse)?),
        paid_at: moment(row.int(4)?)?,
        received_at: moment(row.int(5)?)?,
        debt_external: row.text(6)?,
        creditor: row.int(7)?,
    })
}

/// A date without a time may be the midnight before its payment.
const DAY: SignedDuration = SignedDuration::from_hours(24);

const PAYMENT: &str = "SELECT m.debt_id, d.person_id, m.amount_minor, m.currency, m.paid_at, m.received_at, \
    d.external_id, m.creditor_id FROM payment m JOIN creditor k ON k.id = m.creditor_id \
    JOIN debt d ON d.id = m.debt_id WHERE k.name = $1 AND m.external_id = $2";
const TAKEN_BACK: &str = "SELECT 1 FROM payment_reversal r JOIN creditor k ON k.id = r.creditor_id \
    WHERE k.name = $1 AND r.payment = $2";
const REMOVE: &str = "DELETE FROM payment WHERE creditor_id = $1 AND external_id = $2";
const KEEP: &str = "INSERT INTO payment_reversal (creditor_id, payment, debt_id, amount_minor, currency, paid_at, \
    received_at, reversed_at, told_at, why) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
/// The payment was no reaction: it was written at the moment at which the payment was received.
const NO_REACTION: &str = "DELETE FROM reaction WHERE id = (SELECT MAX(id) FROM reaction WHERE debt_id = $1 \
    AND kind = 'payment' AND at = $2 AND amount_minor = $3)";
/// What came since with this money, settled nothing without it.
const UNSETTLE: &str = "UPDATE payment SET settles = 0 WHERE debt_id = $1 AND received_at >= $2";
const OPEN: &str = concat!(
    "UPDATE debt SET state = 'open', updated_at = $2 WHERE id = $1 AND state = 'paid' AND (SELECT ",
    owed!(),
    " FROM debt d WHERE d.id = debt.id) > 0"
);
/// Who was in a campaign's queue looks again; who was held there is placed anew when the campaign is filled.
const CONTACTS: &str = "UPDATE contact SET state = 'waiting', why = 'payment_reversed', next_at = $2 WHERE debt_id = $1 \
    AND state = 'done' AND why = $3 AND arm = 'called'";
