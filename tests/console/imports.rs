//! Lists read in from a screen: sent piece by piece, tried, read in; whoever may not, and other people's files, are kept out.

use obzvon::domain::{Right, Role};
use reqwest::Method;
use reqwest::header::{HeaderMap, ORIGIN};

use crate::browser::Browser;
use crate::house::Running;
use crate::{PASSWORD, form, leads_to};

/// Two good debts, one of them twice, and one whose sum is none; a column whose header says nothing to us.
const LIST: &str = "Номер договора;ФИО;Телефон;Остаток ОД;Срок оплаты;Цвет\n\
    k-1;Иван Первый;+79161112201;100,50;2026-01-15;<b>белый</b>\n\
    k-2;Пётр Второй;+79161112202;200,00;2026-01-15;синий\n\
    k-2;Пётр Второй;+79161112202;200,00;2026-01-15;синий\n\
    k-3;Павел Третий;+79161112203;много;2026-01-15;красный\n";

async fn browser(daemon: &Running, role: Role) -> Browser {
    let mut browser = Browser::new(daemon);
    browser.sign_in(role.code(), PASSWORD).await;
    browser.post("/language", "language=en").await;
    browser
}

/// Sends a file in two pieces; gives its address.
async fn send(browser: &mut Browser, list: &str) -> String {
    let begun = browser.post("/imports", &format!("name=list.csv&size={}", list.len())).await;
    assert_eq!(begun.status().as_u16(), 303);
    let draft = leads_to(&begun).to_owned();
    let half = (list.len() / 2..).find(|at| list.is_char_boundary(*at)).expect("a place");
    for (at, piece) in [(0, &list[..half]), (half, &list[half..])] {
        let taken = browser.post(&format!("{draft}/pieces?at={at}"), piece).await;
        assert_eq!(taken.status().as_u16(), 204, "{at}");
    }
    draft
}

async fn text(browser: &mut Browser, path: &str) -> String {
    browser.get(path).await.text().await.expect("text")
}

