//! What a call is told before it begins.

use std::sync::Arc;
use std::time::Duration;

use crate::ivr::{CallFacts, Flow};
use crate::pacing::Clock;

/// The plan of one outbound call.
#[derive(Debug, Clone)]
pub struct CallPlan {
    /// What is said; in a call meant for an agent: what is said where none is free, and to a machine.
    pub flow: Arc<Flow>,
    pub facts: CallFacts,
    pub limits: CallLimits,
    pub agent: AgentPlan,
    /// Record the call once the flow has said that it is recorded.
    pub record: bool,
}

/// How long each stage of a call may take.
#[derive(Debug, Clone, Copy)]
pub struct CallLimits {
    /// From the INVITE to the first sign that it rings. Longer: the trunk swallowed the call.
    pub no_ring: Duration,
    /// From the INVITE to the answer; the law's minimum is 15 s of ringing (rules section 8).
    pub ring: Duration,
    /// From the answer to the end.
    pub talk: Duration,
    /// From our CANCEL or BYE to the far end's word. Longer: it is over for us.
    pub farewell: Duration,
    /// From the last packet of the flow's last word to our BYE: what the far end's phone still holds of it is heard.
    pub tail: Duration,
}

impl Default for CallLimits {
    fn default() -> Self {
        Self {
            no_ring: Duration::from_secs(20),
            ring: Duration::from_secs(40),
            talk: Duration::from_secs(300),
            farewell: Duration::from_secs(33), // RFC 3261 section 17.1.1.2: timer B is 32 s
            tail: Duration::from_millis(200),
        }
    }
}

/// What a call goes by where agents come in.
#[derive(Debug, Clone)]
pub struct AgentPlan {
    /// The queue whose agent a person talks to at once, before any flow; `None`: the flow speaks first.
    pub first: Option<String>,
    /// From the moment that `clock` names to an agent on the line. Later he counts as abandoned.
    pub deadline: Duration,
    pub clock: Clock,
    /// Who answered and has not been judged for so long is taken for a person.
    pub verdict: Duration,
    /// How long an agent's phone rings when he is handed a call.
    pub ring: Duration,
    /// From the agent's coming to the end.
    pub talk: Duration,
    /// The longest an agent may silence the recording at a time.
    pub unrecorded: Duration,
    /// What the debtor hears when his agent is lost; without it he is hung up on.
    pub apology: Option<Arc<Flow>>,
}

impl Default for AgentPlan {
    fn default() -> Self {
        Self {
            first: None,
            deadline: Duration::from_secs(2),
            clock: Clock::Verdict,
            verdict: Duration::from_secs(4),
            ring: Duration::from_secs(20),
            talk: Duration::from_secs(3_600),
            unrecorded: Duration::from_secs(120),
            apology: None,
        }
    }
}
