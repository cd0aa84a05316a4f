//! Random changes of a preset, tighter or looser.

use jiff::SignedDuration;
use obzvon::rules::preset::{Counted, DayHours, RuleKind, ScopePart, Window};
use obzvon::rules::{EventKind, Preset, Set, WayKind};
use rand::{Rng, RngExt, seq::IndexedRandom};

/// The preset with up to three of its rules changed.
pub fn change(preset: &Preset, rng: &mut impl Rng) -> Preset {
    let mut changed = preset.clone();
    for _ in 0..rng.random_range(1..4) {
        let place = rng.random_range(0..changed.rules.len());
        let rule = &mut changed.rules[place];
        if rng.random_bool(0.1) {
            rule.applies.channels = rng.random_bool(0.5).then(|| [WayKind::Call].into_iter().collect());
        }
        match &mut rule.kind {
            RuleKind::InFlight { lease } => *lease = SignedDuration::from_mins(rng.random_range(1..20)),
            RuleKind::Window { hours } => {
                let day = &mut hours.week[rng.random_range(0..8)];
                let opens = rng.random_range(0..12) * 60;
                *day = rng
                    .random_bool(0.8)
                    .then(|| DayHours { opens, closes: opens + rng.random_range(1..13) * 60 });
            }
            RuleKind::EndGuard { minutes } => *minutes = rng.random_range(0..60),
            RuleKind::Ratio { max_ppm, .. } => *max_ppm = rng.random_range(0..60_000),
            RuleKind::ChannelLock { trigger } => count_otherwise(trigger, rng),
            RuleKind::Cooldown { trigger, suspended_by, .. } => {
                count_otherwise(trigger, rng);
                if rng.random_bool(0.3) {
                    *suspended_by = None;
                }
            }
            RuleKind::Cap { count, limit, suspended_by } => {
                if rng.random_bool(0.6) {
                    *limit = rng.random_range(0..9);
                }
                if rng.random_bool(0.5) {
                    count_otherwise(count, rng);
                }
                if rng.random_bool(0.3) {
                    *suspended_by = None;
                }
            }
            RuleKind::Hold { scope, .. } => *scope = scopes(rng),
            RuleKind::Consent { .. } | RuleKind::CallerId { .. } | RuleKind::Pref => {}
        }
    }
    changed
}

fn count_otherwise(counted: &mut Counted, rng: &mut impl Rng) {
    match rng.random_range(0..4) {
        0 => counted.window = window(rng),
        1 => counted.scope = scopes(rng),
        2 => counted.honour_excluded = rng.random_bool(0.5),
        _ => {
            let more = *EventKind::ALL.choose(rng).expect("there are kinds");
            counted.kinds = counted.kinds.iter().chain([more]).collect();
        }
    }
}

fn scopes(rng: &mut impl Rng) -> Set<ScopePart> {
    ScopePart::ALL.iter().copied().filter(|_| rng.random_bool(0.4)).collect()
}

fn window(rng: &mut impl Rng) -> Window {
    match rng.random_range(0..6) {
        0 => Window::CalendarDay,
        1 => Window::CalendarWeek,
        2 => Window::CalendarMonth,
        3 => Window::RollingDays(rng.random_range(1..40)),
        4 => Window::Elapsed(SignedDuration::from_hours(rng.random_range(1..900))),
        _ => Window::Lifetime,
    }
}