/// The draft's page once nothing is at work.
async fn rested(browser: &mut Browser, draft: &str) -> String {
    for _ in 0..300 {
        let page = text(browser, draft).await;
        if !page.contains("data-then") {
            return page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{draft} never came to rest");
}

/// A figure of the page by its name.
fn figure<'a>(page: &'a str, name: &str) -> &'a str {
    let after =
        page.split_once(&format!("<h2>{name}</h2><b>")).unwrap_or_else(|| panic!("{name} in {page}")).1;
    after.split_once('<').expect("its end").0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_sent_its_columns_named_tried_and_read_in_and_its_rejected_rows_come_back() {
    let (house, daemon) = crate::house();
    let mut operator = browser(&daemon, Role::Operator).await;
    let draft = send(&mut operator, LIST).await;
    let page = text(&mut operator, &draft).await;
    assert!(
        page.contains("<option value=\"external id\" selected>") && page.contains("Иван Первый"),
        "{page}"
    );
    assert!(
        page.contains("&lt;b&gt;белый") && !page.contains("<b>белый"),
        "what is in a file is text: {page}"
    );

    // As guessed: the sum's header says nothing to us, and there is no creditor.
    let as_guessed = "act=check&c0=external+id&c1=name&c2=phone&c3=&c4=due&c5=&creditor=";
    assert_eq!(operator.post(&draft, as_guessed).await.status().as_u16(), 303);
    let page = rested(&mut operator, &draft).await;
    assert!(page.contains("no column for") && page.contains("creditor"), "{page}");
    assert_eq!(
        operator.post(&draft, "act=import&campaign=").await.status().as_u16(),
        409,
        "it was not checked"
    );

    let named = format!(
        "act=check&c0=external+id&c1=name&c2=phone&c3=amount&c4=due&c5=&creditor={}",
        form("Северный Банк")
    );
    assert_eq!(operator.post(&draft, &named).await.status().as_u16(), 303);
    let page = rested(&mut operator, &draft).await;
    let wanted = [
        ("Rows", "4"),
        ("New", "2"),
        ("Changed", "0"),
        ("Unchanged", "0"),
        ("Duplicate", "1"),
        ("Rejected", "1"),
    ];
    for (name, count) in wanted {
        assert_eq!(figure(&page, name), count, "{name}");
    }
    assert!(page.contains("<td class=\"n\">5</td><td>k-3</td><td>the amount is not one</td>"), "{page}");
    let contacts = |house: &crate::house::House| house.run(&["campaign", "list", "--lang", "en"]);
    let before = contacts(&house);
    assert!(text(&mut operator, "/imports").await.contains("list.csv"), "the house's own list is told of");
    assert!(!text(&mut operator, "/api/v1/imports").await.contains("\"operator\""), "a trial keeps nothing");

    assert_eq!(operator.post(&draft, "act=import&campaign=nothing").await.status().as_u16(), 409);
    assert_eq!(operator.post(&draft, "act=import&campaign=reminders").await.status().as_u16(), 303);
    let page = rested(&mut operator, &draft).await;
    assert!(page.contains("Read in") && figure(&page, "New") == "2", "{page}");
    assert_ne!(contacts(&house), before, "the campaign is filled");
    assert_eq!(operator.post(&draft, &named).await.status().as_u16(), 409, "it is read in once");
    let rejected = text(&mut operator, &format!("{draft}/rejected.csv")).await;
    assert!(
        rejected.contains("k-3;Павел Третий")
            && rejected.contains("amount_unreadable")
            && !rejected.contains("k-1;"),
        "{rejected}"
    );

    // Who read what in is kept, and told to whoever may know.
    let mut auditor = browser(&daemon, Role::Auditor).await;
    let told = text(&mut auditor, "/api/v1/imports").await;
    let lists: serde_json::Value = serde_json::from_str(&told).expect("JSON");
    let list = &lists[0];
    let said =
        (&list["name"], &list["who"], &list["campaign"], &list["rows"], &list["new"], &list["rejected"]);
    let wanted = ("list.csv", "operator", "reminders", 4, 2, 1);
    assert_eq!(
        said,
        (
            &wanted.0.into(),
            &wanted.1.into(),
            &wanted.2.into(),
            &wanted.3.into(),
            &wanted.4.into(),
            &wanted.5.into()
        )
    );
    assert!(text(&mut auditor, "/imports.csv").await.contains("list.csv,operator,reminders,"));
    let page = text(&mut auditor, "/imports").await;
    assert!(page.contains("list.csv") && !page.contains("type=\"file\""), "{page}");
    daemon.stop();
    let left: Vec<_> =
        std::fs::read_dir(house.path("data/imports")).into_iter().flatten().flatten().collect();
    assert!(left.iter().all(|file| file.path().extension().is_some()), "the list itself is gone: {left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sends_a_list_who_may_not_and_nobody_sees_anothers() {
    let (_house, daemon) = crate::house();
    let mut operator = browser(&daemon, Role::Operator).await;
    let draft = send(&mut operator, LIST).await;
    for role in Role::ALL {
        let mut other = browser(&daemon, role).await;
        let may = role.may(Right::ImportLists);
        let begun = other.post("/imports", "name=a.csv&size=9").await.status().as_u16();
        assert_eq!(begun, if may { 303 } else { 403 }, "{role:?}");
        let wanted = match role {
            Role::Operator => continue,
            _ if may => 404,
            _ => 403,
        };
        for path in [draft.clone(), format!("{draft}/live"), format!("{draft}/rejected.csv")] {
            assert_eq!(other.get(&path).await.status().as_u16(), wanted, "{role:?} at {path}");
        }
        // An administrator clears up what others leave lying.
        let drop = (role != Role::Administrator).then_some("act=drop");
        for act in drop.into_iter().chain(["act=import&campaign=", "act=check&c0=phone&creditor="]) {
            assert_eq!(other.post(&draft, act).await.status().as_u16(), wanted, "{role:?} {act}");
        }
        assert_eq!(other.post(&format!("{draft}/pieces?at=0"), "x").await.status().as_u16(), wanted);
    }
    let link = format!("<a href=\"{draft}\">list.csv</a>");
    assert!(text(&mut operator, "/imports").await.contains(&link), "his file is found again");
    let mut supervisor = browser(&daemon, Role::Supervisor).await;
    let page = text(&mut supervisor, "/imports").await;
    assert!(page.contains("a.csv") && !page.contains(&draft), "another's is not listed: {page}");
    let mut boss = browser(&daemon, Role::Administrator).await;
    let page = text(&mut boss, "/imports").await;
    assert!(
        page.contains(&format!("action=\"{draft}\"")) && !page.contains(&link),
        "named, not shown: {page}"
    );
    assert_eq!(boss.post(&draft, "act=drop").await.status().as_u16(), 303);
    assert_eq!(operator.get(&draft).await.status().as_u16(), 404, "it is gone");
    let draft = send(&mut operator, LIST).await;
    let evil = HeaderMap::from_iter([(ORIGIN, "https://evil.example".parse().expect("text"))]);
    for path in ["/imports".to_owned(), draft.clone(), format!("{draft}/pieces?at=0")] {
        let foreign = operator.send(Method::POST, &path, "name=a&size=9&act=drop", evil.clone()).await;
        assert_eq!(foreign.status().as_u16(), 403, "{path}");
    }

    // What is too large, out of order, or more than was told.
    assert_eq!(operator.post("/imports", "name=a.csv&size=0").await.status().as_u16(), 413);
    assert_eq!(operator.post("/imports", "name=a.csv&size=134217729").await.status().as_u16(), 413);
    let begun = operator.post("/imports", "name=a.csv&size=3").await;
    let short = leads_to(&begun).to_owned();
    for (at, piece) in [(1, "b"), (0, "abcd"), (0, "")] {
        let taken = operator.post(&format!("{short}/pieces?at={at}"), piece).await;
        assert_eq!(taken.status().as_u16(), 409, "{at} {piece}");
    }
    let large = "x".repeat((1 << 17) + 1);
    assert_eq!(operator.post(&format!("{short}/pieces?at=0"), &large).await.status().as_u16(), 413);
    assert_eq!(operator.post(&short, "act=check&creditor=").await.status().as_u16(), 409, "it is not whole");
    assert_eq!(operator.post(&short, "act=drop").await.status().as_u16(), 303);
    assert_eq!(operator.get(&short).await.status().as_u16(), 404);
    daemon.stop();
}
