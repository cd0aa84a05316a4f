//! Which acts are wanted of a list that is read from its newest on.

use crate::store::engine::conn::{Value, values};

/// Which acts are wanted; by default all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActFilter {
    /// Whose they are.
    pub who: Option<String>,
    /// Older than the one of this id.
    pub before: Option<i64>,
}

impl ActFilter {
    /// `$1` the id, `$2` whose, `$3` how many.
    pub(in crate::store) fn values(self, limit: u32) -> Vec<Value> {
        values![self.before.unwrap_or(i64::MAX), self.who, i64::from(limit)]
    }
}
