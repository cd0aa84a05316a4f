//! An agent's phone calls our own numbers at a whole daemon.

use std::path::Path;
use std::time::Duration;

use obzvon::config::{Config, Environment, account_lines};
use obzvon::daemon::{Daemon, NameSound};
use obzvon::demo::carrier_config::CarrierConfig;
use obzvon::domain::{AgentId, Codec, DigestAccount, Language, Part, Utterance};
use obzvon::media::g711;
use obzvon::sip::digest_account;
use tokio::time::{sleep, timeout};

use super::compare;
use super::phone::{Account, Phone};

const PASSWORD: &str = "a-long-password";

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_hears_his_state_at_601_in_his_language() {
    for (language, words) in
        [(Language::Ru, "Вы не вошли в систему."), (Language::En, "You are not logged in.")]
    {
        hears_at_601(language, words).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agent_says_at_600_comes_back_to_him() {
    // Sweeps from 300 to 3000 Hz, a quarter of a second each and each from a higher note on: no part is like another.
    let said: Vec<i16> = (0..24).flat_map(sweep).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let agent = AgentId::parse("boris").expect("a login");
    let daemon = Daemon::start(configure(folder.path(), &agent, Language::Ru)).await.expect("a daemon");
    let mut phone = calling(&daemon, &agent, 600, Some(&said)).await;
    sleep(Duration::from_secs(4)).await;
    phone.hang_up().await;
    phone.until("CALL_CLOSED").await;
    // Both begin with the call. Its first second may be over before the echo is there, and its last half is on its way at the end.
    let (heard, sent) = phone.heard_and_said().await;
    daemon.drain().await;

    let begins = 8_000;
    let sent = &sent[begins..sent.len() - 4_000];
    let found = compare::find(sent, &heard, begins);
    let late = (found.at as f64 - begins as f64) / 8.0;
    println!("{} s sent, heard {late} ms later: {found:?}", sent.len() / 8_000);
    assert!(found.windows >= 8 && found.worst > 0.9, "it is not what was said: {found:?}");
    assert!(found.spread_ms <= 20.0, "a piece is missing: {found:?}");
    assert!(late < 400.0, "the echo comes {late} ms later");
}

/// The `nth` quarter of a second.
fn sweep(nth: i32) -> impl Iterator<Item = i16> {
    let from = 300.0 + 50.0 * f64::from(nth);
    (0..2_000).map(move |sample| {
        let t = f64::from(sample) / 8_000.0;
        let turns = from * t + 2_000.0 * t * t;
        (8_000.0 * (turns * std::f64::consts::TAU).sin()) as i16
    })
}

/// The agent's phone, once it has a call with one of our numbers; what it plays.
async fn calling(daemon: &Daemon, agent: &AgentId, number: u16, plays: Option<&[i16]>) -> Phone {
    let stack = daemon.house().stack.clone();
    let port = stack.local()[0].port();
    let account = Account { password: PASSWORD, registrar: ([127, 0, 0, 1], port).into(), transport: "udp" };
    let mut phone = match plays {
        Some(sound) => Phone::registering_that_plays(agent.as_str(), &account, sound).await,
        None => Phone::registering(agent.as_str(), &account).await,
    };
    let registered = async {
        while stack.phones(agent).is_empty() {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(30), registered).await.expect("it registers");
    phone.dial(&format!("sip:{number}@127.0.0.1:{port}")).await;
    phone.until("CALL_ESTABLISHED").await;
    phone
}

async fn hears_at_601(language: Language, words: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let agent = AgentId::parse("boris").expect("a login");
    let daemon = Daemon::start(configure(folder.path(), &agent, language)).await.expect("a daemon");
    let mut phone = calling(&daemon, &agent, 601, None).await;
    phone.until("CALL_CLOSED").await;
    let heard = phone.heard().await;

    let said = Utterance { language, parts: vec![Part::Words(words.to_owned())] };
    let voice = daemon.house().plans.load().voice.clone();
    let sound = voice.sound(&said, &NameSound::default()).expect("the pack says it");
    let bytes = sound.clips.iter().flat_map(|clip| clip.encoded(Codec::Pcma).to_vec());
    let samples: Vec<i16> = bytes.map(|byte| g711::decode(Codec::Pcma, byte)).collect();
    let found = compare::find(&samples, &heard, 0);
    println!("{words}: {found:?}");
    assert!(found.windows > 3 && found.worst > 0.9, "it is not what was said: {found:?}");
    daemon.drain().await;
}

fn configure(folder: &Path, agent: &AgentId, language: Language) -> Config {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let account = DigestAccount { sha256: None, ..digest_account(agent.as_str(), "obzvon", PASSWORD) };
    let lines = account_lines(agent, "obzvon", &account).join("\n");
    // The trunk leads nowhere: nobody is called.
    let config = CarrierConfig::around(([127, 0, 0, 1], 9).into(), &project.join("prompts"))
        .expect("the speech packs")
        .campaign("reminders")
        .set("obzvon.toml", "media.ports", "24000-25999")
        .set("agents.toml", "accounts_env", "ACCOUNTS")
        .set("agents.toml", "queue.collectors.skills", Vec::<String>::new())
        .set("agents.toml", &format!("agent.{agent}.skills"), vec![format!("language:{}", language.code())]);
    config.write(&project.join("config"), &folder.join("config")).expect("files of our own");
    std::fs::create_dir_all(folder.join("data")).expect("a folder");
    let environment: Environment = [("ACCOUNTS".to_owned(), lines)].into();
    Config::load(&folder.join("config"), &environment)
        .map_err(|problems| problems.render(Language::En))
        .expect("sound")
}
