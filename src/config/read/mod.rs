//! Reading TOML so that no mistake hides another: values are taken key by key, each mistake is noted with its
//! line, and what nobody took is an unknown key.

mod file;
mod find;
mod mistake;
mod overrides;
mod problems;
mod section;
mod value;
pub(super) mod words;

pub(super) use file::{Reading, Source};
pub use mistake::{Clause, Mistake};
pub use overrides::Environment;
pub use problems::{Place, Problem, Problems};
pub(super) use section::{Noted, Section};
pub(super) use value::Value;
