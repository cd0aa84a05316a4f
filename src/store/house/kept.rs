//! Texts that calls were made by, kept by the configuration's version, each text once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::store::engine::conn::{Conn, Fault, Row, values};
use crate::store::gate::{OF_THE_HOUSE, Sealed, seal};
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
                if conn.first(TOLD, values![&version]).await?.is_some() {
                    return Ok(());
                }
                let told: Told = conn
                    .all(FILES, values![&version])
                    .await?
                    .iter()
                    .map(file_and_hash)
                    .collect::<Result<_, _>>()?;
                let body = serde_json::to_string(&told).expect("text");
                let id = conn.one(TELL, values![&version, body]).await?.int(0)?;
                seal(conn, (Sealed::Note, id), OF_THE_HOUSE, now).await
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
        let read = self.read(move |conn| {
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

    /// The versions that no longer have the files they were kept with, as `version/file`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn verify_versions(&self) -> Result<Vec<String>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let mut changed = Vec::new();
                for row in conn.all(VERSIONS, Vec::new()).await? {
                    let version = row.text(0)?;
                    let files = unfit_files(conn, &version).await?;
                    changed.extend(files.into_iter().map(|file| format!("{version}/{file}")));
                }
                Ok(changed)
            })
        });
        read.await.map_err(|source| StoreError::Texts { source })
    }

    /// The files of a version whose kept text is not the text it was kept with.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn changed_texts(&self, version: &str) -> Result<Vec<String>, StoreError> {
        let version = version.to_owned();
        let read = self.read(move |conn| {
            Box::pin(async move {
                let mut changed = unfit_files(conn, &version).await?;
                for row in conn.all(TEXTS, values![version]).await? {
                    if row.text(2)? != hex::encode(Sha256::digest(row.text(1)?)) {
                        changed.insert(row.text(0)?);
                    }
                }
                Ok(changed.into_iter().collect())
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
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(TEXTS, values).await?;
                rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect()
            })
        });
        read.await.map_err(|source| StoreError::Texts { source })
    }
}

/// The files of a version with the hashes of their texts, by file.
type Told = BTreeMap<String, String>;

/// The files that a version has otherwise than it was kept with, or the text of which is gone.
async fn unfit_files(conn: &mut Conn, version: &str) -> Result<BTreeSet<String>, Fault> {
    let told = conn.first(TOLD, values![version]).await?.map(|row| row.text(0)).transpose()?;
    let told: Told = told.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let kept = conn.all(KEPT, values![version]).await?;
    let kept: Told = kept.iter().map(file_and_hash).collect::<Result<_, _>>()?;
    let files = told.keys().chain(kept.keys());
    Ok(files.filter(|file| told.get(*file) != kept.get(*file)).cloned().collect())
}

fn file_and_hash(row: &Row) -> Result<(String, String), Fault> {
    Ok((row.text(0)?, row.text(1)?))
}

const TOLD: &str = "SELECT body FROM sealed_note WHERE kind = 'texts' AND name = $1 ORDER BY id LIMIT 1";
const TELL: &str = "INSERT INTO sealed_note (kind, name, body) VALUES ('texts', $1, $2) RETURNING id";
const FILES: &str = "SELECT file, hash FROM kept_version WHERE version = $1";
/// A text that is gone has the empty hash.
const KEPT: &str = "SELECT v.file, COALESCE(t.hash, '') FROM kept_version v LEFT JOIN kept_text t ON t.hash = v.hash \
    WHERE v.version = $1";
const VERSIONS: &str =
    "SELECT name FROM sealed_note WHERE kind = 'texts' UNION SELECT version FROM kept_version ORDER BY 1";
const TEXT: &str = "INSERT INTO kept_text (hash, body) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING";
const VERSION: &str = "INSERT INTO kept_version (version, file, hash, kept_at) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (version, file) DO NOTHING";
const TEXTS: &str = "SELECT v.file, t.body, t.hash FROM kept_version v JOIN kept_text t ON t.hash = v.hash \
    WHERE v.version = $1 ORDER BY v.file";
