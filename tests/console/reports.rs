//! Every number of the reports' pages is that of the file, and what somebody clicks is written down.

use calamine::Reader as _;
use jiff::{Timestamp, ToSpan};
use nix::sys::signal::Signal;
use obzvon::stats::SheetKind;
use serde_json::Value;

use crate::PASSWORD;
use crate::browser::Browser;
use crate::house::{CREDITOR, House, REMINDERS, Running, config, until};

/// Debts with uses of channels and payments: three calls each, of which the first is followed by money of two in five and the
/// later ones of one in twenty, then an sms that is followed by money of one in five.
const DEBTS: u32 = 120;

/// A house with something to count in every report, and its daemon at work.
fn house() -> (House, Running) {
    let config = config(([127, 0, 0, 1], 9).into()).set("statistics.toml", "window_days", 5);
    let mut house = House::new(config.set(REMINDERS, "hold_out_percent", 20));
    house.import(DEBTS);
    house.run(&["campaign", "pause", "reminders"]);
    let key = |key: &str| format!("contract.{CREDITOR}.{key}");
    house.change("statistics.toml", &key("share_percent"), 12.5);
    house.change("statistics.toml", "economics.per_use.sms", 3.5);
    let ago = |days: i64| (Timestamp::now() - (24 * days).hours()).to_string();
    let mut past = "person;debt;creditor;time;channel;outcome;agent\n".to_owned();
    for n in 0..DEBTS {
        for days in [60, 50, 40] {
            past += &format!("p{n};d{n};{CREDITOR};{};call;answered;human\n", ago(days));
        }
        past += &format!("p{n};d{n};{CREDITOR};{};sms;;\n", ago(30));
    }
    house.write("past.csv", &past);
    let mut paid = "номер платежа;кредитор;договор;сумма;дата\n".to_owned();
    let day = |days: i64| ago(days)[..10].to_owned();
    for n in 0..DEBTS {
        let mut pay =
            |what: &str, days: i64| paid += &format!("{what}{n};{CREDITOR};d{n};10,50;{}\n", day(days));
        if n % 5 < 2 {
            pay("a", 58);
        }
        if n % 5 == 2 {
            pay("b", 28);
        }
        // The second use is as good as the first, the third is not: nobody's being different makes such a fall.
        if n % 5 == 2 || n % 5 == 3 {
            pay("c", 48);
        }
        if n % 20 == 3 {
            pay("d", 38);
        }
    }
    house.write("paid.csv", &paid);
    for (what, file) in [("history", "past.csv"), ("payments", "paid.csv")] {
        let file = house.path(file);
        house.run(&["import", what, file.to_str().expect("UTF-8")]);
    }
    house.add_user("supervisor", "supervisor", PASSWORD);
    let daemon = house.start();
    until("the daemon is ready", || daemon.get("/readyz").is_some_and(|(status, _)| status == 200));
    (house, daemon)
}

/// The table of a page: its rows' cells as text.
fn rows_of(page: &str) -> Vec<Vec<String>> {
    let body = page.split_once("<tbody>").map_or("", |(_, rest)| rest);
    let body = body.split_once("</tbody>").map_or("", |(body, _)| body);
    let cells = |row: &str| {
        let cell = |text: &str| {
            let text = text.split_once("<span>").expect("a cell").1;
            // Spaces that don't break and joints that have no width are for the eye.
            text.split_once("</span>").expect("a cell").0.replace('\u{a0}', " ").replace('\u{2060}', "")
        };
        row.split("<td").skip(1).map(cell).collect()
    };
    body.split("<tr>").skip(1).map(cells).collect()
}

/// The numbers of a page's cell as the file has them: a share's two, money in minor units.
fn fields(cell: &str, header: &str, is_pair: bool) -> Vec<String> {
    if cell == "—" {
        return vec![String::new(); if is_pair { 2 } else { 1 }];
    }
    if is_pair {
        let pair = cell.split(" = ").next().expect("a text");
        return pair.split('/').map(plain).collect();
    }
    assert!(!header.ends_with("_minor") || cell.ends_with('₽'), "{header}: {cell} says its currency");
    vec![plain(cell)]
}

