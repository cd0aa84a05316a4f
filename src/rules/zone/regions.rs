//! The regions of Russia: their names as registries and lists write them, their zones, and their dialling codes.

/// A region, known by its code of ISO 3166-2.
#[derive(Debug, PartialEq, Eq)]
pub struct Region {
    /// ISO 3166-2; for regions that the standard does not have, a code of its form.
    pub code: &'static str,
    /// IANA zones, all of which must be open.
    pub zones: &'static [&'static str],
    /// Names without the words for kinds of region, in lower case, hyphens as spaces.
    names: &'static [&'static str],
    /// Geographic dialling codes that are whole within the region.
    dialling: &'static [u16],
}

/// Finds the regions that a text names, such as `г. Москва и Московская область`, `АО Ненецкий` or, with a place
/// before the region, `Корякский округ|Камчатский край`. Absent when any part of it is not a region we know.
pub fn find(text: &str) -> Option<Vec<&'static Region>> {
    let named = text.rsplit('|').next().unwrap_or(text).to_lowercase().replace('ё', "е");
    let parts = named.split(['*', ',', ';', '/', '+']).flat_map(|part| part.split(" и "));
    let parts: Vec<_> = parts.map(plain).filter(|part| !part.is_empty()).collect();
    let found: Option<Vec<_>> = parts.iter().map(|part| by_name(part)).collect();
    found.filter(|regions| !regions.is_empty())
}

/// The region in which a geographic dialling code (three digits) lies.
pub fn by_dialling_code(code: u16) -> Option<&'static Region> {
    REGIONS.iter().find(|region| region.dialling.contains(&code))
}

fn by_name(plain: &str) -> Option<&'static Region> {
    REGIONS.iter().find(|region| region.names.contains(&plain))
}

/// The name without the words for kinds of region, and without a word said twice.
fn plain(part: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for word in part.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if !KINDS.contains(&word) && !kept.contains(&word) {
            kept.push(word);
        }
    }
    kept.join(" ")
}

/// Words for kinds of region, whole and shortened.
const KINDS: [&str; 21] = [
    "автономная",
    "автономный",
    "аобл",
    "ао",
    "г",
    "гор",
    "город",
    "кр",
    "край",
    "о",
    "обл",
    "область",
    "округ",
    "авт",
    "окр",
    "респ",
    "республика",
    "республики",
    "федерального",
    "значения",
    "а",
];

const MOSCOW: &str = "Europe/Moscow";

const fn region(
    code: &'static str,
    zones: &'static [&'static str],
    names: &'static [&'static str],
    dialling: &'static [u16],
) -> Region {
    Region { code, zones, names, dialling }
}

