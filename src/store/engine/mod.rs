//! What the store needs of a database: transactions, values, a writer, a schema, and where the two engines differ.

pub mod checkpoint;
pub mod conn;
pub mod dialect;
pub mod file;
pub mod schema;
mod sqlite;
pub mod writer;
