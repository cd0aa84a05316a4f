//! What a supervisor reads: why somebody is or is not called, in words, and which exceptions are in force.
#![allow(clippy::disallowed_methods, reason = "a test of a running program asks the clock")]

mod house;

use house::{House, REMINDERS, config, zone_of_noon};
use jiff::{Timestamp, ToSpan};
use obzvon::agents::{State, Why};
use obzvon::config::{Config, Environment};
use obzvon::domain::{AgentId, Language};
use obzvon::store::{AgentChange, NewCallback, Store, StorePlan};
use serde_json::Value;

fn house() -> House {
    let house = House::new(config(([127, 0, 0, 1], 9).into()));
    house.import(2);
    house
}

fn explained(house: &House, args: &[&str]) -> Value {
    let text = house.run(&[&["explain", "p1", "--json"], args].concat());
    serde_json::from_str::<Value>(&text).expect("JSON")[0]["contacts"][0].take()
}

/// An exception for the weekly cap until `expires`, approved by `second` besides the head half a year before.
fn exception(expires: &str, second: &str) -> String {
    let end: Timestamp = expires.parse().expect("a time");
    let approved = (end - (24 * 180).hours()).to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    format!(
        "[[override]]\nrule = \"ru.call.week\"\nlimit = 3\nevidence = \"agreement 17\"\n\
         approved_on = \"{approved}\"\nexpires = \"{expires}\"\napproved_by = \"head\"\nsecond_approver = \"{second}\"\n"
    )
}

#[test]
fn a_person_is_explained_in_both_languages() {
    let house = house();
    let ru = house.run(&["explain", "p1", "--lang", "ru"]);
    for told in [
        "reminders · d1 · +…01: МОЖНО ЗВОНИТЬ",
        "Звонить сейчас можно.",
        "да  ru.call.week",
        "за календарную неделю 0 из 2",
    ] {
        assert!(ru.contains(told), "{told} is not in\n{ru}");
    }
    assert!(!ru.contains("+7999"), "the number is masked");
    house.run(&["hold", "add", "p1", "bankruptcy", "--evidence", "court act 5"]);
    let en = house.run(&["explain", "p1", "--lang", "en"]);
    for told in
        ["NOT CALLED", "No call now: hold — bankruptcy; until someone acts.", "never without a human act"]
    {
        assert!(en.contains(told), "{told} is not in\n{en}");
    }
    let said = explained(&house, &["--lang", "ru"]);
    assert!(said["summary"].as_str().expect("words").contains("запрет — банкротство"), "{said}");
    assert_eq!(said["decision"]["allow"], false);
}

#[test]
fn at_night_the_hours_and_their_opening_on_his_clock_are_told() {
    let house = house();
    let night = Timestamp::now() + 12.hours();
    let text = house.run(&["explain", "p1", "--at", &night.to_string(), "--lang", "en"]);
    assert!(text.contains("this time lies ahead: by what is known today"), "{text}");
    let said = explained(&house, &["--at", &night.to_string(), "--lang", "en"]);
    assert_eq!(said["decision"]["deny"], "ru.window");
    let window = said["rules"].as_array().expect("rules").iter().find(|rule| rule["rule"] == "ru.window");
    let text = window.expect("concerns him")["text"].as_str().expect("words");
    assert!(text.starts_with("hours: UTC") && text.contains("; until "), "{text}");
    assert!(said["next_local"].as_str().expect("some time").contains(":00 UTC"), "{said}");
}

#[test]
fn the_campaigns_own_hours_count_beside_the_rules() {
    let evening = config(([127, 0, 0, 1], 9).into()).set(REMINDERS, "calendar.weekdays", "18:00-19:30").set(
        REMINDERS,
        "calendar.weekend",
        "18:00-19:30",
    );
    let house = House::new(evening);
    house.import(2);
    let said = explained(&house, &[]);
    assert_eq!(said["decision"]["allow"], true, "the rules let it happen at noon");
    assert_eq!((&said["may_be_called"], &said["besides"]), (&false.into(), &"campaign_hours".into()));
    assert!(said["next_local"].as_str().expect("some time").contains("18:00"), "{said}");
    let text = house.run(&["explain", "p1", "--lang", "en"]);
    for told in ["NOT CALLED", "outside the campaign's hours (campaign_hours)", "earliest call: "] {
        assert!(text.contains(told), "{told} is not in\n{text}");
    }
}

