//! Many calls between a sipp carrier and three baresip agents: whoever answers is joined to an agent or hears the neutral
//! flow. `OBZVON_CALLS=300` makes so many calls in each mode.

use std::io::Write;
use std::time::Duration;

use obzvon::demo::carrier::sound::synth::{Sound, Sounds, tone};
use obzvon::domain::Codec;
use obzvon::media::g711::encode;

use crate::office::{DEBTOR_HZ, Desk, Office, brief, config, seconds_of};
use crate::phone::Phone;
use crate::sipp_harness::Sipp;

/// One of two answers.
const USUAL: u32 = 30;
/// From the answer until the debtor hangs up.
const TALK: Duration = Duration::from_secs(7);

#[tokio::test(flavor = "multi_thread")]
async fn in_progressive_mode_everybody_who_answers_is_served() {
    Box::pin(many("progressive")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_predictive_mode_everybody_who_answers_is_served() {
    Box::pin(many("predictive")).await;
}

async fn many(mode: &str) {
    let calls = std::env::var("OBZVON_CALLS").ok().and_then(|calls| calls.parse().ok()).unwrap_or(USUAL);
    let speech = speech();
    let path = speech.path().to_str().expect("UTF-8");
    let talk_ms = TALK.as_millis().to_string();
    let patience = format!("{}s", 600 + calls * 10);
    let (total, most) = (calls.to_string(), "100");
    let args = ["-m", &total, "-l", most, "-timeout", &patience, "-quiet"];
    let fill = ["-set", "speech", path, "-set", "talk_ms", &talk_ms];
    let carrier = Sipp::start("person", &[&args[..], &fill[..]].concat()).await;
    let phones = [Phone::start("anna").await, Phone::start("boris").await, Phone::start("clara").await];
    let desks: Vec<_> = ["anna", "boris", "clara"]
        .into_iter()
        .zip(&phones)
        .map(|(login, phone)| Desk {
            login,
            contact: format!("sip:{login}@127.0.0.1:{}", phone.sip_port),
            leg: "nailed_up",
        })
        .collect();
    let config = config(mode, carrier.addr, &desks);
    let office = Office::begin(config, calls, &desks, async |_| {}).await;
    office.until_done(60 + u64::from(calls) * 6).await;
    let heard_after = office.inside().metrics.exposition();
    let attempts = office.close().await;

    assert_eq!(attempts.len(), calls as usize);
    let (mut joined, mut served) = (0_u32, 0_u32);
    for attempt in attempts.iter().filter(|attempt| !attempt["answer_at"].is_null()) {
        assert!(!attempt["first_audio_at"].is_null(), "left in silence: {}", brief(attempt));
        match (attempt["outcome"].as_str(), attempt["channel"].as_str()) {
            (Some("answered"), Some("agent_call")) => joined += 1,
            (Some("abandoned"), _) => served += 1,
            _ => panic!("{attempt:#?}"),
        }
    }
    let mut agents_heard = 0.0;
    for phone in phones {
        agents_heard += seconds_of(&phone.heard().await, DEBTOR_HZ);
    }
    println!("{mode}: {calls} calls, {joined} joined to an agent, {served} served by the flow");
    println!("the agents heard {:.1} s of each debtor joined", agents_heard / f64::from(joined.max(1)));
    for line in heard_after.lines().filter(|line| line.starts_with("obzvon_agent_heard")) {
        println!("{line}");
    }
    assert_eq!(joined + served, (0..calls).filter(|n| n % 10 < 5).count() as u32);
    assert!(joined > served, "{joined} joined, {served} served by the flow");
    assert!(agents_heard > f64::from(joined) * 2.0, "{agents_heard} s in {joined} talks of {TALK:?}");
}

/// A word, a pause to be answered in, and a tone: raw A-law.
pub fn speech() -> tempfile::NamedTempFile {
    let hello = Sounds::synthesised().samples(Sound::Hello);
    let pause = vec![0_i16; 12_000];
    let samples = hello.iter().copied().chain(pause).chain(tone(DEBTOR_HZ as f32, 10.0));
    let bytes: Vec<u8> = samples.map(|sample| encode(Codec::Pcma, sample)).collect();
    let mut file = tempfile::Builder::new().suffix(".al").tempfile().expect("a file");
    file.write_all(&bytes).expect("room");
    file
}
