//! The files of `config/`: read whole, checked whole, every mistake shown at once. Floor 3.
//!
//! In: the folder and the environment. Out: one checked `Config`, whose parts are the cores' plans, or
//! every mistake of every file with its line and key.

mod accounts;
mod agents;
mod campaigns;
mod cases;
mod daemon;
mod desk;
mod dialling;
mod economics;
mod editable;
mod engines;
mod flows;
mod https;
mod load;
mod looser;
mod plan;
mod prompts;
mod quality;
mod read;
mod rules;
mod scenario;
mod secret;
mod served;
mod statistics;
mod trunks;
mod writeback;

pub use accounts::account_lines;
pub use agents::accounts_address;
pub use editable::{editable, may_edit};
pub use flows::sounds;
pub use https::{HttpsConfig, serve_by};
pub use load::StoreAddress;
pub use looser::{Looser, loosened_by};
pub use plan::{
    AgentContact, AgentLeg, AgentsConfig, ApiConfig, BrowserConfig, Config, DaemonConfig, Desk, DeskConfig,
    EconomicsConfig, EndpointConfig, FlowsConfig, HookConfig, ImportConfig, InboundConfig, LogFormat,
    MediaConfig, NextActionConfig, PromptsConfig, QualityConfig, RecordingsConfig, RulesConfig, SipConfig,
    StatisticsConfig, StoreConfig,
};
pub use read::{Clause, Environment, Mistake, Place, Problem, Problems};
pub use rules::Lawbook;
pub use scenario::scenario;
