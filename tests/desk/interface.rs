//! `/api/v1/desk`: who may, what is refused, and the events of whoever was cut off.

use std::collections::BTreeSet;
use std::path::Path;

use reqwest::Method;
use reqwest::header::ORIGIN;
use serde_json::{Value, json};

use crate::house::{House, Running};
use crate::office::{PASSWORD, TOKEN, house, start};
use crate::signed_in::Program;

pub async fn signed_in(daemon: &Running, login: &str) -> Program {
    Program::signed_in(daemon.base(), login, PASSWORD).await
}

impl Program {
    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let answer = self.send(Method::POST, &format!("/api/v1/desk{path}"), Some(body)).await;
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("text");
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    pub async fn see(&self) -> Value {
        let answer = self.send(Method::GET, "/api/v1/desk", None).await;
        assert_eq!(answer.status().as_u16(), 200);
        serde_json::from_str(&answer.text().await.expect("text")).expect("JSON")
    }

    /// Reads the stream until it has told enough.
    pub async fn events(&self, last: Option<u64>, enough: impl Fn(&[Told]) -> bool) -> Vec<Told> {
        let mut request = self.request(Method::GET, "/api/v1/desk/events");
        if let Some(last) = last {
            request = request.header("last-event-id", last.to_string());
        }
        let mut answer = request.send().await.expect("an answer");
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        let mut text = String::new();
        loop {
            let told: Vec<_> =
                text.split("\n\n").filter(|part| part.contains("data:")).filter_map(read).collect();
            if text.ends_with("\n\n") && enough(&told) {
                return told;
            }
            let chunk = answer.chunk().await.expect("it goes on").expect("more");
            text.push_str(&String::from_utf8_lossy(&chunk));
        }
    }
}

/// An event: its id, its name, its data.
pub type Told = (u64, String, Value);

fn read(part: &str) -> Option<Told> {
    let field = |name: &str| part.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let data = serde_json::from_str(field("data:")?).ok()?;
    Some((field("id:")?.parse().ok()?, field("event:")?.to_owned(), data))
}

