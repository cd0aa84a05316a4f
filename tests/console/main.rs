//! The console: whoever is not signed in sees the door; whoever is sees what the rights table lets him see.
#![allow(clippy::disallowed_methods, reason = "a test of a running program waits by the clock")]

#[path = "../house/mod.rs"]
mod house;

mod audit;
mod browser;
mod heard;
mod https;
mod imports;
mod names;
mod real_calls;
mod reports;
mod settings;
mod users;
mod views;

use browser::Browser;
use house::{House, Running, config, until};
use obzvon::domain::{Right, Role};
use reqwest::header::{HeaderMap, LOCATION, ORIGIN};
use reqwest::{Method, Response};

const PASSWORD: &str = "correct horse";

/// Every page, and the right it wants.
const PAGES: [(&str, Right); 70] = [
    ("/desk", Right::WorkDesk),
    ("/", Right::SeeLive),
    ("/live", Right::SeeLive),
    ("/day", Right::SeeLive),
    ("/day?day=2026-03-05&campaign=reminders", Right::SeeLive),
    ("/day/table", Right::SeeLive),
    ("/day.csv", Right::SeeLive),
    ("/day.xlsx?day=2026-03-05", Right::SeeLive),
    ("/campaigns", Right::SeeLive),
    ("/campaigns/reminders/why-not", Right::SeeLive),
    ("/reports", Right::SeeReports),
    ("/reports/economics", Right::SeeReports),
    ("/reports/kpi.csv", Right::SeeReports),
    ("/reports/agents", Right::SeeTeam),
    ("/proposals", Right::SeeReports),
    ("/deliveries", Right::SeeReports),
    ("/cases", Right::SeeCases),
    ("/cases.csv", Right::SeeCases),
    ("/quality", Right::SeeQuality),
    ("/quality/lists/1", Right::SeeQuality),
    ("/quality/lists/1/csv", Right::SeeQuality),
    ("/quality/talks/1/anna", Right::ReviewTalks),
    ("/quality/report", Right::SeeQuality),
    ("/quality/report.csv", Right::SeeQuality),
    ("/cases/new", Right::WorkCases),
    ("/cases/triggers", Right::SeeCases),
    ("/cases/triggers.csv?by=stage", Right::SeeCases),
    ("/imports", Right::SeeImports),
    ("/imports.csv", Right::SeeImports),
    ("/calls", Right::SeeCalls),
    ("/calls/live", Right::SeeCalls),
    ("/calls.csv", Right::SeeCalls),
    ("/calls.xlsx?outcome=busy", Right::SeeCalls),
    ("/flows", Right::SeeCalls),
    ("/flows/reminder_overdue", Right::SeeCalls),
    ("/trunks", Right::SeeLive),
    ("/trunks/live", Right::SeeLive),
    ("/audit", Right::SeeAudit),
    ("/audit.xlsx", Right::SeeAudit),
    ("/reports/kpi.xlsx", Right::SeeReports),
    ("/cases.xlsx", Right::SeeCases),
    ("/config", Right::SeeConfig),
    ("/config/file?path=limits.toml", Right::SeeConfig),
    ("/users", Right::SeeUsers),
    ("/users.csv", Right::SeeUsers),
    ("/users.xlsx", Right::SeeUsers),
    ("/config/changes.csv", Right::SeeConfig),
    ("/config/changes.xlsx", Right::SeeConfig),
    ("/deliveries.csv", Right::SeeReports),
    ("/campaigns.xlsx", Right::SeeLive),
    ("/campaigns/reminders/why-not.csv", Right::SeeLive),
    ("/trunks.csv", Right::SeeLive),
    ("/agents", Right::SeeLive),
    ("/agents/live", Right::SeeLive),
    ("/agents.csv", Right::SeeLive),
    ("/today.csv", Right::SeeLive),
    ("/today.xlsx", Right::SeeLive),
    ("/audit/campaigns.csv", Right::SeeAudit),
    ("/audit/exports.csv", Right::SeeAudit),
    ("/audit/sign-ins.csv", Right::SeeAudit),
    ("/audit/supervisions.xlsx", Right::SeeAudit),
    ("/audit/users.csv", Right::SeeAudit),
    ("/proposals.csv", Right::SeeReports),
    ("/proposals.xlsx", Right::SeeReports),
    ("/quality/lists.csv", Right::SeeQuality),
    ("/quality/lists.xlsx", Right::SeeQuality),
    ("/cases/angry.csv", Right::SeeCases),
    ("/cases/angry.xlsx", Right::SeeCases),
    ("/agents.xlsx", Right::SeeLive),
    ("/recordings", Right::HearRecordings),
];

