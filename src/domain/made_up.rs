//! What tells debts that are made up from those of the lists: for test calls, and for service calls before any debt.

/// Whom the made-up debts of test calls are owed to. No campaign takes them for its own, and nothing that counts counts
/// them.
pub const TEST_CREDITOR: &str = "obzvon: test calls";

/// Whom the nothing is owed to that a service call is about: a debt of 0, so that the call goes the way of every call,
/// through the same gate and ledger. Only campaigns of the kind `service` have such contacts, and no report counts them.
pub const SERVICE_CREDITOR: &str = "obzvon: service calls";

/// Whether a debt to this creditor is made up for test calls.
pub fn is_test(creditor: &str) -> bool {
    creditor == TEST_CREDITOR
}

/// Whether a debt to this creditor is made up, so that no reminder may be of it.
pub fn is_made_up(creditor: &str) -> bool {
    creditor == TEST_CREDITOR || creditor == SERVICE_CREDITOR
}
