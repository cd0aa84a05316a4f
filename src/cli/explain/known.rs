//! What is read of a person before he is explained: his files, what stands about him, the rules of then, and who is at work.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::config::Config;
use crate::domain::{AgentId, ContactId, PersonId};
use crate::store::{CallbackRow, ConsentRow, ContactFile, HeardCall, HoldRow, PersonFile, RulesThen, Store};

/// What an explanation rests on beside the files.
#[derive(Default)]
pub struct Known {
    /// Holds and consents by person.
    pub standing: BTreeMap<PersonId, (Vec<HoldRow>, Vec<ConsentRow>)>,
    /// What campaigns went by at the time asked for, by name.
    pub then: BTreeMap<String, RulesThen>,
    /// The calls agreed that are to come, by contact.
    pub agreed: BTreeMap<ContactId, CallbackRow>,
    /// What was heard of the last calls, by person.
    pub heard: BTreeMap<PersonId, Vec<HeardCall>>,
    /// The agents at work, and what each does.
    pub at_work: BTreeMap<AgentId, String>,
}

/// The files of whoever has the id or number, and what else is known now, or the rules as they were at `at`.
pub async fn read(
    config: &Config,
    store: &Store,
    person: &str,
    (at, now): (Option<Timestamp>, Timestamp),
) -> anyhow::Result<(Vec<PersonFile>, Known)> {
    let files = store.person_files(person).await?;
    let mut known = Known::default();
    let agents = config.agents.plan.agents.keys().cloned().collect();
    known.at_work = store.at_work(agents, now).await?;
    for file in &files {
        known.standing.insert(file.id, (store.holds(file.id).await?, store.consents(file.id).await?));
        known.agreed.extend(store.callbacks_of(file.id).await?.into_iter().map(|call| (call.contact, call)));
        let last = (CALLS, at.unwrap_or(now));
        known.heard.insert(file.id, store.heard_of_person(file.id, last).await?);
        let Some(at) = at else { continue };
        for ContactFile { campaign, .. } in &file.contacts {
            if let Some(rules) = store.rules_at(campaign, at).await? {
                known.then.insert(campaign.clone(), rules);
            }
        }
    }
    Ok((files, known))
}

/// Calls of which it is told what was heard.
const CALLS: i64 = 3;
