//! What is done at a desk.

use std::sync::Arc;

use tracing::info;

use super::House;
use super::preview::decide;
use super::subject::{Subject, subject};
use super::write::{check, dispose};
use crate::agents::{Input, Refusal};
use crate::call::{Desk as Wish, Seat, Whom, WishNo};
use crate::daemon::floor::{Hand, try_phone};
use crate::domain::{AgentId, AttemptId, Stage};
use crate::store::{AskedPaid, CallMark, Complained, StoreError};
use crate::web::{DeskAct, DeskAnswer, DeskDeed, Turn};

/// Does it, or says why not.
///
/// # Errors
/// When the store fails.
pub async fn act(house: &Arc<House>, deed: DeskDeed) -> Result<DeskAnswer, StoreError> {
    let Some(agent) = AgentId::parse(&deed.agent) else { return Ok(DeskAnswer::NoDesk) };
    if house.floor.state(&agent).is_none() {
        return Ok(DeskAnswer::NoDesk);
    }
    if deed.attempt.is_some() && deed.attempt != house.floor.call_of(&agent) {
        return Ok(DeskAnswer::OtherCall);
    }
    match deed.act {
        DeskAct::Turn(turn) => return Ok(turned(house, &agent, turn)),
        DeskAct::Preview(decided) => return Ok(decide(house, &agent, decided).await),
        DeskAct::Call(wish) => return call(house, &agent, wish).await,
        DeskAct::Identify => return identify(house, &agent).await,
        DeskAct::Check(asked) => return check(house, &agent, &asked).await,
        DeskAct::Dispose(written) => return dispose(house, &agent, *written).await,
        DeskAct::AskPaid | DeskAct::Note { .. } | DeskAct::Complain(_) => {}
        DeskAct::Objection(_) | DeskAct::Stage(_) | DeskAct::Trigger => {}
    }
    let Some((attempt, subject)) = called(house, &agent).await? else { return Ok(DeskAnswer::NoCall) };
    let now = house.clock.wall();
    // Whoever has heard it may complain of it and mark it; the rest is his who has the call.
    let anybodys = matches!(deed.act, DeskAct::Complain(_) | DeskAct::Trigger);
    if !anybodys && !has_in_hand(house, &agent) {
        return Ok(DeskAnswer::NotYours);
    }
    match deed.act {
        DeskAct::Note { text, was } => {
            if !house.store.keep_note(attempt, &agent, (text.as_str(), was), now).await? {
                return Ok(DeskAnswer::NoteChanged);
            }
            // His other windows show it.
            house.desks.tell(&agent, "note", &serde_json::json!({ "attempt": attempt }));
        }
        DeskAct::AskPaid if !subject.identified => return Ok(DeskAnswer::IdentityFirst),
        DeskAct::AskPaid => return ask_paid(house, &agent, attempt).await,
        DeskAct::Complain(text) => return complain(house, &agent, attempt, &text).await,
        DeskAct::Trigger => {
            house.store.keep_mark(attempt, &agent, (CallMark::Trigger, "conflict"), now).await?;
        }
        DeskAct::Objection(code) => {
            let known = house.plans.load().config.desk.script.objections.iter().any(|one| *one.code == *code);
            if !known {
                return Ok(DeskAnswer::NoSuchCode);
            }
            if !subject.identified {
                return Ok(DeskAnswer::IdentityFirst);
            }
            house.store.keep_mark(attempt, &agent, (CallMark::Objection, &code), now).await?;
        }
        DeskAct::Stage(code) => {
            let Some(stage) = Stage::parse(&code) else { return Ok(DeskAnswer::NoSuchCode) };
            // Nothing is asked of a stranger: the call's file is not to say so.
            if stage != Stage::Contact && !subject.identified {
                return Ok(DeskAnswer::IdentityFirst);
            }
            house.store.keep_mark(attempt, &agent, (CallMark::Stage, &code), now).await?;
        }
        DeskAct::Turn(_) | DeskAct::Preview(_) | DeskAct::Call(_) | DeskAct::Identify => {}
        DeskAct::Check(_) | DeskAct::Dispose(_) => {}
    }
    Ok(DeskAnswer::Done)
}

/// The call the desk is about, with its file.
pub(super) async fn called(
    house: &House,
    agent: &AgentId,
) -> Result<Option<(AttemptId, Subject)>, StoreError> {
    let subject = subject(house, agent).await?;
    Ok(subject.and_then(|subject| Some((subject.attempt?, subject))))
}

