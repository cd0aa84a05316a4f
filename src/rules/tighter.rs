//! The partial order "at least as tight": which changes of rules can only deny more.
//!
//! A preset is at least as tight as another when each rule of the other is answered by one that denies whenever it
//! does. Two rules may be incomparable; then neither is tighter.

use jiff::SignedDuration;

use super::coded::{Coded, Set};
use super::consent::ConsentKind;
use super::preset::{
    Applies, Counted, DayHours, Filter, Hours, Preset, Rule, RuleId, RuleKind, WeekHours, Window,
};

/// The rules of `old` that `new` loosens: those with no rule in `new` at least as tight. Empty: `new` is at least as
/// tight as `old`.
pub fn loosened(old: &Preset, new: &Preset) -> Vec<RuleId> {
    let open = old.rules.iter().filter(|old| !new.rules.iter().any(|new| at_least_as_tight(new, old)));
    open.map(|rule| rule.id.clone()).collect()
}

/// `new` denies whenever `old` does.
pub fn at_least_as_tight(new: &Rule, old: &Rule) -> bool {
    applies_as_widely(&new.applies, &old.applies) && kind_as_tight(&new.kind, &old.kind)
}

fn applies_as_widely(new: &Applies, old: &Applies) -> bool {
    wider(new.channels, old.channels)
        && wider(new.relations, old.relations)
        && wider(new.phone_types, old.phone_types)
        && wider(new.dial_modes, old.dial_modes)
        && new.effective_from.is_none_or(|new| old.effective_from.is_some_and(|old| new <= old))
}

fn kind_as_tight(new: &RuleKind, old: &RuleKind) -> bool {
    use RuleKind::{
        CallerId, Cap, ChannelLock, Consent, Cooldown, EndGuard, Hold, InFlight, Pref, Ratio, Window,
    };
    match (new, old) {
        (Hold { hold: new, scope: new_scope }, Hold { hold: old, scope: old_scope }) => {
            old.is_subset(*new) && new_scope.is_subset(*old_scope)
        }
        (Consent { needs: new }, Consent { needs: old }) => old.is_subset(*new),
        (CallerId { allow: new }, CallerId { allow: old }) => new.is_subset(*old),
        (InFlight { lease: new }, InFlight { lease: old }) => new >= old,
        (Window { hours: new }, Window { hours: old }) => hours_as_tight(new, old),
        (EndGuard { minutes: new }, EndGuard { minutes: old }) => new >= old,
        (Pref, Pref) => true,
        (Ratio { max_ppm: new, period: new_period }, Ratio { max_ppm: old, period: old_period }) => {
            new <= old && new_period == old_period
        }
        (ChannelLock { trigger: new }, ChannelLock { trigger: old }) => counts_as_much(new, old),
        (
            Cooldown { trigger: new, unless: new_unless, suspended_by: new_by },
            Cooldown { trigger: old, unless: old_unless, suspended_by: old_by },
        ) => counts_as_much(new, old) && new_unless.is_subset(*old_unless) && as_seldom(*new_by, *old_by),
        (
            Cap { count: new, limit: new_limit, suspended_by: new_by },
            Cap { count: old, limit: old_limit, suspended_by: old_by },
        ) => counts_as_much(new, old) && new_limit <= old_limit && as_seldom(*new_by, *old_by),
        // A rule of another type answers none.
        _ => false,
    }
}

/// Suspended no more often.
fn as_seldom(new: Option<ConsentKind>, old: Option<ConsentKind>) -> bool {
    new.is_none() || new == old
}

/// A filter that lets through all that the other does.
fn wider<T: Coded>(new: Filter<T>, old: Filter<T>) -> bool {
    new.is_none_or(|new| old.is_some_and(|old: Set<T>| old.is_subset(new)))
}

/// Whatever the old rule counts, the new one counts at least as long.
fn counts_as_much(new: &Counted, old: &Counted) -> bool {
    old.kinds.is_subset(new.kinds)
        && new.scope.is_subset(old.scope)
        && wider(new.phone_types, old.phone_types)
        && wider(new.dial_modes, old.dial_modes)
        && (!new.honour_excluded || old.honour_excluded)
        && lasts_as_long(new.window, old.window)
}

