//! One person's file: who he is, what he owes, where his contacts stand, and his whole history.

use jiff::Timestamp;
use jiff::civil::Date;

use super::attempts::{AttemptRow, of_person};
use crate::domain::contact::ContactState;
use crate::domain::{
    ContactId, Currency, DebtId, DebtorType, Language, Money, PersonId, PersonName, PhoneNumber,
};
use crate::rules::zone::Whereabouts;
use crate::rules::{History, LocalRange, PhoneKey, PhoneType, Relation};
use crate::store::engine::conn::{Conn, Fault, date, moment_opt, values};
use crate::store::gate::load_history;
use crate::store::list::{number, whereabouts};
use crate::store::standing::{PHONE_USABLE, last_deed, preferences_of};
use crate::store::{DeedRow, PreferenceRow, Store, StoreError};

/// All that is known of a person.
#[derive(Debug, Clone)]
pub struct PersonFile {
    pub id: PersonId,
    /// His id in the lists.
    pub external_id: String,
    pub name: Option<PersonName>,
    pub language: Language,
    pub debtor_type: DebtorType,
    /// Where he may be, by this id of the lists and then by those that are one with it.
    pub whereabouts: Vec<Whereabouts>,
    pub phones: Vec<PhoneFile>,
    pub debts: Vec<DebtFile>,
    pub contacts: Vec<ContactFile>,
    /// Times of day, on his own clocks, at which he asked not to be called, also those that have ended.
    pub preferences: Vec<PreferenceRow>,
    /// The last attempts, the newest first.
    pub attempts: Vec<AttemptRow>,
}

impl PersonFile {
    /// The times of day at which he is not to be called, as they stand at `at`.
    pub fn blocked(&self, at: Timestamp) -> Vec<LocalRange> {
        let in_force = self.preferences.iter().filter(|wish| wish.in_force(at));
        in_force.map(|wish| wish.range).collect()
    }
}

/// A phone of his, with the history the rules would read for a call to it.
#[derive(Debug, Clone)]
pub struct PhoneFile {
    pub number: PhoneNumber,
    pub phone_type: PhoneType,
    pub relation: Relation,
    /// `usable`, `invalid` or `wrong_person`.
    pub state: String,
    /// Who said last that it is usable after all, though a call had said otherwise.
    pub said_usable: Option<DeedRow>,
    pub history: History,
}

impl PhoneFile {
    /// Leaves the history as it stood just before `at`.
    pub fn look_back(&mut self, at: Timestamp) {
        self.history = std::mem::take(&mut self.history).before(at);
    }
}

/// A debt of his.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DebtFile {
    pub id: DebtId,
    pub external_id: String,
    pub creditor: String,
    pub amount: Money,
    pub due: Date,
    /// `open`, `paid`, `disputed` or `closed`.
    pub state: String,
    /// The last day of a promise that is not judged yet.
    pub promised_on: Option<Date>,
}

/// Where he stands in one campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactFile {
    pub id: ContactId,
    pub campaign: String,
    /// `draft`, `running`, `paused` or `stopped`.
    pub campaign_state: String,
    pub debt: DebtId,
    pub state: ContactState,
    pub why: String,
    pub next_at: Option<Timestamp>,
    pub tries: i64,
}

/// Attempts shown in a file.
const ATTEMPTS: i64 = 100;

impl Store {
    /// The files of whoever has this id in the lists, or this number (`+…`): several where they share a phone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn person_files(&self, id_or_phone: &str) -> Result<Vec<PersonFile>, StoreError> {
        let wanted = id_or_phone.to_owned();
        let read = self.read(move |conn| Box::pin(async move { files(conn, &wanted).await }));
        // A number is a debtor's: the fault names neither.
        read.await.map_err(|source| StoreError::Explain { source })
    }
}

impl Store {
    /// The history the rules would read for a call to the person on this phone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn history(&self, person: PersonId, phone: PhoneKey) -> Result<History, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move { Ok(load_history(conn, person, Some(phone), i64::MAX).await?.history) })
        });
        read.await.map_err(|source| StoreError::Explain { source })
    }
}

