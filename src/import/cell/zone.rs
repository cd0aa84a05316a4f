//! Time zones as lists name them, as IANA names.

use jiff::tz::TimeZoneDatabase;

use crate::rules::zone::Country;

/// Reads `Asia/Omsk`, `+06:00`, `UTC+6`, `GMT+6` or `МСК+3`; the result is always an IANA name. Offsets with
/// minutes have no such name and are refused.
///
/// `МСК+N` names an hour zone of Federal Law 107-FZ, and so a place: its clocks go with the law, should that move them again
/// as it did in 2011 and 2014. A bare offset names none and stays one.
pub fn zone(cell: &str) -> Option<String> {
    let cell = cell.trim();
    if let Some(place) = of_russia(&cell.to_uppercase()) {
        return Some(place.to_owned());
    }
    if let Some(hours) = offset(&cell.to_uppercase()) {
        // The sign of these names is reversed, as POSIX has it.
        return Some(match hours {
            0 => "Etc/UTC".to_owned(),
            1..=14 => format!("Etc/GMT-{hours}"),
            -12..=-1 => format!("Etc/GMT+{}", -hours),
            _ => return None,
        });
    }
    let found = TimeZoneDatabase::bundled().get(cell).ok()?;
    found.iana_name().map(str::to_owned)
}

/// A city of the hour zone of Russia that `МСК+N` names: the country's zones stand from МСК-1 to МСК+9, one an hour.
fn of_russia(text: &str) -> Option<&'static str> {
    let rest = text.strip_prefix("МСК").or_else(|| text.strip_prefix("MSK"))?;
    let from_moscow = usize::try_from(offset(text)? - 2).ok()?;
    // «МСК+03:00» and the like are offsets in somebody's table, and no names of the law.
    (!rest.contains(':')).then(|| Country::Russia.zones().get(from_moscow).copied()).flatten()
}

/// Hours east of Greenwich.
fn offset(text: &str) -> Option<i8> {
    let (base, rest) = if let Some(rest) = text.strip_prefix("МСК").or_else(|| text.strip_prefix("MSK")) {
        (3, rest)
    } else if let Some(rest) = text.strip_prefix("UTC").or_else(|| text.strip_prefix("GMT")) {
        (0, rest)
    } else if text.starts_with(['+', '-', '\u{2212}']) {
        (0, text)
    } else {
        return None;
    };
    let rest = rest.trim();
    if rest.is_empty() {
        return Some(base);
    }
    let (sign, digits) = match rest.strip_prefix('+') {
        Some(digits) => (1, digits),
        None => (-1, rest.strip_prefix(['-', '\u{2212}'])?),
    };
    let hours = match digits.split_once(':') {
        Some((hours, "00")) => hours,
        Some(_) => return None,
        None if digits.len() == 4 => digits.strip_suffix("00")?,
        None => digits,
    };
    let hours: i8 = hours.trim().parse().ok().filter(|hours| (0..=14).contains(hours))?;
    Some(base + sign * hours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_offsets_become_iana_names() {
        let read = |cell| zone(cell).unwrap_or_default();
        assert_eq!(read("Asia/Omsk"), "Asia/Omsk");
        assert_eq!(read("asia/omsk"), "Asia/Omsk");
        for cell in ["+06:00", "UTC+6", "utc+06", "GMT+6", "МСК+03:00", "+0600", "+6"] {
            assert_eq!(read(cell), "Etc/GMT-6", "{cell}");
        }
        assert_eq!(read("-5"), "Etc/GMT+5");
        assert_eq!(read("UTC"), "Etc/UTC");
    }

    #[test]
    fn an_hour_zone_of_russia_is_a_place() {
        let read = |cell| zone(cell).unwrap_or_default();
        for (cell, place) in [
            ("МСК", "Europe/Moscow"),
            ("msk", "Europe/Moscow"),
            ("МСК-1", "Europe/Kaliningrad"),
            ("МСК+2", "Asia/Yekaterinburg"),
            ("мск +3", "Asia/Omsk"),
            ("МСК+9", "Asia/Kamchatka"),
        ] {
            assert_eq!(read(cell), place, "{cell}");
        }
        assert_eq!(read("МСК-2"), "Etc/GMT-1", "no hour zone of Russia");
        let now = "2026-03-03T09:00:00Z".parse().expect("a time");
        for (hours, place) in (2..).zip(Country::Russia.zones()) {
            let clock = TimeZoneDatabase::bundled().get(place).expect("a known name");
            assert_eq!(clock.to_offset(now).seconds(), hours * 3600, "{place}");
        }
    }

    #[test]
    fn what_is_no_zone_is_refused() {
        for cell in ["", "Омск", "+05:30", "+25", "MSK+x", "local", "Asia/Nowhere"] {
            assert_eq!(zone(cell), None, "{cell}");
        }
    }

    #[test]
    fn the_sign_of_an_offset_is_the_one_people_mean() {
        let read = zone("+06:00").expect("a zone");
        let zone = TimeZoneDatabase::bundled().get(&read).expect("a known name");
        let offset = zone.to_offset(jiff::Timestamp::UNIX_EPOCH);
        assert_eq!(offset.seconds(), 6 * 3600);
    }
}
