//! Health, metrics, the API and the console over HTTP. Floor 3.
//!
//! It alone names the HTTP and metrics libraries. What it shows is handed in: counters by [`Metrics`], readiness by
//! a watch channel, and who answers the API's resources by [`Api`], the console's pages by [`Console`].

mod api;
mod console;
mod handler;
mod https;
mod metrics;
mod server;

pub use api::{
    Api, EventAnswer, Hooks, PaymentAnswer, QualityApi, ReversalAnswer, Signed, TellEvent, TellPayment,
    TellReversal,
};
pub use console::{
    Acts, AgentLine, AppliedLine, AuditAsked, AuditHandlers, AuditLine, Begun, CallFile, CallHandlers,
    CallRow, CallView, CallbackLine, CallsAsked, CallsOf, CallsView, Came, CampaignAct, CampaignActLine,
    CampaignLine, CaseHandlers, ChangeAct, ChangeClick, ChangeView, Changed, ChoiceView, CircuitView, Clocks,
    ColumnView, ConfigFile, ConfigHandlers, ConfigView, Console, ContactLine, CourseStep, CourseView,
    CourseWish, Dated, DayLine, DayView, Days, DebtView, Decided, DecisionView, DeliveryLine, DeskAct,
    DeskAnswer, DeskDeed, DeskEvent, DeskHandlers, DeskView, DraftAct, DraftActed, DraftAsked, DraftClick,
    DraftStage, DraftView, Draw, Effect, EffectView, ExportLine, FaultyLine, FloorHandlers, FlowHandlers,
    FlowPicture, Hear, HeardView, ImportHandlers, ImportLine, KeptSession, KindView, LimitView, Listen,
    NewDraft, NewExport, NewSignIn, NotCalled, ObjectionView, PaceView, PasswordError, PauseView,
    PaymentView, Piece, PieceTaken, Predicted, ProbeTrunk, PromiseAsked, PromiseView, ProposalLine,
    ProposalsView, Propose, Proposed, QualityHandlers, QuestionView, RecordingLine, ReportHandlers, Resend,
    RungView, SessionHandlers, SetCampaign, SetProposal, SetView, SheetWish, SignInLine, SilenceLine,
    SoundAnswer, SoundAsked, StageView, StateView, Supervise, Supervised, SupervisionLine, Table, Taken,
    TargetView, TrunkHandlers, TrunkLine, TrunkView, Turn, User, UserActLine, UserClick, UserClicked,
    UserHandlers, UserLine, UserWish, ViewHandlers, ViewLine, WaitingLine, WaitingStands, Wallboard,
    WhyNotAct, WhyNotLine, Written, agent_state_word, day, day_and_hour, hash_password, money,
    on_password_thread, stage_word,
};
pub use handler::{Handler, Unavailable};
pub use https::Certificate;
pub use metrics::Metrics;
pub use server::{Address, Readiness, WebError, listen, serve};
