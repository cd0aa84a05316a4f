//! What sets people off: complaints and marked triggers against the calls they came of.

use jiff::Timestamp;

use super::Number;
use crate::domain::AttemptId;
use crate::stats::Ratio;

/// What the calls are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    Agent,
    Campaign,
    Flow,
    /// The stage of the script that the agent had marked last; calls without any are `none`.
    Stage,
}

/// Calls of one group, and those of them that went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriggerLine {
    /// An agent's login, a campaign's name, a flow's version, a stage.
    pub key: String,
    /// Calls that a person answered.
    pub calls: u64,
    /// Those of them of which a complaint came, by whatever way.
    pub complaints: u64,
    /// Those of them in which the agent marked a trigger.
    pub triggers: u64,
    /// Those of them of which a complaint came that was found justified.
    pub justified: u64,
}

/// Calls from which on a share is more than chance: below it the figure is said to be small.
const ENOUGH: u64 = 30;

impl By {
    pub const ALL: [Self; 4] = [Self::Agent, Self::Campaign, Self::Flow, Self::Stage];

    pub fn code(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Campaign => "campaign",
            Self::Flow => "flow",
            Self::Stage => "stage",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.code() == code)
    }
}

/// A call in which an agent marked that something set the debtor off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AngryCall {
    pub attempt: AttemptId,
    /// The last mark.
    pub marked: Timestamp,
    pub marks: u64,
    pub agent: String,
    pub campaign: String,
    /// His id in the lists.
    pub person: String,
    /// There is a recording to listen to.
    pub recorded: bool,
    /// The case of this call, or one that he has begun since.
    pub case: Option<Number>,
}

impl TriggerLine {
    /// Calls with a complaint / calls that a person answered.
    pub fn complained(&self) -> Ratio {
        Ratio::new(self.complaints, self.calls)
    }

    /// Calls with a marked trigger / calls that a person answered.
    pub fn triggered(&self) -> Ratio {
        Ratio::new(self.triggers, self.calls)
    }

    /// Calls with a justified complaint / calls with a complaint.
    pub fn was_right(&self) -> Ratio {
        Ratio::new(self.justified, self.complaints)
    }

    /// So few calls that the shares say little.
    pub fn is_small(&self) -> bool {
        self.calls < ENOUGH
    }
}
