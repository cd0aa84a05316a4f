//! An independent phone, baresip, answers our call: it hears the prompt whole and its keys reach us.

mod compare;
mod own_numbers;
mod phone;
mod reminder;
mod voicemail;

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use obzvon::domain::attempt::HungUpBy;
use obzvon::domain::{AttemptId, Codec};
use obzvon::media::{Clip, MediaEngine, MediaEvent, MediaPlan, PlayId, Stream, StreamPlan};
use obzvon::sip::{Leg, LegEvent, PlaceCall, Reason, SipPlan, SipStack, Transport, TrunkTarget};
use phone::Phone;
use tokio::time::timeout;

const NUMBER: &str = "79990000001";
/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn the_phone_hears_the_prompt_whole_and_its_keys_are_counted_once() {
    let mut phone = Phone::start(NUMBER).await;
    let stack = SipStack::start(SipPlan::new("127.0.0.1:0".parse().expect("an address"), "dialer.example"));
    let stack = stack.await.expect("a stack on loopback");
    let engine = MediaEngine::start(MediaPlan::on(IpAddr::V4(Ipv4Addr::LOCALHOST))).expect("an engine");
    let mut stream = engine.open(StreamPlan::default()).expect("a stream");
    let call = PlaceCall {
        attempt: AttemptId(1),
        tag: 7,
        trunk: TrunkTarget::new("127.0.0.1".to_owned(), phone.sip_port, Transport::Udp),
        to_user: NUMBER.to_owned(),
        from_user: "74950000000".to_owned(),
        display: None,
        rtp: stream.local_addr(),
        codecs: vec![Codec::Pcma],
    };
    let mut leg = stack.place(call).await.expect("it leaves");
    until_answered(&mut leg, &stream).await;
    phone.mute().await;

    let prompt = prompt();
    let clips = prompt.iter().map(|samples| Arc::new(Clip::from_pcm(samples))).collect();
    stream.play(PlayId(1), clips).expect("it plays");
    until_played(&mut stream).await;
    phone.press("12#").await;
    assert_eq!(keys(&mut stream, 3).await, "12#");

    leg.hang_up(Reason::NORMAL);
    loop {
        match timeout(PATIENCE, leg.next_event()).await.expect("an end").expect("an event") {
            LegEvent::Ended { by, .. } => break assert_eq!(by, HungUpBy::Us),
            event => assert!(!event.is_last(), "{event:?}"),
        }
    }
    let found = compare::find(&prompt.concat(), &phone.heard().await, 0);
    println!("{found:?}");
    assert!(found.windows > 15, "{found:?}");
    assert!(found.worst > 0.9, "a piece of the prompt is missing: {found:?}");
    assert!(found.spread_ms <= 20.0, "the prompt has a gap: {found:?}");
}

/// Pieces of a real prompt, to be played without a gap between them.
fn prompt() -> Vec<Vec<i16>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts/ru");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the Russian pack")
        .filter_map(|file| Some(file.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "wav"))
        .collect();
    files.sort();
    let read = |path: &std::path::PathBuf| -> Vec<i16> {
        let mut wav = hound::WavReader::open(path).expect("a clip");
        wav.samples::<i16>().map(|sample| sample.expect("a sample")).collect()
    };
    // The longest sentences: a few seconds each.
    let mut clips: Vec<_> = files.iter().map(read).collect();
    clips.sort_by_key(|samples| std::cmp::Reverse(samples.len()));
    clips.truncate(3);
    clips
}

async fn until_answered(leg: &mut Leg, stream: &Stream) {
    loop {
        match timeout(PATIENCE, leg.next_event()).await.expect("an answer").expect("an event") {
            LegEvent::Answered(target) => {
                stream.connect(target).expect("it connects");
                stream.answered().expect("it runs");
                return;
            }
            event => assert!(!event.is_last(), "{event:?}"),
        }
    }
}

async fn until_played(stream: &mut Stream) {
    loop {
        let event = timeout(PATIENCE, stream.next_event()).await.expect("the prompt ends").expect("an event");
        if let MediaEvent::PlayEnded { percent, .. } = event {
            assert_eq!(percent, 100);
            return;
        }
    }
}

/// The next `count` keys, and whatever else comes within half a second after.
async fn keys(stream: &mut Stream, count: usize) -> String {
    let mut keys = String::new();
    let mut patience = PATIENCE;
    while let Ok(Some(event)) = timeout(patience, stream.next_event()).await {
        if let MediaEvent::Digit { digit, .. } = event {
            keys.push(digit);
        }
        if keys.len() >= count {
            patience = Duration::from_millis(500);
        }
    }
    keys
}
