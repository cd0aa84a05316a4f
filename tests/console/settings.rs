//! Settings: a limit is tightened, weighed, put into force and taken back; what loosens takes two people.

use std::time::Duration;

use obzvon::domain::Role;

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

fn written(text: &str) -> String {
    format!("path=limits.toml&text={}", form(text))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_is_tightened_weighed_put_into_force_and_taken_back_by_another() {
    let (house, daemon) = crate::house();
    house.add_user("second", Role::Supervisor.code(), PASSWORD);
    let before = file(&house);
    let mut one = browser(&daemon, "supervisor").await;
    assert!(one.get("/config").await.text().await.expect("text").contains("limits.toml"));

    // What is wrong is told, and nothing is kept.
    let wrong = one.post("/config/file", &written("[[tighten]]\nid = \"no.such.rule\"\nlimit = 2\n")).await;
    assert_eq!(wrong.status().as_u16(), 422);
    assert!(wrong.text().await.expect("text").contains("no.such.rule"));

    // A form's lines end in CR LF; the file's do not.
    let kept = one.post("/config/file", &written(&LIMITS.replace('\n', "\r\n"))).await;
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
    assert_eq!(leads_to(&one.post("/config/changes/1", "act=undo").await), "/config/changes/2");
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
    one.post("/config/file", &written(LIMITS)).await;
    weighed(&mut one, "/config/changes/1").await;
    house.write("config/limits.toml", "# somebody was here\n");
    let refused = one.post("/config/changes/1", "act=apply").await;
    assert_eq!(leads_to(&refused), "/config/changes/1?refused=file_is_other");
    assert_eq!(file(&house).as_deref(), Some("# somebody was here\n"));
    one.post("/config/changes/1", "act=drop").await;
    assert!(one.get("/config/changes/1").await.text().await.expect("text").contains("thrown away"));

    let mut auditor = browser(&daemon, "auditor").await;
    assert_eq!(auditor.get("/config/file?path=limits.toml").await.status().as_u16(), 200);
    assert_eq!(auditor.post("/config/file", &written(LIMITS)).await.status().as_u16(), 403);
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
    let mut one = browser(&daemon, "supervisor").await;
    let like = "/config/file?name=spring&like=campaigns/reminders.toml";
    let text = one.get(like).await.text().await.expect("text");
    assert!(text.contains("campaigns/spring.toml") && text.contains("ru-230fz-safe"), "{text}");
    let source = std::fs::read_to_string(house.path("config/campaigns/reminders.toml")).expect("a file");
    let hostile: String = crate::HOSTILE.iter().map(|text| format!("# {text}\n")).collect();
    let click = format!("path=campaigns/spring.toml&text={}", form(&format!("{hostile}{source}")));
    assert_eq!(leads_to(&one.post("/config/file", &click).await), "/config/changes/1");
    let page = weighed(&mut one, "/config/changes/1").await;
    one.post("/config/changes/1", "act=apply").await;
    let edit = one.get("/config/file?path=campaigns/spring.toml").await.text().await.expect("text");
    for made in ["<script>alert", "<img", "<svg/", "<iframe", "<a href=\"javascript"] {
        assert!(!page.contains(made) && !edit.contains(made), "{made}");
    }
    assert!(house.path("config/campaigns/spring.toml").exists());
    assert_eq!(leads_to(&one.post("/config/changes/1", "act=undo").await), "/config/changes/2");
    weighed(&mut one, "/config/changes/2").await;
    one.post("/config/changes/2", "act=apply").await;
    assert!(!house.path("config/campaigns/spring.toml").exists(), "it is gone again");
    daemon.stop();
}
