//! The whole way with an independent phone at its end: a debtor in the store, the daemon, baresip, the outcome row.

use std::path::Path;
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use obzvon::config::{Config, Environment};
use obzvon::daemon::{Clock, Daemon, NameSound, fill_campaign};
use obzvon::demo::carrier_config::{CarrierConfig, campaign_file};
use obzvon::domain::{
    Codec, Currency, DebtKind, DebtorType, Disposition, ImportRow, Language, Money, Outcome, PersonName,
    PhoneNumber, Utterance,
};
use obzvon::ivr::{CallFacts, FlowRun, IdentifiedBy, Input, Output};
use obzvon::media::g711;
use obzvon::store::{AttemptFilter, AttemptRow, CampaignState, Store, StorePlan};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::compare;
use super::phone::Phone;

pub const NUMBER: &str = "+79990000001";
const CALLER_ID: &str = "+74950000000";
const CREDITOR: &str = "Энергосбыт";
/// A whole reminder lasts less than a minute.
pub const PATIENCE: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread")]
async fn a_debtor_hears_his_reminder_presses_keys_and_the_outcome_row_says_so() {
    let mut phone = Phone::start(NUMBER).await;
    let folder = tempfile::tempdir().expect("a folder");
    let config = configure(folder.path(), phone.sip_port);
    let noon = Noon::now();
    let row = debtor(&noon);
    let said = rehearse(&config, &row, noon.today, "11");
    prepare(&config, &row).await;

    let mut daemon = Daemon::start(config).await.expect("a daemon");
    let store = daemon.house().store.clone();
    let voice = daemon.house().plans.load().voice.clone();
    let sounds: Vec<Vec<i16>> = said.iter().map(|utterance| samples(&voice, utterance)).collect();
    let end = CancellationToken::new();
    let (_reload, reloads) = mpsc::channel(1);
    let story = async {
        phone.until("CALL_ESTABLISHED").await;
        phone.mute().await;
        // The notice and the question, then key 1: it is he. The debt, and in the menu key 1: a link.
        sleep(length(&sounds[..2]) + Duration::from_secs(1)).await;
        phone.press("1").await;
        sleep(length(&sounds[2..3]) + Duration::from_secs(2)).await;
        phone.press("1").await;
        phone.until("CALL_CLOSED").await;
        let row = timeout(PATIENCE, finished(&store)).await.expect("the attempt is finished");
        end.cancel();
        (row, phone.heard().await)
    };
    let (_, (attempt, heard)) = tokio::join!(daemon.work(end.clone(), reloads), story);
    daemon.drain().await;

    assert_eq!(
        (attempt.outcome, attempt.disposition),
        (Some(Outcome::Answered), Some(Disposition::LinkSent))
    );
    assert_eq!((attempt.keys.as_str(), attempt.identified), ("11", true));
    assert_eq!(attempt.hung_up_by.as_deref(), Some("us"));
    for grade in ["picked_up", "identified", "amount_heard", "date_heard"] {
        assert!(attempt.grades.iter().any(|known| known == grade), "{grade} of {:?}", attempt.grades);
    }
    // All that was said, but for the menu that a key cut short, is in the recording, in order and whole.
    let mut from = 0;
    for sound in sounds.iter().enumerate().filter(|(n, _)| *n != 3).map(|(_, sound)| sound) {
        let found = compare::find(sound, &heard, from);
        println!("{found:?}");
        assert!(found.worst > 0.9, "a piece is missing: {found:?}");
        assert!(found.spread_ms <= 20.0, "there is a gap: {found:?}");
        from = found.at + sound.len();
    }
}

/// A zone in which it is noon, so that the test may call at any hour.
pub struct Noon {
    zone: String,
    pub today: Date,
}

impl Noon {
    pub fn now() -> Self {
        let utc = Clock.wall().to_zoned_datetime(TimeZone::UTC);
        let offset = 12 - i64::from(utc.hour());
        let sign = if offset < 0 { '-' } else { '+' };
        let today = utc.datetime().checked_add(offset.hours()).expect("today is in range").date();
        Self { zone: format!("{sign}{:02}:00", offset.abs()), today }
    }
}

