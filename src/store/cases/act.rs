//! Somebody does something to a case: the state, the history, and the holds that begin or end with it, in one transaction.

use jiff::Timestamp;

use super::ask::{ask, ask_more};
use super::debts::{note_debts, note_word, settle, word_of_all};
use super::open::{note_act, seal_act};
use super::register::{blame, hold, persons};
use crate::cases::{Act, Acted, BY_PAYMENT, Deed, Kind, Number, Refused, State, Terms, word_gone, word_of};
use crate::domain::{DebtId, PersonId};
use crate::store::counted::counts;
use crate::store::engine::conn::{Conn, Fault, moment, values};
use crate::store::engine::dialect;
use crate::store::standing::{lift_hold, look_again};
use crate::store::told::{Told, tell};
use crate::store::{ByHand, Store, StoreError};

/// A case that is being worked on.
struct Case {
    number: Number,
    kind: Kind,
    state: State,
    person: Option<PersonId>,
    debt: Option<DebtId>,
    received: Timestamp,
}

impl Store {
    /// Does an act on a case.
    ///
    /// # Errors
    /// When the database fails: nothing has changed then.
    pub async fn act_on_case(
        &self,
        number: Number,
        deed: impl Into<Deed>,
        who: String,
        now: Timestamp,
    ) -> Result<Acted, StoreError> {
        let (terms, deed) = (self.terms(), deed.into());
        let written = self.write(move |conn| {
            Box::pin(async move { perform(conn, number, &deed, (&who, &terms), now).await })
        });
        written.await.map_err(|source| StoreError::Case { source })
    }
}

/// A payment in full is its creditor's word to everybody who said that he has paid: their cases are closed in his favour.
pub(in crate::store) async fn answer_by_payment(
    conn: &mut Conn,
    debt: DebtId,
    (creditor, external, payment): (&str, &str, &str),
    terms: &Terms,
    now: Timestamp,
) -> Result<(), Fault> {
    for row in conn.all(SAY_PAID, values![debt]).await? {
        let act = Act::Creditor {
            owed: false,
            debt: Some(external.to_owned()),
            creditor: Some(creditor.to_owned()),
            text: word_of(payment),
        };
        // What refuses it leaves the case to its owner.
        perform(conn, Number(row.int(0)?), &act.into(), (BY_PAYMENT, terms), now).await?;
    }
    Ok(())
}

/// The word of a payment falls with it: the cases that it closed are open again, and their creditor is asked anew.
pub(in crate::store) async fn reopen_by_reversal(
    conn: &mut Conn,
    (debt, payment): (DebtId, &str),
    terms: &Terms,
    now: Timestamp,
) -> Result<(), Fault> {
    let said = word_of(payment);
    for row in conn.all(SAID_BY, values![debt, said.as_str()]).await? {
        let act = Act::Reopen { why: word_gone(payment) };
        perform(conn, Number(row.int(0)?), &act.into(), (BY_PAYMENT, terms), now).await?;
    }
    Ok(())
}

