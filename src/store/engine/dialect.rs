//! Where the two engines differ, side by side. Everything else is one text for both.

use super::conn::{Conn, Fault, values};
use crate::domain::{ContactId, DebtId, PersonId};
use crate::rules::PhoneKey;

/// What is still owed of the debt `d`: the amount less what was paid in its currency since a list told it.
macro_rules! owed {
    () => {
        "(d.amount_minor - CAST(COALESCE((SELECT SUM(m.amount_minor) FROM payment m WHERE m.debt_id = d.id \
         AND m.currency = d.currency AND m.received_at >= d.told_at), 0) AS BIGINT))"
    };
}
pub(in crate::store) use owed;

/// Whether the debt `d` is owed by this person, or by an id that is one with him.
macro_rules! owes {
    ($person:literal) => {
        concat!(
            "(d.person_id = ",
            $person,
            " OR d.person_id IN (SELECT w.other_id FROM kin w WHERE w.person_id = ",
            $person,
            " AND w.upto_event IS NULL))"
        )
    };
}
pub(in crate::store) use owes;

/// Takes the contact and its person for this transaction: nobody else decides about them until it ends.
///
/// SQLite has one writer, so its transactions are serial already. On PostgreSQL the person comes first everywhere, so
/// that two transactions cannot wait for each other, and the lock is one that foreign keys do not wait for. The ids that
/// are one person are taken together, the lowest first.
///
/// # Errors
/// The database's.
pub async fn lock_contact(conn: &mut Conn, contact: ContactId) -> Result<(), Fault> {
    const PERSON: &str = "SELECT id FROM person WHERE id IN (SELECT person_id FROM contact WHERE id = $1 \
        UNION ALL SELECT k.other_id FROM kin k JOIN contact c ON c.person_id = k.person_id \
        WHERE c.id = $1 AND k.upto_event IS NULL) ORDER BY id FOR NO KEY UPDATE";
    const CONTACT: &str = "SELECT id FROM contact WHERE id = $1 FOR NO KEY UPDATE";
    match conn {
        Conn::Postgres(_) => {
            conn.all(PERSON, values![contact]).await?;
            conn.first(CONTACT, values![contact]).await.map(|_| ())
        }
        Conn::Sqlite(_) => Ok(()),
    }
}

/// As `lock_contact`, for a person alone.
///
/// # Errors
/// The database's.
pub async fn lock_person(conn: &mut Conn, person: PersonId) -> Result<(), Fault> {
    match conn {
        Conn::Postgres(_) => conn
            .first("SELECT id FROM person WHERE id = $1 FOR NO KEY UPDATE", values![person])
            .await
            .map(|_| ()),
        Conn::Sqlite(_) => Ok(()),
    }
}

/// Keeps everybody else from deciding about anyone until this transaction ends, and waits for those who are at it:
/// each decision reads who is whom before it takes its persons.
///
/// # Errors
/// The database's.
pub async fn lock_identities(conn: &mut Conn) -> Result<(), Fault> {
    match conn {
        Conn::Postgres(_) => conn.script("LOCK TABLE kin IN ACCESS EXCLUSIVE MODE").await,
        Conn::Sqlite(_) => Ok(()),
    }
}

/// Whether transactions run beside each other and wait for each other's rows.
pub fn has_locks(conn: &Conn) -> bool {
    matches!(conn, Conn::Postgres(_))
}

/// Takes a debt for this transaction: nobody else changes what is counted of it until it ends.
///
/// # Errors
/// The database's.
pub async fn lock_debt(conn: &mut Conn, debt: DebtId) -> Result<(), Fault> {
    match conn {
        Conn::Postgres(_) => {
            let sql = "SELECT id FROM debt WHERE id = $1 FOR NO KEY UPDATE";
            conn.first(sql, values![debt]).await.map(|_| ())
        }
        Conn::Sqlite(_) => Ok(()),
    }
}

