//! Calls: those that are up, those that were, and one of them with its decision, its way and its messages.

mod ladder;
mod list;
mod one;
mod recorded;
mod texts;

use axum::Router;
use jiff::civil::Date;

use super::Shared;
use crate::domain::{AttemptId, Language, PhoneNumber};
use crate::web::handler::Handler;

/// Who answers for calls.
#[derive(Debug)]
pub struct CallHandlers {
    pub page: Handler<CallsAsked, CallsView>,
    /// The same calls as CSV, ten thousand at most.
    pub csv: Handler<CallsAsked, String>,
    /// A call, and who opens it, which is written down; `None`: there is no such call.
    pub one: Handler<(AttemptId, String, Language), Option<CallFile>>,
}

/// Which calls are wanted. An empty text, or one that names nothing, leaves nothing out.
#[derive(Debug, Clone)]
pub struct CallsAsked {
    pub campaign: String,
    pub trunk: String,
    /// An outcome's code.
    pub outcome: String,
    /// His id in the lists, or his number (`+…`).
    pub person: String,
    /// Days of the house's zone, both within.
    pub from: Option<Date>,
    pub to: Option<Date>,
    /// Only those whose recording is there.
    pub recorded: bool,
    /// What a report's row is of.
    pub of: CallsOf,
    /// Calls before this one.
    pub before: Option<i64>,
    pub language: Language,
    /// Whole numbers go into the file.
    pub numbers: bool,
}

/// What a report's row is of, as codes; an empty one leaves nothing out.
#[derive(Debug, Clone, Default)]
pub struct CallsOf {
    /// Who talked in the call.
    pub agent: String,
    pub channel: String,
    pub debtor_type: String,
    pub debt_kind: String,
    pub currency: String,
    /// `action` or `talk`: only those that the report counts so.
    pub counted: String,
}

impl CallsOf {
    /// The names in an address, and what is asked.
    pub(super) fn pairs(&self) -> [(&'static str, &String); 6] {
        [
            ("agent", &self.agent),
            ("channel", &self.channel),
            ("debtor_type", &self.debtor_type),
            ("debt_kind", &self.debt_kind),
            ("currency", &self.currency),
            ("counted", &self.counted),
        ]
    }
}

/// A page of calls, with what may be chosen.
#[derive(Debug, Clone, Default)]
pub struct CallsView {
    pub campaigns: Vec<String>,
    pub trunks: Vec<String>,
    /// Codes with their words.
    pub outcomes: Vec<(String, String)>,
    /// Calls that are open.
    pub live: Vec<CallRow>,
    /// The newest first.
    pub rows: Vec<CallRow>,
    /// Where the next page begins.
    pub before: Option<i64>,
}

/// A call in a table, in words.
#[derive(Debug, Clone)]
pub struct CallRow {
    pub id: i64,
    pub at: String,
    pub campaign: String,
    pub person: String,
    pub phone: PhoneNumber,
    pub trunk: String,
    pub node: String,
    pub channel: String,
    /// `None` while it is open.
    pub outcome: Option<String>,
    pub disposition: Option<String>,
    /// Seconds from the answer to the end.
    pub talked_s: Option<i64>,
    pub sip_code: Option<u16>,
}

/// All that is known of a call.
#[derive(Debug, Clone)]
pub struct CallFile {
    pub row: CallRow,
    /// Its way: a step's code, when, and milliseconds since its beginning.
    pub steps: Vec<(&'static str, String, i64)>,
    /// What the detector told, in order.
    pub heard: Vec<HeardView>,
    pub keys: String,
    pub flow: String,
    /// The flow's name, where there is one of it now.
    pub flow_name: Option<String>,
    pub config: String,
    /// What the network said last.
    pub last_word: String,
    pub identified: bool,
    /// Who talked in it.
    pub agents: Vec<String>,
    pub heard_percent: Option<u8>,
    /// The gate's decision; `None`: it has none, or its record can't be read.
    pub decision: Option<DecisionView>,
    /// Marks of the agent: seconds into the recording, and what.
    pub marks: Vec<(f64, String)>,
    /// There is a recording.
    pub recorded: bool,
    /// Messages still there, the oldest first.
    pub rungs: Vec<RungView>,
}

/// Something that was heard, in words.
#[derive(Debug, Clone)]
pub struct HeardView {
    /// Seconds from the answer; of what was heard before it (`early`), from the first sound on.
    pub at_s: String,
    pub early: bool,
    pub what: String,
    /// How sure a verdict is.
    pub sure: Option<String>,
    /// What it rested on.
    pub features: String,
}

/// A decision of the gate in words.
#[derive(Debug, Clone)]
pub struct DecisionView {
    pub id: i64,
    pub at: String,
    pub summary: String,
    /// Whether each rule let it pass, its id, and what it says.
    pub lines: Vec<(bool, String, String)>,
}

/// A SIP message.
#[derive(Clone)]
pub struct RungView {
    /// Milliseconds since the first one.
    pub after_ms: i64,
    pub sent: bool,
    pub peer: String,
    pub head: String,
    pub text: String,
}

/// What is in it is not for logs: there are numbers.
impl std::fmt::Debug for RungView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RungView")
            .field("after_ms", &self.after_ms)
            .field("sent", &self.sent)
            .finish_non_exhaustive()
    }
}

pub(super) fn routes() -> Router<Shared> {
    list::routes().merge(one::routes()).merge(recorded::routes())
}
