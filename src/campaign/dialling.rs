//! How a campaign's calls are paced, and who talks in them.

use std::sync::Arc;
use std::time::Duration;

use super::Hours;
use crate::pacing::{Cap, Clock, Window};
use crate::rules::DialMode;

/// What a campaign's calls wait for.
#[derive(Clone, Debug, PartialEq)]
pub enum Dialling {
    /// The flow speaks; an agent comes only where it leads to one.
    Agentless,
    /// An agent is reserved and shown the contact; the call is made once he has decided to, within this time.
    Preview(AgentCalls, Duration),
    /// Calls are made for agents who are about to come free.
    Predictive(AgentCalls, Prediction),
    /// An agent is reserved, then the call is made.
    Progressive(AgentCalls),
}

/// Calls meant for an agent. The flow is for machines, and for people for whom none is free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentCalls {
    /// Whose agents talk.
    pub queue: Arc<str>,
    /// From the moment that `clock` names to an agent on the line; later he counts as abandoned.
    pub deadline: Duration,
    pub clock: Clock,
    /// Who answered and was not judged for so long is taken for a person.
    pub verdict_limit: Duration,
    /// So much of what he said before is played to the agent.
    pub first_words: Duration,
}

/// What prediction is bound by.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// People abandoned over people who answered.
    pub cap: Cap,
    /// With fewer agents logged in, one is reserved for each call.
    pub least_agents: u32,
    /// The working day by the house's clock; outside it nothing is dialled.
    pub shift: Hours,
}

impl Dialling {
    /// How the rules see its calls.
    pub fn mode(&self) -> DialMode {
        match self {
            // Opened by a recorded voice, whoever goes on.
            Self::Agentless => DialMode::Prerecorded,
            Self::Predictive(..) => DialMode::Predictive,
            Self::Preview(..) | Self::Progressive(_) => DialMode::AgentGuaranteed,
        }
    }

    /// The agents' part.
    pub fn agents(&self) -> Option<&AgentCalls> {
        match self {
            Self::Agentless => None,
            Self::Predictive(calls, _) | Self::Preview(calls, _) | Self::Progressive(calls) => Some(calls),
        }
    }
}

impl Default for AgentCalls {
    fn default() -> Self {
        Self {
            queue: "collectors".into(),
            deadline: Duration::from_secs(2),
            clock: Clock::Verdict,
            verdict_limit: Duration::from_secs(4),
            first_words: Duration::from_secs(2),
        }
    }
}

/// The strictest of the caps in use, over a day.
pub const USUAL_CAP: Cap = Cap { share: 0.03, window: Window::Day, lost_to_detection: 0.0 };
