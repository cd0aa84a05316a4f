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
    let call = call_a_machine(greeting().concat(), [vec![0; PAUSE], beep()].concat(), Duration::MAX).await;
    assert_eq!((call.attempt.keys.as_str(), call.attempt.identified), ("", false));
    call.was_left_within(12_000);
}

/// Voice mail of the kind that the detector is measured with: spoken by espeak-ng, made by scripts/greetings
/// ("machine-machine-ru", voice f5), a tone of 0.19 s at its end.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_left_on_voice_mail_that_beeps_for_a_fifth_of_a_second() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/baresip_phone/voice_mail.wav");
    let clip = read(&file);
    let (greeting, end) = clip.split_at(43_800); // 5.475 s, where the last word ends
    let beep_ends = 48_600 - greeting.len(); // 6.075 s
    let call = call_a_machine(greeting.to_vec(), end[..beep_ends].to_vec(), Duration::MAX).await;
    call.was_left_within(12_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_begun_in_a_pause_of_the_greeting_is_left_whole_when_the_greeting_has_ended() {
    let [first, second] = greeting();
    let pause = vec![0; 8000 * 34 / 10];
    let call = call_a_machine([first, pause, second].concat(), Vec::new(), Duration::MAX).await;
    call.was_left_within(8000 * 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_a_machine_cuts_short_is_not_left() {
    let end = [vec![0; PAUSE], beep()].concat();
    let call = call_a_machine(greeting().concat(), end, Duration::from_secs(3)).await;
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
    /// What came after the greeting: a beep or nothing.
    end: Vec<i16>,
    message: Vec<i16>,
}

impl MachineCall {
    /// The message was left whole, not before the greeting's end was over and at most so many samples after it.
    fn was_left_within(&self, samples: usize) {
        assert_eq!(
            (self.attempt.outcome, self.attempt.disposition),
            (Some(Outcome::Machine), Some(Disposition::VoicemailLeft))
        );
        // Both recordings begin with the call.
        let greeting = compare::find(&self.greeting, &self.said, 0);
        assert!(greeting.worst > 0.9, "the greeting was not sent whole: {greeting:?}");
        let over = greeting.at + self.greeting.len() + self.end.len();
        let message = compare::find(&self.message, &self.heard, over - 800);
        println!("{message:?}, the greeting is over at {over}");
        assert!(message.worst > 0.9, "a piece of the message is missing: {message:?}");
        assert!(message.spread_ms <= 20.0, "the message has a gap: {message:?}");
        assert!(message.at > over - 800, "the message begins before the greeting is over");
        assert!(message.at < over + samples, "the machine has recorded silence");
    }
}

/// Samples between the greeting and the beep.
const PAUSE: usize = 4000;

/// The daemon calls a phone that speaks a greeting and its end; it hangs up so long after that.
async fn call_a_machine(greeting: Vec<i16>, end: Vec<i16>, hangs_up: Duration) -> MachineCall {
    let mut sound = [vec![0; 4000], greeting.clone(), end.clone()].concat();
    let beeped = length(std::slice::from_ref(&sound));
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
    let over = CancellationToken::new();
    let (_reload, reloads) = mpsc::channel(1);
    let story = async {
        phone.until("CALL_ESTABLISHED").await;
        if let Some(after) = beeped.checked_add(hangs_up) {
            sleep(after).await;
            phone.hang_up().await;
        }
        phone.until("CALL_CLOSED").await;
        let row = timeout(PATIENCE, finished(&store)).await.expect("the attempt is finished");
        over.cancel();
        (row, phone.heard_and_said().await)
    };
    let (_, (attempt, (heard, said))) = tokio::join!(daemon.work(over.clone(), reloads), story);
    daemon.drain().await;
    MachineCall { attempt, heard, said, greeting, end, message }
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
fn greeting() -> [Vec<i16>; 2] {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts/ru");
    let names = [
        "chtoby-ne-poluchat-takie-zvonki-ili-osta-52c64a0b-end.wav",
        "vvedite-chas-ot-devyati-do-devyatnadcati-c24ae08c-end.wav",
    ];
    names.map(|name| read(&folder.join(name)))
}

fn read(file: &Path) -> Vec<i16> {
    let mut wav = hound::WavReader::open(file).expect("a clip");
    wav.samples::<i16>().map(|sample| sample.expect("a sample")).collect()
}

/// 1000 Hz for half a second.
fn beep() -> Vec<i16> {
    (0..4000).map(|n| (6000.0 * (TAU * 1000.0 * n as f32 / 8000.0).sin()) as i16).collect()
}
