//! Changes of configuration files that somebody made on a screen: both texts, what they loosen, what they would do.

use jiff::Timestamp;

use crate::store::engine::conn::{Fault, Row, Value, moment, moment_opt, values};
use crate::store::{Store, StoreError};

/// A change, applied or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigChange {
    pub id: i64,
    /// The node whose folder it is.
    pub node: String,
    /// The file, from the folder.
    pub path: String,
    /// `None`: there was no such file.
    pub was: Option<String>,
    /// `None`: the file goes.
    pub becomes: Option<String>,
    /// JSON; `[]`: it loosens nothing.
    pub looser: String,
    /// JSON; `None`: not weighed yet.
    pub effect: Option<String>,
    /// The change that this one takes back.
    pub undoes: Option<i64>,
    pub made: (Timestamp, String),
    /// When and by whom it was put into force.
    pub applied: Option<(Timestamp, String)>,
    /// When and by whom it was thrown away.
    pub dropped: Option<(Timestamp, String)>,
}

/// A change to be kept.
#[derive(Debug, Clone)]
pub struct NewConfigChange {
    pub path: String,
    pub was: Option<String>,
    pub becomes: Option<String>,
    pub looser: String,
    pub undoes: Option<i64>,
    pub who: String,
}

impl Store {
    /// Keeps a change that is not in force yet; gives its number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn propose_config(&self, new: NewConfigChange, now: Timestamp) -> Result<i64, StoreError> {
        let NewConfigChange { path, was, becomes, looser, undoes, who } = new;
        let values = values![self.node(), path, was, becomes, looser, undoes, now, who];
        let written =
            self.write(move |conn| Box::pin(async move { conn.one(PROPOSE, values).await?.int(0) }));
        written.await.map_err(|source| StoreError::ConfigChange { source })
    }

    /// Keeps what a change would do, JSON.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn weigh_config(&self, id: i64, effect: String) -> Result<(), StoreError> {
        self.change_config("UPDATE config_change SET effect = $2 WHERE id = $1", values![id, effect])
            .await
            .map(drop)
    }

    /// Marks a change as in force, with what it loosens now. `false`: it was applied or thrown away before.
    ///
    /// # Errors
    /// When the database fails, or whoever wrote it would loosen something by himself.
    pub async fn apply_config(
        &self,
        id: i64,
        looser: &str,
        who: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.change_config(APPLY, values![id, looser, now, who]).await
    }

    /// Takes the mark off again: its file could not be written.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unmark_config(&self, id: i64) -> Result<bool, StoreError> {
        let sql = "UPDATE config_change SET applied_at = NULL, applied_by = NULL WHERE id = $1";
        self.change_config(sql, values![id]).await
    }

    /// Throws a change away. `false`: it was applied or thrown away before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drop_config(&self, id: i64, who: &str, now: Timestamp) -> Result<bool, StoreError> {
        self.change_config(DROP, values![id, now, who]).await
    }

    async fn change_config(&self, sql: &'static str, values: Vec<Value>) -> Result<bool, StoreError> {
        let written = self.write(move |conn| Box::pin(async move { conn.run(sql, values).await }));
        Ok(written.await.map_err(|source| StoreError::ConfigChange { source })? > 0)
    }

    /// The newest changes of every node, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn config_changes(&self, limit: u16) -> Result<Vec<ConfigChange>, StoreError> {
        let sql = format!("{SELECT} ORDER BY id DESC LIMIT {limit}");
        self.config_rows(sql, Vec::new()).await
    }

    /// A change by its number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn config_change(&self, id: i64) -> Result<Option<ConfigChange>, StoreError> {
        Ok(self.config_rows(format!("{SELECT} WHERE id = $1"), values![id]).await?.pop())
    }

    /// The reverse of a change that waits to be put into force, where there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn config_reverse(&self, id: i64) -> Result<Option<ConfigChange>, StoreError> {
        let sql =
            format!("{SELECT} WHERE undoes = $1 AND applied_at IS NULL AND dropped_at IS NULL ORDER BY id");
        Ok(self.config_rows(sql, values![id]).await?.pop())
    }

    async fn config_rows(&self, sql: String, values: Vec<Value>) -> Result<Vec<ConfigChange>, StoreError> {
        let rows = self.read(move |conn| {
            Box::pin(async move { conn.all_built(sql, values).await?.iter().map(config_row).collect() })
        });
        rows.await.map_err(|source| StoreError::ConfigChange { source })
    }
}

fn config_row(row: &Row) -> Result<ConfigChange, Fault> {
    let (applied, dropped) = (moment_opt(row.int_opt(10)?)?, moment_opt(row.int_opt(12)?)?);
    Ok(ConfigChange {
        id: row.int(0)?,
        node: row.text(1)?,
        path: row.text(2)?,
        was: row.text_opt(3)?,
        becomes: row.text_opt(4)?,
        looser: row.text(5)?,
        effect: row.text_opt(6)?,
        undoes: row.int_opt(7)?,
        made: (moment(row.int(8)?)?, row.text(9)?),
        applied: applied.zip(row.text_opt(11)?),
        dropped: dropped.zip(row.text_opt(13)?),
    })
}

const PROPOSE: &str = "INSERT INTO config_change (node, path, was, becomes, looser, undoes, made_at, made_by) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
const APPLY: &str = "UPDATE config_change SET looser = $2, applied_at = $3, applied_by = $4 \
    WHERE id = $1 AND applied_at IS NULL AND dropped_at IS NULL";
const DROP: &str = "UPDATE config_change SET dropped_at = $2, dropped_by = $3 \
    WHERE id = $1 AND applied_at IS NULL AND dropped_at IS NULL";
const SELECT: &str = "SELECT id, node, path, was, becomes, looser, effect, undoes, made_at, made_by, applied_at, \
    applied_by, dropped_at, dropped_by FROM config_change";
