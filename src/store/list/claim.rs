//! Whose turn it is: contacts wake when their time comes, and a node's scheduler claims the best of the queue.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::campaign::Callee;
use crate::domain::{
    AgentId, CampaignId, ContactId, Currency, DebtId, DebtorType, Disposition, Language, Money, Outcome,
    PersonId, PersonName, PhoneNumber,
};
use crate::rules::zone::{Registry, Whereabouts, ZoneSet, of_person};
use crate::rules::{PhoneType, Relation};
use crate::store::engine::conn::{Conn, Fault, Row, Value, date, moment, moment_opt, values};
use crate::store::engine::dialect::{self, owed};
use crate::store::list::whereabouts::whereabouts;
use crate::store::{Store, StoreError};

/// A contact with all that a campaign needs to dial it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedContact {
    pub id: ContactId,
    pub campaign: CampaignId,
    pub score: i64,
    /// Attempts made on it in all.
    pub tries: u8,
    /// One of them was answered.
    pub answered: bool,
    /// No dial begins at or after this.
    pub not_after: Option<Timestamp>,
    pub person: PersonId,
    pub name: Option<PersonName>,
    pub language: Language,
    pub debtor_type: DebtorType,
    /// Where he may be, by this id of the lists and then by those that are one with it.
    pub whereabouts: Vec<Whereabouts>,
    pub debt: DebtId,
    /// The debt's id at the creditor.
    pub debt_external: String,
    pub creditor: String,
    pub amount: Money,
    pub due: Date,
    /// By rank.
    pub phones: Vec<ClaimedPhone>,
    /// The agent who took his last promise on the debt.
    pub promised_to: Option<AgentId>,
    /// The finished attempts on this contact, the oldest first.
    pub before: Vec<TriedBefore>,
}

impl ClaimedContact {
    /// Where the person may be, by all that is known of him.
    pub fn zones(&self, registry: &Registry) -> ZoneSet {
        of_person(&self.whereabouts, registry)
    }

    /// What the rules are asked of a call to one of his phones.
    pub fn callee<'a>(&'a self, phone: &'a ClaimedPhone, zones: &'a ZoneSet) -> Callee<'a> {
        Callee {
            person: self.person,
            debt: self.debt,
            creditor: &self.creditor,
            phone: &phone.number,
            phone_type: phone.phone_type,
            relation: phone.relation,
            zones,
        }
    }
}

/// A phone of the contact's person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedPhone {
    pub number: PhoneNumber,
    pub phone_type: PhoneType,
    pub relation: Relation,
    /// The list's order, 0 first.
    pub rank: u8,
    /// In service and his, as far as is known.
    pub usable: bool,
}

/// An earlier attempt on the contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedBefore {
    pub began: Timestamp,
    pub phone: PhoneNumber,
    pub trunk: String,
    pub outcome: Outcome,
    pub disposition: Option<Disposition>,
}

/// A claimed contact that is not reserved within this is free for others again.
pub(super) const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// Contacts loaded by one statement.
const PAGE: usize = 64;

impl Store {
    /// Claims the best queued contacts of a running campaign for this node, for a minute. The cost grows with
    /// `limit`, not with the list.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim(
        &self,
        campaign: CampaignId,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<ClaimedContact>, StoreError> {
        let act = |source| StoreError::Claim { campaign, limit, source };
        let lease_ends = now.checked_add(LEASE).unwrap_or(now);
        let claimed = self.write(move |conn| {
            Box::pin(async move {
                if !is_running(conn, campaign).await? {
                    return Ok(Vec::new());
                }
                let sql = dialect::claim(conn);
                let rows = conn.all(sql, values![campaign, now, lease_ends, i64::from(limit)]).await?;
                rows.iter().map(|row| row.int(0).map(ContactId)).collect::<Result<Vec<_>, _>>()
            })
        });
        self.claimed(claimed.await.map_err(act)?).await
    }

    /// What was claimed, the best first.
    pub(super) async fn claimed(&self, ids: Vec<ContactId>) -> Result<Vec<ClaimedContact>, StoreError> {
        let mut contacts = self.contacts(ids).await?;
        contacts.sort_by_key(|contact| (std::cmp::Reverse(contact.score), contact.id));
        Ok(contacts)
    }

    /// Lets claimed contacts go that were not dialled after all: no trunk had room, no agent was free.
    ///
    /// # Errors
    /// When the database fails; the lease lets them go then.
    pub async fn release(&self, contacts: Vec<ContactId>) -> Result<(), StoreError> {
        let written = self.write(move |conn| {
            Box::pin(async move {
                for id in contacts {
                    conn.run(RELEASED, values![id]).await?;
                }
                Ok(())
            })
        });
        written.await.map_err(|source| StoreError::Wake { source })
    }

