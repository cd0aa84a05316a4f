//! Quality of talks: the form they are reviewed by, which calls are listened to, what a mark comes to, and how far
//! reviewers agree. Floor 2: shares are the statistics'.

mod agreement;
mod figures;
mod form;
mod review;
mod sample;

pub use agreement::Agreement;
pub use figures::{AgentQuality, CriterionFigure, agents, criteria};
pub use form::{Criterion, Form, Mark, Unfit};
pub use review::{Filled, Kept, Picked, Review, Reviewed, ReviewedCall, SampleLine};
pub use sample::{Candidate, Quota, Why, draw};
