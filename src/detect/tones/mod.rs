//! Steady tones: what they are, when they begin and end, and what their rhythm says.

pub(in crate::detect) mod beep;
pub(in crate::detect) mod cadence;
pub(in crate::detect) mod runs;
