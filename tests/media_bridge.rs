//! People bridged to one another, with real sockets: who hears whom, and that nothing is lost on the way.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod rtp_phone;

use std::f64::consts::TAU;
use std::sync::Arc;
use std::time::Duration;

use obzvon::domain::media_target::MediaTarget;
use obzvon::domain::{Codec, InfoBody};
use obzvon::media::dtmf::TelephoneEvent;
use obzvon::media::{Clip, MediaEngine, MediaEvent, PlayId, RecordingPlan, Stream, StreamPlan, g711};
use rtp_phone::{EVENT, Phone, clip, engine, event, open};

const SILENCE: [u8; 160] = [0xd5; 160];

/// A person with a tone for a voice.
struct Person {
    phone: Phone,
    stream: Stream,
    hz: f64,
    said: u32,
}

impl Person {
    async fn on(engine: &MediaEngine, hz: f64) -> Self {
        Self::with(engine, hz, StreamPlan::default()).await
    }

    async fn with(engine: &MediaEngine, hz: f64, plan: StreamPlan) -> Self {
        let (phone, stream) = (Phone::new().await, engine.open(plan).unwrap());
        stream.connect(phone.target()).unwrap();
        Self { phone, stream, hz, said: 0 }
    }

    /// Says 20 ms of its tone.
    async fn say(&mut self) {
        let frame: Vec<u8> = (0..160)
            .map(|n| f64::from(self.said + n) / 8000.0 * TAU * self.hz)
            .map(|phase| g711::encode(Codec::Pcma, (6000.0 * phase.sin()) as i16))
            .collect();
        self.said += 160;
        self.phone.send(self.stream.local_addr(), &frame).await;
    }
}

/// All talk at once; who hears what, as the tones found in each one's last half second.
async fn converse<const N: usize>(people: [&mut Person; N]) -> [Vec<f64>; N] {
    let tones: Vec<f64> = people.iter().map(|person| person.hz).collect();
    let mut heard: [Vec<i16>; N] = std::array::from_fn(|_| Vec::new());
    let mut people = people;
    // Each step waits for a packet from the engine, so that its clock is the test's.
    for _ in 0..75 {
        for (person, heard) in people.iter_mut().zip(&mut heard) {
            let packet = person.phone.hear().await;
            heard.extend(packet.payload.iter().map(|byte| g711::decode(Codec::Pcma, *byte)));
            person.say().await;
        }
    }
    heard.map(|samples| {
        let last = &samples[samples.len() - 4000..];
        tones.iter().copied().filter(|hz| strength(last, *hz) > 0.15).collect()
    })
}

/// The amplitude of a tone over that of a person's voice.
fn strength(samples: &[i16], hz: f64) -> f64 {
    let part = |of: fn(f64) -> f64| {
        samples.iter().enumerate().map(|(n, s)| f64::from(*s) * of(n as f64 / 8000.0 * TAU * hz)).sum::<f64>()
    };
    2.0 * part(f64::sin).hypot(part(f64::cos)) / samples.len() as f64 / 6000.0
}

#[tokio::test]
async fn a_stream_that_hears_itself_gives_back_what_is_said() {
    let engine = engine();
    let mut anna = Person::on(&engine, 500.0).await;
    let link = anna.stream.link();
    link.hear(&link).unwrap();
    assert_eq!(converse([&mut anna]).await, [[500.0]]);
}

#[tokio::test]
async fn two_people_hear_each_other_and_not_themselves() {
    let engine = engine();
    let (mut debtor, mut agent) = (Person::on(&engine, 500.0).await, Person::on(&engine, 1100.0).await);
    debtor.stream.bridge(&agent.stream).unwrap();
    assert_eq!(converse([&mut debtor, &mut agent]).await, [vec![1100.0], vec![500.0]]);
    debtor.stream.part(&agent.stream).unwrap();
    assert!(converse([&mut debtor, &mut agent]).await.iter().all(Vec::is_empty));
}

#[tokio::test]
async fn three_people_hear_the_other_two() {
    let engine = engine();
    let mut a = Person::on(&engine, 500.0).await;
    let mut b = Person::on(&engine, 1100.0).await;
    let mut c = Person::on(&engine, 1700.0).await;
    a.stream.bridge(&b.stream).unwrap();
    b.stream.bridge(&c.stream).unwrap();
    c.stream.bridge(&a.stream).unwrap();
    let heard = converse([&mut a, &mut b, &mut c]).await;
    assert_eq!(heard, [vec![1100.0, 1700.0], vec![500.0, 1700.0], vec![500.0, 1100.0]]);
}