#[test]
fn nobody_is_queued_to_hear_silence_and_the_creditor_whom_the_pack_lacks_is_named() {
    let house = House::new(config(([127, 0, 0, 1], 9).into()));
    let list = "external_id;person_id;phone;time_zone;debtor_type;creditor;amount;due\n\
                a;p1;+79995550101;Etc/GMT;forgetful;Водоканал Приречья;10;2026-01-15\n\
                b;p2;+79995550102;Etc/GMT;forgetful;Энергосбыт;10;2026-01-15\n";
    house.write("list.csv", list);
    house.run(&["import", house.path("list.csv").to_str().expect("UTF-8")]);
    let said = house.run(&["campaign", "start", "reminders", "--lang", "en"]);
    for told in [
        "queued 1,",
        "for want of words 1,",
        "the ru pack cannot say the debts to \"Водоканал Приречья\" (RUB)",
        "prompts import",
    ] {
        assert!(said.contains(told), "{told} is not in\n{said}");
    }
    assert!(!said.contains("Энергосбыт"), "{said}");
    let states = house.states();
    assert!(states.contains(&("held".into(), "unspeakable".into(), 1)), "{states:?}");
    let text = house.run(&["explain", "p1", "--lang", "en"]);
    assert!(text.contains("the contact is held: the voice lacks words for the debt"), "{text}");
    // Filled again, nothing is made twice, and the warning stays.
    let again = house.run(&["campaign", "prepare", "reminders", "--lang", "ru"]);
    assert!(again.contains("нет слов для долгов перед «Водоканал Приречья» (RUB)"), "{again}");
    house.run(&["campaign", "fill", "reminders"]);
    assert_eq!(house.states(), states);
}

#[test]
fn a_sum_beyond_words_holds_its_own_contact_and_no_other_of_the_creditor() {
    let house = House::new(config(([127, 0, 0, 1], 9).into()));
    let list = "external_id;person_id;phone;time_zone;debtor_type;creditor;amount;due\n\
                a;p1;+79995550101;Etc/GMT;forgetful;Энергосбыт;10000000000000;2026-01-15\n\
                b;p2;+79995550102;Etc/GMT;forgetful;Энергосбыт;10;2026-01-15\n\
                c;p3;+79995550103;Etc/GMT;forgetful;Энергосбыт;20;2026-01-15\n";
    house.write("list.csv", list);
    house.run(&["import", house.path("list.csv").to_str().expect("UTF-8")]);
    let said = house.run(&["campaign", "start", "reminders", "--lang", "en"]);
    for told in ["queued 2,", "for want of words 1,", "contacts not called: 1\n"] {
        assert!(said.contains(told), "{told} is not in\n{said}");
    }
}

#[test]
fn who_is_queued_for_an_agent_is_said_to_wait_for_one() {
    let agents = config(([127, 0, 0, 1], 9).into()).set(REMINDERS, "channel", "agent_call");
    let house = House::new(agents);
    house.write("config/agents.toml", include_str!("../config/agents.toml"));
    house.import(2);
    let text = house.run(&["campaign", "why-not", "reminders", "--lang", "en"]);
    assert!(text.contains("called when an agent is free"), "{text}");
    let text = house.run(&["explain", "p1", "--lang", "en"]);
    assert!(text.contains("while none is ready there is no call"), "{text}");
}

#[test]
fn who_is_queued_at_night_waits_for_the_morning_and_not_for_an_agent() {
    let agents = config(([127, 0, 0, 1], 9).into()).set(REMINDERS, "channel", "agent_call");
    let house = House::new(agents);
    house.write("config/agents.toml", include_str!("../config/agents.toml"));
    // Where it is noon here it is about midnight there.
    let night = match zone_of_noon().strip_prefix("Etc/GMT").and_then(|east| east.parse::<i8>().ok()) {
        Some(hours @ 1..) => format!("Etc/GMT-{}", 12 - hours),
        Some(hours) => format!("Etc/GMT+{}", 12 + hours),
        None => "Etc/GMT-12".to_owned(),
    };
    let list = format!(
        "external_id;person_id;phone;time_zone;debtor_type;creditor;amount;due\n\
         a;p1;+79995550101;{night};forgetful;Энергосбыт;10;2026-01-15\n"
    );
    house.write("list.csv", &list);
    house.run(&["import", house.path("list.csv").to_str().expect("UTF-8")]);
    house.run(&["campaign", "start", "reminders"]);
    let deny = explained(&house, &[])["decision"]["deny"].as_str().expect("a rule").to_owned();
    assert_eq!(house.states(), [("queued".into(), deny, 1)], "explain and why-not go by one rule");
}

