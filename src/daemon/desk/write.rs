//! A call is written up: what follows is decided by the core and written in one transaction.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tracing::info;

use super::House;
use super::act::called;
use super::subject::Subject;
use super::view::bounds;
use crate::agents::Input;
use crate::campaign::{
    Flag, Form, FormNo, PromiseForm, RetryClass, Talk, Tried, check_promise, follow, talk_kind,
};
use crate::config::Config;
use crate::daemon::floor::Hand;
use crate::daemon::house::Plans;
use crate::daemon::law::Law;
use crate::domain::{AgentId, AttemptId, Outcome};
use crate::import::cell;
use crate::rules::{Called, PhoneKey};
use crate::store::{DisposeRequest, Disposed, StoreError};
use crate::web::{DeskAnswer, PromiseAsked, Written};

/// How long a call that is over for its agent may take to be over on the wire and written down.
const CLOSING: Duration = Duration::from_secs(4);
const LOOK: Duration = Duration::from_millis(50);

/// Whether a promise would be taken.
///
/// # Errors
/// When the store fails.
pub(super) async fn check(
    house: &House,
    agent: &AgentId,
    asked: &PromiseAsked,
) -> Result<DeskAnswer, StoreError> {
    let Some((_, subject)) = called(house, agent).await? else { return Ok(DeskAnswer::NoCall) };
    // Each refusal tells of the debt: that it is open, how much, since when.
    if !subject.identified {
        return Ok(DeskAnswer::IdentityFirst);
    }
    let Some(promise) = read(asked, &subject) else { return Ok(DeskAnswer::Amount) };
    let plans = house.plans.load_full();
    let Some(bounds) = bounds(&plans.config, house.clock.wall(), &subject) else {
        return Ok(DeskAnswer::NoCampaign);
    };
    let no = check_promise(promise, &bounds);
    if no.is_empty() {
        return Ok(DeskAnswer::Done);
    }
    Ok(DeskAnswer::Form(no.into_iter().map(FormNo::Promise).collect()))
}

/// Writes the agent's call up, and lets him go on.
///
/// # Errors
/// When the store fails: nothing is written then.
pub(super) async fn dispose(
    house: &Arc<House>,
    agent: &AgentId,
    written: Written,
) -> Result<DeskAnswer, StoreError> {
    let attempt = match house.floor.hand_of(agent) {
        Some((attempt, Hand::Writes)) => attempt,
        Some((_, Hand::First | Hand::Second)) => return Ok(DeskAnswer::CallIsOn),
        Some((_, Hand::Left)) => return Ok(DeskAnswer::NotYours),
        Some((_, Hand::Expects)) | None => return Ok(DeskAnswer::NoCall),
    };
    let Some(subject) = closed(house, agent, attempt).await? else { return Ok(DeskAnswer::CallIsOn) };
    if let Some(note) = &written.note {
        house.store.keep_note(attempt, agent, (note.as_str(), None), house.clock.wall()).await?;
    }
    let plans = house.plans.load_full();
    let callback = callback(&subject, &written);
    let lawful = match callback {
        // Instead of a time that has passed the next one is named.
        Some(due) => {
            let from = due.max(house.clock.wall());
            lawful_from(house, &plans, (&subject, &written.code), from).await?
        }
        None => None,
    };
    let by = (agent, attempt);
    let request = match request(house, &plans.config, by, &subject, (&written, callback, lawful)) {
        Ok(request) => request,
        Err(no) => {
            if no == DeskAnswer::NoCampaign {
                // Nobody can write it any more: he is not to wait for that.
                house.floor.excuse_agent(agent, attempt);
            }
            return Ok(no);
        }
    };
    match house.store.dispose(request, house.clock.wall()).await? {
        Disposed::Now => {}
        // Written, and he did not hear of it: he goes on all the same.
        Disposed::Before => {
            go_on(house, agent, attempt, written.ready);
            return Ok(DeskAnswer::WrittenBefore);
        }
        Disposed::Open => return Ok(DeskAnswer::CallIsOn),
        Disposed::NoAttempt => {
            house.floor.excuse_agent(agent, attempt);
            return Ok(DeskAnswer::NoCall);
        }
    }
    info!(%attempt, %agent, code = written.code, "a call was written up");
    house.desks.count_anew().await;
    go_on(house, agent, attempt, written.ready);
    Ok(DeskAnswer::Done)
}

