//! A daemon in this process, a carrier with debtors, and agents with phones of their own.

use std::f64::consts::TAU;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use jiff::civil::date;
use obzvon::agents::{Input, State};
use obzvon::config::{Config, Environment};
use obzvon::daemon::Daemon;
use obzvon::demo::carrier::script::{Script, Step};
use obzvon::demo::carrier::sound::synth::{Sound, tone};
use obzvon::demo::carrier::{Carrier, CarrierPlan, Casting};
use obzvon::demo::carrier_config::CarrierConfig;
use obzvon::domain::{AgentId, DigestAccount, Language};
use obzvon::store::{Store, StorePlan};
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::house::{self, House, REMINDERS};

/// The debtors' voice and the agents'.
pub const DEBTOR_HZ: f64 = 610.0;
pub const AGENT_HZ: f64 = 1130.0;
pub const BORIS_HZ: f64 = 1790.0;

/// Debtors behind a carrier; each call's sound, as the debtor heard it, is kept under the attempt's number.
pub async fn debtors(steps: Vec<Step>, special: &[(u32, Vec<Step>)], heard: &Path) -> Carrier {
    let mut plan = people("debtor", steps, DEBTOR_HZ, heard);
    for (n, steps) in special {
        let digits = house::number(*n).trim_start_matches('+').to_owned();
        plan.special.insert(digits, Script::new("special", steps.clone()));
    }
    Carrier::start(plan).await.expect("a free port")
}

/// Agents' phones on one switchboard.
pub async fn agents_phones(steps: Vec<Step>, heard: &Path) -> Carrier {
    agents_phones_of(AGENT_HZ, steps, heard).await
}

/// The same with another voice.
pub async fn agents_phones_of(hz: f64, steps: Vec<Step>, heard: &Path) -> Carrier {
    Carrier::start(people("agent", steps, hz, heard)).await.expect("a free port")
}

fn people(who: &'static str, steps: Vec<Step>, hz: f64, heard: &Path) -> CarrierPlan {
    let mut plan = CarrierPlan::new(1, date(2026, 2, 3));
    plan.casting = Casting::Always(Script::new(who, steps));
    // Whole periods, so that the joint is not heard.
    plan.sounds.replace(Sound::Ringback, tone(hz as f32, 1.0));
    plan.recordings = Some(heard.to_owned());
    plan
}

/// Answers after `ring` with a short word, then speaks in its tone for `talk`, and hangs up.
pub fn person(ring: Duration, talk: Duration) -> Vec<Step> {
    vec![
        Step::Ring(180),
        Step::Wait(ring),
        Step::Answer,
        Step::Play(Sound::Hello),
        Step::Listen(Duration::from_millis(1_500)),
        Step::Loop(Sound::Ringback),
        Step::Listen(talk),
        Step::HangUp,
    ]
}

/// An agent's phone: answers at once and speaks in its tone.
pub fn desk_phone() -> Vec<Step> {
    vec![Step::Answer, Step::Loop(Sound::Ringback), Step::Listen(Duration::from_secs(600))]
}

/// The house with agents, at work.
pub struct Office {
    pub house: House,
    daemon: JoinHandle<Daemon>,
    inside: std::sync::Arc<obzvon::daemon::House>,
    end: CancellationToken,
}

/// An agent: his login, where his phone is, and how it is called.
pub struct Desk {
    pub login: &'static str,
    /// Empty: it registers, with the password `PASSWORD`.
    pub contact: String,
    pub leg: &'static str,
}

pub const PASSWORD: &str = "the-password-of-an-agent";

impl Office {
    /// Imports `people` debtors, starts the daemon, and lets the agents log in and be ready.
    pub async fn open(mode: &str, carrier: &Carrier, people: u32, desks: &[Desk]) -> Self {
        Self::open_with(mode, carrier, people, desks, async |_| {}).await
    }

    /// As `open`, with something changed in the configuration.
    pub async fn open_by(
        change: impl FnOnce(CarrierConfig) -> CarrierConfig,
        mode: &str,
        carrier: &Carrier,
        people: u32,
        desks: &[Desk],
    ) -> Self {
        let config = change(config(mode, carrier.addr(), desks));
        Self::begin(config, people, desks, async |_| {}).await
    }

    /// As `open`, with something done to the store before the daemon starts.
    pub async fn open_with(
        mode: &str,
        carrier: &Carrier,
        people: u32,
        desks: &[Desk],
        prepare: impl AsyncFnOnce(&Store),
    ) -> Self {
        Self::begin(config(mode, carrier.addr(), desks), people, desks, prepare).await
    }

