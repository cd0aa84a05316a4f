//! Invented debtors in three lists, written as the CSV that `obzvon import` reads.

use std::collections::HashSet;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZoneDatabase;
use jiff::{Timestamp, ToSpan};
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg32;

use crate::domain::DebtorType;

/// One campaign's list.
#[derive(Clone, Debug)]
pub struct DebtorList {
    /// The campaign's name in the demo's config.
    pub campaign: &'static str,
    /// People in it; some have two debts and so two rows.
    pub people: usize,
    /// The file: `;` between fields, UTF-8, a header line, decimal commas.
    pub csv: String,
}

/// Invents `people` debtors: six in ten forgetful, three in ten for agents, one in ten for specialists.
///
/// The same `seed` and `now` give the same people. They live where it is a decent hour to call at `now`, so that a demo
/// started at any time has somebody to call; the lists' order is that of the campaigns.
pub fn invent(people: usize, seed: u64, now: Timestamp) -> [DebtorList; 3] {
    let mut inventor = Inventor {
        dice: Pcg32::seed_from_u64(seed),
        regions: awake_regions(now),
        today: now.to_zoned_datetime(jiff::tz::TimeZone::UTC).date(),
        taken: HashSet::new(),
        count: 0,
    };
    let (agents, specialists) = (people * 3 / 10, people / 10);
    let plans = [
        (Sort::Forgetful, "reminders", people - agents - specialists),
        (Sort::ForAgents, "conversations", agents),
        (Sort::ForSpecialists, "collections", specialists),
    ];
    plans.map(|(sort, campaign, people)| DebtorList { campaign, people, csv: inventor.list(sort, people) })
}

/// Who stands in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    ForAgents,
    ForSpecialists,
    Forgetful,
}

/// A region and its zone.
#[derive(Clone, Copy, Debug)]
struct Region {
    name: &'static str,
    zone: &'static str,
}

const REGIONS: [Region; 11] = [
    Region { name: "Калининградская область", zone: "Europe/Kaliningrad" },
    Region { name: "Москва", zone: "Europe/Moscow" },
    Region { name: "Самарская область", zone: "Europe/Samara" },
    Region { name: "Свердловская область", zone: "Asia/Yekaterinburg" },
    Region { name: "Омская область", zone: "Asia/Omsk" },
    Region { name: "Красноярский край", zone: "Asia/Krasnoyarsk" },
    Region { name: "Иркутская область", zone: "Asia/Irkutsk" },
    Region { name: "Амурская область", zone: "Asia/Yakutsk" },
    Region { name: "Приморский край", zone: "Asia/Vladivostok" },
    Region { name: "Магаданская область", zone: "Asia/Magadan" },
    Region { name: "Камчатский край", zone: "Asia/Kamchatka" },
];

/// Where it is day while Russia sleeps.
const FAR: [Region; 8] = [
    Region { name: "", zone: "Atlantic/Azores" },
    Region { name: "", zone: "America/Sao_Paulo" },
    Region { name: "", zone: "America/New_York" },
    Region { name: "", zone: "America/Denver" },
    Region { name: "", zone: "America/Los_Angeles" },
    Region { name: "", zone: "Pacific/Honolulu" },
    Region { name: "", zone: "Pacific/Auckland" },
    Region { name: "", zone: "Australia/Sydney" },
];

/// The regions whose clocks allow a call for the next half hour at least: in Russia, else anywhere.
fn awake_regions(now: Timestamp) -> Vec<Region> {
    let awake = |region: &Region| {
        let Ok(zone) = TimeZoneDatabase::bundled().get(region.zone) else { return false };
        let local = now.to_zoned_datetime(zone);
        let minutes = i32::from(local.hour()) * 60 + i32::from(local.minute());
        let weekend = matches!(local.weekday(), Weekday::Saturday | Weekday::Sunday);
        let (opens, closes) = if weekend { (10 * 60, 19 * 60) } else { (9 * 60, 21 * 60) };
        (opens..closes - 30).contains(&minutes)
    };
    let found: Vec<_> = REGIONS.into_iter().filter(awake).collect();
    if found.is_empty() { FAR.into_iter().filter(awake).collect() } else { found }
}

