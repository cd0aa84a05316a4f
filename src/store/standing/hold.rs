//! Holds: set, suspended, lifted, never deleted.

use jiff::Timestamp;
use serde::Serialize;

use super::deed::{note_change, note_deed};
use super::{ByHand, Ending, end_by_hand, his, look_again, stands};
use crate::domain::{AttemptId, PersonId};
use crate::rules::{Hold, HoldKind, PhoneKey, chain_of, latest_end};
use crate::store::engine::conn::{Conn, Fault, Row, moment_opt, values};
use crate::store::engine::dialect;
use crate::store::gate::{Sealed, seal};
use crate::store::{Store, StoreError};

/// A hold in the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HoldRow {
    pub id: i64,
    pub kind: HoldKind,
    /// Absent: all of his.
    pub phone: Option<PhoneKey>,
    /// The debt's id at the creditor; absent: all of his.
    pub debt: Option<String>,
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    /// Times in which it does not bite, half-open.
    pub suspended: Vec<(Timestamp, Option<Timestamp>)>,
    pub evidence: Option<String>,
    /// The id in the lists of whom it was set for.
    pub holder: String,
}

/// What became of a suspension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suspended {
    Now,
    /// The person has no such hold.
    NoHold,
    /// No law lets a hold of this kind be suspended.
    NotThisKind {
        kind: HoldKind,
    },
    /// It would end before it begins, or after this moment.
    BadEnd {
        latest: Timestamp,
    },
    /// With the suspensions it follows on, which began `since`, it would last beyond this moment.
    BadChain {
        since: Timestamp,
        latest: Timestamp,
    },
}

impl HoldRow {
    /// It bites at `at`, wherever a rule asks for its kind.
    pub fn in_force(&self, at: Timestamp) -> bool {
        stands(self.from, self.until, at)
            && !self.suspended.iter().any(|&(from, until)| stands(Some(from), until, at))
    }
}

impl Store {
    /// Sets a hold by hand. Every later decision about the person sees it, whatever the campaign. Returns the hold's id and
    /// the person's open attempt, which is to be taken back while nobody has answered it.
    ///
    /// # Errors
    /// When the database fails: then nothing may be dialled.
    pub async fn add_hold_by_hand(
        &self,
        hold: Hold,
        by: ByHand,
        now: Timestamp,
    ) -> Result<(i64, Option<AttemptId>), StoreError> {
        let person = hold.person;
        let written = self.write(move |conn| {
            Box::pin(async move {
                dialect::lock_person(conn, person).await?;
                let id = insert_hold(conn, &hold, now).await?;
                let open = conn.one(OPEN, values![person]).await?.int_opt(0)?.map(AttemptId);
                note_deed(conn, person, ("hold_added", id), &by, now).await?;
                Ok((id, open))
            })
        });
        written.await.map_err(|source| StoreError::Hold { person, source })
    }

    /// Lifts a hold of the person, or of an id that is one with him, from `now` on, and lets contacts that were done
    /// because of a rule look again. `false`: there is no such one, it has ended, or an open case stands on it: it ends with
    /// the case.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lift_hold_by_hand(
        &self,
        person: PersonId,
        id: i64,
        by: ByHand,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let ending = Ending { sql: LIFT, deed: "hold_lifted", of: Sealed::Hold };
        end_by_hand(self, (person, id), ending, by, now).await
    }

    /// Suspends a hold for a time, as a court act does a refusal of interaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn suspend_hold(
        &self,
        person: PersonId,
        id: i64,
        (from, until): (Timestamp, Timestamp),
        by: ByHand,
        now: Timestamp,
    ) -> Result<Suspended, StoreError> {
        let latest = latest_end(from);
        if until <= from || latest < until {
            return Ok(Suspended::BadEnd { latest });
        }
        let written = self.write(move |conn| {
            Box::pin(async move {
                dialect::lock_person(conn, person).await?;
                let Some(row) = conn.first(SUSPENDED, values![person, id]).await? else {
                    return Ok(Suspended::NoHold);
                };
                let kind = row.code(1, "hold kind", HoldKind::parse)?;
                if !kind.may_be_suspended() {
                    return Ok(Suspended::NotThisKind { kind });
                }
                let mut times = read_times(&row, 0)?;
                let (since, ends) = chain_of(&times, (from, until));
                let latest = latest_end(since);
                if ends.is_none_or(|ends| latest < ends) {
                    return Ok(Suspended::BadChain { since, latest });
                }
                times.push((from, Some(until)));
                let text = serde_json::to_string(&times).expect("times");
                conn.run("UPDATE hold SET suspended = $2 WHERE id = $1", values![id, text]).await?;
                let owner = PersonId(row.int(2)?);
                note_change(conn, (person, owner), ("hold_suspended", id), &by, now).await?;
                seal(conn, (Sealed::Hold, id), owner, now).await?;
                look_again(conn, person, now).await?;
                Ok(Suspended::Now)
            })
        });
        written.await.map_err(|source| StoreError::Hold { person, source })
    }

    /// The holds that keep the person from being called, the newest last: his own, those of ids that are one with him or were
    /// until a split, and those on a telephone that he shares.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn holds(&self, person: PersonId) -> Result<Vec<HoldRow>, StoreError> {
        let rows = self.read(move |conn| {
            Box::pin(async move {
                let [one, other] = HoldKind::OF_TELEPHONES.map(HoldKind::code);
                conn.all(ROWS, values![person, one, other]).await?.iter().map(read_row).collect()
            })
        });
        rows.await.map_err(|source| StoreError::Hold { person, source })
    }
}

