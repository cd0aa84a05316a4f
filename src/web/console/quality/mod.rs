//! Quality: lists of calls to listen to, the review beside the recording, figures and calibration.

mod lists;
mod report;
mod review;
mod texts;

use axum::Router;
use maud::{Markup, html};

use super::guard::Viewer;
use super::page::tenths;
use super::{Dated, Shared};
use crate::domain::{AgentId, AttemptId, Language, Right};
use crate::quality::{Filled, Form, Picked, Reviewed, ReviewedCall, SampleLine};
use crate::web::handler::Handler;

/// Who answers for quality.
#[derive(Debug)]
pub struct QualityHandlers {
    pub samples: Handler<(), Dated<Vec<SampleLine>>>,
    /// Draws a list; its number.
    pub draw: Handler<Draw, i64>,
    pub picked: Handler<i64, Dated<Vec<Picked>>>,
    pub picked_csv: Handler<i64, String>,
    pub form: Handler<(), Form>,
    /// Whether the agent talked in the call.
    pub talked: Handler<(AttemptId, AgentId), bool>,
    pub review: Handler<Filled, Reviewed>,
    /// What was reviewed in so many days.
    pub calls: Handler<u16, Dated<Vec<ReviewedCall>>>,
    pub calls_csv: Handler<u16, String>,
}

/// A wish for a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// Of calls in so many days.
    pub days: u16,
    /// Of one agent; absent: of each.
    pub agent: Option<AgentId>,
    /// Absent: by lot.
    pub seed: Option<u64>,
    pub who: String,
}

pub(super) fn routes() -> Router<Shared> {
    lists::routes().merge(review::routes()).merge(report::routes())
}

/// A call's number, and the way to it of whoever may see calls.
fn call_link(viewer: &Viewer, attempt: AttemptId) -> Markup {
    html! {
        @if viewer.role.may(Right::SeeCalls) { a href=(format!("/calls/{attempt}")) { (attempt) } } @else { (attempt) }
    }
}

/// Basis points in percent.
fn percent(bp: u32, language: Language) -> String {
    tenths(f64::from(bp) / 100.0, language) + "\u{a0}%"
}
