//! The day's course as it is drawn: a whole day of a busy house, and campaigns whose names would like to be more than text.

use jiff::Timestamp;
use jiff::civil::date;
use obzvon::domain::Role;
use obzvon::stats::{day_of, month_of, step_of};
use serde_json::{Value, json};

use crate::browser::{HOSTILE, Page};
use crate::house::{House, REMINDERS, config};
use crate::{PASSWORD, axe, faults, sign_in};

/// The day, by the clock of Moscow.
const DAY: &str = "2026-03-05";

/// A house whose one campaign predicts.
fn furnished() -> House {
    let house = House::new(
        config(([127, 0, 0, 1], 9).into())
            .set("agents.toml", "queue.collectors.skills", Vec::<String>::new())
            .set("agents.toml", "pause.break.limit_s", 900)
            .set("agents.toml", "agent.anna.contact", "sip:anna@127.0.0.1:9")
            .set("agents.toml", "agent.anna.leg", "per_call")
            .set("agents.toml", "agent.anna.skills", vec!["language:ru".to_owned()])
            .set(REMINDERS, "channel", "agent_call")
            .set(REMINDERS, "mode", "predictive")
            .set(REMINDERS, "flow", "overflow")
            .set(REMINDERS, "agents.queue", "collectors")
            .set(REMINDERS, "agents.shift", "0:00-24:00"),
    );
    house.add_user("supervisor", Role::Supervisor.code(), PASSWORD);
    house.import(1);
    house.run(&["campaign", "pause", "reminders"]);
    house
}

/// Twelve agents from nine to six, with a break at one, and campaigns of other names: the sums of it, as a day leaves them.
fn lay(house: &House) {
    let db = rusqlite::Connection::open(house.path("data/obzvon.db")).expect("the database");
    for name in HOSTILE {
        let sql = "INSERT INTO campaign (name, state, changed_at) VALUES (?1, 'stopped', 0)";
        db.execute(sql, [name]).expect("a campaign");
    }
    let campaign: i64 = db
        .query_one("SELECT id FROM campaign WHERE name = 'reminders'", [], |row| row.get(0))
        .expect("its id");
    let zone = jiff::tz::TimeZone::get("Europe/Moscow").expect("a zone");
    let begins: Timestamp = zone.to_timestamp(date(2026, 3, 5).at(9, 0, 0, 0)).expect("a moment");
    let day = day_of(begins, &zone);
    let mut sql = String::from("BEGIN;");
    for nth in 0..108_i64 {
        let (step, rest) = (step_of(begins) + nth, nth % 7);
        let busy = if (48..60).contains(&nth) { 3 } else { 12 };
        let (dials, people) = (busy * 4 + rest, busy + rest / 2);
        let abandoned = i64::from(nth % 9 == 4);
        let spent = |agents: i64| agents * 300_000_000;
        let keys = format!("1, {}, {day}, {step}", month_of(day));
        sql += &format!(
            "INSERT INTO tally_step VALUES ({keys}, {campaign}, 0, {dials}, {people}, {abandoned}, {});",
            spent(busy) + 45_000_000 * rest
        );
        let talk = spent(busy) * 6 / 10 + rest * 30_000_000;
        let states = [
            ("talking", campaign, talk),
            ("wrap_up", campaign, spent(busy) / 5),
            ("ready", 0, spent(busy) - talk - spent(busy) / 5),
            ("away", 0, spent(12 - busy) + spent(rest % 2)),
        ];
        for (state, of, spent_us) in states.into_iter().filter(|(_, _, spent_us)| *spent_us > 0) {
            sql += &format!("INSERT INTO tally_state_step VALUES ({keys}, '{state}', {of}, 0, {spent_us});");
        }
    }
    db.execute_batch(&(sql + "COMMIT")).expect("laid");
}

