//! A dispute is a question to the creditor: is this owed, or has it been paid? It goes out with the case, and his silence is loud.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::debts::note_debts;
use super::open::note_act;
use crate::cases::{ActCode, Kind, Number, Terms, not_sent};
use crate::domain::{DebtId, PersonId};
use crate::store::counted::counts;
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::told::{Told, tell};

/// Asks about each debt in dispute, whatever was said of it before; the entry of the history, which is still to be sealed.
pub(super) async fn ask(
    conn: &mut Conn,
    about: (Number, Kind),
    whose: (Option<PersonId>, Option<DebtId>),
    terms: &Terms,
    now: Timestamp,
) -> Result<Option<i64>, Fault> {
    if !about.1.is_dispute() {
        return Ok(None);
    }
    conn.run(FORGET, values![about.0.0]).await?;
    conn.run(FORGET_WORDS, values![about.0.0]).await?;
    ask_more(conn, about, whose, terms, now).await
}

/// Asks about the debts that have joined the dispute since, as [`ask`].
pub(super) async fn ask_more(
    conn: &mut Conn,
    (number, kind): (Number, Kind),
    whose: (Option<PersonId>, Option<DebtId>),
    terms: &Terms,
    now: Timestamp,
) -> Result<Option<i64>, Fault> {
    note_debts(conn, number, whose).await?;
    let Some(due) = terms.creditor_due(kind, now) else { return Ok(None) };
    let rows = conn.all(ABOUT, values![number.0]).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    conn.run(ASKED, values![number.0, due]).await?;
    let (mut sent, mut missed) = (false, BTreeSet::new());
    for row in &rows {
        let (id, debt, creditor) = (DebtId(row.int(0)?), row.text(1)?, row.text(2)?);
        conn.run(ASKED_OF, values![number.0, id, now]).await?;
        let told = Told::Dispute {
            case: number.to_string(),
            kind: kind.code(),
            debt: &debt,
            creditor: &creditor,
            question: if row.int(3)? == 0 { "owed" } else { "paid" },
            answer_by: due,
        };
        if tell(conn, id, &told, now).await? > 0 {
            sent = true;
        } else {
            missed.insert(creditor);
        }
    }
    conn.run(SENT, values![number.0, sent]).await?;
    let words = not_sent(sent, missed.iter().map(String::as_str));
    note_act(conn, number, (ActCode::Asked, "obzvon", &words), now).await.map(Some)
}

/// Of the debt named whatever its state, of the others those that are not done.
const ABOUT: &str = concat!(
    "SELECT d.id, d.external_id, k.name, c.says_paid FROM case_debt t JOIN case_file c ON c.id = t.case_id ",
    "JOIN debt d ON d.id = t.debt_id JOIN creditor k ON k.id = d.creditor_id WHERE t.case_id = $1 ",
    "AND t.asked_at IS NULL AND (d.state IN ('open', 'disputed') OR d.id = c.debt_id) AND ",
    counts!("d"),
    " ORDER BY d.id"
);
const FORGET: &str =
    "UPDATE case_file SET asked_due_at = NULL, creditor_said = NULL, creditor_said_at = NULL WHERE id = $1";
const FORGET_WORDS: &str =
    "UPDATE case_debt SET asked_at = NULL, said = NULL, said_at = NULL WHERE case_id = $1";
/// The silence of who was asked first is not excused by a question to another.
const ASKED: &str = "UPDATE case_file SET asked_due_at = COALESCE(asked_due_at, $2) WHERE id = $1";
const SENT: &str = "UPDATE case_file SET asked_told = $2 WHERE id = $1";
const ASKED_OF: &str = "UPDATE case_debt SET asked_at = $3 WHERE case_id = $1 AND debt_id = $2";
