//! The conflict manager's room: the queue of complaints and disputes, one case with its calls, what sets people off.

mod acting;
mod acts;
mod angry;
mod file;
mod form;
mod list;
mod texts;
mod triggers;

use axum::Router;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Shared;
use crate::cases::{
    Acted, AngryCall, By, CaseFile, CaseFilter, CaseLine, Deed, NewCase, Number, Registered, TriggerLine,
};
use crate::domain::Language;
use crate::web::handler::Handler;

/// Who answers for the cases.
#[derive(Debug)]
pub struct CaseHandlers {
    pub list: Handler<CaseFilter, Dated<Vec<CaseLine>>>,
    pub list_csv: Handler<CaseFilter, String>,
    /// A case by its number, and who opens it.
    pub file: Handler<(Number, String), Option<Dated<CaseFile>>>,
    /// A case from outside, and who registers it; received now where it is not said when.
    pub register: Handler<(NewCase, String), Registered>,
    /// Its history as CSV, for whoever opens it so.
    pub history_csv: Handler<(Number, String), Option<String>>,
    pub act: Handler<(Number, Deed, String), Acted>,
    /// So many days back.
    pub triggers: Handler<(By, u16), Vec<TriggerLine>>,
    pub triggers_csv: Handler<(By, u16), String>,
    /// How a call ended, in words: of a disposition's or an outcome's code.
    pub call_end: fn(&str, Language) -> String,
    /// What was done to him, in words: of the codes of the ledger and of the channel.
    pub contact: fn(&str, &str, Language) -> String,
    /// The last week's.
    pub angry: Handler<(), Dated<Vec<AngryCall>>>,
}

/// Something of cases with the clock it is to be read by.
#[derive(Debug, Clone)]
pub struct Dated<T> {
    pub now: Timestamp,
    pub zone: TimeZone,
    pub it: T,
}

impl<T> Dated<T> {
    /// A moment as people read it there.
    pub(in crate::web::console) fn moment(&self, at: Timestamp) -> String {
        at.to_zoned_datetime(self.zone.clone()).strftime("%F %H:%M").to_string()
    }

    /// The last day on which it is in time: a deadline is that day's end.
    fn last_day(&self, due: Timestamp) -> String {
        let last = due.checked_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(due);
        last.to_zoned_datetime(self.zone.clone()).date().to_string()
    }
}

pub(super) use list::banner;

pub(super) fn routes() -> Router<Shared> {
    list::routes()
        .merge(angry::routes())
        .merge(file::routes())
        .merge(form::routes())
        .merge(acts::routes())
        .merge(triggers::routes())
}