/// Every event counts at least as long. Local days have 23 to 25 hours.
fn lasts_as_long(new: Window, old: Window) -> bool {
    use Window::{CalendarDay, CalendarMonth, CalendarWeek, Elapsed, Lifetime, RollingDays};
    let longest_days = |days: i64| SignedDuration::from_hours(days * 24 + 1);
    // An event just before midnight counts on that date for no time at all.
    let shortest_days = |days: u16| SignedDuration::from_hours((i64::from(days) - 1) * 24 - 1);
    match (new, old) {
        (Lifetime, _) | (CalendarDay | CalendarWeek | CalendarMonth, CalendarDay) => true,
        (CalendarWeek, CalendarWeek) | (CalendarMonth, CalendarMonth) => true,
        (RollingDays(_), CalendarDay) => true,
        (RollingDays(new), CalendarWeek) => new >= 7,
        (RollingDays(new), CalendarMonth) => new >= 31,
        (RollingDays(new), RollingDays(old)) => new >= old,
        (RollingDays(new), Elapsed(old)) => shortest_days(new) >= old,
        (Elapsed(new), Elapsed(old)) => new >= old,
        (Elapsed(new), CalendarDay) => new >= longest_days(1),
        (Elapsed(new), CalendarWeek) => new >= longest_days(7),
        (Elapsed(new), CalendarMonth) => new >= longest_days(31),
        (Elapsed(new), RollingDays(old)) => new >= longest_days(old.into()),
        (CalendarDay | CalendarWeek | CalendarMonth, RollingDays(old)) => old == 1,
        (CalendarDay | CalendarWeek | CalendarMonth, CalendarWeek | CalendarMonth | Elapsed(_))
        | (_, Lifetime) => false,
    }
}

/// Open only when the other is, whatever the calendar makes of a day.
fn hours_as_tight(new: &Hours, old: &Hours) -> bool {
    let same_days = new.calendar == old.calendar;
    let by_column = new.week.iter().zip(&old.week).all(|(new, old)| within(*new, *old));
    // Without a calendar no day was a holiday, so a holiday may now fall on any column.
    let holidays_fit = old.calendar.is_none() && old.week[..7].iter().all(|old| within(new.week[7], *old));
    by_column && (same_days || holidays_fit) && weekends_fit(new, &old.week, old.literal_weekends)
}

/// A weekend day made a working day: its own hours, or Monday's where the reading is literal.
fn weekends_fit(new: &Hours, old: &WeekHours, old_literal: bool) -> bool {
    match (new.literal_weekends, old_literal) {
        (true, true) | (false, false) => true,
        (false, true) => new.week[5..7].iter().all(|new| within(*new, old[0])),
        (true, false) => old[5..7].iter().all(|old| within(new.week[0], *old)),
    }
}

fn within(new: Option<DayHours>, old: Option<DayHours>) -> bool {
    match (new, old) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(new), Some(old)) => new.opens >= old.opens && new.closes <= old.closes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Presets;

    fn order(old: &str, new: &str) -> Vec<String> {
        let presets = Presets::shipped();
        let flat = |name| presets.flatten(name).expect("shipped");
        loosened(&flat(old), &flat(new)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_order_of_the_shipped_presets_is_known() {
        assert!(order("ru-230fz", "ru-230fz-safe").is_empty());
        assert!(order("ru-230fz-lenient", "ru-230fz").is_empty());
        assert!(order("ru-230fz-literal-days", "ru-230fz").is_empty());
        assert!(order("us-regf", "us-regf+us-ma").is_empty());
        assert_eq!(order("ru-230fz", "ru-230fz-lenient"), ["ru.call.day", "ru.call.week", "ru.call.month"]);
        assert_eq!(order("ru-230fz", "ru-230fz-literal-days"), ["ru.window"]);
        assert_eq!(order("ru-230fz", "ru-230fz-per-creditor").len(), 3);
    }

    #[test]
    fn every_preset_is_as_tight_as_itself() {
        let presets = Presets::shipped();
        for name in presets.names() {
            assert!(order(name, name).is_empty(), "{name}");
        }
    }
}
