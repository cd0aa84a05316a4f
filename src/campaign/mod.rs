//! One running campaign: what to dial next and why not. Floor 2, sans-IO.

mod plan;

pub use plan::{Calendar, CampaignPlan, Delays, Hours, Limits, Retries, RetryClass, ScoreWeights, Targets};
