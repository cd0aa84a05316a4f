//! Which use of a channel on the person an action was: a number over all his debts that is kept with the action when it is
//! written down, as what else was known of him then. A call is the last one when it ends; what is told late has its place in
//! time, and those after it move on. Whoever is found to be one with him later changes no number.

use jiff::Timestamp;

use super::{Before, before};
use crate::domain::{AttemptId, Channel, DebtId, EventId, PersonId};
use crate::store::counted::counts;
use crate::store::engine::conn::{Conn, Fault, moment, values};
use crate::store::engine::dialect;

/// Gives a call that is over its number; none to a fault, to a call taken back and to his own. After the chains of rows, so that
/// two transactions can't wait for each other.
///
/// # Errors
/// The database's.
pub(in crate::store) async fn number_call(
    conn: &mut Conn,
    attempt: AttemptId,
    person: PersonId,
) -> Result<(), Fault> {
    dialect::lock_uses(conn, person).await?;
    conn.run(NUMBER_CALL, values![attempt]).await.map(|_| ())
}

/// Gives what another system told its number: within the tally of its debt, and after the chains.
///
/// # Errors
/// The database's.
pub(super) async fn number_outside(conn: &mut Conn, event: EventId) -> Result<(), Fault> {
    let Some(of) = Use::read(conn, event).await? else { return Ok(()) };
    dialect::lock_uses(conn, of.person).await?;
    let earlier = conn.one(EARLIER, values![of.person, of.channel.code(), of.at]).await?.int(0)?;
    of.shift(conn, earlier + 1, 1).await?;
    conn.run(NUMBER, values![event, earlier + 1]).await.map(|_| ())
}

/// Takes the number of an entry that is corrected away: within the tally of its debt, and after the chains.
///
/// # Errors
/// The database's.
pub(super) async fn take_number(conn: &mut Conn, event: EventId) -> Result<(), Fault> {
    let Some(of) = Use::read(conn, event).await? else { return Ok(()) };
    dialect::lock_uses(conn, of.person).await?;
    let Some(nth) = of.nth else { return Ok(()) };
    conn.run(NUMBER, values![event, None::<i64>]).await?;
    of.shift(conn, nth + 1, -1).await
}

/// Takes the debts with uses of a channel on a person, and this one, before anything is numbered among them.
///
/// # Errors
/// The database's.
pub(in crate::store) async fn lock_used(conn: &mut Conn, with: &[(PersonId, DebtId)]) -> Result<(), Fault> {
    if !dialect::has_locks(conn) {
        return Ok(());
    }
    let mut debts: Vec<DebtId> = with.iter().map(|(_, debt)| *debt).collect();
    for (person, _) in with {
        for row in conn.all(DEBTS, values![*person]).await? {
            debts.push(DebtId(row.int(0)?));
        }
    }
    dialect::lock_debts(conn, debts).await
}

/// A use that another system told.
struct Use {
    person: PersonId,
    debt: DebtId,
    channel: Channel,
    at: Timestamp,
    nth: Option<i64>,
}

impl Use {
    /// `None`: his own call, which is no use of a channel of ours.
    async fn read(conn: &mut Conn, event: EventId) -> Result<Option<Self>, Fault> {
        let row = conn.one(USE, values![event]).await?;
        let channel = row.code(2, "channel", Channel::parse)?;
        let of = Self {
            person: PersonId(row.int(0)?),
            debt: DebtId(row.int(1)?),
            channel,
            at: moment(row.int(3)?)?,
            nth: row.int_opt(4)?,
        };
        Ok(Some(of).filter(|_| channel != Channel::InboundCall))
    }

    /// Moves the numbers from `from` on by `by`, and what is counted of other debts with them.
    async fn shift(&self, conn: &mut Conn, from: i64, by: i64) -> Result<(), Fault> {
        let later = values![self.person, self.channel.code(), from];
        let mut tallied: Vec<Before> = Vec::new();
        for row in conn.all(LATER, later).await? {
            let debt = DebtId(row.int(0)?);
            if debt != self.debt {
                tallied.push(before(conn, debt).await?);
            }
        }
        let moved = values![self.person, self.channel.code(), from, by];
        conn.run(SHIFT_CALLS, moved.clone()).await?;
        conn.run(SHIFT_OUTSIDE, moved).await?;
        for one in tallied {
            one.note(conn).await?;
        }
        Ok(())
    }
}

/// A person and the ids that are one with him now.
macro_rules! him {
    ($person:literal) => {
        concat!(
            " IN (SELECT CAST(",
            $person,
            " AS BIGINT) UNION ALL SELECT k.other_id FROM kin k WHERE k.person_id = ",
            $person,
            " AND k.upto_event IS NULL)"
        )
    };
}

const NUMBER_CALL: &str = concat!(
    "UPDATE attempt SET nth_use = CASE WHEN channel = 'inbound_call' OR outcome = 'cancelled' OR outcome LIKE 'failed%' OR NOT ",
    counts!("attempt"),
    " THEN NULL ELSE 1 + (SELECT COUNT(*) FROM attempt b WHERE b.person_id",
    him!("attempt.person_id"),
    " AND b.channel = attempt.channel AND b.nth_use IS NOT NULL AND b.id <> attempt.id) \
     + (SELECT COUNT(*) FROM outside_action o WHERE o.person_id",
    him!("attempt.person_id"),
    " AND o.channel = attempt.channel AND o.nth_use IS NOT NULL) END WHERE id = $1"
);
const USE: &str = "SELECT person_id, debt_id, channel, at, nth_use FROM outside_action WHERE event_id = $1";
const NUMBER: &str = "UPDATE outside_action SET nth_use = $2 WHERE event_id = $1";
/// Of one moment the one that was written first is the earlier.
const EARLIER: &str = concat!(
    "SELECT (SELECT COUNT(*) FROM attempt a WHERE a.person_id",
    him!("$1"),
    " AND a.channel = $2 AND a.nth_use IS NOT NULL AND a.reserved_at <= $3) \
     + (SELECT COUNT(*) FROM outside_action o WHERE o.person_id",
    him!("$1"),
    " AND o.channel = $2 AND o.nth_use IS NOT NULL AND o.at <= $3)"
);
const LATER: &str = concat!(
    "SELECT a.debt_id FROM attempt a WHERE a.person_id",
    him!("$1"),
    " AND a.channel = $2 AND a.nth_use >= $3 UNION SELECT o.debt_id FROM outside_action o WHERE o.person_id",
    him!("$1"),
    " AND o.channel = $2 AND o.nth_use >= $3 ORDER BY 1"
);
const SHIFT_CALLS: &str = concat!(
    "UPDATE attempt SET nth_use = nth_use + $4 WHERE person_id",
    him!("$1"),
    " AND channel = $2 AND nth_use >= $3"
);
const SHIFT_OUTSIDE: &str = concat!(
    "UPDATE outside_action SET nth_use = nth_use + $4 WHERE person_id",
    him!("$1"),
    " AND channel = $2 AND nth_use >= $3"
);
const DEBTS: &str = concat!(
    "SELECT a.debt_id FROM attempt a WHERE a.person_id",
    him!("$1"),
    " AND a.nth_use IS NOT NULL UNION SELECT o.debt_id FROM outside_action o WHERE o.person_id",
    him!("$1"),
    " AND o.nth_use IS NOT NULL"
);
