//! Agreed calls that are due, told apart by who may make them: by the caller's language, type and creditor, and by the agent
//! who agreed. What no agent at hand can serve is not claimed, and keeps nobody else waiting.

use std::sync::Arc;

use jiff::Timestamp;

use super::callback::{AGREED, callback};
use super::due::{AgreedContact, LEASE, LEASED};
use crate::domain::{AgentId, CampaignId, ContactId};
use crate::store::engine::conn::{Conn, Fault, Row, values};
use crate::store::engine::dialect;
use crate::store::list::{MOST, creditors, queued};
use crate::store::{QueuedCaller, Store, StoreError};

/// Agreed calls of which one at least is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueKind {
    pub queued: QueuedCaller,
    /// Who agreed them, where they are to be his.
    pub agent: Option<AgentId>,
}

/// Which calls of a kind are claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueBy {
    /// What the kind's callers are known by.
    pub key: Arc<str>,
    pub agent: Option<AgentId>,
    /// Those that were due by then.
    pub by: Timestamp,
}

impl Store {
    /// The kinds of agreed calls of a campaign that are due and that nobody has claimed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_kinds(&self, campaign: CampaignId, now: Timestamp) -> Result<Vec<DueKind>, StoreError> {
        let read = self.read(move |conn| Box::pin(async move { kinds(conn, campaign, now).await }));
        read.await.map_err(|source| StoreError::Report { report: "callbacks", source })
    }

    /// As [`claim_callbacks`](Store::claim_callbacks), of these kinds alone: the one that was due first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_callback_of(
        &self,
        campaign: CampaignId,
        kinds: Vec<DueBy>,
        now: Timestamp,
    ) -> Result<Option<AgreedContact>, StoreError> {
        let act = |source| StoreError::Claim { campaign, limit: 1, source };
        let lease_ends = now.checked_add(LEASE).unwrap_or(now);
        let claimed = self.write(move |conn| {
            Box::pin(async move {
                let sql = dialect::due_of_caller(conn);
                let mut due = Vec::new();
                for DueBy { key, agent, by } in kinds {
                    let agent = agent.as_ref().map_or("", AgentId::as_str);
                    let values = values![campaign, by, 1_i64, AGREED, &*key, agent, now];
                    due.extend(conn.first(sql, values).await?.map(|row| callback(&row)).transpose()?);
                }
                let first = due.into_iter().min_by_key(|callback| (callback.due_at, callback.id));
                if let Some(callback) = &first {
                    conn.run(LEASED, values![callback.contact, lease_ends]).await?;
                }
                Ok(first)
            })
        });
        let Some(callback) = claimed.await.map_err(act)? else { return Ok(None) };
        let contact = self.contacts(vec![callback.contact]).await?.pop();
        Ok(contact.map(|contact| AgreedContact { contact, callback }))
    }

    /// Contacts of a campaign that are still held for an agreed call though it is due, the earliest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn held_past_due(
        &self,
        campaign: CampaignId,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<ContactId>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(PAST_DUE, values![campaign, now, i64::from(limit), AGREED]).await?;
                rows.iter().map(|row| row.int(0).map(ContactId)).collect()
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "callbacks", source })
    }
}

async fn kinds(conn: &mut Conn, campaign: CampaignId, now: Timestamp) -> Result<Vec<DueKind>, Fault> {
    let rows = conn.all(KINDS, values![campaign, now, AGREED, MOST]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let creditors = creditors(conn).await?;
    let kind = |row: &Row| {
        let agent = row.text_opt(1)?;
        let read = |text: String| AgentId::parse(&text).ok_or(Fault::Unreadable { what: "agent" });
        Ok(DueKind { queued: queued(&row.text(0)?, &creditors)?, agent: agent.map(read).transpose()? })
    };
    rows.iter().map(kind).collect()
}

const KINDS: &str = "SELECT DISTINCT c.caller, b.agent FROM callback b JOIN contact c ON c.id = b.contact_id \
    WHERE b.state = 'waiting' AND b.due_at <= $2 AND b.expires_at > $2 AND c.campaign_id = $1 \
    AND (c.state = 'queued' OR (c.state = 'held' AND c.why = $3)) AND c.claimed_until <= $2 LIMIT $4";
const PAST_DUE: &str = "SELECT c.id FROM callback b JOIN contact c ON c.id = b.contact_id WHERE b.state = 'waiting' \
    AND b.due_at <= $2 AND b.expires_at > $2 AND c.campaign_id = $1 AND c.state = 'held' AND c.why = $4 \
    ORDER BY b.due_at, b.id LIMIT $3";
