//! Where agents' phones were registered last: after a crash nobody has to log in anew.

use std::net::SocketAddr;

use jiff::Timestamp;

use crate::domain::AgentId;
use crate::store::engine::conn::{Fault, Row, moment, values};
use crate::store::{Store, StoreError};
use crate::trunk::Transport;

/// A registered phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneRow {
    pub agent: AgentId,
    /// Its Contact's URI.
    pub contact: String,
    /// Where it registered from.
    pub source: SocketAddr,
    pub transport: Transport,
    pub expires_at: Timestamp,
}

impl Store {
    /// Keeps where a phone of this node is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_phone(&self, phone: PhoneRow) -> Result<(), StoreError> {
        let values = values![
            phone.agent.as_str(),
            &phone.contact,
            self.node(),
            phone.source.to_string(),
            phone.transport.code(),
            phone.expires_at
        ];
        let written = self.write(move |conn| Box::pin(async move { conn.run(KEEP, values).await }));
        written.await.map(|_| ()).map_err(|source| StoreError::Agent { agent: phone.agent, source })
    }

    /// Forgets a phone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_phone(&self, agent: &AgentId, contact: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM agent_phone WHERE agent = $1 AND contact = $2";
        let values = values![agent.as_str(), contact];
        let written = self.write(move |conn| Box::pin(async move { conn.run(sql, values).await }));
        written.await.map(|_| ()).map_err(|source| StoreError::Agent { agent: agent.clone(), source })
    }

    /// This node's phones that are still registered.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kept_phones(&self, now: Timestamp) -> Result<Vec<PhoneRow>, StoreError> {
        let values = values![self.node(), now];
        let read = self.read(move |conn| {
            Box::pin(async move { conn.all(KEPT, values).await?.iter().map(phone).collect() })
        });
        read.await.map_err(|source| StoreError::Report { report: "phones", source })
    }
}

fn phone(row: &Row) -> Result<PhoneRow, Fault> {
    let unreadable = || Fault::Unreadable { what: "phone" };
    Ok(PhoneRow {
        agent: AgentId::parse(&row.text(0)?).ok_or_else(unreadable)?,
        contact: row.text(1)?,
        source: row.text(2)?.parse().map_err(|_| unreadable())?,
        transport: row.code(3, "transport", |code| Transport::ALL.into_iter().find(|t| t.code() == code))?,
        expires_at: moment(row.int(4)?)?,
    })
}

const KEEP: &str = "INSERT INTO agent_phone (agent, contact, node, source, transport, expires_at) \
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (agent, contact) DO UPDATE SET node = excluded.node, \
    source = excluded.source, transport = excluded.transport, expires_at = excluded.expires_at";
const KEPT: &str = "SELECT agent, contact, source, transport, expires_at FROM agent_phone \
    WHERE node = $1 AND expires_at > $2 ORDER BY agent, contact";
