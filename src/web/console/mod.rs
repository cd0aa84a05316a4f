//! The supervisor's console: pages made on the server, a stylesheet and one small script of our own, no library in the
//! browser.
//!
//! What the pages show is handed in by [`Console`]; who may see them stands in the rights table of
//! [`Role`](crate::domain::Role).

mod audit;
mod calls;
mod campaigns;
mod cases;
mod cookie;
mod course;
mod desk;
mod fault;
mod floor;
mod flows;
mod guard;
mod imports;
mod live;
mod page;
mod password;
mod quality;
mod recordings;
mod report;
mod sessions;
mod settings;
mod sign_in;
mod tables;
mod texts;
mod trunks;
mod users;
mod views;
mod why_not;
mod xlsx;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::routing::get;
use jiff::tz::TimeZone;
use tokio_util::sync::CancellationToken;
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::Duration;
use tower_sessions::{Expiry, SessionManagerLayer};

pub use audit::{
    Acts, AuditAsked, AuditHandlers, AuditLine, CampaignActLine, ExportLine, NewExport, SignInLine,
    SupervisionLine, UserActLine,
};
pub use calls::{
    CallFile, CallHandlers, CallRow, CallsAsked, CallsOf, CallsView, DecisionView, HeardView, RungView,
};
pub use cases::{CaseHandlers, Dated};
pub(super) use course::document as course_document;
pub use course::{CourseStep, CourseView, CourseWish};
pub(super) use desk::document as desk_document;
pub use desk::{
    CallView, ChoiceView, ContactLine, DayView, DebtView, Decided, DeskAct, DeskAnswer, DeskDeed, DeskEvent,
    DeskHandlers, DeskView, KindView, LimitView, NotCalled, ObjectionView, PauseView, PaymentView,
    PromiseAsked, PromiseView, QuestionView, SoundAnswer, SoundAsked, StageView, StateView, TargetView, Turn,
    Written, agent_state_word, day, day_and_hour, money, stage_word,
};
pub(super) use floor::document as floor_document;
pub use floor::{
    AgentLine, CallbackLine, FloorHandlers, Hear, RecordingLine, SilenceLine, Supervise, Supervised,
};
pub use flows::{FlowHandlers, FlowPicture};
pub(super) use imports::document as imports_document;
pub use imports::{
    Begun, Came, ColumnView, DraftAct, DraftActed, DraftAsked, DraftClick, DraftStage, DraftView, FaultyLine,
    ImportHandlers, ImportLine, NewDraft, Piece, PieceTaken, WaitingLine, WaitingStands,
};
pub use live::{DayLine, PaceView, Predicted};
pub use password::{PasswordError, hash_password, on_password_thread};
pub use quality::{Draw, QualityHandlers};
pub use recordings::Listen;
pub use report::{
    AppliedLine, Days, DeliveryLine, ProposalLine, ProposalsView, ReportHandlers, Resend, SetProposal,
    SheetWish, Taken,
};
pub use sessions::{KeptSession, SessionHandlers};
pub use settings::{
    ChangeAct, ChangeClick, ChangeView, Changed, ConfigFile, ConfigHandlers, ConfigView, Effect, EffectView,
    Propose, Proposed,
};

pub use tables::Table;
pub use trunks::{CircuitView, ProbeTrunk, TrunkHandlers, TrunkView};
pub(super) use users::document as users_document;
pub use users::{NewSignIn, User, UserClick, UserClicked, UserHandlers, UserLine, UserWish};

pub use views::{SetView, ViewHandlers, ViewLine};
pub use why_not::{WhyNotAct, WhyNotLine};

use self::sessions::Sessions;
use self::sign_in::Doorman;
use super::handler::Handler;
use crate::domain::Language;

/// What the console is given: who answers for each page. Texts come in the asker's language.
#[derive(Debug)]
pub struct Console {
    pub users: UserHandlers,
    pub sessions: SessionHandlers,
    pub clocks: Handler<(), Clocks>,
    pub wallboard: Handler<Language, Wallboard>,
    /// `None`: there is no such campaign.
    pub course: Handler<CourseWish, Option<CourseView>>,
    pub why_not: Handler<(String, Language), Option<Vec<WhyNotLine>>>,
    /// A person by his id or number, and who asks, which is written down; empty: nobody has it.
    pub why_person: Handler<(String, String, Language), String>,
    /// `false`: the campaign is not there, or can't go that way.
    pub set_campaign: Handler<SetCampaign, bool>,
    pub reports: ReportHandlers,
    pub desk: DeskHandlers,
    pub cases: CaseHandlers,
    pub quality: QualityHandlers,
    /// The sound of a recording; `None`: there is none any more.
    pub recording: Handler<Listen, Option<PathBuf>>,
    pub floor: FloorHandlers,
    pub config: ConfigHandlers,
    pub calls: CallHandlers,
    pub trunks: TrunkHandlers,
    pub audit: AuditHandlers,
    pub flows: FlowHandlers,
    pub views: ViewHandlers,
    pub imports: ImportHandlers,
    /// A list as CSV; `None`: there is none of that name.
    pub tables: Handler<Table, Option<String>>,
}

