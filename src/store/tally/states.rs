//! Agents' states: each change is counted as it is written, with the time that the one before it lasted.

use std::collections::BTreeMap;

use super::{before, plan, write};
use crate::domain::{AttemptId, Currency, DebtId};
use crate::stats::{Basis, Counted, StateCall, StateFact, count_change, count_stretch};
use crate::store::counted::counts;
use crate::store::engine::conn::{Conn, Fault, Row, Value, moment, values};
use crate::store::engine::dialect;

/// Changes counted at once.
pub(super) const PAGE: i64 = 20_000;

/// Each agent's latest change among those counted.
#[derive(Debug, Default)]
pub(super) struct Latest(BTreeMap<String, StateFact>);

/// Writes a change down with `insert`, which tells its id, and counts it.
///
/// # Errors
/// The database's.
pub(in crate::store) async fn log_change(
    conn: &mut Conn,
    agent: &str,
    talks_in: Option<AttemptId>,
    (insert, row): (&'static str, Vec<Value>),
) -> Result<(), Fault> {
    // A talk that is told after its call was closed changes what is counted of the debt.
    let closed = match talks_in {
        Some(attempt) => conn.first(CLOSED, values![attempt]).await?,
        None => None,
    };
    let tallied = match closed {
        Some(row) => Some(before(conn, DebtId(row.int(0)?)).await?),
        None => None,
    };
    dialect::lock_tallies(conn, false).await?;
    dialect::lock_agent(conn, agent).await?;
    let plan = plan::read(conn).await?;
    let id = conn.one(insert, row).await?.int(0)?;
    if id <= plan.states_upto {
        let mut counted = Counted::default();
        let mut latest = Latest::default();
        count_page(conn, (id - 1, id), &plan.basis, &mut latest, &mut counted).await?;
        write::add(conn, &counted).await?;
    }
    match tallied {
        Some(tallied) => tallied.note(conn).await,
        None => Ok(()),
    }
}

/// The last change there is.
pub(super) async fn last(conn: &mut Conn) -> Result<i64, Fault> {
    conn.one("SELECT COALESCE(MAX(id), 0) FROM agent_state", Vec::new()).await?.int(0)
}

/// Counts the changes with these ids (above, up to): each with the time of the same agent's change before it.
pub(super) async fn count_page(
    conn: &mut Conn,
    (after, upto): (i64, i64),
    basis: &Basis,
    latest: &mut Latest,
    into: &mut Counted,
) -> Result<(), Fault> {
    for row in conn.all(PAGED, values![after, upto]).await? {
        let (id, change) = (row.int(0)?, read(&row)?);
        let before = match latest.0.remove(&change.agent) {
            Some(before) => Some(before),
            None => {
                let row = conn.first(BEFORE, values![change.agent.as_str(), id]).await?;
                row.map(|row| read(&row)).transpose()?
            }
        };
        count_change(before.as_ref(), &change, None, basis, into);
        if let Some(before) = before {
            count_stretch(&before, change.at, None, basis, into);
        }
        latest.0.insert(change.agent.clone(), change);
    }
    Ok(())
}

/// A change as [`columns`] tells it.
pub(super) fn read(row: &Row) -> Result<StateFact, Fault> {
    let call = match (row.int_opt(6)?, row.int_opt(7)?, row.code_opt(8, "currency", Currency::parse)?) {
        (Some(campaign), Some(creditor), Some(currency)) => Some(StateCall { campaign, creditor, currency }),
        _ => None,
    };
    Ok(StateFact {
        agent: row.text(1)?,
        at: moment(row.int(4)?)?,
        state: row.text(2)?,
        billable: row.int(3)? != 0,
        missed: row.text_opt(5)?.as_deref() == Some("missed"),
        call,
    })
}

/// Test calls count nowhere, but the time of whoever was in one is his.
macro_rules! columns {
    ($which:literal) => {
        concat!(
            "SELECT s.id, s.agent, s.state, s.billable, s.at, s.pause, a.campaign_id, a.creditor_id, a.currency FROM agent_state s ",
            "LEFT JOIN attempt a ON a.id = s.attempt_id AND ",
            counts!("a"),
            " WHERE ",
            $which
        )
    };
}
pub(super) use columns;

const PAGED: &str = columns!("s.id > $1 AND s.id <= $2 ORDER BY s.id");
const BEFORE: &str = columns!("s.agent = $1 AND s.id < $2 ORDER BY s.id DESC LIMIT 1");
const CLOSED: &str = "SELECT debt_id FROM attempt WHERE id = $1 AND outcome IS NOT NULL";
