//! Where a person may be, by every id of his in the lists.

use super::{Evidence, Registry, Zone, ZoneSet, regions};
use crate::domain::PhoneNumber;

/// What one id of the lists tells of where its person is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whereabouts {
    /// As the list writes it: an IANA name or an offset.
    pub time_zone: Option<String>,
    /// As the list writes it.
    pub region: Option<String>,
    pub phones: Vec<PhoneNumber>,
}

impl Whereabouts {
    /// The zone is worth more than the region where the region has it; else both count.
    fn residences(&self) -> Vec<Option<&str>> {
        let zone = self.time_zone.as_deref().map(str::trim).filter(|zone| Zone::find(zone).is_some());
        match (zone, self.region.as_deref()) {
            (Some(zone), Some(region)) if contradict(zone, region) => vec![Some(zone), Some(region)],
            (zone, region) => vec![zone.or(region)],
        }
    }
}

/// Where a person may be, whichever of his phones is then called. Ids that were merged are one person: where they
/// disagree all their zones must be open.
pub fn of_person<'a>(ids: impl IntoIterator<Item = &'a Whereabouts>, registry: &Registry) -> ZoneSet {
    let (mut names, mut told) = (Vec::new(), Vec::new());
    for id in ids {
        let residences = id.residences();
        for phone in &id.phones {
            for &residence in &residences {
                let set = Evidence { stated: None, residence, registration: None, phone }.zones(registry);
                names.extend(set.zones.iter().map(|zone| zone.name().to_owned()));
                if !told.contains(&set.evidence) {
                    told.push(set.evidence);
                }
            }
        }
    }
    ZoneSet::resolve(names.iter().map(String::as_str), told.join("|"))
}

/// Whether a list puts a person into a zone that his region does not have.
fn contradict(zone: &str, region: &str) -> bool {
    regions::find(region).is_some_and(|found| !found.iter().any(|region| region.zones.contains(&zone)))
}