/// A number as a file has it: a sum in kopecks, a point before the tenths. What is no number stays.
fn plain(text: &str) -> String {
    let text = text.trim();
    let bare: String = text.chars().filter(|c| !matches!(c, ' ' | '₽')).collect();
    let point = if text.ends_with('₽') { "" } else { "." };
    let bare = bare.replace('−', "-").replace(',', point);
    if bare.parse::<f64>().is_ok() {
        bare.parse::<i64>().map_or(bare, |n| n.to_string())
    } else {
        text.to_owned()
    }
}

/// The workbook has what the text has, cell by cell; a number is one in both.
fn assert_alike(book: &[u8], text: &str, code: &str) {
    let mut book = calamine::open_workbook_from_rs::<calamine::Xlsx<_>, _>(std::io::Cursor::new(book))
        .expect("a workbook");
    let sheet = book.worksheet_range_at(0).expect("a sheet").expect("readable");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    for (row, record) in (0_u32..).zip(reader.records()) {
        for (column, cell) in (0_u32..).zip(record.expect("a record").iter()) {
            let there = sheet.get_value((row, column)).map(ToString::to_string).unwrap_or_default();
            let same = there == cell.trim_start_matches('\'')
                || there.parse::<f64>().is_ok_and(|number| cell.parse() == Ok(number));
            assert!(same, "{code}: {there:?} is not {cell:?} in line {row}, column {column}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_number_of_a_page_is_that_of_the_file() {
    let (house, daemon) = house();
    let mut browser = Browser::new(&daemon);
    browser.sign_in("supervisor", PASSWORD).await;
    let mut numbers = 0;
    // All time, and some days of it: the last day of a page is the day before the command's `--to`.
    let day = |ago: i64| (Timestamp::now() - (24 * ago).hours()).to_string()[..10].to_owned();
    let some = [day(55), day(25)];
    let days = format!("?from={}&to={}", some[0], day(26));
    for (kind, days) in SheetKind::ALL.into_iter().flat_map(|kind| [(kind, ""), (kind, days.as_str())]) {
        let code = kind.code();
        let page = browser.get(&format!("/reports/{code}{days}")).await.text().await.expect("text");
        let file = browser.get(&format!("/reports/{code}.csv{days}")).await.text().await.expect("text");
        let file = file.trim_start_matches('\u{feff}');
        let book = browser.get(&format!("/reports/{code}.xlsx{days}")).await.bytes().await.expect("bytes");
        assert_alike(&book, file, code);
        let mut reader = csv::ReaderBuilder::new().from_reader(file.as_bytes());
        let headers: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
        let records: Vec<Vec<String>> =
            reader.records().map(|it| it.expect("a record").iter().map(str::to_owned).collect()).collect();
        let rows = rows_of(&page);
        assert_eq!(rows.len(), records.len(), "{code}: {page}");
        for (row, record) in rows.iter().zip(&records) {
            let mut place = 0;
            for cell in row {
                let header = &headers[place];
                let is_pair = headers.get(place + 1).is_some_and(|next| *next == format!("{header}_of"));
                let shown = fields(cell, header, is_pair);
                for (nth, shown) in shown.iter().enumerate() {
                    let filed = &record[place + nth];
                    // Words stand for codes on a page; names are names in both.
                    if filed.parse::<f64>().is_ok() || shown.parse::<f64>().is_ok() {
                        assert_eq!(shown, filed, "{code}: {header}");
                        numbers += 1;
                    }
                }
                place += if is_pair { 2 } else { 1 };
            }
            assert_eq!(place, headers.len(), "{code}: every field is on the page");
        }
        if !matches!(kind, SheetKind::Agents | SheetKind::Promises | SheetKind::Uplift) {
            assert!(!rows.is_empty(), "{code} has something to compare");
            let mut args = vec!["report", code, "--csv", "--lang", "ru"];
            if !days.is_empty() {
                args.extend(["--from", &some[0], "--to", &some[1]]);
            }
            let printed = house.run(&args);
            assert_eq!(printed, file, "{code}: the command says what the page's file says");
        }
    }
    assert!(numbers > 150, "{numbers} numbers compared");
    for wrong in ["?from=2026-02-30", "?to=soon", "?from=2026-03-02&to=2026-03-01"] {
        for path in ["/reports/kpi", "/reports/kpi.csv", "/reports"] {
            let answer = browser.get(&format!("{path}{wrong}")).await;
            assert_eq!(answer.status(), 422, "{path}{wrong}");
            let said = answer.text().await.expect("text");
            assert!(said.contains("день"), "{said}");
        }
    }
    for (unknown, status) in [("kind=zzz", 422), ("state=zzz", 400), ("kind=regulator", 200)] {
        for path in ["/cases", "/cases.csv"] {
            let answer = browser.get(&format!("{path}?{unknown}")).await;
            assert_eq!(answer.status(), status, "{path}?{unknown}");
        }
    }
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_cut_as_its_address_asks_and_what_it_does_not_know_is_refused() {
    let (house, daemon) = house();
    let mut browser = Browser::new(&daemon);
    browser.sign_in("supervisor", PASSWORD).await;
    let cuts = [
        (
            "channels",
            "by=creditor,month&attribution=first",
            ["--by", "creditor,month", "--attribution", "first"],
        ),
        ("wear", "reaction=right-party", ["--reaction", "right-party", "--lang", "ru"]),
        ("uplift", "window_days=5", ["--window-days", "5", "--lang", "ru"]),
    ];
    for (code, asked, args) in cuts {
        let file = browser.get(&format!("/reports/{code}.csv?{asked}")).await.text().await.expect("text");
        let file = file.trim_start_matches('\u{feff}');
        let printed = house.run(&[&["report", code, "--csv"][..], &args].concat());
        assert_eq!(printed, file, "{code}?{asked}");
        let page = browser.get(&format!("/reports/{code}?{asked}")).await.text().await.expect("text");
        assert_eq!(rows_of(&page).len() + 1, file.lines().count(), "{code}: the page is cut alike");
    }
    let whole = house.run(&["report", "channels", "--csv"]);
    assert!(
        !whole.contains(CREDITOR)
            && house.run(&["report", "channels", "--csv", "--by", "creditor"]).contains(CREDITOR)
    );
    for (asked, status) in
        [("kpi?by=creditor", 422), ("channels?by=colour", 422), ("channels?colour=red", 400)]
    {
        let answer = browser.get(&format!("/reports/{asked}")).await;
        assert_eq!(answer.status(), status, "{asked}");
        assert!(
            answer.text().await.expect("text").contains(asked.split(['?', '=']).nth(1).expect("a name")),
            "{asked}"
        );
    }
    assert!(!house.try_run(&["report", "kpi", "--by", "creditor"]).status.success());
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_is_applied_and_taken_back_with_who_and_when() {
    let (house, daemon) = house();
    let json = |args: &[&str]| -> Value { serde_json::from_str(&house.run(args)).expect("JSON") };
    let found = json(&["report", "proposals", "--json"]);
    assert!(found.to_string().contains("change_channel"), "{found}");
    let code = "change_channel:agent_call:2:sms";
    assert_eq!(json(&["proposal", "list", "--json"]), Value::Array(Vec::new()), "nothing by itself");
    let refused = house.try_run(&["proposal", "apply", "change_channel:ivr:9:letter", "--by", "anna"]);
    assert!(!refused.status.success(), "the figures don't say so");
    let mut browser = Browser::new(&daemon);
    browser.sign_in("supervisor", PASSWORD).await;
    let page = browser.get("/proposals").await.text().await.expect("text");
    assert!(page.contains(code) && page.contains("Применить"), "{page}");
    let click = |act: &str| format!("code={}&act={act}", code.replace(':', "%3A"));
    browser.post("/proposals", &click("apply")).await;
    let again = browser.post("/proposals", &click("apply")).await;
    assert_eq!(crate::leads_to(&again), "/proposals?refused=true");
    let rows = json(&["proposal", "list", "--json"]);
    assert_eq!((rows[0]["code"].as_str(), rows[0]["applied_by"].as_str()), (Some(code), Some("supervisor")));
    let at: Timestamp = rows[0]["applied_at"].as_str().expect("a time").parse().expect("a time");
    assert!(Timestamp::now().duration_since(at).as_secs() < 600 && rows[0]["withdrawn_at"].is_null());
    assert!(rows[0]["figures"]["worn"]["denominator"].as_u64() == Some(u64::from(DEBTS)), "{rows}");
    house.run(&["proposal", "withdraw", code, "--by", "anna"]);
    let rows = json(&["proposal", "list", "--json"]);
    assert_eq!(rows[0]["withdrawn_by"], "anna", "{rows}");
    let page = browser.get("/proposals").await.text().await.expect("text");
    assert!(page.contains("отменено: anna"), "{page}");
    assert!(house.log().contains("a proposal was clicked"));
    assert!(page.contains(code), "it is offered again: {page}");
    // One that the configuration does is in force by it, as the command line says.
    let file = house.path("config/statistics.toml");
    let before = std::fs::read_to_string(&file).expect("the file");
    let lines =
        "[next_action.calls_to_sms]\nchannel = \"agent_call\"\nafter_uses = 2\ndays = 5\nthen = \"sms\"\n";
    house.write("config/statistics.toml", &format!("{before}\n{lines}"));
    daemon.signal(Signal::SIGHUP);
    until("it is read", || house.log().contains("the configuration was reloaded"));
    let page = browser.get("/proposals").await.text().await.expect("text");
    assert!(page.contains("действует: [next_action.calls_to_sms]") && !page.contains(code), "{page}");
    daemon.stop();
}

#[test]
fn the_parts_of_a_report_add_up_to_its_whole() {
    let (house, daemon) = house();
    let rows = |more: &[&str]| -> Vec<Value> {
        let args = [&["report", "channels", "--json"], more].concat();
        let report: Value = serde_json::from_str(&house.run(&args)).expect("JSON");
        report["rows"].as_array().expect("rows").clone()
    };
    let sums = |rows: &[Value]| {
        let sum = |of: &dyn Fn(&Value) -> Option<i64>| rows.iter().filter_map(of).sum::<i64>();
        let mut all = vec![sum(&|row| row["actions"].as_i64()), sum(&|row| row["paid_minor"].as_i64())];
        for key in ["answered", "right_party", "paid", "no_reaction", "complaint", "kept"] {
            for part in ["numerator", "denominator"] {
                all.push(sum(&|row| row[key][part].as_i64()));
            }
        }
        all
    };
    let whole = rows(&[]);
    assert!(sums(&whole)[0] == i64::from(DEBTS) * 4 && sums(&whole)[1] > 0, "{whole:?}");
    for by in ["creditor", "month", "day-part", "age", "campaign", "creditor,month,day-part,age,campaign"] {
        let parts = rows(&["--by", by]);
        assert_eq!(sums(&parts), sums(&whole), "by {by}");
        // And part by part: those of one channel, type and kind are that line of the whole.
        for line in &whole {
            let is_of = |row: &&Value| {
                ["channel", "debtor_type", "kind", "currency"].iter().all(|key| row[key] == line[key])
            };
            let of: Vec<Value> = parts.iter().filter(is_of).cloned().collect();
            assert_eq!(sums(&of), sums(std::slice::from_ref(line)), "by {by}: {line}");
        }
    }
    // The months of the export are the whole, too.
    let csv = house.run(&["export", "bi-effect-month"]);
    let mut reader = csv::ReaderBuilder::new().from_reader(csv.as_bytes());
    let place = reader.headers().expect("a header").iter().position(|it| it == "actions").expect("a column");
    let exported: i64 =
        reader.records().map(|it| it.expect("a record")[place].parse::<i64>().expect("a count")).sum();
    assert_eq!(exported, sums(&whole)[0]);
    daemon.stop();
}