    /// Puts waiting contacts whose time has come back into their queues. Returns how many; call again while it is
    /// `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wake_due(&self, limit: u32, now: Timestamp) -> Result<u64, StoreError> {
        let woken = self.write(move |conn| {
            Box::pin(async move {
                let sql = dialect::wake_due(conn);
                conn.run(sql, values![now, i64::from(limit)]).await
            })
        });
        woken.await.map_err(|source| StoreError::Wake { source })
    }

    /// When the next waiting contact is to be woken, if one waits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_wake(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT MIN(next_at) FROM contact WHERE state = 'waiting'";
        let read = self.read(move |conn| {
            Box::pin(async move { moment_opt(conn.one(sql, Vec::new()).await?.int_opt(0)?) })
        });
        read.await.map_err(|source| StoreError::Wake { source })
    }

    /// Puts contacts that a denial or a retry delay keeps to another time: the campaign's calendar, a full day part.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn postpone(
        &self,
        contact: ContactId,
        why: &'static str,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE contact SET state = 'waiting', why = $2, next_at = $3, claimed_until = 0 WHERE id = $1 \
            AND state = 'queued'";
        let written = self
            .write(move |conn| Box::pin(async move { conn.run(sql, values![contact, why, until]).await }));
        written.await.map(|touched| touched > 0).map_err(|source| StoreError::Wake { source })
    }

    /// Keeps a queued contact for somebody else than the campaign that has it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_aside(&self, contact: ContactId, why: &'static str) -> Result<bool, StoreError> {
        let sql = "UPDATE contact SET state = 'held', why = $2, next_at = NULL, claimed_until = 0 WHERE id = $1 \
            AND state = 'queued'";
        let written =
            self.write(move |conn| Box::pin(async move { conn.run(sql, values![contact, why]).await }));
        written.await.map(|touched| touched > 0).map_err(|source| StoreError::Wake { source })
    }

    /// Ends a queued contact for the campaign's own reason.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_contact(
        &self,
        contact: ContactId,
        why: crate::campaign::DoneWhy,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE contact SET state = 'done', why = $2, next_at = NULL, claimed_until = 0 WHERE id = $1 \
            AND state IN ('queued', 'waiting', 'held')";
        let written = self
            .write(move |conn| Box::pin(async move { conn.run(sql, values![contact, why.code()]).await }));
        written.await.map(|touched| touched > 0).map_err(|source| StoreError::Wake { source })
    }

    /// Contacts after `after` that are queued or wait, in the order of their ids, a page at a time; empty at the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn to_be_called(&self, after: ContactId) -> Result<Vec<ContactId>, StoreError> {
        let sql =
            "SELECT id FROM contact WHERE id > $1 AND state IN ('queued', 'waiting') ORDER BY id LIMIT 500";
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(sql, values![after]).await?;
                rows.iter().map(|row| row.int(0).map(ContactId)).collect()
            })
        });
        read.await.map_err(|source| StoreError::Wake { source })
    }

    /// The campaign's contacts that are dialled next, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn front_of_queue(
        &self,
        campaign: CampaignId,
        limit: u32,
    ) -> Result<Vec<ContactId>, StoreError> {
        let sql = "SELECT id FROM contact WHERE campaign_id = $1 AND state = 'queued' ORDER BY score DESC, id LIMIT $2";
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(sql, values![campaign, i64::from(limit)]).await?;
                rows.iter().map(|row| row.int(0).map(ContactId)).collect()
            })
        });
        read.await.map_err(|source| StoreError::Wake { source })
    }

    /// Loads contacts by id, in no order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn contacts(&self, ids: Vec<ContactId>) -> Result<Vec<ClaimedContact>, StoreError> {
        let read = self.read(move |conn| Box::pin(async move { load(conn, &ids).await }));
        read.await.map_err(|source| StoreError::Wake { source })
    }
}

/// Whether the campaign is one that dials.
pub(super) async fn is_running(conn: &mut Conn, campaign: CampaignId) -> Result<bool, Fault> {
    let running = "SELECT 1 FROM campaign WHERE id = $1 AND state = 'running'";
    Ok(conn.first(running, values![campaign]).await?.is_some())
}

async fn load(conn: &mut Conn, ids: &[ContactId]) -> Result<Vec<ClaimedContact>, Fault> {
    let mut all = Vec::with_capacity(ids.len());
    for page in ids.chunks(PAGE) {
        let places = places(PAGE);
        let rows = conn.all_built(format!("{CONTACTS} WHERE c.id IN ({places})"), padded(page)).await?;
        let start = all.len();
        for row in &rows {
            all.push(read_contact(row)?);
        }
        let by_contact: HashMap<ContactId, usize> = (start..all.len()).map(|at| (all[at].id, at)).collect();
        let phones =
            conn.all_built(format!("{PHONES} WHERE c.id IN ({places}) ORDER BY f.rank, f.id"), padded(page));
        for row in phones.await? {
            let at = by_contact[&ContactId(row.int(0)?)];
            let phone = read_phone(&row)?;
            all[at].whereabouts[0].phones.push(phone.number.clone());
            all[at].phones.push(phone);
        }
        // Few have been merged: these are asked one by one.
        let kin = conn.all_built(format!("{KIN} WHERE c.id IN ({places})"), padded(page));
        for row in kin.await? {
            let contact = &mut all[by_contact[&ContactId(row.int(0)?)]];
            contact.whereabouts = whereabouts(conn, contact.person).await?;
        }
        let promised =
            conn.all_built(format!("{PROMISED} WHERE c.id IN ({places}) ORDER BY r.id"), padded(page));
        for row in promised.await? {
            all[by_contact[&ContactId(row.int(0)?)]].promised_to = AgentId::parse(&row.text(1)?);
        }
        if all[start..].iter().all(|contact| contact.tries == 0) {
            continue;
        }
        let before =
            conn.all_built(format!("{BEFORE} AND contact_id IN ({places}) ORDER BY id"), padded(page));
        for row in before.await? {
            let at = by_contact[&ContactId(row.int(0)?)];
            all[at].before.push(read_before(&row)?);
        }
    }
    Ok(all)
}

