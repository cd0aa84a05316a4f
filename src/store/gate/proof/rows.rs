//! Sealed rows: every entry of the ledger and every closed attempt has a link in a chain, so that one that was changed,
//! taken out or slipped in is found without any decision having rested on it.
//!
//! A chain of its own, and not a hash in the decisions: a decision's record vouches for what that decision read, and
//! what comes after the last decision would be vouched for by nothing. An attempt is sealed when it is closed, and
//! again by whoever changes it afterwards; its last link counts.

use jiff::Timestamp;

use super::super::record::{CHAINS, json, link, sha256};
use crate::domain::{AttemptId, PersonId};
use crate::store::engine::conn::{Conn, Fault, Row, values};
use crate::store::engine::dialect;

/// The chains of rows come after those of decisions.
pub(super) const FIRST: i64 = CHAINS;

/// What a link seals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Sealed {
    Attempt,
    Event,
}

impl Sealed {
    /// The code in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Attempt => "attempt",
            Self::Event => "event",
        }
    }

    /// The columns that are sealed, in the order of the statements that read them: `i` a number, `t` a text.
    fn columns(self) -> &'static str {
        match self {
            Self::Attempt => "iiiiiitttttttiitttiiiiiiiiiitttititititii",
            Self::Event => "iiittittittiiitti",
        }
    }

    /// SHA-256 of the row's columns, which stand from `first` on; absent where there is no such row.
    pub fn digest(self, row: &Row, first: usize) -> Result<Option<String>, Fault> {
        let mut cells = Vec::with_capacity(self.columns().len());
        for (place, kind) in self.columns().bytes().enumerate() {
            let column = first + place;
            cells.push(match kind {
                b'i' => serde_json::json!(row.int_opt(column)?),
                _ => serde_json::json!(row.text_opt(column)?),
            });
        }
        let there = cells.first().is_some_and(|id| !id.is_null());
        Ok(there.then(|| sha256(&[&json(&cells)])))
    }
}

/// The columns of an entry of the ledger that are sealed, with the prefix of its table.
macro_rules! event_columns {
    ($t:literal) => {
        concat!(
            $t,
            "id, ",
            $t,
            "person_id, ",
            $t,
            "at, ",
            $t,
            "kind, ",
            $t,
            "channel_exact, ",
            $t,
            "phone, ",
            $t,
            "phone_type, ",
            $t,
            "dial_mode, ",
            $t,
            "debt_id, ",
            $t,
            "creditor, ",
            $t,
            "agent, ",
            $t,
            "excluded, ",
            $t,
            "attempt_id, ",
            $t,
            "corrects, ",
            $t,
            "source, ",
            $t,
            "external_id, ",
            $t,
            "written_at"
        )
    };
}
/// The columns of an attempt that are sealed, with the prefix of its table.
macro_rules! attempt_columns {
    ($t:literal) => {
        concat!(
            $t,
            "id, ",
            $t,
            "contact_id, ",
            $t,
            "campaign_id, ",
            $t,
            "person_id, ",
            $t,
            "debt_id, ",
            $t,
            "decision_id, ",
            $t,
            "node, ",
            $t,
            "phone, ",
            $t,
            "trunk, ",
            $t,
            "caller_id, ",
            $t,
            "channel, ",
            $t,
            "debtor_type, ",
            $t,
            "debt_kind, ",
            $t,
            "creditor_id, ",
            $t,
            "amount_minor, ",
            $t,
            "currency, ",
            $t,
            "config_version, ",
            $t,
            "flow_version, ",
            $t,
            "due_at, ",
            $t,
            "reserved_at, ",
            $t,
            "invite_at, ",
            $t,
            "trying_at, ",
            $t,
            "ringing_at, ",
            $t,
            "early_media_at, ",
            $t,
            "answer_at, ",
            $t,
            "first_audio_at, ",
            $t,
            "first_key_at, ",
            $t,
            "end_at, ",
            $t,
            "outcome, ",
            $t,
            "disposition, ",
            $t,
            "grades, ",
            $t,
            "sip_code, ",
            $t,
            "sip_reason, ",
            $t,
            "q850, ",
            $t,
            "hung_up_by, ",
            $t,
            "heard_percent, ",
            $t,
            "keys, ",
            $t,
            "identified, ",
            $t,
            "promised_on, ",
            $t,
            "cost_micro, ",
            $t,
            "closed_at"
        )
    };
}
pub(in crate::store) use {attempt_columns, event_columns};

/// Seals an entry of the ledger, whose columns `row` holds from its first on.
pub(in crate::store) async fn seal_event(conn: &mut Conn, row: &Row, now: Timestamp) -> Result<(), Fault> {
    let (id, person) = (row.int(0)?, PersonId(row.int(1)?));
    let digest = Sealed::Event.digest(row, 0)?.ok_or(Fault::Unreadable { what: "event" })?;
    append(conn, Sealed::Event, (id, person), &digest, now).await
}

/// Seals an attempt as it stands.
pub(in crate::store) async fn seal_attempt(
    conn: &mut Conn,
    attempt: AttemptId,
    now: Timestamp,
) -> Result<(), Fault> {
    let row = conn.one(ATTEMPT, values![attempt]).await?;
    let digest = Sealed::Attempt.digest(&row, 0)?.ok_or(Fault::Unreadable { what: "attempt" })?;
    append(conn, Sealed::Attempt, (attempt.0, PersonId(row.int(3)?)), &digest, now).await
}

async fn append(
    conn: &mut Conn,
    of: Sealed,
    (id, person): (i64, PersonId),
    digest: &str,
    now: Timestamp,
) -> Result<(), Fault> {
    let chain = FIRST + person.0.rem_euclid(CHAINS);
    let sql = dialect::rows_head(conn);
    let head = conn.one(sql, values![chain]).await?;
    let (seq, previous) = (head.int(0)? + 1, head.text(1)?);
    // In a chain time does not go back: a sealed day stays as it was.
    let at = now.as_microsecond().max(head.int(2)?);
    let hash = link(&previous, chain, seq, &text(of.code(), id, digest));
    conn.run("UPDATE chain SET seq = $2, hash = $3, at = $4 WHERE id = $1", values![chain, seq, &hash, at])
        .await?;
    conn.run(INSERT, values![chain, seq, at, of.code(), id, digest, previous, hash]).await.map(|_| ())
}

/// What a link's hash is made of beside its place.
pub(super) fn text(of: &str, id: i64, digest: &str) -> String {
    format!("{of} {id} {digest}")
}

const ATTEMPT: &str = concat!("SELECT ", attempt_columns!(""), " FROM attempt WHERE id = $1");
const INSERT: &str = "INSERT INTO sealed_row (chain, seq, at, of_what, row_id, digest, prev_hash, hash) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
