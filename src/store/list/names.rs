//! What a campaign will have to say, before anybody is dialled: what its people are called, and whose money it is about.

use super::fill::UNNAMED;
use crate::domain::{CampaignId, ContactId, Currency, Language, Money, PersonId, PersonName};
use crate::store::engine::conn::values;
use crate::store::{Store, StoreError};

/// Debts that are told alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToTell {
    pub creditor: String,
    /// The debtors'.
    pub language: Language,
    /// The largest of them.
    pub amount: Money,
    pub contacts: u64,
}

impl Store {
    /// The debts of contacts that the campaign may yet call, by creditor, language and currency; those above `largest`
    /// minor units apart, for they are told otherwise if at all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn debts_to_tell(&self, campaign: CampaignId, largest: i64) -> Result<Vec<ToTell>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(TO_TELL, values![campaign, largest]).await?;
                let told = rows.iter().map(|row| {
                    Ok(ToTell {
                        creditor: row.text(0)?,
                        language: row.code(1, "language", Language::parse)?,
                        amount: Money::new(row.int(3)?, row.code(2, "currency", Currency::parse)?),
                        contacts: row.int(4)?.unsigned_abs(),
                    })
                });
                told.collect()
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "debts to tell", source })
    }

    /// Names of persons after `after` that the campaign may yet call, in the order of their ids, a page at a time; empty
    /// at the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn names_to_say(
        &self,
        campaign: CampaignId,
        after: PersonId,
    ) -> Result<Vec<(PersonId, PersonName)>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(NAMES, values![campaign, after]).await?;
                let named = rows.iter().map(|row| Ok((PersonId(row.int(0)?), PersonName::new(row.text(1)?))));
                named.collect()
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "names to say", source })
    }
}

/// Whom a robot may yet ask who he is.
#[derive(Debug, Clone)]
pub struct ToAsk {
    pub contact: ContactId,
    pub language: Language,
    pub name: Option<PersonName>,
}

impl Store {
    /// Contacts after `after` that the campaign may yet call, in the order of their ids, a page at a time; empty at the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn to_ask(&self, campaign: CampaignId, after: ContactId) -> Result<Vec<ToAsk>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(TO_ASK, values![campaign, after, UNNAMED]).await?;
                let asked = rows.iter().map(|row| {
                    Ok(ToAsk {
                        contact: ContactId(row.int(0)?),
                        language: row.code(1, "language", Language::parse)?,
                        name: row.text_opt(2)?.map(PersonName::new),
                    })
                });
                asked.collect()
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "names to ask by", source })
    }
}

const TO_ASK: &str = "SELECT c.id, p.language, p.name FROM contact c JOIN person p ON p.id = c.person_id \
    WHERE c.campaign_id = $1 AND c.id > $2 AND (c.state IN ('queued', 'waiting') OR (c.state = 'held' AND c.why = $3)) \
    ORDER BY c.id LIMIT 1000";
const NAMES: &str = "SELECT p.id, p.name FROM person p WHERE p.id > $2 AND p.name IS NOT NULL AND EXISTS \
    (SELECT 1 FROM contact c WHERE c.person_id = p.id AND c.campaign_id = $1 AND c.state <> 'done') \
    ORDER BY p.id LIMIT 1000";
const TO_TELL: &str = "SELECT k.name, p.language, d.currency, MAX(d.amount_minor), COUNT(*) FROM contact c \
    JOIN debt d ON d.id = c.debt_id JOIN person p ON p.id = d.person_id JOIN creditor k ON k.id = d.creditor_id \
    WHERE c.campaign_id = $1 AND c.state <> 'done' GROUP BY k.name, p.language, d.currency, d.amount_minor > $2 \
    ORDER BY k.name, p.language, d.currency, MAX(d.amount_minor)";
