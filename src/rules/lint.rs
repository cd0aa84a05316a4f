//! Looks for rules that can't be meant: what never fires, never lets anything through, or rests on days nobody loaded.

use std::fmt;

use jiff::civil::Date;

use super::calendar::Calendars;
use super::preset::{DayHours, Preset, RuleId, RuleKind, WeekHours};
use super::tighter::at_least_as_tight;

/// Something about a preset that a person should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// The opening hours together leave no minute of the week.
    NeverOpen,
    /// The rule lets nothing through.
    NeverPasses { rule: RuleId },
    /// Whenever the rule denies, `by` denies too.
    NeverAlone { rule: RuleId, by: RuleId },
    /// The hours name a calendar that is not loaded: everything is denied.
    NoCalendar { rule: RuleId, calendar: String },
    /// The calendar has no horizon: its public holidays are not known, and weekdays look open.
    NoHolidays { calendar: String },
    /// The calendar ends in so many days, or has ended: later days get the hours of holidays.
    HorizonNear { calendar: String, days: i32 },
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeverOpen => write!(f, "the hours together are never open"),
            Self::NeverPasses { rule } => write!(f, "{rule} lets nothing through"),
            Self::NeverAlone { rule, by } => write!(f, "{rule} adds nothing: {by} denies whenever it does"),
            Self::NoCalendar { rule, calendar } => {
                write!(f, "{rule} needs calendar {calendar}, which is not loaded: everything is denied")
            }
            Self::NoHolidays { calendar } => {
                write!(f, "calendar {calendar} has no horizon: public holidays on weekdays look open")
            }
            Self::HorizonNear { calendar, days } if *days < 0 => {
                write!(f, "calendar {calendar} ended {} days ago: every day has holiday hours", -days)
            }
            Self::HorizonNear { calendar, days } => {
                write!(f, "calendar {calendar} ends in {days} days: load the next year")
            }
        }
    }
}

impl Remark {
    /// It stops all dialling.
    pub fn is_fatal(&self) -> bool {
        match self {
            Self::NeverOpen | Self::NeverPasses { .. } | Self::NoCalendar { .. } => true,
            Self::NeverAlone { .. } | Self::NoHolidays { .. } | Self::HorizonNear { .. } => false,
        }
    }
}

/// What there is to say about a preset; with `today`, also about calendars that end soon.
pub fn lint(preset: &Preset, calendars: &Calendars, today: Option<Date>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut open: Option<WeekHours> = None;
    for rule in &preset.rules {
        match &rule.kind {
            RuleKind::Window { hours } => {
                let so_far = open.get_or_insert(hours.week);
                *so_far = std::array::from_fn(|column| both(so_far[column], hours.week[column]));
                remarks.extend(days(&rule.id, hours.calendar.as_deref(), calendars, today));
            }
            RuleKind::Cap { limit: 0, .. } => remarks.push(Remark::NeverPasses { rule: rule.id.clone() }),
            _ => {}
        }
    }
    let guard = preset.rules.iter().filter_map(|rule| match rule.kind {
        RuleKind::EndGuard { minutes } => Some((&rule.id, minutes)),
        _ => None,
    });
    if let Some(week) = open {
        let longest = week.iter().flatten().map(|day| day.closes - day.opens).max();
        match longest {
            None => remarks.push(Remark::NeverOpen),
            Some(longest) => {
                let too_long = guard.filter(|&(_, minutes)| minutes > longest);
                remarks.extend(too_long.map(|(rule, _)| Remark::NeverPasses { rule: rule.clone() }));
            }
        }
    }
    remarks.extend(idle(preset));
    remarks.dedup();
    remarks
}

/// Rules that another one of the preset answers.
fn idle(preset: &Preset) -> impl Iterator<Item = Remark> {
    let rules = &preset.rules;
    rules.iter().enumerate().filter_map(move |(place, rule)| {
        let answers = |&(other_place, other): &(usize, &super::Rule)| {
            // Of two equal ones the later is idle.
            let equal = at_least_as_tight(rule, other) && place < other_place;
            other_place != place && at_least_as_tight(other, rule) && !equal
        };
        let (_, by) = rules.iter().enumerate().find(answers)?;
        Some(Remark::NeverAlone { rule: rule.id.clone(), by: by.id.clone() })
    })
}

fn days(rule: &RuleId, name: Option<&str>, calendars: &Calendars, today: Option<Date>) -> Option<Remark> {
    let name = name?;
    let calendar = name.to_owned();
    let Some(known) = calendars.0.get(name) else {
        return Some(Remark::NoCalendar { rule: rule.clone(), calendar });
    };
    if known.horizon.is_none() {
        return Some(Remark::NoHolidays { calendar });
    }
    let days = known.alarm(today?)?;
    Some(Remark::HorizonNear { calendar, days })
}

/// The hours in which both are open.
fn both(one: Option<DayHours>, other: Option<DayHours>) -> Option<DayHours> {
    let (one, other) = one.zip(other)?;
    let (opens, closes) = (one.opens.max(other.opens), one.closes.min(other.closes));
    (opens < closes).then_some(DayHours { opens, closes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Presets;

    fn told(extra: &str, preset: &str, today: Option<Date>) -> Vec<String> {
        let mut presets = Presets::shipped();
        presets.add(extra).expect("sound");
        let flat = presets.flatten(preset).expect("sound");
        lint(&flat, presets.calendars(), today).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn hours_that_never_meet_are_seen() {
        let night = "[preset.night]\nrules = [{id=\"n\", type=\"window\", hours={mon=\"00:00-06:00\", tue=\"\", wed=\"\", \
            thu=\"\", fri=\"\", sat=\"\", sun=\"\", holiday=\"\"}}]\n";
        assert_eq!(told(night, "ru-230fz+night", None), ["the hours together are never open"]);
    }

    #[test]
    fn a_rule_that_another_answers_is_seen() {
        let more = "[preset.more]\nextends = [\"ru-230fz\"]\nrules = [{id=\"x\", type=\"cap\", channels=[\"call\"], \
            count=[\"conversation\"], limit=3, window=\"calendar_week\"}, {id=\"y\", type=\"cap\", count=[\"message\"], \
            limit=0, window=\"lifetime\"}]\n";
        let remarks = told(more, "more", None);
        assert!(
            remarks.contains(&"x adds nothing: ru.call.week denies whenever it does".to_owned()),
            "{remarks:?}"
        );
        assert!(remarks.contains(&"y lets nothing through".to_owned()), "{remarks:?}");
    }

    #[test]
    fn days_that_are_not_known_are_told() {
        let lost = "[preset.lost]\nextends = [\"ru-230fz\"]\ncalendar = \"XX\"\n";
        assert_eq!(
            told(lost, "lost", None),
            ["ru.window needs calendar XX, which is not loaded: everything is denied"]
        );
        assert!(told("", "uk-conc-ofcom", None)[0].starts_with("calendar UK has no horizon"));
        let november = Some(jiff::civil::date(2026, 11, 24));
        assert_eq!(told("", "ru-230fz", november), ["calendar RU ends in 37 days: load the next year"]);
        assert_eq!(told("", "ru-230fz", Some(jiff::civil::date(2026, 10, 1))), [""; 0]);
    }
}
