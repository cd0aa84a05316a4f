//! Says in words why a contact may or may not happen: which rule, what counts, until when.

mod clocks;
mod words;

use jiff::Timestamp;

use super::preset::{Counted, DayHours, Rule, RuleKind};
use super::{Calendars, Decision, Facts, History, HoldKind, Preset, RuleId, Verdict};
use crate::domain::Language;
use clocks::{Clock, that_matter};
use words::Words;

pub use clocks::on_clocks;

/// A decision in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// One sentence: may it happen now, why not, and when.
    pub summary: String,
    /// Every rule that concerns the request, in report order.
    pub lines: Vec<Line>,
}

/// One rule in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub rule: String,
    pub pass: bool,
    /// The rule's limit is an approved exception; the text names its evidence.
    pub overridden: bool,
    pub text: String,
}

/// What a decision rested on.
#[derive(Clone, Copy, Debug)]
pub struct Grounds<'a> {
    pub preset: &'a Preset,
    pub calendars: &'a Calendars,
    pub facts: &'a Facts,
    pub history: &'a History,
}

/// Explains `decision`, which was made on `grounds`, in `language`.
pub fn explain(decision: &Decision, grounds: &Grounds<'_>, language: Language) -> Explanation {
    let teller = Teller { decision, at: decision.at, grounds, words: Words::of(language), language };
    let concerned = decision.verdicts.iter().filter(|verdict| verdict.applies);
    let lines: Vec<_> = concerned.map(|verdict| teller.line(verdict)).collect();
    let way = grounds.facts.way.kind;
    let summary = if decision.allow {
        teller.words.allowed(way)
    } else {
        let why = lines.iter().find(|line| !line.pass).map_or("", |line| line.text.as_str());
        teller.words.denied(way, why, &teller.next(decision.next_allowed))
    };
    Explanation { summary, lines }
}

/// What a rule of this name asks, whoever is concerned; its name where the preset has no such rule.
pub fn rule_in_words(preset: &Preset, id: &str, language: Language) -> String {
    let words = Words::of(language);
    let Some(rule) = preset.rules.iter().find(|rule| rule.id.as_str() == id) else {
        return if id.starts_with("fail_closed.") { words.doubt(id).to_owned() } else { id.to_owned() };
    };
    let kinds =
        |counted: &Counted| counted.kinds.iter().map(|kind| words.event(kind)).collect::<Vec<_>>().join(", ");
    match &rule.kind {
        RuleKind::Hold { hold, .. } => {
            words.holds(&hold.iter().map(|kind| words.hold(kind)).collect::<Vec<_>>())
        }
        RuleKind::Consent { needs } => {
            words.consents(&needs.iter().map(|kind| words.consent(kind)).collect::<Vec<_>>())
        }
        RuleKind::CallerId { .. } => words.unfit_caller_id().to_owned(),
        RuleKind::InFlight { .. } => words.is_being_called().to_owned(),
        RuleKind::Window { .. } => words.outside_window().to_owned(),
        RuleKind::EndGuard { minutes } => words.too_near_the_end(*minutes),
        RuleKind::Pref => words.asked_not_now().to_owned(),
        RuleKind::Ratio { max_ppm, .. } => words.ratio(*max_ppm),
        RuleKind::ChannelLock { trigger } => words.other_channel(&kinds(trigger)),
        RuleKind::Cooldown { trigger, .. } => words.pause(&words.length(trigger.window), &kinds(trigger)),
        RuleKind::Cap { count, limit, .. } => words.spent(&words.span(count.window), *limit, &kinds(count)),
    }
}

struct Teller<'a> {
    decision: &'a Decision,
    at: Timestamp,
    grounds: &'a Grounds<'a>,
    words: Words,
    language: Language,
}

