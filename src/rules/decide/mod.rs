//! Decides: every rule's verdict, and the least time at which all pass.

mod clock_face;
mod counting;
mod hours;
mod lasting;
mod matching;
mod standing;

pub use lasting::allowed_until;

use std::cell::{OnceCell, RefCell};

use jiff::{SignedDuration, Timestamp};

use super::event::Event;
use super::preset::{Hours, Rule, RuleId, RuleKind, Window};
use super::zone::{self, Zone};
use super::{Calendars, Decision, Facts, History, Preset, Verdict};

/// How far ahead a permitted time is looked for.
const SEARCH: SignedDuration = SignedDuration::from_hours(400 * 24);

/// Decides whether the contact asked for may happen at `now`.
///
/// Allowed only if all rules pass. What is unknown denies: no zone or a name the zone data does not have, a calendar
/// that is not there, a history that could not be read, a clock that stepped back. Such denials stand first, under
/// rule names that begin with `fail_closed.`.
pub fn decide(
    preset: &Preset,
    calendars: &Calendars,
    facts: &Facts,
    history: &History,
    now: Timestamp,
) -> Decision {
    let case = Case::new(preset, calendars, facts, history, now);
    let doubts = case.doubts(now);
    let mut rules: Vec<Asked<'_>> = preset.rules.iter().map(|rule| case.asked(rule)).collect();
    rules.sort_by_key(|asked| asked.rule.kind.report_place());

    let mut verdicts = doubts;
    verdicts.extend(rules.iter().map(|asked| case.verdict(asked, now)));
    let deny = verdicts.iter().find(|verdict| !verdict.pass).map(|verdict| verdict.rule.clone());
    let next_allowed = case.next_allowed(&rules, &verdicts, now);
    Decision {
        at: now,
        allow: deny.is_none(),
        deny,
        verdicts,
        next_allowed,
        overridden: case.overridden(now),
        preset: preset.name.clone(),
        zone_data: zone::database_version().to_owned(),
    }
}

/// Everything a rule may look at, but for the time it is asked for.
struct Case<'a> {
    preset: &'a Preset,
    calendars: &'a Calendars,
    facts: &'a Facts,
    history: &'a History,
    /// No rule is asked for an earlier time.
    now: Timestamp,
    search_end: Timestamp,
    /// Where windows begin, for the times asked for so far: rules share windows, and zones cost.
    starts: RefCell<Vec<(Window, Timestamp, Option<Timestamp>)>>,
}

/// A rule with what of its answer is the same at all times.
struct Asked<'a> {
    rule: &'a Rule,
    applies: bool,
    in_force_from: Option<Timestamp>,
    /// The events that it counts while they are in its window, by time.
    counted: OnceCell<Vec<&'a Event>>,
}

/// What a rule found at some time `t`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Finding {
    /// The least time from `t` on at which the rule passes: `t` itself when it passes; absent: never.
    release: Option<Timestamp>,
    count: Option<u32>,
    limit: Option<u32>,
}

impl Finding {
    fn free(release: Option<Timestamp>) -> Self {
        Self { release, count: None, limit: None }
    }
}

impl<'a> Case<'a> {
    fn new(
        preset: &'a Preset,
        calendars: &'a Calendars,
        facts: &'a Facts,
        history: &'a History,
        now: Timestamp,
    ) -> Self {
        let search_end = later(now, SEARCH);
        Self { preset, calendars, facts, history, now, search_end, starts: RefCell::default() }
    }

    fn asked(&self, rule: &'a Rule) -> Asked<'a> {
        let applies = self.concerns(&rule.applies);
        let in_force_from = if applies { self.in_force_from(rule) } else { None };
        Asked { rule, applies, in_force_from, counted: OnceCell::new() }
    }

    /// The denials for what is unknown.
    fn doubts(&self, now: Timestamp) -> Vec<Verdict> {
        let zones = &self.facts.zones;
        let known = |hours: &Hours| {
            hours.calendar.as_ref().is_none_or(|calendar| self.calendars.0.contains_key(calendar))
        };
        let clock_back = self.history.high_water().filter(|&high_water| high_water > now);
        let doubts = [
            ("fail_closed.zone", zones.zones().is_empty() || !zones.unknown().is_empty(), None),
            ("fail_closed.calendar", !self.windows().all(known), None),
            ("fail_closed.history", self.history.why_unreadable().is_some(), None),
            ("fail_closed.clock", clock_back.is_some(), clock_back),
        ];
        let real = doubts.into_iter().filter(|&(_, doubted, _)| doubted);
        real.map(|(rule, _, release)| Verdict {
            rule: RuleId::from(rule),
            pass: false,
            applies: true,
            count: None,
            limit: None,
            release,
        })
        .collect()
    }

    /// The opening hours that concern this request.
    fn windows(&self) -> impl Iterator<Item = &Hours> {
        let ours = self.preset.rules.iter().filter(|rule| self.concerns(&rule.applies));
        ours.filter_map(|rule| match &rule.kind {
            RuleKind::Window { hours } => Some(hours),
            _ => None,
        })
    }

    fn verdict(&self, asked: &Asked<'a>, now: Timestamp) -> Verdict {
        let Finding { release, count, limit } = self.find(asked, now);
        let (rule, applies) = (asked.rule.id.clone(), asked.applies);
        Verdict { rule, pass: release == Some(now), applies, count, limit, release }
    }

    /// The least time from `now` on at which all rules pass: each is asked for its own earliest release until none
    /// moves the time any further.
    fn next_allowed(&self, rules: &[Asked<'a>], verdicts: &[Verdict], now: Timestamp) -> Option<Timestamp> {
        let mut time = now;
        for verdict in verdicts {
            time = time.max(verdict.release?);
        }
        if time == now {
            return Some(now);
        }
        loop {
            let asked = time;
            for asked in rules {
                time = self.find(asked, time).release?;
                if time > self.search_end {
                    return None;
                }
            }
            if time == asked {
                return Some(time);
            }
        }
    }

    /// What a rule finds at `at`.
    fn find(&self, asked: &Asked<'a>, at: Timestamp) -> Finding {
        let rule = asked.rule;
        if !asked.applies || asked.in_force_from.is_some_and(|start| at < start) {
            return Finding::free(Some(at));
        }
        match &rule.kind {
            RuleKind::Hold { hold, scope } => Finding::free(self.without_holds(*hold, *scope, at)),
            RuleKind::Consent { needs } => Finding::free(self.with_consents(*needs, at)),
            RuleKind::CallerId { allow } => Finding::free(allow.contains(self.facts.caller_id).then_some(at)),
            RuleKind::InFlight { lease } => self.no_live_leg(*lease, at),
            RuleKind::Window { hours } => Finding::free(self.within_hours(hours, at)),
            RuleKind::EndGuard { minutes } => Finding::free(self.before_closing(*minutes, at)),
            RuleKind::Pref => Finding::free(self.outside_blocked(at)),
            RuleKind::Ratio { max_ppm, period } => Finding::free(self.ratio_kept(*max_ppm, *period, at)),
            RuleKind::ChannelLock { trigger } => self.channel_free(asked, trigger, at),
            RuleKind::Cooldown { trigger, unless, suspended_by } => {
                self.cooled_down(asked, trigger, (*unless, *suspended_by), at)
            }
            RuleKind::Cap { count, limit, suspended_by } => {
                self.below_cap(asked, count, (*limit, *suspended_by), at)
            }
        }
    }

    fn zones(&self) -> &[Zone] {
        self.facts.zones.zones()
    }
}

/// `time` moved on by `by`; the end of time is far enough for what lies beyond.
fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}
