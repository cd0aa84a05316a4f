//! The store's faults: each names the act and its ids.

use crate::domain::{AgentId, AttemptId, CampaignId, ContactId, DebtId, PersonId};

pub use super::engine::conn::Fault;
pub use super::engine::schema::SchemaFault;

/// What the store could not do. Verdicts and "not there" are values, not faults.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("writing down who looked into a person's file")]
    Access { source: Fault },
    #[error("keeping what agent {agent} does")]
    Agent { agent: AgentId, source: Fault },
    #[error("assigning the accounts of campaign {campaign}")]
    Assign { campaign: CampaignId, source: Fault },
    #[error("keeping what is said in attempt {attempt}")]
    Desk { attempt: AttemptId, source: Fault },
    #[error("booking a callback of contact {contact}")]
    Callback { contact: ContactId, source: Fault },
    #[error("copying the database")]
    Backup { source: SchemaFault },
    #[error("copying a PostgreSQL database is pg_dump's work")]
    BackupElsewhere,
    #[error("working on a complaint or a dispute")]
    Case { source: Fault },
    #[error("working on changes of the configuration")]
    ConfigChange { source: Fault },
    #[error("changing campaign {campaign}")]
    Campaign { campaign: String, source: Fault },
    #[error("claiming {limit} contacts of campaign {campaign}")]
    Claim { campaign: CampaignId, limit: u32, source: Fault },
    #[error("reading the database's clock")]
    Clock { source: Fault },
    #[error("working on debtors' types")]
    DebtorType { source: Fault },
    #[error("reading a person's file")]
    Explain { source: Fault },
    #[error("exporting attempts after {after}")]
    Export { after: AttemptId, source: Fault },
    #[error("filling campaign {campaign} from debt {from}")]
    Fill { campaign: CampaignId, from: DebtId, source: Fault },
    #[error("finishing attempt {attempt}")]
    Finish { attempt: AttemptId, source: Fault },
    #[error("changing the holds of person {person}")]
    Hold { person: PersonId, source: Fault },
    #[error("making a number of person {person} usable")]
    Phone { person: PersonId, source: Fault },
    #[error("changing who person {person} is")]
    Identity { person: PersonId, source: Fault },
    #[error("importing list {run}")]
    Import { run: i64, source: Fault },
    #[error("working on what the pacing of campaign {campaign} has learned")]
    Lessons { campaign: CampaignId, source: Fault },
    #[error("writing to the ledger")]
    Ledger { source: Fault },
    #[error("telling that node {node} lives")]
    Node { node: String, source: Fault },
    #[error("opening the database")]
    Open { source: Fault },
    #[error("no database at this address: it must begin with sqlite: or postgres:")]
    OpenWhat,
    #[error("working on the outbox")]
    Outbox { source: Fault },
    #[error("recording payment {payment}")]
    Pay { payment: String, source: Fault },
    #[error("replaying decisions")]
    Replay { source: Fault },
    #[error("counting the {report}")]
    Report { report: &'static str, source: Fault },
    #[error("judging the promises of campaign {campaign}")]
    Promises { campaign: CampaignId, source: Fault },
    #[error("taking the name of node {node}")]
    TakeNode { node: String, source: Fault },
    #[error("working on the sums of the reports")]
    Tally { source: Fault },
    #[error("working on proposals")]
    Proposal { source: Fault },
    #[error("working on users")]
    User { source: Fault },
    #[error("rescuing the open attempts of node {node}")]
    Rescue { node: String, source: Fault },
    #[error("reserving a dial for contact {contact}")]
    Reserve { contact: ContactId, source: Fault },
    #[error(transparent)]
    Schema { source: SchemaFault },
    #[error("sealing a day's decisions")]
    Seal { source: Fault },
    #[error("keeping the texts of a configuration")]
    Texts { source: Fault },
    #[error("verifying the decisions of chain {chain}")]
    Verify { chain: i64, source: Fault },
    #[error("waking contacts")]
    Wake { source: Fault },
}

impl StoreError {
    /// Whether the same act may succeed when it is tried again later.
    pub fn may_pass(&self) -> bool {
        let cause = std::error::Error::source(self).and_then(|cause| cause.downcast_ref::<Fault>());
        cause.is_some_and(Fault::may_pass)
    }
}