const CREDITORS: [&str; 3] = ["Ромашка Телеком", "Северный Банк", "Энергосбыт"];
const MEN: [&str; 12] = [
    "Алексей",
    "Андрей",
    "Борис",
    "Виктор",
    "Григорий",
    "Дмитрий",
    "Иван",
    "Константин",
    "Михаил",
    "Николай",
    "Павел",
    "Сергей",
];
const WOMEN: [&str; 12] = [
    "Анна",
    "Вера",
    "Галина",
    "Дарья",
    "Елена",
    "Ирина",
    "Ксения",
    "Лидия",
    "Мария",
    "Надежда",
    "Ольга",
    "Татьяна",
];
/// Fathers' names as the stem of a patronymic.
const FATHERS: [&str; 8] = ["Александр", "Иван", "Петр", "Владимир", "Михаил", "Степан", "Федор", "Роман"];
/// Surnames that take `а` for women.
const SURNAMES: [&str; 16] = [
    "Абрикосов",
    "Белкин",
    "Ветров",
    "Гусев",
    "Дубинин",
    "Ежов",
    "Журавлев",
    "Зимин",
    "Калинин",
    "Лугов",
    "Медников",
    "Осокин",
    "Полянкин",
    "Ручьев",
    "Снегирев",
    "Тополев",
];

const HEADER: &str = "external_id;person_id;name;phone;phone2;region;time_zone;language;debtor_type;creditor;amount;currency;due\n";

struct Inventor {
    dice: Pcg32,
    regions: Vec<Region>,
    today: Date,
    taken: HashSet<u32>,
    count: u32,
}

impl Inventor {
    fn list(&mut self, sort: Sort, people: usize) -> String {
        let mut csv = HEADER.to_owned();
        for _ in 0..people {
            self.person(sort, &mut csv);
        }
        csv
    }

    /// Writes one person: a row, or two for every tenth.
    fn person(&mut self, sort: Sort, csv: &mut String) {
        self.count += 1;
        let id = self.count;
        let name = self.name();
        let phone = self.phone();
        let second = if self.dice.random_ratio(3, 20) { self.phone() } else { String::new() };
        let region = *self.one_of_regions();
        let debtor_type = self.debtor_type(sort).code();
        let debts = if self.dice.random_ratio(1, 10) { 2 } else { 1 };
        let first = self.dice.random_range(0..CREDITORS.len());
        for debt in 0..debts {
            let creditor = CREDITORS[(first + debt) % CREDITORS.len()];
            let (amount, due) = (self.amount(sort), self.due(sort));
            csv.push_str(&format!(
                "{id}-{};P{id};{name};{phone};{second};{};{};ru;{debtor_type};{creditor};{amount};RUB;{due}\n",
                debt + 1,
                region.name,
                region.zone
            ));
        }
    }