#[tokio::test]
async fn a_supervisor_listens_whispers_and_barges_in() {
    let engine = engine();
    let mut debtor = Person::on(&engine, 500.0).await;
    let mut agent = Person::on(&engine, 1100.0).await;
    let mut chief = Person::on(&engine, 1700.0).await;
    debtor.stream.bridge(&agent.stream).unwrap();

    chief.stream.hear(&debtor.stream).unwrap();
    chief.stream.hear(&agent.stream).unwrap();
    let heard = converse([&mut debtor, &mut agent, &mut chief]).await;
    assert_eq!(heard, [vec![1100.0], vec![500.0], vec![500.0, 1100.0]], "who listens is not heard");

    agent.stream.hear(&chief.stream).unwrap();
    let heard = converse([&mut debtor, &mut agent, &mut chief]).await;
    assert_eq!(heard, [vec![1100.0], vec![500.0, 1700.0], vec![500.0, 1100.0]], "a whisper is the agent's");

    debtor.stream.hear(&chief.stream).unwrap();
    let heard = converse([&mut debtor, &mut agent, &mut chief]).await;
    assert_eq!(heard[0], [1100.0, 1700.0], "who barges in is heard by both");

    chief.stream.unbridge().unwrap();
    let heard = converse([&mut debtor, &mut agent, &mut chief]).await;
    assert_eq!(heard, [vec![1100.0], vec![500.0], vec![]], "the talk goes on without him");
}

#[tokio::test]
async fn who_is_on_hold_hears_music_and_is_not_heard_and_who_is_muted_hears() {
    let engine = engine();
    let (mut debtor, mut agent) = (Person::on(&engine, 500.0).await, Person::on(&engine, 1100.0).await);
    debtor.stream.bridge(&agent.stream).unwrap();
    let tone: Vec<i16> =
        (0..800).map(|n| (6000.0 * (f64::from(n) / 8000.0 * TAU * 2300.0).sin()) as i16).collect();
    debtor.stream.music(Some(vec![Arc::new(Clip::from_pcm(&tone))])).unwrap();
    debtor.stream.mute(true).unwrap();
    let mut music = Person::on(&engine, 2300.0).await;
    let heard = converse([&mut debtor, &mut agent, &mut music]).await;
    assert_eq!(heard, [vec![2300.0], vec![], vec![]]);

    debtor.stream.music(None).unwrap();
    debtor.stream.mute(false).unwrap();
    agent.stream.mute(true).unwrap();
    assert_eq!(converse([&mut debtor, &mut agent]).await, [vec![], vec![500.0]]);
}

#[tokio::test]
async fn one_codec_is_turned_into_the_other_in_both_directions() {
    let engine = engine();
    let (mut anna, mut boris) = (Phone::new().await, Phone::new().await);
    let (one, two) = (open(&engine), open(&engine));
    one.connect(anna.target()).unwrap();
    two.connect(MediaTarget { codec: Codec::Pcmu, ..boris.target() }).unwrap();
    one.bridge(&two).unwrap();
    boris.hear().await;
    let sound = clip(5, 160 * 8);
    for frame in sound.encoded(Codec::Pcma).chunks(160) {
        anna.send(one.local_addr(), frame).await;
    }
    let mut expected: Vec<u8> = Vec::new();
    for frame in sound.encoded(Codec::Pcma).chunks(160) {
        let mut frame: [u8; 160] = frame.try_into().unwrap();
        g711::transcode(Codec::Pcma, Codec::Pcmu, &mut frame);
        expected.extend(frame);
    }
    assert_eq!(heard_from(&boris, 0, expected.len()).await, expected);

    let back = clip(9, 160 * 8);
    for frame in back.encoded(Codec::Pcmu).chunks(160) {
        let timestamp = boris.timestamp;
        boris.packet(two.local_addr(), 0, timestamp, frame).await;
        boris.timestamp += 160;
    }
    let heard = heard_from(&anna, 8, back.samples()).await;
    let decoded = |bytes: &[u8]| bytes.iter().map(|b| g711::decode(Codec::Pcma, *b)).collect::<Vec<_>>();
    for (heard, said) in decoded(&heard).iter().zip(decoded(back.encoded(Codec::Pcma))) {
        assert!((i32::from(*heard) - i32::from(said)).abs() <= 1024, "{heard} for {said}");
    }
}

