//! A person's history as the rules read it: ledger, holds and consents, with what others left on the same phone.

use std::borrow::Cow;
use std::collections::HashSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{AttemptId, DebtId, EventId, PersonId};
use crate::rules::{
    Agent, Consent, ConsentKind, DialMode, Event, EventKind, History, Hold, HoldKind, Phone, PhoneKey,
    PhoneType,
};
use crate::store::engine::conn::{Conn, Fault, Row, moment, moment_opt, values};

/// The history behind one decision, and how far the ledger had been written.
#[derive(Debug)]
pub(in crate::store) struct Loaded {
    pub history: History,
    /// The highest event id read; 0 where there was none.
    pub upto: i64,
    /// Whose entries count as this person's, as that stood then.
    pub kin: Vec<Kin>,
}

/// Another id in the lists for the same person, or one that was taken for his until a split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::store) struct Kin {
    other: PersonId,
    /// The last event, and the moment, up to which its history counts; absent: they are one now.
    upto: Option<(i64, Timestamp)>,
}

const EVENTS: &str = "SELECT id, at, kind, person_id, debt_id, creditor, phone, phone_type, dial_mode, \
    channel_exact, agent, excluded, attempt_id, corrects FROM event WHERE person_id = $1 AND id <= $3 \
    UNION ALL SELECT id, at, kind, person_id, debt_id, creditor, phone, phone_type, dial_mode, \
    channel_exact, agent, excluded, attempt_id, corrects FROM event WHERE phone = $2 AND person_id <> $1 AND id <= $3 \
    ORDER BY 2, 1";

const KIN: &str = "SELECT other_id, upto_event, upto_at FROM kin WHERE person_id = $1 ORDER BY other_id";

/// A hold that says of the telephone what is to be known, set for a person without naming one, is on all of his; whoever
/// shares one of them is not called there either.
const HOLDS: &str = "SELECT kind, person_id, phone, debt_id, from_at, until_at, suspended, evidence \
    FROM hold WHERE person_id = $1 \
    UNION ALL SELECT kind, person_id, phone, debt_id, from_at, until_at, suspended, evidence \
    FROM hold WHERE phone = $2 AND person_id <> $1 \
    UNION ALL SELECT h.kind, h.person_id, CAST($2 AS BIGINT), h.debt_id, h.from_at, h.until_at, h.suspended, h.evidence \
    FROM hold h WHERE h.phone IS NULL AND h.person_id <> $1 AND h.kind IN ($4, $5) \
    AND h.person_id IN (SELECT t.person_id FROM phone t WHERE t.e164 = $3)";

const CONSENTS: &str = "SELECT kind, person_id, phone, debt_id, from_at, until_at, evidence \
    FROM consent WHERE person_id = $1";

/// Loads what is known of `person` and of `phone` up to the event `upto` (`i64::MAX`: all of it).
pub(in crate::store) async fn load_history(
    conn: &mut Conn,
    person: PersonId,
    phone: Option<PhoneKey>,
    upto: i64,
) -> Result<Loaded, Fault> {
    let kin = kin(conn, person).await?;
    let events = load_events(conn, person, phone, &kin, upto).await?;
    let holds = load_holds(conn, person, phone, &kin).await?;
    // A consent loosens, so each id has its own.
    let rows = conn.all(CONSENTS, values![person]).await?;
    let consents = rows.iter().map(read_consent).collect::<Result<_, _>>()?;
    let upto = events.iter().map(|event| event.id.0).max().unwrap_or(0);
    Ok(Loaded { history: History::new(events, holds, consents), upto, kin })
}

/// The ledger's entries about `person`, his kin and `phone`, up to the event `upto`. Those of kin count as his own.
pub(super) async fn load_events(
    conn: &mut Conn,
    person: PersonId,
    phone: Option<PhoneKey>,
    kin: &[Kin],
    upto: i64,
) -> Result<Vec<Event>, Fault> {
    let rows = conn.all(EVENTS, values![person, phone, upto]).await?;
    let mut events = rows.iter().map(read_event).collect::<Result<Vec<_>, _>>()?;
    for kin in kin {
        let last = kin.upto.map_or(upto, |(last, _)| last.min(upto));
        let none: Option<i64> = None;
        let rows = conn.all(EVENTS, values![kin.other, none, last]).await?;
        let theirs = rows.iter().map(read_event).collect::<Result<Vec<_>, _>>()?;
        // Those on this phone have been read as a stranger's.
        let known: HashSet<EventId> = theirs.iter().map(|event| event.id).collect();
        events.retain(|event| !known.contains(&event.id));
        events.extend(theirs.into_iter().map(|event| Event { person, ..event }));
    }
    Ok(events)
}