    /// Imports, starts and lets the agents log in.
    pub async fn begin(
        config: CarrierConfig,
        people: u32,
        desks: &[Desk],
        prepare: impl AsyncFnOnce(&Store),
    ) -> Self {
        let filter = tracing_subscriber::EnvFilter::from_default_env();
        tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init().ok();
        let house = House::new(config);
        let registering: Vec<_> = desks.iter().filter(|desk| desk.contact.is_empty()).collect();
        if !registering.is_empty() {
            write_accounts(&house, &registering);
        }
        house.import(people);
        let config = Config::load(&house.path("config"), &Environment::new());
        let config = config.map_err(|problems| problems.render(Language::En)).expect("sound");
        let plan = StorePlan { url: config.store.url.clone(), node: "before".to_owned() };
        let store = Store::open(plan).await.expect("it opens");
        prepare(&store).await;
        store.close().await;
        let office = Self::start(house).await;
        for desk in desks {
            let agent = AgentId::parse(desk.login).expect("a login");
            office.inside.floor.tell(&agent, Input::LogIn).expect("he logs in");
            office.inside.floor.tell(&agent, Input::Ready).expect("he is ready");
        }
        office
    }

    /// Ends the daemon and starts it again; nobody logs anybody in.
    pub async fn restart(self) -> Self {
        self.end.cancel();
        self.daemon.await.expect("it works").drain().await;
        drop(self.inside);
        Self::start(self.house).await
    }

    async fn start(house: House) -> Self {
        let config = Config::load(&house.path("config"), &Environment::new());
        let config = config.map_err(|problems| problems.render(Language::En)).expect("sound");
        let daemon = Daemon::start(config).await.expect("it starts");
        let inside = std::sync::Arc::clone(daemon.house());
        let end = CancellationToken::new();
        let (ended, mut daemon) = (end.clone(), daemon);
        let office = tokio::spawn(async move {
            let (_reload, reloads) = mpsc::channel(1);
            daemon.work(ended, reloads).await.expect("the node keeps its name");
            daemon
        });
        Self { house, daemon: office, inside, end }
    }

    pub fn inside(&self) -> &obzvon::daemon::House {
        &self.inside
    }

    pub fn state(&self, login: &str) -> State {
        let agent = AgentId::parse(login).expect("a login");
        self.inside.floor.state(&agent).expect("an agent of ours").0
    }

    /// Waits until nobody is left to call for now.
    pub async fn until_done(&self, seconds: u64) {
        self.until(seconds, "every contact was called", || {
            self.house.count(&["queued", "in_flight"]) == 0 && self.inside.live.count() == 0
        })
        .await;
    }