#[test]
fn a_campaign_that_does_not_run_is_the_reason_on_every_screen() {
    let house = house();
    let why_not = || house.run(&["campaign", "why-not", "reminders", "--lang", "en"]);
    assert!(!why_not().contains("paused"));
    house.run(&["campaign", "pause", "reminders"]);
    let text = house.run(&["explain", "p1", "--lang", "en"]);
    for told in ["NOT CALLED", "the campaign is paused (campaign_paused)", "after a human act, not before"] {
        assert!(text.contains(told), "{told} is not in\n{text}");
    }
    assert!(why_not().contains("the campaign is paused"), "{}", why_not());
    assert_eq!(house.states(), [("queued".into(), "campaign_paused".into(), 2)], "they add up still");
    house.run(&["campaign", "start", "reminders"]);
    house.write("data/STOP", "");
    assert!(why_not().contains("the kill switch is thrown"), "{}", why_not());
    assert_eq!(explained(&house, &[])["obstacles"], serde_json::json!(["kill_switch"]));
    std::fs::remove_file(house.path("data/STOP")).expect("the switch");
    house.run(&["campaign", "stop", "reminders"]);
    let said = explained(&house, &[]);
    assert_eq!((&said["besides"], &said["earliest"]), (&"campaign_stopped".into(), &Value::Null));
}

#[test]
fn a_campaign_that_can_not_be_started_says_which_way() {
    let house = House::new(config(([127, 0, 0, 1], 9).into()));
    let refused = |act: &str, name: &str| {
        let output = house.try_run(&["campaign", act, name, "--lang", "en"]);
        assert!(!output.status.success(), "{act} {name}");
        String::from_utf8(output.stderr).expect("UTF-8")
    };
    assert!(refused("pause", "reminders").contains("is not in the database"));
    house.import(1);
    assert!(house.run(&["campaign", "start", "reminders", "--lang", "en"]).contains("already running"));
    house.run(&["campaign", "stop", "reminders"]);
    house.write("more.csv", "external_id;phone;creditor;amount;due\nx1;+79995550101;C;10;2026-01-15\n");
    house.run(&["import", house.path("more.csv").to_str().expect("UTF-8")]);
    for act in ["start", "fill", "pause"] {
        assert!(refused(act, "reminders").contains("is stopped for good"), "{act}");
    }
    assert_eq!(house.count(&["queued"]), 1, "nobody was added to a stopped campaign");
}

#[test]
fn of_a_time_that_is_over_it_is_told_what_is_of_then_and_what_of_today() {
    let house = house();
    let at = (Timestamp::now() - 2.hours()).to_string();
    house.run(&["hold", "add", "p1", "bankruptcy", "--evidence", "act 5"]);
    let text = house.run(&["explain", "p1", "--at", &at, "--lang", "en"]);
    for told in [
        "as of then: events before it (those written or corrected later, too)",
        "as of today: how contacts",
        "nothing was decided for the campaign by then",
        "MAY BE CALLED",
    ] {
        assert!(text.contains(told), "{told} is not in\n{text}");
    }
    let answer: Value =
        serde_json::from_str(&house.run(&["explain", "p1", "--at", &at, "--json"])).expect("JSON");
    assert_eq!(answer[0]["as_of"]["then"][0], "events");
    assert!(house.run(&["explain", "p1", "--lang", "en"]).contains("NOT CALLED"), "the hold is of today");
}

