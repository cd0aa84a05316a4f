//! Who is whom: two ids of the lists that are one person, and one that was taken for another.
//!
//! Neither a merge nor a split takes anything out of a history. Merged ids count each other's events and holds and get
//! one call between them; after a split each keeps what counted until then. Consents are never shared: they loosen.

use jiff::Timestamp;

use crate::domain::{ContactId, PersonId};
use crate::store::engine::conn::{Conn, Fault, moment, moment_opt, values};
use crate::store::engine::dialect::{self, owes};
use crate::store::gate::{OF_THE_HOUSE, Sealed, seal};
use crate::store::{Store, StoreError};

/// What was found out of two ids, and when.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LinkRow {
    pub at: Timestamp,
    /// `merge` or `split`.
    pub act: String,
    /// The two ids, as the lists have them.
    pub person: String,
    pub other: String,
    pub evidence: String,
}

/// An id of the lists whose ledger and holds count for a person.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct KinRow {
    pub person: PersonId,
    /// The id in the lists.
    pub external_id: String,
    /// They were parted: the last entry of the ledger that counts, and when. Absent: they are one.
    pub upto: Option<(i64, Timestamp)>,
}

impl KinRow {
    /// What happened at `at` belongs to the person's file, too.
    pub fn counts(&self, at: Timestamp) -> bool {
        self.upto.is_none_or(|(_, split)| at <= split)
    }
}

impl Store {
    /// Whose ledger and holds count for the person beside his own.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kin(&self, person: PersonId) -> Result<Vec<KinRow>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(KIN, values![person]).await?;
                let read = rows.iter().map(|row| {
                    Ok(KinRow {
                        person: PersonId(row.int(0)?),
                        external_id: row.text(1)?,
                        upto: row.int_opt(2)?.zip(moment_opt(row.int_opt(3)?)?),
                    })
                });
                read.collect()
            })
        });
        read.await.map_err(|source| StoreError::Identity { person, source })
    }

    /// Takes two ids, and all that are one with either, for one person from now on. `false`: they were one already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn merge_persons(
        &self,
        person: PersonId,
        other: PersonId,
        evidence: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let evidence = evidence.to_owned();
        let written =
            self.write(move |conn| Box::pin(async move { merge(conn, person, other, &evidence, now).await }));
        written.await.map_err(|source| StoreError::Identity { person, source })
    }

    /// Takes an id for a person of its own from now on. Returns from how many others it was parted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn split_person(
        &self,
        person: PersonId,
        evidence: &str,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let evidence = evidence.to_owned();
        let written =
            self.write(move |conn| Box::pin(async move { split(conn, person, &evidence, now).await }));
        written.await.map_err(|source| StoreError::Identity { person, source })
    }

    /// What was found out of a person, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn person_links(&self, person: PersonId) -> Result<Vec<LinkRow>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(LINKS, values![person]).await?;
                let read = rows.iter().map(|row| {
                    Ok(LinkRow {
                        at: moment(row.int(0)?)?,
                        act: row.text(1)?,
                        person: row.text(2)?,
                        other: row.text(3)?,
                        evidence: row.text(4)?,
                    })
                });
                read.collect()
            })
        });
        read.await.map_err(|source| StoreError::Identity { person, source })
    }
}

/// Takes two ids for one person from now on. `false`: they were already.
pub(in crate::store) async fn merge(
    conn: &mut Conn,
    person: PersonId,
    other: PersonId,
    evidence: &str,
    now: Timestamp,
) -> Result<bool, Fault> {
    dialect::lock_identities(conn).await?;
    let ours = one_with(conn, person).await?;
    if ours.contains(&other) {
        return Ok(false);
    }
    note(conn, ("merge", person, other), evidence, now).await?;
    let theirs = one_with(conn, other).await?;
    for &mine in &ours {
        for &theirs in &theirs {
            for pair in [values![mine, theirs], values![theirs, mine]] {
                let row = conn.one(JOIN, pair).await?.int(0)?;
                seal(conn, (Sealed::Kin, row), OF_THE_HOUSE, now).await?;
            }
        }
    }
    Ok(true)
}

