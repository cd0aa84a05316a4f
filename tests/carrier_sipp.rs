//! The simulated carrier against sipp: a caller that shares no line of code with it.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use jiff::civil::date;
use obzvon::demo::carrier::script::{Faults, Refusal, Script, Step};
use obzvon::demo::carrier::sound::synth::Sound;
use obzvon::demo::carrier::{CallRecord, Carrier, CarrierPlan, Casting, Ending};
use tokio::process::Command;

const QUIET: Duration = Duration::from_millis(700);

fn plan(steps: Vec<Step>) -> CarrierPlan {
    let mut plan = CarrierPlan::new(1, date(2026, 2, 3));
    plan.casting = Casting::Always(Script::new("test", steps));
    plan
}

fn answers() -> Vec<Step> {
    vec![Step::Ring(180), Step::Wait(Duration::from_millis(200)), Step::Answer]
}

/// Runs `calls` of a scenario, echoing RTP, and hands over the carrier's records once sipp is content.
async fn call(plan: CarrierPlan, scenario: &str, calls: u32) -> Vec<CallRecord> {
    let carrier = Carrier::start(plan).await.expect("a free port");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/carrier_sipp");
    let work = tempfile::tempdir().expect("a folder");
    let Output { status, stdout, stderr } = Command::new("sipp")
        .current_dir(work.path())
        .arg(carrier.addr().to_string())
        .arg("-sf")
        .arg(folder.join(scenario))
        .args(["-i", "127.0.0.1", "-s", "79990000001", "-rtp_echo", "-cid_str", "%u-%p@%s"])
        .args(["-m", &calls.to_string(), "-r", "50", "-mp", &media_port(scenario).to_string()])
        .args(["-timeout", "40s", "-timeout_error", "-nostdin"])
        .output()
        .await
        .expect("sipp is installed (scripts/test installs it)");
    let records = carrier.stop().await;
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let said = (text(&stdout), text(&stderr));

    assert!(status.success(), "sipp: {status}\n{}\n{}\n{records:?}", said.0, said.1);
    records
}

/// Scenarios run side by side, so each has a port of its own for the echo.
fn media_port(scenario: &str) -> u32 {
    12_000 + scenario.bytes().map(u32::from).sum::<u32>() * 4 % 4000
}

fn only(records: Vec<CallRecord>) -> CallRecord {
    assert_eq!(records.len(), 1, "{records:?}");
    records.into_iter().next().expect("one")
}

#[tokio::test(flavor = "multi_thread")]
async fn sipp_is_answered_and_hangs_up() {
    let records = call(plan(answers()), "caller_hangs_up.xml", 20).await;
    assert_eq!(records.len(), 20);
    let attempts: std::collections::BTreeSet<_> = records.iter().map(|record| record.attempt).collect();
    assert_eq!(attempts.len(), 20, "{records:?}");
    for record in records {
        assert_eq!(record.ending, Some(Ending::HungUpByCaller), "{record:?}");
        assert_eq!((record.number.as_str(), record.invites), ("79990000001", 1));
        assert!(record.rang() && record.acknowledged.is_some());
        assert!((45..=55).contains(&record.rtp.sent), "a second of 20 ms frames: {record:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_pressed_when_the_caller_falls_silent() {
    // sipp echoes our hello: that is the caller's prompt, and its end is the pause.
    let mut steps = answers();
    let pause = Step::Pause { quiet: QUIET, limit: Duration::from_secs(10) };
    steps.extend([Step::Play(Sound::Hello), pause, Step::Press("1#".to_owned()), Step::HangUp]);
    let mut plan = plan(steps);
    let work = tempfile::tempdir().expect("a folder");
    (plan.recordings, plan.log) = (Some(work.path().into()), Some(work.path().join("calls.jsonl")));
    let record = only(call(plan, "callee_hangs_up.xml", 1).await);
    assert_eq!(record.ending, Some(Ending::HungUpByCallee));
    assert!(record.acknowledged.is_some());
    assert_eq!((record.keys_sent.as_str(), record.keys_heard.as_str()), ("1#", "1#"));
    assert!(record.rtp.received > 60 && record.rtp.lost == 0, "{record:?}");
    let wav: PathBuf = work.path().join(format!("{}.wav", record.attempt.expect("in the Call-ID")));
    let heard = hound::WavReader::open(wav).expect("a recording").duration();
    assert!(heard > 8000, "{heard} samples");
    let line = std::fs::read_to_string(work.path().join("calls.jsonl")).expect("the log");
    assert!(line.contains("\"ending\":\"hung_up_by_callee\"") && line.contains("\"number\":\"79990000001\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_announcement_is_early_media_before_its_404() {
    let steps = vec![
        Step::EarlyMedia,
        Step::Play(Sound::NotInService),
        Step::Refuse(Refusal::new(404, "Not Found", Some(1))),
    ];
    let record = only(call(plan(steps), "refused.xml", 1).await);
    assert_eq!(record.ending, Some(Ending::Refused(404)));
    assert!(record.early_media.is_some() && !record.rang());
    assert!(record.rtp.sent > 250, "{record:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ringing_call_is_cancelled() {
    let record = only(call(plan(vec![Step::Ring(180)]), "cancelled.xml", 1).await);
    assert_eq!((record.ending, record.answered), (Some(Ending::Cancelled), None));
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_get_through_a_network_that_loses_a_tenth() {
    let mut plan = plan(answers());
    plan.sip_loss_percent = 10;
    if let Casting::Always(script) = &mut plan.casting {
        script.faults = Faults { repeat_answer: 1, ..Faults::default() };
    }
    let records = call(plan, "lossy.xml", 20).await;
    assert_eq!(records.len(), 20);
    assert!(records.iter().all(|record| record.ending == Some(Ending::HungUpByCaller)), "{records:?}");
}
