//! Countries we call in, by dialling code, and all their zones.

use crate::domain::PhoneNumber;
use crate::rules::coded::coded;

coded! {
    /// A country with a preset (ISO 3166-1).
    Country {
        Chile = "CL",
        Colombia = "CO",
        Greece = "GR",
        Italy = "IT",
        Kazakhstan = "KZ",
        Mexico = "MX",
        /// The countries of the North American numbering plan: a number does not tell them apart surely.
        NorthAmerica = "US",
        Russia = "RU",
        UnitedKingdom = "GB",
    }
}

/// The country of a number, if it is one of ours.
pub fn of(phone: &PhoneNumber) -> Option<Country> {
    let digits = phone.digits();
    // ITU-T E.164: +76 and +77 are Kazakhstan, the rest of +7 Russia, whose numbers have ten digits more.
    if digits.starts_with("76") || digits.starts_with("77") {
        return Some(Country::Kazakhstan);
    }
    let found = CODES.iter().find(|(code, _)| digits.starts_with(code)).map(|&(_, country)| country)?;
    let whole = found != Country::Russia || digits.len() == 11;
    whole.then_some(found)
}

const CODES: [(&str, Country); 8] = [
    ("1", Country::NorthAmerica),
    ("30", Country::Greece),
    ("39", Country::Italy),
    ("44", Country::UnitedKingdom),
    ("52", Country::Mexico),
    ("56", Country::Chile),
    ("57", Country::Colombia),
    ("7", Country::Russia),
];

impl Country {
    /// Zones whose clocks differ, so that being open in all is being open everywhere in the country. Russia's stand in the
    /// order of its hour zones, МСК-1 to МСК+9.
    pub fn zones(self) -> &'static [&'static str] {
        match self {
            Self::Chile => &["America/Santiago", "America/Punta_Arenas", "Pacific/Easter"],
            Self::Colombia => &["America/Bogota"],
            Self::Greece => &["Europe/Athens"],
            Self::Italy => &["Europe/Rome"],
            Self::Kazakhstan => &["Asia/Almaty"],
            Self::Mexico => &[
                "America/Cancun",
                "America/Mexico_City",
                "America/Matamoros",
                "America/Ciudad_Juarez",
                "America/Hermosillo",
                "America/Tijuana",
            ],
            Self::NorthAmerica => &[
                "America/St_Johns",
                "America/Puerto_Rico",
                "America/New_York",
                "America/Chicago",
                "America/Denver",
                "America/Phoenix",
                "America/Los_Angeles",
                "America/Anchorage",
                "Pacific/Honolulu",
            ],
            Self::Russia => &[
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
            ],
            Self::UnitedKingdom => &["Europe/London"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Zone;

    #[test]
    fn every_zone_of_every_country_exists() {
        for country in Country::ALL {
            assert!(country.zones().iter().all(|zone| Zone::find(zone).is_some()), "{country:?}");
        }
    }

    #[test]
    fn a_russian_number_has_ten_digits_after_the_seven() {
        let of = |phone| of(&PhoneNumber::parse(phone).expect("E.164"));
        assert_eq!(of("+79991234567"), Some(Country::Russia));
        assert_eq!(of("+7999123456"), None);
        assert_eq!(of("+14155550123"), Some(Country::NorthAmerica));
    }
}