/// The sound from the first that is not silence on. One codec's silence is not quite the other's.
async fn heard_from(phone: &Phone, payload_type: u8, samples: usize) -> Vec<u8> {
    let mut heard = Vec::new();
    while heard.len() < samples {
        let packet = phone.hear().await;
        assert_eq!(packet.payload_type, payload_type);
        if !heard.is_empty() || packet.payload != [packet.payload[0]; 160] {
            heard.extend(packet.payload);
        }
    }
    heard
}

#[tokio::test]
async fn the_first_words_are_heard_whole_behind_the_beep() {
    let engine = engine();
    let plan = StreamPlan { first_words: Duration::from_secs(2), ..StreamPlan::default() };
    let (mut debtor, agent) = (Phone::new().await, Phone::new().await);
    let (his, hers) = (engine.open(plan).unwrap(), open(&engine));
    his.connect(debtor.target()).unwrap();
    hers.connect(agent.target()).unwrap();
    his.answered().unwrap();
    debtor.hear().await;
    let (words, more, beep) = (clip(3, 160 * 10), clip(4, 160 * 6), clip(7, 160 * 5));
    for frame in words.encoded(Codec::Pcma).chunks(160) {
        debtor.send(his.local_addr(), frame).await;
    }
    // All of them have been heard by us before anybody is bridged in.
    for _ in 0..16 {
        debtor.hear().await;
    }
    hers.play(PlayId(1), vec![Arc::clone(&beep)]).unwrap();
    his.bridge(&hers).unwrap();
    debtor.timestamp += 160 * 10;
    for frame in more.encoded(Codec::Pcma).chunks(160) {
        debtor.send(his.local_addr(), frame).await;
    }
    let all = heard_from(&agent, 8, 160 * 40).await;
    let beep = beep.encoded(Codec::Pcma);
    assert_eq!(all[..beep.len()], *beep);
    let sound: Vec<u8> =
        all[beep.len()..].chunks(160).filter(|frame| **frame != SILENCE).flatten().copied().collect();
    assert_eq!(sound, [words.encoded(Codec::Pcma), more.encoded(Codec::Pcma)].concat());
}

#[tokio::test]
async fn keys_pass_the_bridge_as_telephone_events() {
    let engine = engine();
    let (mut debtor, agent) = (Phone::new().await, Phone::new().await);
    let (mut his, hers) = (open(&engine), open(&engine));
    his.connect(debtor.target()).unwrap();
    hers.connect(agent.target()).unwrap();
    his.bridge(&hers).unwrap();
    for n in 1..=4 {
        let press = TelephoneEvent { code: 7, end: n == 4, volume: 10, duration: n * 160 };
        debtor.packet(his.local_addr(), EVENT, 8000, &press.bytes()).await;
    }
    assert!(matches!(event(&mut his).await, MediaEvent::Digit { digit: '7', .. }));
    let mut ends = 0;
    while ends < 3 {
        let packet = agent.hear().await;
        if packet.payload_type == EVENT {
            let pressed = TelephoneEvent::parse(&packet.payload).unwrap();
            assert_eq!(pressed.code, 7);
            ends += u32::from(pressed.end);
        }
    }
    his.key_by_info(InfoBody::DtmfRelay, '3').unwrap();
    loop {
        let packet = agent.hear().await;
        if packet.payload_type == EVENT && TelephoneEvent::parse(&packet.payload).unwrap().code == 3 {
            break;
        }
    }
}

#[tokio::test]
async fn a_bridge_is_recorded_with_the_debtor_left_and_the_agent_right() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("talk.wav");
    let engine = engine();
    let plan = StreamPlan { recording: Some(RecordingPlan { path: path.clone() }), ..StreamPlan::default() };
    let mut debtor = Person::with(&engine, 500.0, plan).await;
    let mut agent = Person::on(&engine, 1100.0).await;
    let mut chief = Person::on(&engine, 1700.0).await;
    debtor.stream.start_recording().unwrap();
    debtor.stream.bridge(&agent.stream).unwrap();
    agent.stream.hear(&chief.stream).unwrap();
    converse([&mut debtor, &mut agent, &mut chief]).await;
    debtor.stream.close().await;
    let bytes = std::fs::read(&path).unwrap();
    let side = |at: usize| -> Vec<i16> {
        let sound: Vec<i16> =
            bytes[58..].iter().skip(at).step_by(2).map(|byte| g711::decode(Codec::Pcma, *byte)).collect();
        sound[sound.len() / 2..].to_vec()
    };
    let tones = |samples: &[i16]| [500.0, 1100.0, 1700.0].map(|hz| strength(samples, hz) > 0.3);
    assert_eq!(tones(&side(0)), [true, false, false]);
    assert_eq!(tones(&side(1)), [false, true, false], "a whisper is not recorded");
}