fn turned(house: &Arc<House>, agent: &AgentId, turn: Turn) -> DeskAnswer {
    let input = match turn {
        Turn::Away(code) => Input::Away { code: code.into() },
        Turn::LoggedIn => Input::LogIn,
        Turn::LoggedOut => Input::LogOut,
        Turn::Ready => Input::Ready,
    };
    let wants_calls = input == Input::Ready;
    match house.floor.tell(agent, input) {
        Ok(()) => {
            if wants_calls {
                try_phone(house, agent);
            }
            DeskAnswer::Done
        }
        Err(refusal) => DeskAnswer::State(code(refusal)),
    }
}

fn code(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::DispositionFirst => "disposition_first",
        Refusal::NoSuchAgent => "no_such_agent",
        Refusal::NoSuchPause => "no_such_pause",
        Refusal::NotLoggedIn => "not_logged_in",
        Refusal::NotNow => "not_now",
        Refusal::Stale => "stale",
    }
}

/// He talks with the debtor, is about to, or writes the talk up: not who is asked beside, nor who has handed the call on.
pub(super) fn has_in_hand(house: &House, agent: &AgentId) -> bool {
    let hand = house.floor.hand_of(agent);
    hand.is_some_and(|(_, hand)| matches!(hand, Hand::Expects | Hand::First | Hand::Writes))
}

async fn call(house: &House, agent: &AgentId, wish: Wish) -> Result<DeskAnswer, StoreError> {
    let (attempt, seat) = match house.floor.hand_of(agent) {
        Some((attempt, Hand::First)) => (attempt, Seat::First),
        Some((attempt, Hand::Second)) => (attempt, Seat::Second),
        Some((_, Hand::Expects)) => return Ok(DeskAnswer::Wish(WishNo::NotNow)),
        // The call that he writes up, or has handed on, is no longer his to turn.
        Some((_, Hand::Left | Hand::Writes)) | None => return Ok(DeskAnswer::NoCall),
    };
    if let Wish::Consult(Whom::Outside(number)) | Wish::Transfer(Whom::Outside(number)) = &wish
        && house.store.is_a_debtors(number).await?
    {
        return Ok(DeskAnswer::Wish(WishNo::NumberRefused));
    }
    Ok(match house.live.ask(attempt, seat, wish).await {
        Some(Ok(())) => DeskAnswer::Done,
        Some(Err(why)) => DeskAnswer::Wish(why),
        None => DeskAnswer::NoCall,
    })
}

/// The debtor has said who he is: from now on the desk shows what he owes.
async fn identify(house: &House, agent: &AgentId) -> Result<DeskAnswer, StoreError> {
    let Some((attempt, subject)) = called(house, agent).await? else { return Ok(DeskAnswer::NoCall) };
    match house.floor.hand_of(agent) {
        Some((_, Hand::First | Hand::Writes)) => {}
        Some((_, Hand::Expects)) => return Ok(DeskAnswer::Wish(WishNo::NotNow)),
        Some((_, Hand::Left | Hand::Second)) | None => return Ok(DeskAnswer::NotYours),
    }
    // What was written went by what was known of him then.
    if subject.file.attempt.as_ref().is_some_and(|call| call.written.is_some()) {
        return Ok(DeskAnswer::WrittenBefore);
    }
    if subject.identified {
        return Ok(DeskAnswer::Done);
    }
    let mark = (CallMark::Identity, "asked");
    house.store.keep_mark(attempt, agent, mark, house.clock.wall()).await?;
    // A call that is up tells it itself.
    if !house.live.desk(attempt, Wish::Identified) {
        house.desks.tell(agent, "identified", &serde_json::json!({ "attempt": attempt }));
    }
    Ok(DeskAnswer::Done)
}

/// He says that he has paid, and we know of no such money: his creditor is asked.
async fn ask_paid(house: &House, agent: &AgentId, attempt: AttemptId) -> Result<DeskAnswer, StoreError> {
    match house.store.ask_paid(attempt, agent, house.clock.wall()).await? {
        AskedPaid::Now(case) => {
            info!(%attempt, %agent, %case, "a creditor is asked whether a debt was paid");
            Ok(DeskAnswer::Done)
        }
        AskedPaid::Before => Ok(DeskAnswer::Done),
        AskedPaid::NothingOwed => Ok(DeskAnswer::NothingOwed),
        AskedPaid::NoAttempt => Ok(DeskAnswer::NoCall),
    }
}

async fn complain(
    house: &House,
    agent: &AgentId,
    attempt: AttemptId,
    text: &str,
) -> Result<DeskAnswer, StoreError> {
    match house.store.complain(attempt, agent, text, house.clock.wall()).await? {
        Complained::Now => {
            info!(%attempt, %agent, "a complaint was opened");
            Ok(DeskAnswer::Done)
        }
        Complained::Before => Ok(DeskAnswer::Done),
        Complained::NoAttempt => Ok(DeskAnswer::NoCall),
    }
}
