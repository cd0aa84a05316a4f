//! Rules that count the past: caps, cooldowns, the channel lock, legs in flight.
//!
//! An event counts from when it happened until it leaves the window. In several zones the window is the one in which
//! it counts longest.

use std::collections::HashSet;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::clock_face::start_of_day;
use super::{Asked, Case, Finding, later};
use crate::rules::coded::Set;
use crate::rules::event::{Event, EventKind};
use crate::rules::preset::{Counted, RuleId, RuleKind, Window};
use crate::rules::{ConsentKind, DialMode, Override};

impl<'a> Case<'a> {
    /// When no leg to the person is live. An outcome of the same attempt ends a leg before its lease does.
    pub(super) fn no_live_leg(&self, lease: SignedDuration, at: Timestamp) -> Finding {
        let events = self.history.events();
        let live = |event: &&Event| {
            event.kind == EventKind::InFlight
                && event.person == self.facts.person
                && later(event.at, lease) > at
                && !(event.attempt.is_some()
                    && events.iter().any(|other| other.attempt == event.attempt && other.kind != event.kind))
        };
        let recent = events.partition_point(|event| later(event.at, lease) <= at);
        let legs = events[recent..].iter().filter(live);
        let (count, last) = legs.fold((0, at), |(count, _), leg| (count + 1, later(leg.at, lease)));
        Finding { release: Some(last), count: Some(count), limit: None }
    }

    /// When no trigger over another exact channel counts any more.
    pub(super) fn channel_free(&self, asked: &Asked<'a>, trigger: &Counted, at: Timestamp) -> Finding {
        let elsewhere = |event: &Event| event.channel_exact != self.facts.way.exact;
        let triggers = self.in_window(self.counted(asked, trigger, elsewhere), trigger.window, at);
        Finding { limit: None, ..self.below(1, triggers, trigger.window, at) }
    }

    /// When no trigger counts any more.
    pub(super) fn cooled_down(
        &self,
        asked: &Asked<'a>,
        trigger: &Counted,
        (unless, suspended_by): (Set<DialMode>, Option<ConsentKind>),
        at: Timestamp,
    ) -> Finding {
        if unless.contains(self.facts.way.dial_mode) {
            return Finding::free(Some(at));
        }
        let triggers = self.in_window(self.counted(asked, trigger, |_| true), trigger.window, at);
        let found = Finding { limit: None, ..self.below(1, triggers, trigger.window, at) };
        self.or_suspended(suspended_by, found, at)
    }

    /// When fewer than the limit count, by the limit that is then in force.
    pub(super) fn below_cap(
        &self,
        asked: &Asked<'a>,
        counted: &Counted,
        (limit, suspended_by): (u32, Option<ConsentKind>),
        at: Timestamp,
    ) -> Finding {
        let rule = &asked.rule.id;
        let events = self.in_window(self.counted(asked, counted, |_| true), counted.window, at);
        let mut time = at;
        let release = loop {
            let natural = self.below(self.limit_at(rule, limit, time), events, counted.window, time).release;
            let changes =
                self.overrides(rule).flat_map(|exception| exception.from.into_iter().chain(exception.until));
            let change = changes.filter(|&change| change > time).min();
            match (natural, change) {
                (Some(release), Some(change)) if change <= release && release > time => time = change,
                (None, Some(change)) => time = change,
                (natural, _) => break natural,
            }
        };
        let (count, limit) = (count_of(events), self.limit_at(rule, limit, at));
        self.or_suspended(suspended_by, Finding { release, count: Some(count), limit: Some(limit) }, at)
    }

    /// A consent that lifts the rule gives an earlier release.
    fn or_suspended(&self, by: Option<ConsentKind>, found: Finding, at: Timestamp) -> Finding {
        let Some(kind) = by else { return found };
        let lifted = if self.consent_active(kind, at) { Some(at) } else { self.consent_begins(kind, at) };
        let release = found.release.into_iter().chain(lifted).min();
        Finding { release, ..found }
    }

