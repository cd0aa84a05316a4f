//! The debts that a dispute is about: each has its own creditor's word, and is judged by itself.

use jiff::Timestamp;

use crate::cases::{CaseDebt, Number, Refused};
use crate::domain::{DebtId, PersonId};
use crate::store::counted::counts;
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::engine::dialect::{lock_debt, owed};

/// Notes what the dispute is about: the debt named, or where none is every open one of the person, those of test calls left
/// out. Those that have come since the last time join it.
pub(super) async fn note_debts(
    conn: &mut Conn,
    number: Number,
    (person, debt): (Option<PersonId>, Option<DebtId>),
) -> Result<(), Fault> {
    conn.run(JOIN, values![number.0, person, debt]).await.map(|_| ())
}

/// The debts of a case with what their creditors say, as its file shows them.
pub(super) async fn debts(conn: &mut Conn, number: Number) -> Result<Vec<CaseDebt>, Fault> {
    let rows = conn.all(SHOWN, values![number.0]).await?;
    let read = rows.iter().map(|row| {
        let owed = row.text_opt(2)?.map(|said| said == "owed");
        Ok(CaseDebt { debt: row.text(0)?, creditor: row.text(1)?, owed })
    });
    read.collect()
}

/// Writes down what a creditor says: of the debt named, or of all that are owed to the creditor named. A case about one debt
/// needs neither name.
pub(super) async fn note_word(
    conn: &mut Conn,
    number: Number,
    owed: bool,
    (debt, creditor): (Option<&str>, Option<&str>),
    now: Timestamp,
) -> Result<Result<(), Refused>, Fault> {
    let rows = conn.all(MEANT, values![number.0, debt, creditor]).await?;
    let meant = rows.iter().map(|row| Ok(DebtId(row.int(0)?))).collect::<Result<Vec<_>, Fault>>()?;
    let named = debt.is_some() || creditor.is_some();
    match meant.len() {
        0 if named => return Ok(Err(Refused::NoSuchDebt)),
        0 | 1 => {}
        // A creditor may speak of all his debts; a debt's id alone may be of two.
        _ if creditor.is_none() || debt.is_some() => return Ok(Err(Refused::WhichDebt)),
        _ => {}
    }
    for debt in meant {
        let said = if owed { "owed" } else { "not_owed" };
        conn.run(SAID, values![number.0, debt, said, now]).await?;
        if !owed {
            lock_debt(conn, debt).await?;
            conn.run(NOT_OWED, values![debt, now, number.0]).await?;
        }
    }
    Ok(Ok(()))
}

/// What the creditors say of the case as a whole: `Some(true)` where one upholds his debt, `None` while one is silent.
/// `last` is the word of a case about no debt.
pub(super) async fn word_of_all(conn: &mut Conn, number: Number, last: bool) -> Result<Option<bool>, Fault> {
    let row = conn.one(WORDS, values![number.0]).await?;
    let (debts, silent, upheld) = (row.int(0)?, row.int(1)?, row.int(2)?);
    Ok(match (debts, silent) {
        (0, _) => Some(last),
        (_, 0) => Some(upheld > 0),
        _ => None,
    })
}

/// Judges each debt of a dispute that is closed. A debt that he does not owe is not called about any more; one that he owes
/// after all may be, unless its creditor or another dispute says otherwise.
pub(super) async fn settle(
    conn: &mut Conn,
    number: Number,
    justified: bool,
    now: Timestamp,
) -> Result<(), Fault> {
    for row in conn.all(OF_CASE, values![number.0]).await? {
        let debt = DebtId(row.int(0)?);
        lock_debt(conn, debt).await?;
        if justified {
            conn.run(NOT_OWED, values![debt, now, number.0]).await?;
        } else {
            conn.run(OWED, values![debt, now, number.0]).await?;
            conn.run(LOOK_AGAIN, values![debt, now]).await?;
        }
    }
    Ok(())
}

const JOIN: &str = concat!(
    "INSERT INTO case_debt (case_id, debt_id) SELECT CAST($1 AS BIGINT), d.id FROM debt d ",
    "WHERE d.id = CAST($3 AS BIGINT) OR (CAST($3 AS BIGINT) IS NULL AND d.person_id = CAST($2 AS BIGINT) ",
    "AND d.state = 'open' AND ",
    counts!("d"),
    ") ON CONFLICT DO NOTHING"
);
const SHOWN: &str = "SELECT d.external_id, k.name, t.said FROM case_debt t JOIN debt d ON d.id = t.debt_id \
    JOIN creditor k ON k.id = d.creditor_id WHERE t.case_id = $1 ORDER BY d.id";
const MEANT: &str = "SELECT d.id FROM case_debt t JOIN debt d ON d.id = t.debt_id JOIN creditor k ON k.id = d.creditor_id \
    WHERE t.case_id = $1 AND d.external_id = COALESCE($2, d.external_id) AND k.name = COALESCE($3, k.name) ORDER BY d.id";
const SAID: &str = "UPDATE case_debt SET said = $3, said_at = $4 WHERE case_id = $1 AND debt_id = $2";
/// Nobody need speak of a debt that was paid or called back meanwhile.
const WORDS: &str = "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN t.said IS NULL AND d.state IN ('open', 'disputed') THEN 1 \
    ELSE 0 END), 0) AS BIGINT), CAST(COALESCE(SUM(CASE t.said WHEN 'owed' THEN 1 ELSE 0 END), 0) AS BIGINT) \
    FROM case_debt t JOIN debt d ON d.id = t.debt_id WHERE t.case_id = $1";
const OF_CASE: &str = "SELECT debt_id FROM case_debt WHERE case_id = $1 ORDER BY debt_id";
/// Who was right that he has paid is one who paid, where his money is known.
const NOT_OWED: &str = "UPDATE debt SET state = 'disputed', updated_at = $2 WHERE id = $1 AND (state = 'open' \
    OR (state = 'paid' AND NOT EXISTS (SELECT 1 FROM case_file c WHERE c.id = $3 AND c.says_paid = 1)))";
/// What was paid while it was disputed counts.
const OWED: &str = concat!(
    "UPDATE debt SET state = CASE WHEN (SELECT ",
    owed!(),
    " FROM debt d WHERE d.id = debt.id) > 0 THEN 'open' ELSE 'paid' END, updated_at = $2 \
    WHERE id = $1 AND state = 'disputed' AND NOT EXISTS (SELECT 1 FROM case_debt t JOIN case_file c ON c.id = t.case_id \
    WHERE t.debt_id = debt.id AND (t.said = 'not_owed' OR (c.id <> $3 AND c.state = 'closed' AND c.justified = 1)))"
);
const LOOK_AGAIN: &str = "UPDATE contact SET state = 'waiting', next_at = $2 WHERE debt_id = $1 AND state = 'done' \
    AND why = 'disputed' AND EXISTS (SELECT 1 FROM debt d WHERE d.id = $1 AND d.state = 'open')";
