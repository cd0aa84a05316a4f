//! Uses of a channel that other systems tell of: what was known of the debt at the time stands beside the entry.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::nth::{number_outside, take_number};
use crate::domain::debt::{DebtKind, days_overdue};
use crate::domain::{Channel, DebtId, EventId, PersonId};
use crate::rules::zone::{Registry, of_person};
use crate::rules::{Agent, Event, EventKind};
use crate::store::engine::conn::{Conn, Fault, date, values};
use crate::store::list::whereabouts;

/// Years after which a debt is collectible; a campaign's own figure is not known here.
const COLLECTIBLE_YEARS: u8 = 3;

/// Writes down what is known of the debt that an entry of the ledger, `id`, was about, and by which channel it was.
///
/// # Errors
/// The database's.
pub(in crate::store) async fn note_outside(
    conn: &mut Conn,
    (id, event): (EventId, &Event),
    debt: DebtId,
) -> Result<(), Fault> {
    let at = event.at;
    let row = conn.one(DEBT, values![debt, at]).await?;
    let there = there(conn, PersonId(row.int(0)?), at).await?;
    let due = date(&row.text(1)?)?;
    let kind = DebtKind::on(due, there.today, COLLECTIBLE_YEARS);
    conn.run(
        INSERT,
        values![
            id,
            debt,
            at,
            row.text(2)?,
            row.int(3)?,
            there.hour,
            i64::from(days_overdue(due, there.today)),
            kind.code(),
            row.int(4)?,
            row.text(5)?,
            event.person,
            channel(event.kind, event.agent, &event.channel_exact).code(),
        ],
    )
    .await?;
    number_outside(conn, id).await
}

/// Says that an entry was of another kind: what was known of the debt is the same, whatever the contact was.
///
/// # Errors
/// The database's.
pub(in crate::store) async fn correct_outside(
    conn: &mut Conn,
    entry: EventId,
    correction: EventId,
) -> Result<(), Fault> {
    take_number(conn, entry).await?;
    let row = conn.one(KIND, values![correction]).await?;
    let kind = row.code(0, "kind of event", EventKind::parse)?;
    let agent = row.code_opt(1, "agent", Agent::parse)?;
    conn.run(SAME, values![entry, correction, channel(kind, agent, &row.text(2)?).code()]).await?;
    number_outside(conn, correction).await
}

/// The channel of an entry that another system told.
fn channel(kind: EventKind, agent: Option<Agent>, exact: &str) -> Channel {
    match (kind, exact) {
        (EventKind::Letter, _) => Channel::Letter,
        (EventKind::Visit, _) => Channel::Visit,
        (EventKind::InboundConversation, _) => Channel::InboundCall,
        (EventKind::Voicemail | EventKind::AmdDisconnect, _) => Channel::Voicemail,
        (_, "video") => Channel::Video,
        (EventKind::Message, "sms") => Channel::Sms,
        (EventKind::Message, "email") => Channel::Email,
        (EventKind::Message, _) => Channel::Messenger,
        (
            EventKind::Abandoned
            | EventKind::AnsweredUnknown
            | EventKind::AttemptNoAnswer
            | EventKind::AttemptUnconnected
            | EventKind::Conversation
            | EventKind::InFlight
            | EventKind::ThirdParty,
            _,
        ) => match agent {
            Some(Agent::Human) => Channel::AgentCall,
            Some(Agent::Robot) | None => Channel::Ivr,
        },
    }
}

/// A moment where a person is.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct There {
    /// Absent: it is not known where he is.
    pub hour: Option<i64>,
    /// In doubt UTC's.
    pub today: Date,
}

/// # Errors
/// The database's.
pub(in crate::store) async fn there(
    conn: &mut Conn,
    person: PersonId,
    at: Timestamp,
) -> Result<There, Fault> {
    let zones = of_person(&whereabouts(conn, person).await?, &Registry::default());
    let clock = zones.zones().first().map(|zone| at.to_zoned_datetime(zone.tz().clone()));
    let today =
        clock.as_ref().map_or_else(|| at.to_zoned_datetime(TimeZone::UTC).date(), |clock| clock.date());
    Ok(There { hour: clock.map(|clock| i64::from(clock.hour())), today })
}

/// What was owed then: the amount as a list told it last, less what had been paid by that moment. What was paid since,
/// however early it was told, was still owed.
const DEBT: &str = "SELECT p.id, d.due_date, p.debtor_type, d.creditor_id, \
    d.amount_minor - CAST(COALESCE((SELECT SUM(m.amount_minor) FROM payment m WHERE m.debt_id = d.id \
    AND m.currency = d.currency AND m.received_at >= d.told_at AND m.paid_at < $2), 0) AS BIGINT), d.currency \
    FROM debt d JOIN person p ON p.id = d.person_id WHERE d.id = $1";
const INSERT: &str = "INSERT INTO outside_action (event_id, debt_id, at, debtor_type, creditor_id, local_hour, \
    age_days, debt_kind, amount_minor, currency, person_id, channel, told_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, (SELECT written_at FROM event WHERE id = $1))";
const KIND: &str = "SELECT kind, agent, channel_exact FROM event WHERE id = $1";
const SAME: &str = "INSERT INTO outside_action (event_id, debt_id, at, debtor_type, creditor_id, local_hour, age_days, \
    debt_kind, amount_minor, currency, promise, dispute, opt_out, complaint, promise_id, person_id, channel, told_at) \
    SELECT CAST($2 AS BIGINT), debt_id, at, debtor_type, creditor_id, local_hour, age_days, debt_kind, amount_minor, currency, \
    promise, dispute, opt_out, complaint, promise_id, person_id, CAST($3 AS TEXT), told_at FROM outside_action WHERE event_id = $1";
