//! Whom a desk is about now.

use std::time::Instant;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::House;
use crate::domain::{AgentId, AttemptId};
use crate::store::{ClaimedContact, DeskFile, StoreError};

/// The contact on the line, about to be called, or to be written up.
#[derive(Debug)]
pub(super) struct Subject {
    pub file: DeskFile,
    pub attempt: Option<AttemptId>,
    /// The call is up.
    pub live: bool,
    /// The debtor has said who he is.
    pub identified: bool,
    /// The call's recording is silent now.
    pub silenced: bool,
    /// Where he may be, as clocks.
    pub zones: Vec<TimeZone>,
}

impl Subject {
    /// The debtor's first clock.
    pub fn zone(&self) -> TimeZone {
        self.zones.first().cloned().unwrap_or(TimeZone::UTC)
    }

    pub fn today(&self, now: Timestamp) -> jiff::civil::Date {
        now.to_zoned_datetime(self.zone()).date()
    }
}

/// Finds it; `None`: nobody.
pub(super) async fn subject(house: &House, agent: &AgentId) -> Result<Option<Subject>, StoreError> {
    let (attempt, contact) = house.floor.subject(agent);
    let contact = match (contact, attempt) {
        (Some(contact), _) => Some(contact),
        (None, Some(attempt)) => house.store.contact_of(attempt).await?,
        (None, None) => None,
    };
    let Some(contact) = contact else { return Ok(None) };
    let Some(file) = house.store.desk_file(contact, attempt).await? else { return Ok(None) };
    let live = attempt.and_then(|attempt| house.live.identified(attempt));
    let kept = file
        .attempt
        .as_ref()
        .is_some_and(|call| call.identified || call.marks.iter().any(|(kind, _)| kind == "identity"));
    let zones = zones(house, &file.contact);
    let silenced = attempt.is_some_and(|attempt| house.live.silenced(attempt));
    let identified = live == Some(true) || kept;
    Ok(Some(Subject { attempt, live: live.is_some(), identified, silenced, zones, file }))
}

fn zones(house: &House, contact: &ClaimedContact) -> Vec<TimeZone> {
    let zones = contact.zones(&house.plans.load().registry);
    zones.zones().iter().map(|zone| zone.tz().clone()).collect()
}

/// A moment of the running clock as milliseconds since 1970 UTC.
pub(in crate::daemon) fn wall_ms(house: &House, at: Instant) -> i64 {
    let (now, wall) = (house.clock.now(), house.clock.wall());
    let between =
        |a: Instant, b: Instant| SignedDuration::try_from(a.saturating_duration_since(b)).unwrap_or_default();
    let then =
        if at >= now { wall.saturating_add(between(at, now)) } else { wall.saturating_sub(between(now, at)) };
    then.unwrap_or(wall).as_millisecond()
}
