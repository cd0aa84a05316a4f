//! Contacts of the past: what other systems or people did before us or beside us, into the ledger.

use std::borrow::Cow;

use jiff::Timestamp;

use super::ledger::insert_event;
use super::record::{json, sha256};
use crate::cases::Terms;
use crate::domain::{DebtId, EventId, PersonId, PhoneNumber, ToldReaction};
use crate::rules::{Agent, DialMode, Event, EventKind, Phone, PhoneType};
use crate::store::engine::conn::{Conn, Fault, Row, values};
use crate::store::engine::dialect;
use crate::store::outcome::note_told;
use crate::store::tally;
use crate::store::{Store, StoreError};

/// A contact as other systems know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastContact {
    /// The person's id in the lists, if told.
    pub person: Option<String>,
    /// The number, if told. Without a person everybody who has it is meant.
    pub phone: Option<PhoneNumber>,
    /// Absent: when it is told.
    pub at: Option<Timestamp>,
    pub kind: EventKind,
    /// Absent: the kind's usual channel.
    pub channel_exact: Option<String>,
    pub agent: Option<Agent>,
    pub creditor: Option<String>,
    /// The debt's id at the creditor. One that is not known counts for every debt of the person, or is refused.
    pub debt: Option<String>,
    /// What is the same when it is told again; never blank.
    pub external_id: String,
    /// What he did in it.
    pub reaction: ToldReaction,
}

/// A batch of past contacts, and where they come from.
#[derive(Debug, Clone)]
pub struct Past {
    pub contacts: Vec<PastContact>,
    /// `import`, `command`, a system's name.
    pub source: String,
    /// Only look who is meant; write nothing.
    pub dry_run: bool,
    /// A creditor that is named has to be known, and a debt one of the person's. Old lists may name debts that nobody has any more.
    pub strict: bool,
}

/// What became of one past contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// No list has a creditor of that name: nothing was written.
    NoCreditor,
    /// Whoever is meant has no debt of that id, or none is told that he promised on: nothing was written.
    NoDebt,
    /// Nobody has this id or number.
    NoPerson,
    /// It stands in the ledger for the law (`new`: since now), and no report counts it: no list has the creditor that is
    /// named, or whoever is meant has no debt of that id. Only where not strict.
    OfNoDebt { new: bool },
    /// Another contact was told by this id before: nothing was written.
    Differs,
    /// In the ledger before.
    Known,
    /// In the ledger now; in a dry run: it would be.
    New,
}

impl Store {
    /// Appends past contacts to the ledger, all in one transaction; told again they change nothing. A number that
    /// several persons share counts for each of them.
    ///
    /// # Errors
    /// When the database fails; nothing is written then.
    pub async fn record_past(&self, past: Past, now: Timestamp) -> Result<Vec<Recorded>, StoreError> {
        let terms = self.terms();
        let done = if past.dry_run {
            self.read(move |conn| Box::pin(async move { record_all(conn, &past, &terms, now).await })).await
        } else {
            self.write(move |conn| Box::pin(async move { record_all(conn, &past, &terms, now).await })).await
        };
        done.map_err(|source| StoreError::Ledger { source })
    }
}

async fn record_all(
    conn: &mut Conn,
    past: &Past,
    terms: &Terms,
    now: Timestamp,
) -> Result<Vec<Recorded>, Fault> {
    if !past.dry_run {
        lock(conn, past).await?;
    }
    let mut all = Vec::with_capacity(past.contacts.len());
    for contact in &past.contacts {
        all.push(record(conn, past, contact, (terms, now)).await?);
    }
    Ok(all)
}

/// Takes whoever will be held first, the lowest before, and the debts before the chains, as every finish does.
async fn lock(conn: &mut Conn, past: &Past) -> Result<(), Fault> {
    if !dialect::has_locks(conn) {
        return Ok(());
    }
    let mut held = Vec::new();
    for contact in past.contacts.iter().filter(|contact| !contact.reaction.is_none()) {
        held.extend(persons(conn, contact).await?.into_iter().map(|(person, _)| person));
    }
    held.sort_unstable_by_key(|person| person.0);
    held.dedup();
    for person in held {
        dialect::lock_person(conn, person).await?;
    }
    let mut used = Vec::new();
    for contact in past.contacts.iter().filter(|contact| contact.debt.is_some()) {
        for (person, _) in persons(conn, contact).await? {
            used.extend(debt_of(conn, contact, person).await?.map(|(debt, _)| (person, debt)));
        }
    }
    tally::lock_used(conn, &used).await?;
    dialect::lock_rows(conn).await
}

async fn record(
    conn: &mut Conn,
    past: &Past,
    contact: &PastContact,
    (terms, now): (&Terms, Timestamp),
) -> Result<Recorded, Fault> {
    let persons = persons(conn, contact).await?;
    if persons.is_empty() {
        return Ok(Recorded::NoPerson);
    }
    let is_creditor = is_creditor(conn, contact).await?;
    if past.strict && !is_creditor {
        return Ok(Recorded::NoCreditor);
    }
    let is_placed = is_creditor && has_debt(conn, &persons, contact).await?;
    if past.strict && !is_placed {
        return Ok(Recorded::NoDebt);
    }
    if contact.reaction.promise && !is_of_a_debt(conn, &persons, contact).await? {
        return Ok(Recorded::NoDebt);
    }
    let (source, told) = (past.source.as_str(), told_as(contact));
    match conn.first(TOLD, values![source, contact.external_id.as_str()]).await? {
        Some(row) if row.text(0)? != told => return Ok(Recorded::Differs),
        None if !past.dry_run => {
            conn.run(TELL, values![source, contact.external_id.as_str(), told]).await?;
        }
        Some(_) | None => {}
    }
    let mut is_new = false;
    for (person, phone_type) in persons {
        let id = format!("{}:{}:{}", past.source, contact.external_id, person.0);
        let new = if past.dry_run {
            conn.first("SELECT 1 FROM event WHERE external_id = $1", values![&id]).await?.is_none()
        } else {
            let event = event(conn, contact, (person, phone_type), now).await?;
            let new = insert_event(conn, &event, &past.source, Some(&id), now).await?;
            if let Some(id) = new {
                note_told(conn, (&event, id), &contact.reaction, (source, terms), now).await?;
            }
            new.is_some()
        };
        is_new |= new;
    }
    Ok(match (is_placed, is_new) {
        (false, new) => Recorded::OfNoDebt { new },
        (true, false) => Recorded::Known,
        (true, true) => Recorded::New,
    })
}