    fn name(&mut self) -> String {
        let dice = &mut self.dice;
        let woman: bool = dice.random();
        let mut pick = |names: &[&'static str]| *names.choose(dice).expect("a table of names is not empty");
        let (given, father, surname) =
            (pick(if woman { &WOMEN } else { &MEN }), pick(&FATHERS), pick(&SURNAMES));
        let patronymic = patronymic(father, woman);
        let ending = if woman { "а" } else { "" };
        format!("{surname}{ending} {given} {patronymic}")
    }

    /// A number nobody else has, written in one of the ways people write them.
    fn phone(&mut self) -> String {
        let number = loop {
            let number = self.dice.random_range(0..10_000_000);
            if self.taken.insert(number) {
                break number;
            }
        };
        let (a, b, c) = (number / 10_000, number / 100 % 100, number % 100);
        match self.dice.random_range(0..3) {
            0 => format!("+7 999 {a:03}-{b:02}-{c:02}"),
            1 => format!("8 (999) {a:03}-{b:02}-{c:02}"),
            _ => format!("+7999{number:07}"),
        }
    }

    fn one_of_regions(&mut self) -> &Region {
        let index = self.dice.random_range(0..self.regions.len());
        &self.regions[index]
    }

    fn debtor_type(&mut self, sort: Sort) -> DebtorType {
        let among: &[DebtorType] = match sort {
            Sort::ForAgents => {
                &[DebtorType::Habitual, DebtorType::Idler, DebtorType::Involuntary, DebtorType::Unknown]
            }
            Sort::ForSpecialists => &[DebtorType::Fraudster, DebtorType::Habitual],
            Sort::Forgetful => &[DebtorType::Forgetful],
        };
        *among.choose(&mut self.dice).expect("a list of types is not empty")
    }

    /// Many small debts and a few great ones, as in a real portfolio: `1234,50`.
    fn amount(&mut self, sort: Sort) -> String {
        let least = match sort {
            Sort::ForAgents => 2000.0,
            Sort::ForSpecialists => 15_000.0,
            Sort::Forgetful => 300.0,
        };
        let luck: f64 = self.dice.random_range(0.05..1.0);
        // A Pareto law of index 1.16: a fifth of the debtors owe four fifths of the money.
        let kopecks = (least * luck.powf(-1.0 / 1.16) * 100.0) as u64;
        let kopecks = if self.dice.random_ratio(1, 2) { kopecks / 100 * 100 } else { kopecks };
        format!("{},{:02}", kopecks / 100, kopecks % 100)
    }

    fn due(&mut self, sort: Sort) -> Date {
        let days: i64 = match sort {
            Sort::ForAgents => -self.dice.random_range(20..700i64),
            Sort::ForSpecialists => -self.dice.random_range(1200..1800i64),
            // Half are warned before the date, half reminded soon after it.
            Sort::Forgetful => self.dice.random_range(-12..=12i64),
        };
        self.today.saturating_add(days.days())
    }
}

fn patronymic(father: &str, woman: bool) -> String {
    match (father, woman) {
        ("Михаил", false) => "Михайлович".to_owned(),
        ("Михаил", true) => "Михайловна".to_owned(),
        (father, false) => format!("{father}ович"),
        (father, true) => format!("{father}овна"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Currency, Language};
    use crate::import;

    fn noon_in_moscow() -> Timestamp {
        "2026-02-03T09:00:00Z".parse().expect("a time")
    }

    #[test]
    fn five_hundred_people_are_the_same_in_every_run() {
        let lists = invent(500, 7, noon_in_moscow());
        assert_eq!(lists.each_ref().map(|list| list.people), [300, 150, 50]);
        let again = invent(500, 7, noon_in_moscow());
        assert!(lists.iter().zip(&again).all(|(a, b)| a.csv == b.csv));
    }

    #[test]
    fn every_row_has_every_field_and_no_two_people_share_a_phone() {
        let (mut people, mut phones) = (HashSet::new(), HashSet::new());
        for list in invent(500, 7, noon_in_moscow()) {
            let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(list.csv.as_bytes());
            for row in reader.records() {
                let row = row.expect("as many fields as the header");
                assert!(row.iter().enumerate().all(|(n, field)| n == 4 || !field.is_empty()), "{row:?}");
                if people.insert(row[1].to_owned()) {
                    assert!(phones.insert(row[3].to_owned()), "{row:?}");
                }
            }
        }
        assert_eq!(people.len(), 500);
    }

    #[test]
    fn the_importer_finds_every_row_sound() {
        let folder = tempfile::tempdir().expect("a folder");
        let options = import::Options::new(import::Preset::default(), "RU", Currency::Rub, Language::Ru)
            .expect("options of the demo");
        let mut people = HashSet::new();
        for list in invent(500, 7, noon_in_moscow()) {
            let file = folder.path().join(list.campaign);
            std::fs::write(&file, &list.csv).expect("a file");
            let counts = import::read_list(&file, &options, &mut |item| {
                if let import::Item::Row { row, .. } = item {
                    assert!(row.time_zone.is_some() && row.debtor_type.is_some(), "{row:?}");
                    people.insert(row.person_id);
                }
                Ok(())
            });
            let counts = counts.expect("a list");
            assert_eq!((counts.sound, counts.rejected), (counts.rows, 0));
        }
        assert_eq!(people.len(), 500);
    }

    #[test]
    fn at_any_hour_the_people_live_where_it_is_day() {
        for hour in 0..24 {
            let now: Timestamp = format!("2026-02-03T{hour:02}:10:00Z").parse().expect("a time");
            let awake = awake_regions(now);
            assert!(!awake.is_empty(), "{hour}");
            for region in awake {
                let zone = TimeZoneDatabase::bundled().get(region.zone).expect("a zone");
                let local = now.to_zoned_datetime(zone);
                assert!((9..21).contains(&local.hour()), "{hour} {region:?}");
            }
        }
    }
}
