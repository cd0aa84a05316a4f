//! What a desk shows of one contact: the person, the debt, the call, what was said before.

use jiff::Timestamp;
use jiff::civil::Date;

use super::paid::{Question, question};
use crate::domain::{AttemptId, ContactId, Currency, Disposition, Money, Outcome, PersonId, PhoneNumber};
use crate::store::engine::conn::{Conn, Fault, Row, date, moment, values};
use crate::store::list::number;
use crate::store::{ClaimedContact, Store, StoreError};

/// A contact and all that an agent has to know of him.
#[derive(Debug, Clone)]
pub struct DeskFile {
    pub contact: ClaimedContact,
    pub campaign: String,
    /// The debt is open.
    pub debt_open: bool,
    /// The call, where there is one already.
    pub attempt: Option<DeskAttempt>,
    /// The newest first.
    pub promises: Vec<PromiseMade>,
    /// What was paid on the debt, the newest first: when, and how much.
    pub payments: Vec<(Timestamp, Money)>,
    /// What the creditor was asked last about the debt.
    pub question: Option<Question>,
}

/// The call a desk is about.
#[derive(Debug, Clone)]
pub struct DeskAttempt {
    pub id: AttemptId,
    pub phone: PhoneNumber,
    pub caller_id: PhoneNumber,
    /// Absent while it is not over.
    pub outcome: Option<Outcome>,
    /// The person said who he is, as far as it was kept.
    pub identified: bool,
    pub note: String,
    /// An agent's disposition, where it has one: the house's code.
    pub written: Option<String>,
    pub disposition: Option<Disposition>,
    pub complained: bool,
    /// Kinds and codes of the marks, in their order.
    pub marks: Vec<(String, String)>,
}

/// A promise of the person's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromiseMade {
    pub made_at: Timestamp,
    pub on: Date,
    pub amount: Money,
    /// `open`, `kept`, `broken` or `void`.
    pub state: String,
}

impl Store {
    /// The file of a contact, with one of his calls. `None`: no such contact.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn desk_file(
        &self,
        contact: ContactId,
        attempt: Option<AttemptId>,
    ) -> Result<Option<DeskFile>, StoreError> {
        let Some(found) = self.contacts(vec![contact]).await?.pop() else { return Ok(None) };
        let read = self.read(move |conn| Box::pin(async move { file(conn, found, attempt).await }));
        read.await.map(Some).map_err(|source| StoreError::Explain { source })
    }

    /// Whom an attempt is for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn contact_of(&self, attempt: AttemptId) -> Result<Option<ContactId>, StoreError> {
        let sql = "SELECT contact_id FROM attempt WHERE id = $1";
        let read = self.read(move |conn| {
            Box::pin(async move {
                let row = conn.first(sql, values![attempt]).await?;
                row.map(|row| row.int(0).map(ContactId)).transpose()
            })
        });
        read.await.map_err(|source| StoreError::Desk { attempt, source })
    }
}

async fn file(
    conn: &mut Conn,
    contact: ClaimedContact,
    attempt: Option<AttemptId>,
) -> Result<DeskFile, Fault> {
    let row = conn.one(AROUND, values![contact.id]).await?;
    let (campaign, debt_open) = (row.text(0)?, row.text(1)? == "open");
    let attempt = match attempt {
        Some(attempt) => read_attempt(conn, attempt).await?,
        None => None,
    };
    let promises = promises(conn, contact.person).await?;
    let payments = conn.all(PAYMENTS, values![contact.debt]).await?;
    let paid = |row: &Row| {
        let amount = Money::new(row.int(1)?, row.code(2, "currency", Currency::parse)?);
        Ok::<_, Fault>((moment(row.int(0)?)?, amount))
    };
    let payments = payments.iter().map(paid).collect::<Result<_, _>>()?;
    let question = question(conn, contact.debt).await?;
    Ok(DeskFile { contact, campaign, debt_open, attempt, promises, payments, question })
}

async fn read_attempt(conn: &mut Conn, attempt: AttemptId) -> Result<Option<DeskAttempt>, Fault> {
    let Some(row) = conn.first(ATTEMPT, values![attempt]).await? else { return Ok(None) };
    let marks = conn.all(MARKS, values![attempt]).await?;
    let marks = marks.iter().map(|row| Ok((row.text(0)?, row.text(1)?)));
    Ok(Some(DeskAttempt {
        id: attempt,
        phone: number(&row.text(0)?)?,
        caller_id: number(&row.text(1)?)?,
        outcome: row.code_opt(2, "outcome", Outcome::parse)?,
        identified: row.int(3)? != 0,
        disposition: row.code_opt(4, "disposition", Disposition::parse)?,
        note: row.text_opt(5)?.unwrap_or_default(),
        written: row.text_opt(6)?,
        complained: row.int(7)? != 0,
        marks: marks.collect::<Result<_, Fault>>()?,
    }))
}

async fn promises(conn: &mut Conn, person: PersonId) -> Result<Vec<PromiseMade>, Fault> {
    let rows = conn.all(PROMISES, values![person]).await?;
    let read = rows.iter().map(|row| {
        Ok(PromiseMade {
            made_at: moment(row.int(0)?)?,
            on: date(&row.text(1)?)?,
            amount: Money::new(row.int(2)?, row.code(3, "currency", Currency::parse)?),
            state: row.text(4)?,
        })
    });
    read.collect()
}

const AROUND: &str = "SELECT g.name, d.state FROM contact c JOIN campaign g ON g.id = c.campaign_id \
    JOIN debt d ON d.id = c.debt_id WHERE c.id = $1";
/// A call that a crash has cut off is known by what was said in it up to then.
const ATTEMPT: &str = "SELECT a.phone, a.caller_id, a.outcome, \
    CAST(CASE WHEN a.identified <> 0 OR (COALESCE(a.outcome, 'failed_lost') = 'failed_lost' AND EXISTS \
    (SELECT 1 FROM call_identity i WHERE i.attempt_id = a.id AND i.identified <> 0)) THEN 1 ELSE 0 END AS BIGINT), \
    a.disposition, n.text, w.code, \
    CAST(CASE WHEN EXISTS (SELECT 1 FROM case_file k WHERE k.attempt_id = a.id AND k.dispute = 0) THEN 1 ELSE 0 END AS BIGINT) \
    FROM attempt a LEFT JOIN call_note n ON n.attempt_id = a.id LEFT JOIN disposed w ON w.attempt_id = a.id \
    WHERE a.id = $1";
const MARKS: &str = "SELECT kind, code FROM call_mark WHERE attempt_id = $1 ORDER BY id";
const PAYMENTS: &str = "SELECT paid_at, amount_minor, currency FROM payment WHERE debt_id = $1 \
    ORDER BY paid_at DESC, id DESC LIMIT 5";
const PROMISES: &str = "SELECT made_at, promised_on, amount_minor, currency, state FROM promise \
    WHERE person_id = $1 ORDER BY id DESC LIMIT 5";