#[test]
fn an_exception_is_shown_on_every_screen() {
    let house = house();
    let end = (Timestamp::now() + (24 * 90).hours()).to_string();
    house.write("config/limits.toml", &exception(&end, "counsel"));
    let said = explained(&house, &[]);
    assert_eq!(said["decision"]["overridden"], serde_json::json!(["ru.call.week"]));
    assert_eq!(said["overrides"][0]["evidence"], "agreement 17 (head, counsel)");
    let told = "limit 3 on agreement 17 (head, counsel)";
    for args in [
        &["explain", "p1"][..],
        &["check"],
        &["campaign", "why-not", "reminders"],
        &["campaign", "list"],
        &["report", "attempts"],
    ] {
        let text = house.run(&[args, &["--lang", "en"]].concat());
        assert!(text.contains(told), "{args:?}: {text}");
    }
    for args in [&["check", "--json"][..], &["campaign", "why-not", "reminders", "--json"]] {
        let answer: Value = serde_json::from_str(&house.run(args)).expect("JSON");
        assert_eq!(answer["overrides"][0]["in_force"], true, "{args:?}");
    }
    house.write("config/limits.toml", &exception("2026-01-01T00:00:00Z", "counsel"));
    assert_eq!(
        explained(&house, &[])["decision"]["overridden"],
        serde_json::json!([]),
        "it has ended by itself"
    );
    assert!(house.run(&["check", "--lang", "ru"]).contains("исключение истекло"));
}

#[test]
fn a_loosening_without_its_papers_is_refused() {
    let house = house();
    let sound = exception("2100-01-01T00:00:00Z", "counsel");
    for (limits, told) in [
        (exception("2100-01-01T00:00:00Z", "Head"), "needs two different people"),
        (sound.replace("agreement 17", " "), "names no evidence"),
        (sound.replace("approved_on = \"20", "approved_on = \"19"), "more than a year"),
        (sound.replace("second_approver = \"counsel\"\n", ""), "second_approver"),
        (sound.replace("expires = \"2100-01-01T00:00:00Z\"\n", ""), "expires"),
        ("[[tighten]]\nid = \"ru.call.week\"\nlimit = 3\n".to_owned(), "limits loosen ru.call.week"),
    ] {
        house.write("config/limits.toml", &limits);
        let output = house.try_run(&["check", "--lang", "en"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(78), "{limits}");
        assert!(said.contains(told) && said.contains("limits.toml"), "{limits}{said}");
    }
}

#[test]
fn a_mistyped_limit_is_told_and_keeps_no_hold_from_being_written_down() {
    let house = house();
    house.write("config/limits.toml", "[[tighten]]\nid = \"ru.call.wek\"\nlimit = 1\n");
    let checked = house.try_run(&["check"]);
    assert_eq!(checked.status.code(), Some(78));
    let told = String::from_utf8_lossy(&[checked.stdout, checked.stderr].concat()).into_owned();
    assert!(told.contains("did you mean ru.call.week?"), "{told}");
    let blank = house.try_run(&["hold", "add", "p1", "never_call", "--evidence", " "]);
    assert!(!blank.status.success(), "a blank proves nothing");
    house.run(&["hold", "add", "p1", "never_call", "--evidence", "letter 7"]);
    let listed = house.run(&["hold", "list", "p1"]);
    assert!(listed.contains("never_call") && listed.contains("letter 7"), "{listed}");
}

#[test]
fn a_lenient_preset_is_warned_of_on_every_screen() {
    let house =
        House::new(config(([127, 0, 0, 1], 9).into()).set(house::REMINDERS, "preset", "ru-230fz-lenient"));
    house.import(1);
    for args in [
        &["explain", "p0"][..],
        &["check"],
        &["campaign", "list"],
        &["campaign", "why-not", "reminders"],
        &["report", "outcomes"],
    ] {
        let text = house.run(&[args, &["--lang", "en"]].concat());
        assert!(
            text.contains("warning: preset ru-230fz-lenient reads the law leniently"),
            "{args:?}: {text}"
        );
    }
    let answer: Value = serde_json::from_str(&house.run(&["check", "--json"])).expect("JSON");
    let warnings = answer["warnings"].as_array().expect("warnings");
    assert!(warnings.iter().any(|one| one["caution"] == "lenient"), "{answer}");
}

#[test]
fn a_shipped_preset_that_was_edited_to_be_looser_is_refused_with_its_line() {
    let house = house();
    let rules = std::fs::read_to_string("config/rules/ru.toml").expect("the shipped rules");
    let line = rules.lines().position(|line| line.contains("\"ru.call.week\"")).expect("the cap") + 1;
    for file in ["core", "us", "uk", "other-markets"] {
        let text = std::fs::read_to_string(format!("config/rules/{file}.toml")).expect("shipped");
        house.write(&format!("config/rules/{file}.toml"), &text);
    }
    let cap = rules.lines().nth(line - 1).expect("it");
    house.write("config/rules/ru.toml", &rules.replace(cap, &cap.replace("limit=2", "limit=20")));
    for (language, told) in
        [("en", "ru.call.week of ru-230fz is looser"), ("ru", "ru.call.week в ru-230fz мягче")]
    {
        let refused = house.try_run(&["check", "--lang", language]);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(78), "{said}");
        assert!(said.contains(&format!("rules/ru.toml:{line}")) && said.contains(told), "{said}");
    }
    house.write("config/rules/ru.toml", &rules.replace(cap, &cap.replace("limit=2", "limit=1")));
    house.run(&["check"]);
}

