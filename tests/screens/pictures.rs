//! The README's pictures, taken of a house with invented people (`scripts/pictures`), and a house with nobody in it.

use jiff::civil::date;
use obzvon::demo::carrier::{Carrier, CarrierPlan};
use obzvon::domain::Role;
use serde_json::json;

use crate::browser::Page;
use crate::house::{House, REMINDERS, config, until_within};
use crate::{PASSWORD, sign_in};

/// The picture's name, the page (`CALL`: one that somebody answered), the language, the scheme, and a word that it shows.
const PICTURES: [(&str, &str, &str, &str, &str); 5] = [
    ("console", "/", "ru", "light", "Темп и почему"),
    ("why-not", "/campaigns/reminders/why-not", "ru", "light", "Что делать"),
    ("kpi-dark", "/reports/kpi", "ru", "dark", "₽"),
    ("call-en", "/calls/CALL", "en", "light", "The call's way"),
    ("flow", "/flows/reminder_overdue?call=CALL", "ru", "light", "Путь звонка"),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_readmes_pictures_show_a_house_at_work() {
    // The usual population: some answer, some are busy, some are machines.
    let carrier = Carrier::start(CarrierPlan::new(1, date(2026, 2, 3))).await.expect("a free port");
    let house = House::new(config(carrier.addr()).set(REMINDERS, "max_concurrent", 8));
    house.add_user("supervisor", Role::Supervisor.code(), PASSWORD);
    house.import(40);
    let daemon = house.start();
    let answered = || house.attempts().into_iter().find(|call| call["outcome"] == "answered");
    until_within(120, "some were called and somebody answered", || {
        let ended = house.attempts().iter().filter(|call| !call["outcome"].is_null()).count();
        ended > 12 && answered().is_some()
    });
    let call = answered().expect("an answered call")["attempt"].to_string();
    let mut pages = ["ru", "en"].map(|language| (language, Page::open(language)));
    for (_, page) in &mut pages {
        sign_in(page, &daemon.base(), "supervisor");
    }
    for (name, path, language, scheme, word) in PICTURES {
        let (_, page) = pages.iter_mut().find(|(of, _)| *of == language).expect("both are open");
        page.scheme(scheme);
        let path = path.replace("CALL", &call);
        page.go(&format!("{}{path}", daemon.base()));
        let shown = page.text("main").to_lowercase();
        assert!(shown.contains(&word.to_lowercase()), "{path}: {word} in {shown}");
        page.picture(&format!("readme-{name}"));
    }
    daemon.stop();
}

/// Pages with lists, in a house where nothing has happened yet.
const LISTS: [&str; 19] = [
    "/",
    "/day",
    "/campaigns",
    "/campaigns/reminders/why-not",
    "/imports",
    "/agents",
    "/recordings",
    "/calls",
    "/trunks",
    "/cases",
    "/cases/triggers",
    "/quality",
    "/quality/report",
    "/reports",
    "/reports/kpi",
    "/proposals",
    "/deliveries",
    "/config",
    "/audit",
];

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_house_shows_no_empty_table_and_says_what_comes_next() {
    let house = House::new(config(([127, 0, 0, 1], 9).into()));
    house.add_user("administrator", Role::Administrator.code(), PASSWORD);
    house.run(&["campaign", "start", "reminders"]);
    let daemon = house.start();
    let mut wrong = Vec::new();
    for language in ["ru", "en"] {
        let mut page = Page::open(language);
        sign_in(&mut page, &daemon.base(), "administrator");
        for path in LISTS {
            page.go(&format!("{}{path}", daemon.base()));
            page.picture(&format!("empty{}-{language}", path.replace('/', "-")));
            let bare =
                "[...document.querySelectorAll('main table')].some((it) => !it.querySelector('tbody td'))";
            if page.eval(bare) != json!(false) {
                wrong.push(format!("{path} {language}: a table with nothing in it"));
            }
            let words = page.text("main").split_whitespace().count();
            if words < 8 {
                wrong.push(format!("{path} {language}: says nothing: {}", page.text("main")));
            }
        }
    }
    daemon.stop();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
