//! Contacts of service calls, before any debt: made of an early warning.

use jiff::civil::Date;

use super::fill::FillPlan;
use crate::domain::{Currency, DebtId, PersonId, SERVICE_CREDITOR};
use crate::store::counted::counts;
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::engine::dialect;
use crate::store::{Store, StoreError};

/// Somebody who is to be called before there is any debt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceWish {
    /// His id in the lists.
    pub person: String,
    /// What it is about, such as the month of the warning: he is called once for it.
    pub about: String,
    /// The day until which it is of use.
    pub until: Date,
    pub currency: Currency,
}

/// What became of a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceQueued {
    New,
    /// He stands in the campaign for it already, whatever became of him.
    Known,
    /// Nobody has this id: there is no number to call.
    NoPerson,
    /// He owes something: reminders are for that.
    Owes,
}

impl Store {
    /// Puts people into a service campaign's queue: each becomes a contact with nothing owed, which goes through the
    /// gate and the ledger as any other. Told twice nothing is made twice.
    ///
    /// # Errors
    /// When the database fails; nothing was queued then.
    pub async fn queue_service(
        &self,
        plan: FillPlan,
        wishes: Vec<ServiceWish>,
    ) -> Result<Vec<ServiceQueued>, StoreError> {
        let written = self.write(move |conn| {
            Box::pin(async move {
                conn.run(CREDITOR, values![SERVICE_CREDITOR]).await?;
                let mut queued = Vec::with_capacity(wishes.len());
                for wish in &wishes {
                    queued.push(queue(conn, plan, wish).await?);
                }
                Ok(queued)
            })
        });
        written.await.map_err(|source| StoreError::Fill { campaign: plan.campaign, from: DebtId(0), source })
    }
}

async fn queue(conn: &mut Conn, plan: FillPlan, wish: &ServiceWish) -> Result<ServiceQueued, Fault> {
    let Some(row) = conn.first(PERSON, values![wish.person.as_str()]).await? else {
        return Ok(ServiceQueued::NoPerson);
    };
    let person = PersonId(row.int(0)?);
    dialect::lock_person(conn, person).await?;
    if conn.first(OWES, values![person, SERVICE_CREDITOR]).await?.is_some() {
        return Ok(ServiceQueued::Owes);
    }
    let id = format!("{}:{}:{}", plan.campaign.0, wish.about, wish.person);
    let debt = values![SERVICE_CREDITOR, id, person, wish.currency.code(), wish.until.to_string(), plan.now];
    let Some(row) = conn.first(DEBT, debt).await? else { return Ok(ServiceQueued::Known) };
    conn.run(CONTACT, values![plan.campaign, person, row.int(0)?, plan.not_after]).await?;
    Ok(ServiceQueued::New)
}

/// Takes back the service calls that wait for people who owe something now: reminders are for that.
pub(super) async fn take_back(conn: &mut Conn) -> Result<(), Fault> {
    conn.run(TAKE_BACK, values![SERVICE_CREDITOR]).await.map(|_| ())
}

/// Whatever other id the person has in the lists. No EXISTS, for SQLite 3.51 loses its rows where it answers an OR by several
/// indexes.
const TAKE_BACK: &str = concat!(
    "UPDATE contact SET state = 'done', why = 'owes', next_at = NULL WHERE state IN ('queued', 'waiting', 'held') ",
    "AND debt_id IN (SELECT s.id FROM debt s JOIN creditor k ON k.id = s.creditor_id WHERE k.name = $1 AND (",
    "s.person_id IN (SELECT d.person_id FROM debt d WHERE d.state IN ('open', 'disputed') AND ",
    counts!("d"),
    ") OR s.person_id IN (SELECT n.person_id FROM kin n JOIN debt d ON d.person_id = n.other_id ",
    "WHERE n.upto_event IS NULL AND d.state IN ('open', 'disputed') AND ",
    counts!("d"),
    ")))"
);
const CREDITOR: &str = "INSERT INTO creditor (name) VALUES ($1) ON CONFLICT DO NOTHING";
const PERSON: &str = "SELECT id FROM person WHERE external_id = $1";
const OWES: &str = "SELECT 1 FROM debt d JOIN creditor k ON k.id = d.creditor_id WHERE d.state IN ('open', 'disputed') \
    AND k.name <> $2 AND (d.person_id = $1 OR d.person_id IN (SELECT other_id FROM kin WHERE person_id = $1 \
    AND upto_event IS NULL)) LIMIT 1";
const DEBT: &str = "INSERT INTO debt (creditor_id, external_id, person_id, amount_minor, currency, due_date, updated_at, \
    told_at) SELECT k.id, CAST($2 AS TEXT), CAST($3 AS BIGINT), 0, CAST($4 AS TEXT), CAST($5 AS TEXT), \
    CAST($6 AS BIGINT), CAST($6 AS BIGINT) FROM creditor k WHERE k.name = $1 \
    ON CONFLICT (creditor_id, external_id) DO NOTHING RETURNING id";
const CONTACT: &str = "INSERT INTO contact (campaign_id, person_id, debt_id, state, score, not_after) \
    VALUES ($1, $2, $3, 'queued', 0, $4)";
