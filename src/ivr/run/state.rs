//! Where a run stands.

use crate::ivr::PromptNo;
use crate::ivr::step::{StepNo, Target};
use crate::ivr::wording::{Entered, Rendered};

/// The states of a run, in the order of a call's life. Each but the last has a timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Not begun.
    Idle,
    /// A text is said; then the run goes on. `asks_again`: `then` is the question at hand.
    Saying {
        prompt: PromptNo,
        barge_in: bool,
        then: Target,
        asks_again: bool,
    },
    /// A question is said.
    Asking {
        step: StepNo,
        prompt: PromptNo,
    },
    /// It was said; a key may come.
    Waiting {
        step: StepNo,
    },
    /// Part of a number came.
    Entering {
        step: StepNo,
        number: Number,
    },
    /// The number is read back.
    Reading {
        step: StepNo,
        entered: Entered,
        prompt: PromptNo,
    },
    /// It was read back; 1 or 2 may come.
    Confirming {
        step: StepNo,
        entered: Entered,
    },
    /// An agent is sought.
    Connecting {
        step: StepNo,
    },
    /// A machine's greeting is waited out. `beeped`: it went on after a beep, and only another one ends it.
    Greeting {
        beeped: bool,
    },
    /// The message is left on a machine.
    Leaving {
        prompt: PromptNo,
        after_beep: bool,
    },
    Done,
}

impl State {
    /// Something is being said.
    pub(super) fn is_saying(self) -> bool {
        match self {
            Self::Asking { .. } | Self::Leaving { .. } | Self::Reading { .. } | Self::Saying { .. } => true,
            Self::Confirming { .. } | Self::Connecting { .. } | Self::Done | Self::Entering { .. } => false,
            Self::Greeting { .. } | Self::Idle | Self::Waiting { .. } => false,
        }
    }
}

/// The digits entered so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) value: u8,
    pub(super) digits: u8,
}

/// How the question at hand goes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Progress {
    pub(super) asked: u8,
    /// It was said to its end, at least once.
    pub(super) heard: bool,
    pub(super) silences: u8,
    pub(super) wrong_keys: u8,
    /// How often the number was read back.
    pub(super) read: u8,
}

/// A prompt whose end is awaited, with what it takes to have heard it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said {
    pub(super) prompt: PromptNo,
    pub(super) amount_at: Option<u8>,
    pub(super) date_at: Option<u8>,
    pub(super) tells_debt: bool,
    pub(super) notice: bool,
}

impl Said {
    pub(super) fn new(prompt: PromptNo, rendered: &Rendered, notice: bool) -> Self {
        Self {
            prompt,
            amount_at: rendered.amount_at,
            date_at: rendered.date_at,
            tells_debt: rendered.tells_debt,
            notice,
        }
    }
}
