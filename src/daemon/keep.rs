//! The keeping of the house: signs of life, wake-ups, what is judged afterwards, the kill switch.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use jiff::SignedDuration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::clock::Clock;
use super::house::House;
use super::start_fault::StartFault;
use super::{cases, next_actions, promises, reclassify, roots};
use crate::call::StopReason;
use crate::rules::calendar::ALARM_DAYS;
use crate::store::{Store, TakeBack, Whose};
use crate::web::Readiness;

/// A lost attempt's contact rests so long before a new decision may be asked for.
const RESCUE_DELAY: SignedDuration = SignedDuration::from_hours(24);
/// Nodes that fall silent for a minute are dead; this is well below.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// How often waiting contacts are woken.
const LOOK: Duration = Duration::from_millis(250);
const WAKE: u32 = 1000;
/// How often days that are over are looked for.
const SEAL: Duration = Duration::from_secs(600);
/// How often it is told of callers and webhooks that were refused.
const REFUSED: Duration = Duration::from_secs(60);
/// How often promises whose day is over, and types that behaviour changes, are looked for.
const AFTERWARDS: Duration = Duration::from_secs(300);

/// Heartbeat, wake-ups, and rescue of dead nodes' attempts.
pub(super) async fn keep_house(
    house: Arc<House>,
    readiness: watch::Sender<Readiness>,
    stop: CancellationToken,
) {
    let mut beat = tokio::time::interval(HEARTBEAT);
    let mut look = tokio::time::interval(LOOK);
    let (mut warned, mut overdue) = (None, 0);
    let mut seal = tokio::time::interval(SEAL);
    let mut afterwards = tokio::time::interval(AFTERWARDS);
    let mut refused = tokio::time::interval(REFUSED);
    loop {
        // Only a beat is sure to have written something.
        let (kept, written) = tokio::select! {
            _ = seal.tick() => (keep_roots(&house).await, false),
            _ = afterwards.tick() => (after_calls(&house).await, false),
            _ = beat.tick() => {
                tell_calendars(&house, &mut warned);
                match keep_alive(&house).await {
                    Ok(()) => (cases::tell(&house, &mut overdue).await, true),
                    fault => (fault, false),
                }
            }
            _ = refused.tick() => {
                tell_refused(&house);
                continue;
            }
            _ = look.tick() => (wake(&house).await, false),
            () = stop.cancelled() => {
                tell_refused(&house);
                return;
            }
        };
        if kept.is_err() || written {
            tell_silence(&house, &readiness, kept.is_err());
        }
        if let Err(fault) = kept {
            warn!(fault = format!("{fault:#}"), "the store is silent");
        }
    }
}

/// Shows whether the store can be written; a daemon that is not ready for another reason stays so.
fn tell_silence(house: &House, readiness: &watch::Sender<Readiness>, silent: bool) {
    house.metrics.store_silent(silent);
    readiness.send_if_modified(|readiness| match (&*readiness, silent) {
        (Readiness::Ready | Readiness::Killed, true) => {
            *readiness = Readiness::Silent;
            true
        }
        (Readiness::Silent, false) => {
            *readiness = by_kill_switch(house);
            true
        }
        (Readiness::Ready | Readiness::Killed | Readiness::Not(_) | Readiness::Silent, _) => false,
    });
}

/// Warns of webhooks and callers that were refused since the last minute, in a few lines however many they were. Callers are
/// told by where the last of them came from: a carrier that calls from an address of its own is told from here.
fn tell_refused(house: &House) {
    house.refused_hooks.tell();
    let refused = house.stack.take_refused();
    house.metrics.calls_refused(refused.calls);
    if let Some(last) = refused.last {
        let calls = refused.calls;
        warn!(calls, %last, "calls from an address of no trunk were refused: a trunk that calls from there names it in `from`");
    }
}

/// Shows how long the calendars in use last, and warns once a day of those that end soon or have ended.
fn tell_calendars(house: &House, warned: &mut Option<jiff::civil::Date>) {
    let today = house.clock.wall().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    for (calendar, days) in house.plans.load().config.calendar_days_left(today) {
        house.metrics.calendar_days_left(calendar, days);
        if days <= ALARM_DAYS && *warned != Some(today) {
            warn!(
                calendar,
                days_left = days,
                "the calendar ends: every day after it has the hours of a holiday"
            );
        }
    }
    *warned = Some(today);
}

