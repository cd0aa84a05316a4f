//! A checked flow.

/// A flow that passed every check. It never changes: a live call ends on the version it began with.
#[derive(Debug)]
pub struct Flow {
    pub name: String,
    pub version: u32,
}

impl Flow {
    /// `reminder@4`, as results carry it.
    pub fn label(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }
}
