//! Which zones a contact may be in: the evidence there is, in the order of its worth.
//!
//! 1 where the debtor said he is; 2 his residence; 3 his registration; 4 a geographic dialling code; 5 the region a
//! mobile range was given out in; 6 nothing: every zone of the number's country. A dialling code alone tells only where
//! the numbering registry has nothing of it: a number that the registry should place and does not is unknown. When an address and the number
//! disagree and the debtor said nothing, all their zones must be open.

use super::countries::{self, Country};
use super::regions::{self, Region};
use super::{Registry, Zone, ZoneSet};
use crate::domain::PhoneNumber;

/// What is known of where a contact is. A place is a zone (`Asia/Omsk`, `+06:00`) or a region of Russia as lists
/// write it; one that is neither counts as not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evidence<'a> {
    /// Where the debtor said he is.
    pub stated: Option<&'a str>,
    /// Where he lives, or the zone his creditor keeps for him.
    pub residence: Option<&'a str>,
    /// Where he is registered.
    pub registration: Option<&'a str>,
    pub phone: &'a PhoneNumber,
}

impl Evidence<'_> {
    /// The zones, and what they were concluded from in codes such as `residence=RU-OMS;mobile=RU-MOW,RU-MOS`.
    pub fn zones(&self, registry: &Registry) -> ZoneSet {
        if let Some(place) = self.stated.and_then(Place::read) {
            return ZoneSet::resolve(place.zones(), format!("stated={}", place.code()));
        }
        let addresses = [("residence", self.residence), ("registration", self.registration)];
        let address = addresses.into_iter().find_map(|(word, text)| Some((word, Place::read(text?)?)));
        let number = number_place(self.phone, registry);
        let clues: Vec<_> = address.into_iter().chain(number).collect();
        if clues.is_empty() {
            return nothing_known(self.phone);
        }
        let told: Vec<_> = clues.iter().map(|(word, place)| format!("{word}={}", place.code())).collect();
        ZoneSet::resolve(clues.iter().flat_map(|(_, place)| place.zones()), told.join(";"))
    }
}

/// A place that is understood.
enum Place<'a> {
    Regions(Vec<&'static Region>),
    Zone(&'a str),
}

impl<'a> Place<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let text = text.trim();
        if Zone::find(text).is_some() {
            return Some(Self::Zone(text));
        }
        regions::find(text).map(Self::Regions)
    }

    fn zones(&self) -> Vec<&str> {
        match self {
            Self::Regions(regions) => {
                regions.iter().flat_map(|region| region.zones.iter().copied()).collect()
            }
            Self::Zone(name) => vec![name],
        }
    }

    fn code(&self) -> String {
        match self {
            Self::Regions(regions) => regions.iter().map(|region| region.code).collect::<Vec<_>>().join(","),
            Self::Zone(name) => (*name).to_owned(),
        }
    }
}

/// What a Russian number tells: the registry's range; where the registry has none of its code, a geographic code that is
/// whole within a region.
fn number_place(phone: &PhoneNumber, registry: &Registry) -> Option<(&'static str, Place<'static>)> {
    if countries::of(phone) != Some(Country::Russia) {
        return None;
    }
    let national: u64 = phone.digits()[1..].parse().ok().filter(|number| *number >= 1_000_000_000)?;
    let word = if national / 1_000_000_000 == 9 { "mobile" } else { "geographic" };
    if let Some(given) = registry.find(national) {
        return Some((word, Place::Regions(given.regions?)));
    }
    let code = u16::try_from(national / 10_000_000).expect("three digits");
    if registry.speaks_of(code) {
        return None;
    }
    Some((word, Place::Regions(vec![regions::by_dialling_code(code)?])))
}

/// Every zone of the number's country; of an unknown country none, which denies.
fn nothing_known(phone: &PhoneNumber) -> ZoneSet {
    match countries::of(phone) {
        Some(country) => {
            ZoneSet::resolve(country.zones().iter().copied(), format!("country={}", country.code()))
        }
        None => ZoneSet::resolve([], "nothing"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOBILE: &str =
        "900;0000000;0000099;100;x;Омская область\n900;0000100;0000199;100;x;Российская Федерация\n";

    fn zones(stated: Option<&str>, residence: Option<&str>, phone: &str) -> (Vec<String>, String) {
        let (registry, _) = Registry::read([("9xx", MOBILE)]);
        let phone = PhoneNumber::parse(phone).expect("E.164");
        let set = Evidence { stated, residence, registration: None, phone: &phone }.zones(&registry);
        (set.zones().iter().map(|zone| zone.name().to_owned()).collect(), set.evidence().to_owned())
    }

    #[test]
    fn what_the_debtor_said_is_enough() {
        let (zones, evidence) = zones(Some("Asia/Tomsk"), Some("Омская область"), "+74950000000");
        assert_eq!((zones, &*evidence), (vec!["Asia/Tomsk".to_owned()], "stated=Asia/Tomsk"));
    }

    #[test]
    fn an_address_and_a_number_that_disagree_must_both_be_open() {
        let (zones, evidence) = zones(None, Some("г. Москва"), "+79000000050");
        assert_eq!(zones, ["Europe/Moscow", "Asia/Omsk"]);
        assert_eq!(evidence, "residence=RU-MOW;mobile=RU-OMS");
    }

    #[test]
    fn a_geographic_code_tells_the_region_without_the_registry() {
        assert_eq!(zones(None, None, "+73432000000").0, ["Asia/Yekaterinburg"]);
        assert_eq!(zones(None, None, "+74112000000").0.len(), 3);
    }

    #[test]
    fn an_unknown_range_or_region_is_every_zone_of_the_country() {
        for phone in ["+79000000150", "+79110000000", "+78000000000"] {
            let (zones, evidence) = zones(None, Some("неизвестно где"), phone);
            assert_eq!((zones.len(), &*evidence), (11, "country=RU"), "{phone}");
        }
    }

    #[test]
    fn a_number_whose_ranges_contradict_each_other_is_not_placed_by_its_dialling_code() {
        let city =
            "424;2000000;2000099;100;x;Сахалинская область\n424;2000050;2000199;150;x;Приморский край\n";
        let (registry, _) = Registry::read([("4xx", city)]);
        for number in ["+74242000010", "+74242000160"] {
            let phone = PhoneNumber::parse(number).expect("E.164");
            let evidence = Evidence { stated: None, residence: None, registration: None, phone: &phone };
            assert_eq!(evidence.zones(&registry).zones().len(), 11, "{number}");
        }
    }

    #[test]
    fn a_number_that_the_registry_leaves_out_is_not_placed_by_its_dialling_code() {
        let city = "343;2000000;2000999;1000;x;Свердловская область\n";
        let (registry, _) = Registry::read([("3xx", city)]);
        for (number, known) in [("+73432000000", 1), ("+73433000000", 11), ("+73422000000", 1)] {
            let phone = PhoneNumber::parse(number).expect("E.164");
            let evidence = Evidence { stated: None, residence: None, registration: None, phone: &phone };
            assert_eq!(evidence.zones(&registry).zones().len(), known, "{number}");
        }
    }

    #[test]
    fn kazakhstan_shares_the_code_and_not_the_zones() {
        assert_eq!(zones(None, None, "+77010000000").0, ["Asia/Almaty"]);
    }

    #[test]
    fn a_country_we_do_not_know_has_no_zone_and_is_denied() {
        assert!(zones(None, None, "+998901234567").0.is_empty());
    }

    #[test]
    fn an_offset_is_a_zone() {
        assert_eq!(zones(None, Some("+05:00"), "+998901234567").0, ["+05:00"]);
    }
}