async fn keep_alive(house: &House) -> anyhow::Result<()> {
    if house.ousted.is_cancelled() {
        return Ok(()); // the name's signs of life are another's now
    }
    house.store.heartbeat(house.clock.wall()).await?;
    // Another node, or a command, may have put one into force.
    house.proposals.store(Arc::new(house.store.proposals_in_force().await?));
    let plans = house.plans.load_full();
    house.store.keep_texts(&plans.config.version, &plans.config.texts, house.clock.wall()).await?;
    rescue(&house.store, Whose::DeadNodes, house.clock).await
}

async fn after_calls(house: &House) -> anyhow::Result<()> {
    promises::judge(house).await?;
    next_actions::tell(house).await?;
    reclassify::apply(house).await
}

async fn keep_roots(house: &House) -> anyhow::Result<()> {
    let file = roots::daily_roots_file(&house.plans.load().config);
    roots::keep_roots(&house.store, &file, house.clock.wall()).await
}

async fn wake(house: &House) -> anyhow::Result<()> {
    for (attempt, why) in house.store.to_take_back().await? {
        let why = match why {
            TakeBack::Changed => StopReason::Changed,
            TakeBack::Counted => StopReason::Counted,
            TakeBack::Held => StopReason::Hold,
            TakeBack::Paid => StopReason::Paid,
        };
        // Before he has said who he is, his agent knows of no debt that could be paid; afterwards the desk says so.
        if why == StopReason::Paid
            && house.live.identified(attempt) == Some(true)
            && let Some(agent) = house.floor.agent_of(attempt)
        {
            house.desks.tell_paid(&agent, attempt);
        }
        // Who talks already is told so every time.
        if house.live.stop(attempt, why) && !matches!(why, StopReason::Changed | StopReason::Counted) {
            info!(%attempt, ?why, "the call is taken back");
        }
    }
    while house.store.wake_due(WAKE, house.clock.wall()).await? == u64::from(WAKE) {}
    for lapsed in house.store.expire_callbacks(house.clock.wall()).await? {
        let (contact, due_at) = (lapsed.contact, lapsed.due_at);
        warn!(%contact, %due_at, "a call that was agreed was not made in time");
        house.metrics.callback_expired();
    }
    house.lines.each(|plan, well, _| {
        house.metrics.trunk_up(&plan.name, well && !house.trunk_book.of(&plan.name).nameless);
    });
    Ok(())
}

pub(super) fn by_kill_switch(house: &House) -> Readiness {
    if *house.killed.borrow() { Readiness::Killed } else { Readiness::Ready }
}

/// The kill switch takes ringing calls back; who talks may finish. While it is thrown the daemon is not ready.
pub(super) async fn follow_kill_switch(
    house: Arc<House>,
    readiness: watch::Sender<Readiness>,
    stop: CancellationToken,
) {
    let mut killed = house.killed.clone();
    loop {
        let thrown = *killed.borrow_and_update();
        if thrown {
            house.live.stop_all(StopReason::KillSwitch);
        }
        house.metrics.killed(thrown);
        readiness.send_if_modified(|readiness| match readiness {
            Readiness::Ready | Readiness::Killed => {
                *readiness = by_kill_switch(&house);
                true
            }
            Readiness::Not(_) | Readiness::Silent => false,
        });
        tokio::select! {
            changed = killed.changed() => if changed.is_err() { return },
            () = stop.cancelled() => return,
        }
    }
}

/// Closes as lost what a crash left open.
///
/// # Errors
/// When the store can't be written.
pub(super) async fn rescue(store: &Store, whose: Whose, clock: Clock) -> anyhow::Result<()> {
    let lost = store.rescue(whose, RESCUE_DELAY, clock.wall()).await.context(StartFault::Rescue)?;
    for attempt in &lost {
        warn!(attempt = %attempt.attempt, node = attempt.node, "an attempt was left open: it counts, and is not redialled");
    }
    Ok(())
}
