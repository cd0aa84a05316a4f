//! The tables: laying them, knowing their version, copying the whole file.

use std::path::Path;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgPool, SqlitePool};

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
    #[error("laying the tables")]
    Lay { source: MigrateError },
    #[error("SQLite's VACUUM INTO")]
    Copy { source: sqlx::Error },
}

/// The newest schema version this program knows.
pub fn known_version() -> i64 {
    SQLITE.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// Lays what is missing.
///
/// # Errors
/// When the database is newer than this program, or a migration fails; nothing is changed then.
pub async fn lay_sqlite(pool: &SqlitePool) -> Result<(), SchemaFault> {
    SQLITE.run(pool).await.map_err(read_refusal)
}

/// As `lay_sqlite`.
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
pub async fn copy_sqlite(from: &SqliteConnectOptions, file: &Path) -> Result<(), SchemaFault> {
    let copy = |source| SchemaFault::Copy { source };
    // A connection of its own: the writer goes on meanwhile, and readers may not write files.
    let mut connection = from.connect().await.map_err(copy)?;
    let quoted = file.display().to_string().replace('\'', "''");
    let sql = AssertSqlSafe(format!("VACUUM INTO '{quoted}'"));
    sqlx::query(sql).execute(&mut connection).await.map_err(copy)?;
    connection.close().await.map_err(copy)
}

fn read_refusal(source: MigrateError) -> SchemaFault {
    match source {
        MigrateError::VersionMissing(found) => SchemaFault::Newer { found, known: known_version() },
        source => SchemaFault::Lay { source },
    }
}
