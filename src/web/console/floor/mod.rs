//! The floor for programs: who works and does what, calls agreed, recordings, and supervisors in talks.

mod api;
mod page;
mod texts;

use std::path::PathBuf;

use axum::Router;
use serde::Serialize;

pub(in crate::web) use api::document;
pub(super) use page::by_state;

use super::{Dated, Shared};
use crate::domain::{AttemptId, Supervision};
use crate::web::handler::Handler;

/// Who answers for the floor.
#[derive(Debug)]
pub struct FloorHandlers {
    pub agents: Handler<(), Vec<AgentLine>>,
    /// The same with the clock they are to be read by.
    pub board: Handler<(), Dated<Vec<AgentLine>>>,
    pub callbacks: Handler<(), Vec<CallbackLine>>,
    /// Recordings that are there after an attempt, at most a hundred.
    pub recordings: Handler<AttemptId, Vec<RecordingLine>>,
    /// Where a recording is silent, and why.
    pub journal: Handler<AttemptId, Vec<SilenceLine>>,
    /// A recording's file, once it is written down who listens; `None`: there is none.
    pub hear: Handler<Hear, Option<PathBuf>>,
    pub supervise: Handler<Supervise, Supervised>,
}

/// An agent now.
#[derive(Debug, Clone, Serialize)]
pub struct AgentLine {
    pub agent: String,
    pub display: Option<String>,
    /// `ready`, `talking`, `wrap_up` and so on.
    pub state: &'static str,
    pub pause: Option<String>,
    /// Milliseconds since 1970 UTC.
    pub since_ms: i64,
    /// The call he has.
    pub attempt: Option<i64>,
}

/// A call agreed with somebody, not made yet. Times are RFC 3339.
#[derive(Debug, Clone, Serialize)]
pub struct CallbackLine {
    pub id: i64,
    pub contact: i64,
    pub due_at: String,
    pub expires_at: String,
    /// Whose it is to be; absent: anybody's.
    pub agent: Option<String>,
    /// What a call that is due waits for, as `why_not` has it: an agent, with his skills where not all have them. Absent: it is
    /// not due yet, or nothing but a line is waited for.
    pub waits_for: Option<String>,
}

/// A recorded call.
#[derive(Debug, Clone, Serialize)]
pub struct RecordingLine {
    pub attempt: i64,
    pub bytes: i64,
    pub sha256: String,
    /// Why it may not be deleted.
    pub held: Option<String>,
}

/// A line of a recording's journal.
#[derive(Debug, Clone, Serialize)]
pub struct SilenceLine {
    pub at: String,
    /// `paused`, `resumed`, `ran_out`, `agent_left`.
    pub what: &'static str,
    pub agent: Option<String>,
}

/// Somebody wants to hear a recording.
#[derive(Debug, Clone)]
pub struct Hear {
    pub attempt: AttemptId,
    pub who: String,
    pub why: String,
}

/// A supervisor's wish in an agent's talk.
#[derive(Debug, Clone)]
pub struct Supervise {
    /// The supervisor's login.
    pub who: String,
    pub agent: String,
    /// `None`: he leaves.
    pub what: Option<Supervision>,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Supervised {
    Done,
    /// He supervises nobody, or himself.
    NotAllowed,
    /// His own phone is not there: there is nothing to call him on.
    NoPhone,
    /// The agent is not there, or in no talk.
    NoTalk,
    /// He has to listen first.
    NotThere,
    /// It could not be written down, so it does not take place.
    NotWritten,
    /// The call is not taken over: the reason's code.
    Refused(&'static str),
}

impl Supervised {
    /// By which its words are found.
    fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::NotAllowed => "not_a_supervisor",
            Self::NoPhone => "phone_not_there",
            Self::NoTalk => "no_talk",
            Self::NotThere => "not_there",
            Self::NotWritten => "not_written",
            Self::Refused(_) => "refused",
        }
    }
}

pub(super) fn routes() -> Router<Shared> {
    api::routes().merge(page::routes())
}