impl Teller<'_> {
    fn line(&self, verdict: &Verdict) -> Line {
        let rules = &self.grounds.preset.rules;
        let rule = rules.iter().find(|rule| rule.id == verdict.rule);
        let text = match rule {
            Some(rule) => self.rule(rule, verdict),
            None => self.words.doubt(verdict.rule.as_str()).to_owned(),
        };
        let text = match verdict.release {
            _ if verdict.pass => text,
            Some(release) => format!("{text}; {}", self.words.until(&self.moment(release))),
            None => format!("{text}; {}", self.words.until_someone_acts()),
        };
        let overridden = self.decision.overridden.contains(&verdict.rule);
        let text = if overridden { format!("{text}; {}", self.exception(&verdict.rule)) } else { text };
        Line { rule: verdict.rule.to_string(), pass: verdict.pass, overridden, text }
    }

    fn rule(&self, rule: &Rule, verdict: &Verdict) -> String {
        let (words, count) = (self.words, verdict.count.unwrap_or(0));
        match &rule.kind {
            RuleKind::Hold { hold, .. } => {
                let held = hold.iter().filter(|&kind| self.held(kind));
                let kinds: Vec<_> = held.map(|kind| words.hold(kind)).collect();
                words.holds(if verdict.pass { &[] } else { &kinds })
            }
            RuleKind::Consent { needs } => {
                words.consents(&needs.iter().map(|kind| words.consent(kind)).collect::<Vec<_>>())
            }
            RuleKind::CallerId { .. } => words.caller_id(self.grounds.facts.caller_id),
            RuleKind::InFlight { .. } => words.in_flight(count),
            RuleKind::Window { .. } => words.window(&self.clocks(rule)),
            RuleKind::EndGuard { minutes } => words.end_guard(*minutes),
            RuleKind::Pref => words.pref(&self.blocked()),
            RuleKind::Ratio { max_ppm, .. } => words.ratio(*max_ppm),
            RuleKind::ChannelLock { trigger } => words.channel_lock(count, &self.kinds(trigger)),
            RuleKind::Cooldown { trigger, .. } => {
                words.cooldown(&words.length(trigger.window), count, &self.kinds(trigger))
            }
            RuleKind::Cap { count: counted, limit, .. } => {
                let limit = verdict.limit.unwrap_or(*limit);
                words.cap(&words.span(counted.window), count, limit, &self.kinds(counted))
            }
        }
    }

    fn kinds(&self, counted: &Counted) -> String {
        counted.kinds.iter().map(|kind| self.words.event(kind)).collect::<Vec<_>>().join(", ")
    }

    /// A hold of this kind is in force for this person or phone.
    fn held(&self, kind: HoldKind) -> bool {
        let facts = self.grounds.facts;
        self.grounds.history.holds().iter().any(|hold| {
            hold.kind == kind
                && (hold.person == facts.person || hold.phone == Some(facts.phone.number))
                && hold.from.is_none_or(|from| from <= self.at)
                && hold.until.is_none_or(|until| self.at < until)
        })
    }

    /// The exceptions that set the limit: which limit, on what evidence, until when.
    fn exception(&self, rule: &RuleId) -> String {
        let facts = self.grounds.facts;
        let ours = facts.overrides.iter().filter(|one| one.rule == *rule && one.in_force(self.at));
        let told = ours.map(|one| {
            let until = one.until.map(|until| self.moment(until));
            self.words.exception(one.limit, &one.evidence, until.as_deref())
        });
        told.collect::<Vec<_>>().join("; ")
    }

    /// What the clocks show beside today's hours there.
    fn clocks(&self, rule: &Rule) -> String {
        let RuleKind::Window { hours } = &rule.kind else { return String::new() };
        let zones = self.grounds.facts.zones.zones().iter().map(|zone| {
            let shown = zone.tz().to_datetime(self.at);
            let calendar = hours.calendar.as_ref().and_then(|name| self.grounds.calendars.0.get(name));
            let column = match calendar {
                Some(calendar) => calendar.column(shown.date(), hours.literal_weekends),
                None => super::calendar::column_of(shown.date().weekday()),
            };
            let day = hours.week[column];
            let minute =
                u16::from(shown.hour().unsigned_abs()) * 60 + u16::from(shown.minute().unsigned_abs());
            let told = day.map_or_else(|| self.words.closed().to_owned(), written);
            Clock {
                text: format!("{} {} ({told})", zone.shown(), shown.strftime("%H:%M")),
                open: day.is_some_and(|day| (day.opens..day.closes).contains(&minute)),
                offset: zone.tz().to_offset(self.at).seconds(),
            }
        });
        that_matter(zones.collect(), self.words)
    }

    fn blocked(&self) -> String {
        let ranges = self.grounds.facts.blocked.iter().map(|range| {
            let to = range.to.map_or_else(|| "24:00".to_owned(), |to| to.strftime("%H:%M").to_string());
            format!("{}-{to}", range.from.strftime("%H:%M"))
        });
        ranges.collect::<Vec<_>>().join(", ")
    }

    fn next(&self, next: Option<Timestamp>) -> String {
        match next {
            Some(next) => self.words.earliest(&self.moment(next)),
            None => self.words.never().to_owned(),
        }
    }

    /// A moment on the person's clocks.
    fn moment(&self, time: Timestamp) -> String {
        on_clocks(&self.grounds.facts.zones, time, self.language)
    }
}

