//! The last action on a person's debts before a moment: what he complains of where he does not say.

use jiff::Timestamp;

use super::plan;
use crate::domain::{AttemptId, Channel, DebtId, EventId, PersonId};
use crate::store::engine::conn::{Conn, Fault, Row, moment, values};

/// A call, or a use that another system told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum LastAction {
    Call(AttemptId, Channel),
    Outside(EventId, DebtId),
}

/// The last action at or before `at` that its channel's window still believes; on one debt, where that is known.
///
/// # Errors
/// The database's.
pub(in crate::store) async fn last_action(
    conn: &mut Conn,
    (person, debt): (PersonId, Option<DebtId>),
    at: Timestamp,
) -> Result<Option<LastAction>, Fault> {
    let windows = plan::read(conn).await?.basis.windows;
    let longest = windows.by_channel.iter().map(|(_, long)| *long).max().unwrap_or_default();
    let from = at.checked_sub(longest.max(windows.otherwise)).unwrap_or(Timestamp::UNIX_EPOCH);
    for row in conn.all(ACTIONS, values![person, debt, at, from]).await? {
        let (action, channel) = read(&row)?;
        if at.duration_since(moment(row.int(2)?)?) < windows.of(channel) {
            return Ok(Some(action));
        }
    }
    Ok(None)
}

fn read(row: &Row) -> Result<(LastAction, Channel), Fault> {
    let (id, channel) = (row.int(0)?, row.code(3, "channel", Channel::parse)?);
    Ok(match row.int(4)? {
        0 => (LastAction::Call(AttemptId(id), channel), channel),
        _ => (LastAction::Outside(EventId(id), DebtId(row.int(1)?)), channel),
    })
}

/// The latest first; what was no action is left out.
const ACTIONS: &str = "SELECT a.id, a.debt_id, a.reserved_at, a.channel, CAST(0 AS BIGINT) \
    FROM attempt a WHERE a.person_id = $1 AND a.debt_id = COALESCE(CAST($2 AS BIGINT), a.debt_id) \
    AND a.reserved_at <= $3 AND a.reserved_at > $4 AND a.outcome IS NOT NULL AND a.outcome <> 'cancelled' \
    AND a.outcome NOT LIKE 'failed%' UNION ALL \
    SELECT o.event_id, o.debt_id, o.at, o.channel, CAST(1 AS BIGINT) FROM outside_action o \
    JOIN debt d ON d.id = o.debt_id WHERE d.person_id = $1 \
    AND o.debt_id = COALESCE(CAST($2 AS BIGINT), o.debt_id) AND o.at <= $3 AND o.at > $4 \
    AND NOT EXISTS (SELECT 1 FROM event c WHERE c.corrects = o.event_id) ORDER BY 3 DESC, 1 DESC";
