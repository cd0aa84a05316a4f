//! Campaigns: made, started, paused, stopped.

use jiff::Timestamp;

use crate::domain::CampaignId;
use crate::store::engine::conn::{moment, values};
use crate::store::{ActFilter, Store, StoreError};

/// Where a campaign stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CampaignState {
    Draft,
    Running,
    Paused,
    /// Final.
    Stopped,
}

impl CampaignState {
    pub const ALL: [Self; 4] = [Self::Draft, Self::Running, Self::Paused, Self::Stopped];

    /// The code in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Paused => "paused",
            Self::Running => "running",
            Self::Stopped => "stopped",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// A campaign's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignRow {
    pub id: CampaignId,
    pub name: String,
    pub state: CampaignState,
    pub changed_at: Timestamp,
}

/// Somebody started, paused or stopped a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignAct {
    pub at: Timestamp,
    /// A login, or a user of the operating system.
    pub who: String,
    pub campaign: String,
    /// What it has been since.
    pub state: CampaignState,
}

impl Store {
    /// The seed of a campaign's lots: `fresh`, drawn by the caller, unless there is one already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold_out_seed(&self, campaign: CampaignId, fresh: u64) -> Result<u64, StoreError> {
        let draw = "UPDATE campaign SET hold_out_seed = COALESCE(hold_out_seed, CAST($2 AS BIGINT)) WHERE id = $1 \
            RETURNING hold_out_seed";
        let drawn = self.write(move |conn| {
            Box::pin(async move { conn.one(draw, values![campaign, fresh.cast_signed()]).await?.int(0) })
        });
        let act = |source| StoreError::Campaign { campaign: campaign.to_string(), source };
        Ok(drawn.await.map_err(act)?.cast_unsigned())
    }

    /// The campaign of this name; made as a draft where there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn campaign(&self, name: &str, now: Timestamp) -> Result<CampaignId, StoreError> {
        let make = "INSERT INTO campaign (name, changed_at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
        let find = "SELECT id FROM campaign WHERE name = $1";
        let owned = name.to_owned();
        let written = self.write(move |conn| {
            Box::pin(async move {
                conn.run(make, values![&owned, now]).await?;
                conn.one(find, values![&owned]).await?.int(0).map(CampaignId)
            })
        });
        written.await.map_err(|source| StoreError::Campaign { campaign: name.to_owned(), source })
    }

    /// Moves a campaign to another state, and keeps whose act it was. `false`: it is stopped, or there already, or not there
    /// at all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_campaign(
        &self,
        name: &str,
        state: CampaignState,
        who: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let values = values![name, state.code(), now];
        let act = values![name, state.code(), who, now];
        let written = self.write(move |conn| {
            Box::pin(async move {
                let moved = conn.run(SET, values).await? > 0;
                if moved {
                    conn.run(ACT, act).await?;
                }
                Ok(moved)
            })
        });
        written.await.map_err(|source| StoreError::Campaign { campaign: name.to_owned(), source })
    }

    /// Who started, paused or stopped which campaign, each act with its id, the newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn campaign_acts(
        &self,
        filter: ActFilter,
        limit: u32,
    ) -> Result<Vec<(i64, CampaignAct)>, StoreError> {
        let values = filter.values(limit);
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(ACTS, values).await?;
                let read = rows.iter().map(|row| {
                    let act = CampaignAct {
                        at: moment(row.int(1)?)?,
                        who: row.text(2)?,
                        campaign: row.text(3)?,
                        state: row.code(4, "campaign state", CampaignState::parse)?,
                    };
                    Ok((row.int(0)?, act))
                });
                read.collect()
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "acts on campaigns", source })
    }

    /// Every campaign, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn campaigns(&self) -> Result<Vec<CampaignRow>, StoreError> {
        let sql = "SELECT id, name, state, changed_at FROM campaign ORDER BY name";
        let rows = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(sql, Vec::new()).await?;
                let read = rows.iter().map(|row| {
                    Ok(CampaignRow {
                        id: CampaignId(row.int(0)?),
                        name: row.text(1)?,
                        state: row.code(2, "campaign state", CampaignState::parse)?,
                        changed_at: moment(row.int(3)?)?,
                    })
                });
                read.collect()
            })
        });
        rows.await.map_err(|source| StoreError::Report { report: "campaigns", source })
    }
}

const SET: &str =
    "UPDATE campaign SET state = $2, changed_at = $3 WHERE name = $1 AND state NOT IN ($2, 'stopped')";
const ACT: &str = "INSERT INTO campaign_act (campaign_id, state, who, at) \
    SELECT id, $2, $3, CAST($4 AS BIGINT) FROM campaign WHERE name = $1";
const ACTS: &str = "SELECT a.id, a.at, a.who, c.name, a.state FROM campaign_act a JOIN campaign c ON c.id = a.campaign_id \
    WHERE a.id < $1 AND (CAST($2 AS TEXT) IS NULL OR a.who = $2) ORDER BY a.id DESC LIMIT $3";