async fn perform(
    conn: &mut Conn,
    number: Number,
    deed: &Deed,
    (who, terms): (&str, &Terms),
    now: Timestamp,
) -> Result<Acted, Fault> {
    let act = &deed.act;
    let meant = match act {
        Act::Link { person } => persons(conn, person).await?,
        _ => Vec::new(),
    };
    let Some(case) = take(conn, number, meant.first().copied()).await? else { return Ok(Acted::NoCase) };
    let mut next = match case.state.after(case.kind, act) {
        Ok(next) => next,
        Err(why) => return Ok(Acted::Refused(why)),
    };
    if deed.seen.is_some()
        && deed.is_stale(conn.one(ENTRIES, values![number.0]).await?.int(0)?.unsigned_abs())
    {
        return Ok(Acted::Refused(Refused::WrittenSince));
    }
    // Entries of the history that are still to be sealed, after the debts are taken.
    let mut noted: Vec<i64> = Vec::new();
    let about = case.person.or_else(|| meant.first().copied());
    match act {
        Act::Answer { text } => {
            change(conn, number, ANSWER, text).await?;
            tell_answer(conn, &case, (text, terms), now).await?;
        }
        Act::Close { justified, measure } => {
            conn.run(CLOSE, values![number.0, *justified, measure.as_str(), now]).await?;
            // The debt before the chains, as everywhere.
            if case.kind.is_dispute() {
                // One that came since is meant too.
                note_debts(conn, number, (case.person, case.debt)).await?;
                settle(conn, number, *justified, now).await?;
            }
            release(conn, &case, who, now).await?;
        }
        Act::Creditor { owed, debt, creditor, text } => {
            let of = (debt.as_deref(), creditor.as_deref());
            // Debts that have joined are asked about, whatever comes of the word.
            noted.extend(ask_more(conn, (number, case.kind), (case.person, case.debt), terms, now).await?);
            next = match hear(conn, &case, (*owed, of, text), who, now).await? {
                Ok(next) => next,
                Err(why) => {
                    seal_acts(conn, &noted, about, now).await?;
                    return Ok(Acted::Refused(why));
                }
            };
        }
        Act::Kind { kind } => {
            let due = terms.due(*kind, case.received);
            conn.run(KIND, values![number.0, kind.code(), due]).await?;
            if kind.hold() != case.kind.hold() {
                let held = held(conn, number).await?;
                // The new one stands before the old one goes.
                for whose in held {
                    hold(conn, (number, *kind), whose, who, now).await?;
                }
                release_kind(conn, &case, who, now).await?;
            }
        }
        Act::Link { .. } => match (case.person, meant.as_slice()) {
            (Some(_), _) => return Ok(Acted::Refused(Refused::PersonKnown)),
            (None, [person]) => {
                conn.run(LINK, values![number.0, *person]).await?;
                if !case.kind.is_dispute() {
                    blame(conn, number, (*person, case.debt), now).await?;
                }
                hold(conn, (number, case.kind), (*person, None), who, now).await?;
                noted.extend(ask(conn, (number, case.kind), (Some(*person), case.debt), terms, now).await?);
            }
            (None, _) => return Ok(Acted::Refused(Refused::NobodyHasThisId)),
        },
        Act::Note { .. } => {}
        Act::Reopen { .. } => {
            conn.run(REOPEN, values![number.0, terms.due(case.kind, now)]).await?;
            noted.extend(ask(conn, (number, case.kind), (case.person, case.debt), terms, now).await?);
            for whose in held(conn, number).await? {
                hold(conn, (number, case.kind), whose, who, now).await?;
            }
        }
        Act::Take { owner } => change(conn, number, TAKE, owner).await?,
    }
    conn.run(STATE, values![number.0, next.code()]).await?;
    noted.push(note_act(conn, number, (act.code(), who, &act.kept()), now).await?);
    seal_acts(conn, &noted, about, now).await?;
    Ok(Acted::Done(next))
}

/// Takes the case for this transaction, its persons before it, as everywhere.
async fn take(conn: &mut Conn, number: Number, meant: Option<PersonId>) -> Result<Option<Case>, Fault> {
    let mut whose: Vec<PersonId> = held(conn, number).await?.iter().map(|(person, _)| *person).collect();
    whose.extend(meant);
    whose.dedup();
    match whose.as_slice() {
        [] => {}
        [person] => dialect::lock_person(conn, *person).await?,
        _ => dialect::lock_rows(conn).await?,
    }
    if conn.run(LOCK, values![number.0]).await? == 0 {
        return Ok(None);
    }
    let row = conn.one(CASE, values![number.0]).await?;
    Ok(Some(Case {
        number,
        kind: row.code(0, "kind of case", Kind::parse)?,
        state: row.code(1, "state of a case", State::parse)?,
        person: row.int_opt(2)?.map(PersonId),
        debt: row.int_opt(3)?.map(DebtId),
        received: moment(row.int(4)?)?,
    }))
}

async fn seal_acts(
    conn: &mut Conn,
    acts: &[i64],
    about: Option<PersonId>,
    now: Timestamp,
) -> Result<(), Fault> {
    for &act in acts {
        seal_act(conn, act, about, now).await?;
    }
    Ok(())
}

/// Everybody whom the case has held, and on which debt.
async fn held(conn: &mut Conn, number: Number) -> Result<Vec<(PersonId, Option<DebtId>)>, Fault> {
    let rows = conn.all(HELD, values![number.0]).await?;
    rows.iter().map(|row| Ok((PersonId(row.int(0)?), row.int_opt(1)?.map(DebtId)))).collect()
}

/// Lifts what the case holds; what other cases hold stands.
async fn release(conn: &mut Conn, case: &Case, who: &str, now: Timestamp) -> Result<(), Fault> {
    let by = ByHand { who: who.to_owned(), evidence: format!("case {}", case.number) };
    for row in conn.all(IN_FORCE, values![case.number.0]).await? {
        let person = PersonId(row.int(1)?);
        lift_hold(conn, (person, row.int(0)?), &by, now).await?;
        look_again(conn, person, now).await?;
    }
    Ok(())
}

/// The same of the holds of the kind that the case no longer has.
async fn release_kind(conn: &mut Conn, case: &Case, who: &str, now: Timestamp) -> Result<(), Fault> {
    let by = ByHand { who: who.to_owned(), evidence: format!("case {}", case.number) };
    for row in conn.all(IN_FORCE, values![case.number.0]).await? {
        if row.text(2)? == case.kind.hold().code() {
            lift_hold(conn, (PersonId(row.int(1)?), row.int(0)?), &by, now).await?;
        }
    }
    Ok(())
}

