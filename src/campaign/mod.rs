//! One running campaign: what to dial next and why not. Floor 2, sans-IO.

mod agreed;
mod ask;
mod choose_phone;
mod dialling;
mod disposition;
mod earliest;
mod hours;
mod next_step;
mod plan;
mod reclassify;
mod score;
mod script;
mod wish;

pub use agreed::{Agreed, agreed};
pub use ask::{Callee, ask};
pub use choose_phone::{PhoneChoice, choose_phone};
pub use dialling::{AgentCalls, Dialling, Prediction, USUAL_CAP};
pub use disposition::{
    CallbackNo, DispositionPlan, Dispositions, Flag, Flags, Follows, Form, FormNo, FormPart, NonPayment,
    PAY_LINK, PromiseBounds, PromiseForm, PromiseNo, Takes, Talk, check_promise, follow, talk_kind,
};
pub use earliest::earliest;
pub use hours::{Hour, hour, hour_within};
pub use next_step::{DoneWhy, NextStep, Tried, next_step};
pub use plan::{
    Calendar, CampaignPlan, Delays, Hours, Limits, PromisePolicy, Retries, RetryClass, ScoreWeights, Targets,
};
pub use reclassify::{Behaviour, Reclassify};
pub use score::{ScoreFacts, score};
pub use script::{Answer, Objection, Script, StageText};
pub use wish::{hours_of, is_ever_open};