/// What was told, as a hash: the same words are the same contact, whatever the lists say of them by now.
fn told_as(contact: &PastContact) -> String {
    let phone = contact.phone.as_ref().map(|phone| phone.as_e164());
    let words = json(&(
        (contact.person.as_deref(), phone, contact.at, contact.kind.code()),
        (contact.channel_exact.as_deref(), contact.agent.map(Agent::code)),
        (contact.creditor.as_deref(), contact.debt.as_deref()),
    ));
    let did = &contact.reaction;
    if did.is_none() {
        return sha256(&[&words]);
    }
    let promised = (did.promised_on.map(|on| on.to_string()), did.promised_minor);
    sha256(&[&words, &json(&(did.words().collect::<Vec<_>>(), promised))])
}

/// Whether it is known which debt of one of those meant it was about.
async fn is_of_a_debt(
    conn: &mut Conn,
    persons: &[(PersonId, PhoneType)],
    contact: &PastContact,
) -> Result<bool, Fault> {
    for (person, _) in persons {
        if debt_of(conn, contact, *person).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whom the contact was with, and what the phone is to each.
async fn persons(conn: &mut Conn, contact: &PastContact) -> Result<Vec<(PersonId, PhoneType)>, Fault> {
    let phone = contact.phone.as_ref().map(PhoneNumber::as_e164);
    let rows = match &contact.person {
        Some(person) => conn.all(BY_ID, values![person, phone]).await?,
        None => conn.all(BY_PHONE, values![phone]).await?,
    };
    let read = |row: &Row| {
        let kind = row.code_opt(1, "phone type", PhoneType::parse)?.unwrap_or(PhoneType::Unknown);
        Ok((PersonId(row.int(0)?), kind))
    };
    rows.iter().map(read).collect()
}

/// Whether the creditor that is named is one of the lists', if one is.
async fn is_creditor(conn: &mut Conn, contact: &PastContact) -> Result<bool, Fault> {
    let Some(creditor) = contact.creditor.as_deref() else { return Ok(true) };
    Ok(conn.first("SELECT id FROM creditor WHERE name = $1", values![creditor]).await?.is_some())
}

/// Whether one of those meant has the debt that is named, if one is.
async fn has_debt(
    conn: &mut Conn,
    persons: &[(PersonId, PhoneType)],
    contact: &PastContact,
) -> Result<bool, Fault> {
    let Some(debt) = &contact.debt else { return Ok(true) };
    for (person, _) in persons {
        if conn.first(DEBT, values![*person, debt, contact.creditor.as_deref()]).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn event(
    conn: &mut Conn,
    contact: &PastContact,
    (person, phone_type): (PersonId, PhoneType),
    now: Timestamp,
) -> Result<Event, Fault> {
    let mut event = Event::new(EventId(0), contact.at.unwrap_or(now), contact.kind, person);
    if let Some(exact) = &contact.channel_exact {
        event.channel_exact = Cow::Owned(exact.clone());
    }
    event.agent = contact.agent;
    // In doubt it was a recorded voice: more rules count that.
    event.dial_mode = match contact.agent {
        Some(Agent::Human) => DialMode::Predictive,
        Some(Agent::Robot) | None => DialMode::Prerecorded,
    };
    event.phone = contact.phone.as_ref().map(|number| Phone { number: number.into(), kind: phone_type });
    event.creditor.clone_from(&contact.creditor);
    if let Some((debt, creditor)) = debt_of(conn, contact, person).await? {
        event.debt = Some(debt);
        event.creditor = Some(creditor);
    }
    Ok(event)
}

/// The debt that was told, and whom it is owed to.
async fn debt_of(
    conn: &mut Conn,
    contact: &PastContact,
    person: PersonId,
) -> Result<Option<(DebtId, String)>, Fault> {
    let Some(debt) = &contact.debt else { return Ok(None) };
    let rows = conn.all(DEBT, values![person, debt, contact.creditor.as_deref()]).await?;
    // Two creditors may have the same id: then it is not known which.
    let [row] = rows.as_slice() else { return Ok(None) };
    Ok(Some((DebtId(row.int(0)?), row.text(1)?)))
}

const TOLD: &str = "SELECT hash FROM told_event WHERE source = $1 AND external_id = $2";
const TELL: &str = "INSERT INTO told_event (source, external_id, hash) VALUES ($1, $2, $3)";
const BY_ID: &str = "SELECT p.id, (SELECT f.phone_type FROM phone f WHERE f.person_id = p.id AND f.e164 = $2) \
    FROM person p WHERE p.external_id = $1";
const BY_PHONE: &str = "SELECT person_id, phone_type FROM phone WHERE e164 = $1 ORDER BY person_id";
const DEBT: &str = "SELECT d.id, k.name FROM debt d JOIN creditor k ON k.id = d.creditor_id \
    WHERE d.person_id = $1 AND d.external_id = $2 AND k.name = COALESCE($3, k.name)";