    /// Waits until something holds, and says what did not.
    pub async fn until(&self, seconds: u64, what: &str, mut holds: impl FnMut() -> bool) {
        let patience = std::time::Instant::now() + Duration::from_secs(seconds);
        while !holds() {
            let floor: Vec<_> = self.inside.floor.everybody();
            assert!(
                std::time::Instant::now() < patience,
                "not within {seconds} s: {what}; agents {floor:?}; contacts {:?}; attempts {:#?}",
                self.house.states(),
                self.house.attempts().iter().map(brief).collect::<Vec<_>>(),
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Ends the daemon and gives the attempts.
    pub async fn close(self) -> Vec<serde_json::Value> {
        self.close_and(async |_| {}).await.0
    }

    /// The same, and what is found in the store after it.
    pub async fn close_and<T>(self, look: impl AsyncFnOnce(&Store) -> T) -> (Vec<serde_json::Value>, T) {
        let url = self.inside.plans.load().config.store.url.clone();
        self.end.cancel();
        self.daemon.await.expect("it works").drain().await;
        let store = Store::open(StorePlan { url, node: "after".to_owned() }).await.expect("it opens");
        let found = look(&store).await;
        store.close().await;
        (self.house.attempts(), found)
    }
}

/// A configuration with these agents, and the campaign for them.
pub fn config(mode: &str, carrier: SocketAddr, desks: &[Desk]) -> CarrierConfig {
    let mut config = house::config(carrier)
        .set("agents.toml", "wrap_up_s", 1)
        .set("agents.toml", "disposition_first", false)
        .set("agents.toml", "queue.collectors.skills", Vec::<String>::new())
        .set(REMINDERS, "channel", "agent_call")
        .set(REMINDERS, "mode", mode)
        .set(REMINDERS, "flow", "overflow")
        .set(REMINDERS, "agents.queue", "collectors")
        .set("obzvon.toml", "daemon.drain_limit_s", 5);
    if mode == "predictive" {
        config = config.set(REMINDERS, "agents.shift", "0:00-24:00");
    }
    for desk in desks {
        let key = |key: &str| format!("agent.{}.{key}", desk.login);
        if desk.contact.is_empty() {
            config = config.set("agents.toml", "accounts_file", "secrets/accounts");
        } else {
            config = config.set("agents.toml", &key("contact"), desk.contact.as_str());
        }
        config = config.set("agents.toml", &key("leg"), desk.leg).set(
            "agents.toml",
            &key("skills"),
            vec!["language:ru".to_owned()],
        );
    }
    config
}

pub fn write_accounts(house: &House, desks: &[&Desk]) {
    let lines = desks.iter().flat_map(|desk| {
        let account = obzvon::sip::digest_account(desk.login, "obzvon", PASSWORD);
        // Not every phone knows better than MD5, and who has a better hash is never asked for it.
        let account = DigestAccount { sha256: None, ..account };
        obzvon::config::account_lines(&AgentId::parse(desk.login).expect("a login"), "obzvon", &account)
    });
    let text: String = lines.map(|line| line + "\n").collect();
    house.write("config/secrets/accounts", &text);
    let closed = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(house.path("config/secrets/accounts"), closed).expect("a mode");
}

/// What matters of an attempt.
pub fn brief(attempt: &serde_json::Value) -> String {
    let keys = ["attempt", "outcome", "disposition", "answer_at", "first_audio_at", "hung_up_by"];
    keys.map(|key| attempt[key].to_string()).join(" ")
}

/// What was heard in a call: 16-bit samples at 8 kHz.
pub fn heard(folder: &TempDir, attempt: i64) -> Vec<i16> {
    samples(folder, &attempt.to_string())
}

/// What an agent heard whose phone was called before there was an attempt: at the `nth` call from 0 on.
pub fn heard_before(folder: &TempDir, nth: usize) -> Vec<i16> {
    samples(folder, &format!("call{nth}"))
}

fn samples(folder: &TempDir, name: &str) -> Vec<i16> {
    let path = folder.path().join(format!("{name}.wav"));
    let mut wav = hound::WavReader::open(&path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
    wav.samples::<i16>().map(|sample| sample.expect("a sample")).collect()
}

/// Seconds in which a tone was heard, in slices of a tenth.
pub fn seconds_of(samples: &[i16], hz: f64) -> f64 {
    let slices = samples.chunks_exact(800);
    slices.filter(|slice| strength(slice, hz) > 2_000.0).count() as f64 / 10.0
}

/// The amplitude of a tone.
fn strength(samples: &[i16], hz: f64) -> f64 {
    let part = |of: fn(f64) -> f64| {
        samples.iter().enumerate().map(|(n, s)| f64::from(*s) * of(n as f64 / 8000.0 * TAU * hz)).sum::<f64>()
    };
    2.0 * part(f64::sin).hypot(part(f64::cos)) / samples.len() as f64
}

/// Seconds in which anything was heard that is no tone of ours: a prompt, music.
pub fn seconds_of_other(samples: &[i16]) -> f64 {
    let loud = |slice: &[i16]| slice.iter().map(|s| f64::from(s.unsigned_abs())).sum::<f64>() > 150.0 * 800.0;
    let slices = samples.chunks_exact(800);
    let tones = [DEBTOR_HZ, AGENT_HZ];
    let other = |slice: &&[i16]| loud(slice) && tones.iter().all(|hz| strength(slice, *hz) < 2_000.0);
    slices.filter(other).count() as f64 / 10.0
}

/// Seconds from the last of a tone to the next that is heard of anything.
pub fn gap_after(samples: &[i16], hz: f64) -> f64 {
    let slices: Vec<_> = samples.chunks_exact(800).collect();
    let last = slices.iter().rposition(|slice| strength(slice, hz) > 2_000.0).expect("the tone was heard");
    let loud =
        |slice: &&[i16]| slice.iter().map(|s| f64::from(s.unsigned_abs())).sum::<f64>() > 150.0 * 800.0;
    let quiet = slices[last + 1..].iter().position(loud).expect("something was heard after it");
    quiet as f64 / 10.0
}