/// The call's file once its end is written down; `None`: it is not.
async fn closed(house: &House, agent: &AgentId, attempt: AttemptId) -> Result<Option<Subject>, StoreError> {
    let patience = house.clock.now() + CLOSING;
    loop {
        let found = called(house, agent).await?.filter(|(of, _)| *of == attempt);
        let over = found
            .filter(|(_, subject)| subject.file.attempt.as_ref().is_some_and(|call| call.outcome.is_some()));
        if let Some((_, subject)) = over {
            return Ok(Some(subject));
        }
        if house.clock.now() >= patience {
            return Ok(None);
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn read(asked: &PromiseAsked, subject: &Subject) -> Option<PromiseForm> {
    let currency = subject.file.contact.amount.currency;
    let amount = cell::money(&asked.amount, currency).ok()?;
    Some(PromiseForm { on: asked.on, amount })
}

/// When the agent has agreed to call again.
fn callback(subject: &Subject, written: &Written) -> Option<Timestamp> {
    let at = written.callback?.to_zoned_datetime(subject.zone()).ok()?;
    Some(at.timestamp())
}

/// From when on, at or after `due`, the rules and the campaign let him be called once the talk is written up as `code`: that
/// may make of it a conversation, which the ledger does not call it yet.
async fn lawful_from(
    house: &House,
    plans: &Plans,
    (subject, code): (&Subject, &str),
    due: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let (file, contact) = (&subject.file, &subject.file.contact);
    let (Some(plan), Some(call)) = (plans.config.campaign(&file.campaign), &file.attempt) else {
        return Ok(None);
    };
    let law = Law::of(house, (plans, plan), contact, &call.phone).await?;
    let kind = talk_kind(&plans.config.desk.dispositions, code, subject.identified);
    let (Some(law), Some(attempt), Some(kind)) = (law, subject.attempt, kind) else { return Ok(None) };
    Ok(law.once_over(attempt, &[kind], house.clock.wall()).from(due))
}

fn request(
    house: &House,
    config: &Config,
    (agent, attempt): (&AgentId, AttemptId),
    subject: &Subject,
    (written, callback, lawful): (&Written, Option<Timestamp>, Option<Timestamp>),
) -> Result<DisposeRequest, DeskAnswer> {
    let now = house.clock.wall();
    let (file, contact) = (&subject.file, &subject.file.contact);
    let (Some(plan), Some(call)) = (config.campaign(&file.campaign), &file.attempt) else {
        return Err(DeskAnswer::NoCampaign);
    };
    // What only the debtor himself can do wants his word who he is; a refused promise would tell what he owes.
    let kind = config.desk.dispositions.kind(&written.code);
    if !subject.identified && kind.is_some_and(|kind| kind.has(Flag::RightParty)) {
        return Err(DeskAnswer::IdentityFirst);
    }
    let promise = match &written.promise {
        Some(asked) => Some(read(asked, subject).ok_or(DeskAnswer::Amount)?),
        None => None,
    };
    let form = Form {
        code: written.code.clone(),
        promise,
        callback,
        callback_is_mine: written.callback_is_mine,
        reason: written.reason.as_deref().map(Arc::from),
        debtor_type: written.debtor_type,
    };
    let began: Vec<_> = contact.before.iter().map(|before| before.began).collect();
    let class = RetryClass::of(Outcome::Answered, None);
    let same = contact.before.iter().filter(|b| RetryClass::of(b.outcome, b.disposition) == class).count();
    let small = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
    let talk = Talk {
        attempt,
        plan,
        called: Called { person: contact.person, phone: PhoneKey::from(&call.phone), debt: contact.debt },
        identified: subject.identified,
        bounds: bounds(config, now, subject).ok_or(DeskAnswer::NoCampaign)?,
        zones: &subject.zones,
        lawful,
        tried: Tried {
            outcome: Outcome::Answered,
            disposition: None,
            total: small(began.len().max(1)),
            of_class: small(same.max(1)),
            began: &began,
            other_phone: contact.phones.iter().any(|phone| phone.usable && phone.number != call.phone),
        },
    };
    let mut follows = follow(&config.desk.dispositions, &form, &talk, now).map_err(DeskAnswer::Form)?;
    // What was said in the call itself.
    if call.complained && !follows.complaint {
        follows.asks.push("complaint".to_owned());
    }
    Ok(DisposeRequest {
        attempt,
        agent: agent.clone(),
        code: written.code.clone(),
        follows,
        reason: written.reason.clone(),
        callback_is_mine: written.callback_is_mine,
        late: house.floor.ran_out(agent),
    })
}

/// The floor learns that the call is written up; what it refuses now comes by itself.
fn go_on(house: &House, agent: &AgentId, attempt: AttemptId, ready: bool) {
    let reservation = house.floor.reservation_of(agent, attempt);
    if let Some(no) = reservation {
        // Who says that he is ready has thought better of going home.
        if ready {
            house.floor.tell(agent, Input::LogIn).ok();
        }
        house.floor.tell(agent, Input::Disposed(no)).ok();
        if ready {
            house.floor.tell(agent, Input::Ready).ok();
        }
    }
}
