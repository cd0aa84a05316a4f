//! Where the screens' sessions live: with whoever has the database, so that a restart signs nobody out. A stranger has none:
//! nothing is kept of him.

use std::fmt::Write;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Session, SessionStore};

use super::Console;
use super::guard::LOGIN;
use crate::web::handler::{Handler, Unavailable};

/// A session of somebody who is signed in. The cookie can't be told from it.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptSession {
    /// SHA-256 of the cookie's number, in hexadecimal.
    pub key: String,
    pub login: String,
    /// What it holds, in JSON.
    pub data: String,
    pub ends_at: Timestamp,
}

impl std::fmt::Debug for KeptSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeptSession").field("login", &self.login).finish_non_exhaustive()
    }
}

/// Who keeps sessions.
#[derive(Debug)]
pub struct SessionHandlers {
    /// A new one.
    pub begin: Handler<KeptSession, ()>,
    /// By its key, unless it is over.
    pub find: Handler<String, Option<KeptSession>>,
    /// Another content or end of one that is there; one that was ended meanwhile is not begun anew.
    pub change: Handler<KeptSession, ()>,
    pub end: Handler<String, ()>,
}

/// The store that the session layer asks.
#[derive(Clone, Debug)]
pub(super) struct Sessions {
    console: Arc<Console>,
}

impl Sessions {
    pub fn new(console: Arc<Console>) -> Self {
        Self { console }
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        match kept(record)? {
            Some(session) => self.console.sessions.begin.ask(session).await.map_err(unavailable),
            None => Ok(()),
        }
    }

    /// A session that can't be written stays as it was: pages are wanted most when nothing can be written.
    async fn save(&self, record: &Record) -> Result<()> {
        if let Some(session) = kept(record)?
            && self.console.sessions.change.ask(session).await.is_err()
        {
            tracing::warn!("a session was not prolonged");
        }
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let found = self.console.sessions.find.ask(key(id)).await.map_err(unavailable)?;
        found.map(|session| record(*id, &session)).transpose()
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.console.sessions.end.ask(key(id)).await.map_err(unavailable)
    }
}

/// The session's key for the moment of the last click that was written, in Unix seconds.
const CLICKED: &str = "clicked";
/// Clicks are written no more often than so.
const CLICKS_EVERY_S: i64 = 600;

/// Puts the session's end off, for somebody is at work; the layer writes it with the answer.
pub(super) async fn stay_signed_in(session: &Session) {
    let now = now().as_second();
    let clicked = session.get::<i64>(CLICKED).await.ok().flatten();
    if clicked.is_none_or(|clicked| now - clicked >= CLICKS_EVERY_S) {
        session.insert(CLICKED, now).await.ok();
    }
}

/// The sessions' clock.
#[allow(clippy::disallowed_methods, reason = "a session's end is the wall's, not a core's")]
fn now() -> Timestamp {
    Timestamp::now()
}

/// What is kept of a session; `None`: nobody is signed in by it.
fn kept(record: &Record) -> Result<Option<KeptSession>> {
    let Some(login) = record.data.get(LOGIN).and_then(|login| login.as_str()) else { return Ok(None) };
    let data = serde_json::to_string(&record.data).map_err(|fault| Error::Encode(fault.to_string()))?;
    let ends_at = Timestamp::from_second(record.expiry_date.unix_timestamp());
    let ends_at = ends_at.map_err(|fault| Error::Encode(fault.to_string()))?;
    Ok(Some(KeptSession { key: key(&record.id), login: login.to_owned(), data, ends_at }))
}

fn record(id: Id, session: &KeptSession) -> Result<Record> {
    let data = serde_json::from_str(&session.data).map_err(|fault| Error::Decode(fault.to_string()))?;
    let expiry_date = OffsetDateTime::from_unix_timestamp(session.ends_at.as_second());
    let expiry_date = expiry_date.map_err(|fault| Error::Decode(fault.to_string()))?;
    Ok(Record { id, data, expiry_date })
}

/// The number has 128 random bits: nobody finds it by trying, and no two are alike.
fn key(id: &Id) -> String {
    Sha256::digest(id.0.to_le_bytes()).iter().fold(String::new(), |mut key, byte| {
        write!(key, "{byte:02x}").ok();
        key
    })
}

fn unavailable(_: Unavailable) -> Error {
    Error::Backend("the sessions are not at hand".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_gives_the_session_back_and_never_its_number() {
        let now = OffsetDateTime::from_unix_timestamp(1_800_000_000).expect("a time");
        let mut whole = Record { id: Id(42), data: Default::default(), expiry_date: now };
        assert_eq!(kept(&whole).expect("nothing to write"), None, "nobody is signed in");
        whole.data.insert(LOGIN.to_owned(), "anna".into());
        let session = kept(&whole).expect("written").expect("somebody is signed in");
        assert_eq!((session.login.as_str(), session.key.len()), ("anna", 64));
        assert!(!format!("{session:?}{}", session.data).contains(&whole.id.to_string()));
        assert_eq!(record(whole.id, &session).expect("read"), whole);
    }
}
