//! Who may sign in.

use jiff::Timestamp;

use crate::domain::{Right, Role};
use crate::store::engine::conn::{Fault, Row, moment, moment_opt, values};
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
    /// Somebody else has given him his password: it is good for choosing another one until then.
    pub once_until: Option<Timestamp>,
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

    /// Whether somebody may sign in so and work cases.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn works_cases(&self, login: &str) -> Result<bool, StoreError> {
        self.user_may(login, Right::WorkCases).await
    }

    /// Whether somebody may sign in so and review talks.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reviews_talks(&self, login: &str) -> Result<bool, StoreError> {
        self.user_may(login, Right::ReviewTalks).await
    }

    async fn user_may(&self, login: &str, right: Right) -> Result<bool, StoreError> {
        let user = self.user(login).await?.filter(|user| user.disabled_at.is_none());
        Ok(user.is_some_and(|user| user.role.may(right)))
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
        once_until: moment_opt(row.int_opt(5)?)?,
    })
}

const ONE: &str = "SELECT login, hash, role, made_at, disabled_at, once_until FROM app_user WHERE login = $1";
const ALL: &str = "SELECT login, hash, role, made_at, disabled_at, once_until FROM app_user ORDER BY login";