/// As `lock_debt`, for several, the lowest first.
///
/// # Errors
/// The database's.
pub async fn lock_debts(conn: &mut Conn, mut debts: Vec<DebtId>) -> Result<(), Fault> {
    debts.sort_unstable_by_key(|debt| debt.0);
    debts.dedup();
    for debt in debts {
        lock_debt(conn, debt).await?;
    }
    Ok(())
}

/// Keeps the sums of the reports from being built (`alone` false, as many as like) or changed (`alone` true, one) by
/// others until this transaction ends.
///
/// # Errors
/// The database's.
pub async fn lock_tallies(conn: &mut Conn, alone: bool) -> Result<(), Fault> {
    // Below zero: no telephone has such a number.
    let sql =
        if alone { "SELECT pg_advisory_xact_lock(-1)" } else { "SELECT pg_advisory_xact_lock_shared(-1)" };
    match conn {
        Conn::Postgres(_) => conn.first(sql, Vec::new()).await.map(|_| ()),
        Conn::Sqlite(_) => Ok(()),
    }
}

/// Takes an agent for this transaction: his changes are counted one after the other.
///
/// # Errors
/// The database's.
pub async fn lock_agent(conn: &mut Conn, agent: &str) -> Result<(), Fault> {
    match conn {
        Conn::Postgres(_) => {
            // Below the number of the sums, and no telephone's either.
            let sql = "SELECT pg_advisory_xact_lock(-2 - abs(hashtext($1)::bigint))";
            conn.first(sql, values![agent]).await.map(|_| ())
        }
        Conn::Sqlite(_) => Ok(()),
    }
}

/// Takes the numbers of uses of channels on a person, and on whoever is one with him, for this transaction; after all else.
///
/// # Errors
/// The database's.
pub async fn lock_uses(conn: &mut Conn, person: PersonId) -> Result<(), Fault> {
    match conn {
        Conn::Postgres(_) => {
            // Two numbers: a space of their own.
            let sql = "SELECT pg_advisory_xact_lock(1, CAST(MIN(w.id) % 2147483647 AS INTEGER)) FROM (SELECT CAST($1 AS BIGINT) AS id \
                UNION ALL SELECT k.other_id FROM kin k WHERE k.person_id = $1 AND k.upto_event IS NULL) w";
            conn.first(sql, values![person]).await.map(|_| ())
        }
        Conn::Sqlite(_) => Ok(()),
    }
}

/// Takes the users for this transaction: two administrators do not keep each other out at once.
///
/// # Errors
/// The database's.
pub async fn lock_users(conn: &mut Conn) -> Result<(), Fault> {
    match conn {
        Conn::Postgres(_) => {
            // Below the agents' numbers.
            let sql = "SELECT pg_advisory_xact_lock(-4294967296)";
            conn.first(sql, Vec::new()).await.map(|_| ())
        }
        Conn::Sqlite(_) => Ok(()),
    }
}

/// Makes all that this transaction reads of one moment; its first statement. SQLite's are so by themselves.
///
/// # Errors
/// The database's.
pub async fn one_view(conn: &mut Conn) -> Result<(), Fault> {
    match conn {
        Conn::Postgres(_) => conn.script("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").await,
        Conn::Sqlite(_) => Ok(()),
    }
}

/// Takes a telephone for this transaction: two persons who share it are decided about one after the other.
/// Always after the person, so that two transactions cannot wait for each other.
///
/// # Errors
/// The database's.
pub async fn lock_phone(conn: &mut Conn, phone: PhoneKey) -> Result<(), Fault> {
    match conn {
        Conn::Postgres(_) => conn.first("SELECT pg_advisory_xact_lock($1)", values![phone]).await.map(|_| ()),
        Conn::Sqlite(_) => Ok(()),
    }
}

