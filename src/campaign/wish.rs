//! A part of the day that somebody wished a type of debtor called in: a wish delays a call and never forbids it, so one
//! that the rules or the campaign's own hours never let come true is none.

use jiff::civil::Time;

use super::plan::{Calendar, Hours};
use crate::rules::{Preset, RuleKind};
use crate::stats::DayPart;

/// The hours of a part of the day; `None`: it has none.
pub fn hours_of(part: DayPart) -> Option<Hours> {
    let (opens, closes) = part.hours()?;
    let closes = if closes == 24 { Time::MAX } else { Time::constant(closes, 0, 0, 0) };
    Some(Hours { opens: Time::constant(opens, 0, 0, 0), closes })
}

/// Whether the campaign is ever open in a part of the day: on some day of the week its own hours and those of every
/// window of the rules have a time in it, with the rules' guard before closing left off. Each window is taken to apply.
pub fn is_ever_open(calendar: &Calendar, part: Hours, preset: &Preset) -> bool {
    let guard = preset.rules.iter().filter_map(|rule| match rule.kind {
        RuleKind::EndGuard { minutes } => Some(minutes),
        _ => None,
    });
    let guard = guard.max().unwrap_or(0);
    let within = calendar.within(part);
    within.hours.iter().enumerate().any(|(day, hours)| {
        let Some(hours) = hours else { return false };
        let (mut opens, mut closes) = (minute(hours.opens), minute(hours.closes));
        for rule in &preset.rules {
            let RuleKind::Window { hours } = &rule.kind else { continue };
            let Some(window) = hours.week[day] else { return false };
            opens = opens.max(window.opens);
            closes = closes.min(window.closes.saturating_sub(guard));
        }
        opens < closes
    })
}

/// The last moment of a day is its end.
fn minute(time: Time) -> u16 {
    let minutes = i32::from(time.hour()) * 60 + i32::from(time.minute()) + i32::from(time.second() > 0);
    u16::try_from(minutes).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;
    use crate::rules::Presets;

    fn calendar(opens: i8, closes: i8) -> Calendar {
        let day = Some(Hours { opens: time(opens, 0, 0, 0), closes: time(closes, 0, 0, 0) });
        Calendar { hours: [day; 7], off: Vec::new(), not_before: None, not_after: None }
    }

    #[test]
    fn a_part_of_the_day_must_lie_in_the_campaigns_hours_and_the_laws() {
        let law = Presets::shipped().flatten("ru-230fz-safe").expect("a preset");
        let part = |part| hours_of(part).expect("hours");
        let always = calendar(0, 23);
        assert!(is_ever_open(&always, part(DayPart::Morning), &law));
        assert!(is_ever_open(&always, part(DayPart::Evening), &law), "the law closes later on weekdays");
        assert!(!is_ever_open(&always, part(DayPart::Night), &law), "nobody is called at night");
        assert!(!is_ever_open(&calendar(9, 18), part(DayPart::Evening), &law), "the campaign closes at 18");
        assert_eq!(hours_of(DayPart::Unknown), None);
    }
}
