//! What a desk shows, as the daemon hands it in. What tells of the debt is absent until it is known who is speaking.

use serde::Serialize;

/// An agent's desk.
#[derive(Debug, Clone, Serialize)]
pub struct DeskView {
    pub agent: String,
    /// His name on screens.
    pub display: String,
    pub state: StateView,
    pub pauses: Vec<PauseView>,
    /// His sound is in this page, not a telephone's.
    pub browser_sound: bool,
    /// His telephone was picked up and nothing came from it.
    pub phone_unheard: bool,
    /// Whom he talks with, is to talk with, or writes up.
    pub call: Option<CallView>,
    /// The call is one that he is to decide about; until when, in milliseconds since 1970 UTC.
    pub preview_ends_ms: Option<i64>,
    /// Whom a call may be handed to.
    pub targets: Vec<TargetView>,
    pub own: DayView,
    /// All agents together.
    pub team: DayView,
    /// Agents who had a talk today.
    pub team_size: u64,
}

/// What he does now.
#[derive(Debug, Clone, Serialize)]
pub struct StateView {
    /// `ready`, `talking`, `wrap_up` and so on.
    pub code: &'static str,
    pub pause: Option<String>,
    /// Milliseconds since 1970 UTC.
    pub since_ms: i64,
    /// When its time is over, where it has a limit.
    pub ends_ms: Option<i64>,
    /// The wrap-up's time is over.
    pub late: bool,
    /// What he turns to once the call is written up: `logged_out`, or a pause; absent: to the next call.
    pub then: Option<String>,
}

/// A pause he may choose.
#[derive(Debug, Clone, Serialize)]
pub struct PauseView {
    pub code: String,
    pub limit_s: Option<u64>,
    pub billable: bool,
}

/// Somebody or some queue that may take a call over.
#[derive(Debug, Clone, Serialize)]
pub struct TargetView {
    /// `agent:LOGIN`, `queue:NAME`, or `number:+E164`.
    pub to: String,
    pub name: String,
    /// Ready now.
    pub free: bool,
}

/// What was brought today.
#[derive(Debug, Clone, Default, Serialize)]
pub struct DayView {
    pub talks: u64,
    pub talking_s: u64,
    pub written: u64,
    pub promises: u64,
    /// What was promised, in words, by currency.
    pub promised: Vec<String>,
}

/// Somebody on the line, or about to be.
#[derive(Debug, Clone, Serialize)]
pub struct CallView {
    /// Absent while nothing is dialled yet.
    pub attempt: Option<i64>,
    pub contact: i64,
    /// The call is up.
    pub live: bool,
    /// How the agent stands to it: `expects`, `first`, `second`, `writes`, or `left` where it is a colleague's now.
    pub hand: &'static str,
    /// Its name may tell of the debt: absent until it is known who is speaking.
    pub campaign: Option<String>,
    pub name: String,
    /// All but its last digits hidden.
    pub phone: String,
    pub language: &'static str,
    /// His own clock, `14:05`.
    pub local_time: String,
    pub place: Option<String>,
    /// It is known that the debtor himself is speaking.
    pub identified: bool,
    /// The recording is silent now, for card data.
    pub silenced: bool,
    /// The agent has muted himself.
    pub muted: bool,
    pub limits: Vec<LimitView>,
    pub debt: Option<DebtView>,
    pub stages: Vec<StageView>,
    /// Empty until it is known who is speaking, as are the reasons and the types.
    pub objections: Vec<ObjectionView>,
    /// Those of the debtor himself once it is known that it is he.
    pub kinds: Vec<KindView>,
    pub reasons: Vec<ChoiceView>,
    pub types: Vec<ChoiceView>,
    pub note: String,
    pub complained: bool,
    pub triggered: bool,
    /// The disposition it has already: the house's code.
    pub written: Option<String>,
}

impl CallView {
    /// A colleague has it.
    pub fn is_a_colleagues(&self) -> bool {
        matches!(self.hand, "left" | "second")
    }
}

/// A limit of the rules and how much of it is used.
#[derive(Debug, Clone, Serialize)]
pub struct LimitView {
    pub text: String,
    /// What it counts.
    pub counts: String,
    /// Another contact would be within it.
    pub passes: bool,
}

/// What is owed.
#[derive(Debug, Clone, Serialize)]
pub struct DebtView {
    pub creditor: String,
    /// The creditor's own people, to whom the call may be handed.
    pub hotline: Option<TargetView>,
    /// In words.
    pub kind: String,
    pub kind_code: &'static str,
    pub days_overdue: i32,
    /// What is still owed, in words.
    pub owed: String,
    /// The same as a plain number, such as `1234.50`.
    pub owed_plain: String,
    pub due: String,
    pub debtor_type: &'static str,
    /// The debt is open: it has not been paid meanwhile.
    pub open: bool,
    /// The debtor's own date, and the last one a promise may name (ISO 8601).
    pub today: String,
    pub promise_last: String,
    /// The least sum of a promise, in words.
    pub promise_least: String,
    pub promises: Vec<PromiseView>,
    /// What was paid on it, the newest first.
    pub payments: Vec<PaymentView>,
    /// What the creditor was asked last about it.
    pub question: Option<QuestionView>,
    /// Nobody waits for his word that it was paid: he may be asked.
    pub may_ask_paid: bool,
    /// The newest first.
    pub contacts: Vec<ContactLine>,
}

/// A question to the creditor.
#[derive(Debug, Clone, Serialize)]
pub struct QuestionView {
    /// The case's number.
    pub case: String,
    /// `paid`, or `owed`.
    pub about: &'static str,
    /// On the debtor's clock.
    pub asked: String,
    /// Some system of his was sent it.
    pub told: bool,
    /// The last day for his answer.
    pub answer_by: Option<String>,
    /// `owed` or `not_owed`, once he has answered.
    pub answer: Option<&'static str>,
    /// When, on the debtor's clock.
    pub answered: Option<String>,
}

/// A payment on the debt.
#[derive(Debug, Clone, Serialize)]
pub struct PaymentView {
    pub on: String,
    pub amount: String,
}

/// An earlier promise.
#[derive(Debug, Clone, Serialize)]
pub struct PromiseView {
    pub on: String,
    pub amount: String,
    /// `open`, `kept`, `broken` or `void`.
    pub state: String,
}

/// An earlier contact.
#[derive(Debug, Clone, Serialize)]
pub struct ContactLine {
    /// On the debtor's clock.
    pub at: String,
    pub channel: String,
    pub reaction: String,
}

/// A stage of the script.
#[derive(Debug, Clone, Serialize)]
pub struct StageView {
    pub code: &'static str,
    /// Absent behind the first stage while nobody is identified.
    pub text: Option<String>,
    pub done: bool,
}

/// Something debtors say.
#[derive(Debug, Clone, Serialize)]
pub struct ObjectionView {
    pub code: String,
    pub label: String,
    pub answer: Option<String>,
    pub used: bool,
}

/// A disposition he may choose.
#[derive(Debug, Clone, Serialize)]
pub struct KindView {
    pub code: String,
    pub label: String,
    pub key: Option<u8>,
    /// A day and a sum are wanted.
    pub promise: bool,
    /// A time is wanted.
    pub callback: bool,
    /// Only the debtor himself can do that.
    pub right_party: bool,
}

/// One of several.
#[derive(Debug, Clone, Serialize)]
pub struct ChoiceView {
    pub code: String,
    pub label: String,
}
