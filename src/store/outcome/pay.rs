//! Money stops the call: a payment closes the debt and takes back what is queued or under way.

use jiff::Timestamp;

use crate::campaign::DoneWhy;
use crate::domain::{AttemptId, DebtId, Money, PersonId};
use crate::store::desk::cancel_of_debt;
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::engine::dialect::{self, owed};
use crate::store::tally;
use crate::store::told::{Told, tell};
use crate::store::{Store, StoreError};

/// A payment as some system tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPayment {
    /// The teller's own id: a second message about it changes nothing.
    pub external_id: String,
    pub creditor: String,
    /// The debt's id at the creditor.
    pub debt: String,
    pub amount: Money,
    pub paid_at: Timestamp,
}

/// What a payment did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paid {
    /// Recorded. `closed`: the debt is paid in full, its contacts are done, and `cancel` are its open attempts.
    /// `left_minor` is what is still owed; below 0: more came than was owed.
    Recorded { debt: DebtId, closed: bool, left_minor: i64, cancel: Vec<AttemptId> },
    /// Another payment was told by this id before: nothing was written.
    Differs,
    /// It was known already.
    Known,
    /// No such debt.
    NoDebt,
    /// The debt is in another currency: nothing was written.
    OtherCurrency,
}

impl Store {
    /// Records a payment. Once the payments since the list told the amount reach it, the debt is paid: it is never dialled again.
    ///
    /// # Errors
    /// When the database fails: the teller is to tell it again.
    pub async fn record_payment(&self, payment: NewPayment, now: Timestamp) -> Result<Paid, StoreError> {
        let id = payment.external_id.clone();
        let written = self.write(move |conn| Box::pin(async move { pay(conn, &payment, now).await }));
        written.await.map_err(|source| StoreError::Pay { payment: id, source })
    }
}

async fn pay(conn: &mut Conn, payment: &NewPayment, now: Timestamp) -> Result<Paid, Fault> {
    let found = conn.first(DEBT, values![payment.creditor.as_str(), payment.debt.as_str()]).await?;
    let Some(row) = found else { return Ok(Paid::NoDebt) };
    let (debt, person) = (DebtId(row.int(0)?), PersonId(row.int(1)?));
    let amount = payment.amount;
    if row.text(2)? != amount.currency.code() {
        return Ok(Paid::OtherCurrency);
    }
    dialect::lock_person(conn, person).await?;
    let tallied = tally::before(conn, debt).await?;
    let recorded = conn.run(
        INSERT,
        values![
            payment.external_id.as_str(),
            debt,
            amount.minor,
            amount.currency.code(),
            payment.paid_at,
            now
        ],
    );
    if recorded.await? == 0 {
        let known = conn.one(KNOWN, values![payment.external_id.as_str()]).await?;
        let same = known.int(0)? == debt.0
            && known.int(1)? == amount.minor
            && known.text(2)? == amount.currency.code();
        return Ok(if same { Paid::Known } else { Paid::Differs });
    }
    conn.run(REACTION, values![debt, now, amount.minor, amount.currency.code()]).await?;
    let left_minor = conn.one(STILL_OWED, values![debt]).await?.int(0)?;
    let closed = left_minor <= 0;
    let told = Told::Payment {
        payment: &payment.external_id,
        debt: &payment.debt,
        creditor: &payment.creditor,
        amount_minor: amount.minor,
        currency: amount.currency.code(),
        paid_at: payment.paid_at,
        closed,
    };
    tell(conn, debt, &told, now).await?;
    if !closed {
        tallied.note(conn).await?;
        return Ok(Paid::Recorded { debt, closed: false, left_minor, cancel: Vec::new() });
    }
    conn.run(
        "UPDATE debt SET state = 'paid', updated_at = $2 WHERE id = $1 AND state <> 'disputed'",
        values![debt, now],
    )
    .await?;
    conn.run(KEPT, values![debt, now]).await?;
    tallied.note(conn).await?;
    conn.run(CONTACTS, values![debt, DoneWhy::Paid.code()]).await?;
    cancel_of_debt(conn, debt, now).await?;
    let open = conn.all(OPEN, values![person, debt]).await?;
    let cancel = open.iter().map(|row| row.int(0).map(AttemptId)).collect::<Result<_, _>>()?;
    Ok(Paid::Recorded { debt, closed: true, left_minor, cancel })
}

const KEPT: &str = "UPDATE promise SET state = 'kept', judged_at = $2 WHERE debt_id = $1 AND state = 'open'";
const DEBT: &str = "SELECT d.id, d.person_id, d.currency FROM debt d JOIN creditor k ON k.id = d.creditor_id \
    WHERE k.name = $1 AND d.external_id = $2";
const INSERT: &str = "INSERT INTO payment (external_id, debt_id, amount_minor, currency, paid_at, received_at) \
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (external_id) DO NOTHING";
const KNOWN: &str = "SELECT debt_id, amount_minor, currency FROM payment WHERE external_id = $1";
const STILL_OWED: &str = concat!("SELECT ", owed!(), " FROM debt d WHERE d.id = $1");
/// A payment is a reaction to the last action on the debt; without one it is nobody's.
const REACTION: &str = "INSERT INTO reaction (at, person_id, debt_id, campaign_id, attempt_id, kind, channel, \
    debtor_type, debt_kind, amount_minor, currency) \
    SELECT $2, a.person_id, a.debt_id, a.campaign_id, a.id, 'payment', a.channel, a.debtor_type, a.debt_kind, $3, $4 \
    FROM attempt a WHERE a.id = (SELECT MAX(b.id) FROM attempt b JOIN debt d ON d.person_id = b.person_id \
    WHERE d.id = $1 AND b.debt_id = $1)";
const CONTACTS: &str = "UPDATE contact SET state = 'done', why = $2, next_at = NULL WHERE debt_id = $1 \
    AND state IN ('queued', 'waiting', 'held')";
const OPEN: &str = "SELECT id FROM attempt WHERE person_id = $1 AND debt_id = $2 AND outcome IS NULL";
