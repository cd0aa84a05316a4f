//! Every page of the console as people see it: Russian and English, light and dark, with names that would like to be more
//! than text; no fault of axe-core that is serious, no script error, nothing that the policy forbids.
//!
//! `OBZVON_SCREENSHOTS=folder` keeps a picture of each.
#![allow(clippy::disallowed_methods, reason = "a test of a running program waits by the clock")]

#[path = "../desk/browser.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod browser;
mod day;
#[path = "../house/mod.rs"]
mod house;
mod pictures;

use std::path::Path;
use std::time::Duration;

use jiff::civil::date;
use obzvon::demo::carrier::script::{Script, Step};
use obzvon::demo::carrier::sound::synth::Sound;
use obzvon::demo::carrier::{Carrier, CarrierPlan, Casting};
use obzvon::domain::Role;
use serde_json::{Value, json};

use browser::{HOSTILE, Page};
use house::{House, Running, config, until_within, zone_of_noon};

const PASSWORD: &str = "correct horse";

/// Every page a supervisor or an administrator has, and what its picture is called.
const PAGES: [(&str, &str); 40] = [
    ("/", "wallboard"),
    ("/day", "day-now"),
    ("/campaigns", "campaigns"),
    ("/campaigns/reminders/why-not", "why-not"),
    ("/campaigns/reminders/why-not?person=p0", "why-not-person"),
    ("/calls/999999", "not-there"),
    ("/imports", "imports"),
    ("/agents", "agents-now"),
    ("/recordings", "recordings"),
    ("/calls", "calls"),
    ("/calls/1", "call"),
    ("/trunks", "trunks"),
    ("/cases", "cases"),
    ("/cases/C-000001", "case"),
    ("/cases/C-000011", "case-long-word"),
    ("/cases/new", "case-new"),
    ("/cases/triggers", "triggers"),
    ("/quality", "quality"),
    ("/quality/report", "quality-report"),
    ("/reports", "reports"),
    ("/reports/kpi", "kpi"),
    ("/reports/economics", "economics"),
    ("/reports/agents", "agents"),
    ("/reports/glossary", "glossary"),
    ("/reports/pareto", "pareto"),
    ("/reports/promises", "promises"),
    ("/reports/types", "types"),
    ("/reports/uplift", "uplift"),
    ("/reports/wear", "wear"),
    ("/proposals", "proposals"),
    ("/deliveries", "deliveries"),
    ("/config", "config"),
    ("/config/file?path=limits.toml", "config-file"),
    ("/config/changes/1", "config-change"),
    ("/users", "users"),
    ("/password", "password"),
    ("/audit", "audit"),
    ("/flows", "flows"),
    ("/flows/reminder_overdue?call=1", "flow"),
    ("/desk", "desk"),
];

fn axe() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/npm/node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(path).expect("axe-core is installed (scripts/test installs it)")
}

/// Somebody answers, says hello and hears the reminder out.
fn answers() -> CarrierPlan {
    let steps =
        vec![Step::Ring(180), Step::Answer, Step::Play(Sound::Hello), Step::Listen(Duration::from_secs(20))];
    let mut plan = CarrierPlan::new(1, date(2026, 2, 3));
    plan.casting = Casting::Always(Script::new("answers", steps));
    plan
}

/// Debtors whose every word is hostile.
fn list() -> String {
    let zone = zone_of_noon();
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut csv = "external_id;person_id;name;phone;time_zone;debtor_type;creditor;amount;due\n".to_owned();
    for (n, text) in HOSTILE.iter().enumerate() {
        let (word, number) = (quoted(text), house::number(20 + u32::try_from(n).expect("ten")));
        csv += &format!("{word};{word};{word};{number};{zone};forgetful;{word};100,00;2026-01-15\n");
    }
    csv
}

fn sign_in(page: &mut Page, base: &str, login: &str) {
    page.go(&format!("{base}/sign-in"));
    page.tab_to("input[name=login]");
    page.write(login);
    page.press("Tab");
    page.write(PASSWORD);
    page.press("Enter");
    page.until(
        "somebody is signed in",
        "location.pathname !== '/sign-in' && document.readyState === 'complete'",
    );
}

/// A house in which something has happened on every page.
fn lived_in(carrier: &Carrier) -> (House, Running) {
    let house = House::new(config(carrier.addr()));
    for role in [Role::Administrator, Role::Operator] {
        house.add_user(role.code(), role.code(), PASSWORD);
    }
    // Their creditors have no recorded words, so they are not called; somebody has to be.
    house.import(1);
    house.write("hostile.csv", &list());
    house.run(&["import", house.path("hostile.csv").to_str().expect("UTF-8")]);
    for text in HOSTILE {
        house.run(&["complaints", "add", "ordinary", "--source", "email", "--text", text]);
    }
    let word = "https://example.com/".to_owned() + &"long".repeat(1_000);
    house.run(&["complaints", "add", "ordinary", "--source", "email", "--text", &word]);
    let daemon = house.start();
    until_within(120, "somebody was called", || {
        house.attempts().iter().any(|call| !call["outcome"].is_null())
    });
    (house, daemon)
}