/// The places of many rows: `($1, $2), ($3, $4), …`. SQLite's numbered places are names to it, and it looks each one up
/// in a list of all: with thousands of them that is most of an import's time, so there they are `(?, ?), (?, ?), …`.
pub fn places(conn: &Conn, rows: usize, columns: usize) -> String {
    let place = |number: usize| match conn {
        Conn::Postgres(_) => format!("${number}"),
        Conn::Sqlite(_) => "?".to_owned(),
    };
    let tuple = |row: usize| {
        let places: Vec<_> = (1..=columns).map(|column| place(row * columns + column)).collect();
        format!("({})", places.join(", "))
    };
    (0..rows).map(tuple).collect::<Vec<_>>().join(", ")
}

/// The places of many rows of cells, each with its shard last: the connection's own on PostgreSQL, so that none waits for
/// another's cell; SQLite writes one after the other anyway.
pub fn places_of_shard(conn: &Conn, rows: usize, columns: usize) -> String {
    let shard = match conn {
        Conn::Postgres(_) => ", pg_backend_pid())",
        Conn::Sqlite(_) => ", 0)",
    };
    places(conn, rows, columns).replace(')', shard)
}

/// Claims the best queued contacts of a campaign; those with whom a call was agreed are claimed apart. `$1` campaign, `$2` now, `$3` lease's end, `$4` how many.
pub fn claim(conn: &Conn) -> &'static str {
    match conn {
        Conn::Postgres(_) => {
            "UPDATE contact SET claimed_until = $3 WHERE id IN (SELECT id FROM contact \
             WHERE campaign_id = $1 AND state = 'queued' AND claimed_until <= $2 \
             AND NOT EXISTS (SELECT 1 FROM callback b WHERE b.contact_id = contact.id AND b.state = 'waiting') \
             ORDER BY score DESC, last_tried_at, id LIMIT $4 FOR UPDATE SKIP LOCKED) RETURNING id"
        }
        Conn::Sqlite(_) => {
            "UPDATE contact SET claimed_until = $3 WHERE id IN (SELECT id FROM contact \
             WHERE campaign_id = $1 AND state = 'queued' AND claimed_until <= $2 \
             AND NOT EXISTS (SELECT 1 FROM callback b WHERE b.contact_id = contact.id AND b.state = 'waiting') \
             ORDER BY score DESC, last_tried_at, id LIMIT $4) RETURNING id"
        }
    }
}

/// The best queued contacts of one caller, as `claim` orders them. `$1` campaign, `$2` now, `$3` caller, `$4` how many.
pub fn best_of_caller(conn: &Conn) -> &'static str {
    macro_rules! sql {
        ($lock:literal) => {
            concat!(
                "SELECT id, score, last_tried_at FROM contact WHERE campaign_id = $1 AND caller = $3 AND state = 'queued' ",
                "AND claimed_until <= $2 AND NOT EXISTS (SELECT 1 FROM callback b WHERE b.contact_id = contact.id ",
                "AND b.state = 'waiting') ORDER BY score DESC, last_tried_at, id LIMIT $4",
                $lock
            )
        };
    }
    match conn {
        Conn::Postgres(_) => sql!(" FOR UPDATE SKIP LOCKED"),
        Conn::Sqlite(_) => sql!(""),
    }
}

/// The agreed calls of a running campaign that are due and whose contacts nobody has claimed. `$1` campaign, `$2` now,
/// `$3` how many, `$4` why they are held.
pub fn due_of_campaign(conn: &Conn) -> &'static str {
    macro_rules! sql {
        ($lock:literal) => {
            concat!(
                "SELECT b.id, b.person_id, b.contact_id, b.due_at, b.expires_at, b.agent FROM callback b ",
                "JOIN contact c ON c.id = b.contact_id JOIN campaign g ON g.id = c.campaign_id ",
                "WHERE b.state = 'waiting' AND b.due_at <= $2 AND b.expires_at > $2 AND c.campaign_id = $1 ",
                "AND (c.state = 'queued' OR (c.state = 'held' AND c.why = $4)) AND c.claimed_until <= $2 AND g.state = 'running' ",
                "ORDER BY b.due_at, b.id LIMIT $3",
                $lock
            )
        };
    }
    match conn {
        Conn::Postgres(_) => sql!(" FOR UPDATE OF c SKIP LOCKED"),
        Conn::Sqlite(_) => sql!(""),
    }
}