/// His list may have told another language while he was put into the queue: he is found by what he is now.
const RELEASED: &str = "UPDATE contact SET claimed_until = 0, caller = (SELECT p.language || ' ' || p.debtor_type \
    || ' ' || CAST(d.creditor_id AS TEXT) FROM person p, debt d WHERE p.id = contact.person_id AND d.id = contact.debt_id) \
    WHERE id = $1";
const CONTACTS: &str = concat!(
    "SELECT c.id, c.campaign_id, c.score, c.tries, c.answered, c.not_after, p.id, p.name, \
    p.language, p.debtor_type, p.region, p.time_zone, d.id, d.external_id, k.name, ",
    owed!(),
    ", d.currency, d.due_date FROM contact c JOIN person p ON p.id = c.person_id JOIN debt d ON d.id = c.debt_id \
    JOIN creditor k ON k.id = d.creditor_id"
);
const PHONES: &str = "SELECT c.id, f.e164, f.phone_type, f.relation, f.rank, f.state FROM contact c \
    JOIN phone f ON f.person_id = c.person_id";
const KIN: &str = "SELECT DISTINCT c.id FROM contact c JOIN kin k ON k.person_id = c.person_id \
    AND k.upto_event IS NULL";
const PROMISED: &str = "SELECT c.id, w.agent FROM contact c JOIN promise r ON r.debt_id = c.debt_id \
    JOIN disposed w ON w.attempt_id = r.attempt_id";
const BEFORE: &str = "SELECT contact_id, reserved_at, phone, outcome, disposition, trunk FROM attempt \
    WHERE outcome IS NOT NULL AND channel <> 'inbound_call'";

fn read_contact(row: &Row) -> Result<ClaimedContact, Fault> {
    let currency = row.code(16, "currency", Currency::parse)?;
    Ok(ClaimedContact {
        id: ContactId(row.int(0)?),
        campaign: CampaignId(row.int(1)?),
        score: row.int(2)?,
        tries: small(row.int(3)?),
        answered: row.int(4)? != 0,
        not_after: moment_opt(row.int_opt(5)?)?,
        person: PersonId(row.int(6)?),
        name: row.text_opt(7)?.map(PersonName::new),
        language: row.code(8, "language", Language::parse)?,
        debtor_type: row.code(9, "debtor type", DebtorType::parse)?,
        whereabouts: vec![Whereabouts {
            time_zone: row.text_opt(11)?,
            region: row.text_opt(10)?,
            phones: Vec::new(),
        }],
        debt: DebtId(row.int(12)?),
        debt_external: row.text(13)?,
        creditor: row.text(14)?,
        amount: Money::new(row.int(15)?, currency),
        due: date(&row.text(17)?)?,
        phones: Vec::new(),
        promised_to: None,
        before: Vec::new(),
    })
}

fn read_phone(row: &Row) -> Result<ClaimedPhone, Fault> {
    Ok(ClaimedPhone {
        number: number(&row.text(1)?)?,
        phone_type: row.code(2, "phone type", PhoneType::parse)?,
        relation: row.code(3, "relation", Relation::parse)?,
        rank: small(row.int(4)?),
        usable: row.text(5)? == "usable",
    })
}

fn read_before(row: &Row) -> Result<TriedBefore, Fault> {
    Ok(TriedBefore {
        began: moment(row.int(1)?)?,
        phone: number(&row.text(2)?)?,
        trunk: row.text(5)?,
        outcome: row.code(3, "outcome", Outcome::parse)?,
        disposition: row.code_opt(4, "disposition", Disposition::parse)?,
    })
}

pub(in crate::store) fn number(text: &str) -> Result<PhoneNumber, Fault> {
    PhoneNumber::parse(text).map_err(|_| Fault::Unreadable { what: "phone number" })
}

/// A small count, the largest where it is more.
fn small(number: i64) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

/// `$1, $2, … $n`.
fn places(n: usize) -> String {
    (1..=n).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

/// The ids as values, the last one again and again up to a full page: one statement text, prepared once.
fn padded(ids: &[ContactId]) -> Vec<Value> {
    let last = *ids.last().expect("a chunk is never empty");
    ids.iter().copied().chain(std::iter::repeat(last)).take(PAGE).map(Value::from).collect()
}
