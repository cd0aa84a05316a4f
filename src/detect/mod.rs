//! Who answered: 8 kHz frames in; human, machine, beep, tone out. Floor 1, sans-IO.

use crate::domain::verdict::Heard;

/// Samples of a frame: 20 ms at 8 kHz.
pub const FRAME: usize = 160;

/// What a detector listens for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DetectorPlan {}

/// One call's ears.
#[derive(Clone, Debug)]
pub struct Detector {}

impl Detector {
    pub fn new(_plan: &DetectorPlan) -> Self {
        Self {}
    }

    /// The call was answered: what was heard before was early media.
    pub fn answered(&mut self) {}

    /// Takes the next 20 ms in; at most one finding a frame, the rest follow with the next frames.
    pub fn feed(&mut self, _frame: &[i16; FRAME]) -> Option<Heard> {
        None
    }
}
