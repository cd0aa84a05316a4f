//! Sealed rows: every entry of the ledger, every closed attempt and all that stands about a person has a link in a chain, so
//! that a row that was changed, taken out or slipped in is found without any decision having rested on it.
//!
//! A chain of its own, and not a hash in the decisions: a decision's record vouches for what that decision read, and
//! what comes after the last decision would be vouched for by nothing. A row is sealed again only right after the act that
//! changed it, a deed or a disposition, which is sealed itself; its last link counts.

mod kind;
mod strays;
mod verify;

use jiff::Timestamp;

use super::super::record::{CHAINS, link};
use crate::domain::{AttemptId, PersonId};
use crate::store::engine::conn::{Conn, Fault, Row, values};
use crate::store::engine::dialect;

pub use verify::{BrokenRow, RowName, VerifiedRows, WrongRow};

pub(in crate::store) use kind::{Sealed, event_columns};

/// The chains of rows come after those of decisions.
pub(super) const FIRST: i64 = CHAINS;

/// Whose chain has the rows that are not one person's: who is whom, what lists and configurations told.
pub(in crate::store) const OF_THE_HOUSE: PersonId = PersonId(0);

/// Seals an entry of the ledger, whose columns `row` holds.
pub(in crate::store) async fn seal_event(conn: &mut Conn, row: &Row, now: Timestamp) -> Result<(), Fault> {
    let digest = Sealed::Event.digest(row)?;
    append(conn, (Sealed::Event, row.int(0)?), PersonId(row.int(1)?), &digest, now).await
}

/// Seals an attempt as it stands.
pub(in crate::store) async fn seal_attempt(
    conn: &mut Conn,
    attempt: AttemptId,
    person: PersonId,
    now: Timestamp,
) -> Result<(), Fault> {
    seal(conn, (Sealed::Attempt, attempt.0), person, now).await
}

/// Seals a row as it stands, in the chain of `owner`.
pub(in crate::store) async fn seal(
    conn: &mut Conn,
    (of, id): (Sealed, i64),
    owner: PersonId,
    now: Timestamp,
) -> Result<(), Fault> {
    let sql = format!("SELECT {} FROM {} WHERE {} = $1", of.columns().names, of.code(), of.key());
    let rows = conn.all_built(sql, values![id]).await?;
    let row = rows.first().ok_or(Fault::Unreadable { what: "row to be sealed" })?;
    append(conn, (of, id), owner, &of.digest(row)?, now).await
}

async fn append(
    conn: &mut Conn,
    (of, id): (Sealed, i64),
    owner: PersonId,
    digest: &str,
    now: Timestamp,
) -> Result<(), Fault> {
    let chain = FIRST + owner.0.rem_euclid(CHAINS);
    let sql = dialect::rows_head(conn);
    let head = conn.one(sql, values![chain]).await?;
    let (seq, previous) = (head.int(0)? + 1, head.text(1)?);
    // In a chain time does not go back: a sealed day stays as it was.
    let at = now.as_microsecond().max(head.int(2)?);
    let hash = link(&previous, chain, seq, &text(of.code(), id, digest, at));
    conn.run("UPDATE chain SET seq = $2, hash = $3, at = $4 WHERE id = $1", values![chain, seq, &hash, at])
        .await?;
    conn.run(INSERT, values![chain, seq, at, of.code(), id, digest, previous, hash]).await.map(|_| ())
}

/// What a link's hash is made of beside its place.
fn text(of: &str, id: i64, digest: &str, at: i64) -> String {
    format!("{of} {id} {digest} {at}")
}

const INSERT: &str = "INSERT INTO sealed_row (chain, seq, at, of_what, row_id, digest, prev_hash, hash) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
