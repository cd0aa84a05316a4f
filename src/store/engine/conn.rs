//! One open transaction on either engine, with the few value types both share: 64-bit integers and text.

use std::pin::Pin;

use rusqlite::{Connection, types};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Postgres, Row as _, Transaction};

use super::sqlite::{self, Rows};

/// Why an act on the database came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The writer has stopped, or its transaction failed before the job's turn; nothing of it was written.
    #[error("not written: the database writer has stopped, or failed before its turn came")]
    Closed,
    /// The transaction it shared with others could not be committed; nothing of it was kept.
    #[error("the transaction was not committed: {0}")]
    NotCommitted(String),
    /// PostgreSQL failed, or the way to it.
    #[error(transparent)]
    Postgres(#[from] sqlx::Error),
    /// SQLite failed, or its file.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// The statement must have found a row, and found none.
    #[error("a row that must be there is missing")]
    Missing,
    /// A file beside the database failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A row holds what this version cannot read.
    #[error("unreadable {what}")]
    Unreadable { what: &'static str },
}

impl Fault {
    /// Another had the lock for longer than we wait: `SQLITE_BUSY`.
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Sqlite(fault) if fault.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy))
    }

    /// Whether the same act may succeed later: a lock, a full disk, a lost server pass; what the schema refuses, or a row
    /// that can't be read, does not.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::NotCommitted(_) | Self::Io(_) => true,
            Self::Postgres(sqlx::Error::Database(fault)) => {
                // Serialization failure and deadlock, resources, an operator, the system (PostgreSQL, appendix A).
                let classes = ["40", "53", "55", "57", "58", "25"];
                fault.code().is_some_and(|code| classes.iter().any(|class| code.starts_with(class)))
            }
            Self::Postgres(fault) => {
                matches!(
                    fault,
                    sqlx::Error::Io(_)
                        | sqlx::Error::Protocol(_)
                        | sqlx::Error::PoolTimedOut
                        | sqlx::Error::Tls(_)
                )
            }
            Self::Sqlite(fault) => {
                use rusqlite::ErrorCode::*;
                let passes = [
                    CannotOpen,
                    DatabaseBusy,
                    DatabaseLocked,
                    DiskFull,
                    FileLockingProtocolFailed,
                    OutOfMemory,
                    ReadOnly,
                    SystemIoFailure,
                ];
                fault.sqlite_error_code().is_some_and(|code| passes.contains(&code))
            }
            Self::Closed | Self::Missing | Self::Unreadable { .. } => false,
        }
    }
}

/// A future of a job that borrows its transaction.
pub type Work<'c, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + Send + 'c>>;

/// An open transaction.
///
/// SQLite's statements run on the thread that polls, so whoever runs a job with one does so where a thread may block:
/// handing each statement to another thread and back would cost more than the statement.
#[derive(Debug)]
pub enum Conn {
    Postgres(Transaction<'static, Postgres>),
    Sqlite(Connection),
}

/// A value for a `$n`.
#[derive(Clone, Debug)]
pub enum Value {
    Int(Option<i64>),
    Text(Option<String>),
}

/// One row of an answer; columns are read by their place.
#[derive(Debug)]
pub enum Row {
    Postgres(PgRow),
    Sqlite(Vec<types::Value>),
}

impl Conn {
    /// Runs a statement; returns how many rows it touched.
    ///
    /// # Errors
    /// The database's.
    pub async fn run(&mut self, sql: &'static str, values: Vec<Value>) -> Result<u64, Fault> {
        Ok(match self {
            Self::Postgres(tx) => bind_pg(sqlx::query(sql), values).execute(&mut **tx).await?.rows_affected(),
            Self::Sqlite(conn) => sqlite::run(conn, sql, &values)?,
        })
    }

    /// Runs a statement whose text was put together here; the text is the caller's, the values never.
    ///
    /// # Errors
    /// The database's.
    pub async fn run_built(&mut self, sql: String, values: Vec<Value>) -> Result<u64, Fault> {
        Ok(match self {
            Self::Postgres(tx) => {
                let query = sqlx::query(AssertSqlSafe(sql));
                bind_pg(query, values).execute(&mut **tx).await?.rows_affected()
            }
            Self::Sqlite(conn) => sqlite::run(conn, &sql, &values)?,
        })
    }