/// Sets a hold, and seals it.
pub(in crate::store) async fn insert_hold(
    conn: &mut Conn,
    hold: &Hold,
    now: Timestamp,
) -> Result<i64, Fault> {
    let last = conn.one("SELECT COALESCE(MAX(id), 0) FROM attempt", Vec::new()).await?.int(0)?;
    insert_hold_after(conn, hold, AttemptId(last), now).await
}

/// The same; the calls up to `after` were decided without it.
pub(in crate::store) async fn insert_hold_after(
    conn: &mut Conn,
    hold: &Hold,
    after: AttemptId,
    now: Timestamp,
) -> Result<i64, Fault> {
    let suspended = serde_json::to_string(&hold.suspended).expect("times");
    let row = conn.one(
        INSERT,
        values![
            hold.person,
            hold.kind.code(),
            hold.phone,
            hold.debt,
            hold.from,
            hold.until,
            suspended,
            hold.evidence.as_deref(),
            after,
        ],
    );
    let id = row.await?.int(0)?;
    seal(conn, (Sealed::Hold, id), hold.person, now).await?;
    Ok(id)
}

/// Ends a hold of `owner` in the transaction of the act that it hangs on, and seals both.
pub(in crate::store) async fn lift_hold(
    conn: &mut Conn,
    (owner, id): (PersonId, i64),
    by: &ByHand,
    now: Timestamp,
) -> Result<(), Fault> {
    conn.run("UPDATE hold SET until_at = $2 WHERE id = $1 AND until_at IS NULL", values![id, now]).await?;
    note_deed(conn, owner, ("hold_lifted", id), by, now).await?;
    seal(conn, (Sealed::Hold, id), owner, now).await
}

fn read_row(row: &Row) -> Result<HoldRow, Fault> {
    Ok(HoldRow {
        id: row.int(0)?,
        kind: row.code(1, "hold kind", HoldKind::parse)?,
        phone: row.phone_opt(2)?,
        debt: row.text_opt(3)?,
        from: moment_opt(row.int_opt(4)?)?,
        until: moment_opt(row.int_opt(5)?)?,
        suspended: read_times(row, 6)?,
        evidence: row.text_opt(7)?,
        holder: row.text(8)?,
    })
}

fn read_times(row: &Row, column: usize) -> Result<Vec<(Timestamp, Option<Timestamp>)>, Fault> {
    let text = row.text(column)?;
    serde_json::from_str(&text).map_err(|_| Fault::Unreadable { what: "suspended times of a hold" })
}

const INSERT: &str = "INSERT INTO hold (person_id, kind, phone, debt_id, from_at, until_at, suspended, evidence, \
    after_attempt) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
const OPEN: &str = concat!("SELECT MIN(id) FROM attempt WHERE outcome IS NULL AND ", his!());
const LIFT: &str = concat!(
    "UPDATE hold SET until_at = $3 WHERE id = $2 AND (until_at IS NULL OR until_at > $3) \
     AND NOT EXISTS (SELECT 1 FROM case_hold t JOIN case_file f ON f.id = t.case_id \
     WHERE t.hold_id = hold.id AND f.state <> 'closed') AND ",
    his!(),
    " RETURNING person_id"
);
const SUSPENDED: &str = concat!("SELECT suspended, kind, person_id FROM hold WHERE id = $2 AND ", his!());
/// What the gate reads for any of his telephones, with whom each hold was set for.
const ROWS: &str = "SELECT h.id, h.kind, h.phone, d.external_id, h.from_at, h.until_at, h.suspended, h.evidence, \
    p.external_id FROM hold h JOIN person p ON p.id = h.person_id LEFT JOIN debt d ON d.id = h.debt_id \
    WHERE h.person_id = $1 OR h.person_id IN (SELECT k.other_id FROM kin k WHERE k.person_id = $1 \
    AND (k.upto_event IS NULL OR h.from_at IS NULL OR h.from_at <= k.upto_at)) \
    OR h.phone IN (SELECT CAST(SUBSTR(f.e164, 2) AS BIGINT) FROM phone f WHERE f.person_id = $1) \
    OR (h.phone IS NULL AND h.kind IN ($2, $3) AND h.person_id IN (SELECT t.person_id FROM phone t \
    JOIN phone f ON f.e164 = t.e164 WHERE f.person_id = $1)) ORDER BY h.id";
