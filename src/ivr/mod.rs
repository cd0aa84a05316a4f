//! What is said to a debtor and what his keys mean: a checked flow and its interpreter, without IO.
//!
//! In: the text of a flow file ([`read`]), which becomes a [`Flow`] only through [`Flow::check`]; then, call by
//! call, prompt ends, keys and what the detector heard ([`Input`]). Out: what to say, whom to connect, what came
//! of it ([`Output`]). A flow that could tell a debt before the person said who he is cannot be made.

mod check;
mod facts;
mod file;
mod flow;
mod graph;
mod input;
mod joined;
mod lint;
mod mistake;
mod output;
mod phrases;
mod policy;
mod rehearsal;
mod run;
mod step;
mod template;
mod text;
mod wording;

pub use facts::{CallFacts, IdentifiedBy, VoicedName};
pub use file::{FlowFile, Hours, Record, misnamed, read, read_all, schema, unknown_queues};
pub use flow::{Flow, fixed_texts};
pub use graph::{mermaid, picture, svg};
pub use input::Input;
pub use joined::{JoinedSentence, joined_sentences};
pub use lint::{Finding, Gravity, Known, WordList};
pub use mistake::Mistake;
pub use output::{Action, CallAgain, Mark, Output, PromptNo};
pub use policy::Policy;
pub use rehearsal::{Case, CaseFile, Debtor, Reader, Rehearsal};
pub use run::FlowRun;
pub use text::{Text, TextFacts};
