//! Figures that carry what they rest on: shares with their denominator, differences with their interval.

mod confidence;
mod estimate;
mod ratio;
mod sample;

pub use confidence::Confidence;
pub use estimate::Estimate;
pub use ratio::Ratio;
pub use sample::Sample;
