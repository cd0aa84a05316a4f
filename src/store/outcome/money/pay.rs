//! Money stops the call: a payment closes the debt and takes back what is queued or under way.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::promise::judge_again;
use crate::campaign::DoneWhy;
use crate::cases::Terms;
use crate::domain::{AttemptId, DebtId, Money, PersonId, is_made_up};
use crate::store::cases::answer_by_payment;
use crate::store::desk::cancel_of_debt;
use crate::store::engine::conn::{Conn, Fault, Row, date, values};
use crate::store::engine::dialect::{self, owed};
use crate::store::tally;
use crate::store::told::{Told, tell};
use crate::store::{Store, StoreError};

/// A payment as some system tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPayment {
    /// The creditor's own id of it: a second message about it changes nothing. Each creditor has his own ids.
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
    /// It was paid more than a year before the debt was due: nothing was written.
    BeforeDebt,
    /// Another payment of the creditor's was told by this id before: nothing was written.
    Differs,
    /// It was paid later than now: nothing was written.
    InFuture,
    /// It was known already, or was taken back since.
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
        let terms = self.terms();
        let written = self.write(move |conn| Box::pin(async move { pay(conn, &payment, &terms, now).await }));
        written.await.map_err(|source| StoreError::Pay { payment: id, source })
    }
}

async fn pay(conn: &mut Conn, payment: &NewPayment, terms: &Terms, now: Timestamp) -> Result<Paid, Fault> {
    // Of a service call nothing is owed.
    if is_made_up(&payment.creditor) {
        return Ok(Paid::NoDebt);
    }
    let found = conn.first(DEBT, values![payment.creditor.as_str(), payment.debt.as_str()]).await?;
    let Some(row) = found else { return Ok(Paid::NoDebt) };
    let (debt, person, creditor) = (DebtId(row.int(0)?), PersonId(row.int(1)?), row.int(3)?);
    let amount = payment.amount;
    if row.text(2)? != amount.currency.code() {
        return Ok(Paid::OtherCurrency);
    }
    if payment.paid_at > now.checked_add(CLOCK_SLACK).unwrap_or(now) {
        return Ok(Paid::InFuture);
    }
    if payment.paid_at < earliest(date(&row.text(4)?)?) {
        return Ok(Paid::BeforeDebt);
    }
    dialect::lock_person(conn, person).await?;
    let tallied = tally::before(conn, debt).await?;
    let told_before = values![creditor, payment.external_id.as_str()];
    let known = match conn.first(KNOWN, told_before.clone()).await? {
        None => conn.first(TAKEN_BACK, told_before.clone()).await?,
        known => known,
    };
    let is_same = |row: &Row| {
        Ok::<_, Fault>(
            row.int(0)? == debt.0 && row.int(1)? == amount.minor && row.text(2)? == amount.currency.code(),
        )
    };
    if let Some(known) = known {
        return Ok(if is_same(&known)? { Paid::Known } else { Paid::Differs });
    }
    let recorded = conn.run(
        INSERT,
        values![
            creditor,
            payment.external_id.as_str(),
            debt,
            amount.minor,
            amount.currency.code(),
            payment.paid_at,
            now
        ],
    );
    if recorded.await? == 0 {
        // Another node has written it meanwhile.
        let known = conn.one(KNOWN, told_before).await?;
        return Ok(if is_same(&known)? { Paid::Known } else { Paid::Differs });
    }
    conn.run(REACTION, values![debt, now, amount.minor, amount.currency.code()]).await?;
    let left_minor = conn.one(STILL_OWED, values![debt]).await?.int(0)?;
    let closed = left_minor <= 0;
    if closed {
        conn.run(SETTLES, told_before).await?;
    }
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
    judge_again(conn, debt, now).await?;
    if !closed {
        tallied.note(conn).await?;
        return Ok(Paid::Recorded { debt, closed: false, left_minor, cancel: Vec::new() });
    }
    conn.run(
        "UPDATE debt SET state = 'paid', updated_at = $2 WHERE id = $1 AND state <> 'disputed'",
        values![debt, now],
    )
    .await?;
    tallied.note(conn).await?;
    conn.run(CONTACTS, values![debt, DoneWhy::Paid.code()]).await?;
    cancel_of_debt(conn, debt, now).await?;
    let names = (payment.creditor.as_str(), payment.debt.as_str(), payment.external_id.as_str());
    answer_by_payment(conn, debt, names, terms, now).await?;
    let open = conn.all(OPEN, values![person, debt]).await?;
    let cancel = open.iter().map(|row| row.int(0).map(AttemptId)).collect::<Result<_, _>>()?;
    Ok(Paid::Recorded { debt, closed: true, left_minor, cancel })
}

/// The first moment at which money may have been paid on a debt due on this day.
fn earliest(due: Date) -> Timestamp {
    let first = due.saturating_sub(BEFORE_DUE_DAYS.days()).at(0, 0, 0, 0).to_zoned_datetime(TimeZone::UTC);
    first.map_or(Timestamp::MIN, |first| first.timestamp())
}

/// Differences between clocks that mean nothing.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_mins(10);
/// Money that is older than this before the debt was due was paid on another one, or the date is wrong.
const BEFORE_DUE_DAYS: i64 = 366;

const DEBT: &str = "SELECT d.id, d.person_id, d.currency, d.creditor_id, d.due_date FROM debt d JOIN creditor k ON k.id = d.creditor_id \
    WHERE k.name = $1 AND d.external_id = $2";
const INSERT: &str = "INSERT INTO payment (creditor_id, external_id, debt_id, amount_minor, currency, paid_at, \
    received_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (creditor_id, external_id) DO NOTHING";
const KNOWN: &str =
    "SELECT debt_id, amount_minor, currency FROM payment WHERE creditor_id = $1 AND external_id = $2";
const SETTLES: &str = "UPDATE payment SET settles = 1 WHERE creditor_id = $1 AND external_id = $2";
const TAKEN_BACK: &str =
    "SELECT debt_id, amount_minor, currency FROM payment_reversal WHERE creditor_id = $1 AND payment = $2";
pub(super) const STILL_OWED: &str = concat!("SELECT ", owed!(), " FROM debt d WHERE d.id = $1");
/// A payment is a reaction to the last action on the debt; without one it is nobody's.
const REACTION: &str = "INSERT INTO reaction (at, person_id, debt_id, campaign_id, attempt_id, kind, channel, \
    debtor_type, debt_kind, amount_minor, currency) \
    SELECT $2, a.person_id, a.debt_id, a.campaign_id, a.id, 'payment', a.channel, a.debtor_type, a.debt_kind, $3, $4 \
    FROM attempt a WHERE a.id = (SELECT MAX(b.id) FROM attempt b JOIN debt d ON d.person_id = b.person_id \
    WHERE d.id = $1 AND b.debt_id = $1)";
const CONTACTS: &str = "UPDATE contact SET state = 'done', why = $2, next_at = NULL WHERE debt_id = $1 \
    AND state IN ('queued', 'waiting', 'held')";
const OPEN: &str = "SELECT id FROM attempt WHERE person_id = $1 AND debt_id = $2 AND outcome IS NULL";