async fn split(conn: &mut Conn, person: PersonId, evidence: &str, now: Timestamp) -> Result<usize, Fault> {
    dialect::lock_identities(conn).await?;
    let mut others = one_with(conn, person).await?;
    others.retain(|&other| other != person);
    for &other in &others {
        note(conn, ("split", person, other), evidence, now).await?;
        for row in conn.all(PART, values![person, other, now]).await? {
            seal(conn, (Sealed::Kin, row.int(0)?), OF_THE_HOUSE, now).await?;
        }
    }
    for whose in others.iter().chain([&person]) {
        for row in conn.all(STRAYS, values![*whose]).await? {
            give_to_ower(conn, ContactId(row.int(0)?), now).await?;
        }
    }
    Ok(others.len())
}

/// Gives a contact to the person who owes its debt: whoever has it is another one. What was agreed with that one ends,
/// and the contact looks again with the other's phones and places.
///
/// # Errors
/// The database's.
pub(in crate::store) async fn give_to_ower(
    conn: &mut Conn,
    contact: ContactId,
    now: Timestamp,
) -> Result<(), Fault> {
    conn.run(END_AGREED, values![contact, now]).await?;
    conn.run(GIVE, values![contact, now]).await.map(|_| ())
}

/// Writes down what was found out; what follows from it for the pairs is sealed right after it.
async fn note(
    conn: &mut Conn,
    (act, person, other): (&'static str, PersonId, PersonId),
    evidence: &str,
    now: Timestamp,
) -> Result<(), Fault> {
    let id = conn.one(LINK, values![now, act, person, other, evidence]).await?.int(0)?;
    seal(conn, (Sealed::PersonLink, id), OF_THE_HOUSE, now).await
}

/// The ids that are one person with this one, itself among them.
async fn one_with(conn: &mut Conn, person: PersonId) -> Result<Vec<PersonId>, Fault> {
    let rows = conn.all(ONE_WITH, values![person]).await?;
    let others = rows.iter().map(|row| row.int(0).map(PersonId));
    std::iter::once(Ok(person)).chain(others).collect()
}

const KIN: &str = "SELECT k.other_id, p.external_id, k.upto_event, k.upto_at FROM kin k \
    JOIN person p ON p.id = k.other_id WHERE k.person_id = $1 ORDER BY k.other_id";
const ONE_WITH: &str =
    "SELECT other_id FROM kin WHERE person_id = $1 AND upto_event IS NULL ORDER BY other_id";
const JOIN: &str = "INSERT INTO kin (person_id, other_id) VALUES ($1, $2) \
    ON CONFLICT (person_id, other_id) DO UPDATE SET upto_event = NULL, upto_at = NULL RETURNING id";
const PART: &str = "UPDATE kin SET upto_event = (SELECT COALESCE(MAX(id), 0) FROM event), upto_at = $3 \
    WHERE (person_id = $1 AND other_id = $2) OR (person_id = $2 AND other_id = $1) RETURNING id";
const STRAYS: &str = concat!(
    "SELECT c.id FROM contact c JOIN debt d ON d.id = c.debt_id WHERE c.person_id = $1 AND c.state <> 'in_flight' \
    AND NOT ",
    owes!("c.person_id"),
    " ORDER BY c.id"
);
const END_AGREED: &str =
    "UPDATE callback SET state = 'expired', ended_at = $2 WHERE contact_id = $1 AND state = 'waiting'";
/// Who has claimed it meanwhile knows the other one's phones: it is not queued for him any more.
const GIVE: &str = "UPDATE contact SET person_id = (SELECT d.person_id FROM debt d WHERE d.id = contact.debt_id), \
    next_at = CASE WHEN state IN ('queued', 'waiting') OR why = 'callback_agreed' THEN CAST($2 AS BIGINT) END, \
    why = CASE WHEN state IN ('queued', 'waiting') OR why = 'callback_agreed' THEN 'not_his_debt' ELSE why END, \
    state = CASE WHEN state IN ('queued', 'waiting') OR why = 'callback_agreed' THEN 'waiting' ELSE state END, \
    claimed_until = 0 WHERE id = $1 AND state <> 'in_flight'";
const LINK: &str = "INSERT INTO person_link (at, act, person_id, other_id, evidence) VALUES ($1, $2, $3, $4, $5) RETURNING id";
const LINKS: &str = "SELECT l.at, l.act, p.external_id, o.external_id, l.evidence FROM person_link l \
    JOIN person p ON p.id = l.person_id JOIN person o ON o.id = l.other_id \
    WHERE l.person_id = $1 OR l.other_id = $1 ORDER BY l.id";
