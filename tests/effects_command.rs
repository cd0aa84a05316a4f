//! What a supervisor reads of what calling brings.
#![allow(clippy::disallowed_methods, reason = "a test of a running program asks the clock")]

mod house;

use house::{CREDITOR, House, REMINDERS, config};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

/// A list of 40 persons, a fifth of them left alone by lot.
fn house() -> House {
    let house = House::new(config(([127, 0, 0, 1], 9).into()).set(REMINDERS, "hold_out_percent", 20));
    house.import(40);
    house
}

/// As if everybody had been selected forty days before: the program has no other clock than ours.
fn let_forty_days_pass(house: &House) {
    let conn = rusqlite::Connection::open(house.path("data/obzvon.db")).expect("the database");
    let moved = conn.execute("UPDATE contact SET selected_at = selected_at - 40 * 86400000000", []);
    assert_eq!(moved.expect("moved"), 40);
}

#[test]
fn the_called_are_compared_with_those_left_alone() {
    let house = house();
    let text = house.run(&["report", "uplift", "--lang", "en", "--to", "2999-01-01"]);
    assert_eq!(text, "nobody selected has had his 30 days yet\n", "what is to come says nothing");
    let_forty_days_pass(&house);
    let rows: Value = serde_json::from_str(&house.run(&["report", "uplift", "--json"])).expect("JSON");
    let count = |arm: &str| rows[0][arm]["sums"]["count"].as_u64().expect("a count");
    assert_eq!(count("called") + count("left_alone"), 40, "{rows}");
    let why_not: Value =
        serde_json::from_str(&house.run(&["campaign", "why-not", "reminders", "--json"])).expect("JSON");
    assert!(why_not.to_string().contains("held_out") == (count("left_alone") > 0), "{why_not}");
    let text = house.run(&["report", "uplift", "--lang", "ru"]);
    for told in [
        "не звонили, оплатили",
        "= 0,0 % (0,0–",
        "0,00\u{a0}₽",
        "слишком мало людей или оплат, чтобы судить",
        "Как читать",
    ] {
        assert!(text.contains(told), "{told} is not in\n{text}");
    }
}

#[test]
fn the_pareto_curve_ends_with_everybody() {
    let house = house();
    house.run(&["pay", "--creditor", CREDITOR, "--debt", "d1", "--amount", "100.50", "--id", "m1"]);
    let rows: Value = serde_json::from_str(&house.run(&["report", "pareto", "--json"])).expect("JSON");
    let curve = rows[0]["curve"].as_array().expect("a curve");
    assert_eq!((curve[0]["accounts"].as_u64(), curve[0]["value"].as_i64()), (Some(1), Some(10_050)));
    assert_eq!(curve.last().expect("points")["accounts"], 40);
    assert!(house.run(&["report", "pareto", "--lang", "ru"]).contains("100.50 RUB = 100.0 %"));
}

#[test]
fn wear_without_a_call_says_so() {
    assert_eq!(house().run(&["report", "wear", "--lang", "en"]), "no attempt in this time\n");
}

#[test]
fn every_figure_says_what_it_divides() {
    let house = house();
    let text = house.run(&["report", "kpi", "--lang", "ru"]);
    let of = |key: &str, part: &str| {
        let line = text.lines().find(|line| line.trim_start().starts_with(key));
        assert!(line.is_some_and(|line| line.contains(part)), "{key}: {part} is not in\n{text}");
    };
    of("проникновение", "0/40 = 0,0 %");
    of("цена обещания", "0,00\u{a0}₽ / 0");
    let glossary = house.run(&["report", "glossary", "--lang", "en"]);
    for told in [
        "abandoned / calls a person answered",
        "a debtor's own call: an action with its reactions",
        "actions in which he complained / actions",
    ] {
        assert!(glossary.contains(told), "{told} is not in\n{glossary}");
    }
}