/// A house with a paused campaign of three contacts, a user of each role, and its daemon at work.
fn house() -> (House, Running) {
    let house = House::new(config(([127, 0, 0, 1], 9).into()));
    house.import(3);
    house.run(&["campaign", "pause", "reminders"]);
    for role in Role::ALL {
        house.add_user(role.code(), role.code(), PASSWORD);
    }
    let daemon = house.start();
    until("the daemon is ready", || daemon.get("/readyz").is_some_and(|(status, _)| status == 200));
    (house, daemon)
}

fn leads_to(answer: &Response) -> &str {
    answer.headers().get(LOCATION).map_or("", |to| to.to_str().expect("text"))
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_signed_in_sees_the_door_and_nothing_else() {
    let (house, daemon) = house();
    let mut stranger = Browser::new(&daemon);
    for (page, _) in PAGES {
        let answer = stranger.get(page).await;
        assert_eq!((answer.status().as_u16(), leads_to(&answer)), (303, "/sign-in"), "{page}");
    }
    let click = stranger.post("/campaigns/reminders", "act=start").await;
    assert_eq!((click.status().as_u16(), leads_to(&click)), (303, "/sign-in"));
    let door = stranger.get("/sign-in").await;
    let policy = door.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    let text = door.text().await.expect("text");
    assert!(text.contains("Войти") && !text.contains("reminders"), "{text}");
    assert_eq!(stranger.sign_in("nobody", PASSWORD).await, 401);
    assert_eq!(stranger.sign_in("auditor", "wrong").await, 401);
    for _ in 0..4 {
        stranger.sign_in("auditor", "wrong").await;
    }
    assert_eq!(stranger.sign_in("auditor", PASSWORD).await, 429, "even the right one waits now");
    daemon.stop();
    drop(house);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_sees_what_the_rights_table_says() {
    let (_house, daemon) = house();
    for role in Role::ALL {
        let mut browser = Browser::new(&daemon);
        assert_eq!(browser.sign_in(role.code(), PASSWORD).await, 303, "{role:?}");
        for (page, right) in PAGES {
            let status = browser.get(page).await.status().as_u16();
            // There is no list and no talk with a number yet.
            let there = if page.contains("/1") { 404 } else { 200 };
            assert_eq!(status, if role.may(right) { there } else { 403 }, "{role:?} at {page}");
        }
        let click = browser.post("/campaigns/reminders", "act=pause").await.status().as_u16();
        assert_eq!(click, if role.may(Right::RunCampaigns) { 303 } else { 403 }, "{role:?} clicks");
    }
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_starts_and_pauses_a_campaign_and_another_site_can_not() {
    let (house, daemon) = house();
    let mut browser = Browser::new(&daemon);
    browser.get("/sign-in").await;
    browser.sign_in("supervisor", PASSWORD).await;
    let signed_in = browser.cookie.clone();
    let text = browser.get("/campaigns").await.text().await.expect("text");
    assert!(text.contains("reminders") && text.contains("пауза") && text.contains("Пуск"), "{text}");
    let origin = HeaderMap::from_iter([(ORIGIN, "https://evil.example".parse().expect("text"))]);
    let foreign = browser.send(Method::POST, "/campaigns/reminders", "act=stop", origin).await;
    assert_eq!(foreign.status().as_u16(), 403);
    let running = |house: &House| house.run(&["campaign", "list", "--lang", "en"]).contains("running");
    assert!(!running(&house));
    assert_eq!(leads_to(&browser.post("/campaigns/reminders", "act=start").await), "/campaigns");
    assert!(running(&house));
    let again = browser.post("/campaigns/reminders", "act=start").await;
    assert_eq!(leads_to(&again), "/campaigns?refused=true");
    // Before the question stands whom it is about; after it, whose click it was.
    browser.post("/language", "language=en").await;
    let text = browser.get("/campaigns").await.text().await.expect("text");
    let asked = |act: &str| {
        let form =
            text.split("<form").find(|form| form.contains(&format!("value=\"{act}\""))).expect("a button");
        form.split("data-ask=\"").nth(1).and_then(|ask| ask.split('"').next()).expect("it asks").to_owned()
    };
    for act in ["pause", "stop"] {
        assert!(
            asked(act).contains("contacts: ") && asked(act).contains(". Being called: "),
            "{}",
            asked(act)
        );
    }
    browser.post("/campaigns/reminders", "act=pause").await;
    let mut auditor = Browser::new(&daemon);
    auditor.sign_in("auditor", PASSWORD).await;
    let audit = auditor.get("/audit").await.text().await.expect("text");
    assert!(audit.contains("<td>supervisor</td><td>reminders</td>"), "{audit}");
    let text = browser.get("/campaigns/reminders/why-not").await.text().await.expect("text");
    assert!(text.contains("Why not calling: reminders"), "{text}");
    assert!(house.log().contains("a campaign was clicked"), "who clicked is in the log");
    // The session ends at once for who signs out, and for who is kept out.
    assert_eq!(leads_to(&browser.post("/sign-out", "").await), "/sign-in");
    browser.cookie = signed_in;
    assert_eq!(leads_to(&browser.get("/").await), "/sign-in", "the old cookie is worth nothing");
    browser.sign_in("supervisor", PASSWORD).await;
    assert_eq!(browser.get("/").await.status().as_u16(), 200);
    house.run(&["user", "disable", "supervisor"]);
    assert_eq!(leads_to(&browser.get("/").await), "/sign-in");
    assert_eq!(browser.sign_in("supervisor", PASSWORD).await, 401);
    daemon.stop();
}

/// As a browser asks for a whole page.
fn as_page() -> HeaderMap {
    HeaderMap::from_iter([("sec-fetch-dest".parse().expect("a name"), "document".parse().expect("text"))])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trunk_whose_name_has_no_address_is_not_said_to_be_well() {
    let mut house = House::new(config(([127, 0, 0, 1], 9).into()));
    house.change("trunks.toml", "trunk.carrier.host", "carrier.invalid");
    house.add_user("supervisor", "supervisor", PASSWORD);
    let daemon = house.start();
    until("the name was asked for", || daemon.metric("obzvon_trunk_up{trunk=\"carrier\"}") == Some(0.0));
    let mut browser = Browser::new(&daemon);
    browser.sign_in("supervisor", PASSWORD).await;
    for (page, word) in [("/", "у имени нет адреса"), ("/trunks", "нет: у имени нет адреса")]
    {
        let text = browser.get(page).await.text().await.expect("text");
        assert!(text.contains(word) && !text.contains("исправен"), "{page}: {text}");
    }
    assert!(browser.get("/trunks.csv").await.text().await.expect("text").contains("carrier,no_address,"));
    browser.post("/trunks/carrier/probe", "").await;
    until("the probe has its answer", || house.log().contains("a trunk is probed by hand"));
    for _ in 0..300 {
        let text = browser.get("/trunks").await.text().await.expect("text");
        assert!(!text.contains("resolving"), "the library's words: {text}");
        if text.matches("у имени нет адреса").count() == 2 {
            daemon.stop();
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the probe never ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_was_sent_leads_to_its_page_from_the_door() {
    let (_house, daemon) = house();
    let mut browser = Browser::new(&daemon);
    let door = browser.send(Method::GET, "/calls?outcome=busy&page=2", "", as_page()).await;
    assert_eq!(leads_to(&door), "/sign-in?to=/calls?outcome=busy&page=2");
    let form = browser.get(leads_to(&door)).await.text().await.expect("text");
    assert!(form.contains(r#"name="to" value="/calls?outcome=busy&amp;page=2""#), "{form}");
    let sign_in = |to: &str| format!("login=supervisor&password={}&to={to}", PASSWORD.replace(' ', "+"));
    let inside = browser.post("/sign-in", &sign_in("/calls?outcome%3Dbusy%26page=2")).await;
    assert_eq!(leads_to(&inside), "/calls?outcome=busy&page=2");
    // Another language is another look at the same page.
    let page = browser.get("/calls?outcome=busy").await.text().await.expect("text");
    assert!(page.contains(r#"name="to" value="/calls?outcome=busy""#), "{page}");
    let again = browser.post("/language", "language=en&to=/calls?outcome%3Dbusy").await;
    assert_eq!(leads_to(&again), "/calls?outcome=busy");
    assert_eq!(leads_to(&browser.post("/language", "language=ru&to=//evil.example/").await), "/");
    let wrong = browser.post("/sign-in", "login=supervisor&password=wrong").await.text().await.expect("text");
    assert!(wrong.contains("value=\"supervisor\""), "his login stays: {wrong}");
    let elsewhere = browser.post("/sign-in", &sign_in("//evil.example/")).await;
    assert_eq!(leads_to(&elsewhere), "/", "another site is no way back");
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_ten_hours_after_the_last_click_and_no_renewal_is_one() {
    let (house, daemon) = house();
    let mut browser = Browser::new(&daemon);
    browser.sign_in("supervisor", PASSWORD).await;
    browser.send(Method::GET, "/campaigns", "", as_page()).await;
    let database = rusqlite::Connection::open(house.path("data/obzvon.db")).expect("the database");
    let ends = || {
        database
            .query_row("SELECT ends_at FROM console_session", [], |row| row.get::<_, i64>(0))
            .expect("one session")
    };
    let whole = ends();
    // An hour of work later, as far as the table knows.
    let hour = 3_600_000_000;
    let later = "UPDATE console_session SET ends_at = ends_at - ?1, data = json_set(data, '$.clicked', 0)";
    assert_eq!(database.execute(later, [hour]).expect("it is written"), 1);
    browser.get("/live").await;
    assert_eq!(ends(), whole - hour, "a part that renews itself");
    let page = browser.send(Method::GET, "/campaigns", "", as_page()).await;
    assert!(page.headers().contains_key(reqwest::header::SET_COOKIE), "the browser keeps the cookie as long");
    assert!(ends() >= whole, "a click");
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_signed_in_stays_so_over_a_kill_until_he_has_another_password() {
    let (house, daemon) = house();
    let mut browser = Browser::new(&daemon);
    browser.sign_in("supervisor", PASSWORD).await;
    browser.post("/language", "language=en").await;
    let mut gone = Browser::new(&daemon);
    gone.sign_in("supervisor", PASSWORD).await;
    let old = gone.cookie.clone();
    gone.post("/sign-out", "").await;
    daemon.kill();

    let daemon = house.start();
    until("the daemon is ready", || daemon.get("/readyz").is_some_and(|(status, _)| status == 200));
    browser.base = daemon.base();
    let live = browser.get("/campaigns").await;
    assert_eq!(live.status().as_u16(), 200, "he is signed in");
    assert!(live.text().await.expect("text").contains("paused"), "in his language");
    gone.base = daemon.base();
    gone.cookie = old;
    assert_eq!(leads_to(&gone.get("/").await), "/sign-in", "who has signed out is out");
    house.tell_password(&["user", "password", "supervisor"], "another horse");
    assert_eq!(leads_to(&browser.get("/").await), "/sign-in", "and who has another password");
    daemon.stop();
}

/// Words that are harmless as text only.
const HOSTILE: [&str; 10] = [
    "<img src=x onerror=alert(1)>",
    "\"><script>alert(1)</script>",
    "</h1></section><script>alert(1)</script>",
    "<svg/onload=alert(1)>",
    "' onmouseover='alert(1)",
    "</textarea><img src=x onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "</pre><iframe src=//evil.example>",
    "javascript:alert(1)//<a href=\"javascript:alert(1)\">",
    "=HYPERLINK(\"http://evil.example\")",
];

fn form(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_conflict_managers_day_from_a_letter_to_the_answer() {
    let (house, daemon) = house();
    let mut manager = Browser::new(&daemon);
    manager.sign_in("quality", PASSWORD).await;
    // A letter comes, by the form; p1 is held from then on.
    let letter = "kind=regulator&source=mail&person=p1&debt=&attempt=&text=you+call+too+often";
    let answer = manager.post("/cases/new", letter).await;
    assert_eq!((answer.status().as_u16(), leads_to(&answer)), (303, "/cases/C-000001"));
    let holds = house.run(&["hold", "list", "p1"]);
    assert!(holds.contains("complaint_open") && holds.contains("– …"), "{holds}");
    let unknown = manager.post("/cases/new", "kind=regulator&source=mail&person=p77&text=x").await;
    assert!(unknown.text().await.expect("text").contains("role=\"alert\""), "nobody has that id");

    // He takes it, can't close it without an answer, answers, closes.
    let mut click = async |act: &str, form: &str| {
        let answer = manager.post(&format!("/cases/C-000001/{act}"), form).await;
        (answer.status().as_u16(), leads_to(&answer).to_owned())
    };
    let refused = || (409, String::new());
    let done = || (303, "/cases/C-000001".to_owned());
    let page = "/cases/C-000001";
    assert_eq!(click("close", "justified=yes&text=told").await, refused(), "nobody has it");
    for nobody in ["nosuch", "agent", "auditor"] {
        assert_eq!(click("take", &format!("text={nobody}")).await, refused(), "{nobody} works no cases");
    }
    assert_eq!(click("take", "text=quality").await, done());
    assert_eq!(click("close", "justified=yes&text=told").await, refused(), "he has no answer");
    assert_eq!(click("answer", "text=we+are+sorry").await, done());
    assert_eq!(click("close", "justified=yes&text=fewer+calls").await, done());
    assert!(!house.run(&["hold", "list", "p1"]).contains("– …"), "lifted");
    let text = manager.get(page).await.text().await.expect("text");
    assert!(text.contains("you call too often") && text.contains("we are sorry"), "{text}");
    assert!(text.contains(": fewer calls") && !text.contains("justified: "), "a code is no word: {text}");
    let history = manager.get(&format!("{page}/history.csv")).await.bytes().await.expect("bytes");
    let history = String::from_utf8(history.to_vec()).expect("text");
    assert!(history.starts_with("\u{feff}at,who,act,text\n"), "Excel reads UTF-8 by its mark: {history}");
    assert!(history.contains(",quality,answered,we are sorry\n"), "{history}");
    let csv = manager.get("/cases.csv?closed=on").await.text().await.expect("text");
    assert!(csv.contains("C-000001,regulator,mail,closed"), "{csv}");

    // An auditor reads and changes nothing; an agent does not even read.
    let mut auditor = Browser::new(&daemon);
    auditor.sign_in("auditor", PASSWORD).await;
    assert_eq!(auditor.get(page).await.status().as_u16(), 200);
    assert_eq!(auditor.post(&format!("{page}/note"), "text=x").await.status().as_u16(), 403);
    let mut agent = Browser::new(&daemon);
    agent.sign_in("agent", PASSWORD).await;
    for path in [page, "/recordings/1"] {
        assert_eq!(agent.get(path).await.status().as_u16(), 403, "{path}");
    }
    let log = house.log();
    assert!(log.contains("an act on a case") && !log.contains("too often") && !log.contains("we are sorry"));
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_answers_on_an_older_page_overwrites_nothing_and_keeps_his_words() {
    let (_house, daemon) = house();
    let mut first = Browser::new(&daemon);
    first.sign_in("quality", PASSWORD).await;
    let mut second = Browser::new(&daemon);
    second.sign_in("supervisor", PASSWORD).await;
    first.post("/cases/new", "kind=ordinary&source=mail&person=&debt=&attempt=&text=too+often").await;
    let page = "/cases/C-000001";
    first.post(&format!("{page}/take"), "text=quality").await;
    let seen = async |browser: &mut Browser| {
        let text = browser.get(page).await.text().await.expect("text");
        let after = text.split("name=\"seen\" value=\"").nth(1).expect("what the page knows");
        after.split('"').next().expect("it ends").to_owned()
    };
    let (of_first, of_second) = (seen(&mut first).await, seen(&mut second).await);
    let answer = |text: &str, seen: &str| format!("text={text}&seen={seen}");
    let path = format!("{page}/answer");
    assert_eq!(leads_to(&first.post(&path, &answer("we+are+sorry", &of_first)).await), page);
    let refused = second.post(&path, &answer("it+was+right", &of_second)).await;
    assert_eq!(refused.status().as_u16(), 409);
    let text = refused.text().await.expect("text");
    assert!(text.contains("появилась новая запись") && text.contains("<pre>we are sorry</pre>"), "{text}");
    assert!(text.contains("it was right</textarea>"), "his words wait in their field: {text}");
    let note = format!("text=a+letter&seen={of_second}");
    assert_eq!(leads_to(&second.post(&format!("{page}/note"), &note).await), page, "a note undoes nothing");
    let read = seen(&mut second).await;
    assert_eq!(leads_to(&second.post(&path, &answer("it+was+right", &read)).await), page);
    // Closed meanwhile: there is no field any more, and the words are still shown.
    let read = seen(&mut second).await;
    let close = format!("justified=yes&text=fewer+calls&seen={}", seen(&mut first).await);
    assert_eq!(leads_to(&first.post(&format!("{page}/close"), &close).await), page);
    let text = second.post(&path, &answer("a+last+word", &read)).await.text().await.expect("text");
    assert!(text.contains("дело закрыто") && text.contains("a last word</textarea>"), "{text}");
    let long = format!("kind=ordinary&source=mail&person=&debt=&attempt=&text={}", "a".repeat(16_385));
    let text = first.post("/cases/new", &long).await.text().await.expect("text");
    assert!(text.contains("длиннее 16 кБ"), "a case has an end");
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_write_in_a_case_is_text_and_overdue_cases_are_loud() {
    let (house, daemon) = house();
    let old = ["--source", "email", "--received", "2026-01-12T09:00:00Z"];
    for text in HOSTILE {
        let words =
            [&["complaints", "add", "ordinary", "--person", "p2"], &old[..], &["--text", text]].concat();
        house.run(&words);
    }
    let listed = house.try_run(&["complaints", "--lang", "en"]);
    assert_eq!(listed.status.code(), Some(1), "a script hears of it");
    assert!(String::from_utf8_lossy(&listed.stdout).lines().all(|line| line.contains("OVERDUE")));
    until("the metrics tell of it", || daemon.metric("obzvon_cases_overdue") == Some(10.0));
    let mut manager = Browser::new(&daemon);
    manager.sign_in("supervisor", PASSWORD).await;
    for path in ["/", "/cases"] {
        let text = manager.get(path).await.text().await.expect("text");
        assert!(text.contains("Просрочено дел: 10"), "{path}: {text}");
    }
    for (at, text) in HOSTILE.iter().enumerate() {
        let path = format!("/cases/C-{:06}", at + 1);
        let taken = manager.post(&format!("{path}/take"), &format!("text={}", form(text))).await;
        assert_eq!(taken.status().as_u16(), 409, "{text} works no cases");
        let take =
            ["complaints", "--lang", "en", "take", &format!("C-{:06}", at + 1), &format!("--owner={text}")];
        let taken = house.try_run(&take);
        assert_eq!(taken.status.code(), Some(1), "nor by the command line");
        assert!(
            String::from_utf8_lossy(&taken.stderr).contains("nobody of this login works cases"),
            "{taken:?}"
        );
        manager.post(&format!("{path}/note"), &format!("text={}", form(text))).await;
        let page = manager.get(&path).await.text().await.expect("text");
        for made in ["<script>", "<img", "<svg/", "<iframe", "<a href=\"javascript"] {
            assert!(!page.contains(made), "{text} became {made}");
        }
    }
    let formula = HOSTILE.iter().position(|text| text.starts_with('=')).expect("one is") + 1;
    let csv = manager.get(&format!("/cases/C-{formula:06}/history.csv")).await.text().await.expect("text");
    assert!(!csv.contains("\"=HYPERLINK") && csv.contains("'=HYPERLINK"), "{csv}");
    assert_eq!(manager.get("/readyz").await.status().as_u16(), 200, "health does not depend on it");
    daemon.stop();
}