fn written(day: DayHours) -> String {
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    format!("{}-{}", clock(day.opens), clock(day.closes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{DebtId, EventId, PersonId};
    use crate::rules::{
        CliStatus, DialMode, Event, EventKind, Hold, Override, Phone, PhoneKey, PhoneType, Presets, Relation,
        Tally, Way, ZoneSet, decide,
    };

    fn explained(now: &str, history: &History, language: Language) -> Explanation {
        let presets = Presets::shipped();
        let preset = presets.flatten("ru-230fz-safe").expect("shipped");
        let facts = facts();
        let decision = decide(&preset, presets.calendars(), &facts, history, now.parse().expect("a time"));
        let grounds = Grounds { preset: &preset, calendars: presets.calendars(), facts: &facts, history };
        explain(&decision, &grounds, language)
    }

    fn facts() -> Facts {
        Facts {
            person: PersonId(1),
            debt: DebtId(1),
            creditor: "c1".to_owned(),
            phone: Phone { number: PhoneKey::new(79_991_234_567), kind: PhoneType::Mobile },
            relation: Relation::Debtor,
            way: Way::call(DialMode::Prerecorded),
            caller_id: CliStatus::Allocated,
            zones: ZoneSet::resolve(["Europe/Moscow"], "test"),
            blocked: Vec::new(),
            tallies: vec![Tally::default()],
            overrides: Vec::new(),
        }
    }

    fn talks(times: &[&str]) -> History {
        let events = times.iter().zip(1..).map(|(at, id)| {
            Event::new(EventId(id), at.parse().expect("a time"), EventKind::Conversation, PersonId(1))
        });
        History::new(events.collect(), Vec::new(), Vec::new())
    }

    #[test]
    fn a_full_week_is_explained_in_both_languages() {
        let history = talks(&["2026-03-16T07:00:00Z", "2026-03-17T07:00:00Z"]);
        let ru = explained("2026-03-19T07:00:00Z", &history, Language::Ru);
        assert_eq!(
            ru.summary,
            "Звонить сейчас нельзя: за календарную неделю 2 из 2 (ответ до представления, брошенный вызов, разговор); \
             освободится 2026-03-23 00:00 Europe/Moscow. Ближайшее время: 2026-03-23 08:00 Europe/Moscow."
        );
        let en = explained("2026-03-19T07:00:00Z", &history, Language::En);
        assert_eq!(
            en.summary,
            "No call now: 2 of 2 in the calendar week (answered before identity, abandoned call, conversation); \
             until 2026-03-23 00:00 Europe/Moscow. Earliest time: 2026-03-23 08:00 Europe/Moscow."
        );
    }

    #[test]
    fn a_hold_names_its_kind_and_says_that_someone_must_act() {
        let hold =
            Hold::new(HoldKind::Bankruptcy, PersonId(1), "2026-03-01T00:00:00Z".parse().expect("a time"));
        let history = History::new(Vec::new(), vec![hold], Vec::new());
        let ru = explained("2026-03-19T07:00:00Z", &history, Language::Ru);
        assert_eq!(
            ru.summary,
            "Звонить сейчас нельзя: запрет — банкротство; пока его не снимет человек. \
             Без решения человека время не наступит."
        );
    }

    #[test]
    fn an_allowed_call_lists_every_rule_that_concerns_it() {
        let explanation = explained("2026-03-19T07:00:00Z", &History::default(), Language::En);
        assert_eq!(explanation.summary, "A call is allowed now.");
        assert!(explanation.lines.iter().all(|line| line.pass));
        let window = explanation.lines.iter().find(|line| line.rule == "ru.window").expect("concerns it");
        assert_eq!(window.text, "hours: Europe/Moscow 10:00 (08:00-22:00)");
        assert!(!explanation.lines.iter().any(|line| line.rule.starts_with("ru.msg")));
    }

    #[test]
    fn an_exception_is_told_with_its_evidence_and_its_end() {
        let presets = Presets::shipped();
        let preset = presets.flatten("ru-230fz-safe").expect("shipped");
        let exception = Override {
            rule: RuleId::from("ru.call.week"),
            limit: 3,
            evidence: "agreement 17 (head, counsel)".to_owned(),
            from: None,
            until: Some("2026-06-01T00:00:00Z".parse().expect("a time")),
        };
        let facts = Facts { overrides: vec![exception], ..facts() };
        let history = talks(&["2026-03-16T07:00:00Z", "2026-03-17T07:00:00Z"]);
        let now = "2026-03-19T07:00:00Z".parse().expect("a time");
        let decision = decide(&preset, presets.calendars(), &facts, &history, now);
        assert_eq!(decision.overridden, [RuleId::from("ru.call.week")]);
        let grounds =
            Grounds { preset: &preset, calendars: presets.calendars(), facts: &facts, history: &history };
        let explanation = explain(&decision, &grounds, Language::Ru);
        let week = explanation.lines.iter().find(|line| line.rule == "ru.call.week").expect("concerns it");
        assert!(week.overridden && week.pass);
        assert_eq!(
            week.text,
            "за календарную неделю 2 из 3 (ответ до представления, брошенный вызов, разговор); исключение: предел 3, \
             основание — agreement 17 (head, counsel), до 2026-06-01 03:00 Europe/Moscow"
        );
        let after = "2026-06-02T07:00:00Z".parse().expect("a time");
        assert!(decide(&preset, presets.calendars(), &facts, &history, after).overridden.is_empty());
    }

    #[test]
    fn an_unknown_zone_is_told_as_a_doubt() {
        assert!(Words::of(Language::En).doubt("fail_closed.zone").contains("zone"));
    }
}
