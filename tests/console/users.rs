//! Users: made, changed, kept out and let in by an administrator, each with a password that is good for choosing another.

use obzvon::domain::{Right, Role};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::{PASSWORD, house, leads_to};

/// The password on the page that tells it.
fn told(page: &str) -> String {
    let after = page.split("<code class=\"password\">").nth(1).expect("a password is told");
    after.split('<').next().expect("it ends").to_owned()
}

async fn text(browser: &mut Browser, path: &str) -> String {
    browser.get(path).await.text().await.expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_from_an_administrator_is_good_for_choosing_another_one_alone() {
    let (house, daemon) = house();
    let mut boss = Browser::new(&daemon);
    boss.sign_in("administrator", PASSWORD).await;
    let made = boss.post("/users", "login=anna&role=auditor").await;
    assert_eq!(made.status().as_u16(), 200);
    let given = told(&made.text().await.expect("text"));
    assert!(!text(&mut boss, "/users").await.contains(&given), "it is told once");
    assert_eq!(
        leads_to(&boss.post("/users", "login=anna&role=agent").await),
        "/users?refused=not_so&login=anna&role=agent"
    );
    let kept = text(&mut boss, "/users?refused=not_so&login=anna&role=auditor").await;
    assert!(
        kept.contains("value=\"anna\"") && kept.contains("<option value=\"auditor\" selected>"),
        "{kept}"
    );
    assert_eq!(
        leads_to(&boss.post("/users", "login=An+na&role=agent").await),
        "/users?refused=login&login=An%20na&role=agent"
    );

    let mut anna = Browser::new(&daemon);
    assert_eq!(anna.sign_in("anna", &given).await, 303);
    for page in ["/", "/audit", "/calls.csv"] {
        assert_eq!(leads_to(&anna.get(page).await), "/password", "{page}");
    }
    assert_eq!(anna.get("/api/v1/users").await.status().as_u16(), 403);
    let choose = |current: &str, new: &str, again: &str| format!("current={current}&new={new}&again={again}");
    for (form, status) in [
        (choose(&given, "short", "short"), 422),
        (choose(&given, "long enough", "longer enough"), 422),
        (choose(&given, &given, &given), 422),
        (choose("another one", "long enough", "long enough"), 401),
    ] {
        assert_eq!(anna.post("/password", &form.replace(' ', "+")).await.status().as_u16(), status, "{form}");
    }
    let mut elsewhere = Browser::new(&daemon);
    elsewhere.sign_in("anna", &given).await;
    let chosen = anna.post("/password", &choose(&given, "a+good+secret", "a+good+secret")).await;
    assert_eq!((chosen.status().as_u16(), leads_to(&chosen)), (303, "/"));
    assert_eq!(anna.get("/audit").await.status().as_u16(), 200, "she goes on");
    assert_eq!(leads_to(&elsewhere.get("/audit").await), "/sign-in", "and nobody else does");
    assert_eq!(anna.sign_in("anna", &given).await, 401);
    assert_eq!(anna.sign_in("anna", "a good secret").await, 303);
    assert!(!house.log().contains(&given) && !house.log().contains("good secret"));
    let audit = text(&mut boss, "/audit").await;
    for row in [
        "<td>administrator</td><td>anna</td><td>создан, роль: аудитор</td>",
        "<td>anna</td><td>anna</td><td>сменил свой пароль</td>",
    ] {
        assert!(audit.contains(row), "{row}\n{audit}");
    }
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_changes_everybody_but_himself_and_nobody_else_does() {
    let (_house, daemon) = house();
    let mut boss = Browser::new(&daemon);
    boss.sign_in("administrator", PASSWORD).await;
    let mut auditor = Browser::new(&daemon);
    auditor.sign_in("auditor", PASSWORD).await;
    let click = async |browser: &mut Browser, login: &str, form: &str| {
        let answer = browser.post(&format!("/users/{login}"), form).await;
        (answer.status().as_u16(), leads_to(&answer).to_owned())
    };
    for own in ["do=keep_out", "do=role&role=agent", "do=password"] {
        assert_eq!(click(&mut boss, "administrator", own).await.1, "/users?refused=own", "{own}");
    }
    assert_eq!(click(&mut boss, "auditor", "do=role&role=quality").await.1, "/users");
    assert_eq!(auditor.get("/audit").await.status().as_u16(), 403, "from the next click on");
    assert_eq!(auditor.get("/quality").await.status().as_u16(), 200);
    assert_eq!(click(&mut boss, "auditor", "do=keep_out").await.1, "/users");
    assert_eq!(leads_to(&auditor.get("/quality").await), "/sign-in");
    assert_eq!(click(&mut boss, "auditor", "do=keep_out").await.1, "/users?refused=not_so");
    assert_eq!(click(&mut boss, "auditor", "do=let_in").await.1, "/users");
    assert_eq!(auditor.sign_in("auditor", PASSWORD).await, 303);
    let given = boss.post("/users/auditor", "do=password").await.text().await.expect("text");
    assert_eq!(leads_to(&auditor.get("/quality").await), "/sign-in", "the old password is worth nothing");
    assert_eq!(auditor.sign_in("auditor", &told(&given)).await, 303);
    assert_eq!(click(&mut boss, "auditor", "do=nothing").await.0, 422);
    // Two administrators: either may be kept out, not both.
    assert_eq!(click(&mut boss, "agent", "do=role&role=administrator").await.1, "/users");
    let mut second = Browser::new(&daemon);
    second.sign_in("agent", PASSWORD).await;
    assert_eq!(click(&mut second, "administrator", "do=keep_out").await.1, "/users");
    assert_eq!(click(&mut boss, "agent", "do=keep_out").await.1, "/sign-in");
    for role in Role::ALL.into_iter().filter(|role| !role.may(Right::ChangeUsers) && *role != Role::Agent) {
        if role == Role::Auditor {
            continue; // he has to choose a password
        }
        let mut other = Browser::new(&daemon);
        other.sign_in(role.code(), PASSWORD).await;
        assert_eq!(click(&mut other, "quality", "do=let_in").await.0, 403, "{role:?}");
        assert_eq!(other.post("/users", "login=eva&role=agent").await.status().as_u16(), 403, "{role:?}");
    }
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_loaded_anew_gives_no_other_password_and_the_one_that_was_told_is_good() {
    let (_house, daemon) = house();
    let mut boss = Browser::new(&daemon);
    boss.sign_in("administrator", PASSWORD).await;
    let seen = |page: &str| {
        let form = page
            .split("<form")
            .find(|form| form.contains("action=\"/users/auditor\"") && form.contains("value=\"password\""));
        let after = form.and_then(|form| form.split("name=\"seen\" value=\"").nth(1)).expect("what it knew");
        format!("do=password&seen={}", after.split('"').next().expect("it ends"))
    };
    let click = seen(&text(&mut boss, "/users").await);
    let given = told(&boss.post("/users/auditor", &click).await.text().await.expect("text"));
    let again = boss.post("/users/auditor", &click).await;
    assert_eq!(leads_to(&again), "/users?refused=given_before");
    let page = text(&mut boss, "/users?refused=given_before").await;
    assert!(page.contains("он действует"), "{page}");
    let mut auditor = Browser::new(&daemon);
    assert_eq!(auditor.sign_in("auditor", &given).await, 303, "what was told first is good");
    let other = told(&boss.post("/users/auditor", &seen(&page)).await.text().await.expect("text"));
    assert_ne!(other, given, "a new click gives a new one");
    for login in ["..", ".", "-a", "_a"] {
        let made = boss.post("/users", &format!("login={login}&role=agent")).await;
        assert!(leads_to(&made).starts_with("/users?refused=login&"), "{login} would be no address");
    }
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_change_users_as_the_page_does() {
    let (_house, daemon) = house();
    let mut boss = Browser::new(&daemon);
    boss.sign_in("administrator", PASSWORD).await;
    let tell = async |browser: &Browser, path: &str, body: Value| {
        let cookie = browser.cookie.as_deref().unwrap_or_default();
        let request = browser.client.post(format!("{}{path}", browser.base)).header("cookie", cookie);
        let request = request.header("content-type", "application/json").body(body.to_string());
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, serde_json::from_str::<Value>(&answer.text().await.expect("text")).unwrap_or_default())
    };
    let (status, made) = tell(&boss, "/api/v1/users", json!({ "login": "eva", "role": "agent" })).await;
    assert_eq!((status, made["password"].as_str().map(str::len)), (200, Some(19)), "{made}");
    let (status, fault) = tell(&boss, "/api/v1/users", json!({ "login": "eva", "role": "agent" })).await;
    assert_eq!((status, &fault["fault"]), (409, &json!("not_so")));
    let eva = "/api/v1/users/eva";
    assert_eq!(tell(&boss, eva, json!({ "do": "keep_out" })).await, (200, json!({ "done": true })));
    assert_eq!(tell(&boss, eva, json!({ "do": "role" })).await.0, 422);
    let own = tell(&boss, "/api/v1/users/administrator", json!({ "do": "keep_out" })).await;
    assert_eq!((own.0, &own.1["fault"]), (409, &json!("own")));
    let listed: Value = serde_json::from_str(&text(&mut boss, "/api/v1/users").await).expect("JSON");
    let eva_is = listed.as_array().expect("a list").iter().find(|line| line["login"] == "eva").expect("eva");
    assert_eq!(
        (&eva_is["role"], &eva_is["out"], &eva_is["once"]),
        (&json!("agent"), &json!(true), &json!(true))
    );
    let mut auditor = Browser::new(&daemon);
    auditor.sign_in("auditor", PASSWORD).await;
    assert_eq!(auditor.get("/api/v1/users").await.status().as_u16(), 200);
    assert_eq!(tell(&auditor, eva, json!({ "do": "let_in" })).await.0, 403);
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_from_an_administrator_is_good_for_three_days() {
    let (house, daemon) = house();
    let mut boss = Browser::new(&daemon);
    boss.sign_in("administrator", PASSWORD).await;
    let made = boss.post("/users", "login=anna&role=auditor").await.text().await.expect("text");
    let given = told(&made);
    let db = rusqlite::Connection::open(house.path("data/obzvon.db")).expect("the database");
    db.busy_timeout(std::time::Duration::from_secs(10)).expect("set");
    let left: i64 = db
        .query_one("SELECT once_until - changed_at FROM app_user WHERE login = 'anna'", [], |row| row.get(0))
        .expect("a time");
    assert_eq!(left, 72 * 3_600 * 1_000_000);
    assert!(made.contains("Он действует три дня, до 20"), "{made}");
    let mut anna = Browser::new(&daemon);
    assert_eq!(anna.sign_in("anna", &given).await, 303);
    assert_eq!(anna.get("/password").await.status().as_u16(), 200);
    // The three days go by.
    db.execute("UPDATE app_user SET once_until = made_at WHERE login = 'anna'", []).expect("set");
    assert_eq!(leads_to(&anna.get("/password").await), "/sign-in", "who was signed in is out");
    let form = format!("current={given}&new=a+good+secret&again=a+good+secret");
    assert_eq!(leads_to(&anna.post("/password", &form).await), "/sign-in");
    let door = anna.post("/sign-in", &format!("login=anna&password={given}")).await;
    assert_eq!(door.status().as_u16(), 401);
    assert!(door.text().await.expect("text").contains("Попросите у администратора новый"), "he is told why");
    let door = anna.post("/sign-in", "login=anna&password=another+one").await.text().await.expect("text");
    assert!(!door.contains("три дня"), "whoever guesses is told nothing");
    assert!(text(&mut boss, "/users").await.contains("не выбрал свой пароль вовремя"));
    // Another one is good again.
    let given = told(&boss.post("/users/anna", "do=password").await.text().await.expect("text"));
    assert_eq!(anna.sign_in("anna", &given).await, 303);
    let form = format!("current={given}&new=a+good+secret&again=a+good+secret");
    assert_eq!(leads_to(&anna.post("/password", &form).await), "/");
    let lasts: Option<i64> = db
        .query_one("SELECT once_until FROM app_user WHERE login = 'anna'", [], |row| row.get(0))
        .expect("a user");
    assert_eq!(lasts, None, "his own lasts");
    daemon.stop();
}
