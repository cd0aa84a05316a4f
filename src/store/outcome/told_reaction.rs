//! What he did in a contact that another system tells of: a promise to be judged, a case with its hold, a request to stop.

use jiff::Timestamp;

use super::money::{judge_again, rest};
use crate::cases::{Kind, Source, Terms};
use crate::domain::{DebtId, EventId, ToldReaction};
use crate::rules::{Event, EventKind, holds_of_stop};
use crate::store::ByHand;
use crate::store::cases::{Opening, open_of_contact};
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::standing::{insert_hold, note_deed};
use crate::store::tally;

/// Writes down what he did in a contact that was written just now, its person and its debt taken. What counts is of the debt;
/// a complaint, a dispute and a request to stop hold him without one, too.
///
/// # Errors
/// The database's.
pub(in crate::store) async fn note_told(
    conn: &mut Conn,
    (event, id): (&Event, EventId),
    told: &ToldReaction,
    (source, terms): (&str, &Terms),
    now: Timestamp,
) -> Result<(), Fault> {
    if let Some(debt) = event.debt.filter(|_| !told.is_none()) {
        count(conn, (id, debt), told, (event.at, now)).await?;
    }
    let evidence = format!("event {id}");
    for (kind, is_told) in [(Kind::Ordinary, told.complaint), (Kind::Dispute, told.dispute)] {
        if is_told {
            let opening = Opening {
                kind,
                source: came_by(event),
                person: Some(event.person),
                debt: event.debt,
                says_paid: false,
                attempt: None,
                received: event.at,
                by: source,
                // The contact stands among his others.
                text: "",
            };
            open_of_contact(conn, (opening, id), terms, now).await?;
        }
    }
    if told.opt_out {
        let by = ByHand { who: source.to_owned(), evidence: evidence.clone() };
        let phone = event.phone.map(|phone| phone.number);
        for hold in holds_of_stop(event.person, phone, event.at, &evidence) {
            let hold = insert_hold(conn, &hold, now).await?;
            note_deed(conn, event.person, ("hold_added", hold), &by, now).await?;
        }
    }
    Ok(())
}

async fn count(
    conn: &mut Conn,
    (id, debt): (EventId, DebtId),
    told: &ToldReaction,
    (at, now): (Timestamp, Timestamp),
) -> Result<(), Fault> {
    let tallied = tally::before(conn, debt).await?;
    let promise = match told.promised_on {
        Some(on) => conn.first(PROMISE, values![id, on, told.promised_minor]).await?,
        None => None,
    };
    let promise = promise.map(|row| row.int(0)).transpose()?;
    let flags = [told.promise, told.dispute, told.opt_out, told.complaint].map(i64::from);
    conn.run(SAID, values![id, flags[0], flags[1], flags[2], flags[3], promise]).await?;
    for word in told.words() {
        note_reaction(conn, (id, word), now).await?;
    }
    if promise.is_some() {
        rest(conn, (debt, None), at, now).await?;
        judge_again(conn, debt, now).await?;
    }
    tallied.note(conn).await
}

/// Keeps a reaction to a use that another system told of, with what was known of the debt then.
///
/// # Errors
/// The database's.
pub(in crate::store) async fn note_reaction(
    conn: &mut Conn,
    (event, kind): (EventId, &'static str),
    now: Timestamp,
) -> Result<(), Fault> {
    conn.run(REACTION, values![event, now, kind]).await.map(|_| ())
}

/// By which way a case came that was told with a contact.
fn came_by(event: &Event) -> Source {
    match (event.kind, &*event.channel_exact) {
        (EventKind::Letter, _) => Source::Mail,
        (EventKind::Message, "email") => Source::Email,
        (EventKind::Message, _) => Source::Chat,
        _ => Source::Hotline,
    }
}

/// Who owed nothing then promised nothing, and nobody promises more than he owes.
const PROMISE: &str = "INSERT INTO promise (person_id, debt_id, event_id, made_at, promised_on, amount_minor, currency) \
    SELECT d.person_id, o.debt_id, o.event_id, o.at, CAST($2 AS TEXT), \
    CASE WHEN CAST($3 AS BIGINT) < o.amount_minor THEN CAST($3 AS BIGINT) ELSE o.amount_minor END, o.currency \
    FROM outside_action o JOIN debt d ON d.id = o.debt_id WHERE o.event_id = $1 \
    AND o.amount_minor > 0 RETURNING id";
const SAID: &str = "UPDATE outside_action SET promise = $2, dispute = $3, opt_out = $4, complaint = $5, promise_id = $6 \
    WHERE event_id = $1";
const REACTION: &str = "INSERT INTO reaction (at, person_id, debt_id, event_id, kind, channel, debtor_type, debt_kind, \
    amount_minor, currency) SELECT CAST($2 AS BIGINT), d.person_id, o.debt_id, o.event_id, CAST($3 AS TEXT), e.channel_exact, \
    o.debtor_type, o.debt_kind, o.amount_minor, o.currency FROM outside_action o JOIN debt d ON d.id = o.debt_id \
    JOIN event e ON e.id = o.event_id WHERE o.event_id = $1";
