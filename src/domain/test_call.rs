//! What tells a test call from one to a debtor.

/// Whom the made-up debts of test calls are owed to. No campaign takes them for its own, and nothing that counts counts
/// them.
pub const TEST_CREDITOR: &str = "obzvon: test calls";

/// Whether a debt to this creditor is made up for test calls.
pub fn is_test(creditor: &str) -> bool {
    creditor == TEST_CREDITOR
}
