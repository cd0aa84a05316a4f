//! Settings: a limit is tightened, weighed, put into force and taken back; what loosens takes two people.

use std::time::Duration;

use obzvon::domain::Role;
use sha2::{Digest as _, Sha256};

use crate::browser::Browser;
use crate::house::{House, Running};
use crate::{PASSWORD, form, leads_to};

const LIMITS: &str = "# the head of compliance asked for it\n[[tighten]]\npreset = \"ru-230fz-safe\"\nid = \"ru.safe.attempts_day\"\nlimit = 2\n";

async fn browser(daemon: &Running, login: &str) -> Browser {
    let mut browser = Browser::new(daemon);
    browser.sign_in(login, PASSWORD).await;
    browser.post("/language", "language=en").await;
    browser
}

/// The change's page once it is known what the change would do.
async fn weighed(browser: &mut Browser, path: &str) -> String {
    for _ in 0..300 {
        let text = browser.get(path).await.text().await.expect("text");
        if !text.contains("Being weighed") {
            return text;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{path} was never weighed");
}

fn file(house: &House) -> Option<String> {
    std::fs::read_to_string(house.path("config/limits.toml")).ok()
}

/// A form begun with the file as it is in this house.
fn written(house: &House, text: &str) -> String {
    format!("path=limits.toml&on={}&text={}", mark(file(house).as_deref()), form(text))
}

fn mark(text: Option<&str>) -> String {
    text.map_or_else(
        || "none".to_owned(),
        |text| Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_is_tightened_weighed_put_into_force_and_taken_back_by_another() {
    let (house, daemon) = crate::house();
    house.add_user("second", Role::Supervisor.code(), PASSWORD);
    let before = file(&house);
    let mut one = browser(&daemon, "supervisor").await;
    assert!(one.get("/config").await.text().await.expect("text").contains("limits.toml"));

    // What is wrong is told, and nothing is kept.
    let wrong =
        one.post("/config/file", &written(&house, "[[tighten]]\nid = \"no.such.rule\"\nlimit = 2\n")).await;
    assert_eq!(wrong.status().as_u16(), 422);
    assert!(wrong.text().await.expect("text").contains("no.such.rule"));

    // A form's lines end in CR LF; the file's do not.
    let kept = one.post("/config/file", &written(&house, &LIMITS.replace('\n', "\r\n"))).await;
    assert_eq!((kept.status().as_u16(), leads_to(&kept)), (303, "/config/changes/1"));
    let early = weighed(&mut one, "/config/changes/1").await;
    assert!(early.contains("+ limit = 2") && early.contains("Contacts called later"), "{early}");
    assert!(!early.contains("Loosens limits") && file(&house) == before, "nothing has changed yet");
    let version = |text: &str| text.split("In force: version ").nth(1).map(|rest| rest[..12].to_owned());
    let old = version(&one.get("/config").await.text().await.expect("text"));
    assert_eq!(leads_to(&one.post("/config/changes/1", "act=apply").await), "/config/changes/1");
    assert_eq!(file(&house).as_deref(), Some(LIMITS), "with its comment");
    let text = one.get("/config").await.text().await.expect("text");
    assert!(text.contains("in force since") && version(&text) != old, "{text}");
    assert_eq!(daemon.metric("obzvon_config_last_reload_successful"), Some(1.0));
    assert_eq!(
        leads_to(&one.post("/config/changes/1", "act=apply").await),
        "/config/changes/1?refused=file_is_other"
    );

    // Back is looser: he may write it, another has to put it into force.
    for _ in 0..2 {
        assert_eq!(leads_to(&one.post("/config/changes/1", "act=undo").await), "/config/changes/2");
    }
    let back = weighed(&mut one, "/config/changes/2").await;
    assert!(back.contains("Loosens limits") && back.contains("ru.safe.attempts_day"), "{back}");
    let alone = one.post("/config/changes/2", "act=apply").await;
    assert_eq!(leads_to(&alone), "/config/changes/2?refused=takes_another");
    assert_eq!(file(&house).as_deref(), Some(LIMITS));
    let mut two = browser(&daemon, "second").await;
    assert_eq!(leads_to(&two.post("/config/changes/2", "act=apply").await), "/config/changes/2");
    assert_eq!(file(&house), before, "the former text, or no file");
    let text = two.get("/config/changes/2").await.text().await.expect("text");
    assert!(text.contains("Takes back change") && text.contains("second"), "{text}");
    let log = house.log();
    assert!(log.contains("a change of the configuration is in force"), "who did it is in the log");
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_changed_meanwhile_is_left_alone_and_who_may_only_read_changes_nothing() {
    let (house, daemon) = crate::house();
    let mut one = browser(&daemon, "supervisor").await;
    one.post("/config/file", &written(&house, LIMITS)).await;
    weighed(&mut one, "/config/changes/1").await;
    house.write("config/limits.toml", "# somebody was here\n");
    let refused = one.post("/config/changes/1", "act=apply").await;
    assert_eq!(leads_to(&refused), "/config/changes/1?refused=file_is_other");
    assert_eq!(file(&house).as_deref(), Some("# somebody was here\n"));
    one.post("/config/changes/1", "act=drop").await;
    assert!(one.get("/config/changes/1").await.text().await.expect("text").contains("thrown away"));

    let mut auditor = browser(&daemon, "auditor").await;
    assert_eq!(auditor.get("/config/file?path=limits.toml").await.status().as_u16(), 200);
    assert_eq!(auditor.post("/config/file", &written(&house, LIMITS)).await.status().as_u16(), 403);
    assert_eq!(auditor.post("/config/changes/1", "act=apply").await.status().as_u16(), 403);
    for path in ["trunks.toml", "obzvon.toml", "../house.db", "campaigns/../trunks.toml"] {
        let answer = one.get(&format!("/config/file?path={path}")).await;
        assert_eq!(answer.status().as_u16(), 404, "{path}");
    }
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_campaign_is_written_like_another_and_hostile_comments_are_text() {
    let (house, daemon) = crate::house();
    house.add_user("second", Role::Supervisor.code(), PASSWORD);
    let mut one = browser(&daemon, "supervisor").await;
    let like = "/config/file?name=spring&like=campaigns/reminders.toml";
    let text = one.get(like).await.text().await.expect("text");
    assert!(text.contains("campaigns/spring.toml") && text.contains("ru-230fz-safe"), "{text}");
    let source = std::fs::read_to_string(house.path("config/campaigns/reminders.toml")).expect("a file");
    let hostile: String = crate::HOSTILE.iter().map(|text| format!("# {text}\n")).collect();
    let click = format!("path=campaigns/spring.toml&on=none&text={}", form(&format!("{hostile}{source}")));
    assert_eq!(leads_to(&one.post("/config/file", &click).await), "/config/changes/1");
    let page = weighed(&mut one, "/config/changes/1").await;
    assert!(page.contains("spring: a new campaign"), "{page}");
    let alone = one.post("/config/changes/1", "act=apply").await;
    assert_eq!(leads_to(&alone), "/config/changes/1?refused=takes_another");
    let mut two = browser(&daemon, "second").await;
    assert_eq!(leads_to(&two.post("/config/changes/1", "act=apply").await), "/config/changes/1");
    let edit = one.get("/config/file?path=campaigns/spring.toml").await.text().await.expect("text");
    for made in ["<script>alert", "<img", "<svg/", "<iframe", "<a href=\"javascript"] {
        assert!(!page.contains(made) && !edit.contains(made), "{made}");
    }
    assert!(house.path("config/campaigns/spring.toml").exists());
    // It is there to be started, and only then in the database.
    let page = one.get("/campaigns").await.text().await.expect("text");
    let listed = |page: &str| page.contains("spring") && page.contains("not started yet");
    assert!(listed(&page), "{page}");
    let known = |house: &House| house.run(&["campaign", "list", "--lang", "en"]);
    assert!(!known(&house).contains("spring"));
    assert_eq!(leads_to(&one.post("/campaigns/spring", "act=start").await), "/campaigns");
    assert!(known(&house).lines().any(|line| line.starts_with("spring") && line.contains("running")));
    assert!(!listed(&one.get("/campaigns").await.text().await.expect("text")));
    let nobody = one.post("/campaigns/winter", "act=start").await;
    assert_eq!(leads_to(&nobody), "/campaigns?refused=true");
    assert_eq!(leads_to(&one.post("/config/changes/1", "act=undo").await), "/config/changes/2");
    weighed(&mut one, "/config/changes/2").await;
    one.post("/config/changes/2", "act=apply").await;
    assert!(!house.path("config/campaigns/spring.toml").exists(), "it is gone again");
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_put_changes_into_force_at_once_one_is_refused_and_the_file_is_the_others() {
    let (house, daemon) = crate::house();
    house.add_user("second", Role::Supervisor.code(), PASSWORD);
    let mut one = browser(&daemon, "supervisor").await;
    let mut two = browser(&daemon, "second").await;
    for round in 0..4 {
        let texts = ["one", "two"].map(|who| format!("{LIMITS}# {who} {round}\n"));
        let mut ids = Vec::new();
        for text in &texts {
            let kept = one.post("/config/file", &written(&house, text)).await;
            ids.push(leads_to(&kept).to_owned());
            weighed(&mut one, leads_to(&kept)).await;
        }
        let (first, second) = tokio::join!(one.post(&ids[0], "act=apply"), two.post(&ids[1], "act=apply"));
        let done = [leads_to(&first) == ids[0], leads_to(&second) == ids[1]];
        assert!(done[0] != done[1], "{done:?}");
        let winner = usize::from(done[1]);
        assert_eq!(file(&house).as_ref(), Some(&texts[winner]), "round {round}");
        for (n, id) in ids.iter().enumerate() {
            let page = one.get(id).await.text().await.expect("text");
            assert_eq!(page.contains("in force since"), n == winner, "{page}");
        }
    }
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_was_begun_with_another_text_undoes_nobody_and_shows_what_it_would_have() {
    let (house, daemon) = crate::house();
    let mut one = browser(&daemon, "supervisor").await;
    let stale = written(&house, LIMITS);
    house.write("config/limits.toml", "# a colleague was here\n");
    let refused = one.post("/config/file", &stale).await;
    assert_eq!(refused.status().as_u16(), 409);
    let page = refused.text().await.expect("text");
    assert!(page.contains("− # a colleague was here") && page.contains("+ limit = 2"), "{page}");
    assert!(page.contains(&mark(Some("# a colleague was here\n"))), "the next form begins with it: {page}");
    let blind = one.post("/config/file", &format!("path=limits.toml&text={}", form(LIMITS))).await;
    assert_eq!(blind.status().as_u16(), 409, "who does not say what he has seen has seen nothing");
    assert_eq!(leads_to(&one.post("/config/file", &written(&house, LIMITS)).await), "/config/changes/1");
    daemon.stop();
}

/// What is said to whoever answers: one alone does not change it, and nobody puts a debt into it.
#[tokio::test(flavor = "multi_thread")]
async fn other_first_words_take_two_people_and_none_may_tell_of_a_debt() {
    let (house, daemon) = crate::house();
    let mut one = browser(&daemon, "supervisor").await;
    let shipped = include_str!("../../config/script.toml");
    let there = std::fs::read_to_string(house.path("config/script.toml")).ok();
    let script = |first: &str| {
        let text = shipped.replacen("Здравствуйте. Меня", first, 1);
        assert_ne!(text, shipped);
        format!("path=script.toml&on={}&text={}", mark(there.as_deref()), form(&text))
    };
    let told = one.post("/config/file", &script("Вы должны банку 5000 рублей! Меня")).await;
    assert_eq!(told.status().as_u16(), 422);
    assert!(told.text().await.expect("text").contains("before it is known who is speaking"));
    let kept = one.post("/config/file", &script("Добрый день. Меня")).await;
    assert_eq!(leads_to(&kept), "/config/changes/1");
    let page = weighed(&mut one, "/config/changes/1").await;
    assert!(page.contains("Loosens limits") && page.contains("other words before it is known"), "{page}");
    let alone = one.post("/config/changes/1", "act=apply").await;
    assert_eq!(leads_to(&alone), "/config/changes/1?refused=takes_another");
    daemon.stop();
}
