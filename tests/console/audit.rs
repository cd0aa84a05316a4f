//! The audit: nothing is pushed out of sight, each list is read to its end, by user, and taken as a file.

use crate::browser::Browser;
use crate::{PASSWORD, house};

/// The way to a list's further page.
fn older(page: &str, name: &str) -> String {
    let link = page.split("href=\"").find(|link| link.contains(&format!("{name}="))).expect("a further page");
    link.split('"').next().expect("it ends").replace("&amp;", "&").trim_start_matches("/audit").to_owned()
}

/// How a link to a further page of the files ends.
const FURTHER: &str = "#exports\">";

#[tokio::test(flavor = "multi_thread")]
async fn nobody_pushes_a_file_that_he_took_out_of_the_auditors_sight() {
    let (_house, daemon) = house();
    let mut supervisor = Browser::new(&daemon);
    supervisor.sign_in("supervisor", PASSWORD).await;
    let taken = async |browser: &mut Browser, filter: &str| {
        assert_eq!(browser.get(&format!("/calls.csv?person={filter}")).await.status().as_u16(), 200);
    };
    taken(&mut supervisor, "whole").await;
    let mut auditor = Browser::new(&daemon);
    auditor.sign_in("auditor", PASSWORD).await;
    taken(&mut auditor, "mine").await;
    for n in 0..99 {
        taken(&mut supervisor, &format!("q{n}")).await;
    }
    taken(&mut supervisor, &"x".repeat(3_000)).await;
    let whole = "<td>person=whole</td>";
    let audit = async |browser: &mut Browser, of: &str| {
        browser.get(&format!("/audit{of}")).await.text().await.expect("text")
    };
    let first = audit(&mut auditor, "").await;
    assert!(first.contains("person=q0<") && !first.contains(whole), "{first}");
    assert!(!first.contains(&"x".repeat(300)), "a filter shows where it begins");
    let second = audit(&mut auditor, &older(&first, "exports_before")).await;
    assert!(second.contains(whole) && !second.contains(FURTHER), "{second}");
    let hers = audit(&mut auditor, "?who=supervisor").await;
    assert!(!hers.contains("person=mine"), "another one's stay out");
    let last = audit(&mut auditor, &older(&hers, "exports_before")).await;
    assert!(last.contains(whole) && !last.contains("person=mine"), "{last}");
    let own = audit(&mut auditor, "?who=auditor").await;
    assert!(own.contains("person=mine") && !own.contains("person=q0<") && !own.contains(FURTHER));
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_is_read_to_its_end_by_user_and_taken_as_a_file() {
    let (house, daemon) = house();
    let database = rusqlite::Connection::open(house.path("data/obzvon.db")).expect("the database");
    database.busy_timeout(std::time::Duration::from_secs(10)).expect("set");
    let write = |sql: &str, who: &str| {
        assert_eq!(database.execute(sql, [who]).expect("it is written"), 1);
    };
    let lists = [
        (
            "sign-ins",
            "INSERT INTO sign_in (at, login, address, came_to) VALUES (1, ?1, '192.0.2.1', 'refused')",
        ),
        ("users", "INSERT INTO user_act (login, deed, who, at) VALUES ('eva', 'kept_out', ?1, 1)"),
        ("campaigns", "INSERT INTO campaign_act (campaign_id, state, who, at) VALUES (1, 'paused', ?1, 1)"),
        (
            "supervisions",
            "INSERT INTO supervision (at, supervisor, agent, attempt, what) VALUES (1, ?1, 'anna', 1, 'listen')",
        ),
    ];
    for (_, sql) in lists {
        write(sql, "first");
        for _ in 0..100 {
            write(sql, "busy");
        }
    }
    let mut auditor = Browser::new(&daemon);
    auditor.sign_in("auditor", PASSWORD).await;
    let mut audit = async |of: &str| {
        let answer = auditor.get(&format!("/audit{of}")).await;
        assert_eq!(answer.status().as_u16(), 200, "{of}");
        answer.text().await.expect("text")
    };
    // Looks have an end too.
    let newest = audit("").await;
    assert!(!newest.contains("amp;before="), "nobody has looked yet, and nothing leads further");
    assert!(!newest.contains("<td>first</td>"), "a hundred came later");
    for (list, _) in lists {
        let name = format!("{list}_before");
        let last = audit(&older(&newest, &name)).await;
        assert!(last.contains("<td>first</td>") && !last.contains(&format!("#{list}\">")), "{list}: {last}");
        let own = audit("?who=first").await;
        assert!(
            own.contains(&format!("/audit/{list}.csv?who=first")) && !own.contains("<td>busy</td>"),
            "{own}"
        );
        let file = audit(&format!("/{list}.csv?who=first")).await;
        assert!(file.contains("first") && !file.contains("busy"), "{list}: {file}");
        assert_eq!(audit(&format!("/{list}.csv")).await.matches("busy").count(), 100, "{list}");
    }
    daemon.stop();
}
