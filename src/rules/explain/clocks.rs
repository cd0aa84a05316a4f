//! A moment on the clocks of everywhere the person may be.

use jiff::Timestamp;

use super::words::Words;
use crate::domain::Language;
use crate::rules::{Zone, ZoneSet};

/// Clocks shown one by one; of more, the first and the last.
const FEW: usize = 3;

/// The moment on the person's clocks: on each where they are few, on the westernmost and the easternmost else. Zones
/// whose clocks show the same stand once.
pub fn on_clocks(zones: &ZoneSet, time: Timestamp, language: Language) -> String {
    let shown = readings(zones, time);
    match shown.as_slice() {
        [] => time.to_string(),
        [first, .., last] if shown.len() > FEW => {
            format!("{first} … {last} ({})", Words::of(language).zones(zones.zones().len()))
        }
        few => few.join(", "),
    }
}

/// From west to east.
fn readings(zones: &ZoneSet, time: Timestamp) -> Vec<String> {
    let mut zones: Vec<&Zone> = zones.zones().iter().collect();
    zones.sort_by_key(|zone| zone.tz().to_offset(time).seconds());
    zones.dedup_by_key(|zone| zone.tz().to_offset(time).seconds());
    let shown = zones
        .iter()
        .map(|zone| format!("{} {}", zone.tz().to_datetime(time).strftime("%Y-%m-%d %H:%M"), zone.shown()));
    shown.collect()
}

/// A zone's clock beside the hours there, for the rule of hours.
pub(super) struct Clock {
    pub text: String,
    pub open: bool,
    /// Seconds east of UTC.
    pub offset: i32,
}

/// The clocks that matter: those that are closed first; of many, the outermost, and how many are left out.
pub(super) fn that_matter(mut clocks: Vec<Clock>, words: Words) -> String {
    clocks.sort_by_key(|clock| (clock.open, clock.offset));
    let all = clocks.len();
    if all > FEW {
        let closed = clocks.iter().take_while(|clock| !clock.open).count();
        let group = if closed > 0 { closed } else { all };
        clocks.truncate(group);
        if group > 2 {
            clocks.drain(1..group - 1);
        }
    }
    let left_out = all - clocks.len();
    let mut texts: Vec<_> = clocks.into_iter().map(|clock| clock.text).collect();
    if left_out > 0 {
        texts.push(format!("+ {}", words.zones(left_out)));
    }
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_clocks_are_told_by_their_ends() {
        let names =
            ["Asia/Kamchatka", "Europe/Moscow", "Asia/Omsk", "Europe/Kaliningrad", "Europe/Simferopol"];
        let zones = ZoneSet::resolve(names, "test");
        let noon = "2026-03-03T09:00:00Z".parse().expect("a time");
        assert_eq!(
            on_clocks(&zones, noon, Language::En),
            "2026-03-03 11:00 Europe/Kaliningrad … 2026-03-03 21:00 Asia/Kamchatka (zones: 5)"
        );
        let two = ZoneSet::resolve(["Asia/Omsk", "Europe/Moscow"], "test");
        assert_eq!(
            on_clocks(&two, noon, Language::Ru),
            "2026-03-03 12:00 Europe/Moscow, 2026-03-03 15:00 Asia/Omsk"
        );
    }

    #[test]
    fn a_list_s_offset_is_told_as_people_know_it() {
        let zones = ZoneSet::resolve(["Etc/GMT-3"], "list");
        let noon = "2026-03-03T09:00:00Z".parse().expect("a time");
        assert_eq!(on_clocks(&zones, noon, Language::Ru), "2026-03-03 12:00 UTC+3");
    }

    #[test]
    fn closed_clocks_come_first_and_of_many_the_outermost_are_shown() {
        let clock = |offset, open| Clock { text: format!("{offset}"), open, offset };
        let words = Words::of(Language::En);
        let some = vec![clock(3, true), clock(12, false), clock(2, true), clock(10, false), clock(11, false)];
        assert_eq!(that_matter(some, words), "10, 12, + zones: 3");
        assert_eq!(that_matter(vec![clock(3, true), clock(12, false)], words), "12, 3");
    }
}
