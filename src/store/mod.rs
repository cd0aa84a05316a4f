//! The database: the only user of the SQL library. SQLite and PostgreSQL behind one conformance suite. Floor 3.
