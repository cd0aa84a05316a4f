//! Pages with their filters, kept by a user under names of his own.

use jiff::Timestamp;

use crate::store::engine::conn::{Row, Value, values};
use crate::store::{Store, StoreError};

/// A page with its filters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Such as `/calls`.
    pub path: String,
    pub name: String,
    /// Such as `outcome=busy&trunk=main`.
    pub query: String,
}

impl Store {
    /// The user's views of a page, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn saved_views(&self, login: &str, path: &str) -> Result<Vec<SavedView>, StoreError> {
        let sql =
            "SELECT path, name, query FROM saved_view WHERE login = $1 AND path = $2 ORDER BY name LIMIT 100";
        let values = values![login, path];
        let read = self.read(move |conn| {
            Box::pin(async move {
                let view =
                    |row: &Row| Ok(SavedView { path: row.text(0)?, name: row.text(1)?, query: row.text(2)? });
                conn.all(sql, values).await?.iter().map(view).collect()
            })
        });
        read.await.map_err(|source| StoreError::User { source })
    }

    /// Keeps a view, in the place of one of the same name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_view(&self, login: &str, view: SavedView, now: Timestamp) -> Result<(), StoreError> {
        let SavedView { path, name, query } = view;
        self.change_view(KEEP, values![login, path, name, query, now]).await
    }

    /// Forgets a view.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_view(&self, login: &str, path: &str, name: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM saved_view WHERE login = $1 AND path = $2 AND name = $3";
        self.change_view(sql, values![login, path, name]).await
    }

    async fn change_view(&self, sql: &'static str, values: Vec<Value>) -> Result<(), StoreError> {
        let written = self.write(move |conn| Box::pin(async move { conn.run(sql, values).await }));
        written.await.map(|_| ()).map_err(|source| StoreError::User { source })
    }
}

const KEEP: &str = "INSERT INTO saved_view (login, path, name, query, kept_at) VALUES ($1, $2, $3, $4, $5) \
    ON CONFLICT (login, path, name) DO UPDATE SET query = excluded.query, kept_at = excluded.kept_at";
