//! The store: people, debts, campaigns, the ledger and every attempt, in SQLite or PostgreSQL. Floor 3; the only
//! user of the SQL library.
//!
//! In go checked rows, requests and outcomes; out come claims, permits and reports. Two acts carry the house:
//! [`Store::reserve`] decides again and writes the attempt in one serialised transaction before anything leaves for
//! the wire, and [`Store::finish`] writes all that came of it in another. Time is an argument everywhere;
//! [`Store::now`] reads the clock of law, the database's own.

mod cases;
mod config_change;
mod counted;
mod debtor_type;
mod desk;
mod engine;
mod error;
mod gate;
mod heard;
mod house;
mod identity;
mod inbound;
mod lesson;
mod list;
mod outcome;
mod proposal;
mod quality;
mod read;
mod recording;
mod standing;
mod tally;
mod told;

pub use config_change::{ConfigChange, NewConfigChange};
pub use debtor_type::{TypeChangeRow, TypeMoveLine, TypeShareLine};
pub use desk::{
    AGREED, AgentChange, AgentDay, AgentMark, AgentResult, AgentTimes, AgreedContact, AskedPaid, Assigned,
    CallMark, CallbackRow, CallbackWhy, Complained, DeskAttempt, DeskFile, DueBy, DueKind, LeftAgent,
    NewCallback, PhoneRow, Previewed, PromiseMade, Question, RecordingMarkRow, SupervisionRow, TransferRow,
};
pub use error::{Fault, SchemaFault, StoreError};
pub use gate::{
    Broken, BrokenRow, Corrected, Dial, DialPermit, Expired, Gone, NewEvent, NoDial, Past, PastContact,
    Recorded, Replayed, ReserveRequest, Reserved, RowName, RulesInForce, RulesThen, Said, Same, SealedDay,
    Traced, Verified, VerifiedDay, VerifiedRows, Wrong, WrongRow,
};
pub use heard::{HeardCall, HeardExport, HeardRow, Judged};
pub use house::{
    Access, AccessFilter, AccessLine, ActFilter, CampaignAct, CampaignRow, CampaignState, ExportAct, Kind,
    SavedView, SessionRow, SignInRow, Store, StoreInfo, StorePlan, UserAct, UserChanged, UserDeed, UserRow,
};
pub use identity::{KinRow, LinkRow};
pub use inbound::{Entered, InboundRequest, KnownCaller, StrangerCall, StrangerEnd, StrangerWhy};
pub use list::{
    Candidate, ClaimedContact, ClaimedPhone, Comparison, FillPlan, Filled, ImportRun, ImportSaid,
    ImportedList, Lot, NEEDS_AGENT, Parked, Placement, QueuedCaller, ServiceQueued, ServiceWish, ToAsk,
    ToTell, TriedBefore, UNNAMED, UNSPEAKABLE, WhyNot,
};
pub use outcome::{
    Closed, DisposeRequest, Disposed, FinishRequest, NewPayment, NewReversal, Paid, PromiseTerms,
    PromisesJudged, Rescued, Reversed, TakeBack, Whose,
};
pub use proposal::ProposalRow;
pub use read::{
    AttemptExport, AttemptFilter, AttemptRow, AttemptsLine, BesideRow, CALLS_A_PAGE, CallFilter, CallKeys,
    CallLine, CallPage, ContactFile, CountedAs, DayCalls, DebtFile, Ears, EconomicsFacts, ExperimentLine,
    LedgerRow, LeftOut, OutcomeLine, PaymentRow, Period, PersonFile, PhoneFile, PromiseLine, PromiseRow,
    Reacted, Sharer, View,
};
pub use recording::{HoldChange, RecordingRow};
pub use standing::{ByHand, ConsentRow, DeedRow, HoldRow, Preference, PreferenceRow, Suspended};
pub use tally::TallyFault;
pub use told::{Delivered, Delivery, DeliveryFilter, DeliveryRow, EndpointRow, NextAction};