/// A creditor's word on the debts he speaks of. Once none is silent the case has their word: all of it not owed closes it.
async fn hear(
    conn: &mut Conn,
    case: &Case,
    (owed, about, text): (bool, (Option<&str>, Option<&str>), &str),
    who: &str,
    now: Timestamp,
) -> Result<Result<State, Refused>, Fault> {
    if let Err(why) = note_word(conn, case.number, owed, about, now).await? {
        return Ok(Err(why));
    }
    let Some(owed) = word_of_all(conn, case.number, owed).await? else { return Ok(Ok(case.state)) };
    conn.run(SAID, values![case.number.0, if owed { "owed" } else { "not_owed" }, now]).await?;
    if owed {
        return Ok(Ok(case.state));
    }
    // Whose word closes it has it, where nobody has.
    conn.run(OWN, values![case.number.0, who]).await?;
    conn.run(CLOSE, values![case.number.0, true, text, now]).await?;
    settle(conn, case.number, true, now).await?;
    release(conn, case, who, now).await?;
    Ok(Ok(State::Closed))
}

/// The answer goes to the creditor's systems, for him; of a case without a debt by the one he was called about last. Where
/// nobody is known, or he owes nothing to anybody, there is nobody who could tell him.
async fn tell_answer(
    conn: &mut Conn,
    case: &Case,
    (answer, terms): (&str, &Terms),
    now: Timestamp,
) -> Result<(), Fault> {
    let Some((person, channel)) = case.person.zip(terms.answer_by) else { return Ok(()) };
    let Some(row) = conn.first(WHOSE_DEBT, values![person, case.debt]).await? else { return Ok(()) };
    let (id, debt, creditor, external) = (DebtId(row.int(0)?), row.text(1)?, row.text(2)?, row.text(3)?);
    let told = Told::CaseAnswered {
        case: case.number.to_string(),
        kind: case.kind.code(),
        person: &external,
        debt: &debt,
        creditor: &creditor,
        channel: channel.code(),
        answer,
    };
    tell(conn, id, &told, now).await.map(|_| ())
}

async fn change(conn: &mut Conn, number: Number, sql: &'static str, text: &str) -> Result<(), Fault> {
    conn.run(sql, values![number.0, text]).await.map(|_| ())
}

const WHOSE_DEBT: &str = concat!(
    "SELECT d.id, d.external_id, k.name, p.external_id FROM debt d JOIN creditor k ON k.id = d.creditor_id ",
    "JOIN person p ON p.id = d.person_id WHERE d.person_id = $1 AND (d.id = $2 OR $2 IS NULL) AND ",
    counts!("d"),
    " ORDER BY (SELECT COALESCE(MAX(a.id), 0) FROM attempt a WHERE a.debt_id = d.id) DESC, d.id DESC LIMIT 1",
);
const SAY_PAID: &str = "SELECT c.id FROM case_debt t JOIN case_file c ON c.id = t.case_id \
    WHERE t.debt_id = $1 AND c.says_paid = 1 AND c.state <> 'closed' ORDER BY c.id";
const ENTRIES: &str = "SELECT COUNT(*) FROM case_act WHERE case_id = $1";
const SAID_BY: &str = "SELECT c.id FROM case_debt t JOIN case_file c ON c.id = t.case_id \
    WHERE t.debt_id = $1 AND c.says_paid = 1 AND c.state = 'closed' AND c.measure = $2 ORDER BY c.id";
const LOCK: &str = "UPDATE case_file SET kind = kind WHERE id = $1";
const CASE: &str = "SELECT kind, state, person_id, debt_id, received_at FROM case_file WHERE id = $1";
const HELD: &str = "SELECT DISTINCT h.person_id, h.debt_id FROM case_hold t JOIN hold h ON h.id = t.hold_id \
    WHERE t.case_id = $1 ORDER BY h.person_id";
const IN_FORCE: &str = "SELECT h.id, h.person_id, h.kind FROM case_hold t JOIN hold h ON h.id = t.hold_id \
    WHERE t.case_id = $1 AND h.until_at IS NULL ORDER BY h.id";
const ANSWER: &str = "UPDATE case_file SET answer = $2 WHERE id = $1";
const TAKE: &str = "UPDATE case_file SET owner = $2 WHERE id = $1";
const KIND: &str = "UPDATE case_file SET kind = $2, due_at = $3 WHERE id = $1";
const LINK: &str = "UPDATE case_file SET person_id = $2 WHERE id = $1";
const STATE: &str = "UPDATE case_file SET state = $2 WHERE id = $1 AND state <> $2";
const SAID: &str = "UPDATE case_file SET creditor_said = $2, creditor_said_at = $3 WHERE id = $1";
const OWN: &str = "UPDATE case_file SET owner = COALESCE(owner, $2) WHERE id = $1";
const CLOSE: &str =
    "UPDATE case_file SET state = 'closed', justified = $2, measure = $3, closed_at = $4 WHERE id = $1";
const REOPEN: &str = "UPDATE case_file SET state = 'in_work', justified = NULL, measure = NULL, closed_at = NULL, \
    due_at = $2 WHERE id = $1";
