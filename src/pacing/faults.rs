//! Faults of the lines: after a row of them dialling stops, then one call at a time asks whether they are over.

/// A row of dials that failed for the line's sake, not the list's. Times are seconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    in_a_row: u32,
    hold_until: f64,
    asking: bool,
}

/// One fault is chance, a row of three is the line.
const ROW: u32 = 3;
/// Seconds between two questions to a faulty line.
const HOLD: f64 = 2.0;

impl Faults {
    pub fn failed(&mut self, now: f64) {
        self.in_a_row += 1;
        if self.in_a_row >= ROW || self.asking {
            self.hold_until = now + HOLD;
            self.asking = true;
        }
    }

    /// A call rang through.
    pub fn worked(&mut self) {
        *self = Self::default();
    }

    /// Calls that may be out young: all of them, none yet, or the one that asks.
    pub fn allow(&self, now: f64) -> Option<usize> {
        match self.asking {
            false => None,
            true if now < self.hold_until => Some(0),
            true => Some(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_faults_stops_dialling_until_one_call_rings() {
        let mut faults = Faults::default();
        faults.failed(1.0);
        faults.failed(1.0);
        assert_eq!(faults.allow(1.0), None);
        faults.failed(1.0);
        assert_eq!((faults.allow(1.5), faults.allow(3.0)), (Some(0), Some(1)));
        faults.failed(3.3);
        assert_eq!(faults.allow(3.4), Some(0));
        faults.worked();
        assert_eq!(faults.allow(3.4), None);
    }
}
