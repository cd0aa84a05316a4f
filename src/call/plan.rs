//! What a call is told before it begins.

use std::sync::Arc;
use std::time::Duration;

use crate::ivr::{CallFacts, Flow};

/// The plan of one outbound reminder.
#[derive(Debug, Clone)]
pub struct CallPlan {
    pub flow: Arc<Flow>,
    pub facts: CallFacts,
    pub limits: CallLimits,
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
}

impl Default for CallLimits {
    fn default() -> Self {
        Self {
            no_ring: Duration::from_secs(20),
            ring: Duration::from_secs(40),
            talk: Duration::from_secs(300),
            farewell: Duration::from_secs(33), // RFC 3261 section 17.1.1.2: timer B is 32 s
        }
    }
}
