//! Who is signed in at the screens, over restarts: by a hash of the cookie's number, which the database does not know.

use jiff::Timestamp;

use crate::store::engine::conn::{Fault, Row, Value, moment, values};
use crate::store::{Store, StoreError};

/// A session of the screens. Neither key nor data are in the debug form.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// A hash of the cookie's number.
    pub key: String,
    pub login: String,
    /// What it holds, in JSON.
    pub data: String,
    pub ends_at: Timestamp,
}

impl std::fmt::Debug for SessionRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SessionRow").field("login", &self.login).finish_non_exhaustive()
    }
}

impl Store {
    /// Keeps a new session, and forgets those that are over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_session(&self, session: SessionRow, now: Timestamp) -> Result<(), StoreError> {
        let SessionRow { key, login, data, ends_at } = session;
        let written = self.write(move |conn| {
            Box::pin(async move {
                conn.run(TIDY, values![now]).await?;
                conn.run(BEGIN, values![key, login, data, ends_at]).await
            })
        });
        written.await.map(|_| ()).map_err(|source| StoreError::User { source })
    }

    /// A session by its key, unless it is over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, key: String, now: Timestamp) -> Result<Option<SessionRow>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(
                async move { conn.first(ONE, values![key, now]).await?.as_ref().map(session).transpose() },
            )
        });
        read.await.map_err(|source| StoreError::User { source })
    }

    /// Gives a session another content or end. One that was ended meanwhile stays ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn change_session(&self, session: SessionRow) -> Result<(), StoreError> {
        let SessionRow { key, login, data, ends_at } = session;
        self.write_session(CHANGE, values![key, login, data, ends_at]).await
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_session(&self, key: String) -> Result<(), StoreError> {
        self.write_session("DELETE FROM console_session WHERE key = $1", values![key]).await
    }

    async fn write_session(&self, sql: &'static str, values: Vec<Value>) -> Result<(), StoreError> {
        let written = self.write(move |conn| Box::pin(async move { conn.run(sql, values).await }));
        written.await.map(|_| ()).map_err(|source| StoreError::User { source })
    }
}

fn session(row: &Row) -> Result<SessionRow, Fault> {
    Ok(SessionRow {
        key: row.text(0)?,
        login: row.text(1)?,
        data: row.text(2)?,
        ends_at: moment(row.int(3)?)?,
    })
}

/// Signs a user out wherever he is signed in.
pub(super) const END_ALL: &str = "DELETE FROM console_session WHERE login = $1";

const TIDY: &str = "DELETE FROM console_session WHERE ends_at <= $1";
const BEGIN: &str = "INSERT INTO console_session (key, login, data, ends_at) VALUES ($1, $2, $3, $4)";
const CHANGE: &str = "UPDATE console_session SET data = $3, ends_at = $4 WHERE key = $1 AND login = $2";
const ONE: &str = "SELECT key, login, data, ends_at FROM console_session WHERE key = $1 AND ends_at > $2";
