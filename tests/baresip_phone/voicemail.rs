//! The phone is an answering machine: the message goes after its beep, and counts as left only when it was heard whole.

use std::f32::consts::TAU;
use std::path::Path;
use std::time::Duration;

use obzvon::daemon::{Clock, Daemon};
use obzvon::domain::{Disposition, Outcome, Utterance};
use obzvon::ivr::{FlowRun, Input, Output};
use obzvon::store::AttemptRow;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::compare;
use super::phone::Phone;
use super::reminder::{NUMBER, Noon, PATIENCE, configure, debtor, facts, finished, length, prepare, samples};

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_left_whole_after_the_beep_and_never_over_the_greeting() {
    let call = call_a_machine(Duration::MAX).await;
    assert_eq!(
        (call.attempt.outcome, call.attempt.disposition),
        (Some(Outcome::Machine), Some(Disposition::VoicemailLeft))
    );
    assert_eq!((call.attempt.keys.as_str(), call.attempt.identified), ("", false));
    // Both recordings begin with the call.
    let greeting = compare::find(&call.greeting, &call.said, 0);
    assert!(greeting.worst > 0.9, "the greeting was not sent whole: {greeting:?}");
    let beep_ends = greeting.at + call.greeting.len() + PAUSE + call.beep.len();
    let message = compare::find(&call.message, &call.heard, beep_ends - 8000);
    println!("{message:?}, the beep ends at {beep_ends}");
    assert!(message.worst > 0.9, "a piece of the message is missing: {message:?}");
    assert!(message.spread_ms <= 20.0, "the message has a gap: {message:?}");
    assert!(message.at > beep_ends - 800, "the message begins before the beep ends");
    assert!(message.at < beep_ends + 12_000, "the machine has recorded silence");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_a_machine_cuts_short_is_not_left() {
    let call = call_a_machine(Duration::from_secs(3)).await;
    assert_eq!(call.attempt.outcome, Some(Outcome::Machine));
    assert_ne!(call.attempt.disposition, Some(Disposition::VoicemailLeft));
    assert_eq!(call.attempt.hung_up_by.as_deref(), Some("callee"));
    assert!(call.heard.len() < call.said.len() + call.message.len(), "it heard all of the message");
}

struct MachineCall {
    attempt: AttemptRow,
    /// What the phone heard and what it sent.
    heard: Vec<i16>,
    said: Vec<i16>,
    greeting: Vec<i16>,
    beep: Vec<i16>,
    message: Vec<i16>,
}

/// Samples between the greeting and the beep.
const PAUSE: usize = 4000;

/// The daemon calls a phone that speaks a greeting and beeps; it hangs up so long after its beep.
async fn call_a_machine(hangs_up: Duration) -> MachineCall {
    let greeting = greeting();
    let beep = beep();
    let mut sound = vec![0; 4000];
    sound.extend(&greeting);
    sound.extend([0; PAUSE]);
    let beeped = length(&[sound.clone(), beep.clone()]);
    sound.extend(&beep);
    sound.extend(vec![0; 8000 * 60]);
    let mut phone = Phone::that_plays(NUMBER, &sound).await;
    let folder = tempfile::tempdir().expect("a folder");
    let config = configure(folder.path(), phone.sip_port);
    let noon = Noon::now();
    let row = debtor(&noon);
    let flow = config.flows["reminder_overdue"].clone();
    let message = message(FlowRun::new(flow, facts(&row, noon.today), Clock.now()));
    prepare(&config, &row).await;

    let mut daemon = Daemon::start(config).await.expect("a daemon");
    let store = daemon.house().store.clone();
    let voice = daemon.house().plans.load().voice.clone();
    let message = samples(&voice, &message);
    let end = CancellationToken::new();
    let (_reload, reloads) = mpsc::channel(1);
    let story = async {
        phone.until("CALL_ESTABLISHED").await;
        if let Some(after) = beeped.checked_add(hangs_up) {
            sleep(after).await;
            phone.hang_up().await;
        }
        phone.until("CALL_CLOSED").await;
        let row = timeout(PATIENCE, finished(&store)).await.expect("the attempt is finished");
        end.cancel();
        (row, phone.heard_and_said().await)
    };
    let (_, (attempt, (heard, said))) = tokio::join!(daemon.work(end.clone(), reloads), story);
    daemon.drain().await;
    MachineCall { attempt, heard, said, greeting, beep, message }
}

/// What the flow leaves for this debtor.
fn message(mut run: FlowRun) -> Utterance {
    let now = Clock.now();
    let mut said = None;
    for input in [Input::Begin, Input::MachineHeard, Input::BeepEnded] {
        run.handle(now, input);
        while let Some(output) = run.poll() {
            if let Output::Say { utterance, .. } = output {
                said = Some(utterance);
            }
        }
    }
    said.expect("the flow leaves a message")
}

/// Two long sentences, as a machine's greeting.
fn greeting() -> Vec<i16> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts/ru");
    let names = [
        "chtoby-ne-poluchat-takie-zvonki-ili-osta-52c64a0b-end.wav",
        "vvedite-chas-ot-devyati-do-devyatnadcati-c24ae08c-end.wav",
    ];
    let read = |name: &str| {
        let mut wav = hound::WavReader::open(folder.join(name)).expect("a prompt");
        wav.samples::<i16>().map(|sample| sample.expect("a sample")).collect::<Vec<i16>>()
    };
    names.map(read).concat()
}

/// 1000 Hz for half a second.
fn beep() -> Vec<i16> {
    (0..4000).map(|n| (6000.0 * (TAU * 1000.0 * n as f32 / 8000.0).sin()) as i16).collect()
}