async fn kin(conn: &mut Conn, person: PersonId) -> Result<Vec<Kin>, Fault> {
    let rows = conn.all(KIN, values![person]).await?;
    rows.iter().map(read_kin).collect()
}

/// The holds that a decision about `person` at `phone` would be made on.
pub(in crate::store) async fn holds_of(
    conn: &mut Conn,
    person: PersonId,
    phone: Option<PhoneKey>,
) -> Result<Vec<Hold>, Fault> {
    let kin = kin(conn, person).await?;
    load_holds(conn, person, phone, &kin).await
}

async fn load_holds(
    conn: &mut Conn,
    person: PersonId,
    phone: Option<PhoneKey>,
    kin: &[Kin],
) -> Result<Vec<Hold>, Fault> {
    let e164 = phone.map(|phone| format!("+{}", phone.digits()));
    let [one, other] = HoldKind::OF_TELEPHONES.map(HoldKind::code);
    let rows = conn.all(HOLDS, values![person, phone, e164, one, other]).await?;
    let mut holds = rows.iter().map(read_hold).collect::<Result<Vec<_>, _>>()?;
    for kin in kin {
        let none: Option<i64> = None;
        let nowhere: Option<String> = None;
        let rows = conn.all(HOLDS, values![kin.other, none, nowhere, one, other]).await?;
        for row in &rows {
            let hold = read_hold(row)?;
            if kin.upto.is_none_or(|(_, split)| hold.from.is_none_or(|from| from <= split)) {
                holds.push(Hold { person, ..hold });
            }
        }
    }
    Ok(holds)
}

fn read_kin(row: &Row) -> Result<Kin, Fault> {
    let upto = row.int_opt(1)?.zip(moment_opt(row.int_opt(2)?)?);
    Ok(Kin { other: PersonId(row.int(0)?), upto })
}

fn read_event(row: &Row) -> Result<Event, Fault> {
    let kind = row.code_opt(7, "phone type", PhoneType::parse)?.unwrap_or(PhoneType::Unknown);
    Ok(Event {
        id: EventId(row.int(0)?),
        at: moment(row.int(1)?)?,
        kind: row.code(2, "event kind", EventKind::parse)?,
        person: PersonId(row.int(3)?),
        debt: row.int_opt(4)?.map(DebtId),
        creditor: row.text_opt(5)?,
        phone: row.phone_opt(6)?.map(|number| Phone { number, kind }),
        dial_mode: row.code(8, "dial mode", DialMode::parse)?,
        channel_exact: Cow::Owned(row.text(9)?),
        agent: row.code_opt(10, "agent", Agent::parse)?,
        excluded: row.int(11)? != 0,
        attempt: row.int_opt(12)?.map(AttemptId),
        corrects: row.int_opt(13)?.map(EventId),
    })
}

fn read_hold(row: &Row) -> Result<Hold, Fault> {
    Ok(Hold {
        kind: row.code(0, "hold kind", HoldKind::parse)?,
        person: PersonId(row.int(1)?),
        phone: row.phone_opt(2)?,
        debt: row.int_opt(3)?.map(DebtId),
        from: moment_opt(row.int_opt(4)?)?,
        until: moment_opt(row.int_opt(5)?)?,
        suspended: suspended(&row.text(6)?)?,
        evidence: row.text_opt(7)?,
    })
}

fn read_consent(row: &Row) -> Result<Consent, Fault> {
    Ok(Consent {
        kind: row.code(0, "consent kind", ConsentKind::parse)?,
        person: PersonId(row.int(1)?),
        phone: row.phone_opt(2)?,
        debt: row.int_opt(3)?.map(DebtId),
        from: moment_opt(row.int_opt(4)?)?,
        until: moment_opt(row.int_opt(5)?)?,
        evidence: row.text_opt(6)?,
    })
}

fn suspended(text: &str) -> Result<Vec<(Timestamp, Option<Timestamp>)>, Fault> {
    serde_json::from_str(text).map_err(|_| Fault::Unreadable { what: "suspended times of a hold" })
}