#[test]
fn a_type_set_by_hand_is_told_with_who_and_why() {
    let house = house();
    house.run(&["person", "type", "p1", "involuntary", "--by", "agent 7", "--why", "lost his job"]);
    let told = house.run(&["person", "types", "p1"]);
    assert!(told.contains("forgetful → involuntary  agent 7: lost his job"), "{told}");
    let report = house.run(&["report", "types", "--lang", "ru"]);
    assert!(report.contains("забывчивый → должник поневоле: agent 7 1"), "{report}");
    assert!(report.contains("1/40 = 2,5 % (0,4–12,9)"), "{report}");
    let refused = house.try_run(&["person", "type", "p1", "nice", "--by", "a", "--why", "b"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("the types are: "), "{refused:?}");
}

#[test]
fn a_payment_file_sent_twice_changes_nothing() {
    let house = house();
    let lines = [
        format!("1;{CREDITOR};d1;1001,37;01.02.2026"),
        format!("2;{CREDITOR};d2;100;01.02.2026"),
        format!("3;{CREDITOR};d3;5000;01.02.2026"),
        format!("4;{CREDITOR};nobody;5;01.02.2026"),
        format!("5;{CREDITOR};d5;5;01.02.2099"),
    ];
    house.write("paid.csv", &format!("номер платежа;кредитор;договор;сумма;дата\n{}\n", lines.join("\n")));
    let file = house.path("paid.csv");
    let file = file.to_str().expect("UTF-8");
    let read = || -> Value {
        serde_json::from_str(&house.run(&["import", "payments", file, "--json"])).expect("JSON")
    };
    let first = read();
    let of = |answer: &Value, key: &str| answer[key].as_u64().expect("a count");
    let new = ["new", "known", "paid_in_full", "paid_in_part", "overpaid"].map(|key| of(&first, key));
    assert_eq!(new, [3, 0, 1, 1, 1], "{first}");
    assert_eq!(first["counts"]["rejected"], 2, "{first}");
    let back = std::fs::read_to_string(house.path("paid.csv.rejected.csv")).expect("rejected rows");
    assert!(back.contains("no_debt") && back.contains("in_future"), "{back}");
    let report = house.run(&["report", "pareto", "--json"]);
    let second = read();
    assert_eq!((of(&second, "new"), of(&second, "known")), (0, 3), "{second}");
    assert_eq!(house.run(&["report", "pareto", "--json"]), report);
}

#[test]
fn what_other_systems_did_stands_in_the_channel_report() {
    let house = house();
    for (id, kind, channel) in
        [("a", "letter", None), ("b", "message", Some("sms")), ("c", "message", Some("email"))]
    {
        let mut args = vec!["event", "add", "p1", kind, "--debt", "d1", "--creditor", CREDITOR, "--id", id];
        args.extend(channel.iter().flat_map(|channel| ["--channel", channel]));
        house.run(&args);
    }
    house.run(&["pay", "--creditor", CREDITOR, "--debt", "d1", "--amount", "100.50", "--id", "m1"]);
    let asked = |more: &[&str]| -> Value {
        let args = [&["report", "channels", "--json"], more].concat();
        serde_json::from_str(&house.run(&args)).expect("JSON")
    };
    let credited = |report: &Value| -> Vec<(String, i64)> {
        let rows = report["rows"].as_array().expect("rows");
        let line = |row: &Value| {
            (row["channel"].as_str().expect("a code").to_owned(), row["paid_minor"].as_i64().expect("a sum"))
        };
        rows.iter().map(line).collect()
    };
    let of = |rule| credited(&asked(&["--attribution", rule]));
    let line = |channel: &str, minor| (channel.to_owned(), minor);
    assert_eq!(of("last"), [line("sms", 0), line("email", 10_050), line("letter", 0)]);
    assert_eq!(of("first"), [line("sms", 0), line("email", 0), line("letter", 10_050)]);
    assert_eq!(of("linear"), [line("sms", 3_350), line("email", 3_350), line("letter", 3_350)]);
    let report = asked(&["--by", "creditor,age"]);
    assert_eq!(report["rows"][0]["by"][0], CREDITOR, "{report}");
    let text = house.run(&["report", "channels", "--lang", "ru"]);
    assert!(text.contains("Платёж зачтён последнему действию"), "{text}");
    assert!(house.run(&["db", "tallies", "check", "--lang", "en"]).contains("every sum is that of its rows"));
    assert!(
        house.run(&["db", "tallies", "recount", "--lang", "en"]).contains("every sum is that of its rows")
    );
}

#[test]
fn a_clients_margin_is_told_and_exported_alike() {
    let mut house = house();
    house.run(&["event", "add", "p1", "letter", "--debt", "d1", "--creditor", CREDITOR, "--id", "a"]);
    house.run(&["pay", "--creditor", CREDITOR, "--debt", "d1", "--amount", "100.50", "--id", "m1"]);
    let key = |key: &str| format!("contract.{CREDITOR}.{key}");
    house.change("statistics.toml", &key("share_percent"), 12.5);
    house.change("statistics.toml", "economics.per_use.letter", 8);
    let report: Value = serde_json::from_str(&house.run(&["report", "economics", "--json"])).expect("JSON");
    let total = &report["creditors"][0]["total"];
    assert_eq!((total["revenue"].as_i64(), total["cost"].as_i64()), (Some(1_256), Some(800)), "{report}");
    let csv = house.run(&["export", "economics"]);
    let line = csv.lines().nth(1).expect("a month");
    assert!(line.contains(",10050,1256,0,0,1256,0,0,800,0,0,800,0.3631,"), "{csv}");
    let text = house.run(&["report", "economics", "--lang", "ru"]);
    assert!(text.contains("4.56 RUB / 12.56 RUB = 36.3 %, в пределах ориентира 35–40 %"), "{text}");
    assert!(house.run(&["export", "bi-effect-month"]).lines().count() == 2);
    assert_eq!(house.run(&["report", "proposals", "--lang", "en"]), "nothing that is sure\n");
}

#[test]
fn nobody_whom_our_voice_cannot_tell_his_debt_is_drawn_by_the_lot() {
    let house = House::new(config(([127, 0, 0, 1], 9).into()).set(REMINDERS, "hold_out_percent", 20));
    let mut list = "external_id;person_id;phone;time_zone;debtor_type;creditor;amount;due\n".to_owned();
    for n in 0..80 {
        // The pack has no words for every second creditor.
        let creditor = if n % 2 == 0 { CREDITOR } else { "Водоканал Приречья" };
        list += &format!("d{n};p{n};{};Etc/GMT;forgetful;{creditor};10;2026-01-15\n", house::number(n));
    }
    house.write("list.csv", &list);
    house.run(&["import", house.path("list.csv").to_str().expect("UTF-8")]);
    house.run(&["campaign", "start", "reminders"]);
    let states = house.states();
    let of = |why: &str| states.iter().filter(|(_, of, _)| of == why).map(|(.., n)| n).sum::<u64>();
    assert_eq!(of("unspeakable"), 40, "all of them wait, and none is left alone: {states:?}");
    let conn = rusqlite::Connection::open(house.path("data/obzvon.db")).expect("the database");
    let drawn = "SELECT COUNT(*), COUNT(DISTINCT c.arm), MIN(k.name = ?1) FROM contact c \
        JOIN debt d ON d.id = c.debt_id JOIN creditor k ON k.id = d.creditor_id WHERE c.arm IS NOT NULL";
    let row =
        |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?));
    let (all, arms, only_his) = conn.query_row(drawn, [CREDITOR], row).expect("counted");
    assert_eq!((all, arms, only_his), (40, 2, 1), "both arms are of those whom we can speak to");
}

