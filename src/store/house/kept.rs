//! Texts that calls were made by, kept by the configuration's version, each text once.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::store::engine::conn::values;
use crate::store::{Store, StoreError};

impl Store {
    /// Keeps the texts of a version: pairs of a file's name and what is in it. What is kept already stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_texts(
        &self,
        version: &str,
        texts: &[(String, String)],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let known = format!("texts of {version}");
        if self.published().lock().expect("no panic holds it").contains(&known) {
            return Ok(());
        }
        let (version, texts) = (version.to_owned(), texts.to_vec());
        let written = self.write(move |conn| {
            Box::pin(async move {
                for (file, body) in &texts {
                    let hash = hex::encode(Sha256::digest(body));
                    conn.run(TEXT, values![&hash, body]).await?;
                    conn.run(VERSION, values![&version, file, &hash, now]).await?;
                }
                Ok(())
            })
        });
        written.await.map_err(|source| StoreError::Texts { source })?;
        self.published().lock().expect("no panic holds it").insert(known);
        Ok(())
    }

    /// The version whose texts were kept last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_version(&self) -> Result<Option<String>, StoreError> {
        let sql = "SELECT version FROM kept_version ORDER BY kept_at DESC LIMIT 1";
        let read = self.read(move |conn| {
            Box::pin(async move { conn.first(sql, Vec::new()).await?.map(|row| row.text(0)).transpose() })
        });
        read.await.map_err(|source| StoreError::Texts { source })
    }

    /// The hashes of kept texts that are not the text of their hash.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn verify_texts(&self) -> Result<Vec<String>, StoreError> {
        let read = self.read(|conn| {
            Box::pin(async move {
                let mut changed = Vec::new();
                for row in conn.all("SELECT hash, body FROM kept_text ORDER BY hash", Vec::new()).await? {
                    let hash = row.text(0)?;
                    if hash != hex::encode(Sha256::digest(row.text(1)?)) {
                        changed.push(hash);
                    }
                }
                Ok(changed)
            })
        });
        read.await.map_err(|source| StoreError::Texts { source })
    }

    /// The files of a version whose kept text is not the text of its hash.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn changed_texts(&self, version: &str) -> Result<Vec<String>, StoreError> {
        let values = values![version];
        let read = self.read(|conn| {
            Box::pin(async move {
                let mut changed = Vec::new();
                for row in conn.all(TEXTS, values).await? {
                    if row.text(2)? != hex::encode(Sha256::digest(row.text(1)?)) {
                        changed.push(row.text(0)?);
                    }
                }
                Ok(changed)
            })
        });
        read.await.map_err(|source| StoreError::Texts { source })
    }

    /// The texts of a version by file; none when nobody kept them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kept_texts(&self, version: &str) -> Result<Vec<(String, String)>, StoreError> {
        let values = values![version];
        let read = self.read(|conn| {
            Box::pin(async move {
                let rows = conn.all(TEXTS, values).await?;
                rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect()
            })
        });
        read.await.map_err(|source| StoreError::Texts { source })
    }
}

const TEXT: &str = "INSERT INTO kept_text (hash, body) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING";
const VERSION: &str = "INSERT INTO kept_version (version, file, hash, kept_at) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (version, file) DO NOTHING";
const TEXTS: &str = "SELECT v.file, t.body, t.hash FROM kept_version v JOIN kept_text t ON t.hash = v.hash \
    WHERE v.version = $1 ORDER BY v.file";
