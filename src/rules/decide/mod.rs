//! Decides: every rule's verdict, and the least time at which all pass.

mod clock_face;
mod counting;
mod hours;
mod matching;
mod standing;

use jiff::{SignedDuration, Timestamp};

use super::preset::{Hours, Rule, RuleId, RuleKind};
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
    let case = Case { preset, calendars, facts, history, search_end: later(now, SEARCH) };
    let doubts = case.doubts(now);
    let mut rules: Vec<&Rule> = preset.rules.iter().collect();
    rules.sort_by_key(|rule| rule.kind.report_place());

    let mut verdicts = doubts;
    verdicts.extend(rules.iter().map(|rule| case.verdict(rule, now)));
    let deny = verdicts.iter().find(|verdict| !verdict.pass).map(|verdict| verdict.rule.clone());
    let next_allowed = case.next_allowed(&rules, &verdicts, now);
    Decision {
        at: now,
        allow: deny.is_none(),
        deny,
        verdicts,
        next_allowed,
        preset: preset.name.clone(),
        zone_data: zone::database_version().to_owned(),
    }
}

/// Everything a rule may look at, but for the time.
struct Case<'a> {
    preset: &'a Preset,
    calendars: &'a Calendars,
    facts: &'a Facts,
    history: &'a History,
    search_end: Timestamp,
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

impl Case<'_> {
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

    fn verdict(&self, rule: &Rule, now: Timestamp) -> Verdict {
        let applies = self.concerns(&rule.applies);
        let Finding { release, count, limit } = self.find(rule, now);
        Verdict { rule: rule.id.clone(), pass: release == Some(now), applies, count, limit, release }
    }

    /// The least time from `now` on at which all rules pass: each is asked for its own earliest release until none
    /// moves the time any further.
    fn next_allowed(&self, rules: &[&Rule], verdicts: &[Verdict], now: Timestamp) -> Option<Timestamp> {
        let mut time = now;
        for verdict in verdicts {
            time = time.max(verdict.release?);
        }
        if time == now {
            return Some(now);
        }
        loop {
            let asked = time;
            for rule in rules {
                time = self.find(rule, time).release?;
                if time > self.search_end {
                    return None;
                }
            }
            if time == asked {
                return Some(time);
            }
        }
    }

    /// What `rule` finds at `at`.
    fn find(&self, rule: &Rule, at: Timestamp) -> Finding {
        if !self.concerns(&rule.applies) || self.in_force_from(rule).is_some_and(|start| at < start) {
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
            RuleKind::ChannelLock { trigger } => self.channel_free(trigger, at),
            RuleKind::Cooldown { trigger, unless, suspended_by } => {
                self.cooled_down(trigger, *unless, *suspended_by, at)
            }
            RuleKind::Cap { count, limit, suspended_by } => {
                self.below_cap(&rule.id, count, (*limit, *suspended_by), at)
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