async fn files(conn: &mut Conn, wanted: &str) -> Result<Vec<PersonFile>, Fault> {
    let mut files = Vec::new();
    for row in conn.all(PEOPLE, values![wanted]).await? {
        let id = PersonId(row.int(0)?);
        files.push(PersonFile {
            id,
            external_id: row.text(1)?,
            name: row.text_opt(2)?.map(PersonName::new),
            language: row.code(3, "language", Language::parse)?,
            debtor_type: row.code(4, "debtor type", DebtorType::parse)?,
            whereabouts: whereabouts(conn, id).await?,
            phones: phones(conn, id).await?,
            debts: debts(conn, id).await?,
            contacts: contacts(conn, id).await?,
            preferences: preferences_of(conn, id).await?,
            attempts: of_person(conn, id, ATTEMPTS).await?,
        });
    }
    Ok(files)
}

async fn phones(conn: &mut Conn, person: PersonId) -> Result<Vec<PhoneFile>, Fault> {
    let mut phones = Vec::new();
    for row in conn.all(PHONES, values![person]).await? {
        let number = number(&row.text(0)?)?;
        let history = load_history(conn, person, Some((&number).into()), i64::MAX).await?.history;
        phones.push(PhoneFile {
            number,
            phone_type: row.code(1, "phone type", PhoneType::parse)?,
            relation: row.code(2, "relation", Relation::parse)?,
            state: row.text(3)?,
            said_usable: last_deed(conn, person, (PHONE_USABLE, row.int(4)?)).await?,
            history,
        });
    }
    Ok(phones)
}

async fn debts(conn: &mut Conn, person: PersonId) -> Result<Vec<DebtFile>, Fault> {
    let rows = conn.all(DEBTS, values![person]).await?;
    let read = rows.iter().map(|row| {
        Ok(DebtFile {
            id: DebtId(row.int(0)?),
            external_id: row.text(1)?,
            creditor: row.text(2)?,
            amount: Money::new(row.int(3)?, row.code(4, "currency", Currency::parse)?),
            due: date(&row.text(5)?)?,
            state: row.text(6)?,
            promised_on: row.text_opt(7)?.map(|day| date(&day)).transpose()?,
        })
    });
    read.collect()
}

async fn contacts(conn: &mut Conn, person: PersonId) -> Result<Vec<ContactFile>, Fault> {
    let rows = conn.all(CONTACTS, values![person]).await?;
    let read = rows.iter().map(|row| {
        Ok(ContactFile {
            id: ContactId(row.int(0)?),
            campaign: row.text(1)?,
            campaign_state: row.text(2)?,
            debt: DebtId(row.int(3)?),
            state: row.code(4, "contact state", ContactState::parse)?,
            why: row.text(5)?,
            next_at: moment_opt(row.int_opt(6)?)?,
            tries: row.int(7)?,
        })
    });
    read.collect()
}

const PEOPLE: &str = "SELECT id, external_id, name, language, debtor_type FROM person \
    WHERE external_id = $1 OR id IN (SELECT person_id FROM phone WHERE e164 = $1) ORDER BY id";
const PHONES: &str =
    "SELECT e164, phone_type, relation, state, id FROM phone WHERE person_id = $1 ORDER BY rank, id";
const DEBTS: &str = "SELECT d.id, d.external_id, k.name, d.amount_minor, d.currency, d.due_date, d.state, \
    (SELECT MAX(p.promised_on) FROM promise p WHERE p.debt_id = d.id AND p.state = 'open') \
    FROM debt d JOIN creditor k ON k.id = d.creditor_id WHERE d.person_id = $1 ORDER BY d.id";
const CONTACTS: &str = "SELECT c.id, g.name, g.state, c.debt_id, c.state, c.why, c.next_at, c.tries FROM contact c \
    JOIN campaign g ON g.id = c.campaign_id WHERE c.person_id = $1 ORDER BY c.id";
