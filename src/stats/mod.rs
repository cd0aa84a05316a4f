//! Actions against reactions, each ratio with its numerator and denominator. Floor 1, sans-IO.

mod definition;
mod effect;
mod ratio;

pub use definition::{DEFINITIONS, Definition, definition};
pub use effect::{ActionRow, EffectRow, effect_table};
pub use ratio::Ratio;
