//! Who answers for complaints and disputes on the pages: the house's store. And how loud the overdue ones are.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tracing::{info, warn};

use super::house::House;
use crate::cases::{
    Act, Acted, AngryCall, By, CaseFile, CaseFilter, CaseLine, Deed, NewCase, Number, Refused, Registered,
    TriggerLine,
};
use crate::store::{Period, StoreError};
use crate::web::Dated;

/// The cases, with the clock they are to be read by.
pub async fn list(house: &House, filter: CaseFilter) -> Result<Dated<Vec<CaseLine>>, StoreError> {
    Ok(dated(house, house.store.cases(filter).await?))
}

/// The calls of a week in which something set somebody off.
pub async fn angry(house: &House) -> Result<Dated<Vec<AngryCall>>, StoreError> {
    let week = SignedDuration::from_hours(24 * 7);
    let since = house.clock.wall().checked_sub(week).unwrap_or(Timestamp::UNIX_EPOCH);
    Ok(dated(house, house.store.angry_calls(since).await?))
}

/// One case; who opens a person's file is written down first.
pub async fn file(house: &House, number: Number, who: &str) -> Result<Option<Dated<CaseFile>>, StoreError> {
    let Some(file) = house.store.case_file(number).await? else { return Ok(None) };
    if let Some(person) = file.person {
        house.store.note_access(person, who, &format!("case {number}: opened"), house.clock.wall()).await?;
    }
    Ok(Some(dated(house, file)))
}

pub(super) fn dated<T>(house: &House, it: T) -> Dated<T> {
    Dated { now: house.clock.wall(), zone: house.plans.load().config.cases.zone.clone(), it }
}

/// Registers a case; one without a moment, [`Timestamp::MAX`], came now.
pub async fn register(house: &House, case: NewCase, who: String) -> Result<Registered, StoreError> {
    let now = house.clock.wall();
    let received = Some(case.received).filter(|at| *at != Timestamp::MAX).unwrap_or(now);
    let case = NewCase { received, ..case };
    let registered = house.store.register_case(case, who, now).await?;
    if let Registered::New { number, held } = registered {
        info!(%number, held, "a case was registered");
    }
    Ok(registered)
}

/// Does what was clicked.
pub async fn act(house: &House, number: Number, deed: Deed, who: String) -> Result<Acted, StoreError> {
    if let Act::Take { owner } = &deed.act
        && !house.store.works_cases(owner).await?
    {
        return Ok(Acted::Refused(Refused::NobodyWorksSo));
    }
    let code = deed.act.code().code();
    let acted = house.store.act_on_case(number, deed, who.clone(), house.clock.wall()).await?;
    if let Acted::Done(state) = acted {
        info!(%number, act = code, state = state.code(), who, "an act on a case");
    }
    Ok(acted)
}

/// What set people off in so many days.
pub async fn triggers(house: &House, by: By, days: u16) -> Result<Vec<TriggerLine>, StoreError> {
    let to = house.clock.wall();
    let from =
        to.checked_sub(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::UNIX_EPOCH);
    house.store.trigger_report(by, Period { from, to }).await
}

/// Tells how many cases are open and overdue, and warns each time that more are overdue than before.
///
/// # Errors
/// When the store fails; the next round goes on.
pub async fn tell(house: &Arc<House>, overdue_before: &mut u64) -> anyhow::Result<()> {
    let (open, overdue) = house.store.open_cases(house.clock.wall()).await?;
    house.metrics.cases(open, overdue);
    house.metrics.creditors_late(house.store.creditors_late(house.clock.wall()).await?);
    if overdue > *overdue_before {
        warn!(overdue, open, "complaints or disputes are overdue: obzvon complaints shows them first");
    }
    *overdue_before = overdue;
    Ok(())
}