pub fn debtor(noon: &Noon) -> ImportRow {
    ImportRow {
        line: 2,
        external_id: "contract-1".to_owned(),
        person_id: "P1".to_owned(),
        name: Some(PersonName::new("Белкин Иван Петрович")),
        phones: vec![PhoneNumber::parse(NUMBER).expect("E.164")],
        time_zone: Some(noon.zone.clone()),
        region: None,
        language: Language::Ru,
        debtor_type: Some(DebtorType::Forgetful),
        creditor: CREDITOR.to_owned(),
        amount: Money::new(123_450, Currency::Rub),
        due: noon.today.saturating_sub(5.days()),
    }
}

/// What the flow knows of this debtor.
pub fn facts(row: &ImportRow, today: Date) -> CallFacts {
    CallFacts {
        name: None,
        identified_by: IdentifiedBy::Number,
        language: row.language,
        untold: Vec::new(),
        creditor: row.creditor.clone(),
        amount: row.amount,
        due: row.due,
        kind: DebtKind::Overdue,
        callback: PhoneNumber::parse(CALLER_ID).expect("E.164"),
        today,
    }
}

/// What the flow says to this debtor when he presses these keys, each after the end of a prompt.
fn rehearse(config: &Config, row: &ImportRow, today: Date, keys: &str) -> Vec<Utterance> {
    let now = Clock.now();
    let mut run = FlowRun::new(config.flows["reminder_overdue"].clone(), facts(row, today), now);
    let (mut said, mut keys) = (Vec::new(), keys.chars());
    run.handle(now, Input::Begin);
    loop {
        match run.poll() {
            Some(Output::Say { prompt, utterance, .. }) => {
                said.push(utterance);
                run.handle(now, Input::PromptEnded { prompt, percent: 100 });
            }
            Some(Output::HangUp) => return said,
            Some(_) => {}
            None => run.handle(now, Input::Digit(keys.next().expect("the flow ends with these keys"))),
        }
    }
}

pub fn samples(voice: &obzvon::daemon::Voice, utterance: &Utterance) -> Vec<i16> {
    let sound = voice.sound(utterance, &NameSound::default()).expect("the pack can say it");
    let bytes = sound.clips.iter().flat_map(|clip| clip.encoded(Codec::Pcma).to_vec());
    bytes.map(|byte| g711::decode(Codec::Pcma, byte)).collect()
}

pub fn length(sounds: &[Vec<i16>]) -> Duration {
    Duration::from_micros(sounds.iter().map(|sound| sound.len() as u64 * 125).sum())
}

pub async fn prepare(config: &Config, row: &ImportRow) {
    let plan = StorePlan { url: config.store.url.clone(), node: config.daemon.node.clone() };
    let store = Store::open(plan).await.expect("a store");
    let now: Timestamp = Clock.wall();
    store.upsert(std::slice::from_ref(row), now).await.expect("it is written");
    let filled = fill_campaign(&store, config, "reminders").await.expect("it is filled");
    assert_eq!((filled.queued, filled.held), (1, 0));
    store.set_campaign("reminders", CampaignState::Running, "boss", now).await.expect("it runs");
    store.close().await;
}

pub async fn finished(store: &Store) -> AttemptRow {
    loop {
        let rows = store.export_attempts(AttemptFilter::default()).next_page().await.expect("attempts");
        if let Some(row) = rows.into_iter().find(|row| row.outcome.is_some()) {
            return row;
        }
        sleep(Duration::from_millis(200)).await;
    }
}

/// One trunk that leads to the phone, one campaign that may call at any hour.
pub fn configure(folder: &Path, port: u16) -> Config {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (reminders, calendar) = (campaign_file("reminders"), ["calendar.weekdays", "calendar.weekend"]);
    let mut config = CarrierConfig::around(([127, 0, 0, 1], port).into(), &project.join("prompts"))
        .expect("the speech packs")
        .campaign("reminders")
        .set("obzvon.toml", "media.ports", "20000-23999")
        .set("trunks.toml", "trunk.carrier.codecs", vec!["pcma"])
        .set(&reminders, "kinds", vec!["overdue"]);
    for days in calendar {
        config = config.set(&reminders, days, "00:00-24:00");
    }
    config.write(&project.join("config"), &folder.join("config")).expect("files of our own");
    std::fs::create_dir_all(folder.join("data")).expect("a folder");
    Config::load(&folder.join("config"), &Environment::new())
        .map_err(|problems| problems.render(Language::En))
        .expect("sound")
}
