//! The agents' desk: a page, and the same as an interface under `/api/v1/desk`, for whoever is signed in and works a phone.
//!
//! The page is made on the server; a small script renews its parts when the events tell that something has changed.

mod act;
mod api;
mod events;
mod page;
mod sections;
mod sound;
mod texts;
mod view;
pub(super) mod words;

use axum::Router;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub use act::{
    Decided, DeskAct, DeskAnswer, DeskDeed, NotCalled, PromiseAsked, Turn, Written, day, day_and_hour, money,
};
pub(in crate::web) use api::document;
pub use events::DeskEvent;
pub use sound::{SoundAnswer, SoundAsked};
pub use view::{
    CallView, ChoiceView, ContactLine, DayView, DebtView, DeskView, KindView, LimitView, ObjectionView,
    PauseView, PaymentView, PromiseView, QuestionView, StageView, StateView, TargetView,
};
pub use words::{stage as stage_word, state as agent_state_word};

use super::Shared;
use crate::domain::Language;
use crate::web::handler::Handler;

/// Who answers for the desks.
#[derive(Debug)]
pub struct DeskHandlers {
    /// A desk by its agent's login; `None`: he has none.
    pub view: Handler<(String, Language), Option<DeskView>>,
    pub act: Handler<DeskDeed, DeskAnswer>,
    /// The sound of an agent in his browser.
    pub sound: Handler<SoundAsked, SoundAnswer>,
    /// What happens at a desk from the event after the one named on; `None`: he has none.
    pub events: Handler<(String, Option<u64>), Option<mpsc::Receiver<DeskEvent>>>,
}

pub(super) fn routes(stop: &CancellationToken) -> Router<Shared> {
    page::routes().merge(api::routes()).merge(sound::routes()).merge(events::routes(stop))
}
