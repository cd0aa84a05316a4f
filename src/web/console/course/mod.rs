//! The day's course: what went on in each five minutes, as charts, as a table, as a file, and for programs.
//!
//! The charts are drawn in the browser by uPlot (`uplot/`, MIT), which is part of the binary; the page says everything they
//! say without it.

mod api;
mod assets;
mod charts;
mod page;
mod texts;

use axum::Router;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

pub(in crate::web) use api::document;

use super::Shared;
use crate::stats::DayStep;

/// A course that is asked for. `None`: today, the whole house.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CourseWish {
    pub day: Option<Date>,
    pub campaign: Option<String>,
}

/// A day's course.
#[derive(Debug, Clone)]
pub struct CourseView {
    pub day: Date,
    /// It is today, by the house's clock.
    pub goes_on: bool,
    /// `None`: the whole house.
    pub campaign: Option<String>,
    /// Every campaign there is to choose from.
    pub campaigns: Vec<String>,
    /// The share of people who may be abandoned, where one cap is in force for all that is shown.
    pub cap: Option<f64>,
    pub steps: Vec<CourseStep>,
}

/// What happened in five minutes.
#[derive(Debug, Clone, PartialEq)]
pub struct CourseStep {
    pub begins: Timestamp,
    /// `09:05` on the house's clock.
    pub clock: String,
    pub figures: DayStep,
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    day: Option<String>,
    #[serde(default)]
    campaign: String,
}

impl Written {
    /// As a form sends it: an empty field is an absent one.
    fn of_form(self) -> Self {
        Self { day: self.day.filter(|day| !day.trim().is_empty()), ..self }
    }

    /// `None`: the day is none; it is written as RFC 3339 writes a `full-date`.
    fn read(self) -> Option<CourseWish> {
        let day = |text: &str| text.parse::<Date>().ok().filter(|day| day.to_string() == text);
        let day = match &self.day {
            Some(text) => Some(day(text)?),
            None => None,
        };
        Some(CourseWish { day, campaign: Some(self.campaign).filter(|campaign| !campaign.is_empty()) })
    }
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().merge(page::routes()).merge(api::routes()).merge(assets::routes())
}
