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
    /// A key: `0` to `9`, `*`, `#`. Each press once, however many ways it came in.
    Digit(char),
    /// The call is gone, whoever ended it. Tell what was still playing by `PromptEnded` first.
    HungUp,
    /// A person after all: what was taken for a machine's greeting was not. Begins the flow anew.
    HumanHeard,
    /// The detector takes the callee for a machine. Ignored once a key has proved a person.
    MachineHeard,
    /// Nobody is free in the queue asked for.
    NoAgent,
    /// A prompt is over: played out, stopped by [`StopSaying`](super::Output::StopSaying), or not sayable (0 %).
    /// `percent` of its sound was sent.
    PromptEnded { prompt: PromptNo, percent: u8 },
    /// The machine's greeting has ended in silence, without a beep.
    SilenceHeard,
}
