//! The tables: laying them, knowing their version, copying the whole file.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Connection, TransactionBehavior, params};
use sqlx::PgPool;
use sqlx::migrate::{MigrateError, Migration, Migrator};

use super::file::{Purpose, open};

/// The tables for SQLite.
pub static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
/// The same tables for PostgreSQL.
pub static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Why the schema is not as this program needs it.
#[derive(Debug, thiserror::Error)]
pub enum SchemaFault {
    #[error(
        "the database has schema {found}, which is newer than this program's {known}: run a newer obzvon"
    )]
    Newer { found: i64, known: i64 },
    #[error("migration {version} was another one when this database was made")]
    Changed { version: i64 },
    #[error("laying the tables")]
    LayPostgres { source: MigrateError },
    #[error("laying the tables")]
    LaySqlite { source: rusqlite::Error },
    #[error("the copy's file")]
    CopyFile { source: std::io::Error },
    #[error("SQLite's VACUUM INTO")]
    Copy { source: rusqlite::Error },
}

/// The newest schema version this program knows.
pub fn known_version() -> i64 {
    SQLITE.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// Lays what is missing, in one transaction. Where nothing is, nobody is waited for.
///
/// # Errors
/// When the database is newer than this program, or a migration fails; nothing is changed then.
pub fn lay_sqlite(conn: &mut Connection) -> Result<(), SchemaFault> {
    let lay = |source| SchemaFault::LaySqlite { source };
    if conn.table_exists(None, "_sqlx_migrations").map_err(lay)? && missing(conn)?.is_empty() {
        return Ok(());
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(lay)?;
    tx.execute_batch(LAID).map_err(lay)?;
    for migration in missing(&tx)? {
        tx.execute_batch(migration.sql.as_str()).map_err(lay)?;
        let row = params![migration.version, &*migration.description, &*migration.checksum];
        tx.execute(NOTE, row).map_err(lay)?;
    }
    tx.commit().map_err(lay)
}

/// The migrations that are not laid yet, the first first.
fn missing(conn: &Connection) -> Result<Vec<&'static Migration>, SchemaFault> {
    let laid = laid(conn).map_err(|source| SchemaFault::LaySqlite { source })?;
    let known = |version: &i64| SQLITE.iter().any(|migration| migration.version == *version);
    if let Some(&found) = laid.keys().find(|version| !known(version)) {
        return Err(SchemaFault::Newer { found, known: known_version() });
    }
    let changed = SQLITE.iter().find(|migration| {
        laid.get(&migration.version).is_some_and(|checksum| *checksum != *migration.checksum)
    });
    if let Some(migration) = changed {
        return Err(SchemaFault::Changed { version: migration.version });
    }
    Ok(SQLITE.iter().filter(|migration| !laid.contains_key(&migration.version)).collect())
}

/// The checksums of what is laid, by version.
fn laid(conn: &Connection) -> rusqlite::Result<BTreeMap<i64, Vec<u8>>> {
    let mut statement = conn.prepare("SELECT version, checksum FROM _sqlx_migrations")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get_ref(1)?.as_bytes()?.to_vec())))?;
    rows.collect()
}

/// The table that PostgreSQL has from its library, so that one question about the schema does for both.
const LAID: &str = "CREATE TABLE IF NOT EXISTS _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT NULL, \
    execution_time BIGINT NOT NULL)";
const NOTE: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
    VALUES (?1, ?2, 1, ?3, 0)";

/// As `lay_sqlite`, each migration in a transaction of its own.
///
/// # Errors
/// As `lay_sqlite`.
pub async fn lay_postgres(pool: &PgPool) -> Result<(), SchemaFault> {
    POSTGRES.run(pool).await.map_err(read_refusal)
}

/// Writes a sound copy of a living SQLite database to `file`, which must not exist.
///
/// # Errors
/// When the copy fails.
pub fn copy_sqlite(from: &Path, file: &Path) -> Result<(), SchemaFault> {
    let copy = |source| SchemaFault::Copy { source };
    // A connection of its own: the writer goes on meanwhile, and readers may not write files.
    let conn = open(from, Purpose::Copy).map_err(copy)?;
    let file = file.display().to_string();
    conn.execute("VACUUM INTO ?1", [file]).map_err(copy)?;
    conn.close().map_err(|(_, source)| copy(source))
}

fn read_refusal(source: MigrateError) -> SchemaFault {
    match source {
        MigrateError::VersionMissing(found) => SchemaFault::Newer { found, known: known_version() },
        MigrateError::VersionMismatch(version) => SchemaFault::Changed { version },
        source => SchemaFault::LayPostgres { source },
    }
}
