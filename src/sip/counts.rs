//! What the stack holds in memory, counted: the proof that calls leave nothing behind.

/// Things held now. All are 0 once 128 × T1 and 3 s have passed after the last message: a transaction may live for
/// 64 × T1, and its last message is remembered for as long again, to answer repetitions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StackCounts {
    /// Legs whose task lives.
    pub legs: usize,
    /// Transactions, client and server.
    pub transactions: usize,
    /// Ended transactions whose last message is kept.
    pub remembered: usize,
    /// Answered INVITEs whose repetitions are acknowledged again, for 64 × T1 and up to 3 s.
    pub answered: usize,
    /// Answers to INVITEs that wait for their ACK.
    pub unacknowledged: usize,
    /// Timers of transactions.
    pub timers: usize,
    /// Tasks of calls and transactions; not those that read the sockets.
    pub tasks: usize,
}

impl StackCounts {
    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