#[test]
fn a_dead_number_is_explained_and_so_is_who_said_that_it_is_usable() {
    let house = house();
    let refuse = |args: &[&str]| {
        let output = house.try_run(&[&["person", "phone", "p1"], args].concat());
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(refuse(&["01", "--usable", "--by", "head"]).contains("--reason"), "an act says why");
    assert!(refuse(&["77", "--usable", "--by", "head", "--reason", "x"]).contains("has no such number"));
    let said =
        house.run(&["person", "phone", "p1", "01", "--usable", "--by", "head", "--reason", "letter 4"]);
    assert!(said.ends_with(": usable, as it was\n"), "{said}");
}

/// Two agents: anna speaks Russian, boris English, and he alone knows this creditor's terms.
#[tokio::test]
async fn who_waits_for_an_agent_with_a_skill_is_told_which_who_has_it_and_whether_he_is_at_work() {
    let skills = |all: &[&str]| all.iter().map(|skill| (*skill).to_owned()).collect::<Vec<_>>();
    let house = House::new(
        config(([127, 0, 0, 1], 9).into())
            .set(REMINDERS, "channel", "agent_call")
            .set("agents.toml", "queue.collectors.skills", skills(&[]))
            .set("agents.toml", "exclusive_creditors", skills(&["Энергосбыт"]))
            .set("agents.toml", "agent.anna.contact", "sip:anna@127.0.0.1:9")
            .set("agents.toml", "agent.anna.skills", skills(&["language:ru"]))
            .set("agents.toml", "agent.boris.contact", "sip:boris@127.0.0.1:9")
            .set("agents.toml", "agent.boris.skills", skills(&["language:en", "creditor:Энергосбыт"])),
    );
    let zone = zone_of_noon();
    let list = format!(
        "external_id;person_id;phone;time_zone;language;debtor_type;creditor;amount;due\n\
         a;p1;+79995550101;{zone};ru;forgetful;Водоканал;10;2026-01-15\n\
         b;p2;+79995550102;{zone};ru;forgetful;Энергосбыт;10;2026-01-15\n"
    );
    house.write("list.csv", &list);
    house.run(&["import", house.path("list.csv").to_str().expect("UTF-8")]);
    house.run(&["campaign", "start", "reminders"]);
    let nobody = house.run(&["explain", "p2", "--lang", "en"]);
    for told in [
        "NOT CALLED",
        "no agent has what he needs: creditor:Энергосбыт, language:ru",
        "    creditor:Энергосбыт: boris\n",
        "    language:ru: anna\n",
        "after a human act",
    ] {
        assert!(nobody.contains(told), "{told} is not in\n{nobody}");
    }
    let away = house.run(&["explain", "p1", "--lang", "ru"]);
    for told in [
        "НЕ ЗВОНИМ",
        "никого из тех, кто может с ним говорить, нет на смене: language:ru (nobody_at_work:language:ru)",
        "кто может с ним говорить (language:ru): anna – смена не начата",
    ] {
        assert!(away.contains(told), "{told} is not in\n{away}");
    }

    let config = Config::load(&house.path("config"), &Environment::new());
    let config = config.map_err(|problems| problems.render(Language::En)).expect("sound");
    let plan = StorePlan { url: config.store.url.clone(), node: "daemon".to_owned() };
    let store = Store::open(plan).await.expect("it opens");
    let (agent, at) = (AgentId::parse("anna").expect("a login"), Timestamp::now());
    let change = AgentChange { agent, at, to: State::Ready, billable: false, why: Why::Agent, attempt: None };
    store.heartbeat(at).await.expect("alive");
    store.log_agent(change).await.expect("kept");
    let there = house.run(&["explain", "p1", "--lang", "en"]);
    assert!(there.contains("MAY BE CALLED") && there.contains("(language:ru): anna – ready\n"), "{there}");
    assert_eq!(explained(&house, &[])["agents"]["could"][0]["state"], "ready");
    // The program that had her is silent for a minute: she is nowhere.
    store.heartbeat(at - 2.minutes()).await.expect("alive");
    store.close().await;
    let dead = house.run(&["explain", "p1", "--lang", "en"]);
    assert!(dead.contains("NOT CALLED") && dead.contains("anna – off shift"), "{dead}");
}

#[tokio::test]
async fn a_call_agreed_is_told_with_its_time_and_agent_and_comes_without_an_act() {
    let house = house();
    let config = Config::load(&house.path("config"), &Environment::new());
    let config = config.map_err(|problems| problems.render(Language::En)).expect("sound");
    let plan = StorePlan { url: config.store.url.clone(), node: "before".to_owned() };
    let store = Store::open(plan).await.expect("it opens");
    let contact = store.person_files("p1").await.expect("read")[0].contacts[0].id;
    let now = Timestamp::now();
    let (due_at, expires_at) = (now + 30.minutes(), now + 90.minutes());
    let agent = AgentId::parse("anna");
    let new = NewCallback { contact, due_at, expires_at, agent, wished: true };
    store.book_callback(new, now).await.expect("booked").expect("the contact is there");
    store.close().await;
    let said = explained(&house, &["--lang", "en"]);
    assert_eq!((&said["why"], &said["needs_act"]), (&"callback_agreed".into(), &false.into()), "{said}");
    assert_eq!(said["agreed"]["agent"], "anna", "{said}");
    let told: Timestamp = said["agreed"]["due_at"].as_str().expect("a time").parse().expect("a time");
    let earliest: Timestamp = said["earliest"].as_str().expect("a time").parse().expect("a time");
    assert!(told.duration_since(due_at).abs().as_millis() < 1 && earliest >= told, "{said}");
    for (language, words, act) in [
        ("en", ["a call is agreed: ", ", by anna", "earliest call: "], "human act"),
        ("ru", ["договорились о звонке: ", ", звонит anna", "ближайший звонок: "], "решения человека"),
    ] {
        let text = house.run(&["explain", "p1", "--lang", language]);
        assert!(words.iter().all(|words| text.contains(words)) && !text.contains(act), "{text}");
    }
}

/// Who promised rests until the promise is judged: he is not said to be left for ever.
#[test]
fn who_rests_on_account_of_a_promise_is_said_to_until_its_day() {
    const TOKEN: &str = "0123456789abcdef0123456789abcdef";
    let house = House::with_interface(TOKEN);
    let daemon = house.start();
    let now = Timestamp::now();
    let day = now.to_zoned_datetime(jiff::tz::TimeZone::UTC).date().saturating_add(5.days());
    let told = serde_json::json!({ "id": "1", "person": "p1", "kind": "message", "channel": "sms", "debt": "d1",
        "reactions": ["promise"], "promised_on": day, "promised_amount": "10.50" });
    let answer = daemon.api("/api/v1/events", Some(TOKEN), Some(&told.to_string()));
    assert_eq!(answer.0, 201, "{answer:?}");
    daemon.stop();
    let (ru, en) =
        (house.run(&["explain", "p1", "--lang", "ru"]), house.run(&["explain", "p1", "--lang", "en"]));
    let in_russian = day.strftime("%d.%m.%Y");
    assert!(
        ru.contains(&format!("обещал заплатить не позже {in_russian}; пока обещание не оценено, не звоним")),
        "{ru}"
    );
    assert!(en.contains(&format!("he has promised to pay by {day}; not before that is judged")), "{en}");
    assert!(!en.contains("without a human act"), "{en}");
    assert_eq!(explained(&house, &[])["promised_on"], day.to_string());
    // Of who is done for another reason the promise says nothing.
    let database = rusqlite::Connection::open(house.path("data/obzvon.db")).expect("the database");
    let stopped = "UPDATE contact SET why = 'stopped' WHERE state = 'done' AND why = 'reached'";
    assert!(database.execute(stopped, []).expect("written") > 0);
    let en = house.run(&["explain", "p1", "--lang", "en"]);
    assert!(en.contains("without a human act") && !en.contains("he has promised"), "{en}");
}
