//! Who may sign in.

use jiff::Timestamp;

use super::session::END_ALL;
use crate::domain::Role;
use crate::store::engine::conn::{Fault, Row, Value, moment, moment_opt, values};
use crate::store::{Store, StoreError};

/// A user of the screens. The hash is not in the debug form.
#[derive(Clone, PartialEq, Eq)]
pub struct UserRow {
    pub login: String,
    /// Argon2id, PHC format.
    pub hash: String,
    pub role: Role,
    pub made_at: Timestamp,
    /// `None` while he may sign in.
    pub disabled_at: Option<Timestamp>,
}

impl std::fmt::Debug for UserRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserRow")
            .field("login", &self.login)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Makes a user. `false`: the login is taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_user(
        &self,
        login: &str,
        hash: String,
        role: Role,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO app_user (login, hash, role, made_at, changed_at) VALUES ($1, $2, $3, $4, $4) \
            ON CONFLICT (login) DO NOTHING";
        self.change_user(sql, values![login, hash, role.code(), now]).await
    }

    /// Gives a user another password, and signs him out wherever he is signed in. `false`: there is no such user.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_password(&self, login: &str, hash: String, now: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE app_user SET hash = $2, changed_at = $3 WHERE login = $1";
        self.change_and_sign_out(login, sql, values![login, hash, now]).await
    }

    /// Keeps a user out from now on, and ends his sessions, or lets him in again. `false`: there is no such user, or it is so already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn disable_user(&self, login: &str, out: bool, now: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE app_user SET disabled_at = $2, changed_at = $3 WHERE login = $1 \
            AND (disabled_at IS NULL) = (CAST($2 AS BIGINT) IS NOT NULL)";
        self.change_and_sign_out(login, sql, values![login, out.then_some(now), now]).await
    }

    async fn change_and_sign_out(
        &self,
        login: &str,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<bool, StoreError> {
        let login = values![login];
        let written = self.write(move |conn| {
            Box::pin(async move {
                let changed = conn.run(sql, values).await?;
                conn.run(END_ALL, login).await?;
                Ok(changed)
            })
        });
        Ok(written.await.map_err(|source| StoreError::User { source })? > 0)
    }

    async fn change_user(&self, sql: &'static str, values: Vec<Value>) -> Result<bool, StoreError> {
        let written = self.write(move |conn| Box::pin(async move { conn.run(sql, values).await }));
        Ok(written.await.map_err(|source| StoreError::User { source })? > 0)
    }

    /// A user by his login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user(&self, login: &str) -> Result<Option<UserRow>, StoreError> {
        let values = values![login];
        let read = self.read(move |conn| {
            Box::pin(async move { conn.first(ONE, values).await?.as_ref().map(user).transpose() })
        });
        read.await.map_err(|source| StoreError::User { source })
    }

    /// The logins of those who are kept out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kept_out(&self) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT login FROM app_user WHERE disabled_at IS NOT NULL ORDER BY login";
        let read = self.read(move |conn| {
            Box::pin(async move { conn.all(sql, Vec::new()).await?.iter().map(|row| row.text(0)).collect() })
        });
        read.await.map_err(|source| StoreError::User { source })
    }

    /// Every user, by login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn users(&self) -> Result<Vec<UserRow>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move { conn.all(ALL, Vec::new()).await?.iter().map(user).collect() })
        });
        read.await.map_err(|source| StoreError::User { source })
    }
}

fn user(row: &Row) -> Result<UserRow, Fault> {
    Ok(UserRow {
        login: row.text(0)?,
        hash: row.text(1)?,
        role: row.code(2, "role", Role::parse)?,
        made_at: moment(row.int(3)?)?,
        disabled_at: moment_opt(row.int_opt(4)?)?,
    })
}

const ONE: &str = "SELECT login, hash, role, made_at, disabled_at FROM app_user WHERE login = $1";
const ALL: &str = "SELECT login, hash, role, made_at, disabled_at FROM app_user ORDER BY login";