    /// The events that a rule counts while they are in its window, by time.
    fn counted<'q>(
        &self,
        asked: &'q Asked<'a>,
        counted: &Counted,
        also: impl Fn(&Event) -> bool,
    ) -> &'q [&'a Event] {
        asked.counted.get_or_init(|| {
            // Zones are asked only when an event is near enough to count in any.
            let reach = reach(counted.window);
            let near = self.since(reach.and_then(|reach| self.now.checked_sub(reach).ok()));
            let mut events: Vec<_> =
                near.iter().filter(|event| self.counts(counted, event) && also(event)).collect();
            if counted.kinds.iter().filter(|kind| SIDES_OF_A_CALL.contains(kind)).count() > 1 {
                keep_one_a_call(&mut events);
            }
            events
        })
    }

    /// Those of `events` that count at `at`.
    fn in_window<'q>(&self, events: &'q [&'a Event], window: Window, at: Timestamp) -> &'q [&'a Event] {
        if events.is_empty() {
            return events;
        }
        let Some(start) = self.window_start(window, at) else { return events };
        &events[events.partition_point(|event| event.at < start)..]
    }

    /// The events from `start` on; absent: all.
    fn since(&self, start: Option<Timestamp>) -> &'a [Event] {
        let events = self.history.events();
        let first = start.map_or(0, |start| events.partition_point(|event| event.at < start));
        &events[first..]
    }

    /// When fewer than `limit` of `events`, all of which count at `at`, are left in the window.
    fn below(&self, limit: u32, events: &[&Event], window: Window, at: Timestamp) -> Finding {
        let count = count_of(events);
        let release = if count < limit {
            Some(at)
        } else if limit == 0 {
            None
        } else {
            let last_to_leave = events[events.len() - usize::try_from(limit).expect("at most the count")];
            self.leaves(window, last_to_leave.at).map(|time| time.max(at))
        };
        Finding { release, count: Some(count), limit: Some(limit) }
    }

    /// The earliest time an event may have and still count at `at`; absent: every event counts.
    fn window_start(&self, window: Window, at: Timestamp) -> Option<Timestamp> {
        let known = self.starts.borrow().iter().rev().find(|(w, a, _)| (*w, *a) == (window, at)).copied();
        if let Some((.., start)) = known {
            return start;
        }
        let start = self.find_window_start(window, at);
        self.starts.borrow_mut().push((window, at, start));
        start
    }

    fn find_window_start(&self, window: Window, at: Timestamp) -> Option<Timestamp> {
        let local = |first: fn(Date, i64) -> Option<Date>, n: i64| {
            let starts = self.zones().iter().map(|zone| {
                let today = zone.tz().to_datetime(at).date();
                Some(start_of_day(zone.tz(), first(today, n)?))
            });
            starts.min().flatten()
        };
        match window {
            Window::CalendarDay => local(days_on, 0),
            Window::CalendarWeek => local(|date, _| monday(date), 0),
            Window::CalendarMonth => local(|date, _| Some(date.first_of_month()), 0),
            Window::RollingDays(n) => local(days_on, 1 - i64::from(n)),
            // An event leaves when the time has elapsed, so one that is exactly as old does not count.
            Window::Elapsed(span) => {
                let oldest = at.checked_sub(span).ok()?;
                Some(later(oldest, SignedDuration::from_nanos(1)))
            }
            Window::Lifetime => None,
        }
    }

    /// When an event of time `happened` stops counting in every zone; absent: never.
    fn leaves(&self, window: Window, happened: Timestamp) -> Option<Timestamp> {
        let local = |first_free: fn(Date, i64) -> Option<Date>, n: i64| {
            let ends = self.zones().iter().map(|zone| {
                let date = zone.tz().to_datetime(happened).date();
                Some(start_of_day(zone.tz(), first_free(date, n)?))
            });
            ends.collect::<Option<Vec<_>>>()?.into_iter().max()
        };
        match window {
            Window::CalendarDay => local(days_on, 1),
            Window::CalendarWeek => local(|date, _| days_on(monday(date)?, 7), 0),
            Window::CalendarMonth => local(|date, _| days_on(date.last_of_month(), 1), 0),
            Window::RollingDays(n) => local(days_on, n.into()),
            Window::Elapsed(span) => Some(later(happened, span)),
            Window::Lifetime => None,
        }
    }

    /// The caps that concern the request and whose limit is an exception at `at`, each once.
    pub(super) fn overridden(&self, at: Timestamp) -> Vec<RuleId> {
        let mut ids: Vec<RuleId> = Vec::new();
        for rule in self.preset.rules.iter().filter(|_| !self.facts.overrides.is_empty()) {
            let is_cap = matches!(rule.kind, RuleKind::Cap { .. });
            let excepted = is_cap && self.overrides(&rule.id).any(|exception| exception.in_force(at));
            if excepted && self.concerns(&rule.applies) && !ids.contains(&rule.id) {
                ids.push(rule.id.clone());
            }
        }
        ids
    }

    /// The limit in force: the rule's own, or the lowest of this person's exceptions that are active.
    fn limit_at(&self, rule: &RuleId, own: u32, at: Timestamp) -> u32 {
        let active = self.overrides(rule).filter(|exception| exception.in_force(at));
        active.map(|exception| exception.limit).min().unwrap_or(own)
    }

    fn overrides(&self, rule: &RuleId) -> impl Iterator<Item = &Override> {
        self.facts.overrides.iter().filter(move |exception| exception.rule == *rule)
    }
}

/// Kinds that one attempt may be recorded as at once.
const SIDES_OF_A_CALL: [EventKind; 3] = [EventKind::Voicemail, EventKind::AmdDisconnect, EventKind::Message];

/// Keeps the last event of each attempt, so that a call counts once.
fn keep_one_a_call(events: &mut Vec<&Event>) {
    let mut seen = HashSet::new();
    let mut last: Vec<_> = events
        .drain(..)
        .rev()
        .filter(|event| event.attempt.is_none_or(|attempt| seen.insert(attempt)))
        .collect();
    last.reverse();
    *events = last;
}

/// A time longer than an event counts in any zone, clock changes included; absent: for ever.
fn reach(window: Window) -> Option<SignedDuration> {
    let days = |days: i64| Some(SignedDuration::from_hours(24 * (days + 2)));
    match window {
        Window::CalendarDay => days(1),
        Window::CalendarWeek => days(7),
        Window::CalendarMonth => days(31),
        Window::RollingDays(n) => days(n.into()),
        Window::Elapsed(span) => Some(span),
        Window::Lifetime => None,
    }
}

fn count_of(events: &[&Event]) -> u32 {
    u32::try_from(events.len()).unwrap_or(u32::MAX)
}

fn days_on(date: Date, days: i64) -> Option<Date> {
    date.checked_add(days.days()).ok()
}

fn monday(date: Date) -> Option<Date> {
    days_on(date, -i64::from(date.weekday().to_monday_zero_offset()))
}
