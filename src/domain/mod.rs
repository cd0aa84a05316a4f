//! The nouns everyone shares. Floor 0: knows only std, jiff, thiserror and serde.

pub mod agent_id;
pub mod attempt;
pub mod channel;
pub mod codec;
pub mod contact;
pub mod debt;
pub mod debtor;
pub mod disposition;
pub mod final_response;
pub mod grade;
pub mod ids;
pub mod import_row;
pub mod language;
pub mod media_target;
pub mod money;
pub mod name;
pub mod outcome;
pub mod phone;
pub mod utterance;
pub mod verdict;

pub use agent_id::AgentId;
pub use channel::Channel;
pub use codec::Codec;
pub use debt::DebtKind;
pub use debtor::DebtorType;
pub use disposition::Disposition;
pub use grade::Grade;
pub use ids::{AttemptId, CampaignId, ContactId, DebtId, DecisionId, EventId, PersonId};
pub use import_row::ImportRow;
pub use language::Language;
pub use money::{Currency, Money};
pub use name::PersonName;
pub use outcome::{Fault, Outcome};
pub use phone::PhoneNumber;
pub use utterance::{Part, Utterance};