#[test]
fn a_period_that_runs_backwards_is_refused_by_every_report() {
    let house = house();
    for report in ["channels", "kpi", "wear", "uplift", "promises", "pareto", "types", "agents", "economics"]
    {
        for (from, to) in [("2026-03-02", "2026-03-01"), ("2026-03-02", "2026-03-02")] {
            let refused = house.try_run(&["report", report, "--from", from, "--to", to, "--lang", "en"]);
            let said = String::from_utf8_lossy(&refused.stderr);
            assert!(!refused.status.success() && said.contains("ends before it begins"), "{report}: {said}");
        }
    }
}

#[test]
fn set_up_hours_have_a_price_and_are_charged_in_the_first_month_alone() {
    let mut house = house();
    house.run(&["event", "add", "p1", "letter", "--debt", "d1", "--creditor", CREDITOR, "--id", "a"]);
    house.change("statistics.toml", &format!("contract.{CREDITOR}.setup_hours"), 16);
    let refused = house.try_run(&["check", "--lang", "en"]);
    let said = [refused.stdout, refused.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(!refused.status.success() && said.contains("setup_hour"), "hours without a price: {said}");
    house.change("statistics.toml", "economics.setup_hour", 1_500);
    let setup = |more: &[&str]| -> Vec<i64> {
        let args = [&["report", "economics", "--json"], more].concat();
        let report: Value = serde_json::from_str(&house.run(&args)).expect("JSON");
        let months = report["creditors"][0]["months"].as_array().cloned().unwrap_or_default();
        months.iter().filter_map(|month| month["of_month"]["figures"]["setup"].as_i64()).collect()
    };
    assert_eq!(setup(&[]), [2_400_000], "16 hours of 1,500 roubles, in kopecks");
    // The house's day may be ahead of UTC's.
    let later = (Timestamp::now() + jiff::SignedDuration::from_hours(48)).to_string();
    let later = setup(&["--from", &later[..10], "--to", "2999-01-01"]);
    assert_eq!(later.iter().sum::<i64>(), 0, "not again: {later:?}");
}

#[test]
fn the_sum_of_a_promise_told_from_outside_is_counted_in_kopecks() {
    let house = house();
    let day = (Timestamp::now() + jiff::SignedDuration::from_hours(72)).to_string();
    let told = ["event", "add", "p1", "message", "--debt", "d1", "--creditor", CREDITOR, "--id", "a"];
    let promise = ["--reaction", "promise", "--promised-on", &day[..10], "--promised-amount", "150,25"];
    house.run(&[&told[..], &promise].concat());
    let report: Value = serde_json::from_str(&house.run(&["report", "promises", "--json"])).expect("JSON");
    assert!(report.to_string().contains("\"promised_minor\":15025"), "{report}");
    let text = house.run(&["report", "promises", "--lang", "ru"]);
    assert!(text.contains("150.25 RUB"), "{text}");
}

#[test]
fn who_spends_unlike_himself_is_listed_before_any_debt() {
    let house = house();
    let months: Vec<_> = (1..=7).map(|month| format!("2026-0{month}")).collect();
    let lines = [
        "p1;500;520;480;510;490;500;60",
        "p2;500;520;480;510;490;500;1500",
        "p3;100;110;90;100;105;95;101",
        "p4;;;;;;;7",
        "p5;500;520;480;510;490;500;",
        ";1;1;1;1;1;1;1",
        "p7;1;1;1;1;1;1;x",
    ];
    house.write("spent.csv", &format!("абонент;{}\n{}\n", months.join(";"), lines.join("\n")));
    let (file, out) = (house.path("spent.csv"), house.path("warned.csv"));
    let args = [
        "import",
        "spending",
        file.to_str().expect("UTF-8"),
        "--out",
        out.to_str().expect("UTF-8"),
        "--json",
    ];
    let answer: Value = serde_json::from_str(&house.run(&args)).expect("JSON");
    let counts = ["persons", "jumps_up", "falls_away", "usual", "not_judged"].map(|key| answer[key].as_u64());
    assert_eq!(counts, [5, 1, 2, 1, 1].map(Some), "{answer}");
    assert_eq!(answer["last_month_begun"], false);
    let list = std::fs::read_to_string(out).expect("a list");
    let wanted = "person,month,warning,last_minor\np1,2026-07,falls_away,6000\np2,2026-07,jumps_up,150000\n\
                  p5,2026-07,falls_away,0\n";
    assert_eq!(list, wanted, "who stopped altogether is in it");
    let back = std::fs::read_to_string(house.path("spent.csv.rejected.csv")).expect("rejected rows");
    let ends: Vec<_> = back.lines().skip(1).filter_map(|line| line.split(';').rev().nth(1)).collect();
    assert_eq!(ends, ["7", "8"], "{back}");
    assert!(back.contains("person_missing") && back.contains("amount_unreadable"), "{back}");
}

#[test]
fn a_month_that_runs_is_left_out_and_one_that_is_to_come_is_refused() {
    let house = house();
    let today = Timestamp::now().to_zoned_datetime(TimeZone::get("Europe/Moscow").expect("a zone")).date();
    let month = |back: i32| {
        let day = today.first_of_month().saturating_sub(i64::from(back).months());
        format!("{:04}-{:02}", day.year(), day.month())
    };
    let heads: Vec<_> = (0..7).rev().map(month).collect();
    let usual = "500;520;480;510;490;500;9";
    house.write("spent.csv", &format!("абонент;{}\np1;{usual}\np2;{usual}\n", heads.join(";")));
    let (file, out) = (house.path("spent.csv"), house.path("warned.csv"));
    let (file, out) = (file.to_str().expect("UTF-8"), out.to_str().expect("UTF-8"));
    let read = || -> Value {
        serde_json::from_str(&house.run(&["import", "spending", file, "--out", out, "--json"])).expect("JSON")
    };
    let answer = read();
    assert_eq!((&answer["usual"], &answer["falls_away"]), (&2.into(), &0.into()), "{answer}");
    assert_eq!(answer["left_out_month"], heads[6].as_str());
    house.write("spent.csv", &format!("абонент;месяц;сумма\np1;{};5\np1;{};5\n", month(-1), month(1)));
    let answer = read();
    assert_eq!(
        (&answer["counts"]["rejected"], &answer["counts"]["sound"]),
        (&1.into(), &1.into()),
        "{answer}"
    );
}

#[test]
fn a_file_of_spending_that_is_none_is_told_to_a_program_as_json() {
    let house = house();
    house.write("spent.csv", "x\n\0\n");
    let (file, out) = (house.path("spent.csv"), house.path("warned.csv"));
    let paths = (file.to_str().expect("UTF-8"), out.to_str().expect("UTF-8"));
    let output = house.try_run(&["import", "spending", paths.0, "--out", paths.1, "--json", "--lang", "en"]);
    assert_eq!(output.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(told["fault"].is_string() && told["message"].is_string(), "{told}");
}

#[test]
fn columns_that_are_missed_have_their_names_in_the_language_of_the_screen() {
    let house = house();
    house.write("spent.csv", "x;2026-01\np1;5\n");
    let (file, out) = (house.path("spent.csv"), house.path("warned.csv"));
    let paths = (file.to_str().expect("UTF-8"), out.to_str().expect("UTF-8"));
    for (language, names) in
        [("ru", ": абонент, id клиента, id должника;"), ("en", ": person, person id, customer id;")]
    {
        let refused = house.try_run(&["import", "spending", paths.0, "--out", paths.1, "--lang", language]);
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(refused.status.code() == Some(1) && said.contains(names), "{said}");
    }
}

#[test]
fn attempts_are_exported_from_a_day_of_the_house_to_another() {
    let house = house();
    let of = |from, to| house.run(&["export", "attempts", "--from", from, "--to", to]);
    assert_eq!(of("2026-03-01", "2026-03-02").lines().count(), 1, "the header alone");
    let conn = rusqlite::Connection::open(house.path("data/obzvon.db")).expect("the database");
    let noted = "SELECT filter FROM export_act ORDER BY id DESC LIMIT 1";
    let noted: Result<String, _> = conn.query_row(noted, [], |row| row.get(0));
    assert_eq!(noted.expect("noted"), "from=2026-02-28T21:00:00Z&to=2026-03-01T21:00:00Z");
    let refused = house.try_run(&["export", "attempts", "--from", "2026-13-01"]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn no_talks_are_drawn_of_an_agent_who_is_none() {
    let plan = config(([127, 0, 0, 1], 9).into());
    let house = House::new(plan.set("agents.toml", "agent.anna.display", "Анна").set(
        "agents.toml",
        "queue.collectors.skills",
        Vec::<String>::new(),
    ));
    for (language, told) in [("ru", "оператора nobody нет"), ("en", "there is no agent nobody")] {
        let refused = house.try_run(&["quality", "sample", "--agent", "nobody", "--lang", language]);
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(refused.status.code() == Some(1) && said.contains(told), "{said}");
    }
    house.run(&["quality", "sample", "--agent", "anna"]);
    assert_eq!(house.run(&["quality", "list"]).lines().count(), 1, "a list for her alone");
}

#[test]
fn who_is_warned_of_is_put_into_a_service_campaign_unless_he_owes() {
    let house = house();
    house.write(
        "config/flows/service.yaml",
        r#"flow: service
version: 1
languages: [ru]
hours: any
start: hello
steps:
  hello:
    notice: [robot, name, recording]
    say: { ru: "Здравствуйте. Спасибо за звонок. С вами говорит робот номер один. Разговор записывается." }
    barge_in: false
    then: ask
  ask:
    ask: { ru: "Чтобы поговорить со специалистом, нажмите один. Чтобы не получать такие звонки или оставить жалобу, нажмите ноль." }
    keys: { 1: bye, 0: stop }
    else: bye
  stop: { do: { complaint: open }, outcome: stop_requested, then: hangup }
  bye: { outcome: reminded, say: { ru: "До свидания." }, then: hangup }
"#,
    );
    let plan = "kind = \"service\"\nflow = \"service\"\n";
    house.write("config/campaigns/service.toml", plan);
    // p1 has paid, p2 owes, and nobody knows px.
    let today = &Timestamp::now().to_string()[..10];
    let paid = format!("номер платежа;кредитор;договор;сумма;дата\nm1;{CREDITOR};d1;9999999,00;{today}\n");
    house.write("paid.csv", &paid);
    house.run(&["import", "payments", house.path("paid.csv").to_str().expect("UTF-8")]);
    let months: Vec<_> = (1..=7).map(|month| format!("2026-0{month}")).collect();
    let lines = ["p1;500;520;480;510;490;500;60", "p2;500;520;480;510;490;500;1500", "px;9;9;9;9;9;9;900"];
    house.write("spent.csv", &format!("абонент;{}\n{}\n", months.join(";"), lines.join("\n")));
    let (file, out) = (house.path("spent.csv"), house.path("warned.csv"));
    let (file, out) = (file.to_str().expect("UTF-8"), out.to_str().expect("UTF-8"));
    let into = |campaign: &str| {
        house.try_run(&["import", "spending", file, "--out", out, "--campaign", campaign, "--json"])
    };
    assert!(!into("reminders").status.success(), "reminders are of debts");
    for (queued, known) in [(1, 0), (0, 1)] {
        let output = into("service");
        let answer: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        let counts = ["queued", "known", "owes", "unknown"].map(|key| answer["service"][key].as_u64());
        assert_eq!(counts, [queued, known, 1, 1].map(Some), "{answer}");
    }
    let why_not = |campaign: &str| house.run(&["campaign", "why-not", campaign, "--json"]);
    assert!(why_not("service").contains("queued"), "{}", why_not("service"));
    // A flow of reminders is none for it.
    let reminding = plan.replace("flow = \"service\"", "flow = \"reminder_current\"");
    house.write("config/campaigns/service.toml", &reminding);
    let refused = house.try_run(&["check", "--lang", "en"]);
    let said =
        String::from_utf8_lossy(&refused.stderr).into_owned() + &String::from_utf8_lossy(&refused.stdout);
    assert!(!refused.status.success() && said.contains("a service call speaks of no debt"), "{said}");
}

/// Where messages of others tire and letters do not, and who is called in the evening says who he is.
#[test]
fn whatever_is_proposed_passes_the_check_as_it_is_printed_and_can_be_applied() {
    let mut house = House::new(config(([127, 0, 0, 1], 9).into()).set("statistics.toml", "window_days", 5));
    house.import(120);
    let at = |days: i64, hours: i64| (Timestamp::now() - (24 * days - hours).hours()).to_string();
    let mut past = "person;debt;creditor;time;channel;outcome;agent\n".to_owned();
    let mut paid = "номер платежа;кредитор;договор;сумма;дата\n".to_owned();
    for n in 0..120 {
        let who = format!("p{n};d{n};{CREDITOR}");
        for days in [60, 50, 40] {
            past += &format!("{who};{};sms;;\n", at(days, 0));
        }
        past += &format!("{who};{};letter;;\n", at(30, 0));
        past += &format!("{who};{};call;no_answer;human\n", at(20, -3));
        past += &format!("{who};{};call;answered;human\n", at(19, 7));
        let mut pay = |is: bool, what: &str, days: i64| {
            if is {
                paid += &format!("{what}{n};{CREDITOR};d{n};10,50;{}\n", &at(days, 0)[..10]);
            }
        };
        pay(n % 5 < 2, "a", 58);
        pay(n % 5 == 2 || n % 5 == 3, "b", 48);
        pay(n % 20 == 3, "c", 38);
        pay(n % 5 == 2, "d", 28);
    }
    for (what, name, text) in [("history", "past.csv", past), ("payments", "paid.csv", paid)] {
        house.write(name, &text);
        house.run(&["import", what, house.path(name).to_str().expect("UTF-8")]);
    }
    let printed = house.run(&["report", "proposals", "--lang", "en"]);
    let codes: Vec<&str> = printed
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|line| line.starts_with("change_channel:") || line.starts_with("day_part:"))
        .collect();
    assert_eq!(codes, ["change_channel:sms:2:letter", "day_part:agent_call:forgetful:evening"], "{printed}");
    let lines = |file: &str| {
        let block = printed.split(&format!("  {file}:\n")).nth(1).expect("lines of configuration");
        let told = block.lines().map_while(|line| line.strip_prefix("    "));
        told.collect::<Vec<_>>().join("\n")
    };
    let file = house.path("config/statistics.toml");
    let before = std::fs::read_to_string(&file).expect("the file");
    house.write("config/statistics.toml", &format!("{before}\n{}\n", lines("statistics.toml")));
    let hours: toml::Table = lines("campaigns/….toml").parse().expect("TOML");
    house.change(REMINDERS, "calendar.weekdays", hours["calendar"]["weekdays"].as_str().expect("hours"));
    house.write("config/statistics.toml", &format!("{before}\n{}\n", lines("statistics.toml")));
    house.run(&["check"]);
    for code in &codes {
        house.run(&["proposal", "apply", code, "--by", "anna"]);
    }
    house.write("config/statistics.toml", &before);
    let offered = |text: &str| text.lines().filter(|line| codes.contains(&line.trim())).count();
    let again = house.run(&["report", "proposals", "--lang", "en"]);
    assert_eq!(offered(&again), 0, "what is in force is not offered: {again}");
    assert!(again.starts_with("nothing new that is sure\n"), "{again}");
    for code in &codes {
        assert!(again.contains(&format!(", anna: {code}\n")), "since when and by whom: {again}");
    }
    let told = house.run(&["report", "proposals", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&told).expect("JSON");
    assert!(told.as_array().is_some_and(|all| all.iter().all(|it| it["in_force"]["by"] == "anna")), "{told}");
    // One that the configuration does is in force by it.
    house.run(&["proposal", "withdraw", codes[0], "--by", "anna"]);
    house.write("config/statistics.toml", &format!("{before}\n{}\n", lines("statistics.toml")));
    let configured = house.run(&["report", "proposals", "--lang", "en"]);
    assert!(configured.contains("in force by [next_action.sms_to_letter]"), "{configured}");
    // Our own calls are no other system's to make.
    let ours = lines("statistics.toml").replace("\"letter\"", "\"ivr\"");
    house.write("config/statistics.toml", &format!("{before}\n{ours}\n"));
    let refused = house.try_run(&["check", "--lang", "en"]);
    let said =
        String::from_utf8_lossy(&refused.stderr).into_owned() + &String::from_utf8_lossy(&refused.stdout);
    assert!(!refused.status.success() && said.contains("is a call of ours"), "{said}");
}
