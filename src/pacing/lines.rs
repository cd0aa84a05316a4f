//! What the lines permit: calls at once, and starts a second with at most one second's worth together.

/// Calls at once and their starts. Times are seconds.
#[derive(Clone, Debug)]
pub struct Lines {
    most: usize,
    per_second: f64,
    starts: f64,
    counted: f64,
}

impl Lines {
    pub fn new(most: u32, per_second: f64, now: f64) -> Self {
        Self { most: most as usize, per_second: per_second.max(0.0), starts: 0.0, counted: now }
    }

    /// Starts that may be made now beside `busy` lines.
    pub fn room(&mut self, now: f64, busy: usize) -> usize {
        let fresh = self.per_second * (now - self.counted).max(0.0);
        self.starts = (self.starts + fresh).min(self.per_second);
        self.counted = self.counted.max(now);
        self.most.saturating_sub(busy).min(self.starts as usize)
    }

    /// Takes what `room` gave.
    pub fn take(&mut self, starts: usize) {
        self.starts = (self.starts - starts as f64).max(0.0);
    }

    /// A new day begins with no start saved up.
    pub fn begin_day(&mut self, now: f64) {
        (self.starts, self.counted) = (0.0, now);
    }
}
