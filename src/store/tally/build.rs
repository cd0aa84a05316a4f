//! Counting everything anew, page by page, beside a living house.

use super::facts::{self, Which};
use super::states::{self, Latest};
use super::{plan, write};
use crate::stats::{Basis, Counted, TALLIES, count};
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::engine::dialect;
use crate::store::{Store, StoreError};

/// Debts counted in one transaction.
const PAGE: i64 = 4_000;

impl Store {
    /// Counts every sum anew, by this. Whoever writes meanwhile waits for a page at most.
    ///
    /// # Errors
    /// When the database fails; [`Store::build_tallies`] goes on from there.
    pub async fn recount_tallies(&self, basis: Basis) -> Result<(), StoreError> {
        let written = self.write(move |conn| {
            Box::pin(async move {
                dialect::lock_tallies(conn, true).await?;
                for table in TALLIES {
                    conn.run_built(format!("DELETE FROM {}", table.name), Vec::new()).await?;
                }
                let kept = values![plan::keep(&basis.windows), plan::zone_name(&basis.zone)];
                conn.run(BEGIN, kept).await.map(|_| ())
            })
        });
        written.await.map_err(|source| StoreError::Tally { source })?;
        self.build_tallies().await
    }

    /// Goes on counting where it is not finished; a database from before the sums has it all to do. Nothing where all
    /// is counted.
    ///
    /// # Errors
    /// When the database fails; another call goes on.
    pub async fn build_tallies(&self) -> Result<(), StoreError> {
        let fault = |source| StoreError::Tally { source };
        let plan =
            self.read(move |conn| Box::pin(async move { plan::read(conn).await })).await.map_err(fault)?;
        if plan.built_upto == i64::MAX && plan.states_upto == i64::MAX {
            return Ok(());
        }
        while !self.write(|conn| Box::pin(async move { build_page(conn).await })).await.map_err(fault)? {}
        Ok(())
    }
}

/// Counts a page; whether it was the last.
async fn build_page(conn: &mut Conn) -> Result<bool, Fault> {
    dialect::lock_tallies(conn, true).await?;
    let plan = plan::read(conn).await?;
    let mut counted = Counted::default();
    if plan.built_upto < i64::MAX {
        let after = plan.built_upto;
        let last = conn.one("SELECT COALESCE(MAX(id), 0) FROM debt", Vec::new()).await?.int(0)?;
        let upto = after.saturating_add(PAGE);
        for facts in facts::load(conn, Which::Debts { after, upto }).await?.values() {
            count(facts, &plan.basis, None, &mut counted);
        }
        write::add(conn, &counted).await?;
        let built = if upto >= last { i64::MAX } else { upto };
        conn.run("UPDATE tally_plan SET built_upto = $1 WHERE id = 1", values![built]).await?;
        return Ok(built == i64::MAX && plan.states_upto == i64::MAX);
    }
    let after = plan.states_upto;
    let last = states::last(conn).await?;
    let upto = after.saturating_add(states::PAGE);
    states::count_page(conn, (after, upto), &plan.basis, &mut Latest::default(), &mut counted).await?;
    write::add(conn, &counted).await?;
    let built = if upto >= last { i64::MAX } else { upto };
    conn.run("UPDATE tally_plan SET states_upto = $1 WHERE id = 1", values![built]).await?;
    Ok(built == i64::MAX)
}

const BEGIN: &str =
    "UPDATE tally_plan SET windows = $1, zone = $2, built_upto = 0, states_upto = 0 WHERE id = 1";
