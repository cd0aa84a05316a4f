//! What the figures proposed and somebody put into force, with who and when; and what was taken back.

use jiff::Timestamp;

use crate::stats::Doing;
use crate::store::engine::conn::{Fault, Row, moment, moment_opt, values};
use crate::store::{Store, StoreError};

/// A proposal that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalRow {
    pub doing: Doing,
    /// What was seen when it was applied, JSON.
    pub figures: String,
    pub applied_at: Timestamp,
    pub applied_by: String,
    /// When and by whom; `None` while it is in force.
    pub withdrawn: Option<(Timestamp, String)>,
}

impl ProposalRow {
    /// Whether it is this that it puts into force, and nobody has taken it back.
    pub fn puts_into_force(&self, doing: Doing) -> bool {
        self.doing == doing && self.withdrawn.is_none()
    }
}

impl Store {
    /// Puts a proposal into force. `false`: it is so already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn apply_proposal(
        &self,
        doing: Doing,
        figures: String,
        who: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.change_proposal(APPLY, values![doing.code(), now, who, figures]).await
    }

    /// Takes a proposal back. `false`: it is not in force.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn withdraw_proposal(
        &self,
        doing: Doing,
        who: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.change_proposal(WITHDRAW, values![doing.code(), now, who]).await
    }

    async fn change_proposal(
        &self,
        sql: &'static str,
        values: Vec<crate::store::engine::conn::Value>,
    ) -> Result<bool, StoreError> {
        let written = self.write(move |conn| Box::pin(async move { conn.run(sql, values).await }));
        Ok(written.await.map_err(|source| StoreError::Proposal { source })? > 0)
    }

    /// Every proposal that was ever applied, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn proposals_applied(&self) -> Result<Vec<ProposalRow>, StoreError> {
        let rows = self.read(move |conn| {
            Box::pin(async move { conn.all(ALL, Vec::new()).await?.iter().map(proposal_row).collect() })
        });
        rows.await.map_err(|source| StoreError::Proposal { source })
    }

    /// What is in force.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn proposals_in_force(&self) -> Result<Vec<Doing>, StoreError> {
        let rows = self.proposals_applied().await?;
        Ok(rows.into_iter().filter(|row| row.withdrawn.is_none()).map(|row| row.doing).collect())
    }
}

fn proposal_row(row: &Row) -> Result<ProposalRow, Fault> {
    let withdrawn_at = moment_opt(row.int_opt(4)?)?;
    Ok(ProposalRow {
        doing: row.code(0, "proposal", Doing::parse)?,
        figures: row.text(1)?,
        applied_at: moment(row.int(2)?)?,
        applied_by: row.text(3)?,
        withdrawn: withdrawn_at.zip(row.text_opt(5)?),
    })
}

const APPLY: &str = "INSERT INTO proposal (doing, figures, applied_at, applied_by) \
    SELECT CAST($1 AS TEXT), CAST($4 AS TEXT), CAST($2 AS BIGINT), CAST($3 AS TEXT) WHERE NOT EXISTS \
    (SELECT 1 FROM proposal WHERE doing = $1 AND withdrawn_at IS NULL)";
const WITHDRAW: &str = "UPDATE proposal SET withdrawn_at = $2, withdrawn_by = $3 \
    WHERE doing = $1 AND withdrawn_at IS NULL";
const ALL: &str = "SELECT doing, figures, applied_at, applied_by, withdrawn_at, withdrawn_by FROM proposal \
    ORDER BY id DESC";
