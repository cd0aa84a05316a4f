//! Who answered a call, as the detector heard it, stands afterwards: in the exports, in an explanation, on the call's page.

use std::time::Duration;

use jiff::civil::date;
use obzvon::demo::carrier::script::{Script, Step};
use obzvon::demo::carrier::sound::synth::Sound;
use obzvon::demo::carrier::{Carrier, CarrierPlan, Casting};
use serde_json::Value;

use crate::PASSWORD;
use crate::browser::Browser;
use crate::house::{House, config, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_machines_verdict_and_its_beep_are_kept_and_shown() {
    let listens = Step::Listen(Duration::from_secs(3));
    let machine =
        vec![Step::Answer, Step::Play(Sound::Greeting), Step::Play(Sound::Beep), listens, Step::HangUp];
    let mut plan = CarrierPlan::new(1, date(2026, 2, 3));
    plan.casting = Casting::Always(Script::new("machine", machine));
    let carrier = Carrier::start(plan).await.expect("a free port");
    let house = House::new(config(carrier.addr()));
    house.import(1);
    house.add_user("supervisor", "supervisor", PASSWORD);
    let daemon = house.start();
    until("the call is over", || house.attempts().iter().any(|attempt| attempt["outcome"].is_string()));

    let attempt = house.attempts().remove(0);
    assert_eq!(
        (&attempt["outcome"], &attempt["verdict"]),
        (&"machine".into(), &"machine".into()),
        "{attempt}"
    );
    let number = |value: &Value| value.as_f64().unwrap_or_else(|| panic!("no number in {attempt}"));
    let [start, end] = [&attempt["beep_start_ms"], &attempt["beep_end_ms"]].map(number);
    assert!((300.0..500.0).contains(&(end - start)), "a beep of 0.4 s: {attempt}");
    assert!(
        number(&attempt["verdict_ms"]) <= end + 100.0 && number(&attempt["confidence"]) > 0.5,
        "{attempt}"
    );

    let text = house.run(&["export", "heard", "--json"]);
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let of = |event: &str| rows.iter().filter(|row| row["event"] == event).collect::<Vec<_>>();
    assert_eq!(of("beep_end")[0]["t_ms"], attempt["beep_end_ms"], "{text}");
    let said = *of("verdict").last().expect("a verdict");
    assert_eq!((&said["what"], &said["t_ms"]), (&"machine".into(), &attempt["verdict_ms"]), "{text}");
    assert!(said["features"]["speech_ms"].as_u64().expect("a figure") > 500, "{text}");
    let csv = house.run(&["export", "heard"]);
    assert_eq!(csv.lines().next(), Some("attempt,n,early,event,what,t_ms,confidence,features"));
    assert_eq!(csv.lines().count(), rows.len() + 1);

    let told = house.run(&["explain", "p0", "--lang", "ru"]);
    let line = told.lines().find(|line| line.starts_with("услышано в звонке")).expect("a line of it");
    assert!(line.contains("автоответчик на ") && line.contains("конец сигнала на "), "{line}");
    let told: Value = serde_json::from_str(&house.run(&["explain", "p0", "--json"])).expect("JSON");
    assert_eq!(told[0]["heard"][0]["events"], Value::from(rows.clone()), "as exported");

    let mut boss = Browser::new(&daemon);
    boss.sign_in("supervisor", PASSWORD).await;
    let path = format!("/calls/{}", attempt["attempt"]);
    let percent = (number(&said["confidence"]) * 100.0).round();
    for (language, words) in [
        ("ru", ["<h2>Кто ответил</h2>", "<td>автоответчик</td>", "<td>конец сигнала</td>", "речи"]),
        ("en", ["<h2>Who answered</h2>", "<td>machine</td>", "<td>end of the beep</td>", "speech"]),
    ] {
        boss.post("/language", &format!("language={language}")).await;
        let page = boss.get(&path).await.text().await.expect("text");
        let sure = format!("<td class=\"n\">{percent} %</td>");
        for word in words.into_iter().chain([&*sure]) {
            assert!(page.contains(word), "no {word} in {page}");
        }
    }
    daemon.stop();
}
