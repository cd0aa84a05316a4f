//! Sums that the reports read instead of every row, kept in the same transaction as the rows.
//!
//! Whoever changes what is counted of a debt (an attempt's end, a use of a channel told from outside, a payment, what
//! became of a promise, an agent's talk) takes [`before`] first, and lets [`Before::note`] write the difference down afterwards. So the
//! sums are what a count of all rows would give; [`Store::check_tallies`](crate::store::Store::check_tallies) proves it.

mod build;
mod check;
mod facts;
mod last_action;
mod nth;
mod outside;
mod plan;
mod read;
mod states;
mod write;

use crate::domain::DebtId;
use crate::stats::{Basis, Counted, count};
use crate::store::engine::conn::{Conn, Fault};
use crate::store::engine::dialect;

pub use check::TallyFault;
pub(in crate::store) use last_action::{LastAction, last_action};
pub(in crate::store) use nth::{lock_used, number_call};
pub(in crate::store) use outside::{correct_outside, note_outside, there};
pub(in crate::store) use read::{Reading, sums};
pub(in crate::store) use states::log_change;

use self::facts::Which;

/// What was counted of a debt before a change.
#[derive(Debug)]
pub(in crate::store) struct Before {
    debt: DebtId,
    /// Absent: the debt is not counted yet, and will be by the building.
    counted: Option<(Counted, Basis)>,
}

/// Counts a debt that is about to change, and keeps others from changing it until the transaction ends. Always before
/// the chains of rows are taken, so that two transactions can't wait for each other.
///
/// # Errors
/// The database's.
pub(in crate::store) async fn before(conn: &mut Conn, debt: DebtId) -> Result<Before, Fault> {
    dialect::lock_debt(conn, debt).await?;
    dialect::lock_tallies(conn, false).await?;
    let plan = plan::read(conn).await?;
    if debt.0 > plan.built_upto {
        return Ok(Before { debt, counted: None });
    }
    let counted = count_debt(conn, debt, &plan.basis).await?;
    Ok(Before { debt, counted: Some((counted, plan.basis)) })
}

impl Before {
    /// Writes down the difference that was made since.
    ///
    /// # Errors
    /// The database's.
    pub async fn note(self, conn: &mut Conn) -> Result<(), Fault> {
        let Some((before, basis)) = self.counted else { return Ok(()) };
        let after = count_debt(conn, self.debt, &basis).await?;
        write::add(conn, &after.less(&before)).await
    }
}

async fn count_debt(conn: &mut Conn, debt: DebtId, basis: &Basis) -> Result<Counted, Fault> {
    let mut counted = Counted::default();
    for facts in facts::load(conn, Which::Debts { after: debt.0 - 1, upto: debt.0 }).await?.values() {
        count(facts, basis, None, &mut counted);
    }
    Ok(counted)
}