/// What the legend of the nth chart tells.
fn legend(page: &mut Page, nth: usize) -> String {
    page.text(&format!(".charts figure:nth-of-type({nth}) .u-legend"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_day_is_drawn_in_both_languages_by_day_and_by_night_and_every_name_is_text() {
    let house = furnished();
    lay(&house);
    let (daemon, axe) = (house.start(), axe());
    let mut wrong = Vec::new();
    for language in ["ru", "en"] {
        let mut page = Page::open(language);
        sign_in(&mut page, &daemon.base(), "supervisor");
        page.go(&format!("{}/", daemon.base()));
        assert_eq!(page.eval("document.querySelectorAll('main a[href=\"/day\"]').length"), json!(1));
        page.go(&format!("{}/day?day={DAY}", daemon.base()));
        page.until("the charts are drawn", "document.querySelectorAll('.plot canvas').length === 4");
        for scheme in ["light", "dark"] {
            page.scheme(scheme);
            page.picture(&format!("day-{language}-{scheme}"));
            wrong.extend(
                faults(&mut page, &axe).into_iter().map(|fault| format!("{language} {scheme}: {fault}")),
            );
        }
        page.scheme("light");
        // The last step, where nobody points; elsewhere what is pointed at, in every chart.
        let last =
            if language == "ru" { ["17:55", "Набрано", "50"] } else { ["17:55", "Dialled", "50"] };
        for word in last {
            assert!(legend(&mut page, 1).contains(word), "{word}: {}", legend(&mut page, 1));
        }
        let cap = if language == "ru" { "3,0\u{a0}%" } else { "3.0\u{a0}%" };
        assert!(legend(&mut page, 2).contains(cap), "{}", legend(&mut page, 2));
        // Pointed at until it is told: the charts may be being drawn anew for the scheme.
        page.until(
            "it is told",
            "(() => { const over = document.querySelector('.u-over'); const box = over.getBoundingClientRect(); \
             over.dispatchEvent(new MouseEvent('mousemove', { clientX: box.left + box.width / 2, clientY: box.top + 20, bubbles: true })); \
             return document.querySelectorAll('.u-legend')[3].innerText.includes('13:'); })()",
        );
        // Wide and narrow, nothing runs over.
        for (width, height) in [(1920, 1080), (1366, 768), (800, 768)] {
            page.size(width, height);
            page.until("it fits", "document.documentElement.scrollWidth <= window.innerWidth");
            page.picture(&format!("day-{language}-{width}"));
        }
        page.size(1366, 768);
        // The table says the same, and is there for whoever can't see.
        page.eval("document.querySelector('details').open = true; 0");
        let rows = page.eval(
            "[...document.querySelectorAll('details tbody tr')].map((row) => [...row.cells].map((cell) => cell.innerText))",
        );
        let rows = rows.as_array().expect("rows");
        assert_eq!(rows.len(), 108);
        let sum = |column: usize| {
            rows.iter()
                .map(|row| row[column].as_str().expect("text").parse::<u64>().expect("a number"))
                .sum::<u64>()
        };
        let whole = rows[107][4].as_str().expect("a share").to_owned();
        assert!(whole.ends_with(&format!("({} / {})", sum(3), number(sum(2)))), "{whole}");
        wrong.extend(faults(&mut page, &axe).into_iter().map(|fault| format!("{language} table: {fault}")));
        page.picture(&format!("day-{language}-table"));
        // A campaign has the agents in its calls; one with a hostile name nothing at all.
        page.go(&format!("{}/day?day={DAY}&campaign=reminders", daemon.base()));
        page.until("the charts are drawn", "document.querySelectorAll('.plot canvas').length === 4");
        let agents = legend(&mut page, 3);
        assert!(!agents.contains("Ready") && !agents.contains("Готовы"), "{agents}");
        let names =
            page.eval("[...document.querySelectorAll('select[name=campaign] option')].map((it) => it.value)");
        for name in HOSTILE {
            assert!(names.as_array().expect("names").contains(&json!(name)), "{name} in {names}");
            let path = page.eval(&format!("'/day?campaign=' + encodeURIComponent({})", json!(name)));
            page.go(&format!("{}{}", daemon.base(), path.as_str().expect("a path")));
            let made = "document.querySelectorAll('main img, main iframe, main script, main svg, main a[href^=javascript]').length";
            assert_eq!(page.eval(made), json!(0), "{name}");
            assert_eq!(page.eval("document.querySelector('select[name=campaign]').value"), json!(name));
        }
        wrong.extend(page.troubles.drain(..).map(|trouble| format!("{language}: {trouble}")));
    }
    // For programs the same, under the same right.
    let mut page = Page::open("en");
    sign_in(&mut page, &daemon.base(), "supervisor");
    page.go(&format!("{}/", daemon.base()));
    let told: Value = page.eval(&format!("fetch('/api/v1/day?day={DAY}').then((it) => it.json())"));
    assert_eq!(
        (&told["clock"][0], &told["dials"][0], &told["cap"]),
        (&json!("09:00"), &json!(48), &json!(0.03))
    );
    let status = |page: &mut Page, query: &str| {
        page.eval(&format!("fetch('/api/v1/day?{query}').then((it) => it.status)"))
    };
    assert_eq!(status(&mut page, "campaign=nobody"), json!(404));
    assert_eq!(status(&mut page, "day=2026-02-30"), json!(422));
    daemon.stop();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// As the page writes it.
fn number(count: u64) -> String {
    if count < 1_000 { count.to_string() } else { format!("{}\u{a0}{:03}", count / 1_000, count % 1_000) }
}
