//! The files of `config/`: read whole, checked whole, every mistake shown at once. Floor 3.
//!
//! In: the folder and the environment. Out: one checked `Config`, whose parts are the cores' plans, or
//! every mistake of every file with its line and key.

mod plan;

pub use plan::{
    Config, DaemonConfig, ImportConfig, LogFormat, MediaConfig, PromptsConfig, SipConfig, StoreConfig,
};