/// The clocks that pages go by, each with its name, such as `Europe/Moscow (UTC+3)`.
#[derive(Debug, Clone)]
pub struct Clocks {
    /// Of moments.
    pub moments: (TimeZone, String),
    /// Of the days that figures are counted over.
    pub days: String,
}

/// What is going on now.
#[derive(Debug, Clone, Default)]
pub struct Wallboard {
    /// The kill switch is thrown: nothing is dialled.
    pub killed: bool,
    /// Complaints and disputes whose deadline is over.
    pub overdue_cases: u64,
    pub calls: usize,
    pub talking: u64,
    pub trunks: Vec<TrunkLine>,
    /// The campaigns that called today or run.
    pub days: Vec<DayLine>,
    pub campaigns: Vec<CampaignLine>,
}

/// A trunk now.
#[derive(Debug, Clone)]
pub struct TrunkLine {
    pub name: String,
    pub circuit: CircuitView,
    pub calls: u32,
    pub channels: u32,
}

/// A campaign now, its contacts by state.
#[derive(Debug, Clone)]
pub struct CampaignLine {
    pub name: String,
    /// `new`, `draft`, `running`, `paused` or `stopped`. A new one stands in its file alone: nobody has started or filled it.
    pub state: &'static str,
    pub queued: u64,
    pub waiting: u64,
    pub in_flight: u64,
    pub held: u64,
    pub done: u64,
    /// What the configuration makes looser than the law's preset; empty where nothing is.
    pub notices: String,
}

impl CampaignLine {
    /// A campaign without a contact yet.
    pub fn new(name: &str) -> Self {
        let (name, notices) = (name.to_owned(), String::new());
        Self { name, state: "new", queued: 0, waiting: 0, in_flight: 0, held: 0, done: 0, notices }
    }

    fn contacts(&self) -> u64 {
        self.queued + self.waiting + self.in_flight + self.held + self.done
    }
}

/// A click on a campaign.
#[derive(Debug, Clone)]
pub struct SetCampaign {
    pub campaign: String,
    pub act: CampaignAct,
    /// Whose click; it goes to the log.
    pub who: String,
}

/// What may be done to a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CampaignAct {
    Pause,
    Start,
    Stop,
}

/// What the routes share.
#[derive(Clone)]
struct Shared {
    console: Arc<Console>,
    doorman: Arc<Doorman>,
}

/// A session ends after so long without a click.
const IDLE_HOURS: i64 = 10;

/// The routes of the console. Whoever is not signed in sees the door and nothing else. `https`: the cookie goes no other way;
/// without it the console is on loopback, or behind whoever does TLS before it.
pub(super) fn router(console: Console, https: bool, stop: &CancellationToken) -> Router {
    let console = Arc::new(console);
    let sessions = SessionManagerLayer::new(Sessions::new(Arc::clone(&console)))
        .with_name(cookie::NAME)
        .with_secure(https)
        // A link that somebody was sent opens; changes that another site asks for are refused by `only_from_here`.
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(Duration::hours(IDLE_HOURS)));
    let shared = Shared { console, doorman: Arc::new(Doorman::default()) };
    Router::new()
        .merge(sign_in::routes())
        .merge(live::routes())
        .merge(course::routes())
        .merge(campaigns::routes())
        .merge(report::routes())
        .merge(users::routes())
        .merge(cases::routes())
        .merge(recordings::routes())
        .merge(quality::routes())
        .merge(desk::routes(stop))
        .merge(floor::routes())
        .merge(settings::routes())
        .merge(calls::routes())
        .merge(trunks::routes())
        .merge(audit::routes())
        .merge(flows::routes())
        .merge(views::routes())
        .merge(why_not::routes())
        .merge(imports::routes())
        .merge(tables::routes())
        .route("/console.css", get(page::stylesheet))
        .route("/console.js", get(page::script))
        .route("/icon.svg", get(page::icon))
        .layer(from_fn(guard::only_from_here))
        .layer(from_fn(guard::faults_in_json))
        .layer(from_fn_with_state(shared.clone(), fault::in_pages))
        .layer(map_response(page::harden))
        .layer(sessions)
        .layer(from_fn_with_state(https, cookie::of_this_host))
        .with_state(shared)
}
