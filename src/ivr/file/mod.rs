//! A flow as it is written: the shape of `config/flows/*.yaml`, before any check of its sense.

mod key_goes;
mod place;
mod reactions;
mod read;
mod span;
mod writing;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

pub use key_goes::KeyGoesFile;
pub use place::{misnamed, unknown_queues};
pub use reactions::ReactionsFile;
pub use read::{read, read_all, schema};
pub use span::{Days, Wait};
pub(super) use writing::told_of;

use crate::domain::{Disposition, Language, Notice};

/// One wording for each language the flow speaks. Slots stand in double braces: `{{ debt.amount | money }}`.
/// A text that is a single word ending in `.wav` names a sound file.
pub type Texts = BTreeMap<Language, String>;

/// A flow file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FlowFile {
    /// The flow's name; campaigns call it by this.
    pub flow: String,
    /// Counted up with every change; results carry `flow@version`.
    pub version: u32,
    /// The languages every text is written in; the first serves debtors of any other.
    pub languages: Vec<Language>,
    #[serde(default)]
    pub hours: Hours,
    #[serde(default)]
    pub defaults: Defaults,
    /// The step a call begins with.
    #[schemars(with = "String")]
    pub start: Spanned<String>,
    #[schemars(with = "BTreeMap<String, StepFile>")]
    pub steps: BTreeMap<String, Spanned<StepFile>>,
    /// What is left on an answering machine. Neither `debt.*` nor the creditor may be named.
    #[schemars(with = "Option<VoicemailFile>")]
    pub voicemail: Option<Spanned<VoicemailFile>>,
}

/// When the flow may run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Hours {
    /// Whenever the person called us.
    Any,
    /// In the campaign's windows only.
    #[default]
    Campaign,
}

/// When the call is recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// From the moment the notice was heard to its end.
    #[default]
    AfterNotice,
    Never,
}

/// What holds where a step says nothing else.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Defaults {
    /// How long to wait for a key after a question, 1 s to 60 s.
    pub wait: Wait,
    /// How often a question is asked in all, 1 to 5.
    pub tries: u8,
    /// Whether a key may stop what is said.
    pub barge_in: bool,
    pub record: Record,
    /// How long a run may last in all, up to 30 min.
    pub limit: Wait,
}

impl Default for Defaults {
    fn default() -> Self {
        Self {
            wait: Wait::from_secs(6),
            tries: 2,
            barge_in: true,
            record: Record::AfterNotice,
            limit: Wait::from_secs(300),
        }
    }
}

/// One step. It says, asks, connects, or only passes on; on entry it first marks, acts and sets its outcome.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StepFile {
    pub say: Option<Texts>,
    /// A question, answered by one of `keys` or by `digits`.
    pub ask: Option<Texts>,
    /// The wording of `say` or `ask` when the name cannot be spoken; needed wherever `debtor.name` stands.
    pub without_name: Option<Texts>,
    /// What of the duties this step's text tells. A notice is never skippable.
    pub notice: Vec<Notice>,
    pub barge_in: Option<bool>,
    /// Needed on every step that reads `debt.*`: the person has said that he is the debtor.
    pub requires: Option<MarkWord>,
    pub mark: Option<MarkWord>,
    /// Keys `0` to `9`, `*` and `#` and where each leads.
    pub keys: BTreeMap<String, KeyGoesFile>,
    /// A number to be entered.
    pub digits: Option<DigitsFile>,
    /// Reads the number entered back: key 1 confirms, key 2 enters it again.
    pub confirm: Option<Texts>,
    pub tries: Option<u8>,
    pub wait: Option<Wait>,
    /// What happens when no key comes, by the count of it; `else` when the tries are used up.
    pub no_input: Option<ReactionsFile>,
    /// What happens on a key that means nothing here.
    pub no_match: Option<ReactionsFile>,
    /// The step when the tries are used up, for silence and wrong keys alike. With `digits` it may be left out:
    /// then `then` follows, without the outcome.
    #[serde(rename = "else")]
    pub otherwise: Option<String>,
    pub connect: Option<ConnectFile>,
    /// The step when nobody is free.
    pub no_agent: Option<String>,
    #[serde(rename = "do")]
    pub acts: Option<ActsFile>,
    /// Set on entry; with `digits`, once the number is confirmed.
    pub outcome: Option<Disposition>,
    /// The next step, or `hangup`.
    pub then: Option<String>,
}

/// A fact that a step sets or needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MarkWord {
    /// The person has said by a key that he is the debtor.
    RightParty,
}

/// A number the debtor enters.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DigitsFile {
    /// Fewest digits.
    pub min: u8,
    /// Most digits, 2 at most.
    pub max: u8,
    /// The key that ends it early.
    pub end: Option<String>,
    #[serde(rename = "as")]
    pub meaning: Meaning,
    /// With `day_of_month`: how far the day may be off.
    pub within: Option<Days>,
    /// With `hour`: the first and the last hour that may be chosen.
    pub between: Option<[u8; 2]>,
}

/// What a number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// The nearest such day from today on.
    DayOfMonth,
    /// The next time it is this hour.
    Hour,
}

/// A transfer to a person.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectFile {
    pub queue: String,
    /// How long the debtor may wait, up to 120 s.
    pub wait: Wait,
    /// The sound to play meanwhile.
    pub music: Option<String>,
}

/// Acts for other parts of the system.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActsFile {
    /// Send the SMS of this template.
    pub sms: Option<String>,
    pub complaint: Option<ComplaintWord>,
    pub schedule_call: Option<CallAgainWord>,
}

/// What to do about a complaint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ComplaintWord {
    Open,
}

/// When to call again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallAgainWord {
    /// At the hour entered in this step.
    Input,
    /// As soon as the rules permit.
    NextWindow,
}

/// The voicemail part.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VoicemailFile {
    #[serde(default = "yes")]
    pub enabled: bool,
    pub say: Texts,
    pub without_name: Option<Texts>,
    /// How long the greeting is waited out before we hang up.
    #[serde(default = "greeting_limit")]
    pub wait: Wait,
    #[serde(default = "voicemail_left")]
    pub outcome: Disposition,
}

fn yes() -> bool {
    true
}

fn greeting_limit() -> Wait {
    Wait::from_secs(40)
}

fn voicemail_left() -> Disposition {
    Disposition::VoicemailLeft
}
