//! Who signed in, who was refused, and from where.

use jiff::Timestamp;

use crate::domain::SignIn;
use crate::store::engine::conn::{moment, values};
use crate::store::{ActFilter, Store, StoreError};

/// A try to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInRow {
    pub at: Timestamp,
    /// A user's login; `None`: what was typed is none.
    pub login: Option<String>,
    pub address: String,
    pub came_to: SignIn,
}

impl Store {
    /// Keeps a try to sign in; whose it was, as far as the login is a user's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_sign_in(&self, row: SignInRow) -> Result<(), StoreError> {
        let SignInRow { at, login, address, came_to } = row;
        let values = values![at, login, address, came_to.code()];
        let written = self.write(move |conn| Box::pin(async move { conn.run(NOTE, values).await }));
        written.await.map(|_| ()).map_err(|source| StoreError::User { source })
    }

    /// Tries to sign in, each with its id, the newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_ins(&self, filter: ActFilter, limit: u32) -> Result<Vec<(i64, SignInRow)>, StoreError> {
        let values = filter.values(limit);
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(ALL, values).await?;
                let read = rows.iter().map(|row| {
                    let sign_in = SignInRow {
                        at: moment(row.int(1)?)?,
                        login: row.text_opt(2)?,
                        address: row.text(3)?,
                        came_to: row.code(4, "sign-in", SignIn::parse)?,
                    };
                    Ok((row.int(0)?, sign_in))
                });
                read.collect()
            })
        });
        read.await.map_err(|source| StoreError::User { source })
    }
}

const NOTE: &str = "INSERT INTO sign_in (at, login, address, came_to) VALUES ($1, $2, $3, $4)";
const ALL: &str = "SELECT id, at, login, address, came_to FROM sign_in \
    WHERE id < $1 AND (CAST($2 AS TEXT) IS NULL OR login = $2) ORDER BY id DESC LIMIT $3";