/// Faults that axe-core calls serious or critical, each with where it is.
fn faults(page: &mut Page, axe: &str) -> Vec<String> {
    page.eval(&format!("{axe}; 0"));
    let found = page.eval("axe.run(document, { resultTypes: ['violations'] }).then((it) => it.violations)");
    let is_serious =
        |fault: &&Value| ["serious", "critical"].contains(&fault["impact"].as_str().unwrap_or(""));
    let told = |fault: &Value| format!("{}: {}", fault["id"], fault["nodes"][0]["html"]);
    found.as_array().expect("faults").iter().filter(is_serious).map(told).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_harmless_and_accessible_in_both_languages_by_day_and_by_night() {
    let carrier = Carrier::start(answers()).await.expect("a free port");
    let (house, daemon) = lived_in(&carrier);
    let (axe, base) = (axe(), daemon.base());
    let mut wrong = Vec::new();
    for language in ["ru", "en"] {
        let mut page = Page::open(language);
        sign_in(&mut page, &base, "administrator");
        if language == "ru" {
            // A change to be looked at.
            page.go(&format!("{base}/config/file?path=limits.toml"));
            let text = "# спросил юрист\n[[tighten]]\npreset = \"ru-230fz-safe\"\nid = \"ru.safe.attempts_day\"\nlimit = 2\n";
            page.eval(&format!("document.querySelector('textarea').value = {}; 0", json!(text)));
            page.eval("document.querySelector('form.text button').click(); 0");
            page.until(
                "the change is weighed",
                "location.pathname === '/config/changes/1' && document.querySelector('.figure')",
            );
        }
        for (path, name) in PAGES {
            page.go(&format!("{base}{path}"));
            let lang = page.eval("document.documentElement.lang");
            if lang != json!(language)
                || page.eval("document.querySelector('main h1') !== null") != json!(true)
            {
                wrong.push(format!("{path}: no page in {language}"));
                continue;
            }
            for scheme in ["light", "dark"] {
                page.scheme(scheme);
                page.picture(&format!("{name}-{language}-{scheme}"));
                wrong.extend(
                    faults(&mut page, &axe)
                        .into_iter()
                        .map(|fault| format!("{path} {language} {scheme}: {fault}")),
                );
            }
            page.scheme("light");
            page.size(1920, 1080);
            page.picture(&format!("{name}-{language}-wide"));
            page.size(1366, 768);
            let wide = page.eval("document.documentElement.scrollWidth > window.innerWidth");
            if wide == json!(true) {
                wrong.push(format!("{path} {language}: wider than the window"));
            }
            let made = "document.querySelectorAll('main img, main iframe, main script, main a[href^=javascript]').length";
            if page.eval(made) != json!(0) {
                wrong.push(format!("{path} {language}: a name became more than text"));
            }
        }
        wrong.extend(page.troubles.drain(..).map(|trouble| format!("{language}: {trouble}")));
    }
    daemon.stop();
    drop(house);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_shows_why_it_was_allowed_and_its_messages_with_numbers_hidden_from_who_may_not_see_them() {
    let carrier = Carrier::start(answers()).await.expect("a free port");
    let house = House::new(config(carrier.addr()));
    for role in [Role::Supervisor, Role::Operator] {
        house.add_user(role.code(), role.code(), PASSWORD);
    }
    house.import(1);
    let daemon = house.start();
    until_within(120, "he was called", || house.attempts().iter().any(|call| !call["outcome"].is_null()));
    let number = house::number(0);
    let digits = number.trim_start_matches('+');
    for (login, sees) in [("supervisor", true), ("operator", false)] {
        let mut page = Page::open("en");
        sign_in(&mut page, &daemon.base(), login);
        page.go(&format!("{}/calls?outcome=answered", daemon.base()));
        assert_eq!(page.eval("document.querySelectorAll('td a[href=\"/calls/1\"]').length"), json!(1));
        page.go(&format!("{}/calls?outcome=busy", daemon.base()));
        assert!(page.text("main").contains("No call fits"));
        page.go(&format!("{}/calls/1", daemon.base()));
        page.eval("document.querySelectorAll('details').forEach((it) => { it.open = true }); 0");
        let text = page.text("main");
        for word in ["WHY IT WAS ALLOWED", "ru.call.day", "INVITE sip:", "200 OK", "BYE", "first sound"] {
            assert!(text.contains(word), "{login}: {word} in {text}");
        }
        assert_eq!(text.contains(digits), sees, "{login}: {text}");
        page.go(&format!("{}/trunks", daemon.base()));
        // What is not renewed says so.
        let lost = "(() => { const part = document.querySelector('[data-live]'); part.classList.add('stale'); \
            return getComputedStyle(part, '::before').content })()";
        assert!(page.eval(lost).to_string().contains("No connection"), "{}", page.eval(lost));
        page.eval("document.querySelector('main form button').click(); 0");
        page.until(
            "the probe is answered",
            "document.querySelector('main').innerText.includes('OPTIONS → 200')",
        );
        assert!(page.troubles.is_empty(), "{:?}", page.troubles);
    }
    daemon.stop();
}