/// Those of them with one caller whom one agent promised them, or nobody in particular. `$1` campaign, `$2` due by then,
/// `$3` how many, `$4` why they are held, `$5` caller, `$6` agent or nothing, `$7` now.
pub fn due_of_caller(conn: &Conn) -> &'static str {
    macro_rules! sql {
        ($lock:literal) => {
            concat!(
                "SELECT b.id, b.person_id, b.contact_id, b.due_at, b.expires_at, b.agent FROM callback b ",
                "JOIN contact c ON c.id = b.contact_id JOIN campaign g ON g.id = c.campaign_id ",
                "WHERE b.state = 'waiting' AND b.due_at <= $2 AND b.expires_at > $7 AND c.campaign_id = $1 ",
                "AND c.caller = $5 AND COALESCE(b.agent, '') = $6 ",
                "AND (c.state = 'queued' OR (c.state = 'held' AND c.why = $4)) AND c.claimed_until <= $7 AND g.state = 'running' ",
                "ORDER BY b.due_at, b.id LIMIT $3",
                $lock
            )
        };
    }
    match conn {
        Conn::Postgres(_) => sql!(" FOR UPDATE OF c SKIP LOCKED"),
        Conn::Sqlite(_) => sql!(""),
    }
}

/// Puts waiting contacts whose time has come back into the queue. `$1` now, `$2` how many.
pub fn wake_due(conn: &Conn) -> &'static str {
    match conn {
        Conn::Postgres(_) => {
            "UPDATE contact SET state = 'queued', next_at = NULL, claimed_until = 0 WHERE id IN (SELECT id \
             FROM contact WHERE state = 'waiting' AND next_at <= $1 ORDER BY next_at LIMIT $2 \
             FOR UPDATE SKIP LOCKED)"
        }
        Conn::Sqlite(_) => {
            "UPDATE contact SET state = 'queued', next_at = NULL, claimed_until = 0 WHERE id IN (SELECT id \
             FROM contact WHERE state = 'waiting' AND next_at <= $1 ORDER BY next_at LIMIT $2)"
        }
    }
}

/// Takes the first batch of a list that is left to merge. `$1` list.
pub fn next_batch(conn: &Conn) -> &'static str {
    match conn {
        Conn::Postgres(_) => {
            "SELECT batch, rows FROM import_batch WHERE run_id = $1 ORDER BY batch LIMIT 1 FOR UPDATE SKIP LOCKED"
        }
        Conn::Sqlite(_) => "SELECT batch, rows FROM import_batch WHERE run_id = $1 ORDER BY batch LIMIT 1",
    }
}

/// Reads the head of a decision chain, keeps others from moving it, and tells the last time any of them has seen, and
/// its own. `$1` chain.
pub fn chain_head(conn: &Conn) -> &'static str {
    match conn {
        Conn::Postgres(_) => {
            "SELECT seq, hash, (SELECT MAX(at) FROM chain WHERE id < 8), at FROM chain WHERE id = $1 FOR UPDATE"
        }
        Conn::Sqlite(_) => {
            "SELECT seq, hash, (SELECT MAX(at) FROM chain WHERE id < 8), at FROM chain WHERE id = $1"
        }
    }
}

/// Reads the head of a chain of rows with its last time, and keeps others from moving it. `$1` chain.
pub fn rows_head(conn: &Conn) -> &'static str {
    match conn {
        Conn::Postgres(_) => "SELECT seq, hash, at FROM chain WHERE id = $1 FOR UPDATE",
        Conn::Sqlite(_) => "SELECT seq, hash, at FROM chain WHERE id = $1",
    }
}

