//! What a run is told.

use super::PromptNo;

/// What the driver tells a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// An agent has the call: the flow's part is over.
    AgentConnected,
    /// The call is answered and may be spoken to.
    Begin,
    /// The answering machine's beep is over.
    BeepEnded,
    /// The call is gone, and not by the callee: we took it back, or the network lost it. Tell what was still playing
    /// by `PromptEnded` or `PromptCut` first.
    CutOff,
    /// A key: `0` to `9`, `*`, `#`. Each press once, however many ways it came in.
    Digit(char),
    /// The callee hung up. Tell what was still playing by `PromptEnded` or `PromptCut` first.
    HungUp,
    /// A person after all: what was taken for a machine's greeting was not. Begins the flow anew.
    HumanHeard,
    /// The detector takes the callee for a machine. Ignored once a key has proved a person.
    MachineHeard,
    /// Nobody is free in the queue asked for.
    NoAgent,
    /// The call is ending and cut a prompt after `percent` of its sound: what was heard of it counts, and nothing follows.
    PromptCut { prompt: PromptNo, percent: u8 },
    /// A prompt is over: played out, stopped by [`StopSaying`](super::Output::StopSaying), or not sayable (0 %).
    /// `percent` of its sound was sent.
    PromptEnded { prompt: PromptNo, percent: u8 },
    /// The machine's greeting has ended in silence, without a beep.
    SilenceHeard,
    /// It had only paused: the machine speaks again.
    SpeechResumed,
}