fn desk_house() -> (House, Running) {
    let house = house(None, "preview", None);
    let daemon = start(&house);
    (house, daemon)
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_agent_has_a_desk_and_every_endpoint_has_its_cell_in_the_rights_table() {
    let (_house, daemon) = desk_house();
    let anna = signed_in(&daemon, "anna").await;
    assert_eq!(anna.home, "/desk", "an agent's own room");
    let zoya = signed_in(&daemon, "zoya").await;
    let auditor = signed_in(&daemon, "auditor").await;
    assert_eq!(auditor.home, "/");
    let stranger = anna.stranger();
    let (status, document) = daemon.api("/api/v1/openapi.json", Some(TOKEN), None);
    assert_eq!(status, 200);
    let paths = document["paths"].as_object().expect("paths");
    let desk: Vec<_> = paths.iter().filter(|(path, _)| path.starts_with("/api/v1/desk")).collect();
    assert_eq!(desk.len(), 14, "{document}");
    for (path, ways) in desk {
        let short = path.trim_start_matches("/api/v1/desk");
        for (way, told) in ways.as_object().expect("ways") {
            assert_eq!(told["x-right"], "work_desk", "{path}");
            if way == "get" {
                for (who, status) in [(&stranger, 401), (&auditor, 403), (&zoya, 404)] {
                    assert_eq!(who.send(Method::GET, path, None).await.status().as_u16(), status, "{path}");
                }
                continue;
            }
            assert_eq!(stranger.post(short, json!({})).await.0, 401, "{path}");
            assert_eq!(auditor.post(short, json!({})).await.0, 403, "{path}");
            let (status, answer) = anna.post(short, json!({ "surprise": 1 })).await;
            assert!(
                status == 422 || ["/identity", "/paid-question"].contains(&short) && status == 404,
                "{path}: {status} {answer}"
            );
        }
    }
    let origin = anna.request(Method::POST, "/api/v1/desk/state");
    let foreign = origin.header(ORIGIN, "https://evil.example").body("{\"to\":\"logged_in\"}").send().await;
    assert_eq!(foreign.expect("an answer").status().as_u16(), 403);
    assert_eq!(anna.see().await["state"]["code"], "logged_out");
    daemon.stop();
}

/// What the sources route below `/api/v1`, but for the document itself.
fn routed() -> BTreeSet<String> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web")];
    let mut found = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let relative = path.components().any(|part| part.as_os_str() == "api");
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            for part in text.split(".route(").skip(1) {
                let Some(route) = part.split('"').nth(1).filter(|route| route.starts_with('/')) else {
                    continue;
                };
                match (relative, route.starts_with("/api/v1")) {
                    (_, true) => drop(found.insert(route.to_owned())),
                    (true, false) => drop(found.insert(format!("/api/v1{route}"))),
                    (false, false) => {}
                }
            }
        }
    }
    found.remove("/api/v1/openapi.json");
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_names_every_route_and_whoever_has_no_right_is_refused() {
    let (_house, daemon) = desk_house();
    let (status, document) = daemon.api("/api/v1/openapi.json", Some(TOKEN), None);
    assert_eq!(status, 200);
    let paths = document["paths"].as_object().expect("paths");
    assert_eq!(paths.keys().cloned().collect::<BTreeSet<_>>(), routed());
    let anna = signed_in(&daemon, "anna").await;
    let boss = signed_in(&daemon, "boss").await;
    let stranger = anna.stranger();
    let floor = |(_, ways): &(&String, &Value)| {
        ways.as_object().expect("ways").values().any(|way| {
            matches!(
                way["x-right"].as_str(),
                Some(
                    "see_live"
                        | "hear_talks"
                        | "hear_recordings"
                        | "see_imports"
                        | "see_users"
                        | "change_users"
                )
            )
        })
    };
    let mut asked = 0;
    for (path, ways) in paths.iter().filter(floor) {
        let path = path.replace("{login}", "anna").replace("{attempt}", "7");
        for way in ways.as_object().expect("ways").keys() {
            let (method, body) = match way.as_str() {
                "get" => (Method::GET, None),
                _ => (Method::POST, Some(json!({ "do": "listen" }))),
            };
            for (who, wanted) in [(&stranger, &[401][..]), (&anna, &[403]), (&boss, &[200, 403, 404, 422])] {
                let status = who.send(method.clone(), &path, body.clone()).await.status().as_u16();
                assert!(wanted.contains(&status), "{way} {path}: {status}, not {wanted:?}");
            }
            asked += 1;
        }
    }
    assert_eq!(asked, 11);
    let text = boss.send(Method::GET, "/api/v1/agents", None).await.text().await.expect("text");
    let agents: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((&agents[0]["agent"], &agents[0]["state"]), (&json!("anna"), &json!("logged_out")));
    let text = boss.send(Method::GET, "/api/v1/callbacks", None).await.text().await.expect("text");
    assert_eq!(text, "[]");
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn states_change_and_refusals_say_why_in_both_languages() {
    let (_house, daemon) = desk_house();
    let anna = signed_in(&daemon, "anna").await;
    let turn = async |body: Value| anna.post("/state", body).await;
    let (status, answer) = turn(json!({ "to": "ready" })).await;
    assert_eq!((status, &answer["fault"]), (409, &json!("not_logged_in")));
    assert_eq!(answer["why"][0]["message"], "Сначала начните смену.");
    assert_eq!(turn(json!({ "to": "logged_in" })).await, (200, json!({ "done": true })));
    let (status, answer) = turn(json!({ "to": "away", "pause": "siesta" })).await;
    assert_eq!((status, &answer["fault"]), (409, &json!("no_such_pause")));
    assert_eq!(turn(json!({ "to": "away", "pause": "lunch" })).await.0, 200);
    let view = anna.see().await;
    assert_eq!((&view["state"]["code"], &view["state"]["pause"]), (&json!("away"), &json!("lunch")));
    let lasts = view["state"]["ends_ms"].as_i64().expect("a limit")
        - view["state"]["since_ms"].as_i64().expect("a time");
    assert!((lasts - 3_600_000).abs() < 2_000, "lunch lasts {lasts} ms");
    assert!(view["call"].is_null() && view["own"]["talks"] == 0);
    for (path, body) in [
        ("/note", json!({ "text": "x" })),
        ("/complaint", json!({ "text": "x" })),
        ("/paid-question", json!({})),
        ("/mark", json!({ "kind": "trigger" })),
        ("/call", json!({ "do": "hold" })),
        ("/disposition", json!({ "code": "promise" })),
        ("/promise-check", json!({ "on": "2026-12-05", "amount": "1" })),
        ("/preview", json!({ "decide": "call" })),
    ] {
        let (status, answer) = anna.post(&format!("{path}?attempt=7"), body.clone()).await;
        assert_eq!((status, &answer["fault"]), (409, &json!("other_call")), "{path}: a call that is gone");
        let (status, answer) = anna.post(path, body).await;
        assert_eq!((status, &answer["fault"]), (404, &json!("no_call")), "{path}");
    }
    daemon.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_cut_off_names_his_last_event_and_hears_what_he_missed() {
    let (_house, daemon) = desk_house();
    let anna = signed_in(&daemon, "anna").await;
    let turn = async |body: Value| assert_eq!(anna.post("/state", body).await.0, 200);
    let (heard, ()) = tokio::join!(anna.events(None, |told| !told.is_empty()), async {
        // The stream has to be open first; an event too early is simply seen on the page.
        for _ in 0..20 {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            turn(json!({ "to": "logged_in" })).await;
            turn(json!({ "to": "logged_out" })).await;
        }
    });
    let (first, name, data) = &heard[0];
    assert_eq!((name.as_str(), &data["why"]), ("state", &json!("agent")));
    turn(json!({ "to": "logged_in" })).await;
    turn(json!({ "to": "away", "pause": "break" })).await;
    let missed =
        anna.events(Some(*first), |told| told.last().is_some_and(|last| last.2["pause"] == "break")).await;
    assert!(missed.windows(2).all(|pair| pair[0].0 < pair[1].0), "{missed:?}");
    let last = missed.last().expect("some");
    assert_eq!((last.1.as_str(), &last.2["pause"]), ("state", &json!("break")));
    assert!(last.2["ends_ms"].as_i64() > last.2["since_ms"].as_i64(), "the timer is told: {last:?}");
    let after_a_restart = anna.events(Some(7), |told| !told.is_empty()).await;
    assert_eq!(after_a_restart[0].1, "reset");
    // An open stream does not keep the program from ending.
    let open = anna.request(Method::GET, "/api/v1/desk/events");
    let open = open.send().await.expect("an answer");
    daemon.stop();
    drop(open);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_stream_ends_with_its_session_and_who_is_kept_out_works_no_more() {
    let (house, daemon) = desk_house();
    let anna = signed_in(&daemon, "anna").await;
    let boss = signed_in(&daemon, "boss").await;
    assert_eq!(anna.post("/state", json!({ "to": "logged_in" })).await.0, 200);
    let state = async || {
        let answer = boss.send(Method::GET, "/api/v1/agents", None).await;
        let agents: Value = serde_json::from_str(&answer.text().await.expect("text")).expect("JSON");
        let anna = agents.as_array().expect("a list").iter().find(|agent| agent["agent"] == "anna").cloned();
        anna.map(|agent| agent["state"].clone())
    };
    assert_eq!(state().await, Some(json!("away")));
    let open = anna.request(Method::GET, "/api/v1/desk/events");
    let mut stream = open.send().await.expect("an answer");
    assert_eq!(stream.status().as_u16(), 200);
    // Taken off the floor, she is told nothing of it any more.
    house.run(&["user", "disable", "anna"]);
    let mut heard = String::new();
    while let Ok(Some(chunk)) = stream.chunk().await {
        heard.push_str(&String::from_utf8_lossy(&chunk));
    }
    assert!(!heard.contains("logged_out"), "{heard}");
    assert_eq!(state().await, None, "no agent of that name");
    assert_eq!(anna.post("/state", json!({ "to": "logged_in" })).await.0, 401);
    house.run(&["user", "enable", "anna"]);
    let again = signed_in(&daemon, "anna").await;
    for _ in 0..100 {
        if again.post("/state", json!({ "to": "logged_in" })).await.0 == 200 {
            return daemon.stop();
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("she was let in and has no desk");
}