/// Lets all statements of this transaction, of which this is the first, see the same state.
///
/// # Errors
/// The database's.
pub async fn read_steadily(conn: &mut Conn) -> Result<(), Fault> {
    match conn {
        Conn::Postgres(_) => conn.script("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").await,
        Conn::Sqlite(_) => Ok(()),
    }
}

/// Takes every chain of rows, the lowest first, before a transaction that writes about several persons: two of them
/// can't wait for each other then.
///
/// # Errors
/// The database's.
pub async fn lock_rows(conn: &mut Conn) -> Result<(), Fault> {
    match conn {
        Conn::Postgres(_) => {
            let sql = "SELECT id FROM chain WHERE id >= 8 ORDER BY id FOR UPDATE";
            conn.all(sql, Vec::new()).await.map(|_| ())
        }
        Conn::Sqlite(_) => Ok(()),
    }
}

/// Reads an attempt that is to be closed and keeps others from closing it. `$1` attempt. A payment that names it by a
/// foreign key need not wait: it may hold the debt that the finish waits for.
pub fn open_attempt(conn: &Conn) -> &'static str {
    macro_rules! sql {
        ($lock:literal) => {
            concat!(
                "SELECT a.outcome, a.contact_id, a.person_id, a.debt_id, a.campaign_id, a.phone, a.debtor_type, ",
                "a.debt_kind, a.amount_minor, a.currency, d.state, d.external_id, p.external_id, k.name, g.name, ",
                "a.channel, a.reserved_at ",
                "FROM attempt a JOIN debt d ON d.id = a.debt_id JOIN person p ON p.id = a.person_id ",
                "JOIN creditor k ON k.id = a.creditor_id JOIN campaign g ON g.id = a.campaign_id WHERE a.id = $1",
                $lock
            )
        };
    }
    match conn {
        Conn::Postgres(_) => sql!(" FOR NO KEY UPDATE OF a"),
        Conn::Sqlite(_) => sql!(""),
    }
}

/// Takes open attempts of a node, before the chains of rows are taken; those that are just being closed are left.
/// `$1` node, `$2` how many.
pub fn open_of_node(conn: &Conn) -> &'static str {
    macro_rules! sql {
        ($lock:literal) => {
            concat!(
                "SELECT a.id, a.node, a.debt_id FROM attempt a WHERE a.outcome IS NULL AND a.node = $1 ORDER BY a.id LIMIT $2",
                $lock
            )
        };
    }
    match conn {
        Conn::Postgres(_) => sql!(" FOR NO KEY UPDATE OF a SKIP LOCKED"),
        Conn::Sqlite(_) => sql!(""),
    }
}

/// The same of other nodes that have fallen silent. `$1` own node, `$2` last sign of life, `$3` how many.
pub fn open_of_dead_nodes(conn: &Conn) -> &'static str {
    macro_rules! sql {
        ($lock:literal) => {
            concat!(
                "SELECT a.id, a.node, a.debt_id FROM attempt a LEFT JOIN node n ON n.name = a.node WHERE a.outcome IS NULL ",
                "AND a.node <> $1 AND (n.heartbeat_at IS NULL OR n.heartbeat_at < $2) ORDER BY a.id LIMIT $3",
                $lock
            )
        };
    }
    match conn {
        Conn::Postgres(_) => sql!(" FOR NO KEY UPDATE OF a SKIP LOCKED"),
        Conn::Sqlite(_) => sql!(""),
    }
}

/// The database's clock in microseconds since 1970 UTC: the clock of law.
pub fn clock(conn: &Conn) -> &'static str {
    match conn {
        Conn::Postgres(_) => "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)",
        Conn::Sqlite(_) => "SELECT CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
    }
}