/// Recalled and checked against the zone data for offsets, not against a legal source.
const REGIONS: [Region; 89] = [
    region("RU-AD", &[MOSCOW], &["адыгея"], &[877]),
    region("RU-AL", &["Asia/Barnaul"], &["алтай"], &[388]),
    region("RU-ALT", &["Asia/Barnaul"], &["алтайский"], &[385]),
    region("RU-AMU", &["Asia/Yakutsk"], &["амурская"], &[416]),
    region("RU-ARK", &[MOSCOW], &["архангельская"], &[818]),
    region("RU-AST", &["Europe/Astrakhan"], &["астраханская"], &[851]),
    region("RU-BA", &["Asia/Yekaterinburg"], &["башкортостан", "башкирия"], &[347]),
    region("RU-BEL", &[MOSCOW], &["белгородская"], &[472]),
    region("RU-BRY", &[MOSCOW], &["брянская"], &[483]),
    region("RU-BU", &["Asia/Irkutsk"], &["бурятия"], &[301]),
    region("RU-CE", &[MOSCOW], &["чеченская", "чечня"], &[871]),
    region("RU-CHE", &["Asia/Yekaterinburg"], &["челябинская"], &[351]),
    region("RU-CHU", &["Asia/Anadyr"], &["чукотский", "чукотка"], &[427]),
    region("RU-CR", &["Europe/Simferopol"], &["крым"], &[]),
    region("RU-CU", &[MOSCOW], &["чувашская", "чувашия", "чувашская чувашия"], &[835]),
    region("RU-DA", &[MOSCOW], &["дагестан"], &[872]),
    region("RU-DPR", &[MOSCOW], &["донецкая народная", "донецкая"], &[]),
    region("RU-HER", &[MOSCOW], &["херсонская"], &[]),
    region("RU-IN", &[MOSCOW], &["ингушетия"], &[873]),
    region("RU-IRK", &["Asia/Irkutsk"], &["иркутская", "усть ордынский бурятский"], &[395]),
    region("RU-IVA", &[MOSCOW], &["ивановская"], &[493]),
    region("RU-KAM", &["Asia/Kamchatka"], &["камчатский", "камчатская", "корякский"], &[415]),
    region("RU-KB", &[MOSCOW], &["кабардино балкарская", "кабардино балкария"], &[866]),
    region("RU-KC", &[MOSCOW], &["карачаево черкесская", "карачаево черкесия"], &[878]),
    region("RU-KDA", &[MOSCOW], &["краснодарский"], &[861, 862]),
    region("RU-KEM", &["Asia/Novokuznetsk"], &["кемеровская", "кемеровская кузбасс", "кузбасс"], &[384]),
    region("RU-KGD", &["Europe/Kaliningrad"], &["калининградская"], &[401]),
    region("RU-KGN", &["Asia/Yekaterinburg"], &["курганская"], &[352]),
    region("RU-KHA", &["Asia/Vladivostok"], &["хабаровский"], &[421]),
    region("RU-KHM", &["Asia/Yekaterinburg"], &["ханты мансийский", "ханты мансийский югра", "югра"], &[346]),
    region("RU-KIR", &["Europe/Kirov"], &["кировская"], &[833]),
    region("RU-KK", &["Asia/Krasnoyarsk"], &["хакасия"], &[390]),
    region("RU-KL", &[MOSCOW], &["калмыкия"], &[847]),
    region("RU-KLU", &[MOSCOW], &["калужская"], &[484]),
    region("RU-KO", &[MOSCOW], &["коми"], &[821]),
    region("RU-KOS", &[MOSCOW], &["костромская"], &[494]),
    region("RU-KR", &[MOSCOW], &["карелия"], &[814]),
    region("RU-KRS", &[MOSCOW], &["курская"], &[471]),
    region(
        "RU-KYA",
        &["Asia/Krasnoyarsk"],
        &["красноярский", "таймырский", "таймырский долгано ненецкий", "эвенкийский"],
        &[391],
    ),
    region("RU-LEN", &[MOSCOW], &["ленинградская"], &[813]),
    region("RU-LIP", &[MOSCOW], &["липецкая"], &[474]),
    region("RU-LPR", &[MOSCOW], &["луганская народная", "луганская"], &[]),
    region("RU-MAG", &["Asia/Magadan"], &["магаданская"], &[413]),
    region("RU-ME", &[MOSCOW], &["марий эл"], &[836]),
    region("RU-MO", &[MOSCOW], &["мордовия"], &[834]),
    region("RU-MOS", &[MOSCOW], &["московская", "подмосковье"], &[496, 498]),
    region("RU-MOW", &[MOSCOW], &["москва"], &[495, 499]),
    region("RU-MUR", &[MOSCOW], &["мурманская"], &[815]),
    region("RU-NEN", &[MOSCOW], &["ненецкий"], &[]),
    region("RU-NGR", &[MOSCOW], &["новгородская"], &[816]),
    region("RU-NIZ", &[MOSCOW], &["нижегородская"], &[831]),
    region("RU-NVS", &["Asia/Novosibirsk"], &["новосибирская"], &[383]),
    region("RU-OMS", &["Asia/Omsk"], &["омская"], &[381]),
    region("RU-ORE", &["Asia/Yekaterinburg"], &["оренбургская"], &[353]),
    region("RU-ORL", &[MOSCOW], &["орловская"], &[486]),
    region("RU-PER", &["Asia/Yekaterinburg"], &["пермский", "пермская", "коми пермяцкий"], &[342]),
    region("RU-PNZ", &[MOSCOW], &["пензенская"], &[841]),
    region("RU-PRI", &["Asia/Vladivostok"], &["приморский", "приморье"], &[423]),
    region("RU-PSK", &[MOSCOW], &["псковская"], &[811]),
    region("RU-ROS", &[MOSCOW], &["ростовская"], &[863]),
    region("RU-RYA", &[MOSCOW], &["рязанская"], &[491]),
    region(
        "RU-SA",
        &["Asia/Yakutsk", "Asia/Ust-Nera", "Asia/Srednekolymsk"],
        &["саха", "якутия", "саха якутия"],
        &[411],
    ),
    region("RU-SAK", &["Asia/Sakhalin"], &["сахалинская"], &[424]),
    region("RU-SAM", &["Europe/Samara"], &["самарская"], &[846, 848]),
    region("RU-SAR", &["Europe/Saratov"], &["саратовская"], &[845]),
    region("RU-SE", &[MOSCOW], &["северная осетия", "северная осетия алания"], &[867]),
    region("RU-SEV", &["Europe/Simferopol"], &["севастополь"], &[]),
    region("RU-SMO", &[MOSCOW], &["смоленская"], &[481]),
    region("RU-SPE", &[MOSCOW], &["санкт петербург"], &[812]),
    region("RU-STA", &[MOSCOW], &["ставропольский"], &[865, 879]),
    region("RU-SVE", &["Asia/Yekaterinburg"], &["свердловская"], &[343]),
    region("RU-TA", &[MOSCOW], &["татарстан"], &[843, 855]),
    region("RU-TAM", &[MOSCOW], &["тамбовская"], &[475]),
    region("RU-TOM", &["Asia/Tomsk"], &["томская"], &[382]),
    region("RU-TUL", &[MOSCOW], &["тульская"], &[487]),
    region("RU-TVE", &[MOSCOW], &["тверская"], &[482]),
    region("RU-TY", &["Asia/Krasnoyarsk"], &["тыва", "тува"], &[394]),
    region("RU-TYU", &["Asia/Yekaterinburg"], &["тюменская"], &[345]),
    region("RU-UD", &["Europe/Samara"], &["удмуртская", "удмуртия"], &[341]),
    region("RU-ULY", &["Europe/Ulyanovsk"], &["ульяновская"], &[842]),
    region("RU-VGG", &["Europe/Volgograd"], &["волгоградская"], &[844]),
    region("RU-VLA", &[MOSCOW], &["владимирская"], &[492]),
    region("RU-VLG", &[MOSCOW], &["вологодская"], &[817, 820]),
    region("RU-VOR", &[MOSCOW], &["воронежская"], &[473]),
    region("RU-YAN", &["Asia/Yekaterinburg"], &["ямало ненецкий"], &[349]),
    region("RU-YAR", &[MOSCOW], &["ярославская"], &[485]),
    region("RU-YEV", &["Asia/Vladivostok"], &["еврейская"], &[426]),
    region("RU-ZAB", &["Asia/Chita"], &["забайкальский", "читинская", "агинский бурятский"], &[302]),
    region("RU-ZAP", &[MOSCOW], &["запорожская"], &[]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Zone;

    fn codes(text: &str) -> Vec<&'static str> {
        find(text).map(|regions| regions.iter().map(|region| region.code).collect()).unwrap_or_default()
    }

    #[test]
    fn combined_regions_are_read_however_they_are_joined() {
        for text in
            ["г. Москва и Московская область", "г. Москва * Московская область", "Москва,Московская обл."]
        {
            assert_eq!(codes(text), ["RU-MOW", "RU-MOS"], "{text}");
        }
    }

    #[test]
    fn a_place_before_the_region_is_within_it() {
        assert_eq!(codes("Корякский округ|Камчатский край"), ["RU-KAM"]);
        assert_eq!(codes("г. Ангарск|Иркутская область"), ["RU-IRK"]);
    }

    #[test]
    fn abbreviations_and_second_names_are_known() {
        let pairs = [
            ("Ненецкий АО", "RU-NEN"),
            ("Ямало-Ненецкий АО", "RU-YAN"),
            ("Ханты - Мансийский - Югра АО", "RU-KHM"),
            ("Ханты-Мансийский автономный округ - Югра", "RU-KHM"),
            ("обл. Орловская", "RU-ORL"),
            ("Чувашская Республика - Чувашия", "RU-CU"),
            ("Республика Саха /Якутия/", "RU-SA"),
            ("Республика Саха (Якутия)", "RU-SA"),
            ("Республика Адыгея (Адыгея)", "RU-AD"),
            ("Республика Алтай", "RU-AL"),
            ("Алтайский край", "RU-ALT"),
            ("Еврейская автономная область", "RU-YEV"),
            ("Донецкая Народная Республика", "RU-DPR"),
            ("САНКТ-ПЕТЕРБУРГ", "RU-SPE"),
        ];
        for (text, code) in pairs {
            assert!(
                codes(text).iter().all(|found| *found == code) && !codes(text).is_empty(),
                "{text}: {:?}",
                codes(text)
            );
        }
    }

    #[test]
    fn what_is_not_matched_whole_is_unknown() {
        for text in ["", "Российская Федерация", "г. Москва и Марсианская область", "Саратов", "обл."]
        {
            assert_eq!(find(text), None, "{text}");
        }
    }

    #[test]
    fn every_region_has_zones_that_exist_and_names_and_codes_are_told_apart() {
        let (mut names, mut codes) = (std::collections::HashSet::new(), std::collections::HashSet::new());
        for region in &REGIONS {
            assert!(region.zones.iter().all(|zone| Zone::find(zone).is_some()), "{}", region.code);
            assert!(
                region.names.iter().all(|name| names.insert(*name) && plain(name) == **name),
                "{}",
                region.code
            );
            assert!(region.dialling.iter().all(|code| codes.insert(*code)), "{}", region.code);
        }
        assert_eq!(find("Республика Саха (Якутия)").map(|found| found[0].zones.len()), Some(3));
    }
}