    /// Every row of an answer that is known to be short.
    ///
    /// # Errors
    /// The database's.
    pub async fn all(&mut self, sql: &'static str, values: Vec<Value>) -> Result<Vec<Row>, Fault> {
        Ok(match self {
            Self::Postgres(tx) => {
                let rows = bind_pg(sqlx::query(sql), values).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
            Self::Sqlite(conn) => sqlite::ask(conn, sql, &values, Rows::All)?,
        })
    }

    /// As `all`, for a text that was put together here.
    ///
    /// # Errors
    /// The database's.
    pub async fn all_built(&mut self, sql: String, values: Vec<Value>) -> Result<Vec<Row>, Fault> {
        Ok(match self {
            Self::Postgres(tx) => {
                let query = sqlx::query(AssertSqlSafe(sql));
                let rows = bind_pg(query, values).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
            Self::Sqlite(conn) => sqlite::ask(conn, &sql, &values, Rows::All)?,
        })
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// The database's.
    pub async fn first(&mut self, sql: &'static str, values: Vec<Value>) -> Result<Option<Row>, Fault> {
        Ok(match self {
            Self::Postgres(tx) => {
                bind_pg(sqlx::query(sql), values).fetch_optional(&mut **tx).await?.map(Row::Postgres)
            }
            Self::Sqlite(conn) => sqlite::ask(conn, sql, &values, Rows::First)?.pop(),
        })
    }

    /// The row that must be there: an aggregate, or `RETURNING` of an insert.
    ///
    /// # Errors
    /// The database's, or `Missing`.
    pub async fn one(&mut self, sql: &'static str, values: Vec<Value>) -> Result<Row, Fault> {
        self.first(sql, values).await?.ok_or(Fault::Missing)
    }

    /// Several statements without values, such as savepoints.
    ///
    /// # Errors
    /// The database's.
    pub async fn script(&mut self, sql: &'static str) -> Result<(), Fault> {
        match self {
            Self::Postgres(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(|_| ())?,
            Self::Sqlite(conn) => conn.execute_batch(sql)?,
        }
        Ok(())
    }

    /// Keeps what was done.
    ///
    /// # Errors
    /// The database's; nothing is kept then.
    pub async fn commit(self) -> Result<(), Fault> {
        match self {
            Self::Postgres(tx) => Ok(tx.commit().await?),
            Self::Sqlite(conn) => Ok(conn.execute_batch("COMMIT")?),
        }
    }
}

impl Row {
    /// A number that is always there.
    ///
    /// # Errors
    /// When the column holds something else: a fault of ours.
    pub fn int(&self, column: usize) -> Result<i64, Fault> {
        Ok(match self {
            Self::Postgres(row) => row.try_get(column)?,
            Self::Sqlite(row) => match row.get(column) {
                Some(types::Value::Integer(number)) => *number,
                _ => return Err(Fault::Unreadable { what: "number" }),
            },
        })
    }

    /// A number that may be absent.
    ///
    /// # Errors
    /// As `int`.
    pub fn int_opt(&self, column: usize) -> Result<Option<i64>, Fault> {
        Ok(match self {
            Self::Postgres(row) => row.try_get(column)?,
            Self::Sqlite(row) => match row.get(column) {
                Some(types::Value::Integer(number)) => Some(*number),
                Some(types::Value::Null) => None,
                _ => return Err(Fault::Unreadable { what: "number" }),
            },
        })
    }

    /// A sum too large for an integer, cast to `DOUBLE PRECISION`.
    ///
    /// # Errors
    /// As `int`.
    pub fn float(&self, column: usize) -> Result<f64, Fault> {
        Ok(match self {
            Self::Postgres(row) => row.try_get(column)?,
            Self::Sqlite(row) => match row.get(column) {
                Some(types::Value::Real(number)) => *number,
                _ => return Err(Fault::Unreadable { what: "fraction" }),
            },
        })
    }

    /// Text that is always there.
    ///
    /// # Errors
    /// As `int`.
    pub fn text(&self, column: usize) -> Result<String, Fault> {
        Ok(match self {
            Self::Postgres(row) => row.try_get(column)?,
            Self::Sqlite(row) => match row.get(column) {
                Some(types::Value::Text(text)) => text.clone(),
                _ => return Err(Fault::Unreadable { what: "text" }),
            },
        })
    }

    /// Text that may be absent.
    ///
    /// # Errors
    /// As `int`.
    pub fn text_opt(&self, column: usize) -> Result<Option<String>, Fault> {
        Ok(match self {
            Self::Postgres(row) => row.try_get(column)?,
            Self::Sqlite(row) => match row.get(column) {
                Some(types::Value::Text(text)) => Some(text.clone()),
                Some(types::Value::Null) => None,
                _ => return Err(Fault::Unreadable { what: "text" }),
            },
        })
    }

    /// A telephone number that may be absent, kept as its digits.
    ///
    /// # Errors
    /// When the column holds no such number.
    pub fn phone_opt(&self, column: usize) -> Result<Option<crate::rules::PhoneKey>, Fault> {
        let read = |digits| u64::try_from(digits).map(crate::rules::PhoneKey::new);
        let unreadable = |_| Fault::Unreadable { what: "phone" };
        self.int_opt(column)?.map(read).transpose().map_err(unreadable)
    }

    /// A code of ours, read back by `parse`.
    ///
    /// # Errors
    /// When this version does not know the code.
    pub fn code<T>(
        &self,
        column: usize,
        what: &'static str,
        parse: fn(&str) -> Option<T>,
    ) -> Result<T, Fault> {
        parse(&self.text(column)?).ok_or(Fault::Unreadable { what })
    }

    /// A code of ours that may be absent.
    ///
    /// # Errors
    /// As `code`.
    pub fn code_opt<T>(
        &self,
        column: usize,
        what: &'static str,
        parse: fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        let text = self.text_opt(column)?;
        text.map(|t| parse(&t).ok_or(Fault::Unreadable { what })).transpose()
    }
}

fn bind_pg(
    mut query: Query<'_, Postgres, PgArguments>,
    values: Vec<Value>,
) -> Query<'_, Postgres, PgArguments> {
    for value in values {
        query = match value {
            Value::Int(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
        };
    }
    query
}

/// `values![id, name, opt]`: the values of a statement in the order of their `$n`.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::engine::conn::Value::from($value)),*] };
}
pub(crate) use values;

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Int(Some(i64::from(flag)))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Int(number)
    }
}

impl From<jiff::Timestamp> for Value {
    fn from(at: jiff::Timestamp) -> Self {
        Self::Int(Some(at.as_microsecond()))
    }
}

impl From<Option<jiff::Timestamp>> for Value {
    fn from(at: Option<jiff::Timestamp>) -> Self {
        Self::Int(at.map(jiff::Timestamp::as_microsecond))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(Some(text.clone()))
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<&crate::domain::PhoneNumber> for Value {
    fn from(number: &crate::domain::PhoneNumber) -> Self {
        Self::from(number.as_e164())
    }
}

impl From<crate::rules::PhoneKey> for Value {
    fn from(number: crate::rules::PhoneKey) -> Self {
        Self::Int(Some(i64::try_from(number.digits()).expect("15 digits fit")))
    }
}

impl From<Option<crate::rules::PhoneKey>> for Value {
    fn from(number: Option<crate::rules::PhoneKey>) -> Self {
        number.map_or(Self::Int(None), Self::from)
    }
}

impl From<jiff::civil::Date> for Value {
    fn from(date: jiff::civil::Date) -> Self {
        Self::from(date.to_string())
    }
}

impl From<Option<jiff::civil::Date>> for Value {
    fn from(date: Option<jiff::civil::Date>) -> Self {
        Self::Text(date.map(|date| date.to_string()))
    }
}

macro_rules! ids {
    ($($id:ty),+) => {$(
        impl From<$id> for Value {
            fn from(id: $id) -> Self {
                Self::Int(Some(id.0))
            }
        }
        impl From<Option<$id>> for Value {
            fn from(id: Option<$id>) -> Self {
                Self::Int(id.map(|id| id.0))
            }
        }
    )+};
}
ids!(
    crate::domain::AttemptId,
    crate::domain::CampaignId,
    crate::domain::ContactId,
    crate::domain::DebtId,
    crate::domain::DecisionId,
    crate::domain::EventId,
    crate::domain::PersonId
);

/// Reads a moment kept as microseconds since 1970 UTC.
pub fn moment(micros: i64) -> Result<jiff::Timestamp, Fault> {
    jiff::Timestamp::from_microsecond(micros).map_err(|_| Fault::Unreadable { what: "moment" })
}

/// As `moment`, for one that may be absent.
pub fn moment_opt(micros: Option<i64>) -> Result<Option<jiff::Timestamp>, Fault> {
    micros.map(moment).transpose()
}

/// Reads a calendar date kept as `2026-12-05`.
pub fn date(text: &str) -> Result<jiff::civil::Date, Fault> {
    text.parse().map_err(|_| Fault::Unreadable { what: "date" })
}
