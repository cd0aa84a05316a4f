//! What is done to users, each deed with whose it was. Somebody is left who may do it.

use jiff::Timestamp;

use super::session::END_ALL;
use crate::domain::Role;
use crate::store::engine::conn::{Conn, Fault, Value, moment, values};
use crate::store::engine::dialect::lock_users;
use crate::store::{ActFilter, Store, StoreError};

/// What is done to a user. Hashes are Argon2id in the PHC format, and not in the debug form.
#[derive(Clone, PartialEq, Eq)]
pub enum UserDeed {
    /// `once_until`: his password is good for choosing another one, until then.
    Add {
        role: Role,
        hash: String,
        once_until: Option<Timestamp>,
    },
    KeepOut,
    LetIn,
    /// He himself has chosen another one.
    OwnPassword {
        hash: String,
    },
    /// `once_until` as in `Add`.
    Password {
        hash: String,
        once_until: Option<Timestamp>,
    },
    Role(Role),
}

impl UserDeed {
    /// The code in the database.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Add { .. } => "added",
            Self::KeepOut => "kept_out",
            Self::LetIn => "let_in",
            Self::OwnPassword { .. } => "own_password",
            Self::Password { .. } => "password",
            Self::Role(_) => "role",
        }
    }

    fn role(&self) -> Option<Role> {
        match self {
            Self::Add { role, .. } | Self::Role(role) => Some(*role),
            Self::KeepOut | Self::LetIn | Self::OwnPassword { .. } | Self::Password { .. } => None,
        }
    }

    /// An administrator may be one no more after it.
    fn takes_away(&self) -> bool {
        match self {
            Self::KeepOut => true,
            Self::Role(role) => *role != Role::Administrator,
            Self::Add { .. } | Self::LetIn | Self::OwnPassword { .. } | Self::Password { .. } => false,
        }
    }

    fn ends_sessions(&self) -> bool {
        match self {
            Self::KeepOut | Self::OwnPassword { .. } | Self::Password { .. } => true,
            Self::Add { .. } | Self::LetIn | Self::Role(_) => false,
        }
    }

    fn statement(&self, login: &str, now: Timestamp) -> (&'static str, Vec<Value>) {
        match self {
            Self::Add { role, hash, once_until } => {
                (ADD, values![login, hash, role.code(), *once_until, now])
            }
            Self::KeepOut => (KEEP_OUT, values![login, now]),
            Self::LetIn => (LET_IN, values![login, now]),
            Self::OwnPassword { hash } => (PASSWORD, values![login, hash, None::<Timestamp>, now]),
            Self::Password { hash, once_until } => (PASSWORD, values![login, hash, *once_until, now]),
            Self::Role(role) => (ROLE, values![login, role.code(), now]),
        }
    }
}

impl std::fmt::Debug for UserDeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "UserDeed({}, {:?})", self.code(), self.role())
    }
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserChanged {
    Done,
    /// Nobody would be left who makes users.
    LastAdministrator,
    /// There is no such user, the login is taken, or it is so already.
    NotSo,
}

/// A deed that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserAct {
    pub at: Timestamp,
    /// A login, or a user of the operating system.
    pub who: String,
    pub login: String,
    /// A deed's code.
    pub deed: String,
    /// Given by it.
    pub role: Option<Role>,
}

impl Store {
    /// Does it and keeps whose deed it was, in one transaction. Another password and being kept out end the user's sessions.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn change_user(
        &self,
        login: &str,
        deed: UserDeed,
        who: &str,
        now: Timestamp,
    ) -> Result<UserChanged, StoreError> {
        let (sql, change) = deed.statement(login, now);
        let (whose, end) = (values![login], values![login]);
        let act = values![login, deed.code(), deed.role().map(Role::code), who, now];
        let written = self.write(move |conn| {
            Box::pin(async move {
                lock_users(conn).await?;
                if deed.takes_away() && is_last_administrator(conn, whose).await? {
                    return Ok(UserChanged::LastAdministrator);
                }
                if conn.run(sql, change).await? == 0 {
                    return Ok(UserChanged::NotSo);
                }
                if deed.ends_sessions() {
                    conn.run(END_ALL, end).await?;
                }
                conn.run(ACT, act).await?;
                Ok(UserChanged::Done)
            })
        });
        written.await.map_err(|source| StoreError::User { source })
    }

    /// What was done to users, each deed with its id, the newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user_acts(&self, filter: ActFilter, limit: u32) -> Result<Vec<(i64, UserAct)>, StoreError> {
        let values = filter.values(limit);
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(ACTS, values).await?;
                let read = rows.iter().map(|row| {
                    let act = UserAct {
                        at: moment(row.int(1)?)?,
                        who: row.text(2)?,
                        login: row.text(3)?,
                        deed: row.text(4)?,
                        role: row.text_opt(5)?.as_deref().and_then(Role::parse),
                    };
                    Ok((row.int(0)?, act))
                });
                read.collect()
            })
        });
        read.await.map_err(|source| StoreError::User { source })
    }
}

async fn is_last_administrator(conn: &mut Conn, login: Vec<Value>) -> Result<bool, Fault> {
    let row = conn.one(ADMINISTRATORS, login).await?;
    Ok((row.int(0)?, row.int(1)?) == (1, 1))
}

const ADMINISTRATORS: &str = "SELECT COUNT(*), COUNT(CASE WHEN login = $1 THEN 1 END) FROM app_user \
    WHERE role = 'administrator' AND disabled_at IS NULL";
const ADD: &str = "INSERT INTO app_user (login, hash, role, once_until, made_at, changed_at) VALUES ($1, $2, $3, $4, $5, $5) \
    ON CONFLICT (login) DO NOTHING";
const KEEP_OUT: &str =
    "UPDATE app_user SET disabled_at = $2, changed_at = $2 WHERE login = $1 AND disabled_at IS NULL";
const LET_IN: &str =
    "UPDATE app_user SET disabled_at = NULL, changed_at = $2 WHERE login = $1 AND disabled_at IS NOT NULL";
const PASSWORD: &str = "UPDATE app_user SET hash = $2, once_until = $3, changed_at = $4 WHERE login = $1";
const ROLE: &str = "UPDATE app_user SET role = $2, changed_at = $3 WHERE login = $1 AND role <> $2";
const ACT: &str = "INSERT INTO user_act (login, deed, role, who, at) VALUES ($1, $2, $3, $4, $5)";
const ACTS: &str = "SELECT id, at, who, login, deed, role FROM user_act \
    WHERE id < $1 AND (CAST($2 AS TEXT) IS NULL OR who = $2) ORDER BY id DESC LIMIT $3";
